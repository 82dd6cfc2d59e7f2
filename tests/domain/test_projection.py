from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.clocks import ClockKind, ClockState, Side
from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.outcomes import SAID_AS_ONE, AttemptKind, DeclineReason, Outcome
from ccr.domain.projection import view_for_coordinator, view_for_receiver, view_for_sender
from ccr.domain.projection_masks import clocks_for_sender, events_for_sender, mask_for_sender
from ccr.domain.projection_table import (
    AFTER_ACCEPTANCE,
    NOT_SHARED_AFTER,
    TABLE,
    Facts,
    Standing,
    Viewer,
    look_up,
    standing_of,
)
from ccr.domain.referral_states import Action, EventKind, State
from ccr.domain.referral_views import Group, Status, StepMark
from ccr.domain.release import ConfirmedHow, FeedbackRelease, ask, confirm, refuse, withdraw
from ccr.domain.taxonomy import Regime, Urgency
from tests.builders import NOW, make_id
from tests.referral_builders import Story, accepted, make_facts, sent, story_in

LATER = NOW + timedelta(hours=3)
END = NOW + timedelta(days=30)
ASKED = ask(at=NOW, until=END)
IN_FORCE = confirm(ASKED, at=LATER, how=ConfirmedHow.WRITTEN, regime=Regime.VICTIM_SERVICES)
CODES = [None, *DeclineReason, *Outcome]


def sender(story: Story, at=LATER, release: FeedbackRelease | None = None):
    return view_for_sender(story.referral, story.events, release, at, clocks=story.clocks.values())


def receiver(story: Story, at=LATER, release: FeedbackRelease | None = None):
    return view_for_receiver(
        story.referral,
        make_facts(),
        story.events,
        release,
        at,
        clocks=story.clocks.values(),
        has_question=True,
    )


def words(view):
    return [str(entry.what) for entry in view.timeline]


# --- the table


def _codes_of(standing):
    if standing in {Standing.DECLINED, Standing.HANDED_BACK}:
        return list(DeclineReason)
    return [None, *Outcome]


def test_the_table_answers_every_question_once():
    for viewer, standing, release in itertools.product(Viewer, Standing, (False, True)):
        for code in _codes_of(standing):
            matching = [
                row
                for row in TABLE
                if row.viewer is viewer
                and standing in row.standings
                and (row.codes is None or code in row.codes)
                and (row.release is None or row.release is release)
            ]
            assert len(matching) == 1
            assert look_up(viewer, standing, code, release=release) == matching[0].shows


def test_without_a_release_one_row_shows_every_course_after_acceptance():
    shown = {
        look_up(Viewer.SENDER, standing, code, release=False)
        for standing in AFTER_ACCEPTANCE
        for code in [None, *Outcome]
    }
    assert len(shown) == 1
    assert shown.pop().fixed


def test_a_release_changes_rows_after_acceptance_only():
    for standing in set(Standing) - AFTER_ACCEPTANCE:
        for code in _codes_of(standing):
            with_it, without = (
                look_up(Viewer.SENDER, standing, code, release=release) for release in (True, False)
            )
            assert with_it == without


def test_a_coordinator_sees_no_code_and_no_row():
    for standing, code in itertools.product(Standing, CODES):
        assert look_up(Viewer.COORDINATOR, standing, code, release=True) is None
    for state in State:
        assert view_for_coordinator(story_in(state).referral) is None


def test_a_receiver_never_sees_facts_before_accepting_or_after_giving_back():
    for row in TABLE:
        if row.viewer is Viewer.RECEIVER and row.shows and row.shows.facts is Facts.ALL:
            assert row.standings <= AFTER_ACCEPTANCE


