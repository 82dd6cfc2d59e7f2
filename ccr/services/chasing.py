"""The worker that chases: reminders, escalations, new options, expiry, holds that end.

It acts for no person. It takes what is due in batches, each one transaction over referrals that it
has locked and read afresh, so that two workers, or one that runs twice, have one effect. It reminds
and escalates inside the program whose move it is. A missed answer also gives the sender new options
and tells the coordinator who is late; a missed contact is the receiver's alone (design 2.4).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from ccr.adapters.logs import error_facts, get_logger
from ccr.domain.chasing import Chase, Taken, next_look, take_due
from ccr.domain.clocks import Side, Step
from ccr.domain.projection_table import NOT_SHARED_AFTER
from ccr.domain.referral_states import Action, EventKind
from ccr.domain.staffing import (
    Person,
    back_ups_to_tell,
    supervisors_to_tell,
    workers_to_tell,
)
from ccr.domain.taxonomy import Urgency
from ccr.domain.time_rules import TimeRules
from ccr.services.answer_letters import mail_link
from ccr.services.asking import move_on
from ccr.services.expected import forget_passed
from ccr.services.one_by_one import OneByOne
from ccr.services.outbox import Notice, Telling, notify_all
from ccr.services.system_acts import act_alone
from ccr.services.world import World
from ccr.storage.db import DatabaseAwayError, unit_of_work
from ccr.storage.queries.accounts import coordination_compartment
from ccr.storage.queries.audit import SystemEvent, append_to_chains
from ccr.storage.queries.clocks import (
    DueClock,
    StoredClock,
    due_ids,
    holds_that_ended,
    lock_due,
    save_steps,
)
from ccr.storage.queries.drafts import forget_old_reasons
from ccr.storage.queries.many_events import add_events
from ccr.storage.queries.referrals import NewEvent, lock_referral
from ccr.storage.queries.staff import coordinators_of, people_of
from ccr.storage.queries.time_rules import get_time_rules

BATCH = 500
LOOK_LATER = timedelta(minutes=1)
"""For a look that found nothing and would be taken again at once; no rule leads there."""

KIND_OF_STEP = {
    Step.REMIND: EventKind.REMINDED,
    Step.BACK_UP: EventKind.BACK_UP_TOLD,
    Step.ESCALATE: EventKind.ESCALATED,
    Step.NEW_OPTIONS: EventKind.OPTIONS_OFFERED,
    Step.COORDINATOR: EventKind.COORDINATOR_TOLD,
}
_TO_SENDER = frozenset({Step.NEW_OPTIONS})
_ESCALATED = frozenset({Step.BACK_UP, Step.ESCALATE, Step.NEW_OPTIONS})
"""Steps that tell somebody more than whoever works on it."""


@dataclass(frozen=True, slots=True)
class ClockRun:
    """What one run of the clocks did."""

    reminded: int = 0
    escalated: int = 0
    options_offered: int = 0
    resumed: int = 0
    backed_up: int = 0
    coordinator_told: int = 0
    expired: int = 0


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of one clock, and whom in the program it goes to it is told."""

    due: DueClock
    step: Step
    compartment_id: UUID
    told: frozenset[UUID]
    again: bool = False


_Looked = tuple[DueClock, Chase, Taken]


def run_clocks(world: World, *, at: datetime) -> ClockRun:
    """Take every step that is due at `at`, and end every hold whose date has come.

    Safe to run twice, or twice at once.

    Raises:
        LeftBehindError: at its end, when something of it could not be done; all the rest is.
    """
    one_by_one = OneByOne()
    resumed = _end_holds(world, one_by_one, at=at)
    done: Counter[Step] = Counter()
    while _take_what_is_due(world, done, one_by_one, at=at):
        pass
    move_on(world, one_by_one, at=at)
    forget_passed(at=at)
    _forget_reasons(at)
    one_by_one.end()
    return ClockRun(
        done[Step.REMIND],
        done[Step.ESCALATE],
        done[Step.NEW_OPTIONS],
        resumed,
        done[Step.BACK_UP],
        done[Step.COORDINATOR],
        done[Step.EXPIRE],
    )


