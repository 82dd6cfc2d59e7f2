"""Who may do what: every permission, for everyone who may and everyone who may not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pytest

from ccr.domain.taxonomy import CompartmentKind, Regime
from ccr.policy.identity import Identity, Role
from ccr.policy.permission_map import PERMISSION_MAP, permits
from ccr.policy.permissions import Permission

NETWORK, HERE, ELSEWHERE = uuid4(), uuid4(), uuid4()


@dataclass(frozen=True)
class Subject:
    network_id: UUID = NETWORK
    compartment_id: UUID = HERE
    sender_compartment_id: UUID = HERE
    receiver_compartment_id: UUID | None = ELSEWHERE
    state: str = "sent"


def somebody(
    *roles: Role,
    compartment_id: UUID = HERE,
    key: frozenset[str] | None = None,
    terminal: bool = False,
) -> Identity:
    return Identity(
        user_id=uuid4() if roles else None,
        network_id=NETWORK,
        member_id=uuid4(),
        compartment_id=compartment_id,
        compartment_kind=CompartmentKind.GENERAL,
        regime=Regime.OTHER,
        roles=frozenset(roles),
        key_scopes=key,
        from_terminal=terminal,
    )


REFERRAL_ROLES = {Role.WORKER, Role.AGENCY_ADMIN, Role.ADVOCATE, Role.FACILITATOR}


def test_every_permission_has_a_row_in_the_map() -> None:
    assert set(PERMISSION_MAP) == set(Permission)


def test_nobody_at_all_may_do_nothing() -> None:
    nobody = somebody()
    assert not [p for p in Permission if permits(nobody, p, Subject())]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "permission",
    [Permission.REFERRAL_SEND, Permission.REFERRAL_READ, Permission.RELEASE_RECORD],
)
def test_only_people_who_work_with_people_touch_what_their_program_sent(
    role: Role, permission: Permission
) -> None:
    assert permits(somebody(role), permission, Subject()) is (role in REFERRAL_ROLES)


@pytest.mark.parametrize("role", list(Role))
def test_a_coordinator_a_system_admin_and_an_auditor_never_see_a_referral(role: Role) -> None:
    allowed = permits(somebody(role), Permission.REFERRAL_LIST)
    assert allowed is (role in REFERRAL_ROLES)


@pytest.mark.parametrize("permission", [Permission.REFERRAL_READ, Permission.REFERRAL_SEND])
def test_another_programs_referral_is_refused(permission: Permission) -> None:
    stranger = somebody(Role.ADVOCATE, compartment_id=uuid4())
    assert not permits(stranger, permission, Subject())


def test_the_sender_may_not_answer_its_own_referral() -> None:
    assert not permits(somebody(Role.WORKER), Permission.REFERRAL_ANSWER, Subject())


def test_the_receiver_may_answer_but_not_send() -> None:
    receiver = somebody(Role.ADVOCATE, compartment_id=ELSEWHERE)
    assert permits(receiver, Permission.REFERRAL_ANSWER, Subject())
    assert not permits(receiver, Permission.REFERRAL_SEND, Subject())


def test_a_draft_is_nothing_to_its_future_receiver() -> None:
    receiver = somebody(Role.ADVOCATE, compartment_id=ELSEWHERE)
    assert not permits(receiver, Permission.REFERRAL_READ, Subject(state="draft"))


def test_a_key_for_referrals_acts_for_its_own_program_and_for_no_other() -> None:
    mine = {Permission.REFERRAL_SEND, Permission.REFERRAL_READ, Permission.RELEASE_RECORD}
    key, stranger = (
        somebody(key=frozenset({"referrals"}), compartment_id=where) for where in (HERE, uuid4())
    )
    allowed = {p for p in Permission if permits(key, p, Subject())}
    assert allowed == {*mine, Permission.REFERRAL_LIST}
    received = Subject(sender_compartment_id=ELSEWHERE, receiver_compartment_id=HERE)
    assert permits(key, Permission.REFERRAL_ANSWER, received)
    assert not any(permits(stranger, p, Subject()) for p in mine)
    coordination = replace(key, compartment_kind=CompartmentKind.COORDINATION)
    assert not [p for p in Permission if permits(coordination, p, Subject())]


def test_a_key_routes_only_with_that_scope_and_reads_no_referral() -> None:
    key = somebody(key=frozenset({"routes"}))
    assert permits(key, Permission.ROUTE_FIND, Subject())
    assert not permits(somebody(key=frozenset({"referrals"})), Permission.ROUTE_FIND, Subject())
    assert not permits(key, Permission.REFERRAL_READ, Subject())


def test_another_networks_directory_is_refused() -> None:
    other = Subject(network_id=uuid4())
    assert not permits(somebody(Role.WORKER), Permission.DIRECTORY_READ, other)


def test_an_agency_admin_manages_accounts_of_its_own_program_only() -> None:
    admin = somebody(Role.AGENCY_ADMIN)
    assert permits(admin, Permission.ACCOUNT_MANAGE, Subject())
    assert not permits(admin, Permission.ACCOUNT_MANAGE, Subject(compartment_id=uuid4()))


@pytest.mark.parametrize("role", list(Role))
def test_members_join_by_a_coordinator_of_their_network_alone(role: Role) -> None:
    me = somebody(role)
    coordinates = role is Role.COORDINATOR
    assert permits(me, Permission.MEMBERSHIP_MANAGE, Subject()) is coordinates
    assert not permits(me, Permission.MEMBERSHIP_MANAGE, Subject(network_id=uuid4()))


@pytest.mark.parametrize(
    ("permission", "subject"),
    [
        (Permission.REFERRAL_ANSWER, Subject(receiver_compartment_id=HERE)),
        (Permission.REFERRAL_SEND, Subject()),
        (Permission.RELEASE_RECORD, Subject(receiver_compartment_id=HERE)),
    ],
)
def test_the_worker_speaks_for_invented_partners_in_practice_networks_alone(
    permission: Permission, subject: Subject
) -> None:
    worker = somebody(terminal=True)
    assert not permits(worker, permission, subject)
    assert permits(replace(worker, in_practice=True), permission, subject)
    other = replace(worker, in_practice=True, compartment_id=uuid4())
    assert not permits(other, permission, subject)


@pytest.mark.parametrize("role", list(Role))
def test_only_people_who_work_with_referrals_practise(role: Role) -> None:
    assert permits(somebody(role), Permission.PRACTICE_ENTER) is (role in REFERRAL_ROLES)


@pytest.mark.parametrize("role", list(Role))
def test_colleagues_are_an_administrators_of_the_own_program_and_never_in_practice(
    role: Role,
) -> None:
    me = somebody(role)
    assert permits(me, Permission.COLLEAGUE_MANAGE, Subject()) is (role is Role.AGENCY_ADMIN)
    assert not permits(me, Permission.COLLEAGUE_MANAGE, Subject(compartment_id=uuid4()))
    assert not permits(replace(me, in_practice=True), Permission.COLLEAGUE_MANAGE, Subject())


@pytest.mark.parametrize(
    "permission",
    [Permission.CLOCK_RUN, Permission.NETWORK_MANAGE, Permission.DEMO_MANAGE],
)
def test_only_the_terminal_runs_clocks_and_makes_networks(permission: Permission) -> None:
    assert permits(somebody(terminal=True), permission)
    assert not any(permits(somebody(role), permission) for role in Role)


def test_the_public_may_find_read_open_data_suggest_and_nothing_else() -> None:
    anybody = replace(somebody(), from_public=True)
    assert {p for p in Permission if permits(anybody, p, Subject())} == {
        Permission.FINDER_USE,
        Permission.LISTING_SUGGEST,
        Permission.OPEN_DATA_READ,
    }
    assert not permits(anybody, Permission.FINDER_USE, Subject(network_id=uuid4()))


def test_nobody_who_signed_in_or_has_a_key_is_the_public() -> None:
    for role in Role:
        assert not permits(somebody(role), Permission.FINDER_USE)
        assert not permits(replace(somebody(role), from_public=True), Permission.FINDER_USE)
    key = replace(somebody(key=frozenset({"routes"})), from_public=True)
    assert not permits(key, Permission.FINDER_USE)


@pytest.mark.parametrize("role", list(Role))
def test_coordinators_and_auditors_see_the_network_desk_and_coordinators_change_it(
    role: Role,
) -> None:
    reads = permits(somebody(role), Permission.COORDINATION_READ)
    changes = permits(somebody(role), Permission.COORDINATION_MANAGE)
    assert reads is (role in {Role.COORDINATOR, Role.AUDITOR})
    assert changes is (role is Role.COORDINATOR)


def test_another_networks_desk_is_refused_to_a_coordinator() -> None:
    other = Subject(network_id=uuid4())
    for permission in (Permission.COORDINATION_READ, Permission.COORDINATION_MANAGE):
        assert not permits(somebody(Role.COORDINATOR), permission, other)


@pytest.mark.parametrize("role", list(Role))
def test_figures_about_people_are_published_from_the_terminal_only(role: Role) -> None:
    assert permits(somebody(terminal=True), Permission.FIGURE_PUBLISH)
    assert not permits(somebody(role), Permission.FIGURE_PUBLISH)


OWN_LISTING = [
    Permission.LISTING_EDIT,
    Permission.LISTING_HIDE,
    Permission.LISTING_PUBLISH,
    Permission.LISTING_REVIEW,
]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("permission", OWN_LISTING)
def test_a_listing_is_changed_by_its_own_administrator_and_the_coordinator_alone(
    role: Role, permission: Permission
) -> None:
    me = somebody(role)
    elsewhere = Subject(compartment_id=uuid4())
    assert permits(me, permission, Subject()) is (role in {Role.COORDINATOR, Role.AGENCY_ADMIN})
    assert permits(me, permission, elsewhere) is (role is Role.COORDINATOR)
    assert not permits(me, permission, Subject(network_id=uuid4(), compartment_id=uuid4()))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("permission", [Permission.CAPACITY_UPDATE, Permission.LISTING_VERIFY])
def test_anybody_of_the_program_says_whether_there_is_room_and_that_it_is_still_true(
    role: Role, permission: Permission
) -> None:
    me = somebody(role)
    may = role in {*REFERRAL_ROLES, Role.COORDINATOR}
    assert permits(me, permission, Subject()) is may
    elsewhere = Subject(compartment_id=uuid4())
    assert permits(me, permission, elsewhere) is (role is Role.COORDINATOR)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "permission",
    [Permission.DIRECTORY_IMPORT, Permission.DIRECTORY_MERGE, Permission.TAXONOMY_MANAGE],
)
def test_the_directory_as_a_whole_is_the_coordinators(role: Role, permission: Permission) -> None:
    assert permits(somebody(role), permission, Subject()) is (role is Role.COORDINATOR)
    assert not permits(somebody(role), permission, Subject(network_id=uuid4()))


@pytest.mark.parametrize("role", list(Role))
def test_the_history_of_a_listing_is_its_owners(role: Role) -> None:
    me = somebody(role)
    may = {Role.COORDINATOR, Role.AGENCY_ADMIN, Role.AUDITOR}
    assert permits(me, Permission.LISTING_HISTORY, Subject()) is (role in may)
    elsewhere = Subject(compartment_id=uuid4())
    assert permits(me, Permission.LISTING_HISTORY, elsewhere) is (role in may - {Role.AGENCY_ADMIN})


def test_the_machine_as_arranged_sends_for_its_program_and_does_nothing_else() -> None:
    machine = replace(somebody(), as_arranged=True)
    allowed = {p for p in Permission if permits(machine, p, Subject())}
    assert allowed == {Permission.REFERRAL_SEND, Permission.ROUTE_FIND}
    elsewhere = replace(machine, compartment_id=ELSEWHERE)
    assert not permits(elsewhere, Permission.REFERRAL_SEND, Subject())


@pytest.mark.parametrize("role", list(Role))
def test_only_an_administrator_speaks_for_the_own_member_and_never_in_practice(role: Role) -> None:
    me = somebody(role)
    assert permits(me, Permission.MEMBER_SPEAK) is (role is Role.AGENCY_ADMIN)
    assert not permits(replace(me, in_practice=True), Permission.MEMBER_SPEAK)


@pytest.mark.parametrize("role", list(Role))
def test_all_staff_of_a_network_read_its_announcements(role: Role) -> None:
    assert permits(somebody(role), Permission.ANNOUNCEMENT_READ, Subject())
    assert not permits(somebody(role), Permission.ANNOUNCEMENT_READ, Subject(network_id=uuid4()))


def program_staff(*roles: Role, kind: CompartmentKind) -> Identity:
    return replace(somebody(*roles), compartment_kind=kind)


@dataclass(frozen=True)
class Asked:
    """A safety consultation, by whom it was asked and of whom."""

    network_id: UUID = NETWORK
    program_compartment_id: UUID = ELSEWHERE
    partner_compartment_id: UUID = HERE


@pytest.mark.parametrize("kind", list(CompartmentKind))
@pytest.mark.parametrize("role", list(Role))
def test_the_desk_of_a_program_is_its_own_staffs_alone(role: Role, kind: CompartmentKind) -> None:
    who = program_staff(role, kind=kind)
    runs = kind is CompartmentKind.APIP and role in REFERRAL_ROLES
    for permission in (Permission.PROGRAM_RUN, Permission.CONSULTATION_ASK):
        assert permits(who, permission) is runs
    assert permits(who, Permission.PROGRAM_SET) is (runs and role is Role.AGENCY_ADMIN)
    assert not permits(replace(who, compartment_id=ELSEWHERE), Permission.PROGRAM_RUN, Subject())


@pytest.mark.parametrize("kind", list(CompartmentKind))
@pytest.mark.parametrize("role", list(Role))
def test_a_consultation_is_read_by_the_victim_services_that_were_asked_and_by_nobody_else(
    role: Role, kind: CompartmentKind
) -> None:
    who = program_staff(role, kind=kind)
    serves = kind is CompartmentKind.VICTIM_SERVICES and role in REFERRAL_ROLES
    assert permits(who, Permission.CONSULTATION_ANSWER, Asked()) is serves
    other = replace(who, compartment_id=uuid4())
    assert not permits(other, Permission.CONSULTATION_ANSWER, Asked())
    # Read by both sides, each by its own half: a program never through the partner's.
    asked = Asked(program_compartment_id=HERE, partner_compartment_id=ELSEWHERE)
    runs = kind is CompartmentKind.APIP and role in REFERRAL_ROLES
    assert permits(who, Permission.CONSULTATION_READ, Asked()) is serves
    assert permits(who, Permission.CONSULTATION_READ, asked) is runs
    assert not permits(other, Permission.CONSULTATION_READ, asked)


@dataclass(frozen=True)
class Report:
    """A report of a program to the authority that mandated."""

    authority_member_id: UUID
    sent_at: str | None = "sent"


@pytest.mark.parametrize("kind", list(CompartmentKind))
def test_r32_a_report_is_read_by_the_one_authority_and_never_by_either_sides_program(
    kind: CompartmentKind,
) -> None:
    for role in Role:
        who = program_staff(role, kind=kind)
        may = kind is CompartmentKind.GENERAL and role in REFERRAL_ROLES
        read = Permission.AUTHORITY_REPORT_READ
        assert permits(who, read, Report(who.member_id)) is may
        assert not permits(who, read, Report(uuid4()))
        assert not permits(who, read, Report(who.member_id, None))
