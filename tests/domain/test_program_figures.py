"""Figures about programs leave through the one gate: nothing from zero to ten, in any way."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.program_figures import (
    NOT_SAFETY,
    ProgramCounted,
    ProgramFigure,
    ProgramMeasure,
    gate_programs,
)
from ccr.domain.small_cells import LEAST_SHOWN, Count
from tests.builders import make_id

PERIOD = "2026Q3"
MEMBERS = tuple(make_id() for _ in range(4))
PAIRS = st.tuples(st.sampled_from(MEMBERS), st.sampled_from(MEMBERS))
WHOLE = st.lists(st.tuples(PAIRS, st.booleans(), st.integers(0, 400)), max_size=60)


def counts(rows: list[tuple[tuple[UUID, UUID], bool, int]]) -> tuple[Count, Count]:
    """Return a whole and a part of it, with a number for each of the part."""
    whole, part = Count(), Count()
    for members, is_part, number in rows:
        whole.add(members)
        if is_part:
            part.add(members)
            part.minutes.append(number)
    return whole, part


def shown(counted: ProgramCounted) -> dict[ProgramMeasure, int]:
    return {figure.measure: figure.value for figure in gate_programs(PERIOD, counted)}


def many(number: int, part: int, *members: UUID) -> tuple[Count, Count]:
    rows = [((m, m), n < part, 90) for n in range(number) for m in [members[n % len(members)]]]
    return counts(rows)


@given(WHOLE, WHOLE, WHOLE)
def test_r96_whoever_takes_its_own_away_is_left_with_eleven_or_more(asked, taken, gone) -> None:
    consultations, acknowledged = counts(asked)
    intakes, timed = counts(taken)
    ended, completed = counts(gone)
    found = shown(ProgramCounted(consultations, acknowledged, intakes, timed, ended, completed))
    for measure, whole in (
        (ProgramMeasure.CONSULTATIONS, consultations),
        (ProgramMeasure.INTAKES, intakes),
        (ProgramMeasure.ENDED, ended),
        (ProgramMeasure.COMPLETED, completed),
    ):
        if measure in found:
            own = max(whole.known_to.values())
            assert found[measure] == whole.total
            assert whole.total - own >= LEAST_SHOWN
    if ProgramMeasure.COMPLETED in found:
        for member in MEMBERS:
            left = ended.known_to.get(member, 0) - completed.known_to.get(member, 0)
            assert ended.total - completed.total - left >= LEAST_SHOWN
    for median, whole, part in (
        (ProgramMeasure.CONSULTATION_MINUTES, consultations, acknowledged),
        (ProgramMeasure.INTAKE_HOURS, intakes, timed),
    ):
        if median in found:
            own = max(whole.known_to.values())
            assert whole.total - own >= 2 * LEAST_SHOWN
            assert part.may_be_shown


@pytest.mark.parametrize("number", [0, 10, 11, 21])
def test_one_program_alone_is_never_told_whatever_its_number(number: int) -> None:
    consultations, acknowledged = many(number, number, MEMBERS[0])
    assert shown(ProgramCounted(consultations, acknowledged)) == {}


def test_two_programs_of_eleven_each_are_told_and_of_ten_are_not() -> None:
    assert shown(ProgramCounted(many(22, 0, *MEMBERS[:2])[0])) == {ProgramMeasure.CONSULTATIONS: 22}
    assert shown(ProgramCounted(many(20, 0, *MEMBERS[:2])[0])) == {}


def test_the_median_is_in_whole_hours_and_whole_days_and_never_ten_or_fewer() -> None:
    consultations, acknowledged = many(44, 44, *MEMBERS[:2])
    acknowledged.minutes = [1] * 44
    intakes, timed = many(44, 44, *MEMBERS[:2])
    timed.minutes = [12, 13] * 22
    found = shown(ProgramCounted(consultations, acknowledged, intakes, timed))
    assert found[ProgramMeasure.CONSULTATION_MINUTES] == 60
    assert found[ProgramMeasure.INTAKE_HOURS] == 13 * 24


@pytest.mark.parametrize(("part", "told"), [(10, False), (22, True), (34, False)])
def test_completed_is_told_only_beside_enough_who_did_not(part: int, told: bool) -> None:
    ended, completed = many(44, part, *MEMBERS[:2])
    found = shown(ProgramCounted(ended=ended, completed=completed))
    assert (ProgramMeasure.COMPLETED in found) is told


def test_a_figure_of_ten_or_fewer_cannot_even_be_made() -> None:
    with pytest.raises(ValueError, match="above ten"):
        ProgramFigure(PERIOD, ProgramMeasure.COMPLETED, 10)


def test_r12_no_measure_is_a_rate_a_success_or_a_relapse() -> None:
    words = " ".join(measure.value for measure in ProgramMeasure)
    assert not [w for w in ("rate", "success", "recid", "relapse", "score") if w in words]
    assert "not say that anybody is safe" in str(NOT_SAFETY)
