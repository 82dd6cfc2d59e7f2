"""A referral's life as one table: who may do what, from which state, and whose move is next.

What lives here: the table and `advance`. What must not: who sees what (`ccr.domain.projection`),
due times (`ccr.domain.clocks`), any fact about a person.

Two rules run through the table. A decline never ends a referral: it comes back to its sender.
And nothing a sender may do after acceptance depends on what the receiver did since, because a
refusal would tell (design 2.4).

A partner by phone has no inbox and nobody here: the sender calls, and writes down the answer. Its
yes closes the referral in the record at once, as "outcome not known", because no clock may run
that nobody can stop; the sender's page reads "accepted by phone", and after the usual delay
"outcome not shared", as it does for every other referral (ADR 0013).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from ccr.domain.clocks import ClockKind, Side
from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.outcomes import (
    CONNECTED_OUTCOMES,
    FROM_A_PERSON,
    SENDER_OUTCOMES,
    DeclineReason,
    Outcome,
    ToldBy,
)
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_states import (
    NEEDS_AN_INBOX,
    NEXT_MOVER,
    TOLD_BY_PHONE,
    Action,
    State,
)
from ccr.domain.taxonomy import Urgency

MAX_PAUSE = timedelta(days=90)
"""The longest hold or waitlist date. Our choice, ADR 0005."""


class Requirement(StrEnum):
    """What an act cannot do without."""

    REASON = "reason"
    OUTCOME = "outcome"
    UNTIL = "until"
    NOTE = "note"
    """Checked where the note is sealed: free text never comes into this module."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    Attributes:
        to: the new state. RESUME goes back to "accepted" when there was no contact yet.
        who: the sides that may do it.
        needs: what has to come with it, or None.
        starts: the clock that starts, or None; `until` is its due time when `due_at_until`.
        stops: the clocks that stop.
        pauses, resumes: what happens to the running contact clock.
        hands_to: the side that owns the running answer clock from now on, or None.
        stamps: the times of the referral that it sets; all but `closed_at` are set once.
    """

    to: State
    who: frozenset[Side]
    needs: Requirement | None = None
    starts: ClockKind | None = None
    due_at_until: bool = False
    stops: frozenset[ClockKind] = frozenset()
    pauses: bool = False
    resumes: bool = False
    hands_to: Side | None = None
    stamps: tuple[str, ...] = ()

    @property
    def next_mover(self) -> Side | None:
        """Return whose move is next."""
        return NEXT_MOVER[self.to]


_SENDER, _RECEIVER = frozenset({Side.SENDER}), frozenset({Side.RECEIVER})
_ALL = frozenset(ClockKind)
_ANSWER, _FIRST, _OUTCOME = ClockKind.ANSWER, ClockKind.FIRST_CONTACT, ClockKind.OUTCOME

_RECALL = Transition(State.CANCELLED, _SENDER, stops=_ALL, stamps=("closed_at",))
_WAITLIST = Transition(
    State.WAITLISTED, _RECEIVER, Requirement.UNTIL, starts=_ANSWER, due_at_until=True
)
_ACCEPT = Transition(
    State.ACCEPTED,
    _RECEIVER,
    starts=_FIRST,
    stops=frozenset({_ANSWER}),
    stamps=("accepted_at",),
)
# The answer clock starts anew as the sender's: choose again, or close.
_DECLINE = Transition(
    State.DECLINED,
    _RECEIVER,
    Requirement.REASON,
    starts=_ANSWER,
    hands_to=Side.SENDER,
    stamps=("declined_at",),
)
_HAND_BACK = Transition(
    State.DECLINED,
    _RECEIVER,
    Requirement.REASON,
    starts=_ANSWER,
    stops=frozenset({_FIRST, _OUTCOME}),
    hands_to=Side.SENDER,
    stamps=("declined_at",),
)
_HOLD = Transition(State.ON_HOLD, _RECEIVER, Requirement.UNTIL, pauses=True)
_CONNECT = Transition(
    State.CONNECTED,
    _RECEIVER,
    starts=_OUTCOME,
    stops=frozenset({_FIRST}),
    stamps=("contacted_at", "connected_at"),
)
_CLOSE = Transition(State.CLOSED, _RECEIVER, Requirement.OUTCOME, stops=_ALL, stamps=("closed_at",))
# By phone: the sender writes down what was said. There is nobody whom a clock could chase.
_PHONE_ACCEPT = Transition(State.CLOSED, _SENDER, stops=_ALL, stamps=("accepted_at", "closed_at"))
_PHONE_DECLINE = Transition(
    State.DECLINED,
    _SENDER,
    Requirement.REASON,
    starts=_ANSWER,
    hands_to=Side.SENDER,
    stamps=("declined_at",),
)
_STOP = Transition(State.CANCELLED, _SENDER, stops=_ALL, stamps=("closed_at",))
_ERROR = Transition(State.ENTERED_IN_ERROR, _SENDER, stops=_ALL, stamps=("closed_at",))

TRANSITIONS: dict[tuple[State, Action], Transition] = {
    (State.DRAFT, Action.SEND): Transition(
        State.SENT, _SENDER, starts=_ANSWER, stamps=("sent_at",)
    ),
    (State.DRAFT, Action.CANCEL): Transition(State.CANCELLED, _SENDER, stamps=("closed_at",)),
    (State.SENT, Action.ASK): Transition(
        State.ASKED, _RECEIVER, Requirement.NOTE, hands_to=Side.SENDER
    ),
    (State.SENT, Action.WAITLIST): _WAITLIST,
    (State.SENT, Action.ACCEPT): _ACCEPT,
    (State.SENT, Action.DECLINE): _DECLINE,
    (State.SENT, Action.PHONE_ACCEPT): _PHONE_ACCEPT,
    (State.SENT, Action.PHONE_DECLINE): _PHONE_DECLINE,
    (State.SENT, Action.RECALL): _RECALL,
    (State.SENT, Action.ENTER_IN_ERROR): _ERROR,
    (State.ASKED, Action.ANSWER): Transition(
        State.SENT, _SENDER, Requirement.NOTE, hands_to=Side.RECEIVER
    ),
    (State.ASKED, Action.WAITLIST): _WAITLIST,
    (State.ASKED, Action.ACCEPT): _ACCEPT,
    (State.ASKED, Action.DECLINE): _DECLINE,
    (State.ASKED, Action.RECALL): _RECALL,
    (State.ASKED, Action.ENTER_IN_ERROR): _ERROR,
    (State.WAITLISTED, Action.WAITLIST): _WAITLIST,
    (State.WAITLISTED, Action.ACCEPT): _ACCEPT,
    (State.WAITLISTED, Action.DECLINE): _DECLINE,
    (State.WAITLISTED, Action.RECALL): _RECALL,
    (State.WAITLISTED, Action.ENTER_IN_ERROR): _ERROR,
    (State.ACCEPTED, Action.HAND_BACK): _HAND_BACK,
    (State.ACCEPTED, Action.BEGIN): Transition(
        State.IN_PROGRESS,
        _RECEIVER,
        starts=_OUTCOME,
        stops=frozenset({_FIRST}),
        stamps=("contacted_at",),
    ),
    (State.ACCEPTED, Action.HOLD): _HOLD,
    (State.ACCEPTED, Action.CONNECT): _CONNECT,
    (State.ACCEPTED, Action.CLOSE): _CLOSE,
    (State.ACCEPTED, Action.STOP): _STOP,
    (State.ACCEPTED, Action.ENTER_IN_ERROR): _ERROR,
    (State.IN_PROGRESS, Action.HOLD): _HOLD,
    (State.IN_PROGRESS, Action.CONNECT): _CONNECT,
    (State.IN_PROGRESS, Action.CLOSE): _CLOSE,
    (State.IN_PROGRESS, Action.STOP): _STOP,
    (State.IN_PROGRESS, Action.ENTER_IN_ERROR): _ERROR,
    (State.ON_HOLD, Action.HAND_BACK): _HAND_BACK,
    (State.ON_HOLD, Action.HOLD): _HOLD,
    (State.ON_HOLD, Action.RESUME): Transition(
        State.IN_PROGRESS, frozenset({Side.RECEIVER, Side.SYSTEM}), resumes=True
    ),
    (State.ON_HOLD, Action.CONNECT): _CONNECT,
    (State.ON_HOLD, Action.CLOSE): _CLOSE,
    (State.ON_HOLD, Action.STOP): _STOP,
    (State.ON_HOLD, Action.ENTER_IN_ERROR): _ERROR,
    (State.CONNECTED, Action.CLOSE): _CLOSE,
    (State.CONNECTED, Action.STOP): _STOP,
    (State.CONNECTED, Action.ENTER_IN_ERROR): _ERROR,
    (State.DECLINED, Action.CLOSE): Transition(
        State.CLOSED, _SENDER, Requirement.OUTCOME, stops=_ALL, stamps=("closed_at",)
    ),
    (State.DECLINED, Action.REROUTE): Transition(
        State.CLOSED, _SENDER, stops=_ALL, stamps=("closed_at",)
    ),
    (State.DECLINED, Action.ENTER_IN_ERROR): _ERROR,
    # The sender does not know whether the receiver has closed, so these two stay possible.
    (State.CLOSED, Action.STOP): _STOP,
    (State.CLOSED, Action.ENTER_IN_ERROR): _ERROR,
    (State.CANCELLED, Action.ENTER_IN_ERROR): _ERROR,
}


@dataclass(frozen=True, slots=True)
class Referral:
    """One referral from one compartment to one other, without a fact about the person.

    Attributes:
        code: the speakable code; None while a draft.
        version: grows by one with every change.
        hold_until: until when it waits, on hold or waitlisted.
        contacted_at: when the person was first reached by the receiver.
        closed_at: when it ended, in whatever way.
        by_phone: True when the partner had no inbox as it was sent: the sender calls, for good.
        by_link: True when the partner had no inbox as it was sent and answers by a mailed link.
            When its answer is given on the phone all the same, it is by phone from then on.
    """

    id: UUID
    network_id: UUID
    sender_compartment_id: UUID
    urgency: Urgency
    created_at: datetime
    state: State = State.DRAFT
    version: int = 1
    receiver_compartment_id: UUID | None = None
    service_id: UUID | None = None
    code: str | None = field(default=None, repr=False)
    sent_at: datetime | None = None
    accepted_at: datetime | None = None
    contacted_at: datetime | None = None
    connected_at: datetime | None = None
    declined_at: datetime | None = None
    closed_at: datetime | None = None
    decline_reason: DeclineReason | None = None
    outcome: Outcome | None = None
    hold_until: datetime | None = None
    by_phone: bool = False
    by_link: bool = False

    @property
    def next_mover(self) -> Side | None:
        """Return whose move is next: by phone, the call is the sender's to make."""
        if self.by_phone and self.state is State.SENT:
            return Side.SENDER
        return self.state.next_mover

    @property
    def handed_back(self) -> bool:
        """Return True when it was declined after it had been accepted."""
        return self.declined_at is not None and self.accepted_at is not None

    @property
    def ended_by_sender(self) -> bool:
        """Return True when the present end is the sender's own act, which it may always see."""
        if self.state in {State.CANCELLED, State.ENTERED_IN_ERROR}:
            return True
        return self.state is State.CLOSED and self.declined_at is not None


