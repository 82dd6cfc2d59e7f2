"""The page behind an answer link: the same for everybody without the code, and no trace of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from ccr.domain.answer_links import LINK_LASTS
from ccr.services import answer_codes
from ccr.storage.db import db
from tests.by_link import HERE, answers_by_link, deliver
from tests.conftest import NOW
from tests.loop import Loop, build, world
from tests.web.conftest import Visitor
from tests.web.journey import text_of

LIKE_ANY = "A" * 64
STEPS = ("accept", "decline", "hand-back", "attempt", "connect", "close", "room", "look", "x")


@pytest.fixture
def loop(sqlite_app: Flask) -> Iterator[Loop]:
    with time_machine.travel(NOW, tick=False):
        made = build()
        answers_by_link(made, made.advocates)
        yield made


@pytest.fixture
def office(loop: Loop, sqlite_app: Flask) -> Visitor:
    return Visitor(sqlite_app.test_client())


@pytest.fixture
def opened(loop: Loop) -> tuple[str, str]:
    """Return the address and the code of a referral by link."""
    referral_id = loop.send(language="es")
    code = answer_codes.make_code(loop.hospital.worker, world(), referral_id, at=NOW).code
    return f"/answer/{deliver()}", code


def form_of(page: str, step: str) -> dict[str, str]:
    """Return the hidden fields of the form of a step."""
    form = re.search(rf'<form.*?name="step" value="{step}".*?</form>', page, re.DOTALL)
    assert form, step
    inside = form[0][form[0].rindex("<form") :]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', inside))


def test_opening_a_link_shows_one_page_whatever_it_is_and_changes_nothing(loop, opened, office):
    path, _code = opened
    before = _rows()
    pages = set()
    for there in (path, f"/answer/{LIKE_ANY}", "/answer/x"):
        for _ in range(3):
            shown = office.open(there)
            assert shown.status_code == 200
            assert "Set-Cookie" not in shown.headers
            pages.add(re.sub(r'/answer/[^"]+', "", text_of(shown)))
    assert len(pages) == 1
    headers = office.open(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]
    assert _rows() == before


def _rows() -> dict[str, int]:
    found = {
        table.name: db.session.execute(table.select()).all() for table in db.metadata.sorted_tables
    }
    db.session.rollback()
    return {name: len(rows) + hash(str(rows)) for name, rows in found.items()}


def test_without_the_right_code_every_answer_is_the_same_bytes(loop, opened, office):
    path, code = opened
    answers = {}
    for n, there in enumerate((path, f"/answer/{LIKE_ANY}")):
        for step in STEPS:
            fields = {"code": "000000", "step": step, "turn": "0", "reason": "other"}
            sent = office.client.post(
                there, data=fields, environ_base={"REMOTE_ADDR": f"10.{n}.{STEPS.index(step)}.1"}
            )
            answers[there, step] = (sent.status_code, sent.data)
    assert len(set(answers.values())) == 1
    assert next(iter(answers.values()))[0] == 404
    assert office.client.post(path, data={"code": code}).status_code == 404  # it is locked now


def test_each_act_works_once_and_then_is_gone(loop, opened, office):
    path, code = opened
    page = text_of(office.send(path, {"code": code}))
    assert "Advocacy" in page
    accept = form_of(page, "accept")
    stale = form_of(page, "decline")
    page = text_of(office.send(path, accept))
    assert "It is noted: you take it." in page
    for again in (accept, stale | {"reason": "other"}):
        gone = office.send(path, again)
        assert gone.status_code == 410
        assert "This was done already" in text_of(gone)
    refused = office.send(path, form_of(page, "close"))
    assert refused.status_code == 422
    assert "Say how it ended." in text_of(refused)
    closed = office.send(path, form_of(text_of(refused), "close") | {"outcome": "no-capacity"})
    assert "Would an inbox be easier?" in text_of(closed)
    assert office.send(path, {"code": code}).status_code == 410


def test_a_link_that_ran_out_says_so_to_whoever_has_the_code_alone(loop, opened, office):
    path, code = opened
    with time_machine.travel(NOW + LINK_LASTS, tick=False):
        assert "This link has run out" in text_of(office.send(path, {"code": code}))
        wrong = office.send(path, {"code": "000000"})
        assert (wrong.status_code, "run out" in text_of(wrong)) == (404, False)


def test_no_fact_beyond_need_county_and_urgency_is_on_any_page(loop, opened, office):
    path, code = opened
    page = text_of(office.send(path, {"code": code}))
    after = text_of(office.send(path, form_of(page, "accept")))
    for shown in (page, after):
        assert "Rensselaer County" in shown
        for fact in ("Troy", "Spanish", "Español (", "518-555-0199"):
            assert fact not in shown
    assert "spoken-code" not in page
    assert "spoken-code" in after


def test_a_form_from_elsewhere_is_refused(loop, opened, office):
    path, code = opened
    sent = office.client.post(path, data={"code": code}, headers={"Sec-Fetch-Site": "cross-site"})
    assert sent.status_code == 400


def test_whoever_guesses_waits(loop, opened, office):
    path, code = opened
    for _ in range(5):
        office.send(f"/answer/{LIKE_ANY}", {"code": "1"})
    assert office.send(path, {"code": code}).status_code == 429


def test_no_line_of_the_log_has_the_token_or_the_code(loop, opened, office, capfd):
    path, code = opened
    page = text_of(office.send(path, {"code": code}))
    office.send(path, form_of(page, "accept"))
    office.open(path)
    lines = capfd.readouterr().err
    assert '"rule": "/answer/<token>"' in lines
    for secret in (path.rpartition("/")[2], code, code.replace(" ", ""), HERE):
        assert secret not in lines
