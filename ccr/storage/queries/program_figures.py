"""Counting of programs for the gate, and what the gate let out. No row of a person is returned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select

from ccr.domain.program_figures import ProgramCounted, ProgramFigure, ProgramMeasure
from ccr.domain.small_cells import quarter_bounds
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.consultations import ConsultationRow
from ccr.storage.models.coordination import PublishedFigure
from ccr.storage.models.programs import ParticipantRow
from ccr.storage.queries.figures import add_once

_MARK = "programs-published"
_COMPLETED = "completed"


def count_programs(network_id: UUID, period: str, timezone: str) -> ProgramCounted:
    """Return everything that is counted of programs in a quarter ("2026Q3"), for the gate.

    Every count knows both members that took part: program and partner, or program and authority.
    """
    start, end = quarter_bounds(period, timezone)
    counted = ProgramCounted()
    _count_consultations(counted, network_id, start, end)
    zone = ZoneInfo(timezone)
    first, after = start.astimezone(zone).date(), end.astimezone(zone).date()
    _count_participants(counted, network_id, first, after)
    return counted


def _count_consultations(
    counted: ProgramCounted, network_id: UUID, start: datetime, end: datetime
) -> None:
    rows = db.session.execute(
        select(
            ConsultationRow.raised_at,
            ConsultationRow.acknowledged_at,
            ConsultationRow.partner_member_id,
            Compartment.member_id,
        )
        .join(Compartment, Compartment.id == ConsultationRow.program_compartment_id)
        .where(
            ConsultationRow.network_id == network_id,
            ConsultationRow.raised_at >= start,
            ConsultationRow.raised_at < end,
        )
    )
    for row in rows:
        both = (row.member_id, row.partner_member_id)
        counted.consultations.add(both)
        if row.acknowledged_at is not None:
            counted.acknowledged.add(both)
            waited = row.acknowledged_at - row.raised_at
            counted.acknowledged.minutes.append(int(waited / timedelta(minutes=1)))


def _count_participants(
    counted: ProgramCounted, network_id: UUID, first: date, after: date
) -> None:
    rows = db.session.execute(
        select(
            ParticipantRow.ordered_on,
            ParticipantRow.intake_on,
            ParticipantRow.ended_on,
            ParticipantRow.state,
            ParticipantRow.authority_member_id,
            Compartment.member_id,
        )
        .join(Compartment, Compartment.id == ParticipantRow.compartment_id)
        .where(
            ParticipantRow.network_id == network_id,
            or_(
                and_(ParticipantRow.intake_on >= first, ParticipantRow.intake_on < after),
                and_(ParticipantRow.ended_on >= first, ParticipantRow.ended_on < after),
            ),
        )
    )
    for row in rows:
        known = {row.member_id, row.authority_member_id} - {None}
        if row.intake_on is not None and first <= row.intake_on < after:
            counted.intakes.add(known)
            if row.ordered_on is not None and row.ordered_on <= row.intake_on:
                counted.timed.add(known)
                counted.timed.minutes.append((row.intake_on - row.ordered_on).days)
        if row.ended_on is not None and first <= row.ended_on < after:
            counted.ended.add(known)
            if row.state == _COMPLETED:
                counted.completed.add(known)


def freeze_programs(
    network_id: UUID, period: str, figures: Iterable[ProgramFigure], *, at: datetime
) -> bool:
    """Publish a quarter of programs for good; False, and nothing written, when it was before."""
    if not add_once(
        network_id=network_id, period=period, measure=_MARK, cell="", value=None, published_at=at
    ):
        return False
    db.session.add_all(
        PublishedFigure(
            network_id=network_id,
            period=period,
            measure=figure.measure.value,
            cell="",
            value=figure.value,
            published_at=at,
        )
        for figure in figures
    )
    db.session.flush()
    return True


def list_program_figures(network_id: UUID) -> tuple[tuple[str, ...], tuple[ProgramFigure, ...]]:
    """Return the quarters that were published of programs, newest first, and every figure."""
    rows = db.session.execute(
        select(PublishedFigure.period, PublishedFigure.measure, PublishedFigure.value)
        .where(
            PublishedFigure.network_id == network_id,
            PublishedFigure.measure.in_([_MARK, *(measure.value for measure in ProgramMeasure)]),
        )
        .order_by(PublishedFigure.period.desc(), PublishedFigure.measure)
    ).all()
    periods = tuple(row.period for row in rows if row.measure == _MARK)
    return periods, tuple(
        ProgramFigure(row.period, ProgramMeasure(row.measure), row.value)
        for row in rows
        if row.measure != _MARK
    )
