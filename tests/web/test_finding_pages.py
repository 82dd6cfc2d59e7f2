"""Looking through the directory on the page: meaning, mending, places, filters, few statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from ccr.services import put_aside
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.audit import AuditEventRow
from ccr.storage.models.directory import ServiceRow
from ccr.storage.queries.directory_log import raise_directory_version
from tests.directory_rows import Statements
from tests.loop import dump
from tests.pdf_text import pages_of
from tests.small_directory import PRIVATE_PHONE, grow, make_small_directory
from tests.web.journey import Desk, text_of

BIRCH = "Birch legal advocacy (demo)"


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


def search(desk: Desk, status: int = 200, **fields: str) -> str:
    worker = desk["alder.worker"]
    worker.open("/directory")
    answer = worker.send("/directory", fields)
    assert answer.status_code == status
    return text_of(answer)


@pytest.mark.parametrize("words", ["orden de protección", "ORDEN PROTECCION", "protection order"])
def test_a_need_in_either_language_finds_who_helps_with_it(desk: Desk, words: str) -> None:
    assert BIRCH in search(desk, words=words)


def test_a_misspelled_word_is_read_as_the_nearest_and_the_page_says_so(desk: Desk) -> None:
    page = search(desk, words="advocasy demmo")
    assert BIRCH in page
    assert "Nothing has exactly these words. Showing what has: advocacy demo" in page
    exact = search(desk, words="advocasy demmo", exact="y")
    assert "No listing fits all of this" in exact


def test_signs_alone_find_nothing_and_are_no_error(desk: Desk) -> None:
    for words in ("!!!", '" OR *', "%_"):
        assert "No listing fits all of this" in search(desk, words=words)


def test_a_place_puts_listings_into_bands_and_hidden_ones_into_their_area(desk: Desk) -> None:
    page = search(desk, near="12180")
    assert "Within " in page
    assert '<svg class="map"' in page
    numbers = re.findall(r'class="pin-number" id="listing-(\d+)"', page)
    figure = page.partition('class="map-figure"')[2].partition("</figure>")[0]
    picture, _, twin = figure.partition("</svg>")
    assert sorted(set(re.findall(r'href="#listing-(\d+)"', twin))) == sorted(numbers) != []
    for led_to in re.findall(r'href="#([\w-]+)"', picture):
        assert page.count(f'id="{led_to}"') == 1
    assert "Cedar" not in figure
    assert "Serves this county, wherever it is" in page
    area = page.partition("Serves this county, wherever it is")[2]
    assert "Cedar" in area
    assert " km · " not in area.partition("</section>")[0]


def test_a_place_that_is_none_is_refused_at_its_field_and_kept(desk: Desk) -> None:
    page = search(desk, 422, near="Nowhere Atall", words="advocacy")
    assert 'value="Nowhere Atall"' in page
    assert 'value="advocacy"' in page


def test_what_was_asked_stands_as_chips_and_facets_say_how_many_are_left(desk: Desk) -> None:
    page = search(desk, need="protection-order", track="survivor", free="y")
    for words in ("Protection order", "Free, or cost not known", "Clear all"):
        assert words in page
    assert 'name="need" value="protection-order"' in page


def test_a_code_that_does_not_exist_is_refused(desk: Desk) -> None:
    assert "listing" in search(desk, 422, need="bogus", language="xx", sort="best")


def test_nothing_that_was_asked_stands_in_an_address(desk: Desk) -> None:
    page = search(desk, words="advocacy", near="12180", need="advocacy")
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "?" not in "".join(part.partition('"')[0] for part in main.split('href="')[1:])


def test_an_age_and_a_day_narrow_the_list_and_stand_as_chips(desk: Desk) -> None:
    with unit_of_work():
        row = db.session.get(ServiceRow, desk.small.birch_service_id)
        row.minimum_age, row.opening_hours = 60, "Mo-Fr 09:00-17:00"
        raise_directory_version(desk.small.network_id, [row.id])
    assert BIRCH in search(desk, age="60+", day="friday")
    for asked, chip in (({"age": "13-17"}, "13 to 17"), ({"day": "sunday"}, "Sunday")):
        page = search(desk, **asked)
        assert BIRCH not in page
        assert f"{chip}: take this away" in page
    search(desk, 422, day="someday")


def test_a_search_takes_few_statements_however_much_there_is_and_is_put_aside(desk: Desk) -> None:
    counts = []
    for service_id in (desk.small.birch_service_id, desk.small.cedar_service_id):
        grow(desk.small, 6, at=datetime(2026, 11, 12, 19, 5).astimezone())
        put(desk, "alder.worker", service_id)
        search(desk, words="birch", near="12180")
        asked = {"words": "birch", "near": "12180", "language": "es", "hours": "tonight"}
        with Statements() as run:
            desk["alder.worker"].send("/directory", asked)
        counts.append(len(run.texts))
    assert counts[0] == counts[1] <= 12


LIST = "/directory/short-list"


def put(desk: Desk, who: str, service_id) -> None:
    desk[who].open("/account")
    answer = desk[who].send(f"{LIST}/listings/{service_id}", {}, follow=False)
    assert answer.status_code == 303


def test_a_short_list_is_ones_own_side_by_side_and_gone_after_thirty_days(
    app: Flask, now: datetime
) -> None:
    with time_machine.travel(now, tick=False) as clock:
        desk = Desk(app, make_small_directory(at=now))
        for service_id in (desk.small.birch_service_id, desk.small.cedar_service_id):
            put(desk, "alder.worker", service_id)
            put(desk, "alder.worker", service_id)  # twice is once
        page = text_of(desk["alder.worker"].open(LIST))
        assert "Side by side" in page
        assert page.count(f"/listings/{desk.small.birch_service_id}/remove") == 1
        assert "Nothing is put aside" in text_of(desk["birch.advocate"].open(LIST))
        gone = f"{LIST}/listings/{desk.small.cedar_service_id}/remove"
        desk["alder.worker"].send(gone, {}, follow=False)
        assert "Side by side" not in text_of(desk["alder.worker"].open(LIST))
        clock.shift(timedelta(days=30, seconds=1))
        desk.close_browsers()
        assert "Nothing is put aside" in text_of(desk["alder.worker"].open(LIST))
        assert put_aside.forget_expired(at=now + timedelta(days=31)) == 1


def test_the_short_list_is_taken_as_a_file_that_tells_nothing_private(desk: Desk) -> None:
    worker = desk["alder.worker"]
    worker.open("/account")
    assert worker.send(f"{LIST}/paper", {}).status_code == 404  # nothing is put aside
    for service_id in (desk.small.birch_service_id, desk.small.cedar_service_id):
        put(desk, "alder.worker", service_id)
    assert f'action="{LIST}/paper"' in text_of(worker.open(LIST))
    answer = worker.send(f"{LIST}/paper", {})
    assert answer.mimetype == "application/pdf"
    named = 'attachment; filename="list-2026-11-12.pdf"'
    assert answer.headers["Content-Disposition"] == named
    assert "no-store" in answer.headers["Cache-Control"]
    printed = " ".join(pages_of(answer.get_data()))
    for words in (BIRCH, "Cedar", "as of 2026-11-12", "518-555-0142", "The address is private."):
        assert words in printed, words
    for words in (PRIVATE_PHONE, "Room", "Not known: call to check"):
        assert words not in printed, words
    noted = db.session.scalars(
        select(AuditEventRow.field_names).where(AuditEventRow.verb == "exported")
    ).all()
    assert noted == [["format:short-list", "services:2"]]


def test_a_row_is_put_on_the_list_and_taken_off_without_leaving_the_results(desk: Desk) -> None:
    worker, birch = desk["alder.worker"], desk.small.birch_service_id
    asked = {"words": "advocacy", "near": "12180"}
    page = search(desk, **asked)
    assert f'aria-label="Put on list: {BIRCH}"' in page
    assert "On your short list: 0" in page
    pressed = {**asked, "sort": "best", "page": "1", "back": "results"}
    answer = worker.send(f"{LIST}/listings/{birch}", pressed, follow=False)
    assert answer.status_code == 307  # asked again by POST: the question stands in no address
    assert answer.headers["Location"] == f"/directory#row-{birch}"
    page = search(desk, **asked)
    assert f'id="row-{birch}"' in page
    assert f'aria-label="Take off list: {BIRCH}"' in page
    assert "On your short list: 1" in page
    answer = worker.send(f"{LIST}/listings/{birch}/remove", pressed, follow=False)
    assert (answer.status_code, answer.headers["Location"]) == (307, f"/directory#row-{birch}")
    page = search(desk, **pressed)  # as a browser sends it again
    assert 'value="advocacy"' in page
    assert "On your short list: 0" in page


def test_a_full_list_says_so_among_the_results(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(put_aside, "MOST_LISTINGS", 0)
    worker = desk["alder.worker"]
    worker.open("/directory")
    path = f"{LIST}/listings/{desk.small.birch_service_id}"
    answer = worker.send(path, {"words": "advocacy", "back": "results"}, follow=False)
    assert (answer.status_code, answer.headers["Location"]) == (307, "/directory")
    page = text_of(worker.send("/directory", {"words": "advocacy", "back": "results"}))
    assert "take some out first" in page
    assert BIRCH in page


def test_a_kept_search_has_no_words_and_no_needs(desk: Desk) -> None:
    worker = desk["alder.worker"]
    worker.open("/directory")
    asked = {
        "words": "zanzibar",
        "need": "advocacy",
        "near": "12180",
        "language": "es",
        "access": "wheelchair",
    }
    worker.send(f"{LIST}/searches", asked, follow=False)
    page = text_of(worker.open(LIST))
    assert "12180, Spanish" in page.replace("Troy, NY ", "")
    rows = repr(dump(without=frozenset())["saved_search"])
    assert "zanzibar" not in rows
    assert "advocacy" not in rows
    assert "wheelchair" not in rows
    worker.send(f"{LIST}/searches", {"near": "zanzibar street 5"}, follow=False)
    worker.send(f"{LIST}/searches", {"words": "zanzibar"}, follow=False)
    assert text_of(worker.open(LIST)).count("Search again:") == 1


def test_another_persons_search_is_not_forgotten(desk: Desk) -> None:
    worker, other = desk["alder.worker"], desk["birch.advocate"]
    worker.open("/directory")
    worker.send(f"{LIST}/searches", {"near": "12180"}, follow=False)
    page = text_of(worker.open(LIST))
    path = page.partition(f'action="{LIST}/searches/')[2].partition('"')[0]
    other.open("/account")
    assert other.send(f"{LIST}/searches/{path}", {}, follow=False).status_code == 303
    assert "12180" in text_of(worker.open(LIST))
