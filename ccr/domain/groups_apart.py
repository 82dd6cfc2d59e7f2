"""Whether a group of a program may be offered: never where the other party of the situation goes.

The same rule as for partners (`ccr.domain.keeping_away`), and one step stricter: two parties who
both come every week never share a building, at whatever hour, because an hour that is moved once
is enough to meet. What is left out is left out without a word, like an exclusion (R82).
Source: R81 (same site or building, adjoining times; groups, courts, visitation).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from ccr.domain.answering import HoursReader
from ccr.domain.directory import Service, Site
from ccr.domain.keeping_away import beside_the_other, meets_the_other, too_near
from ccr.domain.program_groups import Group
from ccr.domain.routing_request import RouteRequest

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def offered_groups(
    groups: Iterable[Group],
    service: Service,
    places: Mapping[UUID, Site],
    request: RouteRequest,
    hours: HoursReader,
) -> tuple[Group, ...]:
    """Return the groups that a sender may be shown for this person, in their order.

    `service`: the program's service that was chosen. `places`: public sites by location id.
    """
    return tuple(
        group
        for group in groups
        if group.active and may_offer(group, service, _place(group, places), request, hours)
    )


def _place(group: Group, places: Mapping[UUID, Site]) -> Site | None:
    return places.get(group.location_id) if group.location_id else None


def may_offer(
    group: Group,
    service: Service,
    place: Site | None,
    request: RouteRequest,
    hours: HoursReader,
) -> bool:
    """Return True when nobody has to keep away from where and when this group meets.

    A group that says no place may meet at any public site of the service. Where no such site has
    a point either, it may be anywhere: then it is offered only when nothing is to be kept apart.
    """
    sites = (place,) if place is not None else service.sites
    if not any(site.point is not None for site in sites):
        return not (request.apart_from or request.not_near)
    there = as_service(group, service, sites)
    return not (
        too_near(there, request)
        or beside_the_other(there, request)
        or meets_the_other(there, request, hours)
    )


def as_service(group: Group, service: Service, sites: tuple[Site, ...]) -> Service:
    """Return the group as a service that is open while it meets, at its sites."""
    times = f"{_DAYS[group.weekday]} {group.starts_at}-{group.ends_at}"
    return replace(service, sites=sites, opening_hours=times, confidential=False)
