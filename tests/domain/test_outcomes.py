from __future__ import annotations

import pytest

from ccr.domain.outcomes import (
    CONNECTED_OUTCOMES,
    FROM_A_PERSON,
    SAID_AS_ONE,
    SENDER_OUTCOMES,
    AttemptKind,
    DeclineReason,
    Outcome,
    needs_supervisor,
)


def test_the_codes_are_the_contract():
    assert {r.value for r in DeclineReason} == {
        "no-capacity",
        "ineligible",
        "outside-area",
        "language",
        "conflict",
        "safety",
        "insufficient-information",
        "already-known",
        "other",
    }
    assert {o.value for o in Outcome} == {
        "service-started",
        "service-completed",
        "connected-outcome-not-shared",
        "survivor-chose-otherwise",
        "not-reached-safely",
        "not-eligible",
        "no-capacity",
        "redirected",
        "duplicate-own-agency",
        "withdrawn-consent",
        "unknown",
    }


def test_reasons_that_follow_from_a_person_and_other_are_said_as_one():
    assert {r.value for r in FROM_A_PERSON} == {"conflict", "safety", "ineligible", "already-known"}
    assert {DeclineReason.OTHER} == SAID_AS_ONE - FROM_A_PERSON
    assert [r for r in DeclineReason if not r.said_as_one] == [
        DeclineReason.NO_CAPACITY,
        DeclineReason.OUTSIDE_AREA,
        DeclineReason.LANGUAGE,
        DeclineReason.INSUFFICIENT_INFORMATION,
    ]


def test_a_sender_never_records_that_a_service_started():
    assert not SENDER_OUTCOMES & CONNECTED_OUTCOMES


@pytest.mark.parametrize("vocabulary", [DeclineReason, Outcome, AttemptKind])
def test_every_code_has_its_own_label(vocabulary):
    labels = [str(code.label) for code in vocabulary]
    assert all(labels)
    assert len(set(labels)) == len(labels)


def test_the_fifth_try_needs_a_supervisor():
    assert [needs_supervisor(made) for made in range(6)] == [False] * 4 + [True, True]
