"""Leaving a public page at once: by link, by keys, on a slow network, by Back, without script.

The behaviour is that of "Exit this page" of the GOV.UK Design System (R54). The harmless page at
the end is never asked for in truth: its address is answered here.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error

from ccr.web.views.home import EXIT_TO
from tests.journeys.conftest import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

HARMLESS = "<!doctype html><title>Weather</title><h1>Weather</h1>"
COVERED = "document.querySelector('.exit-cover') !== null"
# While a page waits for the next one, nobody can ask it anything from outside: it tells by itself.
# The window hears an act after everything on the page has heard it and before anything else runs:
# what it finds then was there at once, however busy the machine is.
TELL_WHEN_COVERED = """
() => {
  for (const kind of ['click', 'keyup']) {
    addEventListener(kind, () => {
      const sheet = document.querySelector('.exit-cover');
      if (!sheet) return;
      const parts = [...document.body.children].filter((e) => e.getClientRects().length);
      const box = sheet.getBoundingClientRect();
      console.info('covered ' + JSON.stringify({
        visible: parts.map((e) => e.className),
        text: document.body.innerText.trim(),
        title: document.title,
        role: sheet.getAttribute('role'),
        whole: box.width >= innerWidth && box.height >= innerHeight && box.x === 0 && box.y === 0,
      }));
    });
  }
}
"""
LINK = ".exit-link"
PUBLIC = ("/", "/es/", "/safety", "/about-programs", "/your-information", "/just-numbers")


class Outside:
    """Stands for the rest of the world: answers the harmless page, and keeps what was asked."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self._site = site
        context.route(lambda url: not url.startswith(site.url), self._answer)

    def _answer(self, route: Route) -> None:
        self.asked.append((route.request.url, route.request.header_value("referer")))
        route.fulfill(body=HARMLESS, content_type="text/html")


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 390, "height": 800})
    yield context
    context.close()


@pytest.fixture
def outside(context: BrowserContext, site: Site) -> Outside:
    return Outside(context, site)


@pytest.fixture
def page(context: BrowserContext, site: Site, outside: Outside) -> Page:
    del outside
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{site.url}/")
    return page


def search(page: Page) -> None:
    page.locator("input[name=help][value='talk']").check()
    page.locator("input[name=near]").fill("12180")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/find")


def press_shift(page: Page, times: int = 1) -> None:
    for _ in range(times):
        page.keyboard.press("Shift")


