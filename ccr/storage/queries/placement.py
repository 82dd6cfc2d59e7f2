"""Placement: a program's stated rules, what its participants need for it, and what was decided."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ScalarSelect, and_, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from ccr.domain.participants import OPEN, ParticipantState
from ccr.domain.placement import Contact, Dates, PlacementRule
from ccr.domain.program_groups import Level
from ccr.domain.projection_masks import WITH_WORDS
from ccr.domain.taxonomy import Urgency
from ccr.storage.db import db, on_conflict_insert, savepoint
from ccr.storage.models.consultations import ConsultationPromptRow
from ccr.storage.models.programs import ParticipantRow
from ccr.storage.models.referrals import ReferralRow
from ccr.storage.models.risk import PlacementRow, PlacementRuleRow, RiskInformationRow
from ccr.storage.queries.referrals import rows_changed
from ccr.storage.queries.risk_information import STILL_READ


@dataclass(frozen=True, slots=True)
class StoredPlacement:
    """What was decided, sealed."""

    decided_sealed: str
    decided_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A participant of one program, as placement needs it.

    Attributes:
        urgency: of the referral, which a result may only raise; standard where there is none.
        group_id: the group that stands in the participant's record, or None.
        changed_at: when the newest event was noted that makes results old, or None.
        decided: what was decided so far, or None.
    """

    id: UUID
    network_id: UUID
    compartment_id: UUID
    code: str
    state: ParticipantState
    referral_id: UUID | None
    group_id: UUID | None
    urgency: Urgency
    changed_at: datetime | None
    decided: StoredPlacement | None

    @property
    def is_over(self) -> bool:
        """Return True when the participant has left the program, in whatever way."""
        return self.state.is_over


def find_placed(
    participant_id: UUID, compartment_id: UUID, changes: Collection[str]
) -> Placed | None:
    """Return a participant of this program, or None; `changes`: events that make results old."""
    changed_at = (
        select(func.max(ConsultationPromptRow.raised_at))
        .where(
            ConsultationPromptRow.participant_id == ParticipantRow.id,
            ConsultationPromptRow.compartment_id == ParticipantRow.compartment_id,
            ConsultationPromptRow.trigger.in_(sorted(changes)),
        )
        .correlate(ParticipantRow)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(
            ParticipantRow.id,
            ParticipantRow.network_id,
            ParticipantRow.compartment_id,
            ParticipantRow.code,
            ParticipantRow.state,
            ParticipantRow.referral_id,
            ParticipantRow.group_id,
            ReferralRow.urgency,
            changed_at.label("changed_at"),
            PlacementRow.decided_sealed,
            PlacementRow.decided_at,
            PlacementRow.version,
        )
        .outerjoin(PlacementRow, PlacementRow.participant_id == ParticipantRow.id)
        .outerjoin(
            ReferralRow,
            and_(
                ReferralRow.id == ParticipantRow.referral_id,
                ReferralRow.state.in_(sorted(WITH_WORDS)),
            ),
        )
        .where(ParticipantRow.id == participant_id, ParticipantRow.compartment_id == compartment_id)
    ).first()
    if row is None:
        return None
    decided = None
    if row.decided_sealed is not None:
        decided = StoredPlacement(row.decided_sealed, row.decided_at, row.version)
    return Placed(
        row.id, row.network_id, row.compartment_id, row.code, ParticipantState(row.state),
        row.referral_id, row.group_id, Urgency(row.urgency) if row.urgency else Urgency.STANDARD,
        row.changed_at, decided,
    )  # fmt: skip


