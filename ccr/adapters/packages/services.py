"""Services of a package as records: every cell in its safe meaning."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from ccr.adapters.packages import cells, service_parts
from ccr.adapters.packages.access_words import accessibility, of_all
from ccr.adapters.packages.areas import AreaReader
from ccr.adapters.packages.ohana_csv import split_list
from ccr.adapters.packages.own_profile import (
    Facts,
    OwnFacts,
    tells_service,
    told_areas,
    told_needs,
    told_service,
    told_words,
)
from ccr.adapters.packages.phones import PhoneBook, in_order
from ccr.adapters.packages.schedules import ReadHours, read_hours
from ccr.adapters.packages.service_parts import ServiceParts
from ccr.adapters.packages.sites import marked_hidden
from ccr.adapters.packages.tabular import Row
from ccr.domain.directory_import import NoteBook, ServiceRecord, SiteRecord
from ccr.domain.hidden_places import says_hidden
from ccr.domain.hsds_profile import CONFIDENTIAL
from ccr.domain.need_terms import NeedMatch, NeedTerms, Refusal, ServiceWords, tracks_for
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import Need, ServiceStatus
from ccr.domain.us_time_zones import time_zone_of

OLDEST = 120
_STATUS = {
    "active": ServiceStatus.ACTIVE,
    "open": ServiceStatus.ACTIVE,
    "current": ServiceStatus.ACTIVE,
    "inactive": ServiceStatus.INACTIVE,
    "archived": ServiceStatus.INACTIVE,
    "suspended": ServiceStatus.INACTIVE,
    "deleted": ServiceStatus.DEFUNCT,
    "defunct": ServiceStatus.DEFUNCT,
    "closed": ServiceStatus.DEFUNCT,
    "permanently closed": ServiceStatus.DEFUNCT,
    "temporarily closed": ServiceStatus.TEMPORARILY_CLOSED,
    "temporarily inactive": ServiceStatus.TEMPORARILY_CLOSED,
}
_NO_REFERRAL_COLUMNS = ("do_not_refer", "no_referrals")


@dataclass(frozen=True, slots=True)
class ServiceContext:
    """What reading a service needs besides its row."""

    parts: ServiceParts
    phones: PhoneBook
    sites: dict[str, SiteRecord]
    areas: AreaReader
    terms: NeedTerms
    state: str
    on: date
    told: OwnFacts = field(default_factory=OwnFacts)


@dataclass(frozen=True, slots=True)
class ReadService:
    """A service and whether its own words or columns make its place a hidden one."""

    record: ServiceRecord
    hidden: bool


def read_service(row: Row, context: ServiceContext, notes: NoteBook) -> ReadService | None:
    """Return a service, or None when it has no name or its source keeps it from the public."""
    name = cells.short(row, "name", 300, notes)
    if not name:
        notes.error(row.place, "name", phrase("This service has no name."))
        return None
    if cells.flag(row, "exclude_from_website", "hide_from_public"):
        notes.warn(
            row.place,
            "exclude_from_website",
            phrase("Its source keeps this service off public pages: it is left out."),
        )
        return None
    parts = context.parts
    sites = [context.sites[i] for i in parts.sites_of.get(row.id, ()) if i in context.sites]
    status, do_not_refer = _status(row, notes)
    record = ServiceRecord(
        source_id=row.id,
        line=row.line,
        member_source_id=row.get("organization_id"),
        name=name,
        alternate_name=cells.short(row, "alternate_name", 300, notes) or None,
        description=cells.text(row, "description", notes),
        status=status,
        do_not_refer=do_not_refer,
        terms=tuple(parts.terms.get(row.id, ())),
        site_ids=tuple(site.source_id for site in sites),
        capacity=service_parts.capacity(parts.capacities.get(row.id, []), parts.units, notes),
        url=cells.web_address(row, notes, "url", "website"),
        email=cells.email(row, notes),
        application_process=_joined(row, notes, "application_process", "required_documents"),
        interpretation_services=cells.text(row, "interpretation_services", notes),
        wait_time=cells.text(row, "wait_time", notes),
        alert=cells.text(row, "alert", notes),
        verified_on=_verified_on(row, context.on, notes),
        phones=in_order(context.phones.of_service.get(row.id, ())),
    )
    record = _with_facts(record, row, sites, context, notes)
    match = _match(record, row, context.terms)
    facts = context.told.of.get(row.id, {})
    if tells_service(facts):
        record = _as_told(record, facts, match, context)
    else:
        record = _with_needs(record, match, row, notes)
        record = _with_areas(record, row, sites, context, notes)
    return ReadService(record, _hidden(record, row, match) or CONFIDENTIAL in facts)


def _as_told(
    record: ServiceRecord, facts: Facts, match: NeedMatch, context: ServiceContext
) -> ServiceRecord:
    """Return the service as another CCR tells it; what is no answer to abuse gets no need."""
    parts, key = context.parts, record.source_id
    needs = frozenset() if match.refusal is Refusal.WHOLE else told_needs(facts)
    return replace(
        told_service(record, facts, context.told.terms.get(key, ())),
        needs=needs,
        areas=told_areas(parts.areas.get(key, ())),
        hours_text=told_words(parts.schedules.get(key, ())),
    )


def hides_its_place(row: Row, context: ServiceContext) -> bool:
    """Return True when a row that is not imported itself says that its place is a hidden one.

    The place is then hidden for every other service given there.
    """
    record = ServiceRecord(
        source_id=row.id,
        line=row.line,
        member_source_id="",
        name=row.get("name"),
        alternate_name=row.get("alternate_name"),
        description=row.get("description"),
        terms=tuple(context.parts.terms.get(row.id, ())),
    )
    return _hidden(record, row, _match(record, row, context.terms))


def _joined(row: Row, notes: NoteBook, *columns: str) -> str:
    return "\n".join(text for c in columns if (text := cells.text(row, c, notes)))


def _status(row: Row, notes: NoteBook) -> tuple[ServiceStatus, bool]:
    """Return the status and whether nobody may be referred there."""
    value = " ".join(row.get("status").lower().split())
    refused = any(cells.flag(row, name) for name in _NO_REFERRAL_COLUMNS)
    if not value:
        notes.info(row.place, "status", phrase("No status: read as active."))
        return ServiceStatus.ACTIVE, refused
    if "do not refer" in value or "no referral" in value:
        first = value.split(",")[0].split(" but")[0].strip()
        notes.warn(row.place, "status", phrase("Nobody may be referred here: kept so."))
        return _STATUS.get(first, ServiceStatus.INACTIVE), True
    if value not in _STATUS:
        notes.warn(row.place, "status", phrase("An unknown status: read as inactive."))
        return ServiceStatus.INACTIVE, refused
    return _STATUS[value], refused


def _verified_on(row: Row, on: date, notes: NoteBook) -> date | None:
    found = cells.day(row, "assured_date", notes)
    if found and found > on:
        notes.warn(row.place, "assured_date", phrase("A check in the future: left out."))
        return None
    return found


def _with_facts(
    record: ServiceRecord,
    row: Row,
    sites: list[SiteRecord],
    context: ServiceContext,
    notes: NoteBook,
) -> ServiceRecord:
    parts = context.parts
    lowest = cells.whole_number(row, "minimum_age", notes, highest=OLDEST)
    highest = cells.whole_number(row, "maximum_age", notes, highest=OLDEST)
    if lowest is not None and highest is not None and lowest > highest:
        notes.warn(row.place, "minimum_age", phrase("Lowest age above highest: both left out."))
        lowest = highest = None
    fees = cells.text(row, "fees_description", notes) or cells.text(row, "fees", notes)
    hours = _hours(record, sites, context, notes)
    kinds = {site.kind for site in sites}
    language_rows = list(parts.languages.get(row.id, ()))
    for site in sites:
        language_rows += parts.site_languages.get(site.source_id, ())
    eligibility = [cells.text(row, "eligibility_description", notes)]
    eligibility += [r.get("eligibility") for r in parts.eligibility.get(row.id, ())]
    if row.get("capacity"):
        notes.info(row.place, "capacity", phrase("Room in words is not read as a number."))
    return replace(
        record,
        minimum_age=lowest,
        maximum_age=highest,
        fees_description=fees,
        cost=service_parts.cost(fees, parts.costs.get(row.id, ())),
        eligibility_description="\n".join(text for text in eligibility if text),
        opening_hours=hours.opening_hours,
        hours_text=hours.words,
        timezone=time_zone_of(sites[0].state) if sites else None,
        in_person=kinds != {"virtual"},
        virtual="virtual" in kinds,
        languages=service_parts.languages(language_rows, notes),
        accessibility=of_all(
            accessibility(
                text
                for r in parts.accessibility.get(site.source_id, ())
                for text in (r.get("accessibility"), r.get("description"), r.get("details"))
            )
            for site in sites
        ),
    )


def _hours(
    record: ServiceRecord, sites: list[SiteRecord], context: ServiceContext, notes: NoteBook
) -> ReadHours:
    """Return the service's own hours, else those that all its places share."""
    parts = context.parts
    if rows := parts.schedules.get(record.source_id):
        return read_hours(rows, parts.holidays.get(record.source_id, ()), context.on, notes)
    found = {
        read_hours(
            parts.site_schedules.get(site.source_id, ()),
            parts.site_holidays.get(site.source_id, ()),
            context.on,
            notes,
        )
        for site in sites
    }
    return found.pop() if len(found) == 1 else ReadHours()


