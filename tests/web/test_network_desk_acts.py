"""What a coordinator does on the network desk: takes gaps, carries out plans, signs and renews."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest
import time_machine
from flask import Flask

from tests.coordination import sign_protocol
from tests.small_directory import make_small_directory
from tests.web.conftest import Visitor
from tests.web.journey import Desk, text_of
from tests.web.test_bad_input import RAW, tried_on
from tests.web.test_query_counts import MOST, statements

COORDINATOR, AUDITOR = "coordination.coordinator", "coordination.auditor"
NIGHT = "night|36001"


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


@pytest.fixture
def sqlite_desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    """Return the desk for what asks nothing new of a database."""
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def take(visitor: Visitor, desk: Desk, **changes: str) -> object:
    data = {
        "key": NIGHT,
        "version": "0",
        "owner": str(desk.small.birch.member_id),
        "next_step": "Ask the county for a night line.",
        "due_on": "2026-12-01",
        "effect": "raises",
        "whom": "survivors",
        **changes,
    }
    return visitor.send("/network/gaps/take", data, follow=False)


def test_a_gap_is_taken_on_the_page_and_closed_there(desk: Desk) -> None:
    visitor = desk[COORDINATOR]
    visitor.open("/network/gaps")
    form = text_of(visitor.send("/network/gaps/plan", {"key": NIGHT}))
    assert "Who takes it on" in form
    assert take(visitor, desk).status_code == 303  # type: ignore[attr-defined]
    page = text_of(visitor.open("/network/gaps"))
    assert "Ask the county for a night line." in page
    assert "Due 1 Dec 2026" in page
    again = text_of(visitor.send("/network/gaps/plan", {"key": NIGHT}))
    assert 'value="Ask the county for a night line."' in again
    (record,) = {*re.findall(r'href="(/network/gaps/[0-9a-f-]{36})"', page)}
    data = {
        "status-version": "1", "status-status": "closed", "status-reason": "accepted",
        "status-effect": "lowers", "status-whom": "survivors", "status-safety_line": "",
    }  # fmt: skip
    refused = visitor.send(f"{record}/status", data)
    assert refused.status_code == 422
    assert "Say in one line what you do about it." in text_of(refused)
    data["status-safety_line"] = "The state line answers; Maria Lopez trains it."
    warned = visitor.send(f"{record}/status", data)
    assert warned.status_code == 422
    assert "This looks like a name." in text_of(warned)
    data["status-safety_line"] = "The state line answers, and says so."
    assert visitor.send(f"{record}/status", data, follow=False).status_code == 303
    closed = text_of(visitor.open(record))
    for words in (
        "It was closed although the directory still shows it.",
        "The network lives with it for now",
        "It lowers safety: Survivors. The state line answers, and says so.",
        "Test network: coordination",
        "Taken on",
    ):
        assert words in closed, words
    assert "The network lives with it for now" in text_of(visitor.open("/network/gaps/register"))


def test_a_plan_is_carried_out_step_by_step_on_its_page(desk: Desk) -> None:
    visitor = desk[COORDINATOR]
    visitor.open("/network/gaps")
    take(visitor, desk)
    register = text_of(visitor.open("/network/gaps/register"))
    (record,) = {*re.findall(r'href="(/network/gaps/[0-9a-f-]{36})"', register)}
    step = {
        "step-version": "1", "step-text": "Call the county.", "step-due_on": "2026-11-20",
        "step-effect": "raises", "step-whom": "survivors",
    }  # fmt: skip
    assert visitor.send(f"{record}/steps", step, follow=False).status_code == 303
    stale = visitor.send(f"{record}/steps", step)
    assert stale.status_code == 409
    page = text_of(visitor.open(record))
    done = re.findall(rf'action="({record}/steps/[0-9a-f-]{{36}})"', page)
    assert len(done) == 2
    assert visitor.send(done[1], {"version": "2"}, follow=False).status_code == 303
    last = visitor.send(done[0], {"version": "3"})
    assert last.status_code == 422
    assert "This is the last step." in text_of(last)
    assert statements(visitor, record) <= MOST
    assert desk[AUDITOR].open(record).status_code == 200
    assert desk["birch.advocate"].open(record).status_code == 404


def test_the_second_of_two_coordinators_gets_a_clear_409(desk: Desk) -> None:
    visitor = desk[COORDINATOR]
    visitor.open("/network/gaps")
    assert take(visitor, desk).status_code == 303  # type: ignore[attr-defined]
    late = take(visitor, desk, owner=str(desk.small.cedar.member_id))
    assert late.status_code == 409  # type: ignore[attr-defined]
    assert "Somebody else changed this gap first" in text_of(late)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"owner": ""}, "Choose a member of the network."),
        ({"owner": "x"}, "Choose a member of the network."),
        ({"next_step": ""}, "Write one line of at most 240 characters."),
        ({"due_on": "soon"}, "Give a day from today to a year from now."),
        ({"due_on": "2020-01-01"}, "Give a day from today to a year from now."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    sqlite_desk: Desk, change: dict[str, str], words: str
) -> None:
    visitor = sqlite_desk[COORDINATOR]
    visitor.open("/network/gaps")
    answer = take(visitor, sqlite_desk, **{"next_step": "Kept words", **change})
    assert answer.status_code == 422  # type: ignore[attr-defined]
    page = text_of(answer)  # type: ignore[arg-type]
    assert words in page
    assert ("next_step" in change) or "Kept words" in page


def test_a_pathway_is_promised_and_ended_on_the_page(desk: Desk) -> None:
    visitor, small = desk[COORDINATOR], desk.small
    visitor.open("/network/agreements")
    data = {
        "pathway-from_member": str(small.alder.member_id),
        "pathway-to_member": str(small.birch.member_id),
        "pathway-need": "advocacy",
    }
    assert visitor.send("/network/agreements/promise", data, follow=False).status_code == 303
    page = text_of(visitor.open("/network/agreements"))
    found = re.search(r'action="(/network/agreements/end/[^"]+)"', page)
    assert found
    twice = visitor.send("/network/agreements/promise", data, follow=False)
    assert twice.status_code == 422
    assert "This pathway is promised already." in text_of(twice)
    for wrong in (
        {"pathway-from_member": ""},
        {"pathway-to_member": "x"},
        {"pathway-need": "magic"},
    ):
        answer = visitor.send("/network/agreements/promise", {**data, **wrong}, follow=False)
        assert answer.status_code == 422, wrong
    assert visitor.send(found[1], follow=False).status_code == 303
    assert "No pathway is promised yet." in text_of(visitor.open("/network/agreements"))


def test_a_lapsed_protocol_is_renewed_on_the_page_and_its_flag_goes(desk: Desk) -> None:
    visitor, small = desk[COORDINATOR], desk.small
    sign_protocol(small, small.birch, signed_on=date(2025, 1, 1), expires_on=date(2026, 11, 1))
    flag = "Dune Program (demo): the consultation protocol has lapsed"
    assert flag in text_of(visitor.open("/network/gaps"))
    visitor.open("/network/agreements")
    data = {
        "protocol-first": str(small.dune.compartment_id),
        "protocol-second": str(small.birch.member_id),
        "protocol-signed_on": "2026-11-12",
        "protocol-expires_on": "2027-11-12",
    }
    wrong = visitor.send(
        "/network/agreements/protocol", {**data, "protocol-expires_on": "soon"}, follow=False
    )
    assert wrong.status_code == 422
    assert 'value="2026-11-12"' in text_of(wrong)
    for end in ("", "2029-11-13"):
        endless = {**data, "protocol-expires_on": end}
        assert visitor.send("/network/agreements/protocol", endless).status_code == 422
    answer = visitor.send("/network/agreements/protocol", data, follow=False)
    assert answer.status_code == 303
    assert flag not in text_of(visitor.open("/network/gaps"))


def test_an_agreement_is_signed_renewed_and_ended_on_its_pages(desk: Desk) -> None:
    visitor, small = desk[COORDINATOR], desk.small
    assert desk[AUDITOR].open("/network/agreements/new").status_code == 404
    visitor.open("/network/agreements/new")
    data = {
        "version": "0", "parties": [str(t.member_id) for t in (small.alder, small.cedar)],
        "terms": ["release-first"], "terms_line": "Ask Maria Lopez.", "contact": "director",
        "signed_on": "2026-11-12", "expires_on": "2026-12-01", "review_on": "",
    }  # fmt: skip
    warned = visitor.send("/network/agreements/new", data)
    assert warned.status_code == 422
    assert "This looks like a name." in text_of(warned)
    answer = visitor.send("/network/agreements/new", {**data, "terms_line": ""}, follow=False)
    assert answer.status_code == 303
    paper = answer.headers["Location"]
    page = text_of(visitor.open(paper))
    for words in (
        "An agreement never replaces a person’s own release.",
        "Nothing about a person passes without that person’s release",
        "Ends within 30 days",
        "Director",
    ):
        assert words in page, words
    renewed = {**data, "version": "1", "terms_line": "", "expires_on": "2027-11-12"}
    answer = visitor.send(f"{paper}/renew", renewed, follow=False)
    assert answer.status_code == 303
    assert visitor.send(f"{paper}/renew", renewed, follow=False).status_code == 409
    page = text_of(visitor.open(answer.headers["Location"]))
    assert "Agreement, version 2" in page
    assert "Earlier versions" in page
    assert statements(visitor, paper) <= MOST
    assert visitor.send(f"{paper}/end", follow=False).status_code == 303
    assert visitor.send(f"{paper}/end", follow=False).status_code == 404
    assert "ended before its time" in text_of(visitor.open(paper))
    assert desk["birch.advocate"].open(paper).status_code == 404


def test_whatever_is_typed_into_a_form_of_the_desk_gets_an_answer_and_writes_nothing_odd(
    sqlite_desk: Desk,
) -> None:
    visitor, small = sqlite_desk[COORDINATOR], sqlite_desk.small
    good = {
        "/network/gaps/take": {
            "key": NIGHT,
            "version": "9",
            "owner": str(small.birch.member_id),
            "next_step": "Ask.",
            "due_on": "2026-12-01",
            "effect": "raises",
            "whom": "survivors",
            "safety_line": "",
        },
        "/network/gaps/plan": {"key": NIGHT},
        "/network/agreements/promise": {
            "pathway-from_member": str(small.alder.member_id),
            "pathway-to_member": str(small.alder.member_id),
            "pathway-need": "advocacy",
        },
        "/network/agreements/new": {
            "version": "0",
            "parties": str(small.alder.member_id),
            "contact": "director",
            "terms": "release-first",
            "needs": "advocacy",
            "terms_line": "",
            "signed_on": "2026-01-01",
            "review_on": "",
            "expires_on": "",
        },
        "/network/agreements/protocol": {
            "protocol-first": str(small.dune.compartment_id),
            "protocol-second": str(small.alder.member_id),
            "protocol-signed_on": "2026-01-01",
            "protocol-expires_on": "",
        },
    }
    visitor.open("/network/gaps")
    raw = tuple(part.decode("latin-1") for part in RAW)
    for path, fields in good.items():
        for number, name in enumerate(fields):
            for value in (*tried_on(number), *raw):
                if (name, value) == ("version", "0"):
                    continue  # nobody has taken it: this is how it is taken
                answer = visitor.send(path, {**fields, name: value}, follow=False)
                assert answer.status_code in {200, 400, 404, 409, 422}, (path, name, value[:40])
    assert "No owner yet" in text_of(visitor.open("/network/gaps"))
