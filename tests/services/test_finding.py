"""Looking for words finds the same listings on both engines, whatever is typed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask

from ccr.domain.errors import NotFoundError
from ccr.domain.listing_search import PAGE_SIZE
from ccr.domain.search_text import search_body
from ccr.domain.taxonomy import Need
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import ServiceNeedRow, ServiceRow, ServiceText
from ccr.storage.queries import directory
from ccr.storage.queries.directory_log import raise_directory_version
from tests.directory_rows import Statements
from tests.finding import look_for
from tests.people import Team, make_network, make_team

BODIES = {
    "Pantry": "Food pantry. Free groceries in Troy.",
    "Legal desk": "Orders of protection; legal aid. Café open.",
    "Counselling": "Individual counseling, 24/7 line at O'Brien House",
    "Centro": "Clínica médica ñandú 日本語",
}
FINDS: dict[str, set[str]] = {
    "food": {"Pantry"},
    "FOOD pantry": {"Pantry"},
    "pantry food": {"Pantry"},
    "groc": {"Pantry"},
    "cafe": {"Legal desk"},
    "café": {"Legal desk"},
    "counsel": {"Counselling"},
    "counselling": {"Counselling"},
    "o'brien": {"Counselling"},
    "24/7": {"Counselling"},
    "clinica": {"Centro"},
    "日本語": {"Centro"},
    "nandu": {"Centro"},
    "food legal": set(),
    "nothing like it": set(),
    "": set(BODIES),
    "  ": set(BODIES),
}
NASTY = [
    '"',
    "'",
    "''",
    '"" OR 1',
    "a*",
    "*",
    "NEAR(a b)",
    "AND",
    "OR NOT",
    "a AND",
    "(",
    ")",
    "{x}:y",
    "^a",
    "body:food",
    "-food",
    "food & | !",
    "food:*",
    "\\",
    "%",
    "_",
    "a\x00b",
    "'; DROP TABLE x",
    "x" * 5000,
    "\ud800",
    "🙂",
    " ".join("abcdefghijklmnop"),
    "<->",
    "food <2> pantry",
    "\n\t",
]


@pytest.fixture
def team(app: Flask, now: datetime) -> Team:
    return make_team(make_network(at=now), "Alder House", at=now)


@pytest.fixture
def services(team: Team, now: datetime) -> dict[str, UUID]:
    return {name: add(team, now, name, body) for name, body in BODIES.items()}


def add(team: Team, now: datetime, name: str, body: str) -> UUID:
    with unit_of_work():
        service = ServiceRow(
            id=uuid4(),
            network_id=team.identity.network_id,
            member_id=team.member_id,
            compartment_id=team.compartment_id,
            name=name,
            updated_at=now,
        )
        db.session.add(service)
        db.session.flush()
        db.session.add(ServiceNeedRow(service_id=service.id, need="food"))
        db.session.add(
            ServiceText(
                service_id=service.id,
                network_id=team.identity.network_id,
                body=search_body([name, body]),
            )
        )
        raise_directory_version(team.identity.network_id)
    return service.id


def found(team: Team, words: str) -> set[str]:
    answer = look_for(team.identity, words)
    assert answer.total == len(answer.lines)
    return {line.service.name for line in answer.lines}


def test_every_word_asked_for_must_be_there(team: Team, services: dict[str, UUID]) -> None:
    assert {words: found(team, words) for words in FINDS} == FINDS


def test_nothing_that_is_typed_is_a_syntax_error(team: Team, services: dict[str, UUID]) -> None:
    for words in NASTY:
        assert found(team, words) <= set(BODIES)


def test_another_network_is_never_searched(
    team: Team, services: dict[str, UUID], now: datetime
) -> None:
    other = make_team(make_network("Elsewhere", at=now), "Oak Center", at=now)
    assert found(other, "food") == set()
    assert found(other, "") == set()
    with pytest.raises(NotFoundError):
        directory.get_service(other.identity.network_id, services["Pantry"])


def test_the_index_follows_changes_and_removals(
    team: Team, services: dict[str, UUID], now: datetime
) -> None:
    with unit_of_work():
        text = db.session.query(ServiceText).filter_by(service_id=services["Pantry"]).one()
        text.body = search_body(["winter coats"])
    assert found(team, "food") == set()
    assert found(team, "coats") == {"Pantry"}
    with unit_of_work():
        db.session.delete(db.session.get(ServiceRow, services["Pantry"]))
        raise_directory_version(team.identity.network_id)
    assert found(team, "coats") == set()


def test_pages_hold_every_service_once_and_beyond_the_last_is_the_last(
    team: Team, now: datetime
) -> None:
    for number in range(2 * PAGE_SIZE + 3):
        add(team, now, f"Pantry {number}", "food")
    seen: list[UUID] = []
    for page in range(1, 4):
        got = look_for(team.identity, "food", page=page)
        assert (got.total, got.pages, got.page) == (2 * PAGE_SIZE + 3, 3, page)
        assert len(got.lines) == (PAGE_SIZE if page < 3 else 3)
        seen += [line.service.id for line in got.lines]
    assert len(seen) == len(set(seen)) == 2 * PAGE_SIZE + 3
    assert look_for(team.identity, "food", page=9) == look_for(team.identity, "food", page=3)


def test_inactive_services_come_last(team: Team, now: datetime) -> None:
    first = add(team, now, "A pantry", "food")
    add(team, now, "B pantry", "food")
    with unit_of_work():
        service = db.session.get(ServiceRow, first)
        assert service is not None
        service.status = "inactive"
        raise_directory_version(team.identity.network_id)
    answer = look_for(team.identity, "food")
    assert [line.service.name for line in answer.lines] == ["B pantry", "A pantry"]


def test_a_search_takes_two_statements_whatever_it_finds(team: Team, now: datetime) -> None:
    for number in range(12):
        add(team, now, f"Pantry {number}", "food")
    look_for(team.identity, "food")  # the directory is read once per version and process
    with Statements() as run:
        answer = look_for(team.identity, "food")
    assert answer.total == 12
    assert answer.lines[0].service.needs == {Need.FOOD}
    assert len(run.texts) == 2


def test_without_words_all_listings_stand_by_name(
    team: Team, services: dict[str, UUID], now: datetime
) -> None:
    lines = look_for(team.identity, "").lines
    assert [line.service.name for line in lines] == sorted(BODIES)