def _end_holds(world: World, one_by_one: OneByOne, *, at: datetime) -> int:
    """Go on with what was on hold until now; return how many."""
    count = 0
    seen: set[UUID] = set()
    while found := holds_that_ended(at, limit=BATCH, but=seen):
        seen.update(found)
        count += _act_on_each(world, one_by_one, found, Action.RESUME, at=at)
    return count


def _act_on_each(
    world: World,
    one_by_one: OneByOne,
    referral_ids: Iterable[UUID],
    action: Action,
    *,
    at: datetime,
) -> int:
    """Do an act of the system on each, in a transaction of its own; return how many were done."""
    return sum(
        one_by_one.try_one(key, partial(act_alone, world, key, action, at=at))
        for key in referral_ids
    )


def _take_what_is_due(
    world: World, done: Counter[Step], one_by_one: OneByOne, *, at: datetime
) -> bool:
    """Take one batch in one transaction; return False when nothing was left.

    When that fails each of it is taken by itself, so that only what cannot be taken stays.
    """
    left = frozenset(one_by_one.left)
    try:
        taken = _take_batch(done, at=at, but=left)
    except DatabaseAwayError:
        raise
    except Exception as error:  # one row of it, or all: each by itself will tell
        get_logger(__name__).error("clocks.batch-failed", **error_facts(error))
        taken = []
        for clock_id in due_ids(at, limit=BATCH, but=left):
            one_by_one.try_one(clock_id, partial(_take_one, done, taken, at=at, clock_id=clock_id))
        more = True
    else:
        more = bool(taken)
    expired = [due.stored.referral_id for due, _, one in taken if Step.EXPIRE in one.told]
    done[Step.EXPIRE] += _act_on_each(world, one_by_one, expired, Action.EXPIRE, at=at)
    return more


def _take_one(done: Counter[Step], taken: list[_Looked], *, at: datetime, clock_id: UUID) -> None:
    taken.extend(_take_batch(done, at=at, only=clock_id))


def _take_batch(
    done: Counter[Step], *, at: datetime, only: UUID | None = None, but: Collection[UUID] = ()
) -> list[_Looked]:
    """Take what is due of one batch in one transaction; return what was looked at."""
    with unit_of_work():
        found = lock_due(at, limit=BATCH, only=only, but=but)
        if not found:
            return []
        rules = {key: get_time_rules(key) for key in {due.stored.network_id for due in found}}
        chases = [_chase_of(due, rules[due.stored.network_id]) for due in found]
        taken = [
            (due, chase, take_due(due.stored.clock, chase, at))
            for due, chase in zip(found, chases, strict=True)
        ]
        save_steps([_moved(*one, at) for one in taken])
        people = people_of({key for due in found for key in _programs(due)}, at=at)
        steps = [step for due, _, one in taken for step in _steps(due, one, people)]
        _record(steps, at=at)
        _tell(steps, at=at)
        _mail_links(steps, at=at)
    done.update(step.step for step in steps)
    return taken


def _chase_of(due: DueClock, rules: TimeRules) -> Chase:
    """Return what holds the reminders of a clock back: its network's rules, its owner's snooze."""
    reminders = rules.reminders(due.needs, due.stored.clock.urgency)
    return Chase(reminders.every, reminders.off is not None, due.snoozed_until)


def _moved(
    due: DueClock, chase: Chase, taken: Taken, at: datetime
) -> tuple[StoredClock, datetime | None]:
    """Return the clock as it is stored now, and when it is looked at next.

    The expiry is not counted here: it is an act of its own, which starts another clock. Until it
    is done the clock stays due.
    """
    clock, look_at = taken.clock, next_look(taken.clock, chase)
    if Step.EXPIRE in taken.told:
        clock, look_at = replace(clock, steps_done=clock.steps_done - 1), at
    if look_at is not None and look_at <= at:
        look_at = at + LOOK_LATER
    return replace(due.stored, clock=clock), look_at


def _programs(due: DueClock) -> tuple[UUID, UUID]:
    return due.stored.owner_compartment_id, due.stored.sender_compartment_id


