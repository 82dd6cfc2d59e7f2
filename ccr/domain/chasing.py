"""Chasing what is late: when the next step or reminder is, and what rests (R79, ADR 0027).

What lives here: the ladder of `ccr.domain.clocks` read together with what holds reminders back: a
snooze of one's own, the interval, the off switch of a network. What must not: due times, whom to
tell (`ccr.domain.staffing`), sending anything.

A late clock climbs its ladder step by step. From the supervisor on it is reminded of again at the
interval, for as long as it runs. A snooze holds what stays on one's own side, never a step beyond
it: new options, the coordinator and the expiry come when they come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ccr.domain.clocks import (
    STEP_OFFSETS,
    STEPS,
    Clock,
    ClockKind,
    Side,
    Step,
    due_steps,
)
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled, Urgency

ON_OWN_SIDE = frozenset({Step.REMIND, Step.BACK_UP, Step.ESCALATE})
"""Steps that a snooze holds."""
OFF_WITH_REMINDERS = frozenset({Step.REMIND, Step.BACK_UP})
"""Steps that are not sent where a network has switched reminders off; the supervisor's still is."""
LEAST_EVERY = timedelta(minutes=15)
SLOWER_AFTER, SLOW_EVERY = timedelta(days=1), timedelta(days=1)
"""Whatever is a day late is reminded of once a day at most: more would not be read. Our choice."""
SENDERS_EVERY_WHEN_OFF = timedelta(days=7)
"""What is the sender's to decide never falls silent, even with reminders off. Our choice."""

LONGEST_SNOOZE: dict[Urgency, timedelta] = {
    Urgency.IMMEDIATE: timedelta(0),
    Urgency.HIGH: timedelta(days=1),
    Urgency.STANDARD: timedelta(days=7),
}
"""How long reminders may rest by their owner's word. Our choice, ADR 0027."""


class SnoozeReason(Labelled):
    """Why reminders rest. A closed list: free words could name somebody."""

    WAITING_FOR_PARTNER = "waiting-for-partner"
    AGREED_LATER = "agreed-later"
    TRIED_TODAY = "tried-today"
    COLLEAGUE_ASKED = "colleague-asked"
    OTHER = "other"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _REASON_LABELS[self]


@dataclass(frozen=True, slots=True)
class Chase:
    """What holds reminders of one clock back.

    Attributes:
        every: the least time between two reminders of what was escalated.
        off: True when the network sends no reminders for these needs.
        snoozed_until: until when the owner's reminders rest, or None.
    """

    every: timedelta = timedelta(days=1)
    off: bool = False
    snoozed_until: datetime | None = None


SOONEST = Chase(every=LEAST_EVERY)
"""Looks that may come too early and are then put off: for whoever knows no rules of a network."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is due now: the clock after it, the steps to tell of, and whether it is one more time.

    Attributes:
        told: the steps that somebody is told of, in order.
        again: True for one more reminder to workers and supervisor, after the ladder's.
    """

    clock: Clock
    told: tuple[Step, ...] = ()
    again: bool = False


def take_due(clock: Clock, chase: Chase, at: datetime) -> Taken:
    """Take everything that is due at `at`; a clock that was left alone for long, each step once."""
    if clock.met_at is not None or _paused(clock, at):
        return Taken(clock)
    rests = _rests(chase, at)
    due = due_steps(clock, at)
    if rests:
        # What rests waits, unless a step beyond one's own side has come: then it is passed over.
        beyond = [place for place, step in enumerate(due) if step not in ON_OWN_SIDE]
        due = due[: beyond[-1] + 1] if beyond else ()
    if due:
        told = tuple(
            step
            for step in due
            if not (rests and step in ON_OWN_SIDE)
            and not (chase.off and step in OFF_WITH_REMINDERS)
        )
        moved = replace(clock, steps_done=clock.steps_done + len(due), stepped_at=at)
        return Taken(moved, told)
    again_at = _again_at(clock, chase)
    if again_at is not None and not rests and at >= again_at:
        return Taken(replace(clock, stepped_at=at), again=True)
    return Taken(clock)


def next_look(clock: Clock, chase: Chase) -> datetime | None:
    """Return when something may be due next; None when nothing will be.

    While it is paused that is the end of the pause, at which its referral goes on.
    """
    if clock.met_at is not None:
        return None
    if clock.paused_until is not None:
        return clock.paused_until
    looks = []
    offsets, left = STEP_OFFSETS[clock.urgency], clock.steps_left
    if left:
        looks.append(_not_before(chase.snoozed_until, clock.due_at + offsets[left[0]], left[0]))
        beyond = next((step for step in left if step not in ON_OWN_SIDE), None)
        if beyond is not None:
            looks.append(clock.due_at + offsets[beyond])
    again_at = _again_at(clock, chase)
    if again_at is not None:
        looks.append(_not_before(chase.snoozed_until, again_at, Step.REMIND))
    return min(looks, default=None)


def check_snooze(
    clock: Clock, until: datetime, *, at: datetime, reason: SnoozeReason | None
) -> None:
    """Refuse a snooze that cannot be.

    Raises:
        InvalidInputError: field `until`: immediate danger never rests, and nothing longer than
            LONGEST_SNOOZE; field `reason`: it is missing.
    """
    longest = LONGEST_SNOOZE[clock.urgency]
    if not longest:
        raise InvalidInputError(phrase("Immediate danger is never put off."), field="until")
    if not at < until <= at + longest:
        raise InvalidInputError(
            phrase("This can rest for at most %(hours)s hours.", hours=longest // _HOUR),
            field="until",
        )
    if reason is None:
        raise InvalidInputError(phrase("Choose a reason."), field="reason")


def _again_at(clock: Clock, chase: Chase) -> datetime | None:
    """Return when a clock that reached the supervisor is reminded of again, or None for never."""
    ladder = STEPS[clock.kind, clock.owner]
    if Step.ESCALATE not in ladder[: clock.steps_done]:
        return None
    every = max(chase.every, LEAST_EVERY)
    if chase.off:
        if (clock.kind, clock.owner) != (ClockKind.ANSWER, Side.SENDER):
            return None
        every = max(every, SENDERS_EVERY_WHEN_OFF)
    last = clock.stepped_at or clock.due_at
    slow = clock.kind is ClockKind.OUTCOME or last - clock.due_at >= SLOWER_AFTER
    return last + (max(every, SLOW_EVERY) if slow else every)


def _paused(clock: Clock, at: datetime) -> bool:
    return clock.paused_until is not None and at < clock.paused_until


def _rests(chase: Chase, at: datetime) -> bool:
    return chase.snoozed_until is not None and at < chase.snoozed_until


def _not_before(moment: datetime | None, at: datetime, step: Step) -> datetime:
    return at if moment is None or step not in ON_OWN_SIDE else max(at, moment)


_HOUR = timedelta(hours=1)
_REASON_LABELS = {
    SnoozeReason.WAITING_FOR_PARTNER: phrase("We wait for somebody else's word"),
    SnoozeReason.AGREED_LATER: phrase("A later time was agreed"),
    SnoozeReason.TRIED_TODAY: phrase("We tried, and try again then"),
    SnoozeReason.COLLEAGUE_ASKED: phrase("A colleague is on it"),
    SnoozeReason.OTHER: phrase("Another reason"),
}
