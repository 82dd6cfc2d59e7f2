"""What the gap matrix makes of one service: where it counts, for what, how old its facts, how full.

What lives here: rules about a single service. What must not: cells, counties' names, findings.
The rule as a whole stands at the top of ccr.domain.gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from ccr.domain.directory import Area, Coverage, Service
from ccr.domain.errors import InvalidInputError
from ccr.domain.freshness import capacity_is_fresh, stale
from ccr.domain.gap_questions import NIGHT_HOURS, Hours, moments_of_week
from ccr.domain.taxonomy import AreaExtent, CapacityStatus, CoverageMode, Need, Track

ANSWERING_NEEDS = frozenset(
    {
        Need.IMMEDIATE_SAFETY,
        Need.EMERGENCY_SHELTER,
        Need.HOTLINE,
        Need.ADVOCACY,
        Need.SAFETY_PLANNING,
    }
)
ABOUT_ABUSIVE_PARTNERS = frozenset({Need.ABUSIVE_PARTNER_INTERVENTION, Need.SUPERVISION})
NO_ROOM = frozenset({CapacityStatus.NO_CAPACITY, CapacityStatus.WAITLIST})


def local_counties(service: Service, county_of_zip: Callable[[str], str | None]) -> frozenset[str]:
    """Return the FIPS codes of the counties that a service counts for; none for a wide one."""
    stated = {a.code for a in service.areas if a.extent is AreaExtent.COUNTY}
    of_zips = {county_of_zip(a.code) for a in service.areas if a.extent is AreaExtent.ZIP}
    stated |= {fips for fips in of_zips if fips}
    if stated:
        return frozenset(stated)
    if not service.in_person:
        return frozenset()
    return frozenset(site.county_fips for site in service.sites if site.county_fips)


def local_zips(service: Service, fips: str, zips: frozenset[str]) -> frozenset[str]:
    """Return which of the ZIPs of a county a service counts for, by the rule of local_counties."""
    stated = {AreaExtent.COUNTY, AreaExtent.ZIP}
    if any(area.extent in stated for area in service.areas):
        if Area(AreaExtent.COUNTY, fips) in service.areas:
            return zips
        return zips & {a.code for a in service.areas if a.extent is AreaExtent.ZIP}
    given_here = service.in_person and any(site.county_fips == fips for site in service.sites)
    return zips if given_here else frozenset()


def counts_for(service: Service, need: Need, track: Track | None = None) -> bool:
    """Return True when the service helps with this need on the side of who has it.

    With a track the question says which side, and `fits` has judged it.
    """
    if need not in service.needs:
        return False
    if track is not None or need in ABOUT_ABUSIVE_PARTNERS or not service.tracks:
        return True
    return service.tracks != {Track.ABUSIVE_PARTNER}


def answers_at_night(service: Service, hours: Hours, at: datetime) -> bool:
    """Return True when somebody reads or answers at every hour of night in the week from `at`."""
    if not any(counts_for(service, need) for need in ANSWERING_NEEDS):
        return False
    moments = moments_of_week(service, at, NIGHT_HOURS, lambda _: True)
    there = [c for c in service.coverage if c.mode is not CoverageMode.NOBODY]
    return any(_open_at_all(c, service.timezone, hours, moments) for c in there)


def _open_at_all(
    coverage: Coverage, timezone: str, hours: Hours, moments: Sequence[datetime]
) -> bool:
    try:
        calendar = hours.calendar(coverage.opening_hours, timezone)
    except InvalidInputError:
        return False  # hours that cannot be read promise nothing
    return all(calendar.is_open(moment) for moment in moments)


def is_wide(service: Service) -> bool:
    """Return True when it is for a whole state or the nation."""
    return any(a.extent in {AreaExtent.STATE, AreaExtent.NATION} for a in service.areas)


def wide_states(service: Service, states: Iterable[str]) -> list[str]:
    """Return the states, of these, that the service is for as a whole.

    What lies in several ("NY, VT") is one of these too, and counts when any of its states does.
    """
    if any(a.extent is AreaExtent.NATION for a in service.areas):
        return sorted(states)
    stated = {a.code for a in service.areas if a.extent is AreaExtent.STATE}
    return sorted(s for s in states if stated and not stated.isdisjoint(s.split(", ")))


def is_full(service: Service, at: datetime) -> bool:
    """Return True when it said lately that there is no room, or a wait-list; old figures do not."""
    capacity = service.capacity
    return capacity is not None and capacity.status in NO_ROOM and capacity_is_fresh(service, at)


def unverified(service: Service, at: datetime) -> bool:
    """Return True when nobody verified the listing within six months, or ever (R88, R97)."""
    return service.last_verified_at is None or stale(service, at)
