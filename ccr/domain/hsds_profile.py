"""Our profile of HSDS: what CCR knows and HSDS has no field for, as terms of vocabularies of ours.

Every such fact is an `attribute`, so that a package holds it in the standard's own tables and any
reader may leave it out. Ids of our vocabularies and terms are the same in every CCR, which is how
an import knows its own words again. Codes are stable: extended, never renamed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from ccr.domain.directory import Precision, Service
from ccr.domain.need_vocabulary import GROUPS, NEED_WORDS
from ccr.domain.open_records import OpenService
from ccr.domain.taxonomy import (
    Access,
    CapacityStatus,
    Cost,
    Gender,
    Known,
    Labelled,
    MemberCategory,
    Population,
    Regime,
    Sector,
    Track,
)

NAMESPACE = UUID("7e8f4c52-52f0-5d0b-9a0e-1c6f2b3d9a11")
"""Of every id that we make ourselves: the same words give the same id, everywhere."""


def made_id(*parts: str) -> str:
    """Return the id of what has no row of its own: stable, told by its words alone.

    It is a UUID of version 5, made without an object for each: an export makes millions.
    """
    words = "\x1f".join(parts).encode()
    made = bytearray(hashlib.sha1(NAMESPACE.bytes + words, usedforsecurity=False).digest()[:16])
    made[6] = made[6] & 0x0F | 0x50
    made[8] = made[8] & 0x3F | 0x80
    told = made.hex()
    return f"{told[:8]}-{told[8:12]}-{told[12:16]}-{told[16:20]}-{told[20:]}"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A taxonomy: ours, or one whose terms a listing carries."""

    id: str
    name: str
    description: str
    version: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class VocabularyTerm:
    """A term of a taxonomy. `language` is that of its name (ISO 639-1)."""

    id: str
    vocabulary: Vocabulary | None
    code: str
    name: str
    description: str = ""
    parent_id: str | None = None
    language: str | None = None


NEEDS = Vocabulary(
    made_id("taxonomy", "needs"), "CCR needs", "What a person may need help with.", "1"
)
NEEDS_ES = Vocabulary(
    made_id("taxonomy", "needs", "es"),
    "CCR needs in Spanish",
    "En qué puede necesitar ayuda una persona: los mismos términos que «CCR needs», en español.",
    "1",
)
AUDIENCES = Vocabulary(
    made_id("taxonomy", "audiences"), "CCR audiences", "Whom a service is made for.", "1"
)
ACCESS = Vocabulary(
    made_id("taxonomy", "access"),
    "CCR access",
    "What a person needs to be able to use a service; the value is yes or no.",
    "1",
)
FACTS = Vocabulary(
    made_id("taxonomy", "facts"),
    "CCR facts",
    "What is known of a service, an organization or a location beside the fields of HSDS.",
    "1",
)
IN_SPANISH = "es:"
"""Before the code of a need or group, in the vocabulary of needs in Spanish."""
OWN_VOCABULARIES = (NEEDS, NEEDS_ES, AUDIENCES, ACCESS, FACTS)

CONFIDENTIAL = "confidential"
DO_NOT_REFER = "do-not-refer"
POPULATIONS_ONLY = "populations-only"
IN_PERSON, BY_PHONE, VIRTUAL = "mode:in-person", "mode:by-phone", "mode:virtual"
OPENING_HOURS = "opening-hours"
TIMEZONE = "timezone"
INACTIVE = "inactive"
NO_DESCRIPTION = "no-description"
EXTENSION = "extension"
LIMITS = "program-limits"
"""With a program for abusive partners: what it cannot do, in words to be shown with it (R10)."""
COORDINATES_FROM = "coordinates-from"
COUNTY = "county"
PLACE_PARTS = ("address_1", "address_2", "city", "state_province", "postal_code", "country")
MAY_ASK = ("mandated_reporter", "law_enforcement_run", "public_records", "asks_for_id")

_SAID = {
    CONFIDENTIAL: "Its place is not told to anybody: it is listed by area",
    DO_NOT_REFER: "Nobody may be referred there",
    IN_PERSON: "In person",
    BY_PHONE: "By phone",
    VIRTUAL: "Online",
    OPENING_HOURS: "Opening hours as OpenStreetMap writes them",
    TIMEZONE: "Time zone (IANA)",
    INACTIVE: "No longer active",
    NO_DESCRIPTION: "It has no description: its name stands in for one",
    EXTENSION: "Extension that is no number",
    LIMITS: "What a program for abusive partners cannot do, to be shown with it",
    COORDINATES_FROM: "Where the coordinates come from",
    COUNTY: "County (FIPS code)",
    "mandated_reporter": "Must report abuse of a child or a vulnerable adult",
    "law_enforcement_run": "Run by law enforcement",
    "public_records": "Its records may be public",
    "asks_for_id": "Asks for identification",
}
_PLACE_SAID = {
    "address_1": "Street",
    "address_2": "Street, second line",
    "city": "City",
    "state_province": "State",
    "postal_code": "Postal code",
    "country": "Country",
}
_PRECISION_SAID = {
    Precision.ROOFTOP: "Coordinates of the building",
    Precision.STREET: "Coordinates of its street, about 0.5 km",
    Precision.ZIP: "Coordinates of the middle of its ZIP code, about 4 km",
    Precision.CITY: "Coordinates of the middle of its town, about 6 km",
    Precision.COUNTY: "Coordinates of the middle of its county, about 25 km",
    Precision.NONE: "No coordinates",
}


