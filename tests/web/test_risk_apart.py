"""Risk information stands on the pages of placement and nowhere else (R45, dangerous 6).

Every page that the people of a program, the sender and an authority can reach from the program's
desk is opened before and after results and a decision are there: nothing of them differs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from ccr.domain.placement import Contact
from ccr.domain.program_groups import Level
from ccr.domain.risk_instruments import Band
from ccr.services import placement, risk_information
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.programs import AuthorityReportRow, ParticipantRow
from tests.loop import world
from tests.people import Team
from tests.placing import (
    a_result,
    accept,
    add_group,
    add_participant,
    make_probation,
    make_program_admin,
    own_result,
    refer,
    train,
)
from tests.small_directory import make_small_directory
from tests.web.conftest import Visitor
from tests.web.journey import Desk, settled, text_of

OFFICER, FACILITATOR, ADMIN = "elm.worker", "dune.facilitator", "dune.agency_admin"
APART = re.compile(
    r"/programs/(?:participants/[0-9a-f-]{36}/placement|placement-rules|placements)$"
    # A new referral gets a name at random each time that its form is opened.
    r"|/desk/referrals/new$"
)
"""The pages of placement themselves, and one that is never the same twice."""
GIVEN = re.compile(r"/desk/referrals/[0-9a-f-]{36}/risk$")
"""The sender's own page of what it gave."""
HREF = re.compile(r'href="(/[^"#]*)"')
INSIDE = ("/programs", "/desk/referrals/")
TELLING = (
    "ODARA", "DVSI", "SARA", "Band “", "High danger by", "Twice a week", "Risk band", "Reassault",
    "Lethality", "days old", "Old: ask for a new one",
)  # fmt: skip
"""Words that only a result, a rule or a decision can bring onto a page."""


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        small = make_small_directory(at=now)
        make_program_admin(small, at=now)
        train(small.dune, at=now)
        yield Desk(sqlite_app, small)


@pytest.fixture
def probation(desk: Desk, now: datetime) -> Team:
    team = make_probation(desk.small, at=now)
    train(team, at=now)
    return team


def reached(visitor: Visitor, starts: list[str]) -> dict[str, str]:
    """Return every page that can be reached by links from these, as it settled."""
    found: dict[str, str] = {}
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path in found or APART.search(urlsplit(path).path) or GIVEN.search(path):
            continue
        answer = visitor.open(path)
        found[path] = settled(text_of(answer)) if answer.status_code == 200 else ""
        links = (link.replace("&amp;", "&") for link in HREF.findall(found[path]))
        waiting += [link for link in links if link.startswith(INSIDE) and link not in found]
    return found


def everything(
    desk: Desk, participant_id: UUID, referral_id: UUID
) -> dict[tuple[str, str, str], str]:
    """Return every page of everybody near, by state, who and where.

    Also pages that no link leads to, and those of somebody who completed, who gets a certificate.
    """
    return {
        (state, who, path): text
        for state in ("completed", "enrolled")
        for who, paths in _starts(desk, participant_id, referral_id, state).items()
        for path, text in reached(desk[who], paths).items()
    }


def _starts(
    desk: Desk, participant_id: UUID, referral_id: UUID, state: str
) -> dict[str, list[str]]:
    """Put the participant into a state; return where everybody begins."""
    ended_on = date(2026, 11, 11) if state == "completed" else None
    with unit_of_work():
        db.session.execute(
            update(ParticipantRow)
            .where(ParticipantRow.id == participant_id)
            .values(state=state, ended_on=ended_on)
        )
    return {
        FACILITATOR: ["/programs", "/desk/inbox", *pages_of(desk.app, participant_id)],
        ADMIN: ["/programs", *pages_of(desk.app, participant_id)],
        OFFICER: [f"/desk/referrals/{referral_id}", "/desk/inbox", "/programs/reports"],
    }