def test_standings_tell_the_ends_apart():
    assert {standing_of(story_in(state).referral) for state in State} == set(Standing) - {
        Standing.HANDED_BACK,
        Standing.CLOSED_BY_SENDER,
        Standing.STOPPED,
        Standing.TO_CALL,
        Standing.TAKEN_BY_PHONE,
        Standing.CLOSED_AFTER_EXPIRY,
    }
    expired = story_in(State.EXPIRED).act(Action.CLOSE, Side.SENDER, LATER)
    assert standing_of(expired.referral) is Standing.CLOSED_AFTER_EXPIRY
    stopped = accepted().act(Action.STOP, Side.SENDER, LATER)
    assert standing_of(stopped.referral) is Standing.STOPPED
    back = accepted().act(Action.HAND_BACK, Side.RECEIVER, LATER)
    assert standing_of(back.referral) is Standing.HANDED_BACK
    back.act(Action.CLOSE, Side.SENDER, LATER)
    assert standing_of(back.referral) is Standing.CLOSED_BY_SENDER


# --- the sender before acceptance


def test_a_sent_referral_waits_for_the_receiver():
    view = sender(sent(), NOW)
    assert (view.status, view.next_move.side) == (Status.SENT, Side.RECEIVER)
    assert view.status.group is Group.WAITING
    assert view.next_move.due_at == view.clocks[0].due_at
    assert [(s.name, s.mark) for s in view.tracker] == [
        ("sent", StepMark.DONE),
        ("opened", StepMark.NOW),
        ("accepted", StepMark.LATER),
    ]
    assert view.can == {Action.RECALL, Action.ENTER_IN_ERROR}
    assert not view.options_offered


@pytest.mark.parametrize("state", [State.SENT, State.WAITLISTED])
def test_a_missed_answer_gives_the_sender_new_options_by_time_alone(state):
    story = story_in(state)
    due = story.clocks[ClockKind.ANSWER].due_at
    assert not sender(story, due + timedelta(hours=23)).options_offered
    late = sender(story, due + timedelta(hours=24))
    assert late.options_offered
    assert late.next_move.side is Side.SENDER
    assert late.clocks[0].state is ClockState.OVERDUE


def test_the_sender_is_told_that_it_was_opened_before_the_answer():
    opened = sent().log(EventKind.SEEN, Side.RECEIVER, LATER)
    opened.referral = replace(opened.referral, opened_at=LATER)
    view = sender(opened)
    assert words(view)[0] == "They opened it."
    assert view.can == {Action.WITHDRAW, Action.FREEZE, Action.ENTER_IN_ERROR}


def test_that_somebody_looks_in_after_accepting_is_the_partners_own():
    story = accepted()
    looked_in = story.copy().log(EventKind.SEEN, Side.RECEIVER, LATER)
    assert sender(looked_in, END) == sender(story, END)


def test_a_question_is_the_senders_move():
    note = make_id()
    story = sent().act(Action.ASK, Side.RECEIVER, LATER)
    story.events[-1] = replace(story.events[-1], note_id=note)
    view = sender(story)
    assert (view.status, view.next_move.side) == (Status.ASKED, Side.SENDER)
    assert view.timeline[0].note_id == note
    assert Action.ANSWER in view.can


def _declined(reason, at=LATER):
    story = sent()
    base = story.referral
    story.referral = replace(base, id=base.id)
    return story.act(Action.DECLINE, Side.RECEIVER, at, reason=reason)


def test_reasons_from_a_person_and_other_reach_the_sender_as_equal_views():
    story = sent()
    for later in (LATER, LATER + timedelta(days=3), END):
        views = []
        for reason in sorted(SAID_AS_ONE):
            twin = story.copy().act(Action.DECLINE, Side.RECEIVER, LATER, reason=reason)
            views.append(sender(twin, later))
        assert len({repr(view) for view in views}) == 1
        assert len({view.version for view in views}) == 1
        assert all(view == views[0] for view in views)
        assert str(views[0].status_text) == "Cannot take this referral"
        assert words(views[0])[0] == "Cannot take this referral"


