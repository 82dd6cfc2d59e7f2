from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.disclosure import (
    ACCESS_SHARES,
    AGE_SHARES,
    ASK_ON_THE_CALL,
    CHILDREN_SHARES,
    CHILDREN_YES,
    INTERPRETER_NEEDED,
    LANGUAGE_SHARES,
    LEAST_PEOPLE,
    AgeShown,
    Fact,
    ReferralFacts,
    Shown,
    coarsen,
    expected_people,
    preview,
)
from ccr.domain.taxonomy import Access, AgeBand, Need, Track, Transport, Urgency
from tests.referral_builders import make_facts

TROY = {"county_zips": 27, "area_zips": 3}

facts_of = st.builds(
    ReferralFacts,
    needs=st.lists(st.sampled_from(Need), min_size=1, max_size=5, unique=True).map(tuple),
    county_fips=st.just("36083"),
    county=st.just("Rensselaer County, NY"),
    urgency=st.sampled_from(Urgency),
    track=st.sampled_from(Track),
    area=st.sampled_from([None, "Troy, NY"]),
    language=st.sampled_from([None, "mix", *LANGUAGE_SHARES]),
    age=st.sampled_from([None, *AgeShown]),
    access=st.one_of(
        st.frozensets(st.sampled_from([a.value for a in Access])),
        st.just(frozenset({ASK_ON_THE_CALL})),
    ),
    children=st.sampled_from([None, "0", "1", "2", "3", "8", CHILDREN_YES]),
    transport=st.sampled_from([None, *Transport]),
)
zips = st.fixed_dictionaries({"county_zips": st.integers(0, 200), "area_zips": st.integers(0, 40)})


def test_a_rare_language_and_age_are_made_broader_and_the_town_stays():
    facts = make_facts(language="mix", age=AgeShown.YOUNG_ADULT)
    result = coarsen(facts, **TROY)
    assert result.broader == (Fact.LANGUAGE, Fact.AGE)
    assert result.facts == replace(facts, language=INTERPRETER_NEEDED, age=AgeShown.ADULT)
    assert not result.still_rare


def test_common_facts_are_left_alone():
    facts = make_facts(language="en", age=AgeShown.MID_ADULT)
    assert coarsen(facts, **TROY).facts == facts
    assert coarsen(facts, **TROY).broader == ()


def test_everything_is_made_broader_in_the_fixed_order_in_a_small_county():
    facts = make_facts(
        language="mix", age=AgeShown.TEEN, access=frozenset({"deaf", "blind"}), children="3"
    )
    result = coarsen(facts, county_zips=2, area_zips=1)
    assert result.broader == (Fact.LANGUAGE, Fact.AGE, Fact.ACCESS, Fact.AREA, Fact.CHILDREN)
    assert result.facts == replace(
        facts,
        language=INTERPRETER_NEEDED,
        age=AgeShown.UNDER_18,
        access=frozenset({ASK_ON_THE_CALL}),
        area=None,
        children=CHILDREN_YES,
    )
    assert result.still_rare


def test_the_threshold_is_eleven_hundred_people():
    assert LEAST_PEOPLE == 1_100
    facts = make_facts(area=None, language=None, age=None)
    assert expected_people(facts, county_zips=3) == 24_000


@given(facts_of, zips)
def test_making_broader_never_makes_finer(facts, place):
    result = coarsen(facts, **place)
    after = result.facts
    assert result.people >= expected_people(facts, **place)
    assert after.language in {facts.language, INTERPRETER_NEEDED}
    assert after.age in {facts.age, AgeShown.ADULT, AgeShown.UNDER_18}
    assert (after.age is None) == (facts.age is None)
    assert after.access in {facts.access, frozenset({ASK_ON_THE_CALL})}
    assert bool(after.access) == bool(facts.access)
    assert after.area in {facts.area, None}
    assert after.children in {facts.children, CHILDREN_YES}
    same = {"language": None, "age": None, "access": frozenset(), "area": None, "children": None}
    assert replace(after, **same) == replace(facts, **same)


@given(facts_of, zips)
def test_doing_it_twice_changes_nothing_more(facts, place):
    once = coarsen(facts, **place)
    twice = coarsen(once.facts, **place)
    assert twice.facts == once.facts
    assert twice.broader == ()


@given(facts_of, zips)
def test_what_is_sent_is_not_rare_or_is_as_broad_as_it_can_be(facts, place):
    after = coarsen(facts, **place)
    if not after.still_rare:
        return
    assert after.facts.area is None
    assert after.facts.language in {None, "en", INTERPRETER_NEEDED}
    assert after.facts.age in {None, AgeShown.ADULT, AgeShown.UNDER_18}
    assert after.facts.access in {frozenset(), frozenset({ASK_ON_THE_CALL})}
    assert after.facts.children in {None, "0", CHILDREN_YES}


