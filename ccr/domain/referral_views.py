"""What one side sees of a referral, as values that carry all a page, list, count or sort may use.

What lives here: the view dataclasses and the words for tracker, moves and timeline. What must not:
deciding who sees what; that is `ccr.domain.projection`'s, and these values come from there alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from ccr.domain.clocks import ClockKind, ClockState, Side
from ccr.domain.disclosure import ReferralFacts
from ccr.domain.live_hand_off import NO_HAND_OFF, HandOff, JointCall
from ccr.domain.outcomes import DeclineReason, Outcome
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_states import Action
from ccr.domain.taxonomy import Labelled, Need, Urgency


class Status(Labelled):
    """What a referral is called on a page. Codes are for machines, labels for people."""

    DRAFT = "draft"
    SENT = "sent"
    TO_CALL = "to-call"
    ASKED = "asked"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    ACCEPTED_BY_PHONE = "accepted-by-phone"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    CONNECTED = "connected"
    CANNOT_TAKE = "cannot-take"
    NO_ROOM = "no-room"
    OUTSIDE_AREA = "outside-area"
    NO_LANGUAGE = "no-language"
    NOT_ENOUGH = "not-enough"
    DECLINED = "declined"
    NOT_SHARED = "outcome-not-shared"
    CLOSED = "closed"
    RECALLED = "recalled"
    STOPPED = "stopped"
    ENTERED_IN_ERROR = "entered-in-error"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    FROZEN = "frozen"
    NOBODY_READS = "nobody-reads"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _STATUS_LABELS[self]

    @property
    def group(self) -> Group:
        """Return the tab of a list it belongs to."""
        return _GROUPS[self]


class Group(StrEnum):
    """A tab of a list: what one does with the referrals under it."""

    DRAFT = "draft"
    WAITING = "waiting"
    MY_MOVE = "my-move"
    TAKEN = "taken"
    LATER = "later"
    DONE = "done"
    ENDED = "ended"

    @property
    def is_over(self) -> bool:
        """Return True when nobody has a move any more."""
        return self in {Group.DONE, Group.ENDED}


class InboxTab(StrEnum):
    """A tab of the inbox. "Overdue" cuts across the others."""

    NEEDS_ANSWER = "needs-answer"
    OVERDUE = "overdue"
    IN_PROGRESS = "in-progress"
    LATER = "later"
    CLOSED = "closed"
    ENDED = "ended"


class StepMark(StrEnum):
    """How a tracker step is drawn."""

    DONE = "done"
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class TrackerStep:
    """One step of the tracker; `at` is when it was done."""

    name: str
    label: Phrase
    mark: StepMark
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NextMove:
    """Whose move it is, what it is, by when, and what happens if not."""

    side: Side
    what: Phrase
    due_at: datetime | None = None
    otherwise: Phrase | None = None


@dataclass(frozen=True, slots=True)
class ClockShown:
    """A clock as this side may see it. `reminders` counts this side's own.

    `in_open_hours`: it runs in the receiver's open hours; `open_left`: how many are left, where a
    page has looked at them. That is no part of the version: it changes with the moment alone.
    """

    kind: ClockKind
    state: ClockState
    started_at: datetime
    due_at: datetime
    met_at: datetime | None = None
    paused_until: datetime | None = None
    reminders: int = 0
    in_open_hours: bool = False
    open_left: timedelta | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of what happened; `note_id` names a sealed note this side may open.

    `told_at` is when it was said on the phone, where that was written down later.
    """

    at: datetime
    kind: str
    side: Side
    what: Phrase
    line: Phrase | None = None
    note_id: UUID | None = None
    call: JointCall | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReleaseShown:
    """The feedback release as this side may know it.

    To the sender while it is in force, else nothing. To the receiver, which keeps it, all of it.
    `of_part_2`: what it lets out carries the notice of substance use programs (R31).
    """

    asked_at: datetime
    until: datetime | None
    in_force: bool
    confirmed_at: datetime | None = None
    refused_at: datetime | None = None
    withdrawn_at: datetime | None = None
    of_part_2: bool = False


@dataclass(frozen=True, slots=True)
class SenderView:
    """All that the sender may know at one moment.

    Attributes:
        code: the speakable code, None for a draft.
        sort_at: the only time lists may sort by.
        changed_at: when the newest thing the sender may know happened; for the unread mark.
        warm: True when a live hand-off was logged by the sender itself (R71).
        by_phone: True when the partner has no inbox; the sender calls and writes down the answer.
        by_link: True when the partner has no inbox and answers by a mailed link and a spoken code.
        can: the acts that change the state, the same whatever is hidden.
        version: a token of everything above; the only thing an ETag or form may use.
    """

    referral_id: UUID
    service_id: UUID | None
    receiver_compartment_id: UUID | None
    code: str | None
    urgency: Urgency
    status: Status
    status_text: Phrase
    outcome: Outcome | None
    tracker: tuple[TrackerStep, ...]
    next_move: NextMove | None
    clocks: tuple[ClockShown, ...]
    timeline: tuple[TimelineEntry, ...]
    release: ReleaseShown | None
    can: frozenset[Action]
    can_ask_release: bool
    options_offered: bool
    warm: bool
    sort_at: datetime
    changed_at: datetime
    by_phone: bool = False
    hand_off: HandOff = NO_HAND_OFF
    by_link: bool = False
    version: str = field(default="", compare=True)


