"""Putting fields of records back to what they were before an import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Uuid, bindparam, delete, insert, select, update

from ccr.domain.directory_history import Change, RecordKind
from ccr.storage.db import db
from ccr.storage.models.directory import (
    CapacityRow,
    PhoneRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceLanguageRow,
    ServiceRow,
    ServiceTermRow,
)
from ccr.storage.queries.directory_changes import plain_fields
from ccr.storage.queries.record_aliases import MODELS
from ccr.storage.types import UtcDateTime

CHUNK = 500
LISTS = frozenset({"areas", "languages", "terms", "sites", "phones", "capacity"})
OWNER = {
    RecordKind.MEMBER: "member_id",
    RecordKind.SERVICE: "service_id",
    RecordKind.LOCATION: "location_id",
}


def present(kind: RecordKind, ids: Collection[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Return the rows of these records that are here, by id."""
    model = MODELS[kind]
    found: dict[UUID, Mapping[str, Any]] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        for row in db.session.execute(
            select(model.__table__).where(model.id.in_(wanted[start : start + CHUNK]))
        ):
            found[row.id] = dict(row._mapping)
    return found


def still_as_left(change: Change, row: Mapping[str, Any], back: int) -> bool:
    """Return True when a record is as the change left it: nobody has changed it since.

    `back` counts later changes that were taken back, with what took them back.
    """
    if change.version and row["version"] != change.version + back:
        return False
    after = {name: value for name, value in (change.after or {}).items() if name not in LISTS}
    now = plain_fields({name: row[name] for name in after})
    return now == after


def put_back(
    network_id: UUID, source: str, changes: Sequence[Change], *, at: datetime
) -> Iterator[int]:
    """Set every changed field of these records to what it was; yield how many records at a time.

    The records are as the changes left them, and none of them hides.
    """
    alike: dict[tuple[RecordKind, tuple[str, ...]], list[Change]] = defaultdict(list)
    for change in changes:
        names = tuple(sorted(n for n in change.before or {} if n not in LISTS))
        alike[change.kind, names].append(change)
    for (kind, names), some in alike.items():
        for start in range(0, len(some), CHUNK):
            chunk = some[start : start + CHUNK]
            _put_fields(kind, names, chunk, at)
            _put_lists(network_id, source, chunk)
            yield len(chunk)


def _put_fields(
    kind: RecordKind, names: tuple[str, ...], changes: list[Change], at: datetime
) -> None:
    table = MODELS[kind].__table__
    values: dict[str, Any] = {name: bindparam(f"old_{name}") for name in names}
    values["updated_at"] = at
    if kind is not RecordKind.LOCATION:
        values["version"] = table.c.version + 1
    if kind is RecordKind.SERVICE:
        values["public_modified_at"] = at
    db.session.connection().execute(
        update(table).where(table.c.id == bindparam("row_id")).values(values),
        [
            {
                "row_id": change.record_id,
                **{
                    f"old_{name}": _column_value(table.c[name].type, (change.before or {})[name])
                    for name in names
                },
            }
            for change in changes
        ],
    )


def _column_value(kind: Any, value: Any) -> Any:  # noqa: ANN401 -- any column
    if isinstance(value, str) and isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return UUID(value) if isinstance(value, str) and isinstance(kind, Uuid) else value


def _put_lists(network_id: UUID, source: str, changes: list[Change]) -> None:
    for name in LISTS:
        told = {c.record_id: c.before[name] for c in changes if c.before and name in c.before}
        if not told:
            continue
        if name == "phones":
            _put_phones(network_id, source, OWNER[changes[0].kind], told)
        else:
            _PUT[name](network_id, told)


def _put_areas(network_id: UUID, told: Mapping[UUID, Any]) -> None:
    del network_id
    _exchange(
        ServiceAreaRow,
        told,
        lambda service_id, area: {
            "id": uuid4(),
            "service_id": service_id,
            "confidential": False,
            "extent": area[0],
            "code": area[1],
        },
    )


def _put_languages(network_id: UUID, told: Mapping[UUID, Any]) -> None:
    del network_id
    _exchange(
        ServiceLanguageRow,
        told,
        lambda service_id, entry: {"service_id": service_id, "code": entry[0], "mode": entry[1]},
    )


