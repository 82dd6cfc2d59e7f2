"""Districts on stored data: made, changed by one at a time, removed, and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
from flask import Flask

from ccr.domain.errors import (
    DuplicateError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    StaleError,
)
from ccr.policy.identity import Role
from ccr.services import districts, gaps
from ccr.services.districts import AreasRefusedError, DistrictText
from ccr.storage.db import db
from ccr.storage.models.audit import AuditEventRow
from tests.coordination import coordinator
from tests.loop import world
from tests.small_directory import make_small_directory

TROY = DistrictText("Troy precinct", "12180, 12182")


def test_a_district_is_made_changed_and_removed_and_every_second_writer_is_told(
    app: Flask, now: datetime
) -> None:
    small = make_small_directory(at=now)
    who, here = coordinator(small), world()
    made = districts.keep(who, here, TROY, at=now)
    with pytest.raises(DuplicateError):
        districts.keep(who, here, replace(TROY, name="TROY  Precinct"), at=now)
    other = districts.keep(who, here, DistrictText("East", "Rensselaer County, NY"), at=now)

    renamed = replace(TROY, name="Precinct 1", areas="12180", version=1)
    assert districts.keep(who, here, renamed, district_id=made, at=now) == made
    found = districts.get(who, made)
    assert (found.name, found.zips, found.counties, found.version) == (
        "Precinct 1", ("12180",), (), 2,
    )  # fmt: skip
    with pytest.raises(StaleError):
        districts.keep(who, here, renamed, district_id=made, at=now)
    taken = replace(renamed, name="east", version=2)
    with pytest.raises(DuplicateError):
        districts.keep(who, here, taken, district_id=made, at=now)
    with pytest.raises(StaleError):
        districts.remove(who, made, 1, at=now)
    assert [d.name for d in districts.list_all(who)] == ["East", "Precinct 1"]

    shown = gaps.board(who, here, at=now, by_district=True)
    assert [c.name for c in shown.shown.counties] == ["East", "Precinct 1"]
    assert {c.name for c in shown.matrix.counties} == {"Albany", "Rensselaer", "Schenectady"}
    cells = {c.county.name: c for c in shown.shown.line("advocacy")}
    assert {s.name for s in cells["Precinct 1"].checked} == {
        "Birch legal advocacy (demo)", "Cedar advocacy (demo)",
    }  # fmt: skip

    districts.remove(who, made, 2, at=now)
    with pytest.raises(NotFoundError):
        districts.remove(who, made, 2, at=now)
    assert [d.id for d in districts.list_all(who)] == [other]
    verbs = [e.verb for e in db.session.query(AuditEventRow).filter_by(subject_type="district")]
    assert sorted(verbs) == ["changed", "created", "created", "removed"]


def test_districts_of_another_network_are_not_there(sqlite_app: Flask, now: datetime) -> None:
    small = make_small_directory(at=now)
    other = make_small_directory(at=now, name="Other network")
    made = districts.keep(coordinator(small), world(), TROY, at=now)
    stranger = coordinator(other)
    assert districts.list_all(stranger) == ()
    with pytest.raises(NotFoundError):
        districts.get(stranger, made)
    with pytest.raises(NotFoundError):
        districts.keep(stranger, world(), replace(TROY, version=1), district_id=made, at=now)
    with pytest.raises(NotFoundError):
        districts.remove(stranger, made, 1, at=now)
    assert districts.keep(stranger, world(), TROY, at=now) != made
    assert districts.get(coordinator(small), made).version == 1


def test_bad_entries_stop_a_district_until_somebody_says_that_the_rest_is_enough(
    sqlite_app: Flask, now: datetime
) -> None:
    small = make_small_directory(at=now)
    who, here = coordinator(small), world()
    mixed = DistrictText("Mixed", "12180, 99999, Atlantis, Albany")
    with pytest.raises(AreasRefusedError) as refused:
        districts.keep(who, here, mixed, at=now)
    assert [entry for entry, _ in refused.value.found.refused] == ["99999", "Atlantis"]
    assert refused.value.found.zips == ("12180",)
    assert districts.list_all(who) == ()
    made = districts.keep(who, here, replace(mixed, sure=True), at=now)
    assert districts.get(who, made).counties == ("36001",)
    with pytest.raises(AreasRefusedError):
        districts.keep(who, here, DistrictText("None", "99999", sure=True), at=now)
    for name in ("", " ", "x" * 61, "a\x00b"):
        with pytest.raises(InvalidInputError) as badly_named:
            districts.keep(who, here, replace(TROY, name=name), at=now)
        assert badly_named.value.field == "name"


def test_only_a_coordinator_draws_and_an_auditor_reads(sqlite_app: Flask, now: datetime) -> None:
    small = make_small_directory(at=now)
    auditor = coordinator(small, Role.AUDITOR)
    assert districts.list_all(auditor) == ()
    for act in (
        lambda: districts.keep(auditor, world(), TROY, at=now),
        lambda: districts.look_at(auditor, world(), TROY, at=now),
        lambda: districts.remove(auditor, uuid4(), 1, at=now),
        lambda: districts.list_all(coordinator(small, Role.SYSTEM_ADMIN)),
    ):
        with pytest.raises(ForbiddenError):
            act()
