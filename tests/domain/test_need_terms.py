"""Needs are read where the words say so, and never from couples counseling or mediation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.need_terms import (
    ABUSE_NEEDS,
    NeedMatch,
    NeedTerms,
    Refusal,
    ServiceWords,
    fold,
    tracks_for,
)
from ccr.domain.taxonomy import Need, Population, Track
from tests.package_builders import REFERENCE, load_need_terms

TERMS = load_need_terms(REFERENCE / "need_terms.csv")


def match(
    name: str = "",
    *,
    keywords: tuple[str, ...] = (),
    terms: tuple[str, ...] = (),
    description: str = "",
) -> NeedMatch:
    return TERMS.match(
        ServiceWords(
            name,
            terms=tuple(("", "", term) for term in terms),
            keywords=keywords,
            description=description,
        )
    )


def test_every_need_code_of_the_table_is_known_and_every_need_but_none_is_reachable() -> None:
    reached = {rule.need for rules in TERMS.rules.values() for rule in rules if rule.need}
    assert reached == set(Need)


@pytest.mark.parametrize(
    ("name", "need"),
    [
        ("Hudson Food Pantry", Need.FOOD),
        ("Domestic Violence Hotline (24 hours)", Need.HOTLINE),
        ("Women's Shelter", Need.EMERGENCY_SHELTER),
        ("Orders of Protection Help Desk", Need.PROTECTION_ORDER),
        ("Supervised Visitation", Need.SUPERVISED_VISITATION),
        ("Batterer's Intervention Program", Need.ABUSIVE_PARTNER_INTERVENTION),
        ("Trauma Counselling", Need.COUNSELING),
        ("County Probation", Need.SUPERVISION),
        ("Immigration Legal Project", Need.IMMIGRATION_LAW),
    ],
)
def test_a_name_gives_its_need(name: str, need: Need) -> None:
    assert need in match(name).needs


def test_open_eligibility_terms_give_needs_by_name() -> None:
    found = match("Program", terms=("Help Escape Violence", "Safe Housing"))
    assert {Need.ADVOCACY, Need.EMERGENCY_SHELTER, Need.IMMEDIATE_SAFETY} <= found.needs
    assert found.about_violence


def test_a_bare_open_eligibility_1_code_gives_its_need() -> None:
    words = ServiceWords("Program", terms=(("", "102-04", ""),))
    assert TERMS.match(words).needs == {Need.FOOD}


def test_a_bare_number_is_only_a_code_when_its_vocabulary_is_named() -> None:
    named = ServiceWords("Program", terms=(("Open Eligibility 2.0", "1130", ""),))
    nameless = ServiceWords("Program", terms=(("Somebody's own", "1130", ""),))
    assert TERMS.match(named).needs == {Need.FOOD}
    assert TERMS.match(nameless).needs == frozenset()


def test_foreign_codes_stay_opaque() -> None:
    words = ServiceWords("Program", terms=(("211", "BH-1800.1500-100", ""),))
    assert TERMS.match(words).needs == frozenset()


def test_the_longest_phrase_takes_its_words() -> None:
    assert match("Animal Shelter").needs == {Need.PETS}


def test_a_name_that_says_nothing_gives_no_need() -> None:
    assert match("Yellow Door Project", description="A place for everybody.").needs == frozenset()


def test_a_description_never_gives_an_answer_to_abuse() -> None:
    found = match(
        "Front Desk",
        description="We refer to a domestic violence shelter and hotline. Our food pantry is open.",
    )
    assert found.needs == {Need.FOOD}
    assert not found.needs & ABUSE_NEEDS


def test_a_description_that_denies_a_thing_does_not_give_it() -> None:
    assert match("Front Desk", description="There is no food pantry here.").needs == frozenset()


@pytest.mark.parametrize(
    "name",
    [
        "Couples Counseling",
        "Couples' Counselling",
        "Marriage and Family Therapy",
        "Family Counseling Center",
        "Divorce Mediation",
        "Anger Management Classes",
        "Relationship counseling for survivors of domestic violence",
        "Individual, Couples and Family Counseling",
        "Domestic Violence Mediation",
    ],
)
def test_couples_counseling_mediation_and_anger_management_get_no_need(name: str) -> None:
    found = match(name, keywords=("Domestic Violence Services", "Support Groups"))
    assert found.refusal is Refusal.WHOLE
    assert found.needs == frozenset()
    assert tracks_for(found) == frozenset()


def test_a_service_whose_terms_are_all_refused_gets_no_need() -> None:
    assert match("Peace Project", keywords=("Mediation",)).refusal is Refusal.WHOLE


def test_beside_a_refused_term_needs_it_might_pass_for_are_left_out() -> None:
    found = match(
        "Family Visitation Center",
        keywords=("Mediation", "Parental Visitation Monitoring", "Individual Counseling"),
    )
    assert found.refusal is Refusal.PART
    assert found.needs == {Need.SUPERVISED_VISITATION}


def test_a_shelter_that_also_counsels_families_stays_a_shelter() -> None:
    found = match("Women's Shelter", description="With family counseling for residents.")
    assert Need.EMERGENCY_SHELTER in found.needs
    assert Need.COUNSELING not in found.needs


@pytest.mark.parametrize(
    "text", ["Remediation of lead paint", "Medication management", "This is not anger management"]
)
def test_words_that_only_look_refused_are_not(text: str) -> None:
    assert match("Office", description=text).refusal is Refusal.NONE


def test_survivors_and_abusive_partners_in_one_service_keep_the_survivors() -> None:
    found = match("Safe Start", keywords=("Emergency Shelter", "Batterers Intervention"))
    assert found.both_sides
    assert Need.ABUSIVE_PARTNER_INTERVENTION not in found.needs


@pytest.mark.parametrize(
    ("name", "tracks"),
    [
        ("Batterer Intervention", {Track.ABUSIVE_PARTNER}),
        ("Safety Planning", {Track.SURVIVOR, Track.CHILD}),
        ("Food Pantry", set(Track)),
        ("Emergency shelter for domestic violence", {Track.SURVIVOR, Track.CHILD}),
        ("Homeless Shelter", set(Track)),
    ],
)
def test_tracks_follow_from_needs(name: str, tracks: set[Track]) -> None:
    assert tracks_for(match(name)) == tracks


def test_populations_are_facets() -> None:
    assert Population.LGBTQ in match("LGBTQ Support Group").populations


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "words", "term": "x", "need": "no-such-need", "population": "", "confidence": "1"},
        {"kind": "sound", "term": "x", "need": "food", "population": "", "confidence": "1"},
        {"kind": "words", "term": "x", "need": "food", "population": "", "confidence": "2"},
        {"kind": "words", "term": "?", "need": "food", "population": "", "confidence": "1"},
        {"kind": "words", "term": "x", "need": "", "population": "", "confidence": "1"},
        {"term": "x"},
    ],
)
def test_a_table_row_that_cannot_be_read_is_refused_with_its_number(row: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="row 1 "):
        NeedTerms.from_rows([row])


@given(st.text(max_size=200), st.lists(st.text(max_size=40), max_size=5))
def test_any_text_is_matched_without_failing(name: str, keywords: list[str]) -> None:
    found = TERMS.match(ServiceWords(name, keywords=tuple(keywords), description=name))
    assert all(0 < score <= 1 for score in found.scores.values())


@given(st.text(max_size=100))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(
    st.sampled_from(["couples counseling", "mediation", "anger management"]),
    st.sampled_from([r for r in TERMS.rules if r[0] == "words"]),
)
def test_no_rule_of_the_table_brings_back_a_refused_name(refused: str, rule: tuple) -> None:
    assert match(f"{rule[1]} {refused}").needs == frozenset()
