"""The demo network: whole, invented, and never beside a real one."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from ccr.adapters.opening_hours import HoursBook
from ccr.domain.errors import DuplicateError, InvalidInputError
from ccr.domain.taxonomy import (
    CapacityStatus,
    CompartmentKind,
    CoverageMode,
    LanguageMode,
    MemberCategory,
    Need,
    ServiceStatus,
)
from ccr.policy.identity import Role
from ccr.services import accounts, placement
from ccr.services.demo import load_demo
from ccr.services.verification import verify_storage
from ccr.storage.db import db
from ccr.storage.models.consultations import ConsultationRow
from ccr.storage.models.coordination import GapRow, PathwayRow, ProtocolRow
from ccr.storage.models.directory import MemberRow
from ccr.storage.models.risk import RiskInformationRow
from ccr.storage.queries.directory import list_members, services_of
from tests.conftest import NOW

COUNTIES = {
    "36001", "36083", "36093", "36091", "36115", "36021", "36039", "36057", "36095", "36113",
}  # fmt: skip
GREENE = "36039"
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
    assert all(re.fullmatch(r"(518|838)-555-01\d\d", number) for number in numbers)


def test_every_phone_column_holds_such_a_number_or_nothing():
    for name in ("members", "services", "coverage"):
        assert all(re.fullmatch(r"|\d{3}-555-01\d\d", line["phone"]) for line in lines(name))


def test_no_table_holds_a_web_address_or_a_mail_address_that_could_exist():
    text = "".join(path.read_text(encoding="utf-8") for path in DEMO.glob("*.csv"))
    assert "http" not in text
    assert set(re.findall(r"@[\w.-]+\.(\w+)", text)) == {"example"}


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
    world = sqlite_app.extensions["ccr_world"]
    return load_demo(world, password=PASSWORD, at=now, history=False)


def test_it_has_members_of_every_kind_in_town_and_country(loaded):
    assert loaded.members >= 45
    categories = set(db.session.scalars(select(MemberRow.category)))
    assert categories == {category.value for category in MemberCategory}
    served = {a.code for s in services_of(loaded.network_id) for a in s.areas}
    assert served >= COUNTIES


def test_it_has_a_hundred_and_ten_services_and_some_of_every_trouble(loaded):
    services = services_of(loaded.network_id)
    assert len(services) >= 110
    assert {s.capacity.status for s in services if s.capacity} == set(CapacityStatus)
    ages = [(NOW - s.last_verified_at).days for s in services if s.last_verified_at]
    assert sum(age > 180 for age in ages) >= 5
    assert sum(not s.opening_hours for s in services) >= 2
    spoken = {entry.code for s in services for entry in s.languages}
    assert {"en", "es", "ar", "fr", "ase"} <= spoken


def test_a_chapel_has_one_volunteer_and_rides_only(loaded):
    (rides,) = [s for s in services_of(loaded.network_id) if s.member.name.startswith("Chapel")]
    assert rides.needs == {Need.TRANSPORT}
    assert rides.member.category is MemberCategory.FAITH
    assert (rides.capacity.available, rides.capacity.unit) == (1, "drivers")


def test_survivor_representatives_are_members_that_the_public_does_not_see(loaded):
    hidden = [line["name"] for line in lines("members") if line["listed"] == "no"]
    assert sorted(hidden) == ["Lantern Circle (demo)", "Survivor Voices Council (demo)"]
    assert not set(hidden) & {member.name for member in list_members(loaded.network_id)}
    assert not any(line["member"] in {"voices", "lantern"} for line in lines("services"))
    assert not any(line["member"] in {"voices", "lantern"} for line in lines("people"))


def test_neither_media_nor_survivor_representatives_sign_in(loaded):
    categories = {line["key"]: line["category"] for line in lines("members")}
    staffed = {categories[line["member"]] for line in lines("people") if line["member"]}
    assert staffed.isdisjoint({"media", "survivor-representative"})


def test_there_is_an_account_of_every_role_to_show(loaded):
    assert {account.role for account in loaded.accounts if account.shown} == set(Role)


def test_a_program_for_abusive_partners_serves_a_county_without_victim_services(loaded):
    services = services_of(loaded.network_id)

    def counties(kind):
        here = (s for s in services if s.compartment_kind is kind)
        return {a.code for s in here for a in s.areas if a.code != "NY"}

    missing = counties(CompartmentKind.APIP) - counties(CompartmentKind.VICTIM_SERVICES)
    assert missing == {GREENE}
    programs = {s.compartment_id for s in services if s.compartment_kind is CompartmentKind.APIP}
    assert len(programs) == 3


def test_one_of_three_consultation_protocols_has_lapsed(loaded, now):
    rows = db.session.scalars(select(ProtocolRow)).all()
    today = now.date()
    assert len(rows) == 3
    assert [row.expires_on < today for row in rows].count(True) == 1


def test_agreements_stand_at_every_age(loaded, now):
    ends = [line["expires_in_days"] for line in lines("agreements")]
    days = [int(text) for text in ends if text]
    assert any(day < 0 for day in days)
    assert any(0 <= day <= 30 for day in days)
    assert any(30 < day <= 90 for day in days)
    assert any(day > 90 for day in days)


def test_promised_pathways_and_gaps_point_at_members_of_the_network(loaded):
    pathways = db.session.scalars(select(PathwayRow)).all()
    assert len(pathways) >= 50
    assert any(row.ended_on for row in pathways)
    gaps = {row.key: row for row in db.session.scalars(select(GapRow))}
    assert set(gaps) == {"none|emergency-shelter|36095", "none|supervised-visitation|36115"}
    assert gaps["none|supervised-visitation|36115"].due_on < NOW.date()
    # What the two keys say is true of the directory.
    for key in gaps:
        _, need, county = key.split("|")
        covering = [
            s.name
            for s in services_of(loaded.network_id)
            if Need(need) in s.needs and any(a.code in {county, "NY"} for a in s.areas)
        ]
        assert covering == []


def test_it_is_marked_as_a_demo(loaded):
    network = accounts.get_network(accounts.terminal_identity())
    assert network.is_demo
    assert "(demo)" in network.name


def test_its_hidden_places_have_an_area_and_nothing_more(loaded):
    hidden = [s for s in services_of(loaded.network_id) if s.confidential]
    assert len(hidden) == 3
    assert all(service.sites == () and service.areas for service in hidden)


def test_it_has_a_state_wide_line_a_dual_member_and_every_kind_of_coverage(loaded):
    services = services_of(loaded.network_id)
    assert {s.name for s in services if any(a.code == "NY" for a in s.areas)} == {
        "24-hour help line", "Help by chat", "Deaf access line", "Young voices text line",
    }  # fmt: skip
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
    first = load_demo(world, password=PASSWORD, at=now, history=False)
    version = services_of(first.network_id)
    second = load_demo(world, password=PASSWORD, at=now, history=False)
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


def test_its_programs_have_consulted_for_a_year_and_one_question_waits(sqlite_app, now):
    load_demo(sqlite_app.extensions["ccr_world"], password=PASSWORD, at=now)
    rows = db.session.scalars(select(ConsultationRow)).all()
    assert len({row.program_compartment_id for row in rows}) == 3
    (waits,) = [row for row in rows if row.acknowledged_at is None]
    assert waits.raised_at < now < waits.due_at == waits.next_step_at
    assert {row.next_step_at for row in rows if row is not waits} == {None}
    assert 120 < len(rows) < 250


def test_probation_gave_results_and_the_program_judges_without_training(sqlite_app, now):
    world = sqlite_app.extensions["ccr_world"]
    loaded = load_demo(world, password=PASSWORD, at=now)
    (cedar,) = (a.identity for a in loaded.accounts if a.email == "facilitator@cedar.example")
    waiting = placement.waiting(cedar, at=now)
    assert len(waiting) == 1
    shown = placement.page(cedar, world, waiting[0].id, at=now)
    assert not shown.trained
    assert [one.result.high_danger for one in shown.results] == [True]
    assert shown.proposal.ruled
    officer = next(a.identity for a in loaded.accounts if a.email == "worker@probation.example")
    rows = db.session.scalars(select(RiskInformationRow)).all()
    assert {row.from_compartment_id for row in rows} == {
        cedar.compartment_id,
        officer.compartment_id,
    }
