"""Training, announcements and the survey: organizations and what they say, never people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.exc import IntegrityError

from ccr.domain.training import Subject, Trained
from ccr.storage.db import db, on_conflict_insert, savepoint
from ccr.storage.models.council import (
    AnnouncementRow,
    MemberTrainingRow,
    SurveyAnswerRow,
    SurveyRoundRow,
)
from ccr.storage.queries.referrals import rows_changed


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the coordination tells every member's desk until a day."""

    id: UUID
    title: str
    text: str
    until_on: date


@dataclass(frozen=True, slots=True)
class SurveyRound:
    """One asking; `results` is set once it is counted."""

    id: UUID
    opened_on: date
    until_on: date
    results: dict[str, Any] | None


def list_training(network_id: UUID) -> tuple[Trained, ...]:
    """Return in what each member has people trained."""
    rows = db.session.scalars(
        select(MemberTrainingRow).where(MemberTrainingRow.network_id == network_id)
    )
    return tuple(
        Trained(r.member_id, Subject(r.topic), r.trained_on, r.expires_on)
        for r in rows
        if r.topic in set(Subject)
    )


def find_training(member_id: UUID, subject: Subject) -> Trained | None:
    """Return what is said of one member in one topic, or None."""
    row = db.session.scalar(
        select(MemberTrainingRow).where(
            MemberTrainingRow.member_id == member_id, MemberTrainingRow.topic == subject.value
        )
    )
    return Trained(row.member_id, subject, row.trained_on, row.expires_on) if row else None


def set_training(network_id: UUID, trained: Trained, *, at: datetime) -> None:
    """Write that a member has people trained in a topic; the newest word counts."""
    values = {
        "trained_on": trained.trained_on,
        "expires_on": trained.expires_on,
        "updated_at": at,
    }
    db.session.execute(
        on_conflict_insert()(MemberTrainingRow)
        .values(
            member_id=trained.member_id, topic=trained.subject.value, network_id=network_id,
            **values,
        )
        .on_conflict_do_update(
            index_elements=[MemberTrainingRow.member_id, MemberTrainingRow.topic], set_=values
        )
    )  # fmt: skip


def drop_training(network_id: UUID, member_id: UUID, subject: Subject) -> bool:
    """Take back that a member has people trained in a topic; False when nobody said so."""
    statement = delete(MemberTrainingRow).where(
        MemberTrainingRow.network_id == network_id,
        MemberTrainingRow.member_id == member_id,
        MemberTrainingRow.topic == subject.value,
    )
    return rows_changed(statement) == 1


def list_announcements(network_id: UUID, on: date) -> tuple[Announcement, ...]:
    """Return what is announced on a day, the newest first."""
    rows = db.session.scalars(
        select(AnnouncementRow)
        .where(AnnouncementRow.network_id == network_id, is_told(on))
        .order_by(*NEWEST_FIRST)
    )
    return tuple(announcement(row) for row in rows)


NEWEST_FIRST = (AnnouncementRow.made_at.desc(), AnnouncementRow.id)


def is_told(on: date) -> ColumnElement[bool]:
    """Return the condition that an announcement is told on a day."""
    return and_(AnnouncementRow.withdrawn_at.is_(None), AnnouncementRow.until_on >= on)


def announcement(row: AnnouncementRow) -> Announcement:
    """Return a row as a value."""
    return Announcement(row.id, row.title, row.text, row.until_on)


def add_announcement(
    network_id: UUID, title: str, text: str, until_on: date, *, at: datetime
) -> UUID:
    """Add an announcement; return its id."""
    row = AnnouncementRow(
        id=uuid4(), network_id=network_id, title=title, text=text, until_on=until_on, made_at=at
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def withdraw_announcement(network_id: UUID, announcement_id: UUID, *, at: datetime) -> bool:
    """Take an announcement back; False when it is not there."""
    statement = (
        update(AnnouncementRow)
        .where(
            AnnouncementRow.id == announcement_id,
            AnnouncementRow.network_id == network_id,
            AnnouncementRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    )
    return rows_changed(statement) == 1


def list_rounds(network_id: UUID) -> tuple[SurveyRound, ...]:
    """Return the rounds of the survey, the newest first."""
    rows = db.session.scalars(
        select(SurveyRoundRow)
        .where(SurveyRoundRow.network_id == network_id)
        .order_by(SurveyRoundRow.closed_at.is_not(None), SurveyRoundRow.opened_on.desc())
    )
    return tuple(SurveyRound(r.id, r.opened_on, r.until_on, r.results) for r in rows)


def open_round(network_id: UUID, opened_on: date, until_on: date) -> UUID | None:
    """Open a round; None when one is open already."""
    row = SurveyRoundRow(id=uuid4(), network_id=network_id, opened_on=opened_on, until_on=until_on)
    try:
        with savepoint():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        return None
    return row.id


def lock_round(round_id: UUID) -> bool:
    """Hold an open round until the unit of work ends; False when it is closed.

    Whoever answers and whoever counts do so one after the other.
    """
    statement = (
        update(SurveyRoundRow)
        .where(SurveyRoundRow.id == round_id, SurveyRoundRow.closed_at.is_(None))
        .values(until_on=SurveyRoundRow.until_on)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(statement) == 1


def answers_of(round_id: UUID) -> list[dict[str, int]]:
    """Return the answers of a round, without who gave them."""
    return list(
        db.session.scalars(
            select(SurveyAnswerRow.answers).where(SurveyAnswerRow.round_id == round_id)
        )
    )


def own_answer(round_id: UUID, member_id: UUID) -> dict[str, int] | None:
    """Return what one member answered, or None."""
    return db.session.scalar(
        select(SurveyAnswerRow.answers).where(
            SurveyAnswerRow.round_id == round_id, SurveyAnswerRow.member_id == member_id
        )
    )


def put_answer(round_id: UUID, member_id: UUID, answers: dict[str, int], *, at: datetime) -> None:
    """Write what a member answers; its newest answer counts. The round is held by the caller."""
    drop_answer(round_id, member_id)
    db.session.add(
        SurveyAnswerRow(round_id=round_id, member_id=member_id, answers=answers, answered_at=at)
    )
    db.session.flush()


def drop_answer(round_id: UUID, member_id: UUID) -> bool:
    """Delete what a member answered; False when it had not."""
    statement = delete(SurveyAnswerRow).where(
        SurveyAnswerRow.round_id == round_id, SurveyAnswerRow.member_id == member_id
    )
    return rows_changed(statement) == 1


def close_round(round_id: UUID, results: dict[str, object], *, at: datetime) -> None:
    """Freeze what was counted, and delete the single answers."""
    db.session.execute(delete(SurveyAnswerRow).where(SurveyAnswerRow.round_id == round_id))
    db.session.execute(
        update(SurveyRoundRow)
        .where(SurveyRoundRow.id == round_id)
        .values(closed_at=at, results=results)
        .execution_options(synchronize_session=False)
    )
