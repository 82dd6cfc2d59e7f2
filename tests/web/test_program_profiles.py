"""The profile of a program: what it is, with whom it consults, and nothing that rates it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask

from ccr.domain.linkages import paper_of_two
from ccr.domain.program_policies import Policy
from ccr.domain.taxonomy import MemberCategory
from ccr.policy.identity import Role
from ccr.services import linkages
from ccr.storage.db import db
from ccr.storage.models.programs import ProgramProfileRow
from tests.coordination import coordinator, sign_protocol
from tests.people import add_colleague, make_team
from tests.small_directory import SmallDirectory, make_small_directory
from tests.web.journey import Desk, text_of
from tests.web.test_bad_input import RAW
from tests.web.test_query_counts import MOST, statements

FACILITATOR, COORDINATOR = "dune.facilitator", "coordination.coordinator"
ADMIN = "dune.agency_admin"
ENDS = date(2027, 3, 1)
ZONE = ZoneInfo("America/New_York")


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        small = make_small_directory(at=now)
        add_colleague(small.dune, Role.AGENCY_ADMIN, "test.dune.admin@example.org", at=now)
        small.emails[ADMIN] = "test.dune.admin@example.org"
        yield Desk(app, small)


def profile_path(small: SmallDirectory) -> str:
    return f"/programs/profiles/{small.dune.compartment_id}"


def answers(**changed: str) -> dict[str, object]:
    return {"version": "0", **{policy.value: "unknown" for policy in Policy}, **changed}


def test_r6_a_profile_says_what_is_known_and_that_the_rest_is_unknown(desk: Desk) -> None:
    small = desk.small
    sign_protocol(small, small.birch, signed_on=date(2026, 1, 1), expires_on=ENDS)
    parties = small.dune.member_id, small.alder.member_id
    paper = paper_of_two(*parties, date(2026, 1, 1), None)
    linkages.record(coordinator(small), paper, at=datetime.now(ZONE))
    for who in (FACILITATOR, COORDINATOR, "birch.advocate", "alder.worker"):
        page = text_of(desk[who].open(profile_path(small)))
        for words in ("Birch Advocates (demo)", "Alder Hospital (demo)", "Dune groups (demo)",
                      "Agreements in force", "What a program cannot do", "Confidentiality rules",
                      "The whole listing", "Not known"):  # fmt: skip
            assert words.lower() in page.lower(), (who, words)
    assert page.count("Not known</span>") >= len(Policy)


def test_r3_a_lapsed_protocol_is_red_on_the_profile_the_same_day(desk: Desk) -> None:
    small = desk.small
    sign_protocol(small, small.birch, signed_on=date(2026, 1, 1), expires_on=ENDS)
    flag = "No safety consultation protocol is in force."
    last_minute = datetime(ENDS.year, ENDS.month, ENDS.day, tzinfo=ZONE) - timedelta(minutes=1)
    for at, flagged in ((last_minute, False), (last_minute + timedelta(minutes=1), True)):
        with time_machine.travel(at, tick=False):
            again = Desk(desk.app, small)
            page = text_of(again["birch.advocate"].open(profile_path(small)))
            assert (flag in page) is flagged, at
            assert ("chip-late" in page) is flagged, at


def test_r12_a_profile_has_no_place_for_a_rating(desk: Desk) -> None:
    small = desk.small
    words = re.compile(r"recidivism|success rate|star rating|completion rate|per cent|%", re.I)
    for path in (profile_path(small), "/programs/profiles", "/programs/profile"):
        page = text_of(desk[ADMIN].open(path))
        body = page[page.index("<main") : page.index("</main>")]
        assert not words.search(re.sub(r"<[^>]+>", " ", body)), path
    columns = {column.name for column in ProgramProfileRow.__table__.columns}
    assert columns == {"compartment_id", "network_id", "policies", "changed_at", "version"}


def test_an_administrator_says_what_the_program_is_and_it_is_version_guarded(
    desk: Desk, now: datetime
) -> None:
    small = desk.small
    court = make_team(
        small.network_id, "Elm Court (demo)", Role.WORKER, at=now,
        category=MemberCategory.LEGAL, email="elm@example.org",
    )  # fmt: skip
    visitor = desk[ADMIN]
    assert "Elm Court (demo)" in text_of(visitor.open("/programs/profile"))
    data = answers(**{Policy.CONSULTS.value: "yes", Policy.NO_JOINT_SESSIONS.value: "no"})
    data["authorities"] = str(court.member_id)
    assert visitor.send("/programs/profile", data, follow=False).status_code == 303
    page = text_of(visitor.open(profile_path(small)))
    assert "Elm Court (demo)" in page
    again = visitor.send("/programs/profile", answers(), follow=False)
    assert again.status_code == 409
    assert "A colleague saved this page meanwhile" in text_of(again)
    kept = db.session.get(ProgramProfileRow, small.dune.compartment_id)
    assert kept is not None
    assert kept.policies == {Policy.CONSULTS.value: "yes", Policy.NO_JOINT_SESSIONS.value: "no"}
    data["version"] = "1"
    assert visitor.send("/programs/profile", data, follow=False).status_code == 303


def test_only_its_administrator_changes_a_profile(desk: Desk) -> None:
    for who in (FACILITATOR, COORDINATOR, "birch.advocate", "birch.agency_admin"):
        assert desk[who].open("/programs/profile").status_code == 404
        assert desk[who].send("/programs/profile", answers()).status_code == 404
    assert db.session.get(ProgramProfileRow, desk.small.dune.compartment_id) is None


def test_whatever_is_sent_is_refused_in_words(desk: Desk) -> None:
    visitor = desk[ADMIN]
    visitor.open("/programs/profile")
    wrong = [b"\x00", *RAW]
    for value in ("maybe", "", *(part.decode("latin-1") for part in wrong)):
        for name in (Policy.CONSULTS.value, "authorities"):
            if (name, value) == ("authorities", ""):
                continue
            answer = visitor.send("/programs/profile", answers(**{name: value}), follow=False)
            assert answer.status_code in {400, 422}, (name, value)
    stranger = answers(authorities=str(desk.small.birch.member_id))
    assert visitor.send("/programs/profile", stranger, follow=False).status_code == 422


def test_a_profile_that_is_none_is_not_there(desk: Desk, now: datetime) -> None:
    other = make_small_directory(at=now, name="Other network")
    nothing = desk[FACILITATOR].open("/programs/profiles/nowhere")
    for compartment in (desk.small.birch.compartment_id, other.dune.compartment_id):
        answer = desk[FACILITATOR].open(f"/programs/profiles/{compartment}")
        assert answer.status_code == 404
        assert len(answer.data) == len(nothing.data)


def test_r11_a_page_says_why_no_victim_is_asked(desk: Desk) -> None:
    page = text_of(desk[FACILITATOR].open("/programs/why-not-ask"))
    for words in ("under duress", "out of hope", "fear of sanctions", "Office for the Prevention"):
        assert words in page
    for path in ("/programs/profiles", profile_path(desk.small)):
        assert 'href="/programs/why-not-ask"' in text_of(desk[FACILITATOR].open(path))


def test_its_pages_take_few_statements(desk: Desk) -> None:
    visitor = desk[ADMIN]
    visitor.open("/programs/profiles")
    for path in ("/programs/profiles", profile_path(desk.small), "/programs/profile"):
        assert statements(visitor, path) <= MOST, path
