"""The routing endpoint measured over HTTP, beside a bare hello and beside PostGIS, in one run.

    python -m tests.bench.routing_http [--services 100000] [--seed 41] [--seconds 8] [--rounds 3]
        [--connections 4] [--ports 8471 8472 8473] [--skip-postgis] [--json FILE]

Needs wrk, and PostGIS unless it is left out. A directory is laid into a data folder of its own and
served as run.sh serves it; `POST /api/v1/routes` is asked with a key, with bodies made beforehand.
The three are asked in turn, so that a busy minute of the machine meets all of them. wrk runs on the
same processors. What is compared is the middle of the rounds.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccr.adapters.clock import utc_now
from ccr.adapters.opening_hours import HoursBook
from ccr.services import accounts, api_keys
from ccr.storage.db import db
from ccr.storage.queries.snapshot import load_snapshot
from tests.bench.http_peers import body_of, hello_app, postgis_app, serve
from tests.bench.large_directory import LargeDirectory
from tests.bench.large_requests import requests_to
from tests.bench.postgis_questions import Questions
from tests.bench.routing_postgis import PostGIS, store
from tests.bench.stored_directory import store as store_on_site
from tests.conftest import migrated, settings_for

BODIES = 400
COMPARED = 60
PATIENCE = 300
ROOT = Path(__file__).resolve().parents[2]
LUA = """
local bodies, at = {}, 0
function init(args)
  for line in io.lines(args[1]) do
    bodies[#bodies + 1] = wrk.format("POST", nil, {
      ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. args[2]}, line)
  end
end
function request()
  at = at % #bodies + 1
  return bodies[at]
