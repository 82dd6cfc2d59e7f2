"""The demo network: invented members, services, agreements and people to try CCR with.

It never enters a database that holds a real network, and its network is marked as a demo, so that
every page says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.adapters.demo_past_tables import read_past
from ccr.adapters.demo_tables import DemoNetwork, read_demo
from ccr.config import PROJECT_ROOT
from ccr.domain.area_people import read_people
from ccr.domain.errors import DuplicateError
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import CompartmentKind, Need
from ccr.domain.what_if_questions import Question, Scenario
from ccr.policy.identity import Identity, Role
from ccr.policy.permissions import Permission
from ccr.services import accounts, coordination
from ccr.services.authorise import authorise
from ccr.services.demo_consultations import add_consultations
from ccr.services.demo_council import add_council, paper_of
from ccr.services.demo_history import add_history, quarters_before
from ccr.services.demo_participants import PROGRAM, add_participants
from ccr.services.demo_placement import add_placement
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts as account_rows
from ccr.storage.queries import demo_rows
from ccr.storage.queries.area_people import replace_area_people
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.districts import add_district
from ccr.storage.queries.kept_questions import keep_question
from ccr.storage.queries.linkages import add_linkage
from ccr.storage.queries.program_profiles import save_facts

NAME = "Capital Region Response Network (demo)"
STATE = "NY"
TIMEZONE = "America/New_York"
KEPT_QUESTION = "Where two more houses would help most"
FOLDER = PROJECT_ROOT / "data" / "demo"
DISTRICTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Collar City school district (demo)", ("12180", "12182", "12198"), ()),
    ("Hill towns bus area (demo)", ("12023", "12147", "12193", "12469"), ("36095",)),
)
PROGRAM_NAMES = {
    CompartmentKind.GENERAL: "General",
    CompartmentKind.VICTIM_SERVICES: "Victim services",
    CompartmentKind.APIP: "Abusive partner intervention",
}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account one may sign in with; `shown` is True for those that are worth listing."""

    email: str
    role: Role
    member: str
    identity: Identity
    shown: bool


@dataclass(frozen=True, slots=True)
class DemoLoaded:
    """What loading came to. `new` is False when the demo was there already: nothing changed."""

    network_id: UUID
    name: str
    new: bool
    members: int = 0
    services: int = 0
    referrals: int = 0
    accounts: tuple[DemoAccount, ...] = ()


def load_demo(world: World, *, password: str, at: datetime, history: bool = True) -> DemoLoaded:
    """Load the demo network in one transaction; return what was loaded, or that it was there.

    Called from the terminal only. All accounts share `password`; ages in the tables are counted
    back from `at`. Without `history` no referral is in it.

    Raises:
        DuplicateError: the database holds a network that is not a demo.
        InvalidInputError: the password cannot be used.
    """
    accounts.check_password(password)
    with unit_of_work():
        there = accounts.list_networks()
        for network in there:
            if network.is_demo:
                identity = accounts.terminal_identity(network.name)
                authorise(identity, Permission.DEMO_MANAGE)
                return DemoLoaded(network.id, network.name, new=False)
        if there:
            raise DuplicateError(
                phrase("This database holds a real network. The demo is not loaded beside it.")
            )
        network_id = accounts.create_network(
            NAME, state=STATE, timezone=TIMEZONE, is_demo=True, at=at
        )
        identity = accounts.terminal_identity(NAME)
        authorise(identity, Permission.DEMO_MANAGE)
        today = at.astimezone(ZoneInfo(TIMEZONE)).date()
        demo = read_demo(FOLDER, network_id, world.gazetteer, today=today, at=at)
        _add_directory(identity, demo, today=today, at=at)
        _add_inhabitants(network_id, at=at)
        people = _add_people(identity, demo, password, at=at)
        referrals = 0
        if history:
            past = read_past(FOLDER)
            referrals = add_history(world, demo, past, network_id, zone=ZoneInfo(TIMEZONE), at=at)
            add_consultations(world, network_id, _who_consults(demo), at=at)
            runs = _who_runs_a_program(demo)
            add_participants(world, network_id, *runs, at=at)
            add_placement(world, *runs, [one.identity for one in people], at=at)
            for quarter in quarters_before(today):
                coordination.publish_quarter(identity, quarter.name, at=at)
        raise_directory_version(network_id)
        append_event(identity, "loaded", "demo", network_id, at=at)
    return DemoLoaded(
        network_id, NAME, new=True, members=len(demo.members), services=len(demo.services),
        referrals=referrals, accounts=people,
    )  # fmt: skip


