"""A program inside the network: a mandate that is missed, a result that places, a protocol's end.

People meet in the browser: probation, the program's facilitator and its administrator, advocates
and the coordination. The first journey is also gone without script on a phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.journeys.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
FACILITATOR, ADMIN, OFFICER = "dune.facilitator", "dune.agency_admin", "elm.worker"
ADVOCATE, COORDINATOR = "birch.advocate", "coordination.coordinator"
GROUP = "Tuesday evening"
RISK_WORDS = ("DVSI", "Intensive", "High danger", "Twice a week", "risk", "Risk")
ZONE = ZoneInfo("America/New_York")


@dataclass(frozen=True)
class Ground:
    """A site with a program, its partner, and probation that has referred to it."""

    site: Site
    referral_id: UUID

    def today(self, days: int = 0) -> str:
        """Return a day from now on, in the network's zone, as a form takes it."""
        return (datetime.now(ZONE).date() + timedelta(days=days)).isoformat()


@pytest.fixture
def ground(sqlite_template: Path, tmp_path: Path) -> Iterator[Ground]:
    from ccr.adapters.clock import utc_now
    from tests import placing
    from tests.journeys.conftest import Site, app_in, serving
    from tests.small_directory import make_small_directory

    with app_in(tmp_path, sqlite_template):
        at = utc_now()
        small = make_small_directory(at=at, name="Journey network")
        probation = placing.make_probation(small, at=at)
        placing.make_program_admin(small, at=at)
        for team in (probation, small.dune):
            placing.train(team, at=at)
        placing.add_group(small, GROUP, "intensive")
        _sign_protocol(small, at)
        referral_id = placing.refer(small, probation, at=at)
    with serving(tmp_path) as url:
        yield Ground(Site(url, small, tmp_path), referral_id)


def _sign_protocol(small: Any, at: datetime) -> None:
    """Let the program have a protocol with Birch that holds today, and ends tomorrow."""
    from ccr.storage.db import unit_of_work
    from ccr.storage.queries import coordination

    today = at.astimezone(ZONE).date()
    with unit_of_work():
        coordination.add_protocol(
            small.network_id, small.dune.compartment_id, small.birch.member_id,
            signed_on=today - timedelta(days=300), expires_on=today + timedelta(days=1),
        )  # fmt: skip


def _let_a_day_pass(folder: Path) -> None:
    """Move the days of the protocol back by one: to it, as if a day had passed.

    The copy of the directory in the site's memory is read anew, since the days themselves changed.
    """
    from contextlib import closing

    from ccr.storage.db import sqlite_module

    with closing(sqlite_module().connect(folder / "ccr.db")) as file:
        file.execute(
            "UPDATE consultation_protocol SET signed_on = date(signed_on, '-1 day'), "
            "expires_on = date(expires_on, '-1 day')"
        )
        file.execute("UPDATE network SET directory_version = directory_version + 100000")
        file.commit()


@contextmanager
def _people(chromium: Browser, ground: Ground, *who: str, **how: Any) -> Iterator[list[Any]]:
    """Yield people who are signed in; what went wrong at their screens is found as they leave."""
    from tests.journeys.people_at_screens import at_screen

    with ExitStack() as stack:
        people = []
        for one in who:
            person = at_screen(chromium, ground.site.url, **how)
            stack.callback(person.leave)
            person.sign_in(ground.site.small.emails[one])
            people.append(person)
        yield people


def _choose(person: Any, field: str, value: str) -> None:
    person.page.locator(f"main select[name={field}]:visible").first.select_option(value)


def _say_who_mandated(officer: Any, ground: Ground) -> None:
    officer.go(f"/desk/referrals/{ground.referral_id}/program")
    assert "Who referred" in officer.look()
    _choose(officer, "source", "probation")
    officer.tick("mandated", "yes")
    officer.page.locator("main select[name=authority]").select_option(label="Elm Probation (demo)")
    officer.page.locator("main input[name=ordered_on]").fill(ground.today(-3))
    officer.press("Keep")
    assert "Elm Probation (demo)" in officer.look()


