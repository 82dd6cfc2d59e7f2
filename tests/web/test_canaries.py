"""Marked words go through the whole journey; each may come out at its own side, or nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from ccr.policy.identity import Role
from ccr.services import delivery, followups
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import LocationRow
from ccr.storage.models.referrals import ReferralEventRow, ReferralRow
from tests.loop import dump, world
from tests.people import make_team
from tests.small_directory import make_small_directory
from tests.web.conftest import Visitor
from tests.web.journey import Desk, text_of

NOBODY: frozenset[str] = frozenset()
SENDER, RECEIVER = frozenset({"alder"}), frozenset({"birch"})
BOTH = SENDER | RECEIVER
EXCLUDED = "Canaryoak Clinic (demo)"
PRIVATE = "518-555-7713"
# Every free text that somebody types, and the programs whose pages may show it.
TYPED: dict[str, frozenset[str]] = {
    "canaryquestion": BOTH,
    "canaryasked": BOTH,
    "canaryanswer": BOTH,
    "canaryreceivernote": RECEIVER,
    "canarysafetyreason": RECEIVER,
    "canarydraftquestion": SENDER,
    "canarynowhere": SENDER,
    "tRoY, nY": SENDER,
    "canaryoak": NOBODY,
    "canarynobody": NOBODY,
    "canarynotnear": NOBODY,
    "canaryothercode": NOBODY,
    "canarycodesearch": RECEIVER,
    "canaryfailing": BOTH,
    "555-7713": NOBODY,
    "5557713": NOBODY,
    "canarystreet": NOBODY,
}
_TITLE = re.compile(r"<title>(.*?)</title>", re.S)


@dataclass
class Heard:
    """One answer: who got it, to what, and all of it as text."""

    who: str
    path: str
    status: int
    headers: str
    body: str


@dataclass
class Listener(Visitor):
    """A browser that keeps every answer."""

    heard: list[TestResponse] = field(default_factory=list)

    def _seen(self, response: TestResponse) -> TestResponse:
        self.heard.append(response)
        return super()._seen(response)


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        small = make_small_directory(at=now, private_phone=PRIVATE)
        make_team(small.network_id, EXCLUDED, Role.WORKER, at=now, email="oak@example.org")
        yield Desk(sqlite_app, small, kind=Listener)


def heard(desk: Desk) -> list[Heard]:
    return [
        Heard(who, r.request.path, r.status_code, str(r.headers), text_of(r))
        for who, visitor in desk.browsers.items()
        if isinstance(visitor, Listener)
        for r in visitor.heard
    ]


def walk_the_whole_way(desk: Desk, clock: time_machine.Traveller) -> UUID:
    """Type every marked word where it belongs; return the referral."""
    search = {"needs": ["advocacy"], "urgency": "standard", "track": "survivor"}
    alder = desk["alder.worker"]
    alder.open("/desk/find")
    for near, exclude in (
        ("canarynowhere", ""),
        ("12180", "canarynobody"),
        ("12180", EXCLUDED),
        ("tRoY, nY", EXCLUDED),
    ):
        alder.send("/desk/find", {**search, "near": near, "exclude": exclude, "transport": "car"})
    alder.send("/desk/find", {**search, "near": "12180", "not_near": "canarynotnear"})
    thrown_away = desk.draft(question="A canarydraftquestion?", exclude=EXCLUDED)
    for step in ("need", "place", "partners", "share", "check"):
        alder.open(f"/desk/referrals/{thrown_away}/{step}")
    alder.send(f"/desk/referrals/{thrown_away}/place", {"near": "canarynowhere"}, follow=False)
    alder.send(f"/desk/referrals/{thrown_away}/place", {"near": "12180", "exclude": "canarynobody"})
    for name, typed in (("not_near", "canarynotnear"), ("other_code", "canaryothercode")):
        alder.send(f"/desk/referrals/{thrown_away}/place", {"near": "12180", name: typed})
    alder.send(f"/desk/referrals/{thrown_away}/throw-away")

    referral_id = desk.send(
        near="tRoY, nY", exclude=EXCLUDED, question="A canaryquestion?", feedback=True
    )
    birch = desk["birch.advocate"]
    page = f"/desk/referrals/{referral_id}"
    birch.open("/desk/inbox")
    birch.open(page)
    assert "canaryquestion" not in text_of(birch.open(page))  # not before accepting
    desk.as_receiver(referral_id, "ask", note="Is canaryasked true?")
    alder.open(page)
    desk.as_sender(referral_id, "answer", note="Yes, canaryanswer.")
    desk.as_receiver(referral_id, "accept")
    desk.as_receiver(referral_id, "note", note="Only us: canaryreceivernote.")
    for _ in range(4):
        desk.as_receiver(referral_id, "attempt", kind="no-answer", still_safe="yes")
    desk.as_receiver(
        referral_id,
        "attempt",
        who="birch.agency_admin",
        kind="no-answer",
        still_safe="yes",
        safety_reason="Safe, canarysafetyreason.",
    )
    birch.send("/desk/inbox/code", {"code": "canarycodesearch words"}, follow=False)
    desk.as_receiver(referral_id, "connect")
    desk.as_receiver(referral_id, "confirm-release", how="written")
    desk.as_receiver(referral_id, "close", outcome="service-completed")
    met = {"live-how": "video", "live-by": "officer", "live-to": "advocate"}
    desk.as_sender(referral_id, "live-hand-off", **met)
    return referral_id


def look_everywhere(desk: Desk, referral_id: UUID) -> None:
    """Open every page of everybody, those of one record too."""
    for who in [*desk.small.emails, "anonymous"]:
        for rule in desk.app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or "static" in rule.endpoint:
                continue
            if rule.endpoint.startswith("security.") or rule.endpoint == "home.exit":
                continue
            values = {"referral_id": referral_id, "draft_id": referral_id, "language": "es"}
            if rule.arguments <= values.keys():
                built = rule.build({k: v for k, v in values.items() if k in rule.arguments})
                assert built is not None
                desk[who].open(built[1])
        for query in (
            "inbox?tab=closed",
            "inbox?tab=in-progress",
            "outbox?group=taken",
            "outbox?group=done",
            "outbox?group=draft",
        ):
            desk[who].open(f"/desk/{query}")


def test_what_was_typed_comes_out_at_its_own_side_or_nowhere(
    desk: Desk, now: datetime, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.app.config["PROPAGATE_EXCEPTIONS"] = False
    with time_machine.travel(now, tick=False) as clock:
        referral_id = walk_the_whole_way(desk, clock)
        look_everywhere(desk, referral_id)
        followups.run_clocks(world(), at=now + timedelta(days=1))
        for after in (timedelta(minutes=5), timedelta(days=4)):
            delivery.deliver(world(), at=now + after)
    answers = heard(desk)
    assert len(answers) > 300
    assert not [a for a in answers if a.status >= 500 and a.path not in {"/readyz"}]
    code = db.session.scalar(db.select(ReferralRow.code).filter_by(id=referral_id))
    db.session.rollback()
    assert code
    allowed = {word.casefold(): sides for word, sides in TYPED.items()}
    del allowed["troy, ny"]  # the town itself is a fact that was agreed to; see below
    allowed[code.casefold()] = BOTH
    for answer in answers:
        team = answer.who.partition(".")[0]
        title = "".join(_TITLE.findall(answer.body)).casefold()
        body, headers = answer.body.casefold(), answer.headers.casefold()
        for word, sides in allowed.items():
            assert word not in headers, (word, answer.who, answer.path)
            assert word not in title, (word, answer.who, answer.path)
            assert word not in answer.path.casefold(), (word, answer.path)
            # It is also the name of a member: the network desk lists every member, typed or not.
            is_listed = word == "canaryoak" and answer.path.startswith("/network/")
            if team not in sides and not is_listed:
                assert word not in body, (word, answer.who, answer.path)
        if team != "alder":
            assert "tRoY" not in answer.body
    # Each word that may come out does: a sweep that finds nothing anywhere proves nothing.
    all_bodies = "".join(answer.body.casefold() for answer in answers)
    for word, sides in allowed.items():
        if sides and word not in {"canaryfailing"}:
            assert word in all_bodies, word

    secrets = [*TYPED, EXCLUDED, PRIVATE, code]
    sweep(capfd.readouterr().err, secrets, "log")
    mails = [path.read_text() for path in (tmp_path / "outbox").iterdir()]
    assert len(mails) >= 2
    for mail in mails:
        sweep(mail, [*secrets, str(referral_id), "advocacy", "(demo)", "Hospital"], "mail")


def test_the_database_file_holds_no_free_text_and_no_search_in_clear(
    desk: Desk, now: datetime, tmp_path: Path
) -> None:
    with time_machine.travel(now, tick=False) as clock:
        walk_the_whole_way(desk, clock)
    with pytest.raises(IntegrityError), unit_of_work():
        place = {"address_1": "9 canarystreet", "location_type": "physical"}
        row = db.session.get(LocationRow, desk.small.cedar_location_id)
        for name, value in place.items():
            setattr(row, name, value)
        db.session.flush()
    files = sorted(tmp_path.glob("ccr.db*"))
    assert any(path.name.endswith("-wal") for path in files)
    raw = b"".join(path.read_bytes() for path in files)
    kept_in_the_directory = {"canaryoak", "555-7713", "5557713"}
    for word in TYPED.keys() - kept_in_the_directory:
        assert word.encode() not in raw, word
        assert word.casefold().encode() not in raw or word == "tRoY, nY", word
    # An exclusion is an id in a sealed text: nothing of a referral points at the member.
    excluded = db.session.scalar(db.text("SELECT id FROM member WHERE name LIKE 'Canaryoak%'"))
    rows = dump(without=frozenset({"member", "compartment", "account"}))
    assert str(excluded) not in repr(rows).replace("-", "")


@pytest.mark.parametrize(
    ("broken", "who", "path", "data"),
    [
        (
            "ccr.services.referral_acts.save_clocks",
            "birch.advocate",
            "/desk/referrals/{id}/as-receiver/ask",
            {"note": "canaryfailing"},
        ),
        (
            "ccr.services.referral_acts.save_referral",
            "birch.advocate",
            "/desk/referrals/{id}/as-receiver/decline",
            {"reason": "conflict"},
        ),
        (
            "ccr.services.referrals.append_event",
            "birch.advocate",
            "/desk/referrals/{id}/as-receiver/note",
            {"note": "canaryfailing"},
        ),
        (
            "ccr.services.draft_keeping.seal",
            "alder.worker",
            "/desk/referrals/new",
            {"needs": ["advocacy"], "urgency": "standard", "track": "survivor"},
        ),
        (
            "ccr.services.draft_views.shared_facts",
            "alder.worker",
            "/desk/referrals/{draft}/share",
            {"agreed": "y", "question": "canaryfailing", "feedback": "no"},
        ),
        (
            "ccr.services.sending_steps.save_clocks",
            "alder.worker",
            "/desk/referrals/{draft}/check",
            {},
        ),
        (
            "ccr.services.routing._read",
            "alder.worker",
            "/desk/find",
            {
                "needs": ["advocacy"],
                "near": "canaryfailing",
                "urgency": "standard",
                "track": "survivor",
                "transport": "car",
            },
        ),
        (
            "ccr.services.referral_desk.find_by_code",
            "birch.advocate",
            "/desk/inbox/code",
            {"code": "canaryfailing"},
        ),
    ],
)
def test_an_error_in_the_middle_tells_nothing_and_leaves_nothing_half_done(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    broken: str,
    who: str,
    path: str,
    data: dict[str, object],
) -> None:
    desk.app.config["PROPAGATE_EXCEPTIONS"] = False
    referral_id, draft_id = desk.send(), desk.draft()
    if path.endswith("/note"):
        desk.as_receiver(referral_id, "accept")
    desk[who].open("/account")
    before = dump(without=frozenset({"attempt"}))

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError(f"canaryfailing {args} {kwargs}")

    monkeypatch.setattr(broken, fail)
    where = path.format(id=referral_id, draft=draft_id)
    answer = desk[who].send(where, data, follow=False)
    assert answer.status_code == 500
    assert "Traceback" not in text_of(answer)
    sweep(text_of(answer) + str(answer.headers), ["canaryfailing", "RuntimeError", "ccr/"], "page")
    assert dump(without=frozenset({"attempt"})) == before
    log = capfd.readouterr().err
    assert "RuntimeError" in log
    sweep(log, ["canaryfailing", str(referral_id), str(draft_id), "Traceback"], "log")


def test_a_note_is_sealed_for_its_own_place_and_opens_nowhere_else(desk: Desk) -> None:
    desk.app.config["PROPAGATE_EXCEPTIONS"] = False
    first, second = desk.send(question="A canaryquestion?"), desk.send()
    for referral_id in (first, second):
        desk.as_receiver(referral_id, "accept")
        desk.as_receiver(referral_id, "note", note=f"Note canary{referral_id}")
    with unit_of_work():
        notes = {
            row.referral_id: row
            for row in db.session.query(ReferralEventRow).filter_by(action="note")
        }
        notes[second].note_sealed = notes[first].note_sealed
    page = text_of(desk["birch.advocate"].open(f"/desk/referrals/{second}"))
    assert "These words cannot be read any more." in page
    assert f"canary{first}" not in page


def sweep(text: str, words: list[str], where: str) -> None:
    for word in words:
        assert word.casefold() not in text.casefold(), (word, where)
