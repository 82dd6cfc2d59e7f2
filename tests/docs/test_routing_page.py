"""The page that explains routing says what routing does: its example, limits and weights."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ccr.domain.directory import Coverage, Language
from ccr.domain.eligibility import LIMIT_CODES
from ccr.domain.own_weights import LESS, NEVER_MORE
from ccr.domain.routing import rank_partners
from ccr.domain.routing_request import MAX_WHY_NOT, RouteAnswer
from ccr.domain.sector_rules import RULES, SENDER_WORDS, TARGET_WORDS, VIA_WORDS
from ccr.domain.taxonomy import CapacityStatus, CoverageMode, LanguageMode, Need, Urgency
from ccr.domain.weights import DEFAULT, WEIGHT_FACTS, Unit, Weights
from tests.builders import (
    ALBANY,
    HOURS,
    NOW,
    SCHENECTADY,
    TROY,
    make_agreement,
    make_capacity,
    make_member,
    make_request,
    make_service,
    make_site,
    make_snapshot,
)

PAGE = (Path(__file__).parents[2] / "docs" / "routing.md").read_text(encoding="utf-8")
SPANISH = (Language("es", LanguageMode.STAFF),)
BY_INTERPRETER = (Language("es", LanguageMode.INTERPRETER),)
UNKNOWN = make_capacity(CapacityStatus.UNKNOWN)
DAYTIME = "Mo-Fr 09:00-17:00"
SENDER = make_member(name="Hill Clinic")
ALDER, BIRCH, CEDAR, DOGWOOD, ELM, FIR = (
    make_member(name=name) for name in ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir")
)
DIRECTORY = make_snapshot(
    [
        make_service(
            name="Alder advocates",
            member=ALDER,
            sites=(make_site(ALBANY),),
            languages=BY_INTERPRETER,
        ),
        make_service(
            name="Birch walk-in",
            member=BIRCH,
            sites=(make_site(TROY),),
            languages=(),
            capacity=UNKNOWN,
        ),
        make_service(
            name="Cedar housing help",
            member=CEDAR,
            needs=frozenset({Need.HOUSING}),
            sites=(make_site(SCHENECTADY),),
            languages=SPANISH,
            last_verified_at=NOW - timedelta(days=200),
        ),
        make_service(
            name="Dogwood center",
            member=DOGWOOD,
            needs=frozenset({Need.ADVOCACY, Need.HOUSING}),
            sites=(make_site(SCHENECTADY),),
            languages=SPANISH,
            opening_hours="Mo-Fr 15:00-19:00",
            capacity=make_capacity(CapacityStatus.WAITLIST),
        ),
        make_service(
            name="Elm house",
            member=ELM,
            confidential=True,
            languages=SPANISH,
            coverage=(Coverage(None, CoverageMode.STAFFED, "24/7"),),
        ),
        make_service(
            name="Fir office",
            member=FIR,
            languages=(Language("en", LanguageMode.STAFF),),
        ),
    ],
    [make_agreement(SENDER, member) for member in (ALDER, BIRCH, CEDAR)],
)
ASKED = make_request(
    needs=(Need.ADVOCACY, Need.HOUSING),
    urgency=Urgency.HIGH,
    language="es",
    sender_member_id=SENDER.id,
)


def answer(weights: Weights = DEFAULT) -> RouteAnswer:
    return rank_partners(DIRECTORY, ASKED, hours=HOURS, weights=weights)


def list_as_table(found: RouteAnswer) -> str:
    """Return the public partners as the page prints them."""
    lines = ["| | partner | effective minutes | parts |", "|---|---|---|---|"]
    for place, partner in enumerate(found.partners, start=1):
        parts = "; ".join(f"{part.text} {part.minutes}" for part in partner.parts)
        name = partner.service.name
        lines.append(f"| {place} | {name} | **{partner.effective_minutes}** | {parts} |")
    return "\n".join(lines)


def plans_as_table(found: RouteAnswer) -> str:
    names = {service.id: service.name for service in DIRECTORY.services}
    lines = ["| plan | doors | minutes |", "|---|---|---|"]
    for plan in found.plans:
        doors = " and ".join(names[service_id] for service_id in plan.service_ids)
        lines.append(f"| {doors} | {plan.doors} | {plan.effective_minutes} |")
    return "\n".join(lines)


def why_not_as_table(found: RouteAnswer) -> str:
    lines = ["| left out | why | what would change it |", "|---|---|---|"]
    for row in found.why_not:
        lines.append(f"| {row.service.name} | {row.text} | {row.would_change} |")
    return "\n".join(lines)


def weights_as_table() -> str:
    lines = ["| weight | default | from | to | source |", "|---|---|---|---|---|"]
    for fact in WEIGHT_FACTS.values():
        value = f"{fact.default} {fact.unit.value}".removesuffix(f" {Unit.NUMBER.value}")
        lines.append(f"| {fact.text} | {value} | {fact.least} | {fact.most} | {fact.source} |")
    return "\n".join(lines)


def test_the_page_prints_the_list_that_routing_gives() -> None:
    found = answer()
    assert list_as_table(found) in PAGE
    for partner in found.partners:
        assert sum(part.minutes for part in partner.parts) == partner.effective_minutes
    assert [partner.service.name for partner in found.area_partners] == ["Elm house"]


def test_the_page_prints_the_plans_and_the_reasons_that_routing_gives() -> None:
    assert plans_as_table(answer()) in PAGE
    assert why_not_as_table(answer()) in PAGE


def test_the_page_says_what_other_weights_do_to_the_list() -> None:
    own = replace(DEFAULT, language_unknown=60)
    assert list_as_table(answer(own)) in PAGE
    assert [p.service.id for p in answer(own).partners] != [p.service.id for p in answer().partners]
    assert answer(own).area_partners == answer().area_partners


def test_the_page_has_every_weight_with_its_default_bounds_and_source() -> None:
    assert weights_as_table() in PAGE


def test_the_page_has_every_limit_in_the_order_in_which_it_is_asked() -> None:
    assert tuple(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)) == LIMIT_CODES


@pytest.mark.parametrize(("low", "high"), [*NEVER_MORE, *LESS])
def test_the_page_says_every_law_between_weights(low: str, high: str) -> None:
    assert f"- {WEIGHT_FACTS[low].text} < {WEIGHT_FACTS[high].text}" in PAGE.replace("≤", "<")


def test_the_page_says_how_many_are_named() -> None:
    assert f"at most {MAX_WHY_NOT} are named" in PAGE


def test_the_rules_of_sectors_are_those_of_the_page():
    rows = [
        f"| {SENDER_WORDS[rule.sender]} | {TARGET_WORDS[rule.target]} "
        f"| {VIA_WORDS[rule.default]} | {rule.source} |"
        for rule in RULES.values()
    ]
    assert "\n".join(rows) in PAGE
