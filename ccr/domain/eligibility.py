"""The hard limits of routing, in their fixed order, each with the sentence that says why.

What lives here: whether one service may be proposed for one request, and what would have to
change. What must not: cost, order, the rest of the directory. Unknown is never no (R85): a fact
that was not stated stops nothing here and is shown as "call to check" (ccr.domain.reasons).
Source: R68, R82, R83, R84, R97; order of limits: our choice, ADR 0004.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from ccr.domain.answering import HoursReader, coverage_now
from ccr.domain.areas import area_unknown, covering_extent, in_area_of
from ccr.domain.directory import Service
from ccr.domain.freshness import capacity_is_fresh
from ccr.domain.keeping_away import kept_away
from ccr.domain.languages import ENGLISH, language_name
from ccr.domain.moments import calendar_date
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.populations import known_match
from ccr.domain.routing_request import LeftOut, RouteRequest
from ccr.domain.taxonomy import (
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    CoverageMode,
    Gender,
    Known,
    ServiceStatus,
    Track,
    Urgency,
)
from ccr.domain.weights import DEFAULT, Weights

NOT_OFFERED = "not-offered"
"""The one limit that is never named to anybody: it covers exclusions (R82), what is kept away from
(R81), do-not-refer, closed for good, and the sender's own compartment, all with one text."""

LIMIT_CODES = (
    NOT_OFFERED,
    "closed",
    "needs",
    "track",
    "service-area",
    "age",
    "gender",
    "populations",
    "language",
    "access",
    "capacity",
    "answer",
    "outdated",
    "too-far",
)

_FOR_SURVIVORS = frozenset({Track.SURVIVOR, Track.CHILD})


@dataclass(frozen=True, slots=True)
class _Case:
    """One service held against one request."""

    service: Service
    request: RouteRequest
    hours: HoursReader
    weights: Weights
    within_reach: Callable[[], bool] | None


def left_out(
    service: Service,
    request: RouteRequest,
    *,
    hours: HoursReader,
    weights: Weights = DEFAULT,
    within_reach: Callable[[], bool] | None = None,
) -> LeftOut | None:
    """Return the first limit that stops this service, or None when it may be proposed.

    Args:
        within_reach: for a service with a public point, whether the trip to its nearest site is
            no longer than the reach; asked only when an answer depends on it. None for a service
            known by area alone.

    The limit "outdated" is not among these: it depends on what else there is (see routing).
    """
    case = _Case(service, request, hours, weights, within_reach)
    for limit in _LIMITS:
        stopped = limit(case)
        if stopped is not None:
            return stopped
    return None


def left_out_as_outdated(service: Service) -> LeftOut:
    """Return why an outdated listing is not proposed while there are others (R97)."""
    assert service.last_verified_at is not None  # noqa: S101 -- only outdated listings come here
    return LeftOut(
        service,
        "outdated",
        phrase(
            "Last verified %(date)s",
            date=calendar_date(service.last_verified_at, service.timezone),
        ),
        phrase("A check of the listing"),
    )


def wanted_language(request: RouteRequest) -> str | None:
    """Return the language that must be spoken, or None for English or no wish."""
    return None if request.language in {None, "", ENGLISH} else request.language


def dual_members(services: Iterable[Service]) -> frozenset[UUID]:
    """Return the members that run both victim services and an APIP, in two compartments (R83)."""
    kinds: dict[UUID, set[CompartmentKind]] = {}
    for service in services:
        kinds.setdefault(service.member.id, set()).add(service.compartment_kind)
    both = {CompartmentKind.VICTIM_SERVICES, CompartmentKind.APIP}
    return frozenset(member for member, held in kinds.items() if both <= held)


def _not_offered(case: _Case) -> LeftOut | None:
    service, request = case.service, case.request
    lasting = {ServiceStatus.INACTIVE, ServiceStatus.DEFUNCT}
    if (
        service.do_not_refer
        or not service.member.active
        or service.status in lasting
        or service.member.id in request.excluded_members
        or service.compartment_id == request.sender_compartment_id
        or kept_away(service, request, case.hours)
    ):
        return LeftOut(
            service,
            NOT_OFFERED,
            phrase("Is not offered for this request"),
            phrase("Another choice"),
        )
    return None


def _closed(case: _Case) -> LeftOut | None:
    if case.service.status is not ServiceStatus.TEMPORARILY_CLOSED:
        return None
    return LeftOut(case.service, "closed", phrase("Closed for now"), phrase("Their reopening"))


def _needs(case: _Case) -> LeftOut | None:
    needs = case.service.needs
    if needs.intersection(case.request.needs):
        return None
    if len(needs) == 1:
        (need,) = needs
        text = phrase("Helps only with: %(need)s", need=need.label)
        change = phrase("Ask for this need: %(need)s", need=need.label)
    else:
        text = phrase("Helps with other needs")
        change = phrase("A need that they help with")
    return LeftOut(case.service, "needs", text, change)


def _track(case: _Case) -> LeftOut | None:
    service, request = case.service, case.request
    apip_for_survivor = (
        service.compartment_kind is CompartmentKind.APIP and request.track in _FOR_SURVIVORS
    )
    victim_services_for_abusive_partner = (
        service.compartment_kind is CompartmentKind.VICTIM_SERVICES
        and request.track is Track.ABUSIVE_PARTNER
    )
    stated_otherwise = bool(service.tracks) and request.track not in service.tracks
    if not (apip_for_survivor or victim_services_for_abusive_partner or stated_otherwise):
        return None
    return LeftOut(
        service,
        "track",
        phrase("Is for others: not for %(track)s", track=_TRACK_WORDS[request.track]),
        phrase("A request for somebody whom they serve"),
    )


