"""Who stands in for whom in one's own program, and who is away. Never why somebody is away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.staffing import Duty, Person, absence_of
from ccr.policy.identity import Identity, Role
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import staff as queries
from ccr.storage.queries.accounts import get_network
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.staff import StoredAbsence


@dataclass(frozen=True, slots=True)
class Away:
    """An absence with the address of whose it is, and whether it is one's own."""

    stored: StoredAbsence
    email: str
    mine: bool


@dataclass(frozen=True, slots=True)
class ProgramPeople:
    """The people of one's own program, their addresses by account, and who is or will be away."""

    people: tuple[Person, ...]
    emails: dict[UUID, str]
    absences: tuple[Away, ...]


def program_people(identity: Identity, *, at: datetime) -> ProgramPeople:
    """Return who is there, who stands in and who is away, in three statements."""
    authorise(identity, Permission.REFERRAL_LIST)
    people = queries.people_of([identity.compartment_id], at=at)[identity.compartment_id]
    ids = [person.account_id for person in people]
    emails = queries.emails_of(ids)
    absences = (
        Away(stored, emails[stored.account_id], stored.account_id == identity.user_id)
        for stored in queries.absences_of(ids, at=at)
    )
    return ProgramPeople(people, emails, tuple(absences))


def name_duties(
    identity: Identity, duty: Duty, account_ids: Sequence[UUID], *, at: datetime
) -> None:
    """Name exactly these people of one's own program as back-up contacts, or as supervisors.

    Raises:
        InvalidInputError: field `account_id`: somebody without an account in the program.
    """
    with unit_of_work():
        authorise(identity, Permission.COLLEAGUE_MANAGE)
        people = queries.people_of([identity.compartment_id], at=at)[identity.compartment_id]
        if not set(account_ids) <= {person.account_id for person in people}:
            raise InvalidInputError(
                phrase("This person has no account in your program."), field="account_id"
            )
        if queries.save_duties(identity.compartment_id, duty, set(account_ids)):
            append_event(
                identity, "named", "program", identity.compartment_id, at=at, reason=duty.value
            )


def add_absence(
    identity: Identity, first: date, last: date, *, of: UUID | None = None, at: datetime
) -> None:
    """Note that one is away on these days, or as administrator that a colleague is.

    Raises:
        InvalidInputError: the days cannot be.
        NotFoundError: no account of one's own program; or a colleague's, asked by who may not.
    """
    with unit_of_work():
        account_id = _whose(identity, of, at=at)
        absence = absence_of(first, last, get_network(identity.network_id).timezone, at=at)
        queries.add_absence(account_id, absence)
        append_event(identity, "away", "account", account_id, at=at)


def end_absence(identity: Identity, absence_id: UUID, *, at: datetime) -> None:
    """Take an absence back: one's own, or as administrator a colleague's; raises NotFoundError."""
    with unit_of_work():
        authorise(identity, Permission.REFERRAL_LIST)
        mine = [identity.user_id] if identity.user_id else []
        if Role.AGENCY_ADMIN in identity.roles:
            people = queries.people_of([identity.compartment_id], at=at)
            mine = [person.account_id for person in people[identity.compartment_id]]
        if not queries.end_absence(absence_id, account_ids=mine):
            raise NotFoundError
        append_event(identity, "back", "absence", absence_id, at=at)


def _whose(identity: Identity, of: UUID | None, *, at: datetime) -> UUID:
    authorise(identity, Permission.REFERRAL_LIST)
    account_id = of or identity.user_id
    if account_id is None:
        raise NotFoundError
    if account_id == identity.user_id:
        return account_id
    if Role.AGENCY_ADMIN not in identity.roles:
        raise NotFoundError
    people = queries.people_of([identity.compartment_id], at=at)[identity.compartment_id]
    if account_id not in {person.account_id for person in people}:
        raise NotFoundError
    return account_id
