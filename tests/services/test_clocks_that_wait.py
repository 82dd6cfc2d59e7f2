"""Clocks at night and at unsafe times: whose they are, and until when they wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ccr.domain.clocks import ClockKind, Side
from ccr.domain.referral_views import Group, Status
from ccr.domain.release import ConfirmedHow
from ccr.domain.safe_windows import PartOfDay, Wait
from ccr.services import followups, referral_desk, referrals, releases, sending
from ccr.storage.db import db
from ccr.storage.models.operations import OutboxItem
from ccr.storage.queries import verification
from ccr.storage.queries.clocks import list_clocks
from tests import loop as loops
from tests.loop import Loop, world

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


@pytest.fixture
def night(now):
    """Thursday, five past two in the morning after."""
    return now + 12 * HOUR


@pytest.fixture(autouse=True)
def every_invariant_holds(app):
    yield
    broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
    broken.pop("services_without_search_text", None)
    assert broken == {}


def answer_clock(referral_id):
    return list_clocks([referral_id])[referral_id][ClockKind.ANSWER]


def seen_by_sender(loop, referral_id, at):
    return referral_desk.open_sent(loop.hospital.worker, world(), referral_id, at=at).item.view


def told(loop, template):
    rows = db.session.query(OutboxItem.compartment_id).filter_by(template=template).all()
    db.session.rollback()
    return {row.compartment_id for row in rows}


def test_at_night_the_clock_is_the_senders_until_somebody_opens_it(loop, night):
    referral_id = loop.send(urgency="immediate", at=night)
    clock = answer_clock(referral_id)
    assert (clock.owner, clock.due_at) == (Side.SENDER, night + HOUR)
    view = seen_by_sender(loop, referral_id, night)
    assert (view.status, view.next_move.side) == (Status.NOBODY_READS, Side.SENDER)
    assert view.options_offered
    page, counts = referral_desk.outbox(loop.hospital.worker, world(), Group.MY_MOVE, at=night)
    assert [item.view.referral_id for item in page.items] == [referral_id]
    assert (counts[Group.MY_MOVE], counts[Group.WAITING]) == (1, 0)
    # It is reminded where it can be done something about: at the sender.
    followups.run_clocks(world(), at=night + HOUR)
    assert told(loop, "item-overdue") == {loop.hospital.compartment_id}

    opened = night + 70 * MINUTE
    worker = loop.advocates.worker
    shown = referral_desk.open_received(worker, world(), referral_id, at=opened).item.view
    assert shown.next_move.due_at == clock.due_at
    taken = answer_clock(referral_id)
    assert (taken.owner, taken.due_at) == (Side.RECEIVER, clock.due_at)
    view = seen_by_sender(loop, referral_id, opened)
    assert (view.status, view.next_move.side) == (Status.SENT, Side.RECEIVER)
    _, counts = referral_desk.outbox(loop.hospital.worker, world(), Group.MY_MOVE, at=opened)
    assert (counts[Group.MY_MOVE], counts[Group.WAITING]) == (0, 1)
    referrals.accept(worker, world(), referral_id, at=opened)


def test_in_the_day_and_without_immediate_danger_it_is_the_receivers(loop, now, night):
    by_day = loop.send(urgency="immediate", at=now)
    at_night = loop.send(urgency="high", at=night)
    assert answer_clock(by_day).owner is answer_clock(at_night).owner is Side.RECEIVER
    assert seen_by_sender(loop, by_day, now).status is Status.SENT


def test_whoever_is_staffed_at_night_has_the_clock(loop, night):
    loops.cover(loop.advocates.service_id, "24/7")
    assert answer_clock(loop.send(urgency="immediate", at=night)).owner is Side.RECEIVER


def test_a_question_at_night_stays_the_senders_and_its_answer_is_not_left_to_nobody(loop, night):
    referral_id = loop.send(urgency="immediate", at=night)
    worker = loop.advocates.worker
    referral_desk.open_received(worker, world(), referral_id, at=night)
    referrals.ask(worker, world(), referral_id, "Is there a car?", at=night)
    referral_desk.open_received(worker, world(), referral_id, at=night)
    assert answer_clock(referral_id).owner is Side.SENDER
    referrals.answer(loop.hospital.worker, world(), referral_id, "Yes.", at=night + MINUTE)
    assert answer_clock(referral_id).owner is Side.SENDER
    referral_desk.open_received(worker, world(), referral_id, at=night + 2 * MINUTE)
    assert answer_clock(referral_id).owner is Side.RECEIVER


def test_another_partner_can_be_chosen_at_once(loop, night):
    referral_id = loop.send(urgency="immediate", at=night)
    sending.recall_and_reroute(loop.hospital.worker, world(), referral_id, at=night + MINUTE)
    assert seen_by_sender(loop, referral_id, night + MINUTE).status is Status.RECALLED


def first_contact(referral_id):
    return list_clocks([referral_id])[referral_id][ClockKind.FIRST_CONTACT]


def test_a_safe_window_makes_the_contact_due_at_its_end_and_the_worker_opens_it(loop, now):
    worker, hold_day = loop.advocates.worker, (now + timedelta(days=1)).date()
    referral_id = loop.send(urgency="high", at=now)
    referrals.accept(worker, world(), referral_id, at=now)
    # Friday evening, 17 to 21 in New York, is after the 24 hours of a high danger.
    wait = (Wait.SAFE_WINDOW, hold_day, PartOfDay.EVENING)
    referrals.wait_for_person(worker, world(), referral_id, *wait, at=now + HOUR)
    opens = now.replace(hour=22, minute=0) + timedelta(days=1)
    held = first_contact(referral_id)
    assert (held.paused_until, held.due_at) == (opens, opens + 4 * HOUR)
    followups.run_clocks(world(), at=opens - MINUTE)
    assert told(loop, "item-overdue") == set()
    followups.run_clocks(world(), at=opens)
    running = first_contact(referral_id)
    assert (running.paused_at, running.due_before, running.due_at) == (None, None, held.due_at)


def test_who_waits_for_a_call_is_told_so_and_the_sender_is_not_even_with_a_release(loop, now):
    worker, day = loop.advocates.worker, (now + timedelta(days=4)).date()
    seen = []
    for wait in Wait:
        referral_id = loop.send(at=now, release_days=30)
        referrals.accept(worker, world(), referral_id, at=now)
        releases.confirm(worker, world(), referral_id, ConfirmedHow.WRITTEN, at=now)
        referrals.wait_for_person(
            worker, world(), referral_id, wait, day, PartOfDay.EVENING, at=now + HOUR
        )
        page = referral_desk.open_received(worker, world(), referral_id, at=now + HOUR).item.view
        assert wait.label in {entry.line for entry in page.timeline}
        says = "Wait for their call" if wait is Wait.THEY_CALL else "Wait. Do not call"
        assert str(page.next_move.what).startswith(says)
        sender = seen_by_sender(loop, referral_id, now + HOUR)
        assert sender.status is Status.ON_HOLD
        seen.append([(e.what, e.line, e.at) for e in sender.timeline])
        assert not any(clock.kind is ClockKind.FIRST_CONTACT for clock in sender.clocks)
    assert seen[0] == seen[1]
