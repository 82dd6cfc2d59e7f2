"""What earlier imports of one source have made: read whole, compared elsewhere."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, select

from ccr.domain.taxonomy import CompartmentKind
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment, Network
from ccr.storage.models.directory import (
    CapacityRow,
    LocationRow,
    MemberRow,
    PhoneRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceLanguageRow,
    ServiceNeedRow,
    ServiceRow,
    ServiceTermRow,
    ServiceText,
)
from ccr.storage.models.keeping import RecordAlias
from ccr.storage.queries.import_rows import CapacityKey, PhoneKey

MOST_KNOWN = 50_000


@dataclass(slots=True)
class Stored:
    """A member or place that an earlier import made."""

    id: UUID
    values: Mapping[str, Any]
    phones: tuple[PhoneKey, ...] = ()


@dataclass(slots=True)
class StoredService(Stored):
    """A service that an earlier import made, with what hangs on it."""

    member_id: UUID = field(default_factory=uuid4)
    needs: frozenset[str] = frozenset()
    areas: frozenset[tuple[str, str]] = frozenset()
    languages: frozenset[tuple[str, str]] = frozenset()
    terms: frozenset[tuple[str, str, str]] = frozenset()
    sites: frozenset[UUID] = frozenset()
    capacity: CapacityKey | None = None
    text_digest: bytes = b""


@dataclass(slots=True)
class StoredDirectory:
    """Everything of one source in one network, by source id; and every member's programs."""

    members: dict[str, Stored]
    services: dict[str, StoredService]
    sites: dict[str, Stored]
    programs: dict[UUID, dict[CompartmentKind, UUID]]
    other_member_names: frozenset[str]
    """Names (in lower case) of members that this source did not bring."""


def lock_directory(network_id: UUID) -> None:
    """Let nobody else change this network's directory until the unit of work ends.

    Rows that only point to the network (a referral, an audit event) may be written meanwhile. On
    SQLite a unit of work is the only writer anyway.
    """
    db.session.execute(
        select(Network.id).where(Network.id == network_id).with_for_update(key_share=True)
    )


def stored_directory(network_id: UUID, source: str) -> StoredDirectory:
    """Return all that imports of this source have made in the network so far.

    A record that was merged into another is met again under its old id as the other.
    """
    phones = _stored_phones(network_id, source)
    aliases = _aliases(network_id, source)
    members = {
        key: Stored(row["id"], row, phones.get(("member_id", row["id"]), ()))
        for key, row in _known(MemberRow, network_id, source, aliases["member"])
    }
    sites = {
        key: Stored(row["id"], row, phones.get(("location_id", row["id"]), ()))
        for key, row in _known(LocationRow, network_id, source, aliases["location"])
    }
    programs: dict[UUID, dict[CompartmentKind, UUID]] = defaultdict(dict)
    for row in db.session.execute(
        select(Compartment.id, Compartment.member_id, Compartment.kind)
        .where(Compartment.network_id == network_id)
        .order_by(Compartment.created_at.desc(), Compartment.id)
    ):
        programs[row.member_id][CompartmentKind(row.kind)] = row.id
    ours = {stored.id for stored in members.values()}
    others = frozenset(
        row.name.lower()
        for row in db.session.execute(
            select(MemberRow.id, MemberRow.name).where(MemberRow.network_id == network_id)
        )
        if row.id not in ours
    )
    services = _stored_services(network_id, source, phones, aliases["service"])
    return StoredDirectory(members, services, sites, programs, others)


