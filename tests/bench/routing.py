"""Routing measured: the engine against the specification and against the best PostGIS.

    python -m tests.bench.routing [--sizes 1000 10000 100000 1000000] [--seeds 41 42]
        [--requests 200] [--checked 200 200 200 50] [--skip-postgis] [--json FILE]

For each size and seed: a directory is made, every request is asked of the engine and of PostGIS in
turn in one process, and the answers are held against the specification's. The list alone (ids and
minutes) is what PostGIS is asked for; the whole answer has reasons, plans and who is left out too.
The seeds were not used while the engine was made. What is measured: docs/performance.md.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ccr.adapters.opening_hours import HoursBook
from ccr.domain.routing_request import RouteRequest
from ccr.engine.partner_index import PartnerIndex
from tests.bench.directory_parts import NEEDS
from tests.bench.engine_memory import array_bytes
from tests.bench.large_directory import LargeDirectory
from tests.bench.large_requests import requests_to
from tests.bench.random_directory import RandomDirectory
from tests.bench.routing_oracle import Oracle
from tests.bench.routing_postgis import PostGIS

__all__ = ["RandomDirectory"]  # its former home
HELD_OUT_SEEDS = (41, 42)
WHOLE_UP_TO, SOME_WHOLE_UP_TO, SOME = 10_000, 100_000, 25
"""Who is left out is compared for every request, for some, or for none, by size."""
WARM_UP = 60
EDITS = 40
LIST, WHOLE, FLOOR, BEST = "list", "whole answer", "SELECT 1", "best PostGIS"
Ask = Callable[[RouteRequest], Callable[[], Any]]
"""Makes ready for a request, and returns what is timed."""


@dataclass
class Run:
    """What was measured at one size with one seed."""

    size: int
    seed: int
    build_seconds: float = 0.0
    array_megabytes: float = 0.0
    edit_milliseconds: list[float] = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=dict)
    """Milliseconds by what was asked, in the order of the requests."""
    work: dict[str, list[float]] = field(default_factory=dict)
    """The same in milliseconds of processor, ours and the database's: other work does not show."""
    plan_times: list[float] = field(default_factory=list)
    one_need_times: list[float] = field(default_factory=list)
    wrong: dict[str, int] = field(default_factory=dict)
    checked: dict[str, int] = field(default_factory=dict)

    def add_best(self) -> None:
        """Add for each request the time of the way of asking PostGIS that was fastest on it."""
        for found in (self.times, self.work):
            ways = [times for name, times in found.items() if name.startswith("PostGIS")]
            if ways:
                found[BEST] = [min(each) for each in zip(*ways, strict=True)]


def timed(work: Callable[[], object]) -> tuple[float, Any]:
    """Return the milliseconds that the work took, and what it returned."""
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1000, result


def percentile(times: Sequence[float], percent: int) -> float:
    """Return the time that so many per cent of the times do not exceed."""
    if len(times) == 1:
        return times[0]
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def settle() -> None:
    """Leave what lasts to itself: a collection over millions of values takes seconds."""
    gc.collect()
    gc.freeze()


# -- one size, one seed --------------------------------------------------------------------------


def measure(size: int, seed: int, requests: int, checked: int, peer: Any) -> Run:
    """Make a directory, ask everybody, compare, and return the figures."""
    run, hours = Run(size, seed), HoursBook()
    directory = LargeDirectory(seed, size)
    settle()
    took, index = timed(lambda: PartnerIndex(directory.snapshot))
    run.build_seconds, run.array_megabytes = took / 1000, array_bytes(index) / 1e6
    asks: dict[str, Ask] = {
        LIST: lambda request: partial(index.nearest, request, hours=hours),
        WHOLE: lambda request: partial(index.rank, request, hours=hours),
    }
    if peer is not None:
        asks |= peer.load(directory, hours)
    settle()
    asked = requests_to(directory, requests, 1)
    warm_up(asks, requests_to(directory, WARM_UP, 2))
    answers = ask_in_turn(run, asks, asked, peer.processor_seconds if peer else lambda: 0.0)
    run.add_best()
    oracle = Oracle(directory.snapshot, hours)
    compare(run, oracle, asked[:checked], answers)
    measure_plans(run, index, hours, requests_to(directory, requests, 3))
    measure_edits(run, index, directory)
    return run


def warm_up(asks: dict[str, Ask], asked: list[RouteRequest]) -> None:
    """Ask for other things first: caches, plans and prepared statements are then as in use."""
    for request in asked:
        for ask in asks.values():
            ask(request)()


def ask_in_turn(
    run: Run,
    asks: dict[str, Ask],
    asked: list[RouteRequest],
    of_the_database: Callable[[], float],
) -> dict[str, list[Any]]:
    """Ask everybody the same request before the next one, each time another first.

    Args:
        of_the_database: seconds of processor that the database has used so far.
    """
    names = list(asks)
    run.times, run.work = {name: [] for name in names}, {name: [] for name in names}
    answers: dict[str, list[Any]] = {name: [] for name in names}
    for number, request in enumerate(asked):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            ask = asks[name](request)
            theirs, ours = of_the_database(), time.thread_time()
            took, answer = timed(ask)
            ours = time.thread_time() - ours
            run.work[name].append((ours + of_the_database() - theirs) * 1000)
            run.times[name].append(took)
            answers[name].append(answer)
    return answers


