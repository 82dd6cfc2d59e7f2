"""The practice space: entered at a press, answered by invented partners, ticked off by itself.

The worker speaks for the invented partners through the same services that people use, as an
identity that may act in practice networks alone. No notice is ever written or mailed there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from ccr.adapters.logs import error_facts, get_logger
from ccr.domain.errors import CcrError, NotFoundError, StaleError
from ccr.domain.joining import Topic
from ccr.domain.outcomes import AttemptKind, DeclineReason
from ccr.domain.phrases import phrase
from ccr.domain.practice import (
    ANSWERS_AFTER,
    OUTCOME,
    Checklist,
    InventedPartner,
    Move,
    next_move,
)
from ccr.domain.referral_states import ChosenBy
from ccr.domain.release import ConfirmedHow
from ccr.domain.taxonomy import Known, Need, Track
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import drafts, practice_network, referrals, releases, sending
from ccr.services.authorise import authorise
from ccr.services.draft_facts import NeedAnswers, PlaceAnswers
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import joining as training_rows
from ccr.storage.queries import practice as queries
from ccr.storage.queries.accounts import (
    get_compartment,
    get_network,
    identity_in_network,
)
from ccr.storage.queries.audit import append_event, append_event_to
from ccr.storage.queries.practice import Practising, Waiting

BATCH = 100
ANYWHERE = "36001"
"""The county to practise in where a member has none: Albany County, New York."""
QUESTION = "Is a call in the morning possible? (Practice) · ¿Puede ser una llamada por la mañana?"


@dataclass(frozen=True, slots=True)
class PracticeState:
    """How far somebody has come in practising.

    Attributes:
        begun: True when there is a practice space.
        inside: True when this session is in it now.
        trained_at: when all of it had been tried; it stays done.
    """

    begun: bool
    inside: bool
    checklist: Checklist
    trained_at: datetime | None


@dataclass(frozen=True, slots=True)
class PracticeRun:
    """What one run of the worker did in practice networks."""

    moved: int = 0
    sent: int = 0
    trained: int = 0


def enter(identity: Identity, world: World, *, at: datetime) -> None:
    """Make sure that the person has a practice space; of two at once, one is made.

    Raises:
        NotFoundError: not for those who do not work with referrals.
    """
    authorise(identity, Permission.PRACTICE_ENTER)
    if identity.user_id is None or identity.in_practice:
        return
    if queries.practice_program(identity.user_id) is not None:
        return
    try:
        with unit_of_work():
            _make(identity, identity.user_id, world, at=at)
    except StaleError:
        return  # a second press was first: its space is there


def _make(identity: Identity, account_id: UUID, world: World, *, at: datetime) -> None:
    own = get_compartment(identity.compartment_id)
    fips = queries.county_of_member(own.member_id) or ANYWHERE
    county = world.gazetteer.county(fips) or world.gazetteer.county(ANYWHERE)
    if county is None:
        raise NotFoundError
    program = practice_network.build(own, get_network(own.network_id), county, at=at)
    if not queries.claim(account_id, program):
        raise StaleError(phrase("Somebody else changed this first. Nothing was written."))
    append_event(identity, "began", "practice", account_id, at=at)


def state_of(identity: Identity) -> PracticeState | None:
    """Return how far one has come, or None for those who have nothing to practise."""
    authorise(identity, Permission.ACCOUNT_SELF)
    may_practise = identity.user_id is not None and bool(identity.roles)
    if not may_practise or identity.compartment_kind.value == "coordination":
        return None
    assert identity.user_id is not None  # noqa: S101 -- said above, for the type checker
    program = queries.practice_program(identity.user_id)
    return PracticeState(
        begun=program is not None,
        inside=identity.in_practice,
        checklist=queries.checklist_of(program) if program else Checklist(),
        trained_at=training_rows.trained_at(identity.user_id, Topic.PRACTICE),
    )


def should_practise(identity: Identity) -> bool:
    """Return True for somebody who joins and has not practised yet."""
    authorise(identity, Permission.ACCOUNT_SELF)
    return identity.user_id is not None and queries.should_practise(identity.user_id)


def run(world: World, *, at: datetime) -> PracticeRun:
    """Let every invented partner take its next step, send what is to be answered, tick off.

    Safe to run twice, or twice at once: every step is an act on one referral in one state.
    """
    since = at - ANSWERS_AFTER
    moved = sum(_tried(partial(_move, world, waiting, at=at)) for waiting in _waiting(since))
    sent = trained = 0
    for person in _practising(since):
        tried = queries.checklist_of(person.practice_compartment_id)
        if tried.done:
            trained += _tried(partial(_tick_off, person, at=at))
        elif tried.wants_one_to_answer:
            sent += _tried(partial(_send_one, world, person, at=at))
    return PracticeRun(moved, sent, trained)


def _waiting(since: datetime) -> Iterator[Waiting]:
    """Yield all that waits, batch by batch: what cannot be moved on holds up nothing behind it."""
    after: UUID | None = None
    while batch := queries.list_waiting(before=since, limit=BATCH, after=after):
        after = batch[-1].referral_id
        yield from batch


def _practising(since: datetime) -> Iterator[Practising]:
    """Yield everybody who practises, batch by batch: those who gave up hold up nobody."""
    after: UUID | None = None
    while batch := queries.list_practising(begun_before=since, limit=BATCH, after=after):
        after = batch[-1].account_id
        yield from batch


def _tried(step: Callable[[], bool]) -> bool:
    """Take one step; one that fails stops no other, and the next run takes it again."""
    try:
        return step()
    except CcrError as error:
        get_logger(__name__).info("practice.step-failed", **error_facts(error))
        return False


def _partner_identity(compartment_id: UUID) -> Identity:
    """Return who speaks for an invented partner; refuses any program that is not practice."""
    identity, network = identity_in_network(UUID(int=0), compartment_id, frozenset())
    if not network.is_practice:
        raise NotFoundError
    return replace(identity, user_id=None, from_terminal=True)


def _move(world: World, waiting: Waiting, *, at: datetime) -> bool:
    move = next_move(waiting.partner, waiting.state, asked=waiting.asked)
    if move is None:
        return False
    me, referral_id = _partner_identity(waiting.compartment_id), waiting.referral_id
    with unit_of_work():
        if move is Move.ACCEPT:
            referrals.accept(me, world, referral_id, at=at)
        elif move is Move.ASK:
            referrals.ask(me, world, referral_id, QUESTION, at=at)
        elif move is Move.DECLINE:
            referrals.decline(me, world, referral_id, DeclineReason.NO_CAPACITY, at=at)
        elif move is Move.REACH:
            reached, safe = AttemptKind.REACHED, Known.YES
            referrals.record_attempt(me, world, referral_id, reached, safe, at=at)
        elif move is Move.CONNECT:
            referrals.connect(me, world, referral_id, at=at)
        else:
            referrals.close(me, world, referral_id, OUTCOME, at=at)
        if waiting.release_waits and move is Move.REACH:
            releases.confirm(me, world, referral_id, ConfirmedHow.WRITTEN, at=at)
    return True


def _send_one(world: World, person: Practising, *, at: datetime) -> bool:
    """Send a practice referral into somebody's practice inbox, unless one is there already."""
    mine = person.practice_compartment_id
    if queries.has_one_to_answer(mine):
        return False
    network_id = get_compartment(mine).network_id
    me = _partner_identity(queries.partner_program(network_id, InventedPartner.TAKES))
    service_id, tracks, fips = queries.service_of_program(mine)
    county = world.gazetteer.county(fips)
    if county is None:
        return False
    for_program = Track.ABUSIVE_PARTNER.value in tracks
    need = NeedAnswers(
        needs=((Need.ABUSIVE_PARTNER_INTERVENTION if for_program else Need.ADVOCACY).value,),
        track=(Track.ABUSIVE_PARTNER if for_program else Track.SURVIVOR).value,
    )
    with unit_of_work():
        place = PlaceAnswers(near=county.label, transport="car")
        draft_id = drafts.start_with(me, world, need, place, service_id, at=at)
        drafts.record_yes(me, world, draft_id, ChosenBy.SURVIVOR, at=at)
        sending.send(me, world, draft_id, at=at)
    return True


def _tick_off(person: Practising, *, at: datetime) -> bool:
    with unit_of_work():
        new = training_rows.add_training(
            person.network_id, person.account_id, Topic.PRACTICE, at=at
        )
        if new:
            training_rows.mark_trained(person.member_id, at=at)
            append_event_to(
                person.compartment_id, None, "trained", "account", person.account_id, at=at
            )
    return new
