"""The whole directory of one network as one value, in six statements whatever its size.

The small tables that hang on services come in one statement, a UNION ALL of equal columns; how
rows become services is written once, in `directory`.
"""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, String, Uuid, cast, null, select, union_all
from sqlalchemy import literal as literal_value

from ccr.domain.directory import Agreement, DirectorySnapshot
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment, Network
from ccr.storage.models.directory import (
    AgreementRow,
    CapacityRow,
    CoverageRow,
    MemberRow,
    ServiceAreaRow,
    ServiceLanguageRow,
    ServiceNeedRow,
    ServiceRow,
)
from ccr.storage.queries import directory, taking_part
from ccr.storage.types import UtcDateTime

_NO_ID: ColumnElement[Any] = cast(null(), Uuid)
_NO_TEXT: ColumnElement[Any] = cast(null(), String)
_NO_NUMBER: ColumnElement[Any] = cast(null(), Integer)
_NO_TIME: ColumnElement[Any] = cast(null(), UtcDateTime)


def load_snapshot(network_id: UUID) -> DirectorySnapshot:
    """Return the directory of a network at its present version, with its agreements.

    Confidential services come without sites: there is none to read. A network that does not exist
    has an empty directory at version 0.
    """
    # The version is read first: whatever is committed meanwhile is then newer than the version
    # says, and is loaded again, never the other way round.
    hanging = _WholeDirectory(network_id)
    rows = db.session.execute(
        select(ServiceRow.__table__, Compartment.kind)
        .join(Compartment, Compartment.id == ServiceRow.compartment_id)
        .where(ServiceRow.network_id == network_id)
        .order_by(ServiceRow.name, ServiceRow.id)
    )
    return DirectorySnapshot(
        network_id=network_id,
        version=hanging.version,
        services=tuple(directory.service_of_row(row, hanging) for row in rows),
        agreements=_agreements(network_id),
    )


class _WholeDirectory(directory.Hanging):
    """Everything that hangs on the services of a network, in four statements."""

    def __init__(self, network_id: UUID) -> None:
        # The parent reads one table a statement, which suits a few services; here all are read.
        self._network_id = network_id
        self._ids = None
        self.version = 0
        self.members = {}
        for row in _member_rows(network_id):
            self.members[row.id] = directory.member_of_row(
                row, taking_part.Answers(row.on_ccr, row.by_phone)
            )
            self.version = row.directory_version
        parts = _parts(network_id)
        self.needs = parts["need"]
        self.areas = parts["area"]
        self.languages = parts["language"]
        self.coverage = parts["coverage"]
        self.capacity = parts["capacity"]
        self.sites = self._sites()
        self.phones = self._phones()


def _member_rows(network_id: UUID) -> list[Any]:
    """Return the members with three facts more: inbox read, phone answered, and the version."""
    version = select(Network.directory_version).where(Network.id == network_id).scalar_subquery()
    return list(
        db.session.execute(
            select(
                MemberRow.__table__,
                taking_part.on_ccr(MemberRow.id, MemberRow.network_id).label("on_ccr"),
                taking_part.by_phone(MemberRow.id).label("by_phone"),
                version.label("directory_version"),
            ).where(MemberRow.network_id == network_id)
        )
    )


def _parts(network_id: UUID) -> dict[str, dict[UUID, list[Any]]]:
    """Return what hangs on services, by kind and service, each with its own names again."""
    whole = union_all(
        _part("need", ServiceNeedRow.service_id, ServiceNeedRow.need, network_id=network_id),
        _part(
            "area",
            ServiceAreaRow.service_id,
            ServiceAreaRow.code,
            ServiceAreaRow.extent,
            network_id=network_id,
        ),
        _part(
            "language",
            ServiceLanguageRow.service_id,
            ServiceLanguageRow.code,
            ServiceLanguageRow.mode,
            network_id=network_id,
        ),
        _part(
            "coverage",
            CoverageRow.service_id,
            CoverageRow.need,
            CoverageRow.mode,
            CoverageRow.opening_hours,
            CoverageRow.phone,
            position=CoverageRow.id,
            network_id=network_id,
        ),
        _part(
            "capacity",
            CapacityRow.service_id,
            CapacityRow.status,
            CapacityRow.unit,
            CapacityRow.updated_by,
            number=CapacityRow.available,
            at=CapacityRow.updated_at,
            network_id=network_id,
        ),
    ).order_by("kind", "position", "a", "b")
    parts: dict[str, dict[UUID, list[Any]]] = {kind: defaultdict(list) for kind in _NAMES}
    for kind, service_id, _, a, b, c, d, number, at in db.session.execute(whole):
        values = dict(zip(_NAMES[kind], (a, b, c, d), strict=False))
        parts[kind][service_id].append(SimpleNamespace(**values, available=number, updated_at=at))
    return parts


_NAMES: dict[str, tuple[str, ...]] = {
    "need": ("need",),
    "area": ("code", "extent"),
    "language": ("code", "mode"),
    "coverage": ("need", "mode", "opening_hours", "phone"),
    "capacity": ("status", "unit", "updated_by"),
}


def _part(
    kind: str,
    service_id: Any,  # noqa: ANN401 -- a column of any row class
    *texts: Any,  # noqa: ANN401 -- the same
    network_id: UUID,
    position: Any = _NO_ID,  # noqa: ANN401 -- the same
    number: Any = _NO_NUMBER,  # noqa: ANN401 -- the same
    at: Any = _NO_TIME,  # noqa: ANN401 -- the same
) -> Select[Any]:
    """Return one branch of the union: kind, service, position, four texts, a number, a time."""
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
        )
        .join(ServiceRow, ServiceRow.id == service_id)
        .where(ServiceRow.network_id == network_id)
    )


def database_address() -> str:
    """Return which database this process reads, without its password; a key for what is kept."""
    return db.engine.url.render_as_string(hide_password=True)


def _agreements(network_id: UUID) -> tuple[Agreement, ...]:
    rows = db.session.execute(
        select(
            AgreementRow.member_a_id,
            AgreementRow.member_b_id,
            AgreementRow.signed_on,
            AgreementRow.expires_on,
        )
        .where(AgreementRow.network_id == network_id)
        .order_by(AgreementRow.signed_on, AgreementRow.id)
    )
    return tuple(
        Agreement(frozenset({row.member_a_id, row.member_b_id}), row.signed_on, row.expires_on)
        for row in rows
    )
