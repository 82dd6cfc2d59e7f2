"""What programs say of themselves: policies and the members that they report to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from ccr.domain.program_policies import Policy, ProgramFacts
from ccr.domain.taxonomy import Known
from ccr.storage.db import db, on_conflict_insert
from ccr.storage.models.programs import ProgramAuthorityRow, ProgramProfileRow
from ccr.storage.queries.referrals import rows_changed


def facts_of(compartment_id: UUID) -> ProgramFacts:
    """Return what a program says of itself; nothing, with version 0, when it never said any."""
    rows = db.session.execute(
        select(
            ProgramProfileRow.policies,
            ProgramProfileRow.version,
            ProgramAuthorityRow.member_id,
        )
        .outerjoin(
            ProgramAuthorityRow,
            ProgramAuthorityRow.compartment_id == ProgramProfileRow.compartment_id,
        )
        .where(ProgramProfileRow.compartment_id == compartment_id)
        .order_by(ProgramAuthorityRow.member_id)
    ).all()
    if not rows:
        return ProgramFacts()
    authorities = tuple(row.member_id for row in rows if row.member_id is not None)
    return ProgramFacts(_read(rows[0].policies), authorities, rows[0].version)


def _read(kept: Mapping[str, str]) -> dict[Policy, Known]:
    """Return the answers kept; one of a policy that is no more is left out."""
    known = {policy.value: policy for policy in Policy}
    return {known[code]: Known(said) for code, said in kept.items() if code in known}


def save_facts(
    network_id: UUID, compartment_id: UUID, facts: ProgramFacts, *, at: datetime
) -> bool:
    """Keep what a program says of itself over the version that it was read at.

    Returns:
        False when somebody else saved meanwhile; then nothing is changed.
    """
    said = {policy.value: known.value for policy, known in facts.policies.items()}
    if facts.version == 0:
        made = db.session.execute(
            on_conflict_insert()(ProgramProfileRow)
            .values(
                compartment_id=compartment_id, network_id=network_id, policies=said,
                changed_at=at, version=1,
            )
            .on_conflict_do_nothing(index_elements=[ProgramProfileRow.compartment_id])
            .returning(ProgramProfileRow.version)
        ).first()  # fmt: skip
        written = made is not None
    else:
        written = (
            rows_changed(
                update(ProgramProfileRow)
                .where(
                    ProgramProfileRow.compartment_id == compartment_id,
                    ProgramProfileRow.version == facts.version,
                )
                .values(policies=said, changed_at=at, version=facts.version + 1)
            )
            == 1
        )
    if written:
        _keep_authorities(compartment_id, facts.authorities)
    return written


def _keep_authorities(compartment_id: UUID, authorities: tuple[UUID, ...]) -> None:
    db.session.execute(
        delete(ProgramAuthorityRow)
        .where(ProgramAuthorityRow.compartment_id == compartment_id)
        .execution_options(synchronize_session=False)
    )
    db.session.add_all(
        ProgramAuthorityRow(compartment_id=compartment_id, member_id=member_id)
        for member_id in authorities
    )
    db.session.flush()
