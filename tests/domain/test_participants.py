"""Participants as rules: orders, the table of steps, clocks in the network's zone, sessions."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.authority_reports import Report, ReportFacts, count_sessions
from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.group_sessions import Mark, check_session_day, kind_of, last_session_day
from ccr.domain.participant_states import (
    TABLE,
    Act,
    Step,
    acts_of,
    advance,
    follows,
    reasons_of,
)
from ccr.domain.participant_words import EndReason, EventKind, ReferralSource, Screening
from ccr.domain.participants import (
    Event,
    Order,
    Participant,
    ParticipantState,
    checked_order,
    end_of_day,
    last_day,
    may_mandate,
)
from ccr.domain.program_groups import Group, checked_group
from ccr.domain.taxonomy import MemberCategory, Regime

NEW_YORK = ZoneInfo("America/New_York")
AT = datetime(2026, 11, 12, 19, 5, tzinfo=UTC)
TODAY = date(2026, 11, 12)
COURT, GROUP = uuid4(), uuid4()
MANDATE = Order(ReferralSource.CRIMINAL_COURT, mandated=True, authority_id=COURT)


def participant(**changes: object) -> Participant:
    whole = Participant(
        id=uuid4(),
        network_id=uuid4(),
        compartment_id=uuid4(),
        code="maple river quiet stone",
        order=MANDATE,
        opened_at=AT,
        intake_due_at=end_of_day(AT, 14, NEW_YORK),
        enrol_due_at=end_of_day(AT, 28, NEW_YORK),
    )
    return replace(whole, **changes)


def test_r14_every_source_of_the_law_is_there() -> None:
    assert {source.value for source in ReferralSource} == {
        "criminal-court", "family-court", "supreme-court", "probation", "parole", "agency",
        "private-agency", "self",
    }  # fmt: skip


@given(
    source=st.sampled_from(ReferralSource),
    authority=st.sampled_from([None, COURT]),
    outside=st.sampled_from(["", "  ", "Ulster County Probation"]),
    mandated=st.booleans(),
)
def test_r14_mandated_exactly_when_one_authority_is_named(
    source: ReferralSource, authority: object, outside: str, mandated: bool
) -> None:
    order = Order(source, mandated, authority, outside)  # type: ignore[arg-type]
    try:
        kept = checked_order(order, {COURT}, TODAY)
    except InvalidInputError:
        named = (authority is not None) + bool(outside.strip())
        assert named != mandated or source is ReferralSource.SELF
    else:
        assert (kept.authority_id is not None) + bool(kept.outside) == kept.mandated


def test_lawyers_of_a_party_mandate_nothing_and_courts_do() -> None:
    assert may_mandate(MemberCategory.LEGAL, Regime.COURT)
    assert may_mandate(MemberCategory.GOVERNMENT, Regime.OTHER)
    assert may_mandate(MemberCategory.GOVERNMENT, Regime.CHILD_PROTECTION)
    assert not may_mandate(MemberCategory.LEGAL, Regime.OTHER)
    assert not may_mandate(MemberCategory.VICTIM_SERVICES, Regime.VICTIM_SERVICES)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        # Across a weekend and Thanksgiving: the day is not put off.
        (datetime(2026, 11, 12, 19, 5, tzinfo=UTC), 14, "2026-11-27T05:00:00+00:00"),
        # Clocks go back on 1 November 2026: the day ends an hour later by UTC.
        (datetime(2026, 10, 20, 3, 30, tzinfo=UTC), 14, "2026-11-03T05:00:00+00:00"),
        # They go forward on 14 March 2027.
        (datetime(2027, 3, 1, 12, 0, tzinfo=UTC), 28, "2027-03-30T04:00:00+00:00"),
        # Late at night in New York it is still the day before.
        (datetime(2026, 11, 13, 4, 59, tzinfo=UTC), 14, "2026-11-27T05:00:00+00:00"),
        # Over Christmas and New Year.
        (datetime(2026, 12, 10, 15, 0, tzinfo=UTC), 28, "2027-01-08T05:00:00+00:00"),
    ],
)
def test_r76_the_clocks_of_a_mandate_end_with_a_day_of_the_network(
    start: datetime, days: int, due: str
) -> None:
    found = end_of_day(start, days, NEW_YORK)
    assert found.astimezone(UTC).isoformat() == due
    first = start.astimezone(NEW_YORK).date()
    assert last_day(found, NEW_YORK) == first + timedelta(days=days)


@given(st.integers(0, 10 * 366 * 24 * 60), st.integers(0, 60))
def test_r76_a_limit_is_never_sooner_than_its_days_and_never_a_day_later(
    minutes: int, days: int
) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    until = end_of_day(at, days, NEW_YORK) - at
    hour = timedelta(hours=1)
    assert timedelta(days=days) - hour <= until <= timedelta(days=days + 1) + hour


def test_r76_an_intake_is_late_and_a_check_is_due_at_their_moments() -> None:
    one = participant()
    assert not one.intake_is_late(one.intake_due_at - timedelta(seconds=1))
    assert one.intake_is_late(one.intake_due_at)
    offered = replace(one, intake_offered_on=TODAY)
    assert not offered.intake_is_late(one.intake_due_at)
    assert one.check_is_due(one.enrol_due_at - timedelta(days=3))
    assert not one.enrolment_is_late(one.enrol_due_at - timedelta(seconds=1))
    assert one.enrolment_is_late(one.enrol_due_at)
    enrolled = replace(one, state=ParticipantState.ENROLLED)
    assert not enrolled.enrolment_is_late(one.enrol_due_at)


STEPS = st.builds(
    Step,
    act=st.sampled_from(Act),
    on=st.sampled_from([TODAY - timedelta(days=n) for n in (0, 1, 30, 400)] + [date(2026, 12, 1)]),
    screening=st.sampled_from([None, *Screening]),
    group_id=st.sampled_from([None, GROUP, uuid4()]),
    reason=st.sampled_from([None, *EndReason]),
)


@given(st.lists(STEPS, max_size=12))
def test_whatever_is_recorded_the_table_holds(steps: list[Step]) -> None:
    one = participant()
    for step in steps:
        possible = acts_of(one)
        try:
            after = advance(one, step, TODAY)
        except (IllegalTransitionError, InvalidInputError):
            continue
        assert step.act in possible
        assert after.version == one.version + 1
        assert after.state is (TABLE[step.act].to or one.state)
        assert step.on <= TODAY
        assert (after.ended_on is not None) == after.state.is_over
        assert after.state is not ParticipantState.ENROLLED or after.group_id is not None
        if after.state is ParticipantState.ENROLLED:
            assert after.screening is not Screening.NOT_SUITABLE
        one = after
    if one.state.is_over:
        assert acts_of(one) == ()


def test_every_state_is_reached_and_every_open_one_can_be_left() -> None:
    reached = {ParticipantState.AWAITING_INTAKE} | {row.to for row in TABLE.values() if row.to}
    assert reached == set(ParticipantState)
    for state in ParticipantState:
        assert bool(acts_of(participant(state=state))) != state.is_over


def test_r55_what_fails_first_brings_a_notice_only_where_it_was_mandated() -> None:
    free = participant(order=Order(ReferralSource.SELF, mandated=False))
    for act in (Act.MISS_INTAKE, Act.TURN_AWAY):
        assert follows(participant(), act).noncompliance
        assert not follows(free, act).noncompliance
        assert follows(free, act).trigger is follows(participant(), act).trigger is not None
    for act in (Act.TERMINATE, Act.WITHDRAW, Act.COMPLETE):
        assert follows(participant(), act).status
        assert not follows(free, act).status


def test_no_reason_comes_from_a_victim_and_each_end_has_its_own() -> None:
    words = " ".join(f"{reason.value} {reason.label}" for reason in EndReason).lower()
    for word in ("victim", "survivor", "partner", "risk", "safety", "threat"):
        assert word not in words
    assert all(reasons_of(act) for act in (Act.TURN_AWAY, Act.TERMINATE, Act.WITHDRAW))


KINDS = st.sampled_from(sorted(EventKind))
EVENTS = st.lists(st.tuples(KINDS, st.integers(0, 6)), max_size=20).map(
    lambda rows: [
        Event(position, kind, TODAY - timedelta(days=back), AT)
        for position, (kind, back) in enumerate(rows, 1)
    ]
)


@given(EVENTS)
def test_a_day_counts_once_as_it_was_recorded_last(events: list[Event]) -> None:
    counts = count_sessions(events, TODAY - timedelta(days=6), TODAY)
    days = {event.on for event in events if event.kind.is_session}
    assert counts.offered == len(days)
    assert counts == count_sessions(reversed(events), TODAY - timedelta(days=6), TODAY)


def test_the_first_missed_session_is_told_apart_and_a_slip_is_put_right() -> None:
    week = timedelta(days=7)
    assert kind_of(Mark.MISSED, [], TODAY) is EventKind.FIRST_SESSION_MISSED
    first = [Event(1, EventKind.FIRST_SESSION_MISSED, TODAY - week, AT)]
    assert kind_of(Mark.MISSED, first, TODAY) is EventKind.SESSION_MISSED
    assert kind_of(Mark.MISSED, first, TODAY - week) is EventKind.FIRST_SESSION_MISSED
    excused = [Event(1, EventKind.SESSION_EXCUSED, TODAY - week, AT)]
    assert kind_of(Mark.MISSED, excused, TODAY) is EventKind.FIRST_SESSION_MISSED
    came = [Event(1, EventKind.SESSION_ATTENDED, TODAY - week, AT)]
    assert kind_of(Mark.MISSED, came, TODAY) is EventKind.SESSION_MISSED
    put_right = [*first, Event(2, EventKind.SESSION_ATTENDED, TODAY - week, AT)]
    assert kind_of(Mark.MISSED, put_right, TODAY) is EventKind.SESSION_MISSED


def test_a_session_is_not_to_come_and_nobody_is_marked_before_they_enrolled() -> None:
    one = participant(enrolled_on=TODAY - timedelta(days=7))
    check_session_day([one], TODAY, TODAY)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=61), TODAY - timedelta(days=8)):
        with pytest.raises(InvalidInputError):
            check_session_day([one], day, TODAY)


def test_the_newest_session_of_a_weekly_group_is_at_most_six_days_ago() -> None:
    for weekday in range(7):
        group = Group(GROUP, "A", weekday, "18:00", "19:00")
        day = last_session_day(group, TODAY)
        assert day.weekday() == weekday
        assert TODAY - timedelta(days=6) <= day <= TODAY


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"weekday": 7}, "weekday"),
        ({"starts_at": "25:00"}, "starts_at"),
        ({"ends_at": "18:00"}, "ends_at"),
        ({"places": 0}, "places"),
        ({"places": 61}, "places"),
        ({"location_id": uuid4()}, "location"),
        ({"language": "xx"}, "language"),
    ],
)
def test_a_group_that_cannot_be_is_refused_at_its_field(
    changes: dict[str, object], field: str
) -> None:
    group = Group(GROUP, "Tuesday evening", 1, "18:30", "20:00")
    assert checked_group(group, ()).name == "Tuesday evening"
    with pytest.raises(InvalidInputError) as refused:
        checked_group(replace(group, **changes), ())
    assert refused.value.field == field


def test_r32_a_report_has_no_place_for_a_word_about_anybody_else() -> None:
    names = {one.name for one in fields(Report)} | {one.name for one in fields(ReportFacts)}
    for word in ("victim", "survivor", "risk", "band", "note", "name_of", "consult", "trigger"):
        assert not any(word in name for name in names)
