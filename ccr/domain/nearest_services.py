"""The nearest services of a place: how far an area is from somebody who would take them in person.

What lives here: kilometres and estimated minutes from the middle of an area to public places, and
their order. What must not: a confidential service, of which no distance is ever known or guessed.

This is the specification; ccr.engine.nearest_two is its fast form.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ccr.domain.directory import Point, Service
from ccr.domain.gaps import Cell
from ccr.domain.geography import distance_km, travel_minutes
from ccr.domain.taxonomy import Transport

MOST = 2
"""The nearest, and the one to turn to when it is full."""


@dataclass(frozen=True, slots=True)
class Near:
    """A service and how far its nearest public site is: geodesic km, and minutes by car."""

    service: Service
    km: float
    minutes: int


@dataclass(frozen=True, slots=True)
class AreaAccess:
    """What is near the middle of an area, and what serves it without a distance.

    Attributes:
        near: the nearest and the second-nearest public service; fewer where there are fewer.
        by_area: services that count for the area and have no public point, by name, confidential
            ones among them, full or not; of those nothing but this is known.
        remote: services that are had by phone or video alone; confidential ones full or not.
    """

    code: str
    name: str
    near: tuple[Near, ...]
    by_area: tuple[Service, ...]
    remote: tuple[Service, ...]


def access_of(cell: Cell, near: tuple[Near, ...]) -> AreaAccess:
    """Return the access of a cell's area; `near` is nearest_two of public_in from its middle."""
    # Its file travels: whether a hidden service has room must not be read off a count.
    told = cell.on_paper.with_room
    return AreaAccess(
        code=cell.county.fips,
        name=cell.county.name,
        near=near,
        by_area=tuple(s for s in told if s.in_person and s.area_only),
        remote=tuple(s for s in told if not s.in_person),
    )


def public_in(cell: Cell) -> tuple[Service, ...]:
    """Return the services of a cell that have a distance: checked, with room, in public places."""
    return tuple(s for s in cell.with_room if s.in_person and not s.area_only)


def nearest_two(point: Point, services: Iterable[Service]) -> tuple[Near, ...]:
    """Return the nearest public services, nearest first: at most two, each once.

    By geodesic km to the nearest of their sites; at the same distance by name, then id. A service
    without a public point is in no place of the order.
    """
    found = sorted(
        (
            (min(distance_km(point, site.point) for site in service.sites if site.point), service)
            for service in services
            if not service.area_only
        ),
        key=lambda item: (item[0], item[1].name, item[1].id),
    )
    return tuple(
        Near(service, km, travel_minutes(km, Transport.CAR)) for km, service in found[:MOST]
    )