def advance(
    referral: Referral,
    action: Action,
    *,
    at: datetime,
    by: Side,
    reason: DeclineReason | None = None,
    outcome: Outcome | None = None,
    until: datetime | None = None,
    told_by: ToldBy | None = None,
) -> Referral:
    """Return the referral after `action`, one version on.

    Raises:
        IllegalTransitionError: the table has no such row for this state and side. To a sender
            the sentence never names what happened after acceptance.
        InvalidInputError: what the act needs is missing or cannot be; `field` names it.
    """
    transition = TRANSITIONS.get((referral.state, action))
    if transition is None or by not in transition.who or not _allowed(referral, action):
        raise IllegalTransitionError(_refusal(referral, action, by))
    _check_inputs(referral, transition, action, at, reason, outcome, until)
    _check_told(action, reason, told_by)
    no_contact_yet = transition.resumes and referral.contacted_at is None
    changes: dict[str, Any] = {
        name: at
        for name in transition.stamps
        if name == "closed_at" or getattr(referral, name) is None
    }
    if transition.needs is Requirement.REASON:
        changes["decline_reason"] = reason
    if transition.needs is Requirement.OUTCOME:
        changes["outcome"] = outcome
    if action is Action.REROUTE:
        changes["outcome"] = Outcome.REDIRECTED
    if action is Action.PHONE_ACCEPT:
        changes["outcome"] = Outcome.UNKNOWN
    if action in TOLD_BY_PHONE:
        changes["by_phone"] = True
    return replace(
        referral,
        state=State.ACCEPTED if no_contact_yet else transition.to,
        version=referral.version + 1,
        hold_until=until if transition.needs is Requirement.UNTIL else None,
        **changes,
    )


