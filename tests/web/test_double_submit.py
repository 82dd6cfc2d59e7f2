"""A form that is sent twice, at once or by the Back button, has one effect."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from ccr.storage.db import db
from ccr.storage.models.directory import UnmetNeed
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.referrals import ClockRow, ReferralEventRow, ReferralRow
from ccr.storage.queries import verification
from tests.loop import dump
from tests.small_directory import make_small_directory
from tests.web.conftest import Visitor
from tests.web.journey import Desk, let_in, text_of

AT_ONCE = 4


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))
        broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
        assert broken == {}


def events(referral_id: UUID) -> Counter[str]:
    rows = db.session.query(ReferralEventRow).filter_by(referral_id=referral_id)
    found = Counter(row.action for row in rows)
    db.session.rollback()
    return found


def running(referral_id: UUID) -> list[str]:
    rows = db.session.query(ClockRow).filter_by(referral_id=referral_id, stopped_at=None)
    found = sorted(row.kind for row in rows)
    db.session.rollback()
    return found


def notices(compartment_id: UUID) -> int:
    found = db.session.query(OutboxItem).filter_by(compartment_id=compartment_id).count()
    db.session.rollback()
    return found


def at_once(desk: Desk, who: str, path: str, data: dict[str, str]) -> list[TestResponse]:
    """Send one form from several browsers of one person at the same moment."""
    visitors = [Visitor(desk.app.test_client()) for _ in range(AT_ONCE)]
    for visitor in visitors:
        let_in(visitor, desk.small.emails[who])
    gate, answers = threading.Barrier(AT_ONCE), []

    def send(visitor: Visitor) -> None:
        gate.wait(30)
        answers.append(visitor.client.post(path, data={"csrf_token": visitor.token, **data}))

    threads = [threading.Thread(target=send, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == AT_ONCE
    return answers


def test_a_referral_that_is_sent_twice_is_sent_once(desk: Desk) -> None:
    draft_id = desk.draft(feedback=True)
    path = f"/desk/referrals/{draft_id}/check"
    first = desk["alder.worker"].send(path, follow=False)
    before = dump()
    again = desk["alder.worker"].send(path, follow=False)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert dump() == before
    assert events(draft_id)["send"] == 1
    assert notices(desk.small.birch.compartment_id) == 2  # one for each of its people


def test_a_referral_sent_by_four_at_once_is_sent_once(desk: Desk) -> None:
    draft_id = desk.draft()
    answers = at_once(desk, "alder.worker", f"/desk/referrals/{draft_id}/check", {})
    assert {answer.status_code for answer in answers} == {303}
    assert events(draft_id)["send"] == 1
    assert running(draft_id) == ["answer"]


def test_a_referral_accepted_twice_is_accepted_once_and_says_so(desk: Desk) -> None:
    referral_id = desk.send()
    assert desk.as_receiver(referral_id, "accept").status_code == 303
    before = dump()
    again = desk.as_receiver(referral_id, "accept")
    assert again.status_code == 409
    assert dump() == before
    assert events(referral_id)["accept"] == 1


def test_of_four_who_accept_at_once_one_does(desk: Desk) -> None:
    referral_id = desk.send()
    path = f"/desk/referrals/{referral_id}/as-receiver/accept"
    answers = at_once(desk, "birch.advocate", path, {})
    assert Counter(answer.status_code for answer in answers) == {303: 1, 409: 3}
    assert events(referral_id)["accept"] == 1
    assert running(referral_id) == ["first-contact"]


def test_accepting_and_recalling_at_once_gives_one_of_the_two(desk: Desk) -> None:
    referral_id = desk.send()
    sender, receiver = Visitor(desk.app.test_client()), Visitor(desk.app.test_client())
    let_in(sender, desk.small.emails["alder.worker"])
    let_in(receiver, desk.small.emails["birch.advocate"])
    gate, answers = threading.Barrier(2), {}

    def send(name: str, visitor: Visitor, path: str) -> None:
        gate.wait(30)
        answers[name] = visitor.client.post(path, data={"csrf_token": visitor.token}).status_code

    base = f"/desk/referrals/{referral_id}"
    threads = [
        threading.Thread(target=send, args=("recall", sender, f"{base}/as-sender/recall")),
        threading.Thread(target=send, args=("accept", receiver, f"{base}/as-receiver/accept")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # What was taken back is not there for the receiver; what was accepted cannot be taken back.
    assert answers in ({"recall": 303, "accept": 404}, {"recall": 409, "accept": 303})
    happened = events(referral_id)
    assert happened["accept"] + happened["recall"] == 1


def test_an_unmet_need_that_is_counted_twice_counts_once(desk: Desk) -> None:
    fields = {"needs": ["pets"], "county": "36083", "token": str(uuid4())}
    for _ in range(2):
        desk["alder.worker"].open("/desk/find")
        assert desk["alder.worker"].send("/desk/find/unmet", fields).status_code == 200
    assert [row.count for row in db.session.query(UnmetNeed)] == [1]
    db.session.rollback()


def test_the_page_of_a_search_that_found_nothing_carries_the_token(desk: Desk) -> None:
    search = {
        "needs": ["pets"],
        "near": "Troy, NY",
        "urgency": "standard",
        "track": "survivor",
        "transport": "car",
    }
    desk["alder.worker"].open("/desk/find")
    page = text_of(desk["alder.worker"].send("/desk/find", search))
    token = re.search(r'name="token" value="([0-9a-f-]{36})"', page)
    assert token
    assert 'action="/desk/find/unmet"' in page


def test_a_release_is_confirmed_once_and_a_question_asked_once(desk: Desk) -> None:
    referral_id = desk.send(feedback=True)
    assert desk.as_receiver(referral_id, "ask", note="When?").status_code == 303
    assert desk.as_receiver(referral_id, "ask", note="When?").status_code == 409
    desk.as_receiver(referral_id, "accept")
    assert desk.as_receiver(referral_id, "confirm-release", how="written").status_code == 303
    assert desk.as_receiver(referral_id, "confirm-release", how="written").status_code == 409
    assert events(referral_id)["release-confirmed"] == 1


def test_a_referral_is_recalled_and_begun_anew_once(desk: Desk) -> None:
    referral_id = desk.send()
    first = desk.as_sender(referral_id, "recall-and-reroute")
    again = desk.as_sender(referral_id, "recall-and-reroute")
    assert (first.status_code, again.status_code) == (303, 409)
    drafts = db.session.query(ReferralRow).filter_by(state="draft").count()
    db.session.rollback()
    assert drafts == 1


def test_in_two_tabs_the_second_answer_is_refused_and_changes_nothing(desk: Desk) -> None:
    referral_id = desk.send()
    desk["birch.advocate"].open(f"/desk/referrals/{referral_id}")
    desk.as_receiver(referral_id, "accept")
    before = dump()
    for act, data in (
        ("decline", {"reason": "conflict"}),
        ("ask", {"note": "When?"}),
        ("waitlist", {"until": "2026-11-20"}),
    ):
        answer = desk.as_receiver(referral_id, act, **data)
        assert answer.status_code == 409
        assert "moved on" in text_of(answer)
    assert dump() == before


def test_a_draft_that_was_sent_in_one_tab_is_not_changed_in_the_other(desk: Desk) -> None:
    draft_id = desk.draft(question="Is there a lunch?")
    alder, base = desk["alder.worker"], f"/desk/referrals/{draft_id}"
    alder.send(f"{base}/check", follow=False)
    before = dump()
    forms = {
        "need": {"needs": ["housing"], "urgency": "immediate", "track": "survivor"},
        "place": {"near": "Albany, NY", "transport": "foot"},
        "partners": {"service_id": str(desk.small.cedar_service_id)},
        "share": {"agreed": "y", "question": "Another?", "feedback": "yes"},
        "throw-away": {},
    }
    for step, data in forms.items():
        assert alder.send(f"{base}/{step}", data, follow=False).status_code in {404, 409}, step
        if step != "throw-away":
            assert alder.open(f"{base}/{step}").status_code == 404  # the Back button
    assert dump() == before


def test_any_change_after_the_yes_takes_the_yes_away_in_whatever_tab(desk: Desk) -> None:
    draft_id = desk.draft()
    alder, base = desk["alder.worker"], f"/desk/referrals/{draft_id}"
    alder.send(f"{base}/place", {"near": "Albany, NY", "transport": "car"}, follow=False)
    answer = alder.send(f"{base}/check", follow=False)
    assert answer.status_code in {303, 422, 400}
    assert events(draft_id)["send"] == 0
