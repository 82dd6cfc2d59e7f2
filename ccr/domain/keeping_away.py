"""Whether a service lies where the person must not go: near a place, or beside the other party.

What lives here: distances and times between public places. What must not: anything said about it.
Whatever is kept away is left out like an excluded member, without a word (R82). A confidential
service has no place: none of this is ever decided by where it is, nor tells it.
Where CCR knows a place roughly, it counts as near: better one partner fewer than one too near.
Sources: R81 (same site or building, adjoining times), R47 and R82 (distance by the sender).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ccr.domain.answering import HoursReader, calendar_or_none
from ccr.domain.clocks import OpenCalendar
from ccr.domain.directory import Service, Site
from ccr.domain.geography import KM_PER_DEGREE_OF_LATITUDE, distance_km
from ccr.domain.routing_request import NotNear, RouteRequest

DEFAULT_KM = 8.0
"""Our choice: five miles, a drive of about a quarter of an hour. The worker may say another."""
LEAST_KM, MOST_KM = 1.0, 150.0
MOST_PLACES = 3
SAME_BUILDING_KM = 0.05
"""Our choice: public points this close may be one building or its car park."""
BETWEEN_VISITS = timedelta(minutes=60)
"""Time between the hours of two parties at one place. Source: R81 (60 minutes, our choice)."""
_A_WEEK = timedelta(days=7)
_MOST_CHANGES = 200


def kept_away(service: Service, request: RouteRequest, hours: HoursReader) -> bool:
    """Return True when the service is not to be proposed because of where it is."""
    return too_near(service, request) or meets_the_other(service, request, hours)


def too_near(service: Service, request: RouteRequest) -> bool:
    """Return True when a public site may be nearer to a place than the request allows.

    Geodesic from the middle of the place to the site; how roughly each of the two is known
    (Precision.about_km) is added to the distance to keep.
    """
    return any(_nearer(site, away) for away in request.not_near for site in _public_sites(service))


def meets_the_other(service: Service, request: RouteRequest, hours: HoursReader) -> bool:
    """Return True when both parties might meet there: same place, and times that come close.

    Hours that are not known may be the same hours.
    """
    return any(
        service.id == other.id
        or (_one_place(service, other) and _times_meet(service, other, request.at, hours))
        for other in request.apart_from
    )


def beside_the_other(service: Service, request: RouteRequest) -> bool:
    """Return True when the other party goes to the same building, at whatever time."""
    return any(_one_place(service, other) for other in request.apart_from)


def _nearer(site: Site, away: NotNear) -> bool:
    assert site.point is not None  # noqa: S101 -- public sites with a point alone come here
    middle = away.place.point
    km = away.km + away.place.precision.about_km + site.precision.about_km
    if abs(site.point.lat - middle.lat) * KM_PER_DEGREE_OF_LATITUDE >= km:
        return False  # cheap, and true of most: a degree of latitude is never shorter
    return distance_km(middle, site.point) < km


def _public_sites(service: Service) -> Iterator[Site]:
    """Yield the sites with a point; a confidential service has no site at all (R48)."""
    yield from (site for site in service.sites if site.point is not None)


def _one_place(service: Service, other: Service) -> bool:
    """Return True when a public site of one may share the building with one of the other."""
    return any(
        one.point == another.point or distance_km(one.point, another.point) <= SAME_BUILDING_KM
        for one in _public_sites(service)
        for another in _public_sites(other)
        if one.point is not None and another.point is not None
    )


def _times_meet(service: Service, other: Service, at: datetime, hours: HoursReader) -> bool:
    """Return True unless the week's open hours of both are an hour apart all along."""
    calendars = [calendar_or_none(s.opening_hours, s.timezone, hours) for s in (service, other)]
    one, another = calendars
    if one is None or another is None:
        return True
    spans = list(_open_spans(another, at))
    return any(
        opens - BETWEEN_VISITS < theirs_close and theirs_open - BETWEEN_VISITS < closes
        for opens, closes in _open_spans(one, at)
        for theirs_open, theirs_close in spans
    )


def _open_spans(calendar: OpenCalendar, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open hours of the week from `at` on, as far as an hour before it."""
    end, moment = at + _A_WEEK, at - BETWEEN_VISITS
    for _ in range(_MOST_CHANGES):
        change = calendar.next_change(moment)
        until = end if change is None or change > end else change
        if calendar.is_open(moment):
            yield moment, until
        if until >= end:
            return
        moment = until
