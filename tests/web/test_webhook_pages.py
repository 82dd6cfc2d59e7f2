"""The page of webhooks: an administrator adds, tries, turns off, removes; nobody else comes in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from ccr.adapters.webhook_sender import FailedError
from ccr.services import webhooks
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

PAGE, URL = "/account/webhooks", "https://hill.example/ccr"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr("ccr.services.webhooks.checked_server", lambda *_args, **_more: None)
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def added(desk: Desk) -> str:
    """Add an address; return the path of its acts."""
    desk["birch.agency_admin"].open(PAGE)
    page = text_of(desk["birch.agency_admin"].send(PAGE, {"url": URL}))
    return re.search(r"(/account/webhooks/[0-9a-f-]{36})/off", page)[1]


def test_a_secret_is_shown_once_and_an_address_is_turned_off_on_and_removed(desk: Desk) -> None:
    who = desk["birch.agency_admin"]
    assert PAGE in text_of(who.open("/account"))
    who.open(PAGE)
    made = who.send(PAGE, {"url": URL})
    secret = re.search(r"whsec_[\w+/=]+", text_of(made))[0]
    assert made.headers["Cache-Control"] == "no-store"
    again = text_of(who.open(PAGE))
    assert URL in again
    assert secret not in again
    act = re.search(r"(/account/webhooks/[0-9a-f-]{36})/off", again)[1]
    assert "A person turned it off." in text_of(who.send(f"{act}/off"))
    assert "A person turned it off." not in text_of(who.send(f"{act}/on"))
    assert URL in text_of(who.open(f"{act}/remove"))
    assert URL not in text_of(who.send(f"{act}/remove"))
    assert who.open(f"{act}/remove").status_code == 404


@pytest.mark.parametrize("typed", ["", "http://hill.example/ccr", "https://hill.example/?x=1"])
def test_an_address_that_cannot_be_used_comes_back_with_what_was_typed(
    desk: Desk, typed: str
) -> None:
    who = desk["birch.agency_admin"]
    who.open(PAGE)
    back = who.send(PAGE, {"url": typed}, follow=False)
    assert back.status_code == 422
    assert "Give a plain https address" in text_of(back)
    assert f'value="{typed}"' in text_of(back)


def test_a_sixth_is_refused(desk: Desk) -> None:
    for _ in range(webhooks.MOST_WEBHOOKS):
        added(desk)
    assert desk["birch.agency_admin"].send(PAGE, {"url": URL}, follow=False).status_code == 409


def test_only_its_administrator_finds_it(desk: Desk) -> None:
    act = added(desk)
    assert URL not in text_of(desk["alder.agency_admin"].open(PAGE))
    desk["birch.advocate"].open("/desk")
    assert desk["birch.advocate"].open(PAGE).status_code == 404
    for name in ("off", "on", "test", "remove"):
        assert desk["birch.advocate"].send(f"{act}/{name}", {}, follow=False).status_code == 404
        stranger = desk["alder.agency_admin"].send(f"{act}/{name}", {}, follow=False)
        assert stranger.status_code == 404
    mine = desk["birch.agency_admin"].send(f"{PAGE}/{uuid4()}/off", {}, follow=False)
    assert mine.status_code == 404


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, "The test message was taken."),
        ("silent", "Nothing answered in time"),
        ("status-500", "It answered with status 500"),
    ],
)
def test_a_test_message_is_signed_and_says_what_came_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, code: str | None, words: str
) -> None:
    heard = []

    def send(url: str, body: str, headers: dict[str, str]) -> None:
        heard.append((url, body, set(headers)))
        if code:
            raise FailedError(code)

    act = added(desk)
    monkeypatch.setattr("ccr.adapters.webhook_sender.send", send)
    page = text_of(desk["birch.agency_admin"].send(f"{act}/test"))
    assert words in page
    assert ("Not yet" in page) is (code is not None)
    signed = {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert heard == [(URL, '{"type":"webhook.test"}', signed)]


def test_while_its_member_is_suspended_it_says_so_and_stays_off(desk: Desk) -> None:
    act = added(desk)
    member = f"/network/members/{desk.small.birch.member_id}"
    coordinator, who = desk["coordination.coordinator"], desk["birch.agency_admin"]
    coordinator.open(member)
    coordinator.send(f"{member}/suspend")
    assert "Your agency was suspended." in text_of(who.open(PAGE))
    assert "nothing new can be started" in text_of(who.send(f"{act}/on"))
    assert who.send(PAGE, {"url": URL}, follow=False).status_code == 409
    assert "Their webhooks stay off" in text_of(coordinator.open(member))
