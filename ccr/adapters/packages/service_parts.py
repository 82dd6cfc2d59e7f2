"""What hangs on a service in other tables: places, terms, languages, room, cost, schedules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from ccr.adapters.packages import cells
from ccr.adapters.packages.language_codes import language_code
from ccr.adapters.packages.package_tables import PackageTables
from ccr.adapters.packages.tabular import Row
from ccr.domain.directory import Language
from ccr.domain.directory_import import CapacityRecord, NoteBook, TermRecord
from ccr.domain.hsds_profile import CODE_OF_TERM, virtual_location_id
from ccr.domain.need_terms import fold
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import CapacityStatus, Cost, LanguageMode

MOST_AVAILABLE = 100_000
_INTERPRETER_WORDS = ("interpret", "translat", "upon request", "on request", "by arrangement")
Rows = dict[str, list[Row]]


@dataclass(slots=True)
class ServiceParts:
    """The other tables by the service or location they belong to."""

    sites_of: dict[str, list[str]]
    service_of_link: dict[str, str]
    terms: dict[str, list[TermRecord]]
    languages: Rows
    site_languages: Rows
    accessibility: Rows
    schedules: Rows
    site_schedules: Rows
    holidays: Rows
    site_holidays: Rows
    areas: Rows
    capacities: Rows
    costs: Rows
    eligibility: Rows
    units: dict[str, str] = field(default_factory=dict)
    hidden_links: set[str] = field(default_factory=set)


def read_parts(package: PackageTables, notes: NoteBook) -> ServiceParts:
    """Return the tables of a package as parts of its services."""
    services = {row.id for row in package.rows("services")}
    locations = {row.id for row in package.rows("locations")}
    sites_of: dict[str, list[str]] = defaultdict(list)
    service_of_link: dict[str, str] = {}
    for row in package.rows("service_at_location"):
        service, location = row.get("service_id"), row.get("location_id")
        if row.id and service:
            service_of_link[row.id] = service
        if location == virtual_location_id(service):
            continue  # where a CCR shows a service without a place: it is none
        if service not in services:
            notes.warn(row.place, "service_id", phrase("The service of this link is not there."))
        elif location not in locations:
            notes.warn(
                row.place,
                "location_id",
                phrase("The location of this link is not there: the service is kept without it."),
            )
        elif location not in sites_of[service]:
            sites_of[service].append(location)
    schedules, site_schedules = _by_owner(package.rows("schedules"), service_of_link)
    holidays, site_holidays = _by_owner(package.rows("holidays"), service_of_link)
    languages, site_languages = _by_owner(package.rows("languages"), service_of_link)
    areas, _ = _by_owner(package.rows("service_areas"), service_of_link)
    return ServiceParts(
        sites_of=sites_of,
        service_of_link=service_of_link,
        terms=_terms(package, services, notes),
        languages=languages,
        site_languages=site_languages,
        accessibility=package.by("accessibility", "location_id"),
        schedules=schedules,
        site_schedules=site_schedules,
        holidays=holidays,
        site_holidays=site_holidays,
        areas=areas,
        capacities=package.by("capacities", "service_id"),
        costs=package.by("cost_options", "service_id"),
        eligibility=package.by("eligibility", "service_id"),
        units={row.id: row.get("name") for row in package.rows("units")},
    )


def _by_owner(rows: Iterable[Row], service_of_link: dict[str, str]) -> tuple[Rows, Rows]:
    """Return rows by service and rows by location; one that names both belongs to the service."""
    of_service: Rows = defaultdict(list)
    of_site: Rows = defaultdict(list)
    for row in rows:
        service = row.get("service_id") or service_of_link.get(
            row.get("service_at_location_id"), ""
        )
        if service:
            of_service[service].append(row)
        elif location := row.get("location_id"):
            of_site[location].append(row)
    return of_service, of_site


def _terms(
    package: PackageTables, services: set[str], notes: NoteBook
) -> dict[str, list[TermRecord]]:
    known = {row.id: row for row in package.rows("taxonomy_terms") if row.id}
    vocabularies = {row.id: row.get("name") for row in package.rows("taxonomies")}
    for row in known.values():
        parent = row.get("parent_id")
        if parent and parent not in known:
            notes.warn(row.place, "parent_id", phrase("The parent of this term is not there."))
    terms: dict[str, list[TermRecord]] = defaultdict(list)
    for row in package.rows("service_terms"):
        service = row.get("service_id", "link_id")
        if service not in services:
            continue
        term_id = row.get("taxonomy_term_id", "taxonomy_id", "id")
        if term_id in CODE_OF_TERM:
            continue  # facts of our own profile, read where they belong
        term = known.get(term_id)
        if term is None:
            notes.warn(row.place, "taxonomy_term_id", phrase("The term of this link is not there."))
            code, name, vocabulary = term_id, row.get("label"), ""
        else:
            code, name = term.get("code") or term_id, term.get("name", "term")
            vocabulary = term.get("taxonomy", "vocabulary") or vocabularies.get(
                term.get("taxonomy_id"), ""
            )
        record = TermRecord(vocabulary[:100], code[:100], name[:300])
        if record not in terms[service]:
            terms[service].append(record)
    return terms


def languages(rows: Iterable[Row], notes: NoteBook) -> tuple[Language, ...]:
    """Return the languages of these rows; an unknown name is left out with a note."""
    found: dict[Language, None] = {}
    for row in rows:
        mode = LanguageMode.STAFF
        if any(word in fold(row.get("note")) for word in _INTERPRETER_WORDS):
            mode = LanguageMode.INTERPRETER
        texts = [row.get("code")] if row.get("code") else row.get("name", "language").split(",")
        for text in texts:
            code = language_code(text) or language_code(row.get("name"))
            if code:
                found[Language(code, mode)] = None
            elif text.strip():
                notes.warn(row.place, "name", phrase("This language is not in our list."))
    return tuple(found)


def capacity(rows: list[Row], units: dict[str, str], notes: NoteBook) -> CapacityRecord | None:
    """Return the newest word on room, or None; words instead of a number are not known."""
    if not rows:
        return None
    row = max(rows, key=lambda r: r.get("updated"))
    available = cells.whole_number(row, "available", notes, highest=MOST_AVAILABLE)
    status = CapacityStatus.UNKNOWN
    if available is not None:
        status = CapacityStatus.CAPACITY if available else CapacityStatus.NO_CAPACITY
    unit = units.get(row.get("unit_id"), "") or row.get("unit")
    return CapacityRecord(status, available, unit[:60] or None, cells.moment(row, "updated", notes))


_FREE = ("free", "no fee", "no charge", "no cost", "none", "free of charge")
_SLIDING = ("sliding", "ability to pay", "income based", "based on income", "pay as you can")


def cost(fees: str, options: Iterable[Row]) -> Cost:
    """Return what the words or amounts say it costs; UNKNOWN where they do not."""
    folded = fold(fees)
    if any(words in folded for words in _SLIDING):
        return Cost.SLIDING
    first = fold(fees.split(".", maxsplit=1)[0].split(";", maxsplit=1)[0])
    if first in _FREE:
        return Cost.FREE
    amounts = set()
    for row in options:
        try:
            amounts.add(float(row.get("amount") or "nan"))
        except ValueError:
            return Cost.UNKNOWN
    if amounts == {0.0}:
        return Cost.FREE
    return Cost.PAID if amounts and all(amount > 0 for amount in amounts) else Cost.UNKNOWN