def list_dated(
    compartment_id: UUID, changes: Collection[str], *, at: datetime, most: int
) -> list[tuple[UUID, str, Dates]]:
    """Return who of a program's own is to be looked at: not decided, with news, or all is old.

    With id, code and dates; those not decided first, then the oldest news. At most `most`.
    """
    about = and_(
        RiskInformationRow.program_compartment_id == ParticipantRow.compartment_id,
        or_(
            RiskInformationRow.participant_id == ParticipantRow.id,
            and_(RiskInformationRow.referral_id == ParticipantRow.referral_id, STILL_READ),
        ),
    )
    last_given = _newest(RiskInformationRow.given_at, about)
    all_old_at = _newest(RiskInformationRow.ask_again_at, about)
    changed_at = _newest(
        ConsultationPromptRow.raised_at,
        and_(
            ConsultationPromptRow.participant_id == ParticipantRow.id,
            ConsultationPromptRow.trigger.in_(sorted(changes)),
        ),
    )
    decided_at = PlacementRow.decided_at
    rows = db.session.execute(
        select(
            ParticipantRow.id, ParticipantRow.code, last_given.label("last_given"),
            all_old_at.label("all_old_at"), decided_at, changed_at.label("changed_at"),
        )
        .outerjoin(PlacementRow, PlacementRow.participant_id == ParticipantRow.id)
        .where(
            ParticipantRow.compartment_id == compartment_id,
            ParticipantRow.state.in_(sorted(OPEN)),
            last_given.is_not(None),
            or_(
                decided_at.is_(None), last_given > decided_at, all_old_at <= at,
                changed_at > last_given,
            ),
        )
        .order_by(decided_at.is_not(None), last_given, ParticipantRow.id)
        .limit(most)
    )  # fmt: skip
    return [
        (row.id, row.code, Dates(row.last_given, row.all_old_at, row.decided_at, row.changed_at))
        for row in rows
    ]


def _newest(column: InstrumentedAttribute[Any], about: ColumnElement[bool]) -> ScalarSelect[Any]:
    """Return the newest of a column of the rows about a participant."""
    return select(func.max(column)).where(about).correlate(ParticipantRow).scalar_subquery()


def participant_came(referral_id: UUID, compartment_id: UUID) -> bool:
    """Return True when the program has opened a participant from this referral."""
    return db.session.scalar(
        select(ParticipantRow.id).where(
            ParticipantRow.referral_id == referral_id,
            ParticipantRow.compartment_id == compartment_id,
        )
    ) is not None  # fmt: skip


def list_rules(compartment_id: UUID) -> tuple[PlacementRule, ...]:
    """Return a program's rules: the default, judgement, then by instrument."""
    rows = db.session.scalars(
        select(PlacementRuleRow)
        .where(PlacementRuleRow.compartment_id == compartment_id)
        .order_by(PlacementRuleRow.instrument, PlacementRuleRow.judgement, PlacementRuleRow.id)
    )
    return tuple(
        PlacementRule(
            row.instrument, row.band, row.judgement, Level(row.level), Contact(row.contact), row.id
        )
        for row in rows
    )


def put_rule(network_id: UUID, compartment_id: UUID, rule: PlacementRule) -> None:
    """State a rule; what was stated for the same case before is replaced."""
    values = {"level": rule.level.value, "contact": rule.contact.value}
    case = {"instrument": rule.instrument, "band": rule.band, "judgement": rule.judgement}
    db.session.execute(
        on_conflict_insert()(PlacementRuleRow)
        .values(id=uuid4(), network_id=network_id, compartment_id=compartment_id, **case, **values)
        .on_conflict_do_update(
            index_elements=["compartment_id", "instrument", "band", "judgement"], set_=values
        )
    )


def drop_rule(rule_id: UUID, compartment_id: UUID) -> bool:
    """Delete a rule of this program; False when there is none such."""
    statement = delete(PlacementRuleRow).where(
        PlacementRuleRow.id == rule_id, PlacementRuleRow.compartment_id == compartment_id
    )
    return rows_changed(statement) == 1


def save_placement(placed: Placed, sealed: str, version: int, *, at: datetime) -> bool:
    """Write what was decided over the version it was decided on (0: none yet); False when stale."""
    if version == 0:
        row = PlacementRow(
            participant_id=placed.id, network_id=placed.network_id, decided_sealed=sealed,
            decided_at=at, version=1,
        )  # fmt: skip
        try:
            with savepoint():
                db.session.add(row)
                db.session.flush()
        except IntegrityError:
            return False
        return True
    statement = (
        update(PlacementRow)
        .where(PlacementRow.participant_id == placed.id, PlacementRow.version == version)
        .values(decided_sealed=sealed, decided_at=at, version=version + 1)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(statement) == 1
