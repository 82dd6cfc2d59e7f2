"""The states of a referral, the acts that change them and the events logged on them, with labels.

What lives here: names and whose move each state is. What must not: which act leads where
(`ccr.domain.referral`), who sees what (`ccr.domain.projection`).
"""

from __future__ import annotations

from enum import StrEnum

from ccr.domain.clocks import Side
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled


class State(Labelled):
    """One state per "whose move is next" (design 6b, R72)."""

    DRAFT = "draft"
    SENT = "sent"
    ASKED = "asked"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    CONNECTED = "connected"
    DECLINED = "declined"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"
    RECALLED = "recalled"
    EXPIRED = "expired"
    FROZEN = "frozen"

    @property
    def label(self) -> Phrase:
        """Return the label for people on the side that knows the state."""
        return _STATE_LABELS[self]

    @property
    def next_mover(self) -> Side | None:
        """Return whose move is next, or None when nobody's is."""
        return NEXT_MOVER[self]

    @property
    def is_open(self) -> bool:
        """Return True while somebody has a move to make."""
        return NEXT_MOVER[self] is not None


NEXT_MOVER: dict[State, Side | None] = {
    State.DRAFT: Side.SENDER,
    State.SENT: Side.RECEIVER,
    State.ASKED: Side.SENDER,
    State.WAITLISTED: Side.RECEIVER,
    State.ACCEPTED: Side.RECEIVER,
    State.IN_PROGRESS: Side.RECEIVER,
    State.ON_HOLD: Side.RECEIVER,
    State.CONNECTED: Side.RECEIVER,
    State.DECLINED: Side.SENDER,
    State.CLOSED: None,
    State.CANCELLED: None,
    State.ENTERED_IN_ERROR: None,
    State.RECALLED: None,
    State.EXPIRED: Side.SENDER,
    State.FROZEN: None,
}

WAITING_FOR_ANSWER = frozenset({State.SENT, State.ASKED, State.WAITLISTED})
TAKEN = frozenset({State.ACCEPTED, State.IN_PROGRESS, State.ON_HOLD, State.CONNECTED})
"""Accepted and not yet ended: the receiver works, and the sender sees one and the same."""
TAKEN_BACK = frozenset({State.CANCELLED, State.RECALLED, State.ENTERED_IN_ERROR, State.FROZEN})
"""Ended by the sender's own act, in whatever state it was."""
ENDED = TAKEN_BACK | {State.CLOSED}


class Action(Labelled):
    """An act that changes the state."""

    SEND = "send"
    CANCEL = "cancel"
    RECALL = "recall"
    ASK = "ask"
    ANSWER = "answer"
    WAITLIST = "waitlist"
    ACCEPT = "accept"
    DECLINE = "decline"
    HAND_BACK = "hand-back"
    BEGIN = "begin"
    HOLD = "hold"
    RESUME = "resume"
    CONNECT = "connect"
    CLOSE = "close"
    REROUTE = "reroute"
    STOP = "stop"
    ENTER_IN_ERROR = "enter-in-error"
    PHONE_ACCEPT = "phone-accept"
    PHONE_DECLINE = "phone-decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    UNDO_ACCEPT = "undo-accept"
    UNDO_DECLINE = "undo-decline"
    REOPEN = "reopen"
    FREEZE = "freeze"

    @property
    def label(self) -> Phrase:
        """Return the verb as a button says it."""
        return _ACTION_LABELS[self]


TOLD_BY_PHONE = frozenset({Action.PHONE_ACCEPT, Action.PHONE_DECLINE})
"""Acts of a sender who writes down what a partner without an inbox said on the phone."""
NEEDS_AN_INBOX = frozenset({Action.ASK, Action.WAITLIST, Action.ACCEPT, Action.DECLINE})
"""Acts of a receiver before acceptance: nobody does them where there is no inbox."""


class ChosenBy(Labelled):
    """Whose choice the partner was (R69)."""

    SURVIVOR = "survivor"
    WORKER = "worker"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return phrase("The person chose") if self is ChosenBy.SURVIVOR else phrase("Worker's pick")


class EventKind(StrEnum):
    """What the record of a referral may say: every act, and what happens without changing state."""

    SEND = "send"
    CANCEL = "cancel"
    RECALL = "recall"
    ASK = "ask"
    ANSWER = "answer"
    WAITLIST = "waitlist"
    ACCEPT = "accept"
    DECLINE = "decline"
    HAND_BACK = "hand-back"
    BEGIN = "begin"
    HOLD = "hold"
    RESUME = "resume"
    CONNECT = "connect"
    CLOSE = "close"
    REROUTE = "reroute"
    STOP = "stop"
    ENTER_IN_ERROR = "enter-in-error"
    PHONE_ACCEPT = "phone-accept"
    PHONE_DECLINE = "phone-decline"
    BY_PHONE = "by-phone"
    SEEN = "seen"
    CONTACT_ATTEMPT = "contact-attempt"
    LIVE_HAND_OFF = "live-hand-off"
    NOTE = "note"
    MADE_BROADER = "made-broader"
    RELEASE_ASKED = "release-asked"
    RELEASE_CONFIRMED = "release-confirmed"
    RELEASE_REFUSED = "release-refused"
    RELEASE_WITHDRAWN = "release-withdrawn"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    OPTIONS_OFFERED = "options-offered"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    UNDO_ACCEPT = "undo-accept"
    UNDO_DECLINE = "undo-decline"
    REOPEN = "reopen"
    FREEZE = "freeze"
    SHARED_NOTE = "shared-note"
    FIT_CHECKED = "fit-checked"
    JOINT_CALL_OFFERED = "joint-call-offered"
    JOINT_CALL_AGREED = "joint-call-agreed"
    JOINT_CALL_NOT_THEN = "joint-call-not-then"
    JOINT_CALL_MISSED = "joint-call-missed"
    SAFE_INFO = "safe-info"
    FOLLOW_UP_AGREED = "follow-up-agreed"
    SCHEDULED = "scheduled"
    ATTENDED = "attended"
    NO_SHOW = "no-show"
    BACK_UP_TOLD = "back-up-told"
    COORDINATOR_TOLD = "coordinator-told"
    NEXT_ASKED = "next-asked"
    NEXT_SKIPPED = "next-skipped"
    NO_LONGER_NEEDED = "no-longer-needed"
    BY_LINK = "by-link"
    LINK_MAILED = "link-mailed"
    CODE_MADE = "code-made"
    CODE_LOCKED = "code-locked"


