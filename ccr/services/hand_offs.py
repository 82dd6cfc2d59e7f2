"""Warm means warm: a joint call, who introduced whom, the other steps of R71, and appointments.

What lives here: one verb a step. What must not: an answer to a joint call after acceptance; it
would tell the sender what the receiver does (design 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.clocks import Side
from ccr.domain.errors import IllegalTransitionError
from ccr.domain.live_hand_off import (
    DayPart,
    FollowUpWay,
    IntroducedHow,
    Introduction,
    JointCall,
    SafeInfo,
    joint_call,
    read_joint_call,
)
from ccr.domain.outcomes import ToldBy
from ccr.domain.phrases import phrase
from ccr.domain.referral import Referral
from ccr.domain.referral_states import Action, EventKind, State
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.outbox import Notice, notify_compartment
from ccr.services.referral_acts import Entry, act, load, log, may_log
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.accounts import get_network
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.referrals import list_events
from ccr.storage.queries.warm_share import count_warm

WARM_WINDOW = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class WarmShare:
    """What one's own program sent in the last WARM_WINDOW, and how many it introduced live."""

    sent: int
    introduced: int


def own_warm_share(identity: Identity, *, at: datetime) -> WarmShare:
    """Return the warm share of one's own program: apart, and from its own acts alone."""
    authorise(identity, Permission.REFERRAL_LIST)
    return WarmShare(*count_warm(identity.compartment_id, since=at - WARM_WINDOW))


# --- before and at acceptance: the joint call ----------------------------------------------------


def offer_joint_call(
    identity: Identity,
    world: World,
    referral_id: UUID,
    how: IntroducedHow,
    day: date | None,
    part: DayPart,
    *,
    at: datetime,
) -> JointCall:
    """Offer, as the sender, a joint call; a later offer takes the place of an earlier one.

    Raises:
        InvalidInputError: field `day`: missing, past or too far ahead.
        IllegalTransitionError: it is answered, or goes to a partner that is called anyway.
    """
    call = joint_call(how, day, part, today=_today(identity, at))
    with unit_of_work():
        referral = _log(
            identity, world, referral_id, Entry(EventKind.JOINT_CALL_OFFERED, Side.SENDER), at, call
        )
        if referral.by_phone or referral.receiver_compartment_id is None:
            raise _not_now()
        notify_compartment(
            referral.network_id,
            referral.receiver_compartment_id,
            Notice.ITEM_TO_REVIEW,
            about=f"joint-call/{referral.id}/{at.isoformat()}",
            at=at,
        )
    return call


def accept(
    identity: Identity,
    world: World,
    referral_id: UUID,
    *,
    takes_part: bool | None = None,
    at: datetime,
) -> Referral:
    """Accept, and say in the same act whether one takes part in the joint call that was offered.

    `takes_part` None, or no call on offer: nothing is said of one.
    """
    with unit_of_work():
        referral = load(identity, referral_id, Side.RECEIVER, lock=True).referral
        offered = _offered(referral.id)
        kind = EventKind.JOINT_CALL_AGREED if takes_part else EventKind.JOINT_CALL_NOT_THEN
        if offered and takes_part is not None and may_log(referral, kind, Side.RECEIVER):
            entry = Entry(kind, Side.RECEIVER, reason=offered.code)
            log(identity, world, referral.id, entry, at=at)
            append_event(identity, kind.value, "referral", referral.id, at=at)
        return act(identity, world, referral_id, Action.ACCEPT, Side.RECEIVER, at=at)


def _offered(referral_id: UUID) -> JointCall | None:
    """Return the joint call that was offered last, or None."""
    offers = [
        event.reason
        for event in list_events([referral_id])[referral_id]
        if event.kind is EventKind.JOINT_CALL_OFFERED
    ]
    return read_joint_call(offers[-1]) if offers else None


# --- the introduction and the steps around it ----------------------------------------------------


