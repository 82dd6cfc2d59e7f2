"""People change listings one way: conditional, remembered, and never placing a hidden one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from ccr.domain.directory_history import Act
from ccr.domain.errors import InvalidInputError
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import LocationRow, ServiceRow, ServiceText
from ccr.storage.queries import listing_places, listing_write
from ccr.storage.queries.directory import directory_version, get_service
from ccr.storage.queries.directory_changes import history_of
from ccr.storage.queries.listing_state import (
    ListingState,
    listing_state,
    member_state,
    place_state,
    places_of_member,
)
from ccr.storage.queries.listing_write import Author
from tests.small_directory import PUBLIC_PHONE, SmallDirectory, make_small_directory


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    del app
    return make_small_directory(at=now)


def write(small: SmallDirectory, service_id: UUID, at: datetime, **changes: Any) -> ListingState:
    with unit_of_work():
        state = listing_state(small.network_id, service_id)
        assert listing_write.write_service(state, changes, Author(at, "coordinator"))
    return listing_state(small.network_id, service_id)


def row(service_id: UUID) -> ServiceRow:
    db.session.expire_all()
    return db.session.scalars(select(ServiceRow).where(ServiceRow.id == service_id)).one()


def test_a_change_is_written_dated_searched_and_remembered(
    small: SmallDirectory, now: datetime
) -> None:
    service_id, later = small.birch_service_id, now + timedelta(hours=1)
    newest = directory_version(small.network_id)
    changes = {
        "name": "Birch at the courthouse",
        "needs": ["pets"],
        "areas": [["state", "NY"]],
        "languages": [["es", "staff"]],
        "terms": [["x", "1", "Dachshunds"]],
        "tracks": ["child", "survivor"],
    }
    state = write(small, service_id, later, **changes)
    assert {name: state.fields[name] for name in changes} == changes
    stored = row(service_id)
    assert stored.version == 2
    assert (stored.updated_at, stored.public_modified_at) == (later, later)
    assert set(stored.edited_fields) == set(changes)
    body = db.session.scalar(select(ServiceText.body).where(ServiceText.service_id == service_id))
    assert body is not None
    assert {"courthouse", "dachshunds", "pets", "albany"} <= set(body.split())
    assert directory_version(small.network_id) == newest + 1
    change = history_of(small.network_id, [service_id])[0]
    assert (change.act, change.by_role, change.version) == (Act.EDITED, "coordinator", 2)
    assert change.before is not None
    assert change.before["name"] == "Birch legal advocacy (demo)"


def test_the_second_of_two_writers_writes_nothing(small: SmallDirectory, now: datetime) -> None:
    state = listing_state(small.network_id, small.birch_service_id)
    write(small, small.birch_service_id, now, description="First")
    with unit_of_work():
        late = listing_write.write_service(state, {"description": "Second"}, Author(now, "worker"))
        same = listing_write.write_service(state, {"name": state.fields["name"]}, Author(now, ""))
    assert (late, same) == (False, False)
    assert row(small.birch_service_id).description == "First"


def test_what_stays_as_it_is_leaves_no_trace(small: SmallDirectory, now: datetime) -> None:
    state = listing_state(small.network_id, small.birch_service_id)
    again = write(small, small.birch_service_id, now, **state.fields)
    assert again == state
    assert history_of(small.network_id, [small.birch_service_id]) == []


def test_phones_keep_their_order_and_private_ones_are_nobodys_news(
    small: SmallDirectory, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    state = listing_state(small.network_id, small.birch_service_id)
    private = [
        p | {"description": "Back office"} for p in state.fields["phones"] if p["is_private"]
    ]
    public = [p for p in state.fields["phones"] if not p["is_private"]]
    assert (len(private), len(public)) == (1, 1)
    after = write(small, small.birch_service_id, later, phones=public + private)
    assert after.fields["phones"] == public + private
    assert row(small.birch_service_id).public_modified_at != later
    new = {"number": "518-555-0199", "extension": None, "type": "hotline", "description": ""}
    write(small, small.birch_service_id, later, phones=[new | {"is_private": False}, *public])
    assert row(small.birch_service_id).public_modified_at == later
    assert get_service(small.network_id, small.birch_service_id).phone == "518-555-0199"
    assert PUBLIC_PHONE in {p["number"] for p in public}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("areas", [["zip", "12207"]]),
        ("description", "Ring the bell at 14 Elm Street, back door."),
        ("hours_text", "Ask at 220 Green Street"),
        ("phones", [{"number": "1", "description": "at 9 Pearl St", "is_private": True}]),
    ],
)
def test_a_hidden_service_gets_no_place_by_any_field(
    small: SmallDirectory, now: datetime, field: str, value: object
) -> None:
    with pytest.raises(InvalidInputError, match="confidential") as caught:
        write(small, small.cedar_service_id, now, **{field: value})
    assert caught.value.field == field


def test_a_hidden_service_gets_no_site_and_forgets_old_streets(
    small: SmallDirectory, now: datetime
) -> None:
    site = places_of_member(small.network_id, small.birch.member_id)[0]
    with pytest.raises(InvalidInputError, match="can have no place"):
        write(small, small.cedar_service_id, now, sites=[str(site.id)])
    with unit_of_work():
        row(small.cedar_service_id).description = "Open. Ring at 14 Elm Street."
    write(small, small.cedar_service_id, now, description="Open day and night.")
    change = history_of(small.network_id, [small.cedar_service_id])[0]
    assert change.before == {"description": "Open."}


def test_a_place_that_moves_takes_the_search_with_it(small: SmallDirectory, now: datetime) -> None:
    later = now + timedelta(hours=1)
    site = places_of_member(small.network_id, small.birch.member_id)[0]
    with unit_of_work():
        moved = listing_places.write_place(site, {"city": "Troy"}, Author(later, "coordinator"))
        again = listing_places.write_place(site, {"city": "Ghent"}, Author(later, "coordinator"))
    assert (moved, again) == (True, False)
    assert place_state(small.network_id, site.id).fields["city"] == "Troy"
    body = db.session.scalar(
        select(ServiceText.body).where(ServiceText.service_id == small.birch_service_id)
    )
    assert body is not None
    assert "troy" in body.split()
    assert row(small.birch_service_id).public_modified_at == later
    stored = db.session.get(LocationRow, site.id)
    assert stored is not None
    assert set(stored.edited_fields) == {"city"}


def test_a_member_that_is_renamed_is_found_by_its_new_name(
    small: SmallDirectory, now: datetime
) -> None:
    state = member_state(small.network_id, small.birch.member_id)
    with unit_of_work():
        author = Author(now, "agency_admin")
        assert listing_places.write_member(state, {"name": "Larch Advocates"}, author)
        assert not listing_places.write_member(state, {"name": "Elm Advocates"}, author)
    body = db.session.scalar(
        select(ServiceText.body).where(ServiceText.service_id == small.birch_service_id)
    )
    assert body is not None
    assert "larch" in body.split()
