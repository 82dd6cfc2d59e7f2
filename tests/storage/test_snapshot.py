"""The whole directory in seven statements, equal to what is read service by service."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from ccr.domain.directory import Agreement, Area, Coverage, Language
from ccr.domain.taxonomy import Access, AreaExtent, CoverageMode, Known, LanguageMode, Need
from ccr.storage.queries.directory import directory_version, services_of
from ccr.storage.queries.snapshot import load_snapshot
from tests.builders import make_site
from tests.directory_rows import Statements, save_agreement, save_service
from tests.people import make_network, make_team


@pytest.fixture
def network(app, now):
    return make_network(at=now)


@pytest.fixture
def team(network, now):
    return make_team(network, "Alder House", at=now)


def save_a_few(team):
    save_service(
        team,
        needs=frozenset({Need.ADVOCACY, Need.HOUSING}),
        languages=(Language("es", LanguageMode.STAFF), Language("en", LanguageMode.INTERPRETER)),
        coverage=(
            Coverage(None, CoverageMode.STAFFED, "Mo-Fr 09:00-17:00"),
            Coverage(Need.HOUSING, CoverageMode.ON_CALL_PHONE, "24/7", "518-555-0142"),
        ),
        accessibility={Access.WHEELCHAIR: Known.YES, Access.PETS: Known.NO},
        sites=(make_site(), make_site(point=None)),
    )
    save_service(team, confidential=True, areas=(Area(AreaExtent.STATE, "NY"),))
    save_service(team, capacity=None, coverage=(), languages=(), areas=(), phone=None)


def test_snapshot_equals_the_services_read_one_by_one(team):
    save_a_few(team)
    network_id = team.identity.network_id
    snapshot = load_snapshot(network_id)
    by_id = {service.id: service for service in snapshot.services}
    assert by_id == {service.id: service for service in services_of(network_id)}
    assert len(by_id) == 3
    assert snapshot.version == directory_version(network_id)
    assert all(service.member.on_ccr for service in snapshot.services)


def test_snapshot_takes_seven_statements_whatever_the_size(team):
    save_a_few(team)
    with Statements() as few:
        load_snapshot(team.identity.network_id)
    for _ in range(10):
        save_a_few(team)
    with Statements() as many:
        snapshot = load_snapshot(team.identity.network_id)
    assert len(snapshot.services) == 33
    assert len(few.texts) == len(many.texts) == 7


def test_a_confidential_service_comes_without_sites(team):
    save_a_few(team)
    hidden = [s for s in load_snapshot(team.identity.network_id).services if s.confidential]
    assert [(s.sites, s.areas) for s in hidden] == [((), (Area(AreaExtent.STATE, "NY"),))]


def test_snapshot_holds_the_agreements_of_the_network(network, team, now):
    other = make_team(network, "Birch Desk", at=now)
    save_agreement(network, team, other, expires_on=date(2027, 1, 5))
    assert load_snapshot(network).agreements == (
        Agreement(frozenset({team.member_id, other.member_id}), date(2026, 1, 5), date(2027, 1, 5)),
    )


def test_another_network_has_its_own_directory(team, now):
    save_a_few(team)
    assert load_snapshot(make_network("Other network", at=now)).services == ()


def test_a_network_that_does_not_exist_has_an_empty_directory(app):
    snapshot = load_snapshot(uuid4())
    assert (snapshot.services, snapshot.version) == ((), 0)


def test_the_version_grows_with_every_change_and_is_read_in_one_statement(team):
    before = directory_version(team.identity.network_id)
    save_a_few(team)
    with Statements() as counted:
        after = directory_version(team.identity.network_id)
    assert after > before
    assert len(counted.texts) == 1
