"""What a mailed link may show and do: part of the receiver's view, and never another fact."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest

from ccr.domain.answer_links import (
    LinkAct,
    LinkView,
    may_read_out,
    outcomes_by_link,
    seen_by_link,
    was_taken_back,
)
from ccr.domain.clocks import Side
from ccr.domain.outcomes import CONNECTED_OUTCOMES, DeclineReason
from ccr.domain.projection import view_for_receiver, view_for_sender
from ccr.domain.referral import possible_actions
from ccr.domain.referral_states import TOLD_BY_PHONE, Action, EventKind, State
from ccr.domain.referral_views import Status
from ccr.domain.release import ask
from tests.builders import NOW
from tests.referral_builders import WAYS, Story, make_facts, make_referral

DAY = timedelta(days=1)


def story_by_link(state: State) -> Story:
    story = Story(make_referral(by_link=True)).log(EventKind.BY_LINK, Side.SENDER, NOW)
    for minute, (action, by) in enumerate(WAYS[state]):
        story.act(action, by, NOW + timedelta(minutes=minute))
    return story


def shown(state: State, *, asked: bool = False) -> LinkView | None:
    story = story_by_link(state)
    release = ask(at=NOW, until=NOW + 30 * DAY) if asked else None
    view = view_for_receiver(
        story.referral, make_facts(), story.events, release, NOW + DAY,
        clocks=story.clocks.values(), has_question=True,
    )  # fmt: skip
    return None if view is None else seen_by_link(view)


@pytest.mark.parametrize("state", sorted(WAYS))
def test_a_link_shows_need_county_and_urgency_and_no_other_fact(state):
    view = shown(state, asked=True)
    if view is None:
        return
    told = repr([getattr(view, field.name) for field in fields(view)])
    for fact in ("Troy", "'es'", "mid-adult", "MID_ADULT"):
        assert fact not in told
    assert view.county == ("" if was_taken_back(view.status) else "Rensselaer County, NY")


def test_before_accepting_there_are_no_words_to_say_and_after_it_there_are():
    assert shown(State.SENT).code is None
    assert shown(State.ACCEPTED).code == "maple river quiet stone"


def test_each_state_offers_its_own_acts():
    assert shown(State.SENT).can == {LinkAct.ACCEPT, LinkAct.DECLINE, LinkAct.ROOM}
    assert LinkAct.HAND_BACK in shown(State.ACCEPTED).can
    assert LinkAct.CONNECT in shown(State.IN_PROGRESS).can
    assert LinkAct.CLOSE in shown(State.CONNECTED).can
    assert not {LinkAct.HAND_BACK, LinkAct.ACCEPT} & shown(State.IN_PROGRESS).can
    for over in (State.DECLINED, State.CLOSED):
        assert not shown(over).can
    releases = {LinkAct.CONFIRM_RELEASE, LinkAct.REFUSE_RELEASE}
    assert not releases & shown(State.SENT, asked=True).can
    assert releases <= shown(State.ACCEPTED, asked=True).can


def test_an_outcome_of_connected_needs_that_first():
    assert not CONNECTED_OUTCOMES & set(outcomes_by_link(Status.ACCEPTED))
    assert set(outcomes_by_link(Status.CONNECTED)) >= CONNECTED_OUTCOMES


def test_the_sender_may_write_down_a_phone_answer_while_it_waits_and_it_is_by_phone_then():
    waiting = story_by_link(State.SENT)
    assert possible_actions(waiting.referral, Side.SENDER, NOW) >= TOLD_BY_PHONE
    for state in (State.ACCEPTED, State.DECLINED, State.CONNECTED):
        assert not TOLD_BY_PHONE & possible_actions(story_by_link(state).referral, Side.SENDER, NOW)
    waiting.act(Action.PHONE_ACCEPT, Side.SENDER, NOW + DAY)
    assert waiting.referral.by_phone
    assert view_for_receiver(waiting.referral, make_facts(), waiting.events, None, NOW) is None
    view = view_for_sender(waiting.referral, waiting.events, None, NOW + DAY)
    assert (view.status, view.by_link) == (Status.ACCEPTED_BY_PHONE, False)


def test_what_a_sender_may_make_is_the_same_in_every_state_after_acceptance():
    for state in (State.ACCEPTED, State.IN_PROGRESS, State.ON_HOLD, State.CONNECTED, State.CLOSED):
        story = story_by_link(state)
        view = view_for_sender(story.referral, story.events, None, NOW + DAY)
        assert may_read_out(view)
        later = view_for_sender(story.referral, story.events, None, NOW + 60 * DAY)
        assert not may_read_out(later)
    handed = story_by_link(State.ACCEPTED).act(
        Action.HAND_BACK, Side.RECEIVER, NOW + DAY, reason=DeclineReason.OTHER
    )
    assert not may_read_out(view_for_sender(handed.referral, handed.events, None, NOW + DAY))
