"""Running clocks: when an answer, a first contact or an outcome is due, and what follows if not.

What lives here: the spans by urgency as data, due times over a calendar of open hours, pausing,
and the steps after a missed due time. What must not: reading the clock, sending anything.
All times are aware UTC, so a change of the clocks in spring or autumn moves no due time by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled, Urgency


class Side(StrEnum):
    """Who acts, and whose duty a clock is."""

    SENDER = "sender"
    RECEIVER = "receiver"
    SYSTEM = "system"


class OpenCalendar(Protocol):
    """The open hours of one service."""

    def is_open(self, at: datetime) -> bool:
        """Return True when somebody is there at `at` (aware UTC)."""

    def next_change(self, at: datetime) -> datetime | None:
        """Return when it next opens or closes after `at` (aware UTC), or None for never."""


class ClockKind(Labelled):
    """What a clock waits for."""

    ANSWER = "answer"
    FIRST_CONTACT = "first-contact"
    OUTCOME = "outcome"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _KIND_LABELS[self]

    @property
    def chases_receiver_alone(self) -> bool:
        """Return True for the clocks no sender is ever told about (design 2.4)."""
        return self in CONTACT_CLOCKS


CONTACT_CLOCKS = frozenset({ClockKind.FIRST_CONTACT, ClockKind.OUTCOME})


@dataclass(frozen=True, slots=True)
class Span:
    """How long a clock runs.

    Attributes:
        open_time: time counted in the receiver's open hours only, or None.
        wall_time: time counted day and night: the whole span, or the most when `open_time` is set.
        waits_for_morning: when the due time falls outside open hours, it moves to the next open
            morning (the opening plus MORNING).
        from_acceptance: counted from the acceptance; at least LEAST_LEFT is left at the start.
    """

    wall_time: timedelta
    open_time: timedelta | None = None
    waits_for_morning: bool = False
    from_acceptance: bool = False


_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
MORNING = timedelta(hours=2)
"""How far into the next open time "the next open morning" reaches. Our choice, ADR 0005."""
LATEST = timedelta(days=7)
"""No standard clock waits longer than this for open hours. Our choice, ADR 0005."""
IMMEDIATE_AT_MOST = 1 * _HOUR
"""No immediate answer or first contact is due later, whatever a network has set (R76)."""
LONGEST = timedelta(days=90)
"""No clock runs longer, whatever a network has set. Our choice, ADR 0026."""
LEAST_LEFT = 1 * _DAY
"""What a clock that counts from the acceptance has at least when it starts late."""

SPANS: dict[ClockKind, dict[Urgency, Span]] = {
    # Acknowledge within an hour: R76 (our default). High: before the 24 h of first contact run out.
    ClockKind.ANSWER: {
        Urgency.IMMEDIATE: Span(1 * _HOUR),
        Urgency.HIGH: Span(12 * _HOUR, open_time=4 * _HOUR),
        Urgency.STANDARD: Span(LATEST, open_time=8 * _HOUR),
    },
    # R76: high danger, first try in 24 h; standard, 48 h, else the next working morning.
    ClockKind.FIRST_CONTACT: {
        Urgency.IMMEDIATE: Span(1 * _HOUR),
        Urgency.HIGH: Span(24 * _HOUR),
        Urgency.STANDARD: Span(48 * _HOUR, waits_for_morning=True),
    },
    # Our choice, ADR 0005: two weeks after contact the receiver says how it went.
    ClockKind.OUTCOME: dict.fromkeys(Urgency, Span(14 * _DAY)),
}


Spans = Mapping[tuple[ClockKind, Urgency], tuple[Span, ...]]
"""How long each clock of one referral runs. Of several spans the one that is due first counts."""

DEFAULT_SPANS: Spans = {
    (kind, urgency): (span,) for kind, row in SPANS.items() for urgency, span in row.items()
}


def due_at(
    kind: ClockKind,
    urgency: Urgency,
    start: datetime,
    calendar: OpenCalendar,
    *,
    spans: Spans = DEFAULT_SPANS,
    accepted_at: datetime | None = None,
) -> datetime:
    """Return when a clock that starts at `start` is due (aware UTC).

    Immediate answers and first contacts run in wall time whatever the calendar says, and never
    longer than IMMEDIATE_AT_MOST. Source: R76, R77; spans above.

    Args:
        spans: those of the network for the needs of the referral (`ccr.domain.time_rules`).
        accepted_at: for spans that count from the acceptance; the start when it is not known.
    """
    most = LONGEST
    if urgency is Urgency.IMMEDIATE and kind is not ClockKind.OUTCOME:
        most = IMMEDIATE_AT_MOST
    accepted_at = min(accepted_at or start, start)
    dues = (_due(span, start, calendar, accepted_at) for span in spans[kind, urgency])
    return min(start + most, *dues)


def _due(span: Span, start: datetime, calendar: OpenCalendar, accepted_at: datetime) -> datetime:
    if span.from_acceptance:
        return max(accepted_at + span.wall_time, start + LEAST_LEFT)
    latest = start + span.wall_time
    if span.open_time is not None:
        return min(after_open_time(start, span.open_time, calendar, latest), latest)
    if span.waits_for_morning and not calendar.is_open(latest):
        return _next_morning(latest, calendar)
    return latest


def after_open_time(
    start: datetime, open_time: timedelta, calendar: OpenCalendar, latest: datetime
) -> datetime:
    """Return when `open_time` of open hours has passed since `start`, at most `latest`."""
    moment, left = start, open_time
    while moment < latest:
        change = calendar.next_change(moment)
        until = latest if change is None or change <= moment else min(change, latest)
        if calendar.is_open(moment):
            if left <= until - moment:
                return moment + left
            left -= until - moment
        moment = until
    return latest


def _next_morning(moment: datetime, calendar: OpenCalendar) -> datetime:
    """Return MORNING after the next opening, or `moment` when it does not open within LATEST."""
    opening = calendar.next_change(moment)
    while opening is not None and not calendar.is_open(opening):
        later = calendar.next_change(opening)
        opening = later if later is not None and later > opening else None
    if opening is None or opening - moment > LATEST:
        return moment
    return opening + MORNING


class Step(StrEnum):
    """What happens after a clock is missed, in this order (R79)."""

    REMIND = "remind"
    BACK_UP = "back-up"
    ESCALATE = "escalate"
    NEW_OPTIONS = "new-options"
    COORDINATOR = "coordinator"
    EXPIRE = "expire"


STEP_OFFSETS: dict[Urgency, dict[Step, timedelta]] = {
    # Time after the due time. Our choice, ADR 0005 and ADR 0027.
    Urgency.IMMEDIATE: {
        Step.REMIND: timedelta(0),
        Step.BACK_UP: timedelta(minutes=5),
        Step.ESCALATE: timedelta(minutes=15),
        Step.NEW_OPTIONS: timedelta(minutes=30),
        Step.COORDINATOR: timedelta(hours=2),
        Step.EXPIRE: timedelta(hours=24),
    },
    Urgency.HIGH: {
        Step.REMIND: timedelta(0),
        Step.BACK_UP: timedelta(minutes=30),
        Step.ESCALATE: timedelta(hours=1),
        Step.NEW_OPTIONS: timedelta(hours=2),
        Step.COORDINATOR: timedelta(hours=12),
        Step.EXPIRE: timedelta(days=3),
    },
    Urgency.STANDARD: {
        Step.REMIND: timedelta(0),
        Step.BACK_UP: timedelta(hours=4),
        Step.ESCALATE: timedelta(hours=8),
        Step.NEW_OPTIONS: timedelta(hours=24),
        Step.COORDINATOR: timedelta(days=7),
        Step.EXPIRE: timedelta(days=14),
    },
}

STEPS: dict[tuple[ClockKind, Side], tuple[Step, ...]] = {
    (ClockKind.ANSWER, Side.RECEIVER): tuple(Step),
    # The sender's own move: a question to answer, or a new choice after a decline or no answer.
    (ClockKind.ANSWER, Side.SENDER): (Step.REMIND, Step.BACK_UP, Step.ESCALATE, Step.COORDINATOR),
    (ClockKind.FIRST_CONTACT, Side.RECEIVER): (Step.REMIND, Step.BACK_UP, Step.ESCALATE),
    (ClockKind.OUTCOME, Side.RECEIVER): (Step.REMIND, Step.BACK_UP, Step.ESCALATE),
}
"""Reminders and escalations stay inside the side that owns the clock. Only a missed answer ever
reaches the sender or the coordinator; contact clocks never do (design 2.4)."""


class ClockState(Labelled):
    """How a clock stands at a moment."""

    RUNNING = "running"
    OVERDUE = "overdue"
    PAUSED = "paused"
    MET = "met"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _STATE_LABELS[self]


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of one referral.

    Attributes:
        owner: the side whose duty it is; sender or receiver.
        due_at: the due time with every pause counted.
        paused_at, paused_until: set while paused; the pause ends by itself at `paused_until`.
        due_before: the due time without the pause that runs now; None while there is none.
        met_at: when what it waited for happened, or the wait ended.
        steps_done: how many of the steps were taken, in order.
        stepped_at: when the last step or reminder was, or None.
    """

    kind: ClockKind
    urgency: Urgency
    owner: Side
    started_at: datetime
    due_at: datetime
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    met_at: datetime | None = None
    steps_done: int = 0
    stepped_at: datetime | None = None
    due_before: datetime | None = None

    @property
    def steps_left(self) -> tuple[Step, ...]:
        """Return the steps not yet taken, in order."""
        return STEPS[self.kind, self.owner][self.steps_done :]

    @property
    def in_open_hours(self) -> bool:
        """Return True for an answer that the receiver owes in its own open hours."""
        waits = self.kind is ClockKind.ANSWER and self.owner is Side.RECEIVER
        return waits and self.urgency is not Urgency.IMMEDIATE

    def state(self, at: datetime) -> ClockState:
        """Return how the clock stands at `at`."""
        if self.met_at is not None:
            return ClockState.MET
        if self.paused_until is not None and at < self.paused_until:
            return ClockState.PAUSED
        return ClockState.OVERDUE if at >= self.due_at else ClockState.RUNNING

    def pause(self, at: datetime, until: datetime, *, by: datetime | None = None) -> Clock:
        """Return the clock paused until `until`, with what was left of it after that.

        With `by`, the end of a safe window that opens at `until`, it is due at the end of the
        window, or as it was if that is later (R77). The answer clock never pauses, and a clock
        that was met stays met.
        """
        if self.kind not in CONTACT_CLOCKS or self.met_at is not None:
            return self
        running = self.resume(at)
        left = max(running.due_at - at, timedelta(0))
        due = until + left if by is None else max(running.due_at, by)
        return replace(
            running, paused_at=at, paused_until=until, due_at=due, due_before=running.due_at
        )

    def resume(self, at: datetime) -> Clock:
        """Return the clock running again; a pause ended early brings the due time forward.

        What was left as it was paused is left again, but never more than the whole pause gave. So
        it is never due before it would have been without the pause.
        """
        if self.paused_at is None or self.paused_until is None:
            return self
        due, at = self.due_at, max(at, self.paused_at)
        if at < self.paused_until:
            before = self.due_before or due - (self.paused_until - self.paused_at)
            due = min(due, at + max(before - self.paused_at, timedelta(0)))
        return replace(self, due_at=due, paused_at=None, paused_until=None, due_before=None)

    def meet(self, at: datetime) -> Clock:
        """Return the clock stopped at `at`; the first stop stands."""
        return self if self.met_at is not None else replace(self, met_at=at)

    def hand_to(self, owner: Side) -> Clock:
        """Return the clock as the other side's duty: its due time stays, its steps begin anew.

        Steps that one side has had are no reason to spare the other its own.
        """
        if owner is self.owner:
            return self
        return replace(self, owner=owner, steps_done=0, stepped_at=None)


