"""What a program says of itself: silence is unknown and never a no; nothing rates it."""

from __future__ import annotations

import dataclasses
import re

import pytest

from ccr.domain.errors import InvalidInputError
from ccr.domain.program_policies import Policy, ProgramFacts, checked_facts, may_supervise
from ccr.domain.taxonomy import Known, MemberCategory
from tests.builders import make_id, make_member

RATING = re.compile(r"rating|rate_|score|star|success|recidiv|completion|rank|effective")


def test_r6_what_is_not_said_is_unknown_and_never_a_no() -> None:
    facts = ProgramFacts({Policy.CONSULTS: Known.NO})
    assert facts.says(Policy.CONSULTS) is Known.NO
    assert facts.says(Policy.THREATS) is Known.UNKNOWN
    kept = checked_facts(ProgramFacts({Policy.THREATS: Known.UNKNOWN}), {})
    assert kept.policies == {}


def test_r12_no_field_of_a_program_rates_it() -> None:
    names = [field.name for field in dataclasses.fields(ProgramFacts)]
    names += [policy.value for policy in Policy if policy is not Policy.NO_CLAIMS]
    assert not [name for name in names if RATING.search(name)]


def test_only_public_authorities_supervise() -> None:
    allowed = {
        category for category in MemberCategory if may_supervise(make_member(category=category))
    }
    assert allowed == {
        MemberCategory.GOVERNMENT, MemberCategory.LAW_ENFORCEMENT, MemberCategory.LEGAL
    }  # fmt: skip


def test_an_authority_is_a_member_that_may_be_one() -> None:
    court = make_member(category=MemberCategory.LEGAL)
    shelter = make_member(category=MemberCategory.VICTIM_SERVICES)
    members = {court.id: court, shelter.id: shelter}
    assert checked_facts(ProgramFacts({}, (court.id, court.id)), members).authorities == (court.id,)
    for chosen in ((shelter.id,), (make_id(),), tuple(make_id() for _ in range(21))):
        with pytest.raises(InvalidInputError) as refused:
            checked_facts(ProgramFacts({}, chosen), members)
        assert refused.value.field == "authorities"