def _term(vocabulary: Vocabulary, code: str, name: str) -> VocabularyTerm:
    made = made_id("term", vocabulary.id, code)
    return VocabularyTerm(made, vocabulary, code, name, f"{vocabulary.name}: {name}.", None, "en")


def _labels(
    vocabulary: Vocabulary, prefix: str, items: Iterable[Labelled], of: str = ""
) -> Iterator[VocabularyTerm]:
    for item in items:
        name = f"{of}: {item.label}" if of else str(item.label)
        yield _term(vocabulary, f"{prefix}{item.value}", name)


def _needs() -> Iterator[VocabularyTerm]:
    """Yield the groups of needs and the needs under them, in English and then in Spanish."""
    for vocabulary, prefix, language in ((NEEDS, "", "en"), (NEEDS_ES, IN_SPANISH, "es")):
        parents = {g.code: made_id("term", vocabulary.id, prefix + g.code) for g in GROUPS}
        english = language == "en"
        for group in GROUPS:
            yield VocabularyTerm(
                parents[group.code],
                vocabulary,
                prefix + group.code,
                group.name if english else group.name_es,
                group.description if english else group.description_es,
                None,
                language,
            )
        for need, words in NEED_WORDS.items():
            yield VocabularyTerm(
                made_id("term", vocabulary.id, prefix + need.value),
                vocabulary,
                prefix + need.value,
                str(need.label) if english else words.name_es,
                words.description if english else words.description_es,
                parents[words.group],
                language,
            )


def _own() -> Iterator[VocabularyTerm]:
    yield from _needs()
    yield from _labels(AUDIENCES, "track:", Track)
    yield from _labels(AUDIENCES, "population:", Population)
    yield from _labels(
        AUDIENCES, "gender:", (g for g in Gender if g is not Gender.UNKNOWN), "Gender"
    )
    yield _term(AUDIENCES, POPULATIONS_ONLY, "For nobody else")
    yield from _labels(ACCESS, "access:", Access)
    for code, name in _SAID.items():
        yield _term(FACTS, code, name)
    yield from _labels(FACTS, "cost:", (c for c in Cost if c is not Cost.UNKNOWN), "Cost")
    yield from _labels(FACTS, "capacity:", CapacityStatus, "Room")
    yield from _labels(FACTS, "category:", MemberCategory, "Kind")
    yield from _labels(FACTS, "sector:", Sector, "Sector")
    yield from _labels(FACTS, "regime:", Regime, "Confidentiality law")
    for precision, name in _PRECISION_SAID.items():
        yield _term(FACTS, f"precision:{precision.value}", name)
    for part, name in _PLACE_SAID.items():
        yield _term(FACTS, f"place:{part}", name)


OWN_TERMS: Mapping[str, VocabularyTerm] = {term.code: term for term in _own()}
"""Every term of our own by its code; no two vocabularies of ours share one."""
CODE_OF_TERM: Mapping[str, str] = {term.id: code for code, term in OWN_TERMS.items()}
"""The code of each by its id: how an import knows its own words."""
UNNAMED_UNIT = made_id("unit", "")
"""The id of the unit of capacity where nobody said what is counted."""


def virtual_location_id(service_id: str) -> str:
    """Return the id of the location that a service without a public place is shown at."""
    return made_id("virtual location", service_id)


def virtual_link_id(service_id: str) -> str:
    """Return the id of the service-at-location that ties the two."""
    return made_id("virtual service at location", service_id)


def facts_of(service: Service | OpenService) -> dict[str, str | None]:
    """Return the codes that hold for a service, each with its value or None, in fixed order."""
    codes: dict[str, str | None] = {need.value: None for need in sorted(service.needs)}
    codes |= {f"track:{track.value}": None for track in sorted(service.tracks)}
    codes |= {f"population:{p.value}": None for p in sorted(service.populations)}
    for code, holds in (
        (f"gender:{service.gender_served.value}", service.gender_served is not Gender.UNKNOWN),
        (POPULATIONS_ONLY, service.populations_only),
        (CONFIDENTIAL, service.confidential),
        (DO_NOT_REFER, service.do_not_refer),
        (IN_PERSON, service.in_person),
        (BY_PHONE, service.by_phone),
        (VIRTUAL, service.virtual),
        (f"cost:{service.cost.value}", service.cost is not Cost.UNKNOWN),
    ):
        if holds:
            codes[code] = None
    for access, known in sorted(service.accessibility.items()):
        if known is not Known.UNKNOWN:
            codes[f"access:{access.value}"] = known.value
    return codes


def kind_facts(category: MemberCategory, sector: Sector, regime: Regime) -> tuple[str, ...]:
    """Return the codes of what kind of organization a member is."""
    return (f"category:{category.value}", f"sector:{sector.value}", f"regime:{regime.value}")