def test_equal_views_stay_equal_after_the_sender_closes():
    story = sent()
    views = []
    for reason in sorted(SAID_AS_ONE):
        twin = story.copy().act(Action.DECLINE, Side.RECEIVER, LATER, reason=reason)
        twin.act(Action.CLOSE, Side.SENDER, LATER, outcome=Outcome.SURVIVOR_CHOSE_OTHERWISE)
        views.append(sender(twin, END))
    assert len({repr(view) for view in views}) == 1
    assert str(views[0].status_text) == "The person chose otherwise"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (DeclineReason.NO_CAPACITY, "No room now"),
        (DeclineReason.OUTSIDE_AREA, "Outside their area"),
        (DeclineReason.LANGUAGE, "No staff or interpreter for the language"),
        (DeclineReason.INSUFFICIENT_INFORMATION, "Not enough to go on"),
    ],
)
def test_reasons_of_the_service_are_said(reason, said):
    view = sender(_declined(reason))
    assert str(view.status_text) == said
    assert words(view)[0] == said
    assert view.status.group is Group.MY_MOVE
    assert view.options_offered


def test_a_hand_back_reads_as_any_decline_from_a_person_whatever_its_reason():
    story = accepted()
    views = {
        repr(sender(story.copy().act(Action.HAND_BACK, Side.RECEIVER, LATER, reason=reason)))
        for reason in DeclineReason
    }
    assert len(views) == 1
    view = sender(story.copy().act(Action.HAND_BACK, Side.RECEIVER, LATER))
    assert view.status is Status.CANNOT_TAKE
    assert view.timeline[0].kind == EventKind.DECLINE
    assert view.next_move.side is Side.SENDER


# --- after acceptance without a release


def test_without_a_release_the_page_reads_accepted_and_later_outcome_not_shared():
    story = accepted()
    over = story.referral.accepted_at + NOT_SHARED_AFTER[Urgency.STANDARD]
    before = sender(story, over - timedelta(microseconds=1))
    after = sender(story, over)
    assert before.status is Status.ACCEPTED
    assert [step.name for step in before.tracker] == ["sent", "opened", "accepted"]
    assert before.next_move.due_at is None
    assert str(after.status_text) == "Outcome not shared. This is closed."
    assert after.next_move is None
    assert after.changed_at == over
    assert words(after)[0] == "Outcome not shared. This is closed."


@pytest.mark.parametrize("urgency", list(Urgency))
def test_the_delay_depends_on_the_urgency_alone(urgency):
    story = accepted(urgency)
    over = story.referral.accepted_at + NOT_SHARED_AFTER[urgency]
    assert sender(story, over - timedelta(seconds=1)).status is Status.ACCEPTED
    assert sender(story, over).status is Status.NOT_SHARED


RECEIVER_ACTS = [Action.BEGIN, Action.HOLD, Action.RESUME, Action.CONNECT, Action.CLOSE]
RECEIVER_EVENTS = [
    EventKind.SEEN,
    EventKind.CONTACT_ATTEMPT,
    EventKind.NOTE,
    EventKind.LIVE_HAND_OFF,
    EventKind.SHARED_NOTE,
    EventKind.SCHEDULED,
    EventKind.ATTENDED,
    EventKind.NO_SHOW,
    EventKind.RELEASE_CONFIRMED,
    EventKind.RELEASE_REFUSED,
    EventKind.RELEASE_WITHDRAWN,
]
SYSTEM_EVENTS = [EventKind.REMINDED, EventKind.ESCALATED, EventKind.OPTIONS_OFFERED]

acts = st.tuples(
    st.one_of(
        st.sampled_from(RECEIVER_ACTS),
        st.sampled_from(RECEIVER_EVENTS),
        st.sampled_from(SYSTEM_EVENTS),
    ),
    st.integers(0, 20_000),
    st.sampled_from(Outcome),
    st.sampled_from(AttemptKind),
    st.integers(1, 80),
)
behaviours = st.lists(acts, max_size=12)
releases_not_in_force = st.one_of(
    st.none(),
    st.just(ASKED),
    st.integers(1, 40_000).map(lambda m: refuse(ASKED, at=NOW + timedelta(minutes=m))),
    st.integers(181, 40_000).map(
        lambda m: withdraw(IN_FORCE, at=NOW + timedelta(minutes=m), by=Side.RECEIVER)
    ),
    st.just(IN_FORCE),
)


