"""Reports of a program to an authority: tasks that are due, what was sent, and what was read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update
from sqlalchemy.orm import aliased

from ccr.domain.authority_reports import (
    Counts,
    Missing,
    Report,
    ReportFacts,
    ReportKind,
    SentHow,
)
from ccr.domain.errors import NotFoundError
from ccr.domain.paging import PAGE_SIZE
from ccr.domain.participant_words import EndReason
from ccr.domain.participants import ParticipantState
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import MemberRow
from ccr.storage.models.programs import AuthorityReportRow
from ccr.storage.queries.referrals import rows_changed

TABLE = cast("Table", AuthorityReportRow.__table__)
_AUTHORITY, _PROGRAM = aliased(MemberRow), aliased(MemberRow)
_SELECTED = (
    select(TABLE, _AUTHORITY.name.label("authority_name"), _PROGRAM.name.label("program_name"))
    .outerjoin(_AUTHORITY, _AUTHORITY.id == TABLE.c.authority_member_id)
    .join(Compartment, Compartment.id == TABLE.c.compartment_id)
    .join(_PROGRAM, _PROGRAM.id == Compartment.member_id)
)


def add_report(report: Report) -> None:
    """Add a report, or the task to send one."""
    db.session.execute(
        insert(TABLE).values(
            id=report.id,
            network_id=report.network_id,
            compartment_id=report.compartment_id,
            participant_id=report.participant_id,
            code=report.code,
            kind=report.kind.value,
            authority_member_id=report.authority_member_id,
            outside_authority=report.outside,
            facts=_plain(report.facts),
            due_on=report.due_on,
            made_at=report.made_at,
            version=report.version,
        )
    )


def list_tasks(compartment_id: UUID, *, most: int) -> list[Report]:
    """Return what a program has to send, the most overdue first."""
    rows = db.session.execute(
        _SELECTED.where(TABLE.c.compartment_id == compartment_id, TABLE.c.sent_at.is_(None))
        .order_by(TABLE.c.due_on, TABLE.c.made_at, TABLE.c.id)
        .limit(most)
    )
    return [_report(row) for row in rows]


def list_of(participant_id: UUID, *, compartment_id: UUID) -> list[Report]:
    """Return the reports of a participant of this program, the newest first."""
    rows = db.session.execute(
        _SELECTED.where(
            TABLE.c.participant_id == participant_id, TABLE.c.compartment_id == compartment_id
        ).order_by(TABLE.c.made_at.desc(), TABLE.c.id)
    )
    return [_report(row) for row in rows]


def get_of_program(report_id: UUID, *, compartment_id: UUID) -> Report:
    """Return a report of this program; raises NotFoundError for any other."""
    return _one(TABLE.c.id == report_id, TABLE.c.compartment_id == compartment_id)


def get_for_authority(report_id: UUID, *, member_id: UUID) -> Report:
    """Return a report that was sent here to this member; raises NotFoundError for any other."""
    return _one(TABLE.c.id == report_id, *_received(member_id))


def _received(member_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        TABLE.c.authority_member_id == member_id,
        TABLE.c.sent_at.is_not(None),
        TABLE.c.sent_how == SentHow.HERE.value,
    )


def list_received(member_id: UUID, page: int, *, size: int = PAGE_SIZE) -> list[Report]:
    """Return a page of what was sent here to this member: unread ones first, then the newest."""
    rows = db.session.execute(
        _SELECTED.where(*_received(member_id))
        .order_by(TABLE.c.read_at.is_not(None), TABLE.c.sent_at.desc(), TABLE.c.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return [_report(row) for row in rows]


def count_received(member_id: UUID) -> tuple[int, int]:
    """Return how many reports this member got here, and how many of them nobody has read."""
    row = db.session.execute(
        select(func.count(), func.count().filter(TABLE.c.read_at.is_(None))).where(
            *_received(member_id)
        )
    ).one()
    return row[0], row[1]


def mark_sent(report: Report, how: SentHow, *, at: datetime) -> bool:
    """Mark a task as sent; False when it was sent, or taken back, by somebody else."""
    statement = (
        update(TABLE)
        .where(
            TABLE.c.id == report.id,
            TABLE.c.compartment_id == report.compartment_id,
            TABLE.c.sent_at.is_(None),
            TABLE.c.version == report.version,
        )
        .values(sent_at=at, sent_how=how.value, version=report.version + 1)
    )
    return rows_changed(statement) == 1


def mark_read(report_id: UUID, *, member_id: UUID, at: datetime) -> bool:
    """Note when the authority first opened a report; False when it had before."""
    statement = (
        update(TABLE)
        .where(TABLE.c.id == report_id, *_received(member_id), TABLE.c.read_at.is_(None))
        .values(read_at=at)
    )
    return rows_changed(statement) == 1


def drop_task(report: Report) -> bool:
    """Delete a task that was not sent; False when it is there no longer."""
    statement = delete(TABLE).where(
        TABLE.c.id == report.id,
        TABLE.c.compartment_id == report.compartment_id,
        TABLE.c.sent_at.is_(None),
    )
    return rows_changed(statement) == 1


def _one(*conditions: ColumnElement[bool]) -> Report:
    row = db.session.execute(_SELECTED.where(*conditions)).first()
    if row is None:
        raise NotFoundError
    return _report(row)


def _report(row: Any) -> Report:  # noqa: ANN401 -- a row has no type
    return Report(
        id=row.id,
        network_id=row.network_id,
        compartment_id=row.compartment_id,
        code=row.code,
        kind=ReportKind(row.kind),
        made_at=row.made_at,
        facts=_facts(row.facts),
        participant_id=row.participant_id,
        authority_member_id=row.authority_member_id,
        outside=row.outside_authority,
        due_on=row.due_on,
        sent_how=SentHow(row.sent_how) if row.sent_how else None,
        sent_at=row.sent_at,
        read_at=row.read_at,
        version=row.version,
        authority_name=row.authority_name or "",
        program_name=row.program_name,
    )


def _plain(facts: ReportFacts) -> dict[str, Any]:
    """Return the facts as they are kept: codes, days as ISO 8601, and counts."""
    whole: dict[str, Any] = {
        "missing": facts.missing.value if facts.missing else None,
        "state": facts.state.value if facts.state else None,
        "reason": facts.reason.value if facts.reason else None,
        "on": facts.on.isoformat() if facts.on else None,
        "since": facts.since.isoformat() if facts.since else None,
        "until": facts.until.isoformat() if facts.until else None,
    }
    if facts.counts:
        whole |= {
            "attended": facts.counts.attended,
            "excused": facts.counts.excused,
            "missed": facts.counts.missed,
        }
    return {name: value for name, value in whole.items() if value is not None}


def _facts(kept: dict[str, Any]) -> ReportFacts:
    counts = None
    if "attended" in kept:
        counts = Counts(kept["attended"], kept["excused"], kept["missed"])
    return ReportFacts(
        missing=Missing(kept["missing"]) if "missing" in kept else None,
        on=_day(kept.get("on")),
        since=_day(kept.get("since")),
        until=_day(kept.get("until")),
        counts=counts,
        state=ParticipantState(kept["state"]) if "state" in kept else None,
        reason=EndReason(kept["reason"]) if "reason" in kept else None,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
