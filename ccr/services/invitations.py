"""Invitations: made by who may, said by phone or in person, used once to make one's own account.

The code is shown once and kept as a hash. A code that was used, withdrawn or has run out is
answered like one that never was. A coordinator invites the first person of a program; after that
its own administrator does, so that nobody lets themselves in where people already work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ccr.adapters.invitation_codes import draw_code, normal_code
from ccr.domain import joining as rules
from ccr.domain.errors import (
    DuplicateError,
    InvalidInputError,
    NotFoundError,
    TooManyAttemptsError,
)
from ccr.domain.joining import INVITATION_LASTS, Way
from ccr.domain.phrases import phrase
from ccr.policy.identity import ROLES_BY_KIND, Identity, Role
from ccr.policy.permissions import Permission
from ccr.services import accounts, sign_in
from ccr.services.authorise import authorise
from ccr.services.joining import load_line
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import invitations as queries
from ccr.storage.queries.accounts import CompartmentFacts, get_compartment, list_compartments
from ccr.storage.queries.attempts import hashed
from ccr.storage.queries.audit import append_event, append_event_to
from ccr.storage.queries.invitations import Invitation
from ccr.storage.queries.joining import MemberLine, save_membership

_TRIED = "invitation"
"""The name under which wrong codes are counted, in the place of an address."""
FIRST_ROLE = Role.AGENCY_ADMIN


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation; `code` is nowhere else and is shown once."""

    code: str
    role: Role
    program: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """What a code that can be used is an invitation to."""

    member_name: str
    program: str
    role: Role
    expires_at: datetime


# --- inviting ------------------------------------------------------------------------------------


def invite_first(
    identity: Identity, world: World, member_id: UUID, compartment_id: UUID, *, at: datetime
) -> Invited:
    """Invite the first person of a member's program, as its administrator.

    An earlier code for the same is withdrawn. A member that was only listed now takes part at the
    desk, and is not live there before its steps are done.

    Raises:
        NotFoundError: no such member in the network, or no such program of it.
        InvalidInputError: the program has people, or a member of this kind is listed only.
    """
    with unit_of_work():
        line = load_line(identity, member_id, at=at)
        program = _program_of(member_id, compartment_id)
        rules.check_way(Way.DESK, line.category)
        if compartment_id in queries.programs_with_people(member_id):
            raise InvalidInputError(
                phrase("This program has people. Its administrator invites colleagues."),
                field="compartment_id",
            )
        queries.withdraw_first_ones(compartment_id, FIRST_ROLE, at=at)
        invited = _invite(identity, world, program, FIRST_ROLE, at=at)
        _note_invited(line, at=at)
    return invited


def _program_of(member_id: UUID, compartment_id: UUID) -> CompartmentFacts:
    for program in list_compartments(member_id):
        if program.id == compartment_id:
            return program
    raise NotFoundError


def _note_invited(line: MemberLine, *, at: datetime) -> None:
    before = line.membership
    begins = before.way is Way.LISTED
    after = rules.choose_way(before, Way.DESK) if begins else before
    save_membership(line.network_id, before, replace(after, invited_at=at), at=at)


def invite_colleague(identity: Identity, world: World, role: Role, *, at: datetime) -> Invited:
    """Invite somebody into one's own program.

    Raises:
        InvalidInputError: field `role`: it does not belong in this kind of program.
    """
    with unit_of_work():
        authorise(identity, Permission.COLLEAGUE_MANAGE)
        program = get_compartment(identity.compartment_id)
        if role not in ROLES_BY_KIND[program.kind]:
            raise InvalidInputError(
                phrase("This role does not belong in this kind of program."), field="role"
            )
        return _invite(identity, world, program, role, at=at)


def _invite(
    identity: Identity, world: World, program: CompartmentFacts, role: Role, *, at: datetime
) -> Invited:
    code = draw_code(world.rng)
    expires_at = at + INVITATION_LASTS
    invitation_id = queries.add_invitation(
        program.network_id,
        program.id,
        role,
        code_hash=_hash(code),
        at=at,
        expires_at=expires_at,
    )
    append_event(identity, "invited", "invitation", invitation_id, at=at, reason=role.value)
    if program.id != identity.compartment_id:
        append_event_to(
            program.id, identity.user_id, "invited", "invitation", invitation_id,
            at=at, reason=role.value,
        )  # fmt: skip
    return Invited(code, role, program.name, expires_at)


def withdraw(identity: Identity, invitation_id: UUID, *, at: datetime) -> None:
    """Withdraw an invitation of one's own network (coordinator) or program (administrator).

    Raises:
        NotFoundError: there is none that could still be used and is one's own to withdraw.
    """
    with unit_of_work():
        found = queries.get_invitation(invitation_id, network_id=identity.network_id)
        coordinates = Role.COORDINATOR in identity.roles
        needed = Permission.MEMBERSHIP_MANAGE if coordinates else Permission.COLLEAGUE_MANAGE
        authorise(identity, needed, found)
        if not queries.withdraw(invitation_id, at=at):
            raise NotFoundError
        append_event(identity, "withdrew", "invitation", invitation_id, at=at)


# --- being invited -------------------------------------------------------------------------------


def look_at(code: str, came_from: str, *, at: datetime) -> Offer:
    """Return what a code is an invitation to; changes nothing but the count of wrong tries.

    Raises:
        NotFoundError: wrong, used, withdrawn or run out: all read the same.
        TooManyAttemptsError: too many wrong ones from this place lately.
    """
    found = _find(code, came_from, at=at)
    program = get_compartment(found.compartment_id)
    return Offer(program.member_name, program.name, found.role, found.expires_at)


def redeem(code: str, came_from: str, *, email: str, password: str, at: datetime) -> UUID:
    """Make the account of the person who holds the code, once; return its id.

    Raises:
        NotFoundError, TooManyAttemptsError: as look_at.
        InvalidInputError: the address or the password cannot be used; the code stays good.
    """
    found = _find(code, came_from, at=at)
    address = accounts.checked_email(email)
    accounts.check_password(password)
    # Before it is known whether the address is free: both answers take as long.
    hashed_password = accounts.hash_password(password)
    try:
        with unit_of_work():
            if not queries.use(found.id, at=at):
                raise _no_such_code()
            account_id = accounts.make_invited_account(
                get_compartment(found.compartment_id),
                address=address,
                password_hash=hashed_password,
                role=found.role,
                at=at,
            )
    except DuplicateError as error:
        # Whoever holds a code learns no more than that this address will not do.
        raise InvalidInputError(
            phrase("This address cannot be used. Give another work address."), field="email"
        ) from error
    sign_in.record_success(_TRIED, came_from)
    return account_id


def _find(code: str, came_from: str, *, at: datetime) -> Invitation:
    if sign_in.seconds_to_wait(_TRIED, came_from, at=at):
        raise TooManyAttemptsError(phrase("Too many tries. Wait a little, then try again."))
    found = queries.find_usable(_hash(normal_code(code) or ""), at=at)
    if found is None:
        sign_in.record_failure(_TRIED, came_from, at=at)
        raise _no_such_code()
    return found


def _no_such_code() -> NotFoundError:
    return NotFoundError(
        phrase("This code cannot be used. Check it, or ask who gave it to you for a new one.")
    )


def _hash(code: str) -> str:
    return hashed("invitation", code)
