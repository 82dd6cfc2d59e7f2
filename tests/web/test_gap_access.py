"""The page of distances: who may open it, what it says of each ZIP, and what it never says."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask

from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import ServiceRow
from ccr.storage.queries.directory_log import raise_directory_version
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, table_of, text_of
from tests.web.test_query_counts import MOST, statements

COORDINATOR, AUDITOR = "coordination.coordinator", "coordination.auditor"
PAGES = ("/network/gaps/distances", "/network/gaps/distances?row=3&zips=36083&language=es")
ADVOCACY = "row=3&zips=36083"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def test_only_the_coordination_reads_it_and_with_few_statements(desk: Desk) -> None:
    for path in (*PAGES, "/network/gaps/distances.csv", "/network/gaps/distances/all.csv"):
        assert desk["birch.advocate"].open(path).status_code == 404
        assert desk[AUDITOR].open(path).status_code == 200
    desk[COORDINATOR].open(PAGES[0])
    assert max(statements(desk[COORDINATOR], path) for path in PAGES) <= MOST


def test_every_zip_of_the_county_has_its_nearest_services_in_order(desk: Desk) -> None:
    page = text_of(desk[COORDINATOR].open(f"/network/gaps/distances?{ADVOCACY}"))
    assert "Distances: Advocacy" in page
    assert 'class="map-dot gap-ok"' in page
    table = table_of(desk[COORDINATOR].open(f"/network/gaps/distances.csv?{ADVOCACY}"))
    rows = {row["zip"]: row for row in table}
    assert len(rows) > 20
    assert rows["12180"]["need"] == "advocacy"
    for row in rows.values():
        if row["second_km"]:
            assert float(row["nearest_km"]) <= float(row["second_km"])
            assert int(row["nearest_minutes"]) <= int(row["second_minutes"])


@pytest.mark.parametrize("row", [2, 3])
@pytest.mark.parametrize("asked", ["", "&minutes=30", "&party=1&how=1"])
def test_the_file_of_all_counties_is_the_files_of_each(desk: Desk, row: int, asked: str) -> None:
    """Row 2 is the hotline, which counts from everywhere; row 3 has a public and a hidden place."""
    whole = table_of(desk[COORDINATOR].open(f"/network/gaps/distances/all.csv?row={row}{asked}"))
    counties = dict.fromkeys(one["county_fips"] for one in whole)
    assert list(counties) == ["36001", "36083", "36093"]
    for fips in counties:
        path = f"/network/gaps/distances.csv?row={row}&zips={fips}{asked}"
        page = table_of(desk[COORDINATOR].open(path))
        here = [one for one in whole if one["county_fips"] == fips]
        assert [{k: one[k] for k in page[0]} for one in here] == page
    assert any(one["nearest"] for one in whole) is (row == 3)


def test_a_name_that_would_be_a_formula_is_none_in_the_files(desk: Desk) -> None:
    with unit_of_work():
        service = db.session.get(ServiceRow, desk.small.birch_service_id)
        assert service is not None
        service.name = "=HYPERLINK(1)"
        raise_directory_version(desk.small.network_id)
    for path in ("distances.csv", "distances/all.csv"):
        rows = table_of(desk[COORDINATOR].open(f"/network/gaps/{path}?{ADVOCACY}"))
        assert "'=HYPERLINK(1)" in {row["nearest"] for row in rows}


def test_a_need_without_a_public_place_says_so_and_a_hidden_one_is_only_counted(
    desk: Desk,
) -> None:
    page = text_of(desk[COORDINATOR].open("/network/gaps/distances?row=19&zips=36083"))
    assert "No service in a public place counts here for this need." in page
    assert "None in a public place" in page


def test_services_with_old_facts_are_told_of_and_a_phone_has_no_room(
    desk: Desk,
) -> None:
    page = text_of(desk[COORDINATOR].open(f"/network/gaps/distances?{ADVOCACY}&access=2"))
    assert "old facts, or it is not known whether" in page
    looked = bring(desk, TABLE)
    desk[COORDINATOR].send(f"{POPULATION}/keep", {"table": kept_text(looked)})
    night = text_of(desk[COORDINATOR].open("/network/gaps/distances?row=1&zips=36083"))
    assert "A phone has no places to be full of" in night


def test_what_an_address_cannot_mean_is_the_first_need_of_the_first_county(desk: Desk) -> None:
    def heading(query: str) -> str:
        page = text_of(desk[COORDINATOR].open(f"/network/gaps/distances{query}"))
        return page[page.index("<h1") : page.index("</h1>")]

    for query in ("?row=99999", "?row=x&zips=zz", "?zips=00000"):
        assert heading(query) == heading("")


# -- people per area -----------------------------------------------------------------------------

POPULATION = "/network/gaps/population"


def bring(desk: Desk, text: str, who: str = COORDINATOR) -> object:
    data = {"file": (io.BytesIO(text.encode()), "people.csv")}
    return desk[who].send(f"{POPULATION}/look", data, follow=False)


def kept_text(answer: object) -> str:
    page = text_of(answer)
    found = re.search(r'<textarea name="table"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None, page
    return html.unescape(found[1])


TABLE = "zip,population,es\n12180,50000,9000\n12207,8000,10\n99999,3,\n02139,9,\n"


def test_a_table_is_looked_at_before_it_is_kept_and_then_counts(desk: Desk) -> None:
    before = text_of(desk[COORDINATOR].open("/network/gaps"))
    assert "Nobody has said yet how many people live where" in before
    looked = bring(desk, TABLE)
    page = text_of(looked)
    assert "2 ZIPs, one language besides English" in page
    assert "Line 4: No ZIP and no county has this code." in page
    assert "One area is in a state without a county of the network" in page
    assert "Nothing yet." in page
    kept = desk[COORDINATOR].send(f"{POPULATION}/keep", {"table": kept_text(looked)})
    assert "The people of 2 areas are kept." in text_of(kept)
    gaps = text_of(desk[COORDINATOR].open("/network/gaps?row=3&county=36083"))
    assert "50,000 people live there" in gaps
    assert "Rensselaer: no local service in Spanish" in gaps
    assert "9,000 of 50,000 people there speak it at home" in gaps
    assert max(statements(desk[COORDINATOR], p) for p in ("/network/gaps", POPULATION)) <= MOST
    distances = text_of(desk[COORDINATOR].open(f"/network/gaps/distances?{ADVOCACY}"))
    assert "Free places for 100,000" in distances
    assert "Confidential services are left out" in distances


def test_a_table_takes_the_place_of_the_one_before_and_a_bad_one_of_nothing(desk: Desk) -> None:
    for text in (TABLE, "county_fips,population\n36001,300000\n"):
        looked = bring(desk, text)
        desk[COORDINATOR].send(f"{POPULATION}/keep", {"table": kept_text(looked)})
    for table in ("", "zip,population\n99999,1\n"):
        answer = desk[COORDINATOR].send(f"{POPULATION}/keep", {"table": table})
        assert answer.status_code == 422
    page = text_of(desk[COORDINATOR].open(POPULATION))
    assert "One county, 0 ZIPs, 0 languages besides English." in page


def test_a_file_that_cannot_be_read_says_why_beside_the_field(desk: Desk) -> None:
    answer = bring(desk, "a,b\n1,2\n")
    assert answer.status_code == 422
    assert "The first line must name a column" in text_of(answer)
    assert 'aria-invalid="true"' in text_of(answer)


def test_only_a_coordinator_brings_a_table(desk: Desk) -> None:
    assert desk[AUDITOR].open(POPULATION).status_code == 200
    assert 'type="file"' not in text_of(desk[AUDITOR].open(POPULATION))
    for who in (AUDITOR, "birch.advocate"):
        assert bring(desk, TABLE, who).status_code == 404
        assert desk[who].send(f"{POPULATION}/keep", {"table": TABLE}).status_code == 404
    assert desk["birch.advocate"].open(POPULATION).status_code == 404
