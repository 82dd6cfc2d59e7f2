"""Whether a network lets several partners be asked at once: off until a coordinator says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.routing_rules import Part, keep_part
from ccr.storage.queries.routing_rules import version_and_rules

KEY = "asking"
MOST_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class AskingRules:
    """What a network has set: whether several may be asked at once, and why."""

    at_once: bool = False
    reason: str = ""

    def as_kept(self) -> dict[str, Any]:
        """Return what is stored; empty while it is off."""
        return {"at_once": True, "reason": self.reason} if self.at_once else {}


def at_once_allowed(identity: Identity) -> bool:
    """Return True when the identity's network lets several partners be asked at once."""
    authorise(identity, Permission.ROUTE_FIND)
    return _read(version_and_rules(identity.network_id)[1]).at_once


def get_asking_rules(identity: Identity) -> AskingRules:
    """Return what the network has set, for its coordinator."""
    authorise(identity, Permission.DIRECTORY_IMPORT)
    return _read(version_and_rules(identity.network_id)[1])


def set_asking_rules(
    identity: Identity, proposed: AskingRules, seen: AskingRules, *, at: datetime
) -> bool:
    """Keep what the network sets; return False when nothing differs.

    Raises:
        InvalidInputError: field `reason`: none is given, or it is too long.
        StaleError: it is no longer what was seen.
    """
    authorise(identity, Permission.DIRECTORY_IMPORT)
    reason = proposed.reason.strip()
    if proposed.at_once and not reason:
        raise InvalidInputError(
            phrase("Say why several partners are asked at once here."), field="reason"
        )
    if len(reason) > MOST_CHARACTERS:
        raise InvalidInputError(
            phrase("A text has at most %(most)s characters.", most=MOST_CHARACTERS), field="reason"
        )
    part = Part(
        KEY,
        AskingRules(proposed.at_once, reason).as_kept(),
        "set-asking-rules",
        ("at-once",),
        phrase("The rules have changed since you opened them. Nothing was saved."),
    )
    return keep_part(identity, part, lambda rules: _read(rules) == seen, at=at)


def _read(rules: Mapping[str, Any]) -> AskingRules:
    kept = rules.get(KEY, {})
    if kept.get("at_once") is not True:
        return AskingRules()
    return AskingRules(at_once=True, reason=str(kept.get("reason", "")))