@dataclass(frozen=True, slots=True)
class ReceiverView:
    """All that the receiver may know at one moment.

    Attributes:
        needs, county, urgency: what is seen before accepting.
        facts: what was agreed to be shared; None before accepting and after the person's stop.
        code: shown after accepting; before that, the caller says it.
        decline_reason: the receiver's own.
        attempts: tries to reach the person so far.
        question_shown: True when the sender's opening question may be opened.
    """

    referral_id: UUID
    service_id: UUID | None
    sender_compartment_id: UUID
    needs: tuple[Need, ...]
    county: str
    urgency: Urgency
    code: str | None
    facts: ReferralFacts | None
    status: Status
    status_text: Phrase
    decline_reason: DeclineReason | None
    outcome: Outcome | None
    tracker: tuple[TrackerStep, ...]
    next_move: NextMove | None
    clocks: tuple[ClockShown, ...]
    timeline: tuple[TimelineEntry, ...]
    release: ReleaseShown | None
    can: frozenset[Action]
    attempts: int
    seen: bool
    question_shown: bool
    warm: bool
    sent_at: datetime
    sort_at: datetime
    changed_at: datetime
    hand_off: HandOff = NO_HAND_OFF
    version: str = field(default="", compare=True)


def version_token(view: SenderView | ReceiverView) -> str:
    """Return a short token that changes exactly when something in the view does."""
    return hashlib.sha256(repr(_plain(view)).encode()).hexdigest()[:20]


def _plain(value: object) -> object:
    """Return the value with sets in order, so that equal views give equal text."""
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    slots = getattr(value, "__dataclass_fields__", None)
    if slots is None or isinstance(value, Phrase):
        return str(value)
    return [(name, _plain(getattr(value, name))) for name in slots if name != "version"]


_STATUS_LABELS = {
    Status.DRAFT: phrase("Draft"),
    Status.SENT: phrase("Waiting for an answer"),
    Status.TO_CALL: phrase("You call them"),
    Status.ASKED: phrase("Question asked"),
    Status.WAITLISTED: phrase("On the waitlist"),
    Status.ACCEPTED: phrase("Accepted"),
    Status.ACCEPTED_BY_PHONE: phrase("Accepted by phone"),
    Status.IN_PROGRESS: phrase("In progress"),
    Status.ON_HOLD: phrase("On hold"),
    Status.CONNECTED: phrase("Connected"),
    Status.CANNOT_TAKE: phrase("Cannot take this referral"),
    Status.NO_ROOM: phrase("No room now"),
    Status.OUTSIDE_AREA: phrase("Outside their area"),
    Status.NO_LANGUAGE: phrase("No staff or interpreter for the language"),
    Status.NOT_ENOUGH: phrase("Not enough to go on"),
    Status.DECLINED: phrase("Declined"),
    Status.NOT_SHARED: phrase("Outcome not shared. This is closed."),
    Status.CLOSED: phrase("Closed"),
    Status.RECALLED: phrase("Recalled"),
    Status.STOPPED: phrase("Stopped by the person"),
    Status.ENTERED_IN_ERROR: phrase("Entered in error"),
    Status.WITHDRAWN: phrase("Taken back by the sender"),
    Status.EXPIRED: phrase("Nobody answered in time"),
    Status.FROZEN: phrase("Frozen: it went to the wrong partner"),
    Status.NOBODY_READS: phrase("Nobody reads it yet: you call"),
}

_GROUPS = {
    Status.DRAFT: Group.DRAFT,
    Status.SENT: Group.WAITING,
    Status.TO_CALL: Group.MY_MOVE,
    Status.ASKED: Group.MY_MOVE,
    Status.WAITLISTED: Group.LATER,
    Status.ACCEPTED: Group.TAKEN,
    Status.ACCEPTED_BY_PHONE: Group.TAKEN,
    Status.IN_PROGRESS: Group.TAKEN,
    Status.ON_HOLD: Group.LATER,
    Status.CONNECTED: Group.TAKEN,
    Status.CANNOT_TAKE: Group.MY_MOVE,
    Status.NO_ROOM: Group.MY_MOVE,
    Status.OUTSIDE_AREA: Group.MY_MOVE,
    Status.NO_LANGUAGE: Group.MY_MOVE,
    Status.NOT_ENOUGH: Group.MY_MOVE,
    Status.DECLINED: Group.DONE,
    Status.NOT_SHARED: Group.DONE,
    Status.CLOSED: Group.DONE,
    Status.RECALLED: Group.ENDED,
    Status.STOPPED: Group.ENDED,
    Status.ENTERED_IN_ERROR: Group.ENDED,
    Status.WITHDRAWN: Group.ENDED,
    Status.EXPIRED: Group.MY_MOVE,
    Status.FROZEN: Group.ENDED,
    Status.NOBODY_READS: Group.MY_MOVE,
}
