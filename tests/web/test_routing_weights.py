"""The page of weights: a coordinator reads, tries, keeps and takes back; two do not overwrite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask

from ccr.domain.weights import DEFAULT, WEIGHT_FACTS
from ccr.storage.queries.routing_rules import version_and_rules
from ccr.web.presenters.routing_weights import GROUPS
from tests.directory_rows import Statements
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

PAGE = "/directory/routing-weights"
COORDINATOR = "coordination.coordinator"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def typed(seen: str = "", act: str = "preview", **changes: object) -> dict[str, object]:
    values = {name: getattr(DEFAULT, name) for name in WEIGHT_FACTS}
    return {**values, "seen": seen, "act": act, **changes}


def kept(desk: Desk) -> object:
    return version_and_rules(desk.small.network_id)[1].get("weights", {})


def test_every_weight_stands_on_the_page_once_with_its_default_and_source(desk: Desk) -> None:
    assert sorted(name for _, names in GROUPS for name in names) == sorted(WEIGHT_FACTS)
    with Statements() as run:
        page = text_of(desk[COORDINATOR].open(PAGE))
    for name, fact in WEIGHT_FACTS.items():
        assert f'id="{name}"' in page
        assert str(fact.text) in page
    assert "Default 365 (R97), 63 to 365." in page
    assert len(run.texts) <= 12


def test_trying_shows_what_moves_and_keeps_nothing(desk: Desk) -> None:
    who = desk[COORDINATOR]
    who.open(PAGE)
    answer = who.send(PAGE, typed(agreement_missing=70))
    page = text_of(answer)
    assert answer.status_code == 200
    assert "What would change" in page
    assert re.search(r"Agreement 10 → 70", page)
    assert 'name="agreement_missing" type="text" value="70"' in page
    assert kept(desk) == {}


def test_what_is_saved_counts_and_goes_back_to_the_defaults(desk: Desk) -> None:
    who = desk[COORDINATOR]
    who.open(PAGE)
    page = text_of(who.send(PAGE, typed(act="save", reach="90")))
    assert "Searches count with these weights" in page
    assert "Own value: 90" in page
    assert "1 weight differs from the defaults." in page
    assert kept(desk) == {"reach": 90}
    page = text_of(who.send(f"{PAGE}/defaults", {"seen": "reach=90"}))
    assert "Own value" not in page
    assert kept(desk) == {}


def test_a_colleague_s_save_is_not_overwritten_and_what_was_typed_is_kept(desk: Desk) -> None:
    who = desk[COORDINATOR]
    who.open(PAGE)
    who.send(PAGE, typed(act="save", reach="90"))
    late = who.send(PAGE, typed(act="save", reach="120"))
    page = text_of(late)
    assert late.status_code == 409
    assert "A colleague saved other weights meanwhile" in page
    assert 'name="reach" type="text" value="120"' in page
    assert kept(desk) == {"reach": 90}
    seen = re.search(r'name="seen" type="hidden" value="([^"]*)"', page)
    assert seen
    assert who.send(PAGE, typed(seen[1], "save", reach="120"), follow=False).status_code == 303
    assert kept(desk) == {"reach": 120}


def test_a_forged_sight_is_stale_and_no_error(desk: Desk) -> None:
    who = desk[COORDINATOR]
    who.open(PAGE)
    for seen in ("moon=1", "reach=x", "reach", "=", "reach=999999", "reach=90 reach=5"):
        assert who.send(PAGE, typed(seen, "save", reach="120")).status_code == 409, seen
    assert kept(desk) == {}


def test_every_field_that_is_wrong_says_so_and_keeps_what_was_typed(desk: Desk) -> None:
    who = desk[COORDINATOR]
    who.open(PAGE)
    answer = who.send(PAGE, typed(act="save", reach="5", extra_door="ten", hours_unknown=""))
    page = text_of(answer)
    assert answer.status_code == 422
    assert "3 things to fix" in page
    assert page.count("“No trip is longer than this”: Use a whole number from 15 to 600.") == 2
    assert page.count('aria-invalid="true"') == 3
    assert 'value="ten"' in page
    answer = who.send(PAGE, typed(act="save", listing_stale="50"))
    assert answer.status_code == 422
    assert "“The listing is stale” must not be more than “The listing is outdated” (45)." in (
        text_of(answer)
    )


def test_others_find_no_such_page(desk: Desk) -> None:
    worker = desk["alder.worker"]
    assert worker.open(PAGE).status_code == 404
    worker.open("/directory")
    assert worker.send(PAGE, typed(act="save", reach="90")).status_code == 404
    assert worker.send(f"{PAGE}/defaults").status_code == 404
    assert kept(desk) == {}
