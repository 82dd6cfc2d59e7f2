"""The gap matrix: need by county, from directory facts alone (R88). Nothing here knows a person.

What lives here: which services count for a county, and what that makes of a cell. What must not:
referrals, counts of people, distance. The rule, as the page and docs/coordinators.md say it:

- Only a routable service counts (active, not "do not refer", of an active member).
- A service counts for the counties and ZIPs of its stated area. With a state-wide area, or none, it
  counts for the counties of the public places where it is given. A confidential service has no
  place, so it counts by its area alone.
- A service for the whole state or nation is counted apart and fills no cell: a state-wide line does
  not make advocacy in Greene. The one exception is a hotline, which is a phone wherever it rings.
- A service for abusive partners alone fills no cell of a need of survivors.
- Old facts: nobody verified any of its services within six months (R97), or ever. One only: one
  member with facts younger than that. Members are counted, not services.

Adding a service never makes a cell worse, and the order of services does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.directory import Coverage, DirectorySnapshot, Service
from ccr.domain.errors import InvalidInputError
from ccr.domain.freshness import stale
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import AreaExtent, CoverageMode, Need, Track

NIGHT = "night-answer"
"""The line of the matrix that is no need: does somebody answer at night."""
FIRST_LINES: tuple[str, ...] = (
    Need.EMERGENCY_SHELTER.value,
    NIGHT,
    Need.HOTLINE.value,
    Need.ADVOCACY.value,
    Need.PROTECTION_ORDER.value,
    Need.COUNSELING.value,
    Need.FAMILY_LAW.value,
    Need.HOUSING.value,
    Need.SUPERVISED_VISITATION.value,
    Need.ABUSIVE_PARTNER_INTERVENTION.value,
)
"""What matters most, first; the others follow in the order of the vocabulary. Our choice."""
LINES: tuple[str, ...] = (*FIRST_LINES, *(n.value for n in Need if n.value not in FIRST_LINES))
ANSWERING_NEEDS = frozenset(
    {
        Need.IMMEDIATE_SAFETY,
        Need.EMERGENCY_SHELTER,
        Need.HOTLINE,
        Need.ADVOCACY,
        Need.SAFETY_PLANNING,
    }
)
NIGHT_HOURS = (time(22), time(2), time(5))
"""Whoever is there at these hours on each of seven days answers at night. Our choice."""
ABOUT_ABUSIVE_PARTNERS = frozenset({Need.ABUSIVE_PARTNER_INTERVENTION, Need.SUPERVISION})


class CellState(StrEnum):
    """What a cell is, worst first."""

    NONE = "none"
    STALE = "stale"
    SINGLE = "single"
    ADEQUATE = "adequate"

    @property
    def rank(self) -> int:
        """Return 0 for the worst."""
        return list(CellState).index(self)


class Calendar(Protocol):
    """The open hours of one service."""

    def is_open(self, at: datetime) -> bool:
        """Return True when it is open at `at` (aware)."""


class Hours(Protocol):
    """Reads opening-hours text."""

    def calendar(self, text: str, timezone: str, /) -> Calendar:
        """Return the calendar of an OSM text; raises InvalidInputError."""


@dataclass(frozen=True, slots=True, order=True)
class County:
    """A county: name without "County", five-digit FIPS, state in two letters."""

    name: str
    fips: str
    state: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One need in one county, with its evidence.

    Attributes:
        checked: services here whose facts are young enough.
        unchecked: services here that nobody verified in time.
        wide: services for the whole state or nation; they fill no cell.
    """

    line: str
    county: County
    checked: tuple[Service, ...] = ()
    unchecked: tuple[Service, ...] = ()
    wide: tuple[Service, ...] = ()

    @property
    def state(self) -> CellState:
        """Return what the evidence makes of the cell."""
        members = self.members
        if len(members) > 1:
            return CellState.ADEQUATE
        if members:
            return CellState.SINGLE
        return CellState.STALE if self.unchecked else CellState.NONE

    @property
    def members(self) -> frozenset[UUID]:
        """Return the members whose facts are young enough."""
        return frozenset(service.member.id for service in self.checked)


@dataclass(frozen=True)
class GapMatrix:
    """Every cell of a network, by (line, county FIPS).

    Attributes:
        lines: codes of needs, and NIGHT, most important first.
        counties: those that any counted service is for, by name.
        unplaced: routable services that nobody placed: no area, no county of a site.
        unmapped: routable services of which no need is known.
    """

    lines: tuple[str, ...]
    counties: tuple[County, ...]
    cells: Mapping[tuple[str, str], Cell]
    unplaced: tuple[Service, ...] = ()
    unmapped: tuple[Service, ...] = ()

    def cell(self, line: str, fips: str) -> Cell:
        """Return a cell; KeyError when the matrix has no such line or county."""
        return self.cells[line, fips]

    def line(self, line: str) -> tuple[Cell, ...]:
        """Return the cells of a line, in the order of the counties."""
        return tuple(self.cells[line, county.fips] for county in self.counties)

    def counts(self) -> dict[CellState, int]:
        """Return how many cells are in each state."""
        found = dict.fromkeys(CellState, 0)
        for cell in self.cells.values():
            found[cell.state] += 1
        return found


