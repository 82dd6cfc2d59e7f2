"""The masks of the projection: what each side may not know is replaced by one fixed value.

What lives here: masks for the referral, its events and its clocks. What must not: the table
(`ccr.domain.projection_table`), or words for people (`ccr.domain.projection`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ccr.domain.clocks import CONTACT_CLOCKS, Clock, ClockKind, Side, new_options_at
from ccr.domain.outcomes import SAID_AS_ONE
from ccr.domain.projection_table import NOT_SHARED_AFTER, Shown
from ccr.domain.referral import Referral
from ccr.domain.referral_states import TAKEN, WAITING_FOR_ANSWER, EventKind, State
from ccr.domain.referral_views import Status
from ccr.domain.safe_windows import Wait


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `note_id` names a sealed note; its text never comes here."""

    kind: EventKind
    at: datetime
    by: Side
    reason: str | None = None
    note_id: UUID | None = None
    told_by: str | None = None
    told_at: datetime | None = None


class Seen(StrEnum):
    """Who but its own side sees an event."""

    BOTH = "both"
    WITH_RELEASE = "with-release"
    AFTER_ACCEPTING = "after-accepting"
    WITH_FACTS = "with-facts"
    NOBODY_ELSE = "nobody-else"


EVENTS_TO_SENDER: dict[EventKind, Seen] = {
    # What the receiver says to the sender before acceptance, and the two ways of giving back.
    EventKind.ASK: Seen.BOTH,
    EventKind.WAITLIST: Seen.BOTH,
    EventKind.ACCEPT: Seen.BOTH,
    EventKind.DECLINE: Seen.BOTH,
    EventKind.HAND_BACK: Seen.BOTH,
    # Coded progress and outcome.
    EventKind.BEGIN: Seen.WITH_RELEASE,
    EventKind.HOLD: Seen.WITH_RELEASE,
    EventKind.RESUME: Seen.WITH_RELEASE,
    EventKind.CONNECT: Seen.WITH_RELEASE,
    EventKind.CLOSE: Seen.WITH_RELEASE,
    EventKind.RELEASE_CONFIRMED: Seen.WITH_RELEASE,
    EventKind.REOPEN: Seen.WITH_RELEASE,
    # An answer that was taken back within minutes, before any contact.
    EventKind.UNDO_ACCEPT: Seen.BOTH,
    EventKind.UNDO_DECLINE: Seen.BOTH,
    # Opened, before the answer; and that no answer came.
    EventKind.SEEN: Seen.BOTH,
    EventKind.EXPIRE: Seen.BOTH,
    # A joint call is answered before acceptance, or with it, and never later.
    EventKind.JOINT_CALL_AGREED: Seen.BOTH,
    EventKind.JOINT_CALL_NOT_THEN: Seen.BOTH,
    EventKind.SHARED_NOTE: Seen.WITH_RELEASE,
    EventKind.SCHEDULED: Seen.WITH_RELEASE,
    EventKind.ATTENDED: Seen.WITH_RELEASE,
    EventKind.NO_SHOW: Seen.WITH_RELEASE,
    # Written before the answer only: after it, wrong codes are the receiver's own trouble.
    EventKind.CODE_LOCKED: Seen.BOTH,
}
"""Events of the receiver that a sender sees; all others it never does. Its own it always sees."""

WITH_A_NOTE_OF_THEIR_OWN = frozenset(
    {EventKind.UNDO_ACCEPT, EventKind.UNDO_DECLINE, EventKind.REOPEN}
)
"""Events of the receiver whose note says why, to its own program alone."""

ABOUT_THE_RELEASE = frozenset({EventKind.RELEASE_ASKED, EventKind.RELEASE_WITHDRAWN})
"""A sender's own acts on a release."""

EVENTS_TO_RECEIVER: dict[EventKind, Seen] = {
    EventKind.SEND: Seen.BOTH,
    EventKind.ANSWER: Seen.BOTH,
    EventKind.STOP: Seen.BOTH,
    EventKind.LIVE_HAND_OFF: Seen.AFTER_ACCEPTING,
    EventKind.RELEASE_ASKED: Seen.AFTER_ACCEPTING,
    EventKind.RELEASE_WITHDRAWN: Seen.AFTER_ACCEPTING,
    EventKind.WITHDRAW: Seen.BOTH,
    EventKind.FREEZE: Seen.BOTH,
    EventKind.JOINT_CALL_OFFERED: Seen.BOTH,
    EventKind.SHARED_NOTE: Seen.WITH_FACTS,
}
"""Events of the sender that a receiver sees; all others it never does."""


WITH_WORDS = WAITING_FOR_ANSWER | TAKEN | {State.CLOSED}
"""While a receiver has these, it reads what the sender wrote to it; afterwards no longer."""


def mask_for_sender(referral: Referral, shown: Shown) -> Referral:
    """Return the referral with everything the sender may not know replaced by one fixed value."""
    masked = replace(referral, version=0, decline_reason=None)
    if shown.status is not Status.WAITLISTED:
        # Until when a person cannot be called is theirs, release or not.
        masked = replace(masked, hold_until=None)
    if not shown.outcome:
        masked = replace(masked, outcome=None)
    if not shown.progress:
        masked = replace(masked, contacted_at=None, connected_at=None)
    return replace(masked, state=State.ACCEPTED, closed_at=None) if shown.fixed else masked


