"""Whose move is next, what it is, by when, and what happens if not, as each side reads it.

What lives here: the sentences by state, for what the projection has left over. What must not:
taking facts away (`ccr.domain.projection_masks`).
"""

from __future__ import annotations

from datetime import datetime

from ccr.domain.clocks import Clock, Side
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.projection_masks import Event, person_calls
from ccr.domain.referral import Referral
from ccr.domain.referral_states import TAKEN, State
from ccr.domain.referral_views import NextMove, Status


def _due(clocks: tuple[Clock, ...]) -> datetime | None:
    return min((clock.due_at for clock in clocks if clock.met_at is None), default=None)


_THEN_OPTIONS = phrase(
    "If they miss it, we remind them, then their supervisor. Then you get new options."
)
_THEN_NOTHING = phrase(
    "If they miss it, we remind them, then their supervisor. You do not have to watch this."
)
_SENDER_MOVES: dict[State, tuple[Side, Phrase, Phrase | None]] = {
    State.DRAFT: (Side.SENDER, phrase("Finish the draft, or throw it away."), None),
    State.SENT: (Side.RECEIVER, phrase("They answer."), _THEN_OPTIONS),
    State.WAITLISTED: (
        Side.RECEIVER,
        phrase("They look again. You can choose another partner at any time."),
        _THEN_OPTIONS,
    ),
    State.ASKED: (Side.SENDER, phrase("Answer their question."), None),
    State.DECLINED: (Side.SENDER, phrase("Choose another partner, or close."), None),
    State.EXPIRED: (Side.SENDER, phrase("Choose another partner, or close."), None),
    State.ACCEPTED: (Side.RECEIVER, phrase("They try to reach the person."), _THEN_NOTHING),
    State.IN_PROGRESS: (Side.RECEIVER, phrase("They record how it goes."), _THEN_NOTHING),
    State.CONNECTED: (Side.RECEIVER, phrase("They record how it goes."), _THEN_NOTHING),
}
_BY_LINK = (
    Side.RECEIVER,
    phrase("They open the link that was mailed, with the code that you read out to them."),
    phrase("If they miss it, the link is mailed to them again. Then you get new options."),
)
_CALL_THEM = phrase("Call them. Then write down what they said.")
_NOBODY_PICKS_UP = phrase("If nobody picks up, choose another partner.")
_CALL_NOW = phrase("Nobody has opened it. Call them, or choose another partner.")
_NOBODY_WAITS = phrase("This clock is yours until somebody there opens it.")
_NO_ANSWER_YET = phrase("No answer yet. Choose another partner, or keep waiting.")
_THEY_TAKE_IT = phrase("They take it from here. You do not have to watch this.")


def sender_move(
    known: Referral, clocks: tuple[Clock, ...], status: Status, *, offered: bool
) -> NextMove | None:
    """Return the move; once accepted, a due time is there only when the projection left one."""
    if status is Status.NOT_SHARED:
        return None
    due = _due(clocks)
    if known.by_phone and known.state is State.SENT:
        return NextMove(Side.SENDER, _CALL_THEM, due, _NOBODY_PICKS_UP)
    if status is Status.NOBODY_READS:
        return NextMove(Side.SENDER, _CALL_NOW, due, _NOBODY_WAITS)
    if offered and known.state not in {State.DECLINED, State.EXPIRED}:
        return NextMove(Side.SENDER, _NO_ANSWER_YET, due)
    if known.state in TAKEN and due is None:
        return NextMove(Side.RECEIVER, _THEY_TAKE_IT)
    by_link = known.by_link and known.state is State.SENT
    move = _BY_LINK if by_link else _SENDER_MOVES.get(known.state)
    return None if move is None else NextMove(move[0], move[1], due, move[2])


_RECEIVER_MOVES: dict[State, tuple[Side, Phrase]] = {
    State.SENT: (Side.RECEIVER, phrase("Answer: take it, ask, or say that you cannot.")),
    State.ASKED: (Side.SENDER, phrase("They answer your question. You may decide now.")),
    State.WAITLISTED: (Side.RECEIVER, phrase("Look again: take it, or say that you cannot.")),
    State.ACCEPTED: (Side.RECEIVER, phrase("Try to reach the person, if it is safe.")),
    State.ON_HOLD: (Side.RECEIVER, phrase("Wait. Do not call before this date.")),
    State.IN_PROGRESS: (Side.RECEIVER, phrase("Record how it goes.")),
    State.CONNECTED: (Side.RECEIVER, phrase("Record how it goes.")),
}


_THEY_CALL = phrase("Wait for their call. Do not call before this date.")


def receiver_move(
    known: Referral, clocks: tuple[Clock, ...], events: tuple[Event, ...]
) -> NextMove | None:
    """Return the move; while on hold it is to wait, and until when."""
    move = _RECEIVER_MOVES.get(known.state)
    if move is None:
        return None
    on_hold = known.state is State.ON_HOLD
    words = _THEY_CALL if on_hold and person_calls(events) else move[1]
    return NextMove(move[0], words, known.hold_until if on_hold else _due(clocks))
