"""Taking back what an import made: found, checked for what depends on it, deleted.

What depends on a record is read from the foreign keys themselves: a table that is added later
counts from its first day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, and_, delete, false, func, not_, or_, select, update

from ccr.domain.directory_history import Act, RecordKind
from ccr.storage.db import Base, db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import LocationRow, MemberRow, ServiceAtLocationRow, ServiceRow
from ccr.storage.models.keeping import DirectoryChange, ImportRun, RecordAlias
from ccr.storage.queries.record_aliases import MODELS

CHUNK = 500
# Parts of a record, which go with it. All else that points at a record depends on it.
PARTS = {
    "service": frozenset(
        {
            "service_at_location",
            "service_area",
            "service_need",
            "service_language",
            "service_term",
            "service_text",
            "service_capacity",
            "phone",
            "short_list_entry",
            "verification_link",
        }
    ),
    "location": frozenset({"service_at_location", "phone", "looked_up_place"}),
    # Services, places and programs of a member are looked at one by one.
    "member": frozenset({"phone", "service", "location", "compartment"}),
    "compartment": frozenset({"service"}),
}


def created_by(network_id: UUID, run_id: UUID, kind: RecordKind) -> dict[UUID, str]:
    """Return the ids and names of the records of a kind that a run made and that are here."""
    model = MODELS[kind]
    rows = db.session.execute(
        select(model.id, model.name).where(
            model.network_id == network_id, model.created_run_id == run_id
        )
    )
    return {row.id: row.name for row in rows}


def pointed_at(
    target: str, ids: Collection[UUID], *, apart_from: frozenset[str] = frozenset()
) -> set[UUID]:
    """Return which of these rows of a table something else depends on, by any foreign key.

    `apart_from` are tables whose rows the asker will see to.
    """
    found: set[UUID] = set()
    for column in _pointing_at(target):
        if column.table.name in apart_from:
            continue
        for chunk in _chunks(ids):
            found.update(db.session.scalars(select(column).where(column.in_(chunk)).distinct()))
    return found


def _pointing_at(target: str) -> Iterator[Column[Any]]:
    for table in Base.metadata.tables.values():
        if table.name == target or table.name in PARTS[target]:
            continue
        for column in table.columns:
            if any(key.column.table.name == target for key in column.foreign_keys):
                yield column


def changed_since(kind: RecordKind, ids: Collection[UUID], run_id: UUID) -> set[UUID]:
    """Return which new records were changed, or joined with others, after their run.

    What another import changed and an undo put back counts as nothing.
    """
    found: set[UUID] = set()
    back = taken_back(ids)
    for chunk in _chunks(ids):
        found.update(
            db.session.scalars(
                select(DirectoryChange.record_id)
                .where(
                    DirectoryChange.record_id.in_(chunk),
                    or_(DirectoryChange.run_id.is_(None), DirectoryChange.run_id != run_id),
                    not_(_TAKEN_BACK),
                )
                .distinct()
            )
        )
        found.update(
            db.session.scalars(
                select(RecordAlias.record_id).where(RecordAlias.record_id.in_(chunk))
            )
        )
        model = MODELS[kind]
        if kind is not RecordKind.LOCATION:
            versions = db.session.execute(
                select(model.id, model.version).where(model.id.in_(chunk))
            )
            found.update(row.id for row in versions if row.version != 1 + back.get(row.id, 0))
        else:
            edited = db.session.execute(
                select(LocationRow.id, LocationRow.edited_fields).where(LocationRow.id.in_(chunk))
            )
            found.update(row.id for row in edited if row.edited_fields)
    return found


_TAKEN_BACK = or_(
    DirectoryChange.act == Act.UNDONE.value,
    and_(
        DirectoryChange.act == Act.IMPORTED.value,
        func.coalesce(
            DirectoryChange.run_id.in_(select(ImportRun.id).where(ImportRun.state == "undone")),
            false(),
        ),
    ),
)
"""Changes by imports that were undone, and what undid them."""


def taken_back(ids: Collection[UUID], since: datetime | None = None) -> dict[UUID, int]:
    """Return how many changes of these records were taken back, or took one back."""
    found: dict[UUID, int] = {}
    for chunk in _chunks(ids):
        statement = select(DirectoryChange.record_id, func.count().label("times")).where(
            DirectoryChange.record_id.in_(chunk), _TAKEN_BACK
        )
        if since is not None:
            statement = statement.where(DirectoryChange.at > since)
        for row in db.session.execute(statement.group_by(DirectoryChange.record_id)):
            found[row.record_id] = row.times
    return found


def sites_in_use(ids: Collection[UUID], going: Collection[UUID]) -> set[UUID]:
    """Return which of these locations a service is given at that is not going."""
    leaving = set(going)
    found: set[UUID] = set()
    for chunk in _chunks(ids):
        rows = db.session.execute(
            select(ServiceAtLocationRow.location_id, ServiceAtLocationRow.service_id).where(
                ServiceAtLocationRow.location_id.in_(chunk)
            )
        )
        found.update(row.location_id for row in rows if row.service_id not in leaving)
    return found


def members_in_use(
    ids: Collection[UUID], going_services: Collection[UUID], going_sites: Collection[UUID]
) -> set[UUID]:
    """Return which of these members keep a service or place, or have a program that works."""
    services, sites = set(going_services), set(going_sites)
    found: set[UUID] = set()
    for chunk in _chunks(ids):
        for model, going in ((ServiceRow, services), (LocationRow, sites)):
            rows: Any = db.session.execute(
                select(model.id, model.member_id).where(model.member_id.in_(chunk))
            )
            found.update(row.member_id for row in rows if row.id not in going)
        programs = {
            row.id: row.member_id
            for row in db.session.execute(
                select(Compartment.id, Compartment.member_id).where(
                    Compartment.member_id.in_(chunk)
                )
            )
        }
        found.update(programs[i] for i in pointed_at("compartment", programs))
        others = db.session.execute(
            select(ServiceRow.id, ServiceRow.compartment_id).where(
                ServiceRow.compartment_id.in_(list(programs))
            )
        )
        found.update(programs[row.compartment_id] for row in others if row.id not in services)
    return found


def delete_records(kind: RecordKind, ids: Iterable[UUID]) -> Iterator[int]:
    """Delete records with all their parts, chunk by chunk; yield how many each time."""
    model = MODELS[kind]
    for chunk in _chunks(list(ids)):
        if kind is RecordKind.MEMBER:
            db.session.execute(delete(Compartment).where(Compartment.member_id.in_(chunk)))
        db.session.execute(delete(model).where(model.id.in_(chunk)))
        yield len(chunk)


def settle(network_id: UUID, run_id: UUID) -> None:
    """Let what is left of a run's new records be nobody's to take back any more."""
    for model in (MemberRow, ServiceRow, LocationRow):
        db.session.execute(
            update(model)
            .where(model.network_id == network_id, model.created_run_id == run_id)
            .values(created_run_id=None)
            .execution_options(synchronize_session=False)
        )


def _chunks(ids: Collection[UUID]) -> Iterator[list[UUID]]:
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]
