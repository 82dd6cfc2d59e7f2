from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ccr.domain.clocks import ClockKind, Side
from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.outcomes import CONNECTED_OUTCOMES, SENDER_OUTCOMES, DeclineReason, Outcome, ToldBy
from ccr.domain.referral import (
    MAX_PAUSE,
    REOPEN_WINDOW,
    UNDO_WINDOW,
    advance,
    possible_actions,
    transition_for,
)
from ccr.domain.referral_states import (
    ENDED,
    NEXT_MOVER,
    TAKEN,
    TOLD_BY_PHONE,
    WAITING_FOR_ANSWER,
    Action,
    ChosenBy,
    State,
)
from ccr.domain.referral_transitions import TRANSITIONS, Requirement
from tests.builders import NOW
from tests.referral_builders import WAYS, accepted, make_referral, sent, sent_by_phone, story_in

LATER = NOW + timedelta(hours=3)
SOON = NOW + timedelta(minutes=12)
EVERYTHING = {
    "reason": DeclineReason.NO_CAPACITY,
    "outcome": Outcome.UNKNOWN,
    "until": LATER + timedelta(days=1),
    "told_by": ToldBy.ADVOCATE,
}
PAIRS = [(state, action) for state in State for action in Action]


@pytest.mark.parametrize(("state", "action"), PAIRS, ids=lambda value: value.value)
@pytest.mark.parametrize("by", list(Side), ids=lambda value: value.value)
def test_every_pair_of_state_and_act_is_legal_or_refused_as_the_table_says(state, action, by):
    referral = story_in(state).referral
    row = transition_for(referral, action)
    # A way to a state that was opened, and is not by phone; SOON lies in every window.
    past_forbids = (
        action in TOLD_BY_PHONE
        or (action is Action.STOP and referral.came_back)
        or (action is Action.RECALL and referral.opened_at is not None)
        or (action in {Action.WITHDRAW, Action.FREEZE} and referral.opened_at is None)
        or (action in {Action.UNDO_ACCEPT, Action.UNDO_DECLINE} and by is Side.SENDER)
    )
    if row is None or by not in row.who or past_forbids:
        with pytest.raises(IllegalTransitionError) as refusal:
            advance(referral, action, at=SOON, by=by, **EVERYTHING)
        assert str(refusal.value).endswith(".")
        assert action not in possible_actions(referral, by, SOON)
        return
    after = advance(referral, action, at=SOON, by=by, **EVERYTHING)
    assert after.state is row.to
    assert after.version == referral.version + 1
    assert action in possible_actions(referral, by, SOON)
    for name in row.stamps:
        assert getattr(after, name) is not None
    for name in row.clears:
        assert getattr(after, name) is None


def test_the_table_can_be_read_aloud():
    for (state, action), row in TRANSITIONS.items():
        assert row.who
        assert row.next_mover is NEXT_MOVER[row.to]
        assert str(state.label)
        assert str(action.label)
        assert row.starts not in row.stops
    assert set(NEXT_MOVER) == set(State)
    assert {str(choice.label) for choice in ChosenBy} == {"The person chose", "Worker's pick"}
    assert State.SENT.next_mover is Side.RECEIVER


@pytest.mark.parametrize("state", [s for s in State if s.is_open and s is not State.DRAFT])
def test_every_open_state_has_a_mover_and_a_running_clock(state):
    story = story_in(state)
    running = [clock for clock in story.clocks.values() if clock.met_at is None]
    assert len(running) == 1
    assert running[0].owner is NEXT_MOVER[state]


@pytest.mark.parametrize("state", sorted(ENDED))
def test_nothing_runs_after_the_end(state):
    assert all(clock.met_at is not None for clock in story_in(state).clocks.values())


def test_accepting_is_possible_only_while_an_answer_is_waited_for():
    assert {s for s, a in TRANSITIONS if a is Action.ACCEPT} == WAITING_FOR_ANSWER


def test_a_decline_comes_back_to_the_sender_and_ends_nothing():
    declined = story_in(State.DECLINED).referral
    assert declined.state.is_open
    assert declined.closed_at is None
    assert possible_actions(declined, Side.RECEIVER, LATER) == frozenset()
    assert possible_actions(declined, Side.SENDER, LATER) == {
        Action.CLOSE,
        Action.REROUTE,
        Action.FREEZE,
        Action.ENTER_IN_ERROR,
    }


def test_rerouting_closes_the_declined_one_as_sent_on():
    after = advance(story_in(State.DECLINED).referral, Action.REROUTE, at=LATER, by=Side.SENDER)
    assert (after.state, after.outcome) == (State.CLOSED, Outcome.REDIRECTED)


