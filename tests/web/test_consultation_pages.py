"""Safety consultations by their pages, without script: one step, two desks, equal twins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from ccr.adapters.spoken_codes import WordList
from ccr.domain.consultation_advice import Advice
from ccr.domain.consultation_triggers import Trigger
from ccr.services import consultation_chasing, consultation_prompts, consultations, delivery
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account
from ccr.storage.models.consultations import ConsultationRow
from ccr.storage.models.directory import MemberRow
from tests.coordination import sign_protocol
from tests.loop import world
from tests.small_directory import make_small_directory
from tests.web.conftest import Visitor
from tests.web.journey import Desk, settled, text_of
from tests.web.test_bad_input import RAW
from tests.web.test_query_counts import MOST, statements

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BASE = "/programs/consultations"
FACILITATOR, ADVOCATE = "dune.facilitator", "birch.advocate"
ANSWERS = {"concern": "threat", "urgency": "high", "called": "message"}
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        small = make_small_directory(at=now)
        sign_protocol(small, small.birch, signed_on=date(2026, 1, 1), expires_on=date(2027, 1, 1))
        yield Desk(sqlite_app, small)


def ask(desk: Desk, **changes: object) -> str:
    """Ask as the facilitator; return the address of the consultation."""
    desk[FACILITATOR].open(f"{BASE}/new")
    answer = desk[FACILITATOR].send(f"{BASE}/new", {**ANSWERS, **changes}, follow=False)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def test_r2_the_partners_phone_comes_before_the_one_form_of_one_step(desk: Desk) -> None:
    page = text_of(desk[FACILITATOR].open(f"{BASE}/new"))
    main = page[page.index("<main") : page.index("</main>")]
    assert main.index('href="tel:518-555-0142"') < main.index("<form")
    assert "Birch Advocates (demo)" in main
    assert main.count("<form") == 1
    fields = set(re.findall(r'<(?:input|select|textarea)[^>]*name="([^"]+)"', main))
    assert fields == {"csrf_token", "once", "concern", "urgency", "called", "consulted", "steps"}
    assert "<textarea" not in main
    assert not re.search(r'type="(text|email|tel|search|date)"', main)
    assert "<script" not in main


def test_r2_both_desks_have_it_at_once_and_the_receipt_is_fixed(desk: Desk) -> None:
    place = ask(desk)
    receipt = text_of(desk[FACILITATOR].open(place))
    assert "It stands on the desk of Birch Advocates (demo) now." in receipt
    assert "Keep to your own protocol, step by step." in receipt
    inbox = text_of(desk[ADVOCATE].open("/desk/inbox"))
    assert "A program asks you for a safety consultation." in inbox
    assert re.search(r'data-count="consultations">\s*<span class="count-pill">1<', inbox)
    listed = text_of(desk[ADVOCATE].open(BASE))
    assert place in listed
    assert "Dune Program (demo)" in listed
    assert "A threat" in text_of(desk[ADVOCATE].open(place))


def test_an_advocate_acknowledges_then_advises_from_the_list(desk: Desk) -> None:
    place = ask(desk)
    advocate = desk[ADVOCATE]
    assert "They did not reach you. Call them back." in text_of(advocate.open(place))
    page = text_of(advocate.send(f"{place}/acknowledge"))
    assert "Acknowledged. Call the program now if you can." in page
    assert f"{place}/acknowledge" not in page
    assert advocate.send(f"{place}/acknowledge", follow=False).status_code == 409
    empty = advocate.send(f"{place}/advise", {})
    assert empty.status_code == 422
    assert "Choose at least one." in text_of(empty)
    advocate.open(place)
    page = text_of(advocate.send(f"{place}/advise", {"advice": ["talk-first", "call-911"]}))
    assert page.index("If there is danger now, call 911.") < page.index("Talk with us before")
    assert "consultation wait" not in text_of(advocate.open("/desk/inbox"))
    assert advocate.send(f"{place}/advise", {"advice": ["call-us"]}).status_code == 409


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"concern": ""}, "Choose one."),
        ({"concern": "gossip"}, "Choose one."),
        ({"urgency": ""}, "Choose one."),
        ({"called": ""}, "Choose one."),
        ({"called": "spoke"}, "Choose with whom you spoke."),
        ({"consulted": "advocate"}, "not that you spoke with somebody"),
        ({"called": "spoke", "consulted": "advocate", "steps": ["dance"]}, "Choose one."),
        ({"about": ["nobody"]}, "Choose from the list."),
    ],
)
def test_what_cannot_be_is_refused_and_everything_chosen_is_kept(
    desk: Desk, changes: dict[str, object], words: str
) -> None:
    desk[FACILITATOR].open(f"{BASE}/new")
    chosen = {"concern": "weapon", "urgency": "standard", "called": "no-answer"}
    answer = desk[FACILITATOR].send(f"{BASE}/new", {**chosen, **changes})
    page = text_of(answer)
    assert answer.status_code == 422
    assert words in page
    for name, value in chosen.items():
        if name not in changes:
            assert re.search(rf'<input checked[^>]*name="{name}"[^>]*value="{value}"', page)
    assert 'href="tel:518-555-0142"' in page
    assert db.session.scalars(select(ConsultationRow.id)).all() == []


def test_a_call_that_succeeds_later_is_added_in_one_step(desk: Desk) -> None:
    place = ask(desk, called="calling")
    facilitator = desk[FACILITATOR]
    facilitator.open(place)
    assert facilitator.send(f"{place}/call", {}).status_code == 422
    page = text_of(
        facilitator.send(f"{place}/call", {"consulted": "hotline", "steps": ["call-us"]})
    )
    assert "A hotline worker" in page
    assert f"{place}/call" not in page
    assert "Call us again today." in text_of(desk[ADVOCATE].open(place))


def test_prompts_stand_above_every_program_page_until_they_are_settled(desk: Desk) -> None:
    facilitator = desk[FACILITATOR]
    facilitator.open(BASE)
    assert facilitator.send(f"{BASE}/prompts", {"trigger": "termination"}).status_code == 422
    facilitator.open(BASE)
    page = text_of(facilitator.send(f"{BASE}/prompts", {"trigger": "weapon"}))
    facilitator.send(f"{BASE}/prompts", {"trigger": "court-date"})
    assert "2 things to consult about" in text_of(facilitator.open(BASE))
    first = re.search(rf"{BASE}/prompts/([0-9a-f-]+)/settle", page)
    assert first
    form = text_of(facilitator.open(f"{BASE}/new?about={first.group(1)}"))
    ticked = re.findall(r'<input checked[^>]*name="about"[^>]*value="([^"]+)"', form)
    assert ticked == [first.group(1)]
    ask(desk, about=ticked)
    page = text_of(facilitator.open(BASE))
    assert "One thing to consult about" in page
    (left,) = set(re.findall(rf"{BASE}/prompts/([0-9a-f-]+)/settle", page))
    assert facilitator.send(f"{BASE}/prompts/{left}/settle", {"how": "bogus"}).status_code == 400
    page = text_of(facilitator.send(f"{BASE}/prompts/{left}/settle", {"how": "spoken-already"}))
    assert "to consult about" not in page.casefold().replace("to consult about</h2>", "")
    assert (
        facilitator.send(f"{BASE}/prompts/{left}/settle", {"how": "spoken-already"}).status_code
        == 404
    )


def test_r2_every_page_of_the_programs_desk_is_one_step_from_asking(desk: Desk) -> None:
    facilitator, opened = desk[FACILITATOR], []
    for rule in desk.app.url_map.iter_rules():
        if not rule.rule.startswith("/programs") or "GET" not in (rule.methods or ()):
            continue
        if rule.arguments or rule.endpoint == "consultations.new":
            continue
        answer = facilitator.open(rule.rule)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            opened.append(rule.rule)
            assert f'href="{BASE}/new"' in text_of(answer), rule.rule
    assert len(opened) >= 3
    assert f'href="{BASE}/new"' not in text_of(desk["alder.worker"].open("/programs/profiles"))


def test_everybody_else_finds_nothing_there(desk: Desk) -> None:
    place = ask(desk)
    absent = text_of(desk["alder.worker"].open(f"{BASE}/{NOBODY}"))
    for who in desk.small.emails:
        if who in {FACILITATOR, ADVOCATE, "birch.agency_admin"}:
            continue
        answer = desk[who].open(place)
        assert answer.status_code == 404, who
        if who == "alder.worker":
            assert settled(text_of(answer)) == settled(absent)
        for act in ("acknowledge", "advise", "call"):
            assert desk[who].send(f"{place}/{act}", {}).status_code == 404, (who, act)
    for act in ("acknowledge", "advise"):
        assert desk[FACILITATOR].send(f"{place}/{act}", {}).status_code == 404
    assert desk[ADVOCATE].send(f"{place}/call", {}).status_code == 404
    assert desk[ADVOCATE].open(f"{BASE}/new").status_code == 404


def test_where_nobody_can_be_asked_the_page_leads_to_the_hotlines(desk: Desk) -> None:
    with unit_of_work():
        for team in (desk.small.birch, desk.small.cedar):
            away = update(MemberRow).where(MemberRow.id == team.member_id)
            db.session.execute(away.values(active=False))
    facilitator = desk[FACILITATOR]
    page = text_of(facilitator.open(f"{BASE}/new"))
    main = page[page.index("<main") : page.index("</main>")]
    assert 'href="tel:911"' in main
    assert main.count('href="tel:') >= 3
    assert "<form" not in main
    facilitator.open(BASE)
    answer = facilitator.send(f"{BASE}/new", ANSWERS, follow=False)
    assert answer.status_code == 422
    assert "Call a hotline." in text_of(answer)


def test_a_partner_that_does_not_sign_in_is_called_and_the_receipt_says_so(desk: Desk) -> None:
    birch = desk.small.birch.compartment_id
    with unit_of_work():
        db.session.execute(
            update(Account).where(Account.compartment_id == birch).values(active=False)
        )
    page = text_of(desk[FACILITATOR].open(f"{BASE}/new"))
    assert "Nobody of theirs signs in here. The call is what counts." in page
    receipt = text_of(desk[FACILITATOR].open(ask(desk)))
    assert "It stands on the desk" not in receipt
    assert "Nobody of theirs signs in here." in receipt


def test_it_works_when_mail_is_down(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise OSError("mail is down")

    monkeypatch.setattr("smtplib.SMTP.__init__", fail)
    place = ask(desk)
    delivery.deliver(world(), at=datetime.now().astimezone())
    assert "A program asks you" in text_of(desk[ADVOCATE].open("/desk/inbox"))
    assert desk[ADVOCATE].open(place).status_code == 200


def test_no_address_and_no_title_tells_what_it_is_about(desk: Desk) -> None:
    place = ask(desk)
    code = db.session.scalar(select(ConsultationRow.code))
    db.session.rollback()
    for who in (FACILITATOR, ADVOCATE):
        for path in (BASE, place):
            page = text_of(desk[who].open(path))
            title = re.search(r"<title>(.*?)</title>", page, re.S)
            assert title
            assert not re.search(r"threat|dune|birch|safety|victim", title.group(1), re.I)
            assert str(code) in page
    assert re.fullmatch(rf"{BASE}/[0-9a-f-]{{36}}", place)
    assert set(str(code).split()) <= set(WordList.load().words)


def test_pages_take_few_statements_however_many_there_are(desk: Desk) -> None:
    place = ask(desk)
    for _ in range(3):
        desk[FACILITATOR].open(BASE)
        desk[FACILITATOR].send(f"{BASE}/prompts", {"trigger": "weapon"})
    pages = [(FACILITATOR, path) for path in (BASE, f"{BASE}/new", place)]
    pages += [(ADVOCATE, path) for path in (BASE, place)]
    taken = [statements(desk[who], path) for who, path in pages]
    assert max(taken) <= MOST, taken
    for _ in range(5):
        ask(desk)
    assert [statements(desk[who], path) for who, path in pages] == taken


BAD = (*RAW, "", "\x00", "<script>alert(1)</script>", "'; DROP TABLE x; --", "x" * 3000, "١٢", "-1")


def test_bad_input_is_told_and_never_breaks_a_page(desk: Desk) -> None:
    facilitator, advocate = desk[FACILITATOR], desk[ADVOCATE]
    place = ask(desk, called="calling")
    forms = [
        (facilitator, f"{BASE}/new", {**ANSWERS, "consulted": "", "steps": "", "about": ""}),
        (facilitator, f"{BASE}/prompts", {"trigger": "weapon"}),
        (facilitator, f"{place}/call", {"consulted": "hotline", "steps": "call-us"}),
        (advocate, f"{place}/advise", {"advice": "call-us"}),
    ]
    for who, path, fields in forms:
        for name in fields:
            for bad in BAD:
                if bad == "" and name in {"consulted", "steps", "about"}:
                    continue
                who.open(BASE)
                answer = who.send(path, {**fields, name: bad}, follow=False)
                assert answer.status_code in {400, 422}, (path, name, bad)
                assert "<script>alert(1)" not in text_of(answer)
    for bad in ("0", "-1", "x", "9" * 40, "<script>", "%00"):
        for who, path in ((facilitator, BASE), (advocate, BASE)):
            assert who.open(f"{path}?page={bad}").status_code == 200
        assert facilitator.open(f"{BASE}/new?about={bad}").status_code == 200
    rows = db.session.scalars(select(ConsultationRow)).all()
    assert [(row.called, row.advised_at) for row in rows] == [("calling", None)]


# -- Twins -----------------------------------------------------------------------------------------

Course = Callable[[Visitor, str], None]


def crawl(desk: Desk, place: str, moments: list[datetime]) -> list[str]:
    """Return every page of the facilitator, and what is mailed to them, at each moment."""
    found = []
    for at in moments:
        with time_machine.travel(at, tick=False):
            desk.close_browsers()
            for path in (BASE, f"{BASE}?page=2", f"{BASE}/new", place, "/desk/inbox", "/account"):
                page = settled(text_of(desk[FACILITATOR].open(path)))
                found.append(re.sub(r'name="csrf_token"[^>]*>', "", page))
    return found


@pytest.mark.parametrize("quiet", [True, False])
def test_twins_the_facilitators_pages_are_the_same_bytes(
    sqlite_app: Flask, now: datetime, quiet: bool
) -> None:
    """One partner acknowledged early and did nothing more; the other late in the hour, and more."""
    with time_machine.travel(now, tick=False):
        small = make_small_directory(at=now)
        sign_protocol(small, small.birch, signed_on=date(2026, 1, 1), expires_on=None)
        desk = Desk(sqlite_app, small)
        consultation_prompts.raise_prompt(small.dune.identity, Trigger.WEAPON, at=now)
        place = ask(desk)
    me, made = small.birch.identity, db.session.scalar(select(ConsultationRow.id))
    assert made is not None
    early, late = now + timedelta(minutes=1), now + timedelta(minutes=59)
    moments = [now + HOUR / 2, now + HOUR, now + 3 * HOUR, now + 5 * HOUR, now + 2 * DAY]
    pages: list[list[str]] = []
    for acknowledged, advised in ((early, None), (late, now + 4 * HOUR + HOUR / 2)):
        consultations.acknowledge(me, made, at=acknowledged)
        if advised is not None:
            consultations.advise(me, made, [Advice.CALL_US], at=advised)
        if not quiet:
            consultation_chasing.run(world(), at=now + HOUR)
        pages.append(crawl(desk, place, moments))
        db.session.query(ConsultationRow).update(
            {"acknowledged_at": None, "advised_at": None, "advice": []}
        )
        db.session.commit()
    assert pages[0] == pages[1]
