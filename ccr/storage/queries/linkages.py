"""Linkage agreements: the papers, their parties, and the pairs that routing reads of them."""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from ccr.domain.linkages import Contact, Linkage, Paper, Term, pairs_of
from ccr.domain.taxonomy import Need
from ccr.storage.db import db, savepoint
from ccr.storage.models.directory import AgreementRow
from ccr.storage.models.linkages import LinkagePartyRow, LinkageRow
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.referrals import rows_changed


def list_linkages(network_id: UUID) -> tuple[Linkage, ...]:
    """Return every version of every agreement of a network, oldest first."""
    rows = db.session.execute(
        select(LinkageRow.__table__, LinkagePartyRow.member_id, LinkagePartyRow.contact)
        .join(LinkagePartyRow, LinkagePartyRow.linkage_id == LinkageRow.id)
        .where(LinkageRow.network_id == network_id)
        .order_by(LinkageRow.signed_on, LinkageRow.id, LinkagePartyRow.member_id)
    )
    return tuple(_linkage(list(of)) for _, of in groupby(rows, key=lambda row: row.id))


def _linkage(of: list[Any]) -> Linkage:
    """Return an agreement from its rows, one a party."""
    row = of[0]
    return Linkage(
        id=row.id,
        series_id=row.series_id,
        version=row.version,
        parties={one.member_id: Contact(one.contact) if one.contact else None for one in of},
        needs=tuple(need for need in Need if need in set(row.needs)),
        terms=tuple(term for term in Term if term in set(row.terms)),
        terms_line=row.terms_line,
        signed_on=row.signed_on,
        review_on=row.review_on,
        expires_on=row.expires_on,
        ended_on=row.ended_on,
    )


def add_linkage(
    network_id: UUID,
    paper: Paper,
    *,
    after: Linkage | None = None,
    linkage_id: UUID | None = None,
    at: datetime | None = None,
) -> UUID | None:
    """Add an agreement, or (with `after`) its next version; None when that is there already.

    The directory changes with it: routing reads its pairs.
    """
    new_id = linkage_id or uuid4()
    row = LinkageRow(
        id=new_id,
        network_id=network_id,
        series_id=after.series_id if after else new_id,
        version=after.version + 1 if after else 1,
        needs=[need.value for need in paper.needs],
        terms=[term.value for term in paper.terms],
        terms_line=paper.terms_line,
        signed_on=paper.signed_on,
        review_on=paper.review_on,
        expires_on=paper.expires_on,
        recorded_at=at,
    )
    try:
        with savepoint():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        return None
    db.session.add_all(
        LinkagePartyRow(linkage_id=new_id, member_id=m, contact=c.value if c else "")
        for m, c in paper.parties
    )
    db.session.add_all(
        AgreementRow(
            id=uuid4(), network_id=network_id, linkage_id=new_id, member_a_id=a, member_b_id=b,
            signed_on=paper.signed_on, expires_on=paper.expires_on,
        )
        for a, b in pairs_of(member_id for member_id, _ in paper.parties)
    )  # fmt: skip
    db.session.flush()
    raise_directory_version(network_id)
    return new_id


def end_linkage(network_id: UUID, linkage_id: UUID, *, on: date) -> bool:
    """End an agreement on a day before its time; False when it is not there to be ended."""
    statement = (
        update(LinkageRow)
        .where(
            LinkageRow.id == linkage_id,
            LinkageRow.network_id == network_id,
            LinkageRow.ended_on.is_(None),
        )
        .values(ended_on=on)
    )
    if rows_changed(statement) != 1:
        return False
    db.session.execute(
        update(AgreementRow)
        .where(AgreementRow.linkage_id == linkage_id)
        .values(expires_on=on)
        .execution_options(synchronize_session=False)
    )
    raise_directory_version(network_id)
    return True
