"""Receiving without an account: a mailed link, a code said by phone, and the acts behind the two.

Every act goes through the same table of states, clocks and projection as at the desk, as an
identity that may act on this one referral and nothing else. The order of work is the safety of it:
where a wrong link, a dead one and a wrong code are answered, nobody can tell which it was.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from ccr.adapters.answer_codes import code_hash
from ccr.adapters.link_tokens import read_token
from ccr.domain.answer_links import (
    FINISHES,
    MAILED_AGAIN_AFTER,
    MOST_WRONG,
    LinkAct,
    LinkView,
    has_news,
    is_over,
    seen_by_link,
)
from ccr.domain.clocks import Side
from ccr.domain.errors import (
    GoneError,
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
    StaleError,
    TooManyAttemptsError,
)
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome
from ccr.domain.phrases import phrase
from ccr.domain.referral_states import WAITING_FOR_ANSWER, EventKind
from ccr.domain.release import ConfirmedHow
from ccr.domain.room import RoomSaid
from ccr.domain.taxonomy import CapacityStatus, Known, Regime
from ccr.policy.identity import ByLink, Identity
from ccr.services import referral_desk, referrals, releases, room, sign_in
from ccr.services.answer_letters import PURPOSE, mail_link
from ccr.services.outbox import Notice, notify_compartment
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import answer_links as queries
from ccr.storage.queries.accounts import get_compartment, get_network
from ccr.storage.queries.answer_links import Door
from ccr.storage.queries.audit import append_event, append_event_to
from ccr.storage.queries.referrals import NewEvent, add_event, lock_referral
from ccr.storage.queries.room import get_room

_TRIED = "answer-link"
"""The name under which wrong links and codes are counted, in the place of an address."""


class RanOutError(GoneError):
    """The code was right and the link had run out: a new one is on its way to the office."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came with an act; what an act does not need is not looked at."""

    reason: DeclineReason | None = None
    outcome: Outcome | None = None
    attempt: AttemptKind | None = None
    still_safe: Known = Known.UNKNOWN
    room: CapacityStatus | None = None
    how: ConfirmedHow | None = None


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What a link shows once its code was typed.

    Attributes:
        turn: which page of this referral it is; each can have one effect.
        room: what was last said of the service's room.
        says_limits: whether it went to a program for abusive partners.
    """

    view: LinkView
    turn: int
    service_name: str
    member_name: str
    sender_name: str
    sender_phone: str | None
    regime: Regime
    timezone: str
    room: CapacityStatus
    says_limits: bool = False


def look(world: World, token: str, code: str, came_from: str, *, at: datetime) -> LinkPage:
    """Return what a link and its code open. The referral is noted as opened.

    Raises:
        TooManyAttemptsError: too many wrong ones came from this network.
        NotFoundError: no such link, one that leads nowhere any more, or a wrong code.
        RanOutError: the code is right and the link has run out.
        GoneError: the referral needs nothing more from here.
    """
    door, identity = _enter(world, token, code, came_from, at=at)
    return _page(identity, world, door, at=at)


def act(
    world: World,
    token: str,
    code: str,
    came_from: str,
    act: LinkAct,
    told: Told,
    *,
    turn: int,
    at: datetime,
) -> LinkPage:
    """Do one act by link, once; return the page after it.

    Raises:
        TooManyAttemptsError, NotFoundError, RanOutError: as for `look`.
        GoneError: this page had its effect, or the act is not possible any more.
        InvalidInputError: what the act needs is missing; the page stays good.
    """
    door, identity = _enter(world, token, code, came_from, at=at)
    if not door.takes_part and act not in FINISHES:
        raise GoneError
    try:
        with unit_of_work():
            if not queries.take_turn(door.referral_id, turn):
                raise GoneError
            _ACTS[act](identity, world, door, told, at)
            append_event(
                identity, "answered-by-link", "referral", door.referral_id, at=at, reason=act.value
            )
    except (IllegalTransitionError, StaleError) as error:
        raise GoneError from error
    return _page(identity, world, replace(door, turn=turn + 1), at=at, after=True)


def _enter(
    world: World, token: str, code: str, came_from: str, *, at: datetime
) -> tuple[Door, Identity]:
    if sign_in.seconds_to_wait(_TRIED, came_from, at=at):
        raise TooManyAttemptsError(phrase("Too many tries. Wait some minutes."))
    secret = world.settings.secret_key
    link_id = read_token(token, PURPOSE, secret)
    door = queries.find_door(link_id) if link_id else None
    if door is None or not _is_right(door, code_hash(code, door.referral_id, secret), at=at):
        sign_in.record_failure(_TRIED, came_from, at=at)
        raise NotFoundError
    sign_in.record_success(_TRIED, came_from)
    identity = _identity(door)
    if door.expires_at <= at:
        raise _ran_out(door, at=at)
    return door, identity


def _is_right(door: Door, typed: str, *, at: datetime) -> bool:
    """Return True for the right code. Counted first and compared then: guesses cannot overtake."""
    if door.code_hash is None:
        return False
    with unit_of_work():
        tries = queries.take_try(door.referral_id)
        if tries is None:
            return False
        if typed and hmac.compare_digest(door.code_hash, typed):
            queries.forget_tries(door.referral_id)
            return True
        if tries == MOST_WRONG:
            _lock(door, at=at)
    return False


def _lock(door: Door, *, at: datetime) -> None:
    """Tell the sender that a new code is needed, while it may know what happens over there."""
    append_event_to(
        door.receiver_compartment_id, None, "code-locked", "referral", door.referral_id, at=at
    )
    referral = lock_referral(door.referral_id)
    if referral.state not in WAITING_FOR_ANSWER:
        return  # after acceptance the sender hears of nothing; the office calls
    add_event(
        NewEvent(
            door.referral_id,
            EventKind.CODE_LOCKED,
            Side.RECEIVER,
            at,
            compartment_id=door.receiver_compartment_id,
        )
    )
    about = f"referral/{door.referral_id}/code-locked/{at.isoformat()}"
    notify_compartment(
        door.network_id, door.sender_compartment_id, Notice.ITEM_TO_REVIEW, about=about, at=at
    )


def _ran_out(door: Door, *, at: datetime) -> GoneError:
    """Have a new link mailed to the office, unless one just was; return what to say."""
    with unit_of_work():
        referral = lock_referral(door.referral_id)
        if not has_news(referral):
            return GoneError()
        newest = queries.last_letter_at(door.referral_id)
        if newest is None or newest <= at - MAILED_AGAIN_AFTER:
            mail_link(referral, at=at)
    return RanOutError()


def _identity(door: Door) -> Identity:
    """Return who acts by this link: the program that it was mailed to, for this referral alone."""
    program = get_compartment(door.receiver_compartment_id)
    return Identity(
        user_id=None,
        network_id=program.network_id,
        member_id=program.member_id,
        compartment_id=program.id,
        compartment_kind=program.kind,
        regime=program.regime,
        member_name=program.member_name,
        compartment_name=program.name,
        by_link=ByLink(door.referral_id, door.service_id),
    )


def _page(
    identity: Identity, world: World, door: Door, *, at: datetime, after: bool = False
) -> LinkPage:
    found = referral_desk.open_received(identity, world, door.referral_id, at=at).item
    view = seen_by_link(found.view, takes_part=door.takes_part)
    if view is None:
        raise NotFoundError
    if is_over(view.status) and not after:
        raise GoneError
    return LinkPage(
        view=view,
        turn=door.turn,
        service_name=found.service_name,
        member_name=identity.member_name,
        says_limits=found.says_limits,
        sender_name=found.sender_name,
        sender_phone=queries.public_phone_of(door.sender_compartment_id),
        regime=identity.regime,
        timezone=get_network(door.network_id).timezone,
        room=queries.room_of(door.service_id),
    )


# --- the acts ------------------------------------------------------------------------------------


def _accept(identity: Identity, world: World, door: Door, _told: Told, at: datetime) -> None:
    referrals.accept(identity, world, door.referral_id, at=at)


def _decline(identity: Identity, world: World, door: Door, told: Told, at: datetime) -> None:
    if told.reason is None:
        raise InvalidInputError(phrase("Choose a reason."), field="reason")
    referrals.decline(identity, world, door.referral_id, told.reason, at=at)


def _hand_back(identity: Identity, world: World, door: Door, told: Told, at: datetime) -> None:
    if told.reason is None:
        raise InvalidInputError(phrase("Choose a reason."), field="reason")
    referrals.hand_back(identity, world, door.referral_id, told.reason, at=at)


def _attempt(identity: Identity, world: World, door: Door, told: Told, at: datetime) -> None:
    if told.attempt is None:
        raise InvalidInputError(phrase("Choose one."), field="attempt")
    referrals.record_attempt(
        identity, world, door.referral_id, told.attempt, told.still_safe, at=at
    )


def _connect(identity: Identity, world: World, door: Door, _told: Told, at: datetime) -> None:
    referrals.connect(identity, world, door.referral_id, at=at)


def _close(identity: Identity, world: World, door: Door, told: Told, at: datetime) -> None:
    if told.outcome is None:
        raise InvalidInputError(phrase("Say how it ended."), field="outcome")
    referrals.close(identity, world, door.referral_id, told.outcome, at=at)


def _room(identity: Identity, _world: World, door: Door, told: Told, at: datetime) -> None:
    line = get_room(door.network_id, door.service_id)
    if line is None:
        raise NotFoundError
    if told.room is None:
        raise InvalidInputError(phrase("Choose one."), field="room")
    room.say_room(identity, door.service_id, RoomSaid(told.room), seen=line.seen, at=at)


def _confirm(identity: Identity, world: World, door: Door, told: Told, at: datetime) -> None:
    if told.how is None:
        raise InvalidInputError(phrase("Choose one."), field="how")
    releases.confirm(identity, world, door.referral_id, told.how, at=at)


def _refuse(identity: Identity, world: World, door: Door, _told: Told, at: datetime) -> None:
    releases.refuse(identity, world, door.referral_id, at=at)


_ACTS: dict[LinkAct, Callable[[Identity, World, Door, Told, datetime], None]] = {
    LinkAct.ACCEPT: _accept,
    LinkAct.DECLINE: _decline,
    LinkAct.HAND_BACK: _hand_back,
    LinkAct.ATTEMPT: _attempt,
    LinkAct.CONNECT: _connect,
    LinkAct.CLOSE: _close,
    LinkAct.ROOM: _room,
    LinkAct.CONFIRM_RELEASE: _confirm,
    LinkAct.REFUSE_RELEASE: _refuse,
}