class _Held(Mapping[str, Any]):
    """The values of one stored row by column; the names are shared by all rows of its table."""

    __slots__ = ("_at", "_values")

    def __init__(self, at: dict[str, int], values: tuple[Any, ...]) -> None:
        self._at = at
        self._values = values

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the column holds
        return self._values[self._at[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)


_NOT_COMPARED = frozenset(
    {"network_id", "source", "updated_at", "created_run_id", "public_modified_at"}
)


def _rows(table: Any, *wanted: Any) -> Iterator[_Held]:  # noqa: ANN401 -- any table, conditions
    """Yield rows one after the other; texts that many rows share are kept once."""
    columns = [column for column in table.c if column.name not in _NOT_COMPARED]
    at = {column.name: number for number, column in enumerate(columns)}
    known: dict[Any, Any] = {}
    for row in _streamed(select(*columns).where(*wanted)):
        if len(known) > MOST_KNOWN:
            known.clear()
        yield _Held(
            at,
            tuple(
                known.setdefault(value, value) if isinstance(value, str | UUID) else value
                for value in row
            ),
        )


def _streamed(statement: Any) -> Iterable[Any]:  # noqa: ANN401 -- any select
    return db.session.execute(statement.execution_options(yield_per=2000))


def _aliases(network_id: UUID, source: str) -> dict[str, dict[str, UUID]]:
    """Return, by kind, the records that merged ids of this source stand for now."""
    found: dict[str, dict[str, UUID]] = {"member": {}, "service": {}, "location": {}}
    for kind, source_id, record_id in db.session.execute(
        select(RecordAlias.record_kind, RecordAlias.source_id, RecordAlias.record_id).where(
            RecordAlias.network_id == network_id,
            RecordAlias.source == source,
            RecordAlias.source_id.is_not(None),
        )
    ):
        found[kind][source_id or ""] = record_id
    return found


def _known(
    model: Any,  # noqa: ANN401 -- any row class
    network_id: UUID,
    source: str,
    aliases: dict[str, UUID],
) -> Iterator[tuple[str, _Held]]:
    """Yield (source id, row) of every record of a source, also under merged ids."""
    for row in _rows(model.__table__, model.network_id == network_id, model.source == source):
        yield row["source_id"], row
    if not aliases:
        return
    merged = model.id.in_(set(aliases.values()))
    kept = {
        row["id"]: row for row in _rows(model.__table__, model.network_id == network_id, merged)
    }
    for source_id, record_id in aliases.items():
        if record_id in kept:
            yield source_id, kept[record_id]


def _stored_services(
    network_id: UUID,
    source: str,
    phones: dict[tuple[str, UUID], tuple[PhoneKey, ...]],
    aliases: dict[str, UUID],
) -> dict[str, StoredService]:
    of_source = ServiceRow.source == source
    wanted = or_(of_source, ServiceRow.id.in_(set(aliases.values()))) if aliases else of_source

    same: dict[Any, Any] = {}

    def hanging(model: Any, *columns: Any) -> dict[UUID, frozenset[Any]]:  # noqa: ANN401
        """Return what hangs on each service; sets that many services share are kept once."""
        found: dict[UUID, frozenset[Any]] = {}
        rows = _streamed(
            select(model.service_id, *columns)
            .join(ServiceRow, ServiceRow.id == model.service_id)
            .where(ServiceRow.network_id == network_id, wanted)
            .order_by(model.service_id)
        )
        for service_id, of_one in groupby(rows, key=itemgetter(0)):
            values = frozenset(row[1] if len(columns) == 1 else tuple(row[1:]) for row in of_one)
            found[service_id] = same.setdefault(values, values)
        return found

    needs = hanging(ServiceNeedRow, ServiceNeedRow.need)
    areas = hanging(ServiceAreaRow, ServiceAreaRow.extent, ServiceAreaRow.code)
    languages = hanging(ServiceLanguageRow, ServiceLanguageRow.code, ServiceLanguageRow.mode)
    terms = hanging(
        ServiceTermRow, ServiceTermRow.taxonomy, ServiceTermRow.code, ServiceTermRow.name
    )
    links = hanging(ServiceAtLocationRow, ServiceAtLocationRow.location_id)
    texts = _texts(network_id, wanted)
    capacity = hanging(
        CapacityRow,
        CapacityRow.status,
        CapacityRow.available,
        CapacityRow.unit,
        CapacityRow.updated_at,
    )
    nothing: frozenset[Any] = frozenset()
    services = {}
    for key, row in _known(ServiceRow, network_id, source, aliases):
        own = row["id"]
        services[key] = StoredService(
            own,
            row,
            phones.get(("service_id", own), ()),
            member_id=row["member_id"],
            needs=needs.get(own, nothing),
            areas=areas.get(own, nothing),
            languages=languages.get(own, nothing),
            terms=terms.get(own, nothing),
            sites=links.get(own, nothing),
            capacity=next(iter(capacity.get(own, ())), None),
            text_digest=texts.get(own, b""),
        )
    return services


def _texts(network_id: UUID, wanted: Any) -> dict[UUID, bytes]:  # noqa: ANN401 -- a condition
    """Return the digest of what search reads of each service: the texts would fill memory."""
    rows = _streamed(
        select(ServiceText.service_id, ServiceText.body)
        .join(ServiceRow, ServiceRow.id == ServiceText.service_id)
        .where(ServiceRow.network_id == network_id, wanted)
    )
    return {service_id: text_digest(body) for service_id, body in rows}


def text_digest(text: str) -> bytes:
    """Return sixteen bytes that tell a text from any other."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _stored_phones(network_id: UUID, source: str) -> dict[tuple[str, UUID], tuple[PhoneKey, ...]]:
    found: dict[tuple[str, UUID], list[PhoneKey]] = defaultdict(list)
    ours = (PhoneRow.network_id == network_id, PhoneRow.source == source)
    for row in _rows(PhoneRow.__table__, *ours):
        key = (
            row["source_id"],
            row["number"],
            row["extension"],
            row["type"],
            row["description"],
            row["is_private"],
            row["position"],
        )
        for column in ("service_id", "location_id", "member_id"):
            if owner := row[column]:
                found[column, owner].append(key)
    return {owner: tuple(sorted(keys, key=lambda key: key[-1])) for owner, keys in found.items()}
