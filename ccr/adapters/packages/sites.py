"""Locations and their addresses, as sites with a point, its precision and its county."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from geopy.distance import great_circle

from ccr.adapters.packages import cells
from ccr.adapters.packages.areas import Places
from ccr.adapters.packages.own_profile import OwnFacts, tells_place, told_site
from ccr.adapters.packages.package_tables import PackageTables, unique
from ccr.adapters.packages.tabular import Row
from ccr.adapters.place_names import state_code
from ccr.domain.directory import Place, Point, Precision
from ccr.domain.directory_import import NoteBook, RowPlace, SiteRecord
from ccr.domain.errors import InvalidInputError
from ccr.domain.hidden_places import address_says_hidden, says_hidden
from ccr.domain.phrases import phrase

FAR_KM = 50
"""A point farther than this from its ZIP's centre is doubtful. Source: standards.md D, measured."""
SHARED_BY = 3
"""A point shared by this many streets is a ZIP's or town's centre, not a doorstep."""
HIDDEN_COLUMNS = (
    "physical_address_is_private",
    "address_is_private",
    "is_confidential",
    "confidential",
    "confidential_address",
    "address_confidential",
    "hide_address",
    "is_private",
    "private",
    "suppress_address",
    "exclude_from_website",
    "undisclosed",
    "location_is_confidential",
)
VISIBILITY_COLUMNS = ("visibility", "confidentiality", "address_visibility")
_TELLING = frozenset({*HIDDEN_COLUMNS, *VISIBILITY_COLUMNS})
HIDDEN_VISIBILITY = frozenset({"private", "confidential", "hidden", "secret", "undisclosed"})
_COUNTRIES = {
    "": "US",
    "US": "US",
    "USA": "US",
    "UNITED STATES": "US",
    "UNITED STATES OF AMERICA": "US",
    "U.S.": "US",
    "U.S.A.": "US",
    "AMERICA": "US",
}
_ZIP = re.compile(r"^(\d{5})(?:-?\d{4})?$")
_SHORT_ZIP = re.compile(r"^\d{4}$")
_KINDS = frozenset({"physical", "postal", "virtual"})


@dataclass(frozen=True, slots=True)
class ReadSites:
    """Sites by source id, and which of them must stay hidden."""

    sites: dict[str, SiteRecord]
    hidden: frozenset[str]


def marked_hidden(row: Row) -> bool:
    """Return True when a row's own columns say that its place is private."""
    if _TELLING.isdisjoint(row.cells):
        return False
    if any(cells.flag(row, name) for name in HIDDEN_COLUMNS):
        return True
    return any(row.get(name).lower() in HIDDEN_VISIBILITY for name in VISIBILITY_COLUMNS)


def read_sites(
    package: PackageTables, places: Places, notes: NoteBook, told: OwnFacts
) -> ReadSites:
    """Return every location of the package, also those that no service uses."""
    addresses = package.by("addresses", "location_id")
    locations = unique(package.rows("locations"), notes)
    known = {row.id for row in locations}
    for location_id, rows in addresses.items():
        if location_id not in known:
            for row in rows:
                notes.warn(
                    row.place,
                    "location_id",
                    phrase("This address belongs to a location that is not in the package."),
                )
    sites: dict[str, SiteRecord] = {}
    for row in locations:
        address = _best(addresses.get(row.id, []))
        facts = told.of.get(row.id, {})
        if tells_place(facts):
            site = told_site(_read_whole(row, address, notes), facts)
        else:
            site = _site(row, address, places, notes)
        sites[site.source_id] = site
    # A row that is left out as a double still hides its place.
    hidden = {
        row.id for row in package.rows("locations") if _is_hidden(row, addresses.get(row.id, []))
    }
    return ReadSites(_without_shared_points(sites, notes), frozenset(hidden))


def _is_hidden(row: Row, addresses: Iterable[Row]) -> bool:
    if marked_hidden(row) or says_hidden(
        row.get("name"),
        row.get("alternate_name"),
        row.get("description", "short_desc"),
        row.get("transportation"),
    ):
        return True
    return any(
        marked_hidden(address)
        or address_says_hidden(address.get("address_1"))
        or says_hidden(address.get("address_1"), address.get("address_2"), address.get("attention"))
        for address in addresses
    )


def _best(addresses: list[Row]) -> Row | None:
    """Return the address of the place itself, else the first there is."""
    for row in addresses:
        if row.get("address_type", "type").lower() == "physical":
            return row
    return addresses[0] if addresses else None


def _site(row: Row, address: Row | None, places: Places, notes: NoteBook) -> SiteRecord:
    site = _read_whole(row, address, notes)
    if address is not None and address.get("address_type").lower() == "postal":
        notes.info(
            address.place,
            "address_type",
            phrase("Only a postal address: its town and ZIP are read, not its street."),
        )
        site = replace(site, address_1=None, address_2=None)
    return _placed(site, address or row, places, notes)


