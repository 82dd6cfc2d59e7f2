"""What one service costs one request, in effective minutes, and why: travel plus named drawbacks.

What lives here: the cost of one service, in parts that add up. What must not: the order of many,
the rules that leave a service out. Drawbacks are never negative, so travel is a lower bound.
Source: R68 (rank by fit, verified capacity, time to first contact, distance); weights ADR 0004.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Literal
from uuid import UUID

from ccr.domain.answer_times import NOT_TOLD, AnswerTimes
from ccr.domain.answering import HoursOnce, HoursReader, calendar_or_none
from ccr.domain.directory import Agreement, Point, Precision, Service, Site
from ccr.domain.eligibility import left_out, wanted_language
from ccr.domain.freshness import capacity_is_fresh, outdated, stale
from ccr.domain.geography import distance_km, travel_minutes
from ccr.domain.languages import language_name
from ccr.domain.moments import weekday_time
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.populations import known_match
from ccr.domain.reasons import language_mode, needs_met, reasons_for, unknowns_of
from ccr.domain.routing_request import AreaPartner, CostPart, LeftOut, Partner, RouteRequest
from ccr.domain.taxonomy import CapacityStatus, Known, LanguageMode, Need, Transport
from ccr.domain.ways import DIRECT, Ways
from ccr.domain.weights import DEFAULT, Weights

PartName = Literal[
    "travel",
    "hours",
    "language",
    "capacity",
    "listing",
    "agreement",
    "pathway",
    "answer",
    "slow",
    "fit",
]

_BY: dict[Transport, Phrase] = {
    Transport.CAR: phrase("Trip by car, estimate"),
    Transport.TRANSIT: phrase("Trip by bus or train, estimate"),
    Transport.FOOT: phrase("Trip on foot, estimate"),
}


@dataclass(frozen=True, slots=True)
class Search:
    """One request with everything that judging a service for it needs.

    Attributes:
        agreements: by other member, whether an agreement with the sender is in force at `at`;
            members without any are absent.
        ways: what lies between the sender and each kind of partner.
        answer_times: how long members took to answer in the last published year.
    """

    request: RouteRequest
    hours: HoursReader
    weights: Weights = DEFAULT
    agreements: Mapping[UUID, bool] = field(default_factory=dict)
    ways: Ways = DIRECT
    answer_times: AnswerTimes = NOT_TOLD


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service with a public point that may be proposed, and what it costs."""

    service: Service
    needs: tuple[Need, ...]
    site: Site
    distance_km: float
    effective_minutes: int
    parts: tuple[CostPart, ...]

    @property
    def rank(self) -> tuple[int, float, UUID]:
        """Return its place in the order: effective minutes, then distance, then id."""
        return (self.effective_minutes, self.distance_km, self.service.id)


def search_for(
    request: RouteRequest,
    agreements: Iterable[Agreement],
    *,
    hours: HoursReader,
    weights: Weights = DEFAULT,
    ways: Ways = DIRECT,
    answer_times: AnswerTimes = NOT_TOLD,
) -> Search:
    """Return the search for a request, with the sender's agreements sorted out by member."""
    in_force = agreements_in_force(request.sender_member_id, agreements, request.at.date())
    return Search(request, HoursOnce(hours), weights, in_force, ways, answer_times)


def agreements_in_force(
    sender: UUID | None, agreements: Iterable[Agreement], on: date
) -> dict[UUID, bool]:
    """Return whether a sender's agreements are in force on a day, by the other member."""
    in_force: dict[UUID, bool] = {}
    for agreement in agreements:
        if sender not in agreement.member_ids:
            continue
        for other in agreement.member_ids - {sender}:
            in_force[other] = in_force.get(other, False) or agreement.in_force(on)
    return in_force


@lru_cache(maxsize=50_000)
def _measured_km(a: Point, b: Point) -> float:
    """Return the geodesic distance; searches start from ZIP centres, so pairs come again."""
    return distance_km(a, b)


class Trip:
    """The trip to the nearest public site of a service, measured when first asked for."""

    def __init__(self, service: Service, request: RouteRequest) -> None:
        self._service = service
        self._request = request

    @cached_property
    def _nearest(self) -> tuple[float, UUID, Site]:
        near = self._request.near.point
        return min(
            (_measured_km(near, site.point), site.id, site)
            for site in self._service.sites
            if site.point is not None
        )

    @property
    def km(self) -> float:
        """Return the geodesic distance in km."""
        return self._nearest[0]

    @property
    def site(self) -> Site:
        """Return the nearest site with a point; ties by id."""
        return self._nearest[2]

    @cached_property
    def minutes(self) -> int:
        """Return the whole minutes that the trip takes."""
        return travel_minutes(self.km, self._request.transport)


