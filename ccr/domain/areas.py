"""Service areas against a place: which cover it, how narrowly, and what cannot be told.

What lives here: areas alone, by code. What must not: points, distance; nothing here knows how far.
"""

from __future__ import annotations

from ccr.domain.directory import Area, Place, Service
from ccr.domain.taxonomy import AreaExtent

NARROW_TO_WIDE = (AreaExtent.ZIP, AreaExtent.COUNTY, AreaExtent.STATE, AreaExtent.NATION)


def by_area_alone(service: Service) -> bool:
    """Return True when a service is listed by area: no public point, or nobody goes there."""
    return service.area_only or not service.in_person


def covering_extent(service: Service, place: Place) -> AreaExtent | None:
    """Return the narrowest extent of its areas that covers the place, or None."""
    covering = {area.extent for area in service.areas if _covers(area, place)}
    return next((extent for extent in NARROW_TO_WIDE if extent in covering), None)


def area_unknown(service: Service, place: Place) -> bool:
    """Return True when it cannot be told whether the areas cover the place.

    That is so when no area is stated, or when only some ZIPs are and the place has none.
    """
    if not service.areas:
        return True
    some_zips = any(area.extent is AreaExtent.ZIP for area in service.areas)
    return some_zips and place.zip_code is None and covering_extent(service, place) is None


def in_area_of(service: Service, place: Place) -> bool:
    """Return True when a listing by area alone is for this place.

    Without a stated area, a public site in the same county is taken as one. A service of which
    nobody said where it is or whom it serves is listed everywhere, as "call to check": unknown is
    never taken as no.
    """
    if covering_extent(service, place) is not None or is_placeless(service):
        return True
    return not service.areas and any(s.county_fips == place.county_fips for s in service.sites)


def is_placeless(service: Service) -> bool:
    """Return True when nothing tells where a service is or which area it serves."""
    return not service.areas and not any(site.county_fips for site in service.sites)


def touches_state(service: Service, place: Place) -> bool:
    """Return True when one of its areas lies in, or holds, the state of the place."""
    return any(
        area.extent is AreaExtent.NATION
        or (area.extent is AreaExtent.STATE and area.code == place.state)
        or (area.extent is AreaExtent.COUNTY and area.code[:2] == place.county_fips[:2])
        for area in service.areas
    )


def _covers(area: Area, place: Place) -> bool:
    if area.extent is AreaExtent.NATION:
        return True
    codes = {
        AreaExtent.STATE: place.state,
        AreaExtent.COUNTY: place.county_fips,
        AreaExtent.ZIP: place.zip_code,
    }
    return area.code == codes[area.extent]
