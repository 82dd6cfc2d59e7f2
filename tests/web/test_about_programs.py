"""What survivors read about programs: limits, an advocate first, rights; no account, no script."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.public_directory import make_public_directory

SAFETY, RIGHTS, PROGRAMS = "/safety", "/your-information", "/about-programs"


@pytest.fixture
def client(sqlite_app: Flask, now: datetime) -> FlaskClient:
    make_public_directory(at=now)
    return sqlite_app.test_client()


def read(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert "Set-Cookie" not in answer.headers
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("start", ["/", "/es/"])
def test_r9_lines_help_nearby_safety_and_rights_are_two_clicks_away_without_script(
    client: FlaskClient, start: str
) -> None:
    page = read(client, start)
    assert 'href="tel:' in page  # a line to call: no click at all
    prefix = start.rstrip("/")
    for path in (SAFETY, RIGHTS, PROGRAMS):
        assert f'href="{prefix}{path}"' in page, path  # the first click
        assert 'href="tel:' in read(client, f"{prefix}{path}")
    form = re.search(r'<form method="post" action="([^"]*find)"', page)
    assert form, "the finder is a form that works by itself"
    # The second: what is needed and where, to services by need and county.
    found = client.post(form[1], data={"help": ["talk"], "near": "Rensselaer County, NY"})
    assert found.status_code == 200
    assert "public-card" in found.get_data(as_text=True)


def test_r10_the_page_about_programs_says_what_they_cannot_do_before_anything_else(
    client: FlaskClient,
) -> None:
    page = read(client, PROGRAMS)
    limits, advocate = page.index("What a program cannot do"), page.index("Talk to an advocate")
    assert limits < advocate < page.index("What a program can do")
    for words in (
        "Going to a program is not the same as changing.",
        "No program can promise that the abuse ends.",
        "A program does not treat an illness.",
        "that alone does not make you safe.",
        "No one should ask you how your partner does there.",
    ):
        assert words in page, words


def test_r11_a_survivor_reads_that_nobody_may_ask_and_that_no_program_is_told(
    client: FlaskClient,
) -> None:
    page = read(client, RIGHTS)
    for words in (
        "The program is told nothing about you.",
        "It cannot look you up here.",
        "No page here asks you how your partner does",
        "You can change your mind.",
    ):
        assert words in page, words
