"""No public page sets a cookie, asks another host, tells what it is, or holds what is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import CapacityRow, MemberRow, ServiceRow
from ccr.storage.queries.directory_log import raise_directory_version
from tests.loop import dump
from tests.public_directory import PLANTED, SHOWN, PublicDirectory, make_public_directory
from tests.web.conftest import Visitor
from tests.web.journey import let_in, settled
from tests.web.public_pages import FORMS, LANGUAGES, Shown, ask, every_public_page, look

LOADED = re.compile(
    r"abus|violen|victim|shelter|batter|survivor|refuge|maltrato|v[ií]ctima|agres", re.IGNORECASE
)
TALKS = ("src", "href", "action", "srcset", "poster", "data", "formaction", "ping")


@pytest.fixture
def made(sqlite_app: Flask, now: datetime) -> Iterator[PublicDirectory]:
    with time_machine.travel(now, tick=False):
        yield make_public_directory(at=now)


def test_the_crawl_opens_every_public_page(built_site: Flask, pages: list[Shown]) -> None:
    opened = {
        built_site.url_map.bind("localhost").match(
            page.response.request.path, method=page.response.request.method
        )[0]
        for page in pages
    }
    ours = {
        rule.endpoint
        for rule in built_site.url_map.iter_rules()
        if rule.endpoint.startswith(("finder.", "suggestions."))
    }
    assert opened == {*ours, "home.index"}
    assert {page.response.status_code for page in pages} == {200, 422}


def test_no_public_page_sets_a_cookie(pages: list[Shown]) -> None:
    assert [page.name for page in pages if "Set-Cookie" in page.response.headers] == []


def test_no_public_page_needs_or_touches_the_cookie_of_staff(
    sqlite_app: Flask, made: PublicDirectory
) -> None:
    pages = every_public_page(sqlite_app, made)
    staff = Visitor(sqlite_app.test_client())
    let_in(staff, made.small.emails["alder.worker"])
    anybody = {page.name: settled(page.text) for page in pages}
    for address in ("/", "/es/", "/safety", f"/services/{made.shown['birch']}"):
        seen = look(staff.client, address)
        assert "Set-Cookie" not in seen.response.headers, address
        assert settled(seen.text) == anybody[address]
    for path, data in FORMS[:2]:
        assert "Set-Cookie" not in ask(staff.client, path, data).response.headers
    assert "Set-Cookie" not in staff.open(f"/services/{uuid4()}").headers


def test_public_pages_are_kept_nowhere_and_send_no_referrer(pages: list[Shown]) -> None:
    for page in pages:
        headers = page.response.headers
        assert headers["Cache-Control"] == "no-store", page.name
        assert headers["Referrer-Policy"] == "no-referrer", page.name
        assert "default-src 'self'" in headers["Content-Security-Policy"], page.name
        assert "unsafe" not in headers["Content-Security-Policy"], page.name
        assert "noindex" in headers["X-Robots-Tag"], page.name


def test_no_public_page_asks_another_host_for_anything(pages: list[Shown]) -> None:
    for page in pages:
        for name in TALKS:
            for target in re.findall(rf'\s{name}="([^"]*)"', page.text):
                kind = "tel:" if name == "href" else "/"
                assert target.startswith(("/", "#", kind, "data:")), (page.name, target)


def test_titles_and_paths_say_nothing_to_somebody_who_looks_over_a_shoulder(
    pages: list[Shown],
) -> None:
    for page in pages:
        assert page.title
        assert not LOADED.search(page.title), (page.name, page.title)
        assert not LOADED.search(page.response.request.path), page.name
        assert not page.response.request.query_string, page.name
        for wanted in page.sent.values():
            for word in [wanted] if isinstance(wanted, str) else wanted:
                assert len(word) < 3 or word.lower() not in page.title.lower(), page.name


def test_no_public_page_holds_what_is_hidden(pages: list[Shown]) -> None:
    everything = "".join(page.text for page in pages)
    for page in pages:
        for word in PLANTED:
            # What was typed is shown again to whoever typed it; a street is refused, and no place.
            assert word.casefold() not in page.text.casefold(), (word, page.name)
    for name in SHOWN:
        assert name in everything


def test_what_is_hidden_answers_with_the_same_bytes_as_what_is_not_there(
    sqlite_app: Flask, made: PublicDirectory
) -> None:
    client = sqlite_app.test_client()
    for language in LANGUAGES:
        absent = look(client, f"{language}/services/{uuid4()}").response
        assert absent.status_code == 404
        for why, service_id in made.hidden.items():
            answer = look(client, f"{language}/services/{service_id}").response
            assert answer.status_code == 404, why
            assert answer.get_data() == absent.get_data(), why
            assert str(answer.headers) == str(absent.headers), why


def test_a_member_is_gone_the_moment_it_is_unlisted_even_where_nothing_counted_the_change(
    sqlite_app: Flask, made: PublicDirectory
) -> None:
    client = sqlite_app.test_client()
    question = {"help": ["ride"], "near": "12180"}
    assert "Alder rides" in ask(client, "/find", question).text
    with unit_of_work():  # without raising the directory's version
        db.session.execute(
            update(MemberRow).where(MemberRow.id == made.small.alder.member_id).values(listed=False)
        )
    assert "Alder rides" not in ask(client, "/find", question).text
    assert look(client, f"/services/{made.shown['rides']}").response.status_code == 404
    paper = {"service_id": [str(made.shown["rides"])]}
    assert ask(client, "/short-list", paper).response.status_code == 400


def test_every_public_page_warns_that_a_device_remembers(pages: list[Shown]) -> None:
    for page in pages:
        said = "Leaving does not erase it." if page.language == "en" else "Salir no la borra."
        assert said in page.text, page.name
        assert "911" in page.text or "short-list" in page.name, page.name


def test_exit_comes_first_and_a_second_time_for_the_keyboard(pages: list[Shown]) -> None:
    for page in pages:
        links = re.findall(r"<a [^>]*>", page.text)
        assert 'href="#main"' in links[0], page.name
        for link, css in zip(links[1:3], ("skip-link", "exit-link"), strict=True):
            assert 'href="/exit"' in link, page.name
            assert css in link, page.name
        assert all("noreferrer" in link for link in links[1:3]), page.name


def test_a_program_is_never_shown_without_what_it_cannot_do(
    pages: list[Shown],
) -> None:
    shown = [page for page in pages if "Dune groups" in page.text]
    assert {page.language for page in shown} == {"en", "es"}
    for page in shown:
        said = "What a program cannot do" if page.language == "en" else "Lo que un programa no"
        assert said in page.text, page.name
        assert "find" not in page.response.request.path.rpartition("/")[2], page.name


def test_the_public_finder_writes_nothing(
    sqlite_app: Flask, made: PublicDirectory, capfd: pytest.CaptureFixture[str]
) -> None:
    before = dump()
    asked = 0
    for page in every_public_page(sqlite_app, made):
        asked += 1
        assert page.response.status_code < 500
    assert asked >= 60
    assert dump() == before
    log = re.sub(r'"request_id": "[0-9a-f]+"', "", capfd.readouterr().err.casefold())
    assert '"rule": "/find"' in log
    for _path, data in FORMS:
        for value in data.values():
            for word in [value] if isinstance(value, str) else value:
                assert len(word) < 4 or word.casefold() not in log, word


def test_an_edit_of_a_hidden_place_that_is_not_public_changes_no_public_byte(
    sqlite_app: Flask, made: PublicDirectory, now: datetime
) -> None:
    before = {page.name: settled(page.text) for page in every_public_page(sqlite_app, made)}
    with unit_of_work():
        row = db.session.get_one(ServiceRow, made.shown["cedar"])
        row.email, row.url, row.version = "new@example.org", "https://new.example/", 9
        row.updated_at = row.updated_at.replace(year=2025)
        room = db.session.get_one(CapacityRow, row.id)
        room.status, room.updated_at = "no-capacity", now
        raise_directory_version(made.small.network_id)
    again = {page.name: settled(page.text) for page in every_public_page(sqlite_app, made)}
    assert again == before
