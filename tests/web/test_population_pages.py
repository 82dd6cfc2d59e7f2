"""A coordinator brings the people of areas; the gap page and its CSV know them from then on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

COORDINATOR, AUDITOR = "coordination.coordinator", "coordination.auditor"
PAGE = "/network/population"
TABLE = "county_fips,population,es,ht\n36001,316659,9830,2\n36083,161130,900,9000\n99999,1,,\n"


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


def bring(desk: Desk, content: str, source: str = "ACS, C16001") -> TestResponse:
    desk[COORDINATOR].open(PAGE)
    data = {"file": (io.BytesIO(content.encode()), "people.csv"), "source": source}
    return desk[COORDINATOR].send(PAGE, data)


def test_counts_are_brought_shown_replaced_and_taken_out(desk: Desk) -> None:
    assert "not known; " in text_of(desk[COORDINATOR].open(PAGE))
    page = text_of(bring(desk, TABLE))
    assert "The people of 2 areas are kept." in page
    assert "One line has a code that our list does not have" in page
    assert "316,659" in page
    assert "ACS, C16001" in page
    gaps = text_of(desk[COORDINATOR].open("/network/gaps?row=3&county=36083"))
    assert "People who live in the county: 161,130" in gaps
    assert "Rensselaer: nobody answers in Haitian Creole" in gaps
    rows = csv.DictReader(io.StringIO(text_of(desk[COORDINATOR].open("/network/gaps/table.csv"))))
    assert {(r["county_fips"], r["people"]) for r in rows} == {
        ("36001", "316659"), ("36083", "161130"), ("36093", ""),
    }  # fmt: skip
    page = text_of(bring(desk, "zip,population\n12305,100\n12306,200\n"))
    assert "sum of its ZIPs" in page
    page = text_of(bring(desk, "fips,population\n36001,5\n", "Another"))
    assert "316,659" not in page
    for extent in ("county", "zip"):
        page = text_of(desk[COORDINATOR].send(f"{PAGE}/remove", {"extent": extent}))
    assert "Take it out" not in page
    assert desk[COORDINATOR].send(f"{PAGE}/remove", {"extent": "zip"}).status_code == 404
    assert desk[COORDINATOR].send(f"{PAGE}/remove", {"extent": "state"}).status_code == 404


def test_a_table_with_mistakes_keeps_nothing_and_says_each(desk: Desk) -> None:
    answer = bring(desk, "fips,population\nAlbany,1\n36083,many\n")
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Line 2: the area is no code of five digits." in page
    assert "Line 3: a count must be a whole number." in page
    assert "many" not in page.split("error-summary")[1].split("</ul>")[0]
    assert "316,659" not in text_of(desk[COORDINATOR].open(PAGE))


def test_a_file_and_its_source_are_asked_for(desk: Desk) -> None:
    desk[COORDINATOR].open(PAGE)
    answer = desk[COORDINATOR].send(PAGE, {"source": "ACS"})
    assert (answer.status_code, "Choose a file." in text_of(answer)) == (422, True)
    answer = bring(desk, TABLE, " ")
    assert answer.status_code == 422
    assert "Say where the counts come from" in text_of(answer)


def test_an_auditor_reads_and_nobody_else_does(desk: Desk) -> None:
    page = desk[AUDITOR].open(PAGE)
    assert page.status_code == 200
    assert 'method="post" action="/network' not in text_of(page)
    assert desk[AUDITOR].send(PAGE).status_code == 404
    for who in ("birch.advocate", "alder.agency_admin", "coordination.system_admin"):
        assert desk[who].open(PAGE).status_code == 404
        assert desk[who].send(f"{PAGE}/remove", {"extent": "zip"}).status_code == 404
