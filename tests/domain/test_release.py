from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.clocks import Side
from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.release import (
    MAX_DAYS,
    ConfirmedHow,
    FeedbackRelease,
    ask,
    confirm,
    default_until,
    refuse,
    ways_to_confirm,
    withdraw,
)
from ccr.domain.taxonomy import Regime
from tests.builders import NOW

TICK = timedelta(microseconds=1)
END = NOW + timedelta(days=30)


def _confirmed(until=END):
    return confirm(ask(at=NOW, until=until), at=NOW, how=ConfirmedHow.WRITTEN, regime=Regime.OTHER)


def test_thirty_days_is_proposed():
    assert default_until(NOW) - NOW == timedelta(days=30)


@pytest.mark.parametrize("until", [None, NOW, NOW - TICK, NOW + timedelta(days=MAX_DAYS) + TICK])
def test_blank_past_and_too_long_ends_are_refused(until):
    with pytest.raises(InvalidInputError) as refusal:
        ask(at=NOW, until=until)
    assert refusal.value.field == "until"


def test_ninety_days_is_the_most():
    assert ask(at=NOW, until=NOW + timedelta(days=MAX_DAYS)).until is not None


def test_asking_alone_is_not_consent():
    assert not ask(at=NOW, until=END).in_force(NOW)


def test_it_is_in_force_half_open():
    release = _confirmed()
    assert release.in_force(NOW)
    assert release.in_force(END - TICK)
    assert not release.in_force(END)
    assert not release.in_force(NOW - TICK)


def test_withdrawal_ends_it_in_the_same_moment():
    release = withdraw(_confirmed(), at=NOW + timedelta(days=1), by=Side.RECEIVER)
    assert release.in_force(NOW + timedelta(days=1) - TICK)
    assert not release.in_force(NOW + timedelta(days=1))


def test_the_first_withdrawal_stands():
    first = withdraw(_confirmed(), at=NOW, by=Side.SENDER)
    assert withdraw(first, at=END, by=Side.RECEIVER) == first


def test_the_system_cannot_withdraw():
    with pytest.raises(IllegalTransitionError):
        withdraw(_confirmed(), at=NOW, by=Side.SYSTEM)


def test_a_missing_end_is_no_consent():
    release = FeedbackRelease(NOW, None, NOW, ConfirmedHow.WRITTEN)
    assert not release.in_force(NOW)
    with pytest.raises(IllegalTransitionError):
        confirm(release, at=NOW, how=ConfirmedHow.WRITTEN, regime=Regime.OTHER)


@pytest.mark.parametrize("regime", list(Regime))
def test_writing_is_needed_where_the_regime_demands_it(regime):
    release = ask(at=NOW, until=END)
    if regime is Regime.PART_2:
        return  # a rule of its own, below
    if not regime.asks_for_writing:
        assert confirm(release, at=NOW, how=ConfirmedHow.SPOKEN, regime=regime).in_force(NOW)
        return
    with pytest.raises(InvalidInputError) as refusal:
        confirm(release, at=NOW, how=ConfirmedHow.SPOKEN, regime=regime)
    assert refusal.value.field == "how"
    assert confirm(release, at=NOW, how=ConfirmedHow.WRITTEN, regime=regime).in_force(NOW)


def test_victim_services_health_and_substance_use_demand_writing():
    assert {r for r in Regime if r.asks_for_writing} == {
        Regime.VICTIM_SERVICES,
        Regime.HIPAA,
        Regime.PART_2,
    }


def test_r31_a_substance_use_program_confirms_only_by_a_consent_that_names_it():
    release = ask(at=NOW, until=END)
    assert ways_to_confirm(Regime.PART_2) == (ConfirmedHow.PART_2,)
    for how in (ConfirmedHow.WRITTEN, ConfirmedHow.SPOKEN):
        with pytest.raises(InvalidInputError) as refusal:
            confirm(release, at=NOW, how=how, regime=Regime.PART_2)
        assert refusal.value.field == "how"
    confirmed = confirm(release, at=NOW, how=ConfirmedHow.PART_2, regime=Regime.PART_2)
    assert confirmed.in_force(NOW)
    assert confirmed.of_part_2


@pytest.mark.parametrize("regime", [r for r in Regime if r is not Regime.PART_2])
def test_r31_nobody_else_speaks_of_substance_use(regime):
    assert ConfirmedHow.PART_2 not in ways_to_confirm(regime)
    with pytest.raises(InvalidInputError):
        confirm(ask(at=NOW, until=END), at=NOW, how=ConfirmedHow.PART_2, regime=regime)


def test_a_refusal_is_final_and_never_in_force():
    refused = refuse(ask(at=NOW, until=END), at=NOW)
    assert not refused.in_force(NOW)
    for again in (confirm, refuse):
        extra = {} if again is refuse else {"how": ConfirmedHow.WRITTEN, "regime": Regime.OTHER}
        with pytest.raises(IllegalTransitionError):
            again(refused, at=NOW, **extra)


@pytest.mark.parametrize("late", [END, END + TICK])
def test_nothing_is_confirmed_after_its_end(late):
    with pytest.raises(IllegalTransitionError):
        confirm(ask(at=NOW, until=END), at=late, how=ConfirmedHow.WRITTEN, regime=Regime.OTHER)


@pytest.mark.parametrize("how", list(ConfirmedHow))
def test_ways_to_confirm_have_labels(how):
    assert str(how.label)


moments = st.one_of(st.none(), st.integers(-50, 120).map(lambda d: NOW + timedelta(days=d)))


@given(moments, moments, moments, moments, st.integers(-60, 150))
def test_it_is_never_in_force_outside_of_what_was_agreed(until, confirmed, refused, withdrawn, day):
    release = FeedbackRelease(NOW, until, confirmed, ConfirmedHow.SPOKEN, refused, withdrawn)
    at = NOW + timedelta(days=day)
    if release.in_force(at):
        assert confirmed is not None
        assert until is not None
        assert confirmed <= at < until
        assert refused is None
        assert withdrawn is None or at < withdrawn
