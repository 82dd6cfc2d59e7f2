"""Words that come back for a second look, a calendar address, what a page asks by itself."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar

from ccr.domain.referral_views import Group, InboxTab
from ccr.domain.taxonomy import Urgency
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def test_words_that_look_like_somebody_come_back_once_and_go_out_as_they_are(desk: Desk) -> None:
    referral_id = desk.send()
    typed = "Call Maria at 518-555-0142"
    back = desk.as_receiver(referral_id, "ask", note=typed)
    page = text_of(back)
    assert back.status_code == 422
    assert "This looks like a name and a phone number." in page
    assert typed in page
    assert 'name="as_it_is"' in page
    assert 'role="alert"' in page
    assert typed not in text_of(desk["birch.advocate"].open(f"/desk/referrals/{referral_id}"))
    assert desk.as_receiver(referral_id, "ask", note=typed, as_it_is="y").status_code == 303
    assert typed in text_of(desk["alder.worker"].open(f"/desk/referrals/{referral_id}"))


def test_a_question_before_sending_comes_back_once_as_well(desk: Desk) -> None:
    draft_id, typed = desk.draft(), "Does Maria need her papers?"
    share, check = (f"/desk/referrals/{draft_id}/{step}" for step in ("share", "check"))
    answers = {"agreed": "y", "chosen_by": "survivor", "feedback": "no", "question": typed}
    back = desk["alder.worker"].send(share, answers, follow=False)
    assert back.status_code == 422
    page = text_of(back)
    assert "This looks like a name." in page
    assert typed in page
    assert typed not in text_of(desk["alder.worker"].open(check))
    sure = {**answers, "as_it_is": "y"}
    assert desk["alder.worker"].send(share, sure, follow=False).status_code == 303
    assert typed in text_of(desk["alder.worker"].open(check))


def test_everyday_words_go_out_at_once_and_the_sender_is_warned_alike(desk: Desk) -> None:
    referral_id = desk.send()
    assert desk.as_receiver(referral_id, "ask", note="Can she come on Thursday?").status_code == 303
    back = desk.as_sender(referral_id, "answer", note="DOB 3/4/88")
    assert back.status_code == 422
    assert "This looks like a birth date." in text_of(back)
    assert desk.as_sender(referral_id, "answer", note="Yes, with 2 children.").status_code == 303


def test_a_calendar_gets_neutral_times_and_dead_addresses_are_nowhere(desk: Desk) -> None:
    desk.send(urgency=Urgency.STANDARD.value)
    mine = desk["birch.advocate"]
    made = text_of(mine.send("/account/calendar/make", {}))
    path = re.search(r"(/calendar/[\w-]+\.ics)", made)[1]
    assert path not in text_of(mine.open("/account/calendar"))
    anybody = desk["anonymous"]
    answer = anybody.open(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert not answer.headers.getlist("Set-Cookie")
    calendar = Calendar.from_ical(answer.get_data())
    events = calendar.walk("VEVENT")
    assert [str(event["summary"]) for event in events] == ["An item is due"]
    assert calendar["refresh-interval"].to_ical()
    assert {*events[0]} == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS", "TRANSP"}
    assert anybody.open("/calendar/x.ics").status_code == 404
    mine.send("/account/calendar/end", {}, follow=False)
    assert anybody.open(path).status_code == 404


def test_what_a_page_asks_by_itself_moves_with_an_act_and_keeps_nobody_signed_in(
    desk: Desk, now: datetime
) -> None:
    referral_id = desk.send()
    mine = desk["alder.worker"]
    page = text_of(mine.open(f"/desk/referrals/{referral_id}"))
    path, token = re.search(r'data-live-url="([^"]+)" data-live-token="(\w+)"', page).groups()
    asked = json.loads(text_of(mine.open(path)))
    counts = {"inbox": 0, "sent": 0, "follow_ups": 0, "consultations": 0}
    assert asked == {**counts, "token": token}
    desk.as_receiver(referral_id, "ask", note="Which language?")
    changed = json.loads(text_of(mine.open(path)))
    assert changed["token"] != token
    assert changed["sent"] == 1
    for minutes in (5, 10, 14):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert mine.open(path).status_code == 200
    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        assert mine.open(path).status_code == 303


def test_several_rows_are_given_to_somebody_at_once_and_foreign_ones_to_nobody(desk: Desk) -> None:
    mine = desk["birch.advocate"]
    first, second = desk.send(), desk.send()
    page = text_of(mine.open("/desk/inbox"))
    me = re.search(r'<option value="([0-9a-f-]{36})">You</option>', page)[1]
    listed = {"list": "inbox", "part": "needs-answer", "to": me}
    given = mine.send("/desk/chosen/assign", {**listed, "pick": [str(first), str(second)]})
    assert "2 given." in text_of(given)
    assert text_of(given).count("With you") == 2
    nothing = mine.send("/desk/chosen/assign", listed)
    assert "Choose at least one row." in text_of(nothing)
    other = desk["cedar.worker"]
    theirs = other.send("/desk/chosen/assign", {**listed, "pick": [str(first)]}, follow=False)
    assert theirs.status_code == 404


def test_a_list_is_taken_along_as_its_viewer_sees_it_and_no_cell_is_a_formula(desk: Desk) -> None:
    waiting, taken = desk.send(), desk.send()
    desk.as_receiver(taken, "accept")
    mine, theirs = desk["alder.worker"], desk["birch.advocate"]
    for visitor, name, part, rows in (
        (theirs, "inbox", "needs-answer", 1),
        (theirs, "inbox", "in-progress", 1),
        (mine, "outbox", "waiting", 1),
        (mine, "outbox", "done", 0),
    ):
        answer = visitor.send("/desk/chosen/export", {"list": name, "part": part}, follow=False)
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        table = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
        assert table[0][0] == "Need"
        assert len(table) == rows + 1
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in table for cell in row)
        if part == "needs-answer":
            assert table[1][-1] == ""  # the code is the caller's to say, until it is accepted
    chosen = {"list": "outbox", "part": "waiting", "pick": [str(taken)]}
    answer = mine.send("/desk/chosen/export", chosen, follow=False)
    assert len(text_of(answer).splitlines()) == 1
    assert waiting != taken


def test_what_was_taken_back_has_a_tab_of_its_own_and_leaves_the_others(desk: Desk) -> None:
    unopened, opened = desk.send(), desk.send()
    mine, theirs = desk["alder.worker"], desk["birch.advocate"]
    theirs.open(f"/desk/referrals/{opened}")
    desk.as_sender(unopened, "recall")
    desk.as_sender(opened, "withdraw")
    for group in Group:
        shown = text_of(mine.open(f"/desk/outbox?group={group}"))
        for referral_id in (unopened, opened):
            assert (str(referral_id) in shown) is (group is Group.ENDED), group
    for tab in InboxTab:
        shown = text_of(theirs.open(f"/desk/inbox?tab={tab}"))
        assert str(unopened) not in shown
        assert (str(opened) in shown) is (tab is InboxTab.ENDED), tab


def test_an_answer_is_taken_back_on_the_page_with_a_reason(desk: Desk) -> None:
    referral_id = desk.send()
    desk.as_receiver(referral_id, "decline", reason="no-capacity")
    page = text_of(desk["birch.advocate"].open(f"/desk/referrals/{referral_id}"))
    assert "Take back your no" in page
    nothing = {"undo-note": ""}
    assert desk.as_receiver(referral_id, "undo-decline", **nothing).status_code == 422
    why = {"undo-note": "The wrong row."}
    assert desk.as_receiver(referral_id, "undo-decline", **why).status_code == 303
    assert desk.as_receiver(referral_id, "accept").status_code == 303
    assert desk.as_receiver(referral_id, "undo-accept", **why).status_code == 303
    assert "Waiting for an answer" in text_of(
        desk["alder.worker"].open(f"/desk/referrals/{referral_id}")
    )
