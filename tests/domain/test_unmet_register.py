"""Published figures beside the gap matrix: one word a need group, and no word says "never"."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from ccr.domain.directory import Agreement
from ccr.domain.gaps import Cell, County, GapMatrix
from ccr.domain.indicators import (
    DEFINITIONS,
    Indicator,
    Share,
    access,
    agreement_coverage,
    freshness,
)
from ccr.domain.small_cells import Figure, Measured, NeedGroup
from ccr.domain.unmet_register import Standing, last_quarters, unmet_lines
from tests.builders import make_id, make_service

AT = datetime(2026, 11, 12, 19, tzinfo=UTC)
GREENE = County("Greene", "36039", "NY")
QUARTERS = ("2026Q3", "2026Q2", "2026Q1", "2025Q4")
LAW = NeedGroup.LAW


def matrix(*, there: bool) -> GapMatrix:
    """Return a matrix of one county and one need about law."""
    service = replace(make_service(), last_verified_at=AT)
    cell = Cell("family-law", GREENE, checked=(service,) if there else ())
    return GapMatrix(("family-law",), (GREENE,), {("family-law", "36039"): cell})


def line(*figures: Figure, there: bool):
    found = unmet_lines(matrix(there=there), figures, QUARTERS)
    assert [one.group for one in found].count(LAW) == 1
    return next(one for one in found if one.group is LAW)


def figure(measure: Measured, value: int | None = 30, period: str = "2026Q3") -> Figure:
    return Figure(period, measure, LAW, value)


@pytest.mark.parametrize(
    ("figures", "there", "standing"),
    [
        ([figure(Measured.UNMET)], False, Standing.ASKED_AND_MISSING),
        ([figure(Measured.NO_ROOM)], True, Standing.ASKED_IN_VAIN),
        ([], False, Standing.MISSING),
        ([figure(Measured.SENT)], False, Standing.MISSING),
        ([figure(Measured.UNMET, None)], False, Standing.MISSING),
        ([], True, Standing.UNUSED),
        ([figure(Measured.SENT, None)], True, Standing.UNUSED),
        ([figure(Measured.SENT), figure(Measured.ACCEPTED)], True, Standing.USED),
        ([figure(Measured.UNMET, period="2024Q1")], False, Standing.MISSING),
    ],
)
def test_what_figures_and_directory_say_together(figures, there, standing) -> None:
    assert line(*figures, there=there).standing is standing


def test_nothing_is_missing_or_there_while_no_county_is_known() -> None:
    found = unmet_lines(GapMatrix((), (), {}), [figure(Measured.UNMET)], QUARTERS)
    assert {one.standing for one in found} == {Standing.UNKNOWN}


def test_the_most_pressing_group_stands_first_and_says_how_much_nobody_serves() -> None:
    found = unmet_lines(matrix(there=False), [figure(Measured.EXPIRED)], QUARTERS)
    assert found[0].group is LAW
    assert (found[0].empty_cells, found[0].cells) == (1, 1)
    assert found[0].shown == {("2026Q3", Measured.EXPIRED): 30}


def test_no_word_says_never_because_a_hidden_figure_is_no_zero() -> None:
    for standing in Standing:
        assert "never" not in str(standing.label).lower()


def test_the_last_four_published_quarters_count_and_years_do_not() -> None:
    periods = ("2025Q3", "2025", "2026Q2", "2026Q3", "2025Q4", "2026Q1")
    assert last_quarters(periods) == QUARTERS


def test_each_benefit_of_the_seed_guideline_has_one_indicator() -> None:
    benefits = [str(d.benefit) for d in DEFINITIONS if d.benefit]
    assert sorted(benefits) == [
        "Better access",
        "Collective problem solving",
        "Efficient use of resources",
        "Learning from one another",
        "Social change",
        "Timely and targeted referrals",
    ]
    assert [d.code for d in DEFINITIONS] == list(Indicator)


def test_shares_are_of_services_members_and_cells() -> None:
    fresh = replace(make_service(), last_verified_at=AT)
    old = replace(fresh, last_verified_at=None)
    assert freshness(
        [old, fresh, replace(fresh, last_verified_at=AT - timedelta(days=190))], AT
    ) == (Share(1, 3))
    assert access(matrix(there=True)) == Share(1, 1)
    assert access(matrix(there=False)) == Share(0, 1)
    a, b, c = make_id(), make_id(), make_id()
    ends = date(2026, 12, 1)
    agreement = Agreement(frozenset({a, b}), date(2026, 1, 1), ends)
    assert agreement_coverage([a, b, c], [agreement], ends) == Share(0, 3)
    assert agreement_coverage([a, b, c], [agreement], ends - timedelta(days=1)) == Share(2, 3)
    assert agreement_coverage([UUID(int=1)], [], ends) == Share(0, 1)
