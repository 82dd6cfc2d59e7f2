"""A weapon is mentioned in a group: the call, the one form, the advocate's desk, the advice later.

On a phone, with script and without; once by keyboard alone. Hours that pass are taken off the
consultation's own moments, and the worker that chases runs as it runs every minute.
"""

from __future__ import annotations

import contextvars
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from ccr.adapters.clock import utc_now
from ccr.app import create_app
from ccr.config import Settings
from ccr.services import consultation_chasing
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.consultations import ConsultationRow
from tests.coordination import sign_protocol
from tests.small_directory import make_small_directory

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.journeys.conftest import Site
    from tests.journeys.people_at_screens import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PLACE = "/programs/consultations"


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a site of their own, with a protocol in force, whose moments these journeys move."""
    from tests.journeys.conftest import Site, app_in, serving

    folder = tmp_path_factory.mktemp("consulting")
    with app_in(folder, sqlite_template):
        small = make_small_directory(at=utc_now(), name="Journey network")
        sign_protocol(small, small.birch, signed_on=date(2026, 1, 1), expires_on=None)
    with serving(folder) as url:
        yield Site(url, small, folder)


def _pass(site: Site, address: str, hours: int) -> None:
    """Let hours pass for one consultation, and run the worker."""
    from tests.journeys.conftest import environment

    def pass_time() -> None:
        app = create_app(Settings.from_env(environment(site.folder, site.url)))
        with app.app_context():
            with unit_of_work():
                row = db.session.get(ConsultationRow, UUID(address.rpartition("/")[2]))
                assert row is not None
                for name in ("raised_at", "due_at", "told_at", "acknowledged_at", "advised_at"):
                    moment = getattr(row, name)
                    if moment is not None:
                        setattr(row, name, moment - timedelta(hours=hours))
                if row.next_step_at is not None:
                    row.next_step_at -= timedelta(hours=hours)
            consultation_chasing.run(app.extensions["ccr_world"], at=utc_now())
            db.session.remove()
            db.engine.dispose()

    contextvars.Context().run(pass_time)


def _something_happens(facilitator: Person) -> None:
    facilitator.go(PLACE)
    facilitator.tick("trigger", "weapon")
    facilitator.press("Put it on the list")
    assert "One thing to consult about" in facilitator.look()


def _ask(facilitator: Person) -> str:
    """Go from the program's page to the receipt in one form; return its address."""
    facilitator.go("/programs")
    assert "One thing to consult about" in facilitator.look()
    facilitator.press("Ask for a safety consultation", role="link")
    page = facilitator.look()
    assert page.index("Birch Advocates (demo)") < page.index("What is the concern?")
    first = facilitator.page.locator("main a[href^='tel:']").first
    assert first.get_attribute("href") == "tel:518-555-0142"
    prompt = facilitator.page.locator("input[name=about]").first
    facilitator.hand.tick(prompt)
    facilitator.tick("concern", "weapon")
    facilitator.tick("urgency", "high")
    facilitator.tick("called", "no-answer")
    facilitator.press("Ask now")
    receipt = facilitator.look()
    assert "It stands on the desk of Birch Advocates (demo) now." in receipt
    assert "Look at your own legal duties on threats" in receipt
    assert "to consult about" not in receipt
    return re.sub(r"^https?://[^/]+", "", facilitator.page.url)


@pytest.mark.parametrize("way", ["script", "no-script", "keyboard"])
def test_a_facilitator_asks_and_an_advocate_answers(
    chromium: Browser, site: Site, way: str
) -> None:
    from tests.journeys.people_at_screens import Keyboard, at_screen

    emails, script = site.small.emails, way != "no-script"
    hand = Keyboard() if way == "keyboard" else None
    look = {"script": script, "axe": script, "width": 390}
    facilitator = at_screen(chromium, site.url, hand=hand, **look)  # type: ignore[arg-type]
    facilitator.sign_in(emails["dune.facilitator"])
    _something_happens(facilitator)
    address = _ask(facilitator)
    facilitator.secrets = ["weapon", "birch", "dune"]

    advocate = at_screen(chromium, site.url, theme="dark", **look)  # type: ignore[arg-type]
    advocate.sign_in(emails["birch.advocate"])
    advocate.go("/desk/inbox")
    assert "safety consultation" in advocate.look()
    advocate.press("Open consultations", role="link")
    assert "Dune Program (demo)" in advocate.look()
    advocate.go(address)
    assert "They did not reach you. Call them back." in advocate.look()
    advocate.press("Acknowledge")
    assert "Acknowledged. Call the program now if you can." in advocate.look()
    for advice in ("talk-first", "review-group"):
        advocate.tick("advice", advice)
    advocate.press("Record the advice")
    assert "Recorded at" in advocate.look()
    advocate.go(PLACE)
    assert "Advised" in advocate.look()
    advocate.leave()

    facilitator.go(address)
    early = facilitator.look()
    assert "Received" in early
    assert "Talk with us before the next session." not in early
    _pass(site, address, 1)
    facilitator.go(address)
    assert "Acknowledged within the hour" in facilitator.look()
    assert "Talk with us" not in facilitator.look()
    _pass(site, address, 3)
    facilitator.go(address)
    late = facilitator.look()
    assert "What Birch Advocates (demo) advises" in late
    assert "Talk with us before the next session." in late
    facilitator.leave()


def test_where_nobody_reads_it_the_program_is_led_to_the_phone_again(
    chromium: Browser, site: Site
) -> None:
    from tests.journeys.people_at_screens import at_screen

    emails = site.small.emails
    facilitator = at_screen(chromium, site.url, axe=True, width=390)
    facilitator.sign_in(emails["dune.facilitator"])
    _something_happens(facilitator)
    address = _ask(facilitator)
    _pass(site, address, 1)
    facilitator.go(address)
    page = facilitator.look()
    assert "Nobody had acknowledged it by" in page
    assert "Call again, then a hotline." in page
    numbers = facilitator.page.locator("main a[href^='tel:']").count()
    assert numbers >= 3
    facilitator.leave()
    advocate = at_screen(chromium, site.url, axe=True, width=390, locale="es-US")
    advocate.sign_in(emails["birch.advocate"])
    advocate.go(PLACE)
    assert "Retraso de" in advocate.look()
    advocate.leave()
