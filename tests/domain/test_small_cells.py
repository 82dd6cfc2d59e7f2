"""The gate: nothing that is published lets anybody derive a value from 1 to 10."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.errors import InvalidInputError
from ccr.domain.small_cells import (
    LEAST_SHOWN,
    MOST_HIDDEN,
    Count,
    Figure,
    Measured,
    NeedGroup,
    gate_medians,
    gate_parts,
    gate_quarter,
    gate_unmet,
    gate_year,
    group_of,
    previous_quarter,
    quarter_bounds,
    quarter_of,
)
from ccr.domain.taxonomy import Need
from ccr.web.forms.needs import NEED_GROUPS
from tests.builders import make_id

A, B, C = make_id(), make_id(), make_id()
NEW_YORK = "America/New_York"


def count(*known: tuple[UUID, ...]) -> Count:
    found = Count()
    for members in known:
        found.add(members)
    return found


def spread(number: int) -> Count:
    """Return a count in which every one is between two members of its own."""
    found = Count()
    for _ in range(number):
        found.add((make_id(), make_id()))
    return found


def shown(figures: tuple[Figure, ...]) -> dict[NeedGroup, int | None]:
    return {figure.group: figure.value for figure in figures}


@pytest.mark.parametrize(
    ("number", "value"), [(0, None), (1, None), (10, None), (11, 11), (24, 24)]
)
def test_zero_to_ten_is_one_class(number: int, value: int | None) -> None:
    figures = gate_quarter("2026Q3", Measured.SENT, {NeedGroup.LAW: Count(number)})
    assert shown(figures)[NeedGroup.LAW] == value
    assert shown(figures)[NeedGroup.HEALTH] is None


def test_a_figure_of_one_to_ten_cannot_even_be_made() -> None:
    for value in range(LEAST_SHOWN):
        with pytest.raises(ValueError, match="above ten"):
            Figure("2026Q3", Measured.SENT, NeedGroup.LAW, value)


def test_a_member_that_could_subtract_its_own_learns_nothing() -> None:
    # 20 in all, 15 of them A's: A would read "5" for the others.
    counts = {NeedGroup.LAW: count(*[(A, B)] * 15, *[(C, B)] * 5)}
    assert shown(gate_quarter("2026Q3", Measured.SENT, counts))[NeedGroup.LAW] is None


def test_few_and_seen_through_read_the_same_or_a_member_would_learn_how_few() -> None:
    # A took part in 8: "0-10" would tell A that at most two are of others.
    few = gate_quarter("2026Q3", Measured.SENT, {NeedGroup.LAW: count(*[(A, B)] * 8)})
    many = gate_quarter("2026Q3", Measured.SENT, {NeedGroup.LAW: count(*[(A, B)] * 80)})
    assert few == many == gate_quarter("2026Q3", Measured.SENT, {})


def test_eleven_of_which_somebody_knows_one_are_not_told() -> None:
    figures = gate_quarter("2026Q3", Measured.SENT, {NeedGroup.LAW: spread(11)})
    assert shown(figures)[NeedGroup.LAW] is None
    assert shown(gate_quarter("2026Q3", Measured.SENT, {NeedGroup.LAW: spread(12)}))[NeedGroup.LAW]


@given(st.lists(st.tuples(st.sampled_from([A, B, C]), st.sampled_from([A, B, C])), max_size=60))
def test_no_member_can_read_one_to_ten_of_the_others(pairs: list[tuple[UUID, UUID]]) -> None:
    counts = {NeedGroup.LAW: count(*pairs)}
    value = shown(gate_quarter("2026Q3", Measured.SENT, counts)).get(NeedGroup.LAW)
    if value is not None:
        for member in (A, B, C):
            rest = value - sum(member in pair for pair in pairs)
            assert rest > MOST_HIDDEN


def feasible(total: int | None, hidden: int) -> tuple[int, int]:
    """Return the least and the most that one of `hidden` cells of 0 to 10 can be."""
    if total is None:
        return 0, MOST_HIDDEN
    return max(0, total - MOST_HIDDEN * (hidden - 1)), min(MOST_HIDDEN, total)


@settings(max_examples=300)
@given(st.lists(st.lists(st.integers(0, 40), min_size=7, max_size=7), min_size=4, max_size=4))
def test_nothing_published_together_narrows_a_hidden_cell(numbers: list[list[int]]) -> None:
    quarters = [dict(zip(NeedGroup, (spread(n) for n in row), strict=True)) for row in numbers]
    published: list[Figure] = []
    for number, quarter in enumerate(quarters, start=1):
        published += gate_quarter(f"2026Q{number}", Measured.SENT, quarter)
    years = shown(gate_year("2026", Measured.SENT, quarters, published))
    for figure in published:
        assert figure.value is None or figure.value > MOST_HIDDEN
    # The only sums are the years; each is over the four hidden quarters of its own group alone.
    for place, group in enumerate(NeedGroup):
        values = [row[place] for row in numbers]
        if group in years:
            assert years[group] == sum(values)
            # Eleven of which somebody knows one are hidden too.
            assert all(v <= LEAST_SHOWN for v in values)
            assert feasible(years[group], 4) == (0, MOST_HIDDEN)
        elif all(v <= MOST_HIDDEN for v in values):
            assert not LEAST_SHOWN < sum(values) <= 30


def test_a_year_waits_for_its_four_quarters_and_for_all_of_them_to_be_hidden() -> None:
    quarters = [{NeedGroup.LAW: spread(5)} for _ in range(4)]
    published = [
        f for n in range(1, 5) for f in gate_quarter(f"2026Q{n}", Measured.SENT, quarters[n - 1])
    ]
    assert shown(gate_year("2026", Measured.SENT, quarters, published)) == {NeedGroup.LAW: 20}
    assert gate_year("2026", Measured.SENT, quarters[:3], published) == ()
    quarters[2] = {NeedGroup.LAW: spread(12)}
    again = [
        f for n in range(1, 5) for f in gate_quarter(f"2026Q{n}", Measured.SENT, quarters[n - 1])
    ]
    assert gate_year("2026", Measured.SENT, quarters, again) == ()


def answered(number: int, minutes: int) -> Count:
    found = spread(number)
    found.minutes = [minutes] * number
    return found


def test_a_median_needs_eleven_answers_and_is_rounded_up_to_whole_hours() -> None:
    sent = {NeedGroup.LAW: spread(40), NeedGroup.HEALTH: spread(40)}
    assert gate_medians("2026Q3", {NeedGroup.LAW: answered(10, 90)}, sent, {}) == ()
    figures = gate_medians(
        "2026Q3", {NeedGroup.LAW: answered(12, 61), NeedGroup.HEALTH: answered(12, 0)}, sent, {}
    )
    assert shown(figures) == {NeedGroup.LAW: 120, NeedGroup.HEALTH: 60}


def test_a_median_never_narrows_how_many_stayed_without_an_answer() -> None:
    answers = {NeedGroup.LAW: answered(15, 90)}
    for number in (15, 21, 22):
        assert gate_medians("2026Q3", answers, {NeedGroup.LAW: spread(number)}, {}) == ()
    # Without its own one, 22 sent and at least 11 answered: from 0 to 11 may wait.
    assert gate_medians("2026Q3", answers, {NeedGroup.LAW: spread(23)}, {})


def test_a_median_leaves_room_for_whoever_knows_half_of_what_was_sent() -> None:
    answers = {NeedGroup.LAW: answered(15, 90)}
    sent = {NeedGroup.LAW: count(*[(A, B)] * 20, *[(C, make_id())] * 20)}
    assert gate_medians("2026Q3", answers, sent, {}) == ()


def test_parts_are_shown_while_enough_is_left_beside_them_the_asked_about_first() -> None:
    def parts(room: int, accepted: int) -> dict[NeedGroup, int | None]:
        found = {
            Measured.NO_ROOM: {NeedGroup.LAW: spread(room)},
            Measured.ACCEPTED: {NeedGroup.LAW: spread(accepted)},
        }
        figures = gate_parts("2026Q3", {NeedGroup.LAW: whole}, found)
        return {figure.measure: figure.value for figure in figures}

    whole = spread(60)
    assert parts(20, 25) == {Measured.NO_ROOM: 20, Measured.ACCEPTED: 25}
    assert parts(20, 30) == {Measured.NO_ROOM: 20}  # ten would be left
    assert parts(11, 10) == {}  # eleven of which somebody knows one; ten
    assert parts(59, 0) == {}


def test_a_member_that_takes_its_own_away_must_leave_eleven_beside_the_parts() -> None:
    mine, theirs = [(A, B)] * 14, [(C, make_id()) for _ in range(14)]
    sent = {NeedGroup.LAW: count(*mine, *theirs, *[(A, B)] * 20)}
    part = {Measured.NO_ROOM: {NeedGroup.LAW: count(*mine, *theirs)}}
    # 48 sent, 28 of them no room: 20 are left, but all of them are A's and B's own.
    assert gate_parts("2026Q3", sent, part) == ()


def test_empty_searches_know_no_member_and_need_twenty_two() -> None:
    assert shown(gate_unmet("2026Q3", {NeedGroup.LAW: Count(21)}))[NeedGroup.LAW] is None
    assert shown(gate_unmet("2026Q3", {NeedGroup.LAW: Count(22)}))[NeedGroup.LAW] == 22


def test_a_median_of_one_members_answers_is_not_told() -> None:
    own = count(*[(A, B)] * 30)
    own.minutes = [60] * 30
    assert gate_medians("2026Q3", {NeedGroup.LAW: own}, {NeedGroup.LAW: spread(60)}, {}) == ()


def test_every_need_has_a_group_and_it_is_the_one_of_the_form() -> None:
    by_label = {str(group.label): group for group in NeedGroup}
    for heading, needs in NEED_GROUPS:
        for need in needs:
            assert group_of(need) is by_label[str(heading)]
    assert {group_of(need) for need in Need} == set(NeedGroup)


def test_quarters_are_cut_on_the_wall_of_the_network() -> None:
    start, end = quarter_bounds("2026Q4", NEW_YORK)
    assert start == datetime(2026, 10, 1, 4, tzinfo=UTC)
    assert end == datetime(2027, 1, 1, 5, tzinfo=UTC)
    assert quarter_of(start, NEW_YORK) == "2026Q4"
    assert quarter_of(datetime(2026, 10, 1, 3, 59, tzinfo=UTC), NEW_YORK) == "2026Q3"
    assert previous_quarter("2026Q1") == "2025Q4"
    assert previous_quarter("2026Q3") == "2026Q2"


@pytest.mark.parametrize("text", ["", "2026", "2026Q5", "2026Q0", "1999Q1", "2026q1", "2026Q1 "])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        quarter_bounds(text, NEW_YORK)