def introduce(
    identity: Identity,
    world: World,
    referral_id: UUID,
    side: Side,
    introduction: Introduction,
    *,
    at: datetime,
) -> None:
    """Record that the person was introduced live; a referral is "warm" by this alone (R71)."""
    entry = Entry(EventKind.LIVE_HAND_OFF, side, told_by=introduction.to)
    with unit_of_work():
        _log(identity, world, referral_id, entry, at, introduction)


def joint_call_missed(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> None:
    """Record, as the sender, that the joint call did not happen; not whose doing it was."""
    entry = Entry(EventKind.JOINT_CALL_MISSED, Side.SENDER)
    with unit_of_work():
        _log(identity, world, referral_id, entry, at)


def check_fit(
    identity: Identity, world: World, referral_id: UUID, told_by: ToldBy, *, at: datetime
) -> None:
    """Record that fit and room were checked by phone, by the role of who said so."""
    entry = Entry(EventKind.FIT_CHECKED, Side.SENDER, told_by=told_by)
    with unit_of_work():
        _log(identity, world, referral_id, entry, at)


def give_information(
    identity: Identity, world: World, referral_id: UUID, info: SafeInfo, *, at: datetime
) -> None:
    """Record what the person took along, or that nothing was wanted."""
    entry = Entry(EventKind.SAFE_INFO, Side.SENDER, reason=info.value)
    with unit_of_work():
        _log(identity, world, referral_id, entry, at)


def agree_follow_up(
    identity: Identity, world: World, referral_id: UUID, way: FollowUpWay, *, at: datetime
) -> None:
    """Record how sender and person stay in touch, as they agreed."""
    entry = Entry(EventKind.FOLLOW_UP_AGREED, Side.SENDER, reason=way.value)
    with unit_of_work():
        _log(identity, world, referral_id, entry, at)


# --- the receiver's appointments -----------------------------------------------------------------


def schedule(
    identity: Identity,
    world: World,
    referral_id: UUID,
    how: IntroducedHow,
    day: date | None,
    part: DayPart,
    *,
    at: datetime,
) -> Referral:
    """Record an appointment with the person; whoever books one has reached them."""
    booked = joint_call(how, day, part, today=_today(identity, at))
    return _appointment(identity, world, referral_id, EventKind.SCHEDULED, at, booked)


def attended(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> Referral:
    """Record that the person came; whoever comes has been reached."""
    return _appointment(identity, world, referral_id, EventKind.ATTENDED, at)


def no_show(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> None:
    """Record that an appointment did not happen; it stops no clock and is held against nobody."""
    with unit_of_work():
        _log(identity, world, referral_id, Entry(EventKind.NO_SHOW, Side.RECEIVER), at)


def _appointment(
    identity: Identity,
    world: World,
    referral_id: UUID,
    kind: EventKind,
    at: datetime,
    booked: JointCall | None = None,
) -> Referral:
    with unit_of_work():
        referral = _log(identity, world, referral_id, Entry(kind, Side.RECEIVER), at, booked)
        if referral.state is State.ACCEPTED:
            return act(identity, world, referral_id, Action.BEGIN, Side.RECEIVER, at=at)
        return referral


# --- common --------------------------------------------------------------------------------------


def _today(identity: Identity, at: datetime) -> date:
    """Return the day at `at` where the identity's network is."""
    return at.astimezone(ZoneInfo(get_network(identity.network_id).timezone)).date()


def _log(
    identity: Identity,
    world: World,
    referral_id: UUID,
    entry: Entry,
    at: datetime,
    detail: JointCall | Introduction | None = None,
) -> Referral:
    """Write an event that changes no state, when this side may now; return the referral."""
    referral = load(identity, referral_id, entry.side, lock=True).referral
    if not may_log(referral, entry.kind, entry.side):
        raise _not_now()
    if detail is not None:
        entry = Entry(entry.kind, entry.side, reason=detail.code, told_by=entry.told_by)
    log(identity, world, referral.id, entry, at=at)
    append_event(identity, entry.kind.value, "referral", referral.id, at=at)
    return referral


def _not_now() -> IllegalTransitionError:
    return IllegalTransitionError(phrase("This is not possible for this referral now."))
