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
- Old facts: nobody verified any of its services within six months (R97), or ever. Full: everybody
  with younger facts said within the last days that there is no room, or a wait-list. One only: one
  member that is not full. Members are counted, not services. A phone is never full.
- Asked for somebody (ccr.domain.gap_questions), what does not fit is taken out, and what nobody
  stated makes a fact to check, like an old one.

Worst first: none, old facts, full, one only, two or more. Adding a service never makes a cell
worse, the order of services does not matter, and a checked service with room beats a full one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ccr.domain.directory import DirectorySnapshot, Service
from ccr.domain.gap_counting import (
    ANSWERING_NEEDS,
    answers_at_night,
    counts_for,
    is_full,
    is_wide,
    local_counties,
    local_zips,
    unverified,
    wide_states,
)
from ccr.domain.gap_questions import EVERYBODY, GapQuestion, Hours, fits, least
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Known, Need

__all__ = [
    "ANSWERING_NEEDS",
    "FIRST_LINES",
    "LINES",
    "NIGHT",
    "PHONE_LINES",
    "Cell",
    "CellState",
    "County",
    "GapMatrix",
    "Within",
    "gap_matrix",
    "line_label",
    "matrix_of_places",
    "zip_matrix",
]
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
PHONE_LINES = frozenset({NIGHT, Need.HOTLINE.value})
"""Lines of which nothing is ever full: a phone has no beds."""
Within = Callable[[Service, str], Known]
"""Whether a service can be reached from an area (by code) in the minutes that are asked."""


class CellState(StrEnum):
    """What a cell is, worst first."""

    NONE = "none"
    STALE = "stale"
    FULL = "full"
    SINGLE = "single"
    ADEQUATE = "adequate"

    @property
    def rank(self) -> int:
        """Return 0 for the worst."""
        return list(CellState).index(self)