def behave(story: Story, behaviour) -> Story:
    """Let the receiver and the system do what they can of it, in order of time."""
    start = story.referral.accepted_at
    for act, minutes, outcome, attempt, days in sorted(behaviour, key=lambda a: a[1]):
        at = start + timedelta(minutes=minutes)
        if isinstance(act, Action):
            try:
                story.act(act, Side.RECEIVER, at, outcome=outcome, until=at + timedelta(days=days))
            except (IllegalTransitionError, InvalidInputError):
                continue
        else:
            system = act in SYSTEM_EVENTS
            story.log(act, Side.SYSTEM if system else Side.RECEIVER, at, attempt, make_id())
    for kind, clock in story.clocks.items():
        story.clocks[kind] = replace(clock, steps_done=len(behaviour) % 3)
    return story


@settings(max_examples=200, deadline=None)
@given(
    urgency=st.sampled_from(Urgency),
    one=behaviours,
    other=behaviours,
    look=st.integers(68, 60_000),
    release=releases_not_in_force,
)
def test_twins_whatever_the_receiver_does_after_accepting_the_sender_sees_the_same(
    urgency, one, other, look, release
):
    story = accepted(urgency)
    at = NOW + timedelta(minutes=look)
    if release is not None and release.in_force(at):
        release = ASKED
    # A release that was asked for looks the same whether it was refused, withdrawn or confirmed
    # and expired; what the sender itself recorded is the same in both worlds.
    twin_release = None if release is None else ASKED
    first = sender(behave(story.copy(), one), at, release)
    second = sender(behave(story.copy(), other), at, twin_release)
    assert first == second
    assert repr(first) == repr(second)
    assert first.version == second.version


FIXED = look_up(Viewer.SENDER, Standing.ACCEPTED, None, release=False)


@settings(max_examples=100, deadline=None)
@given(one=behaviours, other=behaviours)
def test_the_masks_leave_nothing_over_that_a_later_view_could_show(one, other):
    """Today's view may not show a field; tomorrow's must have nothing to show."""
    story = accepted()
    first, second = behave(story.copy(), one), behave(story.copy(), other)
    assert mask_for_sender(first.referral, FIXED) == mask_for_sender(second.referral, FIXED)
    assert events_for_sender(first.events, FIXED) == events_for_sender(second.events, FIXED)
    assert clocks_for_sender(first.clocks.values(), FIXED) == clocks_for_sender(
        second.clocks.values(), FIXED
    )


def test_the_masks_take_the_reason_and_the_hold_away():
    shown = look_up(Viewer.SENDER, Standing.DECLINED, DeclineReason.OTHER, release=False)
    declines = [sent().act(Action.DECLINE, Side.RECEIVER, LATER, reason=r) for r in SAID_AS_ONE]
    assert {mask_for_sender(d.referral, shown).decline_reason for d in declines} == {None}
    assert {e.reason for d in declines for e in events_for_sender(d.events, shown)} == {None}
    held = accepted().act(Action.HOLD, Side.RECEIVER, LATER).referral
    on_hold = look_up(Viewer.SENDER, Standing.ON_HOLD, None, release=True)
    assert mask_for_sender(held, on_hold).hold_until is None


@settings(max_examples=80, deadline=None)
@given(one=behaviours, other=behaviours, stop=st.integers(68, 30_000), error=st.booleans())
def test_twins_stay_equal_when_the_sender_records_a_stop_or_an_error(one, other, stop, error):
    story = accepted()
    action = Action.ENTER_IN_ERROR if error else Action.STOP
    at = NOW + timedelta(minutes=stop)
    views = []
    for behaviour in (one, other):
        until_then = [act for act in behaviour if NOW + timedelta(minutes=67 + act[1]) < at]
        told = behave(story.copy(), until_then)
        told.act(action, Side.SENDER, at)
        told.log(EventKind.NOTE, Side.SENDER, at)
        views.append(sender(told, at + timedelta(hours=1), ASKED))
    assert views[0] == views[1]
    assert repr(views[0]) == repr(views[1])


