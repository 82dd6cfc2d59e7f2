"""The page of time rules: a coordinator reads, tries, keeps, takes back; two do not overwrite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from ccr.domain.clocks import ClockKind
from ccr.domain.time_rules import EVERY_NEED, OffReason, names_in
from ccr.domain.time_values import TIME_VALUES
from ccr.storage.db import db
from ccr.storage.models.audit import AuditEventRow
from ccr.storage.queries.clocks import list_clocks
from ccr.storage.queries.time_rules import get_time_rules
from tests.directory_rows import Statements
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

PAGE = "/directory/time-rules"
COORDINATOR = "coordination.coordinator"


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


def seen(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="(\w+)"', page)
    assert found
    return found[1]


def typed(page: str, act: str = "preview", scopes: str = "all", **changes: object) -> dict:
    values: dict[str, object] = {
        f"all--{name}": TIME_VALUES[name].default for name in names_in(EVERY_NEED)
    }
    values |= {"all--every": 24, "all--off": ""}
    named = {name.replace("__", "--").replace("_of_", "-"): v for name, v in changes.items()}
    return {**values, "seen": seen(page), "scopes": scopes, "act": act, **named}


def kept(desk: Desk):
    db.session.rollback()
    return get_time_rules(desk.small.network_id)


def test_every_number_stands_on_the_page_with_its_default_and_source(desk: Desk) -> None:
    with Statements() as run:
        page = text_of(desk[COORDINATOR].open(PAGE))
    for name in TIME_VALUES:
        assert f'id="all--{name}"' in page
    assert "Default 48 (R76), 1 to 336." in page
    assert "A clock that runs keeps its due time." in page
    assert len(run.texts) <= 12
    assert desk["alder.worker"].open(PAGE).status_code == 404


def test_trying_shows_old_and_new_due_times_and_keeps_nothing(desk: Desk) -> None:
    who = desk[COORDINATOR]
    page = text_of(who.open(PAGE))
    answer = who.send(PAGE, typed(page, all__contact_standard=72))
    page = text_of(answer)
    assert answer.status_code == 200
    assert "made-up referrals change" in page
    assert re.search(r"Wed 18 Nov, 10:00</span> <strong[^>]*>→ Thu 19 Nov, 10:00", page)
    assert 'type="text" value="72"' in page
    assert kept(desk).times == {}


def test_r8_what_is_kept_counts_for_clocks_that_start_from_then_on(desk: Desk) -> None:
    who = desk[COORDINATOR]
    first = desk.send()
    page = text_of(who.open(PAGE))
    page = text_of(who.send(PAGE, {"act": "add", "add": "need-advocacy", **_as_shown(page)}))
    assert 'id="need-advocacy--answer_standard"' in page
    change = {"need_of_advocacy__answer_standard": 4, "need_of_advocacy__off": "daily-call"}
    sent = who.send(PAGE, typed(page, "save", "all need:advocacy", **change))
    assert "Clocks that start from now on" in text_of(sent)
    rules = kept(desk)
    assert rules.times == {"need:advocacy": {"answer_standard": 4}}
    assert rules.set_reminders["need:advocacy"].off is OffReason.DAILY_CALL
    second = desk.send()
    dues = {
        referral_id: clocks[ClockKind.ANSWER].due_at
        for referral_id, clocks in list_clocks([first, second]).items()
    }
    assert dues[first] > dues[second]
    rows = db.session.scalars(
        select(AuditEventRow.field_names).where(AuditEventRow.verb == "set-time-rules")
    ).all()
    assert rows == [["need:advocacy answer_standard", "need:advocacy reminders"]]
    page = text_of(who.send(f"{PAGE}/defaults", {"seen": seen(text_of(who.open(PAGE)))}))
    assert "has set times of its own" not in page
    assert (kept(desk).times, kept(desk).set_reminders) == ({}, {})


def _as_shown(page: str) -> dict[str, object]:
    return {k: v for k, v in typed(page).items() if k != "act"}


def test_a_colleague_s_save_is_not_overwritten_and_what_was_typed_is_kept(desk: Desk) -> None:
    who = desk[COORDINATOR]
    page = text_of(who.open(PAGE))
    who.send(PAGE, typed(page, "save", all__contact_standard=72))
    late = who.send(PAGE, typed(page, "save", all__contact_standard=96))
    shown = text_of(late)
    assert late.status_code == 409
    assert "96 hours" in shown
    assert "72 hours" in shown
    assert kept(desk).value("contact_standard") == 72
    assert who.send(PAGE, typed(shown, "save", all__contact_standard=96)).status_code == 200
    assert kept(desk).value("contact_standard") == 96


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"all__answer_immediate": 61}, "5 to 60"),
        ({"all__answer_high": "soon"}, "1 to 12"),
        ({"all__answer_high": 9}, "must not be longer than"),
        ({"all__every": 0}, "from 1 to 168"),
        ({"all__off": "tired"}, "Choose one."),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(desk: Desk, change, words) -> None:
    who = desk[COORDINATOR]
    page = text_of(who.open(PAGE))
    for act in ("preview", "save"):
        refused = who.send(PAGE, typed(page, act, **change))
        assert refused.status_code == 422
        assert words in text_of(refused)
        assert f'{next(iter(change)).replace("__", "--")}-error"' in text_of(refused)
    assert kept(desk).times == {}
