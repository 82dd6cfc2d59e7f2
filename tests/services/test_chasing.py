"""The ladder of R79 over a database: whom each step tells, and what it leaves alone."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, timedelta

import pytest

from ccr.domain.chasing import SnoozeReason
from ccr.domain.clocks import STEP_OFFSETS, Step
from ccr.domain.errors import IllegalTransitionError, InvalidInputError, NotFoundError
from ccr.domain.referral_states import Action
from ccr.domain.referral_views import Status
from ccr.domain.staffing import Duty
from ccr.domain.taxonomy import Urgency
from ccr.services import (
    assigning,
    followups,
    program_people,
    referral_desk,
    referrals,
    snoozing,
)
from ccr.services.chasing import ClockRun, run_clocks
from ccr.storage.db import db
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.referrals import ReferralEventRow
from ccr.storage.queries import verification
from tests import loop as loops
from tests.loop import Loop, dump, world
from tests.services.test_assigning import colleague

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFSETS = STEP_OFFSETS[Urgency.STANDARD]
WHY = SnoozeReason.AGREED_LATER


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


@pytest.fixture(autouse=True)
def every_invariant_holds(app):
    yield
    broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
    broken.pop("services_without_search_text", None)
    assert broken == {}


def told_by(work):
    """Return whom the notices that `work` writes go to, with their texts, and forget them."""
    db.session.query(OutboxItem).delete()
    db.session.commit()
    work()
    found = Counter((row.account_id, row.template) for row in db.session.query(OutboxItem))
    db.session.query(OutboxItem).delete()
    db.session.commit()
    return found


def told_at(at):
    return set(told_by(lambda: run_clocks(world(), at=at)))


def overdue(*people):
    return {(who.user_id, "item-overdue") for who in people}


def sent_view(loop, referral_id, at):
    return referral_desk.open_sent(loop.hospital.worker, world(), referral_id, at=at).item.view


def away(loop, who, first=date(2026, 11, 1), last=date(2027, 2, 1)):
    program_people.add_absence(loop.advocates.admin, first, last, of=who.user_id, at=loops.NOW)


def test_worker_then_back_up_then_supervisor_then_sender_then_coordinator(loop, now):
    referral_id, due = loop.send(), now + DAY
    worker, admin = loop.advocates.worker, loop.advocates.admin
    stands_in, supervisor = colleague(loop.advocates), colleague(loop.advocates)
    program_people.name_duties(admin, Duty.BACK_UP, [stands_in.user_id], at=now)
    program_people.name_duties(admin, Duty.SUPERVISOR, [supervisor.user_id], at=now)
    assigning.take(worker, referral_id, at=now)
    assigning.take(loop.hospital.worker, referral_id, at=now)
    assert told_at(due) == overdue(worker)
    assert told_at(due + OFFSETS[Step.BACK_UP]) == overdue(stands_in)
    assert told_at(due + OFFSETS[Step.ESCALATE]) == overdue(supervisor)
    chooses = told_at(due + OFFSETS[Step.NEW_OPTIONS])
    assert chooses == {(loop.hospital.worker.user_id, "item-to-review")}
    daily = told_at(due + OFFSETS[Step.NEW_OPTIONS] + DAY)
    assert daily == overdue(worker, supervisor)
    coordinator = told_at(due + OFFSETS[Step.COORDINATOR])
    assert (loop.coordinator.user_id, "item-to-review") in coordinator
    kinds = [row.action for row in db.session.query(ReferralEventRow).filter_by(side="system")]
    db.session.rollback()
    assert Counter(kinds)["back-up-told"] == Counter(kinds)["coordinator-told"] == 1


def test_the_coordinator_is_told_of_each_program_once_a_week_and_no_referral(loop, now):
    for _ in range(3):
        loop.send()
    late = now + DAY + OFFSETS[Step.COORDINATOR]
    found = told_by(lambda: run_clocks(world(), at=late))
    assert found[loop.coordinator.user_id, "item-to-review"] == 1
    mine = loop.coordinator.compartment_id
    rows = dump()["audit_event"]
    ids = {repr(row) for row in rows if repr(mine) in row and "'referral'" in row}
    assert ids == set()


def test_whoever_is_away_is_never_the_only_one_told(loop, now):
    referral_id = loop.send()
    worker, admin = loop.advocates.worker, loop.advocates.admin
    assigning.take(worker, referral_id, at=now)
    away(loop, worker)
    assert told_at(now + DAY) == overdue(admin)
    other, stands_in = colleague(loop.advocates), colleague(loop.advocates)
    program_people.name_duties(admin, Duty.BACK_UP, [stands_in.user_id], at=now)
    loop.send(at=now + DAY)
    for who in (admin, other, stands_in):
        away(loop, who)
    assert overdue(admin, stands_in) <= told_at(now + 5 * DAY)


def test_back_from_an_absence_they_are_told_again(loop, now):
    referral_id = loop.send()
    assigning.take(loop.advocates.worker, referral_id, at=now)
    away(loop, loop.advocates.worker, last=date(2026, 11, 12))
    assert told_at(now + DAY) == overdue(loop.advocates.worker)


def test_nobody_answers_for_long_and_the_referral_is_the_senders_again(loop, now):
    referral_id, due = loop.send(), now + DAY
    run_clocks(world(), at=due + OFFSETS[Step.NEW_OPTIONS])
    ends = due + OFFSETS[Step.EXPIRE]
    assert run_clocks(world(), at=ends - timedelta(seconds=1)).expired == 0
    assert run_clocks(world(), at=ends) == ClockRun(expired=1)
    assert sent_view(loop, referral_id, ends).status is Status.EXPIRED
    assert Action.REROUTE in sent_view(loop, referral_id, ends).can
    with pytest.raises(IllegalTransitionError):
        referrals.accept(loop.advocates.worker, world(), referral_id, at=ends)
    told = Counter()
    for days in range(1, 40):
        told += told_by(lambda days=days: run_clocks(world(), at=ends + days * DAY))
    assert told[loop.hospital.worker.user_id, "item-overdue"] > 20
    assert told[loop.hospital.admin.user_id, "item-overdue"] > 20
    assert told[loop.coordinator.user_id, "item-to-review"] == 1
    assert {who for who, _ in told}.isdisjoint({loop.advocates.worker.user_id})


@pytest.mark.parametrize("urgency", ["immediate", "high"])
def test_more_danger_expires_sooner(loop, now, urgency):
    loops.cover(loop.advocates.service_id, "24/7")
    referral_id = loop.send(urgency=urgency)
    sent = referral_desk.open_received(loop.advocates.worker, world(), referral_id, at=now)
    due = sent.item.view.clocks[0].due_at
    ends = due + STEP_OFFSETS[Urgency(urgency)][Step.EXPIRE]
    run_clocks(world(), at=ends - timedelta(minutes=1))
    assert sent_view(loop, referral_id, ends).status is Status.SENT
    assert run_clocks(world(), at=ends).expired == 1


def test_what_is_chased_after_acceptance_never_shows_at_the_sender_or_coordinator(loop, now):
    served, silent = loop.send(), loop.send()
    for referral_id in (served, silent):
        referrals.accept(loop.advocates.worker, world(), referral_id, at=now)
    referrals.connect(loop.advocates.worker, world(), served, at=now)
    referrals.close(
        loop.advocates.worker, world(), served, referrals.Outcome.SERVICE_STARTED, at=now
    )
    snoozing.snooze(loop.advocates.worker, silent, now + DAY, WHY, at=now)
    assigning.take(loop.advocates.worker, silent, at=now)
    told = Counter()
    for days in range(1, 60):
        told += told_by(lambda days=days: run_clocks(world(), at=now + days * DAY))
    assert {who for who, _ in told} == {
        loop.advocates.worker.user_id,
        loop.advocates.admin.user_id,
    }
    assert told[loop.advocates.admin.user_id, "item-overdue"] > 50
    views = [sent_view(loop, key, now + 70 * DAY) for key in (served, silent)]
    plain = [(v.status, v.tracker, v.clocks, v.can, v.next_move, len(v.timeline)) for v in views]
    assert plain[0] == plain[1]


def test_a_snooze_holds_reminders_and_neither_the_due_time_nor_the_senders_options(loop, now):
    referral_id, due = loop.send(), now + DAY
    before = sent_view(loop, referral_id, now)
    snoozing.snooze(loop.advocates.worker, referral_id, now + 5 * DAY, WHY, at=now)
    assert sent_view(loop, referral_id, now) == before
    assert told_at(due + OFFSETS[Step.ESCALATE]) == set()
    late = due + OFFSETS[Step.NEW_OPTIONS]
    told = told_at(late)
    assert told == {
        (loop.hospital.worker.user_id, "item-to-review"),
        (loop.hospital.admin.user_id, "item-to-review"),
    }
    assert sent_view(loop, referral_id, late).options_offered
    snoozing.wake(loop.advocates.worker, referral_id, at=late)
    assert told_at(late + DAY) == overdue(loop.advocates.worker, loop.advocates.admin)


def test_an_escalation_in_high_danger_leaves_although_the_mail_of_the_day_has_left(loop, now):
    loops.cover(loop.advocates.service_id, "24/7")
    referral_id = loop.send(urgency="high")
    due = sent_view(loop, referral_id, now).clocks[0].due_at
    paces = []
    for step in (Step.REMIND, Step.ESCALATE, Step.NEW_OPTIONS):
        db.session.query(OutboxItem).delete()
        db.session.commit()
        run_clocks(world(), at=due + STEP_OFFSETS[Urgency.HIGH][step])
        paces.append({row.pace for row in db.session.query(OutboxItem)})
        db.session.rollback()
    assert paces == [{"soon"}, {"each"}, {"each"}]


def test_a_snooze_ends_with_the_duty_it_was_for(loop, now):
    referral_id, me = loop.send(), loop.advocates.worker
    snoozing.snooze(me, referral_id, now + 6 * DAY, WHY, at=now)
    other = loop.send()
    snoozing.snooze(me, other, now + 6 * DAY, WHY, at=now)
    referrals.accept(me, world(), referral_id, at=now)
    # Of the other the answer still rests.
    kept = followups.follow_ups(me, world(), whose=followups.Whose.ALL, at=now)
    assert [item.view.referral_id for item in kept.snoozed.items] == [other]
    assert told_at(now + 5 * DAY) >= overdue(me, loop.advocates.admin)


def test_a_duty_that_comes_back_is_reminded_of_anew(loop, now):
    referral_id, me = loop.send(), loop.advocates.worker
    late = now + DAY

    def reminded():
        rows = db.session.query(OutboxItem).filter_by(account_id=me.user_id)
        found = rows.filter_by(template="item-overdue").count()
        db.session.rollback()
        return found

    run_clocks(world(), at=late)
    assert reminded() == 1
    referrals.ask(me, world(), referral_id, "When?", at=late + HOUR)
    referrals.answer(loop.hospital.worker, world(), referral_id, "Soon.", at=late + 2 * HOUR)
    run_clocks(world(), at=late + 3 * HOUR)
    assert reminded() == 2


def test_a_snooze_is_bounded_and_of_ones_own_duty_alone(loop, now):
    standard, immediate = loop.send(), loop.send(urgency="immediate")
    me = loop.advocates.worker
    for referral_id, until in ((standard, now + 8 * DAY), (immediate, now + HOUR), (standard, now)):
        with pytest.raises((InvalidInputError, IllegalTransitionError)):
            snoozing.snooze(me, referral_id, until, WHY, at=now)
    with pytest.raises(IllegalTransitionError):
        snoozing.snooze(loop.hospital.worker, standard, now + HOUR, WHY, at=now)
    for stranger in (loop.legal_aid.worker, loop.coordinator):
        with pytest.raises(NotFoundError):
            snoozing.snooze(stranger, standard, now + HOUR, WHY, at=now)


def test_several_rest_at_once_those_that_cannot_are_named_and_a_foreign_one_stops_all(loop, now):
    first, second, immediate = loop.send(), loop.send(), loop.send(urgency="immediate")
    answered = loop.send()
    referrals.accept(loop.advocates.worker, world(), answered, at=now)
    me, until = loop.advocates.worker, now + 2 * HOUR
    rested = snoozing.snooze_all(
        me, [first, immediate, second, first, answered], until, WHY, at=now
    )
    assert rested.count == 3
    assert set(rested.refused) == {immediate}
    kept = {
        key: note.snoozed_until for key, note in assigning.kept_for(me, [first, second]).items()
    }
    assert kept == {first: until, second: until}
    assert assigning.kept_for(me, [immediate]) == {}
    third = loop.send()
    # The sender's own program: an answer that is the receiver's to give is nothing of theirs.
    theirs = snoozing.snooze_all(loop.hospital.worker, [third, answered], until, WHY, at=now)
    assert theirs.count == 0
    assert len(set(theirs.refused.values())) == 1
    for stranger in (loop.legal_aid.worker, loop.coordinator):
        with pytest.raises(NotFoundError):
            snoozing.snooze_all(stranger, [third], until, WHY, at=now)
    assert assigning.kept_for(me, [third]) == {}


def test_the_queue_parts_what_is_due_rests_or_was_handed_over_and_counts_it_right(loop, now):
    late, rests, today, given = (
        loop.send(at=now - 3 * DAY),
        loop.send(at=now - 3 * DAY),
        loop.send(at=now - 20 * HOUR),
        loop.send(at=now),
    )
    me, other = loop.advocates.worker, colleague(loop.advocates)
    snoozing.snooze(me, rests, now + DAY, WHY, at=now)
    assigning.take(other, given, at=now)
    assigning.hand_over(other, [me.user_id], at=now)
    assigning.take(other, late, at=now)

    def parts(whose=followups.Whose.ALL, who=me):
        found = followups.follow_ups(who, world(), whose=whose, at=now)
        pages = (found.overdue, found.today, found.this_week, found.snoozed, found.unanswered)
        for page in pages:
            assert page.total == len(page.items)
        return [
            *([item.view.referral_id for item in page.items] for page in pages),
            [item.view.referral_id for item in found.handed_over],
        ]

    assert parts() == [[late], [today], [given], [rests], [], [given]]
    assert parts(followups.Whose.MINE) == [[], [], [given], [], [], [given]]
    assert parts(followups.Whose.NOBODYS) == [[], [today], [], [rests], [], [given]]
    assert parts(followups.Whose.MINE, other) == [[late], [], [], [], [], []]
    assert followups.count_overdue(me, at=now) == 1
    waits = parts(who=loop.hospital.worker)
    assert waits == [[], [], [], [], sorted([late, rests], key=waits[4].index), []]


def test_two_workers_at_once_have_one_effect(app, loop, now):
    for _ in range(12):
        loop.send()
    ready, runs = threading.Barrier(2), []

    def run():
        with app.app_context():
            ready.wait()
            runs.append(run_clocks(world(), at=now + DAY))
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(run.reminded for run in runs) == 12
    rows = db.session.query(ReferralEventRow).filter_by(action="reminded").count()
    db.session.rollback()
    assert rows == 12


def test_a_tick_that_breaks_half_way_has_done_nothing(loop, now, monkeypatch):
    loop.send()
    before = dump()

    def broken(*_args, **_more):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("ccr.services.chasing.notify_all", broken)
        with pytest.raises(RuntimeError):
            run_clocks(world(), at=now + DAY)
    assert dump() == before
    assert run_clocks(world(), at=now + DAY).reminded == 1
