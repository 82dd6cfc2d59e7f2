"""Mail through a server that is slow, refuses and dies: nothing lost, nothing told, one id a mail.

The plain run sends 200 mails; CCR_TEST_FULL=1 sends 10,000.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import os
import random
import socket
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select, update

from ccr.adapters import mailer
from ccr.adapters.opening_hours import HoursBook
from ccr.domain.outcomes import DeclineReason
from ccr.domain.taxonomy import CompartmentKind, Urgency
from ccr.policy.identity import Role
from ccr.services import dead_letters, referrals
from ccr.services.delivery import deliver
from ccr.services.outbox import Notice, notify, standing
from ccr.services.world import World
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account, Compartment, Network
from ccr.storage.models.directory import MemberRow, ServiceRow
from ccr.storage.models.operations import OutboxItem
from tests import loop as loops
from tests.faults.failing_smtp import FailingServer, running
from tests.loop import Loop, world
from tests.people import make_team

FULL = os.environ.get("CCR_TEST_FULL") == "1"
MAILS = 10_000 if FULL else 180
PEOPLE = 200 if FULL else 36
CANARY = "CANARY"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server() -> FailingServer:
    return FailingServer(random.Random(6))


@pytest.fixture
def smtp(app, server, monkeypatch):
    """A loop in a network that is no demo, whose mail goes to the failing server."""
    # A server that says nothing is waited for, but not for fifteen seconds.
    monkeypatch.setattr(mailer, "CONNECT_SECONDS", 2)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with running(server, port) as url:
        settings = replace(
            world().settings, mail_backend="smtp", smtp_url=url, mail_from="notices@ccr.example"
        )
        yield cast("World", SimpleNamespace(settings=settings, hours=HoursBook()))


@pytest.fixture
def loop(app) -> Loop:
    """A network with a canary in every place that a mail could be filled from."""
    built = loops.build()
    with unit_of_work():
        db.session.execute(update(Network).values(is_demo=False, name=f"{CANARY} network"))
        db.session.execute(update(Compartment).values(name=Compartment.name + CANARY))
        db.session.execute(update(MemberRow).values(name=MemberRow.name + CANARY))
        db.session.execute(
            update(ServiceRow).values(name=ServiceRow.name + CANARY, description=CANARY)
        )
    return built


def colleagues(loop: Loop, count: int, now) -> list[object]:
    """Add people to the advocates' program; return all account ids of it."""
    with unit_of_work():
        for _ in range(count):
            db.session.execute(
                insert(Account).values(
                    id=uuid4(),
                    network_id=loop.network_id,
                    compartment_id=loop.advocates.compartment_id,
                    email=f"{uuid4()}@example.org",
                    active=True,
                    fs_uniquifier=uuid4().hex,
                    created_at=now,
                )
            )
    return list(
        db.session.scalars(
            select(Account.id).where(Account.compartment_id == loop.advocates.compartment_id)
        )
    )


def acts_with_canaries(loop: Loop, now) -> None:
    """Do what really writes notices, with a canary in everything that is typed."""
    me, they = loop.hospital.worker, loop.advocates.worker
    for number in range(2):
        referral_id = loop.send(at=now, question=f"{CANARY}?", urgency="immediate")
        referrals.ask(they, world(), referral_id, f"{CANARY} day?", at=now)
        referrals.answer(me, world(), referral_id, f"{CANARY}.", at=now)
        if number:
            referrals.decline(they, world(), referral_id, DeclineReason.SAFETY, at=now)
        else:
            referrals.accept(they, world(), referral_id, at=now)


def mails_made() -> int:
    """Return into how many mails the notices were put."""
    found = db.session.scalar(select(func.count(OutboxItem.mail_id.distinct())))
    db.session.rollback()
    return int(found or 0)


