"""The people of areas as a coordinator brought them: replaced whole, read whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from ccr.domain.area_population import AreaPeople, Population
from ccr.domain.taxonomy import AreaExtent
from ccr.storage.db import db
from ccr.storage.models.population import AreaPeopleRow, PopulationTableRow
from ccr.storage.queries.referrals import rows_changed

AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Brought:
    """A table that was brought: of counties or ZIPs, from where, when."""

    extent: AreaExtent
    source: str
    brought_at: datetime


def list_tables(network_id: UUID) -> tuple[Brought, ...]:
    """Return which tables a network has."""
    rows = db.session.execute(
        select(PopulationTableRow.__table__)
        .where(PopulationTableRow.network_id == network_id)
        .order_by(PopulationTableRow.extent)
    )
    return tuple(Brought(AreaExtent(row.extent), row.source, row.brought_at) for row in rows)


def read_people(network_id: UUID) -> Population:
    """Return the people of every area that is known."""
    rows = db.session.execute(
        select(AreaPeopleRow.__table__).where(AreaPeopleRow.network_id == network_id)
    )
    people: dict[tuple[str, str], int] = {}
    spoken: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        if row.language:
            spoken.setdefault((row.extent, row.code), {})[row.language] = row.people
        else:
            people[row.extent, row.code] = row.people

    def of(extent: AreaExtent) -> dict[str, AreaPeople]:
        return {
            code: AreaPeople(count, spoken.get((kind, code), {}))
            for (kind, code), count in people.items()
            if kind == extent.value
        }

    return Population(of(AreaExtent.COUNTY), of(AreaExtent.ZIP))


def replace_people(
    network_id: UUID,
    extent: AreaExtent,
    areas: Mapping[str, AreaPeople],
    source: str,
    *,
    at: datetime,
) -> None:
    """Put these areas in the place of all of this extent."""
    # Its row is locked first, so that of two who bring a table one waits for the other.
    said = {"source": source, "brought_at": at}
    key = [PopulationTableRow.network_id, PopulationTableRow.extent]
    db.session.execute(
        _insert()(PopulationTableRow)
        .values(network_id=network_id, extent=extent.value, **said)
        .on_conflict_do_update(index_elements=key, set_=said)
    )
    _remove(AreaPeopleRow, network_id, extent)
    rows = [
        {
            "network_id": network_id,
            "extent": extent.value,
            "code": code,
            "language": language,
            "people": count,
        }
        for code, area in areas.items()
        for language, count in (("", area.people), *area.languages.items())
    ]
    for begin in range(0, len(rows), AT_ONCE):
        db.session.execute(insert(AreaPeopleRow), rows[begin : begin + AT_ONCE])


def remove_people(network_id: UUID, extent: AreaExtent) -> bool:
    """Take all areas of an extent out; False when there were none."""
    there = _remove(PopulationTableRow, network_id, extent)
    _remove(AreaPeopleRow, network_id, extent)
    return there


def _remove(
    table: type[AreaPeopleRow] | type[PopulationTableRow], network_id: UUID, extent: AreaExtent
) -> bool:
    mine = (table.network_id == network_id, table.extent == extent.value)
    return rows_changed(delete(table).where(*mine)) > 0


def _insert() -> type[postgresql.Insert] | type[sqlite.Insert]:
    """Return the INSERT of this database's dialect, which knows ON CONFLICT."""
    postgres = db.session.get_bind().dialect.name == "postgresql"
    return postgresql.Insert if postgres else sqlite.Insert