def mask_for_receiver(referral: Referral, shown: Shown) -> Referral:
    """Return the referral with what became the sender's own again taken away."""
    masked = replace(referral, version=0)
    if not shown.outcome:
        masked = replace(masked, outcome=None)
    if shown.status is Status.DECLINED:
        return replace(masked, state=State.DECLINED, closed_at=None)
    if shown.status is Status.EXPIRED:
        return replace(masked, state=State.EXPIRED, closed_at=None)
    return masked


def events_for_sender(events: Iterable[Event], shown: Shown) -> tuple[Event, ...]:
    """Return the events the sender may know; a hand-back reads as a decline, without a reason."""
    seen = []
    answered = False
    for event in events:
        rule = EVENTS_TO_SENDER.get(event.kind, Seen.NOBODY_ELSE)
        with_release = rule is Seen.WITH_RELEASE and shown.progress
        answered = answered or event.kind is EventKind.ACCEPT
        if event.by is Side.SENDER:
            # That a release was asked for, or ended, shows while it is in force, or the absence of
            # what it would bring would tell that the person said no.
            hidden = event.kind in ABOUT_THE_RELEASE and not shown.progress
            seen += [] if hidden else [event]
        elif event.kind is EventKind.SEEN and answered:
            # That somebody looks in after the answer is the receiver's own.
            continue
        elif rule is Seen.BOTH or with_release:
            seen.append(_as_said_to_sender(event))
    return tuple(seen)


def _as_said_to_sender(event: Event) -> Event:
    """Return an event without what in it stays with the receiver."""
    if event.kind is EventKind.HAND_BACK:
        return replace(event, kind=EventKind.DECLINE, reason=None, note_id=None)
    if event.kind is EventKind.DECLINE:
        return replace(
            event, reason=None if event.reason in SAID_AS_ONE else event.reason, note_id=None
        )
    if event.kind in {EventKind.SCHEDULED, EventKind.HOLD}:
        # Who reaches whom, when and where is the person's and the receiver's, release or not.
        return replace(event, reason=None)
    return replace(event, note_id=None) if event.kind in WITH_A_NOTE_OF_THEIR_OWN else event


def events_for_receiver(events: Iterable[Event], referral: Referral) -> tuple[Event, ...]:
    """Return the events the receiver may know: its own, and those the sender says to it."""
    took = referral.accepted_at is not None and referral.declined_at is None
    has_facts = took and referral.state in TAKEN | {State.CLOSED}
    seen = []
    for happened in events:
        over = happened.by is Side.SENDER and referral.state not in WITH_WORDS
        event = replace(happened, note_id=None) if over else happened
        rule = EVENTS_TO_RECEIVER.get(event.kind, Seen.NOBODY_ELSE)
        if (
            event.by is Side.RECEIVER
            or (event.by is Side.SYSTEM and event.kind in {EventKind.RESUME, EventKind.EXPIRE})
            or (event.by is Side.SENDER and rule is Seen.BOTH)
            or (event.by is Side.SENDER and rule is Seen.AFTER_ACCEPTING and took)
            or (event.by is Side.SENDER and rule is Seen.WITH_FACTS and has_facts)
        ):
            seen.append(event)
    return tuple(seen)


def clocks_for_sender(clocks: Iterable[Clock], shown: Shown) -> tuple[Clock, ...]:
    """Return the clocks a sender may see: the answer clock, and with a release the others.

    A paused contact clock would tell until when the person cannot be called, so it is left out.
    How far the receiver's own chasing has gone is the receiver's.
    """
    return tuple(
        clock if clock.owner is Side.SENDER else replace(clock, steps_done=0)
        for clock in clocks
        if clock.kind not in CONTACT_CLOCKS or (shown.progress and clock.paused_until is None)
    )


def clocks_for_receiver(clocks: Iterable[Clock], referral: Referral) -> tuple[Clock, ...]:
    """Return the clocks a receiver may see: its own, and the answer while it waits for it."""
    waiting = referral.state in WAITING_FOR_ANSWER
    return tuple(
        clock if clock.owner is Side.RECEIVER else replace(clock, steps_done=0)
        for clock in clocks
        if clock.owner is Side.RECEIVER or waiting
    )


def outcome_not_shared_at(referral: Referral) -> datetime | None:
    """Return when an unshared referral starts to read "Outcome not shared", or None."""
    if referral.accepted_at is None:
        return None
    return referral.accepted_at + NOT_SHARED_AFTER[referral.urgency]


def options_offered(referral: Referral, clocks: Iterable[Clock], at: datetime) -> bool:
    """Return True when a missed answer, or a decline, gives the sender new options (R75, R79)."""
    if referral.state in {State.DECLINED, State.EXPIRED}:
        return True
    if referral.state not in {State.SENT, State.WAITLISTED}:
        return False
    return any(
        clock.kind is ClockKind.ANSWER and clock.met_at is None and at >= new_options_at(clock)
        for clock in clocks
    )


def waits_for_a_call(clocks: Iterable[Clock]) -> bool:
    """Return True when the answer to what was sent is the sender's duty: nobody reads there now."""
    return any(
        clock.kind is ClockKind.ANSWER and clock.owner is Side.SENDER and clock.met_at is None
        for clock in clocks
    )


def person_calls(events: Iterable[Event]) -> bool:
    """Return True when the newest hold waits for the person's own call."""
    held = [event.reason for event in events if event.kind is EventKind.HOLD]
    return bool(held) and held[-1] == Wait.THEY_CALL
