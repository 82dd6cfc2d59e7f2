"""The import's own queries: what it finds, and that its plan is written as told."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from ccr.domain.taxonomy import CompartmentKind
from ccr.storage.db import db, unit_of_work
from ccr.storage.queries import directory
from ccr.storage.queries.import_rows import (
    ImportPlan,
    ServiceWrite,
    Values,
    service_values,
    site_values,
)
from ccr.storage.queries.import_stored import lock_directory, stored_directory, text_digest
from ccr.storage.queries.importing import PlanWriter
from tests.domain.test_places_that_hide import SERVICE, SITE
from tests.people import Team, make_network, make_team


@pytest.fixture
def team(app: Flask, now: datetime) -> Team:
    return make_team(make_network(at=now), "Alder House", at=now)


def write(team: Team, now: datetime, plan: ImportPlan) -> None:
    with unit_of_work():
        lock_directory(team.identity.network_id)
        PlanWriter(team.identity.network_id, "test", now).write(plan)


def service_write(team: Team, *, sites: frozenset = frozenset(), **values: object) -> ServiceWrite:
    row: Values = {
        **service_values(SERVICE, "America/New_York"),
        "source_id": "s1",
        "member_id": team.member_id,
        "compartment_id": team.compartment_id,
        "tracks": [],
        "populations": [],
        "gender_served": "unknown",
        "populations_only": False,
        "by_phone": False,
        **values,
    }
    return ServiceWrite(
        id=uuid4(),
        member_id=team.member_id,
        values=row,
        areas=frozenset({("county", "36083")}),
        languages=frozenset({("es", "staff")}),
        terms=frozenset({("", "102-04", "Food Pantry")}),
        sites=sites,
        phones=(("p1", "(518) 555-0142", None, "voice", "", False, 0),),
        capacity=("capacity", 3, "Bed", None),
        needs=frozenset({"food"}),
    )


def new_site(team: Team) -> tuple:
    return uuid4(), {"source_id": "l1", "member_id": team.member_id, **site_values(SITE)}


def plan_of(team: Team) -> ImportPlan:
    site = new_site(team)
    service = service_write(team, sites=frozenset({site[0]}))
    return ImportPlan(
        new_sites=[site],
        new_services=[service],
        texts=[(service.id, "night beds")],
        phones=[("location_id", site[0], (("p2", "911", None, "voice", "", True, 0),))],
    )


def test_what_was_written_is_found_again_as_it_was(team: Team, now: datetime) -> None:
    plan = plan_of(team)
    write(team, now, plan)
    found = stored_directory(team.identity.network_id, "test")
    service, planned = found.services["s1"], plan.new_services[0]
    assert (service.id, service.member_id) == (planned.id, planned.member_id)
    assert service.areas == planned.areas
    assert service.languages == planned.languages
    assert service.terms == planned.terms
    assert service.sites == planned.sites
    assert service.phones == planned.phones
    assert service.needs == planned.needs
    assert service.capacity == planned.capacity
    assert service.text_digest == text_digest("night beds")
    assert all(service.values[name] == value for name, value in planned.values.items())
    assert found.sites["l1"].phones == plan.phones[0][2]
    assert found.programs[team.member_id] == {CompartmentKind.GENERAL: team.compartment_id}
    assert "alder house" in found.other_member_names


def test_another_source_and_another_network_are_not_found(team: Team, now: datetime) -> None:
    write(team, now, plan_of(team))
    assert stored_directory(team.identity.network_id, "other").services == {}
    assert stored_directory(make_network("Elsewhere", at=now), "test").services == {}


def test_a_service_can_become_hidden_in_one_writing(team: Team, now: datetime) -> None:
    plan = plan_of(team)
    write(team, now, plan)
    service = plan.new_services[0]
    keep = {
        "source_id",
        "member_id",
        "compartment_id",
        "tracks",
        "populations",
        "gender_served",
        "populations_only",
        "by_phone",
    }
    values = {k: v for k, v in service.values.items() if k not in keep}
    changed = ServiceWrite(
        service.id,
        service.member_id,
        {**values, "confidential": True},
        service.areas,
        service.languages,
        service.terms,
        frozenset(),
        service.phones,
        None,
    )
    write(team, now, ImportPlan(changed_services=[changed], gone_sites=[plan.new_sites[0][0]]))
    found = directory.get_service(team.identity.network_id, service.id)
    assert found.confidential
    assert found.sites == ()
    assert found.version == 2
    assert stored_directory(team.identity.network_id, "test").sites == {}


def test_a_hidden_service_at_a_public_place_is_refused_by_the_database(
    team: Team, now: datetime
) -> None:
    site = new_site(team)
    service = service_write(team, sites=frozenset({site[0]}), confidential=True)
    with pytest.raises(IntegrityError):
        write(team, now, ImportPlan(new_sites=[site], new_services=[service]))
    assert stored_directory(team.identity.network_id, "test").services == {}


def test_progress_counts_every_row_once(team: Team, now: datetime) -> None:
    told: list[tuple[int, int]] = []
    plan = plan_of(team)
    with unit_of_work():
        PlanWriter(
            team.identity.network_id, "test", now, lambda done, total: told.append((done, total))
        ).write(plan)
    assert told[-1] == (plan.size, plan.size)


# -- reading services ----------------------------------------------------------------------------


def many(team: Team, now: datetime, count: int) -> None:
    writes = []
    for number in range(count):
        service = service_write(team, source_id=f"s{number}", name=f"Service {number:03}")
        service.phones = ()
        writes.append(service)
    write(team, now, ImportPlan(new_services=writes))


def test_reading_services_takes_as_many_statements_for_one_as_for_many(
    team: Team, now: datetime
) -> None:
    many(team, now, 40)
    statements: list[str] = []

    def note(*args: object) -> None:
        if str(args[2]).startswith("SELECT"):
            statements.append(str(args[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    services = directory.services_of(team.identity.network_id)
    assert [s.name for s in services[:2]] == ["Service 000", "Service 001"]
    for_many = len(statements)
    statements.clear()
    assert directory.get_service(team.identity.network_id, services[0].id) == services[0]
    assert len(statements) == for_many < 12


def test_a_service_shows_its_own_phone_then_its_places_then_its_members(
    team: Team, now: datetime
) -> None:
    plan = plan_of(team)
    service, site = plan.new_services[0], plan.new_sites[0][0]
    plan.phones = [
        ("location_id", site, (("p2", "(518) 555-0002", "7", "voice", "", False, 0),)),
        ("member_id", team.member_id, (("p3", "(518) 555-0003", None, "voice", "", False, 0),)),
    ]
    write(team, now, plan)

    def shown() -> str | None:
        return directory.get_service(team.identity.network_id, service.id).phone

    assert shown() == "(518) 555-0142"
    remove_phone("p1")
    assert shown() == "(518) 555-0002 x7"
    remove_phone("p2")
    assert shown() == "(518) 555-0003"
    remove_phone("p3")
    assert shown() is None


def remove_phone(source_id: str) -> None:
    from ccr.storage.models.directory import PhoneRow

    with unit_of_work():
        db.session.query(PhoneRow).filter_by(source_id=source_id).delete()


def test_fax_and_private_numbers_are_never_shown(team: Team, now: datetime) -> None:
    plan = plan_of(team)
    plan.new_services[0].phones = (
        ("p1", "(518) 555-0001", None, "fax", "", False, 0),
        ("p9", "(518) 555-0009", None, "voice", "", True, 1),
    )
    write(team, now, plan)
    service = plan.new_services[0].id
    assert directory.get_service(team.identity.network_id, service).phone is None


def test_a_member_is_on_ccr_when_somebody_can_sign_in(team: Team, now: datetime) -> None:
    members = directory.list_members(team.identity.network_id)
    assert [(m.name, m.on_ccr) for m in members] == [("Alder House", True)]
    assert directory.get_member(team.identity.network_id, team.member_id).on_ccr
