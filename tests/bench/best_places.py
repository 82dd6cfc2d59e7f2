"""How long it takes to find where five more services would help most, in a state and in six.

    python -m tests.bench.best_places [--services 100000]

Services are those of `large_directory` that have a place in the states. The need is the one that
most of them have. The peer, in the same run, is the specification on a tenth of the ZIPs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ccr.adapters.gazetteer import Gazetteer
from ccr.config import PROJECT_ROOT
from ccr.domain.best_places import best_places, covered_zips
from ccr.domain.gaps import County, gap_matrix
from ccr.domain.what_if_questions import MOST_PLACES, PLACE_LINES
from ccr.engine.place_covers import ZipReach, best_zips
from tests.bench.large_directory import LargeDirectory
from tests.builders import HOURS, NOW

STATES = (("NY",), ("NY", "PA", "NJ", "CT", "MA", "VT"))
MINUTES = (30, 90)
BAR_S = 2.0


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of processor that something takes, and what it returns."""
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def measure(gazetteer: Gazetteer, directory: LargeDirectory, states: tuple[str, ...]) -> bool:
    """Print the figures of some states; return whether the bar was met."""
    counties = {c.fips: County(c.name, c.fips, c.state) for s in states for c in
                gazetteer.counties(s)}  # fmt: skip
    services = tuple(
        s for s in directory.snapshot.services if any(x.county_fips in counties for x in s.sites)
    )
    of_zip = {code: fips for fips in counties for code in gazetteer.zips_of(fips)}
    matrix = gap_matrix(
        replace(directory.snapshot, services=services),
        county=counties.get, county_of_zip=of_zip.get, hours=HOURS, at=NOW,
    )  # fmt: skip
    line = max(PLACE_LINES, key=lambda one: sum(len(c.checked) for c in matrix.line(one)))
    points = {code: place.point for code in of_zip if (place := gazetteer.zip_place(code))}
    met = True
    for minutes in MINUTES:

        def ask(minutes: int = minutes) -> object:
            reach = ZipReach(points, minutes)
            covered = covered_zips(matrix.line(line), gazetteer.zips_of, reach.of_service)
            return best_zips(reach, dict.fromkeys(points, 1.0), covered.reached, MOST_PLACES)

        seconds, _ = timed(ask)
        met &= seconds <= BAR_S
        print(f"{len(states)} state(s), {len(services)} services, {len(points)} ZIPs, "
              f"{minutes} minutes: {seconds:.2f} s")  # fmt: skip
    some = {code: points[code] for code in sorted(points)[::10]}
    reach = ZipReach(some, MINUTES[0])
    covers = {code: reach.of_point(point) for code, point in some.items()}
    weights = dict.fromkeys(some, 1.0)
    fast, found = timed(lambda: best_zips(reach, weights, frozenset(), MOST_PLACES))
    slow, told = timed(lambda: best_places(covers, weights, frozenset(), MOST_PLACES))
    print(f"  the rule on {len(some)} ZIPs: {slow:.3f} s, the fast form {fast:.3f} s,",
          "the same" if found == told else "NOT THE SAME")  # fmt: skip
    return met and found == told


def main() -> int:
    """Run the bench; return 1 when the bar was not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=100_000)
    asked = parser.parse_args()
    gazetteer = Gazetteer.load(PROJECT_ROOT / "data" / "reference" / "us_zip.csv")
    directory = LargeDirectory(7, asked.services)
    met = [measure(gazetteer, directory, states) for states in STATES]
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
