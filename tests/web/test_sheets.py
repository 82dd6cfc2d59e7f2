"""The sheet for a person whose partner is in a program: safe to be found, in two languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from ccr.domain import choices_sheet
from tests.reading_level import flesch_kincaid_grade
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

PATH = "/desk/sheets/your-choices"
TELLS = re.compile(
    r"abus|violen|victim|víctim|shelter|refugio|surviv|sobrevivi|advocat|defensor|police|court|"
    r"corte|hotline|batter|CCR|network|birch|demo|partner|pareja",
    re.IGNORECASE,
)


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def paper_of(answer: TestResponse) -> str:
    """Return the words that stand on the paper: the title and the sheet, no word of the screen."""
    page = text_of(answer)
    title = re.search(r"<title>(.*?)</title>", page, re.S)
    sheet = re.search(r"<article.*?</article>", page, re.S)
    assert title
    assert sheet
    return " ".join(re.sub(r"<[^>]+>", " ", title[1] + " " + sheet[0]).split())


@pytest.mark.parametrize("language", ["en", "es"])
def test_r10_the_sheet_tells_nobody_who_finds_it_what_it_is(desk: Desk, language: str) -> None:
    answer = desk["birch.advocate"].open(f"{PATH}?language={language}")
    paper = paper_of(answer)
    assert not TELLS.search(paper), paper
    assert ("Your choices" if language == "en" else "Sus opciones") in paper
    assert "911" in paper
    page = text_of(answer)
    assert "<img" not in page
    assert 'class="brand' not in page
    assert f'<article class="stack choices-sheet" lang="{language}"' in page


def test_r11_the_sheet_says_that_nobody_has_to_tell_how_another_person_does(desk: Desk) -> None:
    paper = paper_of(desk["birch.advocate"].open(PATH))
    assert "You never have to talk to a program." in paper
    assert "No one has to know how you think another person is doing." in paper
    assert "Going is not the same as changing." in paper


def test_what_to_think_of_first_stands_on_the_screen_and_not_on_the_paper(desk: Desk) -> None:
    answer = desk["birch.advocate"].open(PATH)
    for words in choices_sheet.NOT_HOME:
        assert str(words) in text_of(answer)
        assert str(words) not in paper_of(answer)
    aside = re.search(r'<section class="card no-print".*?</section>', text_of(answer), re.S)
    assert aside
    assert "Before you hand it over" in aside[0]


def test_the_sheet_is_plain() -> None:
    lines = [str(line) for _, group in choices_sheet.GROUPS for line in group]
    assert flesch_kincaid_grade(lines) <= 6


def test_whoever_works_with_people_prints_it_and_nobody_else(desk: Desk) -> None:
    for who in ("birch.advocate", "birch.agency_admin", "alder.worker", "cedar.worker"):
        assert desk[who].open(PATH).status_code == 200
    for who in ("coordination.coordinator", "coordination.auditor"):
        assert desk[who].open(PATH).status_code == 404
    wrong = desk["birch.advocate"].open(f"{PATH}?language=xx")
    assert wrong.status_code == 200
    assert "Your choices" in paper_of(wrong)
