"""The peer: the same question asked of PostgreSQL with PostGIS, tuned as well as we know how.

Two schemas hold the same rows and answer by the same filters and the same cost, one of them in two
ways; the bench counts the fastest for each request, which is stricter than any real server.

- "by need": a row for each service, site and need; btree and GiST on (need, place).
- "by area": a row for each service, site, need and area; btree and GiST on (need and area, place).

Both are clustered and analysed, statements are prepared once and keep one generic plan. A search
asks for a small circle first. Since no drawback is negative, the tenth partner's minutes say how
far the ring reaches that must be asked for after that, and who in it has too many drawbacks.

What is given to the peer for nothing: opening hours and who answers are read by the client once a
minute and sent as lists by pattern, parameters are made before the clock starts, and it is asked
for partners with a public point alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from ccr.domain.answering import HoursReader
from ccr.domain.geography import travel_minutes
from ccr.domain.routing_request import RouteRequest
from ccr.domain.taxonomy import Transport
from ccr.domain.weights import DEFAULT
from tests import postgres_server
from tests.bench.large_directory import LargeDirectory
from tests.bench.postgis_questions import Questions
from tests.bench.postgis_sql import ALL, ANYWHERE, BEYOND, CIRCLE, LOAD, RING, SCHEMAS, statement

WAYS: dict[str, tuple[str, float]] = {
    "PostGIS by need": ("by need", 30),
    "PostGIS by area": ("by area", 30),
    "PostGIS by area, 10 km": ("by area", 10),
}
"""Schema and the circle asked for first, in km: by seed 7 one circle was faster than several; where
services stand close a narrow one is."""
FEW = 600
"""So many rows are read at once, without circles."""
MANY = 20_000
"""From so many rows on it is worth a statement of its own to learn that the near ones suffice."""
INSTALL = (
    "PostGIS is not installed. On Debian: apt-get install postgresql-15-postgis-3, or leave it out "
    "with --skip-postgis."
)
TUNED = (
    "-c shared_buffers=4GB -c work_mem=64MB -c maintenance_work_mem=1GB -c jit=off "
    "-c effective_cache_size=12GB -c random_page_cost=1.05 -c max_parallel_workers_per_gather=0 "
    "-c max_wal_size=16GB -c checkpoint_timeout=1d -c autovacuum=off"
)
Listed = list[tuple[UUID, int]]


class PostGIS:
    """A throw-away server with PostGIS."""

    def __init__(self, server: postgres_server.Server) -> None:
        self._server = server
        self._open: list[psycopg.Connection[Any]] = []
        with self.connection("postgres") as connection:
            connection.execute("CREATE EXTENSION postgis")
            connection.execute("CREATE EXTENSION btree_gist")

    @classmethod
    def start(cls) -> PostGIS | str:
        """Return a started server, or what to install, in plain words."""
        server = postgres_server.start(TUNED)
        if isinstance(server, str):
            return f"{server}. {INSTALL}"
        try:
            return cls(server)
        except psycopg.errors.FeatureNotSupported:
            server.stop()
            return INSTALL

    def stop(self) -> None:
        """Stop the server; nothing in it is kept."""
        for connection in self._open:
            connection.close()
        self._server.stop()

    @property
    def address(self) -> str:
        """Return where the server listens: its own socket, which is faster than the loopback."""
        return f"host={self._server.folder} port={self._server.port} user=ccr dbname=postgres"

    def connection(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Return a new connection, set for prepared statements with one plan."""
        connection = psycopg.connect(
            f"host={self._server.folder} port={self._server.port} user=ccr dbname={database}",
            autocommit=True,
        )
        connection.prepared_max = 1000
        connection.execute("SET plan_cache_mode = force_generic_plan")
        return connection

    def processor_seconds(self) -> float:
        """Return how long the processes that answered have been on a processor (Linux; else 0)."""
        return sum(map(_on_processor, (c.info.backend_pid for c in self._open)))

    def versions(self) -> str:
        """Return which PostgreSQL and PostGIS they are."""
        with self.connection() as connection:
            row = connection.execute("SELECT version(), postgis_lib_version()").fetchone()
        assert row is not None
        return f"{row[0].split(' (')[0]}, PostGIS {row[1]}"

    def load(self, directory: LargeDirectory, hours: HoursReader) -> dict[str, Any]:
        """Store a directory and return how to ask: by name, from request to what is timed."""
        questions = Questions(directory, hours)
        connection = self.connection()
        self._open.append(connection)
        store(connection, questions)
        asks: dict[str, Any] = {
            name: Peer(connection, questions, *way).prepared for name, way in WAYS.items()
        }
        one = connection.cursor()
        asks["SELECT 1"] = lambda _request: lambda: one.execute("SELECT 1", prepare=True).fetchall()
        return asks


