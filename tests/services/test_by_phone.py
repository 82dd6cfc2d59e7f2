"""Partners by phone, from the choice to the end: no inbox, no notice, no clock of theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from ccr.domain.clocks import Side
from ccr.domain.errors import (
    CcrError,
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
)
from ccr.domain.joining import Membership, PledgeRole, Way
from ccr.domain.outcomes import FROM_A_PERSON, AttemptKind, DeclineReason, ToldBy
from ccr.domain.referral_states import Action, State
from ccr.domain.referral_views import Group, InboxTab, Status
from ccr.domain.taxonomy import Known
from ccr.policy.identity import Identity
from ccr.services import drafts, referral_desk, referrals, releases, sending
from ccr.services.accounts import terminal_identity
from ccr.services.followups import follow_ups, run_clocks
from ccr.services.referral_acts import Given, act
from ccr.services.verification import verify_storage
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account, Network
from ccr.storage.models.directory import PhoneRow
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.referrals import ClockRow, ReferralEventRow, ReferralRow
from ccr.storage.queries import joining as membership_rows
from ccr.storage.queries.directory_log import raise_directory_version
from tests import loop as loops
from tests.conftest import NOW
from tests.loop import Loop, Program, world

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def answers_by_phone(loop: Loop, program: Program, *, at=NOW) -> None:
    """Let a member answer by phone, with nobody at the desk."""
    with unit_of_work():
        db.session.execute(
            update(Account)
            .where(Account.compartment_id == program.compartment_id)
            .values(active=False)
        )
        before = Membership(program.member_id)
        after = replace(
            before, way=Way.PHONE, pledged_at=at, pledged_by=PledgeRole.DIRECTOR, live_at=at
        )
        membership_rows.save_membership(loop.network_id, before, after, at=at)
        raise_directory_version(loop.network_id)


def goes_to_the_desk(loop: Loop, program: Program) -> None:
    """Let the same member's people sign in after all."""
    with unit_of_work():
        db.session.execute(
            update(Account)
            .where(Account.compartment_id == program.compartment_id)
            .values(active=True)
        )
        before = Membership(program.member_id, version=1)
        membership_rows.save_membership(
            loop.network_id, before, replace(before, way=Way.DESK, live_at=NOW), at=NOW
        )
        raise_directory_version(loop.network_id)


@pytest.fixture
def loop(app) -> Loop:
    made = loops.build()
    answers_by_phone(made, made.advocates)
    return made


@pytest.fixture
def verified(loop):
    yield
    name = db.session.scalar(select(Network.name).filter_by(id=loop.network_id))
    db.session.rollback()
    findings = verify_storage(terminal_identity(name)).findings
    # The services of this small network were made without text to search.
    assert {f.invariant for f in findings} <= {"services without search text"}


def page(loop: Loop, referral_id: UUID, at=NOW):
    return referral_desk.open_sent(loop.hospital.worker, world(), referral_id, at=at).item.view


def accept(loop: Loop, referral_id: UUID, at=NOW + HOUR):
    return referrals.accepted_by_phone(
        loop.hospital.worker, world(), referral_id, ToldBy.VOLUNTEER, at=at
    )


def clocks(referral_id: UUID) -> list[ClockRow]:
    found = db.session.scalars(select(ClockRow).filter_by(referral_id=referral_id)).all()
    db.session.rollback()
    return list(found)


def test_the_way_of_a_referral_by_phone(loop, verified):
    referral_id = loop.send()
    view = page(loop, referral_id)
    assert (view.status, view.by_phone) == (Status.TO_CALL, True)
    assert [c.owner_compartment_id for c in clocks(referral_id)] == [loop.hospital.compartment_id]
    accept(loop, referral_id)
    view = page(loop, referral_id, NOW + HOUR)
    assert view.status is Status.ACCEPTED_BY_PHONE
    assert str(view.timeline[0].line) == "Volunteer"
    assert all(clock.stopped_at for clock in clocks(referral_id))
    assert page(loop, referral_id, NOW + 15 * DAY).status is Status.NOT_SHARED
    told = db.session.scalar(
        select(ReferralEventRow.told_by_role).filter_by(
            referral_id=referral_id, action="phone-accept"
        )
    )
    assert told == "volunteer"


def test_an_answer_taken_back_is_waited_for_by_whoever_calls(loop, verified):
    referral_id = loop.send()
    accept(loop, referral_id)
    note, me = Given(note="They called back: no."), loop.hospital.worker
    undo = (referral_id, Action.UNDO_ACCEPT, Side.SENDER)
    act(me, world(), *undo, at=NOW + HOUR + timedelta(minutes=2), given=note)
    running = [row for row in clocks(referral_id) if row.stopped_at is None]
    assert [row.owner_compartment_id for row in running] == [loop.hospital.compartment_id]


