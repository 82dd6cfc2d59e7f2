"""Counts, unread marks, tokens and calendar feeds: right after every act, and equal for twins."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ccr.domain.clocks import Side
from ccr.domain.errors import NotFoundError
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome
from ccr.domain.referral_views import Group, InboxTab
from ccr.domain.release import ConfirmedHow
from ccr.domain.taxonomy import Known
from ccr.services import calendar_feeds, colleagues, referral_desk, referrals, releases
from ccr.services.desk_glance import counts_for, referral_token, row_marks
from tests import loop as loops
from tests.loop import Loop, dump, world

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONE = "America/New_York"


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


def counts(program, at):
    found = counts_for(program.worker, ZONE, at=at)
    return found.inbox, found.sent, found.follow_ups


def sent_items(loop, at):
    for group in Group:
        yield from referral_desk.outbox(loop.hospital.worker, world(), group, at=at)[0].items


def unread(program, items):
    return sum(mark.unread for mark in row_marks(program.worker, items).values())


def unread_to_sender(loop, at):
    return unread(loop.hospital, sent_items(loop, at))


def unread_to_receiver(loop, at):
    items = [
        item
        for tab in InboxTab
        if tab is not InboxTab.OVERDUE
        for item in referral_desk.inbox(loop.advocates.worker, world(), tab, at=at)[0].items
    ]
    return unread(loop.advocates, items)


def test_counts_follow_each_act_at_once_and_are_those_of_the_lists(loop, now):
    me, they = loop.hospital, loop.advocates
    assert counts(me, now) == counts(they, now) == (0, 0, 0)
    referral_id = loop.send()
    assert (counts(me, now)[:2], counts(they, now)[:2]) == ((0, 0), (1, 0))
    referrals.ask(they.worker, world(), referral_id, "Which language?", at=now)
    assert (counts(me, now)[:2], counts(they, now)[:2]) == ((0, 1), (1, 0))
    referrals.answer(me.worker, world(), referral_id, "Spanish.", at=now)
    assert (counts(me, now)[:2], counts(they, now)[:2]) == ((0, 0), (1, 0))
    referrals.decline(they.worker, world(), referral_id, DeclineReason.LANGUAGE, at=now)
    assert (counts(me, now)[:2], counts(they, now)[:2]) == ((0, 1), (0, 0))
    for program in (me, they):
        _, tabs = referral_desk.inbox(program.worker, world(), InboxTab.NEEDS_ANSWER, at=now)
        _, groups = referral_desk.outbox(program.worker, world(), Group.MY_MOVE, at=now)
        assert counts(program, now)[:2] == (tabs[InboxTab.NEEDS_ANSWER], groups[Group.MY_MOVE])
    referrals.close_declined(me.worker, world(), referral_id, Outcome.UNKNOWN, at=now)
    assert counts(me, now) == counts(they, now) == (0, 0, 0)


def test_unread_is_what_the_other_side_did_since_one_looked(loop, now):
    referral_id = loop.send()
    me, they = loop.hospital.worker, loop.advocates.worker
    assert (unread_to_sender(loop, now), unread_to_receiver(loop, now)) == (0, 1)
    referral_desk.open_received(they, world(), referral_id, at=now)
    referrals.ask(they, world(), referral_id, "Which language?", at=now + HOUR)
    later = now + 2 * HOUR
    assert (unread_to_sender(loop, later), unread_to_receiver(loop, later)) == (1, 0)
    referral_desk.open_sent(me, world(), referral_id, at=later)
    referrals.answer(me, world(), referral_id, "Spanish.", at=later + HOUR)
    latest = later + 2 * HOUR
    assert (unread_to_sender(loop, latest), unread_to_receiver(loop, latest)) == (0, 1)


def test_after_acceptance_neither_count_nor_mark_nor_token_moves_with_the_receiver(loop, now):
    referral_id = loop.send(release_days=30)
    me, they = loop.hospital.worker, loop.advocates.worker
    referrals.accept(they, world(), referral_id, at=now)
    referral_desk.open_sent(me, world(), referral_id, at=now)
    later = now + DAY

    def seen():
        return (
            counts(loop.hospital, later),
            unread_to_sender(loop, later),
            referral_token(me, world(), referral_id, at=later),
        )

    before, theirs = seen(), referral_token(they, world(), referral_id, at=later)
    referrals.record_attempt(they, world(), referral_id, AttemptKind.REACHED, Known.YES, at=later)
    referrals.close(they, world(), referral_id, Outcome.NOT_ELIGIBLE, at=later)
    assert seen() == before
    assert referral_token(they, world(), referral_id, at=later) != theirs
    releases.confirm(they, world(), referral_id, ConfirmedHow.WRITTEN, at=now)
    assert seen() != before


def test_a_token_is_for_the_two_sides_alone_and_notes_nothing(loop, now):
    referral_id = loop.send()
    before = dump()
    referral_token(loop.advocates.worker, world(), referral_id, at=now)
    assert dump() == before
    with pytest.raises(NotFoundError):
        referral_token(loop.legal_aid.worker, world(), referral_id, at=now)


# --- the calendar


def test_a_feed_holds_the_times_of_ones_own_duties_and_nothing_else(loop, now):
    loop.send()
    they = loop.advocates.worker
    token = calendar_feeds.make_feed(they, at=now)
    assert token not in repr(dump())
    items = calendar_feeds.read_feed(world(), token, at=now).items
    inbox, _ = referral_desk.inbox(they, world(), InboxTab.NEEDS_ANSWER, at=now)
    assert [item.due_at for item in items] == [inbox.items[0].view.next_move.due_at]
    assert not calendar_feeds.read_feed(
        world(), calendar_feeds.make_feed(loop.hospital.worker, at=now), at=now
    ).items


def test_a_feed_ends_with_a_new_one_with_its_end_and_with_its_account(loop, now):
    they, admin = loop.advocates.worker, loop.advocates.admin
    first = calendar_feeds.make_feed(they, at=now)
    second = calendar_feeds.make_feed(they, at=now)
    calendar_feeds.read_feed(world(), second, at=now)
    for dead in (first, "x", ""):
        with pytest.raises(NotFoundError):
            calendar_feeds.read_feed(world(), dead, at=now)
    calendar_feeds.end_feed(they, at=now)
    third = calendar_feeds.make_feed(they, at=now)
    colleagues.disable(admin, they.user_id, at=now)
    for dead in (second, third):
        with pytest.raises(NotFoundError):
            calendar_feeds.read_feed(world(), dead, at=now)


def test_a_feed_of_a_sender_is_the_same_whatever_the_receiver_does(loop, now):
    referral_id = loop.send()
    me, they = loop.hospital.worker, loop.advocates.worker
    token = calendar_feeds.make_feed(me, at=now)
    referrals.accept(they, world(), referral_id, at=now)
    before = calendar_feeds.read_feed(world(), token, at=now + DAY)
    referrals.hold(they, world(), referral_id, now + 9 * DAY, at=now)
    assert calendar_feeds.read_feed(world(), token, at=now + DAY) == before
    referrals.add_note(they, world(), referral_id, Side.RECEIVER, "Text.", at=now)
    assert calendar_feeds.read_feed(world(), token, at=now + DAY) == before