def until(page: Page, condition: str, *, seconds: float = 20) -> None:
    """Wait until a condition holds. The page's own policy forbids it to be checked from within."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(Error):  # between two pages there is nothing to ask
            if page.evaluate(condition):
                return
        page.wait_for_timeout(25)
    raise AssertionError(f"never so: {condition}")


def left(page: Page) -> None:
    until(page, "document.title === 'Weather'")


def stayed(page: Page) -> bool:
    return not page.evaluate(COVERED) and page.title() != "Weather"


def dots(page: Page) -> int:
    return page.locator("[data-exit-dots] .dot.is-on").count()


@pytest.mark.parametrize("path", PUBLIC)
def test_the_link_leads_away_from_every_public_page_and_says_nothing_of_where_one_was(
    page: Page, site: Site, outside: Outside, path: str
) -> None:
    page.goto(f"{site.url}{path}")
    page.locator(LINK).click()
    left(page)
    assert outside.asked == [(EXIT_TO, None)]


def test_the_link_stays_in_view_however_far_one_scrolls(page: Page) -> None:
    search(page)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    box = page.locator(LINK).bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 100
    assert box["height"] >= 44


def test_a_second_link_is_the_second_thing_that_the_keyboard_reaches(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    link = page.locator(".skip-link[data-exit]")
    assert link.evaluate("e => e === document.activeElement")
    box = link.bounding_box()
    assert box is not None
    assert box["y"] >= 0  # shown once it has the focus
    page.keyboard.press("Enter")
    left(page)


def test_shift_three_times_leaves_and_is_counted_to_eye_and_ear(
    page: Page, outside: Outside
) -> None:
    status = page.locator("[data-exit-status]")
    assert dots(page) == 0
    press_shift(page)
    assert dots(page) == 1
    assert status.inner_text() == "1 of 3. Two more leave this page."
    press_shift(page)
    assert dots(page) == 2
    assert status.inner_text() == "2 of 3. One more leaves this page."
    assert page.locator("[data-exit-dots]").is_visible()
    assert outside.asked == []
    press_shift(page)
    left(page)


def test_any_other_key_starts_the_count_again(page: Page) -> None:
    for key in ("a", "Escape", "Tab", "ArrowDown", "Control"):
        press_shift(page, 2)
        assert dots(page) == 2, key
        page.keyboard.press(key)
        assert dots(page) == 0, key
        press_shift(page, 2)
        assert stayed(page), key
        page.keyboard.press("Escape")


def test_shift_as_part_of_a_capital_or_a_shortcut_does_not_count(page: Page) -> None:
    page.locator("input[name=near]").focus()
    page.keyboard.type("TROY NY")
    for combination in ("Shift+Tab", "Control+Shift", "Alt+Shift", "Shift+A", "Shift+ArrowLeft"):
        for _ in range(4):
            page.keyboard.press(combination)
    assert dots(page) == 0
    assert stayed(page)


def test_five_seconds_without_a_press_start_the_count_again(page: Page, site: Site) -> None:
    page.clock.install(time=0)
    page.goto(f"{site.url}/")
    page.clock.pause_at(3_600_000)  # from here on only this test lets time pass
    press_shift(page, 2)
    page.clock.run_for(4_900)
    assert dots(page) == 2
    page.clock.run_for(200)
    assert dots(page) == 0
    assert page.locator("[data-exit-status]").inner_text() == "Too slow. The count starts again."
    press_shift(page, 2)
    page.clock.run_for(4_900)
    assert stayed(page)
    press_shift(page)  # each press has its own five seconds
    left(page)


@pytest.mark.parametrize("how", ["link", "keys"])
def test_on_a_network_that_never_answers_the_page_is_covered_at_once(
    page: Page, context: BrowserContext, site: Site, how: str
) -> None:
    search(page)
    held: list[Route] = []

    def never_answer(route: Route) -> None:
        held.append(route)

    context.route(f"{site.url}/exit", never_answer)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.evaluate(TELL_WHEN_COVERED)
    if how == "link":
        page.locator(LINK).click(no_wait_after=True)
    else:
        press_shift(page, 3)
    end = time.monotonic() + 10
    while not (told and held) and time.monotonic() < end:
        page.wait_for_timeout(25)
    assert len(held) == 1
    seen = json.loads(told[0].removeprefix("covered "))
    assert seen == {
        "visible": ["exit-cover"],
        "text": "Loading.",
        "title": "Loading.",
        "role": "alert",
        "whole": True,
    }
    held[0].abort()  # the network is gone for good: the answer does not come back
    until(page, "[...document.querySelectorAll('main')].every((e) => !e.getClientRects().length)")


def test_back_shows_neither_the_answer_nor_a_cover(page: Page, site: Site) -> None:
    search(page)
    assert page.locator("article").count() > 0
    page.locator(LINK).click()
    left(page)
    page.go_back()
    until(page, "document.title.startsWith('Help nearby')")
    assert page.locator("article").count() == 0
    assert page.locator("input[name=near]").input_value() == ""
    assert page.locator("input:checked").count() == 0
    assert stayed(page)
    assert page.locator(LINK).is_visible()
    assert page.url == f"{site.url}/"


def test_back_from_elsewhere_to_an_answer_leads_to_the_start_page(page: Page, site: Site) -> None:
    search(page)
    page.locator("article h3 a").first.click()
    page.wait_for_url("**/services/**")
    page.locator(LINK).click()
    left(page)
    page.evaluate("setTimeout(() => history.back(), 0)")
    until(
        page,
        "location.pathname === '/' && document.title.startsWith('Help nearby')"
        " && !document.querySelector('.exit-cover')",
    )
    assert page.locator("article").count() == 0
    # Going back inside the site is not disturbed.
    search(page)
    page.locator("article h3 a").first.click()
    page.wait_for_url("**/services/**")
    page.evaluate("setTimeout(() => history.back(), 0)")
    until(page, "document.querySelectorAll('article').length > 0")
    assert page.evaluate("location.pathname") == "/find"
    assert site.url in page.evaluate("location.href")


def test_without_script_both_links_leave(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(java_script_enabled=False)
    sent: list[tuple[int, str, str | None]] = []

    def stand_in(route: Route) -> None:
        """Ask the site where it would send the browser, and go no farther."""
        answer = route.fetch(max_redirects=0)
        referer = route.request.header_value("referer")
        sent.append((answer.status, answer.headers["location"], referer))
        route.fulfill(body=HARMLESS, content_type="text/html")

    context.route(f"{site.url}/exit", stand_in)
    page = context.new_page()
    for selector in (LINK, ".skip-link[href='/exit']"):
        page.goto(f"{site.url}/")
        page.locator(selector).focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/exit")
        assert page.title() == "Weather"
    assert sent == [(303, EXIT_TO, None)] * 2
    context.close()


def test_leaving_ends_the_session_of_staff_on_the_same_device(
    chromium: Browser, site: Site
) -> None:
    context = chromium.new_context()
    Outside(context, site)
    page = context.new_page()
    page.goto(f"{site.url}/sign-in")
    assert [cookie["name"] for cookie in context.cookies()] == ["session"]
    page.goto(f"{site.url}/")
    page.locator(LINK).click()
    left(page)
    assert context.cookies() == []
    context.close()


def test_how_it_works_is_told_beside_the_button_before_it_is_used(page: Page) -> None:
    page.locator(".exit-hint a").click()
    page.wait_for_url("**/safety#exit")
    told = page.locator("#exit").inner_text()
    for part in ("Shift key three times", "history of this device is not erased", "To come back"):
        assert part in told
