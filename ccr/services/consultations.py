"""Safety consultations: asked by a program in one step, acknowledged and advised by its partner.

The program reads what `ccr.domain.safety_consultation` shows at this moment and nothing else of
what the partner did. A consultation knows no participant: settling a prompt leaves no tie to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from ccr.domain.consultation_advice import Advice
from ccr.domain.consultation_chasing import first_look
from ccr.domain.consultation_partner import Candidate, Partner, choose_partner, in_force
from ccr.domain.consultation_triggers import SettledHow
from ccr.domain.errors import (
    CcrError,
    InvalidInputError,
    NotFoundError,
    StaleError,
)
from ccr.domain.paging import Page, page_number
from ccr.domain.phrases import phrase
from ccr.domain.safety_consultation import (
    Answered,
    Call,
    Called,
    Moments,
    Question,
    Shown,
    checked_advice,
    checked_call,
    moments_of,
    shown_to_program,
)
from ccr.domain.taxonomy import Urgency
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import consultation_prompts
from ccr.services.authorise import authorise
from ccr.services.consultation_prompts import Prompt
from ccr.services.outbox import Notice, notify_compartment
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts
from ccr.storage.queries import consultation_partners as partners
from ccr.storage.queries import consultations as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.consultation_partners import Number
from ccr.storage.queries.consultation_prompts import settle_prompt
from ccr.storage.queries.consultations import StoredConsultation

DRAWS = 6
"""So many codes are drawn before asking is given up; a second one is rare already."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What a program needs to ask: whom, the numbers to call, and what asks for it.

    `partner` is None in a network without any victim services program.
    """

    partner: Partner | None
    numbers: tuple[Number, ...]
    prompts: tuple[Prompt, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """How to reach the other side: public numbers, and whether anybody of it reads here."""

    numbers: tuple[Number, ...]
    on_desk: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A consultation as the program that asked it sees it at a moment."""

    id: UUID
    code: str
    partner_name: str
    question: Question
    moments: Moments
    shown: Shown


@dataclass(frozen=True, slots=True)
class Received:
    """A consultation as the partner that was asked sees it."""

    id: UUID
    code: str
    program_name: str
    question: Question
    moments: Moments
    answered: Answered


def ready_to_ask(identity: Identity, world: World, *, at: datetime) -> Ready:
    """Return whom one's own program consults, with the numbers to call. Writes nothing."""
    prompts = tuple(consultation_prompts.open_prompts(identity))
    partner = _partner(identity, world, at)
    numbers = partners.numbers_of(partner.candidate.compartment_id) if partner else []
    return Ready(partner, tuple(numbers), prompts)


def ask(
    identity: Identity,
    world: World,
    question: Question,
    *,
    about: Collection[UUID] = (),
    at: datetime,
) -> UUID:
    """Ask for a consultation; return its id. The partner's program is told at once (R2).

    Args:
        about: prompts of one's own program that this settles, where they are open. Nothing ties
            them to the consultation.

    Raises:
        InvalidInputError: what came of the call does not fit together, or nobody can be asked.
    """
    question = replace(question, call=checked_call(question.call))
    with unit_of_work():
        authorise(identity, Permission.CONSULTATION_ASK)
        partner = _partner(identity, world, at)
        if partner is None:
            raise InvalidInputError(
                phrase(
                    "No victim services program of this network can be asked here. Call a hotline."
                )
            )
        made = _store(identity, world, partner.candidate, question, at=at)
        for prompt_id in about:
            # One that a colleague has settled meanwhile holds up no call for advice.
            if settle_prompt(identity.compartment_id, prompt_id, SettledHow.CONSULTED, at=at):
                append_event(identity, "settled", "consultation", prompt_id, at=at)
        append_event(identity, "asked", "consultation", made, at=at)
        notify_compartment(
            identity.network_id,
            partner.candidate.compartment_id,
            Notice.ACT_NOW,
            about=f"consultation/{made}",
            at=at,
            urgency=Urgency.IMMEDIATE,
        )
    return made


def complete_call(identity: Identity, consultation_id: UUID, call: Call, *, at: datetime) -> None:
    """Keep with whom one spoke after all, and what was advised.

    Raises:
        NotFoundError: one's own program did not ask this.
        InvalidInputError: nobody was spoken with, or with whom is missing.
        StaleError: a colleague has kept it; nothing was changed.
    """
    call = checked_call(call)
    with unit_of_work():
        authorise(identity, Permission.CONSULTATION_ASK)
        _mine(identity, consultation_id)
        if call.called is not Called.SPOKE:
            raise InvalidInputError(phrase("Choose with whom you spoke."), field="consulted")
        if not queries.complete_call(consultation_id, identity.compartment_id, call):
            raise StaleError(phrase("A colleague has recorded the call already."))
        append_event(identity, "called", "consultation", consultation_id, at=at)


def own(identity: Identity, *, number: int = 1, at: datetime) -> Page[Asked]:
    """Return what one's own program asked, newest first."""
    authorise(identity, Permission.CONSULTATION_ASK)
    number = page_number(number)
    rows, total = queries.asked_by(identity.compartment_id, number=number)
    return Page(tuple(_asked(row, at) for row in rows), total, number)


def received(identity: Identity, *, number: int = 1) -> Page[Received]:
    """Return what was asked of one's own program: unacknowledged first, then the newest."""
    authorise(identity, Permission.CONSULTATION_ANSWER)
    number = page_number(number)
    rows, total = queries.asked_of(identity.compartment_id, number=number)
    return Page(tuple(_received(row) for row in rows), total, number)


