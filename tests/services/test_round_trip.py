"""Import, export, import into an empty network: the two directories are equal.

Private phones, members that are not listed and room at hidden places are in no export, so they are
not compared. CCR_TEST_FULL takes more directories.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ccr.domain.open_records import Scope
from ccr.domain.taxonomy import (
    Access,
    CapacityStatus,
    Cost,
    Gender,
    Known,
    MemberCategory,
    Need,
    Population,
    Regime,
    Sector,
    Track,
)
from ccr.services import accounts, hsds_export, importing
from ccr.services.importing import ImportOptions
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import (
    CapacityRow,
    MemberRow,
    ServiceNeedRow,
    ServiceRow,
    ServiceTermRow,
)
from tests.conftest import NOW
from tests.package_builders import write_package
from tests.round_trip import held
from tests.shared_data import SHARED, needs_shared

FULL = "CCR_TEST_FULL" in os.environ
SAMPLES = (
    "ohana-sample", "hsds-3.2.3-examples/csv", "hsds-3.2.3-examples/service_full.json",
    "hsds-3.2.3-examples/tabular.json", "hsds11-sample/simple", "hsds11-sample/all_resources",
)  # fmt: skip
FORMS = {"hsds-csv": "out", "hsds-json": "out.json"}


def there_and_back(app, package: Path, folder: Path, *, form: str, edit=None, name="") -> None:
    """Import into one network, change what `edit` changes, export, import into another."""
    world = app.extensions["ccr_world"]
    first = accounts.create_network(f"First {name}", at=NOW)
    second = accounts.create_network(f"Second {name}", at=NOW)
    options = ImportOptions(source="package", skip_bad_rows=True)
    owner, heir = (accounts.terminal_identity(f"{n} {name}") for n in ("First", "Second"))
    importing.import_package(owner, world, package, options, at=NOW)
    if edit is not None:
        edit(first)
    out = folder / FORMS[form]
    hsds_export.export_package(owner, world, form, out, scope=Scope.STAFF, at=NOW)
    report = importing.import_package(heir, world, out, ImportOptions(source="ccr"), at=NOW)
    assert report.errors == 0
    before = held(first)
    assert before
    assert held(second, by_source=True) == before


@needs_shared
@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_package_comes_back_equal(sqlite_app, tmp_path, sample: str) -> None:
    for form in FORMS:
        folder = tmp_path / form
        folder.mkdir()
        there_and_back(sqlite_app, SHARED / "data" / sample, folder, form=form, name=form)


# -- invented directories ------------------------------------------------------------------------

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t\"',;=<>"),
    max_size=40,
)
NAMES = st.sampled_from(
    ["Alder House", "Birch Legal", "=Cedar+1", "-Dune", "Elm & Söhne", "Foyer d’été", "'=Grove"]
)
PHONES = st.sampled_from(
    ["518-555-0142", "+44 20 7946 0958", "5185550199 ext 012", "555-0100 x12345678", "911"]
)
HOURS = st.sampled_from(
    [None, "24/7", "Mo-Fr 09:00-17:00", "Mo-Fr 06:00-03:00", "Jan-Mar Mo 10:00-12:00; PH off",
     "Sa-Mo 22:00-06:00; Jan 01 off"]
)  # fmt: skip
TERMS = st.sampled_from(
    [("211", "BH-1800", "Housing"), ("Other", "BH-1800", "Homes"), ("", "", "Legal"),
     ("211", "BH-1800", "Housing help"), ("211", "", "")]
)  # fmt: skip


@st.composite
def packages(draw: st.DrawFn) -> dict[str, list[dict[str, object]]]:
    """Return the tables of a small package; what hangs on what is chance."""
    count = draw(st.integers(1, 4))
    n, sites = range(count), range(draw(st.integers(0, 3)))
    text = lambda: draw(WORDS)  # noqa: E731 -- drawn in many places
    return {
        "organizations": [
            {"id": f"o{i}", "name": f"{draw(NAMES)} {i}", "description": text(),
             "website": draw(st.sampled_from(["", "example.org", "https://bücher.example/ä"])),
             "email": draw(st.sampled_from(["", "desk@example.org"]))}
            for i in range(2)
        ],
        "services": [
            {"id": f"s{i}", "organization_id": f"o{i % 2}", "name": f"{draw(NAMES)} {i}",
             "alternate_name": text(), "description": text(),
             "status": draw(st.sampled_from(["active", "inactive", "temporarily closed", ""])),
             "application_process": text(), "eligibility_description": text(), "alert": text(),
             "wait_time": text(), "interpretation_services": text(), "fees_description": text(),
             "minimum_age": draw(st.sampled_from(["", "18"])), "url": "example.org/a?b=c",
             "confidential": draw(st.sampled_from(["", "", "", "yes"])),
             "assured_date": draw(st.sampled_from(["", "2026-05-01"]))}
            for i in n
        ],
        "locations": [
            {"id": f"l{i}", "name": text(), "organization_id": f"o{draw(st.integers(0, 1))}",
             "location_type": draw(st.sampled_from(["physical", "postal", "virtual"])),
             "description": text(), "transportation": text(),
             "latitude": draw(st.sampled_from(["", "42.65", "42.70000001"])),
             "longitude": "-73.75"}
            for i in sites
        ],
        "addresses": [
            {"id": f"a{i}", "location_id": f"l{i}", "city": draw(st.sampled_from(["Albany", ""])),
             "address_1": draw(st.sampled_from(["1 Main Street", "", "@2 Side Street"])),
             "state_province": "NY", "country": draw(st.sampled_from(["US", "CA", ""])),
             "postal_code": draw(st.sampled_from(["12207", "", "1220"])),
             "address_type": draw(st.sampled_from(["physical", "postal"]))}
            for i in sites
        ],
        "service_at_location": [
            {"id": f"x{i}-{j}", "service_id": f"s{i}", "location_id": f"l{j}"}
            for i in n
            for j in sites
            if draw(st.booleans())
        ],
        "phones": [
            {"id": f"p{i}", "number": draw(PHONES), "description": text(),
             "type": draw(st.sampled_from(["", "fax", "hotline", "text"])),}
            | draw(st.sampled_from([{"service_id": "s0"}, {"organization_id": "o1"},
                                    {"location_id": "l0"}]))
            for i in range(draw(st.integers(0, 4)))
        ],
        "languages": [
            {"id": f"g{i}", "service_id": f"s{i}", "name": "Spanish",
             "note": draw(st.sampled_from(["", "by interpreter"]))}
            for i in n
        ],
        "service_areas": [
            {"id": f"e{i}", "service_id": f"s{i}",
             "name": draw(st.sampled_from(["Albany County", "12180", "Statewide", "The moon"]))}
            for i in n
        ],
        "schedules": [
            {"id": f"h{i}", "service_id": f"s{i}", "byday": "MO,TU", "opens_at": "09:00",
             "closes_at": "17:00", "description": text()}
            for i in n
        ],
    }  # fmt: skip


@st.composite
def edits(draw: st.DrawFn) -> dict[str, object]:
    """Return what people may have set since, which no package of others can say."""
    some = lambda kind: sorted(draw(st.sets(st.sampled_from(list(kind)), max_size=3)))  # noqa: E731
    one = lambda kind: draw(st.sampled_from(list(kind))).value  # noqa: E731
    return {
        "service": {
            "tracks": [track.value for track in some(Track)],
            "populations": [population.value for population in some(Population)],
            "populations_only": draw(st.booleans()),
            "gender_served": one(Gender),
            "do_not_refer": draw(st.booleans()),
            "cost": one(Cost),
            "in_person": draw(st.booleans()),
            "by_phone": draw(st.booleans()),
            "virtual": draw(st.booleans()),
            "opening_hours": draw(HOURS),
            "timezone": draw(st.sampled_from(["America/New_York", "America/Chicago"])),
            "accessibility": {
                access.value: draw(st.sampled_from([Known.YES, Known.NO])).value
                for access in some(Access)
            },
        },
        "needs": [need.value for need in some(Need) if need is not Need.EMERGENCY_SHELTER],
        "terms": draw(st.lists(TERMS, max_size=3, unique=True)),
        "room": draw(st.sampled_from([None, 0, 7])),
        "said": draw(st.sampled_from([None, NOW])),
        "status": one(CapacityStatus),
        "member": {
            "category": one(kind for kind in MemberCategory if kind is not MemberCategory.SURVIVOR),
            "sector": one(Sector),
            "regime": one(Regime),
            "asks_for_id": one(Known),
            "mandated_reporter": one(Known),
            "active": draw(st.booleans()),
        },
    }  # fmt: skip


def edited(changes: dict[str, object]):
    """Return a function that makes these changes to some of a network's rows."""

    def edit(network_id) -> None:
        with unit_of_work():
            services = db.session.scalars(
                select(ServiceRow).where(ServiceRow.network_id == network_id)
            ).all()
            for service in services[:2]:
                for name, value in changes["service"].items():
                    setattr(service, name, value)
                held_needs = select(ServiceNeedRow).where(ServiceNeedRow.service_id == service.id)
                for row in db.session.scalars(held_needs):
                    db.session.delete(row)
                db.session.flush()
                db.session.add_all(
                    ServiceNeedRow(service_id=service.id, need=need) for need in changes["needs"]
                )
                db.session.add_all(
                    ServiceTermRow(service_id=service.id, taxonomy=t, code=c, name=n)
                    for t, c, n in changes["terms"]
                )
                db.session.add(
                    CapacityRow(
                        service_id=service.id,
                        status=changes["status"],
                        available=changes["room"],
                        unit="bed" if changes["room"] else None,
                        updated_at=changes["said"],
                    )
                )
            member = db.session.scalars(
                select(MemberRow).where(MemberRow.network_id == network_id).limit(1)
            ).first()
            if member is not None:
                for name, value in changes["member"].items():
                    setattr(member, name, value)

    return edit


