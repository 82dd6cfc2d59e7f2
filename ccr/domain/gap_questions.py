"""For whom the gap matrix is asked, and how they would get there.

What lives here: whether one service fits who asks (party, group, language, access, hours) and how
(in person, within so many minutes, by phone, by video). What must not: needs, areas, people.

A fact that says no takes a service out. A fact that nobody stated does not: unknown is never no
(R85), nor is it yes, so that the service counts as one to call and check. A confidential service
has no place, so that minutes are never asked of it: it counts by its area alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from ccr.domain.directory import Point, Service
from ccr.domain.errors import InvalidInputError
from ccr.domain.geography import distance_km, travel_minutes
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import (
    Access,
    AgeBand,
    CompartmentKind,
    CoverageMode,
    Gender,
    Known,
    Population,
    Track,
    Transport,
)

MINUTES = (15, 30, 45, 60, 90)
"""The choices of "within so many minutes by car". Our choice."""


class When(StrEnum):
    """Hours that people with work, children or fear can use."""

    EVENING = "evening"
    WEEKEND = "weekend"
    NIGHT = "night"

    @property
    def label(self) -> Phrase:
        """Return what it is called."""
        return _WHEN_WORDS[self.value]


_WHEN_WORDS = {
    "evening": phrase("On a weekday evening (19:00)"),
    "weekend": phrase("At a weekend (11:00 or 15:00)"),
    "night": phrase("Every night (22:00, 02:00, 05:00)"),
}


class Way(StrEnum):
    """How a service can be had."""

    IN_PERSON = "in-person"
    PHONE = "phone"
    VIRTUAL = "virtual"

    @property
    def label(self) -> Phrase:
        """Return what it is called."""
        return _WAY_WORDS[self.value]


_WAY_WORDS = {
    "in-person": phrase("In person"),
    "phone": phrase("By phone"),
    "virtual": phrase("By video"),
}


class Calendar(Protocol):
    """The open hours of one service."""

    def is_open(self, at: datetime) -> bool:
        """Return True when it is open at `at` (aware)."""


class Hours(Protocol):
    """Reads opening-hours text."""

    def calendar(self, text: str, timezone: str, /) -> Calendar:
        """Return the calendar of an OSM text; raises InvalidInputError."""


@dataclass(frozen=True, slots=True)
class GapQuestion:
    """Who asks and how; every None asks nothing, so that GapQuestion() is the whole matrix.

    Attributes:
        language: code, or None for English or no wish.
        minutes: by car, at most; asked only with `way` in person.
    """

    track: Track | None = None
    group: Population | None = None
    language: str | None = None
    access: Access | None = None
    when: When | None = None
    way: Way | None = None
    minutes: int | None = None

    @property
    def asks(self) -> bool:
        """Return True when anything is asked at all."""
        return self != EVERYBODY


EVERYBODY = GapQuestion()


def fits(service: Service, question: GapQuestion, hours: Hours, at: datetime) -> Known:
    """Return whether a service fits who asks, wherever they are; minutes are `mostly_within`.

    NO when any stated fact says no; else UNKNOWN when any that is asked for was not stated.
    """
    verdicts = [
        _track(service, question.track) if question.track else Known.YES,
        _group(service, question.group) if question.group else Known.YES,
        _language(service, question.language) if question.language else Known.YES,
        service.accessibility.get(question.access, Known.UNKNOWN) if question.access else Known.YES,
        _when(service, question.when, hours, at) if question.when else Known.YES,
        _way(service, question.way) if question.way else Known.YES,
    ]
    return least(verdicts)


def least(verdicts: Sequence[Known]) -> Known:
    """Return NO when any is no, else UNKNOWN when any is unknown, else YES."""
    if Known.NO in verdicts:
        return Known.NO
    return Known.UNKNOWN if Known.UNKNOWN in verdicts else Known.YES


def mostly_within(service: Service, area: Sequence[Point], minutes: int) -> Known:
    """Return whether half or more of an area's points are within so many minutes by car.

    UNKNOWN for a public service without coordinates, and for an area without points; YES for a
    confidential one, of which no distance is asked. The fast form is ccr.engine.area_reach.
    """
    if service.confidential:
        return Known.YES
    sites = [site.point for site in service.sites if site.point]
    if not sites or not area:
        return Known.UNKNOWN
    near = sum(
        min(travel_minutes(distance_km(point, site), Transport.CAR) for site in sites) <= minutes
        for point in area
    )
    return Known.YES if 2 * near >= len(area) else Known.NO


def open_at(service: Service, hours: Hours, moments: Sequence[datetime], *, every: bool) -> Known:
    """Return whether somebody is there at all (or any) of these moments, by its stated hours."""
    texts = [c.opening_hours for c in service.coverage if c.mode is not CoverageMode.NOBODY]
    if service.opening_hours:
        texts.append(service.opening_hours)
    known, asked = False, all if every else any
    for text in texts:
        try:
            calendar = hours.calendar(text, service.timezone)
        except InvalidInputError:
            continue  # hours that cannot be read say nothing
        known = True
        if asked(calendar.is_open(moment) for moment in moments):
            return Known.YES
    return Known.NO if known else Known.UNKNOWN


def moments_of_week(
    service: Service, at: datetime, times: Sequence[time], days: Callable[[int], bool]
) -> list[datetime]:
    """Return these times on those days (Monday is 0) of the week from `at`, on its wall clock."""
    zone = ZoneInfo(service.timezone)
    first = at.astimezone(zone).date()
    week = [first + timedelta(days=ahead) for ahead in range(7)]
    return [datetime.combine(d, t, zone) for d in week if days(d.weekday()) for t in times]


NIGHT_HOURS = (time(22), time(2), time(5))
"""Whoever is there at these hours on each of seven days answers at night. Our choice."""
_SATURDAY = 5


def _when(service: Service, when: When, hours: Hours, at: datetime) -> Known:
    if when is When.NIGHT:
        moments = moments_of_week(service, at, NIGHT_HOURS, lambda _: True)
        return open_at(service, hours, moments, every=True)
    if when is When.EVENING:
        moments = moments_of_week(service, at, (time(19),), lambda day: day < _SATURDAY)
    else:
        moments = moments_of_week(service, at, (time(11), time(15)), lambda day: day >= _SATURDAY)
    return open_at(service, hours, moments, every=False)


def _track(service: Service, track: Track) -> Known:
    apart = {
        CompartmentKind.APIP: {Track.SURVIVOR, Track.CHILD},
        CompartmentKind.VICTIM_SERVICES: {Track.ABUSIVE_PARTNER},
    }
    if track in apart.get(service.compartment_kind, ()):
        return Known.NO
    if not service.tracks:
        return Known.UNKNOWN
    return Known.YES if track in service.tracks else Known.NO


_AGES = {Population.TEEN: AgeBand.TEEN, Population.ELDER: AgeBand.OLDER}


def _group(service: Service, group: Population) -> Known:
    """Return whether it takes a group: a facet is no limit, unless the listing says "only"."""
    if service.populations_only and service.populations and group not in service.populations:
        return Known.NO
    if group is Population.MALE_SURVIVORS:
        return {Gender.WOMEN: Known.NO, Gender.UNKNOWN: Known.UNKNOWN}.get(
            service.gender_served, Known.YES
        )
    if group in _AGES:
        low, high = _AGES[group].years
        too_young = service.minimum_age is not None and high < service.minimum_age
        too_old = service.maximum_age is not None and low > service.maximum_age
        return Known.NO if too_young or too_old else Known.YES
    return Known.YES


def _language(service: Service, language: str) -> Known:
    spoken = {spoken.code for spoken in service.languages}
    if not spoken:
        return Known.UNKNOWN
    return Known.YES if language in spoken else Known.NO


def _way(service: Service, way: Way) -> Known:
    there = {
        Way.IN_PERSON: service.in_person,
        Way.PHONE: service.by_phone,
        Way.VIRTUAL: service.virtual,
    }
    return Known.YES if there[way] else Known.NO