def is_remote_too(service: Service) -> bool:
    """Return True when the person need not go there: by phone or online as well."""
    return service.by_phone or service.virtual


def judge(service: Service, search: Search) -> Candidate | LeftOut:
    """Return what a service with a public point costs, or the limit that stops it."""
    trip = Trip(service, search.request)
    stopped = left_out(
        service,
        search.request,
        hours=search.hours,
        weights=search.weights,
        within_reach=lambda: trip.minutes <= search.weights.reach,
    )
    return stopped or candidate_for(service, search, trip, drawbacks(service, search))


def candidate_for(
    service: Service, search: Search, trip: Trip, others: tuple[CostPart, ...]
) -> Candidate:
    """Return the candidate: `others` are its drawbacks, to which its travel is added."""
    parts = tuple(p for p in (travel_part(service, search, trip.minutes), *others) if p.minutes)
    return Candidate(
        service=service,
        needs=needs_met(service, search.request),
        site=trip.site,
        distance_km=trip.km,
        effective_minutes=sum(part.minutes for part in parts),
        parts=parts,
    )


def judge_by_area(service: Service, search: Search) -> LeftOut | None:
    """Return the limit that stops a service known by area alone, or None."""
    return left_out(service, search.request, hours=search.hours, weights=search.weights)


def as_partner(candidate: Candidate, search: Search) -> Partner:
    """Return the partner in full: with reasons and what is not known."""
    service, request = candidate.service, search.request
    return Partner(
        service=service,
        needs=candidate.needs,
        site_id=candidate.site.id,
        distance_km=candidate.distance_km,
        precision=max(candidate.site.precision, request.near.precision, key=_roughness),
        effective_minutes=candidate.effective_minutes,
        parts=candidate.parts,
        reasons=_reasons(service, search),
        unknown=_unknown(service, search),
    )


def as_area_partner(service: Service, search: Search) -> AreaPartner:
    """Return the area partner in full. Nothing here depends on where in the area one stands."""
    return AreaPartner(
        service=service,
        needs=needs_met(service, search.request),
        reasons=_reasons(service, search),
        unknown=_unknown(service, search),
    )


def drawbacks(service: Service, search: Search) -> tuple[CostPart, ...]:
    """Return every part of the effective minutes but travel, in fixed order, without zeros."""
    parts = (
        hours_part(service, search),
        _language(service, search),
        _capacity(service, search),
        _listing(service, search),
        _agreement(service, search),
        _pathway(service, search),
        _answer(service, search),
        _slow(service, search),
        _fit(service, search),
    )
    return tuple(part for part in parts if part is not None and part.minutes)


def travel_part(service: Service, search: Search, trip: int) -> CostPart:
    """Return the part for a trip of so many minutes.

    For a service that also helps by phone or online it counts up to the reach and no further.
    """
    if is_remote_too(service) and trip > search.weights.reach:
        return _part("travel", search.weights.reach, phrase("Too far to go: by phone or online"))
    return _part("travel", trip, _BY[search.request.transport])


def _part(name: PartName, minutes: int, text: Phrase) -> CostPart:
    return CostPart(name, minutes, text)