def start_clock(
    kind: ClockKind,
    urgency: Urgency,
    start: datetime,
    calendar: OpenCalendar,
    *,
    owner: Side = Side.RECEIVER,
    spans: Spans = DEFAULT_SPANS,
    accepted_at: datetime | None = None,
) -> Clock:
    """Return a new running clock; see `due_at`."""
    due = due_at(kind, urgency, start, calendar, spans=spans, accepted_at=accepted_at)
    return Clock(kind, urgency, owner, start, due)


def answer_duty(urgency: Urgency, at: datetime, calendar: OpenCalendar) -> Side:
    """Return whose an answer is as it is asked for at `at`.

    An immediate clock runs in wall time and never waits on an inbox that nobody reads: then it is
    the sender's, who calls or chooses another. Otherwise it is the receiver's (R76).
    """
    unread = urgency is Urgency.IMMEDIATE and not calendar.is_open(at)
    return Side.SENDER if unread else Side.RECEIVER


def next_try(
    clock: Clock, at: datetime, calendar: OpenCalendar, *, spans: Spans = DEFAULT_SPANS
) -> Clock:
    """Return the first-contact clock started anew after a try that did not reach the person.

    The next try is due within the span of a first one, at most the standard of R76, and never
    before the first one was: an intake that may take two weeks is not late after a try.
    """
    kind, urgency = clock.kind, clock.urgency
    again = {**spans, (kind, urgency): (*spans[kind, urgency], *DEFAULT_SPANS[kind, urgency])}
    fresh = start_clock(kind, urgency, at, calendar, spans=again)
    return replace(fresh, due_at=max(fresh.due_at, clock.due_at))


def due_steps(clock: Clock, at: datetime) -> tuple[Step, ...]:
    """Return the steps that are due at `at` and not yet taken, in order."""
    if clock.met_at is not None:
        return ()
    offsets = STEP_OFFSETS[clock.urgency]
    return tuple(s for s in clock.steps_left if at >= clock.due_at + offsets[s])


def new_options_at(clock: Clock) -> datetime:
    """Return when the sender gets new options if the answer clock stays unmet (R79)."""
    return clock.due_at + STEP_OFFSETS[clock.urgency][Step.NEW_OPTIONS]


_KIND_LABELS = {
    ClockKind.ANSWER: phrase("Answer"),
    ClockKind.FIRST_CONTACT: phrase("First contact try"),
    ClockKind.OUTCOME: phrase("Outcome"),
}

_STATE_LABELS = {
    ClockState.RUNNING: phrase("Running"),
    ClockState.OVERDUE: phrase("Overdue"),
    ClockState.PAUSED: phrase("Paused"),
    ClockState.MET: phrase("Met"),
}
