"""Who may decide on a change, what waits, and what may be told of a hidden place."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.listing_fields import (
    RISKY_FIELDS,
    ROW_FIELDS,
    changes_public_part,
    check_emergency_housing,
    check_hidden_stays_hidden,
    plain_part,
    risky_part,
)
from ccr.domain.listing_review import (
    LONGEST_WORDS,
    Proposal,
    ProposalKind,
    ProposalState,
    WhatIsWrong,
    check_may_decide,
    check_words,
    issues_for,
    waits,
)
from ccr.domain.taxonomy import CompartmentKind


def proposal(**changes) -> Proposal:
    values = {
        "id": uuid4(),
        "network_id": uuid4(),
        "service_id": uuid4(),
        "kind": ProposalKind.EDIT,
        "state": ProposalState.WAITING,
        "compartment_id": uuid4(),
        "account_id": uuid4(),
        "created_at": datetime(2026, 11, 12, tzinfo=UTC),
    }
    return Proposal(**(values | changes))


def test_nobody_decides_on_their_own_proposal_and_nobody_decides_twice() -> None:
    waiting = proposal()
    check_may_decide(waiting, uuid4())
    with pytest.raises(IllegalTransitionError, match="your own"):
        check_may_decide(waiting, waiting.account_id)
    for state in set(ProposalState) - {ProposalState.WAITING}:
        with pytest.raises(IllegalTransitionError, match="meanwhile"):
            check_may_decide(proposal(state=state), uuid4())


def test_what_nobody_signed_can_be_decided_by_anybody_at_the_desk() -> None:
    check_may_decide(proposal(account_id=None, kind=ProposalKind.SUGGESTION), uuid4())
    check_may_decide(proposal(account_id=None, kind=ProposalKind.SUGGESTION), None)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from((*ROW_FIELDS, "phones", "needs", "areas")), st.integers()))
def test_every_change_is_either_risky_or_plain(changes) -> None:
    risky, plain = risky_part(changes), plain_part(changes)
    assert risky | plain == changes
    assert not risky.keys() & plain.keys()
    assert waits(risky, 1) is bool(risky)
    assert not waits(risky, 0)


def test_phones_people_and_state_are_risky_and_words_are_not() -> None:
    assert {"phones", "needs", "tracks", "minimum_age", "status", "do_not_refer"} <= RISKY_FIELDS
    assert not RISKY_FIELDS & {"description", "opening_hours", "url", "areas", "sites"}


def test_a_private_phone_is_no_public_change() -> None:
    private = {"number": "1", "is_private": True}
    public = {"number": "2", "is_private": False}
    assert not changes_public_part({"phones": [public]}, {"phones": [public, private]})
    assert changes_public_part({"phones": [public]}, {"phones": []})
    assert not changes_public_part({"email": None}, {"email": "a@example.org"})


def test_of_a_hidden_service_no_words_and_no_move_are_taken() -> None:
    assert check_words("They are at 14 Elm Street", confidential=True) == ""
    assert WhatIsWrong.MOVED not in issues_for(confidential=True)
    assert WhatIsWrong.MOVED in issues_for(confidential=False)
    assert check_words(" x ", confidential=False) == "x"
    with pytest.raises(InvalidInputError):
        check_words("x" * (LONGEST_WORDS + 1), confidential=False)


@settings(max_examples=60, deadline=None)
@given(st.text(), st.sampled_from(["description", "alert", "hours_text", "name"]))
def test_a_public_service_may_say_anything(text, name) -> None:
    check_hidden_stays_hidden({name: text, "sites": ["x"]}, confidential=False)


def test_emergency_housing_of_victim_services_gets_no_public_place_unauthorized() -> None:
    house = {"needs": ["emergency-shelter"], "sites": []}
    office = {"needs": ["advocacy"], "sites": ["a"]}
    victim_services = CompartmentKind.VICTIM_SERVICES
    for held, changes, field in (
        (house, {"sites": ["a"]}, "sites"),
        (office, {"needs": ["advocacy", "emergency-shelter"]}, "needs"),
    ):
        with pytest.raises(InvalidInputError, match="authorization") as caught:
            check_emergency_housing(held, changes, victim_services, authorized=False)
        assert caught.value.field == field
        check_emergency_housing(held, changes, victim_services, authorized=True)
        check_emergency_housing(held, changes, CompartmentKind.GENERAL, authorized=False)
    check_emergency_housing(office, {"sites": ["a", "b"]}, victim_services, authorized=False)
    both = {"needs": ["emergency-shelter"], "sites": ["a"]}
    check_emergency_housing(both, {"sites": []}, victim_services, authorized=False)
    check_emergency_housing(
        both, {"needs": ["emergency-shelter"]}, victim_services, authorized=False
    )
