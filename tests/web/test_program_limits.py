"""Whatever lists a program for abusive partners says what it cannot do, on page and paper."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from ccr.domain.program_limits import LIMITS, NEUTRAL_LIMITS, NO_PROTOCOL, SHORT_LIMITS
from ccr.domain.taxonomy import Need
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import MemberRow
from ccr.web.access import access_of
from tests.coordination import sign_protocol
from tests.pdf_text import pages_of
from tests.small_directory import SmallDirectory, make_small_directory
from tests.web.journey import Desk, text_of

PROGRAM = "Dune groups (demo)"
ENDS = date(2026, 12, 1)
PUBLIC_FLAG = "This program has no plan with advocates for safety today."
APART = {"track": "abusive-partner", "needs": (Need.ABUSIVE_PARTNER_INTERVENTION.value,)}
SEARCH = {
    **APART,
    "needs": [*APART["needs"]],
    "near": "12180",
    "urgency": "standard",
    "transport": "car",
}
NOBODY_CHOOSES_THERE = re.compile(
    r"^/directory/(?:services/[^/]+/(?:edit|history|places|report|capacity|confidential)|checks|capacity|"
    r"duplicates|import|proposals|unverified)|/suggest(?:/thanks)?$|^/network/what-if$"
)
"""Where the facts of a listing are kept, told to be wrong, or a service is thought away."""


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        small = make_small_directory(at=now)
        with unit_of_work():
            db.session.execute(update(MemberRow).values(listed=True))
        yield Desk(sqlite_app, small)


def says_limits(text: str) -> bool:
    words = " ".join(html.unescape(text).split())
    short = str(SHORT_LIMITS) in words or str(NEUTRAL_LIMITS) in words
    return short or all(str(line) in words for line in LIMITS)


def body_of(answer: TestResponse) -> str:
    page = text_of(answer)
    return page[page.find("<main") :] if "<main" in page else page


def addresses(app: Flask, small: SmallDirectory, referral: object, draft: object) -> list[str]:
    values = {
        "language": "es", "service_id": small.dune_service_id, "quarter": "2026Q3",
        "compartment_id": small.dune.compartment_id, "member_id": small.dune.member_id,
        "referral_id": referral, "draft_id": draft,
    }  # fmt: skip
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            skipped = rule.endpoint.endswith("static") or rule.endpoint.startswith("security.")
            if "GET" not in (rule.methods or ()) or skipped or not rule.arguments <= set(values):
                continue
            if rule.endpoint == "home.exit":
                continue
            built = rule.build({name: values[name] for name in rule.arguments})
            assert built is not None
            if access_of(app, rule.endpoint) is not None and "language" not in rule.arguments:
                found.append(built[1])
    return found


def test_r10_no_page_shows_a_program_without_its_limits(desk: Desk) -> None:
    small = desk.small
    service = small.dune_service_id
    draft = desk.draft(service_id=service, **APART)
    referral = desk.send(service_id=service, **APART)
    desk["alder.worker"].send(f"/directory/short-list/listings/{service}")
    shown, bare = set(), set()
    for who in ("alder.worker", "dune.facilitator", "coordination.coordinator", "anonymous"):
        for path in addresses(desk.app, small, referral, draft):
            answer = desk[who].open(path)
            page = body_of(answer)
            if answer.status_code != 200 or PROGRAM not in page:
                continue
            shown.add(path)
            if not says_limits(page) and not NOBODY_CHOOSES_THERE.search(path):
                bare.add((who, path))
    assert bare == set(), sorted(bare)
    assert says_limits(text_of(desk["alder.worker"].open(f"/desk/referrals/{draft}/share")))
    names = {re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", path) for path in shown}
    assert names >= {
        "/services/*", "/directory", "/directory/services/*", "/directory/short-list",
        "/desk/referrals/*", "/desk/referrals/*/check",
        "/desk/referrals/*/partners", "/desk/referrals/*/slip", "/programs/profiles/*",
    }, names  # fmt: skip


def test_r10_every_answer_to_a_search_says_the_limits(desk: Desk) -> None:
    found = desk["alder.worker"].send("/desk/find", SEARCH)
    both = desk["alder.worker"].send("/directory", {"words": "advocacy"})
    public = desk["anonymous"].send("/about-programs", {"near": "12180"})
    paper = desk["anonymous"].send("/short-list", {"service_id": str(desk.small.dune_service_id)})
    for answer in (found, both, public):
        page = text_of(answer)
        card = page[page.index(PROGRAM) :]
        assert says_limits(card) or says_limits(page), card[:400]
    card = text_of(public)
    assert str(SHORT_LIMITS) in card[card.index(PROGRAM) :]
    # On paper that somebody may find stands no word that tells what it is for.
    assert str(NEUTRAL_LIMITS) in text_of(paper)
    assert "abuse" not in str(NEUTRAL_LIMITS).lower()


def test_r10_every_file_that_lists_a_program_says_the_limits(desk: Desk) -> None:
    visitor, service = desk["alder.worker"], desk.small.dune_service_id
    visitor.open("/directory/export")
    for form in ("csv", "xlsx", "geojson", "vcard", "hsds-csv", "hsds-json", "sheet"):
        answer = visitor.send("/directory/export", {"format": form, "county": "36083"})
        if answer.status_code == 422:
            continue
        body = answer.get_data()
        text = " ".join(pages_of(body)) if body.startswith(b"%PDF-") else text_of(answer)
        text = text.replace("\r\n ", "").replace("\\,", ",")
        assert PROGRAM not in text or says_limits(text), form
    visitor.send(f"/directory/short-list/listings/{service}")
    short = visitor.send("/directory/short-list/paper")
    assert says_limits(" ".join(pages_of(short.get_data())))
    record = desk["anonymous"].open(f"/hsds/services/{service}")
    assert str(SHORT_LIMITS) in {
        a.get("value") for a in (record.get_json() or {}).get("attributes", ())
    }


def test_r10_the_receiver_reads_them_too(desk: Desk) -> None:
    referral = desk.send(service_id=desk.small.dune_service_id, **APART)
    assert says_limits(text_of(desk["dune.facilitator"].open(f"/desk/referrals/{referral}")))
    other = desk.send()
    assert not says_limits(text_of(desk["birch.advocate"].open(f"/desk/referrals/{other}")))


def flags(desk: Desk) -> dict[str, bool]:
    """Return which page shows the program as one without a protocol."""
    service = desk.small.dune_service_id
    visitor, anybody = desk["alder.worker"], desk["anonymous"]
    staff = {
        "directory": visitor.send("/directory", {"words": "advocacy"}),
        "service": visitor.open(f"/directory/services/{service}"),
        "finder": visitor.send("/desk/find", SEARCH),
    }
    public = {
        "public finder": anybody.send("/about-programs", {"near": "12180"}),
        "public listing": anybody.open(f"/services/{service}"),
    }
    shown = {name: str(NO_PROTOCOL) in text_of(answer) for name, answer in staff.items()}
    shown |= {name: PUBLIC_FLAG in text_of(answer) for name, answer in public.items()}
    gaps = text_of(desk["coordination.coordinator"].open("/network/gaps"))
    return shown | {"gap board": "the consultation protocol has lapsed" in gaps}


def test_r3_a_protocol_that_lapses_is_red_everywhere_the_same_day(desk: Desk) -> None:
    sign_protocol(desk.small, desk.small.birch, signed_on=date(2026, 1, 1), expires_on=ENDS)
    midnight = datetime.fromisoformat(f"{ENDS}T00:00:00-05:00")
    for at, lapsed in ((midnight - timedelta(minutes=1), False), (midnight, True)):
        with time_machine.travel(at, tick=False):
            desk.close_browsers()
            found = flags(desk)
        assert found == dict.fromkeys(found, lapsed), at


def test_r3_a_program_that_never_had_one_is_flagged_too(desk: Desk) -> None:
    found = flags(desk)
    found.pop("gap board")  # there it is said to be missing, not lapsed
    assert all(found.values()), found
