"""How many people live where something would change: inhabitants of areas, never anybody served.

What lives here: the sum over areas, and how much of it is known. What must not: people in
referrals, which leave through the gate alone (design 2.7).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from ccr.domain.area_people import PeopleTable


@dataclass(frozen=True, slots=True)
class Affected:
    """The areas in which something would change, each counted once.

    Attributes:
        areas: how many counties, or ZIPs.
        known: of how many of them a table says how many people live there.
        people: who live in those.
        zips: how many ZIPs the areas have, for where nothing is known.
    """

    areas: int
    known: int
    people: int
    zips: int


def people_of_counties(
    fips: Iterable[str], people: PeopleTable, zips_of: Callable[[str], Collection[str]]
) -> Affected:
    """Return who live in these counties, each once."""
    codes = sorted(set(fips))
    found = [area.people for code in codes if (area := people.county(code)) is not None]
    zips = sum(len(zips_of(code)) for code in codes)
    return Affected(len(codes), len(found), sum(found), zips)


def people_of_zips(zips: Iterable[str], people: PeopleTable) -> Affected:
    """Return who live in these ZIPs, each once."""
    codes = sorted(set(zips))
    found = [area.people for code in codes if (area := people.zip(code)) is not None]
    return Affected(len(codes), len(found), sum(found), len(codes))


def weights_of(zips: Iterable[str], people: PeopleTable) -> tuple[Mapping[str, float], bool]:
    """Return the weight of each ZIP, and whether it is its people.

    People where a table knows any of these ZIPs (then a ZIP it does not know weighs nothing); else
    each ZIP weighs one.
    """
    codes = sorted(set(zips))
    known = {code: area.people for code in codes if (area := people.zip(code)) is not None}
    if not any(known.values()):
        return dict.fromkeys(codes, 1.0), False
    return {code: float(known.get(code, 0)) for code in codes}, True
