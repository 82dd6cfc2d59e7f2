"""The page of closed days: a supervisor closes and opens; clocks that start then follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from ccr.domain.clocks import ClockKind
from ccr.domain.closed_days import MOST_DAYS, with_span
from ccr.domain.errors import InvalidInputError
from ccr.services import closed_days as service
from ccr.storage.db import db
from ccr.storage.queries import closed_days
from ccr.storage.queries.clocks import list_clocks
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

PAGE = "/account/closed-days"
TODAY = date(2026, 11, 12)
DAY = timedelta(days=1)


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


def kept(desk: Desk) -> list[str]:
    db.session.rollback()
    days, _ = closed_days.closed_days(desk.small.birch.identity.compartment_id)
    return sorted(day.isoformat() for day in days)


def test_days_are_closed_opened_again_and_counted_by_clocks_that_start_then(desk: Desk) -> None:
    before = desk.send()
    who = desk["birch.agency_admin"]
    who.open(PAGE)
    page = text_of(who.send(PAGE, {"first": "2026-11-13", "last": "2026-11-16"}))
    assert "Fri 13 Nov 2026" in page
    assert len(kept(desk)) == 4
    after = desk.send()
    dues = {
        key: found[ClockKind.ANSWER].due_at for key, found in list_clocks([before, after]).items()
    }
    # Thursday 14:05 has 2 h 55 min; the rest is Friday's, or Tuesday's where they are closed.
    assert dues[before] == datetime(2026, 11, 13, 19, 5, tzinfo=UTC)
    assert dues[after] == datetime(2026, 11, 17, 19, 5, tzinfo=UTC)
    who.open(PAGE)
    page = text_of(who.send(f"{PAGE}/open-again", {"day": "2026-11-13"}))
    assert "Fri 13 Nov 2026" not in page
    assert kept(desk) == ["2026-11-14", "2026-11-15", "2026-11-16"]


def test_what_cannot_be_is_refused_and_only_a_supervisor_comes_in(desk: Desk) -> None:
    who = desk["birch.agency_admin"]
    who.open(PAGE)
    for typed, words in (
        ({"first": ""}, "Say on which day."),
        ({"first": "2026-11-01"}, "next 400 days"),
        ({"first": "2026-11-20", "last": "2027-01-20"}, "within 31 days"),
    ):
        refused = who.send(PAGE, typed)
        assert refused.status_code == 422
        assert words in text_of(refused)
    assert who.send(f"{PAGE}/open-again", {"day": "soon"}).status_code == 422
    assert kept(desk) == []
    assert desk["birch.advocate"].open(PAGE).status_code == 404


def test_of_two_supervisors_one_is_told(desk: Desk, now: datetime, monkeypatch) -> None:
    me = desk.small.birch.identity
    desk["birch.agency_admin"].open(PAGE)
    monkeypatch.setattr(service.queries, "replace_closed_days", lambda *_: False)
    refused = desk["birch.agency_admin"].send(PAGE, {"first": "2026-11-20"})
    assert refused.status_code == 409
    assert "A colleague changed the closed days" in text_of(refused)
    monkeypatch.undo()
    _, seen = closed_days.closed_days(me.compartment_id)
    assert closed_days.replace_closed_days(me.compartment_id, seen, [TODAY])
    assert not closed_days.replace_closed_days(me.compartment_id, seen, [TODAY + DAY])
    db.session.rollback()


def test_past_days_are_forgotten_and_there_is_an_end_to_it() -> None:
    days = with_span([TODAY - DAY], TODAY, None, today=TODAY)
    assert days == {TODAY}
    full = {TODAY + n * DAY for n in range(MOST_DAYS)}
    with pytest.raises(InvalidInputError):
        with_span(full, TODAY + 200 * DAY, None, today=TODAY)
