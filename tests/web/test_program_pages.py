"""The program's desk by its pages: participants, their steps, and who sees nothing of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from ccr.domain.participant_states import Act
from ccr.domain.participants import ParticipantState
from tests.program_people import Court, loaded, make_court, make_group, opened, step
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of
from tests.web.test_bad_input import RAW, tried_on
from tests.web.test_query_counts import MOST, statements

FACILITATOR = "dune.facilitator"
BASE = "/programs/participants"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


@pytest.fixture
def court(desk: Desk, now: datetime) -> Court:
    return make_court(desk.small, at=now)


def mandate(court: Court) -> dict[str, str]:
    return {
        "source": "criminal-court",
        "mandated": "yes",
        "authority": str(court.team.member_id),
        "ordered_on": "2026-11-02",
    }


def made_by_page(desk: Desk, data: dict[str, str]) -> UUID:
    desk[FACILITATOR].open(f"{BASE}/new")
    answer = desk[FACILITATOR].send(f"{BASE}/new", data, follow=False)
    assert answer.status_code == 303, text_of(answer)
    return UUID(answer.headers["Location"].rsplit("/", 1)[1])


def recorded(desk: Desk, who: UUID, act: str, **data: str) -> int:
    visitor = desk[FACILITATOR]
    visitor.open(f"{BASE}/{who}")
    version = loaded(desk.small, who).version
    fields = {"version": str(version), "on": "2026-11-12", **data}
    sent = {f"{act}-{name}": value for name, value in fields.items()}
    return visitor.send(f"{BASE}/{who}/{act}", sent, follow=False).status_code


def test_a_facilitator_takes_somebody_from_the_intake_into_a_group(
    desk: Desk, court: Court, now: datetime
) -> None:
    group = make_group(desk.small)
    who = made_by_page(desk, mandate(court))
    assert recorded(desk, who, "offer-intake") == 303
    assert recorded(desk, who, "attend-intake", screening="substance-first") == 303
    assert recorded(desk, who, "enrol", group=str(group.id)) == 303
    page = text_of(desk[FACILITATOR].open(f"{BASE}/{who}"))
    assert "Tuesday evening" in page
    assert "Elm County Court (demo)" in page
    assert loaded(desk.small, who).state is ParticipantState.ENROLLED


def test_the_desk_shows_a_missed_intake_as_due_today_with_its_authority(
    desk: Desk, court: Court
) -> None:
    who = made_by_page(desk, mandate(court))
    recorded(desk, who, "miss-intake")
    page = text_of(desk[FACILITATOR].open("/programs"))
    assert "Notice of noncompliance" in page
    assert "Elm County Court (demo)" in page
    assert "A first session was missed" in page


def test_what_was_typed_wrong_stays_on_the_page_with_a_clear_word(desk: Desk) -> None:
    visitor = desk[FACILITATOR]
    visitor.open(f"{BASE}/new")
    typed = {"source": "probation", "mandated": "yes", "outside": "", "ordered_on": "2026-11-02"}
    answer = visitor.send(f"{BASE}/new", typed)
    assert answer.status_code == 422
    assert "Name the authority that mandated it." in text_of(answer)
    assert 'value="2026-11-02"' in text_of(answer)
    answer = visitor.send(f"{BASE}/new", {**typed, "outside": "Judge Maria Lopez"})
    assert answer.status_code == 422
    assert "This looks like a name" in text_of(answer)


def test_a_refused_step_keeps_its_fold_open_and_writes_nothing(desk: Desk, now: datetime) -> None:
    who = opened(desk.small, at=now)
    visitor = desk[FACILITATOR]
    visitor.open(f"{BASE}/{who}")
    data = {"attend-intake-version": "1", "attend-intake-on": "2026-11-30"}
    answer = visitor.send(f"{BASE}/{who}/attend-intake", data)
    assert answer.status_code == 422
    assert re.search(r'<details class="fold" id="do-attend-intake" open>', text_of(answer))
    assert loaded(desk.small, who).version == 1


def test_nobody_else_finds_a_participant(desk: Desk, court: Court, now: datetime) -> None:
    who = opened(desk.small, court.order(), at=now)
    for stranger in ("alder.worker", "birch.advocate", "elm.worker", "coordination.coordinator"):
        there = desk[stranger].open(f"{BASE}/{who}")
        nowhere = desk[stranger].open(f"{BASE}/00000000-0000-4000-8000-000000000000")
        assert there.status_code == nowhere.status_code == 404
        assert desk[stranger].open("/programs").status_code == 404


def test_pages_of_the_program_take_few_statements(desk: Desk, court: Court, now: datetime) -> None:
    who = opened(desk.small, court.order(), at=now)
    step(desk.small, who, Act.MISS_INTAKE, at=now)
    paths = ("/programs", BASE, f"{BASE}/new", f"{BASE}/{who}")
    first = {path: statements(desk[FACILITATOR], path) for path in paths}
    for _ in range(4):
        step(desk.small, opened(desk.small, court.order(), at=now), Act.MISS_INTAKE, at=now)
    assert {path: statements(desk[FACILITATOR], path) for path in paths} == first
    assert max(first.values()) <= MOST, first


def test_whatever_is_typed_gets_an_answer(desk: Desk, court: Court, now: datetime) -> None:
    who = opened(desk.small, at=now)
    forms = {
        f"{BASE}/new": mandate(court) | {"outside": "", "referral": ""},
        f"{BASE}/{who}/attend-intake": {
            f"attend-intake-{name}": value
            for name, value in (("version", "7"), ("on", "2026-11-12"), ("screening", "suitable"))
        },
        f"{BASE}/{who}/enrol": {"enrol-version": "1", "enrol-on": "2026-11-12", "enrol-group": ""},
        f"{BASE}/{who}/withdraw": {"withdraw-version": "9", "withdraw-reason": "fees"},
    }
    raw = tuple(part.decode("latin-1") for part in RAW)
    visitor = desk[FACILITATOR]
    visitor.open(f"{BASE}/new")
    for path, fields in forms.items():
        for number, name in enumerate(fields):
            for value in (*tried_on(number), *raw):
                answer = visitor.send(path, {**fields, name: value}, follow=False)
                assert answer.status_code in {303, 400, 404, 409, 422}, (path, name, value[:40])


def test_a_court_says_who_ordered_it_and_the_program_reads_it_after_accepting(
    desk: Desk, court: Court, now: datetime
) -> None:
    group = make_group(desk.small)
    to_a_program = {
        "service_id": desk.small.dune_service_id,
        "needs": ("abusive-partner-intervention",),
        "track": "abusive-partner",
    }
    draft_id = desk.draft(who="elm.worker", **to_a_program)
    assert "Who ordered it, and a group" in text_of(
        desk["elm.worker"].open(f"/desk/referrals/{draft_id}/share")
    )
    referral_id = desk.send(who="elm.worker", **to_a_program)
    page = f"/desk/referrals/{referral_id}"
    assert f"{page}/program" in text_of(desk["elm.worker"].open(page))
    desk["elm.worker"].open(f"{page}/program")
    assert statements(desk["elm.worker"], f"{page}/program") <= MOST
    wrong = desk["elm.worker"].send(f"{page}/program", {**mandate(court), "mandated": ""})
    assert wrong.status_code == 422
    said = {**mandate(court), "group": str(group.id)}
    assert desk["elm.worker"].send(f"{page}/program", said, follow=False).status_code == 303
    assert 'value="2026-11-02"' in text_of(desk["elm.worker"].open(f"{page}/program"))
    assert "Criminal court" not in text_of(desk[FACILITATOR].open(page))
    desk.as_receiver(referral_id, "accept", who=FACILITATOR)
    shown = text_of(desk[FACILITATOR].open(page))
    for words in ("Criminal court", "Elm County Court (demo)", "Tuesday evening"):
        assert words in shown
    assert statements(desk[FACILITATOR], page) <= MOST
    assert "Accepted, not opened yet" in text_of(desk[FACILITATOR].open("/programs"))
    form = text_of(desk[FACILITATOR].open(f"{BASE}/new?referral={referral_id}"))
    assert 'value="2026-11-02"' in form
    who = made_by_page(desk, {**mandate(court), "referral": str(referral_id)})
    assert "A group that would suit" in text_of(desk[FACILITATOR].open(f"{BASE}/{who}"))
    assert statements(desk[FACILITATOR], f"{BASE}/{who}") <= MOST
    assert "Accepted, not opened yet" not in text_of(desk[FACILITATOR].open("/programs"))
    answered = text_of(desk["elm.worker"].open(f"{page}/program"))
    assert "The program has answered" in answered
    for stranger in ("alder.worker", "birch.advocate", FACILITATOR, "coordination.coordinator"):
        assert desk[stranger].open(f"{page}/program").status_code == 404
