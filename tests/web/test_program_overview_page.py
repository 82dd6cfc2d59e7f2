"""The coordination's page of programs: the unsafe first, figures as published, never a rate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from ccr.services import coordination
from ccr.services.accounts import terminal_identity
from tests.people import Team
from tests.program_rows import add_consultations, add_participants
from tests.services.test_program_overview import second_program
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

COORDINATOR = "coordination.coordinator"
PAGE = "/network/programs"
IN_QUARTER = datetime(2026, 8, 3, 14, tzinfo=UTC)


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def both_programs(desk: Desk, now: datetime) -> Iterator[tuple[Team, Team]]:
    small = desk.small
    return iter([(small.dune, small.birch), (second_program(small, now), small.cedar)])


def test_a_program_without_protocol_stands_first_and_nothing_is_published_yet(desk: Desk) -> None:
    page = text_of(desk[COORDINATOR].open(PAGE))
    assert "Dune Program (demo): no consultation protocol" in page
    assert "Nothing is published yet" in page
    assert "What a program cannot do" in page


def test_completion_never_stands_without_the_sentence_that_it_is_not_safety(
    desk: Desk, now: datetime
) -> None:
    for program, partner in both_programs(desk, now):
        add_consultations(program, partner, 22, at=IN_QUARTER, after=timedelta(minutes=70))
        for state in ("completed", "terminated"):
            ended_on = IN_QUARTER.date()
            add_participants(program, 11, at=IN_QUARTER, ended_on=ended_on, state=state)
    coordination.publish_quarter(terminal_identity("Test network"), "2026Q3", at=now)
    page = text_of(desk[COORDINATOR].open(PAGE))
    for words in ("Of these, completed", ">22<", ">2 h<", "does not say that anybody is safe"):
        assert words in page
    for words in ("%", "success", "Success", "recidivism"):
        assert words not in page.split("<main", 1)[1].split("</main>", 1)[0]


def test_a_quarter_of_which_nothing_may_be_shown_shows_no_row_of_it(
    desk: Desk, now: datetime
) -> None:
    add_consultations(desk.small.dune, desk.small.birch, 10, at=IN_QUARTER)
    coordination.publish_quarter(terminal_identity("Test network"), "2026Q3", at=now)
    page = text_of(desk[COORDINATOR].open(PAGE))
    assert "2026Q3" not in page
    assert "No published quarter has a figure that may be shown" in page


@pytest.mark.parametrize("who", ["dune.facilitator", "birch.advocate", "alder.worker"])
def test_for_everybody_else_the_page_is_not_there(desk: Desk, who: str) -> None:
    assert desk[who].open(PAGE).status_code == 404
