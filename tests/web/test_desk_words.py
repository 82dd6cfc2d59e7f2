"""Words that come back for a second look, a calendar address, what a page asks by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar

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
    assert asked == {"inbox": 0, "sent": 0, "follow_ups": 0, "token": token}
    desk.as_receiver(referral_id, "ask", note="Which language?")
    changed = json.loads(text_of(mine.open(path)))
    assert changed["token"] != token
    assert changed["sent"] == 1
    for minutes in (5, 10, 14):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert mine.open(path).status_code == 200
    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        assert mine.open(path).status_code == 303
