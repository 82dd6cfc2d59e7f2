"""Whom the person named, as the sender of one of the referrals sees it: names, turns, standings.

A step of opening a referral, which authorises. Every standing comes from the sender's own view of
that referral. What is not asked yet is read from what the sender sealed; what was skipped says why,
to the sender alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from ccr.adapters.keys import SealError
from ccr.domain.asking import AskingWay, PartState, skip_words
from ccr.domain.phrases import Phrase
from ccr.domain.referral_views import SenderView
from ccr.services.draft_facts import FurtherPartner, unseal
from ccr.services.sealed_words import note_damage
from ccr.services.world import World
from ccr.storage.queries.asking import Asking, Part


@dataclass(frozen=True, slots=True)
class NamedPartner:
    """One partner the person named.

    Attributes:
        service_name, member_name: as they are now, or were read out to the person; "" unknown.
        state: whether it was its turn.
        skipped: why it was not asked when it was its turn, or None.
        view: the referral to it as its sender sees it, or None.
    """

    service_name: str
    member_name: str
    state: PartState
    skipped: Phrase | None = None
    view: SenderView | None = None


@dataclass(frozen=True, slots=True)
class NamedPartners:
    """All of them, in their order; `readable` is False when what was sealed of them is damaged."""

    way: AskingWay
    partners: tuple[NamedPartner, ...]
    readable: bool = True


def named_partners(
    world: World,
    asking: Asking,
    facts_sealed: str | None,
    seen: Mapping[UUID, tuple[str, str, SenderView]],
) -> NamedPartners:
    """Return whom the person named.

    Args:
        facts_sealed: what the sender sealed beside the first referral; None when it is erased.
        seen: (service, member, view) of those that became a referral, by referral.
    """
    first = asking.first_referral_id
    further: tuple[FurtherPartner, ...] = ()
    readable = True
    if facts_sealed is not None and first is not None:
        try:
            further = unseal(world, facts_sealed, first, asking.sender_compartment_id).further
        except (SealError, ValueError, TypeError, KeyError) as error:
            note_damage(first, error)
            readable = False
    named = tuple(_named(part, further, seen) for part in asking.parts)
    return NamedPartners(asking.way, named, readable)


def _named(
    part: Part,
    further: tuple[FurtherPartner, ...],
    seen: Mapping[UUID, tuple[str, str, SenderView]],
) -> NamedPartner:
    if part.referral_id is not None and part.referral_id in seen:
        service, member, view = seen[part.referral_id]
        return NamedPartner(service, member, part.state, view=view)
    told = further[part.position - 2] if 0 <= part.position - 2 < len(further) else None
    names = (told.service_name, told.member_name) if told else ("", "")
    why = skip_words(part.reason) if part.state is PartState.SKIPPED else None
    return NamedPartner(*names, part.state, why)
