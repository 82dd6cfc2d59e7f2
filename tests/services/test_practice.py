"""The practice space: made once, answered by the worker, ticked off, walled off from all else."""

from __future__ import annotations

import contextvars
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from ccr.domain.errors import ForbiddenError, InvalidInputError, NotFoundError
from ccr.domain.joining import Topic
from ccr.domain.outcomes import Outcome, ToldBy
from ccr.domain.practice import InventedPartner
from ccr.domain.referral_states import ChosenBy, State
from ccr.domain.referral_views import Group, InboxTab, Status
from ccr.policy.identity import Identity, Role
from ccr.services import (
    accounts,
    colleagues,
    delivery,
    drafts,
    invitations,
    practice,
    referral_desk,
    referrals,
    routing,
    sending,
)
from ccr.services.accounts import terminal_identity
from ccr.services.draft_facts import NeedAnswers, PlaceAnswers
from ccr.services.followups import run_clocks
from ccr.services.verification import verify_storage
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account, Network
from ccr.storage.models.directory import MemberRow
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.referrals import ReferralRow
from ccr.storage.queries import joining as training_rows
from ccr.storage.queries import practice as queries
from tests.loop import world
from tests.small_directory import SmallDirectory, make_small_directory

MINUTE = timedelta(minutes=1)


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


def inside(me: Identity, at: datetime) -> Identity:
    """Return the same person in their practice space."""
    practice.enter(me, world(), at=at)
    assert me.user_id is not None
    program = queries.practice_program(me.user_id)
    assert program is not None
    identity, network = accounts.identity_of(me.user_id, program, me.roles)
    db.session.rollback()
    assert network.is_practice
    return identity


def send(me: Identity, partner: InventedPartner, at: datetime, *, release: bool = False) -> UUID:
    """Send a practice referral to this invented partner."""
    program = queries.partner_program(me.network_id, partner)
    service_id, _, _ = queries.service_of_program(program)
    db.session.rollback()
    draft_id = drafts.start_with(
        me,
        world(),
        NeedAnswers(("advocacy",)),
        PlaceAnswers("Rensselaer County, NY", "car"),
        service_id,
        at=at,
    )
    if release:
        drafts.ask_release(me, world(), draft_id, at + timedelta(days=30), at=at)
    drafts.record_yes(me, world(), draft_id, ChosenBy.SURVIVOR, at=at)
    return sending.send(me, world(), draft_id, at=at).referral_id


def status(me: Identity, referral_id: UUID, at: datetime) -> Status:
    return referral_desk.open_sent(me, world(), referral_id, at=at).item.view.status


def minutes(at: datetime, count: int) -> datetime:
    """Let the worker run each minute; return when it ran last."""
    for _ in range(count):
        at += MINUTE
        practice.run(world(), at=at)
    return at


def no_findings() -> None:
    assert verify_storage(terminal_identity("Test network")).findings == ()


def test_a_space_is_made_once_around_the_members_own_county(
    small: SmallDirectory, now: datetime
) -> None:
    me = small.birch.identity
    there = inside(me, now)
    assert (there.in_practice, there.roles, there.compartment_kind) == (
        True,
        me.roles,
        me.compartment_kind,
    )
    assert inside(me, now) == there
    assert db.session.scalar(select(func.count()).select_from(Network).filter_by(is_practice=True))
    names = db.session.scalars(select(MemberRow.name).filter_by(network_id=there.network_id)).all()
    assert all("ractice" in name for name in names)
    assert len(names) == len(InventedPartner) + 1
    found = routing.find_partners(
        there,
        world(),
        drafts.DraftFacts(needs=("advocacy",), near="Rensselaer County, NY").route_fields(),
        at=now,
    )
    assert len(found.partners) + len(found.area_partners) >= 4
    db.session.rollback()
    no_findings()


