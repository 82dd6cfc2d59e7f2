"""The gap register: where a gap stands, why it waits or was closed, and when it comes back.

What lives here: the vocabulary and the rules. What must not: people, blame, storage. A gap that was
closed comes back only when its evidence had gone and is there again; one that was closed with its
evidence in place says so and stays closed (R98, R99).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ccr.domain.errors import InvalidInputError
from ccr.domain.gaps import NIGHT, line_label
from ccr.domain.languages import LANGUAGE_NAMES, language_name
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled, Need


class GapStatus(Labelled):
    """Where a gap stands."""

    OPEN = "open"
    IN_PROGRESS = "in-progress"
    WAITING = "waiting"
    CLOSED = "closed"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _STATUSES[self]


class GapReason(Labelled):
    """Why a gap waits, or why it was closed."""

    MONEY = "money"
    STAFFING = "staffing"
    DECISION = "decision"
    ANOTHER_BODY = "another-body"
    SOLVED = "solved"
    HANDED_ON = "handed-on"
    ACCEPTED = "accepted"
    MISTAKEN = "mistaken"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _REASONS[self]


class GapVerb(Labelled):
    """What was done to a gap."""

    TAKEN = "taken"
    PLANNED = "planned"
    MOVED = "moved"
    STEP_ADDED = "step-added"
    STEP_DONE = "step-done"
    CLOSED = "closed"
    REOPENED = "reopened"
    BACK = "back"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _VERBS[self]


_STATUSES = {
    GapStatus.OPEN: phrase("Still open"),
    GapStatus.IN_PROGRESS: phrase("In progress"),
    GapStatus.WAITING: phrase("Waiting"),
    GapStatus.CLOSED: phrase("Closed"),
}
_REASONS = {
    GapReason.MONEY: phrase("Waits for money"),
    GapReason.STAFFING: phrase("Waits for staff"),
    GapReason.DECISION: phrase("Waits for a decision"),
    GapReason.ANOTHER_BODY: phrase("Waits for somebody outside the network"),
    GapReason.SOLVED: phrase("Solved"),
    GapReason.HANDED_ON: phrase("Somebody outside the network sees to it"),
    GapReason.ACCEPTED: phrase("The network lives with it for now"),
    GapReason.MISTAKEN: phrase("The evidence was wrong"),
}
_VERBS = {
    GapVerb.TAKEN: phrase("Taken on"),
    GapVerb.PLANNED: phrase("Plan changed"),
    GapVerb.MOVED: phrase("Status changed"),
    GapVerb.STEP_ADDED: phrase("Step added"),
    GapVerb.STEP_DONE: phrase("Step done"),
    GapVerb.CLOSED: phrase("Closed"),
    GapVerb.REOPENED: phrase("Opened again"),
    GapVerb.BACK: phrase("Its evidence is back"),
}
REASONS_TO_WAIT = (
    GapReason.MONEY, GapReason.STAFFING, GapReason.DECISION, GapReason.ANOTHER_BODY,
)  # fmt: skip
REASONS_TO_CLOSE = (
    GapReason.SOLVED, GapReason.HANDED_ON, GapReason.ACCEPTED, GapReason.MISTAKEN,
)  # fmt: skip
_REASONS_OF = {GapStatus.WAITING: REASONS_TO_WAIT, GapStatus.CLOSED: REASONS_TO_CLOSE}


@dataclass(frozen=True, slots=True)
class TakenGap:
    """A gap that somebody owns: a member, a next step and a date; never a person.

    Attributes:
        evidence_there: whether the evidence was there at the last look.
        times_back: how often it came back after it was closed; `back_at` the last time.
    """

    id: UUID
    key: str
    owner_id: UUID
    owner: str
    next_step: str
    due_on: date
    status: GapStatus
    reason: GapReason | None
    evidence_there: bool
    times_back: int
    back_at: datetime | None
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    version: int

    @property
    def is_open(self) -> bool:
        """Return True when somebody is at work on it."""
        return self.status is not GapStatus.CLOSED

    def days_late(self, on: date) -> int:
        """Return by how many days the plan is past its day; 0 when it is not."""
        return max(0, (on - self.due_on).days) if self.is_open else 0


@dataclass(frozen=True, slots=True)
class GapStep:
    """One step of a plan. `status` is "open", "done" or "dropped"."""

    id: UUID
    text: str
    due_on: date
    status: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class GapChange:
    """One line of a gap's history. `member` None is the machine."""

    at: datetime
    verb: GapVerb
    member: str | None
    status: GapStatus
    reason: GapReason | None
    owner: str
    step: str
    effect: str
    whom: str
    line: str


def checked_reason(status: GapStatus, reason: GapReason | None) -> GapReason | None:
    """Return the reason that goes with a status: one of its list, or none where none belongs.

    Raises:
        InvalidInputError: waiting or closed without a reason of theirs; field "reason".
    """
    wanted = _REASONS_OF.get(status, ())
    if not wanted:
        return None
    if reason not in wanted:
        raise InvalidInputError(phrase("Choose why."), field="reason")
    return reason


def comes_back(gap: TakenGap, *, there: bool) -> bool:
    """Return True when the evidence of a closed gap had gone and is there again.

    `there`: whether the evidence is there now.
    """
    return not gap.is_open and there and not gap.evidence_there


def next_open(steps: Iterable[GapStep]) -> GapStep | None:
    """Return the step of a plan that comes next: open, and due first."""
    return min(
        (step for step in steps if step.status == "open"),
        key=lambda step: step.due_on,
        default=None,
    )


def title_of_key(
    key: str, names: Mapping[UUID, str], county: Callable[[str], str | None]
) -> Phrase:
    """Return what a gap was about when no finding says it any more, from its key alone.

    names: id to name of members and programs. county: FIPS to name, or None.
    """
    _kind, *parts = key.split("|")
    return _joined([_part(part, names, county) for part in parts])


def _part(
    part: str, names: Mapping[UUID, str], county: Callable[[str], str | None]
) -> Phrase | str:
    if part in set(Need) or part == NIGHT:
        return line_label(part)
    try:
        return names.get(UUID(part), "–")
    except ValueError:
        if part in LANGUAGE_NAMES:
            return language_name(part)
        return county(part) or part


def _joined(parts: Sequence[Phrase | str]) -> Phrase:
    if not parts:
        return phrase("A gap")
    if len(parts) == 1:
        return phrase("%(what)s", what=parts[0])
    return phrase("%(what)s, %(where)s", what=parts[0], where=_joined(parts[1:]))