LOGGED: dict[tuple[EventKind, Side], frozenset[State]] = {
    # A sender's events are possible in every state after acceptance, hidden ones included.
    (EventKind.SEEN, Side.RECEIVER): WAITING_FOR_ANSWER | TAKEN,
    (EventKind.CONTACT_ATTEMPT, Side.RECEIVER): TAKEN - {State.ON_HOLD},
    (EventKind.LIVE_HAND_OFF, Side.SENDER): WAITING_FOR_ANSWER | TAKEN | {State.CLOSED},
    (EventKind.LIVE_HAND_OFF, Side.RECEIVER): TAKEN,
    (EventKind.NOTE, Side.SENDER): frozenset(State),
    (EventKind.NOTE, Side.RECEIVER): TAKEN | {State.CLOSED},
    (EventKind.SHARED_NOTE, Side.SENDER): TAKEN | {State.CLOSED},
    (EventKind.SHARED_NOTE, Side.RECEIVER): TAKEN | {State.CLOSED},
    (EventKind.FIT_CHECKED, Side.SENDER): WAITING_FOR_ANSWER | TAKEN | {State.CLOSED},
    (EventKind.SAFE_INFO, Side.SENDER): WAITING_FOR_ANSWER | TAKEN | {State.CLOSED},
    (EventKind.FOLLOW_UP_AGREED, Side.SENDER): WAITING_FOR_ANSWER | TAKEN | {State.CLOSED},
    (EventKind.JOINT_CALL_MISSED, Side.SENDER): TAKEN | {State.CLOSED},
    # A joint call is offered and answered before acceptance, or with it: later it would tell.
    (EventKind.JOINT_CALL_OFFERED, Side.SENDER): WAITING_FOR_ANSWER,
    (EventKind.JOINT_CALL_AGREED, Side.RECEIVER): WAITING_FOR_ANSWER,
    (EventKind.JOINT_CALL_NOT_THEN, Side.RECEIVER): WAITING_FOR_ANSWER,
    (EventKind.SCHEDULED, Side.RECEIVER): TAKEN - {State.ON_HOLD},
    (EventKind.ATTENDED, Side.RECEIVER): TAKEN - {State.ON_HOLD},
    (EventKind.NO_SHOW, Side.RECEIVER): TAKEN - {State.ON_HOLD},
}
"""Events that change no state: who may log them, and in which states."""


_STATE_LABELS = {
    State.DRAFT: phrase("Draft"),
    State.SENT: phrase("Sent"),
    State.ASKED: phrase("Question asked"),
    State.WAITLISTED: phrase("On the waitlist"),
    State.ACCEPTED: phrase("Accepted"),
    State.IN_PROGRESS: phrase("In progress"),
    State.ON_HOLD: phrase("On hold"),
    State.CONNECTED: phrase("Connected"),
    State.DECLINED: phrase("Declined"),
    State.CLOSED: phrase("Closed"),
    State.CANCELLED: phrase("Cancelled"),
    State.ENTERED_IN_ERROR: phrase("Entered in error"),
    State.RECALLED: phrase("Recalled"),
    State.EXPIRED: phrase("Nobody answered in time"),
    State.FROZEN: phrase("Frozen: it went to the wrong partner"),
}

_ACTION_LABELS = {
    Action.SEND: phrase("Send"),
    Action.CANCEL: phrase("Throw the draft away"),
    Action.RECALL: phrase("Recall"),
    Action.ASK: phrase("Ask a question"),
    Action.ANSWER: phrase("Answer the question"),
    Action.WAITLIST: phrase("Put on the waitlist"),
    Action.ACCEPT: phrase("Accept"),
    Action.DECLINE: phrase("Cannot take it"),
    Action.HAND_BACK: phrase("Hand back"),
    Action.BEGIN: phrase("Record first contact"),
    Action.HOLD: phrase("Put on hold"),
    Action.RESUME: phrase("Go on"),
    Action.CONNECT: phrase("Record that you are connected"),
    Action.CLOSE: phrase("Close"),
    Action.REROUTE: phrase("Choose another partner"),
    Action.STOP: phrase("Record a stop"),
    Action.ENTER_IN_ERROR: phrase("Mark as entered in error"),
    Action.PHONE_ACCEPT: phrase("Record: they accepted by phone"),
    Action.PHONE_DECLINE: phrase("Record: they cannot take it"),
    Action.WITHDRAW: phrase("Take it back"),
    Action.EXPIRE: phrase("End the wait"),
    Action.UNDO_ACCEPT: phrase("Undo: it is not accepted yet"),
    Action.UNDO_DECLINE: phrase("Undo: it is not declined"),
    Action.REOPEN: phrase("Open it again"),
    Action.FREEZE: phrase("Freeze: the wrong partner opened it"),
}
