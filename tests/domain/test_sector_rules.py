"""The rules of sectors: every one has a choice that is safe, and what is kept is read with care."""

from __future__ import annotations

import pytest

from ccr.domain.sector_rules import (
    DEFAULT_RULES,
    KEY,
    RULES,
    SENDER_WORDS,
    TARGET_WORDS,
    VIA_WORDS,
    SectorRules,
    SenderGroup,
    Via,
    as_kept,
    changed,
    read_kept,
    read_via,
    rules_of,
)
from ccr.domain.taxonomy import Track
from ccr.domain.ways import Target


def test_every_rule_offers_its_default_and_has_words_and_a_source():
    for name, rule in RULES.items():
        assert rule.default in rule.options
        assert rule.source
        assert str(rule.why).endswith(".")
        assert name == f"{rule.sender}-to-{rule.target}"
    assert (set(SENDER_WORDS), set(TARGET_WORDS), set(VIA_WORDS)) == (
        set(SenderGroup),
        set(Target),
        set(Via),
    )


def test_what_no_rule_names_is_direct():
    via = DEFAULT_RULES.via(SenderGroup.POLICE, Target.VICTIM_SERVICES, Track.SURVIVOR)
    assert via is Via.DIRECT


def test_what_is_kept_is_what_differs_and_is_read_back():
    rules = rules_of({"police-to-hidden": Via.DIRECT, "court-to-hidden": Via.ADVOCATE})
    assert as_kept(rules) == {"police-to-hidden": "direct"}
    found = read_kept({KEY: as_kept(rules), "weights": {"reach": 90}})
    assert (found.rules, found.notes) == (rules, ())
    assert changed(DEFAULT_RULES, rules) == ("police-to-hidden",)
    assert found.rules.via(SenderGroup.POLICE, Target.HIDDEN, Track.CHILD) is Via.DIRECT


@pytest.mark.parametrize("stored", [{}, {KEY: {}}, {KEY: None}])
def test_without_anything_kept_the_defaults_count(stored):
    assert read_kept(stored).rules == DEFAULT_RULES
    assert read_kept(stored).notes == ()


@pytest.mark.parametrize(
    "kept", [{"police-to-hidden": "consulted"}, {"moon": "direct"}, {"court-to-hidden": 3}]
)
def test_what_cannot_be_used_is_left_aside_with_a_note(kept):
    found = read_kept({KEY: kept})
    assert found.rules == DEFAULT_RULES
    assert len(found.notes) == 1


def test_what_is_no_table_at_all_is_left_aside_with_a_note():
    assert [str(note) for note in read_kept({KEY: "direct"}).notes] == [
        "The stored rules cannot be read."
    ]


def test_a_program_for_abusive_partners_cannot_be_let_past_the_advocates():
    for target in Target:
        assert read_via(f"apip-to-{target}", "direct") is None
    assert read_kept({KEY: {"apip-to-hidden": "direct"}}).rules == DEFAULT_RULES
    assert SectorRules().value("apip-to-others") is Via.CONSULTED
