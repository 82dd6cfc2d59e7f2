"""The council by its pages: meetings, actions, training, news, the survey, and the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest
import time_machine
from flask import Flask

from ccr.services import announcements
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.council import SurveyAnswerRow
from ccr.storage.queries.council import add_action
from tests.coordination import coordinator, sign_protocol
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of
from tests.web.test_bad_input import RAW, tried_on
from tests.web.test_query_counts import MOST, statements

COORDINATOR, AUDITOR, ADMIN = (
    "coordination.coordinator",
    "coordination.auditor",
    "alder.agency_admin",
)
BASE = "/network/council"
PAGES = (
    BASE,
    f"{BASE}/actions",
    f"{BASE}/about-us",
    f"{BASE}/training",
    f"{BASE}/announcements",
    f"{BASE}/survey",
    f"{BASE}/report",
    f"{BASE}/report/2026Q4",
    f"{BASE}/report/2026Q4/register.csv",
)
NOBODY = "00000000-0000-4000-8000-000000000000"
ACTS = (
    f"{BASE}/actions",
    f"{BASE}/actions/{NOBODY}",
    f"{BASE}/committees",
    f"{BASE}/committees/{NOBODY}/end",
    f"{BASE}/meetings",
    f"{BASE}/meetings/{NOBODY}/agenda",
    f"{BASE}/meetings/{NOBODY}/decisions",
    f"{BASE}/meetings/{NOBODY}/attendance",
    f"{BASE}/meetings/{NOBODY}/actions",
    f"{BASE}/about-us",
    f"{BASE}/training",
    f"{BASE}/announcements",
    f"{BASE}/announcements/{NOBODY}/withdraw",
    f"{BASE}/survey",
    f"{BASE}/survey/{NOBODY}/count",
)


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def committee(desk: Desk, name: str = "Council", topic: str = "council") -> None:
    members = [str(team.member_id) for team in (desk.small.alder, desk.small.birch)]
    data = {"committee-name": name, "committee-topic": topic, "committee-members": members}
    answer = desk[COORDINATOR].send(f"{BASE}/committees", data, follow=False)
    assert answer.status_code == 303, text_of(answer)


def meeting(desk: Desk, day: str = "2026-11-12") -> str:
    """Make a committee and its meeting; return the meeting's address."""
    committee(desk)
    page = text_of(desk[COORDINATOR].open(BASE))
    (choice,) = re.findall(r'<option[^>]*value="([0-9a-f-]{36})">Council', page)
    data = {"meeting-committee": choice, "meeting-held_on": day}
    answer = desk[COORDINATOR].send(f"{BASE}/meetings", data, follow=False)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def action(desk: Desk, **changes: str) -> dict[str, str]:
    whole = {
        "text": "Draft the letter.", "owner": str(desk.small.birch.member_id),
        "due_on": "2026-11-20", "source": "audit", "gap": "", **changes,
    }  # fmt: skip
    return {f"action-{name}": value for name, value in whole.items()}


@pytest.mark.parametrize("who", ["alder.worker", "birch.advocate", ADMIN])
def test_for_everybody_else_there_is_no_council_here(desk: Desk, who: str) -> None:
    for path in PAGES:
        assert desk[who].open(path).status_code == 404, path
    for path in ACTS:
        assert desk[who].send(path).status_code == 404, path


def test_an_auditor_reads_every_page_of_the_council_and_has_no_act(desk: Desk) -> None:
    for path in PAGES:
        answer = desk[AUDITOR].open(path)
        assert answer.status_code == 200, path
        assert 'action="/network' not in text_of(answer)
    for path in ACTS:
        assert desk[AUDITOR].send(path).status_code == 404, path


