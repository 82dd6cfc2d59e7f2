"""Warnings that a consultation protocol ends: to coordinators and to the program's administrator.

The same steps as for agreements, 90, 30 and 0 days (R3, R90). A notice names nobody (R61): whoever
reads it signs in, and sees the protocol on the desk.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.pathways import Protocol
from ccr.domain.protocols import due_warning
from ccr.services import accounts as account_services
from ccr.services.outbox import Notice, notify, notify_compartment
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts
from ccr.storage.queries.coordination import list_programs

WARNED_FROM_HOUR = 6
"""In the network's zone: a day's warnings are written in the morning, not at midnight."""
_told: set[str] = set()
"""What this process has told; the outbox knows it across restarts."""


def warn(_world: World, *, at: datetime) -> int:
    """Tell whoever renews a protocol, once at 90, 30 and 0 days; return how many notices.

    The worker does this each minute; a cause that was told is never told again.
    """
    count = 0
    for network in account_services.list_networks():
        local = at.astimezone(ZoneInfo(network.timezone))
        if local.hour < WARNED_FROM_HOUR or network.is_practice:
            continue
        for program_id, cause in _due(network.id, local.date()):
            count += _tell(network.id, program_id, cause, at=at)
            _told.add(cause)
    return count


def _due(network_id: UUID, on: date) -> list[tuple[UUID, str]]:
    """Return the programs to be warned, each with what of."""
    _, protocols = list_programs(network_id)
    found = []
    for protocol in protocols:
        step = due_warning(protocol, protocols, on)
        cause = _cause(protocol, step)
        if step is not None and cause not in _told:
            found.append((protocol.program_id, cause))
    return found


def _cause(protocol: Protocol, step: int | None) -> str:
    between = f"{protocol.program_id}/{protocol.partner_member_id}"
    return f"protocol/{between}/{protocol.expires_on}/{step}"


def _tell(network_id: UUID, program_id: UUID, cause: str, *, at: datetime) -> int:
    desk = accounts.coordination_compartment(network_id)
    with unit_of_work():
        told = notify_compartment(
            network_id, desk.id, Notice.ITEM_TO_REVIEW, about=cause, at=at
        )  # fmt: skip
        admins = accounts.staff_of(program_id, admins_only=True)
        return told + notify(
            network_id, program_id, admins, Notice.ITEM_TO_REVIEW, about=cause, at=at
        )
