"""What an act does to a referral's clocks, as the transition table says.

What lives here: one pure step from clocks to clocks. What must not: spans and due times
(`ccr.domain.clocks`), the table itself (`ccr.domain.referral`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ccr.domain.clocks import (
    DEFAULT_SPANS,
    Clock,
    ClockKind,
    OpenCalendar,
    Side,
    Spans,
    answer_duty,
    start_clock,
)
from ccr.domain.referral import Referral
from ccr.domain.referral_states import State
from ccr.domain.referral_transitions import Transition
from ccr.domain.taxonomy import Urgency


def clocks_after(
    clocks: Mapping[ClockKind, Clock],
    transition: Transition | None,
    *,
    at: datetime,
    until: datetime | None,
    urgency: Urgency,
    calendar: OpenCalendar,
    spans: Spans = DEFAULT_SPANS,
    by: datetime | None = None,
) -> dict[ClockKind, Clock]:
    """Return the clocks after the act: stopped, started anew, handed over, paused or resumed.

    There is at most one clock of a kind; starting one anew replaces it.

    Args:
        until: the date that comes with the act: of a pause, or of a clock that is due then.
        calendar: when somebody at the receiver reads.
        spans: how long clocks of this referral run in its network.
        by: the end of a safe window that opens at `until` (R77).
    """
    if transition is None:
        return dict(clocks)
    after = {
        kind: clock.meet(at) if kind in transition.stops else clock
        for kind, clock in clocks.items()
    }
    owner = _duty(transition, urgency, at, calendar)
    if transition.starts is not None:
        answered = after.get(ClockKind.ANSWER)
        clock = start_clock(
            transition.starts,
            urgency,
            at,
            calendar,
            owner=owner or Side.RECEIVER,
            spans=spans,
            accepted_at=answered.met_at if answered else None,
        )
        if transition.due_at_until and until is not None:
            clock = replace(clock, due_at=until)
        after[clock.kind] = clock
    elif owner is not None and ClockKind.ANSWER in after:
        after[ClockKind.ANSWER] = after[ClockKind.ANSWER].hand_to(owner)
    if transition.pauses and until is not None:
        after = {kind: clock.pause(at, until, by=by) for kind, clock in after.items()}
    if transition.resumes:
        after = {kind: clock.resume(at) for kind, clock in after.items()}
    return after


def callers_own(clocks: Mapping[ClockKind, Clock]) -> dict[ClockKind, Clock]:
    """Return the clocks of a referral by phone: whatever is waited for, the sender calls."""
    return {
        kind: clock.hand_to(Side.SENDER) if clock.met_at is None else clock
        for kind, clock in clocks.items()
    }


def opened_by_receiver(
    referral: Referral, clocks: Mapping[ClockKind, Clock]
) -> dict[ClockKind, Clock]:
    """Return the clocks once somebody at the receiver opened it: a running answer is theirs.

    It had been the sender's where nobody read the inbox as it was sent; its due time stays. What
    waits for the sender's answer to a question, or for a call, stays the sender's.
    """
    after = dict(clocks)
    answer = clocks.get(ClockKind.ANSWER)
    waits = referral.state is State.SENT and not referral.by_phone
    if waits and answer is not None and answer.met_at is None:
        after[ClockKind.ANSWER] = answer.hand_to(Side.RECEIVER)
    return after


def _duty(
    transition: Transition, urgency: Urgency, at: datetime, calendar: OpenCalendar
) -> Side | None:
    """Return whose the answer is after the act, or None where the act does not say."""
    if transition.hands_to is Side.SENDER:
        return Side.SENDER
    asks = transition.to is State.SENT and (transition.starts or transition.hands_to)
    if asks:
        # A receiver who takes an answer back is there, whatever its hours say.
        there = transition.who != {Side.SENDER}
        return Side.RECEIVER if there else answer_duty(urgency, at, calendar)
    return transition.hands_to
