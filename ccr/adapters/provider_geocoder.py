"""A geocoder of somebody's own, behind geopy: Nominatim, Pelias or Photon at a configured address.

What lives here: asking, with a timeout for the whole answer, a size, a pace and a breaker; reading
how exact the answer is. What must not: choosing what may be asked (services do), keeping answers.
No redirect is followed and no proxy of the environment is used: one host is asked, the one that an
administrator named. Nothing that is asked is logged.
Sources: geopy 2.4; the result fields of Nominatim 4, Pelias 1 and Photon; Nominatim's usage policy
(one request a second, a user agent that says who asks).
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import urllib3
from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import (
    GeocoderParseError,
    GeocoderServiceError,
    GeocoderTimedOut,
    GeocoderUnavailable,
    GeopyError,
)
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import Nominatim, Pelias, Photon
from geopy.location import Location

from ccr.domain.directory import Point, Precision
from ccr.domain.geocoding import Breaker, ProviderAnswer

USER_AGENT = "ccr-directory (self-hosted; looks up public agency addresses)"
MOST_BYTES = 1_000_000
SECONDS_BETWEEN = {"nominatim": 1.0, "pelias": 0.1, "photon": 0.1}

for _name in ("geopy", "urllib3"):
    # Both write addresses asked for at their lower levels.
    logging.getLogger(_name).setLevel(logging.WARNING)


class ProviderError(Exception):
    """No answer: not in time, not readable, refused, or not asked because it failed lately."""


class BoundedAdapter(BaseSyncAdapter):  # type: ignore[misc]  # geopy has no types
    """How geopy asks: no redirect, no proxy, so many bytes and seconds at most for the whole."""

    is_available = True

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:  # noqa: ANN401, ARG002 -- geopy's
        super().__init__(proxies=None, ssl_context=ssl_context)
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=2, ssl_context=ssl_context)

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:  # noqa: ANN401
        """Return the answer as JSON."""
        text = self.get_text(url, timeout=timeout, headers=headers)
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            msg = "the answer is no JSON"
            raise GeocoderParseError(msg) from None

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """Return the answer as text; an error never repeats what was asked or answered."""
        until = time.monotonic() + timeout
        try:
            response = self._pool.request(
                "GET",
                url,
                headers=dict(headers),
                timeout=urllib3.Timeout(total=timeout),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                body = _read(response, until)
            finally:
                response.close()
        except urllib3.exceptions.TimeoutError:
            raise GeocoderTimedOut from None
        except (urllib3.exceptions.HTTPError, OSError):
            raise GeocoderUnavailable from None
        if response.status != 200:  # noqa: PLR2004 -- HTTP
            msg = "refused"
            raise AdapterHTTPError(msg, status_code=response.status, headers={}, text=None)
        return body.decode("utf-8", errors="replace")


def _read(response: urllib3.BaseHTTPResponse, until: float) -> bytes:
    body = bytearray()
    # One read at a time: a host that drips keeps nobody waiting beyond the time.
    while chunk := response.read1(65_536):
        body += chunk
        if len(body) > MOST_BYTES:
            msg = "the answer is too long"
            raise GeocoderServiceError(msg)
        if time.monotonic() > until:
            raise GeocoderTimedOut
    return bytes(body)


@dataclass
class ProviderGeocoder:
    """One configured provider, shared by all threads of a process.

    Attributes:
        name: nominatim, pelias or photon.
        asked: how many requests left this process.
    """

    name: str
    url: str
    timeout: float = 3.0
    seconds_between: float | None = None
    clock: Callable[[], float] = time.monotonic
    asked: int = 0
    _breaker: Breaker = field(default_factory=Breaker, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def of(cls, name: str, url: str, timeout: float) -> ProviderGeocoder | None:
        """Return the provider of these settings, or None where none is named."""
        return cls(name, url, timeout) if name else None

    @property
    def host(self) -> str:
        """Return the host that is asked, for people."""
        return urlsplit(self.url).hostname or ""

    def __post_init__(self) -> None:
        """Make geopy's geocoder, asked at its pace."""
        between = self.seconds_between
        self._ask = RateLimiter(
            self._geocoder().geocode,
            min_delay_seconds=SECONDS_BETWEEN[self.name] if between is None else between,
            max_retries=0,
            swallow_exceptions=False,
        )

    def geocode(
        self, query: str, *, exactly_one: bool = True, timeout: float | None = None
    ) -> Location | list[Location] | None:
        """Return geopy's locations for a line of address, or None when nothing is known of it.

        Raises:
            ProviderError: there is no answer.
        """
        with self._lock:
            if not self._breaker.allows(self.clock()):
                raise ProviderError
            self.asked += 1
        try:
            found = self._ask(
                query, exactly_one=exactly_one, timeout=min(timeout or self.timeout, self.timeout)
            )
        # A provider may answer anything: geopy then fails in whatever way its parsing does.
        except (GeopyError, OSError, LookupError, TypeError, ValueError, AttributeError):
            with self._lock:
                self._breaker = self._breaker.failed(self.clock())
            raise ProviderError from None
        with self._lock:
            self._breaker = self._breaker.answered()
        return found

    def answer(self, query: str) -> ProviderAnswer:
        """Return what is known of one line of address.

        Raises:
            ProviderError: there is no answer.
        """
        found = self.geocode(query)
        if found is None:
            return ProviderAnswer(None)
        return _answer_of(self.name, found[0] if isinstance(found, list) else found)

    def _geocoder(self) -> Nominatim | Pelias | Photon:
        address = urlsplit(self.url)
        given: dict[str, Any] = {
            "domain": (address.netloc + address.path).rstrip("/"),
            "scheme": address.scheme,
            "timeout": self.timeout,
            "user_agent": USER_AGENT,
            "adapter_factory": BoundedAdapter,
        }
        return {"nominatim": Nominatim, "pelias": Pelias, "photon": Photon}[self.name](**given)


