"""What sender and receiver do with a referral, one verb each. Sending is in `sending`.

A verb of a sender works the same whatever the receiver did after accepting; the projection, not
the verb, decides what each side sees (design 2.4).
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from ccr.domain.clocks import Side
from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.joining import check_starts_something
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome, ToldBy, needs_supervisor
from ccr.domain.phrases import phrase
from ccr.domain.referral import Referral, taking_back
from ccr.domain.referral_states import Action, EventKind, State
from ccr.domain.safe_windows import PartOfDay, Wait, pause_of
from ccr.domain.taxonomy import Known
from ccr.policy.identity import Identity, Role
from ccr.services.asking import act
from ccr.services.referral_acts import (
    Entry,
    Given,
    checked_text,
    load,
    log,
    may_log,
    restart_first_contact,
)
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.accounts import get_network
from ccr.storage.queries.asking import hold_asking
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.referrals import list_events
from ccr.storage.queries.taking_part import standing_of_program

# --- the receiver --------------------------------------------------------------------------------


def accept(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> Referral:
    """Take a referral; of any number at once, one succeeds. Starts the first-contact clock."""
    return act(identity, world, referral_id, Action.ACCEPT, Side.RECEIVER, at=at)


def decline(
    identity: Identity, world: World, referral_id: UUID, reason: DeclineReason, *, at: datetime
) -> Referral:
    """Say that it cannot be taken; it is the sender's again at once, with new options."""
    return act(
        identity,
        world,
        referral_id,
        Action.DECLINE,
        Side.RECEIVER,
        at=at,
        given=Given(reason=reason),
    )


def hand_back(
    identity: Identity, world: World, referral_id: UUID, reason: DeclineReason, *, at: datetime
) -> Referral:
    """Give back an accepted referral before first contact; to the sender it reads as a decline."""
    return act(
        identity,
        world,
        referral_id,
        Action.HAND_BACK,
        Side.RECEIVER,
        at=at,
        given=Given(reason=reason),
    )


def ask(
    identity: Identity, world: World, referral_id: UUID, question: str, *, at: datetime
) -> Referral:
    """Ask the sender a question before answering; the answer clock goes on as the sender's."""
    return act(
        identity, world, referral_id, Action.ASK, Side.RECEIVER, at=at, given=Given(note=question)
    )


def waitlist(
    identity: Identity, world: World, referral_id: UUID, until: datetime, *, at: datetime
) -> Referral:
    """Put on the waitlist, to be looked at again by `until`."""
    return act(
        identity,
        world,
        referral_id,
        Action.WAITLIST,
        Side.RECEIVER,
        at=at,
        given=Given(until=until),
    )


def hold(
    identity: Identity, world: World, referral_id: UUID, until: datetime, *, at: datetime
) -> Referral:
    """Put on hold until a date, because calling is not safe or not wanted before it (R77)."""
    return act(
        identity, world, referral_id, Action.HOLD, Side.RECEIVER, at=at, given=Given(until=until)
    )


def wait_for_person(
    identity: Identity,
    world: World,
    referral_id: UUID,
    wait: Wait,
    day: date,
    part: PartOfDay,
    *,
    at: datetime,
) -> Referral:
    """Put on hold for a safe window, or until the person calls; the contact clock waits (R77).

    The sender is never shown which, nor when.

    Raises:
        InvalidInputError: field "until": the time is over, has begun, or is too far away.
    """
    timezone = get_network(identity.network_id).timezone
    pause = pause_of(wait, day, part, timezone, at=at)
    given = Given(until=pause.until, pause=pause)
    return act(identity, world, referral_id, Action.HOLD, Side.RECEIVER, at=at, given=given)