@settings(max_examples=80, deadline=None)
@given(behaviour=behaviours, reason=st.sampled_from(DeclineReason))
def test_a_hand_back_after_any_tries_looks_like_one_without(behaviour, reason):
    story = accepted()
    tried = behave(
        story.copy(),
        [
            a
            for a in behaviour
            if a[0] not in {Action.BEGIN, Action.CONNECT, Action.CLOSE, Action.RESUME}
        ],
    )
    at = NOW + timedelta(days=20)
    plain = story.copy().act(Action.HAND_BACK, Side.RECEIVER, at)
    tried.act(Action.HAND_BACK, Side.RECEIVER, at, reason=reason)
    later = at + timedelta(hours=1)
    assert repr(sender(tried, later)) == repr(sender(plain, later))


# --- after acceptance with a release


def test_with_a_release_the_sender_sees_the_loop_close_in_full():
    story = accepted().act(Action.BEGIN, Side.RECEIVER, LATER)
    view = sender(story, LATER, IN_FORCE)
    assert view.status is Status.IN_PROGRESS
    assert [step.name for step in view.tracker][3:] == ["first-contact", "connected", "outcome"]
    assert view.tracker[4].mark is StepMark.NOW
    assert {clock.kind for clock in view.clocks} == {ClockKind.ANSWER, *ClockKind}
    assert view.release.in_force
    story.act(Action.CONNECT, Side.RECEIVER, LATER)
    assert sender(story, LATER, IN_FORCE).status is Status.CONNECTED
    story.act(Action.CLOSE, Side.RECEIVER, LATER, outcome=Outcome.SERVICE_STARTED)
    closed = sender(story, LATER, IN_FORCE)
    assert closed.outcome is Outcome.SERVICE_STARTED
    assert str(closed.status_text) == "Service started"
    assert closed.next_move is None
    assert all(step.mark is StepMark.DONE for step in closed.tracker)


def test_tries_and_notes_of_the_receiver_stay_its_own_even_with_a_release():
    story = accepted()
    story.log(EventKind.CONTACT_ATTEMPT, Side.RECEIVER, LATER, AttemptKind.NOT_SAFE_TO_TALK)
    story.log(EventKind.NOTE, Side.RECEIVER, LATER, note_id=make_id())
    kinds = {entry.kind for entry in sender(story, LATER, IN_FORCE).timeline}
    assert not kinds & {EventKind.CONTACT_ATTEMPT, EventKind.NOTE}


def test_until_when_a_person_cannot_be_called_is_never_the_senders():
    until = LATER + timedelta(days=9)
    story = accepted().act(Action.HOLD, Side.RECEIVER, LATER, until=until)
    view = sender(story, LATER, IN_FORCE)
    assert view.status is Status.ON_HOLD
    assert repr(until) not in repr(view)
    assert {clock.kind for clock in view.clocks} == {ClockKind.ANSWER}
    assert "do not have to watch" in str(view.next_move.what)


def test_when_a_release_ends_the_page_is_the_one_that_never_had_it():
    story = accepted().act(Action.CONNECT, Side.RECEIVER, LATER)
    story.log(EventKind.RELEASE_CONFIRMED, Side.RECEIVER, LATER)
    expired = sender(story, END, IN_FORCE)
    never = sender(accepted(), END, ASKED)
    ended = sender(story, END, withdraw(IN_FORCE, at=LATER, by=Side.RECEIVER))
    assert repr(expired) == repr(ended)
    assert [s.name for s in expired.tracker] == [s.name for s in never.tracker]
    assert expired.status is never.status is Status.NOT_SHARED


