"""Follow-ups at the screen: who takes what, putting off, handing over, who is here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from ccr.storage.db import db
from ccr.storage.models.accounts import Account
from ccr.storage.models.following import FollowUpRow
from ccr.storage.models.referrals import ReferralRow
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

QUEUE = "/desk/follow-ups"
ADVOCATE, ADMIN = "birch.advocate", "birch.agency_admin"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def account_of(desk: Desk, who: str) -> UUID:
    found = db.session.scalar(select(Account.id).where(Account.email == desk.small.emails[who]))
    db.session.rollback()
    assert found
    return found


def noted(referral_id: UUID) -> list[FollowUpRow]:
    found = db.session.scalars(select(FollowUpRow).filter_by(referral_id=referral_id)).all()
    db.session.rollback()
    return list(found)


def counts(html: str) -> dict[str, int]:
    """Return the counts beside the headings of the queue's parts."""
    found = re.findall(r'<h2 id="([a-z-]+)">[^<]*<span class="count-pill">(\d+)</span>', html)
    return {name: int(count) for name, count in found}


def test_taking_giving_and_letting_go_from_the_queue(desk: Desk) -> None:
    referral_id = desk.send()
    act = f"{QUEUE}/{referral_id}"
    desk[ADVOCATE].open(QUEUE)
    assert desk[ADVOCATE].send(f"{act}/take", {"held_by": ""}, follow=False).status_code == 303
    seen = text_of(desk[ADMIN].open(QUEUE))
    assert desk.small.emails[ADVOCATE] in seen
    late = desk[ADMIN].send(f"{act}/take", {"held_by": ""}, follow=False)
    assert late.status_code == 409
    given = {"held_by": str(account_of(desk, ADVOCATE)), "account_id": str(account_of(desk, ADMIN))}
    assert desk[ADMIN].send(f"{act}/assign", given, follow=False).status_code == 303
    mine = text_of(desk[ADMIN].open(f"{QUEUE}?whose=mine"))
    assert counts(mine) == {"this-week": 1}
    assert counts(text_of(desk[ADVOCATE].open(f"{QUEUE}?whose=mine"))) == {}
    assert desk[ADMIN].send(f"{act}/release", follow=False).status_code == 303
    assert [row.assigned_account_id for row in noted(referral_id)] == [None]
    nobody = desk[ADMIN].send(f"{act}/assign", {"account_id": "", "held_by": ""}, follow=False)
    assert nobody.status_code == 422
    assert "Choose a colleague." in text_of(nobody)


def test_putting_off_moves_it_to_its_own_part_and_the_due_time_stays(desk: Desk) -> None:
    referral_id = desk.send()
    act = f"{QUEUE}/{referral_id}"
    desk[ADVOCATE].open(QUEUE)
    for data in ({"until": "2h", "reason": ""}, {"until": "30d", "reason": "other"}):
        assert desk[ADVOCATE].send(f"{act}/put-off", data, follow=False).status_code == 422
    sent = desk[ADVOCATE].send(f"{act}/put-off", {"until": "1d", "reason": "agreed-later"})
    assert counts(text_of(sent)) == {"snoozed": 1}
    assert "A later time was agreed" in text_of(sent)
    back = desk[ADVOCATE].send(f"{act}/remind-again")
    assert counts(text_of(back)) == {"this-week": 1}


def test_several_are_put_off_at_once_and_the_one_that_cannot_rest_is_named(desk: Desk) -> None:
    first, second = desk.send(), desk.send()
    urgent = desk.send(urgency="immediate")
    code = db.session.scalar(select(ReferralRow.code).filter_by(id=urgent))
    db.session.rollback()
    assert code
    desk.as_receiver(urgent, "accept")
    mine, chosen = desk[ADVOCATE], "/desk/chosen/put-off"
    assert "Put the chosen rows off" in text_of(mine.open("/desk/inbox"))
    assert text_of(mine.open(QUEUE)).count('name="pick"') == 3
    asked = {"list": "follow-ups", "part": "all", "until": "2h", "reason": "tried-today"}
    picked = [str(first), str(second), str(urgent)]
    for missing in ({"pick": []}, {"reason": ""}, {"until": "30d"}):
        refused = mine.send(chosen, {**asked, "pick": picked, **missing}, follow=False)
        assert refused.status_code == 422
        ticked = re.findall(r'name="pick"[^>]* checked', text_of(refused))
        assert len(ticked) == (0 if "pick" in missing else 3)
    assert noted(first) == []
    done = text_of(mine.send(chosen, {**asked, "pick": picked}, follow=False))
    assert counts(done)["snoozed"] == 2
    assert "2 put off. These were not." in done
    assert done.count("Immediate danger is never put off.") == 1
    assert code in done
    assert "2 put off." in text_of(mine.send(chosen, {**asked, "pick": picked[:2]}))


def test_immediate_danger_has_no_way_to_be_put_off(desk: Desk) -> None:
    desk.send(urgency="immediate")
    # Nobody reads at night: the sender calls, and the clock is theirs.
    html = text_of(desk["alder.worker"].open(QUEUE)) + text_of(desk[ADVOCATE].open(QUEUE))
    assert "Never put off" in html
    assert "put-off" not in html


