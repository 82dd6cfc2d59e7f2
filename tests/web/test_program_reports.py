"""Groups, letters, copies and reports by their pages; what each shows, and to whom (R32, R33)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from ccr.domain.authority_reports import PROCESS_ONLY, ReportKind, SentHow
from ccr.domain.consultation_triggers import Trigger
from ccr.domain.participant_states import Act
from ccr.services import authority_reports, consultation_prompts
from tests.program_people import Court, loaded, make_court, make_group, opened, step
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of
from tests.web.test_bad_input import RAW, tried_on
from tests.web.test_query_counts import MOST, statements

FACILITATOR, ADMIN, CLERK = "dune.facilitator", "dune.agency_admin", "elm.worker"
GROUPS, LETTERS, REPORTS = "/programs/groups", "/programs/letters", "/programs/reports"
GROUP = {
    "version": "1", "name": "Tuesday evening", "weekday": "1", "starts_at": "18:30",
    "ends_at": "20:00", "location": "", "language": "es", "level": "intensive", "places": "8",
    "active": "y",
}  # fmt: skip
STRANGERS = ("alder.worker", "birch.advocate", "cedar.worker", "coordination.coordinator",
             "oak.worker", "anonymous")  # fmt: skip


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


@pytest.fixture
def court(desk: Desk, now: datetime) -> Court:
    make_court(desk.small, at=now, name="Oak County Court")
    return make_court(desk.small, at=now)


def enrolled(desk: Desk, court: Court, at: datetime) -> tuple[UUID, UUID]:
    """Return a group and somebody in it."""
    group = make_group(desk.small)
    who = opened(desk.small, court.order(), at=at)
    step(desk.small, who, Act.ATTEND_INTAKE, at=at)
    step(desk.small, who, Act.ENROL, at=at, group_id=group.id)
    return group.id, who


def missed(desk: Desk, court: Court, at: datetime) -> tuple[UUID, UUID]:
    """Return somebody who missed the intake, and the notice about it."""
    who = opened(desk.small, court.order(), at=at)
    step(desk.small, who, Act.MISS_INTAKE, at=at)
    page = text_of(desk[FACILITATOR].open(f"/programs/participants/{who}"))
    return who, UUID(re.findall(rf"{LETTERS}/([0-9a-f-]{{36}})", page)[0])


def test_an_administrator_adds_a_group_and_a_facilitator_writes_down_its_session(
    desk: Desk, court: Court, now: datetime
) -> None:
    desk[ADMIN].open(GROUPS)
    made = desk[ADMIN].send(GROUPS, GROUP, follow=False)
    assert made.status_code == 303, text_of(made)
    there = made.headers["Location"]
    who = opened(desk.small, court.order(), at=now)
    step(desk.small, who, Act.ATTEND_INTAKE, at=now)
    group_id = UUID(there.rsplit("/", 1)[1])
    step(desk.small, who, Act.ENROL, at=now, group_id=group_id)
    assert loaded(desk.small, who).code in text_of(desk[FACILITATOR].open(there))
    marks = {"session-on": "2026-11-12", f"mark-{who}": "missed"}
    answer = desk[FACILITATOR].send(f"{there}/sessions", marks)
    assert "Written down for one participant." in text_of(answer)
    assert "0 of 1 attended" in text_of(answer)
    assert "Did not come to the first session" in text_of(desk[FACILITATOR].open("/programs"))


def test_a_group_that_cannot_be_comes_back_as_it_was_typed(desk: Desk, court: Court) -> None:
    desk[ADMIN].open(GROUPS)
    answer = desk[ADMIN].send(GROUPS, {**GROUP, "ends_at": "18:00"})
    assert answer.status_code == 422
    assert "A group ends after it starts" in text_of(answer)
    assert 'value="Tuesday evening"' in text_of(answer)
    answer = desk[ADMIN].send(GROUPS, {**GROUP, "name": "The group of Maria Lopez"})
    assert answer.status_code == 422
    assert "This looks like a name" in text_of(answer)
    assert desk[FACILITATOR].send(GROUPS, GROUP).status_code == 404


def test_r32_a_notice_goes_to_the_desk_of_the_court_and_to_no_other(
    desk: Desk, court: Court, now: datetime
) -> None:
    who, report_id = missed(desk, court, now)
    letter = text_of(desk[FACILITATOR].open(f"{LETTERS}/{report_id}"))
    assert "Elm County Court (demo)" in letter
    assert desk[CLERK].open(f"{REPORTS}/{report_id}").status_code == 404
    assert "Programs report to you" not in text_of(desk[CLERK].open("/desk/inbox"))
    sent = desk[FACILITATOR].send(f"{LETTERS}/{report_id}/here", {"version": "1"}, follow=False)
    assert sent.status_code == 303
    assert "one new report" in text_of(desk[CLERK].open("/desk/inbox"))
    listed = text_of(desk[CLERK].open(REPORTS))
    assert loaded(desk.small, who).code in listed
    page = text_of(desk[CLERK].open(f"{REPORTS}/{report_id}"))
    assert "Did not come to the intake" in page
    assert str(PROCESS_ONLY) in page
    assert "Reports of programs to you" in text_of(desk[CLERK].open("/desk/inbox"))
    nobody = "00000000-0000-4000-8000-000000000000"
    for stranger in (*STRANGERS, FACILITATOR):
        for path in (f"{REPORTS}/{{}}", f"{LETTERS}/{{}}", f"{LETTERS}/{{}}/paper"):
            if stranger == FACILITATOR and path.startswith(LETTERS):
                continue
            there, nowhere = (desk[stranger].open(path.format(i)) for i in (report_id, nobody))
            assert there.status_code == nowhere.status_code in {303, 404}, (stranger, path)
    assert "No report yet" in text_of(desk["oak.worker"].open(REPORTS))


def test_a_letter_has_a_neutral_title_and_a_blank_line_for_their_reference(
    desk: Desk, court: Court, now: datetime
) -> None:
    _, report_id = missed(desk, court, now)
    page = text_of(desk[FACILITATOR].open(f"{LETTERS}/{report_id}/paper"))
    (title,) = re.findall(r"<title>(.*?)</title>", page, re.S)
    assert title.split("·")[0].strip() == "Letter"
    assert "Your reference:" in page
    assert "Dune Program (demo)" in page
    answer = desk[FACILITATOR].send(f"{LETTERS}/{report_id}/paper", {"version": "1"})
    assert "Recorded as sent on paper." in text_of(answer)
    again = desk[FACILITATOR].send(f"{LETTERS}/{report_id}/here", {"version": "1"})
    assert again.status_code == 409


def test_r33_a_copy_holds_what_was_given_to_that_person_and_nothing_else(
    desk: Desk, court: Court, now: datetime
) -> None:
    group_id, who = enrolled(desk, court, now)
    other = opened(desk.small, court.order(), at=now)
    me = desk.small.dune.identity
    for trigger in Trigger:
        consultation_prompts.raise_prompt(me, trigger, who, at=now)
    made = authority_reports.make(me, who, ReportKind.STATUS, at=now)
    authority_reports.send(me, made, 1, SentHow.HERE, at=now)
    desk[FACILITATOR].open(f"{GROUPS}/{group_id}")
    marks = {"session-on": "2026-11-12", f"mark-{who}": "attended"}
    desk[FACILITATOR].send(f"{GROUPS}/{group_id}/sessions", marks)
    step(desk.small, who, Act.COMPLETE, at=now)
    for name in ("copy", "certificate"):
        page = text_of(desk[FACILITATOR].open(f"/programs/participants/{who}/{name}"))
        assert loaded(desk.small, who).code in page
        assert loaded(desk.small, other).code not in page
        assert "1 of 1" in page
        assert str(PROCESS_ONLY) in page
        words = page.lower().replace(str(PROCESS_ONLY).lower(), "")
        for word in ("victim", "survivor", "risk", "consult", "weapon", "threat", "report",
                     "elm county court", "placement", "safe"):  # fmt: skip
            assert word not in words.split("<main", 1)[1], (name, word)
        assert all(str(trigger.label) not in page for trigger in Trigger)
    for stranger in STRANGERS:
        answer = desk[stranger].open(f"/programs/participants/{who}/copy")
        assert answer.status_code in {303, 404}
    assert desk[FACILITATOR].open(f"/programs/participants/{other}/certificate").status_code == 404


def test_a_report_is_made_looked_at_and_taken_back(desk: Desk, court: Court, now: datetime) -> None:
    _, who = enrolled(desk, court, now)
    page = f"/programs/participants/{who}"
    wrong = {"report-kind": "attendance", "report-since": "2026-11-30", "report-until": ""}
    desk[FACILITATOR].open(page)
    answer = desk[FACILITATOR].send(f"{page}/reports", wrong)
    assert answer.status_code == 422
    assert "Give a period" in text_of(answer)
    right = {**wrong, "report-since": "2026-11-01", "report-until": "2026-11-12"}
    made = desk[FACILITATOR].send(f"{page}/reports", right, follow=False)
    assert made.status_code == 303
    there = made.headers["Location"]
    assert "Sessions offered" in text_of(desk[FACILITATOR].open(there))
    assert "Nothing was sent" in text_of(desk[FACILITATOR].send(f"{there}/take-back"))
    assert desk[FACILITATOR].open(there).status_code == 404


def test_groups_letters_and_reports_take_few_statements(
    desk: Desk, court: Court, now: datetime
) -> None:
    group_id, who = enrolled(desk, court, now)
    _, report_id = missed(desk, court, now)
    desk[FACILITATOR].send(f"{LETTERS}/{report_id}/here", {"version": "1"})
    paths = (
        GROUPS,
        f"{GROUPS}/{group_id}",
        f"{LETTERS}/{report_id}",
        f"{LETTERS}/{report_id}/paper",
        f"/programs/participants/{who}/copy",
    )
    first = {path: statements(desk[FACILITATOR], path) for path in paths}
    read = {path: statements(desk[CLERK], path) for path in (REPORTS, f"{REPORTS}/{report_id}")}
    for _ in range(3):
        more = opened(desk.small, court.order(), at=now)
        step(desk.small, more, Act.ATTEND_INTAKE, at=now)
        step(desk.small, more, Act.ENROL, at=now, group_id=group_id)
    assert {path: statements(desk[FACILITATOR], path) for path in paths} == first
    assert max({**first, **read}.values()) <= MOST, (first, read)


def test_whatever_is_typed_gets_an_answer(desk: Desk, court: Court, now: datetime) -> None:
    group_id, who = enrolled(desk, court, now)
    _, report_id = missed(desk, court, now)
    forms: dict[str, dict[str, str]] = {
        GROUPS: {**GROUP, "ends_at": "18:00"},
        f"{GROUPS}/{group_id}": {**GROUP, "version": "9"},
        f"{GROUPS}/{group_id}/sessions": {"session-on": "2026-11-12", f"mark-{who}": "attended"},
        f"/programs/participants/{who}/reports": {
            "report-kind": "attendance", "report-since": "2026-11-01", "report-until": "x",
        },
        f"{LETTERS}/{report_id}/here": {"version": "7"},
    }  # fmt: skip
    raw = tuple(part.decode("latin-1") for part in RAW)
    desk[ADMIN].open(GROUPS)
    for path, fields in forms.items():
        for number, name in enumerate(fields):
            for value in (*tried_on(number), *raw):
                answer = desk[ADMIN].send(path, {**fields, name: value}, follow=False)
                assert answer.status_code in {303, 400, 404, 409, 422}, (path, name, value[:40])
