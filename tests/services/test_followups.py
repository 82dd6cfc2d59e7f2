from __future__ import annotations

from datetime import timedelta

import pytest

from ccr.domain.clocks import STEP_OFFSETS, Step
from ccr.domain.errors import NotFoundError
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome
from ccr.domain.referral_views import InboxTab, Status
from ccr.domain.taxonomy import Known, Urgency
from ccr.services import referral_desk, referrals
from ccr.services.followups import ClockRun, follow_ups, run_clocks
from ccr.storage.db import db
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.referrals import ReferralEventRow
from ccr.storage.queries import verification
from tests import loop as loops
from tests.loop import Loop, dump, statements, world

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFSETS = STEP_OFFSETS[Urgency.STANDARD]


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


@pytest.fixture(autouse=True)
def every_invariant_holds(app):
    yield
    broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
    broken.pop("services_without_search_text", None)
    assert broken == {}


def notices():
    rows = db.session.query(OutboxItem).all()
    found = sorted((str(row.account_id), row.template) for row in rows)
    db.session.rollback()
    return found


def clear_notices():
    db.session.query(OutboxItem).delete()
    db.session.commit()


def told(loop, who):
    # One mail speaks for all that are written to a person; how many there are is of no account.
    return sorted({template for account, template in notices() if account == str(who.user_id)})


def sender(loop, referral_id, at):
    return referral_desk.open_sent(loop.hospital.worker, world(), referral_id, at=at).item.view


def receiver(loop, referral_id, at):
    return referral_desk.open_received(loop.advocates.worker, world(), referral_id, at=at).item.view


def test_before_the_due_time_nothing_happens(loop, now):
    loop.send()
    before = dump()
    assert run_clocks(world(), at=now + DAY - timedelta(seconds=1)) == ClockRun()
    assert dump() == before


def test_a_missed_answer_reminds_escalates_and_gives_new_options(loop, now):
    referral_id = loop.send()
    due = now + DAY
    clear_notices()
    assert run_clocks(world(), at=due) == ClockRun(reminded=1)
    assert told(loop, loop.advocates.worker) == ["item-overdue"]
    assert told(loop, loop.hospital.worker) == []
    clear_notices()
    assert run_clocks(world(), at=due + OFFSETS[Step.ESCALATE]) == ClockRun(escalated=1)
    assert told(loop, loop.advocates.admin) == ["item-overdue"]
    assert told(loop, loop.advocates.worker) == []
    assert told(loop, loop.hospital.worker) == []
    clear_notices()
    late = due + OFFSETS[Step.NEW_OPTIONS]
    assert run_clocks(world(), at=late) == ClockRun(options_offered=1)
    assert told(loop, loop.hospital.worker) == ["item-to-review"]
    assert told(loop, loop.advocates.worker) == []
    assert sender(loop, referral_id, late).options_offered
    assert receiver(loop, referral_id, late).clocks[0].reminders == 4


def test_a_worker_that_was_away_takes_every_step_at_once_and_each_once(loop, now):
    loop.send()
    late = now + 10 * DAY
    assert run_clocks(world(), at=late) == ClockRun(1, 1, 1, coordinator_told=1)
    before = dump()
    for _ in range(3):
        assert run_clocks(world(), at=late + DAY - timedelta(seconds=1)) == ClockRun()
    assert dump() == before


def test_an_answered_referral_is_not_chased(loop, now):
    referral_id = loop.send()
    referrals.decline(loop.advocates.worker, world(), referral_id, DeclineReason.OTHER, at=now)
    referrals.close_declined(loop.hospital.worker, world(), referral_id, Outcome.UNKNOWN, at=now)
    assert run_clocks(world(), at=now + 90 * DAY) == ClockRun()


def test_contact_clocks_chase_the_receiver_alone(loop, now):
    referral_id = loop.send()
    referrals.accept(loop.advocates.worker, world(), referral_id, at=now)
    quiet = sender(loop, referral_id, now + 10 * DAY)
    clear_notices()
    assert run_clocks(world(), at=now + 10 * DAY) == ClockRun(reminded=1, escalated=1)
    assert told(loop, loop.hospital.worker) == told(loop, loop.hospital.admin) == []
    assert told(loop, loop.advocates.admin) == ["item-overdue"]
    assert sender(loop, referral_id, now + 10 * DAY) == quiet


def test_a_question_makes_the_clock_the_senders(loop, now):
    referral_id = loop.send()
    referrals.ask(loop.advocates.worker, world(), referral_id, "Which day?", at=now)
    clear_notices()
    assert run_clocks(world(), at=now + 5 * DAY) == ClockRun(reminded=1, escalated=1)
    assert told(loop, loop.hospital.admin) == ["item-overdue"]
    assert told(loop, loop.advocates.worker) == []


def test_what_came_back_is_chased_at_the_sender(loop, now):
    referral_id = loop.send()
    referrals.decline(loop.advocates.worker, world(), referral_id, DeclineReason.SAFETY, at=now)
    clear_notices()
    assert run_clocks(world(), at=now + 5 * DAY) == ClockRun(reminded=1, escalated=1)
    assert told(loop, loop.hospital.worker) == ["item-overdue"]


