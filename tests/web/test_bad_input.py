"""Whatever is typed, pasted, forged or cut off: a clear answer, no 5xx, nothing half written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_from_bytes, urlencode
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccr.storage.db import db
from ccr.storage.queries import verification
from tests.directory_rows import Statements
from tests.loop import dump
from tests.small_directory import make_small_directory
from tests.web.conftest import Visitor
from tests.web.journey import Desk, let_in, text_of

NAUGHTY: tuple[str, ...] = (
    "",
    " ",
    "Null",
    "None",
    "undefined",
    "true",
    "0",
    "-1",
    "1e309",
    "NaN",
    "1" * 5000,
    "١٢",
    "²",
    "Ⅻ",
    "\x00",
    "a\x00b",
    "\u202etxt.exe",
    "\ufeff",
    "\u0085\u2028",
    "😀" * 60,
    "e" + "\u0301" * 300,
    "ﷺ" * 40,
    "O'Brien-Ñuñez",
    "' OR 1=1 --",
    "'; DROP TABLE referral;--",
    "%' AND '%'='",
    "{{ 7 * 7 }}",
    "${7*7}",
    "{% raw %}",
    "%(county)s",
    "%s%n%d",
    "<script>alert(1)</script>",
    '" onfocus="alert(1)',
    "../../etc/passwd",
    "\r\nSet-Cookie: a=b",
    "=cmd|' /C calc'!A0",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "x" * 100_000,
    "00000000-0000-0000-0000-000000000000",
    "v1.x.y",
    "[]",
    '["a"]',
)
ENGINES_DIFFER = ("a\x00b", "'; DROP TABLE referral;--", "x" * 100_000)
RAW: tuple[bytes, ...] = (b"\xed\xa0\x80", b"\xff\xfe\x00", b"\xc0\xaf", b"\xf5\x80\x80\x80")
"""A lone surrogate, a byte order mark with a NUL, an overlong slash, beyond Unicode."""
FIND = {
    "needs": "advocacy",
    "near": "Troy, NY",
    "track": "survivor",
    "urgency": "standard",
    "language": "",
    "access": "",
    "age_band": "",
    "gender": "",
    "transport": "car",
    "children": "",
    "exclude": "",
    "not_near": "",
    "not_near_km": "8",
    "other_code": "",
    "carried": "",
}
# Counted tries, and the time a person was last seen, are no records of anybody.
ASIDE = frozenset({"attempt", "used_token", "unmet_need", "read_mark"})
# What is read is audited; the end of a session makes the account's cookies worthless.
WATCHED = frozenset({"audit_event", "audit_head", "account"})


@dataclass(frozen=True)
class Form:
    """A form of the desk with fields that are right, but for the one that is tried."""

    who: str
    path: str
    fields: dict[str, str]


FORMS = (
    Form("alder.worker", "/desk/find", FIND),
    Form(
        "alder.worker",
        "/desk/find/unmet",
        {"needs": "pets", "county": "36083", "token": str(uuid4())},
    ),
    Form(
        "alder.worker",
        "/desk/referrals/new",
        {"needs": "advocacy", "urgency": "standard", "track": "survivor"},
    ),
    Form("alder.worker", "/desk/referrals/new", {**FIND, "service_id": ""}),
    Form(
        "alder.worker",
        "/desk/referrals/{draft}/need",
        {"needs": "advocacy", "urgency": "standard", "track": "survivor"},
    ),
    Form(
        "alder.worker",
        "/desk/referrals/{draft}/place",
        {k: v for k, v in FIND.items() if k not in {"needs", "track", "urgency"}},
    ),
    Form("alder.worker", "/desk/referrals/{draft}/partners", {"service_id": ""}),
    Form(
        "alder.worker",
        "/desk/referrals/{draft}/share",
        {"agreed": "y", "question": "", "chosen_by": "survivor", "feedback": "no"},
    ),
    Form("alder.worker", "/desk/referrals/{asked}/as-sender/answer", {"note": ""}),
    Form("alder.worker", "/desk/referrals/{declined}/as-sender/close", {"outcome": ""}),
    Form("birch.advocate", "/desk/inbox/code", {"code": ""}),
    Form(
        "alder.worker",
        "/directory",
        {
            "words": "",
            "near": "",
            "need": "",
            "language": "",
            "hours": "",
            "access": "",
            "sort": "best",
            "page": "1",
        },
    ),
    Form(
        "coordination.coordinator",
        "/directory/services/{listing}/needs",
        {"needs": "advocacy", "tracks": "survivor", "version": "1"},
    ),
    Form("coordination.coordinator", "/directory/services/{listing}/edit/what", {"name": "A"}),
    Form(
        "coordination.coordinator",
        "/directory/services/{listing}/edit/contact",
        {"phones-0-number": "", "url": ""},
    ),
    Form("coordination.coordinator", "/directory/services/{listing}/edit/where", {"areas": ""}),
    Form("coordination.coordinator", "/directory/members/{member}", {"name": "A", "email": ""}),
    Form("alder.worker", "/directory/services/{listing}/report", {"issue": "phone"}),
    Form("anonymous", "/services/{listing}/suggest", {"issue": "phone", "words": ""}),
    Form("birch.advocate", "/desk/referrals/{sent}/as-receiver/decline", {"reason": ""}),
    Form("birch.advocate", "/desk/referrals/{sent}/as-receiver/waitlist", {"until": ""}),
    Form("birch.advocate", "/desk/referrals/{taken}/as-receiver/hold", {"until": ""}),
    Form("birch.advocate", "/desk/referrals/{taken}/as-receiver/note", {"note": ""}),
    Form(
        "birch.agency_admin",
        "/desk/referrals/{taken}/as-receiver/attempt",
        {"kind": "no-answer", "still_safe": "yes", "safety_reason": ""},
    ),
    Form("birch.advocate", "/desk/referrals/{taken}/as-receiver/close", {"outcome": ""}),
    Form("birch.advocate", "/desk/referrals/{taken}/as-receiver/confirm-release", {"how": ""}),
    Form(
        "alder.worker",
        "/desk/referrals/{sent}/as-sender/phone-decline",
        {"told_by": "advocate", "reason": ""},
    ),
    Form("coordination.coordinator", "/network/members/{member}/way", {"way": ""}),
    Form("coordination.coordinator", "/network/members/{member}/invite", {"compartment_id": ""}),
    Form("birch.agency_admin", "/account/colleagues/invite", {"role": ""}),
    Form("birch.agency_admin", "/account/webhooks", {"url": ""}),
    Form("anonymous", "/invited", {"code": ""}),
    Form("alder.worker", "/language/es", {"back": ""}),
    Form(
        "alder.worker",
        "/account/password",
        {"password": "x", "new_password": "x", "new_password_confirm": "x"},
    ),
)


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))
        broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
        assert broken == {}


@pytest.fixture
def ids(desk: Desk) -> dict[str, UUID]:
    made = {"listing": desk.small.cedar_service_id, "member": desk.small.cedar.member_id}
    made |= {"draft": desk.draft(), "sent": desk.send(), "asked": desk.send()}
    made |= {"declined": desk.send(), "taken": desk.send(feedback=True)}
    made["member"] = desk.small.cedar.member_id
    desk.as_receiver(made["asked"], "ask", note="When?")
    desk.as_receiver(made["declined"], "decline", reason="conflict")
    desk.as_receiver(made["taken"], "accept")
    return made


def records(*, without: frozenset[str] = ASIDE) -> dict[str, list[tuple[object, ...]]]:
    return dump(without=without)


def tried_on(number: int) -> tuple[str, ...]:
    """Return what is typed into the field of this number.

    All of it with --full. Else what engines differ about (NUL, signs of SQL, length), and on SQLite
    every fourth value besides, another fourth for the next field.
    """
    if "CCR_TEST_FULL" in os.environ:
        return NAUGHTY
    on_sqlite = db.session.get_bind().dialect.name == "sqlite"
    return tuple(dict.fromkeys((*ENGINES_DIFFER, *(NAUGHTY[number % 4 :: 4] if on_sqlite else ()))))


NO_TOKEN = ("finder.", "suggestions.", "check_links.", "answer_links.")
"""Public forms without a cookie: they say where they come from instead."""
_WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


def writes(run: Statements) -> set[str]:
    """Return the tables that statements wrote to; looking at all rows each time takes minutes."""
    return {found[1] for text in run.texts if (found := _WRITES.match(text))}


@pytest.mark.timeout(900)
def test_no_field_of_any_form_breaks_on_naughty_text(desk: Desk, ids: dict[str, UUID]) -> None:
    tried = fields = 0
    for form in FORMS:
        visitor, path = desk[form.who], form.path.format(**ids)
        start = "/invited" if form.who == "anonymous" else "/account"
        visitor.open(path.partition("/as-")[0] if "/as-" in path else start)
        before = records(without=ASIDE | WATCHED)
        for name in form.fields:
            fields += 1
            for value in tried_on(fields):
                with Statements() as run:
                    answer = visitor.send(path, {**form.fields, name: value}, follow=False)
                where = (path, name, value[:40])
                assert answer.status_code < 500, where
                assert answer.headers.get("Location", "/").startswith("/"), where
                assert not answer.headers.get("Location", "").startswith("//"), where
                assert "Set-Cookie: a=b" not in str(answer.headers), where
                if answer.status_code >= 400:
                    assert "<script>alert(1)" not in text_of(answer), where
                if writes(run) - ASIDE - WATCHED:
                    after = records(without=ASIDE | WATCHED)
                    assert answer.status_code < 400 or after == before, where
                    before = after
                tried += 1
    assert fields >= 60
    assert tried >= 3 * fields


def test_no_field_breaks_on_bytes_that_are_no_text(desk: Desk, ids: dict[str, UUID]) -> None:
    for form in FORMS:
        visitor, path = desk[form.who], form.path.format(**ids)
        visitor.open("/invited" if form.who == "anonymous" else "/account")
        for name in form.fields:
            rest = urlencode({"csrf_token": visitor.token, **form.fields, name: ""})
            for value in RAW:
                body = rest.replace(f"{name}=", f"{name}={quote_from_bytes(value)}", 1)
                answer = visitor.client.post(
                    path, data=body, content_type="application/x-www-form-urlencoded"
                )
                assert answer.status_code < 500, (path, name, value)


def test_what_looks_like_markup_is_text_on_every_page(desk: Desk, ids: dict[str, UUID]) -> None:
    birch = desk["birch.advocate"]
    for text in (
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}",
        "%(county)s %s",
        "\u202etxt",
    ):
        assert desk.as_receiver(ids["taken"], "note", note=text).status_code == 303
        page = text_of(birch.open(f"/desk/referrals/{ids['taken']}"))
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<p>49" not in page
        assert text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;") in page


@pytest.mark.parametrize("argument", ["inbox?tab", "inbox?page", "outbox?group", "outbox?page"])
def test_no_argument_of_an_address_breaks(desk: Desk, argument: str) -> None:
    visitor = desk["alder.worker"]
    for value in NAUGHTY[:-6]:
        if len(value) < 6000:
            quoted = urlencode({"x": value}).partition("=")[2]
            assert visitor.open(f"/desk/{argument}={quoted}").status_code in {200, 404}, value[:40]
    for value in RAW:
        answer = visitor.open(f"/desk/{argument}={quote_from_bytes(value)}")
        assert answer.status_code in {200, 400, 404}


def test_an_address_that_names_nothing_is_not_there(desk: Desk, ids: dict[str, UUID]) -> None:
    sent = str(ids["sent"])
    for part in (
        "x",
        "1",
        "%00",
        sent[:-1],
        sent + "0",
        sent.replace("-", ""),
        "{" + sent + "}",
        "..%2f..",
        "%ED%A0%80",
        "new%00",
        "x" * 3000,
    ):
        for end in ("", "/slip", "/check", "/as-receiver/accept"):
            answer = desk["alder.worker"].open(f"/desk/referrals/{part}{end}")
            assert answer.status_code == 404, (part[:60], end)


def test_another_method_is_not_there_and_changes_nothing(desk: Desk, ids: dict[str, UUID]) -> None:
    visitor = desk["birch.advocate"]
    visitor.open("/account")
    for _ in range(2):  # the first look, and until when it was read, are written down
        visitor.open(f"/desk/referrals/{ids['sent']}")
    before = records()
    paths = (
        "/desk/inbox",
        "/desk/find",
        f"/desk/referrals/{ids['sent']}",
        f"/desk/referrals/{ids['sent']}/as-receiver/accept",
        "/account",
        "/",
    )
    for path in paths:
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
            answer = visitor.client.open(
                path, method=method, headers={"X-CSRFToken": visitor.token}
            )
            assert answer.status_code in {400, 404}, (method, path)
        override = visitor.client.get(path, headers={"X-HTTP-Method-Override": "POST"})
        assert override.status_code in {200, 404}
    accept = f"/desk/referrals/{ids['sent']}/as-receiver/accept"
    assert visitor.open(accept).status_code == 404  # a GET does nothing
    before.pop("audit_event"), before.pop("audit_head"), before.pop("referral_event")
    after = records()
    assert {table: after[table] for table in before} == before


def test_every_form_refuses_a_missing_and_a_foreign_token(desk: Desk, ids: dict[str, UUID]) -> None:
    """The token is asked for before anything else; without one no row changes."""
    other = desk["birch.advocate"]
    other.open("/account")
    visitor, before, tried = desk["alder.worker"], records(), 0
    values = {
        "referral_id": ids["sent"],
        "draft_id": ids["draft"],
        "code": "es",
        "act": "recall",
        "token": "x",
    }
    for rule in desk.app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint.startswith(("api.", "hsds.")):
            continue
        if not rule.arguments <= values.keys() or rule.endpoint.startswith(NO_TOKEN):
            continue  # the public forms have no token, and nothing that one could change
        chosen = {k: v for k, v in values.items() if k in rule.arguments}
        if "act" in chosen:
            known = re.findall(r"'([a-z-]+)'", rule.rule)
            chosen["act"] = next(a for a in ("recall", "accept", *known) if a in known)
        built = rule.build(chosen)
        assert built is not None
        for token in (None, "", "x", other.token, visitor.token[:-2]):
            data = {"needs": "advocacy"} | ({} if token is None else {"csrf_token": token})
            answer = visitor.client.post(built[1], data=data)
            assert answer.status_code == 400, (built[1], token)
            tried += 1
    assert tried >= 60
    assert records() == before


def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    desk: Desk, ids: dict[str, UUID]
) -> None:
    visitor = desk["birch.advocate"]
    visitor.open("/account")
    before = records()
    for path in (f"/desk/referrals/{ids['taken']}/as-receiver/note", "/desk/find", "/sign-in"):
        answer = visitor.send(path, {"note": "x" * 1_200_000}, follow=False)
        assert answer.status_code == 413
        assert "Traceback" not in text_of(answer)
    many = {f"field{n}": "x" for n in range(600)}
    answer = visitor.client.post(
        f"/desk/referrals/{ids['taken']}/as-receiver/note",
        data={**many, "csrf_token": "x"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 413
    assert records() == before


def test_bodies_that_are_no_forms_are_refused(desk: Desk, ids: dict[str, UUID]) -> None:
    visitor, path = desk["birch.advocate"], f"/desk/referrals/{ids['sent']}/as-receiver/ask"
    visitor.open(f"/desk/referrals/{ids['sent']}")
    before, token = records(without=ASIDE | WATCHED), {"X-CSRFToken": visitor.token}
    for body, kind in (
        (b'{"note": "x"}', "application/json"),
        (b"<a/>", "text/xml"),
        (b"\x00" * 100, ""),
        (
            b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nx',
            "multipart/form-data; boundary=x",
        ),
        (b"note=x", "multipart/form-data"),
        (b"note", "application/x-www-form-urlencoded"),
    ):
        answer = visitor.client.post(path, data=body, content_type=kind, headers=token)
        assert 400 <= answer.status_code < 500, kind
    assert records(without=ASIDE | WATCHED) == before


def test_a_field_that_is_repeated_or_unknown_changes_nothing_else(
    desk: Desk, ids: dict[str, UUID]
) -> None:
    """Fields that are not on the form are not written: no form takes a column by its name."""
    columns = (
        "state",
        "code",
        "version",
        "sender_compartment_id",
        "receiver_compartment_id",
        "network_id",
        "roles",
        "outcome",
        "accepted_at",
        "survivor_yes",
        "id",
    )
    forged = dict.fromkeys(columns, "forged") | {"receiver_compartment_id": str(uuid4())}
    before = {row[0]: row for row in records()["referral"]}
    answer = desk.as_receiver(ids["taken"], "note", note="Only this.", **forged)
    assert answer.status_code == 303
    assert {row[0]: row for row in records()["referral"]} == before
    answer = desk["alder.worker"].send(
        f"/desk/referrals/{ids['draft']}/need",
        {
            "needs": ["advocacy"] * 400,
            "urgency": ["standard", "immediate"],
            "track": "survivor",
            **forged,
        },
        follow=False,
    )
    assert answer.status_code == 303
    kept = {row[0]: row for row in records()["referral"]}
    changed = {key for key in kept if kept[key] != before[key]}
    assert changed == {repr(ids["draft"])}


def test_cookies_and_headers_that_are_nonsense_are_nobody(desk: Desk) -> None:
    for cookie in ("x", "a.b.c", "eyJhIjoxfQ.aaaa.bbbb", "x" * 4000, "\u202e", ""):
        visitor = Visitor(desk.app.test_client())
        visitor.client.set_cookie("session", cookie)
        answer = visitor.open("/desk/inbox")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    for language in ("\x01", "x" * 5000, "es;q=nan", "*;q=9999", "zz-ZZ-x-y"):
        answer = desk["anonymous"].open("/", headers={"Accept-Language": language})
        assert answer.status_code == 200


def test_an_account_that_was_forged_into_the_session_is_nobody(desk: Desk) -> None:
    visitor = Visitor(desk.app.test_client())
    let_in(visitor, desk.small.emails["alder.worker"])
    with visitor.client.session_transaction() as session:
        session["_user_id"] = "x' OR '1'='1"
    assert visitor.open("/desk/inbox").status_code == 303


@pytest.mark.parametrize("value", [v for v in NAUGHTY if 0 < len(v) < 6000][::3])
def test_sign_in_says_the_same_to_naughty_text(desk: Desk, value: str) -> None:
    visitor = desk["anonymous"]
    visitor.open("/sign-in")
    answer = visitor.send("/sign-in", {"email": value, "password": value}, follow=False)
    assert answer.status_code == 200
    assert "<script>alert(1)" not in text_of(answer)


def test_a_session_that_ended_while_somebody_typed_writes_nothing(
    app: Flask, now: datetime
) -> None:
    with time_machine.travel(now, tick=False) as clock:
        desk = Desk(app, make_small_directory(at=now))
        referral_id = desk.send()
        desk["birch.advocate"].open(f"/desk/referrals/{referral_id}")
        before = records(without=ASIDE | WATCHED)
        clock.shift(timedelta(minutes=16))
        answer = desk.as_receiver(referral_id, "accept")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
        assert records(without=ASIDE | WATCHED) == before


_CODES = st.sampled_from(["", "advocacy", "standard", "survivor", "car", "es", "18-24", "yes", "0"])
_ANY = st.one_of(_CODES, st.text(max_size=40), st.integers().map(str))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(fields=st.dictionaries(st.sampled_from(sorted(FIND)), _ANY), times=st.integers(1, 3))
def test_any_search_gets_an_answer(searching: Visitor, fields: dict[str, Any], times: int) -> None:
    sent = {**FIND, **fields, "needs": [fields.get("needs", "advocacy")] * times}
    text = {
        k: v.encode("utf-8", "replace").decode()
        if isinstance(v, str)
        else [one.encode("utf-8", "replace").decode() for one in v]
        for k, v in sent.items()
    }
    answer = searching.send("/desk/find", text, follow=False)
    assert answer.status_code in {200, 400, 422}


@pytest.fixture
def searching(sqlite_app: Flask, now: datetime) -> Iterator[Visitor]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))["alder.worker"]


def test_the_database_still_has_every_table(desk: Desk) -> None:
    desk["alder.worker"].open("/account")
    for value in ("'; DROP TABLE referral;--", "' UNION SELECT password FROM account --"):
        desk["alder.worker"].send("/desk/find", {**FIND, "near": value, "exclude": value})
        desk["birch.advocate"].send("/desk/inbox/code", {"code": value})
    assert db.session.execute(db.text("SELECT count(*) FROM referral")).scalar() == 0
    db.session.rollback()
