"""How many acts on referrals are kept a second, each durably by itself, and how long others wait.

Run from the repository:

    .venv/bin/python -m tests.bench.commits [--acts 400] [--inbox 2000]

The peer, in the same run and on the same database: one row and a commit, again and again, which is
as fast as the database makes anything durable. Bars: an act at 0.15 of that rate or better; at four
writers nobody waits longer than a second; the inbox takes 12 statements and 60 ms in the app.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask

from ccr.app import create_app
from ccr.config import Settings
from ccr.domain.referral_views import InboxTab
from ccr.services import referral_desk, referrals
from ccr.storage.db import db, unit_of_work
from ccr.storage.queries.unmet_needs import use_token
from tests import loop as loops
from tests import postgres_server
from tests.conftest import NOW, migrated, settings_for
from tests.loop import Loop, world
from tests.race.test_double_accept import sent_quickly

WRITERS = 4
BAR_RATIO, BAR_WAIT, BAR_INBOX, BAR_STATEMENTS = 0.15, 1.0, 0.060, 12


def _timed(work: Callable[[UUID], object], ids: list[UUID]) -> list[float]:
    """Return the seconds each took."""
    spans = []
    for one in ids:
        start = time.perf_counter()
        work(one)
        spans.append(time.perf_counter() - start)
    return spans


def bare(count: int) -> float:
    """Return how many single rows a second are committed."""

    def commit(token: UUID) -> None:
        with unit_of_work():
            use_token(token, at=NOW)

    spans = _timed(commit, [uuid4() for _ in range(count)])
    return count / sum(spans)


def accept(loop: Loop) -> Callable[[UUID], object]:
    """Return the act that is measured: lock, decide, save, event, clocks, audit, notices."""
    here, me = world(), loop.advocates.worker
    return lambda referral_id: referrals.accept(me, here, referral_id, at=NOW)


def many_writers(app: Flask, loop: Loop, ids: list[UUID]) -> list[float]:
    """Return the seconds each act took with WRITERS at work, each on its own referrals."""
    act = accept(loop)

    def write(number: int) -> list[float]:
        with app.app_context():
            try:
                return _timed(act, ids[number::WRITERS])
            finally:
                db.session.remove()

    with ThreadPoolExecutor(WRITERS) as pool:
        return [span for spans in pool.map(write, range(WRITERS)) for span in spans]


def inbox(loop: Loop) -> tuple[int, float]:
    """Return the statements of the inbox, and the median seconds of showing it."""

    def show() -> None:
        referral_desk.inbox(loop.advocates.worker, world(), InboxTab.NEEDS_ANSWER, at=NOW)
        db.session.rollback()

    statements = len(loops.statements(show))
    return statements, statistics.median(_timed(lambda _: show(), [uuid4()] * 15))


def measure(settings: Settings, acts: int, waiting: int) -> bool:
    """Print the figures of one database; return True when every bar is met."""
    migrated(settings)
    app = create_app(settings)
    with app.app_context():
        loop = loops.build()
        alone = sent_quickly(loop, acts)
        together = sent_quickly(loop, acts)
        sent_quickly(loop, waiting)
        peer = bare(acts)
        spans = _timed(accept(loop), alone)
        rate = acts / sum(spans)
        waits = many_writers(app, loop, together)
        statements, seconds = inbox(loop)
        db.session.remove()
        db.engine.dispose()
    ratio = rate / peer
    met = (
        ratio >= BAR_RATIO
        and max(waits) <= BAR_WAIT
        and statements <= BAR_STATEMENTS
        and seconds <= BAR_INBOX
    )
    print(
        f"  bare commits {peer:8.0f}/s   acts {rate:7.0f}/s   ratio {ratio:.2f} (bar {BAR_RATIO})"
    )
    print(f"  {WRITERS} writers: longest wait {max(waits):.3f} s (bar {BAR_WAIT}), "
          f"median {statistics.median(waits):.3f} s")  # fmt: skip
    print(f"  inbox of {waiting:,}: {statements} statements (bar {BAR_STATEMENTS}), "
          f"median {seconds * 1000:.0f} ms (bar {BAR_INBOX * 1000:.0f})")  # fmt: skip
    return met


def databases(folder: Path) -> Iterator[tuple[str, Settings]]:
    """Yield the databases to measure, with what each is called."""
    yield "SQLite", settings_for(folder)
    # As it is run for real: what is committed is on the disk.
    server = postgres_server.start("-c fsync=on -c full_page_writes=on")
    if isinstance(server, str):
        print(f"PostgreSQL: {server}")
        return
    try:
        yield "PostgreSQL", settings_for(folder / "files", f"{server.url}/postgres")
    finally:
        server.stop()


def main() -> int:
    """Run the bench; return 0 when every bar is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=400)
    parser.add_argument("--inbox", type=int, default=2000)
    wanted = parser.parse_args()
    met = True
    with tempfile.TemporaryDirectory() as folder:
        for name, settings in databases(Path(folder)):
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            print(name)
            met = measure(settings, wanted.acts, wanted.inbox) and met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
