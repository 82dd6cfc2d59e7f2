"""How far ZIPs are from somebody who takes them in person (R88): of one county, or of all.

Facts alone. All counties are told one after the other, so that what is held does not grow with
them; each is what its own page says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from ccr.domain.catchment import accessibility
from ccr.domain.directory import DirectorySnapshot, Point, Service
from ccr.domain.freshness import capacity_is_fresh
from ccr.domain.gap_counting import local_zips
from ccr.domain.gap_questions import EVERYBODY, GapQuestion
from ccr.domain.gaps import PHONE_LINES, Cell, County, zip_matrix
from ccr.domain.nearest_services import MOST, AreaAccess, Near, access_of, public_in
from ccr.engine.area_reach import AreaReach
from ccr.engine.nearest_two import nearest_among
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import gaps
from ccr.services.authorise import authorise
from ccr.services.gap_areas import points_of_zip, zip_columns, zip_points
from ccr.services.gaps import GapBoard
from ccr.services.world import World

CATCHMENT_MINUTES = 30
A_SHARE_OF = 100_000
"""Free places are told for so many people."""
HEADS = (
    "nearest", "nearest_km", "nearest_minutes", "second", "second_km", "second_minutes",
    "services_by_area_only", "services_by_phone_or_video", "people", "places_for_100000",
)  # fmt: skip
"""What files of distances call the cells of a ZIP."""


@dataclass(frozen=True, slots=True)
class RoomAccess:
    """The two-step floating catchment of one need, over all counties of the network.

    Attributes:
        minutes: the catchment, by car.
        services: how many public services said lately how many places they have.
        places: free places for each person, by ZIP of the whole network.
        mean: all reachable places by all people who can reach any, or None where nobody can.
        people: inhabitants by ZIP, as the table says.
    """

    minutes: int
    services: int
    places: Mapping[str, float]
    mean: float | None
    people: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CountyAccess:
    """One need in one county, ZIP by ZIP; `areas` is empty while no county is known."""

    board: GapBoard
    line: str
    areas: tuple[AreaAccess, ...]
    room: RoomAccess | None = None


def county_access(
    identity: Identity,
    world: World,
    *,
    at: datetime,
    row: int | None,
    fips: str | None,
    question: GapQuestion = EVERYBODY,
) -> CountyAccess:
    """Return the nearest two public services of every ZIP of a county, for one line of the matrix.

    row: number of the line; fips: county of the matrix. What is no county is the first one. What is
    no line is the first of which the county has a public service, so that there is a distance.
    """
    authorise(identity, Permission.COORDINATION_READ)
    board = gaps.board(identity, world, at=at, question=question, zips_of=fips, by_zip=True)
    lines = board.matrix.lines
    line = lines[row] if row is not None and 0 <= row < len(lines) else _first_with_a_place(board)
    if board.zips_of is None:
        return CountyAccess(board, line, ())
    areas = _areas(board.shown.line(line), board.zip_points)
    room = _room(board, world, line, board.question.minutes, at=at)
    return CountyAccess(board, line, areas, room)


@dataclass(frozen=True, slots=True)
class NetworkAccess:
    """Some needs in every county of the network, county by county.

    Attributes:
        parts: (line, county, what the page of the county says), made as it is read; it needs no
            database.
        rooms: the catchment of each line, over all counties.
    """

    board: GapBoard
    question: GapQuestion
    parts: Iterator[tuple[str, County, tuple[AreaAccess, ...]]]
    rooms: Mapping[str, RoomAccess | None]

    def rows(self) -> Iterator[list[tuple[object, ...]]]:
        """Yield the rows of a file, part by part, the heading first."""
        yield [("need", "county", "county_fips", "zip", *HEADS)]
        for line, county, areas in self.parts:
            room = self.rooms[line]
            yield [(line, county.name, county.fips, a.code, *cells_of(a, room)) for a in areas]


def network_access(
    identity: Identity,
    world: World,
    *,
    at: datetime,
    lines: Sequence[str],
    question: GapQuestion = EVERYBODY,
) -> NetworkAccess:
    """Return the nearest two public services of every ZIP of every county of the matrix.

    lines: of the matrix; KeyError for none. What is found for a county is what `county_access`
    says.
    """
    authorise(identity, Permission.COORDINATION_READ)
    # A county may have a service within the minutes of one ZIP that is not within those of most.
    board = gaps.board(identity, world, at=at, question=replace(question, minutes=None))
    return NetworkAccess(
        board=board,
        question=question,
        parts=_county_by_county(identity, world, board, lines, question, at=at),
        rooms={line: _room(board, world, line, question.minutes, at=at) for line in lines},
    )


def _county_by_county(
    identity: Identity,
    world: World,
    board: GapBoard,
    lines: Sequence[str],
    question: GapQuestion,
    *,
    at: datetime,
) -> Iterator[tuple[str, County, tuple[AreaAccess, ...]]]:
    """Yield each county with its ZIPs: from the services of its cells, and no others."""
    gazetteer = world.gazetteer
    points = partial(points_of_zip, gazetteer)
    for county in board.shown.counties:
        within = AreaReach(question.minutes, points) if question.minutes else None
        cells = [board.shown.cell(line, county.fips) for line in lines]
        services = {s.id: s for cell in cells for s in (*cell.checked, *cell.unchecked)}
        here = DirectorySnapshot(identity.network_id, board.version, tuple(services.values()))
        zips = zip_columns(gazetteer, county.fips)
        matrix = zip_matrix(
            here, county.fips, zips, hours=world.hours, at=at, question=question, within=within
        )
        middles = zip_points(gazetteer, county, ())
        for line in lines:
            yield line, county, _areas(matrix.line(line), middles)


def _areas(cells: Sequence[Cell], middles: Mapping[str, Point]) -> tuple[AreaAccess, ...]:
    """Return the access of the ZIPs of one county."""
    # Most ZIPs of a county have the same services to go to, which are made ready once.
    ready: dict[frozenset[UUID], Callable[[Point], tuple[Near, ...]]] = {}
    found = []
    for cell in cells:
        public = public_in(cell)
        ids = frozenset(service.id for service in public)
        if ids not in ready:
            ready[ids] = nearest_among(public)
        found.append(access_of(cell, ready[ids](middles[cell.county.fips])))
    return tuple(found)


def cells_of(area: AreaAccess, room: RoomAccess | None) -> tuple[object, ...]:
    """Return the cells of a ZIP under HEADS: public services by name, all others as counts."""
    cells: list[object] = []
    for place in range(MOST):
        near = area.near[place] if place < len(area.near) else None
        cells += [near.service.name, round(near.km, 1), near.minutes] if near else ["", "", ""]
    share: tuple[object, ...] = ("", "")
    if room is not None and area.code in room.places:
        share = room.people[area.code], round(room.places[area.code] * A_SHARE_OF, 3)
    return (*cells, len(area.by_area), len(area.remote), *share)


def _first_with_a_place(board: GapBoard) -> str:
    """Return the first line that a public service of the county counts for, or the first of all."""
    shown, lines = board.shown, board.matrix.lines
    there = (
        line
        for line in lines
        if line not in PHONE_LINES and any(public_in(cell) for cell in shown.line(line))
    )
    return next(there, lines[0])


def _room(
    board: GapBoard, world: World, line: str, asked: int | None, *, at: datetime
) -> RoomAccess | None:
    """Return the catchment of a line; None while nobody said who lives in which ZIP.

    A line that is a phone has no room to speak of: no service of it counts.
    """
    gazetteer = world.gazetteer
    zips = {c.fips: frozenset(gazetteer.zips_of(c.fips)) for c in board.matrix.counties}
    people = {
        code: area.people
        for codes in zips.values()
        for code in sorted(codes)
        if (area := board.people.zip(code)) is not None
    }
    if not people:
        return None
    minutes = asked or CATCHMENT_MINUTES
    spots = [place.point for code in people if (place := gazetteer.zip_place(code)) is not None]
    reach = AreaReach(minutes, lambda _: spots)
    room: dict[UUID, int] = {}
    near: dict[UUID, frozenset[str]] = {}
    for service in _with_places(board, line, at):
        assert service.capacity is not None  # noqa: S101 -- _with_places looked
        room[service.id] = service.capacity.available or 0
        serves = {z for fips, codes in zips.items() for z in local_zips(service, fips, codes)}
        by_car = reach.near(service, "")
        near[service.id] = frozenset(
            code for code, there in zip(people, by_car, strict=True) if there and code in serves
        )
    places = accessibility(people, room, lambda code, service: code in near[service])
    reached = sum(people[code] for code, share in places.items() if share > 0)
    total = sum(places[code] * people[code] for code in places)
    return RoomAccess(minutes, len(room), places, total / reached if reached else None, people)


def _with_places(board: GapBoard, line: str, at: datetime) -> list[Service]:
    """Return the checked public services of a line that said lately how many places they have.

    By the county matrix, so that a service of any county counts once; a confidential one never.
    """
    found: dict[UUID, Service] = {}
    for cell in board.matrix.line(line) if line not in PHONE_LINES else ():
        for service in cell.checked:
            known = service.capacity is not None and service.capacity.available is not None
            public = service.in_person and not service.area_only
            if public and known and capacity_is_fresh(service, at):
                found[service.id] = service
    return [found[key] for key in sorted(found)]
