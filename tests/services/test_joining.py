"""Joining: invited once, pledged by role, trained, live; and who may do which of it."""

from __future__ import annotations

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from ccr.domain.errors import (
    CcrError,
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
    StaleError,
    TooManyAttemptsError,
)
from ccr.domain.joining import INVITATION_LASTS, PledgeRole, Step, Topic, Way
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Regime, Sector
from ccr.policy.identity import Identity, Role
from ccr.services import colleagues, invitations, joining
from ccr.services.accounts import terminal_identity
from ccr.services.verification import verify_storage
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account
from ccr.storage.models.joining import InvitationRow
from ccr.storage.queries import accounts
from ccr.storage.queries import joining as rows
from ccr.storage.queries.directory import directory_version, get_member
from ccr.storage.queries.receivers import get_receiver
from tests.loop import dump, world
from tests.people import PASSWORD, make_network, make_team
from tests.small_directory import SmallDirectory, make_small_directory

HERE = "192.0.2.7"
WRONG = "0000-0000-0000-0000"


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


@pytest.fixture
def coordinator(small: SmallDirectory) -> Identity:
    return person(small.emails["coordination.coordinator"])


def person(email: str) -> Identity:
    account = db.session.scalars(select(Account).where(Account.email == email)).unique().one()
    roles = frozenset(Role(role.name) for role in account.roles)
    found = accounts.identity_of(account.id, account.compartment_id, roles)
    db.session.rollback()
    return found


def newcomer(
    small: SmallDirectory,
    at: datetime,
    category: MemberCategory = MemberCategory.FAITH,
    kind: CompartmentKind = CompartmentKind.GENERAL,
) -> tuple[UUID, UUID]:
    """Return (member, program) of somebody who has not joined yet."""
    with unit_of_work():
        member_id = accounts.add_member(
            small.network_id,
            f"Elder Chapel {uuid4()} (demo)",
            category=category,
            sector=Sector.PRIVATE,
            regime=Regime.OTHER,
            at=at,
        )
        return member_id, accounts.add_compartment(
            small.network_id, member_id, name="General", kind=kind, at=at
        )


def line(coordinator: Identity, member_id: UUID, at: datetime) -> rows.MemberLine:
    found = joining.open_member(coordinator, member_id, at=at).line
    db.session.rollback()
    return found


def redeem(code: str, at: datetime, email: str = "new@example.org", came_from: str = HERE) -> UUID:
    return invitations.redeem(code, came_from, email=email, password=PASSWORD, at=at)


