"""Counting for the gate, and what the gate let out. Rows about people are read, never returned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, union_all

from ccr.domain.answer_times import AnswerTimes, Received
from ccr.domain.clocks import ClockKind
from ccr.domain.late_answers import LateMember, late_state, week_of
from ccr.domain.outcomes import SAID_AS_ONE, DeclineReason
from ccr.domain.referral_states import Action, State
from ccr.domain.small_cells import (
    PARTS_OF_SENT,
    Count,
    Counted,
    Figure,
    Measured,
    NeedGroup,
    group_of,
    quarter_bounds,
)
from ccr.domain.taxonomy import CompartmentKind, Need
from ccr.storage.db import db, on_conflict_insert
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.consultations import ConsultationRow
from ccr.storage.models.coordination import PublishedFigure
from ccr.storage.models.directory import MemberRow, ServiceNeedRow, ServiceRow, UnmetNeed
from ccr.storage.models.referrals import ClockRow, ReferralEventRow, ReferralRow

_MARK = "published"
_ANSWER_TIMES = "answer-times"
_ANSWERS = tuple(a.value for a in (Action.ACCEPT, Action.DECLINE, Action.ASK, Action.WAITLIST))
Counts = dict[NeedGroup, Count]
_DECLINED = {
    DeclineReason.NO_CAPACITY.value: Measured.NO_ROOM,
    DeclineReason.OUTSIDE_AREA.value: Measured.OUTSIDE_AREA,
    DeclineReason.LANGUAGE.value: Measured.LANGUAGE,
    **{reason.value: Measured.CANNOT_TAKE for reason in SAID_AS_ONE},
}
"""What a decline counts as. The reasons that reach a sender as one text are counted as one."""


def count_quarter(network_id: UUID, period: str, timezone: str) -> Counted:
    """Return everything that is counted of a quarter ("2026Q3"), by need group, for the gate.

    An answer is an acceptance or a decline; its minutes run from sending. A referral with needs of
    two groups counts once in each. What was entered in error is not counted. What became of a
    referral is what is known when this is called.
    """
    sent: Counts = defaultdict(Count)
    answered: Counts = defaultdict(Count)
    parts: dict[Measured, Counts] = {measure: defaultdict(Count) for measure in PARTS_OF_SENT}
    for row in sent_rows(network_id, *quarter_bounds(period, timezone)):
        waited, became = _waited(row), _became(row)
        for group in {group_of(Need(code)) for code in row.needs}:
            sent[group].add((row.sender, row.receiver))
            if waited is not None:
                answered[group].add((row.sender, row.receiver))
                answered[group].minutes.append(waited)
            if became is not None:
                parts[became][group].add((row.sender, row.receiver))
    return Counted(sent, answered, parts, count_unmet(network_id, period))


def _became(row: Row[Any]) -> Measured | None:
    """Return the part of what was sent that a referral belongs to, or None for no part of it."""
    if row.accepted_at is not None:
        return Measured.ACCEPTED
    if row.declined_at is not None:
        return _DECLINED.get(row.decline_reason)
    if row.expired_at is not None:
        return Measured.EXPIRED
    return Measured.WAITING if row.state == State.WAITLISTED.value else None


def _waited(row: Row[Any]) -> int | None:
    """Return the whole minutes until the answer to a referral, or None while there is none."""
    answers = [at for at in (row.accepted_at, row.declined_at) if at is not None]
    return int((min(answers) - row.sent_at) / timedelta(minutes=1)) if answers else None


def sent_rows(network_id: UUID, start: datetime, end: datetime) -> Iterable[Row[Any]]:
    """Return the referrals sent in [start, end) but those entered in error, with both members."""
    sender, receiver = Compartment.__table__.alias("s"), Compartment.__table__.alias("r")
    return db.session.execute(
        select(
            ReferralRow.needs,
            ReferralRow.sent_at,
            ReferralRow.accepted_at,
            ReferralRow.declined_at,
            ReferralRow.decline_reason,
            ReferralRow.expired_at,
            ReferralRow.state,
            sender.c.member_id.label("sender"),
            receiver.c.member_id.label("receiver"),
        )
        .join(sender, sender.c.id == ReferralRow.sender_compartment_id)
        .join(receiver, receiver.c.id == ReferralRow.receiver_compartment_id)
        .where(
            ReferralRow.network_id == network_id,
            ReferralRow.sent_at >= start,
            ReferralRow.sent_at < end,
            ReferralRow.state.not_in([State.DRAFT.value, State.ENTERED_IN_ERROR.value]),
        )
        .execution_options(yield_per=500)
    )


def received_by_member(network_id: UUID, start: datetime, end: datetime) -> dict[UUID, Received]:
    """Return what each member was sent in [start, end), with the need groups that it states.

    Members that were sent nothing are absent. Minutes are as in count_quarter.
    """
    found: dict[UUID, Received] = defaultdict(Received)
    for row in sent_rows(network_id, start, end):
        if row.sender == row.receiver:
            continue
        received = found[row.receiver]
        received.groups |= {group_of(Need(code)) for code in row.needs}
        received.sent.add((row.sender,))
        waited = _waited(row)
        if waited is not None:
            received.answered.add((row.sender,))
            received.answered.minutes.append(waited)
    _state_groups(network_id, found)
    apips = select(Compartment.member_id).where(
        Compartment.network_id == network_id, Compartment.kind == CompartmentKind.APIP.value
    )
    for member_id in db.session.scalars(apips):
        if member_id in found:
            found[member_id].is_apip = True
    return dict(found)


def _state_groups(network_id: UUID, found: dict[UUID, Received]) -> None:
    """Add the need groups that members state, whether or not anything was sent for them."""
    rows = db.session.execute(
        select(ServiceRow.member_id, ServiceNeedRow.need)
        .join(ServiceNeedRow, ServiceNeedRow.service_id == ServiceRow.id)
        .where(ServiceRow.network_id == network_id)
        .distinct()
    )
    for member_id, need in rows:
        if member_id in found:
            found[member_id].groups.add(group_of(Need(need)))


def count_unmet(network_id: UUID, period: str) -> Counts:
    """Return, by need group, how often a need found nothing in a quarter ("2026Q3")."""
    rows = db.session.execute(
        select(UnmetNeed.need, func.sum(UnmetNeed.count))
        .where(UnmetNeed.network_id == network_id, UnmetNeed.quarter == period)
        .group_by(UnmetNeed.need)
    )
    found: Counts = defaultdict(Count)
    for code, number in rows:
        found[group_of(Need(code))].add((), int(number))
    return found


def list_figures(network_id: UUID) -> tuple[Figure, ...]:
    """Return everything that was ever published, newest period first."""
    rows = db.session.execute(
        select(PublishedFigure.__table__)
        .where(
            PublishedFigure.network_id == network_id,
            PublishedFigure.measure.in_([measure.value for measure in Measured]),
        )
        .order_by(PublishedFigure.period.desc(), PublishedFigure.measure, PublishedFigure.cell)
    )
    return tuple(
        Figure(row.period, Measured(row.measure), NeedGroup(row.cell), row.value) for row in rows
    )


def published_periods(network_id: UUID) -> frozenset[str]:
    """Return the quarters and years that were published, with figures or without."""
    rows = db.session.scalars(
        select(PublishedFigure.period).where(
            PublishedFigure.network_id == network_id, PublishedFigure.measure == _MARK
        )
    )
    return frozenset(rows)


def answer_times(network_id: UUID) -> AnswerTimes:
    """Return the answer times of the last year of which any were published."""
    rows = db.session.execute(
        select(PublishedFigure.period, PublishedFigure.cell, PublishedFigure.value)
        .where(PublishedFigure.network_id == network_id, PublishedFigure.measure == _ANSWER_TIMES)
        .order_by(PublishedFigure.period.desc())
    ).all()
    last = {row.cell: row.value for row in rows if row.period == rows[0].period}
    by_member = {UUID(cell): value for cell, value in last.items() if cell}
    return AnswerTimes(last.get("") or None, by_member)


def timed_members(network_id: UUID, year: str) -> frozenset[UUID]:
    """Return the members of whom an answer time of this year was published."""
    cells = db.session.scalars(
        select(PublishedFigure.cell).where(
            PublishedFigure.network_id == network_id,
            PublishedFigure.measure == _ANSWER_TIMES,
            PublishedFigure.period == year,
        )
    )
    return frozenset(UUID(cell) for cell in cells if cell)


def freeze_answer_times(network_id: UUID, year: str, times: AnswerTimes, *, at: datetime) -> None:
    """Publish the answer times of a year that is being frozen; see freeze."""
    cells = {"": times.network, **{str(member): m for member, m in times.by_member.items()}}
    db.session.add_all(
        PublishedFigure(
            network_id=network_id,
            period=year,
            measure=_ANSWER_TIMES,
            cell=cell,
            value=minutes,
            published_at=at,
        )
        for cell, minutes in cells.items()
        if minutes is not None
    )
    db.session.flush()


def add_once(**values: object) -> bool:
    """Add one row; False, and nothing written, when there is one of its key."""
    first = db.session.execute(
        on_conflict_insert()(PublishedFigure)
        .values(**values)
        .on_conflict_do_nothing()
        .returning(PublishedFigure.period)
    ).first()
    return first is not None


def freeze(network_id: UUID, period: str, figures: Iterable[Figure], *, at: datetime) -> bool:
    """Publish a period for good; False, and nothing written, when it was published before."""
    mark = {"network_id": network_id, "period": period, "published_at": at, "value": None}
    if not add_once(measure=_MARK, cell="", **mark):
        return False
    db.session.add_all(
        PublishedFigure(
            network_id=network_id,
            period=period,
            measure=f.measure.value,
            cell=f.group.value,
            value=f.value,
            published_at=at,
        )
        for f in figures
    )
    db.session.flush()
    return True


def late_members(network_id: UUID, timezone: str, *, at: datetime) -> tuple[LateMember, ...]:
    """Return the members that owe an answer, or as a sender a choice, longest first (R79).

    A safety consultation that nobody has acknowledged counts as an answer that is owed. The clock
    of a first contact or an outcome is the receiver's alone and is not looked at.
    """
    referrals = (
        select(Compartment.member_id.label("member_id"), ClockRow.due_at.label("due_at"))
        .join(ClockRow, ClockRow.owner_compartment_id == Compartment.id)
        .where(
            ClockRow.network_id == network_id,
            ClockRow.kind == ClockKind.ANSWER.value,
            ClockRow.stopped_at.is_(None),
            ClockRow.paused_at.is_(None),
            ClockRow.due_at <= at,
        )
    )
    consultations = select(ConsultationRow.partner_member_id, ConsultationRow.due_at).where(
        ConsultationRow.network_id == network_id,
        ConsultationRow.acknowledged_at.is_(None),
        ConsultationRow.due_at <= at,
    )
    due = union_all(referrals, consultations).subquery()
    owed = db.session.execute(
        select(MemberRow.id, MemberRow.name, func.min(due.c.due_at).label("since"))
        .join(due, due.c.member_id == MemberRow.id)
        .group_by(MemberRow.id, MemberRow.name)
    ).all()
    last = _last_answers([row.id for row in owed])
    late = [
        LateMember(
            row.id,
            row.name,
            week_of(row.since, timezone),
            late_state(row.since, last.get(row.id), at),
        )
        for row in owed
    ]
    return tuple(sorted(late, key=lambda m: (m.week, m.member)))


def _last_answers(member_ids: list[UUID]) -> dict[UUID, datetime]:
    if not member_ids:
        return {}
    rows = db.session.execute(
        select(Compartment.member_id, func.max(ReferralEventRow.at).label("last"))
        .join(Compartment, Compartment.id == ReferralEventRow.compartment_id)
        .where(
            Compartment.member_id.in_(member_ids),
            ReferralEventRow.side == "receiver",
            ReferralEventRow.action.in_(_ANSWERS),
        )
        .group_by(Compartment.member_id)
    )
    return {row.member_id: row.last for row in rows}