def check_mails(server: FailingServer) -> None:
    """Nothing was lost, and a second copy of a mail is the same mail to the same one person."""
    addresses = {row.id: row.email for row in db.session.execute(select(Account.id, Account.email))}
    wanted = {}
    for account_id, mail_id in db.session.execute(
        select(OutboxItem.account_id, OutboxItem.mail_id)
    ):
        digest = hashlib.sha256(f"outbox/{mail_id}".encode()).hexdigest()[:32]
        wanted[f"<{digest}@ccr.example>"] = addresses[account_id]
    came = defaultdict(set)
    for sender, recipients, content in server.taken:
        assert CANARY.encode() not in content
        built = email.message_from_bytes(content, policy=email.policy.default)
        assert CANARY not in str(built.get_content())
        assert built["Cc"] is built["Bcc"] is None
        assert sender == "notices@ccr.example"
        assert recipients == (str(built["To"]),)
        came[str(built["Message-ID"])].add((str(built["To"]), content.split(b"Message-ID")[1]))
    assert {key: {to for to, _ in copies} for key, copies in came.items()} == {
        key: {address} for key, address in wanted.items()
    }
    assert all(len(copies) == 1 for copies in came.values())


@pytest.mark.timeout(3600 if FULL else 300)
@pytest.mark.parametrize("settings", ["sqlite", "postgres"] if FULL else ["sqlite"], indirect=True)
def test_a_failing_server_loses_nothing_and_a_second_copy_is_the_same_mail(smtp, server, loop, now):
    admin = make_team(
        loop.network_id, "Upkeep", Role.SYSTEM_ADMIN, at=now, kind=CompartmentKind.COORDINATION
    ).identity
    acts_with_canaries(loop, now)
    people = colleagues(loop, PEOPLE, now)
    at, retried = now, 0
    while mails_made() < MAILS:
        notify(
            loop.network_id,
            loop.advocates.compartment_id,
            people,
            Notice.ITEM_TO_REVIEW,
            about=f"{CANARY}/{at}",
            at=at,
            urgency=Urgency.IMMEDIATE,
        )
        for _ in range(5 if FULL else 1):
            deliver(smtp, at=at)
            at += MINUTE
    while (left := standing()).waiting or left.dead:
        retried += dead_letters.retry_all(admin, at=at) if left.dead else 0
        at += 20 * MINUTE
        deliver(smtp, at=at)
        assert at < now + timedelta(days=6)
    assert (
        db.session.scalar(
            select(func.count()).select_from(OutboxItem).where(OutboxItem.sent_at.is_(None))
        )
        == 0
    )
    mails = mails_made()
    check_mails(server)
    copies = len(server.taken) - mails
    print(f"{mails} mails, {copies} second copies, {retried} retried by hand, {dict(server.had)}")
    assert copies > 0
    kinds = {step for step, _, _ in (kind.partition(":") for kind in server.had)}
    assert kinds == {"connect", "ehlo", "mail", "rcpt", "data"}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_server_that_is_slower_than_a_run_holds_up_nothing_else(
    smtp, server, loop, now, monkeypatch
):
    server.well, server.slow_seconds = True, 0.05
    people = colleagues(loop, 10, now)
    notify(
        loop.network_id,
        loop.advocates.compartment_id,
        people,
        Notice.ITEM_TO_REVIEW,
        about="x",
        at=now,
        urgency=Urgency.IMMEDIATE,
    )
    monkeypatch.setattr("ccr.services.posting.NOTICES_SECONDS", 0.3)
    runs = [deliver(smtp, at=now + n * MINUTE).sent for n in range(2)]
    assert 0 < runs[0] < len(people)
    monkeypatch.setattr("ccr.services.posting.NOTICES_SECONDS", 30.0)
    assert sum(runs) + deliver(smtp, at=now + 3 * MINUTE).sent == len(people)
    assert {row.attempts for row in db.session.scalars(select(OutboxItem))} == {1}
    db.session.rollback()
    check_mails(server)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_server_that_says_nothing_is_given_up_soon(smtp, server, loop, now, monkeypatch):
    monkeypatch.setattr(mailer, "CONNECT_SECONDS", 0.2)
    server.well, server.slow_seconds = True, 0.6
    colleagues(loop, 1, now)
    loop.send(at=now, urgency="immediate")
    assert deliver(smtp, at=now).sent == 0
    server.slow_seconds = 0.0
    assert deliver(smtp, at=now + MINUTE).failed == 0
    db.session.rollback()
    check_mails(server)