def test_a_member_is_invited_pledged_trained_and_live(
    small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    member_id, program = newcomer(small, now)
    invited = invitations.invite_first(coordinator, world(), member_id, program, at=now)
    assert invited.role is Role.AGENCY_ADMIN
    assert line(coordinator, member_id, now).membership.step is Step.INVITED
    offer = invitations.look_at(invited.code.lower().replace("-", " "), HERE, at=now)
    assert offer.expires_at == now + INVITATION_LASTS
    account_id = redeem(invited.code, now)
    me = person("new@example.org")
    assert (me.user_id, me.compartment_id, me.roles) == (
        account_id,
        program,
        frozenset({Role.AGENCY_ADMIN}),
    )
    joining.record_pledge(coordinator, member_id, PledgeRole.FAITH_LEADER, at=now)
    with pytest.raises(IllegalTransitionError):
        joining.let_go_live(coordinator, member_id, at=now)
    assert not get_member(small.network_id, member_id).on_ccr  # nobody is sent to the untrained
    with unit_of_work():
        assert rows.add_training(small.network_id, account_id, Topic.PRACTICE, at=now)
        assert not rows.add_training(small.network_id, account_id, Topic.PRACTICE, at=now)
        rows.mark_trained(member_id, at=now)
    before = directory_version(small.network_id)
    db.session.rollback()
    joining.let_go_live(coordinator, member_id, at=now)
    assert directory_version(small.network_id) == before + 1
    assert get_member(small.network_id, member_id).on_ccr
    found = line(coordinator, member_id, now)
    assert (found.membership.step, found.people, found.trained) == (Step.LIVE, 1, 1)
    assert verify_storage(terminal_identity("Test network")).findings == ()


def test_members_with_people_and_no_record_have_been_at_the_desk_all_along(
    small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    found = line(coordinator, small.birch.member_id, now)
    assert (found.membership.way, found.membership.step) == (Way.DESK, Step.LIVE)
    joining.record_pledge(coordinator, small.birch.member_id, PledgeRole.DIRECTOR, at=now)
    assert line(coordinator, small.birch.member_id, now).membership.step is Step.LIVE
    assert get_receiver(small.network_id, small.birch_service_id).reads_ccr


def test_a_wrong_press_on_the_way_of_a_member_at_work_is_taken_back_at_once(
    small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    member_id = small.birch.member_id
    joining.choose_way(coordinator, member_id, Way.LISTED, at=now)
    assert not get_receiver(small.network_id, small.birch_service_id).reads_ccr
    joining.choose_way(coordinator, member_id, Way.DESK, at=now)
    joining.record_pledge(coordinator, member_id, PledgeRole.DIRECTOR, at=now)
    joining.let_go_live(coordinator, member_id, at=now)
    assert get_receiver(small.network_id, small.birch_service_id).reads_ccr


def test_a_member_that_is_listed_or_by_phone_is_sent_nothing(
    small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    joining.choose_way(coordinator, small.birch.member_id, Way.LISTED, at=now)
    receiver = get_receiver(small.network_id, small.birch_service_id)
    assert (receiver.reads_ccr, receiver.by_phone) == (False, False)
    joining.choose_way(coordinator, small.birch.member_id, Way.PHONE, at=now)
    assert not get_receiver(small.network_id, small.birch_service_id).by_phone  # no pledge yet
    joining.record_pledge(coordinator, small.birch.member_id, PledgeRole.DIRECTOR, at=now)
    joining.let_go_live(coordinator, small.birch.member_id, at=now)
    receiver = get_receiver(small.network_id, small.birch_service_id)
    assert (receiver.reads_ccr, receiver.by_phone) == (False, True)


def test_only_the_hash_of_a_code_is_kept(
    small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    member_id, program = newcomer(small, now)
    code = invitations.invite_first(coordinator, world(), member_id, program, at=now).code
    everything = repr(dump()).upper()
    assert code not in everything
    assert code.replace("-", "") not in everything


def test_a_used_expired_withdrawn_or_wrong_code_is_answered_the_same(
    small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    codes, answers = {"wrong": WRONG}, set()
    for name in ("used", "withdrawn", "expired"):
        member_id, program = newcomer(small, now)
        codes[name] = invitations.invite_first(
            coordinator, world(), member_id, program, at=now
        ).code
        if name == "used":
            redeem(codes[name], now)
        if name == "withdrawn":
            open_ones = joining.open_member(coordinator, member_id, at=now).invitations
            invitations.withdraw(coordinator, open_ones[0].id, at=now)
    for number, code in enumerate(codes.values()):
        at = now + INVITATION_LASTS
        for attempt in (
            lambda code=code, n=number, at=at: invitations.look_at(code, f"198.51.100.{n}", at=at),
            lambda code=code, n=number, at=at: redeem(code, at, "x@example.org", f"203.0.113.{n}"),
        ):
            with pytest.raises(NotFoundError) as refusal:
                attempt()
            answers.add(str(refusal.value))
    assert len(answers) == 1


def test_a_code_works_until_just_before_it_ends(
    small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    member_id, program = newcomer(small, now)
    code = invitations.invite_first(coordinator, world(), member_id, program, at=now).code
    redeem(code, now + INVITATION_LASTS - timedelta(microseconds=1))


def test_of_many_who_use_a_code_at_once_one_gets_an_account(
    app: Flask, small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    member_id, program = newcomer(small, now)
    code = invitations.invite_first(coordinator, world(), member_id, program, at=now).code
    db.session.remove()

    def try_once(number: int) -> bool:
        with app.app_context():
            try:
                redeem(code, now, f"n{number}@example.org", f"192.0.2.{number}")
            except CcrError:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        won = [
            pool.submit(contextvars.Context().run, try_once, number).result for number in range(4)
        ]
        assert sum(result() for result in won) == 1
    emails = db.session.scalars(select(Account.email).where(Account.compartment_id == program))
    assert len(emails.all()) == 1


def test_an_address_that_is_taken_costs_the_code_nothing(
    small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    member_id, program = newcomer(small, now)
    code = invitations.invite_first(coordinator, world(), member_id, program, at=now).code
    with pytest.raises(InvalidInputError) as refusal:
        redeem(code, now, small.birch.email)
    assert refusal.value.field == "email"
    assert "account already" not in str(refusal.value)
    with pytest.raises(InvalidInputError):
        invitations.redeem(code, HERE, email="a@example.org", password="short", at=now)
    redeem(code, now)


def test_wrong_codes_are_slowed_down_and_only_from_where_they_come(
    small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    member_id, program = newcomer(small, now)
    code = invitations.invite_first(coordinator, world(), member_id, program, at=now).code
    for _ in range(5):
        with pytest.raises(NotFoundError):
            invitations.look_at(WRONG, HERE, at=now)
    with pytest.raises(TooManyAttemptsError):
        invitations.look_at(code, HERE, at=now)
    with pytest.raises(TooManyAttemptsError):
        redeem(code, now)
    redeem(code, now, came_from="198.51.100.1")


def test_a_second_code_for_the_same_first_person_ends_the_one_before(
    small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    member_id, program = newcomer(small, now)
    first = invitations.invite_first(coordinator, world(), member_id, program, at=now).code
    second = invitations.invite_first(coordinator, world(), member_id, program, at=now).code
    with pytest.raises(NotFoundError):
        redeem(first, now)
    redeem(second, now)


def test_a_coordinator_lets_nobody_into_a_program_where_people_work(
    small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    birch = small.birch
    with pytest.raises(InvalidInputError):
        invitations.invite_first(
            coordinator, world(), birch.member_id, birch.compartment_id, at=now
        )
    coordination = accounts.coordination_compartment(small.network_id)
    for member_id, program in (
        (coordination.member_id, coordination.id),  # no way to a second role of one's own
        (birch.member_id, coordination.id),
        (birch.member_id, uuid4()),
    ):
        with pytest.raises(NotFoundError):
            invitations.invite_first(coordinator, world(), member_id, program, at=now)


@pytest.mark.parametrize(
    "category", [MemberCategory.SURVIVOR, MemberCategory.MEDIA, MemberCategory.EMPLOYER]
)
def test_nobody_is_invited_to_the_desk_of_a_member_that_is_listed_only(
    small: SmallDirectory, coordinator: Identity, now: datetime, category: MemberCategory
) -> None:
    member_id, program = newcomer(small, now, category)
    with pytest.raises(InvalidInputError):
        invitations.invite_first(coordinator, world(), member_id, program, at=now)
    with pytest.raises(InvalidInputError):
        joining.choose_way(coordinator, member_id, Way.PHONE, at=now)


def test_only_a_coordinator_of_this_network_sees_or_changes_memberships(
    small: SmallDirectory, now: datetime
) -> None:
    other = make_network("Elsewhere", at=now)
    foreign = make_team(other, "Elm House", at=now)
    people = [person(email) for key, email in small.emails.items() if "coordinator" not in key]
    for me in people:
        for attempt in (
            lambda me=me: joining.list_members(me, at=now),
            lambda me=me: joining.open_member(me, small.birch.member_id, at=now),
            lambda me=me: joining.let_go_live(me, small.birch.member_id, at=now),
        ):
            with pytest.raises(NotFoundError):
                attempt()
    coordinator = person(small.emails["coordination.coordinator"])
    for attempt in (
        lambda: joining.open_member(coordinator, foreign.member_id, at=now),
        lambda: joining.record_pledge(coordinator, foreign.member_id, PledgeRole.OWNER, at=now),
        lambda: invitations.invite_first(
            coordinator, world(), foreign.member_id, foreign.compartment_id, at=now
        ),
    ):
        with pytest.raises(NotFoundError):
            attempt()


def test_an_administrator_invites_into_the_own_program_within_its_roles(
    small: SmallDirectory, now: datetime
) -> None:
    admin = person(small.emails["birch.agency_admin"])
    invited = invitations.invite_colleague(admin, world(), Role.ADVOCATE, at=now)
    redeem(invited.code, now)
    assert person("new@example.org").compartment_id == small.birch.compartment_id
    for role in (Role.FACILITATOR, Role.COORDINATOR, Role.SYSTEM_ADMIN, Role.AUDITOR):
        with pytest.raises(InvalidInputError):
            invitations.invite_colleague(admin, world(), role, at=now)
    for key in ("birch.advocate", "alder.worker", "dune.facilitator", "coordination.system_admin"):
        with pytest.raises(NotFoundError):
            invitations.invite_colleague(
                person(small.emails[key]), world(), Role.AGENCY_ADMIN, at=now
            )


def test_an_administrator_withdraws_only_codes_of_the_own_program(
    small: SmallDirectory, now: datetime
) -> None:
    alder = person(small.emails["alder.agency_admin"])
    birch = person(small.emails["birch.agency_admin"])
    invitations.invite_colleague(alder, world(), Role.WORKER, at=now)
    found = db.session.scalar(select(InvitationRow.id))
    assert found is not None
    db.session.rollback()
    with pytest.raises(NotFoundError):
        invitations.withdraw(birch, found, at=now)
    invitations.withdraw(alder, found, at=now)
    with pytest.raises(NotFoundError):
        invitations.withdraw(alder, found, at=now)


def test_whoever_left_is_out_at_once_and_a_program_keeps_an_administrator(
    small: SmallDirectory, now: datetime
) -> None:
    admin = person(small.emails["birch.agency_admin"])
    advocate = person(small.emails["birch.advocate"])
    before = db.session.scalar(select(Account.fs_uniquifier).filter_by(id=advocate.user_id))
    db.session.rollback()
    assert advocate.user_id is not None
    assert admin.user_id is not None
    colleagues.disable(admin, advocate.user_id, at=now)
    row = db.session.get(Account, advocate.user_id)
    assert row is not None
    assert (row.active, row.fs_uniquifier == before) == (False, False)
    db.session.rollback()
    with pytest.raises(InvalidInputError):
        colleagues.disable(admin, admin.user_id, at=now)
    for stranger in (advocate.user_id, small.cedar.identity.user_id, uuid4()):
        assert stranger is not None
        with pytest.raises(NotFoundError):
            colleagues.disable(admin, stranger, at=now)
    people = colleagues.list_colleagues(admin, at=now).people
    assert {p.email: p.active for p in people} == {
        small.emails["birch.advocate"]: False,
        small.emails["birch.agency_admin"]: True,
    }


def test_of_two_who_change_a_membership_at_once_one_wins(
    small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    for member_id in (newcomer(small, now)[0], small.birch.member_id):
        before = line(coordinator, member_id, now).membership
        for wins in (True, False):
            with unit_of_work():
                args = (small.network_id, before, before)
                if wins:
                    rows.save_membership(*args, at=now)
                else:
                    with pytest.raises(StaleError):
                        rows.save_membership(*args, at=now)


def test_the_list_has_every_member_but_the_coordination(
    small: SmallDirectory, coordinator: Identity, now: datetime
) -> None:
    found = joining.list_members(coordinator, at=now)
    assert [item.name for item in found.items] == [
        "Alder Hospital (demo)",
        "Birch Advocates (demo)",
        "Cedar House (demo)",
        "Dune Program (demo)",
    ]
    assert [item.people for item in found.items] == [2, 2, 2, 1]
