"""A person names two partners; the first says no, the next is asked by itself and takes it.

By keyboard alone, with axe at 390 px, dark, for the pages that are new on this way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

    from tests.journeys.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def _choose(person: Any, select: Locator, words: str) -> None:
    """Go to a list by Tab and through it by arrows."""
    person.hand._reach(select)
    for _ in range(9):
        if words in select.evaluate("e => e.selectedOptions[0].text"):
            return
        person.page.keyboard.press("ArrowDown")
    raise AssertionError(f"not in the list: {words}")


def _send_in_order(worker: Any, site: Site) -> str:
    """Send to Birch, with Cedar named next; return the address of the referral."""
    worker.sign_in(site.small.emails["alder.worker"])
    worker.go("/desk/referrals/new")
    worker.tick("needs", "advocacy")
    worker.press("Go on to place")
    worker.write("Place", "Troy, NY 12180")
    worker.press("Go on to partners")
    worker.press("Choose Birch legal advocacy (demo)")
    worker.press("Name who is asked next")
    assert "Only those they name are ever asked" in worker.look()
    _choose(worker, worker.page.locator("select[name=second]"), "Cedar advocacy")
    worker.press("Go on to what they see")
    assert "if nobody before can take it" in worker.look()
    worker.tick("agreed", "y")
    worker.hand.tick(worker.page.locator("input[name=further_yes]"))
    worker.press("Continue to check")
    assert "Cedar House (demo)" in worker.look()
    worker.press("Send with their yes")
    sent = worker.look()
    assert "Whom the person named, in order" in sent
    assert "Not asked yet" in sent
    return re.sub(r"^https?://[^/]+", "", worker.page.url)


def test_a_decline_asks_the_next_who_takes_it_by_keyboard_alone(
    chromium: Browser, site: Site
) -> None:
    from tests.journeys.people_at_screens import Keyboard, at_screen

    narrow = {"hand": Keyboard(), "axe": True, "width": 390, "theme": "dark"}
    worker = at_screen(chromium, site.url, **narrow)
    birch = at_screen(chromium, site.url, hand=Keyboard())
    cedar = at_screen(chromium, site.url, hand=Keyboard())
    address = _send_in_order(worker, site)

    birch.sign_in(site.small.emails["birch.advocate"])
    birch.go(address)
    birch.unfold("Cannot take it")
    birch.tick("reason", "safety")
    birch.press("Send this answer")
    assert "Cedar" not in birch.look()

    worker.go(address)
    moved = worker.look()
    assert "The next partner the person named was asked." in moved
    worker.press("Cedar advocacy (demo)", "link")
    assert "Waiting for an answer" in worker.look()
    theirs = re.sub(r"^https?://[^/]+", "", worker.page.url)

    cedar.sign_in(site.small.emails["cedar.worker"])
    cedar.go(theirs)
    assert "Birch" not in cedar.look()
    cedar.press("Accept")
    assert "Birch" not in cedar.look()
    worker.go(theirs)
    assert "They accepted." in worker.look()
    for person in (worker, birch, cedar):
        person.leave()
