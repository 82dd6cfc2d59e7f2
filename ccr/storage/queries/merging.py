"""Making one record of two: what hangs on the one that goes moves to the one that is kept.

What may be merged is decided elsewhere (services/merging.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, select, update

from ccr.domain import referral_states
from ccr.domain.directory_history import RecordKind
from ccr.domain.referral_states import State
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import (
    AgreementRow,
    CapacityRow,
    CoverageRow,
    LocationRow,
    PhoneRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceLanguageRow,
    ServiceNeedRow,
    ServiceRow,
    ServiceTermRow,
)
from ccr.storage.models.finding import ShortListEntry
from ccr.storage.models.keeping import ListingProposal, PublicationAuthorization
from ccr.storage.models.linkages import LinkagePartyRow
from ccr.storage.models.referrals import ReferralRow
from ccr.storage.queries.import_undo import pointed_at
from ccr.storage.queries.record_aliases import MODELS

ENDED = tuple(state.value for state in (*referral_states.ENDED, State.DECLINED, State.EXPIRED))


def locked_pair(
    network_id: UUID, kind: RecordKind, kept: UUID, gone: UUID
) -> dict[UUID, dict[str, Any]]:
    """Return the rows of two records, locked until the unit of work ends."""
    statement = _pair(network_id, kind, kept, gone).with_for_update()
    return {row.id: dict(row._mapping) for row in db.session.execute(statement)}


def pair_of(network_id: UUID, kind: RecordKind, kept: UUID, gone: UUID) -> dict[UUID, Any]:
    """Return the rows of two records, to look at."""
    statement = _pair(network_id, kind, kept, gone)
    return {row.id: dict(row._mapping) for row in db.session.execute(statement)}


def _pair(network_id: UUID, kind: RecordKind, kept: UUID, gone: UUID) -> Any:  # noqa: ANN401
    model = MODELS[kind]
    return (
        select(model.__table__)
        .where(model.network_id == network_id, model.id.in_([kept, gone]))
        .order_by(model.id)
    )


def has_open_referral(service_id: UUID) -> bool:
    """Return True while a referral to this service, or a draft of one, has not ended."""
    return bool(
        db.session.scalar(
            select(func.count())
            .select_from(ReferralRow)
            .where(ReferralRow.service_id == service_id, ReferralRow.state.not_in(ENDED))
        )
    )


def dependents(target: str, ids: list[UUID], *, moved: frozenset[str]) -> bool:
    """Return True when rows point at these that a merge does not move."""
    return bool(pointed_at(target, ids, apart_from=moved))


def move_service_parts(kept: UUID, gone: UUID) -> dict[str, bool]:
    """Move what hangs on a service to another; return in which lists the two differed."""
    grew = {
        "areas": _join(ServiceAreaRow, ("extent", "code"), kept, gone),
        "languages": _join(ServiceLanguageRow, ("code", "mode"), kept, gone),
        "terms": _join(ServiceTermRow, ("taxonomy", "code", "name"), kept, gone),
        "sites": _join(ServiceAtLocationRow, ("location_id",), kept, gone),
        "needs": _join(ServiceNeedRow, ("need",), kept, gone),
        "phones": _move_phones(PhoneRow.service_id, kept, gone),
    }
    _join(ShortListEntry, ("account_id",), kept, gone)
    for model in (CoverageRow, CapacityRow):
        there: Any = model
        held = db.session.scalar(
            select(func.count()).select_from(there).where(there.service_id == kept)
        )
        if not held:
            _repoint(there.service_id, kept, gone)
    for column in (
        ListingProposal.service_id,
        PublicationAuthorization.service_id,
        ReferralRow.service_id,
    ):
        _repoint(column, kept, gone)
    return grew


def move_member_parts(kept: UUID, gone: UUID, *, at: datetime) -> dict[str, bool]:
    """Move services, places, programs, phones and agreements of a member to another."""
    programs = {
        row.kind: row.id
        for row in db.session.execute(
            select(Compartment.kind, Compartment.id)
            .where(Compartment.member_id == kept)
            .order_by(Compartment.created_at.desc(), Compartment.id)
        )
    }
    names = set(db.session.scalars(select(Compartment.name).where(Compartment.member_id == kept)))
    for row in db.session.execute(
        select(Compartment.id, Compartment.kind, Compartment.name).where(
            Compartment.member_id == gone
        )
    ).all():
        if row.kind in programs:
            _repoint(ServiceRow.compartment_id, programs[row.kind], row.id)
            db.session.execute(delete(Compartment).where(Compartment.id == row.id))
            continue
        name, number = row.name, 2
        while name in names:
            name, number = f"{row.name} {number}", number + 1
        names.add(name)
        db.session.execute(
            update(Compartment)
            .where(Compartment.id == row.id)
            .values(member_id=kept, name=name)
            .execution_options(synchronize_session=False)
        )
    for column in (
        ServiceRow.member_id,
        LocationRow.member_id,
        AgreementRow.member_a_id,
        AgreementRow.member_b_id,
        LinkagePartyRow.member_id,
    ):
        _repoint(column, kept, gone)
    db.session.execute(
        update(ServiceRow)
        .where(ServiceRow.member_id == kept)
        .values(public_modified_at=at)
        .execution_options(synchronize_session=False)
    )
    return {"phones": _move_phones(PhoneRow.member_id, kept, gone)}


def agree_with_each_other(one: UUID, other: UUID) -> bool:
    """Return True when two members have an agreement between them."""
    pair = (one, other)
    return bool(
        db.session.scalar(
            select(func.count())
            .select_from(AgreementRow)
            .where(AgreementRow.member_a_id.in_(pair), AgreementRow.member_b_id.in_(pair))
        )
    )


def programs_of(member_id: UUID) -> list[UUID]:
    """Return the ids of a member's programs."""
    return list(
        db.session.scalars(select(Compartment.id).where(Compartment.member_id == member_id))
    )


