"""The districts that a network drew itself. Lists of ZIPs and counties; nobody is in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from ccr.domain.districts import District, name_key
from ccr.storage.db import db, savepoint
from ccr.storage.models.coordination import DistrictRow
from ccr.storage.queries.referrals import rows_changed


def list_districts(network_id: UUID) -> tuple[District, ...]:
    """Return the districts of a network by name."""
    table = DistrictRow
    rows = db.session.execute(
        select(table.id, table.name, table.zips, table.counties, table.version)
        .where(table.network_id == network_id)
        .order_by(table.name_key)
    )
    return tuple(
        District(row.id, row.name, tuple(row.zips), tuple(row.counties), row.version)
        for row in rows
    )


def add_district(
    network_id: UUID, name: str, zips: Sequence[str], counties: Sequence[str], *, at: datetime
) -> UUID | None:
    """Add a district; return its id, or None when the network has one of this name."""
    made = uuid4()
    row = DistrictRow(
        id=made,
        network_id=network_id,
        name=name,
        name_key=name_key(name),
        zips=list(zips),
        counties=list(counties),
        changed_at=at,
        version=1,
    )
    try:
        with savepoint():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        return None
    return made


def change_district(network_id: UUID, district: District, *, at: datetime) -> bool | None:
    """Change a district that stands as it did at `district.version`.

    Return False when it stands otherwise by now or is gone, None when its name is another's.
    """
    statement = (
        update(DistrictRow)
        .where(
            DistrictRow.id == district.id,
            DistrictRow.network_id == network_id,
            DistrictRow.version == district.version,
        )
        .values(
            name=district.name,
            name_key=name_key(district.name),
            zips=list(district.zips),
            counties=list(district.counties),
            changed_at=at,
            version=district.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    try:
        with savepoint():
            return rows_changed(statement) == 1
    except IntegrityError:
        return None


def remove_district(network_id: UUID, district_id: UUID, version: int) -> bool:
    """Delete a district that stands as it did at `version`; False when it does not."""
    statement = (
        delete(DistrictRow)
        .where(
            DistrictRow.id == district_id,
            DistrictRow.network_id == network_id,
            DistrictRow.version == version,
        )
        .execution_options(synchronize_session=False)
    )
    return rows_changed(statement) == 1
