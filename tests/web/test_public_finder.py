"""The public finder on the page: one question in plain words, cards with the phone first, paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from wtforms import Form

from ccr.domain.plain_needs import BY_CODE, MOST_CHOICES
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Network
from ccr.storage.models.directory import ServiceRow
from tests.public_directory import PublicDirectory, make_public_directory
from tests.web.public_pages import Shown, ask, look
from tests.web.test_bad_input import NAUGHTY

CARD = re.compile(r'<article class="card public-card".*?</article>', re.DOTALL)


@pytest.fixture
def made(sqlite_app: Flask, now: datetime) -> Iterator[PublicDirectory]:
    with time_machine.travel(now, tick=False):
        yield make_public_directory(at=now)


@pytest.fixture
def client(sqlite_app: Flask, made: PublicDirectory) -> FlaskClient:
    del made
    return sqlite_app.test_client()


def cards(page: Shown) -> dict[str, str]:
    """Return the text of each card by the name of its service."""
    found = {}
    for card in CARD.findall(page.text):
        words = " ".join(re.sub(r"<[^>]+>", " ", card).split())
        name = re.findall(r'<a href="[^"]+">([^<]+)</a>', card)[0]
        found[name] = words
    return found


def find(client: FlaskClient, lang: str = "", **data: Any) -> Shown:
    return ask(client, f"{lang}/find", {"help": ["talk"], "near": "12180", **data})


# -- the question ------------------------------------------------------------------------------


def test_the_question_is_a_form_whose_choices_and_limits_wtforms_checks(
    client: FlaskClient, built_site: Flask
) -> None:
    from ccr.web.forms.finder import FinderForm

    assert issubclass(FinderForm, Form)
    with built_site.test_request_context("/"):
        form = FinderForm(None)
        assert [choice[0] for choice in form.help.iter_choices()] == list(BY_CODE)
    for wrong in (
        {"help": ["made-up"]},
        {"near": ""},
        {"near": "x" * 121},
        {"language": "not-a-language"},
        {"access": ["made-up"]},
    ):
        page = find(client, **wrong)
        assert page.response.status_code == 422, wrong
        assert 'role="alert"' in page.text, wrong


def test_what_was_typed_is_kept_when_something_is_wrong(client: FlaskClient) -> None:
    page = find(client, help=["court-order", "pet"], near="Tory", free="y", access=["deaf"])
    assert page.response.status_code == 422
    assert 'value="Tory"' in page.text
    for box in ("court-order", "pet", "deaf"):
        assert re.search(rf'<input checked[^>]*value="{box}"', page.text), box
    assert re.search(r'<input checked[^>]*name="free"', page.text)
    assert "Did you mean:" in page.text
    assert '<button class="btn btn-plain" type="submit" name="meant" value="Troy, NY">' in page.text
    assert "Help near Troy, NY" in find(client, near="Tory", meant="Troy, NY").text


def test_a_street_is_refused_and_not_looked_up(client: FlaskClient) -> None:
    page = find(client, near="12 Elm Street, Troy")
    assert page.response.status_code == 422
    assert "Street addresses are never kept" in page.text


def test_more_than_a_few_choices_are_refused_in_words(client: FlaskClient) -> None:
    page = find(client, help=["talk", "food", "ride", "pet"])
    assert page.response.status_code == 422
    assert f"Choose {MOST_CHOICES} things at most." in page.text


def test_an_empty_question_with_a_place_finds_somebody_to_talk_to(client: FlaskClient) -> None:
    page = find(client, help=[])
    assert "Someone to talk to" in page.text
    assert "Birch legal advocacy (demo)" in cards(page)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "null"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 400),
        ({"Origin": "https://example.org"}, 400),
        ({"Origin": "http://localhost.example.org"}, 400),
    ],
)
def test_a_form_of_another_site_is_refused(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    for path in ("/find", "/es/find", "/about-programs", "/short-list"):
        data = {"help": ["talk"], "near": "12180"}
        answer = ask(client, path, data, headers=headers).response
        wanted = 400 if path == "/short-list" else status  # there is nothing to print either way
        assert answer.status_code == wanted, path


@pytest.mark.parametrize("field", ["help", "near", "meant"])
def test_whatever_is_typed_gets_a_clear_answer(client: FlaskClient, field: str) -> None:
    for value in NAUGHTY:
        page = find(client, **{field: value})
        assert page.response.status_code in {200, 422}, value[:40]
        assert "<script>alert(1)" not in page.response.get_data(as_text=True)
        assert "Set-Cookie" not in page.response.headers


# -- the answer --------------------------------------------------------------------------------


def test_a_card_says_where_when_what_to_do_first_and_the_number(client: FlaskClient) -> None:
    card = cards(find(client, help=["ride"], language="es", pets="y", access=["deaf"]))
    words = card["Alder rides (demo)"]
    for part in (
        "Alder Hospital (demo)",
        "Troy, about 1 mile away",
        "Open now, until 8 p.m.",
        "What to do first Call. Say what you need.",
        "Call 518-555-0150 ext. 4",
        "Free",
        "Spanish spoken",
        "Step-free door",
        "Set up for Deaf people: ask",
        "Checked today",
    ):
        assert part in words, part
    assert 'href="tel:518-555-0150;ext=4"' in find(client, help=["ride"]).text


def test_a_card_in_spanish_says_the_same(client: FlaskClient) -> None:
    words = cards(find(client, "/es", help=["ride"]))["Alder rides (demo)"]
    for part in (
        "Troy, a 1 milla más o menos",
        "Abierto ahora, hasta las 8 p. m.",
        "Qué hacer primero Llame.",
        "Gratis",
        "Hablan español",
        "Entrada sin escalones",
        "Revisado hoy",
    ):
        assert part in words, part


def test_miles_are_said_for_public_sites_alone(client: FlaskClient) -> None:
    found = cards(find(client))
    assert "Albany, about 7 miles away" in found["Birch legal advocacy (demo)"]
    cedar = found["Cedar advocacy (demo)"]
    assert "mile" not in cedar
    assert "Counties: Albany, Rensselaer, Schenectady" in cedar
    page = find(client).text
    assert page.index("Serves a whole area") < page.index("Cedar advocacy (demo)")
    assert page.index("Birch legal advocacy (demo)") < page.index("Serves a whole area")


def test_danger_comes_before_everything_else(pages: list[Shown]) -> None:
    for page in pages:
        main = page.text.split("<main", 1)[1]
        if "short-list" in page.name:
            continue
        first_card = re.search(r'<(?:article|section) class="(?:card|callout)', main)
        assert first_card
        assert "tel:911" in main[first_card.start() : first_card.start() + 400], page.name


def test_nothing_found_says_what_to_do_and_whom_to_call(client: FlaskClient) -> None:
    page = find(client, help=["pet"])
    assert "We found no place for this near Troy, NY 12180" in page.text
    assert "Call a line on this page." in page.text
    assert "They can help you look" in page.text
    assert "Birch legal advocacy (demo)" in cards(page)
    assert "800-799-7233" in page.text


def test_a_wish_that_nobody_grants_is_said_not_hidden(client: FlaskClient) -> None:
    page = find(client, help=["ride"], pets="y")
    assert "No place fits all that you asked for." in page.text
    assert "No pets" in cards(page)["Alder rides (demo)"]


def test_programs_stand_on_their_own_page(client: FlaskClient) -> None:
    page = ask(client, "/about-programs", {"near": "12180"})
    assert list(cards(page)) == ["Dune groups (demo)"]
    none = ask(client, "/about-programs", {"near": "Buffalo"})
    assert "No program in this list serves this place." in none.text
    typo = ask(client, "/about-programs", {"near": "Tory"})
    assert (typo.response.status_code, "Did you mean:" in typo.text) == (422, True)


# -- one service -------------------------------------------------------------------------------


def test_a_listing_has_the_week_who_it_is_for_and_what_to_know_before_choosing(
    client: FlaskClient, made: PublicDirectory
) -> None:
    page = look(client, f"/services/{made.shown['birch']}").text
    assert "How exact its place is" in page
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    for part in (
        "Thursday Nov 12 · today 9 a.m. to 5 p.m.",
        "Saturday Nov 14 Closed",
        "Helps with Advocacy, Family law: custody, divorce, support, Protection order",
        "Area they serve Counties: Albany, Rensselaer, Schenectady",
        "Must they report harm to a child? Not known: ask",
        "Is it run by the police? Not known: ask",
        "A child, a relative or a friend should not have to do it.",
    ):
        assert part in words, part


def test_a_private_address_is_said_to_be_one(client: FlaskClient, made: PublicDirectory) -> None:
    page = look(client, f"/services/{made.shown['cedar']}").text
    assert "How exact its place is" not in page
    assert "The address is private, so there is no map or distance." in page
    assert "Call at any time." in page
    assert "Someone meets you." in page


def test_a_link_to_another_site_is_made_for_web_addresses_alone(
    client: FlaskClient, made: PublicDirectory
) -> None:
    for url, shown in (("https://birch.example/", True), ("javascript:alert(1)", False)):
        with unit_of_work():
            db.session.get_one(ServiceRow, made.shown["birch"]).url = url
            db.session.get_one(Network, made.small.network_id).directory_version += 1
        page = look(client, f"/services/{made.shown['birch']}").text
        assert (f'href="{url}"' in page) is shown
        assert ("It may keep track of visits." in page) is shown


# -- paper -------------------------------------------------------------------------------------


def test_the_list_on_paper_has_short_names_numbers_and_hours_and_nothing_else(
    client: FlaskClient, made: PublicDirectory
) -> None:
    ids = [str(made.shown[name]) for name in ("rides", "cedar")]
    page = ask(client, "/short-list", {"service_id": ids})
    assert "Is it safe to carry paper?" in page.text
    assert page.title.startswith("List")
    sheet = page.text.split('class="card paper"')[1].split("</section>")[0]
    words = " ".join(re.sub(r"<[^>]+>", " ", sheet).split())
    assert words.split("List ", 1)[1] == (
        "Alder 518-555-0150 ext. 4 Monday to Saturday: 8 a.m. to 8 p.m. "
        "Cedar 518-555-0142 Monday to Friday: 9 a.m. to 5 p.m."
    )


@pytest.mark.parametrize(
    "ids", [[], ["x"], list(NAUGHTY[:30]), ["00000000-0000-4000-8000-000000000000"]]
)
def test_a_list_of_nothing_is_refused(client: FlaskClient, ids: list[str]) -> None:
    assert ask(client, "/short-list", {"service_id": ids}).response.status_code == 400


# -- languages, the demo, no network -----------------------------------------------------------


def test_links_stay_in_the_language_and_the_other_language_is_one_press_away(
    pages: list[Shown],
) -> None:
    for page in pages:
        path = page.response.request.path
        if not path.startswith(("/en", "/es")):
            continue
        here, other = path[:3], "/en" if path[:3] == "/es" else "/es"
        inside = re.findall(r'(?:href|action)="(/[^"]*)"', page.text)
        ours = [
            link
            for link in inside
            if not link.startswith(("/static", "/exit", "/sign-in", "/demo", "/bootstrap", other))
        ]
        assert ours
        assert [link for link in ours if not link.startswith(here)] == [], page.name
        assert f'"{other}{path[3:]}"' in page.text, page.name


def test_a_search_can_be_read_in_the_other_language_without_typing_it_again(
    client: FlaskClient,
) -> None:
    page = find(client, help=["ride", "court-order"], near="12180", free="y", access=["deaf"])
    form = re.findall(r'<form method="post" action="/es/find">.*?</form>', page.text, re.DOTALL)[0]
    again: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form):
        again.setdefault(name, []).append(value)
    spanish = ask(client, "/es/find", again)
    assert spanish.language == "es"
    assert list(cards(spanish)) == list(cards(page))


def test_every_public_page_of_a_demo_says_so_and_the_start_page_leads_into_it(
    pages: list[Shown],
) -> None:
    for page in pages:
        said = "Demo: every place" if page.language == "en" else "Demostración:"
        assert said in page.text, page.name
    start = next(page for page in pages if page.name == "/")
    assert 'href="/demo"' in start.text
    assert 'href="/sign-in"' in start.text


def test_a_real_network_has_no_word_of_a_demo(sqlite_app: Flask, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        make_public_directory(at=now, demo=False)
    page = look(sqlite_app.test_client(), "/").text
    assert "every place and phone number here is invented" not in page
    assert 'href="/demo"' not in page


def test_without_a_public_network_the_lines_are_there_and_nothing_is_broken(
    sqlite_app: Flask,
) -> None:
    client = sqlite_app.test_client()
    for path in ("/", "/es/", "/safety", "/about-programs", "/your-information", "/just-numbers"):
        page = look(client, path)
        assert page.response.status_code == 200
        assert 'name="near"' not in page.text
        assert "800-799-7233" in page.text
    assert "There is no list of local places here yet." in look(client, "/").text
    assert ask(client, "/find", {"near": "12180"}).response.status_code == 404


def test_the_lines_are_dated_and_no_chat_is_a_link_that_leaves_a_trail(pages: list[Shown]) -> None:
    start = next(page for page in pages if page.name == "/")
    assert start.text.count("Checked November 23, 2026") == 2
    assert "Chat: opdv.ny.gov" in start.text
    assert "1-800-787-3224" in start.text