def resume(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> Referral:
    """Go on before the date of the hold."""
    return act(identity, world, referral_id, Action.RESUME, Side.RECEIVER, at=at)


def connect(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> Referral:
    """Record that the person and the service are connected."""
    return act(identity, world, referral_id, Action.CONNECT, Side.RECEIVER, at=at)


def close(
    identity: Identity, world: World, referral_id: UUID, outcome: Outcome, *, at: datetime
) -> Referral:
    """Close as the receiver, with an outcome."""
    return act(
        identity,
        world,
        referral_id,
        Action.CLOSE,
        Side.RECEIVER,
        at=at,
        given=Given(outcome=outcome),
    )


def record_attempt(
    identity: Identity,
    world: World,
    referral_id: UUID,
    kind: AttemptKind,
    still_safe: Known,
    *,
    at: datetime,
    safety_reason: str | None = None,
) -> Referral:
    """Record one try to reach the person and whether calling is still safe (R65, R78).

    Reaching the person is the first contact. Any other try starts the clock of the next one.

    Raises:
        InvalidInputError: after MAX_ATTEMPTS only a supervisor may go on, saying why it is safe.
    """
    with unit_of_work():
        hold_asking(referral_id)
        stored = load(identity, referral_id, Side.RECEIVER, lock=True)
        referral = stored.referral
        if not may_log(referral, EventKind.CONTACT_ATTEMPT, Side.RECEIVER):
            raise _not_now()
        made = sum(
            event.kind is EventKind.CONTACT_ATTEMPT
            for event in list_events([referral.id])[referral.id]
        )
        note = None
        if needs_supervisor(made):
            if Role.AGENCY_ADMIN not in identity.roles:
                raise InvalidInputError(
                    phrase("Four tries were made. A supervisor decides about one more."),
                    field="kind",
                )
            note = checked_text(safety_reason, required=True, field="safety_reason")
        said = f"{kind.value}/{still_safe.value}"
        entry = Entry(EventKind.CONTACT_ATTEMPT, Side.RECEIVER, note, said)
        log(identity, world, referral.id, entry, at=at)
        append_event(identity, "contact-attempt", "referral", referral.id, at=at, reason=kind.value)
        if referral.state is not State.ACCEPTED:
            return referral
        if kind is AttemptKind.REACHED:
            return act(identity, world, referral_id, Action.BEGIN, Side.RECEIVER, at=at)
        restart_first_contact(world, stored, at=at)
        return referral


def undo_accept(
    identity: Identity, world: World, referral_id: UUID, side: Side, why: str, *, at: datetime
) -> Referral:
    """Take back a yes within minutes, before any contact; a sender its note of one by phone."""
    return _with_note(identity, world, referral_id, Action.UNDO_ACCEPT, side, why, at=at)


def undo_decline(
    identity: Identity, world: World, referral_id: UUID, side: Side, why: str, *, at: datetime
) -> Referral:
    """Take back a no within minutes, while the sender has not chosen anew.

    Raises:
        TakesNoPartError: the receiver's member is suspended or leaves: it takes nothing new.
    """
    if side is Side.RECEIVER:
        check_starts_something(standing_of_program(identity.compartment_id))
    return _with_note(identity, world, referral_id, Action.UNDO_DECLINE, side, why, at=at)


def reopen(
    identity: Identity, world: World, referral_id: UUID, why: str, *, at: datetime
) -> Referral:
    """Go on with what was closed; without a release the sender reads what it read before."""
    return _with_note(identity, world, referral_id, Action.REOPEN, Side.RECEIVER, why, at=at)


def _with_note(
    identity: Identity,
    world: World,
    referral_id: UUID,
    action: Action,
    side: Side,
    why: str,
    *,
    at: datetime,
) -> Referral:
    return act(identity, world, referral_id, action, side, at=at, given=Given(note=why))


# --- the sender ----------------------------------------------------------------------------------


def answer(
    identity: Identity, world: World, referral_id: UUID, text: str, *, at: datetime
) -> Referral:
    """Answer the receiver's question; the answer clock goes on as the receiver's."""
    return act(
        identity, world, referral_id, Action.ANSWER, Side.SENDER, at=at, given=Given(note=text)
    )


def accepted_by_phone(
    identity: Identity,
    world: World,
    referral_id: UUID,
    told_by: ToldBy,
    *,
    at: datetime,
    told_at: datetime | None = None,
) -> Referral:
    """Write down that a partner without an inbox took it, by the role of who said so.

    `told_at` is when the call was, within the last 24 hours; None: now.

    No clock starts: nobody there could stop one. The record closes at once as "outcome not
    known"; the sender's page reads "accepted by phone", and later "outcome not shared".
    """
    return act(
        identity,
        world,
        referral_id,
        Action.PHONE_ACCEPT,
        Side.SENDER,
        at=at,
        given=Given(told_by=told_by, told_at=told_at),
    )


def declined_by_phone(
    identity: Identity,
    world: World,
    referral_id: UUID,
    told_by: ToldBy,
    reason: DeclineReason,
    *,
    at: datetime,
    told_at: datetime | None = None,
) -> Referral:
    """Write down that a partner without an inbox cannot take it; new options come at once.

    Raises:
        InvalidInputError: field `reason`: it follows from a person; "other" is written instead.
    """
    return act(
        identity,
        world,
        referral_id,
        Action.PHONE_DECLINE,
        Side.SENDER,
        at=at,
        given=Given(reason=reason, told_by=told_by, told_at=told_at),
    )


def recall(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> Referral:
    """Take back before it was opened; the receiver has nothing of it any more."""
    return act(identity, world, referral_id, Action.RECALL, Side.SENDER, at=at)


def withdraw(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> Referral:
    """Take back what was opened and not accepted; the receiver reads that it was taken back."""
    return act(identity, world, referral_id, Action.WITHDRAW, Side.SENDER, at=at)


def take_back(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> Referral:
    """Take back before acceptance, whether or not it was opened."""
    with unit_of_work():
        referral = load(identity, referral_id, Side.SENDER, lock=True).referral
        return act(identity, world, referral_id, taking_back(referral), Side.SENDER, at=at)


def stop(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> Referral:
    """Record after acceptance that the person took back their yes; ends a release too."""
    return act(identity, world, referral_id, Action.STOP, Side.SENDER, at=at)


def close_declined(
    identity: Identity, world: World, referral_id: UUID, outcome: Outcome, *, at: datetime
) -> Referral:
    """Close, as the sender, a referral that came back."""
    return act(
        identity, world, referral_id, Action.CLOSE, Side.SENDER, at=at, given=Given(outcome=outcome)
    )


def enter_in_error(
    identity: Identity, world: World, referral_id: UUID, *, at: datetime
) -> Referral:
    """Mark as entered in error; the receiver has nothing of it any more."""
    return act(identity, world, referral_id, Action.ENTER_IN_ERROR, Side.SENDER, at=at)


# --- either side ---------------------------------------------------------------------------------


def log_live_hand_off(
    identity: Identity, world: World, referral_id: UUID, side: Side, *, at: datetime
) -> None:
    """Record that the person was introduced live; a referral is "warm" by this alone (R71)."""
    _log_event(identity, world, referral_id, EventKind.LIVE_HAND_OFF, side, at=at)


def add_note(
    identity: Identity, world: World, referral_id: UUID, side: Side, text: str, *, at: datetime
) -> None:
    """Add a sealed note that only one's own program reads."""
    note = checked_text(text, required=True, field="note")
    _log_event(identity, world, referral_id, EventKind.NOTE, side, at=at, note=note)


def _log_event(
    identity: Identity,
    world: World,
    referral_id: UUID,
    kind: EventKind,
    side: Side,
    *,
    at: datetime,
    note: str | None = None,
) -> None:
    with unit_of_work():
        referral = load(identity, referral_id, side, lock=True).referral
        if not may_log(referral, kind, side):
            raise _not_now()
        log(identity, world, referral.id, Entry(kind, side, note), at=at)
        append_event(identity, kind.value, "referral", referral.id, at=at)


def _not_now() -> IllegalTransitionError:
    return IllegalTransitionError(phrase("This is not possible for this referral now."))