def _match(record: ServiceRecord, row: Row, terms: NeedTerms) -> NeedMatch:
    return terms.match(
        ServiceWords(
            name=record.name,
            alternate_name=record.alternate_name or "",
            terms=tuple((t.taxonomy, t.code, t.name) for t in record.terms),
            keywords=tuple(split_list(row.get("keywords"))),
            description=record.description,
        )
    )


def _with_needs(
    record: ServiceRecord, match: NeedMatch, row: Row, notes: NoteBook
) -> ServiceRecord:
    if match.refusal is Refusal.WHOLE:
        notes.warn(
            row.place,
            "name",
            phrase(
                "Couples or family counseling, mediation and anger management are no answer "
                "to abuse: it gets no need, and is never proposed."
            ),
        )
    elif match.refusal is Refusal.PART:
        notes.warn(
            row.place,
            "",
            phrase(
                "It names couples or family counseling, mediation or anger management: "
                "needs that these might pass for are left out."
            ),
        )
    elif not match.needs:
        notes.warn(
            row.place,
            "",
            phrase(
                "Nothing says which need it meets: it is found by name, and never proposed "
                "until somebody sets its needs."
            ),
        )
    if match.both_sides:
        notes.warn(
            row.place,
            "",
            phrase(
                "Survivors and abusive partners in one service: kept for survivors alone. "
                "List the two apart."
            ),
        )
    return replace(
        record,
        needs=match.needs,
        tracks=tracks_for(match),
        populations=match.populations,
        by_phone=Need.HOTLINE in match.needs,
    )


