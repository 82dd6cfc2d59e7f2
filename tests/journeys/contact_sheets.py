"""Draws docs/contact-sheets: each main page at 1280 and 390 px, light and dark, on one sheet.

`python -m tests.journeys.contact_sheets` loads the demo network into a folder of its own, serves
it, walks through it in Chromium and writes one picture for each page. Nothing is compared: people
look at them.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ccr.adapters.clock import utc_now
from ccr.app import create_app
from ccr.services import operations
from tests.conftest import settings_for
from tests.journeys.conftest import NAMES, ROOT, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OUT = ROOT / "docs" / "contact-sheets"
PASSWORD = "look at the pages"
LOOKS = ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"))
MOST_HEIGHT = 2400
"""Longer pages are cut here: a sheet shows how a page begins."""
WORKER = "worker@family-center.example"
ADVOCATE = "advocate@riverside.example"
COORDINATOR = "coordinator@network.example"


@dataclass(frozen=True)
class Sheet:
    """A page by name: who opens it, and how they come there from their first page."""

    name: str
    who: str
    come: Callable[[Page, str], object]


def _goto(path: str) -> Callable[[Page, str], object]:
    return lambda page, base: page.goto(f"{base}{path}")


def _seek(page: Page, base: str) -> None:
    page.goto(f"{base}/en/")
    page.check("input[name=help][value=court-order]", force=True)
    page.fill("input[name=near]", "12180")
    page.locator("main .btn-primary").click()


def _seek_one(page: Page, base: str) -> None:
    _seek(page, base)
    page.locator("main a[href*='/services/']").first.click()


def _find(page: Page, base: str) -> None:
    page.goto(f"{base}/desk/find")
    for need in ("advocacy", "protection-order"):
        page.check(f"input[name=needs][value={need}]", force=True)
    page.fill("input[name=near]", "Troy, NY 12180")
    page.locator("main .btn-primary").click()


def _share(page: Page, base: str) -> None:
    _find(page, base)
    page.get_by_role("button", name=re.compile("^Refer here")).first.click()


def _sent(page: Page, base: str) -> None:
    _share(page, base)
    page.check("input[name=agreed]")
    page.check("input[name=feedback][value=yes]")
    page.locator("main .btn-primary").click()
    page.locator("main .btn-primary").click()


SHEETS = (
    Sheet("01-finder", "", _goto("/en/")),
    Sheet("02-results", "", _seek),
    Sheet("03-service", "", _seek_one),
    Sheet("04-doorway", "", _goto("/demo")),
    Sheet("05-inbox", ADVOCATE, _goto("/desk/inbox")),
    Sheet("06-partners", WORKER, _find),
    Sheet("07-what-they-see", WORKER, _share),
    Sheet("08-referral", WORKER, _sent),
    Sheet("09-follow-ups", ADVOCATE, _goto("/desk/follow-ups")),
    Sheet("10-overview", COORDINATOR, _goto("/network/overview")),
    Sheet("11-gaps", COORDINATOR, _goto("/network/gaps")),
    Sheet("12-graph", COORDINATOR, _goto("/network/graph")),
)


def main() -> int:
    """Draw every sheet; return 0, or 1 where no Chromium is installed."""
    from playwright.sync_api import sync_playwright

    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        sys.stderr.write("No Chromium here (Debian: apt-get install chromium).\n")
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ccr-sheets-") as name:
        folder = Path(name)
        load_demo(folder)
        with serving(folder) as base, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox", "--disable-gpu"]
            )
            for sheet in SHEETS:
                _draw(browser, base, sheet)
            browser.close()
    return 0


def load_demo(folder: Path) -> None:
    env = {**os.environ, "CCR_DATA_DIR": str(folder), "CCR_DEMO_PASSWORD": PASSWORD}
    for command in (("db", "upgrade", "-d", "ccr/storage/migrations"), ("demo", "load")):
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT,
            env={**env, "CCR_LOG_LEVEL": "error"},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    app = create_app(settings_for(folder))
    with app.app_context():
        # No worker runs here; the pages look as they do beside one.
        for job in operations.JOBS:
            operations.beat(job, at=utc_now())


def _draw(browser: Browser, base: str, sheet: Sheet) -> None:
    shots = []
    for width, theme in LOOKS:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,  # type: ignore[arg-type]
            locale="en-US",
        )
        page = context.new_page()
        if sheet.who:
            page.goto(f"{base}/sign-in")
            page.fill("input[name=email]", sheet.who)
            page.fill("input[name=password]", PASSWORD)
            page.locator("main button.btn-primary").click()
        sheet.come(page, base)
        page.wait_for_load_state("networkidle")
        height = page.evaluate("document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, MOST_HEIGHT)}
        shots.append(page.screenshot(full_page=True, clip=clip))
        context.close()
    pictures = "".join(
        f'<img style="width:{width // 2}px" src="data:image/png;base64,'
        f'{base64.b64encode(shot).decode()}">'
        for (width, _theme), shot in zip(LOOKS, shots, strict=True)
    )
    page = browser.new_page(viewport={"width": 1820, "height": 800})
    page.set_content(
        '<body style="margin:20px;background:#8a8a86"><div style="display:flex;gap:20px;'
        f'align-items:flex-start">{pictures}</div>'
    )
    page.screenshot(path=str(OUT / f"{sheet.name}.png"), full_page=True)
    page.close()
    sys.stdout.write(f"{sheet.name}\n")


if __name__ == "__main__":
    sys.exit(main())