def _put_terms(network_id: UUID, told: Mapping[UUID, Any]) -> None:
    del network_id
    _exchange(
        ServiceTermRow,
        told,
        lambda service_id, term: {
            "id": uuid4(),
            "service_id": service_id,
            "taxonomy": term[0],
            "code": term[1],
            "name": term[2],
        },
    )


def _put_sites(network_id: UUID, told: Mapping[UUID, Any]) -> None:
    """Link services to the places they had, by id: one that is gone, or hides, never comes back."""
    wanted = {UUID(site) for sites in told.values() for site in sites}
    there = {
        location_id
        for location_id, row in present(RecordKind.LOCATION, wanted).items()
        if not row["confidential"]
    }
    kept = {
        service_id: [site for site in map(UUID, sites) if site in there]
        for service_id, sites in told.items()
    }
    _exchange(
        ServiceAtLocationRow,
        kept,
        lambda service_id, site: {
            "id": uuid4(),
            "network_id": network_id,
            "service_id": service_id,
            "location_id": site,
            "confidential": False,
        },
    )


def _put_capacity(network_id: UUID, told: Mapping[UUID, Any]) -> None:
    """Put back the word on room, where no person has said another since."""
    del network_id
    by_people = set(
        db.session.scalars(
            select(CapacityRow.service_id).where(
                CapacityRow.service_id.in_(list(told)),
                CapacityRow.updated_by.is_not(None),
                CapacityRow.updated_by.not_like("import:%"),
            )
        )
    )
    mine = {i: [value] if value else [] for i, value in told.items() if i not in by_people}
    _exchange(
        CapacityRow,
        mine,
        lambda service_id, room: {
            "service_id": service_id,
            "status": room[0],
            "available": room[1],
            "unit": room[2],
            "updated_at": datetime.fromisoformat(room[3]) if room[3] else None,
            "updated_by": "import: undone",
        },
    )


_PUT = {
    "areas": _put_areas,
    "languages": _put_languages,
    "terms": _put_terms,
    "sites": _put_sites,
    "capacity": _put_capacity,
}


def _put_phones(network_id: UUID, source: str, owner: str, told: Mapping[UUID, Any]) -> None:
    column = PhoneRow.__table__.c[owner]
    db.session.execute(delete(PhoneRow).where(column.in_(list(told)), PhoneRow.source == source))
    ids = [phone[0] for phones in told.values() for phone in phones]
    db.session.execute(
        delete(PhoneRow).where(
            PhoneRow.network_id == network_id,
            PhoneRow.source == source,
            PhoneRow.source_id.in_(ids),
        )
    )
    nobody = {"service_id": None, "location_id": None, "member_id": None}
    rows = [
        {
            "id": uuid4(),
            "network_id": network_id,
            **nobody,
            owner: record_id,
            "source": source,
            "source_id": source_id,
            "number": number,
            "extension": extension,
            "type": kind,
            "description": description,
            "is_private": private,
            "position": position,
        }
        for record_id, phones in told.items()
        for source_id, number, extension, kind, description, private, position in phones
    ]
    if rows:
        db.session.execute(insert(PhoneRow), rows)


def _exchange(model: Any, told: Mapping[UUID, Any], row_of: Any) -> None:  # noqa: ANN401
    """Replace all that hangs on services by these rows."""
    db.session.execute(delete(model).where(model.service_id.in_(list(told))))
    rows = [row_of(service_id, value) for service_id, values in told.items() for value in values]
    if rows:
        db.session.execute(insert(model), rows)


def services_of(kind: RecordKind, ids: Collection[UUID]) -> set[UUID]:
    """Return the services of these members, given at these places, or these services."""
    if kind is RecordKind.SERVICE:
        return set(ids)
    wanted = list(ids)
    found: set[UUID] = set()
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        statement = (
            select(ServiceRow.id).where(ServiceRow.member_id.in_(chunk))
            if kind is RecordKind.MEMBER
            else select(ServiceAtLocationRow.service_id).where(
                ServiceAtLocationRow.location_id.in_(chunk)
            )
        )
        found.update(db.session.scalars(statement))
    return found


def hidden_of(kind: RecordKind, row: Mapping[str, Any]) -> bool:
    """Return True for a record that hides."""
    return kind is not RecordKind.MEMBER and bool(row["confidential"])
