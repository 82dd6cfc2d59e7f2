"""A coordinator's hand on the time rules: tried on made-up referrals, then kept.

Trying writes nothing. What is kept counts for clocks that start from then on, in every process; a
clock that runs keeps its due time. Of two coordinators who save, one wins; the other is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ccr.domain.errors import StaleError
from ccr.domain.phrases import phrase
from ccr.domain.time_preview import Comparison, compare
from ccr.domain.time_rules import TimeRules, as_kept, changed, check_laws, read_kept, token
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.accounts import get_network
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.time_rules import get_time_rules, replace_time_rules, rules_and_text


@dataclass(frozen=True, slots=True)
class Preview:
    """What proposed rules would do to the made-up referrals.

    Attributes:
        timezone: in which their partner keeps office hours, and the page tells time.
    """

    comparisons: tuple[Comparison, ...]
    timezone: str


def get_rules(identity: Identity) -> TimeRules:
    """Return the rules that count in the network, and what of the stored ones is not used."""
    authorise(identity, Permission.DIRECTORY_IMPORT)
    return get_time_rules(identity.network_id)


def preview_rules(
    identity: Identity, world: World, proposed: TimeRules, *, at: datetime
) -> Preview:
    """Return what the proposed rules would do to the made-up referrals. Nothing is written.

    Their partner keeps office hours and is closed on public holidays.

    Raises:
        InvalidInputError: more danger would wait longer; the field is "<scope> <name>".
    """
    authorise(identity, Permission.DIRECTORY_IMPORT)
    check_laws(proposed)
    now = get_time_rules(identity.network_id)
    timezone = get_network(identity.network_id).timezone
    office = world.hours.business_week(timezone)
    scopes = [name.split()[0] for name in changed(now, proposed)]
    return Preview(compare(now, proposed, scopes, office, timezone, at=at), timezone)


def set_rules(identity: Identity, proposed: TimeRules, seen: str, *, at: datetime) -> bool:
    """Keep the network's rules; the names of those that changed are audited, no value.

    Args:
        seen: the token of the rules that were on the screen when these were typed.

    Returns:
        False when nothing differs, and nothing was written.

    Raises:
        InvalidInputError: more danger would wait longer; the field is "<scope> <name>".
        StaleError: they are no longer those that were seen.
    """
    authorise(identity, Permission.DIRECTORY_IMPORT)
    check_laws(proposed)
    network_id, kept = identity.network_id, as_kept(proposed)
    stale = StaleError(
        phrase("The time rules have changed since you opened them. Nothing was saved.")
    )
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_IMPORT)
        stored, text = rules_and_text(network_id)
        now = read_kept(stored)
        if token(now) != seen:
            raise stale
        if stored == kept:
            return False
        if not replace_time_rules(network_id, text, kept):
            raise stale
        fields = changed(now, proposed)
        append_event(identity, "set-time-rules", "network", network_id, at=at, fields=fields)
    return True