def _with_areas(
    record: ServiceRecord,
    row: Row,
    sites: list[SiteRecord],
    context: ServiceContext,
    notes: NoteBook,
) -> ServiceRecord:
    rows = context.parts.areas.get(record.source_id, [])
    texts = [text for r in rows if (text := r.get("name", "service_area", "extent"))]
    if not texts:
        return record
    states = {site.state for site in sites if site.state and site.country in {"US", None}}
    state = states.pop() if len(states) == 1 else context.state
    read = context.areas.read(texts, state)
    if read.unread:
        notes.warn(
            row.place,
            "service_area",
            phrase(
                "%(count)s of its service areas cannot be read: kept as words.", count=read.unread
            ),
        )
    if read.widened:
        notes.warn(
            row.place,
            "service_area",
            phrase("A town in a service area is read as its whole county."),
        )
    areas = () if read.unread and not read.areas else read.areas
    words = "; ".join(dict.fromkeys(texts)) if read.unread or read.widened else ""
    described = [record.eligibility_description, words]
    return replace(
        record, areas=areas, eligibility_description="\n".join(t for t in described if t)
    )


def _hidden(record: ServiceRecord, row: Row, match: NeedMatch) -> bool:
    shelter = Need.EMERGENCY_SHELTER in match.needs and match.about_violence
    return (
        shelter
        or marked_hidden(row)
        or says_hidden(
            record.name,
            record.alternate_name,
            record.description,
            record.application_process,
            record.eligibility_description,
            record.alert,
        )
    )
