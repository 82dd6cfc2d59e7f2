"""A result of a risk assessment: what may be kept, how it ages, and what it may do to urgency."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.adapters.risk_instruments import risk_instruments
from ccr.domain.errors import InvalidInputError
from ccr.domain.risk_information import (
    AssessorRole,
    Basis,
    ObtainedBy,
    RiskResult,
    ask_again_on,
    checked_result,
    urgency_with,
)
from ccr.domain.risk_instruments import Band, Informant, Measures
from ccr.domain.taxonomy import Urgency

TODAY = date(2026, 11, 12)
CATALOGUE = risk_instruments()
BANDS_OF_DA = (Band.VARIABLE, Band.INCREASED, Band.SEVERE, Band.EXTREME)
SOONEST_FIRST = list(Urgency)


def result(**changes: object) -> RiskResult:
    whole = {
        "instrument": "dvsi-r",
        "version": "standard",
        "assessed_on": TODAY - timedelta(days=3),
        "role": AssessorRole.PROBATION_OFFICER,
        "trained": True,
        "obtained_by": ObtainedBy.REFERRAL_SOURCE,
        "basis": Basis.RECORDS,
        "band": Band.HIGH,
        **changes,
    }
    return RiskResult(**whole)  # type: ignore[arg-type]


def refused(**changes: object) -> str | None:
    """Return the field that is refused; raises when nothing is."""
    with pytest.raises(InvalidInputError) as error:
        checked_result(result(**changes), CATALOGUE, TODAY)
    return error.value.field


def of_da(band: Band, score: int) -> RiskResult:
    return result(instrument="da", band=band, score=score)


def test_r41_a_score_that_does_not_fit_its_band_is_refused() -> None:
    assert refused(instrument="da", band=Band.INCREASED, score=15) == "score"
    assert checked_result(of_da(Band.SEVERE, 15), CATALOGUE, TODAY).score == 15


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0, Band.VARIABLE),
        (7, Band.VARIABLE),
        (8, Band.INCREASED),
        (13, Band.INCREASED),
        (14, Band.SEVERE),
        (17, Band.SEVERE),
        (18, Band.EXTREME),
        (30, Band.EXTREME),
    ],
)
def test_r41_at_each_boundary_one_band_takes_the_score_and_no_other(score: int, band: Band) -> None:
    taken = []
    for one in BANDS_OF_DA:
        try:
            checked_result(of_da(one, score), CATALOGUE, TODAY)
        except InvalidInputError as error:
            assert error.field == "score"  # noqa: PT017 -- the others are kept
        else:
            taken.append(one)
    assert taken == [band]


@given(st.integers(0, 99))
def test_r41_where_a_publisher_gives_cut_offs_each_score_has_exactly_one_band(score: int) -> None:
    for instrument in CATALOGUE:
        with_cut_offs = [one for one in instrument.bands if not one.by_hand]
        if with_cut_offs and instrument.can_give(score):
            assert sum(one.holds(score) for one in with_cut_offs) == 1, instrument.code


def test_r41_no_cut_off_is_made_up_where_none_is_published_or_it_is_local() -> None:
    assert [one.code for one in CATALOGUE if any(not b.by_hand for b in one.bands)] == ["da"]
    for score in (0, 9, 14, 17, 30):
        kept = result(instrument="dash-ric", band=Band.NOT_HIGH_DANGER, score=score)
        assert checked_result(kept, CATALOGUE, TODAY) == kept


def test_a_score_that_the_instrument_cannot_give_is_refused() -> None:
    assert refused(instrument="odara", band=Band.HIGH, score=14) == "score"
    assert refused(instrument="sara", version="v3", band=Band.HIGH, score=3) == "score"
    assert refused(instrument="da", band=Band.VARIABLE, score=-1) == "score"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"assessed_on": TODAY + timedelta(days=1)}, "assessed_on"),
        ({"assessed_on": TODAY - timedelta(days=367)}, "assessed_on"),
        ({"instrument": "made-up"}, "instrument"),
        ({"version": "made-up"}, "instrument"),
        ({"band": Band.EXTREME}, "band"),
        ({"band": None}, "band"),
        ({"band": None, "score": 4, "high_danger": True}, "band"),
        ({"instrument": None, "version": ""}, "band"),
        ({"instrument": None, "version": "", "band": None, "score": 4}, "score"),
        ({"instrument": None, "version": "", "band": None}, "instrument"),
    ],
)
def test_a_result_that_cannot_be_is_refused(changes: dict[str, object], field: str) -> None:
    assert refused(**changes) == field


def test_r94_without_training_a_score_and_a_band_are_refused_and_judgement_is_taken() -> None:
    assert refused(trained=False) == "band"
    assert refused(trained=False, band=None, score=3) == "score"
    judged = result(trained=False, band=None, high_danger=True)
    assert checked_result(judged, CATALOGUE, TODAY) == judged


def test_r43_high_danger_by_judgement_needs_no_score_and_no_instrument() -> None:
    alone = result(instrument=None, version="", band=None, trained=False, high_danger=True)
    assert checked_result(alone, CATALOGUE, TODAY) == alone


def test_r43_urgency_stays_highest_when_judgement_is_set_and_the_score_is_nothing() -> None:
    low = result(instrument="odara", band=Band.LOW, score=0, high_danger=True)
    assert urgency_with(Urgency.STANDARD, [low]) is Urgency.IMMEDIATE
    assert urgency_with(Urgency.IMMEDIATE, [low]) is Urgency.IMMEDIATE


RESULTS = st.builds(
    result,
    instrument=st.sampled_from([one.code for one in CATALOGUE]),
    band=st.one_of(st.none(), st.sampled_from(Band)),
    score=st.one_of(st.none(), st.integers(0, 40)),
    high_danger=st.booleans(),
)


@given(st.sampled_from(Urgency), st.lists(RESULTS, max_size=4), RESULTS)
def test_r43_no_result_ever_makes_anything_less_urgent(
    current: Urgency, results: list[RiskResult], one_more: RiskResult
) -> None:
    before = urgency_with(current, results)
    after = urgency_with(current, [*results, one_more])
    assert SOONEST_FIRST.index(before) <= SOONEST_FIRST.index(current)
    assert SOONEST_FIRST.index(after) <= SOONEST_FIRST.index(before)
    assert urgency_with(current, []) is current


@given(st.lists(RESULTS, min_size=2, max_size=4))
def test_r42_several_results_say_no_more_than_each_says_by_itself(
    results: list[RiskResult],
) -> None:
    each = [urgency_with(Urgency.STANDARD, [one]) for one in results]
    assert urgency_with(Urgency.STANDARD, results) is min(each, key=SOONEST_FIRST.index)


def test_r42_every_instrument_is_labelled_as_one_kind_and_there_are_both_kinds() -> None:
    assert {one.measures for one in CATALOGUE} == set(Measures)
    assert len({one.code for one in CATALOGUE}) == 8
    for one, other in combinations(CATALOGUE, 2):
        assert one.name != other.name


def test_r46_on_day_91_a_new_assessment_is_asked_for() -> None:
    assert (ask_again_on(TODAY) - TODAY).days == 91


def test_the_catalogue_says_whose_answers_an_instrument_rests_on() -> None:
    asks_her = {one.code for one in CATALOGUE if one.informant is Informant.SURVIVOR}
    assert asks_her == {"da", "da-5", "lap", "dash-ric"}
