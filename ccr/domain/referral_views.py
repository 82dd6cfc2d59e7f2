"""What one side sees of a referral, as values that carry all a page, list, count or sort may use.

What lives here: the view dataclasses and the words for tracker, moves and timeline. What must not:
deciding who sees what; that is `ccr.domain.projection`'s, and these values come from there alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ccr.domain.clocks import ClockKind, ClockState, Side
from ccr.domain.disclosure import ReferralFacts
from ccr.domain.hand_off_words import RECEIVER_HAND_OFF_WORDS, SENDER_HAND_OFF_WORDS
from ccr.domain.live_hand_off import NO_HAND_OFF, HandOff, JointCall
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome, ToldBy
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_states import Action, EventKind
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


class InboxTab(StrEnum):
    """A tab of the inbox. "Overdue" cuts across the others."""

    NEEDS_ANSWER = "needs-answer"
    OVERDUE = "overdue"
    IN_PROGRESS = "in-progress"
    LATER = "later"
    CLOSED = "closed"


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
    """A clock as this side may see it. `reminders` counts this side's own."""

    kind: ClockKind
    state: ClockState
    started_at: datetime
    due_at: datetime
    met_at: datetime | None = None
    paused_until: datetime | None = None
    reminders: int = 0


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

    To the sender only what the sender recorded, and `in_force` while it shows. To the receiver,
    which keeps it, all of it.
    """

    asked_at: datetime
    until: datetime | None
    in_force: bool
    ended_by_viewer_at: datetime | None = None
    confirmed_at: datetime | None = None
    refused_at: datetime | None = None
    withdrawn_at: datetime | None = None


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


def told_line(told_by: str | None) -> Phrase | None:
    """Return who said it on the phone, by role, or None."""
    return ToldBy(told_by).label if told_by in set(ToldBy) else None


def attempt_line(reason: str | None) -> Phrase | None:
    """Return what a try to reach the person gave, or None; what follows a slash is not said."""
    code = (reason or "").split("/")[0]
    return AttemptKind(code).label if code in set(AttemptKind) else None


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
    Status.RECALLED: Group.DONE,
    Status.STOPPED: Group.DONE,
    Status.ENTERED_IN_ERROR: Group.DONE,
    Status.WITHDRAWN: Group.DONE,
    Status.EXPIRED: Group.MY_MOVE,
    Status.FROZEN: Group.DONE,
    Status.NOBODY_READS: Group.MY_MOVE,
}

SENDER_WORDS: dict[EventKind, Phrase] = {
    EventKind.SEND: phrase("Sent with the person's yes."),
    EventKind.ASK: phrase("They asked a question."),
    EventKind.ANSWER: phrase("You answered their question."),
    EventKind.WAITLIST: phrase("They put it on their waitlist."),
    EventKind.ACCEPT: phrase("They accepted."),
    EventKind.BY_PHONE: phrase("This partner answers by phone. You call them."),
    EventKind.PHONE_ACCEPT: phrase("They accepted by phone."),
    EventKind.PHONE_DECLINE: phrase("They said by phone that they cannot take it."),
    EventKind.BEGIN: phrase("They reached the person."),
    EventKind.HOLD: phrase("They put it on hold."),
    EventKind.RESUME: phrase("They go on."),
    EventKind.CONNECT: phrase("The person is connected."),
    EventKind.CLOSE: phrase("Closed."),
    EventKind.REROUTE: phrase("You chose another partner."),
    EventKind.RECALL: phrase("You recalled it."),
    EventKind.STOP: phrase("You recorded that the person stopped this."),
    EventKind.ENTER_IN_ERROR: phrase("You marked it as entered in error."),
    EventKind.LIVE_HAND_OFF: phrase("You introduced them live."),
    EventKind.NOTE: phrase("Note for your own program."),
    EventKind.MADE_BROADER: phrase("Facts were made broader before sending."),
    EventKind.RELEASE_ASKED: phrase("You recorded that the partner may tell you how it goes."),
    EventKind.RELEASE_CONFIRMED: phrase("The partner confirmed the feedback release."),
    EventKind.RELEASE_WITHDRAWN: phrase("You ended the feedback release."),
    EventKind.SEEN: phrase("They opened it."),
    EventKind.WITHDRAW: phrase("You took it back after they had opened it."),
    EventKind.EXPIRE: phrase("Nobody answered in time. It is yours again."),
    EventKind.UNDO_ACCEPT: phrase("They took back their yes. It waits for an answer again."),
    EventKind.UNDO_DECLINE: phrase("They took back their no. It waits for an answer again."),
    EventKind.REOPEN: phrase("They opened it again."),
    EventKind.FREEZE: phrase("You froze it: the wrong partner had opened it."),
    **SENDER_HAND_OFF_WORDS,
    EventKind.NEXT_ASKED: phrase("The next partner the person named was asked."),
    EventKind.NEXT_SKIPPED: phrase("A named partner was left out: a limit stands in the way now."),
    EventKind.NO_LONGER_NEEDED: phrase("No longer needed: another named partner has it."),
    EventKind.BY_LINK: phrase("A mail with a link left for their office."),
    EventKind.LINK_MAILED: phrase("You had the link mailed again."),
    EventKind.CODE_MADE: phrase("You made a code to read out to them."),
    EventKind.CODE_LOCKED: phrase("Wrong codes were typed too often. Read them a new one."),
}

CALLER_WORDS: dict[EventKind, Phrase] = {
    **SENDER_WORDS,
    EventKind.SEND: phrase("The code was made, with the person's yes."),
    EventKind.UNDO_ACCEPT: phrase("You took back what you had written down."),
    EventKind.UNDO_DECLINE: phrase("You took back what you had written down."),
}
"""The sender's words where nothing was sent, because the partner is called."""