def write_kept(
    kind: RecordKind, kept: UUID, version: int, values: Mapping[str, Any], *, at: datetime
) -> bool:
    """Write the chosen fields of the kept record; return False when its version has moved on."""
    model = MODELS[kind]
    more = {"public_modified_at": at} if kind is RecordKind.SERVICE else {}
    result = db.session.execute(
        update(model)
        .where(model.id == kept, model.version == version)
        .values(**values, **more, version=version + 1, updated_at=at)
        .execution_options(synchronize_session=False)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1


def delete_gone(kind: RecordKind, gone: UUID, version: int) -> bool:
    """Delete the record that goes; return False when its version has moved on."""
    model = MODELS[kind]
    result = db.session.execute(delete(model).where(model.id == gone, model.version == version))
    return isinstance(result, CursorResult) and result.rowcount == 1


def _repoint(column: Any, kept: UUID, gone: UUID) -> None:  # noqa: ANN401 -- any column
    db.session.execute(
        update(column.class_)
        .where(column == gone)
        .values({column.key: kept})
        .execution_options(synchronize_session=False)
    )


def _join(model: Any, key: tuple[str, ...], kept: UUID, gone: UUID) -> bool:  # noqa: ANN401
    """Move rows that the kept service does not have yet; return True when the two differed."""
    columns = [getattr(model, name) for name in key]
    held = {
        tuple(row) for row in db.session.execute(select(*columns).where(model.service_id == kept))
    }
    told = {
        tuple(row)
        for row in db.session.execute(select(*columns).where(model.service_id == gone)).all()
    }
    for row in told - held:
        db.session.execute(
            update(model)
            .where(
                model.service_id == gone,
                *(column == value for column, value in zip(columns, row, strict=True)),
            )
            .values(service_id=kept)
            .execution_options(synchronize_session=False)
        )
    return held != told


def _move_phones(column: Any, kept: UUID, gone: UUID) -> bool:  # noqa: ANN401
    """Move numbers that the kept record does not have; return True when there were any numbers.

    They are ours from now on: under their source they would go again with its next import.
    """
    held = set(db.session.scalars(select(PhoneRow.number).where(column == kept)))
    last = db.session.scalar(select(func.max(PhoneRow.position)).where(column == kept)) or 0
    told = False
    for row in db.session.execute(
        select(PhoneRow.id, PhoneRow.number).where(column == gone).order_by(PhoneRow.position)
    ).all():
        told = True
        if row.number in held:
            continue
        held.add(row.number)
        last += 1
        db.session.execute(
            update(PhoneRow)
            .where(PhoneRow.id == row.id)
            .values({column.key: kept, "source": None, "source_id": None, "position": last})
            .execution_options(synchronize_session=False)
        )
    return told


def services_of_member(member_id: UUID) -> list[UUID]:
    """Return the ids of a member's services."""
    return list(db.session.scalars(select(ServiceRow.id).where(ServiceRow.member_id == member_id)))
