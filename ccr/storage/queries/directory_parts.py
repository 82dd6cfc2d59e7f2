"""The small tables that hang on services, read in one statement: a UNION ALL of equal columns."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, String, Uuid, cast, null, select, union_all
from sqlalchemy import literal as literal_value

from ccr.storage.db import db
from ccr.storage.models.directory import (
    CapacityRow,
    CoverageRow,
    ServiceAreaRow,
    ServiceLanguageRow,
    ServiceNeedRow,
    ServiceRow,
)
from ccr.storage.types import UtcDateTime

_NO_ID: ColumnElement[Any] = cast(null(), Uuid)
_NO_TEXT: ColumnElement[Any] = cast(null(), String)
_NO_NUMBER: ColumnElement[Any] = cast(null(), Integer)
_NO_TIME: ColumnElement[Any] = cast(null(), UtcDateTime)


def parts_of(
    network_id: UUID, ids: Sequence[UUID] | None = None
) -> dict[str, dict[UUID, list[Any]]]:
    """Return what hangs on services, by kind and service, each with its own names again.

    One statement; of all services of the network, or of those with these ids.
    """
    scope = [ServiceRow.network_id == network_id]
    if ids is not None:
        scope.append(ServiceRow.id.in_(ids))
    whole = union_all(
        _part("need", ServiceNeedRow.service_id, ServiceNeedRow.need, scope=scope),
        _part(
            "area",
            ServiceAreaRow.service_id,
            ServiceAreaRow.code,
            ServiceAreaRow.extent,
            scope=scope,
        ),
        _part(
            "language",
            ServiceLanguageRow.service_id,
            ServiceLanguageRow.code,
            ServiceLanguageRow.mode,
            scope=scope,
        ),
        _part(
            "coverage",
            CoverageRow.service_id,
            CoverageRow.need,
            CoverageRow.mode,
            CoverageRow.opening_hours,
            CoverageRow.phone,
            position=CoverageRow.id,
            scope=scope,
        ),
        _part(
            "capacity",
            CapacityRow.service_id,
            CapacityRow.status,
            CapacityRow.unit,
            CapacityRow.updated_by,
            CapacityRow.note,
            number=CapacityRow.available,
            at=CapacityRow.updated_at,
            # By kind of household it is for staff alone, and weighs nothing in routing.
            more=_NO_TEXT if ids is None else cast(CapacityRow.households, String),
            scope=scope,
        ),
    ).order_by("kind", "position", "a", "b")
    parts: dict[str, dict[UUID, list[Any]]] = {kind: defaultdict(list) for kind in _NAMES}
    for kind, service_id, _, a, b, c, d, number, at, more in db.session.execute(whole):
        values: dict[str, Any] = dict(zip(_NAMES[kind], (a, b, c, d), strict=False))
        values["households"] = json.loads(more) if more else {}
        parts[kind][service_id].append(SimpleNamespace(**values, available=number, updated_at=at))
    return parts


_NAMES: dict[str, tuple[str, ...]] = {
    "need": ("need",),
    "area": ("code", "extent"),
    "language": ("code", "mode"),
    "coverage": ("need", "mode", "opening_hours", "phone"),
    "capacity": ("status", "unit", "updated_by", "note"),
}


def _part(
    kind: str,
    service_id: Any,  # noqa: ANN401 -- a column of any row class
    *texts: Any,  # noqa: ANN401 -- the same
    scope: list[ColumnElement[bool]],
    position: Any = _NO_ID,  # noqa: ANN401 -- the same
    number: Any = _NO_NUMBER,  # noqa: ANN401 -- the same
    at: Any = _NO_TIME,  # noqa: ANN401 -- the same
    more: Any = _NO_TEXT,  # noqa: ANN401 -- the same
) -> Select[Any]:
    """Return one branch: kind, service, position, four texts, a number, a time, JSON."""
    a, b, c, d = [*texts, _NO_TEXT, _NO_TEXT, _NO_TEXT][:4]
    return (
        select(
            literal_value(kind).label("kind"),
            service_id.label("service_id"),
            position.label("position"),
            a.label("a"),
            b.label("b"),
            c.label("c"),
            d.label("d"),
            number.label("number"),
            at.label("at"),
            more.label("more"),
        )
        .join(ServiceRow, ServiceRow.id == service_id)
        .where(*scope)
    )
