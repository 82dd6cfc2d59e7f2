"""A form that is pressed again, at once, later or after an answer that got lost, counts once."""

from __future__ import annotations

import os
import random
import re
import secrets
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from ccr.services import doing_once, draft_keeping
from ccr.storage.db import db
from ccr.storage.models.doors import DoneOnceRow
from ccr.storage.models.referrals import ReferralEventRow, ReferralRow
from tests.small_directory import make_small_directory
from tests.web.conftest import Visitor
from tests.web.journey import Desk, let_in, text_of

NEED = {"needs": ["advocacy"], "urgency": "standard", "track": "survivor"}
PRESSES = 2_000 if os.environ.get("CCR_TEST_FULL") else 60
LONG = pytest.mark.timeout(3600 if "CCR_TEST_FULL" in os.environ else 300)
_ONCE = re.compile(r'name="once" value="([A-Za-z0-9_-]{22})"')


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


@pytest.fixture
def quick_desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def token() -> str:
    return secrets.token_urlsafe(16)


def press(desk: Desk, once: str, data: dict[str, Any] | None = None, **who: str) -> TestResponse:
    """Press the button of step 1 of a new referral."""
    visitor = desk[who.get("who", "alder.worker")]
    return visitor.send("/desk/referrals/new", {"once": once, **(data or NEED)}, follow=False)


def drafts_there() -> int:
    found = db.session.query(ReferralRow).filter_by(state="draft").count()
    db.session.rollback()
    return found


def notes_there() -> int:
    found = db.session.query(ReferralEventRow).filter_by(action="note").count()
    db.session.rollback()
    return found


def kept() -> list[DoneOnceRow]:
    found = db.session.query(DoneOnceRow).all()
    db.session.rollback()
    return found


def test_each_form_of_a_page_has_a_token_of_its_own(quick_desk: Desk) -> None:
    page = text_of(quick_desk["alder.worker"].open("/desk/referrals/new"))
    tokens = _ONCE.findall(page)
    assert len(tokens) >= 2
    assert len(set(tokens)) == len(tokens)


def test_the_second_press_leads_where_the_first_one_led(quick_desk: Desk) -> None:
    once = token()
    first, again = press(quick_desk, once), press(quick_desk, once)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert drafts_there() == 1


def test_four_presses_at_once_count_once_and_lead_to_one_place(desk: Desk) -> None:
    once, gate, answers = token(), threading.Barrier(4), []
    visitors = [Visitor(desk.app.test_client()) for _ in range(4)]
    for visitor in visitors:
        let_in(visitor, desk.small.emails["alder.worker"])

    def send(visitor: Visitor) -> None:
        gate.wait(30)
        fields = {"csrf_token": visitor.token, "once": once, **NEED}
        answers.append(visitor.client.post("/desk/referrals/new", data=fields))

    threads = [threading.Thread(target=send, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [answer.status_code for answer in answers] == [303] * 4
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert drafts_there() == 1


def test_what_was_changed_before_the_second_press_counts(quick_desk: Desk) -> None:
    """Back, another answer, Next: and back once more to the first answer, which is new again."""
    draft_id = quick_desk.draft()
    alder, base, once = quick_desk["alder.worker"], f"/desk/referrals/{draft_id}", token()
    for near in ("Troy, NY", "Albany, NY", "Troy, NY"):
        fields = {"near": near, "transport": "car", "once": once}
        assert alder.send(f"{base}/place", fields, follow=False).status_code == 303
        assert near in text_of(alder.open(f"{base}/place"))


def test_a_press_that_was_refused_can_be_made_again(quick_desk: Desk) -> None:
    once = token()
    assert press(quick_desk, once, {**NEED, "needs": []}).status_code == 422
    assert kept() == []
    assert press(quick_desk, once).status_code == 303
    assert drafts_there() == 1


def test_a_try_that_failed_counts_as_a_try_each_time(quick_desk: Desk) -> None:
    """The press is kept with what it does, and a wrong code does nothing but count."""
    birch, fields = quick_desk["birch.advocate"], {"code": "no such words here", "once": token()}
    answers = [birch.send("/desk/inbox/code", fields).status_code for _ in range(11)]
    assert answers == [404] * 10 + [429]
    assert kept() == []


def test_an_act_that_breaks_off_leaves_no_trace_of_the_press(
    quick_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = token()
    quick_desk["alder.worker"].open("/desk/referrals/new")
    with monkeypatch.context() as broken:

        def breaks(*args: object, **kwargs: object) -> None:
            raise OSError("no disk")

        broken.setattr(draft_keeping, "append_event", breaks)
        with pytest.raises(OSError, match="no disk"):
            press(quick_desk, once)
    assert (kept(), drafts_there()) == ([], 0)
    assert press(quick_desk, once).status_code == 303
    assert drafts_there() == 1


def test_a_press_whose_answer_was_never_kept_counts_once_all_the_same(
    quick_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies between the act and the keeping of where it led."""
    once = token()
    with monkeypatch.context() as broken:
        broken.setattr(doing_once, "keep_where_it_led", lambda *_args: None)
        assert press(quick_desk, once).status_code == 303
    again = press(quick_desk, once)
    assert again.status_code == 409
    assert "counted once" in text_of(again)
    assert drafts_there() == 1


def test_somebody_elses_press_with_the_same_token_is_their_own(quick_desk: Desk) -> None:
    once = token()
    first = press(quick_desk, once)
    other = press(quick_desk, once, who="birch.advocate")
    assert first.headers["Location"] != other.headers["Location"]
    assert drafts_there() == 2


def test_what_is_kept_says_nothing_and_is_gone_after_a_day(quick_desk: Desk, now: datetime) -> None:
    once = token()
    where = press(quick_desk, once).headers["Location"]
    (row,) = kept()
    assert once not in repr(vars(row))
    assert where.split("/")[-2] not in repr(vars(row))
    assert doing_once.forget_old(at=now + timedelta(hours=23)) == 0
    assert doing_once.forget_old(at=now + timedelta(hours=24)) == 1
    assert kept() == []


def test_a_token_that_is_none_of_ours_is_no_token(quick_desk: Desk) -> None:
    for odd in ("", "x", "é" * 22, "a" * 23, "a" * 5000, "../../../../etc/passwd"):
        assert press(quick_desk, odd).status_code == 303
    assert kept() == []


@LONG
def test_every_one_of_many_presses_counts_once(desk: Desk) -> None:
    """Double submits, retries and dropped answers, in any order, of creating and of acting."""
    rng = random.Random(20261128)
    desk["alder.worker"].open("/desk/referrals/new")
    referral_id = desk.send()
    desk.as_receiver(referral_id, "accept")
    before, waiting = (drafts_there(), notes_there()), []
    for n in range(PRESSES):
        kind = rng.choice(["draft", "note"])
        waiting += [(kind, token(), n)] * rng.choice([1, 2, 2, 3])
    rng.shuffle(waiting)
    led: dict[str, set[str]] = {}
    for kind, once, n in waiting:
        if kind == "draft":
            answer = press(desk, once)
        else:
            fields = {"note": f"Note {n}", "once": once}
            answer = desk.as_receiver(referral_id, "note", **fields)
        assert answer.status_code == 303
        led.setdefault(f"{kind} {once}", set()).add(answer.headers["Location"])
    made = {kind: sum(key.startswith(kind) for key in led) for kind in ("draft", "note")}
    assert all(len(places) == 1 for places in led.values())
    assert (drafts_there() - before[0], notes_there() - before[1]) == (made["draft"], made["note"])
