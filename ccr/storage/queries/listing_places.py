"""The one way in which people change a member's words and a public place; as `listing_write` does.

Inside the unit of work of a use case that has authorised.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, insert, select, update

from ccr.domain.directory_history import Act, RecordKind, difference
from ccr.domain.listing_fields import MEMBER_FIELDS, Fields, changes_public_part
from ccr.storage.db import db
from ccr.storage.models.directory import (
    LocationRow,
    MemberRow,
    ServiceAtLocationRow,
    ServiceRow,
)
from ccr.storage.queries.directory_changes import record_changes
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.listing_records import (
    PHONE,
    Author,
    change_of,
    count_as_changed,
    edited_by,
    replace_phones,
    still_so,
)
from ccr.storage.queries.listing_state import MemberState, PlaceState, member_state
from ccr.storage.queries.listing_text import refresh_texts


def write_member(state: MemberState, changes: Fields, author: Author) -> bool:
    """Replace a member's words or phones; False when somebody else has changed it since.

    Its services carry its name: what search reads of them follows, and they count as changed.
    """
    before, after = difference(state.fields, changes)
    values = {name: after[name] for name in after if name in MEMBER_FIELDS}
    values |= {
        "edited_fields": edited_by(state.edited_fields, after, author),
        "version": state.version + 1,
        "updated_at": author.at,
    }
    if not after:
        return member_state(state.network_id, state.id).version == state.version
    if not still_so(MemberRow, state, values):
        return False
    if "phones" in after:
        replace_phones(PHONE.c.member_id, state.network_id, state.id, after["phones"])
    services = list(
        db.session.scalars(select(ServiceRow.id).where(ServiceRow.member_id == state.id))
    )
    if changes_public_part(before, after):
        count_as_changed(ServiceRow.member_id == state.id, author.at)
    if "name" in after:
        refresh_texts(services)
    change = change_of(
        RecordKind.MEMBER, state.id, Act.EDITED, author, before, after, state.version + 1
    )
    record_changes(state.network_id, [change])
    raise_directory_version(state.network_id, services)
    return True


def write_place(state: PlaceState, changes: Fields, author: Author) -> bool:
    """Replace fields of a public place; False when somebody else has changed it since.

    Coordinates come with the changes, from whoever looked them up.
    """
    before, after = difference(state.fields, changes)
    condition = (
        LocationRow.id == state.id,
        LocationRow.network_id == state.network_id,
        LocationRow.confidential.is_(False),
        LocationRow.updated_at == datetime.fromisoformat(state.stamp),
    )
    edited = edited_by(state.edited_fields, after, author)
    result = db.session.execute(
        update(LocationRow)
        .where(*condition)
        .values({**after, "edited_fields": edited, "updated_at": author.at})
        .execution_options(synchronize_session=False)
    )
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        return False
    if not after:
        return True
    services = list(
        db.session.scalars(
            select(ServiceAtLocationRow.service_id).where(
                ServiceAtLocationRow.location_id == state.id
            )
        )
    )
    count_as_changed(ServiceRow.id.in_(services), author.at)
    refresh_texts(services)
    change = change_of(RecordKind.LOCATION, state.id, Act.EDITED, author, before, after, 0)
    record_changes(state.network_id, [change])
    raise_directory_version(state.network_id, services)
    return True


def add_place(network_id: UUID, member_id: UUID, fields: Fields, author: Author) -> UUID:
    """Add a public place of a member; nothing is given there yet. Return its id."""
    place_id = uuid4()
    db.session.execute(
        insert(LocationRow).values(
            id=place_id,
            network_id=network_id,
            member_id=member_id,
            confidential=False,
            edited_fields=edited_by({}, fields, author),
            updated_at=author.at,
            **fields,
        )
    )
    change = change_of(RecordKind.LOCATION, place_id, Act.CREATED, author, None, fields, 0)
    record_changes(network_id, [change])
    raise_directory_version(network_id)
    return place_id
