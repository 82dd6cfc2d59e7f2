"""A listing as flat rows: one for each place where a service is given, under names of HSDS.

What lives here: which facts a file holds and in which words. What must not: files, rows of tables,
the clock. Made of open records alone, which have lost what is not for everybody; a confidential
service has one row, without any place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from ccr.domain.directory import Area
from ccr.domain.languages import language_name
from ccr.domain.open_records import OpenPhone, OpenService, OpenSite, is_open_program
from ccr.domain.program_limits import SHORT_LIMITS
from ccr.domain.taxonomy import Access, Known, LanguageMode, Need, Population, Track

Cell = str | int | float | bool | tuple[str, ...] | None
"""A tuple is several values of one fact."""
NameOf = Callable[[Area], str]
COLUMNS = (
    "service_id",
    "organization_id",
    "service_at_location_id",
    "location_id",
    "organization_name",
    "service_name",
    "alternate_name",
    "description",
    "status",
    "confidential",
    "location_name",
    "address_1",
    "address_2",
    "city",
    "state_province",
    "postal_code",
    "country",
    "latitude",
    "longitude",
    "precision",
    "service_areas",
    "phones",
    "url",
    "opening_hours",
    "hours_text",
    "needs",
    "for_whom",
    "populations",
    "eligibility_description",
    "minimum_age",
    "maximum_age",
    "languages",
    "accessibility",
    "application_process",
    "cost",
    "fees_description",
    "alert",
    "assured_date",
    "last_modified",
    "program_limits",
)
"""The header of a flat file."""


def flat_rows(services: Iterable[OpenService], name_of: NameOf) -> Iterator[dict[str, Cell]]:
    """Yield one row for each service at each of its public places; one for a service without."""
    for service in services:
        shared = _service_cells(service, name_of)
        if not service.links:
            yield {**shared, "phones": _numbers(service.phones)}
        for link_id, site in service.links:
            phones = _numbers((*service.phones, *site.phones))
            yield {**shared, "phones": phones, **_site_cells(link_id, site)}


def _service_cells(service: OpenService, name_of: NameOf) -> dict[str, Cell]:
    verified, changed = service.last_verified_at, service.public_modified_at
    return {
        "service_id": str(service.id),
        "organization_id": str(service.member.id),
        "organization_name": service.member.name,
        "service_name": service.name,
        "alternate_name": service.alternate_name,
        "description": service.description,
        "status": service.status.value,
        "confidential": service.confidential,
        "service_areas": tuple(name_of(area) for area in service.areas),
        "url": service.url,
        "opening_hours": service.opening_hours,
        "hours_text": service.hours_text,
        "needs": tuple(str(need.label) for need in Need if need in service.needs),
        "for_whom": tuple(str(track.label) for track in Track if track in service.tracks),
        "populations": tuple(str(p.label) for p in Population if p in service.populations),
        "eligibility_description": service.eligibility_description,
        "minimum_age": service.minimum_age,
        "maximum_age": service.maximum_age,
        "languages": language_words(service),
        "accessibility": tuple(
            str(access.label) for access in Access if service.accessibility.get(access) is Known.YES
        ),
        "application_process": service.application_process,
        "cost": str(service.cost.label),
        "fees_description": service.fees_description,
        "alert": service.alert,
        "assured_date": verified.date().isoformat() if verified else None,
        "last_modified": changed.isoformat(timespec="seconds") if changed else None,
        "program_limits": str(SHORT_LIMITS) if is_open_program(service) else None,
    }


def _site_cells(link_id: UUID, site: OpenSite) -> dict[str, Cell]:
    return {
        "service_at_location_id": str(link_id),
        "location_id": str(site.id),
        "location_name": site.name,
        "address_1": site.address_1,
        "address_2": site.address_2,
        "city": site.city,
        "state_province": site.state_province,
        "postal_code": site.postal_code,
        "country": site.country,
        "latitude": round(site.point.lat, 6) if site.point else None,
        "longitude": round(site.point.lon, 6) if site.point else None,
        "precision": site.precision.value if site.point else None,
    }


def language_words(service: OpenService) -> tuple[str, ...]:
    """Return the languages of a service in English words, with how each is spoken (R86)."""
    return tuple(
        f"{language_name(entry.code)}"
        + ("" if entry.mode is LanguageMode.STAFF else " (interpreter)")
        for entry in service.languages
    )


def _numbers(phones: Iterable[OpenPhone]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number_of(phone) for phone in phones))


def number_of(phone: OpenPhone) -> str:
    """Return a number as it is dialled: "518-555-0142 x7"; what is no voice line says so."""
    number = f"{phone.number} x{phone.extension}" if phone.extension else phone.number
    return number if phone.kind in {"voice", "hotline"} else f"{number} ({phone.kind})"
