"""Records of an import as rows, and the plan of what to write; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from ccr.domain.directory_history import RecordKind
from ccr.domain.directory_import import (
    MemberRecord,
    PhoneRecord,
    ServiceRecord,
    SiteRecord,
)
from ccr.domain.hsds_profile import MAY_ASK
from ccr.domain.search_text import search_body
from ccr.domain.taxonomy import CompartmentKind, Known, Need

Values = dict[str, Any]


def member_values(record: MemberRecord) -> Values:
    """Return what an import keeps of a member each time."""
    return {
        "name": record.name,
        "alternate_name": record.alternate_name,
        "description": record.description,
        "website": record.website,
        "email": record.email,
        "active": record.active,
        "listed": record.listed,
    }


def new_member_values(record: MemberRecord) -> Values:
    """Return what only a first import sets: people confirm it afterwards."""
    return {
        "category": record.category.value,
        "sector": record.sector.value,
        "regime": record.regime.value,
        **{name: record.may_ask.get(name, Known.UNKNOWN).value for name in MAY_ASK},
    }


def site_values(record: SiteRecord) -> Values:
    """Return the row of a public place."""
    return {
        "confidential": False,
        "location_type": record.kind,
        "name": record.name,
        "description": record.description,
        "transportation": record.transportation,
        "address_1": record.address_1,
        "address_2": record.address_2,
        "city": record.city,
        "state_province": record.state,
        "postal_code": record.postal_code,
        "country": record.country,
        "county_fips": record.county_fips,
        "latitude": record.point.lat if record.point else None,
        "longitude": record.point.lon if record.point else None,
        "precision": record.precision.value,
        "coordinates_from": record.coordinates_from,
    }


def service_values(record: ServiceRecord, timezone: str) -> Values:
    """Return what an import keeps of a service each time; `timezone` stands in for none told."""
    verified = record.verified_on
    return {
        "name": record.name,
        "alternate_name": record.alternate_name,
        "description": record.description,
        "status": record.status.value,
        "do_not_refer": record.do_not_refer,
        "confidential": record.hidden,
        "minimum_age": record.minimum_age,
        "maximum_age": record.maximum_age,
        "accessibility": {a.value: k.value for a, k in sorted(record.accessibility.items())},
        "cost": record.cost.value,
        "fees_description": record.fees_description,
        "in_person": record.in_person,
        "virtual": record.virtual,
        "url": record.url,
        "email": record.email,
        "application_process": record.application_process,
        "eligibility_description": record.eligibility_description,
        "interpretation_services": record.interpretation_services,
        "wait_time": record.wait_time,
        "alert": record.alert,
        "opening_hours": record.opening_hours,
        "hours_text": record.hours_text,
        "timezone": record.timezone or timezone,
        "last_verified_at": datetime.combine(verified, time(), UTC) if verified else None,
    }


def new_service_values(record: ServiceRecord) -> Values:
    """Return what only a first import sets: people set it right afterwards."""
    return {
        "tracks": [track.value for track in record.tracks],
        "populations": [population.value for population in record.populations],
        "gender_served": record.gender_served.value,
        "populations_only": record.populations_only,
        "by_phone": record.by_phone,
    }


PhoneKey = tuple[str, str, str | None, str, str, bool, int]
CapacityKey = tuple[str, int | None, str | None, datetime | None]


def phone_keys(phones: Iterable[PhoneRecord]) -> tuple[PhoneKey, ...]:
    """Return phones as comparable tuples in the order they are shown."""
    return tuple(
        (p.source_id, p.number, p.extension, p.kind, p.description, p.private, position)
        for position, p in enumerate(phones)
    )


def text_of(
    record: ServiceRecord, member_name: str, towns: Iterable[str], needs: Iterable[Need]
) -> str:
    """Return what search reads of a service. A hidden one has no town to give."""
    return search_body(
        [
            record.name,
            record.alternate_name or "",
            member_name,
            *(str(need.label) for need in needs),
            *(term.name for term in record.terms),
            *(() if record.hidden else towns),
            record.description,
            record.eligibility_description,
            record.application_process,
        ]
    )


# -- the plan ------------------------------------------------------------------------------------


@dataclass(slots=True)
class ServiceWrite:
    """A service to write: its row, and everything that hangs on it."""

    id: UUID
    member_id: UUID
    values: Values
    areas: frozenset[tuple[str, str]]
    languages: frozenset[tuple[str, str]]
    terms: frozenset[tuple[str, str, str]]
    sites: frozenset[UUID]
    phones: tuple[PhoneKey, ...]
    capacity: CapacityKey | None
    needs: frozenset[str] = frozenset()
    """Written with a new service only."""
    public: bool = True
    """Whether anything that anybody may see changes: open data tells the time of that alone."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What an import changes of a record that was there: the differing fields, before and after.

    `version` is the record's after the change; 0 for a location.
    """

    kind: RecordKind
    id: UUID
    before: Values
    after: Values
    version: int


@dataclass(slots=True)
class ImportPlan:
    """What an import will write. Values of new rows hold their source id."""

    new_members: list[tuple[UUID, Values]] = field(default_factory=list)
    changed_members: list[tuple[UUID, Values]] = field(default_factory=list)
    new_programs: list[tuple[UUID, UUID, CompartmentKind]] = field(default_factory=list)
    new_sites: list[tuple[UUID, Values]] = field(default_factory=list)
    changed_sites: list[tuple[UUID, Values]] = field(default_factory=list)
    gone_sites: list[UUID] = field(default_factory=list)
    new_services: list[ServiceWrite] = field(default_factory=list)
    changed_services: list[ServiceWrite] = field(default_factory=list)
    phones: list[tuple[str, UUID, tuple[PhoneKey, ...]]] = field(default_factory=list)
    """Phones to put in place of an owner's: ("member_id" or "location_id", owner, phones)."""
    texts: list[tuple[UUID, str]] = field(default_factory=list)
    retext: list[UUID] = field(default_factory=list)
    """Changed services whose text for search is made from their rows: people edited them."""
    changes: list[Changed] = field(default_factory=list)
    """What undo reads. Nothing of a hidden place is among it."""
    forget: set[UUID] = field(default_factory=set)
    """Records of what becomes hidden: whatever was remembered of them goes for good (R48)."""

    def phone_keys(self) -> Iterator[PhoneKey]:
        """Yield every phone that will be written."""
        for write in (*self.new_services, *self.changed_services):
            yield from write.phones
        for _, _, phones in self.phones:
            yield from phones

    def sort_new(self) -> None:
        """Put new records in the order of their ids.

        Keys are random: written in their order, each page of a key's index is filled once instead
        of met again and again. And the order of rows tells nothing of the order of the package.
        """
        self.new_members.sort(key=itemgetter(0))
        self.new_programs.sort(key=itemgetter(0))
        self.new_sites.sort(key=itemgetter(0))
        self.new_services.sort(key=attrgetter("id"))
        self.phones.sort(key=itemgetter(1))
        self.texts.sort(key=itemgetter(0))

    @property
    def empty(self) -> bool:
        """Return True when nothing is to be written."""
        return not any(
            (
                self.new_members,
                self.changed_members,
                self.new_programs,
                self.new_sites,
                self.changed_sites,
                self.gone_sites,
                self.new_services,
                self.changed_services,
                self.phones,
                self.texts,
            )
        )

    @property
    def size(self) -> int:
        """Return how many members, places and services are written."""
        return (
            len(self.new_members)
            + len(self.changed_members)
            + len(self.new_sites)
            + len(self.changed_sites)
            + len(self.new_services)
            + len(self.changed_services)
            + len(self.texts)
        )
