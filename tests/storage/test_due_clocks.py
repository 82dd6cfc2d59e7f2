"""What the worker takes is locked: the referral, and the clock itself."""

from __future__ import annotations

from datetime import timedelta

from ccr.storage.db import db, unit_of_work
from ccr.storage.queries.clocks import CLOCK, lock_due
from tests import loop as loops


def test_a_clock_that_somebody_else_holds_is_left_out(postgres_app, now) -> None:
    held, free = (loops.build().send(at=now) for _ in range(2))
    with db.engine.connect() as other:
        other.execute(CLOCK.select().where(CLOCK.c.referral_id == held).with_for_update())
        with unit_of_work():
            found = lock_due(now + timedelta(days=5), limit=10)
    assert [due.stored.referral_id for due in found] == [free]