def test_handing_back_is_possible_until_first_contact():
    story = accepted()
    assert Action.HAND_BACK in possible_actions(story.referral, Side.RECEIVER, LATER)
    story.act(Action.BEGIN, Side.RECEIVER, LATER)
    story.act(Action.HOLD, Side.RECEIVER, LATER)
    with pytest.raises(IllegalTransitionError):
        advance(
            story.referral,
            Action.HAND_BACK,
            at=LATER,
            by=Side.RECEIVER,
            reason=DeclineReason.CONFLICT,
        )


def test_handing_back_from_hold_before_contact_gives_the_sender_a_clock():
    story = accepted().act(Action.HOLD, Side.RECEIVER, LATER)
    story.act(Action.HAND_BACK, Side.RECEIVER, LATER, reason=DeclineReason.SAFETY)
    assert story.referral.handed_back
    assert story.clocks[ClockKind.ANSWER].owner is Side.SENDER
    assert story.clocks[ClockKind.ANSWER].met_at is None
    assert story.clocks[ClockKind.FIRST_CONTACT].met_at == LATER


def test_resuming_goes_back_to_where_it_was_held_from():
    before = accepted().act(Action.HOLD, Side.RECEIVER, LATER)
    assert before.act(Action.RESUME, Side.SYSTEM, LATER).referral.state is State.ACCEPTED
    after = accepted().act(Action.BEGIN, Side.RECEIVER, LATER)
    after.act(Action.HOLD, Side.RECEIVER, LATER)
    assert after.act(Action.RESUME, Side.RECEIVER, LATER).referral.state is State.IN_PROGRESS


def test_a_hold_can_get_another_date():
    story = accepted().act(Action.HOLD, Side.RECEIVER, LATER)
    left = story.clocks[ClockKind.FIRST_CONTACT].due_at - story.referral.hold_until
    until = LATER + timedelta(days=9)
    story.act(Action.HOLD, Side.RECEIVER, LATER, until=until)
    assert story.referral.hold_until == until
    assert story.clocks[ClockKind.FIRST_CONTACT].due_at == until + left


@pytest.mark.parametrize("until", [None, LATER, LATER + MAX_PAUSE + timedelta(seconds=1)])
def test_a_hold_without_a_date_ahead_is_refused(until):
    with pytest.raises(InvalidInputError) as refusal:
        advance(accepted().referral, Action.HOLD, at=LATER, by=Side.RECEIVER, until=until)
    assert refusal.value.field == "until"


def test_closing_without_an_outcome_is_refused():
    with pytest.raises(InvalidInputError) as refusal:
        advance(accepted().referral, Action.CLOSE, at=LATER, by=Side.RECEIVER)
    assert refusal.value.field == "outcome"


def test_declining_without_a_reason_is_refused():
    with pytest.raises(InvalidInputError) as refusal:
        advance(sent().referral, Action.DECLINE, at=LATER, by=Side.RECEIVER)
    assert refusal.value.field == "reason"


@pytest.mark.parametrize("outcome", sorted(CONNECTED_OUTCOMES))
def test_a_connected_outcome_needs_the_state_connected(outcome):
    with pytest.raises(InvalidInputError):
        advance(accepted().referral, Action.CLOSE, at=LATER, by=Side.RECEIVER, outcome=outcome)
    connected = accepted().act(Action.CONNECT, Side.RECEIVER, LATER).referral
    closed = advance(connected, Action.CLOSE, at=LATER, by=Side.RECEIVER, outcome=outcome)
    assert closed.outcome is outcome


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - SENDER_OUTCOMES))
def test_a_sender_cannot_close_with_what_only_a_partner_knows(outcome):
    with pytest.raises(InvalidInputError):
        advance(
            story_in(State.DECLINED).referral,
            Action.CLOSE,
            at=LATER,
            by=Side.SENDER,
            outcome=outcome,
        )


def _hidden_courses():
    """Every state the receiver may have brought an accepted referral to."""
    for state in [*sorted(TAKEN), State.CLOSED]:
        for outcome in Outcome if state is State.CLOSED else [Outcome.UNKNOWN]:
            story = accepted()
            if state is State.CLOSED and outcome in CONNECTED_OUTCOMES:
                story.act(Action.CONNECT, Side.RECEIVER, LATER)
            elif state is State.IN_PROGRESS:
                story.act(Action.BEGIN, Side.RECEIVER, LATER)
            for action, by in WAYS[state][2:]:
                if story.referral.state is not State.IN_PROGRESS or action is Action.CLOSE:
                    story.act(action, by, LATER, outcome=outcome)
            assert story.referral.state is state
            yield story


