"""The page of distances: who may open it, what it says of each ZIP, and what it never says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask

from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of
from tests.web.test_query_counts import MOST, statements

COORDINATOR, AUDITOR = "coordination.coordinator", "coordination.auditor"
PAGES = ("/network/gaps/distances", "/network/gaps/distances?row=3&zips=36083&language=es")
ADVOCACY = "row=3&zips=36083"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def test_only_the_coordination_reads_it_and_with_few_statements(desk: Desk) -> None:
    for path in (*PAGES, "/network/gaps/distances.csv"):
        assert desk["birch.advocate"].open(path).status_code == 404
        assert desk[AUDITOR].open(path).status_code == 200
    desk[COORDINATOR].open(PAGES[0])
    assert max(statements(desk[COORDINATOR], path) for path in PAGES) <= MOST


def test_every_zip_of_the_county_has_its_nearest_services_in_order(desk: Desk) -> None:
    page = text_of(desk[COORDINATOR].open(f"/network/gaps/distances?{ADVOCACY}"))
    assert "Distances: Advocacy" in page
    assert 'class="map-dot gap-ok"' in page
    text = desk[COORDINATOR].open(f"/network/gaps/distances.csv?{ADVOCACY}").get_data(as_text=True)
    rows = {row["zip"]: row for row in csv.DictReader(io.StringIO(text))}
    assert len(rows) > 20
    assert rows["12180"]["need"] == "advocacy"
    for row in rows.values():
        if row["second_km"]:
            assert float(row["nearest_km"]) <= float(row["second_km"])
            assert int(row["nearest_minutes"]) <= int(row["second_minutes"])


def test_a_need_without_a_public_place_says_so_and_a_hidden_one_is_only_counted(
    desk: Desk,
) -> None:
    page = text_of(desk[COORDINATOR].open("/network/gaps/distances?row=19&zips=36083"))
    assert "No service in a public place counts here for this need." in page
    assert "None in a public place" in page


def test_what_an_address_cannot_mean_is_the_first_need_of_the_first_county(desk: Desk) -> None:
    def heading(query: str) -> str:
        page = text_of(desk[COORDINATOR].open(f"/network/gaps/distances{query}"))
        return page[page.index("<h1") : page.index("</h1>")]

    for query in ("?row=99999", "?row=x&zips=zz", "?zips=00000"):
        assert heading(query) == heading("")
