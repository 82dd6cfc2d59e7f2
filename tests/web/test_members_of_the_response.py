"""Who may be a member, and what a member never sees by what it is (R4, R5, R7, R8, R16, R47)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask

import ccr.storage.models  # noqa: F401 -- makes the metadata whole
from ccr.domain.council import NetworkType
from ccr.domain.joining import LISTED_ONLY
from ccr.domain.taxonomy import MemberCategory, Sector
from ccr.policy.identity import Role
from ccr.storage.db import Base
from tests.people import make_team
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

OPENED = (
    "/desk/inbox",
    "/desk/outbox",
    "/desk/referrals/new",
    "/desk/follow-ups",
    "/desk/expected",
)


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        desk = Desk(sqlite_app, make_small_directory(at=now))
        for category in MemberCategory:
            team = make_team(
                desk.small.network_id,
                f"{category.value.title()} kind (demo)",
                Role.WORKER,
                at=now,
                category=category,
                email=f"{category.value}@example.org",
            )
            desk.small.emails[category.value] = team.email
        yield desk


def test_r4_every_kind_of_member_is_there_and_is_a_filter_of_the_directory(desk: Desk) -> None:
    assert {category.value for category in MemberCategory} == {
        "community-organization",
        "educator",
        "employer-or-union",
        "faith-group",
        "government",
        "health-care",
        "law-enforcement",
        "legal-system",
        "media",
        "survivor-representative",
        "victim-services",
        "abusive-partner-intervention",
    }
    assert {"public", "private"} <= {sector.value for sector in Sector}
    page = text_of(desk["alder.worker"].open("/directory"))
    choices = set(re.findall(r'<option[^>]*value="([\w-]+)"', page))
    # Survivors who advise are under no filter: they are unlisted (R5).
    assert {c.value for c in MemberCategory} - choices == {"survivor-representative"}


def test_r5_no_survivor_who_advises_is_in_anything_public(desk: Desk) -> None:
    for path in ("/", "/just-numbers", "/hsds/organizations", "/hsds/services"):
        assert "Survivor-Representative kind" not in text_of(desk["anonymous"].open(path))


@pytest.mark.parametrize("who", sorted(category.value for category in LISTED_ONLY))
def test_r5_media_employers_and_survivors_who_advise_never_open_a_referral(
    desk: Desk, who: str
) -> None:
    """Whatever account somebody made for them: what is refused here is not there, so 404."""
    for path in OPENED:
        assert desk[who].open(path).status_code == 404, path
    referral_id = desk.send()
    assert desk[who].open(f"/desk/referrals/{referral_id}").status_code == 404
    assert desk["educator"].open("/desk/inbox").status_code == 200


def test_r7_the_four_types_that_un_women_publishes_are_offered_with_their_source(
    desk: Desk,
) -> None:
    assert len(NetworkType) == 4
    page = text_of(desk["coordination.coordinator"].open("/network/council/about-us"))
    for kind in NetworkType:
        assert f'value="{kind.value}"' in page
    assert "UN Women" in page
    assert "2009" in page


def test_r16_r47_nothing_keeps_notes_of_a_case_an_order_or_a_right_to_a_firearm() -> None:
    """A meeting's tables know members, days and tasks; no table knows an order or a weapon."""
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
    }
    barred = re.compile(r"case_note|narrative|order_document|docket|firearm|ncic|minutes_of")
    assert not [name for name in columns if barred.search(name)]
    of_meetings = [
        column
        for table in Base.metadata.sorted_tables
        if table.name.startswith(("council", "committee", "meeting", "agenda"))
        for column in table.columns
    ]
    assert of_meetings
    for column in of_meetings:
        for key in column.foreign_keys:
            assert key.column.table.name not in {"referral", "participant", "safety_consultation"}
