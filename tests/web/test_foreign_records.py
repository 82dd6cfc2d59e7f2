"""Whatever is not one's own looks like whatever is not there: the same bytes, and no row changes.

The addresses are made from the routes, so that a new one is tried without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from ccr.adapters.clock import utc_now
from ccr.policy.identity import Role
from ccr.services.accounts import terminal_identity
from ccr.services.api_keys import create_key
from ccr.storage.db import db
from ccr.storage.models.referrals import ReferralRow
from ccr.web.access import access_of
from tests.loop import dump
from tests.people import make_network, make_team
from tests.small_directory import make_small_directory
from tests.web.conftest import Visitor
from tests.web.journey import Desk, text_of

STRANGERS = (
    "cedar.worker",
    "cedar.agency_admin",
    "dune.facilitator",
    "coordination.coordinator",
    "coordination.system_admin",
    "coordination.auditor",
    "elsewhere.worker",
    "anonymous",
    "key",
)
NO_RESULT = UUID("00000000-0000-4000-8000-000000000000")
_TOKEN = re.compile(
    rb'(name="(?:csrf_token|once)"[^>]*value=|<meta name="csrf-token" content=)"[^"]+"'
)


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        small = make_small_directory(at=now)
        elsewhere = make_team(make_network("Elsewhere", at=now), "Elm House", Role.WORKER, at=now)
        small.emails["elsewhere.worker"] = elsewhere.email
        yield Desk(sqlite_app, small)


@pytest.fixture
def records(desk: Desk) -> dict[str, UUID]:
    """Return what Alder has: sent and accepted, a draft, and what is no longer there."""
    states = ("sent", "accepted", "recalled", "error")
    made = {name: desk.send(question="Lunch?") for name in states}
    made |= {"draft": desk.draft(), "deleted": desk.draft()}
    desk.as_receiver(made["accepted"], "accept")
    desk.as_sender(made["recalled"], "recall")
    desk.as_sender(made["error"], "enter-in-error")
    desk["alder.worker"].send(f"/desk/referrals/{made['deleted']}/throw-away")
    return made


def routes_of_one_record(app: Flask) -> list[Rule]:
    """Return every route of the desk that names one record."""
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk") and rule.arguments & {"referral_id", "draft_id"}
    ]
    assert len(rules) >= 14
    return rules


def addresses(app: Flask, record_id: UUID, *, under: str = "") -> list[tuple[str, str]]:
    """Return (method, path) of every address of one record."""
    found = []
    for rule in routes_of_one_record(app):
        if under and under not in rule.rule:
            continue
        # A result that somebody else gave is looked for beside their referral.
        others = rule.arguments - {"referral_id", "draft_id", "risk_id"}
        acts = [""]
        if others:
            assert others == {"act"}, f"{rule}: say in this test what it is opened with"
            converter = rule._converters["act"]
            assert isinstance(converter, AnyConverter)
            acts = sorted(converter.items)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            for act in acts:
                values = {
                    "referral_id": record_id,
                    "draft_id": record_id,
                    "risk_id": NO_RESULT,
                    "act": act,
                }
                built = rule.build({k: v for k, v in values.items() if k in rule.arguments})
                assert built is not None
                found.append((method, built[1]))
    return found


def everything(desk: Desk) -> dict[str, Any]:
    """Return fields that every form of the desk would take."""
    until = (utc_now() + timedelta(days=3)).date().isoformat()
    return {
        "reason": "conflict",
        "note": "A text.",
        "until": until,
        "outcome": "unknown",
        "kind": "no-answer",
        "still_safe": "yes",
        "how": "written",
        "needs": ["advocacy"],
        "urgency": "standard",
        "track": "survivor",
        "near": "Troy, NY",
        "transport": "car",
        "service_id": str(desk.small.birch_service_id),
        "agreed": "y",
        "chosen_by": "survivor",
        "feedback": "no",
        "question": "A question?",
    }


def browser(desk: Desk, who: str) -> Visitor:
    """Return the browser of somebody; "key" is a machine with a key of Cedar's."""
    if who in desk.browsers:
        return desk.browsers[who]
    if who == "key":
        key = create_key(
            terminal_identity("Test network"),
            "Cedar House (demo)",
            ["routes", "referrals"],
            at=utc_now(),
        )
        visitor = desk.browsers[who] = Visitor(desk.app.test_client())
        visitor.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    visitor = desk[who]
    if who in {"anonymous", "key"}:
        visitor.open("/sign-in")
    return visitor


