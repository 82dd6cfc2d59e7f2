"""How warm a referral is in the eyes of one side: made from the events that this side may know.

What lives here: reading a hand-off out of events that the masks left over. What must not: events
that they took away.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ccr.domain.live_hand_off import (
    HandOff,
    HandOffKind,
    StepShown,
    WarmStep,
    read_joint_call,
)
from ccr.domain.projection_masks import Event
from ccr.domain.referral_states import EventKind


def hand_off_of(
    events: Iterable[Event],
    *,
    sent_at: datetime | None,
    accepted_at: datetime | None,
    ended_at: datetime | None,
    to_call: bool,
) -> HandOff:
    """Return how warm a referral is, from the events that one side may know and no other.

    `to_call`: the partner has no inbox and nobody has said what it answered; so far the person
    was given words and a number, and that is information.
    """
    latest: dict[EventKind, Event] = {}
    first: dict[EventKind, datetime] = {}
    for event in events:
        latest[event.kind] = event
        first.setdefault(event.kind, event.at)
    introduced_at = first.get(EventKind.LIVE_HAND_OFF)
    offered = latest.get(EventKind.JOINT_CALL_OFFERED)
    call = read_joint_call(offered.reason) if offered else None
    answers = [
        event
        for event in (
            latest.get(EventKind.JOINT_CALL_AGREED),
            latest.get(EventKind.JOINT_CALL_NOT_THEN),
        )
        if event is not None and offered is not None and event.reason == offered.reason
    ]
    newest = max(answers, key=lambda event: event.at, default=None)
    missed = EventKind.JOINT_CALL_MISSED in first
    kind = HandOffKind.INFORMATION if to_call else HandOffKind.DIRECT
    done = {
        WarmStep.CONSENT: sent_at,
        WarmStep.FIT: first.get(EventKind.FIT_CHECKED),
        WarmStep.SHARING: sent_at,
        WarmStep.INTRODUCTION: introduced_at,
        WarmStep.SAFE_INFO: first.get(EventKind.SAFE_INFO),
        WarmStep.ACCEPTANCE: accepted_at,
        WarmStep.FOLLOW_UP: first.get(EventKind.FOLLOW_UP_AGREED),
        WarmStep.END: ended_at,
    }
    return HandOff(
        kind=HandOffKind.WARM if introduced_at else kind,
        call=call,
        agreed=None if newest is None else newest.kind is EventKind.JOINT_CALL_AGREED,
        happened=True if introduced_at else False if missed else None,
        steps=tuple(StepShown(step, done[step]) for step in WarmStep),
    )
