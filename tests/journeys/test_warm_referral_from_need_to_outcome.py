"""A worker and an advocate take one referral from the need to its outcome, each in a browser.

The same way is gone with the mouse (and axe at 1280 px, light), without script, and by keyboard
alone (and axe at 390 px, dark).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.journeys.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
LEFT_OUT = "Cedar House (demo)"
QUESTION = "Can someone sit with them at court on Friday?"


@contextmanager
def _two_people(chromium: Browser, site: Site, **how: Any) -> Iterator[tuple[Any, Any]]:
    from tests.journeys.people_at_screens import at_screen

    worker = at_screen(chromium, site.url, **how)
    advocate = at_screen(chromium, site.url, **how)
    worker.secrets += ["cedar"]
    yield worker, advocate
    worker.leave()
    advocate.leave()


def _send(worker: Any, site: Site, *, release: bool) -> str:
    """Send a referral from the need to the sender's page; return its spoken code."""
    worker.sign_in(site.small.emails["alder.worker"])
    assert "Inbox" in worker.look()
    worker.go("/desk/referrals/new")
    assert "Call 911" in worker.look()
    for need in ("advocacy", "protection-order"):
        worker.tick("needs", need)
    worker.tick("urgency", "high")
    worker.press("Go on to place")
    worker.look()
    worker.write("Place", "Troy, NY 12180")
    worker.write("Leave out a member", LEFT_OUT)
    worker.press("Go on to partners")
    partners = worker.look()
    assert "Birch legal advocacy (demo)" in partners
    assert "518-555-0142" in partners
    assert LEFT_OUT not in partners
    worker.press("Choose Birch legal advocacy (demo)")
    assert "No such field in CCR." in worker.look()
    worker.press("Continue to check")
    assert "Nothing is sent without it" in worker.look()
    worker.write("If something must be asked first", QUESTION)
    worker.tick("agreed", "y")
    worker.tick("feedback", "yes" if release else "no")
    worker.press("Continue to check")
    check = worker.look()
    assert QUESTION in check
    assert LEFT_OUT not in check
    worker.press("Send with their yes")
    sent = worker.look()
    assert "This is what you can tell the person" in sent
    code = " ".join(worker.page.locator(".spoken-code span").all_inner_texts())
    assert len(code.split()) == 4
    worker.secrets.append(code)
    return code


def _take_it_through(advocate: Any, site: Site, code: str, *, release: bool) -> None:
    """Open the referral by its code, accept, reach the person, connect, close."""
    advocate.secrets.append(code)
    advocate.sign_in(site.small.emails["birch.advocate"])
    assert "Advocacy and protection order" in advocate.look()
    advocate.write("Someone is calling about a code", code)
    advocate.press("Find")
    before = advocate.look()
    assert "You see the rest after accepting" in before
    assert QUESTION not in before
    # One word of a code may well be a word of the page; all four are the code.
    assert not set(code.split()) <= set(before.split())
    advocate.press("Accept")
    after = advocate.look()
    assert QUESTION in after
    assert "There is no name here" in after
    if release:
        advocate.unfold("The person agreed")
        advocate.tick("how", "written")
        advocate.press("Confirm")
    advocate.press("Log a try", "link")
    advocate.look()
    advocate.tick("kind", "reached")
    advocate.tick("still_safe", "yes")
    advocate.press("Log it")
    advocate.look()
    advocate.press("Record that you are connected")
    advocate.look()
    advocate.press("Close with an outcome", "link")
    advocate.tick("outcome", "service-started")
    advocate.hand.press(advocate.page.get_by_role("button", name="Close", exact=True))
    assert "Service started" in advocate.look()


def _go_all_the_way(worker: Any, advocate: Any, site: Site, *, release: bool) -> str:
    code = _send(worker, site, release=release)
    path = re.sub(r"^https?://[^/]+", "", worker.page.url)
    _take_it_through(advocate, site, code, release=release)
    worker.go(path)
    end: str = worker.look()
    return end


def test_the_sender_sees_the_outcome_with_a_release(chromium: Browser, site: Site) -> None:
    with _two_people(chromium, site, axe=True) as (worker, advocate):
        end = _go_all_the_way(worker, advocate, site, release=True)
        assert "Service started" in end
        assert "The person is connected." in end
        worker.fits_with_the_longest_code()
        _papers(worker)
        for path in ("/desk/outbox?group=done", "/desk/follow-ups", "/desk/find", "/account"):
            worker.go(path)
            worker.look()


def test_the_same_without_script_and_without_a_release(chromium: Browser, site: Site) -> None:
    with _two_people(chromium, site, script=False) as (worker, advocate):
        end = _go_all_the_way(worker, advocate, site, release=False)
        assert "They accepted." in end
        assert "No feedback release is in force." in end
        assert "Service started" not in end
        assert "connected" not in end.lower()


def test_the_same_by_keyboard_alone(chromium: Browser, site: Site) -> None:
    from tests.journeys.people_at_screens import Keyboard

    how = {"hand": Keyboard(), "axe": True, "width": 390, "theme": "dark"}
    with _two_people(chromium, site, **how) as (worker, advocate):
        end = _go_all_the_way(worker, advocate, site, release=True)
        assert "Service started" in end


def _papers(worker: Any) -> None:
    """Print the file slip and the take-away card: one sheet each, and no name on the card."""
    address = worker.page.url
    worker.go(re.sub(r"^https?://[^/]+", "", address) + "/slip")
    assert "Birch legal advocacy (demo)" in worker.look()
    assert len(re.findall(rb"/Type\s*/Page\b", worker.page.pdf(format="Letter"))) == 1
    worker.go(re.sub(r"^https?://[^/]+", "", address) + "/card")
    card = worker.look()
    worker.fits_with_the_longest_code()
    assert "518-555-0142" in card
    worker.page.emulate_media(media="print")
    printed = worker.page.locator("body").inner_text()
    for name in ("Birch", "Alder", "network", "advocacy", "Back"):
        assert name not in printed
    assert len(re.findall(rb"/Type\s*/Page\b", worker.page.pdf(format="Letter"))) == 1
    worker.page.emulate_media(media="screen")