end
function done(summary, latency)
  io.write(string.format("FIGURES %d %d %d %f %f %f\\n", summary.requests, summary.duration,
    summary.errors.status + summary.errors.read + summary.errors.connect + summary.errors.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Round:
    """What wrk counted in one round; milliseconds."""

    per_second: float
    errors: int
    p50: float
    p95: float
    p99: float


def main() -> int:
    """Measure and print; exit 2 when something that is needed is missing."""
    options = _options()
    if missing := _missing(options):
        print(missing, file=sys.stderr)
        return 2
    postgis = None if options.skip_postgis else PostGIS.start()
    if isinstance(postgis, str):
        print(postgis, file=sys.stderr)
        return 2
    with ExitStack() as last, tempfile.TemporaryDirectory() as temporary:
        if postgis is not None:
            last.callback(postgis.stop)
        return _measure(options, Path(temporary), postgis, last)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--services", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=41)
    parser.add_argument("--seconds", type=int, default=8, help="a round of one endpoint")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--ports", type=int, nargs=3, default=[8471, 8472, 8473])
    parser.add_argument("--skip-postgis", action="store_true")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _missing(options: argparse.Namespace) -> str:
    """Return what is missing or in the way, in plain words, or ""."""
    if shutil.which("wrk") is None:
        return "wrk is not installed. On Debian: apt-get install wrk."
    for port in options.ports:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return f"Port {port} is in use; whoever answers there would be measured instead."
    return ""


def _measure(
    options: argparse.Namespace, folder: Path, postgis: PostGIS | None, last: ExitStack
) -> int:
    directory = LargeDirectory(options.seed, options.services)
    asked = requests_to(directory, BODIES, 1)
    bodies = [body_of(request) for request in asked]
    key = _site(folder, directory)
    (folder / "bodies").write_text("".join(json.dumps(body) + "\n" for body in bodies))
    (folder / "ask.lua").write_text(LUA)
    site, hello, peer = options.ports
    addresses = {"hello": f"http://127.0.0.1:{hello}/"}
    if postgis is not None:
        questions = Questions(directory, HoursBook())
        with postgis.connection() as connection:
            store(connection, questions)
        gc.collect()
        gc.freeze()
        last.callback(serve(postgis_app(postgis, questions), peer))
        addresses["PostGIS"] = f"http://127.0.0.1:{peer}/"
    last.callback(serve(hello_app(), hello))
    last.callback(_serve_site(folder, site))
    addresses["CCR"] = f"http://127.0.0.1:{site}/api/v1/routes"
    for address in addresses.values():
        _await(address, bodies[0], key)
    if postgis is not None:
        same = sum(
            _list(addresses["CCR"], body, key) == _list(addresses["PostGIS"], body, key)
            for body in bodies[:COMPARED]
        )
        print(f"CCR and PostGIS give the same list for {same} of {COMPARED} requests")
    rounds: dict[str, list[Round]] = {name: [] for name in addresses}
    for number in range(options.rounds + 1):
        for name, address in addresses.items():
            measured = _wrk(options, folder, address, key)
            if number:  # the first is to warm up
                rounds[name].append(measured)
    _report(options, rounds)
    return 0


def _site(folder: Path, directory: LargeDirectory) -> str:
    """Make a site that holds the directory; return a key. The directory becomes as it is stored."""
    app = migrated(settings_for(folder))
    with app.app_context():
        network_id = accounts.create_network("Benchmark", at=utc_now())
        store_on_site(directory, network_id)
        key = api_keys.create_key(
            accounts.terminal_identity(), directory.members[0].name, ("routes",), at=utc_now()
        )
        directory.snapshot = load_snapshot(network_id)
        db.session.remove()
        db.engine.dispose()
    return key


def _serve_site(folder: Path, port: int) -> Callable[[], None]:
    """Serve the site as run.sh does; return what stops it."""
    environment = os.environ | {
        "CCR_DATA_DIR": str(folder),
        "CCR_BIND": f"127.0.0.1:{port}",
        "CCR_WEB_WORKERS": "2",
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
    log = (folder / "site.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log)

    def stop() -> None:
        process.terminate()
        process.wait(30)
        log.close()

    return stop


def _await(address: str, body: dict[str, Any], key: str) -> None:
    """Wait until every worker answers; the first request of each reads the directory."""
    until = time.monotonic() + PATIENCE
    quick = 0
    while quick < 30:
        began = time.monotonic()
        try:
            _post(address, body, key)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if began > until:
                raise
            time.sleep(0.3)
            continue
        quick = quick + 1 if time.monotonic() - began < 1 else 0


def _post(address: str, body: dict[str, Any], key: str) -> Any:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    text = json.dumps(body).encode()
    question = urllib.request.Request(address, text, headers)  # noqa: S310 -- our own servers
    with urllib.request.urlopen(question, timeout=PATIENCE) as answer:  # noqa: S310 -- the same
        return json.load(answer)


def _list(address: str, body: dict[str, Any], key: str) -> list[tuple[str, int]]:
    """Return ids and minutes of the partners with a public point."""
    partners = _post(address, body, key)["partners"]
    return [
        (p["id"], p["minutes"]) if "minutes" in p else (p["service_id"], p["effective_minutes"])
        for p in partners
    ]


def _wrk(options: argparse.Namespace, folder: Path, address: str, key: str) -> Round:
    command = [
        "wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "-s",
        str(folder / "ask.lua"), address, "--", str(folder / "bodies"), key,
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures = next(line for line in done.stdout.splitlines() if line.startswith("FIGURES")).split()
    requests, microseconds, errors = map(int, figures[1:4])
    p50, p95, p99 = (float(figure) / 1000 for figure in figures[4:])
    return Round(requests / microseconds * 1e6, errors, p50, p95, p99)


def _report(options: argparse.Namespace, rounds: dict[str, list[Round]]) -> None:
    middle = {
        name: statistics.median(each.per_second for each in each_round)
        for name, each_round in rounds.items()
    }
    print(f"{options.services:,} services, seed {options.seed}, {options.connections} connections")
    for name, each_round in rounds.items():
        every = ", ".join(f"{each.per_second:.0f}" for each in each_round)
        p50, p95, p99 = (
            statistics.median(getattr(each, p) for each in each_round)
            for p in ("p50", "p95", "p99")
        )
        print(
            f"  {name:8} {middle[name]:7.0f} requests/s ({every})   p50 {p50:.2f}  p95 {p95:.2f}  "
            f"p99 {p99:.2f} ms   errors {sum(each.errors for each in each_round)}"
        )
    print(f"  CCR against hello: {middle['CCR'] / middle['hello']:.3f}")
    if "PostGIS" in middle:
        print(f"  CCR against PostGIS: {middle['CCR'] / middle['PostGIS']:.2f}x")
    if options.json:
        options.json.write_text(
            json.dumps({name: [vars(each) for each in found] for name, found in rounds.items()})
        )


if __name__ == "__main__":
    sys.exit(main())