def _steps(due: DueClock, taken: Taken, people: dict[UUID, tuple[Person, ...]]) -> Iterable[_Step]:
    """Yield what somebody is told of; a step that would tell nobody anything new is none."""
    owner, sender = _programs(due)
    team = people[owner]
    workers = workers_to_tell(team, due.assigned_to)
    if taken.again:
        yield _Step(due, Step.REMIND, owner, workers | supervisors_to_tell(team), again=True)
    for step in taken.told:
        if step is Step.REMIND:
            yield _Step(due, step, owner, workers)
        elif step is Step.BACK_UP:
            if more := back_ups_to_tell(team, workers):
                yield _Step(due, step, owner, more)
        elif step is Step.ESCALATE:
            yield _Step(due, step, owner, supervisors_to_tell(team))
        elif step is Step.NEW_OPTIONS:
            choosing = workers_to_tell(people[sender], due.sender_assigned_to)
            yield _Step(due, step, sender, choosing)
        elif step is Step.COORDINATOR:
            yield _Step(due, step, owner, frozenset())


def _record(steps: Sequence[_Step], *, at: datetime) -> None:
    """Write each step to its referral's record and to the chain of the program it went to."""
    chains: dict[UUID, list[SystemEvent]] = defaultdict(list)
    events = []
    for step in steps:
        kind, referral_id = KIND_OF_STEP[step.step], step.due.stored.referral_id
        owner = step.due.stored.clock.owner.value
        events.append(NewEvent(referral_id, kind, Side.SYSTEM, at, reason=owner))
        chains[step.compartment_id].append(SystemEvent(kind.value, "referral", referral_id))
    add_events(events)
    append_to_chains(chains, at=at)


def _tell(steps: Sequence[_Step], *, at: datetime) -> None:
    """Write the notices of a batch: of one text, one for a person, however many steps it tells."""
    groups: dict[tuple[UUID, UUID, frozenset[UUID], Notice, Urgency, bool], Telling] = {}
    late: dict[UUID, set[UUID]] = defaultdict(set)
    for step in steps:
        stored = step.due.stored
        if step.step is Step.COORDINATOR:
            late[stored.network_id].add(step.compartment_id)
            continue
        notice = Notice.ITEM_TO_REVIEW if step.step in _TO_SENDER else Notice.ITEM_OVERDUE
        told = (step.compartment_id, step.told, notice)
        how = (stored.clock.urgency, step.step in _ESCALATED)
        groups.setdefault(
            (stored.network_id, *told, *how),
            Telling(stored.network_id, *told, _about(step, at), *how),
        )
    tellings = list(groups.values())
    for network_id, compartment_ids in late.items():
        tellings += _for_coordinators(network_id, compartment_ids, at=at)
    notify_all(tellings, at=at)


def _mail_links(steps: Sequence[_Step], *, at: datetime) -> None:
    """Write a link to the office of a partner that has no inbox, whenever it would be told."""
    for referral_id in {
        step.due.stored.referral_id
        for step in steps
        if step.due.by_link and step.compartment_id != step.due.stored.sender_compartment_id
    }:
        mail_link(lock_referral(referral_id), at=at)


def _about(step: _Step, at: datetime) -> str:
    """Return the cause of a notice: this step, at this moment.

    That no step is told twice is the clock's to see to. A clock that was handed over and back has
    the same start and owner, and is reminded of anew.
    """
    clock = step.due.stored.clock
    return f"clock/{step.due.stored.id}/{clock.owner}/{step.step}/{at.isoformat()}"


def _for_coordinators(
    network_id: UUID, compartment_ids: set[UUID], *, at: datetime
) -> Iterable[Telling]:
    """Yield that somebody is late, once a week for each program; who, their page says (R79)."""
    year, week, _ = at.isocalendar()
    people = coordinators_of(network_id)
    if not people:
        return  # a network in which nobody coordinates, such as one to practise in
    desk = coordination_compartment(network_id).id
    for compartment_id in sorted(compartment_ids):
        about = f"late/{compartment_id}/{year}-{week}"
        yield Telling(network_id, desk, frozenset(people), Notice.ITEM_TO_REVIEW, about)


def _forget_reasons(at: datetime) -> None:
    """Delete why partners were proposed, at the fixed time from which nothing more is told."""
    with unit_of_work():
        forget_old_reasons({u.value: at - after for u, after in NOT_SHARED_AFTER.items()})
