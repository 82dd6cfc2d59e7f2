"""The one way in which people change a listing: a conditional update, so that one of two wins.

Every write here sets `edited_fields` (an import then asks before it changes them), the version,
the times, what search reads, and raises the directory's version; and it is remembered. A hidden
service can get no place and no fine area: by rule (`listing_fields`) and by the database.
All of it inside the unit of work of a use case that has authorised.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert

from ccr.domain.directory_history import Act, RecordKind, difference
from ccr.domain.hidden_places import PlaceTraces, without_traces
from ccr.domain.listing_fields import (
    LIST_FIELDS,
    ROW_FIELDS,
    TEXT_FIELDS,
    Fields,
    changes_public_part,
    check_answers_abuse,
    check_emergency_housing,
    check_hidden_stays_hidden,
    check_program_fits,
)
from ccr.storage.db import db
from ccr.storage.models.directory import (
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceLanguageRow,
    ServiceNeedRow,
    ServiceRow,
    ServiceTermRow,
)
from ccr.storage.queries.directory_changes import record_changes
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.listing_claims import is_authorized
from ccr.storage.queries.listing_records import (
    PHONE,
    Author,
    change_of,
    edited_by,
    replace_phones,
    still_so,
)
from ccr.storage.queries.listing_state import ListingState, listing_state
from ccr.storage.queries.listing_text import refresh_texts

__all__ = [
    "Author",
    "ListingState",
    "add_service",
    "check_whole",
    "listing_state",
    "move_service",
    "write_service",
]


def write_service(
    state: ListingState, changes: Fields, author: Author, *, act: Act = Act.EDITED
) -> bool:
    """Replace the given fields and lists of a service that is still as `state` says.

    Returns False, having written nothing, when somebody else has changed it since. Fields that
    stay as they are leave no trace.

    Args:
        state: as read by `listing_state`; its version is the condition.
        changes: by the names of `ccr.domain.listing_fields`; a list replaces the whole list.

    Raises:
        InvalidInputError: a place or a fine area for a hidden service; help for abusive partners
            under victim services; a need of abuse for couples counseling or the like.
    """
    check_hidden_stays_hidden(changes, confidential=state.confidential)
    check_whole(state, changes)
    before, after = difference(state.fields, changes)
    values: dict[str, Any] = {name: after[name] for name in after if name in ROW_FIELDS}
    values |= {
        "edited_fields": edited_by(state.edited_fields, after, author),
        "version": state.version + 1,
        "updated_at": author.at,
    }
    if changes_public_part(before, after):
        values["public_modified_at"] = author.at
    if not after:
        return listing_state(state.network_id, state.id).version == state.version
    if not still_so(ServiceRow, state, values):
        return False
    for name in LIST_FIELDS:
        if name in after:
            _replace_list(state, name, after[name])
    refresh_texts([state.id])
    _remember(state, before, after, author, act)
    return True


def check_whole(state: ListingState, changes: Fields) -> None:
    """Check changes against the listing as a whole; raises InvalidInputError."""
    check_answers_abuse(state.fields, changes)
    if "needs" in changes:
        check_program_fits(changes["needs"], state.compartment_kind)
    if {"needs", "sites"} & set(changes):
        check_emergency_housing(
            state.fields, changes, state.compartment_kind, authorized=is_authorized(state.id)
        )


def add_service(
    network_id: UUID, member_id: UUID, compartment_id: UUID, fields: Fields, author: Author
) -> UUID:
    """Add a public service with these fields to a member's program; return its id.

    Raises:
        InvalidInputError: as for `write_service`.
    """
    service_id = uuid4()
    values = {name: fields[name] for name in ROW_FIELDS if name in fields}
    db.session.execute(
        insert(ServiceRow).values(
            id=service_id,
            network_id=network_id,
            member_id=member_id,
            compartment_id=compartment_id,
            confidential=False,
            edited_fields=edited_by({}, fields, author),
            public_modified_at=author.at,
            updated_at=author.at,
            **values,
        )
    )
    state = listing_state(network_id, service_id)
    check_program_fits(fields.get("needs", ()), state.compartment_kind)
    check_answers_abuse({}, fields)
    for name in LIST_FIELDS:
        if fields.get(name):
            _replace_list(state, name, fields[name])
    refresh_texts([service_id])
    record_changes(
        network_id,
        [change_of(RecordKind.SERVICE, service_id, Act.CREATED, author, None, fields, 1)],
    )
    raise_directory_version(network_id, [service_id])
    return service_id


def move_service(
    state: ListingState, member_id: UUID, compartment_id: UUID, author: Author
) -> bool:
    """Give a service to another program; its places stay linked. False when it has changed."""
    values = {
        "member_id": member_id,
        "compartment_id": compartment_id,
        "version": state.version + 1,
        "updated_at": author.at,
        "public_modified_at": author.at,
    }
    if not still_so(ServiceRow, state, values):
        return False
    refresh_texts([state.id])
    record_changes(
        state.network_id,
        [
            change_of(
                RecordKind.SERVICE,
                state.id,
                Act.CLAIMED,
                author,
                {"member_id": state.member_id, "compartment_id": state.compartment_id},
                {"member_id": member_id, "compartment_id": compartment_id},
                state.version + 1,
            )
        ],
    )
    raise_directory_version(state.network_id, [state.id])
    return True


def _remember(
    state: ListingState,
    before: dict[str, Any],
    after: dict[str, Any],
    author: Author,
    act: Act,
) -> None:
    if state.confidential:
        before, after = _without_places(before), _without_places(after)
    change = change_of(RecordKind.SERVICE, state.id, act, author, before, after, state.version + 1)
    record_changes(state.network_id, [change])
    raise_directory_version(state.network_id, [state.id])


def _without_places(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a hidden service as they may be remembered: without any street (R48)."""
    kept = dict(fields)
    for name in TEXT_FIELDS:
        if isinstance(kept.get(name), str):
            kept[name] = without_traces(kept[name], PlaceTraces())
    kept.pop("sites", None)
    return kept


def _replace_list(state: ListingState, name: str, items: list[Any]) -> None:
    """Put a service's list in place of the one it has."""
    if name == "phones":
        replace_phones(PHONE.c.service_id, state.network_id, state.id, items)
        return
    model, row_of = _LISTS[name]
    db.session.execute(
        delete(model)
        .where(model.service_id == state.id)
        .execution_options(synchronize_session=False)
    )
    rows = [{"service_id": state.id, **row_of(item, state)} for item in items]
    if rows:
        db.session.execute(insert(model), rows)


_LISTS: dict[str, tuple[Any, Any]] = {
    "needs": (ServiceNeedRow, lambda item, _state: {"need": item}),
    "areas": (
        ServiceAreaRow,
        lambda item, state: {
            "id": uuid4(),
            "extent": item[0],
            "code": item[1],
            "confidential": state.confidential,
        },
    ),
    "languages": (ServiceLanguageRow, lambda item, _state: {"code": item[0], "mode": item[1]}),
    "terms": (
        ServiceTermRow,
        lambda item, _state: {
            "id": uuid4(),
            "taxonomy": item[0],
            "code": item[1],
            "name": item[2],
        },
    ),
    "sites": (
        ServiceAtLocationRow,
        lambda item, state: {
            "id": uuid4(),
            "network_id": state.network_id,
            "location_id": UUID(item),
            "confidential": state.confidential,
        },
    ),
}
"""Each list's table, and an item's columns."""
