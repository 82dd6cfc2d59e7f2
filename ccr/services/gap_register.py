"""The gap register: take a gap on, plan it in steps, say where it stands, close it (R98, R99).

Every change asks whether it raises or lowers safety, leaves one line of history, and is
conditional on the version that its writer saw: two coordinators get one winner. A gap is owned by a
member, never by a person; the history names the member whose coordination acted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from ccr.domain.directory import Member
from ccr.domain.errors import InvalidInputError, NotFoundError, StaleError
from ccr.domain.gap_findings import Finding
from ccr.domain.gap_register import (
    GapChange,
    GapReason,
    GapStatus,
    GapStep,
    GapVerb,
    TakenGap,
    checked_reason,
    comes_back,
    next_open,
    title_of_key,
)
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.safety_question import SafetyAnswer, checked_safety, one_line
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.gaps import GapBoard, board
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import gap_register as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.gap_register import Changed

MOST_KEY = 160
FURTHEST = timedelta(days=366)
_UNASKED = ("", "", "")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a coordinator writes down when taking a gap, or changing its plan.

    Attributes:
        key: of the finding.
        version: of the gap as it was on the page; 0 when nobody had taken it.
    """

    key: str
    owner_id: UUID
    next_step: str
    due_on: date
    safety: SafetyAnswer
    version: int = 0


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step to be added to a plan."""

    text: str
    due_on: date


@dataclass(frozen=True, slots=True)
class GapRecord:
    """One gap with everything that was ever done about it.

    Attributes:
        finding: its evidence, or None when that is gone.
        back: whether it was closed and its evidence returned.
    """

    gap: TakenGap
    title: Phrase
    finding: Finding | None
    steps: tuple[GapStep, ...]
    changes: tuple[GapChange, ...]
    members: tuple[Member, ...]
    on: date
    back: bool


def register(identity: Identity, world: World, *, at: datetime) -> tuple[GapRecord, ...]:
    """Return every gap of the register without plans and history: open ones first, then due."""
    authorise(identity, Permission.COORDINATION_READ)
    shown = board(identity, world, at=at)
    return records_of(shown, world)


def records_of(shown: GapBoard, world: World) -> tuple[GapRecord, ...]:
    """Return the register of a board that was read already: open ones first, then due."""
    records = [_record(gap, shown, world) for gap in shown.taken]
    return tuple(sorted(records, key=lambda r: (not (r.gap.is_open or r.back), r.gap.due_on)))


def record(identity: Identity, world: World, gap_id: UUID, *, at: datetime) -> GapRecord:
    """Return one gap with its plan and its history; raises NotFoundError."""
    shown = board(identity, world, at=at)
    gap = _found(shown, gap_id)
    found = _record(gap, shown, world)
    return replace(
        found,
        steps=queries.list_steps(identity.network_id, gap_id),
        changes=queries.list_changes(identity.network_id, gap_id),
    )


def _record(gap: TakenGap, shown: GapBoard, world: World) -> GapRecord:
    finding = next((i.finding for i in shown.items if i.finding.key == gap.key), None)

    def county(fips: str) -> str | None:
        fact = world.gazetteer.county(fips)
        return fact.name if fact else None

    return GapRecord(
        gap=gap,
        title=finding.title if finding else title_of_key(gap.key, shown.names, county),
        finding=finding,
        steps=(),
        changes=(),
        members=shown.members,
        on=shown.on,
        back=comes_back(gap, there=finding is not None),
    )


def take(identity: Identity, world: World, plan: Plan, *, at: datetime) -> UUID:
    """Give a gap an owner, a next step and a date, or change them; return the gap's id.

    Raises:
        InvalidInputError: the step is empty or too long, the date is past or over a year away, the
            owner is no member, or the safety question is unanswered; `field` names it.
        NotFoundError: there is no such gap.
        StaleError: somebody else took or changed it first; nothing was written.
    """
    authorise(identity, Permission.COORDINATION_MANAGE)
    shown = board(identity, world, at=at)
    step = _checked_step(NewStep(plan.next_step, plan.due_on), shown.on, "next_step")
    if plan.owner_id not in {member.id for member in shown.members}:
        raise InvalidInputError(phrase("Choose a member of the network."), field="owner")
    safety = checked_safety(plan.safety)
    _check_key(plan.key)
    now = next((gap for gap in shown.taken if gap.key == plan.key), None)
    there = plan.key in {item.finding.key for item in shown.items}
    values = {
        "owner_member_id": plan.owner_id, "next_step": step.text, "due_on": step.due_on,
        "evidence_there": there,
    }  # fmt: skip
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        if plan.version == 0:
            if not there:
                raise NotFoundError
            values.pop("evidence_there")
            changed, verb = (
                queries.add_gap(identity.network_id, plan.key, values, at=at),
                GapVerb.TAKEN,
            )
        else:
            was_open = now is not None and now.is_open
            if not was_open:
                values |= {"status": GapStatus.OPEN.value, "closed_at": None, "reason": ""}
            changed = queries.change_gap(identity.network_id, plan.key, plan.version, values, at=at)
            verb = GapVerb.PLANNED if was_open else GapVerb.REOPENED
        kept = _written(identity, changed, verb, safety, at=at)
        _put_step(identity, kept.gap_id, step)
    return kept.gap_id


def _put_step(identity: Identity, gap_id: UUID, step: NewStep) -> None:
    """Write what comes next over the open step that comes next; add it where there is none."""
    current = next_open(queries.list_steps(identity.network_id, gap_id))
    values = {"text": step.text, "due_on": step.due_on}
    if current is None or not queries.change_step(gap_id, current.id, values):
        queries.add_step(identity.network_id, gap_id, step.text, step.due_on)


def move(
    identity: Identity,
    world: World,
    gap_id: UUID,
    version: int,
    status: GapStatus,
    reason: GapReason | None,
    safety: SafetyAnswer,
    *,
    at: datetime,
) -> None:
    """Say where a gap stands; closing it drops what was still to be done.

    Raises:
        NotFoundError: there is no such gap.
        InvalidInputError: waiting or closed without a reason, a closed gap moved other than by
            taking it again, or the safety question is unanswered.
        StaleError: somebody else changed it first; nothing was written.
    """
    authorise(identity, Permission.COORDINATION_MANAGE)
    shown = board(identity, world, at=at)
    gap = _found(shown, gap_id)
    reason = checked_reason(status, reason)
    safety = checked_safety(safety)
    if not gap.is_open and gap.version == version:
        raise InvalidInputError(
            phrase("This gap is closed. Take it again to go on with it."), field="status"
        )
    there = gap.key in {item.finding.key for item in shown.items}
    closed = status is GapStatus.CLOSED
    values = {
        "status": status.value, "reason": reason.value if reason else "",
        "closed_at": at if closed else None, "evidence_there": there,
    }  # fmt: skip
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        changed = queries.change_gap(identity.network_id, gap.key, version, values, at=at)
        verb = GapVerb.CLOSED if closed else GapVerb.MOVED
        _written(identity, changed, verb, safety, at=at)
        if closed:
            queries.drop_open_steps(gap_id, at=at)


def add_step(
    identity: Identity,
    world: World,
    gap_id: UUID,
    version: int,
    step: NewStep,
    safety: SafetyAnswer,
    *,
    at: datetime,
) -> None:
    """Add a step to the plan of an open gap; raises as `move`, and InvalidInputError on "text"."""
    authorise(identity, Permission.COORDINATION_MANAGE)
    shown = board(identity, world, at=at)
    gap = _found(shown, gap_id)
    step, safety = _checked_step(step, shown.on, "text"), checked_safety(safety)
    _check_open(gap, version)
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        steps = queries.list_steps(identity.network_id, gap_id)
        added = GapStep(gap_id, step.text, step.due_on, queries.OPEN_STEP, None)
        values = _of_next(next_open([*steps, added]))
        changed = queries.change_gap(identity.network_id, gap.key, version, values, at=at)
        _written(identity, changed, GapVerb.STEP_ADDED, safety, at=at)
        queries.add_step(identity.network_id, gap_id, step.text, step.due_on)


def finish_step(
    identity: Identity,
    world: World,
    gap_id: UUID,
    step_id: UUID,
    version: int,
    *,
    at: datetime,
) -> None:
    """Say that a step is done. The last open one stays until there is another, or the gap closes.

    Raises:
        NotFoundError: there is no such gap, or no such open step of it.
        InvalidInputError: it is the last open step; field "text".
        StaleError: somebody else changed the gap first; nothing was written.
    """
    authorise(identity, Permission.COORDINATION_MANAGE)
    gap = _found(board(identity, world, at=at), gap_id)
    _check_open(gap, version)
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        steps = queries.list_steps(identity.network_id, gap_id)
        if step_id not in {step.id for step in steps if step.status == queries.OPEN_STEP}:
            raise NotFoundError
        following = next_open([step for step in steps if step.id != step_id])
        if following is None:
            raise InvalidInputError(
                phrase("This is the last step. Add what comes next first, or close the gap."),
                field="text",
            )
        changed = queries.change_gap(
            identity.network_id, gap.key, version, _of_next(following), at=at
        )
        _written(identity, changed, GapVerb.STEP_DONE, None, at=at)
        queries.change_step(gap_id, step_id, {"status": "done", "ended_at": at})


def _written(
    identity: Identity,
    changed: Changed | None,
    verb: GapVerb,
    safety: SafetyAnswer | None,
    *,
    at: datetime,
) -> Changed:
    """Leave the line of history and the audit row of a change; raises StaleError for None."""
    if changed is None:
        raise StaleError(phrase("Somebody else changed this gap first. Look at it again."))
    said = (safety.effect.value, safety.whom.value, safety.line) if safety else _UNASKED
    queries.add_change(
        identity.network_id, changed, verb, member_id=identity.member_id, safety=said, at=at
    )
    append_event(identity, verb.value, "gap", changed.gap_id, at=at)
    return changed


def _of_next(step: GapStep | None) -> dict[str, Any]:
    return {"next_step": step.text, "due_on": step.due_on} if step else {}


def _found(shown: GapBoard, gap_id: UUID) -> TakenGap:
    for gap in shown.taken:
        if gap.id == gap_id:
            return gap
    raise NotFoundError


def _check_open(gap: TakenGap, version: int) -> None:
    if not gap.is_open and gap.version == version:
        raise InvalidInputError(
            phrase("This gap is closed. Take it again to go on with it."), field="text"
        )


def _check_key(key: str) -> None:
    if not key or len(key) > MOST_KEY or "\x00" in key:
        raise NotFoundError


def _checked_step(step: NewStep, on: date, field: str) -> NewStep:
    text = one_line(step.text, field=field)
    if not on <= step.due_on <= on + FURTHEST:
        raise InvalidInputError(phrase("Give a day from today to a year from now."), field="due_on")
    return NewStep(text, step.due_on)