def pages_of(app: Flask, participant_id: UUID) -> list[str]:
    """Return every address that names a participant alone, from the routes themselves."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.arguments == {"participant_id"}:
                built = rule.build({"participant_id": participant_id}, append_unknown=False)
                assert built is not None
                found.append(built[1])
    return found


def a_participant(desk: Desk, probation: Team, now: datetime) -> tuple[UUID, UUID]:
    """Return a participant in a group, mandated by probation, with a report to it; and the way."""
    referral_id = refer(desk.small, probation, at=now)
    accept(desk.small, referral_id, at=now)
    participant_id = add_participant(desk.small, at=now, referral_id=referral_id)
    group_id = add_group(desk.small, "Tuesday", "standard", 8)
    with unit_of_work():
        db.session.execute(
            update(ParticipantRow)
            .where(ParticipantRow.id == participant_id)
            .values(
                mandated=True, authority_member_id=probation.member_id, source="probation",
                group_id=group_id, enrolled_on=date(2026, 11, 1),
            )
        )  # fmt: skip
        code = db.session.get_one(ParticipantRow, participant_id).code
        db.session.add_all(
            AuthorityReportRow(
                network_id=desk.small.network_id,
                compartment_id=desk.small.dune.compartment_id,
                participant_id=participant_id,
                code=code,
                kind="status",
                authority_member_id=probation.member_id,
                facts={"state": "enrolled"},
                made_at=now,
                sent_how=how,
                sent_at=now if how else None,
            )
            for how in ("here", None)
        )
    return participant_id, referral_id


def place(desk: Desk, probation: Team, ids: tuple[UUID, UUID], now: datetime) -> None:
    """Give, record and decide all there is."""
    participant_id, referral_id = ids
    me = desk.small.dune.identity
    for one in (
        a_result(score=27, high_danger=True),
        a_result(instrument="sara", version="v3", band=Band.MODERATE),
    ):
        risk_information.give(probation.identity, world(), referral_id, one, at=now)
    placement.record_own(me, world(), participant_id, own_result(score=13), at=now)
    placement.decide(me, world(), participant_id, Level.INTENSIVE, Contact.TWICE_WEEKLY, 0, at=now)


def test_r45_no_page_but_placement_changes_when_results_and_a_decision_are_there(
    desk: Desk, probation: Team, now: datetime
) -> None:
    ids = a_participant(desk, probation, now)
    everything(desk, *ids)  # what is noted at the first opening is noted
    before = everything(desk, *ids)
    place(desk, probation, ids, now)
    after = everything(desk, *ids)
    assert set(after) == set(before)
    assert {key for key in after if after[key] != before[key]} == set()
    opened = {path for (_, _, path), text in after.items() if text}
    participant = f"/programs/participants/{ids[0]}"
    assert {participant, f"{participant}/copy", f"{participant}/certificate"} <= opened
    assert sum("/letters/" in path for path in opened) >= 2
    assert any(re.search(r"/programs/reports/[0-9a-f-]{36}", path) for path in opened)
    for (_, who, path), text in after.items():
        for word in TELLING:
            assert word not in text, (who, path, word)


def test_the_pages_of_placement_do_show_what_is_looked_for(
    desk: Desk, probation: Team, now: datetime
) -> None:
    ids = a_participant(desk, probation, now)
    place(desk, probation, ids, now)
    shown = text_of(desk[FACILITATOR].open(f"/programs/participants/{ids[0]}/placement"))
    for word in ("ODARA", "DVSI", "SARA", "Band “", "High danger by", "Twice a week", "Reassault"):
        assert word in shown


def test_r45_nothing_joins_risk_to_what_leaves_a_program() -> None:
    """Copies, letters, reports and exports are made by code that never reads these tables."""
    root = Path(__file__).parents[2] / "ccr"
    allowed = {
        "storage/models/__init__.py",
        "storage/models/risk.py",
        "storage/queries/placement.py",
        "storage/queries/risk_information.py",
        "storage/queries/verification_coordination.py",  # flask verify; it gives out ids alone
    }
    rows = {"RiskInformationRow", "PlacementRow"}
    queries = {"ccr.storage.queries.placement", "ccr.storage.queries.risk_information"}
    readers = {"services/demo_placement.py", "services/placement.py", "services/placement_rules.py"}
    readers |= {"services/risk_information.py", "services/risk_steps.py"}
    for path in root.rglob("*.py"):
        name = path.relative_to(root).as_posix()
        if "migrations" in name:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            taken = {alias.name for alias in node.names}
            assert name in allowed or not taken & rows, name
            whole = {node.module} | {f"{node.module}.{one}" for one in taken}
            assert name in allowed | readers or not whole & queries, name