@dataclass(frozen=True, slots=True, order=True)
class County:
    """A county: name without "County", five-digit FIPS, state in two letters.

    By ZIP it is a ZIP: name "12180 Troy", the ZIP for a code. By district see DistrictArea.column.
    """

    name: str
    fips: str
    state: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One need in one county, with its evidence.

    Attributes:
        checked: services here whose facts are young enough.
        unchecked: services here that nobody verified in time, or of which a fact that was asked
            for is not known.
        wide: services for the whole state or nation; they fill no cell.
        full: those of `checked` that said lately that they have no room.
    """

    line: str
    county: County
    checked: tuple[Service, ...] = ()
    unchecked: tuple[Service, ...] = ()
    wide: tuple[Service, ...] = ()
    full: tuple[Service, ...] = ()

    @property
    def state(self) -> CellState:
        """Return what the evidence makes of the cell."""
        members = self.open_members
        if len(members) > 1:
            return CellState.ADEQUATE
        if members:
            return CellState.SINGLE
        if self.checked:
            return CellState.FULL
        return CellState.STALE if self.unchecked else CellState.NONE

    @property
    def with_room(self) -> tuple[Service, ...]:
        """Return the checked services that are not known to be full."""
        full = {service.id for service in self.full}
        return tuple(service for service in self.checked if service.id not in full)

    @property
    def on_paper(self) -> Cell:
        """Return the cell for paper and files: how full a hidden house is, is for staff alone."""
        told = tuple(service for service in self.full if not service.confidential)
        return self if told == self.full else replace(self, full=told)

    @property
    def members(self) -> frozenset[UUID]:
        """Return the members whose facts are young enough."""
        return frozenset(service.member.id for service in self.checked)

    @property
    def open_members(self) -> frozenset[UUID]:
        """Return the members of services that are checked and not known to be full."""
        return frozenset(service.member.id for service in self.with_room)


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

    def on_paper(self) -> GapMatrix:
        """Return the matrix for paper and files; see Cell.on_paper."""
        return replace(self, cells={key: cell.on_paper for key, cell in self.cells.items()})

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
    question: GapQuestion = EVERYBODY,
    within: Within | None = None,
) -> GapMatrix:
    """Return the matrix of a directory as it stands at `at`, for everybody or for who asks.

    county: FIPS to county, or None for a code that is none. county_of_zip: ZIP to FIPS, or None.
    within: asked of every service in person when the question has minutes. Source: R88; the rule
    stands at the top of this file. A question changes no column, so that a county does not vanish
    from the matrix because nobody there fits.
    """
    services = snapshot.routable
    places = {s.id: local_counties(s, county_of_zip) for s in services}
    return matrix_of_places(
        services, places, county, hours=hours, at=at, question=question, within=within
    )


def zip_matrix(
    snapshot: DirectorySnapshot,
    fips: str,
    zips: Sequence[County],
    *,
    hours: Hours,
    at: datetime,
    question: GapQuestion = EVERYBODY,
    within: Within | None = None,
) -> GapMatrix:
    """Return the matrix of one county by ZIP, by the same rule.

    zips: the ZIPs whose centres lie in the county. What counts for the county counts for all of
    them; what names ZIPs of it, for those.
    """
    codes = frozenset(z.fips for z in zips)
    services = snapshot.routable
    places = {s.id: local_zips(s, fips, codes) for s in services}
    found = matrix_of_places(
        services,
        places,
        {z.fips: z for z in zips}.get,
        hours=hours,
        at=at,
        question=question,
        within=within,
        columns=codes,
    )
    return replace(found, unplaced=(), unmapped=())


def matrix_of_places(
    services: Sequence[Service],
    places: Mapping[UUID, frozenset[str]],
    county: Callable[[str], County | None],
    *,
    hours: Hours,
    at: datetime,
    question: GapQuestion = EVERYBODY,
    within: Within | None = None,
    columns: Iterable[str] = (),
) -> GapMatrix:
    """Return the matrix of routable services of which it is known for which areas they count.

    columns: codes that are columns even where no service counts.
    """
    known = {s.id: fits(s, question, hours, at) for s in services} if question.asks else {}
    asked = [s for s in services if known.get(s.id) is not Known.NO]
    found = (
        county(fips) for fips in sorted({*columns, *(f for here in places.values() for f in here)})
    )
    counties = sorted(c for c in found if c is not None)
    local: dict[tuple[str, str], list[tuple[Service, Known]]] = defaultdict(list)
    wide: dict[tuple[str, str], list[tuple[Service, Known]]] = defaultdict(list)
    states = {c.state for c in counties}
    for service in asked:
        verdict = known.get(service.id, Known.YES)
        here = {f: _there(service, f, verdict, within) for f in places[service.id]}
        for line in _lines_of(service, hours, at, question):
            for fips, sure in here.items():
                if sure is not Known.NO:
                    local[line, fips].append((service, sure))
            for state in wide_states(service, states):
                wide[line, state].append((service, verdict))
    cells = {
        (line, c.fips): _cell(line, c, local[line, c.fips], wide[line, c.state], at)
        for line in LINES
        for c in counties
    }
    return GapMatrix(
        lines=LINES,
        counties=tuple(counties),
        cells=cells,
        unplaced=tuple(s for s in services if not places[s.id] and not is_wide(s)),
        unmapped=tuple(s for s in services if not s.needs),
    )


def _there(service: Service, code: str, verdict: Known, within: Within | None) -> Known:
    return verdict if within is None else least((verdict, within(service, code)))


def _lines_of(
    service: Service, hours: Hours, at: datetime, question: GapQuestion = EVERYBODY
) -> list[str]:
    needs = sorted(service.needs)
    lines = [need.value for need in needs if counts_for(service, need, question.track)]
    return [*lines, NIGHT] if answers_at_night(service, hours, at) else lines


def _cell(
    line: str,
    county: County,
    here: Sequence[tuple[Service, Known]],
    wide: Sequence[tuple[Service, Known]],
    at: datetime,
) -> Cell:
    if line == Need.HOTLINE.value:
        here, wide = _once([*here, *wide]), ()
    checked = tuple(s for s, sure in here if sure is Known.YES and not unverified(s, at))
    young = {s.id for s in checked}
    local = {s.id for s, _ in here}
    return Cell(
        line=line,
        county=county,
        checked=checked,
        unchecked=tuple(s for s, _ in here if s.id not in young),
        wide=tuple(s for s, _ in wide if s.id not in local),
        full=() if line in PHONE_LINES else tuple(s for s in checked if is_full(s, at)),
    )


def _once(services: Iterable[tuple[Service, Known]]) -> list[tuple[Service, Known]]:
    found: dict[UUID, tuple[Service, Known]] = {}
    for service, sure in services:
        found.setdefault(service.id, (service, sure))
    return list(found.values())
