"""Terms met on listings, what is said of them, the listings that carry one, and their needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, bindparam, case, cast, delete, func, insert, select, update

from ccr.domain.directory_history import Act, Change, RecordKind
from ccr.domain.errors import NotFoundError
from ccr.domain.hsds_profile import OWN_VOCABULARIES
from ccr.domain.need_terms import ServiceWords, TermKey
from ccr.domain.taxonomy import CompartmentKind, Need
from ccr.domain.term_mappings import BY_MAPPING, Carrier, MetTerm, NeedChange
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import ServiceNeedRow, ServiceRow, ServiceTermRow
from ccr.storage.models.finding import TermMapping
from ccr.storage.models.keeping import DirectoryChange
from ccr.storage.queries.directory_changes import record_changes
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.listing_text import refresh_texts

_CHUNK = 500
_OURS = tuple(vocabulary.name for vocabulary in OWN_VOCABULARIES)
_KEY_NAME = case((ServiceTermRow.code == "", ServiceTermRow.name), else_="")


def met_terms(network_id: UUID) -> tuple[MetTerm, ...]:
    """Return every term on the listings of a network, without what is said of it.

    One statement that reads every term of every listing: the caller keeps what it finds. A code
    that listings name differently has the first of its names.
    """
    return tuple(_counted(row) for row in db.session.execute(_met(network_id)))


def key_of(network_id: UUID, term_id: UUID) -> TermKey:
    """Return what makes a row on a listing one term. Raises NotFoundError."""
    row = db.session.execute(
        select(ServiceTermRow.taxonomy, ServiceTermRow.code, _KEY_NAME.label("key_name"))
        .join(ServiceRow, ServiceRow.id == ServiceTermRow.service_id)
        .where(ServiceTermRow.id == term_id, ServiceRow.network_id == network_id)
    ).first()
    if row is None or row.taxonomy in _OURS:
        raise NotFoundError
    return row.taxonomy, row.code, row.key_name


def mapping_of(network_id: UUID, key: TermKey) -> frozenset[Need] | None:
    """Return what is said of one term; None for nothing."""
    needs = db.session.scalar(select(TermMapping.needs).where(*_mapped(network_id, key)))
    return None if needs is None else frozenset(Need(code) for code in needs)


def mappings_of(network_id: UUID) -> dict[TermKey, frozenset[Need]]:
    """Return what is said of every term of which something is."""
    rows = db.session.execute(
        select(TermMapping.taxonomy, TermMapping.code, TermMapping.name, TermMapping.needs).where(
            TermMapping.network_id == network_id
        )
    )
    return {(row[0], row[1], row[2]): frozenset(Need(code) for code in row[3]) for row in rows}


def keep_mapping(
    network_id: UUID,
    key: TermKey,
    needs: frozenset[Need] | None,
    account_id: UUID | None,
    *,
    at: datetime,
) -> None:
    """Keep what is said of a term; None for nothing. The directory is locked by the caller."""
    db.session.execute(
        delete(TermMapping)
        .where(*_mapped(network_id, key))
        .execution_options(synchronize_session=False)
    )
    if needs is not None:
        taxonomy, code, name = key
        db.session.add(
            TermMapping(
                network_id=network_id,
                taxonomy=taxonomy,
                code=code,
                name=name,
                needs=sorted(need.value for need in needs),
                account_id=account_id,
                updated_at=at,
            )
        )


def carriers_of(network_id: UUID, key: TermKey) -> list[Carrier]:
    """Return the listings that carry a term, by id, in four statements."""
    ids = (
        select(ServiceTermRow.service_id)
        .join(ServiceRow, ServiceRow.id == ServiceTermRow.service_id)
        .where(ServiceRow.network_id == network_id, *_is(key))
    )
    rows = db.session.execute(
        select(
            ServiceRow.id,
            ServiceRow.name,
            ServiceRow.alternate_name,
            ServiceRow.description,
            ServiceRow.version,
            ServiceRow.tracks,
            ServiceRow.edited_fields,
            Compartment.kind,
        )
        .join(Compartment, Compartment.id == ServiceRow.compartment_id)
        .where(ServiceRow.id.in_(ids))
        .order_by(ServiceRow.id)
        .with_for_update(of=ServiceRow)
    ).all()
    needs: defaultdict[UUID, set[str]] = defaultdict(set)
    for service_id, need in db.session.execute(
        select(ServiceNeedRow.service_id, ServiceNeedRow.need).where(
            ServiceNeedRow.service_id.in_(ids)
        )
    ):
        needs[service_id].add(need)
    terms: defaultdict[UUID, list[tuple[str, str, str]]] = defaultdict(list)
    for row in db.session.execute(
        select(ServiceTermRow.__table__)
        .where(ServiceTermRow.service_id.in_(ids))
        .order_by(ServiceTermRow.taxonomy, ServiceTermRow.code, ServiceTermRow.name)
    ):
        terms[row.service_id].append((row.taxonomy, row.code, row.name))
    added = _added_by_mappings(ids)
    return [
        Carrier(
            row.id,
            row.name,
            row.version,
            CompartmentKind(row.kind),
            ServiceWords(
                name=row.name,
                alternate_name=row.alternate_name or "",
                terms=tuple(terms[row.id]),
                description=row.description or "",
            ),
            frozenset(needs[row.id]),
            tuple(sorted(row.tracks)),
            frozenset(row.edited_fields),
            frozenset(added[row.id]),
        )
        for row in rows
    ]


def write_needs(
    network_id: UUID, changes: Sequence[NeedChange], account_id: UUID | None, *, at: datetime
) -> None:
    """Write needs and tracks of listings that this unit of work has read and locked; remember it.

    Nobody said these by hand: `edited_fields` stays as it is.
    """
    for start in range(0, len(changes), _CHUNK):
        _write_some(network_id, changes[start : start + _CHUNK], account_id, at)
    if changes:
        raise_directory_version(network_id)


def _write_some(
    network_id: UUID, changes: Sequence[NeedChange], account_id: UUID | None, at: datetime
) -> None:
    ids = [change.carrier.id for change in changes]
    db.session.execute(
        delete(ServiceNeedRow)
        .where(ServiceNeedRow.service_id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    rows = [
        {"service_id": change.carrier.id, "need": need}
        for change in changes
        for need in sorted(change.needs)
    ]
    if rows:
        db.session.execute(insert(ServiceNeedRow), rows)
    table: Any = ServiceRow.__table__
    db.session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("here"))
        .values(
            tracks=bindparam("new_tracks"),
            version=table.c.version + 1,
            updated_at=at,
            public_modified_at=at,
        ),
        [{"here": change.carrier.id, "new_tracks": list(change.tracks)} for change in changes],
    )
    refresh_texts(ids)
    record_changes(network_id, [_remembered(change, account_id, at) for change in changes])


def _remembered(change: NeedChange, account_id: UUID | None, at: datetime) -> Change:
    carrier = change.carrier
    before: dict[str, Any] = {"needs": sorted(carrier.needs)}
    after: dict[str, Any] = {"needs": sorted(change.needs)}
    if change.tracks != carrier.tracks:
        before["tracks"], after["tracks"] = list(carrier.tracks), list(change.tracks)
    return Change(
        RecordKind.SERVICE,
        carrier.id,
        Act.EDITED,
        at,
        before,
        after,
        version=carrier.version + 1,
        account_id=account_id,
        by_role=BY_MAPPING,
    )


def _added_by_mappings(ids: Any) -> defaultdict[UUID, set[str]]:  # noqa: ANN401 -- a selection
    """Return for each listing the needs that mappings added and did not take away again."""
    added: defaultdict[UUID, set[str]] = defaultdict(set)
    rows = db.session.execute(
        select(DirectoryChange.record_id, DirectoryChange.before, DirectoryChange.after)
        .where(DirectoryChange.record_id.in_(ids), DirectoryChange.by_role == BY_MAPPING)
        .order_by(DirectoryChange.at, DirectoryChange.version)
    )
    for record_id, before, after in rows:
        was, now = set((before or {}).get("needs", ())), set((after or {}).get("needs", ()))
        added[record_id] = (added[record_id] | (now - was)) & now
    return added


def _met(network_id: UUID) -> Any:  # noqa: ANN401 -- a selection
    """Return the selection of terms on listings: those of our own vocabularies are none."""
    return (
        select(
            func.min(cast(ServiceTermRow.id, String)).label("id"),
            ServiceTermRow.taxonomy,
            ServiceTermRow.code,
            _KEY_NAME.label("key_name"),
            func.min(ServiceTermRow.name).label("name"),
            func.count(ServiceTermRow.service_id.distinct()).label("listings"),
        )
        .join(ServiceRow, ServiceRow.id == ServiceTermRow.service_id)
        .where(ServiceRow.network_id == network_id, ServiceTermRow.taxonomy.not_in(_OURS))
        .group_by(ServiceTermRow.taxonomy, ServiceTermRow.code, _KEY_NAME)
    )


def _is(key: TermKey) -> tuple[Any, ...]:
    taxonomy, code, name = key
    same_name = () if code else (ServiceTermRow.name == name,)
    return (ServiceTermRow.taxonomy == taxonomy, ServiceTermRow.code == code, *same_name)


def _mapped(network_id: UUID, key: TermKey) -> tuple[Any, ...]:
    taxonomy, code, name = key
    return (
        TermMapping.network_id == network_id,
        TermMapping.taxonomy == taxonomy,
        TermMapping.code == code,
        TermMapping.name == name,
    )


def _counted(row: Any) -> MetTerm:  # noqa: ANN401 -- a row of the selection above
    return MetTerm(UUID(str(row.id)), row.taxonomy, row.code, row.name, row.listings)


def names_of(network_id: UUID, key: TermKey, most: int) -> tuple[str, ...]:
    """Return names of listings that carry a term, in their order."""
    rows = db.session.scalars(
        select(ServiceRow.name)
        .join(ServiceTermRow, ServiceTermRow.service_id == ServiceRow.id)
        .where(ServiceRow.network_id == network_id, *_is(key))
        .distinct()
        .order_by(ServiceRow.name)
        .limit(most)
    )
    return tuple(rows)
