"""Programs for abusive partners as the network sees them: profile, list, and what one says itself.

Facts about members alone: what a program is, to whom it is bound, with whom it consults. No rating
and no figure of success stands anywhere on it (R12).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.directory import Member, Service
from ccr.domain.errors import NotFoundError, StaleError
from ccr.domain.linkages import Linkage, newest_of
from ccr.domain.pathways import Program, Protocol
from ccr.domain.phrases import phrase
from ccr.domain.program_policies import ProgramFacts, checked_facts, may_supervise
from ccr.domain.protocols import ProtocolStanding, program_standing
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.routing import ReadyDirectory, directory_copy
from ccr.storage.db import unit_of_work
from ccr.storage.queries import linkages
from ccr.storage.queries import program_profiles as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.coordination import list_network_members, list_programs


@dataclass(frozen=True, slots=True)
class ListedProgram:
    """A program in the list of all, and how its consultation protocol stands."""

    program: Program
    standing: ProtocolStanding


@dataclass(frozen=True, slots=True)
class ProgramProfile:
    """A program with everything that the network knows of it.

    Attributes:
        standing: how it stands with victim services today (R3).
        protocols: every protocol of its own, newest first.
        linkages: agreements of its member that hold today.
        members: listed members by id, for the names of parties and authorities.
        on: today, in the network's zone.
    """

    program: Program
    member: Member
    services: tuple[Service, ...]
    standing: ProtocolStanding
    protocols: tuple[Protocol, ...]
    linkages: tuple[Linkage, ...]
    facts: ProgramFacts
    members: dict[UUID, Member]
    on: date


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """What a program's administrator changes: its facts, and who may supervise."""

    program_id: UUID
    facts: ProgramFacts
    may_supervise: tuple[Member, ...]


def list_profiles(identity: Identity, *, at: datetime) -> tuple[ListedProgram, ...]:
    """Return the programs of the network by name, never by anything that would rank them (R12)."""
    authorise(identity, Permission.DIRECTORY_READ)
    on = _today(directory_copy(identity.network_id), at)
    programs, protocols = list_programs(identity.network_id)
    return tuple(
        ListedProgram(one, program_standing(one.compartment_id, protocols, on)) for one in programs
    )


def open_profile(identity: Identity, compartment_id: UUID, *, at: datetime) -> ProgramProfile:
    """Return the profile of a program. Writes nothing.

    Raises:
        NotFoundError: the network has no such program, or its member takes no part.
    """
    authorise(identity, Permission.DIRECTORY_READ)
    directory = directory_copy(identity.network_id)
    on = _today(directory, at)
    programs, protocols = list_programs(identity.network_id)
    program = next((one for one in programs if one.compartment_id == compartment_id), None)
    members = {member.id: member for member in list_network_members(identity.network_id)}
    if program is None or program.member_id not in members:
        raise NotFoundError
    own = [one for one in protocols if one.program_id == compartment_id]
    return ProgramProfile(
        program,
        members[program.member_id],
        _services(directory, compartment_id),
        program_standing(compartment_id, own, on),
        tuple(sorted(own, key=lambda one: one.signed_on, reverse=True)),
        _linkages(identity, program.member_id, on),
        queries.facts_of(compartment_id),
        members,
        on,
    )


def own_profile(identity: Identity) -> OwnProfile:
    """Return what one's own program says of itself, to be changed by its administrator."""
    authorise(identity, Permission.PROGRAM_SET)
    members = list_network_members(identity.network_id)
    return OwnProfile(
        identity.compartment_id,
        queries.facts_of(identity.compartment_id),
        tuple(member for member in members if may_supervise(member)),
    )


def save_own(identity: Identity, facts: ProgramFacts, *, at: datetime) -> None:
    """Keep what one's own program says of itself.

    Raises:
        InvalidInputError: field `authorities`: one is no member that may supervise.
        StaleError: a colleague saved meanwhile; nothing of this was kept.
    """
    with unit_of_work():
        authorise(identity, Permission.PROGRAM_SET)
        members = {member.id: member for member in list_network_members(identity.network_id)}
        checked = checked_facts(facts, members)
        if not queries.save_facts(identity.network_id, identity.compartment_id, checked, at=at):
            raise StaleError(
                phrase("A colleague saved this page meanwhile. Look at it again, then save.")
            )
        append_event(
            identity, "changed", "program-profile", identity.compartment_id, at=at,
            fields=("policies", "authorities"),
        )  # fmt: skip


def _services(directory: ReadyDirectory, compartment_id: UUID) -> tuple[Service, ...]:
    found = [s for s in directory.index.services.values() if s.compartment_id == compartment_id]
    return tuple(sorted(found, key=lambda s: (s.name.casefold(), str(s.id))))


def _linkages(identity: Identity, member_id: UUID, on: date) -> tuple[Linkage, ...]:
    newest = newest_of(linkages.list_linkages(identity.network_id))
    return tuple(one for one in newest if member_id in one.parties and one.stands(on).holds)


def _today(directory: ReadyDirectory, at: datetime) -> date:
    return at.astimezone(ZoneInfo(directory.timezone)).date()