def test_of_two_who_press_at_once_one_space_is_made(
    app: Flask, small: SmallDirectory, now: datetime
) -> None:
    me = small.birch.identity
    db.session.remove()

    def press() -> None:
        with app.app_context():
            practice.enter(me, world(), at=now)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(contextvars.Context().run, press) for _ in range(4)]:
            done.result()
    count = select(func.count()).select_from(Network).filter_by(is_practice=True)
    assert db.session.scalar(count) == 1


@pytest.mark.parametrize(
    ("partner", "after", "expected"),
    [
        (InventedPartner.TAKES, 1, Status.ACCEPTED),
        (InventedPartner.ASKS, 1, Status.ASKED),
        (InventedPartner.FULL, 1, Status.NO_ROOM),
        (InventedPartner.PHONE, 5, Status.TO_CALL),
    ],
)
def test_invented_partners_answer_within_minutes_each_in_its_own_way(
    small: SmallDirectory,
    now: datetime,
    partner: InventedPartner,
    after: int,
    expected: Status,
) -> None:
    me = inside(small.alder.identity, now)
    referral_id = send(me, partner, now)
    practice.run(world(), at=now + MINUTE - timedelta(seconds=1))
    assert status(me, referral_id, now) in {Status.SENT, Status.TO_CALL}
    assert status(me, referral_id, minutes(now, after)) is expected
    no_findings()


def test_with_a_release_the_whole_loop_can_be_watched(small: SmallDirectory, now: datetime) -> None:
    me = inside(small.alder.identity, now)
    referral_id = send(me, InventedPartner.TAKES, now, release=True)
    at = minutes(now, 5)
    view = referral_desk.open_sent(me, world(), referral_id, at=at).item.view
    assert (view.status, view.outcome) == (Status.CLOSED, Outcome.SERVICE_STARTED)
    no_findings()


def test_a_question_is_asked_once_and_then_it_is_taken(
    small: SmallDirectory, now: datetime
) -> None:
    me = inside(small.alder.identity, now)
    referral_id = send(me, InventedPartner.ASKS, now)
    at = minutes(now, 2)
    referrals.answer(me, world(), referral_id, "Yes.", at=at)
    assert status(me, referral_id, minutes(at, 1)) is Status.ACCEPTED


@pytest.mark.parametrize("team", ["alder", "birch", "dune"])
def test_practising_everything_ticks_the_training_off_by_itself(
    small: SmallDirectory, now: datetime, team: str
) -> None:
    me = getattr(small, team).identity
    there = inside(me, now)
    at = minutes(now, 1)
    found, _ = referral_desk.inbox(there, world(), InboxTab.NEEDS_ANSWER, at=at)
    assert len(found.items) == 1
    arrived = found.items[0].view.referral_id
    state = practice.state_of(there)
    assert state is not None
    assert (state.begun, state.inside, state.checklist.done) == (True, True, False)
    referrals.accept(there, world(), arrived, at=at)
    referrals.close(there, world(), arrived, Outcome.NOT_REACHED_SAFELY, at=at)
    if team == "dune":
        phone = send(there, InventedPartner.PHONE, at)
        referrals.accepted_by_phone(there, world(), phone, ToldBy.VOLUNTEER, at=at)
    else:
        send(there, InventedPartner.TAKES, at)
    at = minutes(at, 2)
    state = practice.state_of(me)
    assert state is not None
    assert state.checklist.done
    assert state.trained_at is not None
    assert not state.inside
    assert practice.run(world(), at=at + 10 * MINUTE).trained == 0
    assert me.user_id is not None
    assert training_rows.trained_at(me.user_id, Topic.PRACTICE) == state.trained_at
    db.session.rollback()
    no_findings()


def test_one_thing_at_a_time_arrives_until_one_was_answered_and_closed(
    small: SmallDirectory, now: datetime
) -> None:
    there = inside(small.birch.identity, now)
    at = minutes(now, 10)
    _, counts = referral_desk.inbox(there, world(), InboxTab.NEEDS_ANSWER, at=at)
    assert counts[InboxTab.NEEDS_ANSWER] == 1


