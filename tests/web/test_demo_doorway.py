"""The doorway: one click to come in, only where everything is invented, and no cookie before it."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from ccr.app import create_app
from ccr.domain.taxonomy import MemberCategory, Regime
from ccr.policy.identity import Role
from ccr.services import accounts
from ccr.services.demo import load_demo
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account
from ccr.web.presenters.demo_stories import DOORS, STORIES, step_named
from tests.conftest import NOW, settings_for
from tests.directory_rows import Statements
from tests.web.conftest import Visitor

PASSWORD = "a long demo password"
TOKEN = re.compile(r'name="token" value="([^"]+)"')


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory, sqlite_template):
    """Load once; every test gets a copy of the file, which is much faster."""
    folder = tmp_path_factory.mktemp("doorway")
    shutil.copy(sqlite_template, folder / "ccr.db")
    app = create_app(settings_for(folder))
    with app.app_context():
        loaded = load_demo(app.extensions["ccr_world"], password=PASSWORD, at=NOW, history=False)
        db.session.remove()
        db.engine.dispose()
    return folder / "ccr.db", loaded


@pytest.fixture
def demo(sqlite_app: Flask, sqlite_settings, loaded_once, now):
    db.session.remove()
    db.engine.dispose()
    shutil.copy(loaded_once[0], sqlite_settings.data_dir / "ccr.db")
    with time_machine.travel(now, tick=False):
        yield loaded_once[1]


def come_in(visitor: Visitor, role: str, step: str = "", **headers: str):
    page = visitor.open("/demo").get_data(as_text=True)
    fields = {"token": TOKEN.search(page)[1], "role": role, "step": step}
    return visitor.client.post("/demo/enter", data=fields, headers=headers)


# -- where there is a door -------------------------------------------------------------------------


def test_every_role_has_a_door_and_the_public_has_one_without(demo, visitor: Visitor):
    page = visitor.open("/demo").get_data(as_text=True)
    for role in Role:
        assert f'name="role" value="{role.value}"' in page
    assert set(DOORS) == set(Role)
    assert 'href="/en/"' in page
    assert PASSWORD not in page
    assert "password" not in page.lower()
    assert "@" not in page


def test_looking_sets_no_cookie_and_coming_in_sets_one(demo, visitor: Visitor):
    for path in ("/demo", "/es/demo", "/demo?at=referral-3", "/"):
        assert "Set-Cookie" not in visitor.open(path).headers, path
    answer = come_in(visitor, "worker")
    assert answer.headers.getlist("Set-Cookie")[0].startswith("session=")


@pytest.mark.parametrize("role", list(Role))
def test_one_click_signs_in_as_the_person_shown(demo, visitor: Visitor, role: Role):
    answer = come_in(visitor, role.value)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/welcome")
    account = visitor.open("/account").get_data(as_text=True)
    shown = next(a for a in demo.accounts if a.shown and a.role is role)
    assert shown.member in account
    assert 'href="/demo"' in account  # the way back, in the ribbon


def test_another_click_changes_who_one_is(demo, visitor: Visitor):
    come_in(visitor, "worker")
    come_in(visitor, "facilitator")
    page = visitor.open("/account").get_data(as_text=True)
    assert "Cedar Path Program (demo)" in page
    assert "Rensselaer Family Center (demo)" not in page


def test_whoever_comes_back_after_a_break_finds_the_doorway_open(demo, visitor: Visitor, now):
    come_in(visitor, "worker")
    with time_machine.travel(now + timedelta(minutes=40), tick=False):
        assert visitor.open("/demo").status_code == 200
        assert come_in(visitor, "advocate").headers["Location"] == "/welcome"
        assert "Riverside Family Advocates (demo)" in visitor.open("/account").get_data(
            as_text=True
        )


def test_a_step_leads_to_its_own_page_and_nowhere_else(demo, visitor: Visitor):
    answer = come_in(visitor, "advocate", "referral-5")
    assert answer.headers["Location"] == "/desk/inbox"
    for step in ("referral-99", "//example.org", "https://example.org/-1", "gap"):
        assert come_in(visitor, "advocate", step).headers["Location"] == "/welcome"


def test_the_doorway_takes_few_statements(demo, visitor: Visitor):
    visitor.open("/demo")
    with Statements() as run:
        visitor.open("/demo?at=referral-2")
    assert len(run.texts) <= 3


# -- where there is none ---------------------------------------------------------------------------


def test_without_a_demo_there_is_no_doorway(sqlite_app: Flask, visitor: Visitor, now):
    accounts.create_network("Hill County", at=now)
    there_never_was = visitor.open("/no-such-page")
    for path in ("/demo", "/es/demo"):
        answer = visitor.open(path)
        assert answer.status_code == 404
    assert visitor.open("/demo").data == there_never_was.data
    assert "doorway" not in visitor.open("/").get_data(as_text=True).lower().replace(
        "css/doorway.css", ""
    )
    assert visitor.client.post("/demo/enter", data={"role": "worker"}).status_code in {400, 404}


def test_an_account_of_a_real_network_is_never_a_door(sqlite_app: Flask, visitor: Visitor, now):
    """The same addresses in a network that is no demo open nothing, even with a good form."""
    accounts.create_network("Hill County", at=now)
    identity = accounts.terminal_identity()
    accounts.create_member(
        identity, "Clinic", category=MemberCategory.HEALTH, regime=Regime.HIPAA, at=now
    )
    accounts.create_account(
        identity, email="worker@family-center.example", role=Role.WORKER, member_name="Clinic",
        password=PASSWORD, at=now,
    )  # fmt: skip
    from itsdangerous import URLSafeTimedSerializer

    signer = URLSafeTimedSerializer(sqlite_app.secret_key, salt="demo-doorway")
    answer = visitor.client.post(
        "/demo/enter", data={"token": signer.dumps("enter"), "role": "worker"}
    )
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "host", ["ccr.example", "192.168.1.4:8000", "127.0.0.1.example", "[fe80::1]"]
)
def test_under_another_name_than_this_machine_there_is_no_doorway(demo, visitor: Visitor, host):
    assert visitor.open("/demo", headers={"Host": host}).status_code == 404
    answer = come_in(visitor, "worker", Host=host)
    assert answer.status_code == 404
    assert "Demo doorway" not in visitor.open("/", headers={"Host": host}).get_data(as_text=True)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "localhost"])
def test_under_every_name_of_this_machine_it_opens(demo, visitor: Visitor, host):
    assert visitor.open("/demo", headers={"Host": host}).status_code == 200
    assert come_in(visitor, "worker", Host=host).status_code == 303


# -- forms that are not ours -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:9999"},
    ],
)
def test_a_form_of_another_site_is_refused(demo, visitor: Visitor, headers):
    answer = come_in(visitor, "worker", **headers)
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("token", ["", "enter", "e30.x.y", None])
def test_a_form_without_our_token_is_refused(demo, visitor: Visitor, token):
    fields = {"role": "worker"} | ({} if token is None else {"token": token})
    answer = visitor.client.post("/demo/enter", data=fields)
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers


def test_an_old_form_is_refused(demo, visitor: Visitor, now):
    page = visitor.open("/demo").get_data(as_text=True)
    fields = {"token": TOKEN.search(page)[1], "role": "worker"}
    with time_machine.travel(now.replace(day=13), tick=False):
        assert visitor.client.post("/demo/enter", data=fields).status_code == 400


@pytest.mark.parametrize("role", ["", "root", "WORKER", "worker'--"])
def test_a_role_that_has_no_door_is_refused(demo, visitor: Visitor, role):
    answer = come_in(visitor, role)
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


def test_an_account_that_was_disabled_has_no_door(demo, visitor: Visitor):
    with unit_of_work():
        for account in db.session.scalars(db.select(Account)).unique():
            account.active = account.email != "worker@family-center.example"
    doors = visitor.open("/demo").get_data(as_text=True).split("stories-heading")[0]
    assert 'value="worker"' not in doors
    assert come_in(visitor, "worker").status_code == 404


# -- the stories -----------------------------------------------------------------------------------


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_link_of_a_story_opens_for_the_one_who_walks_it(demo, visitor: Visitor, story):
    assert len(story.steps) >= 3
    assert story.steps[0].enter is not None
    shown = visitor.open(f"/demo?at={story.name}-1").get_data(as_text=True)
    for number, step in enumerate(story.steps, start=1):
        if step.enter:
            answer = come_in(visitor, step.enter.value, f"{story.name}-{number}")
            there = visitor.open(answer.headers["Location"], follow_redirects=True)
            assert there.status_code == 200, step.to
        if f'href="{step.to}"' in shown:
            assert visitor.open(step.to).status_code == 200, step.to


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_address_alone_says_how_far_one_has_come(demo, visitor: Visitor, story):
    last = len(story.steps)
    for number in range(1, last + 1):
        page = visitor.open(f"/demo?at={story.name}-{number}").get_data(as_text=True)
        assert page.count('aria-current="step"') == 1
        assert page.count('<li class="is-done">') == number - 1
        following = f"at={story.name}-{number + 1}#{story.name}"
        assert (following in page) is (number < last)


def test_a_step_that_there_is_not_shows_the_beginning(demo, visitor: Visitor):
    for name in ("referral-0", "referral-7", "referral", "x-1", "gap--1", "referral-²", "'"):
        assert step_named(name) is None
        page = visitor.open("/demo", query_string={"at": name}).get_data(as_text=True)
        assert 'aria-current="step"' not in page


def test_the_page_is_whole_in_spanish(demo, visitor: Visitor):
    page = visitor.open("/es/demo").get_data(as_text=True)
    assert '<html lang="es"' in page
    assert "Entrar como" in page
    assert "Una referencia acompañada" in page
    for english in ("Come in", "A warm referral", "Notice:"):
        assert english not in page


# -- every page says that it is a demo -------------------------------------------------------------


def test_public_pages_say_what_is_invented_and_what_is_real(demo, visitor: Visitor):
    page = visitor.open("/").get_data(as_text=True)
    assert "every place and phone number here is invented" in page
    assert "the lines for the whole country or state are real" in page
    assert 'href="/demo"' in page


def test_the_front_page_stands_when_the_database_does_not(
    demo, visitor: Visitor, sqlite_app: Flask
):
    with unit_of_work():
        db.session.execute(db.text("ALTER TABLE network RENAME TO elsewhere"))
    assert visitor.open("/").status_code == 200
    with unit_of_work():
        db.session.execute(db.text("ALTER TABLE elsewhere RENAME TO network"))
