"""Services as HSDS 3.2.3 objects: nested in full, with one-to-one fields alone, or as a mention.

What lives here: which field of the standard says what. What must not: which services may be told
(ccr.domain.open_records takes away first), rows, HTTP. Fields that nothing is known of are absent.
Every id is a UUID: the row's own, or one made of stable words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from ccr.domain import hsds_profile as profile
from ccr.domain.hsds_places import (
    AreaNames,
    Object,
    area_objects,
    link_object,
    location_basics,
    location_object,
    organization_basics,
    organization_object,
    phone_objects,
    virtual_link,
)
from ccr.domain.hsds_profile import made_id
from ccr.domain.hsds_schedule import schedule_objects
from ccr.domain.hsds_terms import TermBook, foreign_attribute, own_attribute, without_none
from ccr.domain.languages import LANGUAGE_NAMES
from ccr.domain.open_records import (
    OpenCapacity,
    OpenMember,
    OpenService,
    OpenSite,
    is_open_program,
)
from ccr.domain.program_limits import SHORT_LIMITS
from ccr.domain.taxonomy import Access, Cost, LanguageMode, ServiceStatus
from ccr.domain.web_addresses import as_uri

BY_INTERPRETER = "By interpreter."


@dataclass(frozen=True, slots=True)
class Words:
    """What serializing needs besides the records: names of areas and terms, and site access.

    Attributes:
        accessible: what all services of a site that say anything of it agree on, by site id.
    """

    areas: AreaNames
    terms: TermBook = field(default_factory=TermBook)
    accessible: Mapping[UUID, tuple[Access, ...]] = field(default_factory=dict)


def instant(at: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC, ending with Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def mention(
    service_id: UUID, name: str, status: ServiceStatus, modified_at: datetime | None
) -> Object:
    """Return what is enough to keep a copy in step: id, name, status and last change."""
    return without_none(
        {
            "id": str(service_id),
            "name": name,
            "status": status.value,
            "last_modified": instant(modified_at) if modified_at else None,
        }
    )


def service_mention(service: OpenService) -> Object:
    """Return a service as one of an organization's."""
    return mention(service.id, service.name, service.status, service.public_modified_at)


def service_basics(service: OpenService) -> Object:
    """Return a service with its one-to-one fields: the form of lists."""
    return {**_fields(service), "organization": organization_basics(service.member)}


def service_full(service: OpenService, words: Words, *, links: bool = True) -> Object:
    """Return a service fully nested; without its links where it is itself inside of one."""
    nested = {
        **_fields(service),
        "organization": organization_object(service.member),
        **_hanging(service, words),
    }
    if links:
        nested["service_at_locations"] = _links(service, words)
    return nested


def link_basics(service: OpenService, link_id: UUID | None) -> Object:
    """Return a service-at-location as lists have it; `link_id` None is the one of no place."""
    if link_id is None:
        link = virtual_link(service)
    else:
        link = link_object(str(link_id), str(service.id), location_basics(_site(service, link_id)))
    return {**link, "service": service_basics(service)}


def link_full(service: OpenService, link_id: UUID | None, words: Words) -> Object:
    """Return a service-at-location fully nested."""
    if link_id is None:
        link = virtual_link(service)
    else:
        link = link_object(str(link_id), str(service.id), _location(_site(service, link_id), words))
    return {**link, "service": service_full(service, words, links=False)}


def organization_full(
    member: OpenMember, services: list[OpenService], words: Words, *, full_service: bool = False
) -> Object:
    """Return an organization with its locations and its services, each a mention or in full."""
    sites = {site.id: site for service in services for _, site in service.links}
    own = (site for site in sites.values() if site.member_id == member.id)
    return {
        **organization_object(member),
        "locations": [_location(site, words) for site in own],
        "services": [
            service_full(service, words) if full_service else service_mention(service)
            for service in services
        ],
    }


def _site(service: OpenService, link_id: UUID) -> OpenSite:
    return next(site for held, site in service.links if held == link_id)


