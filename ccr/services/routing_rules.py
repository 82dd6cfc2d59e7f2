"""What a network has set for routing, replaced part by part: weights, rules of sectors.

A step of setting either. Of two people who save, one wins; the other is told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ccr.domain.errors import StaleError
from ccr.domain.phrases import Phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.routing_rules import replace_rules, rules_and_text


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the routing rules as it is to be kept.

    Attributes:
        key: its name among the rules.
        kept: what is stored; empty for the defaults.
        act: what the audit calls it.
        fields: names of what changes; values are not audited.
        stale: what whoever saved too late is told.
    """

    key: str
    kept: Mapping[str, Any]
    act: str
    fields: Collection[str]
    stale: Phrase


def keep_part(
    identity: Identity,
    part: Part,
    as_seen: Callable[[Mapping[str, Any]], bool],
    *,
    at: datetime,
) -> bool:
    """Keep one part of the network's rules; the others stay.

    Args:
        as_seen: tells whether the stored rules are those that were on the screen.

    Returns:
        False when nothing differs, and nothing was written.

    Raises:
        StaleError: they are no longer those that were seen.
    """
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_IMPORT)
        rules, text = rules_and_text(identity.network_id)
        if not as_seen(rules):
            raise StaleError(part.stale)
        if rules.get(part.key, {}) == part.kept:
            return False
        if not replace_rules(identity.network_id, text, **{part.key: part.kept}):
            raise StaleError(part.stale)
        network = identity.network_id
        append_event(identity, part.act, "network", network, at=at, fields=part.fields)
    return True
