from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.adapters.opening_hours import HoursBook
from ccr.domain.gathering import Plan, Planned, Reader, Waiting, plan
from ccr.domain.mail_times import Pace, QuietHours, due_at
from ccr.services.reading_hours import JointCalendar

NEW_YORK = ZoneInfo("America/New_York")
THURSDAY = datetime(2026, 11, 12, 13, 0, tzinfo=UTC)  # 8:00 in New York
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
READER = Reader(NEW_YORK, QuietHours())
OFFICE = replace(READER, calendar=HoursBook().business_week("America/New_York"))
TODAY = date(2026, 11, 12)


def waiting(
    pace: Pace,
    *,
    due: datetime = THURSDAY,
    written: datetime | None = None,
    mail: UUID | None = None,
) -> Waiting:
    return Waiting(uuid4(), pace, written or due - HOUR, due, mail)


def ids(*notices: Waiting) -> tuple[UUID, ...]:
    return tuple(notice.id for notice in notices)


def test_all_that_waits_for_the_morning_is_one_mail_and_takes_tomorrows_along() -> None:
    first, second = waiting(Pace.MORNING), waiting(Pace.MORNING)
    tomorrow = waiting(Pace.MORNING, due=THURSDAY + DAY)
    found = plan([first, second, tomorrow], READER, THURSDAY)
    assert found == Plan((Planned(ids(first, second, tomorrow), None, Pace.MORNING),))


def test_after_the_mail_of_the_day_the_rest_waits_until_tomorrow() -> None:
    late = waiting(Pace.SOON, due=THURSDAY + 2 * HOUR)
    found = plan([late], replace(READER, gathered_on=TODAY), THURSDAY + 2 * HOUR)
    assert found == Plan(postponed=((late.id, THURSDAY + DAY),))


def test_what_is_soon_is_the_mail_of_the_day_at_once_where_there_was_none() -> None:
    soon = waiting(Pace.SOON, due=THURSDAY + 6 * HOUR)
    tomorrow = waiting(Pace.MORNING, due=THURSDAY + DAY)
    found = plan([soon, tomorrow], OFFICE, THURSDAY + 6 * HOUR)
    assert [m.notices for m in found.mails] == [ids(soon, tomorrow)]


def test_immediate_danger_leaves_at_night_and_everything_else_waits_for_morning() -> None:
    night = THURSDAY - 6 * HOUR
    now, each = waiting(Pace.NOW, due=night), waiting(Pace.EACH, due=night)
    morning = waiting(Pace.MORNING, due=night)
    found = plan([now, each, morning], READER, night)
    assert found.mails == (Planned(ids(now), None, Pace.NOW),)
    assert found.postponed == ((each.id, THURSDAY - HOUR), (morning.id, THURSDAY - HOUR))


def test_a_mail_that_failed_is_tried_again_as_the_same_mail_and_takes_nothing_in() -> None:
    mail = uuid4()
    failed = waiting(Pace.NOW, mail=mail)
    fresh = waiting(Pace.NOW)
    found = plan([failed, fresh], READER, THURSDAY)
    assert set(found.mails) == {
        Planned(ids(failed), mail, Pace.NOW),
        Planned(ids(fresh), None, Pace.NOW),
    }
    of_today = waiting(Pace.MORNING, mail=mail)
    found = plan([of_today], replace(READER, gathered_on=TODAY), THURSDAY)
    assert found == Plan((Planned(ids(of_today), mail, Pace.MORNING),))


def test_the_mail_of_yesterday_goes_into_the_one_of_today() -> None:
    yesterday = waiting(Pace.MORNING, written=THURSDAY - DAY, mail=uuid4())
    today = waiting(Pace.MORNING)
    reader = replace(READER, gathered_on=TODAY - DAY)
    found = plan([yesterday, today], reader, THURSDAY)
    # Another mail: a server that took the first one would drop a second copy of it.
    assert found == Plan((Planned(ids(yesterday, today), None, Pace.MORNING),))
    assert plan([yesterday], reader, THURSDAY).mails[0].mail_id == yesterday.mail_id


def test_the_mail_of_the_day_waits_until_its_program_opens() -> None:
    notice = waiting(Pace.MORNING)
    assert plan([notice], OFFICE, THURSDAY).postponed == ((notice.id, THURSDAY + HOUR),)
    friday_night = waiting(Pace.MORNING, due=THURSDAY + 2 * DAY, written=THURSDAY + 2 * DAY - HOUR)
    found = plan([friday_night], OFFICE, THURSDAY + 2 * DAY)
    assert found.postponed == ((friday_night.id, THURSDAY + 4 * DAY + HOUR),)  # Monday at nine


def test_it_does_not_wait_for_a_program_that_stays_closed() -> None:
    sundays = replace(READER, calendar=HoursBook().calendar("Su 10:00-12:00", "America/New_York"))
    notice = waiting(Pace.MORNING, due=THURSDAY - DAY)
    assert plan([notice], sundays, THURSDAY - DAY).mails  # Sunday is further than three days
    assert plan([notice], replace(READER, calendar=JointCalendar(())), THURSDAY).mails


def test_a_clock_that_was_ahead_neither_loses_nor_repeats() -> None:
    ahead = THURSDAY + timedelta(days=300)
    notice = waiting(Pace.MORNING, due=ahead, written=ahead - HOUR)
    reader = replace(READER, gathered_on=TODAY + timedelta(days=300))
    assert [m.notices for m in plan([notice], reader, THURSDAY).mails] == [ids(notice)]
    # A clock put back by a night: the mail of the day is not sent twice.
    held = waiting(Pace.MORNING)
    reader = replace(READER, gathered_on=TODAY + DAY)
    assert plan([held], reader, THURSDAY).postponed == ((held.id, THURSDAY + 2 * DAY),)


paces = st.sampled_from(list(Pace))
causes = st.lists(st.tuples(paces, st.integers(0, 5 * 24 * 60)), max_size=12)


@settings(max_examples=40)
@given(causes, st.integers(2, 90))
def test_over_a_week_nothing_is_lost_told_twice_or_mailed_twice_a_day(
    causes: list[tuple[Pace, int]], step: int
) -> None:
    quiet, began = QuietHours(), THURSDAY
    notices = {}
    for pace, minutes in causes:
        written = began + timedelta(minutes=minutes)
        due = due_at(pace, written, NEW_YORK, quiet)
        notice = Waiting(uuid4(), pace, written, due)
        notices[notice.id] = notice
    left, reader, days = dict(notices), OFFICE, []
    at = began
    while at <= began + timedelta(days=11):
        seen = [n for n in left.values() if n.created_at <= at]
        found = plan(seen, reader, at)
        for mail in found.mails:
            for notice_id in mail.notices:
                assert left.pop(notice_id)  # once
            wall = at.astimezone(NEW_YORK)
            if mail.pace is not Pace.NOW:
                assert not quiet.cover(wall.time())
            if mail.pace.is_gathered:
                days.append(wall.date())
                reader = replace(reader, gathered_on=wall.date())
        for notice_id, later in found.postponed:
            assert later > at
            left[notice_id] = replace(left[notice_id], due_at=later)
        at += timedelta(minutes=step * 7)
    assert left == {}
    assert len(days) == len(set(days))
