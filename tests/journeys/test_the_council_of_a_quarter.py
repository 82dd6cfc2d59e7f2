"""A coordinator takes the worst gap to the council and prints the quarter's report, by keyboard.

Dune's consultation protocol has lapsed and a county has nobody at night: both stand first. What one
more emergency housing in a rural ZIP would change is asked, and the question kept. The gap gets an
owner and a day, the meeting a point about it with safety first, a member an action, and the
report tells all of it. Dark, 390 px; axe on the meeting with all that is in it, and the report.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ccr.adapters.clock import utc_now
from tests.coordination import sign_protocol

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.journeys.conftest import Site
    from tests.journeys.people_at_screens import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PATIENCE = 60_000
"""Milliseconds that a page may take on a busy machine."""
STEP = "Both sign the renewed protocol."


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    """Return a site of one's own, where Dune's protocol with Birch ended a month ago."""
    from tests.journeys.conftest import Site, app_in, serving
    from tests.small_directory import make_small_directory

    with app_in(tmp_path, sqlite_template):
        small = make_small_directory(at=utc_now(), name="Journey network")
        today = utc_now().date()
        sign_protocol(
            small, small.birch, signed_on=today - timedelta(days=400),
            expires_on=today - timedelta(days=30),
        )  # fmt: skip
    with serving(tmp_path) as url:
        yield Site(url, small, tmp_path)


def _finds_the_worst_first(overview: str) -> None:
    lapsed = overview.index("the consultation protocol has lapsed")
    assert lapsed < overview.index("nobody answers at night")


def _tries_one_more_service(person: Person) -> None:
    page = person.page
    person.go("/network/what-if")
    person.look()
    page.locator("#place-row").select_option(label="Emergency housing")
    person.hand.write(page.locator("#place-zip"), "12090")
    page.locator("#place-minutes").select_option("45")
    person.press("See what changes: One more at a place")
    person.axe = True
    answer = person.look()
    assert "One more service at Hoosick Falls, NY 12090 for: Emergency housing" in answer
    assert "would be within reach for the first time" in answer
    assert answer.index("None") < answer.index("One only")
    person.axe = False
    person.write("Name of the question", "One more house in the hills")
    person.press("Keep this question")
    assert "The question is kept." in person.look()


def _takes_the_gap(person: Person, day: str) -> None:
    """Give it an owner and a day."""
    page = person.page
    person.go("/network/overview")
    person.look()
    person.press("Take this gap: Dune Program")
    person.look()
    page.locator("#owner").select_option(label="Birch Advocates (demo)")
    person.write("Next step", STEP)
    page.locator("#due_on").fill(day)
    page.locator("#effect").select_option("raises")
    page.locator("#whom").select_option("survivors")
    person.press("Keep this plan")
    assert "The gap has an owner now." in person.look()


def _decides(person: Person) -> None:
    page = person.page
    fold = page.locator("details", has_text="Write the decision: The lapsed protocol")
    person.hand.press(fold.locator("summary"))
    page.locator("#point1-outcome").select_option("agreed")
    person.hand.write(page.locator("#point1-decision"), "Birch and Dune sign within a month.")
    page.locator("#point1-effect").select_option("raises")
    page.locator("#point1-whom").select_option("survivors")
    person.hand.press(fold.get_by_role("button", name="Keep the decision"))
    assert "The decision is kept." in person.look()


def test_the_worst_gap_comes_before_the_council_and_into_the_report(
    chromium: Browser, site: Site
) -> None:
    from tests.journeys.people_at_screens import Keyboard, at_screen

    person = at_screen(chromium, site.url, hand=Keyboard(), width=390, theme="dark")
    page = person.page
    page.set_default_timeout(PATIENCE)
    day = (utc_now() + timedelta(days=30)).date().isoformat()
    person.sign_in(site.small.emails["coordination.coordinator"])
    _finds_the_worst_first(person.look())
    _tries_one_more_service(person)
    _takes_the_gap(person, day)
    # The council meets.
    person.go("/network/council")
    person.look()
    person.write("Name of the committee", "Coordinating council")
    for name in ("Birch Advocates (demo)", "Dune Program (demo)"):
        person.hand.tick(page.get_by_label(name, exact=True))
    person.press("Add the committee")
    assert "The committee is at work." in person.look()
    page.locator("#meeting-held_on").fill(utc_now().date().isoformat())
    person.press("Add the meeting")
    assert "Survivor safety: what changed since the last meeting?" in person.look()
    person.unfold("Put a point on the agenda")
    person.write("One more point", "The lapsed protocol")
    page.locator("#item-gap").select_option(index=1)
    person.press("Put it on the agenda")
    assert "It stands on the agenda." in person.look()
    _decides(person)
    person.write("What is to be done", "Send the draft to both.")
    page.locator("#action-owner").select_option(label="Dune Program (demo)")
    page.locator("#action-due_on").fill(day)
    page.locator("#action-gap").select_option(index=1)
    person.press("Add the action")
    person.axe = True
    assert "The action stands on the board." in person.look()
    # The quarter's report, on one sheet.
    person.go("/network/council/report")
    person.look()
    person.hand.press(page.locator("main a.btn-primary"))
    report = person.look()
    for words in (
        "Survivor safety first",
        "the consultation protocol has lapsed",
        STEP,
        "Birch and Dune sign within a month.",
        "It raises safety: Survivors",
        "Send the draft to both.",
        "An agreement never replaces a person’s own release.",
    ):
        assert words in report, words
    person.leave()