@pytest.mark.parametrize(
    "release",
    [
        ASKED,
        refuse(ASKED, at=LATER),
        withdraw(IN_FORCE, at=NOW + timedelta(minutes=67), by=Side.RECEIVER),
        withdraw(ASKED, at=LATER, by=Side.SENDER),
    ],
    ids=["asked", "refused", "withdrawn", "ended-by-the-sender"],
)
@pytest.mark.parametrize("at", [LATER, END], ids=["soon", "at the end"])
def test_whether_a_release_was_ever_asked_for_shows_nowhere_while_none_is_in_force(release, at):
    story = accepted()
    never = sender(story, at)
    story.log(EventKind.RELEASE_ASKED, Side.SENDER, NOW)
    story.log(EventKind.RELEASE_WITHDRAWN, Side.SENDER, LATER)
    assert sender(story, at, release) == never
    assert never.release is None
    assert never.can_ask_release


# --- the sender's own ends


def test_own_ends_are_shown():
    assert sender(story_in(State.RECALLED)).status is Status.RECALLED
    assert sender(story_in(State.CANCELLED)).status is Status.WITHDRAWN
    assert sender(story_in(State.FROZEN)).status is Status.FROZEN
    assert sender(story_in(State.ENTERED_IN_ERROR)).status is Status.ENTERED_IN_ERROR
    assert sender(accepted().act(Action.STOP, Side.SENDER, LATER)).status is Status.STOPPED
    assert sender(story_in(State.DRAFT)).status is Status.DRAFT


def test_a_warm_referral_is_one_with_a_live_hand_off():
    assert not sender(sent()).warm
    assert sender(sent().log(EventKind.LIVE_HAND_OFF, Side.SENDER, LATER)).warm


def test_the_version_changes_when_something_shown_does():
    story = sent()
    before = sender(story)
    assert before.version == sender(story).version
    assert before.version != sender(story.copy().act(Action.ASK, Side.RECEIVER, LATER)).version
    assert len(before.version) == 20


# --- the receiver


def test_before_accepting_a_receiver_sees_need_county_urgency_and_times_alone():
    story = sent()
    story.log(EventKind.RELEASE_ASKED, Side.SENDER, NOW)
    story.log(EventKind.LIVE_HAND_OFF, Side.SENDER, NOW)
    view = receiver(story, NOW, ASKED)
    assert (view.needs, view.county) == (make_facts().needs, "Rensselaer County, NY")
    assert (view.facts, view.code, view.release, view.question_shown) == (None, None, None, False)
    assert not view.warm
    assert words(view) == ["Arrived."]
    assert "Troy" not in repr(view)
    assert "maple" not in repr(view)
    assert Action.ACCEPT in view.can


@settings(max_examples=100, deadline=None)
@given(area=st.sampled_from(["Troy, NY", None]), language=st.sampled_from(["es", "mix", None]))
def test_facts_leave_no_trace_before_accepting(area, language):
    story = sent()
    one = make_facts(area=area, language=language, children="3")
    views = [
        repr(
            view_for_receiver(
                story.referral, facts, story.events, None, LATER, clocks=story.clocks.values()
            )
        )
        for facts in (make_facts(), one)
    ]
    assert views[0] == views[1]


def test_after_accepting_a_receiver_sees_what_was_agreed():
    view = receiver(accepted(), LATER, ASKED)
    assert view.facts == make_facts()
    assert view.code == "maple river quiet stone"
    assert view.release.asked_at == NOW
    assert view.question_shown
    assert {clock.kind for clock in view.clocks} == {ClockKind.ANSWER, ClockKind.FIRST_CONTACT}


@pytest.mark.parametrize("state", [State.DRAFT, State.RECALLED, State.ENTERED_IN_ERROR])
def test_a_receiver_has_nothing_of_a_draft_or_of_what_was_recalled_or_sent_in_error(state):
    assert receiver(story_in(state)) is None


def test_after_an_error_an_accepted_referral_is_gone_for_the_receiver():
    assert receiver(accepted().act(Action.ENTER_IN_ERROR, Side.SENDER, LATER)) is None


