"""What an act does to a referral's clocks, as the transition table says.

What lives here: one pure step from clocks to clocks. What must not: spans and due times
(`ccr.domain.clocks`), the table itself (`ccr.domain.referral`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ccr.domain.clocks import Clock, ClockKind, OpenCalendar, Side, start_clock
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
) -> dict[ClockKind, Clock]:
    """Return the clocks after the act: stopped, started anew, handed over, paused or resumed.

    There is at most one clock of a kind; starting one anew replaces it.
    """
    if transition is None:
        return dict(clocks)
    after = {
        kind: clock.meet(at) if kind in transition.stops else clock
        for kind, clock in clocks.items()
    }
    if transition.starts is not None:
        owner = transition.hands_to or Side.RECEIVER
        clock = start_clock(transition.starts, urgency, at, calendar, owner=owner)
        if transition.due_at_until and until is not None:
            clock = replace(clock, due_at=until)
        after[clock.kind] = clock
    elif transition.hands_to is not None and ClockKind.ANSWER in after:
        after[ClockKind.ANSWER] = after[ClockKind.ANSWER].hand_to(transition.hands_to)
    if transition.pauses and until is not None:
        after = {kind: clock.pause(at, until) for kind, clock in after.items()}
    if transition.resumes:
        after = {kind: clock.resume(at) for kind, clock in after.items()}
    return after
