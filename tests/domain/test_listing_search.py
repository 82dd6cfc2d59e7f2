"""What words and hours mean to whoever looks for a listing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.listing_search import Hours, moments_of
from ccr.domain.search_needs import NeedPhrases, telling_words
from ccr.domain.taxonomy import Need
from ccr.engine.nearest_words import NearestWords
from ccr.services.finding import need_phrases

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("typed", "need"),
    [
        ("orden de protección", Need.PROTECTION_ORDER),
        ("ORDEN DE PROTECCION", Need.PROTECTION_ORDER),
        ("protection order", Need.PROTECTION_ORDER),
        ("vivienda de emergencia", Need.EMERGENCY_SHELTER),
        ("cuidado de niños", Need.CHILD_CARE),
    ],
)
def test_a_phrase_in_either_language_means_its_need(typed: str, need: Need) -> None:
    assert need in need_phrases().meaning(telling_words(typed)).needs


def test_the_longest_phrase_takes_its_words_and_the_rest_is_text() -> None:
    phrases = NeedPhrases.of(
        [("shelter", Need.EMERGENCY_SHELTER), ("animal shelter", Need.PETS), ("la", Need.FOOD)]
    )
    meaning = phrases.meaning(telling_words("animal shelter in Troy"))
    assert (meaning.needs, meaning.rest) == (frozenset({Need.PETS}), ("troy",))


def test_small_words_are_looked_for_only_by_themselves() -> None:
    assert telling_words("the house of hope") == ("house", "hope")
    assert telling_words("de la") == ("de", "la")
    assert telling_words("!!") == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sheltr", "shelter"),
        ("protecion", "proteccion"),
        ("shleter", "shelter"),
        ("she", None),
        ("zzzzzz", None),
    ],
)
def test_a_word_is_mended_by_few_edits_and_short_ones_never(typed, meant) -> None:
    words = NearestWords(["shelter for all", "shelter", "orden de proteccion"])
    assert words.nearest(typed) == meant


def test_the_more_frequent_of_two_near_words_wins() -> None:
    assert NearestWords(["hause", "house", "house of"]).nearest("huuse") == "house"


@given(st.text(max_size=30))
def test_no_text_breaks_the_mending(text: str) -> None:
    words = NearestWords(["food pantry", "legal aid"])
    mended = words.corrected(telling_words(text))
    assert len(mended) == len(telling_words(text))


def test_tonight_is_from_six_to_midnight_where_the_network_is() -> None:
    at = datetime(2026, 11, 28, 3, 30, tzinfo=UTC)  # Friday evening in New York
    hours = [m.astimezone(ZoneInfo(NEW_YORK)) for m in moments_of(Hours.TONIGHT, at, NEW_YORK)]
    assert {moment.day for moment in hours} == {27}
    assert [moment.hour for moment in hours] == [18, 19, 20, 21, 22, 23]


@given(st.integers(0, 24 * 730))
def test_the_weekend_is_a_saturday_and_a_sunday_within_a_week(hours: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    days = {m.astimezone(ZoneInfo(NEW_YORK)) for m in moments_of(Hours.WEEKEND, at, NEW_YORK)}
    assert {day.weekday() for day in days} == {5, 6}
    assert {(day.date() - at.astimezone(ZoneInfo(NEW_YORK)).date()).days for day in days} <= set(
        range(7)
    )
