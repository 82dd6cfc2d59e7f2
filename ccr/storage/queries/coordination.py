"""Promises between members. Facts about members alone."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import and_, select, update
from sqlalchemy.orm import aliased

from ccr.domain.directory import Member
from ccr.domain.pathways import Pathway, Program, Protocol
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Need
from ccr.storage.db import db, on_conflict_insert
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.coordination import PathwayRow, ProtocolRow
from ccr.storage.models.directory import MemberRow
from ccr.storage.queries.directory import member_of_row
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.referrals import rows_changed
from ccr.storage.queries.taking_part import NOBODY


def list_network_members(network_id: UUID) -> list[Member]:
    """Return the listed, active members of a network, by name, with services or without."""
    rows = db.session.execute(
        select(MemberRow.__table__)
        .where(MemberRow.network_id == network_id, MemberRow.listed, MemberRow.active)
        .order_by(MemberRow.name, MemberRow.id)
    )
    return [member_of_row(row, NOBODY) for row in rows]


def list_programs(network_id: UUID) -> tuple[tuple[Program, ...], tuple[Protocol, ...]]:
    """Return abusive partner programs of active members, and every protocol of theirs."""
    partner = aliased(MemberRow)
    rows = db.session.execute(
        select(
            Compartment.id,
            Compartment.member_id,
            MemberRow.name,
            ProtocolRow.partner_member_id,
            ProtocolRow.signed_on,
            ProtocolRow.expires_on,
            partner.name.label("partner_name"),
            partner.category.label("partner_category"),
            partner.active.label("partner_active"),
        )
        .join(MemberRow, MemberRow.id == Compartment.member_id)
        .outerjoin(ProtocolRow, ProtocolRow.program_compartment_id == Compartment.id)
        .outerjoin(partner, partner.id == ProtocolRow.partner_member_id)
        .where(
            Compartment.network_id == network_id,
            Compartment.kind == CompartmentKind.APIP.value,
            MemberRow.active,
            MemberRow.listed,
        )
        .order_by(MemberRow.name, Compartment.id, ProtocolRow.signed_on, ProtocolRow.id)
    ).all()
    programs = {row.id: Program(row.id, row.member_id, row.name) for row in rows}
    protocols = tuple(
        Protocol(
            program_id=row.id,
            partner_member_id=row.partner_member_id,
            partner_name=row.partner_name,
            partner_serves_victims=row.partner_active
            and row.partner_category == MemberCategory.VICTIM_SERVICES.value,
            signed_on=row.signed_on,
            expires_on=row.expires_on,
        )
        for row in rows
        if row.partner_member_id is not None
    )
    return tuple(programs.values()), protocols


def add_protocol(
    network_id: UUID,
    program_id: UUID,
    partner_id: UUID,
    *,
    signed_on: date,
    expires_on: date | None,
) -> UUID:
    """Add a consultation protocol; return its id. The directory changes with it: ways do."""
    row = ProtocolRow(
        id=uuid4(),
        network_id=network_id,
        program_compartment_id=program_id,
        partner_member_id=partner_id,
        signed_on=signed_on,
        expires_on=expires_on,
    )
    db.session.add(row)
    db.session.flush()
    raise_directory_version(network_id)
    return row.id


def list_pathways(network_id: UUID) -> tuple[Pathway, ...]:
    """Return every promised pathway of a network, ended ones too."""
    rows = db.session.execute(
        select(PathwayRow.__table__)
        .where(PathwayRow.network_id == network_id)
        .order_by(PathwayRow.promised_on, PathwayRow.id)
    )
    return tuple(
        Pathway(
            row.id,
            row.from_member_id,
            row.to_member_id,
            Need(row.need) if row.need else None,
            row.promised_on,
            row.ended_on,
        )
        for row in rows
    )


def promise_pathway(
    network_id: UUID, from_id: UUID, to_id: UUID, need: Need | None, *, on: date
) -> UUID | None:
    """Add a pathway, or open one again that had ended; None when it is open already."""
    code = need.value if need else ""
    made = db.session.execute(
        on_conflict_insert()(PathwayRow)
        .values(
            id=uuid4(),
            network_id=network_id,
            from_member_id=from_id,
            to_member_id=to_id,
            need=code,
            promised_on=on,
        )
        .on_conflict_do_update(
            index_elements=[
                PathwayRow.network_id,
                PathwayRow.from_member_id,
                PathwayRow.to_member_id,
                PathwayRow.need,
            ],
            set_={"promised_on": on, "ended_on": None},
            where=and_(PathwayRow.ended_on.is_not(None), PathwayRow.ended_on <= on),
        )
        .returning(PathwayRow.id)
    ).first()
    if made is None:
        return None
    raise_directory_version(network_id)
    pathway_id: UUID = made.id
    return pathway_id


def end_pathway(network_id: UUID, pathway_id: UUID, *, on: date) -> bool:
    """End a pathway from today on; False when it is not there to be ended."""
    statement = (
        update(PathwayRow)
        .where(
            PathwayRow.id == pathway_id,
            PathwayRow.network_id == network_id,
            PathwayRow.ended_on.is_(None),
        )
        .values(ended_on=on)
    )
    ended = rows_changed(statement) == 1
    if ended:
        raise_directory_version(network_id)
    return ended