def _location(site: OpenSite, words: Words) -> Object:
    return location_object(site, words.accessible.get(site.id, ()))


def _links(service: OpenService, words: Words) -> list[Object]:
    if not service.links:
        return [virtual_link(service)]
    return [
        link_object(str(link_id), str(service.id), _location(site, words))
        for link_id, site in service.links
    ]


def _modified(service: OpenService) -> str | None:
    return instant(service.public_modified_at) if service.public_modified_at else None


def _fields(service: OpenService) -> Object:
    checked = service.last_verified_at
    return without_none(
        {
            "id": str(service.id),
            "organization_id": str(service.member.id),
            "name": service.name,
            "alternate_name": service.alternate_name,
            "description": service.description,
            "url": as_uri(service.url) if service.url else None,
            "email": service.email,
            "status": service.status.value,
            "interpretation_services": service.interpretation_services,
            "application_process": service.application_process,
            "fees_description": service.fees_description,
            "wait_time": service.wait_time,
            "eligibility_description": service.eligibility_description,
            "minimum_age": service.minimum_age,
            "maximum_age": service.maximum_age,
            "assured_date": checked.astimezone(UTC).date().isoformat() if checked else None,
            "alert": service.alert,
            "last_modified": _modified(service),
            "confidential": service.confidential,
            "program_limits": str(SHORT_LIMITS) if is_open_program(service) else None,
        }
    )


def _hanging(service: OpenService, words: Words) -> Object:
    key = str(service.id)
    return {
        "phones": phone_objects(service.phones, "service_id", key),
        "schedules": [
            {**row, "service_id": key}
            for row in schedule_objects(key, service.opening_hours, service.hours_text)
        ],
        "service_areas": area_objects(service, words.areas),
        "languages": [
            without_none(
                {
                    "id": made_id("language", key, language.code, language.mode.value),
                    "service_id": key,
                    "name": str(LANGUAGE_NAMES.get(language.code, language.code)),
                    "code": language.code,
                    "note": BY_INTERPRETER if language.mode is LanguageMode.INTERPRETER else None,
                }
            )
            for language in service.languages
        ],
        "cost_options": _cost(service, key),
        "capacities": _capacities(service.capacity, key),
        "attributes": [
            *_facts(service, key),
            *(foreign_attribute(key, term, words.terms) for term in service.terms),
        ],
    }


def _cost(service: OpenService, key: str) -> list[Object]:
    if service.cost is not Cost.FREE:
        return []
    free = {"option": "Free", "amount": 0, "currency": "USD"}
    return [{"id": made_id("cost", key), "service_id": key, **free}]


def _capacities(capacity: OpenCapacity | None, key: str) -> list[Object]:
    if capacity is None or capacity.available is None or capacity.updated_at is None:
        return []
    unit = capacity.unit or ""
    return [
        {
            "id": made_id("capacity", key),
            "service_id": key,
            "unit_id": made_id("unit", unit),
            "unit": {"id": made_id("unit", unit), "name": unit or "place"},
            "available": capacity.available,
            "updated": instant(capacity.updated_at),
        }
    ]


def _facts(service: OpenService, key: str) -> Iterator[Object]:
    """Yield an attribute for each fact of our profile that holds for the service."""
    for code, value in profile.facts_of(service).items():
        yield own_attribute("service", key, code, value)
    yield own_attribute("service", key, profile.TIMEZONE, service.timezone)
    if service.opening_hours:
        yield own_attribute("service", key, profile.OPENING_HOURS, service.opening_hours)
    if is_open_program(service):
        yield own_attribute("service", key, profile.LIMITS, str(SHORT_LIMITS))
    if service.capacity:
        code = f"capacity:{service.capacity.status.value}"
        yield own_attribute("service", key, code, _room(service.capacity))


def _room(capacity: OpenCapacity) -> str:
    """Return all that is known of room: HSDS has a place for numbers with a time alone."""
    at = capacity.updated_at
    return json.dumps(
        without_none(
            {
                "available": capacity.available,
                "unit": capacity.unit,
                "updated": instant(at) if at else None,
            }
        )
    )