def hours_part(service: Service, search: Search) -> CostPart | None:
    """Return what being closed at that moment, or hours not known, cost; None when open."""
    at = search.request.at
    calendar = calendar_or_none(service.opening_hours, service.timezone, search.hours)
    if calendar is None:
        return _part("hours", search.weights.hours_unknown, phrase("Hours not known"))
    if calendar.is_open(at):
        return None
    most = search.weights.closed_at_most(search.request.urgency)
    opens = calendar.next_change(at)
    if opens is None:
        return _part("hours", most, phrase("Closed, and no opening is known"))
    wait = -int((at - opens) // timedelta(minutes=1))
    when = weekday_time(opens, service.timezone, now=at)
    return _part("hours", min(wait, most), phrase("Closed until %(when)s", when=when))


def _language(service: Service, search: Search) -> CostPart | None:
    wanted = wanted_language(search.request)
    if wanted is None:
        return None
    mode, name = language_mode(service, wanted), language_name(wanted)
    if mode is LanguageMode.STAFF:
        return None
    if mode is LanguageMode.INTERPRETER:
        text = phrase("%(language)s by interpreter, not by staff", language=name)
        return _part("language", search.weights.language_interpreter, text)
    text = phrase("Whether they speak %(language)s is not known", language=name)
    return _part("language", search.weights.language_unknown, text)


def _capacity(service: Service, search: Search) -> CostPart | None:
    weights, capacity = search.weights, service.capacity
    status = CapacityStatus.UNKNOWN if capacity is None else capacity.status
    minutes, text = {
        CapacityStatus.UNKNOWN: (weights.capacity_unknown, phrase("Room is not known")),
        CapacityStatus.WAITLIST: (weights.capacity_waitlist, phrase("They keep a waitlist")),
        CapacityStatus.ADDITIONAL_ASSESSMENT: (
            weights.capacity_assessment,
            phrase("They decide after an assessment"),
        ),
        CapacityStatus.NO_CAPACITY: (
            weights.capacity_full_old,
            phrase("They were full; the figure is old"),
        ),
        CapacityStatus.CAPACITY: (weights.capacity_old, phrase("The room figure is old")),
    }[status]
    if status is CapacityStatus.CAPACITY and capacity_is_fresh(service, search.request.at, weights):
        return None
    return _part("capacity", minutes, text)


def _listing(service: Service, search: Search) -> CostPart | None:
    at, weights = search.request.at, search.weights
    if service.last_verified_at is None:
        text = phrase("Listing not verified yet")
        return _part("listing", weights.listing_never_verified, text)
    if outdated(service, at, weights):
        return _part("listing", weights.listing_outdated, _unverified_for(weights.outdated_days))
    if stale(service, at, weights):
        return _part("listing", weights.listing_stale, _unverified_for(weights.verified_days))
    return None


def _unverified_for(days: int) -> Phrase:
    """Return how long a listing was not verified, at least: whole months, two or more."""
    months = days * 12 // 365
    return phrase("Listing not verified for over %(months)s months", months=months)


def _agreement(service: Service, search: Search) -> CostPart | None:
    sender = search.request.sender_member_id
    if sender is None or service.member.id == sender:
        return None
    in_force = search.agreements.get(service.member.id)
    if in_force is None:
        text = phrase("No agreement with them yet")
        return _part("agreement", search.weights.agreement_missing, text)
    if in_force:
        return None
    text = phrase("The agreement with them has lapsed")
    return _part("agreement", search.weights.agreement_lapsed, text)


def _pathway(service: Service, search: Search) -> CostPart:
    text = phrase("Not direct: another partner hands on")
    return _part("pathway", search.ways.minutes(service), text)


def _answer(service: Service, search: Search) -> CostPart | None:
    if service.member.on_ccr:
        return None
    if service.member.by_phone:
        text = phrase("They answer by phone: call first")
    elif service.member.by_link:
        text = phrase("They answer by link: call and read out a code")
    else:
        text = phrase("They do not read CCR: call first")
    return _part("answer", search.weights.not_on_ccr, text)


def _slow(service: Service, search: Search) -> CostPart:
    """Return the part of a partner that took longer than the network to answer, in a past year."""
    hours = search.answer_times.hours_beyond(service.member.id)
    text = phrase("They took longer than most to answer last year")
    return _part("slow", search.weights.slow(hours), text)


def _fit(service: Service, search: Search) -> CostPart | None:
    missing = [need for need in search.request.needs if need not in service.needs]
    for_others = service.populations_only and known_match(service, search.request) is Known.UNKNOWN
    minutes = len(missing) * search.weights.need_not_covered
    if for_others:
        minutes += search.weights.made_for_others
    return _part("fit", minutes, _fit_words(missing, for_others=for_others))


def _fit_words(missing: list[Need], *, for_others: bool) -> Phrase:
    if missing and for_others:
        return phrase("Not for every need, and made for a group")
    if for_others:
        return phrase("Made for a group: call to check")
    if len(missing) == 1:
        return phrase("Does not help with: %(need)s", need=missing[0].label)
    return phrase("Does not help with %(count)s of the needs", count=len(missing))


def _reasons(service: Service, search: Search) -> tuple[Phrase, ...]:
    return reasons_for(
        service,
        search.request,
        hours=search.hours,
        weights=search.weights,
        agreement_in_force=search.agreements.get(service.member.id, False),
    )


def _unknown(service: Service, search: Search) -> tuple[Phrase, ...]:
    return unknowns_of(service, search.request, hours=search.hours, weights=search.weights)


def _roughness(precision: Precision) -> float:
    return precision.about_km
