"""What the coordinator does as members join: see how far each is, record, let go live.

Nothing here reads a referral or names a person: a pledge is recorded by role.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain import joining as rules
from ccr.domain.joining import Membership, PledgeRole, Way
from ccr.domain.paging import Page, page_number
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import invitations as invitation_rows
from ccr.storage.queries import joining as queries
from ccr.storage.queries.accounts import CompartmentFacts, list_compartments
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.invitations import Invitation
from ccr.storage.queries.joining import MemberLine


@dataclass(frozen=True, slots=True)
class Program:
    """A program of a member, as somebody may be invited into it."""

    compartment: CompartmentFacts
    has_people: bool


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One member on the coordinator's page; `invitations` are those that can still be used."""

    line: MemberLine
    programs: tuple[Program, ...]
    invitations: tuple[Invitation, ...]


def list_members(identity: Identity, page: int = 1, *, at: datetime) -> Page[MemberLine]:
    """Return a page of the network's members with how far each has come."""
    authorise(identity, Permission.MEMBERSHIP_MANAGE)
    return queries.list_members(identity.network_id, page_number(page), at=at)


def open_member(identity: Identity, member_id: UUID, *, at: datetime) -> MemberPage:
    """Return one member of the network; raises NotFoundError."""
    line = load_line(identity, member_id, at=at)
    peopled = invitation_rows.programs_with_people(member_id)
    programs = (Program(c, c.id in peopled) for c in list_compartments(member_id))
    found = invitation_rows.list_usable_of_member(member_id, at=at)
    return MemberPage(line, tuple(programs), tuple(found))


def load_line(identity: Identity, member_id: UUID, *, at: datetime) -> MemberLine:
    """Return one member of the network to whoever manages memberships; raises NotFoundError."""
    authorise(identity, Permission.MEMBERSHIP_MANAGE)
    line = queries.get_member_line(identity.network_id, member_id, at=at)
    authorise(identity, Permission.MEMBERSHIP_MANAGE, line)
    return line


def choose_way(identity: Identity, member_id: UUID, way: Way, *, at: datetime) -> None:
    """Record how a member takes part; it is not live on a new way before its steps are done.

    Raises:
        InvalidInputError: field `way`: not yet possible, or not for a member of this kind.
        StaleError: somebody else changed the membership first.
    """

    def change(line: MemberLine) -> Membership:
        rules.check_way(way, line.category)
        return rules.choose_way(line.membership, way)

    _change(identity, member_id, change, "chose-way", at=at, reason=way.value)


def record_pledge(identity: Identity, member_id: UUID, role: PledgeRole, *, at: datetime) -> None:
    """Record that a member pledged, by the role of who spoke for it."""

    def change(line: MemberLine) -> Membership:
        return rules.pledge(line.membership, role, at=at)

    _change(identity, member_id, change, "pledged", at=at, reason=role.value)


def let_go_live(identity: Identity, member_id: UUID, *, at: datetime) -> None:
    """Let others choose this member; raises IllegalTransitionError while a step is missing."""

    def change(line: MemberLine) -> Membership:
        return rules.go_live(
            line.membership, people=line.people, has_mailbox=line.has_mailbox, at=at
        )

    _change(identity, member_id, change, "went-live", at=at)


def _change(
    identity: Identity,
    member_id: UUID,
    change: Callable[[MemberLine], Membership],
    verb: str,
    *,
    at: datetime,
    reason: str | None = None,
) -> None:
    with unit_of_work():
        line = load_line(identity, member_id, at=at)
        queries.save_membership(line.network_id, line.membership, change(line), at=at)
        # Who can be chosen, and how, is part of what searches show.
        raise_directory_version(line.network_id)
        append_event(identity, verb, "member", member_id, at=at, reason=reason)
