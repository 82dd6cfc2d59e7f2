"""Codes that are read out, and tokens that are signed for one purpose."""

from __future__ import annotations

import random
import re
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.adapters.answer_codes import code_hash, draw_code
from ccr.adapters.link_tokens import SIGNED_LENGTH, read_token, signed_token

REFERRAL = uuid4()


def test_a_code_is_six_digits_and_opens_however_it_is_typed():
    code = draw_code(random.Random(7))
    assert re.fullmatch(r"\d{3} \d{3}", code)
    kept = code_hash(code, REFERRAL, "secret")
    for typed in (
        code.replace(" ", ""),
        code.replace(" ", "-"),
        f" {code} ",
        "".join(f"{c} " for c in code),
    ):
        assert code_hash(typed, REFERRAL, "secret") == kept
    assert code_hash(code, uuid4(), "secret") != kept
    assert code_hash(code, REFERRAL, "another") != kept


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "1" * 5_000, "12 34 56" * 9]
)
def test_what_cannot_be_a_code_is_none(typed):
    assert code_hash(typed, REFERRAL, "secret") == ""


def test_a_signed_token_is_read_back_for_its_purpose_alone():
    link_id = uuid4()
    token = signed_token(link_id, "answer", "secret")
    assert len(token) == SIGNED_LENGTH
    assert read_token(token, "answer", "secret") == link_id
    assert read_token(token, "check", "secret") is None
    assert read_token(token, "answer", "another") is None


@given(
    st.text(max_size=80) | st.text("AZaz09-_=+/", min_size=SIGNED_LENGTH, max_size=SIGNED_LENGTH)
)
def test_nothing_that_we_did_not_sign_is_read(text):
    assert read_token(text, "answer", "secret") is None