def test_a_shift_is_handed_over_listed_and_taken_over(desk: Desk) -> None:
    first, second = desk.send(), desk.send()
    visitor, admin = desk[ADVOCATE], desk[ADMIN]
    visitor.open(QUEUE)
    for referral_id in (first, second):
        visitor.send(f"{QUEUE}/{referral_id}/take", {"held_by": ""})
    page = text_of(visitor.open(f"{QUEUE}/hand-over"))
    assert page.count('name="referral_id"') == 2
    nobody = visitor.send(f"{QUEUE}/hand-over", {"referral_id": [str(first)]}, follow=False)
    assert nobody.status_code == 422
    kept = re.findall(r'value="([0-9a-f-]{36})" [^>]*checked', text_of(nobody))
    assert kept == [str(first)]
    chosen = {"referral_id": [str(first)], "account_id": [str(account_of(desk, ADMIN))]}
    done = visitor.send(f"{QUEUE}/hand-over", chosen, follow=False)
    assert "1 referral changed hands" in text_of(done)
    assert str(first) in text_of(done)
    assert str(second) not in text_of(done)
    again = visitor.send(f"{QUEUE}/hand-over", chosen, follow=False)
    assert "Nothing was left to hand over" in text_of(again)
    mine = text_of(admin.open(QUEUE))
    assert counts(mine)["handed"] == 1
    taken = admin.send(f"{QUEUE}/take-over", {"referral_id": [str(first)]})
    assert "handed" not in counts(text_of(taken))
    of = account_of(desk, ADVOCATE)
    theirs = text_of(admin.open(f"{QUEUE}/hand-over?of={of}"))
    assert str(second) in theirs
    assert visitor.open(f"{QUEUE}/hand-over?of={account_of(desk, ADMIN)}").status_code == 404


def test_who_is_here_and_who_stands_in(desk: Desk, now: datetime) -> None:
    visitor, admin = desk[ADVOCATE], desk[ADMIN]
    page = "/account/here"
    visitor.open(page)
    today, last = now.date(), now.date() + timedelta(days=2)
    wrong = visitor.send(f"{page}/away", {"first": "soon", "last": ""}, follow=False)
    assert wrong.status_code == 422
    backwards = {"first": str(last), "last": str(today)}
    refused = visitor.send(f"{page}/away", backwards, follow=False)
    assert refused.status_code == 422
    assert f'value="{last}"' in text_of(refused)
    away = visitor.send(f"{page}/away", {"first": str(today), "last": str(last)})
    assert "Away until" in text_of(away)
    assert "Away until" in text_of(admin.open(page))
    duty = {"account_id": [str(account_of(desk, ADVOCATE))]}
    assert visitor.send(f"{page}/duties/back-up", duty, follow=False).status_code == 404
    named = admin.send(f"{page}/duties/back-up", duty)
    assert "Back-up contact" in text_of(named)
    absence = re.search(r"/account/here/absences/([0-9a-f-]{36})/end", text_of(named))
    assert absence
    assert desk["alder.agency_admin"].open(page).status_code == 200
    theirs = desk["alder.agency_admin"].send(absence[0], follow=False)
    assert theirs.status_code == 404
    assert "Away until" not in text_of(admin.send(absence[0]))


def test_another_programs_queue_is_not_reached(desk: Desk) -> None:
    referral_id = desk.send()
    stranger = desk[
        "cedar.worker" if "cedar.worker" in desk.small.emails else "coordination.coordinator"
    ]
    stranger.open("/account")
    for act in ("take", "put-off", "release", "remind-again"):
        data = {"held_by": "", "until": "1d", "reason": "other"}
        answer = stranger.send(f"{QUEUE}/{referral_id}/{act}", data, follow=False)
        assert answer.status_code == 404
    assert noted(referral_id) == []


def test_a_member_is_suspended_and_leaves_from_its_page(desk: Desk) -> None:
    visitor = desk["coordination.coordinator"]
    page = f"/network/members/{desk.small.birch.member_id}"
    visitor.open(page)
    for act, words in (
        ("suspend", "Suspended"),
        ("go-on", "Live"),
        ("begin-leaving", "Leaving"),
        ("leave", "Has left"),
        ("go-on", "In the list"),
    ):
        assert words in text_of(visitor.send(f"{page}/{act}"))
    again = visitor.send(f"{page}/leave", follow=False)
    assert again.status_code == 422


def test_a_suspended_member_is_told_why_nothing_is_sent_and_what_was_typed_stays(
    desk: Desk,
) -> None:
    draft_id = desk.draft()
    coordinator, who = desk["coordination.coordinator"], desk["alder.worker"]
    page = f"/network/members/{desk.small.alder.member_id}"
    coordinator.open(page)
    coordinator.send(f"{page}/suspend")
    why, new = "Your agency is suspended", "/desk/referrals/new"
    assert why in text_of(who.open(new))
    answers = {"needs": ["advocacy"], "has_needs": "1", "urgency": "high", "track": "survivor"}
    back = who.send(new, answers, follow=False)
    assert back.status_code == 422
    assert re.search(r'<input[^>]*checked[^>]*value="advocacy"', text_of(back))
    check = f"/desk/referrals/{draft_id}/check"
    assert why in text_of(who.open(check))
    refused = who.send(check, {}, follow=False)
    assert refused.status_code == 409
    assert why in text_of(refused)
    assert who.open(check).status_code == 200
