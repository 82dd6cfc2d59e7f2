"""The demo network: whole, invented, and never beside a real one."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from ccr.adapters.opening_hours import HoursBook
from ccr.domain.errors import DuplicateError, InvalidInputError
from ccr.domain.taxonomy import (
    CompartmentKind,
    CoverageMode,
    LanguageMode,
    MemberCategory,
    ServiceStatus,
)
from ccr.services import accounts
from ccr.services.demo import load_demo
from ccr.services.verification import verify_storage
from ccr.storage.queries.directory import list_members, services_of

DEMO = Path(__file__).parents[2] / "data" / "demo"
PASSWORD = "a long demo password"


def lines(name):
    with (DEMO / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- what the tables may hold --------------------------------------------------------------------


def test_every_invented_member_says_demo_in_its_name():
    assert all("(demo)" in line["name"] for line in lines("members"))


def test_every_phone_is_one_that_nobody_has():
    text = "".join(path.read_text(encoding="utf-8") for path in DEMO.glob("*.csv"))
    numbers = re.findall(r"\b\d{3}-\d{3}-\d{4}\b", text)
    assert len(numbers) > 30
    assert all(re.fullmatch(r"518-555-01\d\d", number) for number in numbers)


def test_every_address_of_a_person_is_one_that_cannot_exist():
    assert all(line["email"].endswith(".example") for line in lines("people"))


def test_no_site_has_a_street():
    assert set(lines("sites")[0]) == {"key", "member", "name", "zip", "lat", "lon"}


def test_no_site_is_placed_more_finely_than_a_hundredth_of_a_degree():
    points = [line[axis] for line in lines("sites") for axis in ("lat", "lon") if line[axis]]
    assert points
    assert all(re.fullmatch(r"-?\d\d\.\d\d", text) for text in points)


def test_all_opening_hours_can_be_read():
    book = HoursBook()
    texts = [line["opening_hours"] for name in ("services", "coverage") for line in lines(name)]
    assert all(book.readable(text) for text in texts if text)


# -- what is loaded ------------------------------------------------------------------------------


@pytest.fixture
def loaded(sqlite_app, now):
    return load_demo(sqlite_app.extensions["ccr_world"], password=PASSWORD, at=now)


def test_it_is_a_small_network_of_most_kinds_of_member(loaded):
    members = list_members(loaded.network_id)
    assert 14 <= len(members) <= 20
    missing = set(MemberCategory) - {member.category for member in members}
    assert missing == {MemberCategory.MEDIA}


def test_it_is_marked_as_a_demo(loaded):
    network = accounts.get_network(accounts.terminal_identity())
    assert network.is_demo
    assert "(demo)" in network.name


def test_its_hidden_places_have_an_area_and_nothing_more(loaded):
    hidden = [s for s in services_of(loaded.network_id) if s.confidential]
    assert len(hidden) == 2
    assert all(service.sites == () and service.areas for service in hidden)


def test_it_has_a_state_wide_line_a_dual_member_and_every_kind_of_coverage(loaded):
    services = services_of(loaded.network_id)
    assert [s.name for s in services if any(a.code == "NY" for a in s.areas)] == [
        "24-hour help line"
    ]
    mohawk = {s.compartment_kind for s in services if s.member.name.startswith("Mohawk")}
    assert mohawk == {CompartmentKind.VICTIM_SERVICES, CompartmentKind.APIP}
    assert {row.mode for s in services for row in s.coverage} == set(CoverageMode)
    assert {lang.mode for s in services for lang in s.languages} == set(LanguageMode)


def test_it_has_one_service_not_to_refer_to_and_one_that_is_inactive(loaded):
    services = services_of(loaded.network_id)
    assert [s.name for s in services if s.do_not_refer] == ["Pet foster homes"]
    assert [s.name for s in services if s.status is ServiceStatus.INACTIVE] == [
        "Supervised exchange"
    ]


def test_some_of_its_members_read_ccr_and_some_do_not(loaded):
    reads = {member.on_ccr for member in list_members(loaded.network_id)}
    assert reads == {True, False}


def test_it_keeps_every_invariant_of_the_storage(loaded):
    assert verify_storage(accounts.terminal_identity()).findings == ()


@pytest.mark.parametrize("fixture", ["sqlite_app", "postgres_app"])
def test_it_loads_on_both_databases_and_a_second_time_changes_nothing(request, now, fixture):
    world = request.getfixturevalue(fixture).extensions["ccr_world"]
    first = load_demo(world, password=PASSWORD, at=now)
    version = services_of(first.network_id)
    second = load_demo(world, password=PASSWORD, at=now)
    assert (first.new, second.new) == (True, False)
    assert second.network_id == first.network_id
    assert services_of(first.network_id) == version


def test_a_database_with_a_real_network_is_left_alone(sqlite_app, now):
    accounts.create_network("Hill County", at=now)
    with pytest.raises(DuplicateError):
        load_demo(sqlite_app.extensions["ccr_world"], password=PASSWORD, at=now)
    assert [n.name for n in accounts.list_networks()] == ["Hill County"]


def test_a_password_that_is_too_short_loads_nothing(sqlite_app, now):
    with pytest.raises(InvalidInputError):
        load_demo(sqlite_app.extensions["ccr_world"], password="short", at=now)
    assert accounts.list_networks() == []
