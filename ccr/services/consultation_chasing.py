"""The worker that chases safety consultations, and tells programs at the hours that were fixed.

It acts for no person. A batch is one transaction over consultations that it has locked and read
afresh, so that two workers, or one that runs twice, have one effect. Reminders and escalations
stay inside the victim services program; coordinators are told that somebody is late, never which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from ccr.adapters.logs import error_facts, get_logger
from ccr.domain.clocks import Step
from ccr.domain.consultation_chasing import DueNow, due_now
from ccr.domain.safety_consultation import KEPT_FOR
from ccr.domain.staffing import Person, back_ups_to_tell, supervisors_to_tell, workers_to_tell
from ccr.domain.taxonomy import Urgency
from ccr.services.one_by_one import OneByOne
from ccr.services.outbox import Notice, Telling, notify_all
from ccr.services.world import World
from ccr.storage.db import DatabaseAwayError, unit_of_work
from ccr.storage.queries import consultations as queries
from ccr.storage.queries.accounts import coordination_compartment
from ccr.storage.queries.audit import SystemEvent, append_to_chains
from ccr.storage.queries.consultations import StoredConsultation
from ccr.storage.queries.staff import coordinators_of, people_of

BATCH = 200
_VERBS = {
    Step.REMIND: "reminded",
    Step.BACK_UP: "back-up-told",
    Step.ESCALATE: "escalated",
    Step.COORDINATOR: "coordinator-told",
}


@dataclass(frozen=True, slots=True)
class ConsultationRun:
    """What one run did: consultations looked at, and notices that are new."""

    looked_at: int = 0
    told: int = 0


_Looked = tuple[StoredConsultation, DueNow]


def run(world: World, *, at: datetime) -> ConsultationRun:
    """Take every step that is due at `at`. Safe to run twice, or twice at once.

    Raises:
        LeftBehindError: at its end, when something of it could not be done; all the rest is.
    """
    del world
    one_by_one = OneByOne("consultations.left-behind")
    looked = told = 0
    while True:
        found, new = _take(one_by_one, at=at)
        looked, told = looked + found, told + new
        if not found:
            break
    one_by_one.end()
    return ConsultationRun(looked, told)


def forget_old(*, at: datetime) -> int:
    """Delete consultations and settled prompts of more than 24 months ago; return how many.

    What was published as figures stays; nothing else of them does.
    """
    with unit_of_work():
        return queries.forget(at - KEPT_FOR)


def _take(one_by_one: OneByOne, *, at: datetime) -> tuple[int, int]:
    """Take one batch; when it fails, each of it by itself, so that only what cannot be stays."""
    left = frozenset(one_by_one.left)
    try:
        return _take_batch(at=at, but=left)
    except DatabaseAwayError:
        raise
    except Exception as error:  # one row of it, or all: each by itself will tell
        get_logger(__name__).error("consultations.batch-failed", **error_facts(error))
    done: list[tuple[int, int]] = []
    for one in queries.due_ids(at, limit=BATCH, but=left):
        one_by_one.try_one(one, partial(_take_one, done, one, at=at))
    # What failed is left out of the next look; so there is one as long as anything was tried.
    tried = len(one_by_one.left) - len(left) + sum(found for found, _ in done)
    return tried, sum(new for _, new in done)


def _take_one(done: list[tuple[int, int]], consultation_id: UUID, *, at: datetime) -> bool:
    done.append(_take_batch(at=at, only=consultation_id))
    return True


def _take_batch(
    *, at: datetime, only: UUID | None = None, but: Collection[UUID] = ()
) -> tuple[int, int]:
    with unit_of_work():
        found = queries.lock_due(at, limit=BATCH, only=only, but=but)
        if not found:
            return 0, 0
        looked = [(one, due_now(one.moments, one.answered, one.chased, at)) for one in found]
        # Whoever was first has taken its steps: nothing of it is told a second time.
        mine = [(one, due) for one, due in looked if queries.save_look(one, due.after, due.next_at)]
        people = people_of({key for one, _ in mine for key in _programs(one)}, at=at)
        _record(mine, at=at)
        told = notify_all(list(_tellings(mine, people, at)), at=at)
    return len(found), told


def _programs(one: StoredConsultation) -> tuple[UUID, UUID]:
    return one.partner_compartment_id, one.program_compartment_id


def _record(looked: Iterable[_Looked], *, at: datetime) -> None:
    """Write each step to the chain of the victim services program, never to the other one."""
    chains: dict[UUID, list[SystemEvent]] = {}
    for one, due in looked:
        events = [SystemEvent(_VERBS[step], "consultation", one.id) for step in due.steps]
        if due.again:
            events.append(SystemEvent(_VERBS[Step.REMIND], "consultation", one.id))
        chains.setdefault(one.partner_compartment_id, []).extend(events)
    append_to_chains(chains, at=at)


def _tellings(
    looked: Iterable[_Looked], people: Mapping[UUID, tuple[Person, ...]], at: datetime
) -> Iterable[Telling]:
    for one, due in looked:
        partner, program = _programs(one)
        yield from _inside(one, due, people[partner], at)
        if Step.COORDINATOR in due.steps:
            yield from _for_coordinators(one, at)
        team = workers_to_tell(people[program], None)
        if due.program_call:
            about = f"consultation/{one.id}/call-again"
            yield Telling(one.network_id, program, team, Notice.ACT_NOW, about, Urgency.IMMEDIATE)
        if due.program_advice:
            about = f"consultation/{one.id}/look"
            urgency = one.question.urgency
            yield Telling(one.network_id, program, team, Notice.ITEM_TO_REVIEW, about, urgency)


def _inside(
    one: StoredConsultation, due: DueNow, team: tuple[Person, ...], at: datetime
) -> Iterable[Telling]:
    """Yield reminders and escalations inside the victim services program (R79, ADR 0027)."""
    workers = workers_to_tell(team, None)
    whom = {
        Step.REMIND: workers,
        Step.BACK_UP: back_ups_to_tell(team, workers),
        Step.ESCALATE: supervisors_to_tell(team),
    }
    for step in due.steps:
        if step in whom:
            yield _late(one, step.value, whom[step], escalated=step is not Step.REMIND)
    if due.again:
        told = workers | supervisors_to_tell(team)
        yield _late(one, f"again/{at.isoformat()}", told, escalated=True)


def _late(one: StoredConsultation, what: str, told: frozenset[UUID], *, escalated: bool) -> Telling:
    return Telling(
        one.network_id,
        one.partner_compartment_id,
        told,
        Notice.ITEM_OVERDUE,
        f"consultation/{one.id}/{what}",
        Urgency.IMMEDIATE,
        escalated,
    )


def _for_coordinators(one: StoredConsultation, at: datetime) -> Iterable[Telling]:
    """Yield that somebody is late: the same notice as for a referral, once a week a program."""
    people = coordinators_of(one.network_id)
    if people:
        year, week, _ = at.isocalendar()
        yield Telling(
            one.network_id,
            coordination_compartment(one.network_id).id,
            frozenset(people),
            Notice.ITEM_TO_REVIEW,
            f"late/{one.partner_compartment_id}/{year}-{week}",
        )
