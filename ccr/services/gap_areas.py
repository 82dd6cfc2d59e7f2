"""Areas of the gap board as the gazetteer knows them: columns, and middles of ZIPs.

Public reference points alone: nothing here is the place of a service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ccr.adapters.gazetteer import Gazetteer
from ccr.domain.directory import Point
from ccr.domain.districts import District, DistrictArea, area_of
from ccr.domain.gaps import County


def areas_of(gazetteer: Gazetteer, districts: Iterable[District]) -> tuple[DistrictArea, ...]:
    """Return districts with all their ZIPs, in their order."""

    def state_of(fips: str) -> str | None:
        fact = gazetteer.county(fips)
        return fact.state if fact else None

    of_zip = county_of_zip(gazetteer)
    return tuple(
        area_of(d, zips_of=gazetteer.zips_of, county_of_zip=of_zip, state_of=state_of)
        for d in districts
    )


def zip_columns(gazetteer: Gazetteer, fips: str) -> tuple[County, ...]:
    """Return the ZIPs of a county as columns of a matrix, in their order."""
    found = (gazetteer.zip_place(code) for code in sorted(gazetteer.zips_of(fips)))
    return tuple(
        County(f"{p.zip_code} {p.label.partition(',')[0]}", p.zip_code, p.state)
        for p in found
        if p is not None and p.zip_code is not None
    )


def county_points(gazetteer: Gazetteer, fips: str) -> tuple[Point, ...]:
    """Return the points of all ZIPs of a county."""
    places = (gazetteer.zip_place(code) for code in gazetteer.zips_of(fips))
    return tuple(place.point for place in places if place is not None)


def zip_points(
    gazetteer: Gazetteer, county: County | None, districts: Iterable[District]
) -> dict[str, Point]:
    """Return the middles of the ZIPs of a county, and of those that districts name singly."""
    codes = {
        *gazetteer.zips_of(county.fips if county else ""),
        *(z for d in districts for z in d.zips),
    }
    places = (gazetteer.zip_place(code) for code in sorted(codes))
    return {place.zip_code: place.point for place in places if place and place.zip_code}


def points_of_zip(gazetteer: Gazetteer, code: str) -> tuple[Point, ...]:
    """Return the point of a ZIP, alone."""
    place = gazetteer.zip_place(code)
    return (place.point,) if place is not None else ()


def county_of(gazetteer: Gazetteer, fips: str) -> County | None:
    """Return a county as a column, or None for a code that is none."""
    fact = gazetteer.county(fips)
    return County(fact.name, fips, fact.state) if fact else None


def county_of_zip(gazetteer: Gazetteer) -> Callable[[str], str | None]:
    """Return what gives the FIPS of the county of a ZIP, or None."""

    def of(zip_code: str) -> str | None:
        fact = gazetteer.county_of_zip(zip_code)
        return fact.fips if fact else None

    return of
