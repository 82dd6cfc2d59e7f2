"""Hiding erases a place everywhere at once; publishing needs the operator's signature on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from ccr.domain.directory_history import Act
from ccr.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    InvalidInputError,
    StaleError,
)
from ccr.domain.taxonomy import AreaExtent
from ccr.policy.identity import Role
from ccr.services import accounts, hiding, import_undo, public_directory, verification
from ccr.services.hiding import Authorization
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import LocationRow, PhoneRow, ServiceAtLocationRow, ServiceRow
from ccr.storage.models.keeping import ImportRun, PublicationAuthorization
from ccr.storage.queries.directory import directory_version, get_service
from ccr.storage.queries.directory_changes import changes_of_run, history_of
from tests.finding import total
from tests.hidden_house import (
    HOUSE_PHONE,
    OTHER_SOURCE,
    SOURCE,
    TELLS,
    House,
    coordinator_of,
    import_the_house,
    plant,
)
from tests.loop import dump, world
from tests.small_directory import SmallDirectory, make_small_directory


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


@pytest.fixture
def house(small: SmallDirectory, now: datetime, tmp_path: Path) -> House:
    return plant(small, tmp_path, at=now)


def traces() -> list[str]:
    """Return what of the house is left in any row, as "table: word"."""
    found = []
    for table, rows in dump().items():
        text = repr(rows).casefold()
        found += [f"{table}: {word}" for word in TELLS if word in text]
    return found


def hide(identity, service_id, at):
    seen = hiding.preview(identity, service_id)
    confirmed = {line.id: line.version for line in seen.hides}
    return hiding.hide(identity, world(), service_id, confirmed, at=at)


def test_hiding_takes_the_place_out_of_every_row_and_keeps_what_helps(
    small: SmallDirectory, house: House, now: datetime
) -> None:
    assert len(traces()) > 20
    me = coordinator_of(small)
    seen = hiding.preview(me, house.imported)
    assert {line.id for line in seen.hides} == house.hidden
    assert seen.hides[0].id == house.imported
    assert (seen.stays, seen.phones, seen.may_publish) == ((), ("(518) 555-0161",), True)
    version = directory_version(small.network_id)
    done = hide(me, house.imported, now)
    assert (done.services, done.compacted) == (2, True)
    assert traces() == []
    assert directory_version(small.network_id) > version
    assert not verification.verify_storage(replace(me, from_terminal=True)).findings

    imported, edited = (get_service(small.network_id, i) for i in (house.imported, house.edited))
    for service in (imported, edited):
        assert service.confidential
        assert [(a.extent, a.code) for a in service.areas] == [(AreaExtent.COUNTY, "36083")]
    assert imported.description == "Help with custody."
    assert imported.how_to_apply == "Call."
    assert edited.description == "Somebody listens."
    assert (edited.website, edited.phone) == (None, "518-555-0164")
    for other in (house.sibling, house.elsewhere):
        kept = get_service(small.network_id, other)
        assert kept.description == "Rides for pets. Office at 1 Public Square."
        assert not kept.confidential
    # The number of the house is kept for staff alone: somebody may have it in a telephone.
    private = db.session.scalars(
        select(PhoneRow.is_private).where(PhoneRow.service_id.in_(house.hidden)).order_by()
    ).all()
    assert sorted(private) == [False, False, True, True]
    assert not db.session.scalar(select(LocationRow.id).where(LocationRow.id.in_(house.locations)))
    assert total(coordinator_of(small), "canarywell") == 0
    assert total(coordinator_of(small), "birch welcome") == 1


def test_history_begins_anew_and_nothing_can_be_undone_to_before(
    small: SmallDirectory, house: House, now: datetime
) -> None:
    hide(coordinator_of(small), house.edited, now)
    for service_id in house.hidden:
        (only,) = history_of(small.network_id, [service_id])
        assert (only.act, only.before, only.after) == (
            Act.HIDDEN,
            {"confidential": False},
            {"confidential": True},
        )
    assert history_of(small.network_id, [*house.locations, *house.merged_away]) == []
    runs = db.session.scalars(select(ImportRun.id)).all()
    assert [c for run in runs for c in changes_of_run(small.network_id, run)] == []
    # Others keep theirs.
    assert len(history_of(small.network_id, [small.birch_service_id])) == 1
    states = {
        row.id: row.state for row in db.session.execute(select(ImportRun.id, ImportRun.state))
    }
    assert states[house.waiting_run] == "cancelled"
    folder = world().settings.data_dir / "imports"
    assert not (folder / str(house.waiting_run)).exists()


@pytest.mark.parametrize("source", [SOURCE, OTHER_SOURCE])
def test_no_source_that_is_known_can_bring_the_place_back(
    small: SmallDirectory, house: House, now: datetime, tmp_path: Path, source: str
) -> None:
    """Neither the one it came from, nor another whose record was merged into it."""
    hide(coordinator_of(small), house.imported, now)
    again = tmp_path / "again"
    report = import_the_house("Test network", again, source=source, at=now + timedelta(days=1))
    assert report.written
    assert get_service(small.network_id, house.imported).confidential
    assert traces() == []


def test_undoing_an_import_from_before_cannot_bring_the_place_back(
    small: SmallDirectory, house: House, now: datetime, tmp_path: Path
) -> None:
    later = import_the_house("Test network", tmp_path / "again", says="Free.", at=now)
    assert later.run_id is not None
    assert changes_of_run(small.network_id, later.run_id)
    hide(coordinator_of(small), house.imported, now + timedelta(minutes=1))
    assert changes_of_run(small.network_id, later.run_id) == []
    operator = accounts.terminal_identity("Test network")
    import_undo.undo(operator, later.run_id, at=now + timedelta(minutes=2))
    assert get_service(small.network_id, house.imported).confidential
    assert traces() == []


def test_an_import_that_hides_a_place_erases_as_much(
    small: SmallDirectory, house: House, now: datetime, tmp_path: Path
) -> None:
    admin = replace(small.birch.identity, roles=frozenset({Role.AGENCY_ADMIN}))
    hide(admin, house.edited, now)
    assert len(traces()) > 10
    says = "The location is confidential."
    report = import_the_house("Test network", tmp_path / "again", says=says, at=now)
    assert report.written
    assert get_service(small.network_id, house.imported).confidential
    assert traces() == []


def test_hiding_twice_is_hiding_once_and_one_of_two_wins(
    small: SmallDirectory, house: House, now: datetime
) -> None:
    me = coordinator_of(small)
    seen = hiding.preview(me, house.imported)
    confirmed = {line.id: line.version for line in seen.hides}
    # Not what was confirmed: one listing less than are given there.
    with pytest.raises(StaleError):
        hiding.hide(me, world(), house.imported, {house.imported: 1}, at=now)
    assert hiding.hide(me, world(), house.imported, confirmed, at=now).services == 2
    with pytest.raises(StaleError):
        hiding.hide(me, world(), house.imported, confirmed, at=now)
    assert hide(me, house.imported, now + timedelta(hours=1)).services == 0
    assert len(history_of(small.network_id, [house.imported])) == 0


def test_a_name_that_holds_the_street_stops_it_before_anything_is_written(
    small: SmallDirectory, house: House, now: datetime
) -> None:
    with unit_of_work():
        row = db.session.get(ServiceRow, house.edited)
        assert row is not None
        row.name = "77 Canarywell drop-in"
    before = dump(without=frozenset({"audit_event", "audit_head"}))
    with pytest.raises(InvalidInputError) as refused:
        hide(coordinator_of(small), house.edited, now)
    assert refused.value.field == "name"
    assert "anarywell" not in str(refused.value)
    assert dump(without=frozenset({"audit_event", "audit_head"})) == before


def test_an_agency_hides_its_own_at_once_and_cannot_take_anothers_address_away(
    small: SmallDirectory, house: House, now: datetime
) -> None:
    admin = replace(small.birch.identity, roles=frozenset({Role.AGENCY_ADMIN}))
    with pytest.raises(ForbiddenError):
        hiding.preview(admin, house.imported)
    seen = hiding.preview(admin, house.edited)
    assert [line.id for line in seen.hides] == [house.edited]
    assert [line.id for line in seen.stays] == [house.imported]
    hide(admin, house.edited, now)
    assert get_service(small.network_id, house.edited).confidential
    other = get_service(small.network_id, house.imported)
    assert not other.confidential
    assert other.sites[0].city == "Petersburg"
    assert "Canarywell" in other.description
    # Its own record of the place is gone, and its own words.
    assert db.session.get(LocationRow, house.locations[1]) is None
    assert "anarywell" not in get_service(small.network_id, house.sibling).description
    with pytest.raises(ForbiddenError):
        hiding.preview(small.alder.identity, house.edited)


def test_a_place_that_something_public_shares_with_nobody_hidden_stays(
    small: SmallDirectory, house: House, now: datetime
) -> None:
    """The desk has a public office too: it stays with whoever else is there."""
    (office,) = get_service(small.network_id, small.birch_service_id).sites
    with unit_of_work():
        db.session.add(
            ServiceAtLocationRow(
                network_id=small.network_id, service_id=house.edited, location_id=office.id
            )
        )
    me = coordinator_of(small)
    lines = {line.id for line in hiding.preview(me, house.imported).hides}
    assert lines == house.hidden
    hide(me, house.imported, now)
    assert get_service(small.network_id, small.birch_service_id).sites == (office,)
    assert get_service(small.network_id, house.edited).sites == ()


WHOLE = Authorization("R. Director, Cedar House", date(2026, 11, 1), "cedar advocacy (demo)")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"operator_name": " "}, "operator_name"),
        ({"operator_name": "x" * 201}, "operator_name"),
        ({"signed_on": None}, "signed_on"),
        ({"signed_on": date(2026, 11, 13)}, "signed_on"),
        ({"signed_on": date(1899, 1, 1)}, "signed_on"),
        ({"confirmed_name": "Cedar"}, "confirmed_name"),
        ({"note": "x" * 1001}, "note"),
    ],
)
def test_nothing_becomes_public_without_a_whole_authorization(
    sqlite_app: Flask, now: datetime, change: dict[str, object], field: str
) -> None:
    small = make_small_directory(at=now)
    me = coordinator_of(small)
    with pytest.raises(InvalidInputError) as refused:
        hiding.publish(me, small.cedar_service_id, replace(WHOLE, **change), version=1, at=now)
    assert refused.value.field == field
    assert get_service(small.network_id, small.cedar_service_id).confidential
    assert db.session.scalar(select(func.count()).select_from(PublicationAuthorization)) == 0


def test_with_the_authorization_on_record_a_listing_is_public_and_still_without_a_place(
    small: SmallDirectory, now: datetime
) -> None:
    me = coordinator_of(small)
    cedar = small.cedar_service_id
    for stranger in (small.cedar.identity, small.birch.identity):
        with pytest.raises(ForbiddenError):
            hiding.publish(stranger, cedar, WHOLE, version=1, at=now)
    with pytest.raises(StaleError):
        hiding.publish(me, cedar, WHOLE, version=7, at=now)
    hiding.publish(me, cedar, WHOLE, version=1, at=now)
    service = get_service(small.network_id, cedar)
    assert (service.confidential, service.sites, service.version) == (False, (), 2)
    assert len(service.areas) == 3
    assert db.session.get(LocationRow, small.cedar_location_id) is None
    row = db.session.scalars(select(PublicationAuthorization)).one()
    assert (row.operator_name, row.signed_on) == ("R. Director, Cedar House", date(2026, 11, 1))
    assert (row.account_id, row.service_id) == (me.user_id, cedar)
    (change,) = history_of(small.network_id, [cedar])
    assert (change.act, change.after) == (Act.PUBLISHED, {"confidential": False})
    assert not verification.verify_storage(replace(me, from_terminal=True)).findings
    shown = public_directory.public_directory(small.network_id).index.services[cedar]
    assert not shown.confidential
    with pytest.raises(IllegalTransitionError):
        hiding.publish(me, cedar, WHOLE, version=2, at=now)
    # The private number stays private.
    assert shown.phone != HOUSE_PHONE
