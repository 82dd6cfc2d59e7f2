"""Partners by phone: the sender calls and writes down the answer; nobody there can stop a clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.clocks import ClockKind, Side
from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.outcomes import FROM_A_PERSON, SAID_BY_PHONE, DeclineReason, Outcome, ToldBy
from ccr.domain.projection import view_for_coordinator, view_for_receiver, view_for_sender
from ccr.domain.projection_table import NOT_SHARED_AFTER, SAID_TO_SENDER, Standing, standing_of
from ccr.domain.referral import advance, possible_actions, transition_for
from ccr.domain.referral_states import (
    ENDED,
    NEEDS_AN_INBOX,
    TOLD_BY_PHONE,
    Action,
    EventKind,
    State,
)
from ccr.domain.referral_views import Group, Status
from ccr.domain.release import ConfirmedHow, ask, confirm
from ccr.domain.taxonomy import Regime, Urgency
from tests.builders import NOW
from tests.referral_builders import Story, accepted, make_facts, sent_by_phone, story_in

LATER = NOW + timedelta(hours=3)
END = NOW + timedelta(days=30)
PAIRS = [(state, action) for state in State for action in Action]
GIVEN = {
    "reason": DeclineReason.NO_CAPACITY,
    "outcome": Outcome.UNKNOWN,
    "until": LATER + timedelta(days=1),
    "told_by": ToldBy.ADVOCATE,
}
FROM_SENT = {
    Action.PHONE_ACCEPT: State.CLOSED,
    Action.PHONE_DECLINE: State.DECLINED,
    Action.RECALL: State.RECALLED,
    Action.ENTER_IN_ERROR: State.ENTERED_IN_ERROR,
}


def taken(urgency: Urgency = Urgency.STANDARD) -> Story:
    return sent_by_phone(urgency).act(Action.PHONE_ACCEPT, Side.SENDER, LATER)


def refused(reason: DeclineReason = DeclineReason.NO_CAPACITY) -> Story:
    return sent_by_phone().act(Action.PHONE_DECLINE, Side.SENDER, LATER, reason=reason)


def sender(story: Story, at=LATER, release=None):
    return view_for_sender(story.referral, story.events, release, at, clocks=story.clocks.values())


@pytest.mark.parametrize(("state", "action"), PAIRS, ids=lambda value: value.value)
@pytest.mark.parametrize("by", list(Side), ids=lambda value: value.value)
def test_every_pair_of_state_and_act_is_legal_or_refused_where_nobody_has_an_inbox(
    state, action, by
):
    referral = replace(story_in(state).referral, by_phone=True)
    row = transition_for(referral, action)
    opened = referral.opened_at is not None
    past_forbids = (
        action in NEEDS_AN_INBOX | {Action.EXPIRE, Action.REOPEN}
        or action in {Action.UNDO_ACCEPT, Action.UNDO_DECLINE}  # not fresh any more
        or (action is Action.STOP and referral.came_back)
        or (action is Action.RECALL and opened)
        or (action in {Action.WITHDRAW, Action.FREEZE} and not opened)
    )
    if row is None or by not in row.who or past_forbids:
        with pytest.raises(IllegalTransitionError):
            advance(referral, action, at=LATER, by=by, **GIVEN)
        assert action not in possible_actions(referral, by, LATER)
        return
    after = advance(referral, action, at=LATER, by=by, **GIVEN)
    assert after.by_phone
    assert after.version == referral.version + 1
    for name in row.stamps:
        assert getattr(after, name) is not None


def test_before_the_answer_everything_is_the_senders_and_nothing_the_receivers():
    referral = sent_by_phone().referral
    assert referral.next_mover is Side.SENDER
    assert possible_actions(referral, Side.RECEIVER, LATER) == frozenset()
    assert possible_actions(referral, Side.SENDER, LATER) == frozenset(FROM_SENT)
    for action, state in FROM_SENT.items():
        assert advance(referral, action, at=LATER, by=Side.SENDER, **GIVEN).state is state


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("action", sorted(TOLD_BY_PHONE))
def test_an_answer_is_never_written_down_for_a_partner_with_an_inbox(state, action):
    referral = story_in(state).referral
    for by in Side:
        with pytest.raises(IllegalTransitionError):
            advance(referral, action, at=LATER, by=by, **GIVEN)


@pytest.mark.parametrize("action", sorted(TOLD_BY_PHONE))
def test_an_answer_by_phone_has_a_role(action):
    with pytest.raises(InvalidInputError) as refusal:
        advance(
            sent_by_phone().referral,
            action,
            at=LATER,
            by=Side.SENDER,
            reason=DeclineReason.OTHER,
        )
    assert refusal.value.field == "told_by"


@pytest.mark.parametrize("reason", list(DeclineReason))
def test_a_reason_that_follows_from_a_person_is_not_written_down(reason):
    if reason in FROM_A_PERSON:
        with pytest.raises(InvalidInputError) as refusal:
            refused(reason)
        assert refusal.value.field == "reason"
        assert reason not in SAID_BY_PHONE
        return
    view = sender(refused(reason))
    assert reason in SAID_BY_PHONE
    assert view.status is SAID_TO_SENDER[reason]
    assert view.options_offered
    assert Action.REROUTE in view.can


def test_a_decline_by_phone_comes_back_with_a_clock_as_any_decline():
    story = refused()
    assert story.referral.state is State.DECLINED
    clock = story.clocks[ClockKind.ANSWER]
    assert (clock.owner, clock.met_at) == (Side.SENDER, None)
    assert standing_of(story.referral) is Standing.DECLINED


@pytest.mark.parametrize("urgency", list(Urgency))
def test_after_a_yes_by_phone_no_clock_runs_that_nobody_could_stop(urgency):
    story = taken(urgency)
    assert story.referral.state in ENDED
    assert all(clock.met_at is not None for clock in story.clocks.values())
    assert story.referral.outcome is Outcome.UNKNOWN  # nobody has said "connected" (R73)
    assert story.referral.next_mover is None


@pytest.mark.parametrize("urgency", list(Urgency))
def test_the_page_reads_accepted_by_phone_and_later_outcome_not_shared(urgency):
    story = taken(urgency)
    before = LATER + NOT_SHARED_AFTER[urgency] - timedelta(microseconds=1)
    view = sender(story, before)
    assert (view.status, view.status.group) == (Status.ACCEPTED_BY_PHONE, Group.TAKEN)
    assert str(view.status_text) == "Accepted by phone"
    assert view.outcome is None
    view = sender(story, LATER + NOT_SHARED_AFTER[urgency])
    assert view.status is Status.NOT_SHARED
    assert view.next_move is None
    assert view.timeline[0].kind == "not-shared"


@given(st.sampled_from(Urgency), st.integers(0, 60 * 24 * 40))
def test_but_for_the_words_it_is_the_page_of_any_accepted_referral(urgency, minutes):
    """The same state, acts, tracker, moves and times as after an acceptance at the desk."""
    at = NOW + timedelta(minutes=67 + minutes)
    desk = accepted(urgency)
    phone = sent_by_phone(urgency).act(
        Action.PHONE_ACCEPT, Side.SENDER, NOW + timedelta(minutes=67)
    )
    one, other = sender(desk, at), sender(phone, at)
    marks = {step.name: (step.mark, step.at) for step in one.tracker if step.name != "opened"}
    assert {step.name: (step.mark, step.at) for step in other.tracker} == marks
    assert one.next_move == other.next_move
    # Nobody there could have opened it; and what the sender wrote down is its own to take back.
    assert one.can - {Action.FREEZE} == other.can - {Action.UNDO_ACCEPT}
    assert (one.status is Status.NOT_SHARED) is (other.status is Status.NOT_SHARED)
    assert one.outcome is other.outcome is None
    assert one.sort_at == other.sort_at


def test_no_release_can_be_asked_for_and_none_would_show_anything():
    story = taken()
    assert not sender(story).can_ask_release
    assert not sender(sent_by_phone()).can_ask_release
    release = confirm(
        ask(at=NOW, until=END), at=LATER, how=ConfirmedHow.WRITTEN, regime=Regime.OTHER
    )
    assert sender(story, LATER, release).status is Status.ACCEPTED_BY_PHONE
    assert sender(story, LATER, release).outcome is None


@pytest.mark.parametrize("state", list(State))
def test_there_is_no_inbox_to_see_it_in(state):
    story = story_in(state)
    referral = replace(story.referral, by_phone=True)
    assert view_for_receiver(referral, make_facts(), story.events, None, LATER) is None
    view_for_coordinator(referral)


def test_the_call_is_the_senders_move_with_its_clock_and_a_way_out():
    view = sender(sent_by_phone(), NOW)
    assert (view.status, view.status.group) == (Status.TO_CALL, Group.MY_MOVE)
    assert view.next_move is not None
    assert view.next_move.side is Side.SENDER
    assert view.next_move.due_at == view.clocks[0].due_at
    assert view.next_move.otherwise is not None
    late = view.clocks[0].due_at + timedelta(days=2)
    assert sender(sent_by_phone(), late).options_offered


def test_the_record_says_by_phone_and_by_which_role():
    entries = sender(taken()).timeline
    assert entries[0].kind == EventKind.PHONE_ACCEPT
    assert (str(entries[0].what), str(entries[0].line)) == ("They accepted by phone.", "Front desk")
    assert "This partner answers by phone. You call them." in [str(e.what) for e in entries]
    declined = sender(refused()).timeline[0]
    assert "by phone" in str(declined.what)
    assert str(declined.line) == "Front desk"


def test_the_persons_stop_is_recorded_after_a_yes_by_phone_too():
    story = taken().act(Action.STOP, Side.SENDER, LATER)
    assert sender(story).status is Status.STOPPED
