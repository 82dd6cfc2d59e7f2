"""The gap board: what is missing where, with its evidence, and who has taken it on (R88, R98).

Nothing here reads a referral, and nothing writes: taking a gap on is `gap_register`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.adapters.gazetteer import Gazetteer
from ccr.domain.area_people import PeopleTable
from ccr.domain.directory import Agreement, DirectorySnapshot, Member, Point
from ccr.domain.gap_findings import Finding, FindingKind, Promises, find_gaps
from ccr.domain.gap_questions import EVERYBODY, GapQuestion
from ccr.domain.gap_register import TakenGap, comes_back
from ccr.domain.gaps import County, GapMatrix, gap_matrix, zip_matrix
from ccr.engine.area_reach import AreaReach
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.routing import ready_directory
from ccr.services.world import World
from ccr.storage.queries import coordination as queries
from ccr.storage.queries.area_people import list_area_people
from ccr.storage.queries.gap_register import list_gaps

__all__ = ["BoardItem", "GapBoard", "TakenGap", "board"]
MOST_KEPT = 8
"""Networks whose matrix is kept in one process."""
MOST_ASKED = 6
"""Matrices kept of one network: the whole one and those asked for last."""
_Asked = tuple[GapQuestion, str | None]
_kept: dict[UUID, tuple[DirectorySnapshot, date, dict[_Asked, GapMatrix]]] = {}
_making = threading.Lock()


@dataclass(frozen=True, slots=True)
class BoardItem:
    """A finding, and who has taken it on, if anybody."""

    finding: Finding
    taken: TakenGap | None

    @property
    def is_open(self) -> bool:
        """Return True when somebody is at work on it."""
        return self.taken is not None and self.taken.is_open

    @property
    def is_back(self) -> bool:
        """Return True when it was closed, and its evidence returned."""
        return self.taken is not None and comes_back(self.taken, there=True)


@dataclass(frozen=True, slots=True)
class GapBoard:
    """Everything the gap page shows.

    Attributes:
        matrix: of everybody, by county: what the findings are of.
        shown: of whom the question asks, by county or by the ZIPs of `zips_of`.
        taken: every gap of the register.
        names: of members and, by their program's id, of programs for abusive partners.
        settled: open gaps whose evidence is gone: they can be closed.
        members: who can own a gap, by name.
        on: today, in the network's zone.
    """

    matrix: GapMatrix
    items: tuple[BoardItem, ...]
    taken: tuple[TakenGap, ...]
    names: dict[UUID, str]
    settled: tuple[TakenGap, ...]
    members: tuple[Member, ...]
    agreements: tuple[Agreement, ...]
    on: date
    version: int
    shown: GapMatrix
    question: GapQuestion = EVERYBODY
    zips_of: County | None = None
    zip_points: Mapping[str, Point] = field(default_factory=dict)

    def on_paper(self) -> GapBoard:
        """Return the board for paper and files, which travel: nothing of it tells a hidden room."""
        return replace(
            self,
            matrix=self.matrix.on_paper(),
            shown=self.shown.on_paper(),
            items=tuple(item for item in self.items if not self._tells_hidden_room(item.finding)),
        )

    def _tells_hidden_room(self, finding: Finding) -> bool:
        if finding.line is None or finding.county is None:
            return False
        full = self.matrix.cell(finding.line, finding.county.fips).full
        tells = finding.kind in {FindingKind.FULL, FindingKind.SINGLE}
        return tells and any(service.confidential for service in full)

    people: PeopleTable = field(default_factory=lambda: PeopleTable((), lambda _: ()))
    people_brought_at: datetime | None = None


def board(
    identity: Identity,
    world: World,
    *,
    at: datetime,
    question: GapQuestion = EVERYBODY,
    zips_of: str | None = None,
    by_zip: bool = False,
) -> GapBoard:
    """Return the matrix, the findings in order, and who has taken what. Writes nothing.

    question: for whom `shown` is. zips_of: FIPS of a county of the matrix to show by ZIP; anything
    else shows the counties, or with `by_zip` the ZIPs of the first of them.
    """
    authorise(identity, Permission.COORDINATION_READ)
    ready = ready_directory(identity)
    on = at.astimezone(ZoneInfo(ready.timezone)).date()
    snapshot = ready.index.snapshot
    matrix = _matrix_of(snapshot, world, on, at=at)
    first = matrix.counties[0] if by_zip and matrix.counties else None
    county = next((c for c in matrix.counties if c.fips == zips_of), first)
    asked = question, county.fips if county else None
    shown = _matrix_of(snapshot, world, on, at=at, asked=asked)
    members = tuple(queries.list_network_members(identity.network_id))
    programs, protocols = queries.list_programs(identity.network_id)
    names = {member.id: member.name for member in members}
    promises = Promises(snapshot.agreements, programs, protocols, names)
    taken = list_gaps(identity.network_id)
    rows, brought_at = list_area_people(identity.network_id)
    people = PeopleTable(rows, world.gazetteer.zips_of)
    findings = find_gaps(matrix, promises, on, people)
    there = {finding.key for finding in findings}
    return GapBoard(
        matrix=matrix,
        items=tuple(BoardItem(finding, taken.get(finding.key)) for finding in findings),
        taken=tuple(taken.values()),
        names=names | {program.compartment_id: program.name for program in programs},
        settled=tuple(gap for key, gap in taken.items() if gap.is_open and key not in there),
        members=members,
        on=on,
        agreements=snapshot.agreements,
        version=snapshot.version,
        shown=shown,
        question=question,
        zips_of=county,
        zip_points=_zip_points(world.gazetteer, county),
        people=people,
        people_brought_at=brought_at,
    )


def _matrix_of(
    snapshot: DirectorySnapshot,
    world: World,
    on: date,
    *,
    at: datetime,
    asked: _Asked = (EVERYBODY, None),
) -> GapMatrix:
    """Return a matrix of this snapshot on this day, made once a day and version."""
    # A snapshot is kept by whoever made it ready; the same object is the same directory.
    with _making:
        kept = _kept.pop(snapshot.network_id, None)
        if kept is None or kept[0] is not snapshot or kept[1] != on:
            kept = snapshot, on, {}
        _kept[snapshot.network_id] = kept
        while len(_kept) > MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        matrices = kept[2]
        matrix = matrices.pop(asked, None) or _made(snapshot, world, asked, at=at)
        matrices[asked] = matrix
        while len(matrices) > MOST_ASKED:
            matrices.pop(next(iter(matrices)))
    return matrix


def _made(snapshot: DirectorySnapshot, world: World, asked: _Asked, *, at: datetime) -> GapMatrix:
    question, fips = asked
    gazetteer = world.gazetteer
    # Some ZIPs have the digits of a county elsewhere, so that each has its own way to its points.
    points = partial(_county_points if fips is None else _points_of_zip, gazetteer)
    within = AreaReach(question.minutes, points) if question.minutes else None
    if fips is not None:
        zips = _zip_columns(gazetteer, fips)
        return zip_matrix(
            snapshot, fips, zips, hours=world.hours, at=at, question=question, within=within
        )
    return gap_matrix(
        snapshot,
        county=lambda code: _county(gazetteer, code),
        county_of_zip=_county_of_zip(gazetteer),
        hours=world.hours,
        at=at,
        question=question,
        within=within,
    )


def _zip_columns(gazetteer: Gazetteer, fips: str) -> tuple[County, ...]:
    """Return the ZIPs of a county as columns of a matrix, in their order."""
    found = (gazetteer.zip_place(code) for code in sorted(gazetteer.zips_of(fips)))
    return tuple(
        County(f"{p.zip_code} {p.label.partition(',')[0]}", p.zip_code, p.state)
        for p in found
        if p is not None and p.zip_code is not None
    )


def _county_points(gazetteer: Gazetteer, fips: str) -> tuple[Point, ...]:
    """Return the points of all ZIPs of a county."""
    places = (gazetteer.zip_place(code) for code in gazetteer.zips_of(fips))
    return tuple(place.point for place in places if place is not None)


def _zip_points(gazetteer: Gazetteer, county: County | None) -> dict[str, Point]:
    places = (
        gazetteer.zip_place(code) for code in gazetteer.zips_of(county.fips if county else "")
    )
    return {place.zip_code: place.point for place in places if place and place.zip_code}


def _points_of_zip(gazetteer: Gazetteer, code: str) -> tuple[Point, ...]:
    """Return the point of a ZIP, alone."""
    place = gazetteer.zip_place(code)
    return (place.point,) if place is not None else ()


def _county(gazetteer: Gazetteer, fips: str) -> County | None:
    fact = gazetteer.county(fips)
    return County(fact.name, fips, fact.state) if fact else None


def _county_of_zip(gazetteer: Gazetteer) -> Callable[[str], str | None]:
    def of(zip_code: str) -> str | None:
        fact = gazetteer.county_of_zip(zip_code)
        return fact.fips if fact else None

    return of