def _service_area(case: _Case) -> LeftOut | None:
    service, place = case.service, case.request.near
    if case.within_reach is None:
        if in_area_of(service, place):
            return None
        # One text for all places, so that nothing about the origin but its area shows here.
        text = (
            phrase("Does not serve this place")
            if service.areas
            else phrase("The area it serves is not known")
        )
        return LeftOut(service, "service-area", text, phrase("A place in the area it serves"))
    if covering_extent(service, place) is not None:
        return None
    if area_unknown(service, place):
        if case.within_reach():
            return None
        return LeftOut(
            service,
            "service-area",
            phrase("The area it serves is not known, and its site is far"),
            phrase("A word from them that they serve this place"),
        )
    # Who serves some ZIPs may well serve others of this county.
    text = (
        phrase("Does not serve %(place)s", place=place.label)
        if any(area.extent is AreaExtent.ZIP for area in service.areas)
        else phrase("Does not serve %(county)s, %(state)s", county=place.county, state=place.state)
    )
    return LeftOut(service, "service-area", text, phrase("A place in the area it serves"))


def _age(case: _Case) -> LeftOut | None:
    service, band = case.service, case.request.age_band
    if band is None:
        return None
    low, high = band.years
    too_young = service.minimum_age is not None and high < service.minimum_age
    too_old = service.maximum_age is not None and low > service.maximum_age
    if not (too_young or too_old):
        return None
    text = (
        phrase("From age %(age)s", age=service.minimum_age)
        if too_young
        else phrase("Up to age %(age)s", age=service.maximum_age)
    )
    return LeftOut(service, "age", text, phrase("Another age band"))


def _gender(case: _Case) -> LeftOut | None:
    service, gender = case.service, case.request.gender
    open_ends = {None, Gender.ALL, Gender.UNKNOWN}
    if gender in open_ends or service.gender_served in {*open_ends, gender}:
        return None
    return LeftOut(
        service,
        "gender",
        phrase("Serves only: %(gender)s", gender=service.gender_served.label),
        phrase("A service for all genders"),
    )


def _populations(case: _Case) -> LeftOut | None:
    if not case.service.populations_only or not case.service.populations:
        return None
    if known_match(case.service, case.request) is not Known.NO:
        return None
    return LeftOut(
        case.service,
        "populations",
        phrase("Is only for a group that the person is not part of"),
        phrase("A service for everyone"),
    )


def _language(case: _Case) -> LeftOut | None:
    wanted = wanted_language(case.request)
    spoken = {language.code for language in case.service.languages}
    if wanted is None or not spoken or wanted in spoken:
        return None
    name = language_name(wanted)
    return LeftOut(
        case.service,
        "language",
        phrase("No %(language)s, no interpreter", language=name),
        phrase("An interpreter for %(language)s", language=name),
    )


def _access(case: _Case) -> LeftOut | None:
    for access in sorted(case.request.access):
        if case.service.accessibility.get(access) is Known.NO:
            return LeftOut(
                case.service,
                "access",
                phrase("Not offered: %(access)s", access=access.label),
                phrase("Another way to take part"),
            )
    return None


def _capacity(case: _Case) -> LeftOut | None:
    capacity = case.service.capacity
    if capacity is None or capacity.status is not CapacityStatus.NO_CAPACITY:
        return None
    if not capacity_is_fresh(case.service, case.request.at, case.weights):
        return None
    assert capacity.updated_at is not None  # noqa: S101 -- a fresh figure has a date
    return LeftOut(
        case.service,
        "capacity",
        phrase(
            "Full since %(date)s", date=calendar_date(capacity.updated_at, case.service.timezone)
        ),
        phrase("Their next capacity update"),
    )


def _answer(case: _Case) -> LeftOut | None:
    if case.request.urgency is not Urgency.IMMEDIATE:
        return None
    now = coverage_now(case.service, case.request.needs, case.request.at, case.hours)
    if now.mode is not CoverageMode.NOBODY:
        return None
    return LeftOut(
        case.service, "answer", phrase("Nobody answers now"), phrase("Time: within 24 hours")
    )


def _too_far(case: _Case) -> LeftOut | None:
    service = case.service
    if case.within_reach is None or service.by_phone or service.virtual or case.within_reach():
        return None
    return LeftOut(
        service,
        "too-far",
        phrase("More than %(minutes)s minutes away", minutes=case.weights.reach),
        phrase("A ride, or a nearer place to start from"),
    )


_LIMITS: tuple[Callable[[_Case], LeftOut | None], ...] = (
    _not_offered,
    _closed,
    _needs,
    _track,
    _service_area,
    _age,
    _gender,
    _populations,
    _language,
    _access,
    _capacity,
    _answer,
    _too_far,
)

_TRACK_WORDS: dict[Track, Phrase] = {
    Track.SURVIVOR: phrase("survivors"),
    Track.ABUSIVE_PARTNER: phrase("abusive partners"),
    Track.CHILD: phrase("children"),
    Track.OTHER: phrase("others"),
}
