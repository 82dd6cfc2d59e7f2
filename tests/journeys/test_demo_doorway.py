"""Somebody who hears of CCR for the first time opens the doorway and walks through the stories.

With the mouse, by keyboard alone, and without script; axe looks at every page in both languages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ccr.adapters.clock import utc_now
from ccr.services.demo import load_demo
from ccr.web.presenters.demo_stories import STORIES
from tests.journeys.conftest import app_in, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def demo_site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a site with the whole demo in it."""
    folder = tmp_path_factory.mktemp("demo-site")
    with app_in(folder, sqlite_template) as app:
        load_demo(app.extensions["ccr_world"], password="a long demo password", at=utc_now())
    with serving(folder) as url:
        yield url


def visitor(chromium: Browser, site: str, **how: Any) -> Any:
    from tests.journeys.people_at_screens import at_screen

    return at_screen(chromium, site, **how)


def test_one_click_comes_in_as_the_worker_and_the_ribbon_leads_back(
    chromium: Browser, demo_site: str
) -> None:
    person = visitor(chromium, demo_site, axe=True)
    person.go("/demo")
    assert "Come in as" in person.look()
    assert person.context.cookies() == []
    person.press("Come in as Worker")
    assert "Rensselaer Family Center (demo)" in person.look()
    assert [cookie["name"] for cookie in person.context.cookies()] == ["session"]
    person.hand.press(person.page.get_by_role("link", name="Demo doorway"))
    assert "Three stories" in person.look()
    person.leave()


def test_the_doorway_passes_axe_in_spanish_on_a_phone_at_night(
    chromium: Browser, demo_site: str
) -> None:
    person = visitor(chromium, demo_site, axe=True, width=390, theme="dark")
    for path in ("/es/demo", "/es/demo?at=gap-2", "/es/demo?at=referral-6"):
        person.go(path)
        assert "Entrar como" in person.look()
    assert person.context.cookies() == []
    person.leave()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_step_that_has_a_way_opens_a_page_without_script(
    chromium: Browser, demo_site: str, story: Any
) -> None:
    person = visitor(chromium, demo_site, script=False)
    person.go("/demo")
    person.press(f"Start: {story.title}", "link")
    for number in range(1, len(story.steps) + 1):
        person.look()
        now = person.page.locator("[aria-current=step]")
        assert now.count() == 1
        for way in now.locator(".story-acts .btn").all():
            with person.context.expect_page() as opened:
                way.click()
            there = opened.value
            there.wait_for_load_state()
            assert there.locator("h1").count() == 1
            assert there.title() != "Page not found · CCR"
            assert there.url.startswith(demo_site)
            there.close()
        if number < len(story.steps):
            person.press("Done. Show me the next step", "link")
    assert "That was the last step." in person.look()
    person.leave()


def test_a_story_by_keyboard_alone(chromium: Browser, demo_site: str) -> None:
    from tests.journeys.people_at_screens import Keyboard

    person = visitor(chromium, demo_site, hand=Keyboard())
    person.go("/demo")
    person.press("Start: A warm referral", "link")
    person.look()
    person.press("Done. Show me the next step", "link")
    assert person.page.locator("[aria-current=step] .story-mark").inner_text() == "2"
    person.go("/demo")
    person.press("Come in as Advocate")
    assert "Riverside Family Advocates (demo)" in person.look()
    person.leave()
