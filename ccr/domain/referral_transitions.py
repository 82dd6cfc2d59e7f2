"""The table of R72: from which state which act leads where, who may do it, what it needs.

What lives here: rows, read aloud one by one; and the row as it holds for one referral. What must
not: doing an act (`ccr.domain.referral`), who sees what (`ccr.domain.projection`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from ccr.domain.clocks import ClockKind, Side
from ccr.domain.referral_states import NEXT_MOVER, Action, State


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
        to: the new state.
        before_contact: the new state instead, when the person was not reached yet; then what
            starts is the first-contact clock.
        who: the sides that may do it.
        needs: what has to come with it, or None.
        starts: the clock that starts, or None; `until` is its due time when `due_at_until`.
        stops: the clocks that stop.
        pauses, resumes: what happens to the running contact clock.
        hands_to: the side that owns the running answer clock from now on, or None.
        stamps: the times of the referral that it sets; all but `closed_at` are set once.
        clears: what of the referral it undoes.
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
    clears: tuple[str, ...] = ()
    before_contact: State | None = None

    @property
    def next_mover(self) -> Side | None:
        """Return whose move is next."""
        return NEXT_MOVER[self.to]


_SENDER, _RECEIVER = frozenset({Side.SENDER}), frozenset({Side.RECEIVER})
_ALL = frozenset(ClockKind)
_ANSWER, _FIRST, _OUTCOME = ClockKind.ANSWER, ClockKind.FIRST_CONTACT, ClockKind.OUTCOME

# Until it was opened nothing of it is left at the partner; afterwards the partner reads that it
# was taken back (R22, security.md case 14).
_RECALL = Transition(State.RECALLED, _SENDER, stops=_ALL, stamps=("closed_at",))
_WITHDRAW = Transition(State.CANCELLED, _SENDER, stops=_ALL, stamps=("closed_at",))
_WAITLIST = Transition(
    State.WAITLISTED,
    _RECEIVER,
    Requirement.UNTIL,
    starts=_ANSWER,
    due_at_until=True,
    stamps=("opened_at",),
)
_ACCEPT = Transition(
    State.ACCEPTED,
    _RECEIVER,
    starts=_FIRST,
    stops=frozenset({_ANSWER}),
    stamps=("opened_at", "accepted_at"),
)
# The answer clock starts anew as the sender's: choose again, or close.
_DECLINE = Transition(
    State.DECLINED,
    _RECEIVER,
    Requirement.REASON,
    starts=_ANSWER,
    hands_to=Side.SENDER,
    stamps=("opened_at", "declined_at"),
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
_FREEZE = Transition(State.FROZEN, _SENDER, stops=_ALL, stamps=("closed_at",))
# Nobody answered: like a decline without a reason, it is the sender's again (peers.md row 54).
_EXPIRE = Transition(
    State.EXPIRED,
    frozenset({Side.SYSTEM}),
    starts=_ANSWER,
    hands_to=Side.SENDER,
    stamps=("expired_at",),
)
_CHOOSE_AGAIN = Transition(State.CLOSED, _SENDER, stops=_ALL, stamps=("closed_at",))
_CLOSE_AS_SENDER = Transition(
    State.CLOSED, _SENDER, Requirement.OUTCOME, stops=_ALL, stamps=("closed_at",)
)
# A wrong press, taken back: the answer is open again. By phone it was the sender's press.
_UNDO_ACCEPT = Transition(
    State.SENT,
    _RECEIVER,
    Requirement.NOTE,
    starts=_ANSWER,
    stops=frozenset({_FIRST}),
    clears=("accepted_at",),
)
_UNDO_DECLINE = Transition(
    State.SENT,
    frozenset({Side.RECEIVER, Side.SENDER}),
    Requirement.NOTE,
    starts=_ANSWER,
    clears=("declined_at", "decline_reason"),
)
_UNDO_PHONE_ACCEPT = Transition(
    State.SENT,
    _SENDER,
    Requirement.NOTE,
    starts=_ANSWER,
    clears=("accepted_at", "closed_at", "outcome"),
)
_REOPEN = Transition(
    State.IN_PROGRESS,
    _RECEIVER,
    Requirement.NOTE,
    starts=_OUTCOME,
    clears=("closed_at", "outcome"),
    before_contact=State.ACCEPTED,
)

TRANSITIONS: dict[tuple[State, Action], Transition] = {
    (State.DRAFT, Action.SEND): Transition(
        State.SENT, _SENDER, starts=_ANSWER, stamps=("sent_at",)
    ),
    (State.DRAFT, Action.CANCEL): Transition(State.CANCELLED, _SENDER, stamps=("closed_at",)),
    (State.SENT, Action.ASK): Transition(
        State.ASKED, _RECEIVER, Requirement.NOTE, hands_to=Side.SENDER, stamps=("opened_at",)
    ),
    (State.SENT, Action.WAITLIST): _WAITLIST,
    (State.SENT, Action.ACCEPT): _ACCEPT,
    (State.SENT, Action.DECLINE): _DECLINE,
    (State.SENT, Action.PHONE_ACCEPT): _PHONE_ACCEPT,
    (State.SENT, Action.PHONE_DECLINE): _PHONE_DECLINE,
    (State.SENT, Action.RECALL): _RECALL,
    (State.SENT, Action.WITHDRAW): _WITHDRAW,
    (State.SENT, Action.EXPIRE): _EXPIRE,
    (State.SENT, Action.FREEZE): _FREEZE,
    (State.SENT, Action.ENTER_IN_ERROR): _ERROR,
    (State.ASKED, Action.ANSWER): Transition(
        State.SENT, _SENDER, Requirement.NOTE, hands_to=Side.RECEIVER
    ),
    (State.ASKED, Action.WAITLIST): _WAITLIST,
    (State.ASKED, Action.ACCEPT): _ACCEPT,
    (State.ASKED, Action.DECLINE): _DECLINE,
    (State.ASKED, Action.WITHDRAW): _WITHDRAW,
    (State.ASKED, Action.EXPIRE): _EXPIRE,
    (State.ASKED, Action.FREEZE): _FREEZE,
    (State.ASKED, Action.ENTER_IN_ERROR): _ERROR,
    (State.WAITLISTED, Action.WAITLIST): _WAITLIST,
    (State.WAITLISTED, Action.ACCEPT): _ACCEPT,
    (State.WAITLISTED, Action.DECLINE): _DECLINE,
    (State.WAITLISTED, Action.WITHDRAW): _WITHDRAW,
    (State.WAITLISTED, Action.EXPIRE): _EXPIRE,
    (State.WAITLISTED, Action.FREEZE): _FREEZE,
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
    (State.ACCEPTED, Action.UNDO_ACCEPT): _UNDO_ACCEPT,
    (State.ACCEPTED, Action.STOP): _STOP,
    (State.ACCEPTED, Action.FREEZE): _FREEZE,
    (State.ACCEPTED, Action.ENTER_IN_ERROR): _ERROR,
    (State.IN_PROGRESS, Action.HOLD): _HOLD,
    (State.IN_PROGRESS, Action.CONNECT): _CONNECT,
    (State.IN_PROGRESS, Action.CLOSE): _CLOSE,
    (State.IN_PROGRESS, Action.STOP): _STOP,
    (State.IN_PROGRESS, Action.FREEZE): _FREEZE,
    (State.IN_PROGRESS, Action.ENTER_IN_ERROR): _ERROR,
    (State.ON_HOLD, Action.HAND_BACK): _HAND_BACK,
    (State.ON_HOLD, Action.HOLD): _HOLD,
    (State.ON_HOLD, Action.RESUME): Transition(
        State.IN_PROGRESS,
        frozenset({Side.RECEIVER, Side.SYSTEM}),
        resumes=True,
        before_contact=State.ACCEPTED,
    ),
    (State.ON_HOLD, Action.CONNECT): _CONNECT,
    (State.ON_HOLD, Action.CLOSE): _CLOSE,
    (State.ON_HOLD, Action.STOP): _STOP,
    (State.ON_HOLD, Action.FREEZE): _FREEZE,
    (State.ON_HOLD, Action.ENTER_IN_ERROR): _ERROR,
    (State.CONNECTED, Action.CLOSE): _CLOSE,
    (State.CONNECTED, Action.STOP): _STOP,
    (State.CONNECTED, Action.FREEZE): _FREEZE,
    (State.CONNECTED, Action.ENTER_IN_ERROR): _ERROR,
    (State.DECLINED, Action.UNDO_DECLINE): _UNDO_DECLINE,
    (State.DECLINED, Action.CLOSE): _CLOSE_AS_SENDER,
    (State.DECLINED, Action.REROUTE): _CHOOSE_AGAIN,
    (State.DECLINED, Action.FREEZE): _FREEZE,
    (State.DECLINED, Action.ENTER_IN_ERROR): _ERROR,
    (State.EXPIRED, Action.CLOSE): _CLOSE_AS_SENDER,
    (State.EXPIRED, Action.REROUTE): _CHOOSE_AGAIN,
    (State.EXPIRED, Action.FREEZE): _FREEZE,
    (State.EXPIRED, Action.ENTER_IN_ERROR): _ERROR,
    # The sender does not know whether the receiver has closed, so these three stay possible.
    (State.CLOSED, Action.STOP): _STOP,
    (State.CLOSED, Action.FREEZE): _FREEZE,
    (State.CLOSED, Action.ENTER_IN_ERROR): _ERROR,
    (State.CLOSED, Action.REOPEN): _REOPEN,
    (State.CLOSED, Action.UNDO_ACCEPT): _UNDO_PHONE_ACCEPT,
    (State.CANCELLED, Action.FREEZE): _FREEZE,
    (State.CANCELLED, Action.ENTER_IN_ERROR): _ERROR,
    (State.RECALLED, Action.ENTER_IN_ERROR): _ERROR,
}


def row_for(
    state: State, action: Action, *, contacted: bool, by_phone: bool = False
) -> Transition | None:
    """Return the row as it holds for one referral, or None when the table has none.

    Args:
        contacted: whether the receiver has reached the person.
        by_phone: whether the sender calls, so that an open answer is the sender's to get.
    """
    row = TRANSITIONS.get((state, action))
    if row is None:
        return None
    if row.before_contact is not None and not contacted:
        starts = None if row.starts is None else _FIRST
        row = replace(row, to=row.before_contact, starts=starts)
    if by_phone and row.to is State.SENT and state is not State.DRAFT:
        row = replace(row, hands_to=Side.SENDER)
    return row