def test_what_a_sender_may_do_after_acceptance_never_depends_on_the_receiver():
    assert {possible_actions(s.referral, Side.SENDER, LATER) for s in _hidden_courses()} == {
        frozenset({Action.STOP, Action.FREEZE, Action.ENTER_IN_ERROR})
    }


@pytest.mark.parametrize("action", list(Action))
def test_a_refusal_after_acceptance_reads_the_same_whatever_the_receiver_did(action):
    answers = set()
    for story in _hidden_courses():
        for stopped in (False, True):
            referral = story.referral
            if stopped:
                referral = advance(referral, Action.STOP, at=LATER, by=Side.SENDER)
            try:
                advance(referral, action, at=LATER, by=Side.SENDER, **EVERYTHING)
                answers.add((stopped, "done"))
            except IllegalTransitionError as error:
                answers.add((stopped, str(error)))
    assert len(answers) == 2


def test_a_stop_after_the_receiver_closed_takes_the_referral_from_it():
    story = accepted().act(Action.CLOSE, Side.RECEIVER, LATER)
    story.act(Action.STOP, Side.SENDER, LATER + timedelta(hours=1))
    assert story.referral.state is State.CANCELLED
    assert story.referral.closed_at == LATER + timedelta(hours=1)
    assert possible_actions(story.referral, Side.RECEIVER, LATER) == frozenset()


def test_what_nobody_has_opened_is_recalled_and_what_was_opened_is_taken_back():
    unopened = sent().referral
    assert Action.RECALL in possible_actions(unopened, Side.SENDER, SOON)
    opened = replace(unopened, opened_at=SOON)
    assert advance(opened, Action.WITHDRAW, at=LATER, by=Side.SENDER).state is State.CANCELLED
    with pytest.raises(IllegalTransitionError) as refusal:
        advance(opened, Action.RECALL, at=LATER, by=Side.SENDER)
    assert str(refusal.value) == "They have opened it. You can still take it back."


@pytest.mark.parametrize("first", [Action.ASK, Action.WAITLIST, Action.ACCEPT, Action.DECLINE])
def test_whoever_answers_has_opened_it(first):
    assert sent().act(first, Side.RECEIVER, SOON).referral.opened_at == SOON


def test_what_nobody_answered_is_the_senders_again_and_no_longer_the_partners():
    story = sent().act(Action.EXPIRE, Side.SYSTEM, LATER)
    assert story.referral.came_back
    assert story.clocks[ClockKind.ANSWER].owner is Side.SENDER
    assert possible_actions(story.referral, Side.RECEIVER, LATER) == frozenset()
    closed = story.act(Action.CLOSE, Side.SENDER, LATER).referral
    assert closed.ended_by_sender


def test_a_call_that_is_the_senders_to_make_never_expires():
    assert Action.EXPIRE not in possible_actions(sent_by_phone().referral, Side.SYSTEM, LATER)


@pytest.mark.parametrize(
    ("given", "undo"),
    [(Action.ACCEPT, Action.UNDO_ACCEPT), (Action.DECLINE, Action.UNDO_DECLINE)],
)
def test_a_wrong_answer_can_be_taken_back_for_half_an_hour(given, undo):
    story = sent().act(given, Side.RECEIVER, SOON)
    last = SOON + UNDO_WINDOW - timedelta(seconds=1)
    assert undo not in possible_actions(story.referral, Side.RECEIVER, SOON + UNDO_WINDOW)
    story.act(undo, Side.RECEIVER, last)
    assert story.referral.state is State.SENT
    assert (story.referral.accepted_at, story.referral.declined_at) == (None, None)
    assert story.referral.decline_reason is None
    assert story.clocks[ClockKind.ANSWER].owner is Side.RECEIVER
    running = [clock.kind for clock in story.clocks.values() if clock.met_at is None]
    assert running == [ClockKind.ANSWER]


def test_a_yes_after_which_the_person_was_reached_is_not_taken_back():
    story = sent().act(Action.ACCEPT, Side.RECEIVER, SOON).act(Action.BEGIN, Side.RECEIVER, SOON)
    assert Action.UNDO_ACCEPT not in possible_actions(story.referral, Side.RECEIVER, SOON)


def test_a_hand_back_is_not_undone_for_the_sender_was_told():
    story = accepted().act(Action.HAND_BACK, Side.RECEIVER, LATER)
    assert Action.UNDO_DECLINE not in possible_actions(story.referral, Side.RECEIVER, LATER)


