"""Somebody at a screen, with a mouse or with the keyboard alone, who notices what is wrong.

Every page that is looked at is checked; every request, console line, address and title of the
whole journey is kept, and judged when the person leaves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request

from ccr.adapters.spoken_codes import WordList
from tests.people import PASSWORD

MOST_TABS = 150
NARROW = 320
CATALOGUE = "/styleguide"
"""Shows every component, and so every button."""
SECRET_WORDS = ("advocacy", "protection", "abuse", "shelter", "violence", "victim", "troy")
"""Words of needs, place and subject that no address and no title may hold."""

SETTLING = 20
"""So many tenths of a second a page may take to settle at a new size."""
WIDEST_CODE = """
(words) => {
  const spans = [...document.querySelectorAll('.spoken-code span')];
  const width = (word) => { spans[0].textContent = word; return spans[0].scrollWidth; };
  spans[0].style.display = 'inline-block';
  const widest = words.map((word) => [width(word), word]).sort((a, b) => b[0] - a[0]);
  spans.forEach((span, n) => { span.textContent = widest[n][1]; });
}
"""


class Mouse:
    """Clicks and types; works with and without script."""

    def press(self, target: Locator) -> None:
        """Use a button, a link or a fold."""
        target.click()

    def tick(self, target: Locator) -> None:
        """Choose a checkbox or a radio button."""
        target.check()

    def write(self, target: Locator, text: str) -> None:
        """Fill a field in."""
        target.fill(text)


class Keyboard(Mouse):
    """Tab, Space, Enter and arrows; nothing else."""

    def press(self, target: Locator) -> None:
        self._reach(target)
        if target.evaluate("e => e.tagName") == "SUMMARY":
            target.page.keyboard.press("Enter")
            return
        with target.page.expect_navigation():
            target.page.keyboard.press("Enter")

    def tick(self, target: Locator) -> None:
        page = target.page
        if target.get_attribute("type") == "radio":
            group = page.locator(f"input[name='{target.get_attribute('name')}']:visible")
            self._reach(group)
            for _ in range(group.count()):
                if target.is_checked() and target.evaluate("e => e === document.activeElement"):
                    return
                page.keyboard.press("ArrowDown")
            if not target.is_checked():
                page.keyboard.press("Space")
        else:
            self._reach(target)
            if not target.is_checked():
                page.keyboard.press("Space")
        assert target.is_checked()

    def write(self, target: Locator, text: str) -> None:
        self._reach(target)
        target.page.keyboard.press("Control+a")
        target.page.keyboard.type(text)

    def _reach(self, targets: Locator) -> None:
        """Press Tab until one of the targets has the focus, and the focus can be seen."""
        there = "(all) => all.includes(document.activeElement)"
        for _ in range(MOST_TABS):
            if targets.evaluate_all(there):
                break
            targets.page.keyboard.press("Tab")
        else:
            raise AssertionError(f"not reached by Tab: {targets}")
        ring = (
            "() => { const e = document.activeElement; const p = e.closest('.tick') || e;"
            " return [e, p].some((x) => getComputedStyle(x).outlineStyle !== 'none'); }"
        )
        assert targets.page.evaluate(ring), f"no focus ring on {targets}"


@dataclass
class Person:
    """One person with one browser context.

    Attributes:
        axe: True to run axe on every page that is looked at.
        secrets: further words that no address and no title may hold.
    """

    base: str
    context: BrowserContext
    hand: Mouse
    axe: bool = False
    secrets: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.context.on("request", self._request)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script failed: {error}"))
        self.page.on("framenavigated", lambda frame: self.places.append(frame.url))

    def sign_in(self, email: str) -> None:
        """Sign in, and look at the sign-in page on the way."""
        self.page.goto(f"{self.base}/sign-in")
        self.look()
        self.hand.write(self.page.locator("input[name=email]"), email)
        self.hand.write(self.page.locator("input[name=password]"), PASSWORD)
        self.hand.press(self.page.locator("main button.btn-primary"))

    def press(self, name: str, role: Any = "button") -> None:
        """Use the first button, or link, of this name in the page's main part."""
        self.hand.press(self.page.locator("main").get_by_role(role, name=name).first)

    def unfold(self, words: str) -> None:
        """Open a fold, unless it is open."""
        fold = self.page.locator("details", has=self.page.locator("summary", has_text=words)).last
        if fold.get_attribute("open") is None:
            self.hand.press(fold.locator("summary"))

    def tick(self, name: str, value: str) -> None:
        """Choose a checkbox or radio button by its field and code."""
        self.hand.tick(self.page.locator(f"input[name={name}][value='{value}']:visible").first)

    def write(self, label: str, text: str) -> None:
        """Fill in the field of this label."""
        self.hand.write(self.page.get_by_label(label, exact=False).first, text)

    def go(self, path: str) -> None:
        """Open a page by its address."""
        self.page.goto(f"{self.base}{path}")

    def look(self) -> str:
        """Check the page that is open; return its text."""
        page = self.page
        page.wait_for_load_state("load")
        where = urlsplit(page.url).path
        self.places.append(page.title())
        assert page.locator("h1").count() == 1, f"{where}: not one h1"
        if where != CATALOGUE:
            primary = page.locator("main .btn-primary:visible").count()
            assert primary <= 1, f"{where}: two primary acts"
        if self.axe:
            self._fits(where)
            found = Axe().run(page).response["violations"]
            said = [(v["id"], [n["target"] for n in v["nodes"]]) for v in found]
            assert said == [], f"{where}: {said}"
        return page.locator("body").inner_text()

    def _fits(self, where: str) -> None:
        """Check that nothing needs sideways scrolling, here and at 320 px (1280 px at 400 %)."""
        usual = self.page.viewport_size
        assert usual is not None
        for width in (usual["width"], NARROW):
            self.page.set_viewport_size({"width": width, "height": usual["height"]})
            wide = self._settled_width(width)
            assert wide <= width, f"{where}: {wide} px wide at {width}"
        self.page.set_viewport_size(usual)

    def _settled_width(self, most: int) -> int:
        """Return how wide the page is; on a busy machine a new size takes a moment to settle."""
        for _ in range(SETTLING):
            wide: int = self.page.evaluate("document.documentElement.scrollWidth")
            if wide <= most:
                break
            self.page.wait_for_timeout(100)
        return wide

    def fits_with_the_longest_code(self) -> None:
        """Put the widest words there are into the spoken code; check that the page still fits."""
        self.page.evaluate(WIDEST_CODE, list(WordList.load().words))
        self._fits(urlsplit(self.page.url).path)

    def leave(self) -> None:
        """Close the browser; fail for whatever went wrong on the way."""
        self.context.close()
        assert self.faults == []
        for place in self.places:
            low = re.sub(r"[^a-z]+", " ", urlsplit(place).path.lower() + urlsplit(place).query)
            for word in (*SECRET_WORDS, *(secret.lower() for secret in self.secrets)):
                assert word not in low, f"“{word}” in {place}"

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:")):
            self.faults.append(f"asked elsewhere: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        # An error page's own status is said on the console too; it is what was asked for.
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            self.faults.append(f"console: {message.text}")


def at_screen(
    chromium: Browser,
    base: str,
    *,
    hand: Mouse | None = None,
    script: bool = True,
    axe: bool = False,
    width: int = 1280,
    theme: str = "light",
    locale: str = "en-US",
) -> Person:
    """Return a person with a fresh browser context."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        java_script_enabled=script,
        color_scheme=theme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        locale=locale,
    )
    return Person(base, context, hand or Mouse(), axe=axe)