def test_every_agenda_begins_with_survivor_safety_and_a_change_answers_for_it(desk: Desk) -> None:
    visitor, place = desk[COORDINATOR], meeting(desk)
    page = text_of(visitor.open(place))
    assert "Survivor safety: what changed since the last meeting?" in page
    point = {"item-version": "1", "item-title": "A shared night line", "item-gap": ""}
    assert visitor.send(f"{place}/agenda", point, follow=False).status_code == 303
    assert visitor.send(f"{place}/agenda", point, follow=False).status_code == 409
    decision = {
        "position": "1", "point1-version": "2",
        "point1-outcome": "agreed", "point1-decision": "On trial.",
        "point1-effect": "", "point1-whom": "", "point1-safety_line": "",
    }  # fmt: skip
    refused = visitor.send(f"{place}/decisions", decision)
    assert refused.status_code == 422
    assert "Say whether it raises or lowers safety, and whose." in text_of(refused)
    decision |= {"point1-effect": "unknown", "point1-whom": "survivors"}
    assert "Say in one line what you do about it." in text_of(
        visitor.send(f"{place}/decisions", decision)
    )
    decision["point1-safety_line"] = "We ask the callers."
    assert visitor.send(f"{place}/decisions", decision, follow=False).status_code == 303
    page = text_of(visitor.open(place))
    assert "On trial. We ask the callers." in page
    assert "Nobody knows yet: Survivors" in page
    there = {"there-version": "3", "there-attended": [str(desk.small.birch.member_id)]}
    assert visitor.send(f"{place}/attendance", there, follow=False).status_code == 303
    assert (
        visitor.send(f"{place}/decisions", {**decision, "position": "9"}, follow=False).status_code
        == 404
    )


def test_an_action_names_a_member_and_a_day_and_never_a_person(desk: Desk) -> None:
    visitor, place = desk[COORDINATOR], meeting(desk)
    warned = visitor.send(f"{place}/actions", action(desk, text="Ask Maria Lopez to call."))
    assert warned.status_code == 422
    assert "This looks like a name." in text_of(warned)
    assert visitor.send(f"{place}/actions", action(desk), follow=False).status_code == 303
    recommended = action(desk, source="fatality-review", text="Train every front desk.")
    assert visitor.send(f"{BASE}/actions", recommended, follow=False).status_code == 303
    board = text_of(visitor.open(f"{BASE}/actions"))
    for words in ("Draft the letter.", "Meeting of 12 Nov 2026", "A fatality review"):
        assert words in board, words
    act = re.findall(rf'action="({BASE}/actions/[0-9a-f-]{{36}})"', board)[0]
    assert visitor.send(act, {"version": "1", "how": "gone"}, follow=False).status_code == 404
    assert visitor.send(act, {"version": "1", "how": "done"}, follow=False).status_code == 303
    assert visitor.send(act, {"version": "1", "how": "done"}, follow=False).status_code == 409


def test_committees_of_one_topic_and_mostly_the_same_members_are_warned_of(desk: Desk) -> None:
    committee(desk, "Night line", "pathways")
    assert "Two committees overlap" not in text_of(desk[COORDINATOR].open(BASE))
    committee(desk, "Transport", "pathways")
    page = text_of(desk[COORDINATOR].open(BASE))
    assert "Night line and Transport: the same topic" in page


def test_what_the_network_says_of_itself_has_one_winner(desk: Desk) -> None:
    visitor = desk[COORDINATOR]
    data = {
        "version": "0", "types": ["interagency"], "models": ["fatality-review"],
        "seats_planned": "3", "seats_filled": "2", "paid": "fee",
        "payer": str(desk.small.birch.member_id),
    }  # fmt: skip
    assert visitor.send(f"{BASE}/about-us", data, follow=False).status_code == 303
    assert visitor.send(f"{BASE}/about-us", data, follow=False).status_code == 409
    seats = visitor.send(f"{BASE}/about-us", {**data, "version": "1", "seats_filled": "-1"})
    assert seats.status_code == 422
    page = text_of(desk[AUDITOR].open(f"{BASE}/about-us"))
    for words in ("Interagency approach", "2 of 3 filled", "A fee for each meeting"):
        assert words in page, words


