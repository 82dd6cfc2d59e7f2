"""Notes to the other side and live hand-offs: who reads them, and when no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ccr.domain.clocks import Side
from ccr.domain.errors import IllegalTransitionError, InvalidInputError, NotFoundError
from ccr.domain.live_hand_off import (
    DayPart,
    FollowUpWay,
    HandOffKind,
    IntroducedBy,
    IntroducedHow,
    Introduction,
    SafeInfo,
    WarmStep,
)
from ccr.domain.outcomes import DeclineReason, ToldBy
from ccr.domain.referral_states import State
from ccr.domain.release import ConfirmedHow
from ccr.services import hand_offs, referral_desk, referrals, releases, talking
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.operations import OutboxItem
from tests import loop as loops
from tests.loop import Loop, dump, world

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MET = Introduction(IntroducedHow.IN_PERSON, IntroducedBy.SOCIAL_WORKER, ToldBy.ADVOCATE)


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


@pytest.fixture
def accepted(loop, now):
    referral_id = loop.send(release_days=30)
    referrals.accept(loop.advocates.worker, world(), referral_id, at=now)
    return referral_id


def sent_page(loop, referral_id, at):
    return referral_desk.open_sent(loop.hospital.worker, world(), referral_id, at=at)


def received_page(loop, referral_id, at):
    return referral_desk.open_received(loop.advocates.worker, world(), referral_id, at=at)


def to_receiver(loop, referral_id, text, at):
    talking.write_to_receiver(loop.hospital.worker, world(), referral_id, text, at=at)


def to_sender(loop, referral_id, text, at, *, agreed=True):
    talking.write_to_sender(loop.advocates.worker, world(), referral_id, text, agreed=agreed, at=at)


def told(compartment_id):
    found = db.session.query(OutboxItem).filter_by(compartment_id=compartment_id).count()
    db.session.rollback()
    return found


# --- notes


def test_a_senders_note_is_read_by_whoever_took_it_while_they_have_it(loop, now, accepted):
    with unit_of_work():
        db.session.query(OutboxItem).delete()
    to_receiver(loop, accepted, "CANARY: the ramp is behind the house.", now)
    assert told(loop.advocates.compartment_id)
    assert list(received_page(loop, accepted, now).notes.values()) == [
        "CANARY: the ramp is behind the house."
    ]
    assert "CANARY" not in repr(dump())
    referrals.stop(loop.hospital.worker, world(), accepted, at=now + HOUR)
    assert not received_page(loop, accepted, now + HOUR).notes
    assert sent_page(loop, accepted, now + HOUR).notes


def test_a_note_goes_to_nobody_who_has_not_taken_it_or_gave_it_back(loop, now):
    referral_id = loop.send()
    with pytest.raises(IllegalTransitionError):
        to_receiver(loop, referral_id, "Text.", now)
    referrals.accept(loop.advocates.worker, world(), referral_id, at=now)
    to_receiver(loop, referral_id, "Text.", now)
    referrals.hand_back(loop.advocates.worker, world(), referral_id, DeclineReason.OTHER, at=now)
    assert not received_page(loop, referral_id, now).notes
    with pytest.raises(IllegalTransitionError):
        to_receiver(loop, referral_id, "Text.", now)


def test_a_receivers_note_needs_a_release_in_force_and_the_persons_yes(loop, now, accepted):
    with pytest.raises(IllegalTransitionError):
        to_sender(loop, accepted, "Text.", now)
    me = loop.advocates.worker
    releases.confirm(me, world(), accepted, ConfirmedHow.WRITTEN, at=now)
    with pytest.raises(InvalidInputError) as refused:
        to_sender(loop, accepted, "Text.", now, agreed=False)
    assert refused.value.field == "agreed"
    before = told(loop.hospital.compartment_id)
    to_sender(loop, accepted, "CANARY", now + HOUR)
    assert told(loop.hospital.compartment_id) == before
    assert "CANARY" in sent_page(loop, accepted, now + HOUR).notes.values()
    releases.withdraw(me, world(), accepted, Side.RECEIVER, at=now + 2 * HOUR)
    assert "CANARY" not in sent_page(loop, accepted, now + 2 * HOUR).notes.values()
    assert "CANARY" in received_page(loop, accepted, now + 2 * HOUR).notes.values()


def test_an_answer_is_no_longer_read_by_whoever_declined(loop, now):
    referral_id = loop.send()
    me, they = loop.hospital.worker, loop.advocates.worker
    referrals.ask(they, world(), referral_id, "Which language?", at=now)
    referrals.answer(me, world(), referral_id, "CANARY", at=now)
    assert "CANARY" in received_page(loop, referral_id, now).notes.values()
    referrals.decline(they, world(), referral_id, DeclineReason.LANGUAGE, at=now)
    assert list(received_page(loop, referral_id, now).notes.values()) == ["Which language?"]
    assert "CANARY" in sent_page(loop, referral_id, now).notes.values()


def test_words_to_the_other_side_are_a_thousand_at_most_and_never_none(loop, now, accepted):
    to_receiver(loop, accepted, "x" * 1_000, now)
    for text in ("", "  ", "x" * 1_001):
        with pytest.raises(InvalidInputError) as refused:
            to_receiver(loop, accepted, text, now)
        assert refused.value.field == "note"


def test_nobody_else_writes(loop, now, accepted):
    for other in (loop.legal_aid.worker, loop.advocates.worker):
        with pytest.raises(NotFoundError):
            talking.write_to_receiver(other, world(), accepted, "Text.", at=now)
    with pytest.raises(NotFoundError):
        talking.write_to_sender(
            loop.hospital.worker, world(), accepted, "Text.", agreed=True, at=now
        )


# --- the joint call


def offer(loop, referral_id, at, day=None):
    return hand_offs.offer_joint_call(
        loop.hospital.worker,
        world(),
        referral_id,
        IntroducedHow.THREE_WAY_CALL,
        day or at.date() + DAY,
        DayPart.AFTERNOON,
        at=at,
    )


@pytest.mark.parametrize("takes_part", [True, False])
def test_a_joint_call_is_answered_with_the_acceptance_and_then_fixed(loop, now, takes_part):
    referral_id = loop.send()
    call = offer(loop, referral_id, now)
    seen = received_page(loop, referral_id, now).item.view.hand_off
    assert (seen.call, seen.agreed) == (call, None)
    me = loop.advocates.worker
    hand_offs.accept(me, world(), referral_id, takes_part=takes_part, at=now)
    for page in (sent_page(loop, referral_id, now), received_page(loop, referral_id, now)):
        assert page.item.view.hand_off.agreed is takes_part
        assert page.item.view.hand_off.kind is HandOffKind.DIRECT
    with pytest.raises(IllegalTransitionError):
        offer(loop, referral_id, now)


def test_a_later_offer_takes_the_place_of_an_earlier_one(loop, now):
    referral_id = loop.send()
    offer(loop, referral_id, now)
    later = offer(loop, referral_id, now, day=now.date() + 3 * DAY)
    hand_offs.accept(loop.advocates.worker, world(), referral_id, takes_part=True, at=now)
    assert sent_page(loop, referral_id, now).item.view.hand_off.call == later


def test_a_joint_call_lies_in_the_next_thirty_days(loop, now):
    referral_id = loop.send()
    for day in (now.date() - DAY, now.date() + 31 * DAY):
        with pytest.raises(InvalidInputError) as refused:
            offer(loop, referral_id, now, day=day)
        assert refused.value.field == "day"


def test_accepting_says_nothing_of_a_call_that_nobody_offered(loop, now):
    referral_id = loop.send()
    hand_offs.accept(loop.advocates.worker, world(), referral_id, takes_part=True, at=now)
    assert sent_page(loop, referral_id, now).item.view.hand_off.agreed is None


# --- warm


def test_a_referral_is_warm_by_a_live_hand_off_alone(loop, now, accepted):
    me = loop.hospital.worker
    hand_offs.check_fit(me, world(), accepted, ToldBy.FRONT_DESK, at=now)
    hand_offs.give_information(me, world(), accepted, SafeInfo.PAPER, at=now)
    hand_offs.agree_follow_up(me, world(), accepted, FollowUpWay.THEY_CALL, at=now)
    hand_offs.joint_call_missed(me, world(), accepted, at=now)
    cold = sent_page(loop, accepted, now).item.view.hand_off
    assert (cold.kind, cold.happened) == (HandOffKind.DIRECT, False)
    hand_offs.introduce(me, world(), accepted, Side.SENDER, MET, at=now + HOUR)
    page = sent_page(loop, accepted, now + HOUR)
    warm = page.item.view.hand_off
    assert (warm.kind, warm.happened) == (HandOffKind.WARM, True)
    missing = [shown.step for shown in warm.steps if shown.done_at is None]
    assert missing == [WarmStep.END]
    assert str(page.item.view.timeline[0].line) == "In person: Social worker, with Advocate"
    theirs = received_page(loop, accepted, now + HOUR).item.view
    assert theirs.hand_off.kind is HandOffKind.WARM
    assert {shown.step for shown in theirs.hand_off.steps if shown.done_at} == {
        WarmStep.CONSENT, WarmStep.SHARING, WarmStep.INTRODUCTION, WarmStep.ACCEPTANCE,
    }  # fmt: skip


def test_what_the_receiver_logs_of_an_introduction_is_its_own(loop, now, accepted):
    hand_offs.introduce(loop.advocates.worker, world(), accepted, Side.RECEIVER, MET, at=now)
    assert received_page(loop, accepted, now).item.view.warm
    assert not sent_page(loop, accepted, now).item.view.warm


def test_the_warm_share_of_a_program_counts_its_own_introductions_alone(loop, now, accepted):
    me, other = loop.hospital.worker, loop.send()
    loop.send()
    hand_offs.introduce(loop.advocates.worker, world(), accepted, Side.RECEIVER, MET, at=now)
    assert hand_offs.own_warm_share(me, at=now) == hand_offs.WarmShare(3, 0)
    hand_offs.introduce(me, world(), other, Side.SENDER, MET, at=now)
    hand_offs.introduce(me, world(), other, Side.SENDER, MET, at=now + HOUR)
    assert hand_offs.own_warm_share(me, at=now + HOUR) == hand_offs.WarmShare(3, 1)
    later = now + hand_offs.WARM_WINDOW + HOUR
    assert hand_offs.own_warm_share(me, at=later) == hand_offs.WarmShare(0, 0)
    assert hand_offs.own_warm_share(loop.advocates.worker, at=now) == hand_offs.WarmShare(0, 0)


# --- appointments


def test_who_books_or_sees_the_person_has_reached_them(loop, now, accepted):
    me = loop.advocates.worker
    day = now.date() + 2 * DAY
    hand_offs.no_show(me, world(), accepted, at=now)
    assert received_page(loop, accepted, now).item.view.status == State.ACCEPTED.value
    booked = hand_offs.schedule(
        me, world(), accepted, IntroducedHow.IN_PERSON, day, DayPart.MORNING, at=now
    )
    assert (booked.state, booked.contacted_at) == (State.IN_PROGRESS, now)
    hand_offs.attended(me, world(), accepted, at=now + 2 * DAY)
    releases.confirm(me, world(), accepted, ConfirmedHow.WRITTEN, at=now)
    page = sent_page(loop, accepted, now + 2 * DAY)
    said = [str(entry.what) for entry in page.item.view.timeline]
    assert "They booked an appointment with the person." in said
    assert "The person came to the appointment." in said
    assert day.isoformat() not in repr(page)