def _answer_of(name: str, found: Location) -> ProviderAnswer:
    raw = found.raw if isinstance(found.raw, Mapping) else {}
    properties = raw.get("properties")
    told = raw if name == "nominatim" else properties if isinstance(properties, Mapping) else {}
    point = Point(float(found.latitude), float(found.longitude))
    return ProviderAnswer(point, _PRECISION_OF[name](told))


def _of_nominatim(told: Mapping[str, Any]) -> Precision:
    """Read `place_rank`: 30 is a house or what stands at a number, 26 a street, 16 a town.

    19 to 25 are quarters and ZIPs.
    """
    rank = told.get("place_rank")
    if not isinstance(rank, int):
        return Precision.NONE
    for least, precision in _RANKS:
        if rank >= least:
            return precision
    return Precision.COUNTY


def _of_pelias(told: Mapping[str, Any]) -> Precision:
    """Read the layer; what was guessed between two numbers is no better than the street.

    "fallback" says that the number was not found: what is found then is its street or its town.
    """
    layer = told.get("layer")
    if layer in {"address", "venue"}:
        if told.get("match_type") == "fallback":
            return Precision.CITY
        return Precision.ROOFTOP if told.get("accuracy", "point") == "point" else Precision.STREET
    if told.get("match_type") == "fallback" and layer != "street":
        return Precision.CITY
    return _LAYERS.get(str(told.get("layer")), Precision.NONE)


def _of_photon(told: Mapping[str, Any]) -> Precision:
    return _LAYERS.get(str(told.get("type")), Precision.NONE)


_RANKS = (
    (28, Precision.ROOFTOP),
    (26, Precision.STREET),
    (19, Precision.ZIP),
    (13, Precision.CITY),
)
_LAYERS = {
    "house": Precision.ROOFTOP,
    "street": Precision.STREET,
    "postalcode": Precision.ZIP,
    "locality": Precision.CITY,
    "district": Precision.CITY,
    "city": Precision.CITY,
    "county": Precision.COUNTY,
}
_PRECISION_OF: Mapping[str, Callable[[Mapping[str, Any]], Precision]] = {
    "nominatim": _of_nominatim,
    "pelias": _of_pelias,
    "photon": _of_photon,
}