def test_on_hold_nothing_is_chased_and_the_hold_ends_by_itself(loop, now):
    referral_id = loop.send()
    me = loop.advocates.worker
    referrals.accept(me, world(), referral_id, at=now)
    until = now + 20 * DAY
    referrals.hold(me, world(), referral_id, until, at=now)
    assert run_clocks(world(), at=until - timedelta(seconds=1)) == ClockRun()
    assert run_clocks(world(), at=until) == ClockRun(resumed=1)
    assert receiver(loop, referral_id, until).status is Status.ACCEPTED
    # What was left of the clock when it paused is left after the hold.
    assert run_clocks(world(), at=until + 3 * DAY) == ClockRun()
    assert run_clocks(world(), at=until + 4 * DAY) == ClockRun(reminded=1)
    assert run_clocks(world(), at=until + 4 * DAY) == ClockRun()


def test_an_outcome_is_asked_for_after_two_weeks(loop, now):
    referral_id = loop.send()
    me = loop.advocates.worker
    referrals.accept(me, world(), referral_id, at=now)
    referrals.record_attempt(me, world(), referral_id, AttemptKind.REACHED, Known.YES, at=now)
    assert run_clocks(world(), at=now + 14 * DAY - HOUR) == ClockRun()
    assert run_clocks(world(), at=now + 14 * DAY) == ClockRun(reminded=1)


def test_a_clock_started_anew_is_chased_anew(loop, now):
    referral_id = loop.send()
    me = loop.advocates.worker
    referrals.waitlist(me, world(), referral_id, now + DAY, at=now)
    assert run_clocks(world(), at=now + DAY).reminded == 1
    referrals.waitlist(me, world(), referral_id, now + 3 * DAY, at=now + DAY)
    assert run_clocks(world(), at=now + 2 * DAY) == ClockRun()
    assert run_clocks(world(), at=now + 3 * DAY) == ClockRun(reminded=1)


def test_steps_are_written_as_the_systems_and_never_as_anybodys(loop, now):
    loop.send()
    run_clocks(world(), at=now + 10 * DAY)
    rows = db.session.query(ReferralEventRow).filter_by(side="system").all()
    told = {"reminded", "escalated", "options-offered", "coordinator-told"}
    assert {row.action for row in rows} == told
    assert {row.compartment_id for row in rows} == {None}
    db.session.rollback()


def test_many_due_clocks_are_all_taken(loop, now, monkeypatch):
    monkeypatch.setattr("ccr.services.chasing.BATCH", 2)
    for _ in range(5):
        loop.send()
    assert run_clocks(world(), at=now + DAY) == ClockRun(reminded=5)


def test_follow_ups_are_ones_own_duties_by_when_they_are_due(loop, now):
    overdue = loop.send(at=now - 3 * DAY)
    today = loop.send(urgency="immediate")
    week = loop.send()
    asked = loop.send()
    referrals.ask(loop.advocates.worker, world(), asked, "Which day?", at=now)
    found = follow_ups(loop.advocates.worker, world(), at=now)
    ids = [
        [item.view.referral_id for item in page.items]
        for page in (found.overdue, found.today, found.this_week, found.unanswered)
    ]
    assert ids == [[overdue], [today], [week], []]
    mine = follow_ups(loop.hospital.worker, world(), at=now)
    ids = [
        [item.view.referral_id for item in page.items]
        for page in (mine.overdue, mine.today, mine.this_week, mine.unanswered)
    ]
    assert ids == [[], [], [asked], [overdue]]
    assert mine.unanswered.total == 1


def test_follow_ups_of_a_sender_never_hold_a_contact_clock(loop, now):
    referral_id = loop.send()
    referrals.accept(loop.advocates.worker, world(), referral_id, at=now)
    found = follow_ups(loop.hospital.worker, world(), at=now + 30 * DAY)
    assert [
        page.total for page in (found.overdue, found.today, found.this_week, found.unanswered)
    ] == [0, 0, 0, 0]
    theirs = follow_ups(loop.advocates.worker, world(), at=now + 30 * DAY)
    assert [item.view.referral_id for item in theirs.overdue.items] == [referral_id]


def test_follow_ups_take_a_bounded_number_of_statements(loop, now):
    def work():
        follow_ups(loop.advocates.worker, world(), at=now)
        follow_ups(loop.hospital.worker, world(), at=now)

    loop.send(at=now - 3 * DAY)
    loop.send(urgency="immediate")
    few = len(statements(work))
    for _ in range(5):
        loop.send(at=now - 3 * DAY)
    assert len(statements(work)) == few
    assert few <= 30


def test_a_coordinator_has_no_follow_ups(loop, now):
    with pytest.raises(NotFoundError):
        follow_ups(loop.coordinator, world(), at=now)


def test_the_overdue_tab_holds_own_overdue_duties_of_every_state(loop, now):
    loop.send(at=now - 3 * DAY)
    taken = loop.send(at=now - 9 * DAY)
    referrals.accept(loop.advocates.worker, world(), taken, at=now - 9 * DAY)
    page, counts = referral_desk.inbox(loop.advocates.worker, world(), InboxTab.OVERDUE, at=now)
    assert page.total == counts[InboxTab.OVERDUE] == 2
    assert page.items[0].view.referral_id == taken