@pytest.mark.parametrize(
    ("state", "status", "said"),
    [
        (State.CANCELLED, Status.WITHDRAWN, "The sender took it back."),
        (State.EXPIRED, Status.EXPIRED, "The time to answer is over."),
        (State.FROZEN, Status.FROZEN, "It came to you by mistake. The sender froze it."),
    ],
)
def test_of_what_is_no_longer_theirs_a_partner_reads_that_alone(state, status, said):
    view = receiver(story_in(state), LATER, IN_FORCE)
    assert (view.status, words(view)[0]) == (status, said)
    assert (view.needs, view.county, view.facts, view.code) == ((), "", None, None)
    assert (view.can, view.release, view.next_move) == (frozenset(), None, None)


def test_what_a_sender_does_after_the_wait_ended_is_not_the_partners():
    story = story_in(State.EXPIRED)
    base = repr(receiver(story, END))
    story.act(Action.CLOSE, Side.SENDER, LATER, outcome=Outcome.REDIRECTED)
    assert repr(receiver(story, END)) == base


@pytest.mark.parametrize(
    ("given", "undo"),
    [(Action.ACCEPT, Action.UNDO_ACCEPT), (Action.DECLINE, Action.UNDO_DECLINE)],
)
def test_an_answer_taken_back_leaves_a_referral_that_waits(given, undo):
    soon = NOW + timedelta(minutes=9)
    note = make_id()
    story = sent().act(given, Side.RECEIVER, soon).act(undo, Side.RECEIVER, soon)
    story.events[-1] = replace(story.events[-1], note_id=note)
    view = sender(story, soon)
    assert (view.status, view.next_move.side) == (Status.SENT, Side.RECEIVER)
    assert all(entry.note_id is None for entry in view.timeline)
    assert receiver(story, soon).timeline[0].note_id == note


def test_reopening_shows_to_a_sender_with_a_release_alone():
    story = accepted().act(Action.CLOSE, Side.RECEIVER, LATER)
    closed = story.copy()
    story.act(Action.REOPEN, Side.RECEIVER, LATER)
    assert sender(story, END) == sender(closed, END)
    assert sender(story, LATER, IN_FORCE).status is Status.ACCEPTED


def test_the_persons_stop_takes_the_facts_away():
    view = receiver(accepted().act(Action.STOP, Side.SENDER, LATER), LATER, IN_FORCE)
    assert view.status is Status.STOPPED
    assert (view.facts, view.code, view.release) == (None, None, None)
    assert view.can == frozenset()
    assert words(view)[0] == "The person stopped this."


def test_what_the_sender_does_after_a_decline_is_not_the_receivers():
    story = _declined(DeclineReason.SAFETY)
    base = repr(receiver(story, END))
    for action in (Action.CLOSE, Action.REROUTE):
        twin = story.copy().act(
            action, Side.SENDER, LATER + timedelta(days=1), outcome=Outcome.UNKNOWN
        )
        assert repr(receiver(twin, END)) == base
    view = receiver(story, END)
    assert (view.status, view.decline_reason) == (Status.DECLINED, DeclineReason.SAFETY)
    assert view.facts is None
    assert all(clock.kind is not ClockKind.ANSWER for clock in view.clocks)


def test_a_receiver_counts_its_own_tries():
    story = accepted()
    for kind in (AttemptKind.NO_ANSWER, AttemptKind.REACHED):
        story.log(EventKind.CONTACT_ATTEMPT, Side.RECEIVER, LATER, kind)
    view = receiver(story)
    assert view.attempts == 2
    assert str(view.timeline[0].line) == "Reached the person"


def test_while_on_hold_the_receiver_is_told_until_when_not_to_call():
    until = LATER + timedelta(days=9)
    view = receiver(accepted().act(Action.HOLD, Side.RECEIVER, LATER, until=until))
    assert view.next_move.due_at == until
    assert view.status.group is Group.LATER


@pytest.mark.parametrize("state", [s for s in State if s.is_open and s is not State.DRAFT])
def test_every_open_referral_tells_both_sides_whose_move_is_next(state):
    story = story_in(state)
    assert sender(story, LATER, IN_FORCE).next_move is not None
    if state not in {State.DECLINED, State.EXPIRED}:
        assert receiver(story).next_move is not None


def test_every_status_has_a_label_and_a_group():
    for status in Status:
        assert str(status.label)
        assert status.group in Group
