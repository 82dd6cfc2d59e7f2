"""An import keeps what people set here, unless somebody chose the package's."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.edited_here import respect

NAMES = st.sampled_from(["name", "url", "email", "alert", "areas"])
VALUES = st.one_of(st.none(), st.text(max_size=3), st.integers(0, 2))


@settings(deadline=None)
@given(
    edited=st.dictionaries(NAMES, st.just("2026-01-01T00:00:00+00:00")),
    held=st.dictionaries(NAMES, VALUES),
    told=st.dictionaries(NAMES, VALUES),
    taken=st.sets(NAMES),
)
def test_no_field_edited_here_changes_unasked_and_every_other_follows_the_package(
    edited, held, told, taken
):
    result = respect(edited, held, told, lambda name: name in taken)
    assert result.values.keys() == told.keys()
    for name, value in result.values.items():
        ours = name in edited and name not in taken and held.get(name) != told[name]
        assert value == (held.get(name) if ours else told[name])
    # What was kept stays edited; what was taken may change again; nothing becomes edited.
    assert set(result.edited) == set(edited) - set(result.taken)
    assert set(result.taken) <= taken & set(edited)
    assert not set(result.kept) & set(result.taken)


@settings(deadline=None)
@given(edited=st.dictionaries(NAMES, st.just("x")), same=st.dictionaries(NAMES, VALUES))
def test_where_both_say_the_same_nobody_is_asked(edited, same):
    result = respect(edited, same, same, lambda _: True)
    assert (result.kept, result.taken, result.edited) == ((), (), edited)
