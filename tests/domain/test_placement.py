"""What a program's own rules propose, with the reason of each, and never a decision."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.adapters.risk_instruments import risk_instruments
from ccr.domain.errors import InvalidInputError
from ccr.domain.placement import (
    Contact,
    PlacementRule,
    cases_of,
    checked_rule,
    propose,
)
from ccr.domain.program_groups import Group, Level
from ccr.domain.risk_instruments import Band
from tests.domain.test_risk_information import result

CATALOGUE = risk_instruments()
DEFAULT = PlacementRule("", "", False, Level.STANDARD, Contact.WEEKLY)
DVSI_HIGH = PlacementRule("dvsi-r", "high", False, Level.INTENSIVE, Contact.WEEKLY)
DVSI_LOW = PlacementRule("dvsi-r", "low", False, Level.BASIC, Contact.MONTHLY)
ODARA_HIGH = PlacementRule("odara", "high", False, Level.STANDARD, Contact.TWICE_WEEKLY)
JUDGED = PlacementRule("", "", True, Level.INTENSIVE, Contact.TWICE_WEEKLY)
RULES = (DEFAULT, DVSI_HIGH, DVSI_LOW, ODARA_HIGH, JUDGED)


def test_a_rule_that_speaks_proposes_its_level_and_is_shown_as_the_reason() -> None:
    proposal = propose([DEFAULT, DVSI_HIGH], [result()], [])
    assert (proposal.level, proposal.contact) == (Level.INTENSIVE, Contact.WEEKLY)
    assert [reason.rule for reason in proposal.reasons] == [DVSI_HIGH, DEFAULT]
    assert proposal.ruled


def test_of_several_rules_the_highest_counts_and_each_is_shown() -> None:
    results = [result(), result(instrument="odara")]
    proposal = propose(RULES, results, [])
    assert (proposal.level, proposal.contact) == (Level.INTENSIVE, Contact.TWICE_WEEKLY)
    assert {r.rule: r.counts for r in proposal.reasons} == {
        DVSI_HIGH: True,
        ODARA_HIGH: True,
        DEFAULT: False,
    }


def test_r43_a_low_band_never_leads_below_the_default() -> None:
    proposal = propose(RULES, [result(band=Band.LOW)], [])
    assert (proposal.level, proposal.contact) == (Level.STANDARD, Contact.WEEKLY)
    assert {r.rule: r.counts for r in proposal.reasons} == {DVSI_LOW: False, DEFAULT: True}


def test_where_no_rule_speaks_the_default_stands_and_the_facilitator_weighs_the_result() -> None:
    moderate = result(band=Band.MODERATE)
    proposal = propose(RULES, [moderate], [])
    assert (proposal.level, proposal.contact) == (Level.STANDARD, Contact.WEEKLY)
    assert not proposal.ruled
    assert proposal.unanswered == (moderate,)
    without = propose([], [], [])
    assert (without.level, without.reasons, without.ruled) == (Level.STANDARD, (), False)


def test_judgement_counts_beside_the_lowest_band() -> None:
    proposal = propose(RULES, [result(band=Band.LOW, score=0, high_danger=True)], [])
    assert (proposal.level, proposal.contact) == (Level.INTENSIVE, Contact.TWICE_WEEKLY)


def group(name: str, level: Level, **more: object) -> Group:
    return Group(uuid4(), name, 0, "18:00", "20:00", level=level, **more)  # type: ignore[arg-type]


def test_groups_of_the_level_are_offered_those_with_room_first() -> None:
    groups = [
        group("Monday", Level.INTENSIVE, places=8, taken=8),
        group("Tuesday", Level.STANDARD),
        group("Wednesday", Level.INTENSIVE, places=8, taken=7),
        group("Thursday", Level.INTENSIVE, active=False),
    ]
    fitting = propose(RULES, [result()], groups).groups
    assert [one.name for one in fitting] == ["Wednesday", "Monday"]


@given(
    st.lists(st.sampled_from(RULES), unique=True),
    st.lists(
        st.builds(
            result,
            instrument=st.sampled_from(["dvsi-r", "odara", "sara"]),
            band=st.sampled_from([Band.LOW, Band.MODERATE, Band.HIGH]),
            high_danger=st.booleans(),
        ),
        max_size=3,
    ),
    st.sampled_from([Band.LOW, Band.MODERATE, Band.HIGH]),
)
def test_r43_one_more_result_never_proposes_less(
    rules: list[PlacementRule], results: list[object], band: Band
) -> None:
    before = propose(rules, results, [])  # type: ignore[arg-type]
    after = propose(rules, [*results, result(band=band)], [])  # type: ignore[list-item]
    assert list(Level).index(after.level) >= list(Level).index(before.level)
    assert list(Contact).index(after.contact) >= list(Contact).index(before.contact)


@pytest.mark.parametrize(
    "rule",
    [
        PlacementRule("da", "extreme", False, Level.INTENSIVE, Contact.WEEKLY),
        PlacementRule("dvsi-r", "extreme", False, Level.INTENSIVE, Contact.WEEKLY),
        PlacementRule("made-up", "high", False, Level.INTENSIVE, Contact.WEEKLY),
        PlacementRule("dvsi-r", "high", True, Level.INTENSIVE, Contact.WEEKLY),
        PlacementRule("", "high", False, Level.INTENSIVE, Contact.WEEKLY),
    ],
)
def test_a_rule_about_nothing_that_can_reach_the_program_is_refused(rule: PlacementRule) -> None:
    with pytest.raises(InvalidInputError):
        checked_rule(rule, CATALOGUE)
    for known in RULES:
        assert checked_rule(known, CATALOGUE) is known
    assert ("dvsi-r", Band.HIGH) in cases_of(CATALOGUE)
    assert "da" not in {code for code, _ in cases_of(CATALOGUE)}
