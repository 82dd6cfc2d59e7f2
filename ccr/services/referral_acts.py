"""One act on a referral, always in the same order: load and lock, authorise, decide, keep, tell.

What lives here: the step that every verb of `ccr.services.referrals` takes, sealed notes, and who
is told. What must not: the verbs themselves. A sender's act never meets a stale version, because
the referral is locked first: a refusal would tell that the receiver has just done something.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from ccr.domain.clocks import ClockKind, OpenCalendar, Side, Spans, next_try
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.outcomes import DeclineReason, Outcome, ToldBy
from ccr.domain.phrases import phrase
from ccr.domain.referral import Referral, advance, transition_for
from ccr.domain.referral_clocks import callers_own, clocks_after
from ccr.domain.referral_states import LOGGED, TOLD_BY_PHONE, Action, EventKind, State
from ccr.domain.referral_transitions import Requirement
from ccr.domain.safe_windows import Pause
from ccr.domain.told_by_phone import checked_told_at
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.answer_letters import mail_link
from ccr.services.authorise import authorise
from ccr.services.outbox import Notice, notify_compartment
from ccr.services.reading_hours import reading_calendar
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.clocks import list_clocks, save_clocks
from ccr.storage.queries.drafts import forget_reason
from ccr.storage.queries.receivers import reading_hours_of
from ccr.storage.queries.referral_columns import StoredReferral
from ccr.storage.queries.referrals import (
    NewEvent,
    add_event,
    get_referral,
    save_referral,
)
from ccr.storage.queries.releases import find_release, save_release
from ccr.storage.queries.time_rules import get_time_rules

MOST_CHARACTERS = 1_000
PERMISSION = {
    Side.SENDER: Permission.REFERRAL_SEND,
    Side.RECEIVER: Permission.REFERRAL_ANSWER,
}
# Acts that the other side may know of at once, and is told of by a notice that says nothing.
# After acceptance a sender is told of a hand-back alone.
TOLD_TO_SENDER = frozenset(
    {
        Action.ASK,
        Action.WAITLIST,
        Action.ACCEPT,
        Action.DECLINE,
        Action.HAND_BACK,
        Action.UNDO_ACCEPT,
        Action.UNDO_DECLINE,
        Action.EXPIRE,
    }
)
TOLD_TO_RECEIVER = frozenset(
    {Action.SEND, Action.ANSWER, Action.STOP, Action.WITHDRAW, Action.EXPIRE}
)
# Acts by which the wait of a clock ends without what it waited for.
WAIT_ENDS = frozenset(
    {
        Action.RECALL,
        Action.WITHDRAW,
        Action.STOP,
        Action.ENTER_IN_ERROR,
        Action.CANCEL,
        Action.FREEZE,
        Action.UNDO_ACCEPT,
    }
)
ENDS_RELEASE = frozenset(
    {Action.STOP, Action.ENTER_IN_ERROR, Action.FREEZE, Action.WITHDRAW, Action.UNDO_ACCEPT}
)


def note_context(event_id: UUID, compartment_id: UUID) -> str:
    """Return what a note is sealed for: this event of this compartment and no other."""
    return f"referral_event|note_sealed|{event_id}|{compartment_id}"


def question_context(referral_id: UUID, compartment_id: UUID) -> str:
    """Return what the opening question is sealed for."""
    return f"referral|question_sealed|{referral_id}|{compartment_id}"


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with an act."""

    reason: DeclineReason | None = None
    outcome: Outcome | None = None
    until: datetime | None = None
    note: str | None = None
    told_by: ToldBy | None = None
    pause: Pause | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written to the record of a referral; the note is sealed on the way."""

    kind: EventKind
    side: Side
    note: str | None = None
    reason: str | None = None
    from_state: State | None = None
    to_state: State | None = None
    told_by: ToldBy | None = None
    told_at: datetime | None = None


def act(
    identity: Identity,
    world: World,
    referral_id: UUID,
    action: Action,
    side: Side,
    *,
    at: datetime,
    given: Given | None = None,
) -> Referral:
    """Do one act in one transaction; return the referral after it.

    Raises:
        NotFoundError: there is no such referral on this side.
        IllegalTransitionError: not from this state.
        InvalidInputError: what it needs is missing.
        StaleError: another act was first; nothing was written.
    """
    given = given or Given()
    with unit_of_work():
        stored = load(identity, referral_id, side, lock=True)
        before = stored.referral
        # Read before the change: until when a clock is paused is the date of the hold.
        clocks = list_clocks([before.id])[before.id]
        after = advance(
            before,
            action,
            at=at,
            by=side,
            reason=given.reason,
            outcome=given.outcome,
            until=given.until,
            told_by=given.told_by,
        )
        transition = transition_for(before, action)
        needs = transition.needs if transition else None
        note = checked_text(given.note, required=needs is Requirement.NOTE, field="note")
        reason = {Requirement.REASON: given.reason, Requirement.OUTCOME: given.outcome}.get(
            needs or Requirement.NOTE
        ) or (given.pause.wait if given.pause else None)
        told_at = None
        if action in TOLD_BY_PHONE:
            told_at = checked_told_at(given.told_at, sent_at=before.sent_at or at, at=at)
        save_referral(before, after, at=at)
        if after.by_phone and not before.by_phone:
            # It went by link, and was answered on the phone: by phone from now on.
            log(identity, world, after.id, Entry(EventKind.BY_PHONE, side), at=at)
        kind = EventKind(action.value)
        log(
            identity,
            world,
            after.id,
            Entry(kind, side, note, reason, before.state, after.state, given.told_by, told_at),
            at=at,
        )
        moved = clocks_after(
            clocks,
            transition,
            at=at,
            until=given.until,
            urgency=after.urgency,
            calendar=calendar_of(world, stored),
            spans=spans_of(stored),
            by=given.pause.by if given.pause else None,
        )
        if after.by_phone:
            moved = callers_own(moved)
        save_clocks(after, clocks, moved, in_time=None if action in WAIT_ENDS else True)
        if action in ENDS_RELEASE:
            _end_release(after, at=at)
        if side is Side.SENDER and not after.state.is_open:
            # By the sender alone: the end of it by the receiver must not be seen (design 2.4).
            forget_reason(after.id)
        append_event(identity, action.value, "referral", after.id, at=at, reason=reason)
        tell(after, action, at=at)
    return after


def load(
    identity: Identity, referral_id: UUID, side: Side, *, lock: bool = False
) -> StoredReferral:
    """Return a referral of this side that the identity may act on.

    Raises:
        NotFoundError: no such referral, another's, or not permitted: all read the same.
    """
    authorise(identity, PERMISSION[side])
    stored = get_referral(referral_id, side=side, compartment_id=identity.compartment_id, lock=lock)
    authorise(identity, PERMISSION[side], stored.referral)
    return stored


def log(identity: Identity, world: World, referral_id: UUID, entry: Entry, *, at: datetime) -> UUID:
    """Write an event on a referral that is locked; return its id."""
    event_id = uuid4()
    sealed = None
    if entry.note:
        sealed = world.keys.seal(entry.note, note_context(event_id, identity.compartment_id))
    return add_event(
        NewEvent(
            referral_id,
            entry.kind,
            entry.side,
            at,
            compartment_id=identity.compartment_id,
            from_state=entry.from_state,
            to_state=entry.to_state,
            reason=entry.reason,
            note_sealed=sealed,
            id=event_id,
            told_by=entry.told_by,
            told_at=entry.told_at,
        )
    )


def may_log(referral: Referral, kind: EventKind, side: Side) -> bool:
    """Return True when this side may log this event now."""
    return referral.state in LOGGED.get((kind, side), frozenset())


def checked_text(text: str | None, *, required: bool, field: str) -> str | None:
    """Return the text without spaces around it, or None when there is none.

    Raises:
        InvalidInputError: it is missing or too long.
    """
    cleaned = (text or "").strip()
    if required and not cleaned:
        raise InvalidInputError(phrase("Write one sentence. No names."), field=field)
    if len(cleaned) > MOST_CHARACTERS:
        raise InvalidInputError(
            phrase("A text has at most %(most)s characters.", most=MOST_CHARACTERS), field=field
        )
    return cleaned or None


def calendar_of(world: World, stored: StoredReferral) -> OpenCalendar:
    """Return when somebody at the receiver reads referrals of these needs."""
    referral = stored.referral
    if referral.service_id is None:
        raise NotFoundError
    reads = reading_hours_of([referral.service_id]).get(referral.service_id)
    if reads is None:
        raise NotFoundError
    return reading_calendar(world.hours, reads, stored.facts.needs)


def spans_of(stored: StoredReferral) -> Spans:
    """Return how long clocks of this referral run in its network."""
    return get_time_rules(stored.referral.network_id).spans(stored.facts.needs)


def restart_first_contact(world: World, stored: StoredReferral, *, at: datetime) -> None:
    """Start the first-contact clock anew after a try that did not reach the person."""
    before = list_clocks([stored.referral.id])[stored.referral.id]
    running, calendar = before[ClockKind.FIRST_CONTACT], calendar_of(world, stored)
    clock = next_try(running, at, calendar, spans=spans_of(stored))
    save_clocks(stored.referral, before, {ClockKind.FIRST_CONTACT: clock})


def _end_release(referral: Referral, *, at: datetime) -> None:
    release = find_release(referral.id)
    if release is not None and release.withdrawn_at is None:
        save_release(referral.id, replace(release, withdrawn_at=at), before=release)


def tell(referral: Referral, action: Action, *, at: datetime) -> None:
    """Write notices to the other side, where it may know of this act at once."""
    about = f"referral/{referral.id}/{referral.version}"
    if action in TOLD_TO_SENDER:
        notify_compartment(
            referral.network_id,
            referral.sender_compartment_id,
            Notice.ITEM_TO_REVIEW,
            about=about,
            at=at,
            urgency=referral.urgency,
        )
    if referral.by_phone:
        return  # the sender calls; there is nobody here to be told
    if action in TOLD_TO_RECEIVER and referral.receiver_compartment_id is not None:
        notify_compartment(
            referral.network_id,
            referral.receiver_compartment_id,
            Notice.ITEM_TO_REVIEW,
            about=about,
            at=at,
            urgency=referral.urgency,
        )
        mail_link(referral, at=at)
