"""Directories made comparable: what a network holds, without the ids of its own rows."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ccr.domain.open_records import (
    OpenMember,
    OpenService,
    OpenSite,
    Scope,
    as_open,
    member_as_open,
)
from ccr.storage.db import db
from ccr.storage.models.directory import MemberRow, ServiceRow
from ccr.storage.queries import open_data, open_index

NIL = UUID(int=0)


def held(network_id: UUID, *, by_source: bool = False) -> dict[str, Any]:
    """Return every listed member and service of a network as staff may take it away.

    Keys are the rows' ids, or where they came from another network, their ids there.
    """
    services = open_data.load_services(
        network_id, open_index.service_ids(network_id, Scope.STAFF), Scope.STAFF
    )
    told = {service.id: as_open(service, Scope.STAFF) for service in services}
    ids = list(
        db.session.scalars(
            select(MemberRow.id).where(MemberRow.network_id == network_id, MemberRow.listed)
        )
    )
    members = open_data.load_members(network_id, ids, Scope.STAFF)
    names: dict[UUID, str] = {}
    if by_source:
        for model in (MemberRow, ServiceRow):
            names |= dict(
                db.session.execute(
                    select(model.id, model.source_id).where(model.network_id == network_id)
                ).all()
            )
    return {
        **{names.get(s.id, str(s.id)): plain(s) for s in told.values()},
        **{names.get(m.id, str(m.id)): plain(member_as_open(m, Scope.STAFF)) for m in members},
    }


def plain(value: Any) -> Any:
    """Return a record as plain values without ids, times of change and order."""
    if isinstance(value, OpenService):
        value = replace(value, public_modified_at=None)
    if isinstance(value, OpenService | OpenMember | OpenSite) or hasattr(value, "number"):
        shown = {f.name: plain(getattr(value, f.name)) for f in fields(value)}
        if isinstance(value, OpenService):
            sites = [plain(site) for _, site in value.links]
            shown["links"] = sorted(sites, key=repr)
            shown["member"] = value.member.name
        return {k: v for k, v in shown.items() if k not in {"id", "member_id"}}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return value
