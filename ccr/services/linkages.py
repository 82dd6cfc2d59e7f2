"""Linkage agreements: recorded, renewed as a new version, ended early, and warned of (R90).

Facts about members alone. An agreement never replaces a person's own release; nothing here lets a
fact about anybody pass. Routing reads the pairs that storage keeps beside each paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.directory import Member
from ccr.domain.errors import InvalidInputError, NotFoundError, StaleError
from ccr.domain.linkages import (
    Linkage,
    Paper,
    checked_paper,
    newest_of,
    warning_step,
)
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import accounts as account_services
from ccr.services.authorise import authorise
from ccr.services.outbox import Notice, notify_compartment
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts
from ccr.storage.queries import linkages as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.coordination import list_network_members

WARNED_FROM_HOUR = 6
"""In the network's zone: a day's warnings are written in the morning, not at midnight."""
_told: set[tuple[UUID, int]] = set()
"""What this process has told; the outbox knows it across restarts."""


@dataclass(frozen=True, slots=True)
class Papers:
    """The newest version of every agreement, and who may be a party."""

    newest: tuple[Linkage, ...]
    members: tuple[Member, ...]
    on: date


@dataclass(frozen=True, slots=True)
class PaperHistory:
    """One agreement with all its versions, newest first."""

    versions: tuple[Linkage, ...]
    members: tuple[Member, ...]
    on: date

    @property
    def newest(self) -> Linkage:
        """Return the version that counts."""
        return self.versions[0]


def papers(identity: Identity, *, at: datetime) -> Papers:
    """Return the agreements of the network. Writes nothing."""
    authorise(identity, Permission.COORDINATION_READ)
    return Papers(
        newest_of(queries.list_linkages(identity.network_id)),
        tuple(list_network_members(identity.network_id)),
        _today(identity, at),
    )


def history(identity: Identity, linkage_id: UUID, *, at: datetime) -> PaperHistory:
    """Return the agreement that one of its versions names; raises NotFoundError."""
    authorise(identity, Permission.COORDINATION_READ)
    every = queries.list_linkages(identity.network_id)
    series = {one.series_id for one in every if one.id == linkage_id}
    versions = sorted((one for one in every if one.series_id in series), key=lambda o: -o.version)
    if not versions:
        raise NotFoundError
    members = tuple(list_network_members(identity.network_id))
    return PaperHistory(tuple(versions), members, _today(identity, at))


def record(identity: Identity, paper: Paper, *, at: datetime) -> UUID:
    """Record an agreement that was signed; return its id.

    Raises:
        InvalidInputError: parties or days cannot be; `field` names it.
    """
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        checked = _checked(identity, paper, at)
        made = queries.add_linkage(identity.network_id, checked, at=at)
        if made is None:  # pragma: no cover -- a new series has no version yet
            raise NotFoundError
        append_event(identity, "recorded", "agreement", made, at=at)
    return made


def renew(
    identity: Identity, linkage_id: UUID, version: int, paper: Paper, *, at: datetime
) -> UUID:
    """Record the next version of an agreement; return its id. Earlier versions stay as they were.

    Raises:
        NotFoundError: there is no such agreement.
        InvalidInputError: parties or days cannot be, or it was signed before the version that it
            follows; `field` names it.
        StaleError: somebody else renewed it first; nothing was written.
    """
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        last = history(identity, linkage_id, at=at).newest
        checked = _checked(identity, paper, at)
        if checked.signed_on < last.signed_on:
            raise InvalidInputError(
                phrase("It cannot be signed before the version that it follows."),
                field="signed_on",
            )
        made = (
            queries.add_linkage(identity.network_id, checked, after=last, at=at)
            if last.version == version
            else None
        )
        if made is None:
            raise StaleError(phrase("Somebody else renewed this agreement. Look at it again."))
        append_event(identity, "renewed", "agreement", made, at=at)
    return made


def end(identity: Identity, linkage_id: UUID, *, at: datetime) -> None:
    """End an agreement from today on, before its time; raises NotFoundError when it is over."""
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        last = history(identity, linkage_id, at=at).newest
        today = _today(identity, at)
        if not last.stands(today).holds:
            raise NotFoundError
        if not queries.end_linkage(identity.network_id, last.id, on=today):
            raise NotFoundError
        append_event(identity, "ended", "agreement", last.id, at=at)


def warn(_world: World, *, at: datetime) -> int:
    """Tell coordinators once at 90, 30 and 0 days that an agreement ends; return how many notices.

    The worker does this each minute; a cause that was told is never told again.
    """
    count = 0
    for network in account_services.list_networks():
        local = at.astimezone(ZoneInfo(network.timezone))
        if local.hour < WARNED_FROM_HOUR or network.is_practice:
            continue
        every = queries.list_linkages(network.id)
        newest = {one.id for one in newest_of(every)}
        due = [
            (one, step)
            for one in every
            if (step := warning_step(one, one.id not in newest, local.date())) is not None
            and (one.id, step) not in _told
        ]
        if not due:
            continue
        program = accounts.coordination_compartment(network.id)
        for one, step in due:
            _told.add((one.id, step))
            count += notify_compartment(
                network.id, program.id, Notice.ITEM_TO_REVIEW,
                about=f"linkage/{one.id}/{step}", at=at,
            )  # fmt: skip
    return count


def _checked(identity: Identity, paper: Paper, at: datetime) -> Paper:
    members = [member.id for member in list_network_members(identity.network_id)]
    return checked_paper(paper, members, _today(identity, at))


def _today(identity: Identity, at: datetime) -> date:
    network = accounts.get_network(identity.network_id)
    return at.astimezone(ZoneInfo(network.timezone)).date()
