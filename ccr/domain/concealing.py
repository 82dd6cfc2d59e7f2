"""Hiding a whole package consistently: one hidden service takes its place out of everything.

A place that one service hides is hidden for every service given there, under whatever record the
package lists it; a service that has a hidden place is listed by area as a whole (design 6b).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from ccr.domain.directory import Area
from ccr.domain.directory_import import (
    MemberRecord,
    NoteBook,
    PhoneRecord,
    RowPlace,
    ServiceRecord,
    SiteRecord,
    joined_id,
)
from ccr.domain.hidden_places import (
    CountyOf,
    PlaceTraces,
    gives_away,
    hide,
    place_keys,
    scrubbed,
    without_traces,
)
from ccr.domain.need_terms import fold
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import AreaExtent
from ccr.domain.telling_places import Telling, TellingPlace

_NO_ID = UUID(int=0)
"""A place that is read and dropped has no id of its own."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The records of a package that belong together, before or after concealing."""

    members: tuple[MemberRecord, ...]
    services: tuple[ServiceRecord, ...]
    sites: tuple[SiteRecord, ...]
    hidden_sites: frozenset[str] = frozenset()
    """Source ids of the places taken out."""


@dataclass(frozen=True, slots=True)
class HiddenSources:
    """Source ids of what must be hidden: services by their own words, sites by theirs."""

    services: Collection[str] = ()
    sites: Collection[str] = ()


def conceal(
    directory: Directory,
    hidden: HiddenSources,
    county_of: CountyOf,
    notes: NoteBook,
    table: str = "services",
) -> Directory:
    """Return the directory with every hidden place taken out, and a note for each service hidden.

    A service whose name holds the street of its hidden place is left out with an error note.
    """
    sites = {site.source_id: site for site in directory.sites}
    names = {member.source_id: member.name for member in directory.members}
    own = set(hidden.services)
    gone = _hidden_sites(directory.services, sites, own, set(hidden.sites))
    services = []
    hidden_of_member: dict[str, list[SiteRecord]] = defaultdict(list)
    for service in directory.services:
        at_hidden = any(site_id in gone for site_id in service.site_ids)
        if not (at_hidden or service.source_id in own or service.hidden):
            services.append(service)
            continue
        its_sites = [sites[i] for i in service.site_ids if i in sites]
        its_names = (names.get(service.member_source_id, ""), service.name)
        telling = _telling(its_sites, *its_names)
        concealed = _concealed(service, its_sites, telling, county_of)
        where = RowPlace(table, service.line, service.source_id)
        if gives_away(concealed.name, _street_traces(its_sites)):
            notes.error(
                where,
                "name",
                phrase("The name of this hidden place holds its street: give it another name."),
            )
            continue
        if gives_away(concealed.name, _traces(its_sites, *its_names)):
            notes.warn(
                where,
                "name",
                phrase("The name of this hidden place holds the name of its town or site."),
            )
        _say_why(notes, where, by_itself=service.source_id in own or service.hidden)
        if not concealed.areas:
            notes.warn(
                where,
                "service_area",
                phrase(
                    "Nothing says which county this hidden place serves: its area is not known."
                ),
            )
        services.append(concealed)
        hidden_of_member[service.member_source_id] += its_sites
    told = {member: _telling(places) for member, places in hidden_of_member.items()}
    members = tuple(_scrubbed(m, told, hidden_of_member) for m in directory.members)
    services = [
        scrubbed(s, told[s.member_source_id].agency_text)
        if s.member_source_id in told and not s.hidden
        else s
        for s in services
    ]
    kept = tuple(site for site in directory.sites if site.source_id not in gone)
    return Directory(members, tuple(services), kept, directory.hidden_sites | gone)


def _hidden_sites(
    services: Iterable[ServiceRecord],
    sites: Mapping[str, SiteRecord],
    hidden_services: Collection[str],
    hidden_sites: set[str],
) -> set[str]:
    """Return the source ids of every record of a hidden place."""
    gone = {site_id for site_id in hidden_sites if site_id in sites}
    for service in services:
        if service.source_id in hidden_services or service.hidden:
            gone.update(site_id for site_id in service.site_ids if site_id in sites)
    keys = {key for site_id in gone for key in place_keys(sites[site_id])}
    if keys:
        gone.update(
            site.source_id for site in sites.values() if keys.intersection(place_keys(site))
        )
    return gone


def _concealed(
    service: ServiceRecord,
    its_sites: list[SiteRecord],
    telling: Telling,
    county_of: CountyOf,
) -> ServiceRecord:
    """Return the service hidden, by the county of its place when it states no area of its own."""
    areas = service.areas
    if not areas:
        counties = {site.county_fips for site in its_sites if site.county_fips}
        areas = tuple(Area(AreaExtent.COUNTY, county) for county in sorted(counties))
    phones: dict[tuple[str, str | None], PhoneRecord] = {}
    for phone in service.phones:
        phones[phone.number, phone.extension] = phone
    for site in its_sites:
        for phone in site.phones:
            # The number of a hidden place may be looked up: it is kept for staff alone.
            own = replace(
                phone,
                source_id=joined_id(phone.source_id, service.source_id),
                private=True,
                description="",
            )
            phones.setdefault((phone.number, phone.extension), own)
    service = replace(service, areas=areas, phones=tuple(phones.values()))
    traces = _traces(its_sites)

    def told(text: str | None) -> bool:
        return bool(text) and (telling.in_words(text) or gives_away(text or "", traces))

    return hide(service, telling.own_text, told, county_of)


def _telling(its_sites: Iterable[SiteRecord], *names: str) -> Telling:
    """Return all that tells these places in running text."""
    return Telling.of(
        (
            TellingPlace(
                _NO_ID,
                name=site.name,
                address_1=site.address_1,
                address_2=site.address_2,
                city=site.city,
                postal_code=site.postal_code,
                point=site.point if site.coordinates_from == "source" else None,
            )
            for site in its_sites
        ),
        *names,
    )


def _traces(its_sites: Iterable[SiteRecord], *names: str) -> PlaceTraces:
    """Return all that tells these places; a site named like its service or member tells nothing."""
    known = {fold(name) for name in names}
    parts: list[str | None] = []
    for site in its_sites:
        parts += [site.address_1, site.address_2, site.city, site.postal_code]
        if fold(site.name) not in known:
            parts.append(site.name)
    return PlaceTraces.of(*parts)


def _street_traces(its_sites: Iterable[SiteRecord]) -> PlaceTraces:
    parts: list[str | None] = []
    for site in its_sites:
        parts += [site.address_1, site.address_2, site.postal_code]
    return PlaceTraces.of(*parts)


def _say_why(notes: NoteBook, where: RowPlace, *, by_itself: bool) -> None:
    if by_itself:
        notes.warn(
            where,
            "confidential",
            phrase(
                "Hidden place: address, coordinates and telling words are dropped; "
                "it is listed by area."
            ),
        )
    else:
        notes.warn(
            where,
            "confidential",
            phrase(
                "Given at a hidden place: address, coordinates and telling words are dropped; "
                "it is listed by area."
            ),
        )


def _scrubbed(
    member: MemberRecord, told: Mapping[str, Telling], hidden: Mapping[str, list[SiteRecord]]
) -> MemberRecord:
    """Return the member without sentences that hold the street of one of its hidden places."""
    if member.source_id not in told:
        return member
    telling = told[member.source_id]
    description = without_traces(member.description, _street_traces(hidden[member.source_id]))
    return replace(
        member,
        description=telling.agency_text(description),
        website=None if telling.in_words(member.website) else member.website,
    )
