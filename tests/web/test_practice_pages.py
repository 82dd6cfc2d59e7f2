"""The practice space on the pages: in and out by a press, shown all over, gone at sign-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from ccr.services import practice
from tests.directory_rows import Statements
from tests.loop import world
from tests.small_directory import make_small_directory
from tests.web.conftest import Visitor
from tests.web.journey import Desk, text_of

MOST = 12
RIBBON = "Practice. Nothing here is real."


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


def enter(desk: Desk, who: str = "alder.worker") -> Visitor:
    desk[who].open("/account")
    answer = desk[who].send("/account/practice/enter", {}, follow=False)
    assert answer.status_code == 303
    return desk[who]


def test_one_goes_in_and_out_and_every_page_says_where_one_is(desk: Desk) -> None:
    visitor = desk["alder.worker"]
    assert RIBBON not in text_of(visitor.open("/desk/inbox"))
    enter(desk)
    for path in ("/account", "/desk/inbox", "/desk/outbox", "/desk/find", "/desk/referrals/new"):
        page = text_of(visitor.open(path))
        assert RIBBON in page, path
        assert "is-practice" in page
        assert "Practice: Alder Hospital (demo)" in page
    assert visitor.send("/account/practice/leave", {}).status_code == 200
    page = text_of(visitor.open("/desk/inbox"))
    assert RIBBON not in page
    assert "is-practice" not in page


def test_every_session_begins_with_what_is_real(desk: Desk) -> None:
    enter(desk)
    desk["alder.worker"].send("/account/sign-out", {})
    visitor = Visitor(desk.app.test_client())
    assert visitor.sign_in(desk.small.emails["alder.worker"]).status_code == 302
    assert RIBBON not in text_of(visitor.open("/desk/inbox"))


def test_a_forged_practice_mark_leads_nowhere_without_a_space(desk: Desk) -> None:
    visitor = desk["birch.advocate"]
    with visitor.client.session_transaction() as session:
        session["practice"] = "1"
    page = text_of(visitor.open("/desk/inbox"))
    assert RIBBON not in page
    assert "Birch Advocates (demo)" in page


def test_real_records_are_not_there_in_practice_and_the_other_way_round(
    desk: Desk, now: datetime
) -> None:
    real = desk.send()
    visitor = enter(desk)
    assert visitor.open(f"/desk/referrals/{real}").status_code == 404
    assert str(real) not in text_of(visitor.open("/desk/outbox?group=waiting"))
    practice.run(world(), at=now + timedelta(minutes=1))
    arrived = text_of(visitor.open("/desk/inbox"))
    assert "Meadow Advocates (practice)" in arrived
    visitor.send("/account/practice/leave", {})
    assert "(practice)" not in text_of(visitor.open("/desk/inbox"))


def test_the_account_page_ticks_off_what_was_tried(desk: Desk, now: datetime) -> None:
    visitor = enter(desk)
    assert text_of(visitor.open("/account")).count("Not yet") == 4
    practice.run(world(), at=now + timedelta(minutes=1))
    page = text_of(visitor.open("/desk/inbox"))
    found = re.search(r"/desk/referrals/([0-9a-f-]{36})", page)
    assert found
    desk.as_receiver(UUID(found.group(1)), "accept", who="alder.worker")
    assert text_of(visitor.open("/account")).count("Not yet") == 3


def test_a_coordinator_has_no_practice_space(desk: Desk) -> None:
    visitor = desk["coordination.coordinator"]
    page = text_of(visitor.open("/account"))
    assert "Practice space" not in page
    assert visitor.send("/account/practice/enter", {}, follow=False).status_code == 404


def test_colleagues_cannot_be_managed_from_practice(desk: Desk) -> None:
    visitor = enter(desk, "birch.agency_admin")
    assert "/account/colleagues" not in text_of(visitor.open("/account"))
    assert visitor.open("/account/colleagues").status_code == 404
    assert visitor.send("/account/colleagues/invite", {"role": "advocate"}).status_code == 404


def test_the_coordinators_pages_show_nothing_of_practice(desk: Desk) -> None:
    enter(desk)
    page = text_of(desk["coordination.coordinator"].open("/network/members"))
    assert "ractice:" not in page
    assert "(practice)" not in page


def test_the_forms_need_their_token(desk: Desk) -> None:
    visitor = desk["alder.worker"]
    visitor.open("/account")
    visitor.token = "forged"
    assert visitor.send("/account/practice/enter", {}).status_code == 400


def test_pages_in_practice_take_no_more_statements_than_others(desk: Desk, now: datetime) -> None:
    visitor = enter(desk)
    practice.run(world(), at=now + timedelta(minutes=1))
    for path in ("/account", "/desk/inbox", "/desk/outbox", "/welcome"):
        visitor.open(path)
        with Statements() as run:
            assert visitor.open(path).status_code in {200, 303}
        assert len(run.texts) <= MOST, path