def possible_actions(referral: Referral, by: Side) -> frozenset[Action]:
    """Return what this side may do now; for a sender it never depends on hidden states."""
    return frozenset(
        action
        for (state, action), transition in TRANSITIONS.items()
        if state is referral.state and by in transition.who and _allowed(referral, action)
    )


def _allowed(referral: Referral, action: Action) -> bool:
    """Return False for what the table allows by state but the referral's past does not."""
    if action in NEEDS_AN_INBOX and referral.by_phone:
        return False
    if action in TOLD_BY_PHONE and not (referral.by_phone or referral.by_link):
        return False
    if action is Action.HAND_BACK:
        return referral.contacted_at is None
    if action is Action.STOP:
        # A referral that came back and was closed by its sender has nobody to stop.
        return referral.declined_at is None
    return not (action is Action.ENTER_IN_ERROR and referral.sent_at is None)


def _check_inputs(
    referral: Referral,
    transition: Transition,
    action: Action,
    at: datetime,
    reason: DeclineReason | None,
    outcome: Outcome | None,
    until: datetime | None,
) -> None:
    if transition.needs is Requirement.REASON and reason is None:
        raise InvalidInputError(phrase("Choose a reason."), field="reason")
    if transition.needs is Requirement.UNTIL:
        if until is None:
            raise InvalidInputError(phrase("Say until when."), field="until")
        if not at < until <= at + MAX_PAUSE:
            raise InvalidInputError(
                phrase("The date lies in the next %(days)s days.", days=MAX_PAUSE.days),
                field="until",
            )
    if action is not Action.CLOSE:
        return
    if outcome is None:
        raise InvalidInputError(phrase("Say how it ended."), field="outcome")
    if referral.state is State.DECLINED and outcome not in SENDER_OUTCOMES:
        raise InvalidInputError(phrase("Only the partner can record this."), field="outcome")
    if outcome in CONNECTED_OUTCOMES and referral.state is not State.CONNECTED:
        raise InvalidInputError(phrase("Record first that you are connected."), field="outcome")


def _check_told(action: Action, reason: DeclineReason | None, told_by: ToldBy | None) -> None:
    """Check what a sender writes down after a call: who said it, by role, and no one's secret."""
    if action not in TOLD_BY_PHONE:
        return
    if told_by is None:
        raise InvalidInputError(phrase("Say who answered, by role."), field="told_by")
    if action is Action.PHONE_DECLINE and reason in FROM_A_PERSON:
        raise InvalidInputError(phrase("Write this down as another reason."), field="reason")


def _refusal(referral: Referral, action: Action, by: Side) -> Phrase:
    """Return one sentence; for a sender after acceptance always the same one."""
    hidden = referral.accepted_at is not None and referral.declined_at is None
    if by is not Side.RECEIVER and hidden:
        return phrase('"%(action)s" is not possible after acceptance.', action=action.label)
    return phrase(
        '"%(action)s" is not possible while this referral is "%(state)s".',
        action=action.label,
        state=referral.state.label,
    )
