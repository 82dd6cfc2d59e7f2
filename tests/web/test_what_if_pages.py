"""What would change if, expected ways, and the network as a file: for whoever coordinates."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime

import networkx as nx
import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from ccr.adapters.clock import utc_now
from ccr.domain.area_people import AreaPeople
from ccr.domain.expected_pathways import DEFAULTS
from ccr.domain.gaps import LINES
from ccr.domain.taxonomy import AreaExtent, Need
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import CapacityRow, ServiceRow
from ccr.storage.queries.area_people import replace_area_people
from ccr.storage.queries.coordination import promise_pathway
from ccr.storage.queries.directory_log import raise_directory_version
from tests.builders import CAPITAL_REGION
from tests.directory_rows import Statements
from tests.loop import world
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, settled, text_of

MOST_STATEMENTS = 12
COORDINATOR = "coordination.coordinator"
READERS = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}
EXPECTED = [expectation.name for expectation in DEFAULTS]


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?ask=leaves",
        "?ask=leaves&member=x",
        "?ask=opens&row=99999&county=36083",
        "?ask=opens&row=-1&county=%00",
        "?ask=night",
        "?ask=x",
        "?ask=closes&service=",
        "?ask=place&row=2&zip=12207",
        "?ask=most&row=3&minutes=31",
        "?ask=most&row=3&places=6",
    ],
)
def test_what_is_no_question_shows_the_questions(desk: Desk, question: str) -> None:
    page = text_of(desk[COORDINATOR].open(f"/network/what-if{question}"))
    assert "See what changes" in page
    assert 'id="outcome"' not in page


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (f"leaves&member={NOBODY}", "does not take part in the network any more"),
        (f"full&service={NOBODY}", "does not take part in the network any more"),
        ("opens&row=3&county=%00", "No service of the network counts for this county"),
        ("place&row=3&zip=9%27", "No county of the network has this ZIP"),
    ],
)
def test_a_question_about_what_is_not_there_says_so(desk: Desk, question: str, why: str) -> None:
    page = text_of(desk[COORDINATOR].open(f"/network/what-if?ask={question}"))
    assert why in page
    assert 'id="outcome-title"' not in page


def test_who_leaves_is_named_with_what_would_change(desk: Desk) -> None:
    page = text_of(desk[COORDINATOR].open("/network/what-if"))
    member = page.partition("ask=leaves&amp;member=")[2][:36]
    found = text_of(desk[COORDINATOR].open(f"/network/what-if?ask=leaves&member={member}"))
    assert "leaves the network" in found
    assert "Cells of the gap table that would change" in found


def test_one_more_service_changes_one_cell(desk: Desk) -> None:
    found = text_of(desk[COORDINATOR].open("/network/what-if?ask=opens&row=7&county=36083"))
    assert "One more service in Rensselaer" in found


def test_every_other_question_is_answered_on_the_page_and_on_paper(desk: Desk) -> None:
    small = desk.small
    with unit_of_work():
        promise_pathway(
            small.network_id, small.alder.member_id, small.birch.member_id, Need.ADVOCACY,
            on=date(2026, 1, 1),
        )  # fmt: skip
    desk[COORDINATOR].open("/network/gaps")  # reads the directory as it is now
    for question, words in {
        f"closes&service={small.birch_service_id}": (
            "Birch legal advocacy (demo) of Birch Advocates (demo) closes",
            "One promised pathway would break:",
            "Alder Hospital (demo) to Birch Advocates (demo): Advocacy",
        ),
        f"full&service={small.birch_service_id}": (
            "has no room", "would lead to nobody with room:"
        ),
        "place&row=5&zip=12180&minutes=30": (
            "One more service at Troy, NY 12180 for: Counseling",
            "would be within reach for the first time",
        ),
        "most&row=5&minutes=45&places=2": (
            "Where 2 more services would help most: Counseling",
            "ZIPs newly reached",
            "at least 63 %",
        ),
    }.items():  # fmt: skip
        for path in ("/network/what-if", "/network/what-if/print"):
            with Statements() as run:
                page = text_of(desk[COORDINATOR].open(f"{path}?ask={question}"))
            assert len(run.texts) <= MOST_STATEMENTS, run.texts
            for part in words:
                assert part in page, (question, path, part)


def test_in_a_large_network_a_member_is_chosen_before_its_service(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ccr.web.presenters.what_if.MOST_LISTED", 1)
    small = desk.small
    page = text_of(desk[COORDINATOR].open("/network/what-if"))
    assert "Show its services" in page
    assert str(small.birch_service_id) not in page
    chosen = text_of(
        desk[COORDINATOR].open(f"/network/what-if?ask=closes&member={small.birch.member_id}")
    )
    assert str(small.birch_service_id) in chosen
    assert str(small.dune_service_id) not in chosen
    # Another member than the service is of: its services come, and no answer about the other.
    changed = f"ask=closes&member={small.dune.member_id}&service={small.birch_service_id}"
    page = text_of(desk[COORDINATOR].open(f"/network/what-if?{changed}"))
    assert 'id="outcome"' not in page
    assert str(small.dune_service_id) in page


def test_without_services_only_questions_about_members_are_asked(desk: Desk) -> None:
    with unit_of_work():
        db.session.execute(update(ServiceRow).values(status="inactive"))
        raise_directory_version(desk.small.network_id)
    for address in ("/network/what-if", "/network/what-if?ask=most&row=3&minutes=30&places=2"):
        page = text_of(desk[COORDINATOR].open(address))
        assert "A county appears here when" in page
        assert 'id="leaves-member"' in page
        assert 'id="most-row"' not in page
        assert 'id="closes-service"' not in page
        assert "Nothing would be gained" not in page


def test_people_are_said_where_a_table_says_them(desk: Desk) -> None:
    rows = [AreaPeople(AreaExtent.COUNTY, "36083", 161_130)]
    with unit_of_work():
        replace_area_people(desk.small.network_id, rows, at=utc_now())
    page = text_of(desk[COORDINATOR].open("/network/what-if?ask=opens&row=7&county=36083"))
    assert "161,130 people live in the one county where something would change" in page
    assert "From the table brought on" in page
    # No ZIP of it is counted, so that the best place goes by ZIPs.
    assert "ZIPs newly reached" in text_of(
        desk[COORDINATOR].open("/network/what-if?ask=most&row=5&minutes=30&places=1")
    )


def test_no_answer_asks_how_far_a_confidential_service_is_nor_how_full_on_paper(
    desk: Desk,
) -> None:
    """With Birch closed only Cedar, which is confidential, helps: whole counties are reached."""
    small = desk.small
    with unit_of_work():
        db.session.execute(
            update(ServiceRow)
            .where(ServiceRow.id == small.birch_service_id)
            .values(status="inactive")
        )
        db.session.execute(
            update(CapacityRow)
            .where(CapacityRow.service_id == small.cedar_service_id)
            .values(status="no-capacity", updated_at=utc_now())
        )
        raise_directory_version(small.network_id)
    row = LINES.index(Need.ADVOCACY.value)
    pages = [
        settled(text_of(desk[COORDINATOR].open(f"/network/what-if?ask=most&row={row}&minutes={m}")))
        for m in (15, 90)
    ]
    assert all("Nothing would be gained" in page for page in pages)
    closed = f"/network/what-if?ask=closes&service={small.cedar_service_id}"
    lost = text_of(desk[COORDINATOR].open(closed)).partition("No longer within reach")[2]
    zips = sum(len(world().gazetteer.zips_of(area.code)) for area in CAPITAL_REGION)
    assert re.search(rf"Advocacy</th><td[^>]*>{zips}<", lost)
    question = f"ask=opens&row={row}&county=36001"
    assert "Full" in between(text_of(desk[COORDINATOR].open(f"/network/what-if?{question}")))
    sheet = text_of(desk[COORDINATOR].open(f"/network/what-if/print?{question}"))
    assert "Full" not in between(sheet)


def between(page: str) -> str:
    """Return the table of cells."""
    return page.partition("Cells of the gap table")[2].partition("</table>")[0]


def keep(desk: Desk, name: str, *, who: str = COORDINATOR, **question: object) -> TestResponse:
    return desk[who].send("/network/what-if/keep", {"name": name, **question}, follow=False)


def test_a_kept_question_is_opened_by_whoever_sees_the_desk_and_removed_once(desk: Desk) -> None:
    asked = {"ask": "closes", "service": desk.small.birch_service_id}
    made = keep(desk, " If the  court advocacy closes ", **asked)
    assert made.status_code == 303
    path = made.headers["Location"].removeprefix("http://localhost")
    assert "If the court advocacy closes" in text_of(desk[COORDINATOR].open("/network/what-if"))
    auditor = text_of(desk["coordination.auditor"].open(path))
    assert "Birch legal advocacy (demo) of Birch Advocates (demo) closes" in auditor
    assert "Remove this question" not in auditor
    assert desk["alder.worker"].open(path).status_code == 404
    stranger = Desk(desk.app, make_small_directory(at=utc_now(), name="Other network"))
    assert stranger[COORDINATOR].open(path).status_code == 404
    assert "court advocacy" not in text_of(stranger[COORDINATOR].open("/network/what-if"))
    assert stranger[COORDINATOR].send(f"{path}/remove", {}, follow=False).status_code == 404
    assert desk["coordination.auditor"].send(f"{path}/remove", {}).status_code == 404
    assert desk[COORDINATOR].send(f"{path}/remove", {}, follow=False).status_code == 303
    assert desk[COORDINATOR].open(path).status_code == 404
    assert desk[COORDINATOR].send(f"{path}/remove", {}, follow=False).status_code == 404


def test_a_name_is_one_short_line_that_tells_nobody_and_is_not_taken(desk: Desk) -> None:
    asked = {"ask": "most", "row": 3, "minutes": 30, "places": 2}
    assert keep(desk, "Twice", **asked).status_code == 303
    for name, why in {
        "Twice": "A question has this name already",
        "": "Write one line of at most 80 characters",
        "x" * 81: "Write one line of at most 80 characters",
        "Call 518-555-0199": "This looks like a phone number",
    }.items():
        refused = keep(desk, name, **asked)
        assert refused.status_code == 422
        assert why in text_of(refused)
    nothing = keep(desk, "Nothing asked", ask="closes", service=NOBODY)
    assert nothing.status_code == 422
    assert "Ask a question first" in text_of(nothing)


def test_a_kept_question_says_when_what_it_names_is_gone(desk: Desk) -> None:
    made = keep(desk, "Without it", ask="full", service=desk.small.birch_service_id)
    path = made.headers["Location"].removeprefix("http://localhost")
    with unit_of_work():
        db.session.execute(
            update(ServiceRow)
            .where(ServiceRow.id == desk.small.birch_service_id)
            .values(status="inactive")
        )
        raise_directory_version(desk.small.network_id)
    desk[COORDINATOR].open("/network/gaps")  # reads the directory as it is now
    with Statements() as run:
        page = text_of(desk[COORDINATOR].open(path))
    assert len(run.texts) <= MOST_STATEMENTS, run.texts
    assert "A service has no room: Birch legal advocacy (demo)" in page
    assert "does not take part in the network any more" in page


def test_what_is_expected_is_set_and_set_back_and_the_later_of_two_is_told(desk: Desk) -> None:
    coordinator = desk[COORDINATOR]
    assert "Expected ways" in text_of(coordinator.open("/network/expected"))
    wanted = {
        "expected": EXPECTED[1:],
        "seen": EXPECTED,
        "sender": "media",
        "receiver": "legal-system",
    }
    assert coordinator.send("/network/expected", wanted, follow=False).status_code == 303
    page = text_of(coordinator.open("/network/expected"))
    assert 'value="media&gt;legal-system" checked' in page
    assert f'value="{EXPECTED[0].replace(">", "&gt;")}">' in page
    late = coordinator.send("/network/expected", {"expected": [], "seen": EXPECTED}, follow=False)
    assert late.status_code == 409
    assert "Nothing was saved" in text_of(late)


@pytest.mark.parametrize("kind", ["graphml", "gexf"])
def test_the_network_leaves_as_a_file_that_can_be_read(desk: Desk, kind: str) -> None:
    answer = desk[COORDINATOR].open(f"/network/graph.{kind}")
    assert "attachment" in answer.headers["Content-Disposition"]
    graph = READERS[kind](io.BytesIO(answer.data))
    assert len(graph) >= 3
    assert all(graph.nodes[node]["category"] for node in graph)


@pytest.mark.parametrize(
    "path",
    [
        "what-if",
        "what-if/print?ask=most&row=3",
        "expected",
        "graph.graphml",
        "graph.gexf",
        "graph.svg",
    ],
)
def test_nobody_else_sees_them(desk: Desk, path: str) -> None:
    assert desk["alder.worker"].open(f"/network/{path}").status_code == 404
