"""Importing: all or nothing, the same again changes nothing, and what people decided stays."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from ccr.domain.directory import AreaExtent, Precision
from ccr.domain.directory_import import NoteLevel
from ccr.domain.errors import ForbiddenError, InvalidInputError
from ccr.domain.taxonomy import (
    CapacityStatus,
    CompartmentKind,
    MemberCategory,
    Need,
    ServiceStatus,
    Track,
)
from ccr.policy.identity import Identity, Role
from ccr.services import accounts, importing
from ccr.services.importing import ImportOptions, ImportReport
from ccr.services.world import World
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import (
    CapacityRow,
    LocationRow,
    MemberRow,
    PhoneRow,
    ServiceNeedRow,
    ServiceRow,
    ServiceText,
)
from ccr.storage.queries import verification
from ccr.storage.queries.audit import iterate_chain
from ccr.storage.queries.directory import directory_version, get_service, services_of
from tests.finding import total
from tests.package_builders import (
    ADDRESS,
    LINK,
    LOCATION,
    ORGANIZATION,
    PHONE,
    SERVICE,
    hsds,
    write_package,
)
from tests.people import make_team
from tests.shared_data import SHARED, needs_shared

LATER = timedelta(days=1)


@pytest.fixture
def operator(app: Flask, now: datetime) -> Identity:
    accounts.create_network("Test network", at=now)
    return accounts.terminal_identity()


@pytest.fixture
def world(app: Flask) -> World:
    found: World = app.extensions["ccr_world"]
    return found


@pytest.fixture
def bring(operator: Identity, world: World, now: datetime, tmp_path: Path):
    def import_it(
        at: datetime = now,
        source: str | None = "test",
        skip: bool = False,
        dry_run: bool = False,
        path: Path | None = None,
        **changes,
    ) -> ImportReport:
        path = path or hsds(tmp_path / "package", **changes)
        options = ImportOptions(source=source, skip_bad_rows=skip, dry_run=dry_run)
        return importing.import_package(operator, world, path, options, at=at)

    return import_it


def rows(model) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def only(operator: Identity):
    return services_of(operator.network_id)[0]


def test_a_package_becomes_members_programs_services_and_places(bring, operator) -> None:
    report = bring()
    assert (report.written, report.changes, report.errors) == (True, 3, 0)
    service = only(operator)
    assert service.name == "Food pantry"
    assert service.member.name == "Alder House"
    assert service.compartment_kind is CompartmentKind.GENERAL
    assert service.needs == {Need.FOOD}
    assert service.tracks == set(Track)
    assert service.phone == "(518) 555-0142"
    assert service.sites[0].precision is Precision.ROOFTOP
    assert service.sites[0].zip_code == "12180"
    assert not service.member.on_ccr
    assert total(operator, "pantry troy") == 1


def test_the_same_package_again_changes_nothing(bring, operator, now) -> None:
    bring()
    before = (
        get_service(operator.network_id, only(operator).id),
        directory_version(operator.network_id),
        list(iterate_chain(operator.compartment_id)),
    )
    report = bring(at=now + LATER)
    assert report.written
    assert report.changes == 0
    unchanged = [c.unchanged for c in (report.services, report.members, report.sites)]
    assert unchanged == [1, 1, 1]
    assert (
        get_service(operator.network_id, only(operator).id),
        directory_version(operator.network_id),
        list(iterate_chain(operator.compartment_id)),
    ) == before


def test_the_time_that_open_data_tells_moves_with_what_anybody_may_see_alone(
    bring, operator, now
) -> None:
    def told() -> datetime | None:
        found = db.session.scalar(select(ServiceRow.public_modified_at))
        db.session.rollback()
        return found

    private = {**PHONE, "id": "p2", "number": "518-555-0199", "is_private": "yes"}
    bring()
    assert bring(at=now + LATER, phones=[PHONE, private]).services.changed == 1
    assert told() == now
    assert bring(at=now + 2 * LATER, services=[{**SERVICE, "name": "Pantry"}]).written
    assert told() == now + 2 * LATER


def test_what_the_source_changed_is_changed_and_counted(bring, operator, now) -> None:
    bring()
    service = only(operator)
    version = directory_version(operator.network_id)
    report = bring(
        at=now + LATER,
        organizations=[{**ORGANIZATION, "name": "Alder Place"}],
        services=[{**SERVICE, "name": "Food shelf", "status": "inactive", "minimum_age": "18"}],
        locations=[{**LOCATION, "latitude": "42.73"}],
        phones=[{**PHONE, "number": "518-555-0177"}],
        languages=[{"id": "g1", "service_id": "s1", "name": "Spanish"}],
        service_areas=[{"id": "e1", "service_id": "s1", "name": "Albany County"}],
    )
    assert [c.changed for c in (report.members, report.services, report.sites)] == [1, 1, 1]
    changed = get_service(operator.network_id, service.id)
    assert (changed.name, changed.member.name, changed.phone) == (
        "Food shelf",
        "Alder Place",
        "(518) 555-0177",
    )
    assert changed.status is ServiceStatus.INACTIVE
    assert changed.minimum_age == 18
    assert changed.areas[0].extent is AreaExtent.COUNTY
    assert changed.languages[0].code == "es"
    assert changed.version == service.version + 1
    assert directory_version(operator.network_id) == version + 1
    assert rows(PhoneRow) == 1
    assert total(operator, "shelf alder place") == 1


def test_an_error_row_stops_everything(bring, operator, now) -> None:
    bring()
    report = bring(
        organizations=[{**ORGANIZATION, "name": "Changed"}],
        services=[{**SERVICE, "name": "Changed"}, {**SERVICE, "id": "s2", "organization_id": "o9"}],
    )
    assert (report.written, report.stopped, report.errors) == (False, True, 1)
    assert only(operator).name == "Food pantry"
    assert only(operator).member.name == "Alder House"


def test_bad_rows_are_left_out_on_request_and_named(bring, operator) -> None:
    report = bring(skip=True, services=[SERVICE, {**SERVICE, "id": "s2", "name": ""}])
    assert (report.written, report.errors) == (True, 1)
    assert [n.line for n in report.notes if n.level is NoteLevel.ERROR] == [3]
    assert len(services_of(operator.network_id)) == 1


def test_a_dry_run_counts_and_writes_nothing(bring, operator) -> None:
    report = bring(dry_run=True)
    assert (report.written, report.changes, report.dry_run) == (False, 3, True)
    assert rows(ServiceRow) == rows(LocationRow) == rows(PhoneRow) == 0


def test_a_failure_half_way_leaves_nothing(bring, operator, monkeypatch) -> None:
    from ccr.storage.queries.importing import PlanWriter

    def fail(self, plan):
        raise RuntimeError

    monkeypatch.setattr(PlanWriter, "_texts", fail)
    with pytest.raises(RuntimeError):
        bring()
    assert rows(ServiceRow) == rows(LocationRow) == rows(ServiceText) == 0
    assert directory_version(operator.network_id) == 1


def test_what_people_decided_since_stays(bring, operator, now) -> None:
    bring(
        service_capacity=[
            {"id": "k1", "service_id": "s1", "available": "5", "updated": "2026-11-01T00:00:00Z"}
        ]
    )
    service = only(operator)
    checked = now + timedelta(hours=1)
    with unit_of_work():
        row = db.session.get(ServiceRow, service.id)
        row.do_not_refer = True
        row.tracks = ["survivor"]
        row.last_verified_at = checked
        member = db.session.get(MemberRow, service.member.id)
        member.category = "faith-group"
        db.session.add(ServiceNeedRow(service_id=service.id, need="housing"))
        room = db.session.get(CapacityRow, service.id)
        room.status, room.available, room.updated_at = "no-capacity", 0, checked
    report = bring(
        at=now + LATER,
        services=[{**SERVICE, "name": "Rides", "assured_date": "2026-01-01"}],
        service_capacity=[
            {"id": "k1", "service_id": "s1", "available": "5", "updated": "2026-11-02T00:00:00Z"}
        ],
    )
    assert report.services.changed == 1
    after = get_service(operator.network_id, service.id)
    assert after.name == "Rides"
    assert after.needs == {Need.FOOD, Need.HOUSING}
    assert after.tracks == {Track.SURVIVOR}
    assert after.do_not_refer
    assert after.last_verified_at == checked
    assert after.member.category is MemberCategory.FAITH
    assert after.capacity is not None
    assert after.capacity.status is CapacityStatus.NO_CAPACITY


def test_a_newer_word_on_room_is_taken(bring, operator, now) -> None:
    bring()
    report = bring(
        service_capacity=[
            {"id": "k1", "service_id": "s1", "available": "5", "updated": "2026-11-10T00:00:00Z"}
        ]
    )
    assert report.services.changed == 1
    assert only(operator).capacity.available == 5
    assert only(operator).capacity.updated_by == "import: test"


def test_records_missing_from_a_later_package_stay(bring, operator) -> None:
    bring(services=[SERVICE, {**SERVICE, "id": "s2", "name": "Rides"}])
    report = bring(services=[SERVICE])
    assert (report.services.absent, report.changes) == (1, 0)
    assert len(services_of(operator.network_id)) == 2


# -- hidden places -------------------------------------------------------------------------------


def everything_stored() -> str:
    """Return every cell of every directory table as text."""
    found = []
    for table in db.metadata.sorted_tables:
        if not table.name.startswith(("audit", "account")):
            found += [repr(tuple(row)) for row in db.session.execute(select(table))]
    if db.session.get_bind().dialect.name == "sqlite":
        found += [
            str(r) for r in db.session.execute(text("SELECT block FROM service_text_index_data"))
        ]
    return "\n".join(found)


HIDDEN = {"services": [{**SERVICE, "confidential": "yes", "description": "At 12 Elm Street."}]}


def test_no_place_of_a_hidden_service_is_ever_stored(bring, operator) -> None:
    bring(**HIDDEN)
    service = only(operator)
    assert service.confidential
    assert [(a.extent, a.code) for a in service.areas] == [(AreaExtent.COUNTY, "36083")]
    assert rows(LocationRow) == 0
    for trace in ("Elm", "elm", "42.72", "-73.69", "12180", "Troy", "troy"):
        assert trace not in everything_stored()


def test_a_place_hidden_by_a_later_package_is_removed(bring, operator) -> None:
    bring()
    service = only(operator)
    report = bring(**HIDDEN)
    assert report.written
    after = get_service(operator.network_id, service.id)
    assert after.confidential
    assert after.sites == ()
    assert rows(LocationRow) == 0
    for trace in ("Elm", "elm", "42.72", "-73.69", "12180", "Troy", "troy"):
        assert trace not in everything_stored()


def test_a_hidden_place_stays_hidden_when_the_flag_is_gone(bring, operator) -> None:
    bring(**HIDDEN)
    report = bring(services=[{**SERVICE, "description": "At 12 Elm Street."}])
    assert report.written
    assert only(operator).confidential
    assert rows(LocationRow) == 0
    assert "Elm" not in everything_stored()
    assert any("Hidden place" in str(n.phrase) for n in report.notes)


def test_the_phone_of_a_hidden_place_is_never_shown(bring, operator) -> None:
    bring(**HIDDEN, phones=[{**PHONE, "service_id": "", "location_id": "l1"}])
    assert only(operator).phone is None
    assert rows(PhoneRow) == 1


def test_two_services_at_one_hidden_place_share_its_phone(bring, operator) -> None:
    report = bring(
        services=[{**SERVICE, "confidential": "yes"}, {**SERVICE, "id": "s2", "name": "Day group"}],
        service_at_location=[LINK, {**LINK, "id": "x2", "service_id": "s2"}],
        phones=[{**PHONE, "service_id": "", "location_id": "l1"}],
    )
    assert report.written
    assert [s.confidential for s in services_of(operator.network_id)] == [True, True]
    assert rows(PhoneRow) == 2


def test_phones_without_ids_and_phones_that_move_are_kept_once(bring, operator) -> None:
    nameless = {**PHONE, "id": ""}
    two = [SERVICE, {**SERVICE, "id": "s2", "name": "Rides"}]
    bring(services=two, phones=[nameless, nameless, {**nameless, "service_id": "s2"}, PHONE])
    assert rows(PhoneRow) == 3
    assert (
        bring(
            services=two, phones=[nameless, nameless, {**nameless, "service_id": "s2"}, PHONE]
        ).changes
        == 0
    )
    report = bring(
        services=[two[1]], service_at_location=[], phones=[{**PHONE, "service_id": "s2"}]
    )
    assert report.written
    assert rows(PhoneRow) == 2


# -- programs ------------------------------------------------------------------------------------


def test_an_abusive_partner_program_gets_a_program_of_its_own(bring, operator) -> None:
    bring(
        organizations=[{**ORGANIZATION, "name": "River Domestic Violence Services"}],
        services=[
            {**SERVICE, "name": "Safety planning"},
            {**SERVICE, "id": "s2", "name": "Batterer intervention"},
        ],
    )
    kinds = {s.name: s.compartment_kind for s in services_of(operator.network_id)}
    assert kinds == {
        "Safety planning": CompartmentKind.VICTIM_SERVICES,
        "Batterer intervention": CompartmentKind.APIP,
    }
    assert verification.abusive_partner_programs_beside_victim_services() == []


def test_a_service_that_moved_to_another_organization_stays_where_it_was(bring, operator) -> None:
    bring()
    report = bring(
        organizations=[ORGANIZATION, {**ORGANIZATION, "id": "o2", "name": "Oak Center"}],
        services=[{**SERVICE, "organization_id": "o2"}],
    )
    assert only(operator).member.name == "Alder House"
    assert any("moved to another organization" in str(n.phrase) for n in report.notes)


def test_a_member_of_the_same_name_made_by_hand_is_noted(bring, operator, now) -> None:
    make_team(operator.network_id, "alder house", at=now)
    report = bring()
    assert any("Another member has this name" in str(n.phrase) for n in report.notes)


# -- who, under which name, and what the trail keeps ---------------------------------------------


def test_only_coordinators_and_the_terminal_may_import(operator, world, now, tmp_path) -> None:
    worker = make_team(operator.network_id, "Oak Center", Role.WORKER, at=now).identity
    with pytest.raises(ForbiddenError):
        importing.import_package(worker, world, hsds(tmp_path / "p"), at=now)
    coordinator = replace(worker, roles=frozenset({Role.COORDINATOR}))
    assert importing.import_package(coordinator, world, hsds(tmp_path / "p"), at=now).written


def test_the_source_is_named_after_the_folder_unless_given(bring, operator, tmp_path) -> None:
    assert bring(source=None).source == "package"
    with pytest.raises(InvalidInputError):
        bring(source=" ")
    with pytest.raises(InvalidInputError):
        bring(source="x" * 101)


def test_two_sources_with_the_same_ids_do_not_meet(bring, operator) -> None:
    bring(source="one")
    report = bring(source="two")
    assert report.services.added == 1
    assert len(services_of(operator.network_id)) == 2


def test_another_package_under_the_same_source_name_is_refused(bring, operator) -> None:
    bring(services=[{**SERVICE, "id": str(n), "name": f"Pantry {n}"} for n in range(4)])
    with pytest.raises(InvalidInputError, match="another source name"):
        bring(services=[{**SERVICE, "id": str(n), "name": f"Library {n}"} for n in range(4)])
    assert {s.name for s in services_of(operator.network_id)} == {f"Pantry {n}" for n in range(4)}


def test_one_event_says_how_many_and_nothing_else(bring, operator) -> None:
    bring()
    event, *_ = [e for e, _, _ in iterate_chain(operator.compartment_id) if e.verb == "imported"]
    assert event.subject_type == "directory"
    assert event.field_names == ("locations.added:1", "members.added:1", "services.added:1")
    assert verification.broken_audit_chains() == []


def test_the_report_as_csv_holds_no_formula(bring) -> None:
    report = bring(
        dry_run=True,
        services=[
            {**SERVICE, "id": "=HYPERLINK(1)", "status": ""},
            {**SERVICE, "id": "\t=1", "status": ""},
            {**SERVICE, "id": "@x", "status": ""},
            {**SERVICE, "id": "|x", "status": ""},
        ],
    )
    cells = [c for row in csv.reader(io.StringIO(importing.report_csv(report))) for c in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [c for c in cells if c[:1] in set("=+-@|%\t\r")]


def test_the_report_for_machines_has_a_summary_and_rows(bring) -> None:
    report = bring(services=[{**SERVICE, "status": ""}]).as_dict()
    assert report["summary"]["written"] is True
    assert report["summary"]["services"]["added"] == 1
    row = next(r for r in report["rows"] if r["field"] == "status")
    assert row == {
        "table": "services.csv",
        "line": 2,
        "level": "info",
        "field": "status",
        "id": "s1",
        "text": "No status: read as active.",
    }


def test_progress_is_told_up_to_the_end(operator, world, now, tmp_path) -> None:
    told = []
    importing.import_package(
        operator, world, hsds(tmp_path / "p"), at=now, progress=lambda *step: told.append(step)
    )
    assert told[0] == ("reading", 0, 0)
    assert told[-1][0] == "writing"
    assert told[-1][1] == told[-1][2] > 0


@needs_shared
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("ohana-sample", 53),
        ("hsds11-sample/all_resources", 33),
        ("hsds-3.2.3-examples/csv", 3),
    ],
)
def test_published_samples_import_once_and_only_once(
    bring, operator, name: str, changes: int
) -> None:
    path = SHARED / "data" / name
    assert [bring(path=path).changes, bring(path=path).changes] == [changes, 0]
    for check in (
        verification.services_of_another_members_program,
        verification.services_without_search_text,
        verification.members_without_a_program,
        verification.hidden_places_with_a_place,
    ):
        assert check() == []


def test_a_cut_off_file_changes_nothing(bring, operator, tmp_path) -> None:
    pantries = [
        {"id": str(n), "organization_id": "o1", "status": "active", "name": f"Pantry, {n}"}
        for n in range(20)
    ]
    folder = hsds(tmp_path / "cut", services=pantries, service_at_location=[], phones=[])
    whole = (folder / "services.csv").read_bytes()
    refused = 0
    for end in range(0, len(whole), 13):
        (folder / "services.csv").write_bytes(whole[:end])
        before = rows(ServiceRow)
        try:
            written = bring(path=folder).written
        except InvalidInputError:
            written = False
        # A cut right after a row looks whole: the file simply has fewer rows.
        complete = whole[:end].count(b'"') // 2
        assert rows(ServiceRow) == (complete if written else before)
        refused += not written
    assert refused > 20


def test_many_rows_are_written_in_a_few_statements(bring, operator) -> None:
    from sqlalchemy import event as sa_event

    statements: list[str] = []
    sa_event.listen(db.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    count = 300
    bring(
        path=None,
        services=[{**SERVICE, "id": f"s{n}"} for n in range(count)],
        service_at_location=[{**LINK, "id": f"x{n}", "service_id": f"s{n}"} for n in range(count)],
        addresses=[ADDRESS],
    )
    assert len(statements) < 60
    assert len(services_of(operator.network_id)) == count


def test_an_ohana_folder_is_recognised_by_its_shape(bring, operator, tmp_path) -> None:
    path = write_package(
        tmp_path / "ohana",
        organizations=[{"id": "1", "name": "Alder House"}],
        locations=[{"id": "1", "organization_id": "1", "name": "Office"}],
        services=[{"id": "1", "location_id": "1", "name": "Pantry", "status": "active"}],
    )
    assert bring(path=path).as_dict()["summary"]["kind"] == "ohana-csv"
