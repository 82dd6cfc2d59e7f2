from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ccr.domain.errors import (
    CcrError,
    InvalidInputError,
)
from ccr.services import drafts, referral_desk, sending
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import ServiceRow
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.referrals import ReferralRow
from ccr.storage.queries import verification
from tests import loop as loops
from tests.loop import Loop, cover, dump, world

HOUR = timedelta(hours=1)


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


@pytest.fixture(autouse=True)
def every_invariant_holds(app):
    yield
    broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
    broken.pop("services_without_search_text", None)
    assert broken == {}


def received_page(loop, referral_id, at):
    return referral_desk.open_received(loop.advocates.worker, world(), referral_id, at=at)


def notices(compartment_id):
    rows = db.session.query(OutboxItem).filter_by(compartment_id=compartment_id).all()
    db.session.rollback()
    return [row.template for row in rows]


def test_a_sent_referral_has_a_code_a_clock_and_reaches_its_receiver(loop, now):
    draft_id = loop.draft()
    sent = sending.send(loop.hospital.worker, world(), draft_id, at=now)
    assert world().words.normalise(sent.code) == sent.code
    assert (sent.service_name, sent.member_name) == ("Advocates service (demo)", "Advocates (demo)")
    # Thursday 14:05 and eight open hours of a week that closes at 17:00.
    assert sent.answer_due_at == now + timedelta(days=1)
    page = received_page(loop, sent.referral_id, now)
    assert page.item.sender_name == "Hospital (demo)"
    assert page.item.view.county == "Rensselaer County, NY"
    assert page.item.view.facts is None
    assert page.item.view.next_move.due_at == sent.answer_due_at


def test_sending_twice_has_one_effect_and_one_answer(loop, now):
    draft_id = loop.draft(release_days=30)
    first = sending.send(loop.hospital.worker, world(), draft_id, at=now)
    before = dump()
    again = sending.send(loop.hospital.worker, world(), draft_id, at=now + HOUR)
    assert again == first
    assert dump() == before


def test_nothing_is_sent_without_the_persons_yes(loop, now):
    me = loop.hospital.worker
    draft_id = loop.draft()
    drafts.choose_partner(me, world(), draft_id, loop.legal_aid.service_id, at=now)
    before = dump()
    with pytest.raises(InvalidInputError) as refusal:
        sending.send(me, world(), draft_id, at=now)
    assert refusal.value.field == "yes"
    assert dump() == before


def test_hard_limits_are_checked_again_at_sending(loop, now):
    draft_id = loop.draft()
    with unit_of_work():
        db.session.get(ServiceRow, loop.advocates.service_id).do_not_refer = True
        db.session.execute(db.text("UPDATE network SET directory_version = directory_version + 1"))
    before = dump()
    with pytest.raises(InvalidInputError) as refusal:
        sending.send(loop.hospital.worker, world(), draft_id, at=now)
    assert refusal.value.field == "service_id"
    assert dump() == before


def test_a_code_that_is_taken_is_drawn_again(loop, now, monkeypatch):
    first = sending.send(loop.hospital.worker, world(), loop.draft(), at=now)
    draws = iter([first.code, first.code, "canyon lemon orbit velvet"])
    fixed = replace(world(), words=FakeWords(draws))
    second = sending.send(loop.hospital.worker, fixed, loop.draft(), at=now)
    assert second.code == "canyon lemon orbit velvet"


def test_when_no_code_is_free_nothing_is_sent(loop, now):
    first = sending.send(loop.hospital.worker, world(), loop.draft(), at=now)
    fixed = replace(world(), words=FakeWords(iter([first.code] * 100)))
    draft_id = loop.draft()
    before = dump()
    with pytest.raises(CcrError, match="Nothing was sent"):
        sending.send(loop.hospital.worker, fixed, draft_id, at=now)
    assert dump() == before


class FakeWords:
    def __init__(self, codes):
        self.codes = codes

    def draw(self, rng):
        return next(self.codes)


def test_only_the_broader_facts_leave_the_sender(loop, now):
    referral_id = loop.send(language="mix", age_band="18-24", near="12180", children="2")
    row = db.session.get(ReferralRow, referral_id)
    assert (row.language, row.age_band, row.county_fips) == ("interpreter", "adult", RENSSELAER)
    assert set(row.broader) >= {"language", "age"}
    kept = {name: rows for name, rows in dump().items() if name not in loops.DIRECTORY}
    for canary in ("mix", "18-24", "12180"):
        assert not loops.spells(kept, canary)


RENSSELAER = loops.RENSSELAER


def test_the_answer_clock_runs_in_the_hours_in_which_somebody_reads(loop, now):
    cover(loop.advocates.service_id, "24/7")
    sent = sending.send(loop.hospital.worker, world(), loop.draft(), at=now)
    assert sent.answer_due_at == now + 8 * HOUR


def test_hours_for_another_need_or_by_phone_only_do_not_count(loop, now):
    cover(loop.advocates.service_id, "24/7", need="family-law")
    cover(loop.advocates.service_id, "24/7", mode="on-call-phone")
    sent = sending.send(loop.hospital.worker, world(), loop.draft(), at=now)
    assert sent.answer_due_at == now + timedelta(days=1)


def test_two_reading_times_are_one_calendar(loop, now):
    cover(loop.advocates.service_id, "Th 14:00-16:00")
    cover(loop.advocates.service_id, "Th 15:00-20:00; Fr 08:00-20:00")
    sent = sending.send(loop.hospital.worker, world(), loop.draft(), at=now)
    # 5 h 55 min of Thursday are left, then 2 h 5 min of Friday from 08:00.
    assert sent.answer_due_at == now.replace(day=13, hour=15, minute=5)


def test_hours_that_cannot_be_read_fall_back_to_the_business_week(loop, now):
    with unit_of_work():
        db.session.get(ServiceRow, loop.advocates.service_id).opening_hours = "whenever"
        db.session.execute(db.text("UPDATE network SET directory_version = directory_version + 1"))
    sent = sending.send(loop.hospital.worker, world(), loop.draft(), at=now)
    assert sent.answer_due_at == now + timedelta(days=1)


def test_immediate_is_due_in_an_hour_at_any_hour(loop, now):
    night = now + 12 * HOUR
    draft_id = loop.draft(urgency="immediate", at=night)
    sent = sending.send(loop.hospital.worker, world(), draft_id, at=night)
    assert sent.answer_due_at == night + HOUR


def test_the_receivers_staff_get_one_empty_notice_each(loop, now):
    loop.send()
    assert notices(loop.advocates.compartment_id) == ["item-to-review"] * 2
    assert notices(loop.hospital.compartment_id) == []
