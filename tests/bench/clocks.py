"""One tick of the worker that chases, with many open referrals of which few are due.

Run from the repository:

    .venv/bin/python -m tests.bench.clocks [--open 100000] [--due 0.01] [--runs 5]

On SQLite, and on PostgreSQL where it is installed. The bar: 100,000 open, 1 % due, at most 1 s.
What a tick did is counted in the database: a fast tick that told nobody would not pass.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, insert, select, text

from ccr.app import create_app
from ccr.domain.chasing import SOONEST, next_look
from ccr.domain.clocks import Clock, ClockKind, Side
from ccr.domain.taxonomy import MemberCategory, Regime, Sector, Urgency
from ccr.policy.identity import Role
from ccr.services.chasing import ClockRun, run_clocks
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import ServiceRow
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.referrals import ReferralEventRow
from ccr.storage.queries import accounts
from ccr.storage.queries.clocks import CLOCK
from ccr.storage.queries.referrals import REFERRAL
from tests import postgres_server
from tests.conftest import NOW, migrated, settings_for

BAR_SECONDS = 1.0
MEMBERS, PEOPLE = 60, 4
CHUNK = 10_000
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Program = tuple[UUID, UUID, UUID]
"""Network, compartment, service."""


def make_programs() -> list[Program]:
    """Return the programs of a network, each with a service and a few people."""
    programs = []
    with unit_of_work():
        network_id = accounts.add_network(
            "Bench (demo)", state="NY", timezone="America/New_York", is_demo=True, at=NOW
        )
        for number in range(MEMBERS):
            member_id = accounts.add_member(
                network_id,
                f"Member {number} (demo)",
                category=MemberCategory.HEALTH,
                sector=Sector.PRIVATE,
                regime=Regime.OTHER,
                at=NOW,
            )
            compartment_id = accounts.add_compartment(
                network_id, member_id, name="General", kind=accounts.CompartmentKind.GENERAL, at=NOW
            )
            facts = accounts.get_compartment(compartment_id)
            for place in range(PEOPLE):
                role = Role.WORKER if place else Role.AGENCY_ADMIN
                accounts.add_account(
                    facts,
                    email=f"{number}.{place}@example.org",
                    password_hash="x",  # nobody signs in here
                    roles=frozenset({role}),
                    at=NOW,
                )
            service = ServiceRow(
                id=uuid4(),
                network_id=network_id,
                member_id=member_id,
                compartment_id=compartment_id,
                name=f"Service {number}",
                gender_served="all",
                updated_at=NOW,
            )
            db.session.add(service)
            db.session.flush()
            programs.append((network_id, compartment_id, service.id))
    return programs


def lay_in(programs: list[Program], count: int, due: int) -> None:
    """Lay in open referrals; the first `due` of them are due within the minute before NOW + 1 h."""
    with unit_of_work():
        for start in range(0, count, CHUNK):
            rows = list(_rows(programs, range(start, min(start + CHUNK, count)), due))
            db.session.execute(insert(REFERRAL), [referral for referral, _, _ in rows])
            db.session.execute(insert(CLOCK), [clock for _, clock, _ in rows])
            db.session.execute(insert(ReferralEventRow), [event for _, _, event in rows])
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def _rows(
    programs: list[Program], numbers: range, due: int
) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    for number in numbers:
        network_id, sender, _ = programs[number % MEMBERS]
        _, receiver, service_id = programs[(number * 7 + 1) % MEMBERS]
        referral_id, sent_at = uuid4(), NOW - DAY
        # A third waits for an answer, the others for a contact or an outcome.
        kind = list(ClockKind)[number % 3]
        at = NOW + HOUR if number < due else NOW + DAY + number % 5000 * HOUR
        clock = Clock(kind, Urgency.STANDARD, Side.RECEIVER, sent_at, at)
        state = {"answer": "sent", "first-contact": "accepted", "outcome": "in-progress"}[kind]
        yield (
            {
                "id": referral_id,
                "network_id": network_id,
                "sender_compartment_id": sender,
                "receiver_compartment_id": receiver,
                "service_id": service_id,
                "code": f"code {number}",
                "state": state,
                "version": 2,
                "needs": ["advocacy"],
                "track": "survivor",
                "urgency": "standard",
                "access": [],
                "broader": [],
                "survivor_yes": True,
                "created_at": sent_at,
                "sent_at": sent_at,
                "accepted_at": None if state == "sent" else sent_at,
                "contacted_at": sent_at if state == "in-progress" else None,
                "updated_at": sent_at,
            },
            {
                "id": uuid4(),
                "network_id": network_id,
                "referral_id": referral_id,
                "owner_compartment_id": receiver,
                "kind": kind.value,
                "urgency": "standard",
                "started_at": sent_at,
                "due_at": at,
                "step": 0,
                "next_step_at": next_look(clock, SOONEST),
            },
            {
                "id": uuid4(),
                "referral_id": referral_id,
                "position": 1,
                "compartment_id": sender,
                "side": "sender",
                "action": "send",
                "from_state": "draft",
                "to_state": "sent",
                "at": sent_at,
            },
        )


def measure(app: Flask, count: int, due: int, runs: int) -> list[float]:
    """Return the seconds of a tick with `due` due, and say what each did."""
    world = app.extensions["ccr_world"]
    lay_in(make_programs(), count, due)
    took = []
    for run in range(runs):
        at = NOW + HOUR + timedelta(minutes=1)
        if run:
            _make_due_again(due)
        before = _told()
        start = time.perf_counter()
        done = run_clocks(world, at=at)
        took.append(time.perf_counter() - start)
        assert done == ClockRun(reminded=due), done
        after = _told()
        assert after[0] - before[0] == due, (before, after)
        assert after[1] > before[1] or run, (before, after)
        start = time.perf_counter()
        assert run_clocks(world, at=at) == ClockRun()
        print(f"  tick {took[-1]:.3f} s, {due} reminders; the next, with nothing due, "
              f"{time.perf_counter() - start:.3f} s")  # fmt: skip
    return took


def _make_due_again(due: int) -> None:
    """Set the same clocks back to before their reminder; the record of it stays."""
    again = select(CLOCK.c.id).where(CLOCK.c.step == 1).limit(due)
    with unit_of_work():
        db.session.execute(
            CLOCK.update()
            .where(CLOCK.c.id.in_(again))
            .values(step=0, step_at=None, next_step_at=NOW + HOUR)
        )


def _told() -> tuple[int, int]:
    events = db.session.scalar(select(func.count()).where(ReferralEventRow.action == "reminded"))
    notices = db.session.scalar(select(func.count()).select_from(OutboxItem))
    db.session.rollback()
    return events or 0, notices or 0


def main() -> int:
    """Measure on each database; return 1 when the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--due", type=float, default=0.01)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    due, missed = int(asked.open * asked.due), False
    with tempfile.TemporaryDirectory() as folder:
        for name, database in _databases():
            if database is None:
                print(f"{name}: not installed")
                continue
            place = Path(folder) / name
            place.mkdir()
            settings = settings_for(place, database) if database else settings_for(place)
            migrated(settings)
            app = create_app(settings)
            print(f"{name}: {asked.open} open, {due} due")
            with app.app_context():
                took = measure(app, asked.open, due, asked.runs)
                db.session.remove()
                db.engine.dispose()
            middle = statistics.median(took)
            missed = missed or middle > BAR_SECONDS
            print(f"{name}: median {middle:.3f} s of {asked.runs}, bar {BAR_SECONDS} s")
    return int(missed)


def _databases() -> Iterator[tuple[str, str | None]]:
    yield "sqlite", ""
    server = postgres_server.start()
    if isinstance(server, str):
        yield "postgres", None
        return
    try:
        yield "postgres", f"{server.url}/postgres"
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
