"""A coordinator invites somebody, who makes an account, practises without script, is trained."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from ccr.adapters.clock import utc_now
from ccr.app import create_app
from ccr.domain.taxonomy import MemberCategory, Regime, Sector
from ccr.services import practice
from ccr.storage.db import db, unit_of_work
from ccr.storage.queries import accounts
from tests.conftest import settings_for
from tests.people import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.journeys.conftest import Site
    from tests.journeys.people_at_screens import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

NEWCOMER = "pastor@example.org"
RIBBON = "Practice. Nothing here is real."


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    """Return a site of one's own. Whoever joins here would stand in the lists of other journeys."""
    from tests.journeys.conftest import made_site

    with made_site(tmp_path, sqlite_template) as made:
        yield made


@pytest.fixture
def member(site: Site) -> UUID:
    """Return a member that has not joined yet."""

    def make() -> UUID:
        app = create_app(settings_for(site.folder))
        with app.app_context():
            with unit_of_work():
                member_id = accounts.add_member(
                    site.small.network_id,
                    "Elder Chapel (demo)",
                    category=MemberCategory.FAITH,
                    sector=Sector.PRIVATE,
                    regime=Regime.OTHER,
                    at=utc_now(),
                )
                accounts.add_compartment(
                    site.small.network_id,
                    member_id,
                    name="General",
                    kind=accounts.CompartmentKind.GENERAL,
                    at=utc_now(),
                )
            db.session.remove()
            db.engine.dispose()
        return member_id

    return contextvars.Context().run(make)


def worker_runs(site: Site, minutes: int) -> None:
    """Do what the worker does, as if so many minutes had passed."""

    def run() -> None:
        app = create_app(settings_for(site.folder))
        with app.app_context():
            at = utc_now() + timedelta(minutes=minutes)
            practice.run(app.extensions["ccr_world"], at=at)
            db.session.remove()
            db.engine.dispose()

    contextvars.Context().run(run)


@pytest.fixture
def coordinator(chromium: Browser, site: Site) -> Iterator[Person]:
    from tests.journeys.people_at_screens import at_screen

    person = at_screen(chromium, site.url, axe=True)
    yield person
    person.leave()


@pytest.fixture
def pastor(chromium: Browser, site: Site) -> Iterator[Person]:
    """Return somebody with a phone and no script."""
    from tests.journeys.people_at_screens import at_screen

    person = at_screen(chromium, site.url, script=False, axe=False, width=390)
    yield person
    person.leave()


def test_invited_practised_trained(
    site: Site, member: UUID, coordinator: Person, pastor: Person
) -> None:
    coordinator.sign_in(site.small.emails["coordination.coordinator"])
    coordinator.go("/network/members")
    assert "Elder Chapel (demo)" in coordinator.look()
    coordinator.press("Elder Chapel (demo)", role="link")
    coordinator.look()
    coordinator.press("Make a code for General")
    assert "The code, shown this once" in coordinator.look()
    groups = coordinator.page.locator(".invitation-code span").all_inner_texts()

    pastor.go("/invited")
    pastor.look()
    pastor.write("Your code", " ".join(groups).lower())
    pastor.press("Go on")
    assert "Elder Chapel (demo)" in pastor.look()
    pastor.page.get_by_label("Work e-mail").fill(NEWCOMER)
    pastor.page.get_by_label("Password", exact=True).fill(PASSWORD)
    pastor.page.get_by_label("The same password again").fill(PASSWORD)
    pastor.press("Make my account")
    pastor.sign_in(NEWCOMER)
    assert "Practice space" in pastor.look()  # the first thing there is to do
    pastor.press("Practise")
    assert RIBBON in pastor.look()

    worker_runs(site, 2)
    send_one(pastor)
    worker_runs(site, 4)
    answer_and_close_one(pastor)
    worker_runs(site, 6)
    pastor.go("/account")
    assert "You have tried all of it." in pastor.look()
    pastor.press("Leave practice")
    assert RIBBON not in pastor.look()

    coordinator.go(f"/network/members/{member}")
    assert "1 of 1 have practised" in coordinator.look()
    coordinator.page.get_by_label("Who said yes, by role").select_option("faith-leader")
    coordinator.press("Record the pledge")
    coordinator.look()
    coordinator.press("Let them go live")
    assert "Live" in coordinator.look()


def send_one(person: Person) -> None:
    """Send a practice referral to the partner that takes it."""
    person.go("/desk/referrals/new")
    person.tick("needs", "advocacy")
    person.page.locator("main .btn-primary").click()
    person.write("Place", "Troy, NY")
    person.page.locator("main .btn-primary").click()
    assert RIBBON in person.look()
    person.press("Choose Meadow advocacy (practice)")
    person.page.locator("input[name=agreed]").check()
    person.page.locator("main .btn-primary").click()
    person.page.locator("main .btn-primary").click()
    assert "Sent to Meadow Advocates (practice)" in person.look()


def answer_and_close_one(person: Person) -> None:
    """Accept what arrived, and close it."""
    person.go("/desk/inbox")
    person.look()
    link = person.page.locator("main a[href^='/desk/referrals/']").first
    assert re.search(r"[0-9a-f-]{36}$", link.get_attribute("href") or "")
    link.click()
    person.press("Accept")
    person.look()
    person.unfold("Close")
    person.tick("outcome", "not-reached-safely")
    person.page.locator("form[action$='/as-receiver/close'] button[type=submit]").click()
    person.look()


@pytest.mark.parametrize(
    ("path", "theme"),
    [("/es/join/pastor", "dark"), ("/en/join/counsel", "light"), ("/en/join/sheriff", "light")],
)
def test_the_public_pages_are_whole_on_a_phone(
    chromium: Browser, site: Site, path: str, theme: str
) -> None:
    from tests.journeys.people_at_screens import at_screen

    person = at_screen(chromium, site.url, axe=True, width=390, theme=theme)
    person.go(path)
    person.look()
    assert person.context.cookies() == []
    person.leave()
