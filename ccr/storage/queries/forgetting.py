"""Taking a hidden place out of the past and out of everything that waits: for good.

History, proposals, aliases, looked-up places and imports: each can hold an address long after the
row that had it is gone. Found by id where there is one, and by what the words say where there is
none, so that a place merged away or imported under another id is forgotten as well (R48).
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, and_, cast, delete, func, or_, select, update

from ccr.domain.directory import Point
from ccr.domain.telling_places import Telling
from ccr.storage.db import db
from ccr.storage.models.finding import LookedUpPlace
from ccr.storage.models.keeping import (
    DirectoryChange,
    ImportMapping,
    ImportRun,
    ListingProposal,
    RecordAlias,
)
from ccr.storage.queries.directory_changes import forget_changes
from ccr.storage.queries.hidden_scope import former_ids

_CLOSE = 0.0005
"""Degrees within which an answer of a geocoder is of the same house: about 50 m."""
_OPEN_RUNS = ("uploaded", "mapped", "checking", "checked", "waiting")
_AT_WORK = ("running", "undoing")


def forget_past(
    network_id: UUID,
    service_ids: Collection[UUID],
    location_ids: Collection[UUID],
    telling: Telling,
) -> None:
    """Delete every remembered change of these records, and any that tells the place.

    Records that were merged into them are forgotten with them. What is left of the history of the
    services is what is written from now on; nothing can be undone to a time before.
    """
    ids = {*service_ids, *location_ids}
    forget_changes(network_id, ids | set(former_ids(network_id, ids)))
    table = DirectoryChange.__table__
    told = _rows_that_tell(
        network_id, table, (table.c.before, table.c.after), (table.c.id,), telling
    )
    for chunk in _chunks([row.id for row in told]):
        db.session.execute(delete(DirectoryChange).where(DirectoryChange.id.in_(chunk)))
    db.session.execute(
        delete(RecordAlias).where(
            RecordAlias.network_id == network_id, RecordAlias.record_id.in_(location_ids)
        )
    )


def forget_aliases_that_tell(network_id: UUID, telling: Telling) -> None:
    """Delete aliases of places whose source ids spell the place out.

    Those of services stay: by them an import knows that what it brings is hidden here.
    """
    table = RecordAlias.__table__
    told = _rows_that_tell(network_id, table, (table.c.source_id,), (table.c.id,), telling)
    db.session.execute(
        delete(RecordAlias).where(
            RecordAlias.id.in_([row.id for row in told]), RecordAlias.record_kind == "location"
        )
    )


def close_proposals(
    network_id: UUID, service_ids: Collection[UUID], telling: Telling, *, at: datetime
) -> None:
    """Empty what was proposed for these services, and what else tells; what waited is withdrawn."""
    table = ListingProposal.__table__
    told = _rows_that_tell(network_id, table, (table.c.changes,), (table.c.id,), telling)
    mine = or_(
        ListingProposal.service_id.in_(service_ids), ListingProposal.id.in_([r.id for r in told])
    )
    here = and_(ListingProposal.network_id == network_id, mine)
    db.session.execute(
        update(ListingProposal)
        .where(here, ListingProposal.state == "waiting")
        .values(state="withdrawn", decided_at=at)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(ListingProposal)
        .where(here)
        .values(changes={}, words_sealed=None)
        .execution_options(synchronize_session=False)
    )


def forget_lookups(
    network_id: UUID, location_ids: Collection[UUID], points: Iterable[Point]
) -> None:
    """Delete what geocoders answered for these places or near enough to be them."""
    near = [
        and_(
            LookedUpPlace.latitude.between(point.lat - _CLOSE, point.lat + _CLOSE),
            LookedUpPlace.longitude.between(point.lon - _CLOSE, point.lon + _CLOSE),
        )
        for point in points
    ]
    db.session.execute(
        delete(LookedUpPlace).where(
            LookedUpPlace.network_id == network_id,
            or_(LookedUpPlace.location_id.in_(location_ids), *near),
        )
    )


def stop_imports(network_id: UUID, *, at: datetime) -> list[UUID]:
    """End every import that has not begun to write.

    Their packages may hold the place, in forms that cannot be searched: they have to be uploaded
    again. One that is being written is asked to stop.

    Returns:
        The ids of all imports of the network whose files are to be deleted.
    """
    here = ImportRun.network_id == network_id
    db.session.execute(
        update(ImportRun)
        .where(here, ImportRun.state.in_(_OPEN_RUNS))
        .values(
            state="cancelled",
            cancel_requested=True,
            finished_at=at,
            version=ImportRun.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(ImportRun)
        .where(here, ImportRun.state.in_(_AT_WORK))
        .values(cancel_requested=True)
        .execution_options(synchronize_session=False)
    )
    return list(db.session.scalars(select(ImportRun.id).where(here)))


def forget_import_words(network_id: UUID, telling: Telling) -> None:
    """Empty reports of imports, and delete remembered mappings, that tell the place."""
    _forget_reports(network_id, telling)
    table = ImportMapping.__table__
    told = _rows_that_tell(network_id, table, (table.c.mapping,), (table.c.source,), telling)
    db.session.execute(
        delete(ImportMapping).where(
            ImportMapping.network_id == network_id,
            ImportMapping.source.in_([row.source for row in told]),
        )
    )


def _forget_reports(network_id: UUID, telling: Telling) -> None:
    """Empty the reports, options and names of files that tell the place; most tell nothing."""
    table = ImportRun.__table__
    for row in db.session.execute(
        select(
            table.c.id,
            table.c.file_name,
            table.c.options,
            table.c.summary,
            table.c.failure,
            table.c.report,
        ).where(table.c.network_id == network_id)
    ).all():
        emptied: dict[str, Any] = {}
        if telling.in_words(row.file_name):
            emptied["file_name"] = ""
        if telling.in_words(row.failure):
            emptied["failure"] = None
        for name in ("options", "summary"):
            if telling.in_words(_as_text(getattr(row, name))):
                emptied[name] = {}
        if row.report is not None and telling.in_words(_unpacked(row.report)):
            emptied["report"] = None
        if emptied:
            db.session.execute(
                update(ImportRun)
                .where(ImportRun.id == row.id)
                .values(**emptied)
                .execution_options(synchronize_session=False)
            )


def _rows_that_tell(
    network_id: UUID,
    table: Any,  # noqa: ANN401 -- any table with a network_id
    columns: Collection[Any],
    keys: Collection[Any],
    telling: Telling,
) -> list[Any]:
    """Return the rows of which any of these columns names the street or the point."""
    needles = telling.needles()
    if not needles:
        return []
    texts = [func.lower(cast(column, Text)) for column in columns]
    may_tell = or_(
        *(text.contains(needle, autoescape=True) for text in texts for needle in needles)
    )
    names = [column.name for column in columns]
    rows = db.session.execute(
        select(*keys, *columns).where(table.c.network_id == network_id, may_tell)
    )
    return [row for row in rows if any(telling.in_words(_as_text(getattr(row, n))) for n in names)]


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _unpacked(report: bytes) -> str:
    """Return a report as text; one that cannot be read is taken for what it is."""
    try:
        return gzip.decompress(report).decode("utf-8", "replace")
    except (OSError, EOFError, zlib.error):
        return report.decode("utf-8", "replace")


def _chunks(ids: list[UUID]) -> Iterable[list[UUID]]:
    for start in range(0, len(ids), 500):
        yield ids[start : start + 500]
