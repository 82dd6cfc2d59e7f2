"""A worker goes through the directory with the keyboard alone, and switches its keys off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import Site
from tests.journeys.people_at_screens import at_screen

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
FOCUS = "document.activeElement.id || document.activeElement.textContent.trim()"
COME_BACK = "tr[data-result]:focus"
CLOSED = "!document.querySelector('dialog[open]')"


def test_a_worker_searches_moves_puts_aside_and_opens_by_keys_alone_and_can_switch_them_off(
    chromium: Browser, site: Site
) -> None:
    worker = at_screen(chromium, site.url, axe=True)
    page, keys = worker.page, worker.page.keyboard
    worker.sign_in(site.small.emails["alder.worker"])
    worker.go("/directory")
    keys.press("c")  # outside the list it means nothing
    keys.press("/")
    assert page.evaluate(FOCUS) == "words"
    keys.type("advocacy?cjk/")  # in a field they are letters
    assert page.input_value("#words") == "advocacy?cjk/"
    page.fill("#words", "advocacy")
    page.fill("#near", "12180")
    keys.press("Enter")
    page.wait_for_selector(".map-figure")
    assert "On your short list: 0" in worker.look()

    names = page.locator("[data-result] th a").all_inner_texts()
    assert len(names) > 2
    for key, at in (("j", 0), ("j", 1), ("ArrowDown", 2), ("k", 1), ("ArrowUp", 0), ("k", 0)):
        keys.press(key)
        assert page.evaluate(FOCUS) == names[at], key
    keys.press("c")
    page.wait_for_selector("text=On your short list: 1")
    page.wait_for_selector(COME_BACK)
    row = page.evaluate("document.activeElement.id")  # the page comes back where one was
    assert page.url == f"{site.url}/directory#{row}"
    assert names[0] in page.locator(f"#{row}").inner_text()
    keys.press("c")
    page.wait_for_selector("text=On your short list: 0")
    page.wait_for_selector(COME_BACK)
    keys.press("?")
    assert page.evaluate(CLOSED) is False
    worker.look()
    page.uncheck("[data-keys-on]")
    keys.press("Escape")
    keys.press("j")
    assert page.evaluate(CLOSED) is True
    assert page.evaluate(FOCUS) != names[0]
    worker.go("/directory")  # off stays off on this device
    keys.press("/")
    assert page.evaluate(FOCUS) != "words"
    page.get_by_role("button", name="Keys", exact=True).click()
    page.check("[data-keys-on]")
    keys.press("Escape")
    keys.press("j")
    keys.press("Enter")
    page.wait_for_url("**/directory/services/*")
    worker.leave()
