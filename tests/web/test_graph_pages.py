"""The graph by its addresses: layers, steps, a way between two, one member off it, as a file."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

from ccr.services import coordination
from ccr.services.accounts import terminal_identity
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.coordination import PublishedFigure
from ccr.storage.models.directory import MemberRow
from ccr.storage.queries import used_pathways
from tests.coordination import promise, write_past_referrals
from tests.directory_rows import save_agreement
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

COORDINATOR = "coordination.coordinator"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    """Alder and Birch agreed, Birch promised to Cedar; in 2025 Alder used Birch and Dune."""
    with time_machine.travel(now, tick=False):
        desk = Desk(sqlite_app, make_small_directory(at=now))
        small = desk.small
        save_agreement(small.network_id, small.alder, small.birch)
        promise(small, small.birch, small.cedar, on=date(2025, 5, 1))
        ways = [(small.alder.member_id, takes.member_id) for takes in (small.birch, small.dune)]
        with unit_of_work():
            used_pathways.freeze_used(small.network_id, "2025", ways, at=now)
            used_pathways.freeze_used(small.network_id, "2024", [], at=now)
        yield desk


def lines(page: str) -> list[str]:
    return sorted(re.findall(r'data-edge="([a-z]+)"', page))


def opened(desk: Desk, query: str = "") -> str:
    return text_of(desk[COORDINATOR].open(f"/network/graph{query}"))


def test_each_layer_can_be_off_and_a_year_can_be_chosen(desk: Desk) -> None:
    assert lines(opened(desk)) == ["agreement", "promised", "used", "used"]
    assert lines(opened(desk, "?layer=used")) == ["used", "used"]
    assert lines(opened(desk, "?layer=none")) == []
    assert lines(opened(desk, "?year=2024")) == ["agreement", "promised"]
    assert "Of 2024 no used pathway may be told" in opened(desk, "?year=2024")


def test_used_is_said_as_eleven_or_more_and_never_how_often(desk: Desk) -> None:
    page = opened(desk, "?view=table")
    assert "used towards it" in page
    assert "Nothing agreed or promised; used" in page
    assert "Used in 2025: 11 or more" in opened(desk)
    assert "One way was used in 2025, and no agreement is in force" in opened(desk)
    assert {row.value for row in db.session.query(PublishedFigure)} == {None, 11}


def test_so_many_steps_leave_the_others_off_the_picture(desk: Desk) -> None:
    alder = desk.small.alder.member_id
    one, two = (opened(desk, f"?member={alder}&steps={n}&layer=agreement") for n in (1, 2))
    assert (one.count("data-node="), two.count("data-node=")) == (2, 3)
    assert "not on the picture" in one


def test_the_way_between_two_is_said_in_words_and_marked(desk: Desk) -> None:
    small = desk.small
    page = opened(desk, f"?start={small.alder.member_id}&goal={small.cedar.member_id}")
    assert "2 introductions lead there" in page
    assert "Alder Hospital (demo) introduces to Birch Advocates (demo)" in page
    assert len(re.findall(r'class="edge edge-\w+ [^"]*is-passed', page)) == 2
    none = opened(desk, f"?start={small.alder.member_id}&goal={small.dune.member_id}")
    assert "No chain of links leads from one to the other." in none


def test_a_member_can_be_taken_off_and_who_is_cut_off_is_marked(desk: Desk) -> None:
    page = opened(desk, f"?member={desk.small.birch.member_id}&without=1&layer=agreement")
    assert lines(page) == []
    assert page.count("is-gone") == 1
    assert re.search(r'class="node [^"]*is-cut-off[^"]*"[^>]*aria-label="Alder Hospital', page)
    assert "Put it back on the picture" in page


def test_the_picture_is_a_file_with_colours_of_its_own(desk: Desk) -> None:
    answer = desk[COORDINATOR].open("/network/graph.svg?layer=used")
    assert answer.mimetype == "image/svg+xml"
    assert "network.svg" in answer.headers["Content-Disposition"]
    root = ET.fromstring(text_of(answer))  # noqa: S314 -- our own
    drawn = [one.get("stroke-width") for one in root.findall("{*}line")]
    assert drawn == ["9", "9"]
    assert "style" not in text_of(answer)


def test_promised_stands_beside_used_with_what_to_do_next(desk: Desk) -> None:
    page = text_of(desk[COORDINATOR].open("/network/pathways"))
    unagreed = page.split('id="unagreed"')[1].split("</section>")[0]
    assert "Dune Program (demo)" in unagreed
    assert "Nothing agreed or promised" in unagreed
    silent = page.split('id="silent"')[1].split("</section>")[0]
    assert "Cedar House (demo)" in silent
    assert "It never says that nobody went" in silent
    of_2024 = text_of(desk[COORDINATOR].open("/network/pathways?year=2024"))
    assert "Of 2024 no used pathway may be told" in of_2024
    assert "unagreed" not in of_2024


def test_a_year_that_is_published_tells_its_pathways_once(desk: Desk, now: datetime) -> None:
    small = desk.small
    with unit_of_work():
        db.session.query(PublishedFigure).delete()
    teams = [small.alder, small.birch, small.cedar, small.dune]
    pairs = [(a, b) for a in teams for b in teams if a is not b] * 5
    for month in (2, 5, 8, 11):
        write_past_referrals(small, pairs, at=datetime(2025, month, 10, 15, tzinfo=UTC))
    identity = terminal_identity("Test network")
    for number in (1, 2, 3):
        coordination.publish_quarter(identity, f"2025Q{number}", at=now)
    assert used_pathways.list_used(small.network_id) == ()
    coordination.publish_quarter(identity, "2025Q4", at=now)
    (year,) = used_pathways.list_used(small.network_id)
    assert (year.year, len(year.ways)) == ("2025", 12)
    # A year that was published before pathways were told gets them from the same frozen sums.
    with unit_of_work():
        db.session.query(PublishedFigure).filter_by(measure="used-pathway").delete()
    for _ in range(2):
        coordination.publish_quarter(identity, "2025Q4", at=now)
        assert used_pathways.list_used(small.network_id) == (year,)
    with unit_of_work():  # as one of two does that publish at once
        assert not used_pathways.freeze_used(small.network_id, "2025", year.ways, at=now)


def test_a_network_of_one_member_says_what_to_do_next(desk: Desk) -> None:
    with unit_of_work():
        others = MemberRow.id != desk.small.alder.member_id
        db.session.query(MemberRow).filter(others).update({"listed": False})
    page = opened(desk)
    assert "One member is listed" in page
    assert "data-graph" not in page
    pathways = text_of(desk[COORDINATOR].open("/network/pathways"))
    assert "A pathway needs two members" in pathways