def test_invented_directories_come_back_equal(sqlite_app, tmp_path) -> None:
    count = 0

    @settings(
        max_examples=150 if FULL else 6,
        deadline=None,
        database=None,
        derandomize=not FULL,
        # Making the smallest example that fails takes minutes: only the full run does it.
        phases=list(Phase) if FULL else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(packages(), edits(), st.sampled_from(list(FORMS)))
    def comes_back(package, changes, form) -> None:
        nonlocal count
        count += 1
        folder = tmp_path / str(count)
        written = write_package(folder / "in", **{k: v for k, v in package.items() if v})
        there_and_back(
            sqlite_app, written, folder, form=form, edit=edited(changes), name=str(count)
        )

    comes_back()
    assert count


def test_what_may_not_leave_is_in_no_file(sqlite_app, tmp_path) -> None:
    """Places of hidden services, private phones and unlisted members stay; in every form."""
    rng = random.Random(7)
    secret = f"{rng.randint(1000, 9999)} Canary"
    folder = write_package(
        tmp_path / "in",
        organizations=[
            {"id": "o1", "name": "Alder House", "email": "canary-public@example.org"},
            {"id": "o2", "name": "Canaryclosed", "exclude_from_website": "yes"},
        ],
        services=[
            {"id": "s1", "organization_id": "o1", "name": "Night house", "confidential": "yes",
             "description": f"Come to {secret} Street. Someone is there."},
            {"id": "s2", "organization_id": "o1", "name": "Desk", "description": "Open."},
            {"id": "s3", "organization_id": "o2", "name": "Canaryclosed desk"},
        ],
        locations=[{"id": "l1", "name": "Canaryhouse", "latitude": "42.1234", "longitude": "-73"}],
        addresses=[{"id": "a1", "location_id": "l1", "address_1": f"{secret} Street",
                    "city": "Canaryville", "state_province": "NY", "postal_code": "12207",
                    "country": "US", "address_type": "physical"}],
        service_at_location=[{"id": "x1", "service_id": "s1", "location_id": "l1"}],
        phones=[{"id": "p1", "service_id": "s2", "number": "518-555-0666", "private": "yes"}],
        service_areas=[{"id": "e1", "service_id": "s1", "name": "Albany County"}],
    )  # fmt: skip
    world = sqlite_app.extensions["ccr_world"]
    accounts.create_network("Capital Region", at=NOW)
    identity = accounts.terminal_identity("Capital Region")
    importing.import_package(identity, world, folder, at=NOW)
    for form, name in FORMS.items():
        for scope in Scope:
            out = tmp_path / f"{scope.value}-{name}"
            count = hsds_export.export_package(identity, world, form, out, scope=scope, at=NOW)
            files = out.iterdir() if out.is_dir() else [out]
            written = "\n".join(file.read_text(encoding="utf-8") for file in files)
            assert count == 2
            assert "Night house" in written
            told = written.replace("canary-public@example.org", "")
            assert "canary" not in told.lower(), (form, scope)
            assert "42.1234" not in written
            assert "0666" not in written
            assert ("@example.org" in written) is (scope is Scope.STAFF)
