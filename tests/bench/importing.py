"""How long an import takes, and how much sooner than storing its services one by one.

    python -m tests.bench.importing [--services 10000] [--seed 7]

Writes an invented HSDS package, imports it twice into a fresh SQLite file, and prints rows a second
and the peak of memory. The peer, in the same run, stores as many service rows one at a time.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from ccr.adapters.gazetteer import Gazetteer
from ccr.services import accounts, importing
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import ServiceRow
from tests.conftest import migrated, settings_for
from tests.package_builders import REFERENCE, write_package

AT = datetime(2026, 11, 12, 19, 5, tzinfo=UTC)
KINDS = (
    "Food pantry", "Legal aid", "Homeless shelter", "Counseling", "Support group", "Job training",
    "Child care", "Court advocacy", "Supervised visitation", "Mental health clinic",
)  # fmt: skip
DESCRIPTION = "Offers help to residents who need it, with staff on site, by appointment. " * 4


def write_big(folder: Path, count: int, seed: int) -> Path:
    """Write an invented package of `count` services, each at its own place in New York State."""
    rng = random.Random(seed)
    gazetteer = Gazetteer.load(REFERENCE / "us_zip.csv")
    counties = [fact for fact in gazetteer.counties("NY") if fact.zip_count]
    homes = [rng.choice(counties) for _ in range(count)]
    n = range(count)
    return write_package(
        folder,
        organizations=[{"id": f"o{i}", "name": f"Agency {i}"} for i in range(count // 10 + 1)],
        services=[
            {"id": f"s{i}", "organization_id": f"o{i // 10}", "name": f"{rng.choice(KINDS)} {i}",
             "description": DESCRIPTION, "status": "active", "fees": "Free", "minimum_age": 18}
            for i in n
        ],
        locations=[
            {"id": f"l{i}", "name": f"Site {i}", "location_type": "physical",
             "latitude": homes[i].point.lat + rng.uniform(-0.1, 0.1),
             "longitude": homes[i].point.lon + rng.uniform(-0.1, 0.1)}
            for i in n
        ],
        addresses=[
            {"id": f"a{i}", "location_id": f"l{i}", "address_1": f"{i} Main Street",
             "state_province": "NY", "country": "US", "address_type": "physical"}
            for i in n
        ],
        service_at_location=[
            {"id": f"x{i}", "service_id": f"s{i}", "location_id": f"l{i}"} for i in n
        ],
        phones=[
            {"id": f"p{i}", "service_id": f"s{i}", "number": f"518-{rng.randint(200, 999)}-0142"}
            for i in n
        ],
        languages=[{"id": f"g{i}", "service_id": f"s{i}", "name": "Spanish"} for i in n],
        service_areas=[
            {"id": f"e{i}", "service_id": f"s{i}", "name": homes[i].label} for i in n
        ],
        schedules=[
            {"id": f"h{i}", "service_id": f"s{i}", "byday": "MO,TU,WE,TH,FR", "opens_at": "09:00",
             "closes_at": "17:00"}
            for i in n
        ],
    )  # fmt: skip


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = write_big(folder / "package", args.services, args.seed)
        app = migrated(settings_for(folder))
        with app.app_context():
            accounts.create_network("Benchmark", at=AT)
            first, writing = _imported(app.extensions["ccr_world"], path, "first")
            _imported(app.extensions["ccr_world"], path, "again")
            peer = _one_by_one(min(args.services, 500))
            ours = writing / args.services
            print(f"peer   one by one: {peer * 1000:.2f} ms a service row")
            print(f"ours   {ours * 1000:.2f} ms a service with all that hangs on it")
            print(f"ratio  {peer / ours:.1f} times the peer's speed, for about nine times the rows")
            print(f"whole  {args.services / first:,.0f} services/s from file to database")


def _imported(world: object, path: Path, name: str) -> tuple[float, float]:
    """Import once; return (seconds in all, seconds from the first row written)."""
    began = time.perf_counter()
    writing = [began]

    def told(step: str, done: int, _total: int) -> None:
        if step == "writing" and done and len(writing) == 1:
            writing.append(time.perf_counter())

    report = importing.import_package(
        accounts.terminal_identity(), world, path, at=AT, progress=told
    )
    took = time.perf_counter() - began
    write_took = time.perf_counter() - writing[-1] if len(writing) > 1 else 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:6} {took:.1f} s, {report.changes:,} changed, writing {write_took:.1f} s "
        f"({report.changes / write_took if write_took else 0:,.0f} rows/s), peak {peak:,.0f} MB"
    )
    return took, write_took


def _one_by_one(count: int) -> float:
    """Return the seconds that one service row takes when each is flushed by itself."""
    operator = accounts.terminal_identity()
    began = time.perf_counter()
    with unit_of_work():
        for number in range(count):
            db.session.add(
                ServiceRow(
                    id=uuid4(), network_id=operator.network_id, member_id=operator.member_id,
                    compartment_id=operator.compartment_id, name=f"Service {number}",
                    description=DESCRIPTION, updated_at=AT,
                )
            )  # fmt: skip
            db.session.flush()
    return (time.perf_counter() - began) / count


if __name__ == "__main__":
    main()
