"""What speaks for a partner, and what is not known about it, in sentences.

What lives here: words for facts that the limits and weights have already judged. What must not:
anything that changes the order or leaves a service out; any fact about where the search started
other than which areas cover it (so that confidential services read the same from everywhere, R49).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ccr.domain.answering import HoursReader, calendar_or_none, coverage_now
from ccr.domain.areas import area_unknown, covering_extent
from ccr.domain.directory import Service
from ccr.domain.eligibility import wanted_language
from ccr.domain.freshness import capacity_is_fresh, outdated, stale
from ccr.domain.keeping_away import beside_the_other
from ccr.domain.languages import language_name
from ccr.domain.moments import age_in_words, calendar_date, weekday_time
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.populations import known_match
from ccr.domain.routing_request import RouteRequest
from ccr.domain.taxonomy import (
    AreaExtent,
    CapacityStatus,
    Cost,
    Gender,
    Known,
    LanguageMode,
    Need,
    Urgency,
)
from ccr.domain.weights import Weights

_PAIR = 2
_AREA_WORDS: dict[AreaExtent, Phrase] = {
    AreaExtent.ZIP: phrase("Serves this ZIP"),
    AreaExtent.COUNTY: phrase("Serves this county"),
    AreaExtent.STATE: phrase("Serves the whole state"),
    AreaExtent.NATION: phrase("Serves the whole country"),
}


def needs_met(service: Service, request: RouteRequest) -> tuple[Need, ...]:
    """Return the needs of the request that the service helps with, in the order asked."""
    return tuple(need for need in request.needs if need in service.needs)


def language_mode(service: Service, code: str) -> LanguageMode | None:
    """Return how the language is spoken: by staff before by interpreter; None when it is not."""
    modes = {language.mode for language in service.languages if language.code == code}
    if LanguageMode.STAFF in modes:
        return LanguageMode.STAFF
    return LanguageMode.INTERPRETER if modes else None


def reasons_for(
    service: Service,
    request: RouteRequest,
    *,
    hours: HoursReader,
    weights: Weights,
    agreement_in_force: bool = False,
) -> tuple[Phrase, ...]:
    """Return what speaks for this service for this request, most telling first."""
    found: Iterable[Iterator[Phrase]] = (
        _fit(service, request),
        _served(service, request),
        _room(service, request, weights),
        _open(service, request, hours),
        _ways(service),
        iter([phrase("You have an agreement with them")] if agreement_in_force else []),
    )
    return tuple(sentence for group in found for sentence in group)


def unknowns_of(
    service: Service, request: RouteRequest, *, hours: HoursReader, weights: Weights
) -> tuple[Phrase, ...]:
    """Return what is not known about this service and matters here: "call to check"."""
    found: Iterable[Iterator[Phrase]] = (
        _unknown_listing(service, request, weights),
        _unknown_room(service, request, weights),
        _unknown_people(service, request),
        _unknown_help(service, request),
        _unknown_hours(service, request, hours),
        _unknown_visit(service, request),
    )
    return tuple(sentence for group in found for sentence in group)


def _fit(service: Service, request: RouteRequest) -> Iterator[Phrase]:
    met = needs_met(service, request)
    asked = len(request.needs)
    if len(met) == asked == _PAIR:
        yield phrase("Helps with both needs")
    elif len(met) == asked > 1:
        yield phrase("Helps with all %(count)s needs", count=asked)
    else:
        for need in met:
            yield phrase("Helps with: %(need)s", need=need.label)


def _served(service: Service, request: RouteRequest) -> Iterator[Phrase]:
    extent = covering_extent(service, request.near)
    if extent is not None:
        yield _AREA_WORDS[extent]
    wanted = wanted_language(request)
    mode = None if wanted is None else language_mode(service, wanted)
    if wanted is not None and mode is LanguageMode.STAFF:
        yield phrase("Staff speak %(language)s", language=language_name(wanted))
    elif wanted is not None and mode is LanguageMode.INTERPRETER:
        yield phrase("%(language)s by interpreter", language=language_name(wanted))
    for access in sorted(request.access):
        if service.accessibility.get(access) is Known.YES:
            yield phrase("Offered: %(access)s", access=access.label)
    if service.gender_served is Gender.ALL:
        yield phrase("Serves all genders")
    if service.populations and known_match(service, request) is Known.YES:
        yield phrase("Made for people like this person")


def _room(service: Service, request: RouteRequest, weights: Weights) -> Iterator[Phrase]:
    capacity = service.capacity
    if capacity is None or capacity.status is not CapacityStatus.CAPACITY:
        return
    if capacity.updated_at is None or not capacity_is_fresh(service, request.at, weights):
        return
    age = age_in_words(capacity.updated_at, request.at)
    if capacity.available:
        yield phrase("Room for %(count)s, confirmed %(age)s", count=capacity.available, age=age)
    else:
        yield phrase("Has room, confirmed %(age)s", age=age)


def _open(service: Service, request: RouteRequest, hours: HoursReader) -> Iterator[Phrase]:
    calendar = calendar_or_none(service.opening_hours, service.timezone, hours)
    if calendar is None or not calendar.is_open(request.at):
        return
    closes = calendar.next_change(request.at)
    if closes is None:
        yield phrase("Always open")
    else:
        yield phrase(
            "Open until %(when)s", when=weekday_time(closes, service.timezone, now=request.at)
        )


def _ways(service: Service) -> Iterator[Phrase]:
    if service.by_phone:
        yield phrase("By phone")
    if service.virtual:
        yield phrase("Online")
    if service.cost is Cost.FREE:
        yield phrase("Free")
    elif service.cost is Cost.SLIDING:
        yield phrase("Cost by income")


def _unknown_listing(service: Service, request: RouteRequest, weights: Weights) -> Iterator[Phrase]:
    if service.last_verified_at is None:
        yield phrase("Listing not verified yet: call to check")
    elif outdated(service, request.at, weights) or stale(service, request.at, weights):
        yield phrase(
            "Listing last verified %(date)s: call to check",
            date=calendar_date(service.last_verified_at, service.timezone),
        )


def _unknown_room(service: Service, request: RouteRequest, weights: Weights) -> Iterator[Phrase]:
    capacity = service.capacity
    if capacity is None or capacity.status is CapacityStatus.UNKNOWN:
        yield phrase("Room: call to check")
    elif not capacity_is_fresh(service, request.at, weights):
        if capacity.updated_at is None:
            yield phrase("The room figure has no date: call to check")
        else:
            yield phrase(
                "The room figure is from %(age)s: call to check",
                age=age_in_words(capacity.updated_at, request.at),
            )


def _unknown_people(service: Service, request: RouteRequest) -> Iterator[Phrase]:
    if not service.tracks:
        yield phrase("Whom they serve: call to check")
    if area_unknown(service, request.near):
        yield phrase("The area they serve: call to check")
    if request.age_band is not None and _age_unclear(service, request):
        yield phrase("Ages served: call to check")
    asked_gender = request.gender not in {None, Gender.ALL, Gender.UNKNOWN}
    if service.gender_served is Gender.UNKNOWN and asked_gender:
        yield phrase("Genders served: call to check")
    elif service.gender_served in {Gender.WOMEN, Gender.MEN} and not asked_gender:
        yield phrase("Serves only: %(gender)s", gender=service.gender_served.label)
    if service.populations_only and known_match(service, request) is Known.UNKNOWN:
        for population in sorted(service.populations):
            yield phrase("Only for: %(population)s. Call to check", population=population.label)


def _age_unclear(service: Service, request: RouteRequest) -> bool:
    """Return True when part of the band may fall outside the ages served, or none are stated."""
    assert request.age_band is not None  # noqa: S101 -- asked only with a band
    low, high = request.age_band.years
    from_age, to_age = service.minimum_age, service.maximum_age
    unstated = from_age is None and to_age is None
    return (
        unstated
        or (from_age is not None and low < from_age)
        or (to_age is not None and high > to_age)
    )


def _unknown_help(service: Service, request: RouteRequest) -> Iterator[Phrase]:
    wanted = wanted_language(request)
    if wanted is not None and not service.languages:
        yield phrase("%(language)s: call to check", language=language_name(wanted))
    for access in sorted(request.access):
        if service.accessibility.get(access, Known.UNKNOWN) is Known.UNKNOWN:
            yield phrase("%(access)s: call to check", access=access.label)
    if service.cost is Cost.UNKNOWN:
        yield phrase("Cost: call to check")


def _unknown_hours(service: Service, request: RouteRequest, hours: HoursReader) -> Iterator[Phrase]:
    if calendar_or_none(service.opening_hours, service.timezone, hours) is None:
        yield phrase("Hours: call to check")
    if request.urgency is Urgency.IMMEDIATE:
        now = coverage_now(service, request.needs, request.at, hours)
        if now.mode is None:
            yield phrase("Whether somebody answers now: call to check")


def _unknown_visit(service: Service, request: RouteRequest) -> Iterator[Phrase]:
    """Yield a word of care where another party may come; it says nothing of anybody (R81)."""
    if beside_the_other(service, request):
        yield phrase("Which time suits a visit, and which door: call to check")
