"""Keeping listings true: what is due for a check, the check itself, and how often (R97)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.checking import CheckRules
from ccr.domain.errors import NotFoundError, StaleError
from ccr.domain.paging import Page, page_number
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity, Role
from ccr.policy.permissions import Permission
from ccr.services import check_steps
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import checks as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.checks import CheckLine


@dataclass(frozen=True, slots=True)
class CheckDesk:
    """What is due: one's own program's, or for a coordinator everybody's, with whose they are."""

    lines: Page[CheckLine]
    rules: CheckRules
    by_member: tuple[tuple[str, int], ...] = ()
    for_all: bool = False


def check_desk(identity: Identity, *, at: datetime, page: int = 1) -> CheckDesk:
    """Return the listings that are due, the longest unchecked first."""
    authorise(identity, Permission.LISTING_VERIFY)
    network, number = identity.network_id, page_number(page)
    rules = queries.rules_of(network)
    if Role.COORDINATOR not in identity.roles:
        mine = identity.compartment_id
        return CheckDesk(queries.list_due(network, mine, rules, at, number=number), rules)
    by_member, total = queries.count_due_by_member(network, rules, at)
    lines = queries.list_due(network, None, rules, at, number=number, total=total)
    return CheckDesk(lines, rules, tuple(by_member), for_all=True)


def verify(identity: Identity, seen: Sequence[tuple[UUID, int]], *, at: datetime) -> int:
    """Note that listings are still true, all of them or none; return how many.

    Args:
        seen: (service, version that was on screen) of each.

    Raises:
        NotFoundError: one of them is none, or not this program's.
        StaleError: one of them has changed since.
    """
    with unit_of_work():
        for service_id, version in dict(seen).items():
            line = queries.find_line(identity.network_id, service_id)
            if line is None:
                raise NotFoundError
            authorise(identity, Permission.LISTING_VERIFY, line)
            if line.version != version:
                raise StaleError(
                    phrase("A listing has changed since you opened it. Nothing was saved.")
                )
            check_steps.note_check(
                line,
                at=at,
                by_role=identity.role_told,
                member=identity.member_name,
                account=identity.user_id,
            )
            append_event(identity, "verified", "service", service_id, at=at)
    return len(dict(seen))


def get_rules(identity: Identity) -> CheckRules:
    """Return how often listings are checked in the network."""
    authorise(identity, Permission.DIRECTORY_IMPORT)
    return queries.rules_of(identity.network_id)


def set_rules(identity: Identity, rules: CheckRules, *, at: datetime) -> None:
    """Keep how often listings are checked in the network."""
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_IMPORT)
        queries.save_rules(identity.network_id, rules)
        append_event(
            identity,
            "set-check-rules",
            "network",
            identity.network_id,
            at=at,
            fields=("usual_days", "often_days", "letters"),
        )