def _who_consults(demo: DemoNetwork) -> list[tuple[UUID, UUID, UUID]]:
    """Return the programs with a protocol, and with whom: program, member, its program."""
    kind = CompartmentKind.VICTIM_SERVICES
    partners = {one.member_id: one.id for one in demo.programs if one.kind is kind}
    return [
        (one.program_id, one.partner_member_id, partners[one.partner_member_id])
        for one in demo.protocols
    ]


def _who_runs_a_program(demo: DemoNetwork) -> tuple[UUID, dict[str, UUID]]:
    """Return the program that has participants, and the members by their keys."""
    members = {item.key: item.member.id for item in demo.members}
    program = next(
        one.id
        for one in demo.programs
        if one.kind is CompartmentKind.APIP and one.member_id == members[PROGRAM]
    )
    return program, members


def _add_directory(identity: Identity, demo: DemoNetwork, *, today: date, at: datetime) -> None:
    network_id = identity.network_id
    for item in demo.members:
        demo_rows.add_demo_member(
            network_id, item.member, key=item.key, phone=item.phone,
            description=item.description, listed=item.listed, at=at,
        )  # fmt: skip
    for program in demo.programs:
        demo_rows.add_demo_program(
            network_id, program.id, program.member_id, name=PROGRAM_NAMES[program.kind],
            kind=program.kind, at=at,
        )  # fmt: skip
    sites = {site.id: (s.member.id, site) for s in demo.services for site in s.sites}
    demo_rows.add_demo_sites(network_id, sites.values(), at=at)
    for service in demo.services:
        demo_rows.add_demo_service(service, key=demo.keys[service.id], at=at)
    for agreement in demo.agreements:
        add_linkage(network_id, paper_of(agreement, today), at=at)
    _add_promises(identity, demo, today=today, at=at)


def _add_inhabitants(network_id: UUID, *, at: datetime) -> None:
    """Add how many people live where, from a table as a coordinator would bring it, and districts.

    The districts are invented; what they are made of is real.
    """
    for name, zips, counties in DISTRICTS:
        add_district(network_id, name, zips, counties, at=at)
    content = (FOLDER / "area_people.csv").read_bytes()
    table = read_people(content, state_of=lambda *_: STATE, states={STATE})
    replace_area_people(network_id, table.kept, at=at)


def _add_promises(identity: Identity, demo: DemoNetwork, *, today: date, at: datetime) -> None:
    """Add what members promised one another, and the gaps that they have taken on."""
    network_id = identity.network_id
    for way in demo.pathways:
        demo_rows.add_demo_pathway(
            network_id, from_member_id=way.from_member_id, to_member_id=way.to_member_id,
            need=way.need, promised_on=way.promised_on, ended_on=way.ended_on,
        )  # fmt: skip
    for protocol in demo.protocols:
        demo_rows.add_demo_protocol(
            network_id, program_id=protocol.program_id,
            partner_member_id=protocol.partner_member_id, signed_on=protocol.signed_on,
            expires_on=protocol.expires_on,
        )  # fmt: skip
    for program_id, facts in demo.program_facts.items():
        save_facts(network_id, program_id, facts, at=at)
    gaps = [
        demo_rows.add_demo_gap(
            network_id, key=gap.key, owner_member_id=gap.owner_member_id,
            next_step=gap.next_step, due_on=gap.due_on, opened_at=gap.opened_at,
            by_member_id=identity.member_id,
        )
        for gap in demo.gaps
    ]  # fmt: skip
    members = {item.key: item.member.id for item in demo.members}
    add_council(network_id, members, gaps, today=today, at=at)
    question = Scenario(Question.MOST, line=Need.EMERGENCY_SHELTER.value, places=2)
    keep_question(network_id, KEPT_QUESTION, question, identity.member_id, at=at)


def _add_people(
    identity: Identity, demo: DemoNetwork, password: str, *, at: datetime
) -> tuple[DemoAccount, ...]:
    """Make the accounts; return them with who each one is. One password, hashed once."""
    hashed = accounts.hash_password(password)
    members = {item.key: item.member for item in demo.members}
    programs = {(p.member_id, p.kind): p.id for p in demo.programs}
    made = []
    for person in demo.people:
        name, compartment_id = identity.member_name, identity.compartment_id
        if person.member and person.program:
            member = members[person.member]
            name, compartment_id = member.name, programs[member.id, person.program]
        role = Role(person.role)
        account_id = account_rows.add_account(
            account_rows.get_compartment(compartment_id), email=person.email,
            password_hash=hashed, roles=frozenset({role}), at=at,
        )  # fmt: skip
        append_event(identity, "created", "account", account_id, at=at, fields=("email", "roles"))
        who = account_rows.identity_of(account_id, compartment_id, frozenset({role}))
        made.append(DemoAccount(person.email, role, name, who, person.listed))
    return tuple(made)
