"""Service areas in words, and schedules in rows, as codes that routing can use."""

from __future__ import annotations

from datetime import date

import pytest

from ccr.adapters.gazetteer import Gazetteer
from ccr.adapters.packages.areas import AreaReader
from ccr.adapters.packages.schedules import ReadHours, read_hours
from ccr.adapters.packages.tabular import Row
from ccr.domain.directory_import import NoteBook
from tests.package_builders import ON, REFERENCE

AREAS = AreaReader(Gazetteer.load(REFERENCE / "us_zip.csv"))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Albany County", ["36001"]),
        ("Albany County, NY", ["36001"]),
        ("albany co.", ["36001"]),
        ("Albany County, Rensselaer County", ["36001", "36083"]),
        ("Albany County, NY; Rensselaer County, NY", ["36001", "36083"]),
        ("Albany and Rensselaer", ["36001", "36083"]),
        ("12180", ["12180"]),
        ("12180-1234", ["12180"]),
        ("Statewide", ["NY"]),
        ("New York State", ["NY"]),
        ("State of New York", ["NY"]),
        ("California", ["CA"]),
        ("Nationwide", ["US"]),
        ("United States", ["US"]),
        ("Residents of Albany County", ["36001"]),
        ("ocd-division/country:us/state:ny/county:albany", ["36001"]),
        ("ocd-division/country:us/state:ny", ["NY"]),
        ("ocd-division/country:us", ["US"]),
        ("San Mateo County, CA", ["06081"]),
        ("Troy", ["36083"]),
    ],
)
def test_areas_that_can_be_read(text: str, codes: list[str]) -> None:
    read = AREAS.read([text], "NY")
    assert [area.code for area in read.areas] == codes
    assert read.unread == 0


@pytest.mark.parametrize(
    "text",
    [
        "Sample service area",
        "00000",
        "Everybody who needs it",
        "12 Elm Street",
        "All postcodes starting with AB1",
        "?",
        "",
        "Capital Region",
    ],
)
def test_areas_that_cannot_be_read_are_not_known(text: str) -> None:
    read = AREAS.read([text], "NY")
    assert read.areas == ()
    assert read.unread == 1


def test_a_town_is_widened_and_says_so() -> None:
    assert AREAS.read(["Troy"], "NY").widened
    assert not AREAS.read(["Albany County"], "NY").widened


def schedule(**cells: str) -> Row:
    return Row("schedules.csv", 2, {k: v for k, v in cells.items() if v})


def hours(*rows: Row, holidays: tuple[Row, ...] = (), on: date = ON) -> ReadHours:
    return read_hours(rows, holidays, on, NoteBook())


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ({"weekday": "Monday", "opens_at": "9:00am", "closes_at": "5:00 PM"}, "Mo 09:00-17:00"),
        ({"weekday": "7", "opens_at": "09:00:00", "closes_at": "17:00:00"}, "Su 09:00-17:00"),
        (
            {"byday": "MO,WE", "opens_at": "10:00+05:00", "closes_at": "noon"},
            "Mo 10:00-12:00; We 10:00-12:00",
        ),
        ({"byday": "FR", "opens_at": "18:00", "closes_at": "08:00"}, "Fr 18:00-08:00"),
        ({"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00"}, "24/7"),
    ],
)
def test_schedules_that_can_be_read(cells: dict[str, str], text: str) -> None:
    assert hours(schedule(**cells)).opening_hours == text


@pytest.mark.parametrize(
    "cells",
    [
        {"weekday": "Monday", "opens_at": "9am", "closes_at": "03:00"},
        {"weekday": "Monday", "opens_at": "9am"},
        {"weekday": "Someday", "opens_at": "9am", "closes_at": "5pm"},
        {"weekday": "Monday", "opens_at": "9", "closes_at": "5"},
        {"byday": "1MO", "opens_at": "9am", "closes_at": "5pm"},
        {"byday": "MO", "freq": "MONTHLY", "opens_at": "9am", "closes_at": "5pm"},
        {"byday": "MO", "freq": "WEEKLY", "interval": "2", "opens_at": "9am", "closes_at": "5pm"},
        {"opens_at": "9am", "closes_at": "5pm"},
        {"description": "Weekdays"},
    ],
)
def test_schedules_that_cannot_be_read_give_no_hours_but_their_words(cells: dict[str, str]) -> None:
    found = hours(schedule(weekday="Tuesday", opens_at="9am", closes_at="5pm"), schedule(**cells))
    assert found.opening_hours is None
    assert found.words


def test_a_schedule_that_has_ended_is_left_out() -> None:
    row = schedule(byday="MO", opens_at="9am", closes_at="5pm", valid_to="2026-11-11")
    assert hours(row).opening_hours is None
    assert hours(row, on=date(2026, 11, 11)).opening_hours == "Mo 09:00-17:00"


def test_days_closed_every_year_are_kept() -> None:
    monday = schedule(weekday="Monday", opens_at="9am", closes_at="5pm")
    every_year = schedule(closed="true", start_date="June 01, 0001", end_date="September 01, 0001")
    once = schedule(closed="false", start_date="12/24/2015", end_date="12/24/15")
    assert hours(monday, holidays=(every_year, once)).opening_hours == (
        "Mo 09:00-17:00; Jun 01-Sep 01 off"
    )
