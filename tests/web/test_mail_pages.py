from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert, select

from ccr.services.outbox import MAX_ATTEMPTS
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account, Compartment
from ccr.storage.models.operations import OutboxItem
from tests.directory_rows import Statements
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

KEEPER, ADMIN, WORKER = "coordination.system_admin", "birch.agency_admin", "alder.worker"
PAGE = "/account/mail"


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


def give_up(desk: Desk, count: int, now: datetime) -> None:
    birch = desk.small.birch
    with unit_of_work():
        account_id = db.session.scalar(
            select(Account.id).where(Account.compartment_id == birch.compartment_id).limit(1)
        )
        for number in range(count):
            db.session.execute(
                insert(OutboxItem).values(
                    network_id=desk.small.network_id,
                    compartment_id=birch.compartment_id,
                    account_id=account_id,
                    template="item-overdue",
                    created_at=now,
                    due_at=now,
                    attempts=MAX_ATTEMPTS,
                    last_error_code="refused",
                    dedupe_key=f"k{number}",
                    pace="now",
                )
            )


def test_dead_letters_are_listed_in_few_statements_and_tried_again(
    desk: Desk, now: datetime
) -> None:
    keeper = desk[KEEPER]
    assert "Every mail has left" in text_of(keeper.open("/admin/mail"))
    give_up(desk, 30, now)
    with Statements() as seen:
        page = keeper.open("/admin/mail")
    assert len(seen.texts) <= 12
    text = text_of(page)
    assert "30 mails were given up" in text
    assert "overdue" not in text
    assert keeper.send("/admin/mail/retry", follow=False).status_code == 303
    assert "30 mails are tried again" in text_of(keeper.open("/admin/mail"))
    gone = db.session.scalar(select(OutboxItem.id).limit(1))
    db.session.rollback()
    assert keeper.send(f"/admin/mail/{gone}/retry", follow=False).status_code == 409
    assert desk[WORKER].open("/admin/mail").status_code == 404


def test_somebody_chooses_a_mail_for_each_and_an_administrator_the_quiet_hours(
    desk: Desk, now: datetime
) -> None:
    worker, admin = desk[WORKER], desk[ADMIN]
    assert "Save quiet hours" not in text_of(worker.open(PAGE))
    assert worker.send(PAGE, {"how": "each"}, follow=False).status_code == 303
    assert worker.send(PAGE, {"how": "hourly"}, follow=False).status_code == 422
    assert worker.send(f"{PAGE}/quiet-hours", {}, follow=False).status_code == 404
    hours = {"quiet_from": "16:00", "quiet_until": "09:00"}
    refused = admin.send(f"{PAGE}/quiet-hours", hours, follow=False)
    assert refused.status_code == 422
    assert 'value="16:00"' in refused.get_data(as_text=True)
    assert "Leave at least 8 hours" in text_of(refused)
    hours = {"quiet_from": "21:30", "quiet_until": ""}
    assert admin.send(f"{PAGE}/quiet-hours", hours, follow=False).status_code == 422
    hours = {"quiet_from": "21:30", "quiet_until": "06:15"}
    assert admin.send(f"{PAGE}/quiet-hours", hours, follow=False).status_code == 303
    assert "From 21:30 to 06:15 only immediate danger" in text_of(admin.open(PAGE))
    chosen = db.session.scalars(select(Account.email).where(Account.mail_each)).all()
    kept = db.session.get(Compartment, desk.small.birch.compartment_id)
    assert len(chosen) == 1
    assert kept is not None
    assert (kept.quiet_from, kept.quiet_until) == (21 * 60 + 30, 6 * 60 + 15)
    db.session.rollback()
