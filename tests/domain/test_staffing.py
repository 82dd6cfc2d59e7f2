from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.errors import InvalidInputError
from ccr.domain.staffing import (
    LONGEST_ABSENCE,
    Duty,
    Person,
    absence_of,
    back_ups_to_tell,
    supervisors_to_tell,
    workers_to_tell,
)

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
A, B, C, D = (UUID(int=number) for number in range(1, 5))


def person(account_id, *duties, admin=False, away=False):
    return Person(account_id, admin, frozenset(duties), NOW if away else None)


def test_whoever_works_on_it_is_told_alone_while_they_are_here():
    team = (person(A), person(B), person(C, away=True))
    assert workers_to_tell(team, A) == {A}
    assert workers_to_tell(team, C) == {A, B}
    assert workers_to_tell(team, D) == {A, B}
    assert workers_to_tell(team, None) == {A, B}


def test_with_everybody_away_the_back_up_and_the_administrator_are_told():
    team = (
        person(A, away=True),
        person(B, Duty.BACK_UP, away=True),
        person(C, admin=True, away=True),
    )
    assert workers_to_tell(team, A) == {B, C}
    assert supervisors_to_tell(team) == {B, C}


def test_a_back_up_is_told_who_was_not_told_before():
    team = (person(A), person(B, Duty.BACK_UP), person(C))
    assert back_ups_to_tell(team, {A}) == {B}
    assert back_ups_to_tell(team, {A, B, C}) == frozenset()
    without = (person(A), person(B))
    assert back_ups_to_tell(without, {A}) == {B}
    assert back_ups_to_tell(without, {A, B}) == frozenset()


def test_a_supervisor_stands_before_the_administrator_and_both_before_everybody():
    assert supervisors_to_tell((person(A), person(B, Duty.SUPERVISOR), person(C, admin=True))) == {
        B
    }
    away = (person(A), person(B, Duty.SUPERVISOR, away=True), person(C, admin=True))
    assert supervisors_to_tell(away) == {C}
    assert supervisors_to_tell((person(A), person(C, admin=True, away=True))) == {A}


PEOPLE = st.lists(
    st.builds(
        Person,
        st.sampled_from([A, B, C, D]),
        st.booleans(),
        st.frozensets(st.sampled_from(Duty)),
        st.sampled_from([None, NOW]),
    ),
    min_size=1,
    unique_by=lambda one: one.account_id,
)


@settings(max_examples=60)
@given(PEOPLE, st.sampled_from([None, A, B]))
def test_no_program_with_people_is_told_through_nobody(people, assigned):
    for told in (workers_to_tell(people, assigned), supervisors_to_tell(people)):
        assert told
        if any(one.here for one in people):
            assert all(one.here for one in people if one.account_id in told)


def test_an_absence_is_whole_days_on_the_local_wall_across_the_change_of_clocks():
    absence = absence_of(
        date(2026, 10, 31), date(2026, 11, 1), "America/New_York", at=NOW - timedelta(days=60)
    )
    assert absence.starts_at == datetime(2026, 10, 31, 4, tzinfo=UTC)
    assert absence.ends_at == datetime(2026, 11, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 12, 2), date(2026, 12, 1)),
        (date(2026, 11, 1), date(2026, 11, 24)),
        (date(2026, 12, 1), date(2026, 12, 1) + LONGEST_ABSENCE + timedelta(days=1)),
    ],
)
def test_days_that_cannot_be_are_refused(first, last):
    with pytest.raises(InvalidInputError):
        absence_of(first, last, "America/New_York", at=NOW)
