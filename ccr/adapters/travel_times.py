"""Trips measured by a self-hosted Valhalla or OSRM: one matrix for one place and some goals.

What lives here: asking (timeout for the whole answer, size, breaker), reading the answer, keeping
it for a while in memory. What must not: choosing goals or judging times (ccr.domain does). What is
sent: the middle of a ZIP, town or county and points of public sites, to three and six decimals.
Nothing that is asked is logged or written down. The way of asking is the geocoder's: one host, no
redirect, no proxy of the environment.
Sources: Valhalla 3, "Matrix API" (/sources_to_targets, costing auto and pedestrian; it has no
matrix for buses and trains); OSRM 5/6 HTTP API, "Table service" (/table/v1/{profile}).
"""

from __future__ import annotations

import json
import math
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID

from geopy.adapters import AdapterHTTPError
from geopy.exc import GeopyError

from ccr.adapters.provider_geocoder import BoundedAdapter
from ccr.domain.directory import Place
from ccr.domain.geocoding import Breaker
from ccr.domain.measured_travel import Goal
from ccr.domain.taxonomy import Transport

USER_AGENT = "ccr-directory (self-hosted; measures trips to public places)"
MOST_KEPT = 50_000
KEPT_SECONDS = 24 * 3600.0
_COSTING = {Transport.CAR: "auto", Transport.FOOT: "pedestrian"}
_PROFILE = {Transport.CAR: "driving", Transport.FOOT: "foot"}

Key = tuple[float, float, UUID, float, float, Transport]
Urls = Mapping[Transport, str]


