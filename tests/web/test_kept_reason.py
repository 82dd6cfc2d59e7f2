"""Why a partner was proposed: kept sealed for the sender, shown to nobody else, gone when over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from ccr.services import followups
from ccr.services.kept_reasons import why_proposed
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.referrals import ReferralSearchRow
from tests.loop import world
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of
from tests.web.test_twins import _TOKEN

WHY = "Why this partner was proposed"


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


def page(desk: Desk, who: str, referral_id: UUID) -> str:
    return _TOKEN.sub("", text_of(desk[who].open(f"/desk/referrals/{referral_id}")))


def sealed(referral_id: UUID) -> str | None:
    wanted = ReferralSearchRow.referral_id == referral_id
    return db.session.scalar(select(ReferralSearchRow.why_sealed).where(wanted))


def test_the_sender_alone_sees_why_and_the_receivers_pages_are_the_same_without_it(
    desk: Desk, now: datetime
) -> None:
    referral_id = desk.send(question="Lunch?")
    mine = page(desk, "alder.worker", referral_id)
    assert WHY in mine
    assert "Travel" in mine.partition(WHY)[2]
    assert (sealed(referral_id) or "").startswith("v1.")
    why = why_proposed(desk.small.alder.identity, world(), referral_id)
    assert why is not None
    assert why.service_id == desk.small.birch_service_id
    assert why.minutes == sum(minutes for _, minutes in why.parts)
    assert set(why.as_plain()) == {
        "service_id",
        "minutes",
        "parts",
        "directory_version",
        "weights",
    }
    assert why_proposed(desk.small.birch.identity, world(), referral_id) is None
    desk["birch.advocate"].open(f"/desk/referrals/{referral_id}")  # seen, from here on
    paths = (f"/desk/referrals/{referral_id}", "/desk/inbox", "/desk/follow-ups")
    theirs = [_TOKEN.sub("", text_of(desk["birch.advocate"].open(path))) for path in paths]
    with unit_of_work():
        db.session.execute(update(ReferralSearchRow).values(why_sealed=None))
    again = [_TOKEN.sub("", text_of(desk["birch.advocate"].open(path))) for path in paths]
    assert theirs == again
    assert WHY not in "".join(theirs)
    assert WHY not in page(desk, "alder.worker", referral_id)


def test_it_is_gone_when_the_sender_ends_it_and_else_at_the_fixed_time(
    desk: Desk, now: datetime
) -> None:
    recalled, accepted = desk.send(), desk.send()
    desk.as_sender(recalled, "recall")
    assert sealed(recalled) is None
    desk.as_receiver(accepted, "accept")
    desk.as_receiver(accepted, "close", outcome="not-eligible")
    followups.run_clocks(world(), at=now + timedelta(days=13))
    assert sealed(accepted) is not None  # the receiver's end of it must not be seen
    assert WHY in page(desk, "alder.worker", accepted)
    followups.run_clocks(world(), at=now + timedelta(days=14))
    assert sealed(accepted) is None
