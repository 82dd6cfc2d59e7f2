"""Codes that can be said on a bad line, and that hurt nobody."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from ccr.adapters.spoken_codes import WORDS_IN_A_CODE, WordList

WORDS = WordList.load()


def test_there_are_enough_words_for_43_bits() -> None:
    assert len(WORDS.words) ** WORDS_IN_A_CODE > 2**42


def test_no_word_speaks_of_harm_law_money_or_people() -> None:
    for word in ("abuse", "victim", "shelter", "police", "gun", "husband", "safe", "court"):
        assert word not in WORDS.words


def test_a_code_with_a_word_that_is_no_longer_drawn_is_still_found() -> None:
    assert "anxiety" not in WORDS.words
    assert WORDS.normalise("ANXI maple river stone") == "anxiety maple river stone"
    assert WORDS.normalise("anxiety maple river stone") == "anxiety maple river stone"


def test_a_code_has_four_different_words() -> None:
    code = WORDS.draw(random.Random(1)).split()
    assert len(set(code)) == WORDS_IN_A_CODE


@given(st.randoms(use_true_random=False))
def test_a_code_is_found_however_it_was_typed(rng: random.Random) -> None:
    code = WORDS.draw(rng)
    shouted = " - ".join(word.upper()[:6] for word in code.split())
    assert WORDS.normalise(f"  {shouted}, ") == code


@given(st.text(max_size=60))
def test_anything_else_is_no_code_and_no_error(text: str) -> None:
    found = WORDS.normalise(text)
    assert found is None or len(found.split()) == WORDS_IN_A_CODE
