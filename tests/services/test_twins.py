"""Twins: the same referral, two receivers' courses. Nothing that reaches the sender may differ."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from ccr.domain.clocks import Side
from ccr.domain.errors import CcrError
from ccr.domain.live_hand_off import DayPart, IntroducedBy, IntroducedHow, Introduction
from ccr.domain.next_contact import ContactWay, NextContact
from ccr.domain.outcomes import SAID_AS_ONE, AttemptKind, DeclineReason, Outcome, ToldBy
from ccr.domain.referral_views import Group
from ccr.domain.release import ConfirmedHow
from ccr.domain.taxonomy import Known
from ccr.services import expected, hand_offs, referral_desk, referrals, releases, sending, talking
from ccr.services.followups import follow_ups, run_clocks
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.operations import OutboxItem
from tests import loop as loops
from tests.conftest import NOW
from tests.loop import Loop, world

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ACCEPTED = NOW + HOUR
Course = Callable[[Loop, object], None]


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


def came(loop, referral_id):
    me, at = loop.advocates.worker, ACCEPTED
    referral_desk.open_received(me, world(), referral_id, at=at)
    referrals.record_attempt(me, world(), referral_id, AttemptKind.REACHED, Known.YES, at=at + HOUR)
    referrals.connect(me, world(), referral_id, at=at + DAY)
    referrals.close(me, world(), referral_id, Outcome.SERVICE_COMPLETED, at=at + 5 * DAY)


def never_came(loop, referral_id):
    me, at = loop.advocates.worker, ACCEPTED
    for day in range(4):
        referrals.record_attempt(
            me, world(), referral_id, AttemptKind.NO_ANSWER, Known.UNKNOWN, at=at + day * DAY
        )
    referrals.close(me, world(), referral_id, Outcome.NOT_REACHED_SAFELY, at=at + 6 * DAY)


def nothing(loop, referral_id):
    pass


def held(loop, referral_id):
    referrals.hold(
        loop.advocates.worker, world(), referral_id, ACCEPTED + 40 * DAY, at=ACCEPTED + HOUR
    )
    referrals.add_note(
        loop.advocates.worker, world(), referral_id, Side.RECEIVER, "Note", at=ACCEPTED + 2 * HOUR
    )


def seen_by_appointment(loop, referral_id):
    me, at = loop.advocates.worker, ACCEPTED
    day = (at + 2 * DAY).date()
    how, part = IntroducedHow.IN_PERSON, DayPart.MORNING
    hand_offs.schedule(me, world(), referral_id, how, day, part, at=at + HOUR)
    hand_offs.no_show(me, world(), referral_id, at=at + 2 * DAY)
    hand_offs.attended(me, world(), referral_id, at=at + 3 * DAY)
    met = Introduction(how, IntroducedBy.ADVOCATE, ToldBy.ADVOCATE)
    hand_offs.introduce(me, world(), referral_id, Side.RECEIVER, met, at=at + 3 * DAY)


def refused_the_release(loop, referral_id):
    releases.refuse(loop.advocates.worker, world(), referral_id, at=ACCEPTED + HOUR)


def confirmed_and_withdrew(loop, referral_id):
    me = loop.advocates.worker
    releases.confirm(me, world(), referral_id, ConfirmedHow.WRITTEN, at=ACCEPTED)
    talking.write_to_sender(me, world(), referral_id, "Note", agreed=True, at=ACCEPTED)
    releases.withdraw(me, world(), referral_id, Side.RECEIVER, at=ACCEPTED + timedelta(seconds=1))
    referrals.connect(me, world(), referral_id, at=ACCEPTED + HOUR)


def at_random(seed):
    def course(loop, referral_id):
        rng = random.Random(seed)
        at = ACCEPTED
        me = loop.advocates.worker
        for _ in range(12):
            at += timedelta(minutes=rng.randrange(1, 2000))
            until = at + timedelta(days=rng.randrange(1, 60))
            act = rng.choice(
                [
                    lambda: referrals.hold(me, world(), referral_id, until, at=at),  # noqa: B023
                    lambda: referrals.resume(me, world(), referral_id, at=at),  # noqa: B023
                    lambda: referrals.connect(me, world(), referral_id, at=at),  # noqa: B023
                    lambda: referrals.close(
                        me,
                        world(),
                        referral_id,
                        rng.choice(list(Outcome)),
                        at=at,  # noqa: B023
                    ),
                    lambda: referrals.record_attempt(
                        me,
                        world(),
                        referral_id,
                        rng.choice(list(AttemptKind)),
                        rng.choice(list(Known)),
                        at=at,  # noqa: B023
                    ),
                    lambda: referral_desk.open_received(me, world(), referral_id, at=at),  # noqa: B023
                    lambda: run_clocks(world(), at=at),  # noqa: B023
                ]
            )
            try:
                act()
            except CcrError:
                continue

    return course


COURSES = [
    came,
    never_came,
    nothing,
    held,
    seen_by_appointment,
    refused_the_release,
    confirmed_and_withdrew,
    *(at_random(seed) for seed in range(6)),
]


def everything_the_sender_gets(loop, at) -> str:
    """Return all that the hospital can see or be sent, as text."""
    me = loop.hospital.worker
    seen = []
    for group in Group:
        page, counts = referral_desk.outbox(me, world(), group, at=at)
        seen.append((page, counts))
        seen += [
            referral_desk.open_sent(me, world(), item.view.referral_id, at=at)
            for item in page.items
        ]
    seen.append(follow_ups(me, world(), at=at))
    seen.append(expected.expected_today(me, world(), at=at))
    mails = db.session.query(OutboxItem).filter_by(compartment_id=loop.hospital.compartment_id)
    seen.append(
        sorted((str(m.account_id), m.template, m.pace, m.created_at, m.due_at) for m in mails)
    )
    db.session.rollback()
    return repr(seen)


def watched(loop, course, *, release_days=30) -> list[str]:
    """Play a course on a fresh referral; return what the sender got at several times, with the
    ids of this one referral taken out, and leave the network as if it had never been."""
    with unit_of_work():
        db.session.query(OutboxItem).delete()
    draft_id = loop.draft(release_days=release_days, question="Is Friday possible?")
    sent = sending.send(loop.hospital.worker, world(), draft_id, at=NOW)
    contact = NextContact(ContactWay.CALLS, (NOW + 7 * DAY).date())
    expected.set_next_contact(loop.hospital.worker, draft_id, contact, at=NOW)
    referrals.accept(loop.advocates.worker, world(), draft_id, at=ACCEPTED)
    course(loop, draft_id)
    looks = []
    for days in (7, 20, 31, 60):
        run_clocks(world(), at=NOW + days * DAY)
        text = everything_the_sender_gets(loop, NOW + days * DAY)
        looks.append(text.replace(str(draft_id), "ID").replace(sent.code, "CODE"))
    forget(draft_id)
    return [versions_out(look) for look in looks]


def versions_out(text: str) -> str:
    """Take out the tokens that stem from the id and code of this one referral."""
    import re

    return re.sub(r"version='[0-9a-f]{20}'", "version=''", text)


def forget(referral_id) -> None:
    from ccr.storage.models.referrals import ReferralRow

    with unit_of_work():
        db.session.query(ReferralRow).filter_by(id=referral_id).delete()


def test_whatever_the_receiver_does_after_accepting_the_sender_gets_the_same(loop):
    first = watched(loop, nothing)
    for course in COURSES[1:]:
        assert watched(loop, course) == first


def test_a_release_that_was_never_asked_for_gives_one_course_too(loop):
    first = watched(loop, nothing, release_days=None)
    assert watched(loop, refused_the_release, release_days=30) == first
    for course in (came, never_came, held):
        assert watched(loop, course, release_days=None) == first


def declined_for(reason):
    def course(loop, referral_id):
        referrals.decline(loop.advocates.worker, world(), referral_id, reason, at=ACCEPTED)

    return course


def handed_back_for(reason):
    def course(loop, referral_id):
        me = loop.advocates.worker
        referrals.accept(me, world(), referral_id, at=NOW + HOUR)
        referrals.hand_back(me, world(), referral_id, reason, at=NOW + 2 * HOUR)

    return course


def test_reasons_that_follow_from_a_person_give_the_sender_the_same(loop):
    def looks(course):
        with unit_of_work():
            db.session.query(OutboxItem).delete()
        draft_id = loop.draft()
        sent = sending.send(loop.hospital.worker, world(), draft_id, at=NOW)
        course(loop, draft_id)
        found = []
        for days in (1, 2, 9):
            run_clocks(world(), at=NOW + days * DAY)
            text = everything_the_sender_gets(loop, NOW + days * DAY)
            found.append(versions_out(text.replace(str(draft_id), "ID").replace(sent.code, "CODE")))
        forget(draft_id)
        return found

    first = looks(declined_for(DeclineReason.OTHER))
    for reason in sorted(SAID_AS_ONE):
        assert looks(declined_for(reason)) == first
    back = looks(handed_back_for(DeclineReason.OTHER))
    for reason in DeclineReason:
        assert looks(handed_back_for(reason)) == back
    assert looks(declined_for(DeclineReason.NO_CAPACITY)) != first


def test_the_same_referral_keeps_its_version_through_every_course(loop):
    """The token itself: one referral, looked at before and after the receiver's work."""
    referral_id = loop.send()
    referrals.accept(loop.advocates.worker, world(), referral_id, at=ACCEPTED)
    me, later = loop.hospital.worker, NOW + 6 * DAY

    def version():
        return referral_desk.open_sent(me, world(), referral_id, at=later).item.view.version

    before = version()
    came(loop, referral_id)
    run_clocks(world(), at=later)
    assert version() == before


def test_an_apip_and_a_coordinator_see_nothing_of_any_course(loop):
    def strangers():
        seen = []
        for who in (loop.apip.worker, loop.coordinator):
            for look in (
                lambda who=who: referral_desk.outbox(who, world(), Group.TAKEN, at=NOW + DAY),
                lambda who=who: follow_ups(who, world(), at=NOW + DAY),
            ):
                try:
                    seen.append(repr(look()))
                except CcrError as error:
                    seen.append(str(error))
        return seen

    before = strangers()
    referral_id = loop.send()
    referrals.accept(loop.advocates.worker, world(), referral_id, at=ACCEPTED)
    came(loop, referral_id)
    assert strangers() == before