def test_those_who_gave_up_hold_up_nobody_behind_them(
    small: SmallDirectory, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(practice, "BATCH", 1)
    teams = (small.alder, small.birch, small.cedar, small.dune)
    people = [inside(team.identity, now) for team in teams]
    for me in people[:3]:
        send(me, InventedPartner.TAKES, now)
    done = practice.run(world(), at=now + MINUTE)
    assert (done.moved, done.sent) == (3, 4)
    # The second time there is one that waits for each of them: nothing more is sent.
    assert practice.run(world(), at=now + MINUTE).sent == 0


def test_running_the_worker_twice_has_one_effect(small: SmallDirectory, now: datetime) -> None:
    me = inside(small.alder.identity, now)
    referral_id = send(me, InventedPartner.TAKES, now)
    practice.run(world(), at=now + MINUTE)
    practice.run(world(), at=now + MINUTE)
    assert status(me, referral_id, now + MINUTE) is Status.ACCEPTED
    sent = select(func.count()).select_from(ReferralRow).filter(ReferralRow.sent_at.is_not(None))
    assert db.session.scalar(sent) == 2  # mine, and the one that I am to answer


# --- the wall ------------------------------------------------------------------------------------


def test_a_practice_referral_never_reaches_a_real_program(
    small: SmallDirectory, now: datetime
) -> None:
    me = inside(small.alder.identity, now)
    draft_id = drafts.start_with(
        me, world(), NeedAnswers(("advocacy",)), PlaceAnswers("Troy, NY", "car"), at=now
    )
    for real in (small.birch_service_id, small.cedar_service_id, small.dune_service_id):
        with pytest.raises(NotFoundError):
            drafts.choose_partner(me, world(), draft_id, real, at=now)
    send(me, InventedPartner.TAKES, now)
    minutes(now, 6)
    real_programs = set(small.compartments.values())
    for row in db.session.scalars(select(ReferralRow)):
        assert row.receiver_compartment_id not in real_programs
        assert row.network_id != small.network_id
    db.session.rollback()


def test_a_real_referral_never_reaches_practice_and_the_worker_touches_none(
    small: SmallDirectory, now: datetime
) -> None:
    me = small.alder.identity
    there = inside(me, now)
    program = queries.partner_program(there.network_id, InventedPartner.TAKES)
    service_id, _, _ = queries.service_of_program(program)
    db.session.rollback()
    need, place = NeedAnswers(("advocacy",)), PlaceAnswers("Troy, NY", "car")
    with pytest.raises(NotFoundError):
        drafts.start_with(me, world(), need, place, service_id, at=now)
    draft_id = drafts.start_with(me, world(), need, place, small.birch_service_id, at=now)
    drafts.record_yes(me, world(), draft_id, ChosenBy.SURVIVOR, at=now)
    sending.send(me, world(), draft_id, at=now)
    minutes(now, 5)
    assert status(me, draft_id, now) is Status.SENT


def test_the_worker_speaks_in_practice_networks_alone(small: SmallDirectory, now: datetime) -> None:
    with pytest.raises(NotFoundError):
        practice._partner_identity(small.birch.compartment_id)
    draft_id = drafts.start_with(
        small.alder.identity,
        world(),
        NeedAnswers(("advocacy",)),
        PlaceAnswers("Troy, NY", "car"),
        small.birch_service_id,
        at=now,
    )
    drafts.record_yes(small.alder.identity, world(), draft_id, ChosenBy.SURVIVOR, at=now)
    sending.send(small.alder.identity, world(), draft_id, at=now)
    terminal = terminal_identity("Test network")
    for who in (terminal, replace(terminal, compartment_id=small.birch.compartment_id)):
        with pytest.raises(ForbiddenError):
            referrals.accept(who, world(), draft_id, at=now)


def test_one_persons_space_is_nobody_elses(small: SmallDirectory, now: datetime) -> None:
    one, other = inside(small.alder.identity, now), inside(small.birch.identity, now)
    assert one.network_id != other.network_id
    referral_id = send(one, InventedPartner.TAKES, now)
    for stranger in (other, small.alder.identity, small.birch.identity):
        with pytest.raises(NotFoundError):
            referral_desk.open_sent(stranger, world(), referral_id, at=now)
    for group in Group:
        _, counts = referral_desk.outbox(small.alder.identity, world(), group, at=now)
        assert counts[group] == 0


def test_no_list_of_networks_and_no_terminal_knows_a_practice_network(
    small: SmallDirectory, now: datetime
) -> None:
    there = inside(small.alder.identity, now)
    name = db.session.scalar(select(Network.name).filter_by(id=there.network_id))
    db.session.rollback()
    assert [n.name for n in accounts.list_networks()] == ["Test network"]
    assert terminal_identity().network_id == small.network_id
    with pytest.raises(NotFoundError):
        terminal_identity(name)


def test_nothing_of_practice_is_ever_mailed(small: SmallDirectory, now: datetime) -> None:
    there = inside(small.alder.identity, now)
    send(there, InventedPartner.ASKS, now)
    at = minutes(now, 3)
    run_clocks(world(), at=at + timedelta(days=20))
    written = db.session.scalars(select(OutboxItem)).all()
    assert written == []
    db.session.rollback()
    with unit_of_work():  # should one ever be written, it stays where it is
        db.session.add(
            OutboxItem(
                network_id=there.network_id,
                compartment_id=there.compartment_id,
                account_id=there.user_id,
                template="item-to-review",
                created_at=at,
                due_at=at,
                attempts=0,
                dedupe_key=str(uuid4()),
            )
        )
    assert delivery.deliver(world(), at=at).sent == 0
    assert list((world().settings.data_dir / "mail").glob("**/*.eml")) == []


def test_in_practice_nobody_is_invited_and_no_account_is_ended(
    small: SmallDirectory, now: datetime
) -> None:
    email = small.emails["birch.agency_admin"]
    account = db.session.scalars(select(Account).filter_by(email=email)).unique().one()
    roles = frozenset({Role.AGENCY_ADMIN})
    me, _ = accounts.identity_of(account.id, account.compartment_id, roles)
    db.session.rollback()
    there = inside(me, now)
    for attempt in (
        lambda: colleagues.list_colleagues(there, at=now),
        lambda: invitations.invite_colleague(there, world(), Role.WORKER, at=now),
    ):
        with pytest.raises(ForbiddenError):
            attempt()


def test_those_who_run_the_network_have_nothing_to_practise(
    small: SmallDirectory, now: datetime
) -> None:
    for role in (Role.COORDINATOR, Role.SYSTEM_ADMIN, Role.AUDITOR):
        email = small.emails[f"coordination.{role}"]
        account = db.session.scalars(select(Account).filter_by(email=email)).unique().one()
        me, _ = accounts.identity_of(account.id, account.compartment_id, frozenset({role}))
        db.session.rollback()
        assert practice.state_of(me) is None
        with pytest.raises(ForbiddenError):
            practice.enter(me, world(), at=now)


def test_a_partner_that_has_no_room_leads_to_another(small: SmallDirectory, now: datetime) -> None:
    me = inside(small.alder.identity, now)
    referral_id = send(me, InventedPartner.FULL, now)
    at = minutes(now, 1)
    fresh = sending.reroute(me, world(), referral_id, at=at)
    assert drafts.draft_view(me, world(), fresh, at=at).previous_referral_id == referral_id
    with pytest.raises(InvalidInputError):
        drafts.record_yes(me, world(), fresh, ChosenBy.SURVIVOR, at=at)
    states = set(db.session.scalars(select(ReferralRow.state)))
    assert State.DECLINED.value in states