@given(facts_of, zips, st.randoms())
def test_the_order_in_which_facts_were_given_does_not_matter(facts, place, rng):
    access = list(facts.access)
    rng.shuffle(access)
    other = replace(facts, access=frozenset(access))
    assert coarsen(other, **place) == coarsen(facts, **place)


@given(facts_of, zips, st.integers(1, 50))
def test_a_larger_county_is_never_sent_broader_facts(facts, place, more):
    larger = dict(place, county_zips=place["county_zips"] + more)
    assert len(coarsen(facts, **larger).broader) <= len(coarsen(facts, **place).broader)


def test_a_broader_value_never_has_a_smaller_share():
    assert LANGUAGE_SHARES[INTERPRETER_NEEDED] >= max(
        share for code, share in LANGUAGE_SHARES.items() if code != "en"
    )
    assert ACCESS_SHARES[ASK_ON_THE_CALL] >= max(ACCESS_SHARES.values())
    assert CHILDREN_SHARES[CHILDREN_YES] >= max(CHILDREN_SHARES[c] for c in ("1", "2", "3"))
    young = (AgeShown.UNDER_13, AgeShown.TEEN)
    grown = (AgeShown.YOUNG_ADULT, AgeShown.MID_ADULT, AgeShown.OLDER)
    assert AGE_SHARES[AgeShown.UNDER_18] >= max(AGE_SHARES[a] for a in young)
    assert AGE_SHARES[AgeShown.ADULT] >= max(AGE_SHARES[a] for a in grown)
    assert set(ACCESS_SHARES) == {a.value for a in Access} | {ASK_ON_THE_CALL}
    assert set(AGE_SHARES) == set(AgeShown) >= {AgeShown(band.value) for band in AgeBand}


def test_the_preview_reads_fact_by_fact_before_and_after():
    facts = make_facts(
        language="mix",
        age=AgeShown.YOUNG_ADULT,
        children="2",
        transport=Transport.TRANSIT,
        access=frozenset({"pets"}),
    )
    rows = {row.fact: row for row in preview(coarsen(facts, **TROY), has_question=True)}
    assert list(rows) == list(Fact)
    seen_before = {f for f, row in rows.items() if row.before_shown is Shown.VALUE}
    assert seen_before == {Fact.NEEDS, Fact.COUNTY, Fact.URGENCY}
    assert [str(p) for p in rows[Fact.NEEDS].before] == ["Advocacy", "Protection order"]
    assert [str(p) for p in rows[Fact.LANGUAGE].after] == ["Interpreter needed"]
    assert rows[Fact.LANGUAGE].broader
    assert rows[Fact.TRACK].before_shown is Shown.NOT_SHOWN
    assert [str(p) for p in rows[Fact.CHILDREN].after] == ["Yes, 2"]
    assert [str(p) for p in rows[Fact.TRANSPORT].after] == ["Bus or train"]
    assert rows[Fact.QUESTION].after_shown is Shown.VALUE
    assert rows[Fact.IDENTITY].after_shown is Shown.NO_SUCH_FIELD
    assert all(str(fact.label) for fact in Fact)


@given(facts_of, zips)
def test_the_preview_never_shows_more_before_accepting_than_need_county_and_urgency(facts, place):
    for row in preview(coarsen(facts, **place)):
        if row.fact not in {Fact.NEEDS, Fact.COUNTY, Fact.URGENCY}:
            assert row.before == ()
            assert row.before_shown in {Shown.NOT_SHOWN, Shown.NO_SUCH_FIELD}


@pytest.mark.parametrize(
    ("changes", "fact", "said"),
    [
        ({"area": None}, Fact.AREA, ["The county only"]),
        ({"area": "Troy, NY"}, Fact.AREA, ["Troy, NY area"]),
        ({"language": "es"}, Fact.LANGUAGE, ["Spanish"]),
        ({"language": None}, Fact.LANGUAGE, []),
        ({"age": AgeShown.UNDER_18}, Fact.AGE, ["Under 18"]),
        ({"age": AgeShown.OLDER}, Fact.AGE, ["60 or over"]),
        ({"children": "0"}, Fact.CHILDREN, ["No"]),
        ({"children": "2"}, Fact.CHILDREN, ["Yes, 2"]),
        ({"children": None}, Fact.CHILDREN, []),
        ({"access": frozenset({"ask"})}, Fact.ACCESS, ["Access needs: ask on the call"]),
    ],
)
def test_facts_in_words(changes, fact, said):
    facts = make_facts(**changes)
    row = next(r for r in preview(coarsen(facts, county_zips=200, area_zips=200)) if r.fact is fact)
    assert [str(p) for p in row.after] == said
    assert row.after_shown is (Shown.VALUE if said else Shown.NOT_ASKED)
