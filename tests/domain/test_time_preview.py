"""Ten made-up referrals show what other time rules would do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ccr.domain.small_cells import NeedGroup
from ccr.domain.taxonomy import Need
from ccr.domain.time_preview import compare, examples
from ccr.domain.time_rules import EVERY_NEED, TimeRules, scope_of, scope_of_group
from tests.referral_builders import Week

ZONE = "America/New_York"
NOON = datetime(2026, 11, 12, 17, 0, tzinfo=UTC)


def local_days(at):
    return {
        str(e.moment): e.at.astimezone(ZoneInfo(ZONE)).date().isoformat()
        for e in examples([EVERY_NEED], ZONE, at=at)
    }


def test_the_moments_lie_ahead_and_are_what_they_say():
    days = local_days(NOON)
    assert days == {
        "On a Monday morning": "2026-11-16",
        "On a Friday evening": "2026-11-13",
        "In the night of a Saturday": "2026-11-14",
        "In the night of a Wednesday": "2026-11-18",
        "On the eve of Thanksgiving": "2026-11-25",
        "On Christmas Eve": "2026-12-24",
        "At the end of the year": "2026-12-31",
        "The day before the clocks go forward": "2027-03-13",
        "The Friday before the clocks go back": "2027-11-05",
        "The day before a leap day": "2028-02-28",
    }


@pytest.mark.parametrize("day", range(0, 1500, 97))
def test_whenever_it_is_asked_every_moment_is_still_to_come(day):
    at = NOON + timedelta(days=day)
    assert all(example.at > at for example in examples([EVERY_NEED], ZONE, at=at))


def test_the_needs_are_those_whose_times_would_change():
    def needs(*scopes):
        return {example.need for example in examples(scopes, ZONE, at=NOON)}

    assert needs(scope_of(Need.FOOD)) == {Need.FOOD}
    assert Need.FAMILY_LAW in needs(scope_of_group(NeedGroup.LAW))
    assert {Need.FOOD, Need.ADVOCACY} < needs(scope_of(Need.FOOD), EVERY_NEED)
    assert Need.ABUSIVE_PARTNER_INTERVENTION in needs()


def test_a_change_moves_the_clocks_it_is_about_and_no_other():
    rules = TimeRules({scope_of(Need.FOOD): {"answer_standard": 16}})
    rows = compare(TimeRules(), rules, [scope_of(Need.FOOD)], Week(), ZONE, at=NOON)
    moved = [row for row in rows if row.changed]
    assert {row.example.urgency.value for row in moved} == {"standard"}
    for row in moved:
        assert row.after.answer > row.before.answer
        assert row.after.first_contact == row.before.first_contact
        assert row.after.outcome == row.before.outcome
