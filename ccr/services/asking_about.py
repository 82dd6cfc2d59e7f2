"""Asking about one partner by name: why it stands where it does in an answer, or is not in it.

Of excluded members and of others that are never named there is no word: they read as if nobody had
that name (R82). Nothing of what is asked is kept, logged or audited.
"""

from __future__ import annotations

from dataclasses import dataclass

from ccr.domain.one_partner import Verdict, verdict_on
from ccr.domain.routing_request import RouteAnswer
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.finding import named_listings
from ccr.services.judging import search_in
from ccr.services.world import World

MOST_TOLD, MOST_LOOKED_AT = 5, 50


@dataclass(frozen=True, slots=True)
class About:
    """What is said of the partners of a name: by name, at most five; `more` when there are more."""

    verdicts: tuple[Verdict, ...]
    more: bool


def ask_about(identity: Identity, world: World, answer: RouteAnswer, name: str) -> About:
    """Return where the partners of this name stand in an answer, each with its reasons."""
    authorise(identity, Permission.ROUTE_FIND)
    search, _ = search_in(identity, world, answer.request)
    named = named_listings(identity, name, most=MOST_LOOKED_AT)
    told = [v for v in (verdict_on(service, search, answer) for service in named) if v is not None]
    return About(tuple(told[:MOST_TOLD]), more=len(told) > MOST_TOLD)
