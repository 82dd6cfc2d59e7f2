from __future__ import annotations

from datetime import timedelta

import pytest

from ccr.domain.errors import (
    NotFoundError,
    TooManyAttemptsError,
)
from ccr.domain.referral_states import Action
from ccr.domain.referral_views import Group, InboxTab
from ccr.services import referral_desk, sending
from ccr.storage.db import db
from ccr.storage.models.referrals import ReferralEventRow
from ccr.storage.queries import verification
from tests import loop as loops
from tests.loop import Loop, statements, world

HOUR = timedelta(hours=1)


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


@pytest.fixture(autouse=True)
def every_invariant_holds(app):
    yield
    broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
    broken.pop("services_without_search_text", None)
    assert broken == {}


def sent_page(loop, referral_id, at):
    return referral_desk.open_sent(loop.hospital.worker, world(), referral_id, at=at)


def received_page(loop, referral_id, at):
    return referral_desk.open_received(loop.advocates.worker, world(), referral_id, at=at)


# --- the spoken code


def test_a_caller_says_the_code_and_the_receiver_finds_it(loop, now):
    draft_id = loop.draft()
    sent = sending.send(loop.hospital.worker, world(), draft_id, at=now)
    me = loop.advocates.worker
    said = sent.code.upper().replace(" ", " - ")
    assert referral_desk.look_up_code(me, world(), said, at=now) == sent.referral_id


def test_wrong_and_foreign_codes_answer_the_same(loop, now):
    sent = sending.send(loop.hospital.worker, world(), loop.draft(), at=now)
    wrong = ["", "four plain words here", "one", "x" * 5000, "🦉"]
    tries = [(loop.legal_aid.worker, sent.code), *((loop.advocates.worker, w) for w in wrong)]
    answers = set()
    for who, words in tries:
        with pytest.raises(NotFoundError) as error:
            referral_desk.look_up_code(who, world(), words, at=now)
        answers.add(str(error.value))
    assert answers == {"Your inbox has nothing with these words."}


def test_a_sender_does_not_find_its_own_code_in_its_inbox(loop, now):
    sent = sending.send(loop.hospital.worker, world(), loop.draft(), at=now)
    with pytest.raises(NotFoundError):
        referral_desk.look_up_code(loop.hospital.worker, world(), sent.code, at=now)


def test_after_ten_tries_one_waits_ten_minutes_right_words_or_wrong(loop, now):
    sent = sending.send(loop.hospital.worker, world(), loop.draft(), at=now)
    me = loop.advocates.worker
    for _ in range(10):
        with pytest.raises(NotFoundError):
            referral_desk.look_up_code(me, world(), "wrong words again here", at=now)
    with pytest.raises(TooManyAttemptsError):
        referral_desk.look_up_code(me, world(), sent.code, at=now + timedelta(minutes=9))
    colleague = loop.advocates.admin
    assert referral_desk.look_up_code(colleague, world(), sent.code, at=now) == sent.referral_id
    later = now + timedelta(minutes=10)
    assert referral_desk.look_up_code(me, world(), sent.code, at=later) == sent.referral_id


# --- lists


def test_lists_take_a_fixed_number_of_statements(loop, now):
    def work():
        for tab in InboxTab:
            referral_desk.inbox(loop.advocates.worker, world(), tab, at=now)
        for group in Group:
            referral_desk.outbox(loop.hospital.worker, world(), group, at=now)

    loop.send()
    few = len(statements(work))
    for _ in range(8):
        loop.send()
    assert len(statements(work)) == few
    assert few <= 7 * (len(InboxTab) + len(Group))


def test_the_inbox_puts_the_most_urgent_and_the_soonest_due_first(loop, now):
    standard = loop.send()
    high = loop.send(urgency="high")
    late = loop.send(at=now - timedelta(days=3))
    immediate = loop.send(urgency="immediate")
    page, counts = referral_desk.inbox(
        loop.advocates.worker, world(), InboxTab.NEEDS_ANSWER, at=now
    )
    assert [item.view.referral_id for item in page.items] == [immediate, high, late, standard]
    assert counts == {
        InboxTab.NEEDS_ANSWER: 4,
        InboxTab.OVERDUE: 1,
        InboxTab.IN_PROGRESS: 0,
        InboxTab.LATER: 0,
        InboxTab.CLOSED: 0,
        InboxTab.ENDED: 0,
    }


def test_lists_come_in_pages_of_twenty_five(loop, now):
    for minute in range(27):
        loop.send(at=now + timedelta(minutes=minute))
    me = loop.hospital.worker
    first, _ = referral_desk.outbox(me, world(), Group.WAITING, at=now + HOUR)
    second, _ = referral_desk.outbox(me, world(), Group.WAITING, 2, at=now + HOUR)
    assert (len(first.items), len(second.items), first.total) == (25, 2, 27)
    assert (first.count, first.has_next, second.has_next) == (2, True, False)
    times = [item.view.sort_at for item in (*first.items, *second.items)]
    assert times == sorted(times, reverse=True)
    beyond, _ = referral_desk.outbox(me, world(), Group.WAITING, 10**9, at=now + HOUR)
    assert beyond.items == ()


def test_a_coordinator_has_no_list_of_referrals(loop, now):
    loop.send()
    with pytest.raises(NotFoundError):
        referral_desk.inbox(loop.coordinator, world(), InboxTab.NEEDS_ANSWER, at=now)
    with pytest.raises(NotFoundError):
        referral_desk.outbox(loop.coordinator, world(), Group.WAITING, at=now)


def test_opening_is_noted_once_and_told_to_the_sender_while_it_waits(loop, now):
    referral_id = loop.send()
    before = sent_page(loop, referral_id, now + HOUR).item.view
    for _ in range(3):
        assert received_page(loop, referral_id, now).item.view.seen
    seen = db.session.query(ReferralEventRow).filter_by(action="seen").count()
    assert seen == 1
    db.session.rollback()
    after = sent_page(loop, referral_id, now + HOUR).item.view
    assert str(after.timeline[0].what) == "They opened it."
    assert Action.RECALL in before.can
    assert Action.RECALL not in after.can
    assert Action.WITHDRAW in after.can
