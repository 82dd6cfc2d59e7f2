"""Chasing a safety consultation that nobody has acknowledged, and telling the program at its hours.

What lives here: which steps are due, on the ladder of an immediate answer clock (R76, R79). What
must not: whom a step tells (`ccr.domain.staffing`), sending anything.

The program is told at two moments that were fixed when it asked, from facts as they stood then.
What the chasing does, and when it ends, never reaches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ccr.domain.chasing import Chase, next_look, take_due
from ccr.domain.clocks import Clock, ClockKind, Side, Step
from ccr.domain.safety_consultation import Answered, Moments, in_time
from ccr.domain.taxonomy import Urgency
from ccr.domain.time_rules import IMMEDIATE_EVERY

_CHASE = Chase(every=IMMEDIATE_EVERY)
_TOLD = frozenset({Step.REMIND, Step.BACK_UP, Step.ESCALATE, Step.COORDINATOR})
"""A consultation has no other options and never expires: those steps remind once more."""


@dataclass(frozen=True, slots=True)
class Chased:
    """How far the chasing has come: steps taken, and when it last looked."""

    step: int = 0
    looked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueNow:
    """What a look finds due.

    Attributes:
        steps: of the partner's ladder, in order.
        again: True for one more reminder after the ladder's.
        program_call: the program is told that nobody acknowledged by `due_at`: call again.
        program_advice: the program is told that its page shows advice now; told to everybody.
        after: how far the chasing has come with this look.
        next_at: when to look again, or None when nothing will be due.
    """

    steps: tuple[Step, ...]
    again: bool
    program_call: bool
    program_advice: bool
    after: Chased
    next_at: datetime | None


def due_now(moments: Moments, answered: Answered, chased: Chased, at: datetime) -> DueNow:
    """Return what is due at `at`, each once however long nobody looked."""
    clock = _clock(moments, answered, chased)
    taken = take_due(clock, _CHASE, at)
    since = chased.looked_at or moments.raised_at
    steps = tuple(step for step in taken.told if step in _TOLD)
    looks = [next_look(taken.clock, _CHASE), moments.due_at, moments.told_at]
    return DueNow(
        steps=steps,
        again=taken.again or (bool(taken.told) and not steps),
        program_call=since < moments.due_at <= at and not in_time(moments, answered),
        program_advice=since < moments.told_at <= at,
        after=Chased(taken.clock.steps_done, at),
        next_at=min((look for look in looks if look is not None and look > at), default=None),
    )


def first_look(moments: Moments) -> datetime:
    """Return when a new consultation is looked at first."""
    return min(moments.due_at, moments.told_at)


def _clock(moments: Moments, answered: Answered, chased: Chased) -> Clock:
    return Clock(
        kind=ClockKind.ANSWER,
        urgency=Urgency.IMMEDIATE,
        owner=Side.RECEIVER,
        started_at=moments.raised_at,
        due_at=moments.due_at,
        met_at=answered.acknowledged_at,
        steps_done=chased.step,
        stepped_at=chased.looked_at,
    )
