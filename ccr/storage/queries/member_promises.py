"""What the members of a network promised one another, read in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import Select, literal, select, union_all

from ccr.domain.directory import Agreement, Member
from ccr.domain.pathways import Pathway, Protocol
from ccr.domain.taxonomy import MemberCategory, Need
from ccr.storage.db import db
from ccr.storage.models.coordination import PathwayRow, ProtocolRow
from ccr.storage.models.directory import AgreementRow

_AGREEMENT, _PATHWAY, _PROTOCOL = 1, 2, 3


class Promised(TypedDict):
    """The parts of a directory snapshot that are promises, each by day and id."""

    agreements: tuple[Agreement, ...]
    pathways: tuple[Pathway, ...]
    protocols: tuple[Protocol, ...]


def promises_of(network_id: UUID, members: Mapping[UUID, Member]) -> Promised:
    """Return the agreements, promised pathways and consultation protocols of a network.

    Args:
        members: those of the network, by id; they say whether a partner runs victim services.
    """
    every = union_all(_agreements(network_id), _pathways(network_id), _protocols(network_id))
    rows = every.subquery()
    found: dict[int, list[Any]] = {_AGREEMENT: [], _PATHWAY: [], _PROTOCOL: []}
    for row in db.session.execute(select(rows).order_by(rows.c.since, rows.c.id)):
        found[row.kind].append(row)
    return {
        "agreements": tuple(
            Agreement(frozenset({row.first, row.second}), row.since, row.until)
            for row in found[_AGREEMENT]
        ),
        "pathways": tuple(_pathway(row) for row in found[_PATHWAY]),
        "protocols": tuple(
            _protocol(row, members[row.second]) for row in found[_PROTOCOL] if row.second in members
        ),
    }


def _agreements(network_id: UUID) -> Select[Any]:
    row = AgreementRow
    return _named(
        _AGREEMENT, row.id, row.member_a_id, row.member_b_id, row.signed_on, row.expires_on
    ).where(row.network_id == network_id)


def _pathways(network_id: UUID) -> Select[Any]:
    row = PathwayRow
    return _named(
        _PATHWAY,
        row.id,
        row.from_member_id,
        row.to_member_id,
        row.promised_on,
        row.ended_on,
        need=row.need,
    ).where(row.network_id == network_id)


def _protocols(network_id: UUID) -> Select[Any]:
    row = ProtocolRow
    return _named(
        _PROTOCOL,
        row.id,
        row.program_compartment_id,
        row.partner_member_id,
        row.signed_on,
        row.expires_on,
    ).where(row.network_id == network_id)


def _named(kind: int, *columns: Any, need: Any = None) -> Select[Any]:  # noqa: ANN401
    names = ("id", "first", "second", "since", "until")
    named = [column.label(name) for column, name in zip(columns, names, strict=True)]
    words = literal("") if need is None else need
    return select(literal(kind).label("kind"), *named, words.label("need"))


def _pathway(row: Any) -> Pathway:  # noqa: ANN401
    need = Need(row.need) if row.need else None
    return Pathway(row.id, row.first, row.second, need, row.since, row.until)


def _protocol(row: Any, partner: Member) -> Protocol:  # noqa: ANN401
    serves = partner.active and partner.category is MemberCategory.VICTIM_SERVICES
    return Protocol(row.first, row.second, partner.name, serves, row.since, row.until)
