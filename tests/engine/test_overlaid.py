"""A dictionary with changes laid over it is the dictionary with the changes made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.engine import overlaid
from ccr.engine.overlaid import Overlaid

keys = st.integers(0, 8)
changes = st.dictionaries(keys, st.one_of(st.none(), st.text(max_size=2)))


@given(st.dictionaries(keys, st.text(max_size=2)), st.lists(changes, max_size=4))
def test_it_is_the_dictionary_with_the_changes_made(base, many):
    layered, made = dict(base), dict(base)
    for change in many:
        before = dict(layered)
        later = Overlaid(layered, change)
        assert dict(layered) == before
        layered = later
        made = {k: v for k, v in {**made, **change}.items() if v is not None}
    assert dict(layered) == made
    assert layered == made
    assert len(layered) == len(made)
    for key in range(10):
        assert layered.get(key) == made.get(key)
        assert (key in layered) == (key in made)


def test_too_many_changes_become_one_dictionary(monkeypatch):
    monkeypatch.setattr(overlaid, "MOST_CHANGES", 3)
    layered = {0: "a"}
    for key in range(1, 6):
        layered = Overlaid(layered, {key: "b", 0: None if key == 5 else "a"})
    assert dict(layered) == dict.fromkeys(range(1, 6), "b")
    with pytest.raises(KeyError):
        layered[0]
