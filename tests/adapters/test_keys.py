"""Sealed text opens only where it was sealed, and says nothing when it does not."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.adapters.keys import KeyRing, SealError
from ccr.domain.errors import CcrError

RING = KeyRing({"a1": b"k" * 32, "b2": b"m" * 32}, "a1")
CONTEXT = "referral|question|row|compartment"


@given(st.text().filter(lambda t: "\x00" not in t))
def test_what_is_sealed_opens_to_the_same_text(text: str) -> None:
    assert RING.open(RING.seal(text, CONTEXT), CONTEXT) == text


@given(st.text(min_size=1), st.text())
def test_a_token_moved_to_another_row_does_not_open(text: str, other: str) -> None:
    token = RING.seal(text, CONTEXT)
    if other != CONTEXT:
        with pytest.raises(SealError):
            RING.open(token, other)


@given(st.binary(max_size=200))
def test_any_rubbish_is_refused_with_the_same_sentence(rubbish: bytes) -> None:
    with pytest.raises(SealError, match="cannot be opened"):
        RING.open(rubbish.decode("latin-1"), CONTEXT)


@given(st.integers(min_value=0, max_value=80))
def test_one_flipped_character_is_enough_to_refuse(position: int) -> None:
    token = RING.seal("the same text", CONTEXT)
    index = 6 + position % (len(token) - 6)
    changed = token[:index] + ("A" if token[index] != "A" else "B") + token[index + 1 :]
    if changed.rstrip("=") != token.rstrip("="):
        with pytest.raises(SealError):
            RING.open(changed, CONTEXT)


def test_an_older_key_still_opens_what_it_sealed() -> None:
    old = KeyRing({"b2": b"m" * 32}, "b2")
    assert RING.open(old.seal("kept", CONTEXT), CONTEXT) == "kept"


def test_length_says_little() -> None:
    assert len(RING.seal("yes", CONTEXT)) == len(RING.seal("no, never", CONTEXT))


def test_the_ring_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "ring.json"
    first = KeyRing.load(path)
    assert KeyRing.load(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_ring_stops_the_start_and_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    path.write_text('{"current": "a"')
    with pytest.raises(CcrError, match="damaged"):
        KeyRing.load(path)
    assert path.read_text() == '{"current": "a"'
