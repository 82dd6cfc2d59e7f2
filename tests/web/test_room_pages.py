"""Room said in one tap: who may, who wins, what it changes, and that it can be taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from ccr.domain.taxonomy import CapacityStatus
from ccr.storage.db import db
from ccr.storage.queries import directory as queries
from ccr.storage.queries import verification
from ccr.storage.queries.directory_changes import history_of
from tests.directory_rows import Statements
from tests.small_directory import make_small_directory
from tests.web.conftest import Visitor
from tests.web.journey import Desk, text_of

PAGE = "/directory/capacity"
COORDINATOR = "coordination.coordinator"


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False) as clock:
        made = Desk(app, make_small_directory(at=now))
        made.clock = clock  # type: ignore[attr-defined]
        yield made
        assert {c.__name__: f for c in verification.CHECKS if (f := c())} == {}


def seen(visitor: Visitor, service_id: UUID) -> str:
    page = text_of(visitor.open(PAGE))
    card = page.partition(f'id="room-{service_id}"')[2]
    found = re.search(r'name="seen" value="([0-9a-f]{16})"', card)
    assert found
    return found[1]


def tap(desk: Desk, who: str, service_id: UUID, status: str = "capacity", **more: str):
    mark = more.pop("seen", None) or seen(desk[who], service_id)
    return desk[who].send(
        f"{PAGE}/{service_id}", {"status": status, "seen": mark, **more}, follow=False
    )


def capacity(desk: Desk, service_id: UUID):
    found = queries.get_service(desk.small.network_id, service_id).capacity
    db.session.rollback()
    return found


def test_one_tap_says_it_and_another_takes_it_back(desk: Desk) -> None:
    birch, who = desk.small.birch_service_id, "birch.advocate"
    assert tap(desk, who, birch, "waitlist").status_code == 303
    answer = tap(desk, who, birch, "capacity", single="2", note="Ask for intake")
    assert answer.headers["Location"] == f"{PAGE}?saved={birch}#room-{birch}"
    page = text_of(desk[who].open(f"{PAGE}?saved={birch}"))
    assert "Saved." in page
    assert "Undo" in page
    now = capacity(desk, birch)
    assert (now.status, now.available, now.note) == (CapacityStatus.CAPACITY, 2, "Ask for intake")
    assert now.updated_by == "advocate"
    assert "One adult: 2; Ask for intake" in text_of(desk[who].open(f"/directory/services/{birch}"))
    assert desk[who].send(f"{PAGE}/{birch}/undo", {}, follow=False).status_code == 303
    assert capacity(desk, birch).status is CapacityStatus.WAITLIST
    assert [c.act.value for c in history_of(desk.small.network_id, [birch])] == ["capacity"] * 3


def test_of_two_people_who_saw_the_same_figure_one_wins(desk: Desk) -> None:
    birch = desk.small.birch_service_id
    mark = seen(desk["birch.advocate"], birch)
    assert tap(desk, "birch.agency_admin", birch, "no-capacity").status_code == 303
    late = tap(desk, "birch.advocate", birch, "capacity", seen=mark, note="Ours")
    assert late.status_code == 409
    assert "Somebody else said something since" in text_of(late)
    assert 'value="Ours"' in text_of(late)
    assert capacity(desk, birch).status is CapacityStatus.NO_CAPACITY


def test_only_ones_own_last_word_is_undone_and_only_for_a_while(desk: Desk) -> None:
    birch = desk.small.birch_service_id
    tap(desk, "birch.advocate", birch, "waitlist")
    other = desk["birch.agency_admin"]
    other.open(PAGE)
    assert other.send(f"{PAGE}/{birch}/undo", {}, follow=False).status_code == 409
    desk.clock.shift(timedelta(minutes=11))  # type: ignore[attr-defined]
    assert desk["birch.advocate"].send(f"{PAGE}/{birch}/undo", {}, follow=False).status_code == 409
    assert capacity(desk, birch).status is CapacityStatus.WAITLIST


def test_another_programs_room_is_not_there(desk: Desk) -> None:
    cedar, worker = desk.small.cedar_service_id, desk["birch.advocate"]
    worker.open(PAGE)
    for path in (f"{PAGE}/{cedar}", f"{PAGE}/{cedar}/undo"):
        answer = worker.send(path, {"status": "capacity", "seen": "0" * 16}, follow=False)
        assert answer.status_code == 404
    assert str(cedar) not in text_of(worker.open(PAGE))


def test_what_cannot_be_is_refused_and_kept_on_the_page(desk: Desk) -> None:
    birch = desk.small.birch_service_id
    answer = tap(desk, "birch.advocate", birch, "capacity", single="many", note="A note")
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Use a whole number from 0 to 999." in page
    assert 'value="many"' in page
    assert 'value="A note"' in page


def test_the_reminder_is_one_line_and_can_be_turned_off(desk: Desk) -> None:
    line, who = "older than a week: say it again", "birch.advocate"
    tap(desk, who, desk.small.birch_service_id)
    desk.clock.shift(timedelta(days=8))  # type: ignore[attr-defined]
    desk.close_browsers()
    assert line in text_of(desk[who].open("/desk/inbox"))
    desk[who].send(f"{PAGE}/reminder", {"wanted": "no"}, follow=False)
    assert line not in text_of(desk[who].open("/desk/inbox"))


def test_a_coordinator_speaks_for_members_without_an_inbox_alone(desk: Desk) -> None:
    page = text_of(desk[COORDINATOR].open(PAGE))
    assert str(desk.small.birch_service_id) not in page
    with Statements() as run:
        assert desk[COORDINATOR].open(PAGE).status_code == 200
    assert len(run.texts) <= 12


def test_nothing_of_room_is_public(desk: Desk) -> None:
    birch = desk.small.birch_service_id
    tap(desk, "birch.advocate", birch, "no-capacity", note="Zanzibar")
    anybody = desk["anonymous"]
    for path in (f"/services/{birch}", f"/hsds/services/{birch}"):
        page = text_of(anybody.open(path))
        assert "Zanzibar" not in page
        assert "no-capacity" not in page
        assert ">Full<" not in page
