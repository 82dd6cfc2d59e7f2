"""Directory and requests in the numbers of the peer's tables.

What lives here: which number or bit stands for what, rows to store, parameters of one question.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from ccr.domain.answering import HoursReader, calendar_or_none, coverage_now
from ccr.domain.areas import by_area_alone
from ccr.domain.directory import Place, Service
from ccr.domain.eligibility import wanted_language
from ccr.domain.geography import TRAVEL
from ccr.domain.populations import known_match
from ccr.domain.routing_request import RouteRequest
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    CoverageMode,
    Gender,
    Known,
    LanguageMode,
    Need,
    Population,
    Track,
    Transport,
    Urgency,
)
from ccr.domain.weights import DEFAULT
from tests.bench.directory_parts import MOST_SITES
from tests.bench.large_directory import LargeDirectory
from tests.bench.postgis_sql import NEVER

NEEDS = {need: number for number, need in enumerate(Need)}
TRACKS = {track: 1 << number for number, track in enumerate(Track)}
ACCESS = {access: 1 << number for number, access in enumerate(Access)}
POPULATIONS = {population: 1 << number for number, population in enumerate(Population)}
GENDERS = {Gender.ALL: 3, Gender.UNKNOWN: 3, Gender.WOMEN: 1, Gender.MEN: 2}
ROOM = {
    CapacityStatus.UNKNOWN: 1,
    CapacityStatus.CAPACITY: 2,
    CapacityStatus.WAITLIST: 3,
    CapacityStatus.ADDITIONAL_ASSESSMENT: 4,
    CapacityStatus.NO_CAPACITY: 5,
}
UNSTATED, SOME_ZIPS, NATION = 0, 1, 2
"""Areas that are no places: none is stated, and some are ZIPs (for a place that has none)."""
OLDEST = 1000
_SLOPES = 3


class Questions:
    """What the peer stores of a directory, and what it is sent for a request."""

    COLUMNS = (
        "need_list", "areas", "service", "member", "compartment", "needs", "tracks", "low", "high",
        "genders", "pops", "pops_only", "staff", "interpreter", "refuses", "room", "room_at",
        "verified", "not_on_ccr", "hours", "coverage", "remote", "geog",
    )  # fmt: skip

    def __init__(self, directory: LargeDirectory, hours: HoursReader) -> None:
        self._services = directory.snapshot.services
        self._hours = hours
        # Numbers in the order of the ids, so that ties fall as they must.
        self.ids: list[UUID] = sorted(service.id for service in self._services)
        self._number = {service_id: number for number, service_id in enumerate(self.ids)}
        self._members = _Numbers()
        self._compartments = _Numbers()
        self._languages = _Numbers()
        self._areas = _Numbers(first=NATION + 1)
        self._patterns: dict[tuple[str | None, str], int] = {}
        self._rotas: dict[tuple[Any, str], int] = {}
        self._rota_of: list[Service] = []
        self._agreements: dict[UUID, list[tuple[int, Any]]] = {}
        for agreement in directory.snapshot.agreements:
            for own in agreement.member_ids:
                for other in agreement.member_ids - {own}:
                    entry = (self._members[other], agreement)
                    self._agreements.setdefault(own, []).append(entry)
        self.costs_of_hours = lru_cache(maxsize=64)(self._costs_of_hours)
        self.who_answers = lru_cache(maxsize=64)(self._who_answers)

    # -- what is stored --------------------------------------------------------------------------

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield a row for each public place of each service that may be proposed at all."""
        for service in self._services:
            if service.routable and not by_area_alone(service):
                row = self._row(service)
                for site in service.sites:
                    if site.point is not None:
                        yield (*row, f"SRID=4326;POINT({site.point.lon!r} {site.point.lat!r})")

    def _row(self, service: Service) -> tuple[Any, ...]:
        room, spoken = service.capacity, service.languages
        needs = sorted(NEEDS[need] for need in service.needs)
        rota = (service.coverage, service.timezone)
        if rota not in self._rotas:
            self._rota_of.append(service)
        return (
            needs,
            self._area_list(service),
            self._number[service.id],
            self._members[service.member.id],
            self._compartments[service.compartment_id],
            sum(1 << need for need in needs),
            sum(TRACKS[track] for track in _tracks(service.tracks, service.compartment_kind)),
            service.minimum_age or 0,
            OLDEST if service.maximum_age is None else service.maximum_age,
            GENDERS[service.gender_served],
            sum(POPULATIONS[population] for population in service.populations),
            service.populations_only,
            sum({1 << self._languages[s.code] for s in spoken if s.mode is LanguageMode.STAFF}),
            sum({1 << self._languages[s.code] for s in spoken if s.mode is not LanguageMode.STAFF}),
            sum(ACCESS[a] for a, known in service.accessibility.items() if known is Known.NO),
            ROOM[CapacityStatus.UNKNOWN if room is None else room.status],
            -1 if room is None or room.updated_at is None else minutes(room.updated_at),
            NEVER if service.last_verified_at is None else minutes(service.last_verified_at),
            0 if service.member.on_ccr else DEFAULT.not_on_ccr,
            self._patterns.setdefault(
                (service.opening_hours, service.timezone), len(self._patterns) + 1
            ),
            self._rotas.setdefault(rota, len(self._rotas) + 1),
            service.by_phone or service.virtual,
        )

    def _area_list(self, service: Service) -> list[int]:
        if not service.areas:
            return [UNSTATED]
        found = {
            NATION if a.extent is AreaExtent.NATION else self._areas[a.extent, a.code]
            for a in service.areas
        }
        if any(area.extent is AreaExtent.ZIP for area in service.areas):
            found.add(SOME_ZIPS)
        return sorted(found)

    # -- what is asked ---------------------------------------------------------------------------

    def parameters(self, request: RouteRequest, schema: str) -> dict[str, Any]:
        """Return the parameters of the question for a schema, as text that PostgreSQL types."""
        asked = [NEEDS[need] for need in request.needs]
        mask = sum(1 << need for need in asked)
        stated, loose = self._covering(request.near), [UNSTATED]
        if request.near.zip_code is None:
            loose.append(SOME_ZIPS)
        areas = [*stated, *loose] if schema == "by area" else [0]
        keys = [(need + 64 * area, need, area) for need in asked for area in areas]
        low, high = (0, OLDEST - 1) if request.age_band is None else request.age_band.years
        language = wanted_language(request)
        in_force, lapsed = self._agreed(request)
        at = minutes(request.at)
        values = {
            "keys": [key for key, _, _ in keys],
            "lower": [mask & ((1 << need) - 1) for _, need, _ in keys],
            "stated": [area in stated for _, _, area in keys],
            "areas": stated,
            "loose": [*stated, *loose],
            "needs": mask,
            "asked": len(asked),
            "track": TRACKS[request.track],
            "low": low,
            "high": high,
            "gender": GENDERS[request.gender or Gender.ALL],
            "access": sum(ACCESS[access] for access in request.access),
            "language": 0 if language is None else 1 << self._languages[language],
            **_populations(request),
            "compartment": self._compartments.get(request.sender_compartment_id, -1),
            "excluded": [self._members[member] for member in request.excluded_members],
            "alone": request.sender_member_id is None,
            "agreed": in_force,
            "lapsed": lapsed,
            "answers": self.who_answers(request.at, request.urgency),
            "hours": self.costs_of_hours(request.at, request.urgency),
            "outdated": at - DEFAULT.outdated_days * 1440,
            "stale": at - DEFAULT.verified_days * 1440,
            "fresh": at - DEFAULT.capacity_fresh_days * 1440,
            "point": f"SRID=4326;POINT({request.near.point.lon!r} {request.near.point.lat!r})",
            "most": request.limit * MOST_SITES,
            **_lines(request.transport),
        }
        texts: dict[str, Any] = {name: _text(value) for name, value in values.items()}
        return {**texts, "numbers": values["keys"]}

    def _covering(self, place: Place) -> list[int]:
        named = (
            (AreaExtent.STATE, place.state),
            (AreaExtent.COUNTY, place.county_fips),
            (AreaExtent.ZIP, place.zip_code),
        )
        return [NATION, *(self._areas[key] for key in named if key in self._areas)]

    def _agreed(self, request: RouteRequest) -> tuple[list[int], list[int]]:
        """Return the members with an agreement in force, and the own one, and with a lapsed one."""
        sender = request.sender_member_id
        if sender is None:
            return [], []
        held = self._agreements.get(sender, [])
        in_force = {other for other, a in held if a.in_force(request.at.date())}
        return [self._members[sender], *in_force], [o for o, _ in held if o not in in_force]

    def _costs_of_hours(self, at: datetime, urgency: Urgency) -> str:
        """Return what being closed costs at a moment, by pattern."""
        costs = []
        for text, timezone in self._patterns:
            calendar = calendar_or_none(text, timezone, self._hours)
            if calendar is None:
                costs.append(DEFAULT.hours_unknown)
            elif calendar.is_open(at):
                costs.append(0)
            else:
                opens, most = calendar.next_change(at), DEFAULT.closed_at_most(urgency)
                wait = most if opens is None else -int((at - opens).total_seconds() // 60)
                costs.append(min(wait, most))
        return _text(costs)

    def _who_answers(self, at: datetime, urgency: Urgency) -> str:
        """Return whether somebody may answer at a moment, by rota; always where it can wait.

        The rotas of the bench name no need.
        """
        if urgency is not Urgency.IMMEDIATE:
            return _text([True] * len(self._rota_of))
        return _text(
            [
                coverage_now(service, (), at, self._hours).mode is not CoverageMode.NOBODY
                for service in self._rota_of
            ]
        )


class _Numbers(dict[Any, int]):
    """Numbers given as things are first met."""

    def __init__(self, first: int = 0) -> None:
        super().__init__()
        self._first = first

    def __missing__(self, key: Any) -> int:
        self[key] = len(self) + self._first
        return self[key]


def minutes(at: datetime) -> int:
    """Return a moment as whole minutes; the bench knows no finer ones."""
    return int((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) // 60


@cache
def _tracks(stated: frozenset[Track], kind: CompartmentKind) -> frozenset[Track]:
    """Return the tracks that a service of this kind of program may be proposed for."""
    allowed = stated or frozenset(Track)
    if kind is CompartmentKind.APIP:
        return allowed - {Track.SURVIVOR, Track.CHILD}
    if kind is CompartmentKind.VICTIM_SERVICES:
        return allowed - {Track.ABUSIVE_PARTNER}
    return allowed


def _populations(request: RouteRequest) -> dict[str, int]:
    """Return which groups the person surely is of, and which surely or perhaps."""
    answers = {bit: _is_of(population, request) for population, bit in POPULATIONS.items()}
    surely = sum(bit for bit, known in answers.items() if known is Known.YES)
    perhaps = sum(bit for bit, known in answers.items() if known is not Known.NO)
    return {"surely": surely, "perhaps": perhaps}


def _is_of(population: Population, request: RouteRequest) -> Known:
    class Only:
        populations = frozenset({population})

    return known_match(Only, request)  # type: ignore[arg-type] # it reads nothing else


@cache
def _lines(transport: Transport) -> dict[str, float]:
    """Return travel as the least of three lines over km: near, far, and on foot for a bus."""
    ways = [TRAVEL[transport]]
    if transport is Transport.TRANSIT:
        ways.append(TRAVEL[Transport.FOOT])
    lines = []
    for way in ways:
        at_the_bend = way.near_km * (60 / way.near_kmh - 60 / way.far_kmh)
        lines.append((way.fixed_minutes, way.detour * 60 / way.near_kmh))
        lines.append((way.fixed_minutes + at_the_bend, way.detour * 60 / way.far_kmh))
    lines = list(dict.fromkeys(lines))
    lines += lines[-1:] * (_SLOPES - len(lines))
    return {
        f"{name}_{number}": value
        for number, line in enumerate(lines[:_SLOPES], start=1)
        for name, value in zip(("fixed", "slope"), line, strict=True)
    }


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "{" + ",".join(_text(item) for item in value) + "}"
    return str(value)
