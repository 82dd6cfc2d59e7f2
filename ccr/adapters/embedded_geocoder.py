"""The embedded gazetteer behind the interface of geopy's geocoders: offline.

What lives here: reading an address down to its ZIP, town or county, and the nearest ZIP to a point.
What must not: streets, which are not looked up and not kept; any other host.
`raw` of every location: precision, source, county_fips, county, state, zip, and match: "exact",
"spelling" (a name that is written nearly so) or "county" (only the county is known).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geopy.location import Location
from geopy.point import Point as GeopyPoint

from ccr.adapters import place_names
from ccr.adapters.gazetteer import Gazetteer
from ccr.domain.directory import Place, Point
from ccr.domain.errors import InvalidInputError
from ccr.domain.geography import distance_km

SOURCE = "gazetteer"
FARTHEST_KM = 80.0
"""Beyond this from the middle of every ZIP a point is in no place that we know."""
_LAST_ZIP = re.compile(
    r"(?<!\d)(\d{5})(?:-\d{4})?\s*(?:,?\s*(?:USA?|United States))?\s*$", re.ASCII
)
_COUNTRY = re.compile(r",?\s*(?:USA?|United States(?: of America)?)\s*$", re.IGNORECASE)

Query = str | Mapping[str, str]


@dataclass(frozen=True)
class EmbeddedGeocoder:
    """Looks up in the table of ZIPs, towns and counties, as a geopy geocoder looks up elsewhere.

    `state`: two letters; where towns of several states have one name, that of this state is meant.
    """

    gazetteer: Gazetteer
    state: str | None = "NY"

    def geocode(
        self,
        query: Query,
        *,
        exactly_one: bool = True,
        timeout: float | None = None,  # noqa: ARG002 -- of the interface; nothing here waits
    ) -> Location | list[Location] | None:
        """Return the place that a query names; None when nothing is near enough to be meant.

        Args:
            query: a ZIP, town, county or whole address, of which the street is left out; or the
                parts by geopy's names: street, city, county, state, postalcode.
            exactly_one: False for all that may be meant, the likeliest first; a misspelt name then
                gives the names nearest to it. One misspelt name alone is never taken for another.
        """
        readings = list(_readings(query))
        for words in readings:
            try:
                found = self.gazetteer.places(words, self.state)
            except InvalidInputError:
                continue
            match = "exact" if words == readings[0] or not _is_county(found[0]) else "county"
            locations = [_location(place, match) for place in found]
            return locations[0] if exactly_one else locations
        return None if exactly_one else (self._alike(readings) or None)

    def reverse(
        self,
        query: Any,  # noqa: ANN401 -- whatever geopy reads as a point
        *,
        exactly_one: bool = True,
        timeout: float | None = None,  # noqa: ARG002 -- of the interface; nothing here waits
    ) -> Location | list[Location] | None:
        """Return the ZIP whose middle is nearest to a point; None far from all of them.

        Raises:
            ValueError: the point cannot be read.
        """
        point = GeopyPoint(query)
        here = Point(point.latitude, point.longitude)
        place = self.gazetteer.nearest_zip(here)
        if place is None:
            return None
        away = distance_km(here, place.point)
        if away > FARTHEST_KM:
            return None
        location = _location(place, "exact", distance_km=round(away, 1))
        return location if exactly_one else [location]

    def _alike(self, readings: list[str]) -> list[Location]:
        """Return places written nearly so: of the town's own words before those of its county."""
        for words in readings:
            for name, state in place_names.readings(place_names.clean(words)):
                within = state or self.state
                labels = self.gazetteer.alike(name, within) if within else ()
                found = [self.gazetteer.resolve(label, within) for label in labels]
                if found:
                    return [_location(place, "spelling") for place in found]
        return []


def _readings(query: Query) -> Iterator[str]:
    """Yield what may name the place, the most exact first: ZIP, town with state, county."""
    if not isinstance(query, str):
        yield from _readings_of_parts(query)
        return
    text = _COUNTRY.sub("", query.strip())
    parts = [part.strip() for part in text.split(",") if part.strip()]
    yield text
    if found := _LAST_ZIP.search(text):
        yield found[1]
        text = text[: found.start()].rstrip(" ,")
        parts = [part.strip() for part in text.split(",") if part.strip()]
    for start in range(1, len(parts)):
        yield ", ".join(parts[start:])
    for part in reversed(parts):
        if place_names.county_name(part):
            yield part


def _readings_of_parts(query: Mapping[str, str]) -> Iterator[str]:
    state = query.get("state", "").strip()
    if zip_code := query.get("postalcode", "").strip():
        yield zip_code
    for name in ("city", "county"):
        if words := query.get(name, "").strip():
            if name == "county" and not place_names.county_name(words):
                words = f"{words} County"
            yield f"{words}, {state}" if state else words


def _is_county(place: Place) -> bool:
    return place.precision.value == "county"


def _location(place: Place, match: str, **more: float) -> Location:
    raw = {
        "precision": place.precision.value,
        "source": SOURCE,
        "match": match,
        "zip": place.zip_code,
        "county_fips": place.county_fips,
        "county": place.county,
        "state": place.state,
        **more,
    }
    return Location(place.label, (place.point.lat, place.point.lon, 0.0), raw)
