"""Sign-in: generic, slowed, forgotten after idling, ended everywhere by signing out."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from passlib.totp import TOTP
from sqlalchemy import func, select

from ccr.jobs.tasks import JOBS
from ccr.services import sign_in
from ccr.storage.db import db
from ccr.storage.models.operations import Attempt
from tests.loop import world
from tests.people import PASSWORD, Team, make_network, make_team
from tests.web.conftest import Visitor


@pytest.fixture
def worker(sqlite_app: Flask, now: datetime) -> Team:
    return make_team(make_network(at=now), "Alder House", at=now)


def text_of(response: object) -> str:
    return str(response.get_data(as_text=True))  # type: ignore[attr-defined]


def without_tokens(page: str) -> str:
    return re.sub(r'value="[^"]{20,}"', "", page)


def test_a_worker_signs_in_and_sees_her_program(worker: Team, visitor: Visitor) -> None:
    assert visitor.sign_in(worker.email).status_code == 302
    page = text_of(visitor.open("/account"))
    assert "Alder House" in page
    assert worker.email in page


def test_a_wrong_password_and_an_unknown_address_get_the_same_page(
    worker: Team, visitor: Visitor, another_visitor: Visitor
) -> None:
    wrong = text_of(visitor.sign_in(worker.email, "not the password")).replace(worker.email, "")
    unknown = text_of(another_visitor.sign_in("nobody@example.org", "not the password"))
    assert "do not go together" in wrong
    assert without_tokens(wrong) == without_tokens(unknown.replace("nobody@example.org", ""))


def test_after_five_failures_even_the_right_password_has_to_wait_but_not_for_long(
    worker: Team, visitor: Visitor, now: datetime
) -> None:
    with time_machine.travel(now, tick=False) as clock:
        for _ in range(5):
            visitor.sign_in(worker.email, "not the password")
        assert "Wait a little" in text_of(visitor.sign_in(worker.email))
        clock.shift(timedelta(seconds=3))
        assert visitor.sign_in(worker.email).status_code == 302


def test_a_stranger_who_guesses_does_not_slow_the_worker_down(worker: Team, now: datetime) -> None:
    for _ in range(50):
        sign_in.record_failure(worker.email, "203.0.113.9", at=now)
    assert sign_in.seconds_to_wait(worker.email, "203.0.113.9", at=now) > 60
    assert sign_in.seconds_to_wait(worker.email, "198.51.100.2", at=now) == 0


def test_neighbours_in_one_ipv6_network_are_counted_together(worker: Team, now: datetime) -> None:
    for number in range(6):
        sign_in.record_failure(worker.email, f"2001:db8:1:2::{number}", at=now)
    assert sign_in.seconds_to_wait(worker.email, "2001:db8:1:2:ffff::1", at=now) > 0


def test_fifteen_idle_minutes_end_the_session(
    worker: Team, visitor: Visitor, now: datetime
) -> None:
    with time_machine.travel(now, tick=False) as clock:
        visitor.sign_in(worker.email)
        clock.shift(timedelta(minutes=14))
        assert visitor.open("/account").status_code == 200
        clock.shift(timedelta(minutes=16))
        answer = visitor.open("/account")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


def test_eight_hours_end_the_busiest_session(worker: Team, visitor: Visitor, now: datetime) -> None:
    with time_machine.travel(now, tick=False) as clock:
        visitor.sign_in(worker.email)
        for _ in range(47):
            clock.shift(timedelta(minutes=10))
            assert visitor.open("/account").status_code == 200
        clock.shift(timedelta(minutes=11))
        assert visitor.open("/account").status_code == 303


def test_signing_out_makes_a_copied_cookie_worthless(
    worker: Team, visitor: Visitor, another_visitor: Visitor
) -> None:
    visitor.sign_in(worker.email)
    visitor.open("/account")
    cookie = visitor.client.get_cookie("session")
    assert cookie is not None
    another_visitor.client.set_cookie("session", cookie.value)
    assert another_visitor.open("/account").status_code == 200
    visitor.send("/account/sign-out", follow=False)
    another_visitor.client.set_cookie("session", cookie.value)
    assert another_visitor.open("/account").status_code == 303


def test_signing_out_needs_the_form_token(worker: Team, visitor: Visitor) -> None:
    visitor.sign_in(worker.email)
    assert visitor.send("/account/sign-out", {"csrf_token": ""}).status_code == 400
    assert visitor.open("/account").status_code == 200


def test_a_page_wanted_before_sign_in_is_reached_after_it_and_is_never_in_the_address(
    worker: Team, visitor: Visitor
) -> None:
    assert visitor.open("/account").headers["Location"] == "/sign-in"
    page = visitor.sign_in(worker.email, follow=True)
    assert page.request.path == "/account"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_never_leads_to_another_site(worker: Team, visitor: Visitor, target: str) -> None:
    visitor.open("/sign-in")
    answer = visitor.send(
        f"/sign-in?next={target}",
        {"email": worker.email, "password": PASSWORD, "next": target},
        follow=False,
    )
    location = answer.headers.get("Location", "")
    # No Location at all means that the form refused the target and signed nobody in.
    assert location == "" or location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "javascript" not in location


def test_there_is_no_registration_and_no_reset_by_mail(visitor: Visitor) -> None:
    for path in ("/register", "/reset", "/login", "/confirm"):
        assert visitor.open(path).status_code == 404


def set_up_second_factor(visitor: Visitor) -> TOTP:
    page = text_of(visitor.send("/account/second-factor", {"setup": "authenticator"}))
    key = re.search(r'translate="no">([A-Z2-7 -]+)<', page)
    action = re.search(r'action="(/account/second-factor/[^"]+)"', page)
    assert key
    assert action
    totp = TOTP(key.group(1).replace(" ", "").replace("-", ""))
    visitor.send(action.group(1), {"code": totp.generate().token})
    return totp


def test_a_second_factor_is_asked_for_and_each_code_works_once(
    worker: Team, visitor: Visitor, another_visitor: Visitor, now: datetime
) -> None:
    with time_machine.travel(now, tick=False) as clock:
        visitor.sign_in(worker.email)
        visitor.open("/account/second-factor")
        totp = set_up_second_factor(visitor)
        clock.shift(timedelta(seconds=31))
        code = totp.generate().token
        another_visitor.sign_in(worker.email, follow=True)
        assert another_visitor.open("/account").status_code == 303
        another_visitor.open("/sign-in/code")
        another_visitor.send("/sign-in/code", {"code": code}, follow=False)
        assert another_visitor.open("/account").status_code == 200
        third = Visitor(visitor.client.application.test_client())
        third.sign_in(worker.email, follow=True)
        third.send("/sign-in/code", {"code": code}, follow=False)
        assert third.open("/account").status_code == 303


def test_a_recovery_code_lets_her_in_once(worker: Team, visitor: Visitor, now: datetime) -> None:
    with time_machine.travel(now, tick=False) as clock:
        visitor.sign_in(worker.email)
        visitor.open("/account/second-factor")
        set_up_second_factor(visitor)
        page = text_of(visitor.send("/account/recovery-codes", {"generate_new_codes": "1"}))
        codes = re.findall(r'<li class="number">([^<]+)</li>', page)
        assert len(codes) == 8
        clock.shift(timedelta(seconds=31))
        for expected in (200, 303):
            other = Visitor(visitor.client.application.test_client())
            other.sign_in(worker.email, follow=True)
            other.open("/sign-in/recovery-code")
            other.send("/sign-in/recovery-code", {"code": codes[0]}, follow=False)
            assert other.open("/account").status_code == expected


@pytest.mark.parametrize("long", ["x" * 5_000, "\ufdfa" * 5_000, "ñ" * 129])
def test_a_password_that_is_too_long_fits_nobody_and_breaks_nothing(
    worker: Team, visitor: Visitor, long: str
) -> None:
    answer = visitor.sign_in(worker.email, long)
    assert answer.status_code == 200
    assert "do not go together" in text_of(answer)
    visitor.sign_in(worker.email)
    visitor.open("/account/password")
    kept = {"password": PASSWORD, "new_password": long, "new_password_confirm": long}
    refused = visitor.send("/account/password", kept)
    assert "12 to 128 characters" in text_of(refused)
    visitor.send("/account/password", {**kept, "password": long})
    visitor.send("/account/sign-out")
    assert visitor.sign_in(worker.email).status_code == 302


def test_tries_are_forgotten_after_a_day_by_the_worker(sqlite_app: Flask, now: datetime) -> None:
    sign_in.record_failure("somebody@example.org", "192.0.2.1", at=now)
    sign_in.record_failure("another@example.org", "192.0.2.1", at=now + timedelta(hours=20))
    job = next(job for job in JOBS if job.name == "upkeep")
    job.run(world(), now + timedelta(hours=24, minutes=1))
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1
