"""Twins (abuse case 18, R44, R83): two databases that differ only in what is on the victim's side.

Whoever is not of that side opens everything it can reach, link by link, in both; every answer is
the same to the byte. The twins begin as one database file; what is masked is the token of a form.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from werkzeug.exceptions import HTTPException

from ccr.domain.outcomes import AttemptKind, Outcome
from ccr.domain.referral_states import ChosenBy
from ccr.domain.release import ConfirmedHow
from ccr.domain.taxonomy import CompartmentKind, Known, MemberCategory, Regime
from ccr.policy.identity import Role
from ccr.services import drafts, referrals, releases, sending
from ccr.services.draft_facts import NeedAnswers, PlaceAnswers
from ccr.storage.db import db, unit_of_work
from ccr.storage.queries import accounts
from tests.directory_rows import save_service
from tests.loop import world
from tests.people import PASSWORD_HASH, Team, add_colleague, make_team
from tests.small_directory import SmallDirectory, make_referrals, make_small_directory
from tests.web.conftest import Visitor
from tests.web.journey import Desk, text_of
from tests.web.test_twins import Stage

MOST_OF_A_KIND = 4
MOST_PAGES = 400
LEAST_PAGES = 60
_TOKEN = re.compile(
    r'(name="(?:csrf_token|once)"[^>]*value=|<meta name="csrf-token" content=)"[^"]+"'
)
_NAMED = re.compile(r'name="new_draft" value="[^"]+"|/desk/referrals/new/[\w-]{64}/')
_LINK = re.compile(r'href="(/[^"#]*)')
# To open the page of signing in is to sign out.
_NOT_FOLLOWED = ("/static/", "/bootstrap/", "/sign-", "/exit", "/healthz", "/readyz", "/metrics")


@pytest.fixture
def stage(sqlite_app: Flask, now: datetime, tmp_path: Path) -> Iterator[Stage]:
    with time_machine.travel(now, tick=False) as clock:
        small = make_small_directory(at=now)
        for name, category, regime in (
            ("Fir Court (demo)", MemberCategory.LEGAL, Regime.COURT),
            ("Gorse Police (demo)", MemberCategory.LAW_ENFORCEMENT, Regime.LAW_ENFORCEMENT),
        ):
            word = name.split(maxsplit=1)[0].lower()
            team = make_team(
                small.network_id, name, Role.WORKER, at=now, category=category, regime=regime,
                email=f"test.{word}.worker@example.org",
            )  # fmt: skip
            small.emails[f"{word}.worker"] = team.email
        admin = "test.dune.admin@example.org"
        add_colleague(small.dune, Role.AGENCY_ADMIN, admin, at=now)
        small.emails["dune.agency_admin"] = admin
        small.emails["under one roof"] = str(_victim_services_of(small.dune, at=now))
        yield Stage(Desk(sqlite_app, small), clock, tmp_path, now)


def _victim_services_of(team: Team, *, at: datetime) -> UUID:
    """Let the organization run victim services too, in a program of its own; return a service."""
    with unit_of_work():
        compartment_id = accounts.add_compartment(
            team.identity.network_id,
            team.member_id,
            name="Victim services",
            kind=CompartmentKind.VICTIM_SERVICES,
            at=at,
        )
        accounts.add_account(
            accounts.get_compartment(compartment_id),
            email="test.roof.advocate@example.org",
            password_hash=PASSWORD_HASH,
            roles=frozenset({Role.ADVOCATE}),
            at=at,
        )
    return save_service(replace(team, compartment_id=compartment_id), at=at, last_verified_at=at)


def crawl(desk: Desk, who: str) -> dict[str, str]:
    """Return every answer that somebody can reach: pages without arguments, and link by link."""
    adapter = desk.app.url_map.bind("localhost")
    visitor = desk[who]
    todo = deque(
        rule.build({})[1]  # type: ignore[index]
        for rule in desk.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
    )
    seen: dict[str, str] = {}
    kinds: Counter[str] = Counter()
    while todo and len(seen) < MOST_PAGES:
        path = todo.popleft()
        if path in seen or path.startswith(_NOT_FOLLOWED):
            continue
        try:
            endpoint, _ = adapter.match(urlsplit(path).path)
        except HTTPException:
            endpoint = path
        if kinds[endpoint] >= MOST_OF_A_KIND:
            continue
        kinds[endpoint] += 1
        seen[path], links = look(visitor, path)
        todo.extend(links)
    assert sum(page.startswith("200") for page in seen.values()) > LEAST_PAGES
    return seen


def look(visitor: Visitor, path: str) -> tuple[str, list[str]]:
    answer = visitor.open(path)
    headers = sorted((k, v) for k, v in answer.headers if k not in {"Set-Cookie", "Date"})
    body = text_of(answer)
    links = [unescape(link) for link in _LINK.findall(body)]
    return f"{answer.status_code} {headers}\n{_NAMED.sub('', _TOKEN.sub('', body))}", links


def assert_twins(
    stage: Stage, who: str, one: Callable[[], object], other: Callable[[], object]
) -> None:
    """Assert that both courses from the common past look the same to somebody."""
    stage.keep()
    seen = []
    for course in (one, other):
        stage.go_back()
        course()
        db.session.remove()
        seen.append(crawl(stage.desk, who))
    assert seen[0].keys() == seen[1].keys(), who
    for path, page in seen[0].items():
        assert page == seen[1][path], (who, path)


def nothing() -> None:
    """The twin in which nobody on the victim's side was ever asked for help."""


