"""Our needs as a vocabulary: both languages, groups, and tables to other vocabularies."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from defusedxml.ElementTree import parse

from ccr.adapters.need_mappings import OtherVocabulary, Relation, need_mappings
from ccr.domain.hsds_profile import NEEDS, NEEDS_ES, OWN_TERMS
from ccr.domain.need_vocabulary import GROUPS, NEED_WORDS
from ccr.domain.taxonomy import Need
from tests.shared_data import SHARED, needs_shared

SPANISH = Path(__file__).parents[2] / "ccr/translations/es/LC_MESSAGES/messages.po"


def test_every_need_is_a_term_in_both_languages_under_a_group() -> None:
    groups = {group.code for group in GROUPS}
    assert set(NEED_WORDS) == set(Need)
    assert {words.group for words in NEED_WORDS.values()} == groups
    for prefix, vocabulary, language in (("", NEEDS, "en"), ("es:", NEEDS_ES, "es")):
        parents = {OWN_TERMS[prefix + code].id for code in groups}
        for need in Need:
            term = OWN_TERMS[prefix + need.value]
            assert term.vocabulary is vocabulary
            assert term.language == language
            assert term.parent_id in parents
            assert term.name
            assert term.description


def test_a_need_has_the_spanish_name_that_it_has_on_screen() -> None:
    with SPANISH.open("rb") as file:
        catalogue = read_po(file)
    for need, words in NEED_WORDS.items():
        assert words.name_es == catalogue[str(need.label)].string


def test_the_ids_of_our_needs_never_change() -> None:
    assert OWN_TERMS["food"].id == "f2ae0ae3-2166-5f60-9041-4e0c98f10af1"
    assert OWN_TERMS["es:food"].id == "2f42c57a-8179-53ac-b8df-77d1fd09d3ba"


@pytest.mark.parametrize("vocabulary", OtherVocabulary)
def test_a_mapping_names_each_term_once_and_has_no_couples_counselling(
    vocabulary: OtherVocabulary,
) -> None:
    lines = need_mappings(vocabulary)
    assert len({(line.need, line.code) for line in lines}) == len(lines) > 30
    assert "1387" not in {line.code for line in lines}
    of_partners = [m for m in lines if m.need is Need.ABUSIVE_PARTNER_INTERVENTION]
    assert all(line.relation is Relation.RELATED for line in of_partners)


@needs_shared
def test_every_number_of_open_eligibility_is_one_of_its_terms() -> None:
    tree = parse(SHARED / "data/open-eligibility/taxonomy.xml")
    known = {element.get("id") for element in tree.iter() if element.get("title")}
    lines = need_mappings(OtherVocabulary.OPEN_ELIGIBILITY)
    assert {line.code for line in lines} <= known