def line_label(line: str) -> Phrase:
    """Return what a line is called."""
    return phrase("Answer at night") if line == NIGHT else Need(line).label


def gap_matrix(
    snapshot: DirectorySnapshot,
    *,
    county: Callable[[str], County | None],
    county_of_zip: Callable[[str], str | None],
    hours: Hours,
    at: datetime,
) -> GapMatrix:
    """Return the matrix of a directory as it stands at `at`.

    county: FIPS to county, or None for a code that is none. county_of_zip: ZIP to FIPS, or None.
    Source: R88; the rule stands at the top of this file.
    """
    services = sorted((s for s in snapshot.services if s.routable), key=lambda s: (s.name, s.id))
    places = {s.id: local_counties(s, county_of_zip) for s in services}
    found = (county(fips) for fips in sorted({f for here in places.values() for f in here}))
    counties = sorted(c for c in found if c is not None)
    local: dict[tuple[str, str], list[Service]] = defaultdict(list)
    wide: dict[tuple[str, str], list[Service]] = defaultdict(list)
    states = {c.state for c in counties}
    for service in services:
        for line in _lines_of(service, hours, at):
            for fips in places[service.id]:
                local[line, fips].append(service)
            for state in _wide_states(service, states):
                wide[line, state].append(service)
    cells = {
        (line, c.fips): _cell(line, c, local[line, c.fips], wide[line, c.state], at)
        for line in LINES
        for c in counties
    }
    return GapMatrix(
        lines=LINES,
        counties=tuple(counties),
        cells=cells,
        unplaced=tuple(s for s in services if not places[s.id] and not _is_wide(s)),
        unmapped=tuple(s for s in services if not s.needs),
    )


def local_counties(service: Service, county_of_zip: Callable[[str], str | None]) -> frozenset[str]:
    """Return the FIPS codes of the counties that a service counts for; none for a wide one."""
    stated = {a.code for a in service.areas if a.extent is AreaExtent.COUNTY}
    of_zips = {county_of_zip(a.code) for a in service.areas if a.extent is AreaExtent.ZIP}
    stated |= {fips for fips in of_zips if fips}
    if stated:
        return frozenset(stated)
    if not service.in_person:
        return frozenset()
    return frozenset(site.county_fips for site in service.sites if site.county_fips)


def counts_for(service: Service, need: Need) -> bool:
    """Return True when the service helps with this need on the side of who has it."""
    if need not in service.needs:
        return False
    if need in ABOUT_ABUSIVE_PARTNERS or not service.tracks:
        return True
    return service.tracks != {Track.ABUSIVE_PARTNER}


def answers_at_night(service: Service, hours: Hours, at: datetime) -> bool:
    """Return True when somebody reads or answers at every hour of night in the week from `at`."""
    if not any(counts_for(service, need) for need in ANSWERING_NEEDS):
        return False
    zone = ZoneInfo(service.timezone)
    day = at.astimezone(zone).date()
    moments = [
        datetime.combine(day + timedelta(days=ahead), hour, zone)
        for ahead in range(7)
        for hour in NIGHT_HOURS
    ]
    there = [c for c in service.coverage if c.mode is not CoverageMode.NOBODY]
    return any(_open_at_all(c, service.timezone, hours, moments) for c in there)


def _open_at_all(
    coverage: Coverage, timezone: str, hours: Hours, moments: Sequence[datetime]
) -> bool:
    try:
        calendar = hours.calendar(coverage.opening_hours, timezone)
    except InvalidInputError:
        return False  # hours that cannot be read promise nothing
    return all(calendar.is_open(moment) for moment in moments)


def _lines_of(service: Service, hours: Hours, at: datetime) -> list[str]:
    lines = [need.value for need in sorted(service.needs) if counts_for(service, need)]
    return [*lines, NIGHT] if answers_at_night(service, hours, at) else lines


def _is_wide(service: Service) -> bool:
    return any(a.extent in {AreaExtent.STATE, AreaExtent.NATION} for a in service.areas)


def _wide_states(service: Service, states: Iterable[str]) -> list[str]:
    """Return the states, of these, that the service is for as a whole."""
    if any(a.extent is AreaExtent.NATION for a in service.areas):
        return sorted(states)
    return sorted({a.code for a in service.areas if a.extent is AreaExtent.STATE} & set(states))


def _cell(
    line: str, county: County, here: Sequence[Service], wide: Sequence[Service], at: datetime
) -> Cell:
    if line == Need.HOTLINE.value:
        here, wide = _once([*here, *wide]), ()
    checked = tuple(s for s in here if not unverified(s, at))
    local = {s.id for s in here}
    return Cell(
        line=line,
        county=county,
        checked=checked,
        unchecked=tuple(s for s in here if unverified(s, at)),
        wide=tuple(s for s in wide if s.id not in local),
    )


def _once(services: Iterable[Service]) -> list[Service]:
    return list({service.id: service for service in services}.values())


def unverified(service: Service, at: datetime) -> bool:
    """Return True when nobody verified the listing within six months, or ever (R88, R97)."""
    return service.last_verified_at is None or stale(service, at)
