"""Columns of any flat table: the guess, what a mapping lacks, and its JSON."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.column_fields import TARGETS, FieldGroup, RowKind, column_key, targets_in
from ccr.domain.column_mapping import (
    ColumnMapping,
    advise,
    check,
    mapping_from_json,
    suggest,
)
from ccr.domain.errors import InvalidInputError


def test_a_hand_kept_sheet_is_guessed_from_its_words_and_values() -> None:
    mapping = suggest(
        ["Agency", "Program", "Street", "Town", "Zip", "Call us", "Write us", "Confidential?"],
        [["Alder", "Pantry", "1 Elm", "Troy", "12180", "(518) 555-0142", "a@b.org", "yes"]],
    )
    assert dict(mapping.columns) == {
        "Agency": "organization_name",
        "Program": "name",
        "Street": "address_1",
        "Town": "city",
        "Zip": "postal_code",
        "Call us": "phone",
        "Write us": "email",
        "Confidential?": "private_flag",
    }
    assert check(mapping) == ()


def test_a_table_of_four_kinds_is_guessed_with_its_links_and_kinds() -> None:
    header = (
        "ResourceAgencyNum TaxonomyLevelName PublicName ParentAgencyNum ConnectsToSiteNum "
        "ConnectsToProgramNum Phone1Number Phone1IsPrivate PhysicalAddressIsPrivate "
        "MailingAddress1 ExcludeFromWebsite"
    ).split()
    rows = [["", kind] for kind in ("Agency", "Program", "Site", "ProgramAtSite")]
    mapping = suggest(header, rows)
    assert mapping.by_kind
    assert set(mapping.kinds.values()) == set(RowKind) - {RowKind.SKIP}
    assert mapping.columns["ParentAgencyNum"] == "parent_id"
    assert mapping.columns["ConnectsToSiteNum"] == "site_id"
    assert mapping.columns["Phone1IsPrivate"] == "phone_private_flag"
    assert mapping.columns["PhysicalAddressIsPrivate"] == "private_flag"
    assert "MailingAddress1" not in mapping.columns
    assert check(mapping, ["Agency", "Program"]) == ()


def test_name_beside_program_is_the_organization_s() -> None:
    assert dict(suggest(["Name", "Program"]).columns) == {
        "Name": "organization_name",
        "Program": "name",
    }


def test_a_column_that_speaks_of_privacy_in_words_is_no_mark() -> None:
    mapping = suggest(["Name", "Confidential services"], [["A", "We keep all you say to us"]])
    assert "Confidential services" not in mapping.columns


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (ColumnMapping(), "which column holds the name"),
        (ColumnMapping({"a": "name"}), "names the organization"),
        (ColumnMapping({"a": "name", "b": "name"}), "Two columns are read as"),
        (ColumnMapping({"a": "latitude"}), "only count together"),
        (ColumnMapping({"a": "name", "k": "row_kind"}), "which kind of row is a service"),
        (ColumnMapping({"a": "name", "k": "row_kind", "p": "parent_id"}), "row's own id"),
    ],
)
def test_what_is_missing_is_said_in_sentences(mapping: ColumnMapping, said: str) -> None:
    assert any(said in str(sentence) for sentence in check(mapping))


def test_kinds_that_nobody_explained_are_counted_and_not_repeated() -> None:
    mapping = ColumnMapping({"a": "name", "k": "row_kind"}, {}, {"program": RowKind.PROGRAM})
    said = " ".join(str(sentence) for sentence in check(mapping, ["Program", "Secret kind"]))
    assert "1 are not known yet" in said
    assert "Secret" not in said


def test_a_constant_may_name_the_organization() -> None:
    assert check(ColumnMapping({"a": "name"}, {"organization_name": "County"})) == ()


def test_advice_is_no_refusal() -> None:
    mapping = ColumnMapping({"a": "name", "b": "organization_name"})
    assert check(mapping) == ()
    assert len(advise(mapping)) == 2


@given(st.data())
def test_a_mapping_survives_its_json(data: st.DataObject) -> None:
    mapping = ColumnMapping(
        data.draw(st.dictionaries(st.text(max_size=9), st.sampled_from(sorted(TARGETS)))),
        data.draw(st.dictionaries(st.sampled_from(sorted(TARGETS)), st.sampled_from(["a", "b c"]))),
        data.draw(
            st.dictionaries(st.text(max_size=9).map(column_key), st.sampled_from(list(RowKind)))
        ),
    )
    assert mapping_from_json(mapping.as_json()) == mapping


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"columns": []},
        {"columns": {"a": "no such field"}},
        {"kinds": {"a": "ghost"}},
        {"constants": {"name": "x" * 400}},
        {"columns": {"a": 1}},
    ],
)
def test_what_is_no_mapping_is_refused(data: object) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        mapping_from_json(data)


def test_every_field_is_in_one_group_and_every_header_word_is_a_key() -> None:
    assert sum(len(targets_in(group)) for group in FieldGroup) == len(TARGETS)
    for field in TARGETS.values():
        assert all(column_key(word) == word for word in field.words)


@given(st.lists(st.text(max_size=12), max_size=8), st.lists(st.lists(st.text(max_size=8))))
def test_a_guess_never_fails_and_reads_no_field_twice(
    header: list[str], rows: list[list[str]]
) -> None:
    mapping = suggest(header, rows)
    assert set(mapping.columns) <= set(header)
    assert not any("Two columns" in str(sentence) for sentence in check(mapping))
