"""What is searched and what is asked are spelled alike, and hold no sign of any engine."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.search_text import MOST_WORDS, plain_words, search_body, search_words


def test_accents_case_and_signs_fall_away() -> None:
    assert plain_words("Café: «LEGAL-Aid» 24/7") == ["cafe", "legal", "aid", "24", "7"]


def test_british_and_american_counselling_are_one_word() -> None:
    assert plain_words("Counselling counselor") == ["counseling", "counselor"]


def test_words_asked_for_count_once_and_are_few() -> None:
    assert search_words("food Food FOOD pantry") == ("food", "pantry")
    assert len(search_words(" ".join(str(n) for n in range(50)))) == MOST_WORDS


@given(st.text(max_size=200))
def test_every_word_of_a_text_is_found_in_its_body(text: str) -> None:
    assert set(search_words(text)) <= set(search_body([text]).split())


@given(st.text(max_size=200))
def test_words_are_letters_and_digits_alone(text: str) -> None:
    assert all(word.isalnum() for word in plain_words(text))
