"""Draws the pictures of the worker's guide (docs/workers.md) into docs/screenshots.

`python -m tests.journeys.worker_pictures` loads the demo network into a folder of its own, serves
it, opens the pages in Chromium and writes one picture each. Nothing is compared: people look at
them.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.journeys.conftest import NAMES, ROOT, serving
from tests.journeys.contact_sheets import ADVOCATE, PASSWORD, WORKER, load_demo

if TYPE_CHECKING:
    from playwright.sync_api import Page

OUT = ROOT / "docs" / "screenshots"
WIDTH, MOST_HEIGHT = 1280, 1200


def _first_accepted(page: Page, base: str) -> None:
    page.goto(f"{base}/desk/outbox?group=taken")
    page.locator("main .sent-list a.quiet-link").first.click()


def _inbox(page: Page, base: str) -> None:
    page.goto(f"{base}/desk/inbox")


PICTURES = {"sent": (WORKER, _first_accepted), "received-list": (ADVOCATE, _inbox)}


def main() -> int:
    """Draw every picture; return 0, or 1 where no Chromium is installed."""
    from playwright.sync_api import sync_playwright

    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        sys.stderr.write("No Chromium here (Debian: apt-get install chromium).\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="ccr-pictures-") as name:
        folder = Path(name)
        load_demo(folder)
        with serving(folder) as base, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox", "--disable-gpu"]
            )
            for picture, (who, come) in PICTURES.items():
                context = browser.new_context(
                    viewport={"width": WIDTH, "height": 900}, color_scheme="light", locale="en-US"
                )
                page = context.new_page()
                page.goto(f"{base}/sign-in")
                page.fill("input[name=email]", who)
                page.fill("input[name=password]", PASSWORD)
                page.locator("main button.btn-primary").click()
                page.wait_for_url("**/desk/**")
                come(page, base)
                page.wait_for_load_state("networkidle")
                height = page.evaluate("document.documentElement.scrollHeight")
                clip = {"x": 0, "y": 0, "width": WIDTH, "height": min(height, MOST_HEIGHT)}
                page.screenshot(path=str(OUT / f"{picture}.png"), full_page=True, clip=clip)
                sys.stdout.write(f"{picture}\n")
                context.close()
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