def compare(
    run: Run, oracle: Oracle, asked: list[RouteRequest], answers: dict[str, list[Any]]
) -> None:
    """Count the answers that differ from the specification's, and name the first."""
    run.wrong = dict.fromkeys((name for name in answers if name != FLOOR), 0)
    for number, request in enumerate(asked):
        some = run.size <= SOME_WHOLE_UP_TO and number < SOME
        right = oracle.expected(request, whole=some or run.size <= WHOLE_UP_TO)
        for name in run.wrong:
            got = answers[name][number]
            run.checked[name] = run.checked.get(name, 0) + 1
            if name == WHOLE:
                differs = right.differs(got)
            elif name == LIST:
                pairs = [(found.service_id, found.effective_minutes) for found in got]
                differs = "" if pairs == right.listed else "list"
            else:
                differs = "" if got == right.listed else "list"
            if differs:
                run.wrong[name] += 1
                if run.wrong[name] == 1:
                    print(f"  request {number}: {name} differs in {differs}")


def measure_plans(
    run: Run, index: PartnerIndex, hours: HoursBook, asked: list[RouteRequest]
) -> None:
    """Time whole answers to requests of five needs, and of one, that are otherwise the same."""
    from dataclasses import replace

    for number, request in enumerate(asked):
        start = number % len(NEEDS)
        five = tuple((NEEDS * 2)[start : start + 5])
        pairs = [(run.plan_times, five), (run.one_need_times, five[:1])]
        for times, needs in pairs if number % 2 else reversed(pairs):
            question = replace(request, needs=needs)
            times.append(timed(lambda q=question: index.rank(q, hours=hours))[0])


def measure_edits(run: Run, index: PartnerIndex, directory: LargeDirectory) -> None:
    """Time how long the index takes to follow an edit of one service."""
    from dataclasses import replace

    services = directory.snapshot.services
    for number in range(EDITS):
        service = services[number * 997 % len(services)]
        edited = replace(service, do_not_refer=not service.do_not_refer)
        took, index = timed(lambda e=edited, n=number, i=index: i.followed(n + 2, {e.id: e}))
        run.edit_milliseconds.append(took)


# -- what is printed -----------------------------------------------------------------------------


def report(run: Run) -> None:
    """Print the figures of one run."""
    print(
        f"\n{run.size:,} services, seed {run.seed}: built in {run.build_seconds:.2f} s, arrays "
        f"{run.array_megabytes:.0f} MB, one edit followed in "
        f"{statistics.median(run.edit_milliseconds):.2f} ms "
        f"(p95 {percentile(run.edit_milliseconds, 95):.2f})"
    )
    for name, times in run.times.items():
        wrong = f"   wrong {run.wrong[name]} of {run.checked[name]}" if name in run.wrong else ""
        print(line(name, times) + "   processor" + line("", run.work[name])[20:] + wrong)
    plan, one = percentile(run.plan_times, 95), percentile(run.one_need_times, 95)
    print(line("five needs", run.plan_times))
    print(line("one need", run.one_need_times))
    print(f"  five needs against one, p95: {plan / one:.1f}x")
    for kind, found in (("time", run.times), ("processor", run.work)):
        for ours in (LIST, WHOLE):
            for name in (name for name in found if "PostGIS" in name):
                print(f"  {kind:9} {against(name, found[name], ours, found[ours])}")


def against(name: str, theirs: Sequence[float], ours_name: str, ours: Sequence[float]) -> str:
    """Return a line that says how many times as long the peer takes."""
    ratios = (percentile(theirs, p) / percentile(ours, p) for p in (50, 95, 99))
    p50, p95, p99 = (f"{ratio:.1f}x" for ratio in ratios)
    summed = f"{sum(theirs) / sum(ours):.1f}x"
    return f"{name} against {ours_name}: p50 {p50}, p95 {p95}, p99 {p99}, sum {summed}"


def line(name: str, times: Sequence[float]) -> str:
    """Return a line with the middle and the ends of some times."""
    p50, p95, p99 = (percentile(times, p) for p in (50, 95, 99))
    return f"  {name:<18} p50 {p50:9.3f}  p95 {p95:9.3f}  p99 {p99:9.3f} ms"


def growth(runs: Sequence[Run]) -> None:
    """Print how the middle of the list's time grows from the second smallest size to the last."""
    middle: dict[int, list[float]] = {}
    for run in runs:
        middle.setdefault(run.size, []).append(percentile(run.times[LIST], 50))
    for small, large in ((10_000, 100_000), (10_000, 1_000_000)):
        if {small, large} <= set(middle):
            ratio = statistics.mean(middle[large]) / statistics.mean(middle[small])
            print(f"growth of the list's p50 from {small:,} to {large:,}: {ratio:.1f}x")


def main() -> int:
    """Measure and print; exit 2 when PostGIS is asked for and missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[*HELD_OUT_SEEDS])
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--checked", type=int, default=0, help="default 200, at a million 50")
    parser.add_argument("--skip-postgis", action="store_true")
    parser.add_argument("--json", type=Path, help="write every figure there, too")
    options = parser.parse_args()
    peer = None if options.skip_postgis else PostGIS.start()
    if isinstance(peer, str):
        print(peer, file=sys.stderr)
        return 2
    try:
        runs = measure_all(options, peer)
    finally:
        if peer is not None:
            peer.stop()
    growth(runs)
    if options.json:
        options.json.write_text(json.dumps([vars(run) for run in runs]))
    return 0


def measure_all(options: argparse.Namespace, peer: PostGIS | None) -> list[Run]:
    """Measure every size with every seed, and print as it goes."""
    print(
        f"Python {platform.python_version()}, numpy {np.__version__}, {os.cpu_count()} processors"
    )
    if peer is not None:
        print(peer.versions())
    runs = []
    for size in options.sizes:
        checked = options.checked or (200 if size <= SOME_WHOLE_UP_TO else 50)
        for seed in options.seeds:
            gc.unfreeze()
            runs.append(measure(size, seed, options.requests, checked, peer))
            report(runs[-1])
    return runs


if __name__ == "__main__":
    sys.exit(main())
