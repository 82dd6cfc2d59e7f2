"""The last step before sending: who reads it now, whose the answer is, what if nobody picks up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from ccr.storage.db import db, unit_of_work
from tests.loop import cover
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def check_page(desk: Desk, **answers: object) -> str:
    draft_id = desk.draft(**answers)
    page = desk["alder.worker"].open(f"/desk/referrals/{draft_id}/check")
    assert page.status_code == 200
    return text_of(page)


def test_by_day_it_says_by_when_they_answer(desk: Desk) -> None:
    page = check_page(desk)
    assert "They answer by Fri 14:05." in page
    assert "Call first" not in page
    assert "They read this now. They answer by 15:05 today." in check_page(
        desk, urgency="immediate"
    )


def test_immediate_at_night_is_a_call_first_and_the_clock_is_the_senders(
    desk: Desk, now: datetime
) -> None:
    # Routing proposes nobody at night who does not answer at all: a phone is on call here.
    cover(desk.small.birch_service_id, "24/7", "on-call-phone")
    desk.close_browsers()
    with time_machine.travel(now + timedelta(hours=12), tick=False):
        page = check_page(desk, urgency="immediate")
    assert "the clock is yours: an answer by 03:05 today." in page
    assert len(set(re.findall(r'href="tel:([^"]+)"', page))) == 1
    assert "If nobody picks up" in page
    assert "Nobody reads this before 09:00 today." in page


def test_on_a_closed_day_nobody_is_promised(desk: Desk, now: datetime) -> None:
    with unit_of_work():
        db.session.execute(
            text("UPDATE compartment SET closed_days = :days WHERE id = :id"),
            {"days": '["2026-11-12"]', "id": desk.small.birch.identity.compartment_id.hex},
        )
    page = check_page(desk, urgency="immediate")
    assert "Nobody reads this before Fri 09:00." in page
    assert "the clock is yours" in page
