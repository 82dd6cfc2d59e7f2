"""Nobody answers, and a referral that is taken back: the sender is never left without a next step.

The hours that pass between two looks are taken off the running clocks, and the worker that chases
is run as it runs every minute.
"""

from __future__ import annotations

import contextvars
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import bindparam, select

from ccr.adapters.clock import utc_now
from ccr.app import create_app
from ccr.config import Settings
from ccr.domain.clocks import STEP_OFFSETS, ClockKind, Step
from ccr.domain.taxonomy import Urgency
from ccr.services.followups import run_clocks
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.referrals import ClockRow

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.journeys.conftest import Site
    from tests.journeys.people_at_screens import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
MINUTE = timedelta(minutes=1)
AFTER = STEP_OFFSETS[Urgency.HIGH]
_ANSWER = select(ClockRow).where(
    ClockRow.referral_id == bindparam("of"),
    ClockRow.kind == ClockKind.ANSWER.value,
    ClockRow.stopped_at.is_(None),
)
_TOLD = select(Account.email).join(OutboxItem, OutboxItem.account_id == Account.id)
BIRCH, CEDAR = "Birch legal advocacy (demo)", "Cedar advocacy (demo)"


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a site of their own, whose clocks these journeys move."""
    from tests.journeys.conftest import made_site

    with made_site(tmp_path_factory.mktemp("silence"), sqlite_template) as made:
        yield made


def _late_by(site: Site, address: str, late: timedelta) -> frozenset[str]:
    """Let time pass until an answer is so late; run the clocks; return who was told."""
    from tests.journeys.conftest import environment

    def pass_time() -> frozenset[str]:
        app = create_app(Settings.from_env(environment(site.folder, site.url)))
        with app.app_context():
            now = utc_now()
            with unit_of_work():
                db.session.query(OutboxItem).delete()
                referral_id = UUID(address.rpartition("/")[2])
                _make_late(db.session.scalars(_ANSWER, {"of": referral_id}).one(), now - late)
            run_clocks(app.extensions["ccr_world"], at=now)
            told = frozenset(db.session.scalars(_TOLD))
            db.session.remove()
            db.engine.dispose()
        return told

    return contextvars.Context().run(pass_time)


def _make_late(clock: ClockRow, due: datetime) -> None:
    passed = clock.due_at - due
    clock.started_at -= passed
    clock.due_at = due
    if clock.next_step_at is not None:
        clock.next_step_at -= passed


def _send(worker: Person, choose: str) -> str:
    """Send a referral to a partner that is proposed; return the address of its page."""
    worker.go("/desk/referrals/new")
    worker.tick("needs", "advocacy")
    worker.tick("urgency", "high")
    worker.press("Go on to place")
    worker.write("Place", "Troy, NY 12180")
    worker.press("Go on to partners")
    return _send_on(worker, choose)


def _send_on(worker: Person, choose: str) -> str:
    worker.press(f"Choose {choose}")
    worker.tick("agreed", "y")
    worker.press("Continue to check")
    worker.press("Send with their yes")
    assert "This is what you can tell the person" in worker.look()
    return re.sub(r"^https?://[^/]+", "", worker.page.url)


def test_silence_reminds_then_escalates_then_gives_the_sender_the_next_best(
    chromium: Browser, site: Site
) -> None:
    from tests.journeys.people_at_screens import at_screen

    emails = site.small.emails
    worker = at_screen(chromium, site.url)
    worker.sign_in(emails["alder.worker"])
    address = _send(worker, BIRCH)
    code = set(worker.page.locator(".spoken-code span").all_inner_texts())

    advocate = at_screen(chromium, site.url, width=390, theme="dark")
    advocate.sign_in(emails["birch.advocate"])
    advocate.go("/desk/follow-ups")
    assert "Overdue" not in advocate.look()
    advocate.press("I take it")
    assert _late_by(site, address, MINUTE) == {emails["birch.advocate"]}
    advocate.go("/desk/follow-ups")
    assert "Overdue 1 min" in advocate.look()
    advocate.leave()

    assert _late_by(site, address, AFTER[Step.ESCALATE] + MINUTE) == {emails["birch.agency_admin"]}
    supervisor = at_screen(chromium, site.url)
    supervisor.sign_in(emails["birch.agency_admin"])
    supervisor.go("/desk/follow-ups")
    late = supervisor.look()
    assert "Overdue 1 h 1 min" in late
    assert emails["birch.advocate"] in late
    supervisor.leave()
    worker.go(address)
    assert "choose another partner" not in worker.look().lower()

    assert emails["alder.worker"] in _late_by(site, address, AFTER[Step.NEW_OPTIONS] + MINUTE)
    coordinator = at_screen(chromium, site.url)
    coordinator.sign_in(emails["coordination.coordinator"])
    coordinator.go("/network/overview")
    overview = coordinator.look()
    assert re.search(r"Birch Advocates \(demo\)\s+\d+ \w+ \d{4}\s+(Late|Answering)\b", overview)
    assert not code & set(overview.split())
    coordinator.leave()

    worker.go("/desk/follow-ups")
    assert "Late answers: choose again, or wait" in worker.look()
    worker.press("Advocacy", "link")
    assert "No answer yet. Choose another partner, or keep waiting." in worker.look()
    worker.press("Recall and choose another partner")
    options = worker.look()
    assert "The partner before did not take it." in options
    assert "Birch" not in options
    _send_on(worker, CEDAR)
    assert "Sent to Cedar House (demo)" in worker.look()
    worker.leave()


def test_taken_back_unopened_by_keyboard_and_sent_again(chromium: Browser, site: Site) -> None:
    from tests.journeys.people_at_screens import Keyboard, at_screen

    worker = at_screen(chromium, site.url, hand=Keyboard(), width=390, theme="dark")
    worker.sign_in(site.small.emails["alder.worker"])
    address = _send(worker, BIRCH)
    worker.unfold("Take it back before they answer")
    assert "The partner no longer sees anything of it." in worker.look()
    worker.press("Recall this referral")
    taken = worker.look()
    assert "You recalled it." in taken
    assert "Take it back" not in taken
    advocate = at_screen(chromium, site.url)
    advocate.sign_in(site.small.emails["birch.advocate"])
    advocate.go(address)
    assert "This page is not here" in advocate.look()
    again = _send(worker, BIRCH)
    advocate.go(again)
    assert "Accept" in advocate.look()
    worker.go(again)
    worker.unfold("Take it back before they answer")
    worker.press("Take it back")
    advocate.leave()
    worker.leave()


def test_what_was_opened_is_taken_back_in_sight_in_spanish_without_script(
    chromium: Browser, site: Site
) -> None:
    from tests.journeys.people_at_screens import at_screen

    worker = at_screen(chromium, site.url)
    worker.sign_in(site.small.emails["alder.worker"])
    address = _send(worker, BIRCH)
    worker.leave()
    worker = at_screen(chromium, site.url, script=False, width=390, locale="es-US")
    worker.sign_in(site.small.emails["alder.worker"])
    worker.go(address)
    worker.unfold("Retirarla antes de que respondan")
    advocate = at_screen(chromium, site.url)
    advocate.sign_in(site.small.emails["birch.advocate"])
    advocate.go(address)
    assert "Accept" in advocate.look()
    worker.press("Retirar esta referencia")
    refused = worker.look()
    assert "Ya la abrieron. Todavía puede retirarla." in refused
    assert "Usted no cambió nada." in refused
    worker.go(address)
    worker.unfold("Retirarla antes de que respondan")
    assert "Leerán que usted la retiró, y nada más." in worker.look()
    worker.press("Retirarlo")
    assert "Usted la retiró después de que la abrieron." in worker.look()
    advocate.go(address)
    gone = advocate.look()
    assert "The sender took it back." in gone
    assert "Advocacy" not in gone
    advocate.leave()
    worker.leave()


def test_a_decline_is_sent_on_by_hand_and_ends_in_a_warm_call(
    chromium: Browser, site: Site
) -> None:
    from tests.journeys.people_at_screens import at_screen

    emails = site.small.emails
    worker = at_screen(chromium, site.url, script=False)
    worker.sign_in(emails["alder.worker"])
    address = _send(worker, BIRCH)
    advocate = at_screen(chromium, site.url, script=False)
    advocate.sign_in(emails["birch.advocate"])
    advocate.go(address)
    advocate.unfold("Cannot take it")
    advocate.tick("reason", "no-capacity")
    advocate.press("Send this answer")
    advocate.leave()

    worker.go(address)
    worker.press("Choose another partner")
    address = _send_on(worker, CEDAR)
    cedar = at_screen(chromium, site.url, script=False)
    cedar.sign_in(emails["cedar.worker"])
    cedar.go(address)
    assert "Birch" not in cedar.look()
    cedar.press("Accept")
    worker.go(address)
    worker.unfold("We introduced them live")
    worker.tick("live-how", "three-way-call")
    worker.tick("live-by", "advocate")
    worker.tick("live-to", "advocate")
    worker.press("Record it")
    assert "Warm: introduced live" in worker.look()
    cedar.go(address)
    assert "Warm: introduced live" in cedar.look()
    cedar.unfold("They are connected")
    cedar.press("Record that you are connected")
    cedar.press("Close with an outcome", "link")
    cedar.tick("outcome", "service-completed")
    cedar.hand.press(cedar.page.get_by_role("button", name="Close", exact=True))
    assert "Service completed" in cedar.look()
    cedar.leave()
    worker.go(address)
    end = worker.look()
    assert "They accepted." in end
    assert "Service completed" not in end
    worker.leave()
