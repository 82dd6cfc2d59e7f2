"""Which listings are of programs without a consultation protocol in force: red the same day (R3).

Read off the directory that is kept ready, with the day of the network: no page asks it of storage
by itself, and no page can forget a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.directory import Service
from ccr.domain.protocols import programs_without
from ccr.domain.public_listing import is_program
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.routing import ReadyDirectory, directory_copy


def without_protocol(
    identity: Identity, services: Iterable[Service], *, at: datetime
) -> frozenset[UUID]:
    """Return the ids of those of these services that are to be flagged today."""
    authorise(identity, Permission.DIRECTORY_READ)
    programs = [service for service in services if is_program(service)]
    if not programs:
        return frozenset()
    return flagged_in(identity, directory_copy(identity.network_id), programs, at=at)


def flagged_in(
    identity: Identity, directory: ReadyDirectory, services: Iterable[Service], *, at: datetime
) -> frozenset[UUID]:
    """Return the same, by a directory that was searched already."""
    authorise(identity, Permission.ROUTE_FIND)
    on = at.astimezone(ZoneInfo(directory.timezone)).date()
    return programs_without(services, directory.promises.protocols_of, on)