def _read_whole(row: Row, address: Row | None, notes: NoteBook) -> SiteRecord:
    """Return the site as its own rows tell it, before anything is looked up."""
    kind = row.get("location_type").lower()
    site = SiteRecord(
        source_id=row.id,
        line=row.line,
        member_source_id=row.get("organization_id"),
        name=cells.short(row, "name", 300, notes) or cells.short(row, "alternate_name", 300, notes),
        kind=kind if kind in _KINDS else "physical",
        description=cells.text(row, "description", notes) or None,
        transportation=cells.text(row, "transportation", notes) or None,
        point=cells.point(row, notes),
    )
    if site.point:
        site = replace(site, precision=Precision.ROOFTOP, coordinates_from="source")
    return site if address is None else _with_address(site, address, notes)


def _with_address(site: SiteRecord, row: Row, notes: NoteBook) -> SiteRecord:
    country = _COUNTRIES.get(row.get("country").upper(), row.get("country").upper())
    if len(country) != 2:  # noqa: PLR2004 -- ISO 3166 alpha-2
        notes.warn(row.place, "country", phrase("Not a country code: read as not known."))
        country = ""
    state = row.get("state_province", "state", "region")
    if country == "US":
        state = state_code(state) or state
    street_1 = cells.short(row, "address_1", 300, notes)
    street_2 = cells.short(row, "address_2", 300, notes)
    if not street_1:
        street_1, street_2 = street_2, ""
        notes.info(row.place, "address_1", phrase("The street line is blank."))
    return replace(
        site,
        address_1=street_1 or None,
        address_2=street_2 or None,
        city=cells.short(row, "city", 120, notes) or None,
        state=state[:40] or None,
        postal_code=_postal_code(row, country, notes),
        country=country or None,
    )


def _postal_code(row: Row, country: str, notes: NoteBook) -> str | None:
    value = row.get("postal_code", "zip", "zip_code").split(".")[0].upper()
    if country == "US" and _SHORT_ZIP.match(value):
        notes.info(row.place, "postal_code", phrase("A ZIP of four digits: a zero is put first."))
        value = f"0{value}"
    return value[:20] or None


def _placed(site: SiteRecord, row: Row, places: Places, notes: NoteBook) -> SiteRecord:
    """Return the site with county and, where it has no own point, its ZIP's or town's centre."""
    if site.kind == "virtual" or site.country not in {"US", None}:
        return site
    by_zip = _zip_place(site, places)
    if by_zip and site.state and len(site.state) == 2 and by_zip.state != site.state:  # noqa: PLR2004
        notes.warn(
            row.place,
            "postal_code",
            phrase("This ZIP lies in another state: the town decides the county."),
        )
        by_zip = None
    elif site.postal_code and by_zip is None and site.country == "US":
        notes.warn(row.place, "postal_code", phrase("This ZIP is not in our list."))
    centre = by_zip or _town_place(site, places)
    if centre is None:
        return site
    site = replace(
        site,
        county_fips=centre.county_fips,
        state=site.state or centre.state,
    )
    if site.point is None:
        source = "zip" if centre.precision is Precision.ZIP else "city"
        return replace(
            site, point=centre.point, precision=centre.precision, coordinates_from=source
        )
    if _km(site.point, centre.point) > FAR_KM:
        notes.warn(
            row.place,
            "latitude",
            phrase(
                "The coordinates lie more than %(km)s km from its ZIP or town: "
                "one of them is wrong.",
                km=FAR_KM,
            ),
        )
    return site


def _km(a: Point, b: Point) -> float:
    return float(great_circle((a.lat, a.lon), (b.lat, b.lon)).km)


def _zip_place(site: SiteRecord, places: Places) -> Place | None:
    found = _ZIP.match(site.postal_code or "")
    return places.zip_place(found[1]) if found else None


def _town_place(site: SiteRecord, places: Places) -> Place | None:
    if not site.city or not site.state:
        return None
    try:
        place = places.resolve(f"{site.city}, {site.state}", default_state=None)
    except InvalidInputError:
        return None
    return place if place.precision is Precision.CITY else None


def _without_shared_points(sites: dict[str, SiteRecord], notes: NoteBook) -> dict[str, SiteRecord]:
    """Return the sites with honest precision: a point that many streets share is no doorstep."""
    streets: dict[Point, set[str]] = defaultdict(set)
    for site in sites.values():
        if site.point and site.coordinates_from == "source":
            streets[site.point].add((site.address_1 or site.source_id).casefold())
    shared = {point for point, names in streets.items() if len(names) >= SHARED_BY}
    if not shared:
        return sites
    result = {}
    for key, site in sites.items():
        if site.point in shared and site.coordinates_from == "source":
            site = replace(site, precision=Precision.ZIP, coordinates_from="source-shared")  # noqa: PLW2901
        result[key] = site
    notes.warn(
        RowPlace("locations"),
        "latitude",
        phrase(
            "%(count)s points are shared by several streets: read as a ZIP's centre.",
            count=len(shared),
        ),
    )
    return result
