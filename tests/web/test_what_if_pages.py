"""What would change if, expected ways, and the network as a file: for whoever coordinates."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime

import networkx as nx
import pytest
import time_machine
from flask import Flask

from ccr.domain.expected_pathways import DEFAULTS
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

COORDINATOR = "coordination.coordinator"
READERS = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}
EXPECTED = [expectation.name for expectation in DEFAULTS]


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?ask=leaves",
        "?ask=leaves&member=x",
        "?ask=leaves&member=00000000-0000-4000-8000-000000000000",
        "?ask=opens&row=99999&county=36083",
        "?ask=opens&row=-1&county=%00",
        "?ask=night",
        "?ask=x",
    ],
)
def test_what_is_no_question_shows_the_questions(desk: Desk, question: str) -> None:
    page = text_of(desk[COORDINATOR].open(f"/network/what-if{question}"))
    assert "See what changes" in page
    assert 'id="outcome"' not in page


def test_who_leaves_is_named_with_what_would_change(desk: Desk) -> None:
    page = text_of(desk[COORDINATOR].open("/network/what-if"))
    member = page.partition("ask=leaves&amp;member=")[2][:36]
    found = text_of(desk[COORDINATOR].open(f"/network/what-if?ask=leaves&member={member}"))
    assert "leaves the network" in found
    assert "Cells of the gap table that would change" in found


def test_one_more_service_changes_one_cell(desk: Desk) -> None:
    found = text_of(desk[COORDINATOR].open("/network/what-if?ask=opens&row=7&county=36083"))
    assert "One more service in Rensselaer" in found


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
    "path", ["what-if", "expected", "graph.graphml", "graph.gexf", "graph.svg"]
)
def test_nobody_else_sees_them(desk: Desk, path: str) -> None:
    assert desk["alder.worker"].open(f"/network/{path}").status_code == 404
