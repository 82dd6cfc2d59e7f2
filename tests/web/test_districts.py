"""Districts by their pages, and as columns of the gap table, its sheet and its files."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from tests.small_directory import make_small_directory
from tests.web.journey import Desk, table_of, text_of
from tests.web.test_query_counts import MOST, statements

COORDINATOR, AUDITOR = "coordination.coordinator", "coordination.auditor"
PAGE = "/network/gaps/districts"
BY_DISTRICT = "zips=districts&row=3"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def make(desk: Desk, name: str = "Precinct 4", areas: str = "12180, 12182", **more: str) -> str:
    """Make a district; return its address."""
    data = {"name": name, "areas": areas, "version": "0", **more}
    answer = desk[COORDINATOR].send(PAGE, data, follow=False)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def test_a_district_is_made_found_changed_and_removed_after_a_question(desk: Desk) -> None:
    visitor = desk[COORDINATOR]
    assert "No district yet." in text_of(visitor.open(PAGE))
    where = make(desk, areas="12180, Albany County")
    page = text_of(visitor.open(where))
    assert "Albany County, NY\n12180</textarea>" in page
    data = {"name": "Precinct 5", "areas": "12180", "version": "1"}
    assert visitor.send(where, data, follow=False).status_code == 303
    assert visitor.send(where, data, follow=False).status_code == 409
    assert "Precinct 5" in text_of(visitor.open(PAGE))
    asked = text_of(visitor.open(f"{where}/remove"))
    assert "Remove this district?" in asked
    assert visitor.send(f"{where}/remove", {"version": "1"}).status_code == 409
    gone = visitor.send(f"{where}/remove", {"version": "2"})
    assert "The district is removed." in text_of(gone)
    assert visitor.open(where).status_code == 404


def test_bad_entries_are_named_and_kept_out_only_when_somebody_says_so(desk: Desk) -> None:
    visitor = desk[COORDINATOR]
    data = {"name": "Maria Lopez", "areas": "12180, 99999, <b>Atlantis", "version": "0"}
    refused = visitor.send(PAGE, data)
    page = text_of(refused)
    assert refused.status_code == 422
    assert "2 entries cannot be kept" in page
    assert "No ZIP and no county has this code." in page
    assert "&lt;b&gt;Atlantis" in page
    assert "What can be kept: 12180." in page
    assert "This looks like a name." in page
    assert 'aria-invalid="true"' in page
    assert "No district yet." in text_of(visitor.open(PAGE))
    kept = text_of(visitor.send(PAGE, {**data, "name": "West", "as_it_is": "y"}))
    assert "The district is kept" in kept
    assert "99999" not in kept


def test_the_districts_are_columns_of_the_table_and_of_everything_made_of_it(desk: Desk) -> None:
    visitor = desk[COORDINATOR]
    assert 'value="districts"' not in text_of(visitor.open("/network/gaps"))
    make(desk, "=Precinct 4", "12180, 12182")
    make(desk, "Far", "13339")
    page = text_of(visitor.open(f"/network/gaps?{BY_DISTRICT}"))
    assert "Need by district" in page
    assert '<option value="districts" selected>' in page
    assert 'class="map-dot gap-none"' in page
    district = re.search(r"zips=districts[^\"]*county=([0-9a-f-]{36})", page) or re.search(
        r"county=([0-9a-f-]{36})[^\"]*zips=districts", page
    )
    assert district is not None
    evidence = text_of(visitor.open(f"/network/gaps?{BY_DISTRICT}&county={district[1]}"))
    assert "Advocacy in =Precinct 4" in evidence
    assert "Cedar advocacy (demo)" in evidence
    assert "private place: counts by its area only" in evidence
    assert "=Precinct 4" in text_of(visitor.open(f"/network/gaps/print?{BY_DISTRICT}"))
    rows = table_of(visitor.open(f"/network/gaps/table.csv?{BY_DISTRICT}"))
    cells = {row["district"]: row for row in rows if row["need"] == "advocacy"}
    assert {name: row["state"] for name, row in cells.items()} == {
        "'=Precinct 4": "adequate",
        "Far": "none",
    }
    assert (cells["Far"]["zips"], cells["Far"]["zips_left_out"]) == ("1", "1")
    paths = (f"/network/gaps?{BY_DISTRICT}", PAGE, "/network/gaps")
    assert max(statements(visitor, path) for path in paths) <= MOST


def test_every_file_says_what_its_words_mean_and_none_where_a_service_is(desk: Desk) -> None:
    visitor = desk[COORDINATOR]
    make(desk, "Both", "12180, Albany")
    csv = text_of(visitor.open("/network/gaps/table.csv?language=es"))
    for term in ("As of,2026-11-12", "Asked for,Speaks: Spanish", "None (none),No service counts"):
        assert f"# {term}" in csv
    book = load_workbook(
        io.BytesIO(visitor.open(f"/network/gaps/table.xlsx?{BY_DISTRICT}").get_data())
    )
    assert book.sheetnames == ["Gaps", "Rows", "Methods"]
    assert [cell.value for cell in book["Gaps"][1]] == ["Need", "Both"]
    assert book["Methods"]["B2"].value.startswith("Needs by area")
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    for query, kinds in (("", ["county"] * 3), (f"?{BY_DISTRICT}", ["county", "zip"])):
        answer = visitor.open(f"/network/gaps/table.geojson{query}")
        assert answer.mimetype == "application/geo+json"
        document = json.loads(answer.get_data())
        assert {"As of", "Source"} <= {note["term"] for note in document["methods"]}
        features = document["features"]
        assert [f["properties"]["area"] for f in features] == kinds
        assert features[0]["geometry"]["type"] == "MultiPolygon"
        ring = features[0]["geometry"]["coordinates"][0][0]
        assert ring[0] == ring[-1]
        assert sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) > 0
        assert "(demo)" not in text_of(answer)
    assert features[1]["geometry"]["coordinates"] == [-73.6683, 42.7287]
    assert features[1]["properties"]["advocacy"] == "adequate"


def test_for_everybody_else_there_is_nothing_here(desk: Desk) -> None:
    where = make(desk)
    assert desk[AUDITOR].open(where).status_code == 200
    assert "<textarea" not in text_of(desk[AUDITOR].open(where))
    assert desk[AUDITOR].open(f"{where}/remove").status_code == 404
    assert desk["birch.advocate"].open("/network/gaps/table.xlsx").status_code == 404
    for path in (PAGE, where, f"{where}/remove"):
        assert desk["birch.advocate"].open(path).status_code == 404
        for who in ("birch.advocate", AUDITOR):
            assert desk[who].send(path, {"version": "1"}).status_code == 404
