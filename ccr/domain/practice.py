"""The practice space: invented partners that answer by fixed rules, and what one tries out there.

What lives here: the partners, what each does next, and the checklist. What must not: anything
that is real. Nothing here is left to chance, so that the same act always gets the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ccr.domain.outcomes import Outcome
from ccr.domain.referral_states import State

ANSWERS_AFTER = timedelta(minutes=1)
"""How long an invented partner takes for each of its steps."""


class InventedPartner(StrEnum):
    """The invented partners by what they do. The codes are kept as the members' source ids."""

    TAKES = "takes"
    """Accepts, reaches the person, is connected, closes."""
    ASKS = "asks"
    """Asks a question first; once it is answered, accepts and goes on as TAKES."""
    FULL = "full"
    """Has no room."""
    PHONE = "phone"
    """Has no inbox: one calls an invented number and writes down what one made up."""


class Move(StrEnum):
    """What an invented partner does with a referral."""

    ACCEPT = "accept"
    ASK = "ask"
    DECLINE = "decline"
    REACH = "reach"
    CONNECT = "connect"
    CLOSE = "close"


OUTCOME = Outcome.SERVICE_STARTED
_AFTER_ACCEPTING = {
    State.ACCEPTED: Move.REACH,
    State.IN_PROGRESS: Move.CONNECT,
    State.CONNECTED: Move.CLOSE,
}


def next_move(partner: InventedPartner, state: State, *, asked: bool) -> Move | None:
    """Return what the partner does next, or None when it is not its turn.

    `asked` is True when it has put its question before.
    """
    if partner is InventedPartner.PHONE:
        return None
    if state is not State.SENT:
        return _AFTER_ACCEPTING.get(state)
    if partner is InventedPartner.FULL:
        return Move.DECLINE
    if partner is InventedPartner.ASKS and not asked:
        return Move.ASK
    return Move.ACCEPT


@dataclass(frozen=True, slots=True)
class Checklist:
    """What one has tried in one's practice space.

    Attributes:
        sent: one referral was sent, or a code made for a call.
        accepted: one that was sent was accepted.
        answered: one that arrived was accepted, declined or asked about.
        closed: one was closed, received or come back.
    """

    sent: bool = False
    accepted: bool = False
    answered: bool = False
    closed: bool = False

    @property
    def done(self) -> bool:
        """Return True when all of it was tried: then the training is done."""
        return self.sent and self.accepted and self.answered and self.closed

    @property
    def wants_one_to_answer(self) -> bool:
        """Return True while there is still a received referral to try something with."""
        return not (self.answered and self.closed)
