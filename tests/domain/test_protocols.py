"""Consultation protocols: they end, they lapse on the day, and the best one of a program counts."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.errors import InvalidInputError
from ccr.domain.pathways import Protocol
from ccr.domain.protocols import (
    ProtocolState,
    check_days,
    due_warning,
    latest_end,
    program_standing,
)

TODAY = date(2026, 11, 12)
PROGRAM, BIRCH, CEDAR = UUID(int=1), UUID(int=2), UUID(int=3)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def protocol(
    ends: date | None,
    *,
    signed: date = date(2026, 1, 1),
    partner: UUID = BIRCH,
    serves: bool = True,
) -> Protocol:
    return Protocol(PROGRAM, partner, f"Member {partner.int}", serves, signed, ends)


def test_r3_it_holds_the_day_before_it_ends_and_is_lapsed_on_that_day() -> None:
    ends = date(2027, 1, 1)
    before = program_standing(PROGRAM, [protocol(ends)], ends - timedelta(days=1))
    on_the_day = program_standing(PROGRAM, [protocol(ends)], ends)
    assert before.state is ProtocolState.ENDS_IN_30
    assert before.state.holds
    assert on_the_day.state is ProtocolState.LAPSED
    assert not on_the_day.state.holds
    assert on_the_day.ends == ends


def test_r3_only_victim_services_make_it_count() -> None:
    with_others = protocol(None, serves=False)
    assert program_standing(PROGRAM, [with_others], TODAY).state is ProtocolState.MISSING
    assert program_standing(UUID(int=9), [protocol(None)], TODAY).state is ProtocolState.MISSING


def test_an_old_one_without_an_end_counts_and_asks_to_be_renewed() -> None:
    now = program_standing(PROGRAM, [protocol(None)], TODAY)
    assert now.state is ProtocolState.NO_END
    assert now.state.holds
    dated = protocol(date(2028, 1, 1), partner=CEDAR)
    assert program_standing(PROGRAM, [protocol(None), dated], TODAY).state is ProtocolState.IN_FORCE


@given(st.lists(st.tuples(DAYS, st.one_of(st.none(), DAYS), st.booleans()), max_size=5), DAYS)
def test_a_program_stands_exactly_when_one_protocol_with_victim_services_does(
    signed: list[tuple[date, date | None, bool]], on: date
) -> None:
    every = [protocol(ends, signed=start, serves=serves) for start, ends, serves in signed]
    stands = any(p.partner_serves_victims and p.stands(on).holds for p in every)
    assert program_standing(PROGRAM, every, on).state.holds == stands


@given(DAYS)
def test_three_years_are_the_longest(signed: date) -> None:
    last = latest_end(signed)
    check_days(signed, last, signed)
    with pytest.raises(InvalidInputError) as refused:
        check_days(signed, last + timedelta(days=1), signed)
    assert refused.value.field == "expires_on"
    assert (last.year, last.month) == (signed.year + 3, signed.month)


@pytest.mark.parametrize(
    ("days", "step"),
    [(91, None), (90, 90), (31, 90), (30, 30), (1, 30), (0, 0), (-29, 0), (-30, None)],
)
def test_it_is_warned_of_at_90_30_and_0_days(days: int, step: int | None) -> None:
    ends = TODAY + timedelta(days=days)
    one = protocol(ends)
    assert due_warning(one, [one], TODAY) == step
    later = protocol(ends + timedelta(days=1))
    assert due_warning(one, [one, later], TODAY) is None
    elsewhere = protocol(ends + timedelta(days=400), partner=CEDAR)
    assert due_warning(one, [one, elsewhere], TODAY) == step
