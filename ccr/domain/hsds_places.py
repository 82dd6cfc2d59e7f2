"""Organizations, locations, phones and service areas as HSDS objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from ccr.domain.directory import Area
from ccr.domain.hsds_profile import (
    COORDINATES_FROM,
    COUNTY,
    EXTENSION,
    INACTIVE,
    MAY_ASK,
    NO_DESCRIPTION,
    PLACE_PARTS,
    kind_facts,
    made_id,
    virtual_link_id,
    virtual_location_id,
)
from ccr.domain.hsds_terms import own_attribute, without_none
from ccr.domain.open_records import OpenMember, OpenPhone, OpenService, OpenSite
from ccr.domain.taxonomy import Access, Known
from ccr.domain.web_addresses import as_uri

Object = dict[str, Any]
_ADDRESS_NEEDS = ("address_1", "city", "state_province", "postal_code", "country")
_LONGEST_EXTENSION = 9


class AreaNames(Protocol):
    """Says what people call an area."""

    def name(self, area: Area) -> str:
        """Return "Albany County, NY" for a county, the state's or the nation's name, or the ZIP."""

    def division(self, area: Area) -> str | None:
        """Return the Open Civic Data id of the area, or None."""


def phone_objects(phones: Iterable[OpenPhone], owner: str, owner_id: str) -> list[Object]:
    """Return phones with the column that says whose they are."""
    return [_phone(phone, owner, owner_id) for phone in phones]


def _phone(phone: OpenPhone, owner: str, owner_id: str) -> Object:
    extension = phone.extension or ""
    # HSDS has a number there: "012" and "12 or 14" stay with the phone number.
    plain = extension.isdigit() and extension == str(int(extension))
    as_number = plain and len(extension) <= _LONGEST_EXTENSION
    number = phone.number if as_number or not extension else f"{phone.number} x{extension}"
    odd = bool(extension) and not as_number
    return without_none(
        {
            "id": str(phone.id),
            owner: owner_id,
            "number": number,
            "extension": int(extension) if as_number else None,
            "type": phone.kind,
            "description": phone.description,
            "attributes": [own_attribute("phone", str(phone.id), EXTENSION, extension)]
            if odd
            else None,
        }
    )


def organization_basics(member: OpenMember) -> Object:
    """Return an organization with its one-to-one fields alone."""
    return {
        **without_none(
            {
                "id": str(member.id),
                "name": member.name,
                "alternate_name": member.alternate_name,
                "email": member.email,
                "website": as_uri(member.website) if member.website else None,
            }
        ),
        "description": member.description or member.name,
    }


def organization_object(member: OpenMember) -> Object:
    """Return an organization with its phones and what our profile says of it."""
    key = str(member.id)
    return {
        **organization_basics(member),
        "phones": phone_objects(member.phones, "organization_id", key),
        "attributes": list(_member_attributes(member, key)),
    }


def _member_attributes(member: OpenMember, key: str) -> Iterator[Object]:
    for kind in kind_facts(member.category, member.sector, member.regime):
        yield own_attribute("organization", key, kind)
    for name in MAY_ASK:
        known = member.may_ask.get(name, Known.UNKNOWN)
        if known is not Known.UNKNOWN:
            yield own_attribute("organization", key, name, known.value)
    if not member.active:
        yield own_attribute("organization", key, INACTIVE)
    if not member.description:
        yield own_attribute("organization", key, NO_DESCRIPTION)


def location_object(site: OpenSite, accessible: Iterable[Access] = ()) -> Object:
    """Return a public location in full.

    Its address stands only where all that HSDS demands is known; nothing is ever made up. What is
    known of an incomplete one stands among its attributes.
    """
    key = str(site.id)
    whole = all(getattr(site, name) for name in _ADDRESS_NEEDS)
    return {
        **location_basics(site),
        "addresses": [_address(site, key)] if whole else [],
        "phones": phone_objects(site.phones, "location_id", key),
        "accessibility": [
            {
                "id": made_id("accessibility", key, access.value),
                "location_id": key,
                "description": str(access.label),
            }
            for access in accessible
        ],
        "attributes": list(_site_attributes(site, key, whole=whole)),
    }


def location_basics(site: OpenSite) -> Object:
    """Return a public location with its one-to-one fields alone."""
    return without_none(
        {
            "id": str(site.id),
            "location_type": site.kind,
            "organization_id": str(site.member_id),
            "name": site.name,
            "description": site.description,
            "transportation": site.transportation,
            "latitude": site.point.lat if site.point else None,
            "longitude": site.point.lon if site.point else None,
            "precision": site.precision.value,
        }
    )


def _address(site: OpenSite, key: str) -> Object:
    return without_none(
        {
            "id": made_id("address", key),
            "location_id": key,
            "address_1": site.address_1,
            "address_2": site.address_2,
            "city": site.city,
            "state_province": site.state_province,
            "postal_code": site.postal_code,
            "country": site.country,
            "address_type": "postal" if site.kind == "postal" else "physical",
        }
    )


def _site_attributes(site: OpenSite, key: str, *, whole: bool) -> Iterator[Object]:
    yield own_attribute("location", key, f"precision:{site.precision.value}")
    if site.coordinates_from:
        yield own_attribute("location", key, COORDINATES_FROM, site.coordinates_from)
    if site.county_fips:
        yield own_attribute("location", key, COUNTY, site.county_fips)
    if not whole:
        for part in PLACE_PARTS:
            if value := getattr(site, part):
                yield own_attribute("location", key, f"place:{part}", value)


def link_object(link_id: str, service_id: str, location: Object) -> Object:
    """Return a service-at-location with its location."""
    return {
        "id": link_id,
        "service_id": service_id,
        "location_id": location["id"],
        "location": location,
    }


def virtual_link(service: OpenService) -> Object:
    """Return the link of a service that nobody is told the place of, or that has none.

    Its location is virtual and says nothing: no name, no address, no coordinates.
    """
    key = str(service.id)
    location = {"id": virtual_location_id(key), "location_type": "virtual"}
    return link_object(virtual_link_id(key), key, location)


def area_objects(service: OpenService, names: AreaNames) -> list[Object]:
    """Return the service areas; `extent` is "county:36083" and the like."""
    key = str(service.id)
    return [
        without_none(
            {
                "id": made_id("service area", key, area.extent.value, area.code),
                "service_id": key,
                "name": names.name(area),
                "extent": f"{area.extent.value}:{area.code}",
                "extent_type": "text",
                "uri": names.division(area),
            }
        )
        for area in service.areas
    ]
