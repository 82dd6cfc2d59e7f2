"""Every page takes at most twelve SQL statements, however much there is to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from ccr.domain.referral_views import Group, InboxTab
from ccr.services import followups
from ccr.storage.db import db
from ccr.storage.models.referrals import MisdirectedRow
from ccr.web.access import PUBLIC, access_of
from tests.directory_rows import Statements
from tests.loop import world
from tests.small_directory import (
    SmallDirectory,
    grow,
    make_referrals,
    make_small_directory,
)
from tests.web.conftest import Visitor
from tests.web.journey import Desk

MOST = 12
OPENED = ("draft", "sent", "declined", "noted", "held-later", "closed")
SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")
SEARCH = {
    "needs": ["advocacy"],
    "near": "Troy, NY",
    "urgency": "standard",
    "track": "survivor",
    "transport": "car",
}
PUBLIC_FORMS: dict[str, dict[str, object]] = {
    "/find": {"help": ["talk"], "near": "12180"},
    "/es/find": {"help": ["pet"], "near": "12180", "free": "y"},  # nothing there: looks wider
    "/about-programs": {"near": "12180"},
}
# They need a token of their own in the address, or end the session; test_sign_in opens them.
NOT_OPENED = {"security.two_factor_setup_validate", "home.exit", "security.logout"}

# The coordinator's or the keepers' alone: test_imports, test_members, test_listing_pages,
# test_vocabularies, test_districts and test_program_profiles; a program's
# consultation: test_consultation_pages.
OPENED_ELSEWHERE = (
    {"run_id"},
    {"record_id"},
    {"term_id"},
    {"member_id"},
    {"proposal_id"},
    {"service_id", "section"},
    {"service_id", "place_id"},
    {"word", "kept", "gone"},
    {"webhook_id"},
    {"gap_id"},
    {"linkage_id"},
    {"meeting_id"},
    {"question_id"},
    {"district_id"},
    {"compartment_id"},
    {"participant_id"},
    {"consultation_id"},
    {"group_id"},
    {"report_id"},
)


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


def opened_with(
    arguments: set[str], small: SmallDirectory, made: dict[str, UUID]
) -> list[dict[str, object]]:
    """Return the values to open a page with, by the names in its address."""
    if arguments & {"referral_id", "draft_id"}:
        name = next(iter(arguments))
        return [{name: referral_id} for referral_id in made.values()]
    if arguments == {"record_id"}:
        records = db.session.scalars(select(MisdirectedRow.id)).all()
        db.session.rollback()
        return [{"record_id": record_id} for record_id in records]
    if arguments in OPENED_ELSEWHERE:
        return []
    known = {
        "language": "es",
        "service_id": small.birch_service_id,
        "token": "x" * 43,
        "quarter": "2026Q3",
    }
    assert arguments <= set(known), f"{arguments}: say in this test how it is opened"
    return [{name: known[name] for name in arguments}]


def addresses(app: Flask, small: SmallDirectory, made: dict[str, UUID]) -> list[str]:
    """Return every address that a GET can open, made from the routes themselves."""
    found: list[str] = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint in NOT_OPENED:
                continue
            if rule.endpoint.endswith("static") or rule.endpoint.startswith(("api.", "hsds.")):
                continue
            # The library's public pages are for somebody who is not signed in yet.
            if rule.endpoint.startswith("security.") and access_of(app, rule.endpoint) == PUBLIC:
                continue
            for value in opened_with(rule.arguments, small, made):
                built = rule.build(value, append_unknown=False)
                assert built is not None
                found.append(built[1])
    found += [f"/desk/inbox?tab={tab}" for tab in InboxTab]
    found += [f"/desk/outbox?group={group}" for group in Group]
    return found


def statements(visitor: Visitor, path: str, data: dict[str, object] | None = None) -> int:
    """Return how many statements a page takes; transaction marks are none."""
    with Statements() as run:
        answer = visitor.open(path) if data is None else visitor.send(path, data)
    # 404: a draft is no referral and the other way round; 503: no worker runs here.
    assert answer.status_code in {200, 302, 303, 404} | ({503} if path == "/readyz" else set())
    assert answer.headers.get("Location") != "/sign-in", path
    return len([text for text in run.texts if not text.startswith(SAVEPOINTS)])


def counts(desk: Desk, who: str, made: dict[str, UUID]) -> dict[str, int]:
    found = {}
    for path in addresses(desk.app, desk.small, made):
        name = path
        for state, referral_id in made.items():
            name = name.replace(str(referral_id), state)
        name = re.sub(r"(?<=/wrong-partner/)[0-9a-f-]{36}", "record", name)
        found[name] = statements(desk[who], path)
    found["POST /desk/find"] = statements(desk[who], "/desk/find", SEARCH)
    asked = {**SEARCH, "needs": ["advocacy", "housing"], "about": "birch"}
    found["POST /desk/find about one partner"] = statements(desk[who], "/desk/find", asked)
    for path, asked in PUBLIC_FORMS.items():
        found[f"POST {path}"] = statements(desk[who], path, asked)
    return found


@pytest.mark.parametrize("who", ["alder.worker", "birch.advocate"])
def test_every_page_takes_at_most_twelve_statements_and_no_more_with_twice_the_data(
    desk: Desk, now: datetime, who: str
) -> None:
    small = desk.small
    all_made = make_referrals(small, now - timedelta(hours=1))
    made = {name: all_made[name] for name in OPENED}
    desk[who].send("/desk/find", SEARCH)  # the directory is read once per version and process
    desk[who].open("/directory")  # the same
    first = counts(desk, who, made)  # also the first opening, which is noted
    assert {path: n for path, n in first.items() if n > MOST} == {}
    again = counts(desk, who, made)
    grow(small, 4, at=now)
    make_referrals(small, now - timedelta(hours=1))
    followups.run_clocks(world(), at=now)
    desk[who].send("/desk/find", SEARCH)
    desk[who].open("/directory")
    desk[who].send("/find", PUBLIC_FORMS["/find"])
    doubled = counts(desk, who, made)
    assert doubled == again
    assert max(again.values()) <= MOST


def test_a_page_that_reads_the_directory_anew_takes_a_fixed_number_more(
    desk: Desk, now: datetime
) -> None:
    taken = []
    for size in (2, 2, 6):
        grow(desk.small, size, at=now)
        taken.append(statements(desk["alder.worker"], "/desk/find", SEARCH))
    # The first makes a copy of the whole; those after it follow what was added.
    assert max(taken) <= MOST, taken
    assert taken[1] == taken[2]
