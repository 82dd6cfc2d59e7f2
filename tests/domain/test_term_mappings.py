"""What a mapping changes of listings, and what it never does."""

from __future__ import annotations

from uuid import UUID

import pytest

from ccr.domain.need_terms import ABUSE_NEEDS, NeedTerms, ServiceWords, TermKey
from ccr.domain.taxonomy import CompartmentKind, Need, Track
from ccr.domain.term_mappings import Carrier, MetTerm, plan_mapping, terms_in_order

TABLE = NeedTerms.from_rows(
    [
        {"kind": "words", "term": "pantry", "need": "food", "population": "", "confidence": "0.9"},
        {"kind": "words", "term": "rides", "need": "transport", "population": "",
         "confidence": "0.9"},
    ]
)  # fmt: skip
CODE: TermKey = ("211", "BH-1800.1500-100", "")
PANTRY: TermKey = ("", "", "Pantry")


def carrier(*needs: str, name: str = "X", terms=(), **more) -> Carrier:
    words = ServiceWords(name=name, terms=(("211", "BH-1800.1500-100", "Opaque"), *terms))
    given = {"tracks": (), "edited": frozenset(), "kind": CompartmentKind.GENERAL, **more}
    return Carrier(UUID(int=1), name, 1, words=words, needs=frozenset(needs), **given)


def plan(held: Carrier, before: dict, after: dict, wanted=()):
    return plan_mapping([held], TABLE.with_mappings(before), TABLE.with_mappings(after), wanted)


def test_a_mapping_adds_its_needs_and_whom_they_are_for_and_goes_without_a_trace() -> None:
    needs = frozenset({Need.HOUSING})
    (change,) = plan(carrier(), {}, {CODE: needs}, needs).changes
    assert change.added == {"housing"}
    assert set(change.tracks) == {track.value for track in Track}
    held = carrier("housing", tracks=change.tracks, by_mapping=frozenset({"housing"}))
    (back,) = plan(held, {CODE: needs}, {}).changes
    assert (back.removed, back.tracks) == ({"housing"}, ())


def test_a_need_that_the_words_or_nothing_here_explains_outlives_a_mapping() -> None:
    needs = frozenset({Need.FOOD})
    pantry = carrier("food", "pets", name="Pantry", by_mapping=frozenset({"food"}))
    assert plan(pantry, {CODE: needs}, {}).changes == ()


def test_none_of_ours_takes_away_what_the_words_of_the_term_alone_gave() -> None:
    held = carrier("food", "pets", terms=(PANTRY,))
    (change,) = plan(held, {}, {PANTRY: frozenset()}).changes
    assert (change.removed, change.added) == ({"food"}, frozenset())


def test_a_mapping_brings_nothing_that_it_does_not_speak_of() -> None:
    needs = frozenset({Need.HOUSING})
    held = carrier(name="Pantry and rides")
    (change,) = plan(held, {}, {CODE: needs}, needs).changes
    assert change.added == {"housing"}
    food = frozenset({Need.FOOD})
    (change,) = plan(held, {}, {CODE: food}, food).changes
    assert change.added == {"food"}


def test_what_a_person_said_is_left_alone() -> None:
    needs = frozenset({Need.HOUSING})
    found = plan(carrier("pets", edited=frozenset({"needs"})), {}, {CODE: needs}, needs)
    assert (found.changes, found.described) == ((), 1)


@pytest.mark.parametrize(
    "name", ["Couples Counseling", "Family counselling", "Mediation", "Anger management"]
)
def test_no_mapping_makes_couples_counseling_an_answer_to_abuse(name: str) -> None:
    for needs in (ABUSE_NEEDS, *({need} for need in ABUSE_NEEDS)):
        found = plan(carrier(name=name), {}, {CODE: frozenset(needs)}, needs)
        assert found.changes == ()
        assert found.refused == 1


def test_help_for_abusive_partners_is_never_put_where_it_may_not_stand() -> None:
    needs = frozenset({Need.ABUSIVE_PARTNER_INTERVENTION})
    for kind in (CompartmentKind.VICTIM_SERVICES, CompartmentKind.GENERAL):
        found = plan(carrier(kind=kind), {}, {CODE: needs}, needs)
        assert (found.changes, found.refused) == ((), 1)
    assert plan(carrier(kind=CompartmentKind.APIP), {}, {CODE: needs}, needs).changes


def test_terms_stand_undecided_first_then_by_listings_and_are_found_by_any_of_their_words() -> None:
    def met(number: int, taxonomy: str, code: str, name: str, listings: int) -> MetTerm:
        return MetTerm(UUID(int=number), taxonomy, code, name, listings)

    few, many = met(1, "211", "BD-1", "Food", 2), met(2, "211", "BD-2", "Beds", 9)
    said, plain = met(3, "211", "BH-1800.1500-100", "Opaque", 50), met(4, "", "", "Pantry", 2)
    mappings = {CODE: frozenset({Need.HOUSING}), PANTRY: frozenset()}
    found = terms_in_order([said, few, plain, many], mappings, "")
    assert [term.id.int for term in found] == [2, 1, 3, 4]
    assert [term.mapped for term in found] == [None, None, {Need.HOUSING}, frozenset()]
    for words, ids in (("bd-", [2, 1]), ("PANT", [4]), ("211", [3, 2, 1]), ("%", [])):
        assert [term.id.int for term in terms_in_order(found, {}, words)] == ids