@dataclass
class TravelTimes:
    """One configured matrix, shared by all threads of a process.

    Attributes:
        name: valhalla or osrm.
        urls: by transport where it is measured; a server of OSRM knows one profile, whatever the
            address says, so walking has one of its own.
        asked: how many requests left this process.
    """

    name: str
    urls: Urls
    timeout: float = 2.0
    clock: Callable[[], float] = time.monotonic
    most_kept: int = MOST_KEPT
    asked: int = 0
    _breaker: Breaker = field(default_factory=Breaker, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _kept: OrderedDict[Key, tuple[float, float | None]] = field(
        default_factory=OrderedDict, repr=False
    )

    @classmethod
    def of(cls, name: str, *, car: str, foot: str, timeout: float) -> TravelTimes | None:
        """Return the matrix of these settings, or None where none is named."""
        if not name:
            return None
        walking = car if name == "valhalla" else foot
        urls = {Transport.CAR: car, Transport.FOOT: walking}
        return cls(name, {way: url for way, url in urls.items() if url}, timeout)

    def __post_init__(self) -> None:
        """Make the one way out."""
        self._out = BoundedAdapter(proxies=None, ssl_context=ssl.create_default_context())

    def seconds(
        self, place: Place, goals: Sequence[Goal], transport: Transport
    ) -> dict[UUID, float]:
        """Return seconds by site id; goals without a road or an answer are absent.

        Never raises: what fails is no answer, and after some failures nobody is asked for a while.
        """
        if transport not in self.urls:
            return {}
        keys = {goal.site_id: _key(place, goal, transport) for goal in goals}
        known = self._recall(keys)
        missing = [goal for goal in goals if goal.site_id not in known]
        if missing:
            measured = self._ask(place, missing, transport)
            self._keep({keys[site_id]: found for site_id, found in measured.items()})
            known |= measured
        return {site_id: found for site_id, found in known.items() if found is not None}

    def _recall(self, keys: Mapping[UUID, Key]) -> dict[UUID, float | None]:
        now = self.clock()
        found: dict[UUID, float | None] = {}
        with self._lock:
            for site_id, key in keys.items():
                kept = self._kept.get(key)
                if kept is not None and now < kept[0]:
                    found[site_id] = kept[1]
                    self._kept.move_to_end(key)
        return found

    def _keep(self, measured: Mapping[Key, float | None]) -> None:
        until = self.clock() + KEPT_SECONDS
        with self._lock:
            for key, seconds in measured.items():
                self._kept[key] = (until, seconds)
                self._kept.move_to_end(key)
            while len(self._kept) > self.most_kept:
                self._kept.popitem(last=False)

    def _ask(
        self, place: Place, goals: Sequence[Goal], transport: Transport
    ) -> dict[UUID, float | None]:
        with self._lock:
            if not self._breaker.allows(self.clock()):
                return {}
            self.asked += 1
        url = _ADDRESS_OF[self.name](self.urls[transport], place, goals, transport)
        try:
            answer = self._out.get_json(
                url, timeout=self.timeout, headers={"User-Agent": USER_AGENT}
            )
            times = [_time(cell) for cell in _ROW_OF[self.name](answer, len(goals))]
        # A server may answer anything; reading it then fails in whatever way it does.
        except (
            AdapterHTTPError,
            GeopyError,
            ArithmeticError,
            LookupError,
            OSError,
            TypeError,
            ValueError,
        ):
            with self._lock:
                self._breaker = self._breaker.failed(self.clock())
            return {}
        with self._lock:
            self._breaker = self._breaker.answered()
        return {goal.site_id: found for goal, found in zip(goals, times, strict=True)}


def _key(place: Place, goal: Goal, transport: Transport) -> Key:
    lat, lon = _start(place)
    return (lat, lon, goal.site_id, goal.point.lat, goal.point.lon, transport)


def _start(place: Place) -> tuple[float, float]:
    """Return the middle of the place to about 100 m: a centre is no more exact than that."""
    return round(place.point.lat, 3), round(place.point.lon, 3)


def _of_valhalla(url: str, place: Place, goals: Sequence[Goal], transport: Transport) -> str:
    lat, lon = _start(place)
    question = {
        "sources": [{"lat": lat, "lon": lon}],
        "targets": [
            {"lat": round(goal.point.lat, 6), "lon": round(goal.point.lon, 6)} for goal in goals
        ],
        "costing": _COSTING[transport],
    }
    return f"{url}/sources_to_targets?json={quote(json.dumps(question, separators=(',', ':')))}"


def _of_osrm(url: str, place: Place, goals: Sequence[Goal], transport: Transport) -> str:
    lat, lon = _start(place)
    points = [f"{lon},{lat}", *(f"{goal.point.lon:.6f},{goal.point.lat:.6f}" for goal in goals)]
    targets = ";".join(str(number) for number in range(1, len(points)))
    return (
        f"{url}/table/v1/{_PROFILE[transport]}/{';'.join(points)}"
        f"?sources=0&destinations={targets}&annotations=duration&generate_hints=false"
    )


def _valhalla_row(answer: Any, count: int) -> list[Any]:  # noqa: ANN401 -- JSON of a stranger
    """Return the cells in the order of the targets; raises LookupError, TypeError, ValueError."""
    (row,) = answer["sources_to_targets"]
    if [cell["to_index"] for cell in row] != list(range(count)):
        msg = "not the targets asked for"
        raise ValueError(msg)
    return [cell["time"] for cell in row]


def _osrm_row(answer: Any, count: int) -> list[Any]:  # noqa: ANN401 -- JSON of a stranger
    """Return the cells in the order of the destinations; raises as _valhalla_row."""
    (row,) = answer["durations"]
    if answer["code"] != "Ok" or len(row) != count:
        msg = "not the destinations asked for"
        raise ValueError(msg)
    return list(row)


def _time(cell: Any) -> float | None:  # noqa: ANN401 -- JSON of a stranger
    """Return the seconds of a cell, None where there is no road; raises for what is no time."""
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        msg = "not a time"
        raise TypeError(msg)
    if not math.isfinite(cell) or cell < 0:
        msg = "not a time"
        raise ValueError(msg)
    return float(cell)


_ADDRESS_OF = {"valhalla": _of_valhalla, "osrm": _of_osrm}
_ROW_OF = {"valhalla": _valhalla_row, "osrm": _osrm_row}
