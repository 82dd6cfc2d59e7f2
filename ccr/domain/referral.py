"""A referral's life: what somebody may do with it now, and what it is after that.

What lives here: `advance`, the only way to another state. What must not: the table of states and
acts (`ccr.domain.referral_transitions`), who sees what (`ccr.domain.projection`), due times
(`ccr.domain.clocks`), any fact about a person.

Two rules run through the table. A decline never ends a referral: it comes back to its sender.
And nothing a sender may do after acceptance depends on what the receiver did since, because a
refusal would tell (design 2.4).

A partner by phone has no inbox and nobody here: the sender calls, and writes down the answer. Its
yes closes the referral in the record at once, as "outcome not known", because no clock may run
that nobody can stop; the sender's page reads "accepted by phone", and after the usual delay
"outcome not shared", as it does for every other referral (ADR 0013).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ccr.domain.clocks import Side
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
    TAKEN_BACK,
    TOLD_BY_PHONE,
    Action,
    State,
)
from ccr.domain.referral_transitions import TRANSITIONS, Requirement, Transition, row_for
from ccr.domain.taxonomy import Urgency

MAX_PAUSE = timedelta(days=90)
"""The longest hold or waitlist date. Our choice, ADR 0005."""
UNDO_WINDOW = timedelta(minutes=30)
"""How long a wrong answer can be taken back as if it had not been given. Our choice, ADR 0024."""
REOPEN_WINDOW = timedelta(days=30)
"""How long after closing a receiver may open a referral again. Our choice, ADR 0024."""


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
        opened_at: when somebody at the receiver first opened or answered it.
        expired_at: when it came back because nobody answered.
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
    opened_at: datetime | None = None
    expired_at: datetime | None = None
    by_link: bool = False

    @property
    def next_mover(self) -> Side | None:
        """Return whose move is next: by phone, the call is the sender's to make."""
        if self.by_phone and self.state is State.SENT:
            return Side.SENDER
        return self.state.next_mover

    @property
    def came_back(self) -> bool:
        """Return True when it is, or was, the sender's again: declined, handed back, expired."""
        return self.declined_at is not None or self.expired_at is not None

    @property
    def handed_back(self) -> bool:
        """Return True when it was declined after it had been accepted."""
        return self.declined_at is not None and self.accepted_at is not None

    @property
    def ended_by_sender(self) -> bool:
        """Return True when the present end is the sender's own act, which it may always see."""
        return self.state in TAKEN_BACK or (self.state is State.CLOSED and self.came_back)


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
    transition = transition_for(referral, action)
    if transition is None or by not in transition.who or not _allowed(referral, action, by, at):
        raise IllegalTransitionError(_refusal(referral, action, by))
    _check_inputs(referral, transition, action, at, reason, outcome, until)
    _check_told(action, reason, told_by)
    changes: dict[str, Any] = dict.fromkeys(transition.clears)
    changes |= {
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
        state=transition.to,
        version=referral.version + 1,
        hold_until=until if transition.needs is Requirement.UNTIL else None,
        **changes,
    )


def transition_for(referral: Referral, action: Action) -> Transition | None:
    """Return the row of the table as it holds for this referral, or None when there is none."""
    contacted = referral.contacted_at is not None
    return row_for(referral.state, action, contacted=contacted, by_phone=referral.by_phone)


def taking_back(referral: Referral) -> Action:
    """Return how a sender takes back what was not accepted: opened, or not opened yet."""
    return Action.RECALL if referral.opened_at is None else Action.WITHDRAW


def possible_actions(referral: Referral, by: Side, at: datetime) -> frozenset[Action]:
    """Return what this side may do at `at`; for a sender it never depends on hidden states."""
    return frozenset(
        action
        for (state, action), transition in TRANSITIONS.items()
        if state is referral.state and by in transition.who and _allowed(referral, action, by, at)
    )


def _allowed(referral: Referral, action: Action, by: Side, at: datetime) -> bool:
    """Return False for what the table allows by state but the referral's past does not."""
    if action in NEEDS_AN_INBOX and referral.by_phone:
        return False
    if action in TOLD_BY_PHONE and not (referral.by_phone or referral.by_link):
        return False
    return _PASTS.get(action, _always)(referral, by, at)


def _always(_referral: Referral, _by: Side, _at: datetime) -> bool:
    return True


def _may_stop(referral: Referral, _by: Side, _at: datetime) -> bool:
    # A referral that came back and was closed by its sender has nobody to stop.
    return not referral.came_back


def _may_undo_accept(referral: Referral, by: Side, at: datetime) -> bool:
    writer = Side.SENDER if referral.by_phone else Side.RECEIVER
    untouched = referral.contacted_at is None and not referral.came_back
    return by is writer and untouched and _is_fresh(referral.accepted_at, at)


def _may_undo_decline(referral: Referral, by: Side, at: datetime) -> bool:
    writer = Side.SENDER if referral.by_phone else Side.RECEIVER
    return by is writer and not referral.handed_back and _is_fresh(referral.declined_at, at)


def _may_reopen(referral: Referral, _by: Side, at: datetime) -> bool:
    closed_at = referral.closed_at
    own = not referral.came_back and not referral.by_phone
    return own and closed_at is not None and at < closed_at + REOPEN_WINDOW


def _is_fresh(answered_at: datetime | None, at: datetime) -> bool:
    return answered_at is not None and at < answered_at + UNDO_WINDOW


_PASTS: dict[Action, Callable[[Referral, Side, datetime], bool]] = {
    Action.HAND_BACK: lambda referral, _by, _at: referral.contacted_at is None,
    Action.STOP: _may_stop,
    Action.ENTER_IN_ERROR: lambda referral, _by, _at: referral.sent_at is not None,
    Action.RECALL: lambda referral, _by, _at: referral.opened_at is None,
    Action.WITHDRAW: lambda referral, _by, _at: referral.opened_at is not None,
    Action.FREEZE: lambda referral, _by, _at: referral.opened_at is not None,
    # By phone the move is the sender's already: it is chased, and nothing is taken from it.
    Action.EXPIRE: lambda referral, _by, _at: not referral.by_phone,
    Action.UNDO_ACCEPT: _may_undo_accept,
    Action.UNDO_DECLINE: _may_undo_decline,
    Action.REOPEN: _may_reopen,
}
"""What an act asks of the past, beside the state."""


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
    came_back = referral.state in {State.DECLINED, State.EXPIRED}
    if came_back and outcome not in SENDER_OUTCOMES:
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
    if action is Action.RECALL and referral.opened_at is not None and not referral.accepted_at:
        return phrase("They have opened it. You can still take it back.")
    hidden = referral.accepted_at is not None and not referral.came_back
    if by is not Side.RECEIVER and hidden:
        return phrase('"%(action)s" is not possible after acceptance.', action=action.label)
    return phrase(
        '"%(action)s" is not possible while this referral is "%(state)s".',
        action=action.label,
        state=referral.state.label,
    )
