"""Dune's consultation protocol ends today: red everywhere, until a coordinator records the next.

An advocate reads the profile and prints the sheet, anybody asks for a program near a place, the
coordinator sees the gap and renews: by keyboard, on a phone, dark. Axe on the pages of the two;
the public ones without script.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from ccr.adapters.clock import utc_now
from tests.coordination import sign_protocol

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.journeys.conftest import Site
    from tests.journeys.people_at_screens import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
FLAG = "No safety consultation protocol is in force."
LAPSED = "Dune Program (demo): the consultation protocol has lapsed"
PUBLIC = "This program has no plan with advocates for safety today."
LIMITS = "No program can promise that the abuse ends."


def today() -> date:
    """Return the day in the network's zone."""
    return datetime.now(ZoneInfo("America/New_York")).date()


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    """Return a site of one's own, where Dune's protocol with Birch ends today."""
    from tests.journeys.conftest import Site, app_in, serving
    from tests.small_directory import make_small_directory

    with app_in(tmp_path, sqlite_template):
        small = make_small_directory(at=utc_now(), name="Journey network")
        signed = today() - timedelta(days=365)
        sign_protocol(small, small.birch, signed_on=signed, expires_on=today())
    with serving(tmp_path) as url:
        yield Site(url, small, tmp_path)


def _programs_nearby(person: Person) -> str:
    person.go("/about-programs")
    person.look()
    person.write("Where?", "12180")
    person.press("Show programs")
    return person.look()


def _reads_the_profile(advocate: Person) -> str:
    advocate.go("/programs/profiles")
    assert "Dune Program (demo)" in advocate.look()
    advocate.press("Dune Program (demo)", "link")
    return advocate.look()


def _renews(coordinator: Person, site: Site) -> None:
    coordinator.go("/network/agreements")
    assert "Lapsed" in coordinator.look()
    coordinator.unfold("Record a consultation protocol")
    page = coordinator.page
    page.locator("#protocol-first").select_option(str(site.small.dune.compartment_id))
    page.locator("#protocol-second").select_option(str(site.small.birch.member_id))
    page.locator("#protocol-signed_on").fill(today().isoformat())
    page.locator("#protocol-expires_on").fill((today() + timedelta(days=365)).isoformat())
    coordinator.press("Record the protocol")
    assert "The protocol is recorded." in coordinator.look()


def test_a_protocol_lapses_is_red_everywhere_and_is_renewed(chromium: Browser, site: Site) -> None:
    from tests.journeys.people_at_screens import Keyboard, at_screen

    emails = site.small.emails
    advocate = at_screen(chromium, site.url, axe=True)
    advocate.sign_in(emails["birch.advocate"])
    coordinator = at_screen(chromium, site.url, hand=Keyboard(), width=390, theme="dark", axe=True)
    coordinator.sign_in(emails["coordination.coordinator"])
    anybody = at_screen(chromium, site.url, script=False)

    profile = _reads_the_profile(advocate)
    assert FLAG in profile
    assert LIMITS in profile
    coordinator.go("/network/gaps")
    assert LAPSED in coordinator.look()
    shown = _programs_nearby(anybody)
    assert PUBLIC in shown
    assert shown.index("Dune groups (demo)") < shown.index(PUBLIC)

    _renews(coordinator, site)
    assert FLAG not in _reads_the_profile(advocate)
    coordinator.go("/network/gaps")
    assert LAPSED not in coordinator.look()
    again = _programs_nearby(anybody)
    assert PUBLIC not in again
    assert LIMITS in again

    advocate.press("A sheet for somebody whose partner is in a program", "link")
    assert "Before you hand it over" in advocate.look()
    advocate.press("Español", "link")
    assert "Sus opciones" in advocate.look()
    assert advocate.page.title() == "Sus opciones"
    for person in (advocate, coordinator, anybody):
        person.leave()