def test_training_is_said_by_the_member_itself_or_a_coordinator_and_of_no_person(
    desk: Desk,
) -> None:
    own = {"training-subject": "basics", "training-trained_on": "2026-01-01",
           "training-expires_on": "2026-11-30"}  # fmt: skip
    visitor = desk[ADMIN]
    assert visitor.send("/account/our-part/training", own, follow=False).status_code == 303
    late = {**own, "training-trained_on": "2026-12-01"}
    assert visitor.send("/account/our-part/training", late).status_code == 422
    other = {**own, "training-member": str(desk.small.birch.member_id),
             "training-subject": "cultural", "training-expires_on": ""}  # fmt: skip
    chair = desk[COORDINATOR]
    assert chair.send(f"{BASE}/training", other, follow=False).status_code == 303
    page = text_of(chair.open(f"{BASE}/training"))
    assert "Until 30 Nov 2026" in page
    assert "Yes" in page
    back = "/account/our-part/training/withdraw"
    assert visitor.send(back, {"subject": "basics"}, follow=False).status_code == 303
    assert "Until 30 Nov 2026" not in text_of(chair.open(f"{BASE}/training"))
    assert visitor.send(back, {"subject": "x"}).status_code == 404
    assert desk["alder.worker"].open("/account/our-part").status_code == 404


def test_an_announcement_is_on_every_desk_until_its_day(desk: Desk) -> None:
    visitor = desk[COORDINATOR]
    data = {"title": "A training", "text": "First line\nSecond line", "until_on": "2026-11-12"}
    named = visitor.send(f"{BASE}/announcements", {**data, "text": "Ask Maria Lopez."})
    assert named.status_code == 422
    assert visitor.send(f"{BASE}/announcements", data, follow=False).status_code == 303
    inbox = text_of(desk["birch.advocate"].open("/desk/inbox"))
    assert "Second line" in inbox
    who, tomorrow = coordinator(desk.small), datetime.fromisoformat("2026-11-13T17:00:00+00:00")
    assert announcements.current(who, "America/New_York", at=tomorrow) == ()
    page = text_of(visitor.open(f"{BASE}/announcements"))
    (back,) = re.findall(rf'action="({BASE}/announcements/[0-9a-f-]{{36}}/withdraw)"', page)
    assert visitor.send(back, follow=False).status_code == 303
    assert visitor.send(back, follow=False).status_code == 404
    assert "Second line" not in text_of(desk["birch.advocate"].open("/desk/inbox"))


def test_a_survey_is_answered_taken_back_and_counted_once(desk: Desk) -> None:
    chair, admin = desk[COORDINATOR], desk[ADMIN]
    data = {"until_on": "2026-12-01"}
    assert chair.send(f"{BASE}/survey", data, follow=False).status_code == 303
    assert chair.send(f"{BASE}/survey", data).status_code == 422
    page = text_of(admin.open("/account/our-part"))
    (place,) = re.findall(r'action="(/account/our-part/survey/[0-9a-f-]{36})"', page)
    assert admin.send(place, {"answer-open": "5"}).status_code == 422
    assert admin.send(place, {}).status_code == 422
    assert admin.send(place, {"answer-open": "2"}, follow=False).status_code == 303
    assert admin.send(place, {"answer-open": "3"}, follow=False).status_code == 303
    assert [row.answers for row in db.session.query(SurveyAnswerRow)] == [{"open": 3}]
    assert admin.send(f"{place}/withdraw", follow=False).status_code == 303
    assert admin.send(f"{place}/withdraw", follow=False).status_code == 404
    assert admin.send(place, {"answer-open": "4"}, follow=False).status_code == 303
    count = f"{BASE}/survey/{place.rsplit('/', 1)[1]}/count"
    assert chair.send(count, follow=False).status_code == 303
    assert chair.send(count, follow=False).status_code == 404
    assert admin.send(place, {"answer-open": "4"}, follow=False).status_code == 404
    db.session.rollback()
    assert list(db.session.query(SurveyAnswerRow)) == []
    assert "Fewer than five members answered" in text_of(chair.open(f"{BASE}/survey"))