def store(connection: psycopg.Connection[Any], questions: Questions) -> None:
    """Fill both schemas and make their indexes."""
    for step in LOAD["tables"]:
        connection.execute(step.encode())
    copied = f"COPY offer ({', '.join(questions.COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(copied.encode()) as copy:
        for row in questions.rows():
            copy.write_row(row)
    for step in LOAD["indexes"]:
        connection.execute(step.encode())


class Peer:
    """Answers requests from one schema."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        questions: Questions,
        schema: str,
        first_km: float,
    ) -> None:
        self._cursor = connection.cursor(binary=True)
        self._questions, self._schema, self._first_km = questions, schema, first_km
        counted = connection.execute(SCHEMAS[schema].counts.encode())
        self._counts: dict[int, int] = dict(counted.fetchall())
        self._statements = {
            where: statement(schema, where).encode()
            for where in (ANYWHERE, CIRCLE, RING, BEYOND, ALL)
        }

    def prepared(self, request: RouteRequest) -> Callable[[], Listed]:
        """Return what asks the database for the list; its parameters are made now."""
        parameters = self._questions.parameters(request, self._schema)
        rows = sum(self._counts.get(key, 0) for key in parameters.pop("numbers"))
        return lambda: self._listed(request, parameters, rows)

    def _listed(self, request: RouteRequest, parameters: dict[str, str], rows: int) -> Listed:
        parameters["old"] = "f"
        found = self._nearest(request, parameters, rows)
        if len(found) < DEFAULT.least_options:
            parameters["old"] = "t"
            old = self._nearest(request, parameters, rows)
            found = sorted(found + old[: DEFAULT.least_options - len(found)])
        ids = self._questions.ids
        return [(ids[service], cost) for cost, _, service in found[: request.limit]]

    def _nearest(
        self, request: RouteRequest, parameters: dict[str, str], rows: int
    ) -> list[tuple[int, float, int]]:
        """Return the best few as (cost, km, service), in order."""
        if rows <= FEW:
            return self._asked(ANYWHERE, parameters)
        reach = km_within(DEFAULT.reach, request.transport)
        circles = [reach] if rows > MANY else []
        if parameters["old"] == "f":  # else there are few, and no circle was enough
            circles.insert(0, min(self._first_km, reach))
        for km in circles:
            found = self._asked(CIRCLE, parameters, km)
            if len(found) >= request.limit:
                last = found[request.limit - 1][0]
                nearest = travel_minutes(km, request.transport)
                if last <= nearest:
                    return found
                if last < DEFAULT.reach:
                    ring = {"inner": str(km * 1000 - 1), "most_extra": str(last - nearest)}
                    outer = km_within(last, request.transport)
                    found += self._asked(RING, {**parameters, **ring}, outer)
                    return _each_once(found)
            if km == reach:
                return _each_once(found + self._asked(BEYOND, parameters, reach))
        return self._asked(ALL, parameters, reach)

    def _asked(
        self, where: str, parameters: dict[str, str], km: float = 0
    ) -> list[tuple[int, float, int]]:
        """Return what the statement finds, each service once: at the nearest of its sites."""
        values = {**parameters, "metres": str(km * 1000 + 1)}
        found = self._cursor.execute(self._statements[where], values, prepare=True).fetchall()
        return _each_once(found)


def _each_once(rows: list[tuple[int, float, int]]) -> list[tuple[int, float, int]]:
    """Return the rows in order, each service once: at the nearest of its sites."""
    best: dict[int, tuple[int, float, int]] = {}
    for row in sorted(rows):
        best.setdefault(row[2], row)
    return list(best.values())


@cache
def km_within(minutes: int, transport: Transport) -> float:
    """Return the km, rounded up to a metre, within which every trip of so many minutes lies."""
    low, high = 0.0, 1.0
    while travel_minutes(high, transport) <= minutes:
        low, high = high, high * 2
    while high - low > 0.001:
        middle = (low + high) / 2
        low, high = (
            (middle, high) if travel_minutes(middle, transport) <= minutes else (low, middle)
        )
    return high


def _on_processor(process: int) -> float:
    try:
        text = Path(f"/proc/{process}/schedstat").read_text()
    except OSError:
        return 0.0
    return int(text.split()[0]) / 1e9