@pytest.mark.parametrize(
    ("given", "undo"),
    [(Action.PHONE_ACCEPT, Action.UNDO_ACCEPT), (Action.PHONE_DECLINE, Action.UNDO_DECLINE)],
)
def test_what_was_written_down_after_a_call_is_the_callers_to_take_back(given, undo):
    story = sent_by_phone().act(given, Side.SENDER, SOON)
    assert undo not in possible_actions(story.referral, Side.RECEIVER, SOON)
    story.act(undo, Side.SENDER, SOON)
    assert (story.referral.state, story.referral.outcome) == (State.SENT, None)
    assert story.clocks[ClockKind.ANSWER].owner is Side.SENDER


@pytest.mark.parametrize(
    ("reached", "state", "kind"),
    [
        (False, State.ACCEPTED, ClockKind.FIRST_CONTACT),
        (True, State.IN_PROGRESS, ClockKind.OUTCOME),
    ],
)
def test_what_was_closed_can_be_opened_again_by_whoever_closed_it(reached, state, kind):
    story = accepted()
    if reached:
        story.act(Action.BEGIN, Side.RECEIVER, LATER)
    story.act(Action.CLOSE, Side.RECEIVER, LATER)
    assert Action.REOPEN not in possible_actions(story.referral, Side.SENDER, LATER)
    late = LATER + REOPEN_WINDOW
    assert Action.REOPEN not in possible_actions(story.referral, Side.RECEIVER, late)
    story.act(Action.REOPEN, Side.RECEIVER, late - timedelta(seconds=1))
    assert story.referral.state is state
    assert (story.referral.closed_at, story.referral.outcome) == (None, None)
    assert [c.kind for c in story.clocks.values() if c.met_at is None] == [kind]


def test_only_what_somebody_opened_can_have_reached_the_wrong_partner():
    assert Action.FREEZE not in possible_actions(sent().referral, Side.SENDER, LATER)
    for story in _hidden_courses():
        frozen = advance(story.referral, Action.FREEZE, at=LATER, by=Side.SENDER)
        assert possible_actions(frozen, Side.RECEIVER, LATER) == frozenset()
        assert possible_actions(frozen, Side.SENDER, LATER) == frozenset()


def test_a_thrown_away_draft_cannot_be_marked_as_sent_in_error():
    draft = advance(make_referral(), Action.CANCEL, at=LATER, by=Side.SENDER)
    assert possible_actions(draft, Side.SENDER, LATER) == frozenset()


def test_a_referral_does_not_print_its_code():
    assert "maple" not in repr(sent().referral)


def test_needs_are_named_only_where_they_are_checked():
    needed = {row.needs for row in TRANSITIONS.values()}
    assert needed == {None, *Requirement}


class LifeOfAReferral(RuleBasedStateMachine):
    """Any acts by anybody: the table holds, and nothing goes back or is forgotten."""

    @initialize()
    def draft(self):
        self.now = NOW
        self.referral = make_referral()
        self.acceptances = 0

    @rule(
        action=st.sampled_from(Action),
        by=st.sampled_from(Side),
        minutes=st.integers(0, 5000),
        reason=st.sampled_from(DeclineReason),
        outcome=st.sampled_from(Outcome),
        days=st.integers(-1, 120),
    )
    def act(self, action, by, minutes, reason, outcome, days):
        self.now += timedelta(minutes=minutes)
        before = self.referral
        try:
            after = advance(
                before,
                action,
                at=self.now,
                by=by,
                reason=reason,
                outcome=outcome,
                until=self.now + timedelta(days=days),
            )
        except (IllegalTransitionError, InvalidInputError):
            return
        assert (before.state, action) in TRANSITIONS
        assert after.version == before.version + 1
        assert replace(after, version=0).sent_at in {before.sent_at, self.now}
        self.acceptances += action is Action.ACCEPT
        self.referral = after

    @invariant()
    def holds(self):
        r = self.referral
        assert self.acceptances <= 1
        assert (r.state is State.CLOSED) <= (r.outcome is not None)
        assert (r.state is State.DECLINED) <= (r.decline_reason is not None)
        assert (r.hold_until is not None) == (r.state in {State.ON_HOLD, State.WAITLISTED})
        times = [r.sent_at, r.accepted_at, r.contacted_at, r.connected_at]
        known = [t for t in times if t is not None]
        assert known == sorted(known)
        assert (r.state in ENDED) == (r.closed_at is not None)
        assert (r.declined_at is not None) <= (r.contacted_at is None)


TestLifeOfAReferral = LifeOfAReferral.TestCase
TestLifeOfAReferral.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