def test_nobody_is_told_and_there_is_no_inbox(loop, verified):
    referral_id = loop.send(urgency="immediate")
    accept(loop, referral_id)
    referrals.stop(loop.hospital.worker, world(), referral_id, at=NOW + DAY)
    goes_to_the_desk(loop, loop.advocates)
    assert (
        db.session.query(OutboxItem).filter_by(compartment_id=loop.advocates.compartment_id).count()
        == 0
    )
    db.session.rollback()
    me = loop.advocates.worker
    for tab in InboxTab:
        found, counts = referral_desk.inbox(me, world(), tab, at=NOW + DAY)
        assert (found.items, counts[tab]) == ((), 0)
    with pytest.raises(NotFoundError):
        referral_desk.side_of(me, referral_id)
    with pytest.raises(NotFoundError):
        referral_desk.open_received(me, world(), referral_id, at=NOW + DAY)
    code = db.session.scalar(select(ReferralRow.code).filter_by(id=referral_id))
    with pytest.raises(NotFoundError):
        referral_desk.look_up_code(me, world(), code, at=NOW + DAY)


def test_a_member_that_comes_to_the_desk_gets_no_hold_of_what_was_by_phone(loop, verified):
    referral_id = loop.send()
    goes_to_the_desk(loop, loop.advocates)
    me = loop.advocates.worker
    for attempt in (
        lambda: referrals.accept(me, world(), referral_id, at=NOW),
        lambda: referrals.decline(me, world(), referral_id, DeclineReason.OTHER, at=NOW),
        lambda: referrals.record_attempt(
            me, world(), referral_id, AttemptKind.REACHED, Known.YES, at=NOW
        ),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    accept(loop, referral_id)  # it stays the sender's to call


def test_nobody_writes_down_an_answer_for_a_partner_with_an_inbox(loop, verified):
    referral_id = loop.send(to=loop.legal_aid)
    with pytest.raises(IllegalTransitionError):
        accept(loop, referral_id)
    with pytest.raises(IllegalTransitionError):
        referrals.declined_by_phone(
            loop.hospital.worker, world(), referral_id, ToldBy.VOLUNTEER, DeclineReason.OTHER,
            at=NOW,
        )  # fmt: skip
    for stranger in (loop.legal_aid.worker, loop.apip.worker, loop.coordinator):
        with pytest.raises(NotFoundError):
            referrals.accepted_by_phone(stranger, world(), referral_id, ToldBy.VOLUNTEER, at=NOW)


@pytest.mark.parametrize("reason", list(DeclineReason))
def test_a_decline_by_phone_brings_new_options_and_no_fact_about_a_person(loop, reason, verified):
    referral_id = loop.send()
    me = loop.hospital.worker

    def decline():
        return referrals.declined_by_phone(
            me, world(), referral_id, ToldBy.SUPERVISOR, reason, at=NOW
        )

    if reason in FROM_A_PERSON:
        with pytest.raises(InvalidInputError):
            decline()
        assert page(loop, referral_id).status is Status.TO_CALL
        return
    assert decline().state is State.DECLINED
    options = sending.options_after_decline(me, world(), referral_id, at=NOW)
    asked = {p.service.member.id for p in (*options.partners, *options.area_partners)}
    assert loop.advocates.member_id not in asked
    again = sending.reroute(me, world(), referral_id, at=NOW)
    assert drafts.draft_view(me, world(), again, at=NOW).partner is None


def test_the_call_is_chased_inside_the_senders_own_program(loop, verified):
    referral_id = loop.send()
    me = loop.hospital.worker
    due_at = clocks(referral_id)[0].due_at
    due = follow_ups(me, world(), at=due_at + HOUR)
    assert [item.view.referral_id for item in due.overdue.items] == [referral_id]
    assert due.unanswered.items == ()
    run = run_clocks(world(), at=due_at + 3 * DAY)
    assert (run.reminded, run.escalated, run.options_offered) == (1, 1, 0)
    told = db.session.scalars(select(OutboxItem.compartment_id)).all()
    assert set(told) == {loop.hospital.compartment_id}
    db.session.rollback()
    assert page(loop, referral_id, due_at + 3 * DAY).options_offered
    sending.recall_and_reroute(me, world(), referral_id, at=due_at + 3 * DAY)


def test_after_the_yes_the_clocks_find_nothing_to_chase_for_ever(loop, verified):
    referral_id = loop.send(urgency="immediate")
    accept(loop, referral_id, NOW + timedelta(minutes=10))
    for days in (1, 30, 400):
        run = run_clocks(world(), at=NOW + days * DAY)
        assert (run.reminded, run.escalated, run.options_offered, run.resumed) == (0, 0, 0, 0)


def test_a_release_can_neither_be_asked_for_before_nor_after(loop, verified):
    with pytest.raises(InvalidInputError) as refusal:
        loop.draft(release_days=30)
    assert refusal.value.field == "feedback"
    referral_id = loop.send()
    for at in (NOW, NOW + HOUR):
        with pytest.raises(IllegalTransitionError):
            releases.ask(loop.hospital.worker, world(), referral_id, NOW + 20 * DAY, at=at)
        if at == NOW:
            accept(loop, referral_id)


def test_a_release_asked_for_at_the_desk_does_not_follow_to_the_phone(loop, verified):
    me = loop.hospital.worker
    draft_id = loop.draft(to=loop.legal_aid, release_days=30)
    drafts.choose_partner(me, world(), draft_id, loop.advocates.service_id, at=NOW)
    assert drafts.draft_view(me, world(), draft_id, at=NOW).release_until is None


@pytest.mark.parametrize("to_desk", [True, False])
def test_a_partner_that_changed_its_way_after_the_yes_is_chosen_again(loop, to_desk, verified):
    program = loop.advocates if to_desk else loop.legal_aid
    draft_id = loop.draft(to=program)
    if to_desk:
        goes_to_the_desk(loop, program)
    else:
        answers_by_phone(loop, program)
    with pytest.raises(InvalidInputError) as refusal:
        sending.send(loop.hospital.worker, world(), draft_id, at=NOW)
    assert refusal.value.field == "service_id"
    assert clocks(draft_id) == []


def test_a_partner_by_phone_without_a_number_cannot_be_chosen(loop, verified):
    with unit_of_work():
        db.session.query(PhoneRow).filter_by(service_id=loop.advocates.service_id).delete()
    with pytest.raises(InvalidInputError):
        loop.draft()


def test_groups_and_counts_of_the_outbox_are_those_of_the_pages(loop, verified):
    me = loop.hospital.worker
    made = {name: loop.send() for name in ("to call", "taken", "declined", "recalled", "stopped")}
    made["at the desk"] = loop.send(to=loop.legal_aid)
    for name in ("taken", "stopped"):
        accept(loop, made[name])
    referrals.declined_by_phone(
        me, world(), made["declined"], ToldBy.VOLUNTEER, DeclineReason.OTHER, at=NOW
    )
    referrals.recall(me, world(), made["recalled"], at=NOW)
    referrals.stop(me, world(), made["stopped"], at=NOW + HOUR)
    for at in (NOW + 2 * HOUR, NOW + 20 * DAY):
        for group in Group:
            found, counts = referral_desk.outbox(me, world(), group, at=at)
            expected = {r for r in made.values() if page(loop, r, at).status.group is group}
            assert {item.view.referral_id for item in found.items} == expected
            assert counts[group] == len(expected)


def everything_the_sender_gets(loop: Loop, me: Identity, at) -> str:
    seen = [follow_ups(me, world(), at=at)]
    for group in Group:
        found, counts = referral_desk.outbox(me, world(), group, at=at)
        seen += [found, counts]
        seen += [
            referral_desk.open_sent(me, world(), item.view.referral_id, at=at)
            for item in found.items
        ]
    db.session.rollback()
    return repr(seen)


def test_whatever_a_partner_by_phone_does_later_the_sender_gets_the_same(loop, verified):
    """They may come to the desk, try every act, and leave again: the page does not move."""
    me = loop.hospital.worker
    referral_id = loop.send()
    accept(loop, referral_id)
    moments = [NOW + days * DAY for days in (1, 13, 15, 60)]
    before = [everything_the_sender_gets(loop, me, at) for at in moments]
    goes_to_the_desk(loop, loop.advocates)
    them = loop.advocates.worker
    for at in moments:
        for attempt in (
            lambda at=at: referral_desk.open_received(them, world(), referral_id, at=at),
            lambda at=at: referrals.connect(them, world(), referral_id, at=at),
            lambda at=at: referrals.hold(them, world(), referral_id, at + DAY, at=at),
            lambda at=at: referrals.log_live_hand_off(
                them, world(), referral_id, Side.RECEIVER, at=at
            ),
            lambda at=at: run_clocks(world(), at=at),
        ):
            try:
                attempt()
            except CcrError:
                continue
    assert [everything_the_sender_gets(loop, me, at) for at in moments] == before
    assert [clock.kind for clock in clocks(referral_id)] == ["answer"]


def test_of_two_who_write_down_an_answer_at_once_one_does(loop, verified):
    referral_id = loop.send()
    accept(loop, referral_id)
    with pytest.raises(IllegalTransitionError):
        accept(loop, referral_id)
    with pytest.raises(IllegalTransitionError):
        referrals.declined_by_phone(
            loop.hospital.worker, world(), referral_id, ToldBy.VOLUNTEER, DeclineReason.OTHER,
            at=NOW,
        )  # fmt: skip
