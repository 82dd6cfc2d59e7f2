"""Referrals through the API: the loop from need to outcome, by machines of two members."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from ccr.adapters.clock import utc_now
from ccr.api.referral_acts import ACTS, NAMES
from ccr.domain.clocks import Side
from ccr.services.accounts import terminal_identity
from ccr.services.api_keys import create_key
from ccr.storage.db import db
from ccr.storage.models.doors import DoneOnceRow
from ccr.storage.models.referrals import ReferralEventRow, ReferralRow
from tests.small_directory import SmallDirectory, make_small_directory

NEW = {"needs": ["advocacy"], "near": "Troy, NY", "transport": "car", "survivor_yes": True}
PATH = "/api/v1/referrals"


@dataclass
class Machine:
    """A member's system with its key."""

    app: Flask
    key: str

    def get(self, path: str, **headers: str) -> TestResponse:
        answer = self.app.test_client().get(path, headers={**self._own, **headers})
        db.session.rollback()
        return answer

    def post(
        self, path: str, body: object = None, *, once: str | None = None, **headers: str
    ) -> TestResponse:
        given = {**self._own, "Idempotency-Key": once or str(uuid4()), **headers}
        answer = self.app.test_client().post(path, json=body or {}, headers=given)
        db.session.rollback()
        return answer

    def act(self, referral_id: str, act: str, /, **body: Any) -> TestResponse:
        return self.post(f"{PATH}/{referral_id}/{act}", body)

    def read(self, referral_id: str) -> dict[str, Any]:
        answer = self.get(f"{PATH}/{referral_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    @property
    def _own(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@dataclass
class Doors:
    """Two machines, of a hospital and of an advocacy program."""

    small: SmallDirectory
    sender: Machine
    receiver: Machine
    stranger: Machine

    def send(self, **fields: Any) -> str:
        body = {**NEW, "service_id": str(self.small.birch_service_id), **fields}
        answer = self.sender.post(PATH, body)
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])


def _doors(app: Flask, now: datetime) -> Doors:
    small = make_small_directory(at=now)
    # Whoever begins a referral looks for a partner as well.
    scopes = (["routes", "referrals"], ["referrals"], ["referrals"])
    teams = zip((small.alder, small.birch, small.cedar), scopes, strict=True)
    keys = [
        create_key(terminal_identity(), team.identity.member_name, scope, at=utc_now())
        for team, scope in teams
    ]
    return Doors(small, *(Machine(app, key) for key in keys))


@pytest.fixture
def doors(sqlite_app: Flask, now: datetime) -> Iterator[Doors]:
    with time_machine.travel(now, tick=False):
        yield _doors(sqlite_app, now)


@pytest.fixture
def doors_on_both(app: Flask, now: datetime) -> Iterator[Doors]:
    with time_machine.travel(now, tick=False):
        yield _doors(app, now)


def counted(model: type[Any], **which: str) -> int:
    found = db.session.query(model).filter_by(**which).count()
    db.session.rollback()
    return int(found)


def test_a_referral_goes_from_need_to_outcome_by_two_machines(doors: Doors) -> None:
    made = doors.sender.post(PATH, {**NEW, "service_id": str(doors.small.birch_service_id)})
    assert made.status_code == 201
    referral_id, code = made.json["id"], made.json["code"]
    assert made.headers["Location"] == f"{PATH}/{referral_id}"
    assert len(code.split()) == 4
    inbox = doors.receiver.get(f"{PATH}?box=inbox").json
    (row,) = inbox["referrals"]
    assert (row["id"], row["code"], row["status"]) == (referral_id, None, "sent")
    assert inbox["counts"]["needs-answer"] == 1
    assert doors.receiver.act(referral_id, "ask", text="Is Friday possible?").status_code == 200
    assert doors.sender.read(referral_id)["next_move"]["side"] == "sender"
    assert doors.sender.act(referral_id, "answer", text="Yes, Friday.").status_code == 200
    assert doors.receiver.act(referral_id, "accept").status_code == 200
    taken = doors.receiver.read(referral_id)
    assert (taken["status"], taken["code"]) == ("accepted", code)
    assert taken["facts"]["needs"] == ["advocacy"]
    tried = {"kind": "reached", "still_safe": "yes"}
    assert doors.receiver.act(referral_id, "attempt", **tried).status_code == 200
    assert doors.receiver.act(referral_id, "connect").status_code == 200
    done = doors.receiver.act(referral_id, "close", outcome="service-completed")
    assert done.json == {"id": referral_id, "done": "close", "at": utc_now().isoformat()}
    ended = doors.receiver.read(referral_id)
    assert ended["outcome"] == "service-completed"
    assert ended["exchange"] == {"task_status": "completed", "business_status": "7.0"}
    seen = doors.sender.read(referral_id)
    assert (seen["status"], seen["outcome"]) == ("accepted", None)
    assert seen["exchange"] == {"task_status": "accepted", "business_status": "3.0"}