def test_the_report_of_a_quarter_says_safety_first_and_names_no_small_count(desk: Desk) -> None:
    visitor, place = desk[COORDINATOR], meeting(desk)
    sign_protocol(
        desk.small, desk.small.birch, signed_on=date(2025, 1, 1), expires_on=date(2026, 1, 1)
    )
    first = {"position": "0", "point0-version": "1", "point0-outcome": "noted",
             "point0-decision": "Calls at night wait longer."}  # fmt: skip
    assert visitor.send(f"{place}/decisions", first, follow=False).status_code == 303
    late = {
        "source": "audit", "text": "Draft the letter.", "due_on": date(2026, 11, 1),
        "owner_member_id": desk.small.birch.member_id,
    }  # fmt: skip
    with unit_of_work():
        add_action(desk.small.network_id, late, at=datetime.fromisoformat("2026-10-01T00:00Z"))
    page = text_of(visitor.open(f"{BASE}/report/2026Q4"))
    order = [
        page.index(words)
        for words in (
            "Survivor safety first",
            "Calls at night wait longer.",
            "Critical gaps",
            "the consultation protocol has lapsed",
            "Draft the letter.",
            "11 days late",
            "Nothing is published of this quarter.",
        )
    ]
    assert order == sorted(order)
    for wrong in ("2027Q1", "2026Q5", "2026", "x"):
        assert visitor.open(f"{BASE}/report/{wrong}").status_code == 404, wrong
    table = text_of(visitor.open(f"{BASE}/report/2026Q4/register.csv"))
    assert "action,Draft the letter.,open,Birch Advocates (demo),,2026-11-01" in table


def test_every_page_of_the_council_takes_at_most_twelve_statements(desk: Desk) -> None:
    place = meeting(desk)
    desk[COORDINATOR].open("/network/gaps")  # the directory is read once a version
    counts = {path: statements(desk[COORDINATOR], path) for path in (*PAGES, place)}
    counts["/account/our-part"] = statements(desk[ADMIN], "/account/our-part")
    assert max(counts.values()) <= MOST, counts


def test_whatever_is_typed_into_a_form_of_the_council_gets_an_answer(desk: Desk) -> None:
    place, birch = meeting(desk), str(desk.small.birch.member_id)
    good: dict[str, dict[str, str]] = {
        f"{BASE}/actions": action(desk, text=""),
        f"{BASE}/committees": {"committee-name": "", "committee-topic": "law",
                               "committee-members": birch},
        f"{BASE}/meetings": {"meeting-committee": "x", "meeting-held_on": "2026-11-12"},
        f"{BASE}/about-us": {"version": "7", "types": "interagency", "models": "court-watch",
                             "seats_planned": "1", "seats_filled": "1", "paid": "fee",
                             "payer": birch},
        f"{BASE}/training": {"training-member": "x", "training-subject": "basics",
                             "training-trained_on": "2026-01-01", "training-expires_on": ""},
        f"{BASE}/announcements": {"title": "A", "text": "", "until_on": "2026-11-20"},
        f"{BASE}/survey": {"until_on": "2020-01-01"},
        f"{place}/agenda": {"item-version": "9", "item-title": "A", "item-gap": ""},
        f"{place}/decisions": {"position": "0", "point0-version": "9", "point0-outcome": "noted",
                              "point0-decision": "A", "point0-effect": "raises",
                              "point0-whom": "staff", "point0-safety_line": ""},
        f"{place}/attendance": {"there-version": "9", "there-attended": birch},
    }  # fmt: skip
    raw = tuple(part.decode("latin-1") for part in RAW)
    visitor = desk[COORDINATOR]
    for path, fields in good.items():
        for number, name in enumerate(fields):
            for value in (*tried_on(number), *raw):
                answer = visitor.send(path, {**fields, name: value}, follow=False)
                assert answer.status_code in {303, 400, 404, 409, 422}, (path, name, value[:40])