LINK_WORDS: dict[EventKind, Phrase] = {
    **{kind: words for kind, words in SENDER_WORDS.items() if kind is not EventKind.BY_PHONE},
    EventKind.ACCEPT: phrase("They accepted, by link."),
}
"""The sender's words where the partner answers by a mailed link."""

RECEIVER_WORDS: dict[EventKind, Phrase] = {
    EventKind.SEND: phrase("Arrived."),
    EventKind.SEEN: phrase("Opened."),
    EventKind.ASK: phrase("You asked a question."),
    EventKind.ANSWER: phrase("They answered your question."),
    EventKind.WAITLIST: phrase("You put it on your waitlist."),
    EventKind.ACCEPT: phrase("You accepted."),
    EventKind.DECLINE: phrase("You cannot take it."),
    EventKind.HAND_BACK: phrase("You handed it back."),
    EventKind.BEGIN: phrase("You reached the person."),
    EventKind.HOLD: phrase("You put it on hold."),
    EventKind.RESUME: phrase("You go on."),
    EventKind.CONNECT: phrase("You are connected with the person."),
    EventKind.CLOSE: phrase("You closed it."),
    EventKind.STOP: phrase("The person stopped this."),
    EventKind.CONTACT_ATTEMPT: phrase("You tried to reach the person."),
    EventKind.LIVE_HAND_OFF: phrase("Introduced live."),
    EventKind.NOTE: phrase("Note for your own program."),
    EventKind.RELEASE_ASKED: phrase("The sender asks to hear how it goes."),
    EventKind.RELEASE_CONFIRMED: phrase("You confirmed the feedback release."),
    EventKind.RELEASE_REFUSED: phrase("The person refused the feedback release."),
    EventKind.RELEASE_WITHDRAWN: phrase("The feedback release ended."),
    EventKind.WITHDRAW: phrase("The sender took it back."),
    EventKind.EXPIRE: phrase("The time to answer is over."),
    EventKind.UNDO_ACCEPT: phrase("You took back your yes."),
    EventKind.UNDO_DECLINE: phrase("You took back your no."),
    EventKind.REOPEN: phrase("You opened it again."),
    EventKind.FREEZE: phrase("It came to you by mistake. The sender froze it."),
    **RECEIVER_HAND_OFF_WORDS,
}
