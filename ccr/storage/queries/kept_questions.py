"""Questions of "what if" that a network keeps, and what became of whom they name."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, func, or_, select

from ccr.domain.directory_history import RecordKind
from ccr.domain.what_if_questions import KeptQuestion, Question, Scenario
from ccr.storage.db import db, on_conflict_insert
from ccr.storage.models.directory import MemberRow
from ccr.storage.models.keeping import RecordAlias
from ccr.storage.models.what_if import KeptQuestionRow
from ccr.storage.queries.record_aliases import MODELS
from ccr.storage.queries.referrals import rows_changed


def list_kept(network_id: UUID) -> tuple[KeptQuestion, ...]:
    """Return every question of a network, the newest first."""
    rows = db.session.execute(_kept(network_id))
    return tuple(_question(row) for row in rows)


def find_kept(network_id: UUID, question_id: UUID) -> KeptQuestion | None:
    """Return one question, or None when the network has no such."""
    row = db.session.execute(_kept(network_id).where(KeptQuestionRow.id == question_id)).first()
    return _question(row) if row is not None else None


def count_kept(network_id: UUID) -> int:
    """Return how many questions a network keeps."""
    found = db.session.scalar(select(func.count()).where(KeptQuestionRow.network_id == network_id))
    return int(found or 0)


def keep_question(
    network_id: UUID, name: str, scenario: Scenario, by_member: UUID, *, at: datetime
) -> UUID | None:
    """Keep a question; return its id, or None when there is one of that name."""
    made = db.session.execute(
        on_conflict_insert()(KeptQuestionRow)
        .values(
            id=uuid4(),
            network_id=network_id,
            name=name,
            question=scenario.question.value,
            member_id=scenario.member_id,
            service_id=scenario.service_id,
            line=scenario.line or "",
            area=scenario.area or "",
            minutes=scenario.minutes,
            places=scenario.places,
            kept_by=by_member,
            kept_at=at,
        )
        .on_conflict_do_nothing(index_elements=[KeptQuestionRow.network_id, KeptQuestionRow.name])
        .returning(KeptQuestionRow.id)
    ).first()
    return made.id if made is not None else None


def drop_question(network_id: UUID, question_id: UUID) -> bool:
    """Remove a question; False when it is not there to be removed."""
    statement = delete(KeptQuestionRow).where(
        KeptQuestionRow.id == question_id, KeptQuestionRow.network_id == network_id
    )
    return rows_changed(statement) == 1


def stands_for(network_id: UUID, kind: RecordKind, record_id: UUID) -> tuple[UUID, str] | None:
    """Return the record that an id stands for after any merge, and its name; None for none."""
    model = MODELS[kind]
    alias = select(RecordAlias.record_id).where(
        RecordAlias.network_id == network_id,
        RecordAlias.record_kind == kind.value,
        RecordAlias.id == record_id,
    )
    row = db.session.execute(
        select(model.id, model.name).where(
            model.network_id == network_id, or_(model.id == record_id, model.id.in_(alias))
        )
    ).first()
    return (row.id, row.name) if row is not None else None


def _kept(network_id: UUID) -> Select[Any]:
    return (
        select(KeptQuestionRow.__table__, MemberRow.name.label("by_name"))
        .join(MemberRow, MemberRow.id == KeptQuestionRow.kept_by)
        .where(KeptQuestionRow.network_id == network_id)
        .order_by(KeptQuestionRow.kept_at.desc(), KeptQuestionRow.id)
    )


def _question(row: Any) -> KeptQuestion:  # noqa: ANN401 -- a row of the statement above
    scenario = Scenario(
        Question(row.question),
        row.member_id,
        row.service_id,
        row.line or None,
        row.area or None,
        row.minutes,
        row.places,
    )
    return KeptQuestion(row.id, row.name, scenario, row.by_name, row.kept_at)
