"""What a package of another CCR says in our own vocabularies, read back as it was.

Told by the ids of our terms, which are the same everywhere (ccr.domain.hsds_profile). What such a
package says of itself is believed as far as it is careful: it may hide a place or refuse referrals,
and never show a place that its own words would hide.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

from ccr.adapters.opening_hours import HoursBook
from ccr.adapters.packages.package_tables import PackageTables
from ccr.adapters.packages.tabular import Row
from ccr.domain import hsds_profile as profile
from ccr.domain.directory import Area, Precision
from ccr.domain.directory_import import (
    CapacityRecord,
    MemberRecord,
    ServiceRecord,
    SiteRecord,
    TermRecord,
)
from ccr.domain.hsds_profile import CODE_OF_TERM
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CapacityStatus,
    Cost,
    Gender,
    Known,
    MemberCategory,
    Need,
    Population,
    Regime,
    Sector,
    Track,
)

MOST_HOURS_TEXT = 500
MOST_UNIT = 60
_EXTENT = re.compile(r"(nation|state|county|zip):([0-9A-Z]{2,8})")
_NEUTRAL = re.compile(r"'+[=+\-@|%\t\r]")
_HOURS = HoursBook()
Facts = Mapping[str, str]
"""Codes of our vocabularies that hold, each with its value or ""."""


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """Facts by the id of what they are about, and the terms of others as they were there."""

    of: dict[str, Facts] = field(default_factory=dict)
    terms: dict[str, tuple[TermRecord, ...]] = field(default_factory=dict)


def read_facts(package: PackageTables) -> OwnFacts:
    """Return what the package says in our vocabularies; nothing of a package that does not."""
    facts: dict[str, dict[str, str]] = defaultdict(dict)
    rows = package.rows("service_terms")
    for row in rows:
        code = CODE_OF_TERM.get(row.get("taxonomy_term_id"))
        if code is not None:
            facts[row.get("link_id")].setdefault(code, row.get("value"))
    if not facts:
        return OwnFacts()
    return OwnFacts(dict(facts), _foreign_terms(package, rows, facts.keys()))


def _foreign_terms(
    package: PackageTables, rows: Iterable[Row], told: Iterable[str]
) -> dict[str, tuple[TermRecord, ...]]:
    known = {row.id: row for row in package.rows("taxonomy_terms") if row.id}
    names = {row.id: row.get("name") for row in package.rows("taxonomies")}
    terms: dict[str, dict[TermRecord, None]] = {owner: {} for owner in told}
    for row in rows:
        term_id, owner = row.get("taxonomy_term_id"), row.get("link_id")
        if term_id in CODE_OF_TERM or owner not in terms:
            continue
        term = known.get(term_id)
        taxonomy = ""
        if term is not None:
            taxonomy = term.get("taxonomy") or names.get(term.get("taxonomy_id"), "")
        record = TermRecord(taxonomy[:100], row.get("value")[:100], row.get("label")[:300])
        terms[owner][record] = None
    return {owner: tuple(found) for owner, found in terms.items()}


def without_neutral_marks(package: PackageTables) -> PackageTables:
    """Return a package of our own without the marks that keep spreadsheets from running cells."""
    for name, rows in package.tables.items():
        package.tables[name] = [
            Row(row.table, row.line, {k: _unmarked(v) for k, v in row.cells.items()})
            if any(value.startswith("'") for value in row.cells.values())
            else row
            for row in rows
        ]
    return package


def _unmarked(value: str) -> str:
    return value[1:] if _NEUTRAL.match(value) else value


def is_own(package: PackageTables) -> bool:
    """Return True when the package was written by a CCR."""
    own = {vocabulary.id for vocabulary in profile.OWN_VOCABULARIES}
    return any(row.id in own for row in package.rows("taxonomies"))


# -- what is told, put into the records ----------------------------------------------------------


def _values(facts: Facts, kind: Any, prefix: str = "") -> frozenset[Any]:  # noqa: ANN401 -- any enum
    return frozenset(item for item in kind if f"{prefix}{item.value}" in facts)


def _one(facts: Facts, kind: Any, prefix: str, otherwise: Any) -> Any:  # noqa: ANN401 -- any enum
    return next((item for item in kind if f"{prefix}{item.value}" in facts), otherwise)


def told_member(member: MemberRecord, facts: Facts | None) -> MemberRecord:
    """Return the member as the package of another CCR tells it."""
    if not facts:
        return member
    may_ask = {
        name: Known(value)
        for name in profile.MAY_ASK
        if (value := facts.get(name, "")) in {Known.YES.value, Known.NO.value}
    }
    return replace(
        member,
        description="" if profile.NO_DESCRIPTION in facts else member.description,
        category=_one(facts, MemberCategory, "category:", member.category),
        sector=_one(facts, Sector, "sector:", member.sector),
        regime=_one(facts, Regime, "regime:", member.regime),
        active=member.active and profile.INACTIVE not in facts,
        may_ask=may_ask,
        kind_told=True,
    )


def told_site(site: SiteRecord, facts: Facts) -> SiteRecord:
    """Return the site with the parts of its address, its county and its precision as told."""
    parts: dict[str, Any] = {
        {"state_province": "state"}.get(part, part): facts[f"place:{part}"]
        for part in profile.PLACE_PARTS
        if facts.get(f"place:{part}")
    }
    whole = replace(site, **parts)
    county = facts.get(profile.COUNTY, "")
    return replace(
        whole,
        county_fips=county if re.fullmatch(r"\d{5}", county) else whole.county_fips,
        precision=_one(facts, Precision, "precision:", whole.precision),
        coordinates_from=facts.get(profile.COORDINATES_FROM, "")[:32] or None,
    )


def tells_place(facts: Facts | None) -> bool:
    """Return True when a location is described as another CCR does."""
    return bool(facts) and any(code.startswith("precision:") for code in facts or ())


def tells_service(facts: Facts | None) -> bool:
    """Return True when a service is described as another CCR does."""
    return profile.TIMEZONE in (facts or {})


def told_service(
    record: ServiceRecord, facts: Facts, terms: tuple[TermRecord, ...]
) -> ServiceRecord:
    """Return the service as the package of another CCR tells it: all but its needs and areas."""
    timezone = facts[profile.TIMEZONE]
    hours = facts.get(profile.OPENING_HOURS, "")
    readable = 0 < len(hours) <= MOST_HOURS_TEXT and _HOURS.readable(hours)
    access = {
        item: Known(value)
        for item in Access
        if (value := facts.get(f"access:{item.value}", "")) in {Known.YES.value, Known.NO.value}
    }
    return replace(
        record,
        terms=terms,
        do_not_refer=record.do_not_refer or profile.DO_NOT_REFER in facts,
        tracks=_values(facts, Track, "track:"),
        populations=_values(facts, Population, "population:"),
        populations_only=profile.POPULATIONS_ONLY in facts,
        gender_served=_one(facts, Gender, "gender:", Gender.UNKNOWN),
        accessibility=access,
        cost=_one(facts, Cost, "cost:", Cost.UNKNOWN),
        in_person=profile.IN_PERSON in facts,
        by_phone=profile.BY_PHONE in facts,
        virtual=profile.VIRTUAL in facts,
        opening_hours=hours if readable else None,
        timezone=timezone if timezone in available_timezones() else record.timezone,
        capacity=_capacity(facts) or record.capacity,
    )


def told_needs(facts: Facts) -> frozenset[Need]:
    """Return the needs that the package says the service meets."""
    return _values(facts, Need)


def told_areas(rows: Iterable[Row]) -> tuple[Area, ...]:
    """Return the areas that are told by code."""
    found = (_EXTENT.fullmatch(row.get("extent")) for row in rows)
    return tuple(dict.fromkeys(Area(AreaExtent(m[1]), m[2]) for m in found if m))


def told_words(rows: Iterable[Row]) -> str:
    """Return the words about opening hours."""
    return "\n".join(dict.fromkeys(text for row in rows if (text := row.get("description"))))


def _capacity(facts: Facts) -> CapacityRecord | None:
    for status in CapacityStatus:
        if (text := facts.get(f"capacity:{status.value}")) is not None:
            return _capacity_of(status, text)
    return None


def _capacity_of(status: CapacityStatus, text: str) -> CapacityRecord:
    try:
        said = json.loads(text or "{}")
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    available, unit, updated = said.get("available"), said.get("unit"), said.get("updated")
    try:
        at = datetime.fromisoformat(updated).astimezone(UTC) if updated else None
    except (TypeError, ValueError, OverflowError):
        at = None
    plain = isinstance(available, int) and not isinstance(available, bool) and available >= 0
    return CapacityRecord(
        status,
        available if plain else None,
        unit[:MOST_UNIT] or None if isinstance(unit, str) else None,
        at,
    )