def _open_from_the_referral(facilitator: Any, ground: Ground) -> str:
    """Accept, open the participant with what the sender said; return where it stands."""
    facilitator.go(f"/desk/referrals/{ground.referral_id}")
    facilitator.look()
    facilitator.press("Accept")
    facilitator.look()
    facilitator.go("/programs")
    assert "Accepted, not opened yet" in facilitator.look()
    facilitator.press("Open:", role="link")
    form = facilitator.look()
    assert "No name is asked or kept" in form
    assert facilitator.page.locator("select[name=source]").input_value() == "probation"
    facilitator.press("Open the participant")
    assert "Waits for the intake" in facilitator.look()
    return str(facilitator.page.url).removeprefix(ground.site.url)


def _step(person: Any, act: str, **choices: str) -> None:
    """Record a step of a participant from its fold."""
    fold = person.page.locator(f"details#do-{act}")
    if fold.get_attribute("open") is None:
        person.hand.press(fold.locator("summary"))
    for name, value in choices.items():
        fold.locator(f"select[name$='{name}']").select_option(value)
    person.hand.press(fold.locator("button.btn"))


def _mandate_missed(facilitator: Any, officer: Any, advocate: Any, ground: Ground) -> None:
    _say_who_mandated(officer, ground)
    _open_from_the_referral(facilitator, ground)
    _step(facilitator, "miss-intake")
    missed = facilitator.look()
    assert "Consult victim services now" in missed
    facilitator.go("/programs")
    desk = facilitator.look()
    assert "To send today" in desk
    assert "Elm Probation (demo)" in desk
    _send_the_notice(facilitator)
    _consult(facilitator, advocate)
    officer.go("/programs/reports")
    told = officer.look()
    assert "Dune Program (demo)" in told
    for words in ("consult", "Consult", "Birch", "victim", "Victim"):
        assert words not in officer.page.locator("main").inner_text()


def _send_the_notice(facilitator: Any) -> None:
    facilitator.press("Notice of noncompliance", role="link")
    letter = facilitator.look()
    assert "Did not come to the intake" in letter
    facilitator.press("Send it to their desk")
    assert "Shown on their desk here" in facilitator.look()
    facilitator.go("/programs")
    assert "To send today" not in facilitator.look()


def _consult(facilitator: Any, advocate: Any) -> None:
    facilitator.press("Ask for a safety consultation", role="link")
    form = facilitator.look()
    assert form.index("518-555-0142") < form.index("Ask now")  # the call comes first
    assert facilitator.page.locator("a[href^='tel:']").count() >= 2
    facilitator.page.locator("main input[name=about]").first.check()
    facilitator.tick("concern", "attendance")
    facilitator.tick("urgency", "immediate")
    facilitator.tick("called", "no-answer")
    facilitator.press("Ask now")
    receipt = facilitator.look()
    assert "It stands on the desk of Birch Advocates (demo) now." in receipt
    advocate.go("/programs/consultations")
    assert "Dune Program (demo)" in advocate.look()
    advocate.page.locator("main a[href*='/programs/consultations/']").first.click()
    advocate.look()
    advocate.press("Acknowledge")
    assert "cknowledged" in advocate.look()
    before = facilitator.page.locator("main").inner_text()
    facilitator.page.reload()
    assert facilitator.page.locator("main").inner_text() == before  # nothing before its time
    facilitator.go("/programs")
    assert "Consult victim services now" not in facilitator.look()


def test_a_court_mandates_the_intake_is_missed_and_both_are_told_the_same_day(
    chromium: Browser, ground: Ground
) -> None:
    who = (FACILITATOR, OFFICER, ADVOCATE)
    with _people(chromium, ground, *who, axe=True) as (facilitator, officer, advocate):
        _mandate_missed(facilitator, officer, advocate, ground)


def test_the_same_works_without_script_on_a_phone(chromium: Browser, ground: Ground) -> None:
    who = (FACILITATOR, OFFICER, ADVOCATE)
    how = {"script": False, "width": 390, "theme": "dark"}
    with _people(chromium, ground, *who, **how) as (facilitator, officer, advocate):
        _mandate_missed(facilitator, officer, advocate, ground)


