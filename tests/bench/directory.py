"""The directory's speed: import, search and export at three sizes, on both databases.

    python -m tests.bench.directory [--sizes 1000 10000 100000] [--engines sqlite postgres]
        [--sections import search export]

The peer of each figure is plain SQL on the same database in the same run: the same rows stored, the
same words looked up, the same rows read, by hand. Each size runs in a process of its own, so that
its peak of memory is its own. The wait is the longest that somebody else's write took meanwhile.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from ccr.domain.listing_search import ListingQuery, Way
from ccr.domain.open_records import Scope
from ccr.services import accounts, finding, hsds_export, importing
from ccr.storage.db import Base, db, sqlite_module, unit_of_work
from ccr.storage.models.directory import ServiceRow
from ccr.storage.queries.bulk_rows import chunks_of
from ccr.storage.queries.directory_log import raise_directory_version
from tests import postgres_server
from tests.bench.importing import AT, write_big
from tests.conftest import migrated, settings_for

WORDS = ("food pantry", "legal", "shelter 1", "counsel", "agency 7", "job training")
STORED = (
    "member", "compartment", "location", "service", "service_need", "service_area",
    "service_language", "service_term", "service_at_location", "phone", "service_text",
)  # fmt: skip
PAUSE = 0.05


@dataclass
class Bench:
    """One directory on one database."""

    app: Flask
    package: Path
    folder: Path
    services: int
    url: str
    """Of PostgreSQL; "" for SQLite."""
    lines: list[str] = field(default_factory=list)

    def say(self, what: str, ours: str, peer: str = "") -> None:
        """Print one figure beside its peer."""
        engine = "postgres" if self.url else "sqlite"
        print(f"{engine:9}{self.services:>8,}  {what:8}{ours:72}{peer}", flush=True)


Section = Callable[[Bench], None]


def importing_section(bench: Bench) -> None:
    """Import twice; the peer stores the rows that came of it, by hand, in an empty database."""
    identity, world = accounts.terminal_identity(), bench.app.extensions["ccr_world"]
    for name in ("import", "again"):
        began, cpu = time.perf_counter(), time.process_time()
        with _somebody_else(bench) as waits:
            report = importing.import_package(identity, world, bench.package, at=AT)
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        bench.say(
            name,
            f"{took:6.1f} s ({cpu:5.1f} s cpu) {bench.services / took:7,.0f} services/s "
            f"peak {peak:5,.0f} MB  wait {max(waits, default=0):4.1f} s",
        )
        assert report.written
    # Last, so that the rows it holds are not taken for our memory.
    bench.say("", "", f"plain SQL stores the same rows in {_stored_by_hand(bench):.1f} s")


def search_section(bench: Bench) -> None:
    """Look words up as staff do: with a filter, a place, a page of 25, and facets with counts.

    The peer asks the same words of the engine's own index, joined with the same filter, and counts
    one facet, by hand.
    """
    identity, world = accounts.terminal_identity(), bench.app.extensions["ccr_world"]
    near = world.gazetteer.resolve("12180", default_state="NY")

    def ours(words: str) -> object:
        query = ListingQuery(words=words, near=near, way=Way.IN_PERSON, free=True)
        return finding.find_listings(identity, world, query, at=AT, timezone="America/New_York")

    began = time.perf_counter()
    ours(WORDS[0])
    first = time.perf_counter() - began
    took, peer = _median(ours), _median(_plain_search(bench))
    edited = []
    for _ in range(7):
        _edit_one(bench)
        began = time.perf_counter()
        ours(WORDS[0])
        edited.append((time.perf_counter() - began) * 1000)
    bench.say(
        "search",
        f"{took:6.1f} ms at the median, {statistics.median(edited):.1f} ms after an edit; "
        f"the first of all {first:.1f} s",
        f"plain SQL {peer:5.1f} ms",
    )


def _edit_one(bench: Bench) -> None:
    with unit_of_work():
        row = db.session.execute(select(ServiceRow.id, ServiceRow.network_id).limit(1)).one()
        db.session.execute(
            update(ServiceRow).where(ServiceRow.id == row.id).values(alert="Closed on Friday")
        )
        raise_directory_version(row.network_id, [row.id])


def export_section(bench: Bench) -> None:
    """Write the whole public directory as an HSDS package; the peer reads the same rows."""
    identity, world = accounts.terminal_identity(), bench.app.extensions["ccr_world"]
    began = time.perf_counter()
    count = hsds_export.export_package(
        identity,
        world,
        hsds_export.HSDS_CSV,
        bench.folder / "export.zip",
        scope=Scope.PUBLIC,
        at=AT,
    )
    took = time.perf_counter() - began
    began = time.perf_counter()
    rows = sum(sum(1 for _ in _plain_rows(name)) for name in STORED)
    peer = time.perf_counter() - began
    bench.say(
        "export",
        f"{took:6.1f} s {count / took:7,.0f} services/s",
        f"plain SQL reads {rows:,} rows in {peer:.1f} s",
    )


SECTIONS: dict[str, Section] = {
    "import": importing_section,
    "search": search_section,
    "export": export_section,
}
"""What is measured, in order; each finds what the ones before it made."""


# -- peers ---------------------------------------------------------------------------------------


def _plain_rows(name: str) -> Iterator[Any]:
    yield from db.session.connection().exec_driver_sql(f"SELECT * FROM {name}")


def _stored_by_hand(bench: Bench) -> float:
    """Return the seconds that storing the very same rows takes, without any reading of files."""
    empty = bench.folder / "empty"
    empty.mkdir()
    url = ""
    if bench.url:
        _administer(bench.url, "CREATE DATABASE peer")
        url = f"{bench.url}/peer"
    other = migrated(settings_for(empty, url))
    names = ("network", "import_run", *STORED)
    data = [(Base.metadata.tables[name], list(_plain_mappings(name))) for name in names]
    with other.app_context():
        connection = db.session.connection()
        began = time.perf_counter()
        for table, rows in data:
            for chunk in chunks_of(rows):
                connection.execute(table.insert(), chunk)
        db.session.commit()
        took = time.perf_counter() - began
        db.session.remove()
        db.engine.dispose()
    return took


def _plain_mappings(name: str) -> Iterator[dict[str, Any]]:
    for row in db.session.execute(Base.metadata.tables[name].select()):
        yield dict(row._mapping)


def _plain_search(bench: Bench) -> Callable[[str], object]:
    found = (
        "FROM service_text t JOIN service s ON s.id = t.service_id "
        "JOIN member m ON m.id = s.member_id {join} "
        "WHERE s.in_person AND s.cost NOT IN ('sliding-scale', 'paid') AND {match}"
    )
    on_sqlite = found.format(
        join="JOIN service_text_index i ON i.rowid = t.id", match="service_text_index MATCH ?"
    )
    on_postgres = found.format(
        join="", match="to_tsvector('simple', t.body) @@ to_tsquery('simple', %s)"
    )
    page = "SELECT s.id, s.name, m.name, count(*) OVER () {} ORDER BY s.name LIMIT 25"
    facet = (
        "SELECT n.need, count(*) FROM service_need n WHERE n.service_id IN (SELECT s.id {}) "
        "GROUP BY n.need"
    )

    def ask(words: str) -> object:
        if bench.url:
            query = " & ".join(f"{word}:*" for word in words.split())
        else:
            query = " ".join(f'"{word}"*' for word in words.split())
        source, run = on_postgres if bench.url else on_sqlite, db.session.connection()
        return [run.exec_driver_sql(part.format(source), (query,)).all() for part in (page, facet)]

    return ask


def _median(ask: Callable[[str], object]) -> float:
    """Return milliseconds at the median over the words, each asked for several times."""
    took = []
    for words in WORDS * 5:
        began = time.perf_counter()
        ask(words)
        took.append((time.perf_counter() - began) * 1000)
    db.session.rollback()
    return statistics.median(took)


@contextmanager
def _somebody_else(bench: Bench) -> Iterator[list[float]]:
    """Write all the time as somebody else would; give the seconds that each write took.

    On SQLite it takes the write lock; on PostgreSQL the lock on the network that any row takes that
    belongs to it.
    """
    waits: list[float] = []
    over = threading.Event()
    write = _postgres_writer(bench) if bench.url else _sqlite_writer(bench)

    def run() -> None:
        while not over.wait(PAUSE):
            began = time.perf_counter()
            write()
            waits.append(time.perf_counter() - began)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()


def _sqlite_writer(bench: Bench) -> Callable[[], None]:
    def write() -> None:
        connection = sqlite_module().connect(bench.folder / "ccr.db", timeout=300)
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE network SET timezone = timezone")
        connection.execute("COMMIT")
        connection.close()

    return write


def _postgres_writer(bench: Bench) -> Callable[[], None]:
    def write() -> None:
        _administer(bench.url, "SELECT 1 FROM network FOR KEY SHARE", "bench")

    return write


def _administer(url: str, statement: str, database: str = "postgres") -> None:
    import psycopg

    address = url.replace("postgresql+psycopg", "postgresql") + f"/{database}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


# -- the frame -----------------------------------------------------------------------------------


def _one(services: int, url: str, sections: list[str]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        # A process of its own writes the package, so that its memory is not counted here.
        package = folder / "package"
        _child("--package", str(package), "--sizes", str(services))
        app = migrated(settings_for(folder, f"{url}/bench" if url else ""))
        with app.app_context():
            accounts.create_network("Benchmark", at=AT)
            bench = Bench(app, package, folder, services, url)
            if "import" not in sections:
                importing.import_package(
                    accounts.terminal_identity(), app.extensions["ccr_world"], package, at=AT
                )
            for name, section in SECTIONS.items():
                if name in sections:
                    section(bench)
            db.session.remove()
            db.engine.dispose()


def _child(*args: str) -> None:
    subprocess.run([sys.executable, "-m", "tests.bench.directory", *args], check=True)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgres"])
    parser.add_argument("--sections", nargs="+", default=[*SECTIONS], choices=[*SECTIONS])
    parser.add_argument("--one", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--package", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.package:
        write_big(args.package, args.sizes[0], seed=7)
        return
    if args.one is not None:
        _one(args.sizes[0], args.one, args.sections)
        return
    sections = ("--sections", *args.sections)
    for engine in args.engines:
        for size in args.sizes:
            if engine == "sqlite":
                _child("--one", "", "--sizes", str(size), *sections)
                continue
            server = postgres_server.start()
            if isinstance(server, str):
                print(f"postgres  {server}")
                break
            try:
                _administer(server.url, "CREATE DATABASE bench")
                _child("--one", server.url, "--sizes", str(size), *sections)
            finally:
                server.stop()


if __name__ == "__main__":
    main()
