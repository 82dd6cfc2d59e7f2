"""When a provider is asked, and what of its answers is believed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.directory import Point, Precision
from ccr.domain.geocoding import (
    FAILURES,
    LONGEST_PAUSE_SECONDS,
    PAUSE_SECONDS,
    Breaker,
    ProviderAnswer,
    Verdict,
    address_words,
    judge,
    query_key,
    with_looked_up_point,
)
from ccr.domain.geography import distance_km

TROY = Point(42.73, -73.69)


@given(st.lists(st.sampled_from(["fails", "answers"]), max_size=12), st.floats(0, 1e6))
def test_a_provider_rests_only_after_failures_in_a_row(calls: list[str], now: float) -> None:
    breaker, row = Breaker(), 0
    for call in calls:
        row = row + 1 if call == "fails" else 0
        breaker = breaker.failed(now) if call == "fails" else breaker.answered()
    assert breaker.allows(now) == (row < FAILURES)
    assert breaker.allows(now + LONGEST_PAUSE_SECONDS)


def test_each_pause_is_twice_the_last_up_to_a_quarter_of_an_hour() -> None:
    breaker, pauses = Breaker(), []
    for _ in range(10):
        breaker = breaker.failed(0.0)
        pauses.append(breaker.closed_until)
    assert pauses[: FAILURES - 1] == [0.0] * (FAILURES - 1)
    assert pauses[FAILURES - 1 : FAILURES + 2] == [PAUSE_SECONDS * n for n in (1, 2, 4)]
    assert pauses[-1] == LONGEST_PAUSE_SECONDS


@given(st.floats(-90, 90), st.floats(-180, 180), st.sampled_from(Precision))
def test_no_point_far_from_the_zip_is_ever_used(lat: float, lon: float, how: Precision) -> None:
    point = Point(lat, lon)
    verdict = judge(ProviderAnswer(point, how), TROY)
    if verdict in {Verdict.EXACT, Verdict.STREET}:
        assert distance_km(point, TROY) <= 50
        assert how.value == {"exact": "rooftop"}.get(verdict.value, "street")


def test_an_answer_is_used_refused_or_no_better_than_ours() -> None:
    near, far = Point(42.74, -73.68), Point(40.71, -74.0)
    exact = Precision.ROOFTOP
    assert judge(ProviderAnswer(near, exact), TROY) is Verdict.EXACT
    assert judge(ProviderAnswer(near, Precision.STREET), TROY) is Verdict.STREET
    assert judge(ProviderAnswer(near, Precision.ZIP), TROY) is Verdict.ROUGH
    assert judge(ProviderAnswer(far, Precision.STREET), TROY) is Verdict.FAR
    assert judge(ProviderAnswer(far, exact), TROY) is Verdict.FAR
    assert judge(ProviderAnswer(Point(0, 0), exact), TROY) is Verdict.FAR
    assert judge(ProviderAnswer(Point(float("nan"), 1), exact), TROY) is Verdict.FAR
    assert judge(ProviderAnswer(None), TROY) is Verdict.NOTHING
    assert judge(ProviderAnswer(near, exact), None) is Verdict.NOTHING


def test_only_street_town_state_and_zip_are_sent() -> None:
    place = {
        "name": "Canary House", "address_1": " 1 Main St ", "address_2": "Canary suite",
        "city": "Troy", "state_province": "NY", "postal_code": "12180",
    }  # fmt: skip
    assert address_words(place) == "1 Main St, Troy, NY 12180"
    assert address_words({**place, "address_1": None}) is None
    assert address_words({"address_1": "1 Main St"}) is None
    assert query_key("1 Main  St, TROY") == query_key("1 main st, troy") != query_key("2 main st")


def test_a_package_that_knows_the_zip_alone_does_not_undo_a_look_up() -> None:
    address = {"address_1": "1 Main St", "city": "Troy", "state_province": "NY", "postal_code": "1"}
    held = {**address, "latitude": 1.0, "longitude": 2.0, "precision": "rooftop",
            "coordinates_from": "photon"}  # fmt: skip
    told = {**address, "latitude": 5.0, "longitude": 6.0, "precision": "zip",
            "coordinates_from": "gazetteer", "name": "New"}  # fmt: skip
    assert with_looked_up_point(held, told) == {**held, "name": "New"}
    moved = {**told, "address_1": "2 Main St"}
    own = {**told, "coordinates_from": "source"}
    assert with_looked_up_point(held, moved) == moved
    assert with_looked_up_point(held, own) == own
    assert with_looked_up_point(told, told) == told