def much(small: SmallDirectory, at: datetime) -> None:
    """Let the hospital and the advocates have a referral in every state, with all that it holds.

    So has the victim services program of the organization that runs the abusive partner program.
    """
    make_referrals(small, at)
    sent(small, at, ("advocacy",), "60+", small.emails["under one roof"])
    visit = sent(small, at, ("protection-order",), "18-24")
    referrals.accept(small.birch.identity, world(), visit, at=at)
    served(small, visit, at)


def sent(
    small: SmallDirectory, at: datetime, needs: tuple[str, ...], age_band: str, to: str = ""
) -> UUID:
    me = small.alder.identity
    need = NeedAnswers(needs, age_band=age_band, question="Is there a lunch?")
    place = PlaceAnswers("Albany, NY", "transit")
    service_id = UUID(to) if to else small.birch_service_id
    draft_id = drafts.start_with(me, world(), need, place, service_id, at=at)
    drafts.ask_release(me, world(), draft_id, at + timedelta(days=30), at=at)
    drafts.record_yes(me, world(), draft_id, ChosenBy.SURVIVOR, at=at)
    return sending.send(me, world(), draft_id, at=at).referral_id


def served(small: SmallDirectory, referral_id: UUID, at: datetime) -> None:
    them = small.birch.identity
    releases.confirm(them, world(), referral_id, ConfirmedHow.WRITTEN, at=at)
    referrals.record_attempt(them, world(), referral_id, AttemptKind.REACHED, Known.YES, at=at)
    referrals.connect(them, world(), referral_id, at=at)
    referrals.close(them, world(), referral_id, Outcome.SERVICE_COMPLETED, at=at)


@pytest.mark.parametrize(
    "who", ["dune.facilitator", "dune.agency_admin", "fir.worker", "gorse.worker"]
)
def test_r44_whoever_is_not_on_the_victims_side_sees_no_difference(stage: Stage, who: str) -> None:
    small = stage.desk.small
    assert_twins(stage, who, nothing, lambda: much(small, stage.kept_at))


def test_a_coordinator_sees_no_difference_in_who_it_was_and_what_became_of_them(
    stage: Stage,
) -> None:
    """Late answers are the coordinator's to see: both twins were sent and answered alike."""
    small, at = stage.desk.small, stage.kept_at

    def one() -> None:
        for _ in range(3):
            referrals.accept(
                small.birch.identity, world(), sent(small, at, ("advocacy",), "25-59"), at=at
            )

    def other() -> None:
        for _ in range(3):
            referral_id = sent(small, at, ("protection-order", "family-law"), "60+")
            referrals.accept(small.birch.identity, world(), referral_id, at=at)
            served(small, referral_id, at)

    assert_twins(stage, "coordination.coordinator", one, other)


def test_the_twins_of_somebody_on_the_victims_side_do_differ(stage: Stage) -> None:
    """A crawl that finds no difference anywhere would prove nothing."""
    small = stage.desk.small
    with pytest.raises(AssertionError):
        assert_twins(stage, "birch.advocate", nothing, lambda: much(small, stage.kept_at))