def open_asked(identity: Identity, consultation_id: UUID, *, at: datetime) -> Asked:
    """Return a consultation that one's own program asked; raises NotFoundError."""
    authorise(identity, Permission.CONSULTATION_ASK)
    return _asked(_mine(identity, consultation_id), at)


def open_received(identity: Identity, consultation_id: UUID) -> Received:
    """Return a consultation that was asked of one's own program; raises NotFoundError."""
    return _received(_ours(identity, consultation_id))


def reach(identity: Identity, consultation_id: UUID) -> Reach:
    """Return how to reach the other side, from the directory; raises NotFoundError."""
    authorise(identity, Permission.CONSULTATION_READ)
    found = queries.find_consultation(identity.network_id, consultation_id)
    if found is None or identity.compartment_id not in _sides(found):
        raise NotFoundError
    (other,) = _sides(found) - {identity.compartment_id}
    return Reach(tuple(partners.numbers_of(other)), partners.is_on_desk(other))


def acknowledge(identity: Identity, consultation_id: UUID, *, at: datetime) -> None:
    """Acknowledge a consultation that was asked of one's own program.

    Raises:
        NotFoundError: it was asked of another program, or there is none.
        StaleError: a colleague has acknowledged it.
    """
    with unit_of_work():
        _ours(identity, consultation_id)
        if not queries.acknowledge(consultation_id, identity.compartment_id, at=at):
            raise StaleError(phrase("A colleague has acknowledged it already."))
        append_event(identity, "acknowledged", "consultation", consultation_id, at=at)


def advise(
    identity: Identity, consultation_id: UUID, advice: Iterable[Advice], *, at: datetime
) -> None:
    """Advise on a consultation, once; it is acknowledged with it.

    The program sees it from the moment that was fixed when it asked, if it was advised by then.

    Raises:
        NotFoundError: it was asked of another program, or there is none.
        InvalidInputError: nothing was chosen.
        StaleError: a colleague has advised.
    """
    chosen = checked_advice(tuple(advice))
    with unit_of_work():
        _ours(identity, consultation_id)
        if not queries.advise(consultation_id, identity.compartment_id, chosen, at=at):
            raise StaleError(phrase("A colleague has advised already."))
        append_event(identity, "advised", "consultation", consultation_id, at=at)


def _store(
    identity: Identity, world: World, partner: Candidate, question: Question, *, at: datetime
) -> UUID:
    made, moments = uuid4(), moments_of(question.urgency, at)
    for _ in range(DRAWS):
        if queries.add_consultation(
            identity.network_id,
            made,
            code=world.words.draw(world.rng),
            program_id=identity.compartment_id,
            partner=(partner.member_id, partner.compartment_id),
            question=question,
            moments=moments,
            next_step_at=first_look(moments),
        ):
            return made
    raise CcrError(phrase("No free code was found. Nothing was sent. Try again."))


def _partner(identity: Identity, world: World, at: datetime) -> Partner | None:
    on = _today(identity, at)
    found = partners.candidates(identity.network_id, identity.compartment_id)
    if not any(in_force(one, on) for one in found):
        found = _with_areas(identity, world, found)
    return choose_partner(found, on)


def _with_areas(identity: Identity, world: World, found: list[Candidate]) -> list[Candidate]:
    """Say of each candidate whether it serves a county that one's own program serves."""
    areas = partners.areas_of([identity.compartment_id, *(one.compartment_id for one in found)])
    counties = {key: _counties(world, those) for key, those in areas.items()}
    mine = counties.get(identity.compartment_id, frozenset())
    none: frozenset[str] | None = frozenset()
    return [
        replace(one, serves=_overlap(mine, counties.get(one.compartment_id, none))) for one in found
    ]


def _counties(world: World, areas: Iterable[tuple[str, str]]) -> frozenset[str] | None:
    """Return the counties of these areas; None when they are a whole state or more."""
    found = set()
    for extent, code in areas:
        if extent in {"nation", "state"}:
            return None
        county = world.gazetteer.county_of_zip(code) if extent == "zip" else None
        found.add(county.fips if county is not None else code)
    return frozenset(found)


def _overlap(mine: frozenset[str] | None, theirs: frozenset[str] | None) -> bool:
    if mine is None:
        return theirs is None or bool(theirs)
    return bool(mine) if theirs is None else bool(mine & theirs)


def _mine(identity: Identity, consultation_id: UUID) -> StoredConsultation:
    found = queries.find_consultation(identity.network_id, consultation_id)
    if found is None or found.program_compartment_id != identity.compartment_id:
        raise NotFoundError
    return found


def _ours(identity: Identity, consultation_id: UUID) -> StoredConsultation:
    authorise(identity, Permission.CONSULTATION_ANSWER)
    found = queries.find_consultation(identity.network_id, consultation_id)
    if found is None or found.partner_compartment_id != identity.compartment_id:
        raise NotFoundError
    return found


def _sides(found: StoredConsultation) -> set[UUID]:
    return {found.program_compartment_id, found.partner_compartment_id}


def _asked(row: StoredConsultation, at: datetime) -> Asked:
    shown = shown_to_program(row.question, row.moments, row.answered, at)
    return Asked(row.id, row.code, row.partner_name, row.question, row.moments, shown)


def _received(row: StoredConsultation) -> Received:
    return Received(row.id, row.code, row.program_name, row.question, row.moments, row.answered)


def _today(identity: Identity, at: datetime) -> date:
    network = accounts.get_network(identity.network_id)
    return at.astimezone(ZoneInfo(network.timezone)).date()
