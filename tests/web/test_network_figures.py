"""Unmet need and indicators by their pages: published figures alone, and no small one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from ccr.domain.small_cells import Figure, Measured, NeedGroup
from ccr.domain.taxonomy import Need
from ccr.services import coordination
from ccr.services.accounts import terminal_identity
from ccr.services.network_figures import IndicatorValues
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.referrals import ReferralRow
from ccr.storage.queries import unmet_needs
from ccr.web.presenters.network_figures import indicator_rows
from tests.coordination import write_past_referrals
from tests.people import Team
from tests.small_directory import SmallDirectory, make_small_directory
from tests.web.journey import Desk, text_of

COORDINATOR = "coordination.coordinator"
HIDDEN = '<span aria-hidden="true">–</span><span class="visually-hidden">Not shown</span>'
AUGUST = datetime(2026, 8, 12, 15, tzinfo=UTC)
REASONS = ("no-capacity", "conflict", "safety", "ineligible", "already-known", "other")


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        made = Desk(app, make_small_directory(at=now))
        small = made.small
        teams = [small.alder, small.birch, small.cedar, small.dune]
        pairs = [(a, b) for a in teams for b in teams if a is not b]
        write_past_referrals(small, pairs * 5, at=AUGUST)
        write_past_referrals(small, pairs * 2, at=AUGUST, answered_after=None)
        for number, reason in enumerate(REASONS, start=1):
            _decline(small, pairs * 2, reason, AUGUST + timedelta(minutes=number))
        with unit_of_work():
            for _ in range(23):
                unmet_needs.count(small.network_id, "2026Q3", "36083", [Need.PETS])
            unmet_needs.count(small.network_id, "2026Q3", "36083", [Need.SCHOOL_SUPPORT])
        coordination.publish_quarter(terminal_identity("Test network"), "2026Q3", at=now)
        yield made


def _decline(
    small: SmallDirectory, pairs: list[tuple[Team, Team]], reason: str, at: datetime
) -> None:
    write_past_referrals(small, pairs, at=at)
    with unit_of_work():
        db.session.execute(
            update(ReferralRow)
            .where(ReferralRow.sent_at == at)
            .values(state="declined", accepted_at=None, declined_at=at, decline_reason=reason)
        )


def cells(page: str, group: str) -> list[str]:
    table = page.split('id="reasons"')[1]
    row = re.search(rf'<th scope="row">{group}</th>(.*?)</tr>', table, re.DOTALL)
    assert row
    return re.findall(r'<td class="is-numeric" data-label="[^"]+">(.*?)</td>', row[1])


def test_the_register_shows_reasons_that_passed_the_gate_and_one_class_for_the_rest(
    desk: Desk,
) -> None:
    page = text_of(desk[COORDINATOR].open("/network/unmet"))
    hidden = HIDDEN
    # Searches, no room, waiting, area, language, nobody answered, cannot take (five reasons).
    assert cells(page, "Safety and someone beside them") == [
        hidden, "24", hidden, hidden, hidden, hidden, "120",
    ]  # fmt: skip
    assert cells(page, "Home, money, daily life")[0] == "23"
    assert set(cells(page, "Children and school")) == {hidden}
    for word in ("conflict of interest", "already with us"):
        assert word not in page.lower()
    assert "Asked for and missing" in page


def test_the_register_comes_as_csv_with_what_is_not_shown(desk: Desk) -> None:
    answer = desk[COORDINATOR].open("/network/unmet/table.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(text_of(answer))))
    found = {(r["group"], r["reason"]): r["value"] for r in rows if r["period"] == "2026Q3"}
    assert found["safety", "no-room"] == "24"
    assert found["children", "unmet"] == "not shown"
    assert len(found) == 7 * 7


def test_indicators_have_a_definition_a_value_or_say_that_nothing_is_recorded(desk: Desk) -> None:
    page = text_of(desk[COORDINATOR].open("/network/indicators"))
    for words in ("Better access", "Social change", "Not recorded yet", "0 of 4"):
        assert words in page
    accepted = page.split('id="indicator-accepted"')[1].split("</section>")[0]
    assert "60 of 228" in accepted
    assert accepted.count("<rect") == 1
    assert page.count("<dt>What is counted</dt>") == page.count("<dt>Source</dt>") == 13
    members = ("Alder", "Birch", "Cedar", "Dune")
    body = page.split("<main")[1].split("</main>")[0]
    assert not [name for name in members if name in body]


def test_a_period_that_was_not_published_shows_the_newest(desk: Desk) -> None:
    for period in ("", "2026Q4", "x", "%00"):
        page = text_of(desk[COORDINATOR].open(f"/network/unmet?period={period}"))
        assert '<strong aria-current="page">2026Q3</strong>' in page


def test_a_median_says_how_many_were_sent_and_a_year_stands_where_its_quarters_do_not(
    sqlite_app: Flask,
) -> None:
    group, quarters = NeedGroup.LAW, [f"2025Q{number}" for number in range(1, 5)]
    figures = [Figure(quarter, Measured.UNMET, group, None) for quarter in quarters]
    figures += [
        Figure("2025", Measured.UNMET, group, 25),
        Figure("2025Q1", Measured.SENT, group, 40),
        Figure("2025Q1", Measured.ANSWER_MINUTES, group, 180),
    ]
    with sqlite_app.test_request_context():
        rows = {row["code"]: row for row in indicator_rows(IndicatorValues({}, tuple(figures)))}
    (hours,), (unmet,) = (rows[code]["trends"] for code in ("answer-time", "unmet"))
    assert [bar.words for bar in hours["bars"]] == ["3 h; 40 sent", *["Not shown"] * 3]
    assert hours["bars"][0].height == max(bar.height for bar in hours["bars"]) == 56
    assert [(bar.period, bar.words, bar.height) for bar in unmet["bars"][-2:]] == [
        ("2025Q4", "Not shown", 0),
        ("Year 2025", "25", 0),
    ]
