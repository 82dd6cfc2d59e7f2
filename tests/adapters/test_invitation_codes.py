from __future__ import annotations

import random

import pytest

from ccr.adapters.invitation_codes import ALPHABET, LENGTH, draw_code, normal_code


def test_a_code_has_eighty_bits_and_nothing_that_looks_like_something_else() -> None:
    assert len(ALPHABET) ** LENGTH >= 2**80
    assert not set("ILOU") & set(ALPHABET)
    drawn = {draw_code(random.SystemRandom()) for _ in range(200)}
    assert len(drawn) == 200
    assert all(normal_code(code) == code for code in drawn)


@pytest.mark.parametrize(
    "typed",
    ["k7qm-2x0d-9wtr-41vb", "K7QM 2XOD 9WTR 4IVB", "  k7qm2xod9wtr4lvb\n", "K7QM.2X0D/9WTR—41VB"],
)
def test_a_code_is_read_however_it_was_typed(typed: str) -> None:
    assert normal_code(typed) == "K7QM-2X0D-9WTR-41VB"


@pytest.mark.parametrize("typed", ["", "K7QM", "K7QM-2X0D-9WTR-41VBX", "\x00", "é" * 16, "U" * 16])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert normal_code(typed) is None


def test_a_very_long_text_is_no_code() -> None:
    assert normal_code("K7QM2X0D9WTR41VB" + "-" * 100_000) is None
