from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.errors import InvalidInputError
from ccr.domain.mail_times import (
    Pace,
    QuietHours,
    due_at,
    next_morning,
    out_of_quiet,
    pace_of,
    quiet_hours,
)
from ccr.domain.taxonomy import Urgency

NEW_YORK = ZoneInfo("America/New_York")
USUAL = QuietHours()
moments = st.integers(0, 2 * 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
hours = st.builds(QuietHours, st.times(), st.times())
zones = st.sampled_from([NEW_YORK, ZoneInfo("Pacific/Chatham"), ZoneInfo("UTC")])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("urgency", "mail_each", "pace"),
    [
        (Urgency.IMMEDIATE, False, Pace.NOW),
        (Urgency.IMMEDIATE, True, Pace.NOW),
        (Urgency.HIGH, False, Pace.SOON),
        (Urgency.HIGH, True, Pace.EACH),
        (Urgency.STANDARD, False, Pace.MORNING),
        (Urgency.STANDARD, True, Pace.EACH),
    ],
)
def test_how_soon_a_notice_leaves_follows_from_urgency_and_choice(urgency, mail_each, pace) -> None:
    assert pace_of(urgency, mail_each=mail_each) is pace


@pytest.mark.parametrize(
    ("urgency", "pace"),
    [(Urgency.IMMEDIATE, Pace.NOW), (Urgency.HIGH, Pace.EACH), (Urgency.STANDARD, Pace.MORNING)],
)
def test_what_is_escalated_in_high_danger_never_waits_for_the_mail_of_another_day(urgency, pace):
    assert pace_of(urgency, mail_each=False, escalated=True) is pace


@pytest.mark.parametrize(
    ("pace", "written", "leaves"),
    [
        (Pace.NOW, "2026-11-12 02:00", "2026-11-12 02:00"),
        (Pace.EACH, "2026-11-12 19:59", "2026-11-12 19:59"),
        (Pace.EACH, "2026-11-12 20:00", "2026-11-13 07:00"),
        (Pace.EACH, "2026-11-13 06:59", "2026-11-13 07:00"),
        (Pace.SOON, "2026-11-12 14:05", "2026-11-12 14:05"),
        (Pace.SOON, "2026-11-12 23:00", "2026-11-13 07:00"),
        (Pace.MORNING, "2026-11-12 07:59", "2026-11-12 08:00"),
        (Pace.MORNING, "2026-11-12 08:00", "2026-11-12 08:00"),
        (Pace.MORNING, "2026-11-12 08:01", "2026-11-13 08:00"),
        (Pace.MORNING, "2026-10-31 22:00", "2026-11-01 08:00"),  # the night with an hour more
        (Pace.MORNING, "2026-03-07 22:00", "2026-03-08 08:00"),  # the night with an hour less
    ],
)
def test_each_pace_leaves_at_its_time(pace: Pace, written: str, leaves: str) -> None:
    assert due_at(pace, at(written), NEW_YORK, USUAL) == at(leaves)


def test_a_night_program_that_sleeps_in_the_day_gets_its_mail_when_it_wakes() -> None:
    asleep = QuietHours(time(7), time(15))
    assert next_morning(at("2026-11-12 03:00"), NEW_YORK, asleep) == at("2026-11-12 15:00")


def test_in_the_hour_that_comes_twice_quiet_ends_at_the_end_still_to_come() -> None:
    second = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)  # 1:10 for the second time
    ends = out_of_quiet(second, NEW_YORK, QuietHours(time(22), time(1, 30)))
    assert ends == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_equal_ends_mean_no_quiet_hours_and_long_ones_are_refused() -> None:
    assert quiet_hours(time(0), time(0)) == QuietHours(time(0), time(0))
    assert not QuietHours(time(0), time(0)).cover(time(3))
    assert quiet_hours(time(16), time(8)).cover(time(7, 59))
    with pytest.raises(InvalidInputError) as refusal:
        quiet_hours(time(16), time(8, 1))
    assert refusal.value.field == "quiet_until"


@given(moments, zones, hours)
def test_what_comes_out_is_never_earlier_never_quiet_and_never_a_day_late(
    moment: datetime, zone: ZoneInfo, quiet: QuietHours
) -> None:
    out = out_of_quiet(moment, zone, quiet)
    assert moment <= out <= moment + timedelta(hours=25)
    wall = out.astimezone(zone)
    # An end in the hour that a spring night leaves out comes an hour later on the wall.
    skipped = out.astimezone(zone).utcoffset() != moment.astimezone(zone).utcoffset()
    assert not quiet.cover(wall.time()) or skipped


@given(moments, zones, hours)
def test_the_next_morning_is_within_two_days(
    moment: datetime, zone: ZoneInfo, quiet: QuietHours
) -> None:
    assert moment <= next_morning(moment, zone, quiet) <= moment + timedelta(hours=49)
