"""Listings by how far their last check lies back, the check itself, and the rules of a network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from ccr.domain.checking import CHECKED_OFTEN, CheckRules
from ccr.domain.paging import PAGE_SIZE, Page
from ccr.domain.taxonomy import MemberCategory, Need
from ccr.storage.db import db
from ccr.storage.models.accounts import Network
from ccr.storage.models.directory import MemberRow, ServiceNeedRow, ServiceRow
from ccr.storage.queries.check_mail import has_administrator, office_address
from ccr.storage.queries.referrals import rows_changed


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A listing that is due, and what its owner has to know to say that it is still true."""

    service_id: UUID
    network_id: UUID
    compartment_id: UUID
    service: str
    member: str
    member_id: UUID
    needs: frozenset[Need]
    verified_at: datetime | None
    verified_by: str
    version: int
    has_administrator: bool
    has_address: bool


def due(rules: CheckRules, at: datetime) -> ColumnElement[bool]:
    """Return the condition that an active listing is to be checked at this moment."""
    often = exists(
        select(ServiceNeedRow.service_id).where(
            ServiceNeedRow.service_id == ServiceRow.id,
            ServiceNeedRow.need.in_([need.value for need in CHECKED_OFTEN]),
        )
    )
    usual_line = at - rules.interval(())
    often_line = at - rules.interval(CHECKED_OFTEN)
    checked = ServiceRow.last_verified_at
    return and_(
        ServiceRow.status == "active",
        or_(
            checked.is_(None),
            checked < usual_line,
            and_(checked < often_line, often),
        ),
    )


def list_due(
    network_id: UUID,
    compartment_id: UUID | None,
    rules: CheckRules,
    at: datetime,
    *,
    number: int,
    total: int | None = None,
) -> Page[CheckLine]:
    """Return the listings that are due, the longest unchecked first; of one program, or of all.

    Three statements, two where the caller has counted them already (`total`). Those that were
    never checked come after the others: they cost routing less.
    """
    which = and_(ServiceRow.network_id == network_id, MemberRow.active, due(rules, at))
    if compartment_id is not None:
        which = and_(which, ServiceRow.compartment_id == compartment_id)
    if total is None:
        total = db.session.scalar(
            select(func.count())
            .select_from(ServiceRow)
            .join(MemberRow, MemberRow.id == ServiceRow.member_id)
            .where(which)
        )
    rows = db.session.execute(
        _lines()
        .where(which)
        .order_by(ServiceRow.last_verified_at.is_(None), ServiceRow.last_verified_at, ServiceRow.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    needs = _needs([row.id for row in rows])
    return Page(tuple(_line(row, needs) for row in rows), int(total or 0), number)


def count_due_by_member(
    network_id: UUID, rules: CheckRules, at: datetime, *, limit: int = 10
) -> tuple[list[tuple[str, int]], int]:
    """Return the members with the most listings due as (name, how many), and how many in all."""
    count = func.count().label("due")
    rows = db.session.execute(
        select(MemberRow.name, count, func.sum(count).over().label("in_all"))
        .join(ServiceRow, ServiceRow.member_id == MemberRow.id)
        .where(ServiceRow.network_id == network_id, MemberRow.active, due(rules, at))
        .group_by(MemberRow.id, MemberRow.name)
        .order_by(count.desc(), MemberRow.name)
        .limit(limit)
    ).all()
    return [(row.name, int(row.due)) for row in rows], int(rows[0].in_all) if rows else 0


def find_line(network_id: UUID, service_id: UUID) -> CheckLine | None:
    """Return one listing of a network, or None."""
    row = db.session.execute(
        _lines().where(ServiceRow.network_id == network_id, ServiceRow.id == service_id)
    ).first()
    return None if row is None else _line(row, _needs([service_id]))


def save_check(line: CheckLine, *, at: datetime, true_at: datetime, by: str) -> bool:
    """Note that the listing, still at the version seen, was checked; return False when it is not.

    The version stays: nothing that anybody edits has changed. What open data tells has.
    """
    return (
        rows_changed(
            update(ServiceRow)
            .where(
                ServiceRow.id == line.service_id,
                ServiceRow.network_id == line.network_id,
                ServiceRow.version == line.version,
            )
            .values(last_verified_at=true_at, verified_by=by, public_modified_at=at, updated_at=at)
            .execution_options(synchronize_session=False)
        )
        == 1
    )


def rules_of(network_id: UUID) -> CheckRules:
    """Return the intervals that a network keeps."""
    kept = db.session.scalar(select(Network.directory_rules).where(Network.id == network_id))
    return CheckRules.of(kept or {})


def save_rules(network_id: UUID, rules: CheckRules) -> None:
    """Keep the intervals of a network."""
    db.session.execute(
        update(Network)
        .where(Network.id == network_id)
        .values(directory_rules=rules.as_kept())
        .execution_options(synchronize_session=False)
    )


def _lines() -> Any:  # noqa: ANN401 -- a statement over columns of two tables
    return select(
        ServiceRow.id,
        ServiceRow.network_id,
        ServiceRow.compartment_id,
        ServiceRow.name,
        ServiceRow.member_id,
        ServiceRow.last_verified_at,
        ServiceRow.verified_by,
        ServiceRow.version,
        MemberRow.name.label("member"),
        has_administrator().label("has_administrator"),
        and_(
            office_address().is_not(None), MemberRow.category != MemberCategory.SURVIVOR.value
        ).label("has_address"),
    ).join(MemberRow, MemberRow.id == ServiceRow.member_id)


def _needs(ids: list[UUID]) -> dict[UUID, set[Need]]:
    found: dict[UUID, set[Need]] = {}
    for row in db.session.execute(
        select(ServiceNeedRow.service_id, ServiceNeedRow.need).where(
            ServiceNeedRow.service_id.in_(ids)
        )
    ):
        found.setdefault(row.service_id, set()).add(Need(row.need))
    return found


def _line(row: Any, needs: dict[UUID, set[Need]]) -> CheckLine:  # noqa: ANN401 -- a row
    return CheckLine(
        service_id=row.id,
        network_id=row.network_id,
        compartment_id=row.compartment_id,
        service=row.name,
        member=row.member,
        member_id=row.member_id,
        needs=frozenset(needs.get(row.id, ())),
        verified_at=row.last_verified_at,
        verified_by=row.verified_by,
        version=row.version,
        has_administrator=bool(row.has_administrator),
        has_address=bool(row.has_address),
    )
