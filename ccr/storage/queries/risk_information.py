"""Results of risk assessments, sealed: given by a sender with its referral, or by the program.

Every read names the program or the giver. Nothing here joins a result to anything that leaves a
program: letters, certificates, copies, exports (R45).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update

from ccr.domain.projection_masks import WITH_WORDS
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import MemberRow
from ccr.storage.models.referrals import ReferralRow
from ccr.storage.models.risk import RiskInformationRow
from ccr.storage.queries.referrals import rows_changed

STILL_READ = exists(
    select(ReferralRow.id).where(
        ReferralRow.id == RiskInformationRow.referral_id,
        ReferralRow.state.in_(sorted(WITH_WORDS)),
        ReferralRow.declined_at.is_(None),
        ReferralRow.expired_at.is_(None),
    )
).correlate(RiskInformationRow)
"""While a program has a referral it reads what came with it: not what was handed back, stopped or
frozen, whatever it opened from it before."""


@dataclass(frozen=True, slots=True)
class StoredRisk:
    """A result as stored; `giver` is the name of the member that gave it."""

    id: UUID
    from_compartment_id: UUID
    giver: str
    result_sealed: str
    given_at: datetime
    ask_again_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewRisk:
    """A result to store; it belongs to a referral or to a participant of the program."""

    id: UUID
    network_id: UUID
    program_compartment_id: UUID
    from_compartment_id: UUID
    result_sealed: str
    given_at: datetime
    ask_again_at: datetime
    referral_id: UUID | None = None
    participant_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Whose:
    """Whom results are about, in one program: a participant, and the referral they came by."""

    program_compartment_id: UUID
    participant_id: UUID
    referral_id: UUID | None

    def rows(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Return the conditions of their rows."""
        about = RiskInformationRow.participant_id == self.participant_id
        if self.referral_id is not None:
            with_it = RiskInformationRow.referral_id == self.referral_id
            about = or_(about, and_(with_it, STILL_READ))
        return RiskInformationRow.program_compartment_id == self.program_compartment_id, about


def add_risk(new: NewRisk) -> None:
    """Add a result."""
    db.session.add(
        RiskInformationRow(
            id=new.id,
            network_id=new.network_id,
            program_compartment_id=new.program_compartment_id,
            from_compartment_id=new.from_compartment_id,
            referral_id=new.referral_id,
            participant_id=new.participant_id,
            result_sealed=new.result_sealed,
            given_at=new.given_at,
            ask_again_at=new.ask_again_at,
        )
    )
    db.session.flush()


def list_given(referral_id: UUID, from_compartment_id: UUID) -> list[StoredRisk]:
    """Return what a sender gave with a referral of its own, the newest first.

    Never that the program asks for a new one: it would tell what happened there (design 2.4).
    """
    found = _stored(
        RiskInformationRow.referral_id == referral_id,
        RiskInformationRow.from_compartment_id == from_compartment_id,
    )
    return [replace(one, ask_again_at=None) for one in found]


def list_about(whose: Whose) -> list[StoredRisk]:
    """Return what one program has about one participant, the newest first."""
    return _stored(*whose.rows())


def count_given(referral_id: UUID, from_compartment_id: UUID) -> int:
    """Return how many results a sender has given with a referral."""
    return db.session.scalar(
        select(func.count(RiskInformationRow.id)).where(
            RiskInformationRow.referral_id == referral_id,
            RiskInformationRow.from_compartment_id == from_compartment_id,
        )
    ) or 0  # fmt: skip


def drop_given(risk_id: UUID, referral_id: UUID, from_compartment_id: UUID) -> bool:
    """Delete a result that its giver takes back; False when there is none such."""
    return _dropped(
        RiskInformationRow.id == risk_id,
        RiskInformationRow.referral_id == referral_id,
        RiskInformationRow.from_compartment_id == from_compartment_id,
    )


def drop_own(risk_id: UUID, participant_id: UUID, program_compartment_id: UUID) -> bool:
    """Delete a program's own result about a participant of its own; False when there is none."""
    return _dropped(
        RiskInformationRow.id == risk_id,
        RiskInformationRow.participant_id == participant_id,
        RiskInformationRow.from_compartment_id == program_compartment_id,
        RiskInformationRow.program_compartment_id == program_compartment_id,
    )


def ask_again(whose: Whose, *, at: datetime) -> int:
    """Let every result of a participant be old from now on; return how many were not yet."""
    statement = (
        update(RiskInformationRow)
        .where(
            *whose.rows(),
            or_(RiskInformationRow.ask_again_at.is_(None), RiskInformationRow.ask_again_at > at),
        )
        .values(ask_again_at=at)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(statement)


def forget_given(before: datetime) -> int:
    """Delete results that were given before a moment, whoever gave them; return how many."""
    return rows_changed(delete(RiskInformationRow).where(RiskInformationRow.given_at < before))


def _stored(*conditions: ColumnElement[bool]) -> list[StoredRisk]:
    rows = db.session.execute(
        select(
            RiskInformationRow.id,
            RiskInformationRow.from_compartment_id,
            MemberRow.name,
            RiskInformationRow.result_sealed,
            RiskInformationRow.given_at,
            RiskInformationRow.ask_again_at,
        )
        .join(Compartment, Compartment.id == RiskInformationRow.from_compartment_id)
        .join(MemberRow, MemberRow.id == Compartment.member_id)
        .where(*conditions)
        .order_by(RiskInformationRow.given_at.desc(), RiskInformationRow.id)
    )
    return [StoredRisk(*row) for row in rows]


def _dropped(*conditions: ColumnElement[bool]) -> bool:
    return rows_changed(delete(RiskInformationRow).where(*conditions)) == 1
