"""The training matrix: said by a member's own administrator, or by a coordinator (R94)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.directory import Member
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.training import Subject, Trained, checked_training
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts
from ccr.storage.queries import working_together as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.coordination import list_network_members


@dataclass(frozen=True, slots=True)
class Matrix:
    """Members and topics, and what was said of each pair."""

    members: tuple[Member, ...]
    trained: dict[tuple[UUID, Subject], Trained]
    on: date


def matrix(identity: Identity, *, at: datetime) -> Matrix:
    """Return the whole matrix. Writes nothing."""
    authorise(identity, Permission.COORDINATION_READ)
    trained = queries.list_training(identity.network_id)
    return Matrix(
        tuple(list_network_members(identity.network_id)),
        {(one.member_id, one.subject): one for one in trained},
        _today(identity, at),
    )


def own(identity: Identity, *, at: datetime) -> tuple[dict[Subject, Trained], date]:
    """Return what is said of the identity's own member, and today."""
    authorise(identity, Permission.MEMBER_SPEAK)
    trained = queries.list_training(identity.network_id)
    mine = {one.subject: one for one in trained if one.member_id == identity.member_id}
    return mine, _today(identity, at)


def record(identity: Identity, trained: Trained, *, at: datetime) -> None:
    """Say, as a coordinator, that a member has people trained.

    Raises:
        InvalidInputError: it is no member of the network, or the days cannot be; `field` names it.
    """
    authorise(identity, Permission.COORDINATION_MANAGE)
    members = {member.id for member in list_network_members(identity.network_id)}
    if trained.member_id not in members:
        raise InvalidInputError(phrase("Choose a member of the network."), field="member")
    _write(identity, trained, at=at)


def record_own(
    identity: Identity, subject: Subject, trained_on: date, expires_on: date | None, *, at: datetime
) -> None:
    """Say of one's own member that it has people trained; raises as `record`."""
    authorise(identity, Permission.MEMBER_SPEAK)
    _write(identity, Trained(identity.member_id, subject, trained_on, expires_on), at=at)


def take_back(identity: Identity, subject: Subject, *, at: datetime) -> None:
    """Take back that one's own member has people trained; nothing happens when nobody said so."""
    with unit_of_work():
        authorise(identity, Permission.MEMBER_SPEAK)
        if queries.drop_training(identity.network_id, identity.member_id, subject):
            append_event(identity, "taken-back", "training", identity.member_id, at=at)


def _write(identity: Identity, trained: Trained, *, at: datetime) -> None:
    checked = checked_training(trained, _today(identity, at))
    with unit_of_work():
        queries.set_training(identity.network_id, checked, at=at)
        append_event(
            identity, "recorded", "training", checked.member_id, at=at,
            fields=(checked.subject.value,),
        )  # fmt: skip


def _today(identity: Identity, at: datetime) -> date:
    network = accounts.get_network(identity.network_id)
    return at.astimezone(ZoneInfo(network.timezone)).date()