def test_a_band_from_probation_proposes_a_place_and_the_participants_copy_shows_none_of_it(
    chromium: Browser, ground: Ground
) -> None:
    who = (FACILITATOR, OFFICER, ADMIN)
    with _people(chromium, ground, *who, axe=True) as (facilitator, officer, admin):
        admin.go("/programs/placement-rules")
        admin.look()
        for field, value in (
            ("when", "dvsi-r/high"), ("level", "intensive"), ("contact", "twice-weekly"),
        ):  # fmt: skip
            _choose(admin, field, value)
        admin.press("State the rule")
        assert "Intensive" in admin.look()
        _say_who_mandated(officer, ground)
        _give_a_band(officer, ground)
        where = _open_from_the_referral(facilitator, ground)
        facilitator.go(f"{where}/placement")
        proposed = facilitator.look()
        assert "DVSI-R" in proposed
        assert "Intensive, Twice a week" in proposed  # the reason
        assert GROUP in proposed
        facilitator.tick("level", "intensive")
        facilitator.tick("contact", "twice-weekly")
        facilitator.press("Decide")
        facilitator.look()
        facilitator.go(where)
        facilitator.look()
        _step(facilitator, "attend-intake", screening="suitable")
        facilitator.look()
        facilitator.go(f"{where}/copy")
        copy = facilitator.look()
        assert "Your attendance with us" in copy
        assert "Came to the intake" in copy
        for words in RISK_WORDS:
            assert words not in facilitator.page.content(), words


def _give_a_band(officer: Any, ground: Ground) -> None:
    officer.go(f"/desk/referrals/{ground.referral_id}/risk")
    assert "under your own authority" in officer.look()
    _choose(officer, "instrument", "dvsi-r/standard")
    officer.page.locator("main input[name=assessed_on]").fill(ground.today(-2))
    _choose(officer, "role", "probation-officer")
    officer.tick("obtained_by", "referral-source")
    officer.tick("basis", "records")
    officer.page.locator("main input[name=trained]").check()
    _choose(officer, "band", "high")
    officer.press("Give it to the program")
    assert "Given so far" in officer.look()


def test_a_protocol_that_lapses_is_red_on_profile_gap_board_and_finder_the_same_day(
    chromium: Browser, ground: Ground
) -> None:
    profile = f"/programs/profiles/{ground.site.small.dune.compartment_id}"
    service = f"/directory/services/{ground.site.small.dune_service_id}"
    red = "No safety consultation protocol"
    with _people(chromium, ground, COORDINATOR, OFFICER, axe=True) as (coordinator, officer):
        coordinator.go(profile)
        assert "Ends within 30 days" in coordinator.look()
        coordinator.go("/network/gaps")
        assert "the consultation protocol has lapsed" not in coordinator.look()
        officer.go(service)
        assert red not in officer.look()
        _let_a_day_pass(ground.site.folder)
        coordinator.go(profile)
        assert "Lapsed" in coordinator.look()
        for path in ("/network/gaps", "/network/programs"):
            coordinator.go(path)
            assert "Dune Program (demo): the consultation protocol has lapsed" in coordinator.look()
        officer.go(service)
        assert red in officer.look()
        officer.go("/desk/find")
        officer.look()
        _ask_for_a_program(officer)
        assert red in officer.look()


def _ask_for_a_program(officer: Any) -> None:
    """Ask the finder for a program for an abusive partner near Troy."""
    officer.page.locator("main input[name=needs][value='abusive-partner-intervention']").evaluate(
        "e => { for (let d = e.closest('details'); d; d = d.parentElement.closest('details')) "
        "d.open = true; e.checked = true; }"
    )
    track = officer.page.locator("main [name=track]")
    if track.first.evaluate("e => e.tagName") == "SELECT":
        track.first.select_option("abusive-partner")
    else:
        officer.page.locator("main input[name=track][value='abusive-partner']").evaluate(
            "e => { const d = e.closest('details'); if (d) d.open = true; e.checked = true; }"
        )
    officer.page.locator("main input[name=near]").fill("12180")
    officer.page.locator("main button.btn-primary").first.click()
