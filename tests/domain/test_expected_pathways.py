"""Which kind of member should have a way to which, and what the promises make of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.expected_pathways import (
    DEFAULTS,
    KEY,
    Expectation,
    Kept,
    as_kept,
    check_expectations,
    expected_in,
    read_expectation,
)
from ccr.domain.network import MemberNetwork, member_network
from ccr.domain.pathways import Pathway
from ccr.domain.taxonomy import MemberCategory as C
from tests.builders import make_agreement, make_id, make_member

TODAY = date(2026, 11, 12)
POLICE_TO_ADVOCATES = Expectation(C.LAW_ENFORCEMENT, C.VICTIM_SERVICES)
POLICE = [make_member(category=C.LAW_ENFORCEMENT) for _ in range(2)]
ADVOCATES = make_member(category=C.VICTIM_SERVICES)


def promise(a, b, *, ended_on: date | None = None) -> Pathway:
    return Pathway(make_id(), a.id, b.id, None, date(2026, 1, 1), ended_on)


def kept(network: MemberNetwork, expectation: Expectation = POLICE_TO_ADVOCATES) -> Kept:
    return check_expectations(network, [expectation])[0].kept


@pytest.mark.parametrize(
    ("agreements", "pathways", "there", "back"),
    [
        ([], [], Kept.MISSING, Kept.MISSING),
        ([], [promise(POLICE[0], ADVOCATES)], Kept.SOME, Kept.MISSING),
        ([], [promise(ADVOCATES, POLICE[0])], Kept.MISSING, Kept.ALL),
        ([], [promise(one, ADVOCATES) for one in POLICE], Kept.ALL, Kept.MISSING),
        ([make_agreement(POLICE[0], ADVOCATES)], [], Kept.SOME, Kept.ALL),
        (
            [make_agreement(POLICE[0], ADVOCATES, expires_on=date(2026, 11, 11))],
            [],
            Kept.LAPSED,
            Kept.LAPSED,
        ),
        (
            [],
            [promise(POLICE[0], ADVOCATES, ended_on=date(2026, 5, 1))],
            Kept.MISSING,
            Kept.MISSING,
        ),
    ],
)
def test_an_expectation_is_kept_by_promises_in_its_direction_and_by_agreements_in_both(
    agreements, pathways, there, back
) -> None:
    network = member_network([*POLICE, ADVOCATES], agreements, pathways, TODAY)
    assert kept(network) is there
    assert kept(network, Expectation(C.VICTIM_SERVICES, C.LAW_ENFORCEMENT)) is back


def test_where_a_kind_has_no_member_there_is_nobody_to_talk_to() -> None:
    assert kept(member_network(POLICE, [], [], TODAY)) is Kept.NOBODY


def test_who_keeps_it_is_named_and_counted() -> None:
    network = member_network([*POLICE, ADVOCATES], [], [promise(POLICE[1], ADVOCATES)], TODAY)
    found = check_expectations(network, [POLICE_TO_ADVOCATES])[0]
    assert (found.linked, found.senders, found.receivers) == ((POLICE[1].id,), 2, 1)


ANY = st.builds(Expectation, st.sampled_from(C), st.sampled_from(C)).filter(
    lambda e: e.sender is not e.receiver
)


@given(st.sets(st.one_of(ANY, st.sampled_from(sorted(DEFAULTS)))))
def test_what_is_kept_is_read_back(expected: set[Expectation]) -> None:
    assert set(expected_in({KEY: as_kept(expected)})) == expected


@pytest.mark.parametrize("name", ["", "police>court", "media", "media>media", "media>", ">"])
def test_what_is_no_pair_of_kinds_is_nothing(name: str) -> None:
    assert read_expectation(name) is None
    assert expected_in({KEY: {name: True}}) == tuple(DEFAULTS)


@pytest.mark.parametrize("stored", [None, [], "x", {"media>faith-group": 1}, {"x": None}])
def test_what_cannot_be_read_leaves_the_defaults(stored: object) -> None:
    assert expected_in({KEY: stored}) == tuple(DEFAULTS)


def test_every_default_has_its_source() -> None:
    assert all(reason.source for reason in DEFAULTS.values())
