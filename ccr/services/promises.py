"""What members promise one another, as a coordinator writes it down: facts about members alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.errors import DuplicateError, InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.protocols import check_days
from ccr.domain.taxonomy import MemberCategory, Need
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts
from ccr.storage.queries import coordination as queries
from ccr.storage.queries.audit import append_event


@dataclass(frozen=True, slots=True)
class Signed:
    """Two parties and the days of what they signed."""

    first_id: UUID
    second_id: UUID
    signed_on: date
    expires_on: date


def record_protocol(identity: Identity, signed: Signed, *, at: datetime) -> None:
    """Record with whom an abusive partner program consults when safety is at stake (R3).

    The first party is the program (its compartment), the second a victim services member. It ends
    three years after it was signed at the latest; an old one without an end stays as it is, and
    pages ask to renew it.

    Raises:
        InvalidInputError: a party is not what it must be, or the days cannot be.
    """
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        check_days(signed.signed_on, signed.expires_on, _today(identity, at))
        programs, _ = queries.list_programs(identity.network_id)
        if signed.first_id not in {program.compartment_id for program in programs}:
            raise InvalidInputError(phrase("Choose a program of the list."), field="first")
        partners = {
            m.id
            for m in queries.list_network_members(identity.network_id)
            if m.category is MemberCategory.VICTIM_SERVICES
        }
        if signed.second_id not in partners:
            raise InvalidInputError(phrase("Choose a victim services member."), field="second")
        made = queries.add_protocol(
            identity.network_id,
            signed.first_id,
            signed.second_id,
            signed_on=signed.signed_on,
            expires_on=signed.expires_on,
        )
        append_event(identity, "recorded", "protocol", made, at=at)


def promise_pathway(
    identity: Identity, from_id: UUID, to_id: UUID, need: Need | None, *, at: datetime
) -> None:
    """Record that one member promised to take referrals from another.

    Raises:
        InvalidInputError: it is one member twice, or one is not of the network.
        DuplicateError: it is promised already.
    """
    if from_id == to_id:
        raise InvalidInputError(phrase("Choose two different members."), field="to_member")
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        members = {m.id for m in queries.list_network_members(identity.network_id)}
        for field, member_id in (("from_member", from_id), ("to_member", to_id)):
            if member_id not in members:
                raise InvalidInputError(phrase("Choose a member of the network."), field=field)
        on = _today(identity, at)
        made = queries.promise_pathway(identity.network_id, from_id, to_id, need, on=on)
        if made is None:
            raise DuplicateError(phrase("This pathway is promised already."))
        append_event(identity, "promised", "pathway", made, at=at)


def end_pathway(identity: Identity, pathway_id: UUID, *, at: datetime) -> None:
    """End a promised pathway from today on; raises NotFoundError when it is not open."""
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        if not queries.end_pathway(identity.network_id, pathway_id, on=_today(identity, at)):
            raise NotFoundError
        append_event(identity, "ended", "pathway", pathway_id, at=at)


def _today(identity: Identity, at: datetime) -> date:
    network = accounts.get_network(identity.network_id)
    return at.astimezone(ZoneInfo(network.timezone)).date()
