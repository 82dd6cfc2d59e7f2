"""The sheet of a county: what anybody may know of the help for it, for paper.

What lives here: which facts stand on the sheet, and their order, which is the alphabet's and says
nothing of any place. What must not: words of a page, fonts, rows. A confidential service stands by
its area alone. No QR code: whoever finds the sheet needs no telephone to be told more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from ccr.domain.directory import Area, Language
from ccr.domain.flat_listing import number_of
from ccr.domain.open_records import OpenService, OpenSite, is_open_program
from ccr.domain.taxonomy import AreaExtent, Need


@dataclass(frozen=True, slots=True)
class Entry:
    """One service on the sheet; empty texts are facts that nobody has stated.

    Attributes:
        places: one line for each public place.
        private: True when the address is private.
        areas: names of its areas.
        checked: the day somebody last checked it, or None for never.
        program: True for a program for abusive partners: its limits stand with it (R10).
    """

    name: str
    member: str
    needs: tuple[Need, ...]
    places: tuple[str, ...]
    private: bool
    areas: tuple[str, ...]
    phones: tuple[str, ...]
    hours: str
    languages: tuple[Language, ...]
    how_to_start: str
    alert: str
    checked: date | None
    program: bool = False


@dataclass(frozen=True, slots=True)
class CountySheet:
    """The sheet.

    Attributes:
        county: as shown, e.g. "Albany County, NY".
        here: services in the county, or for it.
        wide: services for its whole state, or the whole country.
        left_out: how many did not fit; the files hold them.
    """

    county: str
    network: str
    day: date
    here: tuple[Entry, ...]
    wide: tuple[Entry, ...]
    left_out: int = 0


def in_order(services: Iterable[OpenService]) -> list[OpenService]:
    """Return services by name, then member, then id."""
    return sorted(services, key=lambda s: (s.name.casefold(), s.member.name.casefold(), str(s.id)))


def is_wide(service: OpenService, county_fips: str) -> bool:
    """Return True for a service that reaches the county only by serving a whole state or more."""
    extents = {area.extent for area in service.areas}
    fine = {AreaExtent.COUNTY, AreaExtent.ZIP} & extents
    sited = any(site.county_fips == county_fips for _, site in service.links)
    return bool(extents) and not fine and not sited


def entry_of(service: OpenService, name_of: Callable[[Area], str]) -> Entry:
    """Return what the sheet says of a service."""
    phones = (*service.phones, *(p for _, site in service.links for p in site.phones))
    places = () if service.confidential else tuple(_place(site) for _, site in service.links)
    checked = service.last_verified_at
    return Entry(
        name=service.name,
        member=service.member.name,
        needs=tuple(need for need in Need if need in service.needs),
        places=tuple(dict.fromkeys(place for place in places if place)),
        private=service.confidential,
        areas=tuple(name_of(area) for area in service.areas),
        phones=tuple(dict.fromkeys(number_of(phone) for phone in phones)),
        hours=service.hours_text or service.opening_hours or "",
        languages=service.languages,
        how_to_start=service.application_process,
        alert=service.alert,
        checked=checked.date() if checked else None,
        program=is_open_program(service),
    )


def _place(site: OpenSite) -> str:
    town = " ".join(filter(None, (site.state_province, site.postal_code)))
    return ", ".join(filter(None, (site.address_1, site.address_2, site.city, town)))
