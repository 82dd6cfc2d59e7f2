"""The demo's safety consultations: a year of them, one that waits, and one thing to consult about.

Invented like everything of the demo. They are written as asking and answering leave them, but for
the notices: nobody is to be mailed about what is long past. A step of loading the demo.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from ccr.domain.consultation_advice import Advice, Concern, standing_advice
from ccr.domain.consultation_chasing import first_look
from ccr.domain.consultation_triggers import Trigger
from ccr.domain.safety_consultation import (
    Answered,
    Call,
    Called,
    Consulted,
    Question,
    moments_of,
)
from ccr.domain.taxonomy import Urgency
from ccr.services.world import World
from ccr.storage.queries.consultation_prompts import add_prompt
from ccr.storage.queries.consultations import add_consultation, set_answered

EVERY = timedelta(days=6, hours=5)
"""How often a program of the demo asks: fourteen times or so in a quarter."""
WEEKS_BACK = 52
_URGENCIES = (Urgency.STANDARD, Urgency.HIGH, Urgency.STANDARD, Urgency.IMMEDIATE)
_CALLS = (
    Call(Called.SPOKE, Consulted.ADVOCATE, (Advice.KEEP_PROTOCOL, Advice.TALK_FIRST)),
    Call(Called.MESSAGE),
    Call(Called.SPOKE, Consulted.HOTLINE, (Advice.CALL_911,)),
    Call(Called.NO_ANSWER),
)
_READ_AFTER = (4, 11, 23, 38, 52, 7, 95)
"""Minutes until somebody acknowledged; one of seven was late."""
_ADVISED_AFTER = timedelta(minutes=40)
_FURTHER = (Advice.TALK_FIRST, Advice.REVIEW_GROUP, Advice.CALL_US)


def add_consultations(
    world: World, network_id: UUID, pairs: list[tuple[UUID, UUID, UUID]], *, at: datetime
) -> int:
    """Add a year of consultations of each pair; return how many.

    Args:
        pairs: asking program, partner's member, partner's victim services program; the first
            one's last question waits.
    """
    count = 0
    for number, (program, *partner) in enumerate(pairs):
        for nth, asked_at in enumerate(_moments(number, at)):
            question = Question(
                list(Concern)[(nth + 3 * number) % len(Concern)],
                _URGENCIES[nth % len(_URGENCIES)],
                _CALLS[(nth + number) % len(_CALLS)],
            )
            made = _ask(world, network_id, program, (partner[0], partner[1]), question, asked_at)
            set_answered(made, _answered(question, nth, asked_at))
            count += 1
    program, member, partner_program = pairs[0]
    waits = Question(Concern.ESCALATION, Urgency.HIGH, Call(Called.MESSAGE))
    asked_at = at - timedelta(minutes=25)
    _ask(world, network_id, program, (member, partner_program), waits, asked_at)
    add_prompt(network_id, program, Trigger.COURT_DATE, None, at=at - timedelta(hours=3))
    return count + 1


def _moments(number: int, at: datetime) -> Iterator[datetime]:
    asked_at = at - timedelta(weeks=WEEKS_BACK, hours=7 * number)
    while asked_at < at - timedelta(days=2):
        yield asked_at
        asked_at += EVERY


def _ask(
    world: World,
    network_id: UUID,
    program: UUID,
    partner: tuple[UUID, UUID],
    question: Question,
    at: datetime,
) -> UUID:
    made, moments = uuid4(), moments_of(question.urgency, at)
    while not add_consultation(
        network_id,
        made,
        code=world.words.draw(world.rng),
        program_id=program,
        partner=partner,
        question=question,
        moments=moments,
        next_step_at=first_look(moments),
    ):
        pass  # pragma: no cover -- a code drawn twice
    return made


def _answered(question: Question, nth: int, at: datetime) -> Answered:
    read_at = at + timedelta(minutes=_READ_AFTER[nth % len(_READ_AFTER)])
    if nth % 3 == 0:
        return Answered(read_at)
    further = _FURTHER[nth % len(_FURTHER)]
    advice = (*standing_advice(question.concern, question.urgency), further)
    return Answered(read_at, advice, read_at + _ADVISED_AFTER)
