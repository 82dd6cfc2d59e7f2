"""Processes die at any moment, without a warning. What was acknowledged is there; nothing is torn.

The plain run kills two web processes, the whole web tree once and the worker once, on SQLite.
CCR_TEST_FULL=1 kills a hundred times in all, on each database.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import http.client
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select

from ccr.adapters.clock import utc_now
from ccr.domain.taxonomy import Urgency
from ccr.services.delivery import deliver
from ccr.services.outbox import Notice, notify, standing
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.referrals import ReferralEventRow, ReferralRow
from tests import loop as loops
from tests.faults.processes import Caller, free_port, wait_for, web, worker
from tests.loop import Loop, world
from tests.race.test_double_accept import nothing_is_broken, sent_quickly
from tests.web.conftest import Visitor
from tests.web.journey import let_in

FULL = os.environ.get("CCR_TEST_FULL") == "1"
KILLS_OF_ONE, KILLS_OF_ALL, KILLS_OF_WORKER = (70, 15, 15) if FULL else (2, 1, 1)
CALLERS = 4
REFERRALS = 4_000 if FULL else 160

pytestmark = [
    pytest.mark.race,
    pytest.mark.timeout(3600 if FULL else 300),
    pytest.mark.parametrize(
        "settings", ["sqlite", "postgres"] if FULL else ["sqlite"], indirect=True
    ),
]


@pytest.fixture
def loop(app) -> Loop:
    return loops.build(at=utc_now())


def cookie_of(app, account_id: UUID) -> str:
    """Return the session of somebody who signed in."""
    address = db.session.scalar(select(Account.email).where(Account.id == account_id))
    client = app.test_client()
    let_in(Visitor(client), address)
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


class Load:
    """Callers that accept one referral after the other, and note what the site acknowledged."""

    def __init__(self, port: int, cookies: list[str], ids: list[UUID]) -> None:
        self.acknowledged: list[UUID] = []
        self.answers: Counter[object] = Counter()
        self._over = threading.Event()
        self._threads = [
            threading.Thread(
                target=self._accept, args=(Caller(port, cookie), ids[n :: len(cookies)])
            )
            for n, cookie in enumerate(cookies)
        ]

    def _accept(self, caller: Caller, ids: list[UUID]) -> None:
        for referral_id in ids:
            while (page := self._opened(caller, referral_id)) is None:
                if self._over.is_set():
                    return
                time.sleep(0.02)
            path = f"/desk/referrals/{referral_id}/as-receiver/accept"
            try:
                status = caller.press(page, path)
            except (OSError, http.client.HTTPException):
                self.answers["cut off"] += 1
                continue  # nobody knows what became of it
            self.answers[status] += 1
            if status == 303:
                self.acknowledged.append(referral_id)

    def _opened(self, caller: Caller, referral_id: UUID) -> str | None:
        """Return the page of a referral; None when no whole page came."""
        if self._over.is_set():
            return None
        try:
            status, page = caller.ask("GET", f"/desk/referrals/{referral_id}")
        except (OSError, http.client.HTTPException):
            return None
        return page if status == 200 else None

    def wait_for_more(self) -> None:
        """Wait until some more acts were acknowledged, so that every kill meets a load."""
        wanted, ends = len(self.acknowledged) + CALLERS, time.monotonic() + 60
        while len(self.acknowledged) < wanted and time.monotonic() < ends:
            time.sleep(0.005)

    @contextmanager
    def running(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in self._threads:
                thread.join()


def test_what_the_site_acknowledged_outlives_every_kill(app, settings, loop):
    rng = random.Random(9)
    ids = sent_quickly(loop, REFERRALS, utc_now())
    cookies = [cookie_of(app, loop.advocates.worker.user_id) for _ in range(CALLERS)]
    db.session.remove()
    db.engine.dispose()
    port = free_port()
    site = web(settings, port)
    site.start()
    wait_for(port)
    load = Load(port, cookies, ids)
    kills = ["one"] * KILLS_OF_ONE + ["all"] * KILLS_OF_ALL
    rng.shuffle(kills)
    try:
        with load.running():
            for kill in kills:
                load.wait_for_more()
                time.sleep(rng.uniform(0.0, 0.1))
                if kill == "one":
                    while not site.kill_one(rng.randrange(8)):
                        time.sleep(0.02)
                    continue
                site.kill_all()
                site.start()
                wait_for(port)
            load.wait_for_more()
    finally:
        site.kill_all()
    nothing_is_broken()
    states = dict(db.session.execute(select(ReferralRow.id, ReferralRow.state)).all())
    accepts = Counter(
        db.session.scalars(select(ReferralEventRow.referral_id).filter_by(action="accept"))
    )
    told = db.session.scalar(
        select(func.count()).where(OutboxItem.compartment_id == loop.hospital.compartment_id)
    )
    db.session.rollback()
    assert {states[referral_id] for referral_id in load.acknowledged} == {"accepted"}
    taken = [referral_id for referral_id, state in states.items() if state == "accepted"]
    assert accepts == Counter(taken)
    assert told == 2 * len(taken)  # both of its people, of each, once
    print(f"{len(load.acknowledged)} acknowledged, {len(taken)} done, {load.answers}")
    assert len(load.acknowledged) >= CALLERS * len(kills)
    assert load.answers.keys() <= {303, "cut off"}
    assert not FULL or load.answers["cut off"]


def test_no_notice_is_lost_when_the_worker_is_killed(app, settings, loop):
    rng = random.Random(9)
    people = colleagues(loop, 60)
    folder = settings.data_dir / "outbox"
    for number in range(KILLS_OF_WORKER):
        with unit_of_work():
            for cause in range(3):
                notify(
                    loop.network_id,
                    loop.advocates.compartment_id,
                    people,
                    Notice.ITEM_TO_REVIEW,
                    about=f"{number}/{cause}",
                    at=utc_now() - timedelta(minutes=cause),
                    urgency=Urgency.IMMEDIATE,
                )
        db.session.remove()
        db.engine.dispose()
        before = len(list(folder.glob("*.eml")))
        jobs = worker(settings)
        jobs.start()
        try:
            ends = time.monotonic() + 90
            while len(list(folder.glob("*.eml"))) == before and time.monotonic() < ends:
                time.sleep(0.005)
            time.sleep(rng.uniform(0.0, 0.2))
        finally:
            jobs.kill_all()
    unsent = select(func.count()).where(OutboxItem.sent_at.is_(None))
    assert db.session.scalar(unsent), "the worker was killed when all was done"
    db.session.rollback()
    for minutes in range(16, 60):
        deliver(world(), at=utc_now() + timedelta(minutes=minutes))
        if standing().waiting == 0:
            break
    nothing_is_broken()
    rows = db.session.execute(
        select(OutboxItem.mail_id, Account.email, OutboxItem.sent_at).join(
            Account, Account.id == OutboxItem.account_id
        )
    ).all()
    db.session.rollback()
    assert len(rows) == KILLS_OF_WORKER * 3 * len(people)
    assert all(row.sent_at for row in rows)
    wanted = {
        hashlib.sha256(f"outbox/{row.mail_id}".encode()).hexdigest()[:32]: row.email for row in rows
    }
    came = {
        path.stem: str(
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)["To"]
        )
        for path in folder.glob("*.eml")
    }
    assert came == wanted


def colleagues(loop: Loop, count: int) -> list[UUID]:
    """Add people to the advocates' program; return their ids."""
    ids = [uuid4() for _ in range(count)]
    with unit_of_work():
        for account_id in ids:
            db.session.execute(
                insert(Account).values(
                    id=account_id,
                    network_id=loop.network_id,
                    compartment_id=loop.advocates.compartment_id,
                    email=f"{account_id}@example.org",
                    active=True,
                    fs_uniquifier=uuid4().hex,
                    created_at=utc_now(),
                )
            )
    return ids
