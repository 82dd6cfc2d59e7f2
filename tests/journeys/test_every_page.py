"""Every page that a route can show is opened by everybody who may, and checked.

Once as it is in English at 1280 px, light; once in Spanish at 390 px, dark: axe, one h1, at most
one primary act, no sideways scrolling down to 320 px, and nothing asked of another host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from ccr.adapters.clock import utc_now
from ccr.domain.consultation_advice import Concern
from ccr.domain.consultation_triggers import Trigger
from ccr.domain.safety_consultation import Call, Called, Question
from ccr.domain.taxonomy import Urgency
from ccr.services import consultation_prompts, consultations
from ccr.web.access import PUBLIC, access_of
from tests.coordination import sign_protocol
from tests.journeys.conftest import app_in, serving
from tests.loop import world
from tests.network_desk import fill_desk
from tests.small_directory import SmallDirectory, make_referrals, make_small_directory

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LOOKS = {
    "in English, wide, light": {"locale": "en-US", "width": 1280, "theme": "light"},
    "in Spanish, narrow, dark": {"locale": "es-US", "width": 390, "theme": "dark"},
}
# Who opens which pages: the worker all that are for staff, the others what looks different to them.
PEOPLE = {
    "anonymous": r"",
    "alder.worker": r"",
    "birch.advocate": r"^/(desk/(referrals/|inbox|follow-ups)|programs/consultations)",
    "birch.agency_admin": r"^/(account|directory/services/)",
    "coordination.coordinator": r"^/(network|directory|account$)",
    "dune.facilitator": r"^/programs",
}
NO_PAGES = re.compile(
    r"^/(?:static|bootstrap|sign-in/static|metrics|healthz|readyz|exit|api/|hsds)|"
    r"\.(?:json|csv|svg|xlsx|gexf|graphml|geojson)$|/(?:export/|calendar|desk/changes/)"
)


@dataclass(frozen=True)
class Everything:
    """A site with referrals in every state, and the addresses of its pages."""

    url: str
    small: SmallDirectory
    public: tuple[str, ...]
    staff: tuple[str, ...]


def _paths(app: Flask, *, public: bool) -> Iterator[str]:
    """Yield the pages without parameters, and with a language where the path has one."""
    for rule in app.url_map.iter_rules():
        open_to_all = access_of(app, rule.endpoint) == PUBLIC
        if "GET" not in (rule.methods or ()) or open_to_all is not public:
            continue
        if rule.arguments - set(rule.defaults or {}):
            continue
        if not NO_PAGES.search(rule.rule):
            yield rule.rule


@pytest.fixture(scope="module")
def everything(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Everything]:
    folder = tmp_path_factory.mktemp("everything")
    at = utc_now()
    with app_in(folder, sqlite_template) as app:
        small = make_small_directory(at=at, name="Journey network")
        made = make_referrals(small, at)
        filled = fill_desk(small, at=at)
        sign_protocol(small, small.birch, signed_on=date(2026, 1, 1), expires_on=None)
        consultation_prompts.raise_prompt(small.dune.identity, Trigger.WEAPON, at=at)
        question = Question(Concern.THREAT, Urgency.HIGH, Call(Called.MESSAGE))
        consulted = consultations.ask(small.dune.identity, world(), question, at=at)
        public = sorted(set(_paths(app, public=True)))
        staff = sorted(set(_paths(app, public=False)))
    staff += filled.pages(small, "2026Q3")
    draft = made.pop("draft")
    staff += [f"/desk/referrals/{draft}/{step}" for step in ("need", "place", "partners", "share")]
    staff += [f"/desk/referrals/{draft}/check"]
    listing = f"/directory/services/{small.birch_service_id}"
    staff += [listing, f"{listing}/report", f"{listing}/history", f"{listing}/edit"]
    staff += [f"{listing}/edit/{section}" for section in ("what", "who", "where", "contact")]
    public += [f"/services/{small.birch_service_id}/suggest"]
    staff += [f"/desk/referrals/{made[name]}" for name in ("sent", "asked", "declined", "closed")]
    staff += [f"/desk/referrals/{made['noted']}{end}" for end in ("", "/slip", "/card")]
    staff += [f"/programs/consultations/{consulted}"]
    with serving(folder) as url:
        yield Everything(url, small, tuple(public), tuple(staff))


def looks() -> list[Any]:
    """Return who looks how: anybody in every look, staff in turn; each in each with --full."""
    every, people = list(LOOKS), list(PEOPLE)
    return [
        pytest.param(who, look, id=f"{who}-{look}", marks=() if first else pytest.mark.full)
        for place, who in enumerate(people)
        for number, look in enumerate(every)
        for first in [who == "anonymous" or number == place % len(every)]
    ]


@pytest.mark.parametrize(("who", "look"), looks())
def test_every_page_is_fit_to_be_seen(
    chromium: Browser, everything: Everything, who: str, look: str
) -> None:
    from tests.journeys.people_at_screens import at_screen

    how: dict[str, Any] = LOOKS[look]
    person = at_screen(chromium, everything.url, axe=True, **how)
    paths = everything.public
    if who != "anonymous":
        person.sign_in(everything.small.emails[who])
        paths = everything.staff
    seen = 0
    for path in (path for path in paths if re.search(PEOPLE[who], path)):
        answer = person.page.goto(f"{everything.url}{path}")
        assert answer is not None
        if answer.status == 404:
            continue
        assert answer.status == 200, (path, answer.status)
        language = person.page.locator("html").get_attribute("lang")
        wanted = path[1:3] if path[1:3] in {"en", "es"} else how["locale"][:2]
        assert language == wanted, path
        person.look()
        seen += 1
    assert seen >= (2 if who == "anonymous" else 1)
    person.leave()