def test_a_draft_waits_for_the_yes(doors: Doors) -> None:
    body = {**NEW, "service_id": str(doors.small.birch_service_id), "survivor_yes": False}
    assert doors.sender.post(PATH, body).status_code == 422
    assert counted(ReferralRow) == 0
    draft = doors.sender.post(PATH, {**body, "send": False}).json["id"]
    assert doors.sender.act(draft, "send", survivor_yes=False).status_code == 422
    assert doors.receiver.get(f"{PATH}/{draft}").status_code == 404
    assert doors.sender.act(draft, "send", survivor_yes=True).json["code"]
    thrown = doors.sender.post(PATH, {**body, "send": False}).json["id"]
    assert doors.sender.act(thrown, "discard").status_code == 200
    assert counted(ReferralRow) == 1


def test_the_same_key_and_body_give_the_same_receipt_and_one_effect(doors: Doors) -> None:
    body, once = {**NEW, "service_id": str(doors.small.birch_service_id)}, str(uuid4())
    first, again = (doors.sender.post(PATH, body, once=once) for _ in range(2))
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert again.headers["Location"] == first.headers["Location"]
    assert counted(ReferralRow) == 1
    referral_id, once = first.json["id"], str(uuid4())
    path = f"{PATH}/{referral_id}/note"
    told = [doors.sender.post(path, {"text": "Call back."}, once=once).data for _ in range(3)]
    assert len(set(told)) == 1
    assert counted(ReferralEventRow, action="note") == 1


def test_the_same_key_with_another_body_or_address_is_refused(doors: Doors) -> None:
    referral_id, once = doors.send(), "order 66"
    doors.receiver.act(referral_id, "accept")
    path = f"{PATH}/{referral_id}/note"
    assert doors.sender.post(path, {"text": "One."}, once=once).status_code == 200
    for where, body in ((path, {"text": "Two."}), (f"{PATH}/{referral_id}/stop", {})):
        refused = doors.sender.post(where, body, once=once)
        assert refused.status_code == 422
        assert refused.mimetype == "application/problem+json"
    # The keys of another program are its own.
    assert doors.receiver.post(path, {"text": "One."}, once=once).status_code == 200


def test_a_refused_act_keeps_nothing_and_can_be_sent_again_with_its_key(doors: Doors) -> None:
    referral_id, once = doors.send(), str(uuid4())
    path = f"{PATH}/{referral_id}/connect"
    assert doors.receiver.post(path, once=once).status_code == 409
    doors.receiver.act(referral_id, "accept")
    assert doors.receiver.post(path, once=once).status_code == 200


@pytest.mark.parametrize("once", ["", " ", "a\nb", "é", "x" * 256])
def test_a_post_without_a_usable_key_does_nothing(doors: Doors, once: str) -> None:
    headers = {"Authorization": f"Bearer {doors.sender.key}"}
    if once and "\n" not in once:
        headers["Idempotency-Key"] = once
    answer = doors.sender.app.test_client().post(PATH, json=NEW, headers=headers)
    assert answer.status_code == 400
    assert counted(ReferralRow) == 0


def test_after_a_day_a_key_is_new(doors: Doors, now: datetime) -> None:
    body, once = {**NEW, "service_id": str(doors.small.birch_service_id)}, str(uuid4())
    first = doors.sender.post(PATH, body, once=once).json["id"]
    with time_machine.travel(now + timedelta(hours=24, seconds=1), tick=False):
        assert doors.sender.post(PATH, body, once=once).json["id"] != first


def test_one_request_sent_by_four_at_once_has_one_effect(doors_on_both: Doors) -> None:
    doors, once = doors_on_both, str(uuid4())
    body, gate = {**NEW, "service_id": str(doors.small.birch_service_id)}, threading.Barrier(4)
    answers: list[TestResponse] = []

    def send() -> None:
        gate.wait(30)
        headers = {"Authorization": f"Bearer {doors.sender.key}", "Idempotency-Key": once}
        answers.append(doors.sender.app.test_client().post(PATH, json=body, headers=headers))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    made = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.data for answer in made}) == 1
    assert counted(ReferralRow) == 1
    again = doors.sender.post(PATH, body, once=once)
    assert again.data == made[0].data


def test_what_is_kept_of_an_act_holds_no_fact_and_goes_with_the_referral(doors: Doors) -> None:
    referral_id = doors.send(question="Is the lunch free?", children="3")
    doors.sender.act(referral_id, "note", text="Prefers mornings.")
    kept = [
        json.dumps({k: str(v) for k, v in vars(r).items()}) for r in db.session.query(DoneOnceRow)
    ]
    db.session.rollback()
    assert len(kept) == 2
    for text in kept:
        assert not re.search("lunch|mornings|Troy|advocacy", text)
    db.session.query(ReferralRow).delete()
    db.session.commit()
    assert counted(DoneOnceRow) == 0


