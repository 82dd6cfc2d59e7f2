"""What earlier imports of one source have made: read whole, compared elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
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
from ccr.storage.queries.import_rows import CapacityKey, PhoneKey, Values


@dataclass(slots=True)
class Stored:
    """A member or place that an earlier import made."""

    id: UUID
    values: Values
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
    text: str = ""


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
        key: Stored(row.id, dict(row._mapping), phones.get(("member_id", row.id), ()))
        for key, row in _known(MemberRow, network_id, source, aliases["member"])
    }
    sites = {
        key: Stored(row.id, dict(row._mapping), phones.get(("location_id", row.id), ()))
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


def _rows(table: Any, network_id: UUID, source: str) -> Iterable[Any]:  # noqa: ANN401 -- any table
    return db.session.execute(
        select(table).where(table.c.network_id == network_id, table.c.source == source)
    )


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
) -> Iterable[tuple[str, Any]]:
    """Yield (source id, row) of every record of a source, also under merged ids."""
    for row in _rows(model.__table__, network_id, source):
        yield row.source_id, row
    if not aliases:
        return
    kept = {
        row.id: row
        for row in db.session.execute(
            select(model.__table__).where(
                model.network_id == network_id, model.id.in_(set(aliases.values()))
            )
        )
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

    def hanging(model: Any, *columns: Any) -> dict[UUID, set[Any]]:  # noqa: ANN401
        found: dict[UUID, set[Any]] = defaultdict(set)
        for row in db.session.execute(
            select(model.service_id, *columns)
            .join(ServiceRow, ServiceRow.id == model.service_id)
            .where(ServiceRow.network_id == network_id, wanted)
        ):
            found[row[0]].add(row[1] if len(columns) == 1 else tuple(row[1:]))
        return found

    needs = hanging(ServiceNeedRow, ServiceNeedRow.need)
    areas = hanging(ServiceAreaRow, ServiceAreaRow.extent, ServiceAreaRow.code)
    languages = hanging(ServiceLanguageRow, ServiceLanguageRow.code, ServiceLanguageRow.mode)
    terms = hanging(
        ServiceTermRow, ServiceTermRow.taxonomy, ServiceTermRow.code, ServiceTermRow.name
    )
    links = hanging(ServiceAtLocationRow, ServiceAtLocationRow.location_id)
    texts = hanging(ServiceText, ServiceText.body)
    capacity = hanging(
        CapacityRow,
        CapacityRow.status,
        CapacityRow.available,
        CapacityRow.unit,
        CapacityRow.updated_at,
    )
    services = {}
    for key, row in _known(ServiceRow, network_id, source, aliases):
        services[key] = StoredService(
            row.id,
            dict(row._mapping),
            phones.get(("service_id", row.id), ()),
            member_id=row.member_id,
            needs=frozenset(needs.get(row.id, ())),
            areas=frozenset(areas.get(row.id, ())),
            languages=frozenset(languages.get(row.id, ())),
            terms=frozenset(terms.get(row.id, ())),
            sites=frozenset(links.get(row.id, ())),
            capacity=next(iter(capacity.get(row.id, ())), None),
            text=next(iter(texts.get(row.id, ())), ""),
        )
    return services


def _stored_phones(network_id: UUID, source: str) -> dict[tuple[str, UUID], tuple[PhoneKey, ...]]:
    found: dict[tuple[str, UUID], list[PhoneKey]] = defaultdict(list)
    for row in _rows(PhoneRow.__table__, network_id, source):
        key = (
            row.source_id,
            row.number,
            row.extension,
            row.type,
            row.description,
            row.is_private,
            row.position,
        )
        for column in ("service_id", "location_id", "member_id"):
            if owner := getattr(row, column):
                found[column, owner].append(key)
    return {owner: tuple(sorted(keys, key=lambda key: key[-1])) for owner, keys in found.items()}
