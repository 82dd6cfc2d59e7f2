"""Answer times by member leave only where they can narrow nothing that was hidden."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.answer_times import NOT_TOLD, AnswerTimes, Received, gate_answer_times
from ccr.domain.matching import drawbacks, search_for
from ccr.domain.small_cells import Figure, Measured, NeedGroup
from ccr.domain.weights import DEFAULT
from tests.builders import HOURS, make_member, make_request, make_service

YEAR = "2025"
LAW, HEALTH = NeedGroup.LAW, NeedGroup.HEALTH
A, B, C, D = (UUID(int=n) for n in range(1, 5))


def shown(group=LAW, value=40, quarters=4):
    return [Figure(f"{YEAR}Q{q}", Measured.SENT, group, value) for q in range(1, quarters + 1)]


def received(by_sender, *, hours=10, groups=(LAW,), answered=1.0, is_apip=False):
    found = Received(groups=set(groups), is_apip=is_apip)
    for sender, number in by_sender.items():
        found.sent.add((sender,), number)
        told = int(number * answered)
        found.answered.add((sender,), told)
        found.answered.minutes += [hours * 60 - 5] * told
    return found


OTHERS = {C: received({A: 25, B: 25}, hours=20), D: received({A: 25, B: 25}, hours=20)}
FAIR = {A: 25, C: 25}


def test_a_median_leaves_in_whole_hours_where_enough_was_answered():
    times = gate_answer_times(YEAR, shown(), {B: received(FAIR, hours=30), **OTHERS})
    assert times.by_member == {B: 30 * 60, C: 20 * 60, D: 20 * 60}
    assert times.network == 20 * 60


@pytest.mark.parametrize(
    ("why", "member"),
    [
        ("too few were sent", received({A: 11, C: 10})),
        ("too few were answered", received(FAIR, answered=0.25)),
        ("one sender would know the rest", received({A: 30, C: 10})),
        ("others were sent too few beside one sender", received({A: 30, C: 21})),
        ("it states needs of a group with a hidden quarter", received(FAIR, groups=(LAW, HEALTH))),
        ("it is an abusive partner program", received(FAIR, is_apip=True)),
        ("nobody knows what it helps with", received(FAIR, groups=())),
    ],
)
def test_no_median_leaves_by_member_when(why, member):
    figures = [*shown(), *shown(HEALTH, quarters=3)]
    assert B not in gate_answer_times(YEAR, figures, {B: member, **OTHERS}).by_member, why


def test_nothing_leaves_for_a_network_with_hidden_quarters_alone():
    assert gate_answer_times(YEAR, [], OTHERS) == NOT_TOLD
    hidden = [Figure(f"{YEAR}Q1", Measured.SENT, LAW, None)]
    assert gate_answer_times(YEAR, hidden, OTHERS) == NOT_TOLD


def test_nothing_leaves_where_one_member_answered_nearly_all():
    assert gate_answer_times(YEAR, shown(), {B: received({A: 30, C: 30})}) == NOT_TOLD


def test_quarters_of_other_years_and_other_figures_do_not_count():
    figures = [replace(f, period=f"2024Q{n}") for n, f in enumerate(shown(), start=1)]
    figures += [replace(f, measure=Measured.UNMET) for f in shown()]
    assert gate_answer_times(YEAR, figures, OTHERS) == NOT_TOLD


groups = st.sampled_from(list(NeedGroup))
cells = st.dictionaries(st.tuples(groups, st.integers(1, 4)), st.integers(0, 40), max_size=28)
parts = st.dictionaries(st.sampled_from([A, B, C, D]), st.integers(0, 60), min_size=1)


@given(cells, st.dictionaries(st.integers(10, 14), st.tuples(parts, st.sets(groups)), max_size=5))
def test_whoever_has_a_figure_touches_no_hidden_cell_and_no_sender_can_see_through(table, asked):
    figures = [
        Figure(f"{YEAR}Q{q}", Measured.SENT, group, value if value > 10 else None)
        for (group, q), value in table.items()
    ]
    members = {UUID(int=n): received(by, groups=of) for n, (by, of) in asked.items()}
    times = gate_answer_times(YEAR, figures, members)
    for member_id in times.by_member:
        member = members[member_id]
        for group in member.groups:
            assert all(table.get((group, q), 0) > 10 for q in range(1, 5))
        assert member.sent.least_left() >= 22
        for own in (0, *member.answered.known_to.values()):
            assert member.answered.total - own >= 11


# -- what it costs --------------------------------------------------------------------------------


def parts_of(service, times, **weights):
    search = search_for(
        make_request(), (), hours=HOURS, weights=replace(DEFAULT, **weights), answer_times=times
    )
    return {part.name: part.minutes for part in drawbacks(service, search)}


MEMBER = make_member(on_ccr=True)
SERVICE = make_service(member=MEMBER)


@pytest.mark.parametrize(
    ("own_hours", "minutes"), [(None, None), (5, None), (10, None), (11, 1), (25, 15), (99, 30)]
)
def test_whoever_answered_later_than_the_network_costs_a_minute_an_hour_up_to_thirty(
    own_hours, minutes
):
    by_member = {} if own_hours is None else {MEMBER.id: own_hours * 60}
    parts = parts_of(SERVICE, AnswerTimes(10 * 60, by_member))
    assert parts.get("slow") == minutes


def test_nobody_is_slow_where_the_network_has_no_figure():
    assert "slow" not in parts_of(SERVICE, AnswerTimes(None, {MEMBER.id: 6000}))


def test_a_network_may_weigh_slowness_otherwise():
    times = AnswerTimes(60, {MEMBER.id: 11 * 60})
    assert parts_of(SERVICE, times, slow_hour=3)["slow"] == 30
    assert parts_of(SERVICE, times, slow_hour=3, slow_at_most=12)["slow"] == 12
    assert "slow" not in parts_of(SERVICE, times, slow_hour=0)