def test_what_is_foreign_and_what_is_not_there_are_the_same_bytes(doors: Doors) -> None:
    referral_id = doors.send()
    draft = doors.sender.post(PATH, {**NEW, "send": False, "survivor_yes": False}).json["id"]
    absent = doors.stranger.get(f"{PATH}/{uuid4()}").data
    for machine, which in (
        (doors.stranger, referral_id),
        (doors.stranger, draft),
        (doors.receiver, draft),
    ):
        assert machine.get(f"{PATH}/{which}").data == absent
        for name in NAMES:
            answer = machine.act(which, name, **_body(name))
            assert (answer.status_code, answer.data) == (404, absent), name


def _body(name: str) -> dict[str, Any]:
    return {"text": "Hello."} if name in {"note", "ask", "answer", "shared-note"} else {}


def test_a_key_without_the_scope_finds_nothing(doors: Doors, now: datetime) -> None:
    referral_id = doors.send()
    member = doors.small.alder.identity.member_name
    routes = Machine(doors.sender.app, create_key(terminal_identity(), member, ["routes"], at=now))
    for answer in (
        routes.get(PATH),
        routes.get(f"{PATH}/{referral_id}"),
        routes.post(PATH, NEW),
        routes.act(referral_id, "recall"),
    ):
        assert answer.status_code == 404


def test_an_etag_is_the_version_and_if_match_is_for_receivers_alone(doors: Doors) -> None:
    referral_id = doors.send()
    first = doors.receiver.get(f"{PATH}/{referral_id}").headers["ETag"]
    same = doors.receiver.get(f"{PATH}/{referral_id}", **{"If-None-Match": first})
    assert same.status_code == 304
    doors.receiver.act(referral_id, "ask", text="When?")
    path = f"{PATH}/{referral_id}/accept"
    stale = doors.receiver.post(path, **{"If-Match": first})
    assert (stale.status_code, stale.json["status"]) == (412, 412)
    fresh = doors.receiver.get(f"{PATH}/{referral_id}").headers["ETag"]
    assert doors.receiver.post(path, **{"If-Match": fresh}).status_code == 200
    # A refusal would tell the sender that the receiver has acted.
    stop = doors.sender.post(f"{PATH}/{referral_id}/stop", **{"If-Match": '"long-ago"'})
    assert stop.status_code == 200


def test_a_text_that_looks_as_if_it_named_somebody_is_refused(doors: Doors) -> None:
    referral_id = doors.send()
    said = {"text": "Call her at 518-555-0199."}
    refused = doors.sender.act(referral_id, "note", **said)
    assert refused.status_code == 422
    assert "0199" not in refused.text
    assert doors.sender.act(referral_id, "note", **said, as_it_is=True).status_code == 200


def test_answers_are_as_the_description_says(doors: Doors) -> None:
    document = doors.sender.get("/api/v1/openapi.json").json
    schemas = document["components"]["schemas"]

    def holds(name: str, answer: object) -> None:
        jsonschema.validate(
            answer, {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
        )

    referral_id = doors.send(feedback_until=(utc_now() + timedelta(days=20)).isoformat())
    holds("ReceiptBody", doors.receiver.act(referral_id, "accept").json)
    holds("SentReferralBody", doors.sender.read(referral_id))
    holds("ReceivedReferralBody", doors.receiver.read(referral_id))
    holds("InboxBody", doors.receiver.get(f"{PATH}?box=inbox&tab=in-progress").json)
    holds("OutboxBody", doors.sender.get(f"{PATH}?box=outbox&group=taken").json)
    posts = {path.rsplit("/", 1)[1] for path in document["paths"] if path.count("/") == 3}
    assert posts == {name for acts in ACTS.values() for name in acts}
    assert set(ACTS) == {Side.SENDER, Side.RECEIVER}


def test_what_was_done_by_mistake_is_undone_reopened_or_frozen(doors: Doors) -> None:
    referral_id = doors.send()
    doors.receiver.read(referral_id)
    doors.receiver.act(referral_id, "accept")
    why = {"text": "The wrong button."}
    assert doors.receiver.act(referral_id, "undo-accept", **why).status_code == 200
    doors.receiver.act(referral_id, "decline", reason="no-capacity")
    assert doors.receiver.act(referral_id, "undo-decline", **why).status_code == 200
    doors.receiver.act(referral_id, "accept")
    doors.receiver.act(referral_id, "close", outcome="unknown")
    assert doors.receiver.act(referral_id, "reopen", **why).status_code == 200
    assert doors.receiver.read(referral_id)["status"] == "accepted"
    assert doors.sender.act(referral_id, "freeze").status_code == 200
    assert doors.receiver.read(referral_id)["facts"] is None


def test_odd_addresses_are_refused_and_repeat_nothing(doors: Doors) -> None:
    for query in ("box=other", "box=inbox&tab=x", "box=outbox&group=x", "page=-1", "page=x"):
        answer = doors.sender.get(f"{PATH}?{query}")
        assert answer.status_code == 422
        assert answer.json["title"] == "Something in the request cannot be used"
    refused = doors.sender.post(PATH, {**NEW, "name": "Jane Canary"})
    assert refused.status_code == 422
    assert "Canary" not in refused.text
