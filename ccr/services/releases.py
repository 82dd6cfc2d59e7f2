"""The feedback release: asked for by the sender, confirmed by the receiver, ended by either.

What lives here: one verb each. What must not: an override; there is none. A refusal and an end
recorded by the receiver are told to nobody: to the sender they look like nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from ccr.domain import release as rules
from ccr.domain.clocks import Side
from ccr.domain.errors import IllegalTransitionError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.referral import Referral
from ccr.domain.referral_states import TAKEN, EventKind, State
from ccr.domain.release import ConfirmedHow, FeedbackRelease
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.outbox import Notice, notify_compartment
from ccr.services.referral_acts import Entry, log
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.referrals import get_referral
from ccr.storage.queries.releases import find_release, save_release


def ask(
    identity: Identity, world: World, referral_id: UUID, until: datetime | None, *, at: datetime
) -> FeedbackRelease:
    """Record, as the sender, that the person agrees to be asked; a new one replaces the old.

    Raises:
        InvalidInputError: field `until`: blank, past or longer than 90 days.
        IllegalTransitionError: the referral came back, or was ended by its sender.
    """
    with unit_of_work():
        referral = _load(identity, referral_id, Side.SENDER)
        # Nothing here looks at what the receiver did after accepting.
        if referral.sent_at is None or referral.came_back or referral.ended_by_sender:
            raise IllegalTransitionError(phrase("This referral is over on your side."))
        if referral.by_phone:
            raise IllegalTransitionError(phrase("A partner by phone cannot confirm this here."))
        release = rules.ask(at=at, until=until)
        save_release(referral.id, release, before=find_release(referral.id))
        _record(identity, world, referral, EventKind.RELEASE_ASKED, Side.SENDER, at=at)
        if referral.receiver_compartment_id is not None:
            notify_compartment(
                referral.network_id,
                referral.receiver_compartment_id,
                Notice.ITEM_TO_REVIEW,
                about=f"release/{referral.id}/{at.isoformat()}",
                at=at,
                urgency=referral.urgency,
            )
    return release


def confirm(
    identity: Identity, world: World, referral_id: UUID, how: ConfirmedHow, *, at: datetime
) -> FeedbackRelease:
    """Record, as the receiver, that the person said yes; in writing where the regime demands it.

    Raises:
        InvalidInputError: field `how`: spoken where writing is demanded.
        IllegalTransitionError: it is over, or answered already.
    """

    def step(release: FeedbackRelease) -> FeedbackRelease:
        return rules.confirm(release, at=at, how=how, regime=identity.regime)

    return _answer(identity, world, referral_id, step, EventKind.RELEASE_CONFIRMED, at=at)


def refuse(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> None:
    """Record, as the receiver, that the person said no."""

    def step(release: FeedbackRelease) -> FeedbackRelease:
        return rules.refuse(release, at=at)

    _answer(identity, world, referral_id, step, EventKind.RELEASE_REFUSED, at=at)


def withdraw(
    identity: Identity, world: World, referral_id: UUID, side: Side, *, at: datetime
) -> None:
    """End it at once, on the person's word to either side (R22). Doing it twice changes nothing."""
    with unit_of_work():
        referral = _load(identity, referral_id, side)
        before = find_release(referral.id)
        if side is Side.RECEIVER and (before is None or not _works_on_it(referral)):
            raise NotFoundError
        if before is None:
            return  # to a sender it is ended, whether or not one was ever asked for
        after = rules.withdraw(before, at=at, by=side)
        if after != before:
            save_release(referral.id, after, before=before)
        # To the sender its own act is there, whether or not the receiver had ended it before.
        if after != before or side is Side.SENDER:
            _record(identity, world, referral, EventKind.RELEASE_WITHDRAWN, side, at=at)


def _answer(
    identity: Identity,
    world: World,
    referral_id: UUID,
    step: Callable[[FeedbackRelease], FeedbackRelease],
    kind: EventKind,
    *,
    at: datetime,
) -> FeedbackRelease:
    with unit_of_work():
        referral = _load(identity, referral_id, Side.RECEIVER)
        before = find_release(referral.id)
        if before is None or not _works_on_it(referral):
            raise NotFoundError
        after = step(before)
        save_release(referral.id, after, before=before)
        _record(identity, world, referral, kind, Side.RECEIVER, at=at)
    return after


def _works_on_it(referral: Referral) -> bool:
    """Return True when the receiver has it: before accepting, it sees no release."""
    closed_by_receiver = referral.state is State.CLOSED and not referral.came_back
    return referral.state in TAKEN or closed_by_receiver


def _load(identity: Identity, referral_id: UUID, side: Side) -> Referral:
    authorise(identity, Permission.RELEASE_RECORD)
    stored = get_referral(referral_id, side=side, compartment_id=identity.compartment_id, lock=True)
    authorise(identity, Permission.RELEASE_RECORD, stored.referral)
    return stored.referral


def _record(
    identity: Identity,
    world: World,
    referral: Referral,
    kind: EventKind,
    side: Side,
    *,
    at: datetime,
) -> None:
    log(identity, world, referral.id, Entry(kind, side), at=at)
    append_event(identity, kind.value, "referral", referral.id, at=at)
