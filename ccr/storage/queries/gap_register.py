"""The gaps that the network took on, their plans and their history. Facts about members alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from ccr.domain.gap_register import GapChange, GapReason, GapStatus, GapStep, GapVerb, TakenGap
from ccr.storage.db import db, on_conflict_insert
from ccr.storage.models.coordination import GapRow
from ccr.storage.models.directory import MemberRow
from ccr.storage.models.gap_register import GapChangeRow, GapStepRow

OPEN_STEP = "open"


@dataclass(frozen=True, slots=True)
class Changed:
    """A gap as it stands after a change: its id and version, for the line of its history."""

    gap_id: UUID
    version: int
    key: str
    owner_id: UUID
    status: GapStatus
    reason: GapReason | None
    next_step: str


def list_gaps(network_id: UUID) -> dict[str, TakenGap]:
    """Return every gap that was ever taken on, by its key, what is due first."""
    rows = db.session.execute(
        select(GapRow.__table__, MemberRow.name.label("owner"))
        .join(MemberRow, MemberRow.id == GapRow.owner_member_id)
        .where(GapRow.network_id == network_id)
        .order_by(GapRow.due_on, GapRow.key)
    )
    return {row.key: _taken(row) for row in rows}


def _taken(row: Any) -> TakenGap:  # noqa: ANN401 -- a row of the statement above
    return TakenGap(
        id=row.id,
        key=row.key,
        owner_id=row.owner_member_id,
        owner=row.owner,
        next_step=row.next_step,
        due_on=row.due_on,
        status=GapStatus(row.status),
        reason=GapReason(row.reason) if row.reason else None,
        evidence_there=row.evidence_there,
        times_back=row.times_back,
        back_at=row.back_at,
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        closed_at=row.closed_at,
        version=row.version,
    )


def list_steps(network_id: UUID, gap_id: UUID) -> tuple[GapStep, ...]:
    """Return the steps of a plan in their order."""
    rows = db.session.scalars(
        select(GapStepRow)
        .where(GapStepRow.network_id == network_id, GapStepRow.gap_id == gap_id)
        .order_by(GapStepRow.position)
    )
    return tuple(GapStep(r.id, r.text, r.due_on, r.status, r.ended_at) for r in rows)


def list_changes(network_id: UUID, gap_id: UUID) -> tuple[GapChange, ...]:
    """Return the history of a gap, newest first."""
    by, owner = aliased(MemberRow), aliased(MemberRow)
    rows = db.session.execute(
        select(GapChangeRow.__table__, by.name.label("by_name"), owner.name.label("owner"))
        .outerjoin(by, by.id == GapChangeRow.member_id)
        .join(owner, owner.id == GapChangeRow.owner_member_id)
        .where(GapChangeRow.network_id == network_id, GapChangeRow.gap_id == gap_id)
        .order_by(GapChangeRow.position.desc())
    )
    return tuple(
        GapChange(
            at=row.at,
            verb=GapVerb(row.verb),
            member=row.by_name,
            status=GapStatus(row.status),
            reason=GapReason(row.reason) if row.reason else None,
            owner=row.owner,
            step=row.step,
            effect=row.effect,
            whom=row.whom,
            line=row.line,
        )
        for row in rows
    )


def add_gap(network_id: UUID, key: str, values: dict[str, Any], *, at: datetime) -> Changed | None:
    """Take on a gap that nobody owns yet; None when somebody was quicker."""
    made = db.session.execute(
        on_conflict_insert()(GapRow)
        .values(
            id=uuid4(),
            network_id=network_id,
            key=key,
            status=GapStatus.OPEN.value,
            reason="",
            evidence_there=True,
            times_back=0,
            opened_at=at,
            updated_at=at,
            version=1,
            **values,
        )
        .on_conflict_do_nothing(index_elements=[GapRow.network_id, GapRow.key])
        .returning(*_SHOWN)
    ).first()
    return _changed(made) if made else None


def change_gap(
    network_id: UUID, key: str, version: int, values: dict[str, Any], *, at: datetime
) -> Changed | None:
    """Change a gap as it stood at `version`; None when it stands otherwise by now."""
    changed = db.session.execute(
        update(GapRow)
        .where(GapRow.network_id == network_id, GapRow.key == key, GapRow.version == version)
        .values(**values, updated_at=at, version=GapRow.version + 1)
        .returning(*_SHOWN)
        .execution_options(synchronize_session=False)
    ).first()
    return _changed(changed) if changed else None


_SHOWN = (
    GapRow.id, GapRow.version, GapRow.key, GapRow.owner_member_id, GapRow.status, GapRow.reason,
    GapRow.next_step,
)  # fmt: skip


def _changed(row: Any) -> Changed:  # noqa: ANN401 -- a row of the columns above
    reason = GapReason(row.reason) if row.reason else None
    return Changed(
        row.id, row.version, row.key, row.owner_member_id, GapStatus(row.status), reason,
        row.next_step,
    )  # fmt: skip


def note_evidence(network_id: UUID, key: str, version: int, *, there: bool) -> None:
    """Note whether the evidence of a closed gap is there; the gap stands as it stood."""
    db.session.execute(
        update(GapRow)
        .where(GapRow.network_id == network_id, GapRow.key == key, GapRow.version == version)
        .values(evidence_there=there)
        .execution_options(synchronize_session=False)
    )


def add_change(
    network_id: UUID,
    changed: Changed,
    verb: GapVerb,
    *,
    member_id: UUID | None,
    safety: tuple[str, str, str],
    at: datetime,
) -> None:
    """Write one line of history. `safety` is effect, whom and line; empty for the machine."""
    effect, whom, line = safety
    db.session.add(
        GapChangeRow(
            network_id=network_id,
            gap_id=changed.gap_id,
            position=changed.version,
            at=at,
            verb=verb.value,
            member_id=member_id,
            status=changed.status.value,
            reason=changed.reason.value if changed.reason else "",
            owner_member_id=changed.owner_id,
            step=changed.next_step,
            effect=effect,
            whom=whom,
            line=line,
        )
    )
    db.session.flush()


def add_step(network_id: UUID, gap_id: UUID, text: str, due_on: Any) -> None:  # noqa: ANN401 -- a date
    """Add a step at the end of a plan. The gap's row is held by its change: one writer a plan."""
    last = db.session.scalar(
        select(func.max(GapStepRow.position)).where(GapStepRow.gap_id == gap_id)
    )
    db.session.add(
        GapStepRow(
            network_id=network_id, gap_id=gap_id, position=(last or 0) + 1, text=text,
            due_on=due_on, status=OPEN_STEP,
        )
    )  # fmt: skip
    db.session.flush()


def change_step(gap_id: UUID, step_id: UUID, values: dict[str, Any]) -> bool:
    """Change an open step of a plan; False when it is not open any more."""
    changed = db.session.execute(
        update(GapStepRow)
        .where(
            GapStepRow.id == step_id, GapStepRow.gap_id == gap_id, GapStepRow.status == OPEN_STEP
        )
        .values(**values)
        .returning(GapStepRow.id)
        .execution_options(synchronize_session=False)
    ).first()
    return changed is not None


def drop_open_steps(gap_id: UUID, *, at: datetime) -> None:
    """Drop what was still to be done: the gap is closed."""
    db.session.execute(
        update(GapStepRow)
        .where(GapStepRow.gap_id == gap_id, GapStepRow.status == OPEN_STEP)
        .values(status="dropped", ended_at=at)
        .execution_options(synchronize_session=False)
    )
