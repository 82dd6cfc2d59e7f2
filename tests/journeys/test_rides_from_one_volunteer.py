"""A church with one volunteer takes a referral by a mailed link and a code on the phone.

Nobody there has an account. The volunteer has a phone of 390 px without script, and reads English
first and Spanish later.
"""

from __future__ import annotations

import contextvars
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ccr.adapters.clock import utc_now
from ccr.app import create_app
from ccr.config import Settings
from ccr.services import answer_letters
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import PhoneRow
from tests.chapel import CHAPEL, OFFICE, add_chapel

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.journeys.conftest import Site
    from tests.journeys.people_at_screens import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PHONE = "518-555-0177"


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    """Return a site of one's own, with the chapel in it."""
    from tests.journeys.conftest import Site, app_in, serving
    from tests.small_directory import make_small_directory

    with app_in(tmp_path, sqlite_template):
        small = make_small_directory(at=utc_now(), name="Chapel network")
        add_chapel(small.network_id, at=utc_now())
        with unit_of_work():
            db.session.add(
                PhoneRow(network_id=small.network_id, member_id=small.alder.member_id, number=PHONE)
            )
    with serving(tmp_path) as url:
        yield Site(url, small, tmp_path)


def mailed(site: Site) -> str:
    """Mail what is due, as the worker does; return the way that the newest mail names."""
    from tests.journeys.conftest import environment

    def run() -> None:
        app = create_app(Settings.from_env(environment(site.folder, site.url)))
        with app.app_context():
            answer_letters.deliver(app.extensions["ccr_world"], at=utc_now())
            db.session.remove()
            db.engine.dispose()

    contextvars.Context().run(run)
    mails = sorted((site.folder / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    text = mails[-1].read_text().replace("=\n", "").replace("=3D", "=")
    assert f"To: {OFFICE}" in text
    assert not re.search("transport|ride|alder|chapel net|rensselaer|troy", text, re.IGNORECASE)
    found = re.search(r"/answer/[\w=-]+", text)
    assert found
    return found[0]


def sent(worker: Person, site: Site) -> None:
    """Send a referral for a ride to the chapel."""
    worker.sign_in(site.small.emails["alder.worker"])
    worker.go("/desk/referrals/new")
    worker.tick("needs", "transport")
    worker.page.locator("main .btn-primary").click()
    worker.write("Place", "Troy, NY 12180")
    worker.page.locator("main .btn-primary").click()
    assert "By link: they get a mail" in worker.look()
    worker.press("Choose Rides (demo)")
    assert "This partner answers by link." in worker.look()
    worker.tick("agreed", "y")
    worker.press("Continue to check")
    worker.look()
    worker.press("Send with their yes")
    assert "They answer by link" in worker.look()


def read_out(worker: Person) -> str:
    """Make a code and read it out."""
    worker.press("Make a code and call")
    page = worker.look()
    assert "518-555-0161" in page
    code = worker.page.locator(".answer-digits").inner_text()
    worker.secrets.append(re.sub(r"\D", "", code))
    return code


def typed(volunteer: Person, way: str, code: str, button: str = "Open") -> None:
    """Open the link and type the code."""
    volunteer.go(way)
    volunteer.look()
    volunteer.page.locator("#code").fill(code)
    volunteer.press(button)


def test_one_volunteer_takes_a_ride_without_an_account(chromium: Browser, site: Site) -> None:
    from tests.journeys.people_at_screens import at_screen

    worker = at_screen(chromium, site.url, axe=True)
    volunteer = at_screen(chromium, site.url, script=False, width=390)
    sent(worker, site)
    way = mailed(site)
    typed(volunteer, way, "000 000")
    assert "This does not open anything" in volunteer.look()
    code = read_out(worker)

    typed(volunteer, way, code.replace(" ", ""))
    before = volunteer.look()
    for shown in ("Rides", "Rensselaer County", "Alder Hospital (demo)", PHONE):
        assert shown in before
    assert "Troy" not in before
    volunteer.press("We can take it")
    after = volunteer.look()
    assert "Call Alder Hospital (demo) and say these words." in after
    volunteer.secrets += volunteer.page.locator(".spoken-code span").all_inner_texts()
    volunteer.tick("attempt", "reached")
    volunteer.press("Note it")
    assert "Your try is noted." in volunteer.look()
    volunteer.press("We are connected with the person")
    volunteer.look()

    volunteer.go(way)
    volunteer.press("Español", role="link")
    typed(volunteer, f"/es{way}", code, button="Abrir")
    assert "Cómo terminó" in volunteer.look()
    volunteer.tick("outcome", "service-completed")
    volunteer.press("Cerrar")
    assert "No hay nada más que hacer." in volunteer.look()
    typed(volunteer, way, code)
    assert "This was done already" in volunteer.look()
    assert volunteer.context.cookies() == []

    worker.press("Back to the referral", role="link")
    end = worker.look()
    assert "They accepted, by link." in end
    assert "Service completed" not in end
    assert CHAPEL in end
    worker.leave()
    volunteer.leave()
