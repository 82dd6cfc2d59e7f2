"""Which of the services left out are named, and in which order.

What lives here: the choice and order of "why not". What must not: the limits themselves.
Public services are named nearest first. Services known by area alone come after them, in a fixed
order and with places of their own, so that no count or gap tells where one of them is (R49).
Never named: excluded members (R82), what takes no referrals, and the other side of R83.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from ccr.domain.areas import touches_state
from ccr.domain.directory import Point, Service
from ccr.domain.eligibility import NOT_OFFERED
from ccr.domain.geography import travel_minutes
from ccr.domain.routing_request import LeftOut, RouteRequest
from ccr.domain.taxonomy import CompartmentKind, Track
from ccr.domain.weights import Weights

AREA_PLACES = 5
"""How many services known by area alone are named at most. Our choice, ADR 0004."""
OTHER_PLACES = 5
"""How many services that help with other needs are named at most. Our choice, ADR 0004."""
_EARTH_RADIUS_KM = 6371.0088


def to_name(
    stopped: Iterable[LeftOut], request: RouteRequest, weights: Weights, *, places: int
) -> list[LeftOut]:
    """Return at most `places` of the public services left out, nearest first.

    Those that help with one of the needs are chosen first. A few that help with others fill up
    what is left, as far as the reach goes; one that states no need is not among them.
    """
    near = request.near.point
    named = [
        (nearest_great_circle_km(item.service, near), item.service.id, item)
        for item in stopped
        if may_be_named(item, request)
    ]
    helping = [entry for entry in named if helps(entry[2].service, request)]
    others = [
        entry
        for entry in named
        if entry[2].service.needs
        and not helps(entry[2].service, request)
        and travel_minutes(entry[0], request.transport) <= weights.reach
    ]
    chosen = sorted(helping)[:places]
    chosen += sorted(others)[: min(OTHER_PLACES, places - len(chosen))]
    return [item for _, _, item in sorted(chosen)]


def by_area_to_name(stopped: Iterable[LeftOut], request: RouteRequest) -> list[LeftOut]:
    """Return the services left out that are known by area alone and named, in fixed order."""
    named = [
        item
        for item in stopped
        if helps(item.service, request)
        and may_be_named(item, request)
        and touches_state(item.service, request.near)
    ]
    return sorted(named, key=lambda item: fixed_place(item.service))[:AREA_PLACES]


def helps(service: Service, request: RouteRequest) -> bool:
    """Return True when the service helps with one of the needs at least."""
    return bool(service.needs.intersection(request.needs))


def may_be_named(item: LeftOut, request: RouteRequest) -> bool:
    """Return True unless naming it would tell of an exclusion, or of the other side (R83)."""
    kind = item.service.compartment_kind
    if request.track is Track.ABUSIVE_PARTNER:
        other_side = kind is CompartmentKind.VICTIM_SERVICES
    else:
        other_side = kind is CompartmentKind.APIP and request.track is not Track.OTHER
    return item.limit != NOT_OFFERED and not other_side


def fixed_place(service: Service) -> tuple[str, str, str]:
    """Return the place of a service in the order that is the same from everywhere (R49)."""
    return (service.member.name.casefold(), service.name.casefold(), str(service.id))


def nearest_great_circle_km(service: Service, point: Point) -> float:
    """Return the great-circle distance to its nearest public site, in km; only ever to sort by."""
    return min(
        great_circle_km(point, site.point) for site in service.sites if site.point is not None
    )


def great_circle_km(a: Point, b: Point) -> float:
    """Return the distance on a sphere, in km. Source: haversine formula."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = math.sin((lat_b - lat_a) / 2)
    half_lon = math.sin(math.radians(b.lon - a.lon) / 2)
    h = half_lat * half_lat + math.cos(lat_a) * math.cos(lat_b) * half_lon * half_lon
    return 2 * _EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, h)))