def said(answer: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Return all that an answer says, without the token of its form."""
    headers = [(k, v) for k, v in answer.headers if k not in {"Set-Cookie", "Date"}]
    return answer.status_code, _TOKEN.sub(b"", answer.get_data()), headers


def ask(visitor: Visitor, method: str, path: str, fields: dict[str, Any]) -> TestResponse:
    return visitor.open(path) if method == "GET" else visitor.send(path, fields, follow=False)


def try_all(
    desk: Desk, who: str, records: dict[str, UUID], *, under: str = ""
) -> tuple[int, set[int]]:
    """Try every address of records; each answer is that of a random id. Return how many."""
    visitor, fields = browser(desk, who), everything(desk)
    absent = uuid4()
    expected = {
        (method, path.replace(str(absent), "ID")): said(ask(visitor, method, path, fields))
        for method, path in addresses(desk.app, absent, under=under)
    }
    before, tried = dump(), 0
    for name, record_id in records.items():
        for method, path in addresses(desk.app, record_id, under=under):
            answer = said(ask(visitor, method, path, fields))
            assert answer == expected[method, path.replace(str(record_id), "ID")], (name, path)
            tried += 1
    assert dump() == before
    return tried, {status for status, _, _ in expected.values()}


@pytest.mark.parametrize("who", STRANGERS)
def test_a_record_of_others_is_answered_like_one_that_is_not_there(
    desk: Desk, records: dict[str, UUID], who: str
) -> None:
    tried, statuses = try_all(desk, who, records)
    assert tried >= 200
    # Somebody without an account is sent to sign-in, whatever is there.
    # 422: what was typed is refused before anything is looked for, whatever is there.
    assert statuses <= ({303} if who in {"anonymous", "key"} else {404, 422})


def test_a_receiver_never_opens_a_draft_nor_what_was_taken_back(
    desk: Desk, records: dict[str, UUID]
) -> None:
    hidden = {name: records[name] for name in ("draft", "deleted", "recalled", "error")}
    _, statuses = try_all(desk, "birch.advocate", hidden)
    assert statuses <= {404, 422}


def test_neither_side_does_what_is_the_other_sides(desk: Desk, records: dict[str, UUID]) -> None:
    both = {name: records[name] for name in ("sent", "accepted")}
    assert try_all(desk, "alder.worker", both, under="/as-receiver/")[1] == {404}
    for under in ("/as-sender/", "/slip", "/card", "<uuid:draft_id>"):
        assert try_all(desk, "birch.advocate", both, under=under)[1] == {404}


def test_the_programs_own_people_open_all_of_it(desk: Desk, records: dict[str, UUID]) -> None:
    for who in ("alder.worker", "alder.agency_admin"):
        for end in ("", "/slip", "/card"):
            assert desk[who].open(f"/desk/referrals/{records['sent']}{end}").status_code == 200
        assert desk[who].open(f"/desk/referrals/{records['draft']}/need").status_code == 200
    for who in ("birch.advocate", "birch.agency_admin"):
        assert desk[who].open(f"/desk/referrals/{records['sent']}").status_code == 200


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SYSTEM_ADMIN, Role.AUDITOR])
def test_those_who_run_the_network_see_no_code_no_referral_and_no_count_of_any(
    desk: Desk, records: dict[str, UUID], role: Role
) -> None:
    codes = [code for code in db.session.scalars(db.select(ReferralRow.code)) if code]
    db.session.rollback()
    assert len(codes) == 4
    visitor = desk[f"coordination.{role}"]
    opened = 0
    for rule in desk.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.arguments or "static" in rule.endpoint:
            continue
        if rule.endpoint in {"home.exit", "security.logout"} or "mf_" in rule.endpoint:
            continue
        if rule.endpoint.startswith("security.") and access_of(desk.app, rule.endpoint) == "public":
            continue
        answer = visitor.open(rule.rule)
        opened += answer.status_code == 200
        page = text_of(answer)
        assert not any(code in page for code in codes)
        assert not any(str(record_id) in page for record_id in records.values())
    assert opened >= 5
    for path in ("/desk/inbox", "/desk/outbox", "/desk/follow-ups", "/desk/referrals/new"):
        assert visitor.open(path).status_code == 404
    found = visitor.send("/desk/inbox/code", {"code": codes[0]}, follow=False)
    assert found.status_code == 404


def test_words_of_another_programs_referral_open_nothing(
    desk: Desk, records: dict[str, UUID]
) -> None:
    code = db.session.scalar(db.select(ReferralRow.code).filter_by(id=records["accepted"]))
    db.session.rollback()
    own, other = desk["birch.advocate"], desk["cedar.worker"]
    for visitor in (own, other):
        visitor.open("/desk/inbox")
    assert own.send("/desk/inbox/code", {"code": code}, follow=False).status_code == 303
    answers = [
        text_of(other.send("/desk/inbox/code", {"code": words}, follow=False)).replace(words, "")
        for words in (code, "not these four words")
    ]
    assert len({_TOKEN.sub(b"", page.encode()) for page in answers}) == 1
