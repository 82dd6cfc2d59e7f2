"""Distance and travel time between points: the only user of geopy.distance.

What lives here: kilometres on the ellipsoid, minutes of travel as an estimate, and the box around a
point. What must not: looking up places, or any point of a confidential service (there is none).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geopy.distance import geodesic

from ccr.domain.directory import Point, Service
from ccr.domain.taxonomy import Transport

KM_PER_DEGREE = 111.32
"""Kilometres in one degree of longitude at the equator (WGS84)."""
KM_PER_DEGREE_OF_LATITUDE = 110.57
"""Kilometres in one degree of latitude where it is shortest, at the equator (WGS84)."""
MOST_LAT = 90.0
MOST_LON = 180.0


@dataclass(frozen=True, slots=True)
class Travel:
    """How a way of getting there turns kilometres in a straight line into minutes.

    Attributes:
        detour: kilometres of road for one kilometre in a straight line.
        near_km: how many road kilometres go at the near speed.
        near_kmh, far_kmh: speed on the first `near_km` road kilometres, and beyond them.
        fixed_minutes: waiting and walking to the stop, added once.
    """

    detour: float
    near_km: float
    near_kmh: float
    far_kmh: float
    fixed_minutes: float = 0.0


TRAVEL: Mapping[Transport, Travel] = MappingProxyType(
    {
        Transport.CAR: Travel(detour=1.3, near_km=10.0, near_kmh=40.0, far_kmh=70.0),
        Transport.TRANSIT: Travel(
            detour=1.4, near_km=10.0, near_kmh=20.0, far_kmh=35.0, fixed_minutes=15.0
        ),
        Transport.FOOT: Travel(detour=1.3, near_km=10.0, near_kmh=4.5, far_kmh=4.5),
    }
)
"""Our choice. Detour factors lie between 1.2 (Ballou, Rahman and Sadler 2002, road distance in the
United States) and 1.42 (Boscoe, Henry and Zdeb 2012, driving to hospitals). Speeds are door to door
and on the slow side: a partner that proves nearer than shown disappoints nobody."""


def valid_point(lat: float, lon: float) -> bool:
    """Return True when these are degrees of latitude and longitude, and not the null island 0, 0.

    Exact zeros stand for "not filled in" in the exports we have read.
    """
    return (
        math.isfinite(lat)
        and math.isfinite(lon)
        and abs(lat) <= MOST_LAT
        and abs(lon) <= MOST_LON
        and not (lat == 0 and lon == 0)
    )


def distance_km(a: Point, b: Point) -> float:
    """Return the geodesic distance in km on the WGS84 ellipsoid. Source: geopy (Karney 2013).

    >>> round(distance_km(Point(42.7284, -73.6918), Point(42.6526, -73.7562)), 1)
    9.9
    """
    return float(geodesic((a.lat, a.lon), (b.lat, b.lon)).km)


def travel_minutes(km: float, transport: Transport) -> int:
    """Return whole minutes, rounded up, for `km` in a straight line: an estimate and shown as one.

    Never falls as `km` grows. Who takes a bus walks where that is quicker. Source: TRAVEL above.

    >>> travel_minutes(10, Transport.CAR), travel_minutes(1, Transport.TRANSIT)
    (18, 18)

    Raises:
        ValueError: `km` is negative or not a number.
    """
    if not km >= 0 or math.isinf(km):
        msg = "a distance is a number of kilometres from zero up"
        raise ValueError(msg)
    minutes = _minutes(km, TRAVEL[transport])
    if transport is Transport.TRANSIT:
        minutes = min(minutes, _minutes(km, TRAVEL[Transport.FOOT]))
    return math.ceil(round(minutes, 6))


def _minutes(km: float, travel: Travel) -> float:
    road_km = km * travel.detour
    near_km = min(road_km, travel.near_km)
    hours = near_km / travel.near_kmh + (road_km - near_km) / travel.far_kmh
    return travel.fixed_minutes + 60 * hours


@dataclass(frozen=True, slots=True)
class Box:
    """A box in degrees. It does not cross the 180th meridian: its edges are cut there."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, point: Point) -> bool:
        """Return True when the point is in the box or on its edge."""
        return self.south <= point.lat <= self.north and self.west <= point.lon <= self.east

    def meets(self, other: Box) -> bool:
        """Return True when the two boxes have a point in common."""
        return (
            self.south <= other.north
            and other.south <= self.north
            and self.west <= other.east
            and other.west <= self.east
        )


def box_around(point: Point, km: float) -> Box:
    """Return a box that holds every point within `km` on this side of the 180th meridian.

    Meant for cheap sifting before distance_km. Our choice: one per cent of room for the ellipsoid.
    """
    lat_span = km / KM_PER_DEGREE_OF_LATITUDE * 1.01
    south, north = max(point.lat - lat_span, -MOST_LAT), min(point.lat + lat_span, MOST_LAT)
    # Never zero, at the poles neither: there every longitude is near.
    narrowest = math.cos(math.radians(max(abs(south), abs(north))))
    lon_span = km / (KM_PER_DEGREE * narrowest) * 1.01
    return Box(
        south, max(point.lon - lon_span, -MOST_LON), north, min(point.lon + lon_span, MOST_LON)
    )


def nearest_point(service: Service, to: Point) -> Point:
    """Return the point of a service's nearest public place; it must have one."""
    points = [site.point for site in service.sites if site.point is not None]
    return min(points, key=lambda point: (distance_km(to, point), point.lat, point.lon))
