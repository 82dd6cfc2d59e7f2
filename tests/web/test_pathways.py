"""How a partner is reached, on the find page; and the rules of sectors, set with care."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask

from ccr.domain.sector_rules import KEY, RULES, VIA_WORDS
from ccr.domain.taxonomy import CompartmentKind, Need
from ccr.policy.identity import Role
from ccr.services.promises import promise_pathway
from ccr.storage.queries.routing_rules import version_and_rules
from tests.directory_rows import Statements, save_service
from tests.people import make_team
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

PAGE = "/directory/routing-rules"
COORDINATOR = "coordination.coordinator"
SEARCH = {"needs": ["advocacy"], "near": "12180", "track": "survivor", "urgency": "standard",
          "transport": "car"}  # fmt: skip
SAVED = {name: rule.default.value for name, rule in RULES.items() if len(rule.options) > 1}


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


@pytest.fixture
def one_desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def kept(desk: Desk) -> object:
    return version_and_rules(desk.small.network_id)[1].get(KEY, {})


def test_a_hidden_program_is_reached_by_its_line_until_a_rule_says_otherwise(desk, now):
    house = make_team(desk.small.network_id, "Elm House", at=now)
    line = make_team(desk.small.network_id, "Night Line", at=now)
    save_service(house, confidential=True, name="Elm residential")
    save_service(line, needs=frozenset({Need.HOTLINE}), phone="518-555-0199")
    office = make_team(
        desk.small.network_id, "Office", Role.COORDINATOR, at=now, kind=CompartmentKind.COORDINATION
    )
    promise_pathway(office.identity, line.member_id, house.member_id, None, at=now)
    worker = desk["alder.worker"]
    worker.open("/desk/find")
    page = text_of(worker.send("/desk/find", SEARCH))
    steps = re.findall(r'<ol class="pathway-steps">(.*?)</ol>', page, re.S)
    (way,) = [step for step in steps if "Elm House" in step]
    assert way.index("Night Line") < way.index("Elm House")
    assert "This help line takes the calls for the next." in way
    assert "518-555-0199" in way
    assert 'aria-hidden="true"' in re.search(r'<svg class="pathway-drawing"[^>]*>', page)[0]
    coordinator = desk[COORDINATOR]
    coordinator.open(PAGE)
    coordinator.send(PAGE, {**SAVED, "seen": "", "others-to-hidden": "direct"})
    page = text_of(worker.send("/desk/find", SEARCH))
    assert "This help line takes the calls" not in page


def test_every_rule_stands_on_the_page_once_and_the_fixed_ones_have_no_choice(one_desk):
    with Statements() as run:
        page = text_of(one_desk[COORDINATOR].open(PAGE))
    for name, rule in RULES.items():
        assert page.count(f'id="{name}"') == (1 if len(rule.options) > 1 else 0)
    assert page.count("Always (R2, R3, R44).") == 3
    assert str(VIA_WORDS[RULES["police-to-hidden"].default]) in page
    assert len(run.texts) <= 12


def test_rules_are_saved_and_go_back_to_the_defaults(one_desk):
    who = one_desk[COORDINATOR]
    who.open(PAGE)
    page = text_of(who.send(PAGE, {**SAVED, "seen": "", "police-to-hidden": "direct"}))
    assert "Searches count with these rules" in page
    assert "Set otherwise here" in page
    assert "1 rule differs from the defaults." in page
    assert kept(one_desk) == {"police-to-hidden": "direct"}
    again = who.send(
        PAGE, {**SAVED, "seen": "police-to-hidden=direct", "police-to-hidden": "direct"}
    )
    assert "Nothing was different." in text_of(again)
    who.send(f"{PAGE}/defaults", {"seen": "police-to-hidden=direct"})
    assert kept(one_desk) == {}


def test_a_colleague_s_rules_are_not_overwritten_and_the_choice_is_kept(one_desk):
    who = one_desk[COORDINATOR]
    who.open(PAGE)
    who.send(PAGE, {**SAVED, "seen": "", "police-to-hidden": "direct"})
    late = who.send(PAGE, {**SAVED, "seen": "", "court-to-hidden": "direct"})
    page = text_of(late)
    assert late.status_code == 409
    assert "A colleague saved other rules meanwhile" in page
    assert kept(one_desk) == {"police-to-hidden": "direct"}
    seen = re.search(r'name="seen" type="hidden" value="([^"]*)"', page)[1]
    assert seen == "police-to-hidden=direct"
    who.send(PAGE, {**SAVED, "seen": seen, "court-to-hidden": "direct"})
    assert kept(one_desk) == {"court-to-hidden": "direct"}


@pytest.mark.parametrize(
    "seen", ["moon=direct", "police-to-hidden=consulted", "=", "apip-to-hidden=direct"]
)
def test_a_forged_sight_is_stale_and_no_error(one_desk, seen):
    who = one_desk[COORDINATOR]
    who.open(PAGE)
    assert who.send(PAGE, {**SAVED, "seen": seen}).status_code == 409
    assert kept(one_desk) == {}


def test_a_way_that_is_not_offered_is_refused_and_says_so(one_desk):
    who = one_desk[COORDINATOR]
    who.open(PAGE)
    answer = who.send(PAGE, {**SAVED, "seen": "", "police-to-hidden": "consulted"})
    assert answer.status_code == 422
    assert "Choose one of the list." in text_of(answer)
    # What is fixed cannot be sent either.
    who.send(PAGE, {**SAVED, "seen": "", "apip-to-hidden": "direct"})
    assert kept(one_desk) == {}


def test_others_find_no_such_page(one_desk):
    worker = one_desk["alder.worker"]
    assert worker.open(PAGE).status_code == 404
    worker.open("/directory")
    assert worker.send(PAGE, {**SAVED, "seen": ""}).status_code == 404
