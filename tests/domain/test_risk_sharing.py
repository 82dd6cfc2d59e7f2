"""Who may share which result with a program (R44), and what a program may find by itself (R11)."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.adapters.risk_instruments import risk_instruments
from ccr.domain.errors import InvalidInputError
from ccr.domain.referral import Referral
from ccr.domain.referral_states import State
from ccr.domain.risk_information import AssessorRole, Basis, ObtainedBy, RiskResult
from ccr.domain.risk_instruments import Band, Informant
from ccr.domain.risk_sharing import (
    NEEDS_HER_RELEASE,
    NO_AUTHORITY,
    NOT_ASKED_BY_PROGRAMS,
    OWN_AUTHORITY,
    authority_words,
    check_program_may_keep,
    check_sender_may_share,
    takes_results,
)
from ccr.domain.taxonomy import Regime, Urgency
from tests.conftest import NOW

CATALOGUE = risk_instruments()
CODES = [None, *(one.code for one in CATALOGUE)]
RESULTS = st.builds(
    RiskResult,
    instrument=st.sampled_from(CODES),
    version=st.just("standard"),
    assessed_on=st.just(date(2026, 11, 12)),
    role=st.sampled_from(AssessorRole),
    trained=st.booleans(),
    obtained_by=st.sampled_from(ObtainedBy),
    basis=st.sampled_from(Basis),
    band=st.sampled_from([None, *Band]),
    high_danger=st.booleans(),
)


def plain(**changes: object) -> RiskResult:
    whole = {
        "instrument": "dvsi-r",
        "version": "standard",
        "assessed_on": date(2026, 11, 12),
        "role": AssessorRole.PROBATION_OFFICER,
        "trained": True,
        "obtained_by": ObtainedBy.REFERRAL_SOURCE,
        "basis": Basis.RECORDS,
        "band": Band.HIGH,
        **changes,
    }
    return RiskResult(**whole)  # type: ignore[arg-type]


def refusal(one: RiskResult, regime: Regime) -> InvalidInputError | None:
    try:
        check_sender_may_share(one, regime, CATALOGUE)
    except InvalidInputError as error:
        return error
    return None


@pytest.mark.parametrize("regime", sorted(OWN_AUTHORITY))
def test_r44_what_justice_finds_in_its_own_records_goes_under_its_own_authority(
    regime: Regime,
) -> None:
    assert refusal(plain(), regime) is None
    assert refusal(plain(instrument="odara"), regime) is None
    judged = plain(instrument=None, version="", band=None, high_danger=True, trained=False)
    assert refusal(judged, regime) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"instrument": "da", "band": Band.EXTREME}, "instrument"),
        ({"instrument": "lap", "band": Band.HIGH_DANGER}, "instrument"),
        ({"obtained_by": ObtainedBy.ADVOCATE}, "obtained_by"),
        ({"role": AssessorRole.ADVOCATE}, "role"),
        ({"instrument": "odara", "basis": Basis.SURVIVOR}, "basis"),
        ({"instrument": None, "high_danger": True, "basis": Basis.SURVIVOR}, "basis"),
    ],
)
def test_r44_what_rests_on_a_survivor_is_refused_with_the_release_that_it_needs(
    changes: dict[str, object], field: str
) -> None:
    error = refusal(plain(**changes), Regime.COURT)
    assert error is not None
    assert error.phrase == NEEDS_HER_RELEASE
    assert error.field == field


@pytest.mark.parametrize("regime", sorted(set(Regime) - OWN_AUTHORITY))
def test_r44_no_other_member_shares_anything_with_a_program(regime: Regime) -> None:
    error = refusal(plain(), regime)
    assert error is not None
    assert error.phrase == (NEEDS_HER_RELEASE if regime.asks_for_writing else NO_AUTHORITY)
    assert authority_words(regime) == error.phrase


@given(RESULTS, st.sampled_from(Regime))
def test_r44_nothing_that_a_survivor_may_have_said_ever_passes(
    one: RiskResult, regime: Regime
) -> None:
    if refusal(one, regime) is not None:
        return
    instrument = CATALOGUE.find(one.instrument)
    assert regime in OWN_AUTHORITY
    assert instrument is None or instrument.informant is not Informant.SURVIVOR
    assert one.basis is not Basis.SURVIVOR
    assert one.obtained_by is not ObtainedBy.ADVOCATE
    assert one.role is not AssessorRole.ADVOCATE


def test_r11_a_program_never_asks_a_survivor_for_its_own_assessment() -> None:
    own = plain(obtained_by=ObtainedBy.PROGRAM, role=AssessorRole.FACILITATOR)
    check_program_may_keep(own, CATALOGUE)
    for changes in ({"instrument": "da"}, {"basis": Basis.SURVIVOR}):
        with pytest.raises(InvalidInputError) as error:
            check_program_may_keep(plain(obtained_by=ObtainedBy.PROGRAM, **changes), CATALOGUE)
        assert error.value.phrase == NOT_ASKED_BY_PROGRAMS


def sent(**changes: object) -> Referral:
    whole = {
        "id": uuid4(), "network_id": uuid4(), "sender_compartment_id": uuid4(),
        "urgency": Urgency.STANDARD, "created_at": NOW, "state": State.SENT, **changes,
    }  # fmt: skip
    return Referral(**whole)  # type: ignore[arg-type]


def test_results_are_given_from_sending_until_it_came_back_or_was_taken_back() -> None:
    taking = {state for state in State if takes_results(sent(state=state))}
    assert taking == {
        State.SENT, State.ASKED, State.WAITLISTED, State.ACCEPTED, State.IN_PROGRESS,
        State.ON_HOLD, State.CONNECTED, State.CLOSED, State.DECLINED, State.EXPIRED,
    }  # fmt: skip
    for state in (State.DECLINED, State.EXPIRED, State.CLOSED):
        for stamp in ("declined_at", "expired_at"):
            assert not takes_results(sent(state=state, **{stamp: NOW}))


def test_what_a_receiver_does_after_accepting_never_changes_whether_results_are_taken() -> None:
    after = (State.ACCEPTED, State.IN_PROGRESS, State.ON_HOLD, State.CONNECTED, State.CLOSED)
    assert {takes_results(sent(state=state, accepted_at=NOW)) for state in after} == {True}


def test_nothing_is_given_to_a_partner_who_reads_no_inbox_here() -> None:
    assert not takes_results(sent(by_phone=True))
    assert not takes_results(sent(by_link=True))
