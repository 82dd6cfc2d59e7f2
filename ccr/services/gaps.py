"""The gap board: what is missing where, with its evidence, and who has taken it on (R88, R98).

Nothing here reads a referral, and nothing writes: taking a gap on is `gap_register`.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.area_people import PeopleTable
from ccr.domain.directory import Agreement, DirectorySnapshot, Member, Point
from ccr.domain.districts import District, DistrictArea, district_matrix
from ccr.domain.gap_findings import Finding, FindingKind, Promises, find_gaps
from ccr.domain.gap_questions import EVERYBODY, GapQuestion
from ccr.domain.gap_register import TakenGap, comes_back
from ccr.domain.gaps import County, GapMatrix, gap_matrix, zip_matrix
from ccr.engine.area_reach import AreaReach
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.gap_areas import (
    areas_of,
    county_of,
    county_of_zip,
    county_points,
    points_of_zip,
    zip_columns,
    zip_points,
)
from ccr.services.routing import ready_directory
from ccr.services.world import World
from ccr.storage.queries import coordination as queries
from ccr.storage.queries.area_people import list_area_people
from ccr.storage.queries.districts import list_districts
from ccr.storage.queries.gap_register import list_gaps

__all__ = ["BoardItem", "GapBoard", "TakenGap", "board"]
MOST_KEPT = 8
"""Networks whose matrix is kept in one process."""
MOST_ASKED = 6
"""Matrices kept of one network: the whole one and those asked for last."""
_Asked = tuple[GapQuestion, str | tuple[District, ...] | None]
"""For whom, and by what: the ZIPs of a county, these districts, or the counties."""
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
        shown: of whom the question asks, by county, by the ZIPs of `zips_of`, or by the districts
            of `areas` where there are any.
        districts: all that the network drew, shown or not, where they were asked for.
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

    people: PeopleTable = field(default_factory=lambda: PeopleTable((), lambda _: ()))
    people_brought_at: datetime | None = None
    districts: tuple[District, ...] = ()
    areas: Mapping[str, DistrictArea] = field(default_factory=dict)

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


def board(
    identity: Identity,
    world: World,
    *,
    at: datetime,
    question: GapQuestion = EVERYBODY,
    zips_of: str | None = None,
    by_zip: bool = False,
    by_district: bool | None = None,
) -> GapBoard:
    """Return the matrix, the findings in order, and who has taken what. Writes nothing.

    question: for whom `shown` is. zips_of: FIPS of a county of the matrix to show by ZIP; anything
    else shows the counties, or with `by_zip` the ZIPs of the first of them. by_district: show the
    network's districts, if it has drawn any; with None they are not read at all.
    """
    authorise(identity, Permission.COORDINATION_READ)
    ready = ready_directory(identity)
    on = at.astimezone(ZoneInfo(ready.timezone)).date()
    snapshot = ready.index.snapshot
    matrix = _matrix_of(snapshot, world, on, at=at)
    first = matrix.counties[0] if by_zip and matrix.counties else None
    county = next((c for c in matrix.counties if c.fips == zips_of), first)
    districts = () if by_district is None else list_districts(identity.network_id)
    drawn = districts if by_district and county is None else ()
    asked = question, drawn or (county.fips if county else None)
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
        zip_points=zip_points(world.gazetteer, county, drawn),
        people=people,
        people_brought_at=brought_at,
        districts=districts,
        areas={str(area.district.id): area for area in areas_of(world.gazetteer, drawn)},
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
    question, by = asked
    if isinstance(by, tuple):
        return _by_district(snapshot, world, by, question, at=at)
    fips = by
    gazetteer = world.gazetteer
    # Some ZIPs have the digits of a county elsewhere, so that each has its own way to its points.
    points = partial(county_points if fips is None else points_of_zip, gazetteer)
    within = AreaReach(question.minutes, points) if question.minutes else None
    if fips is not None:
        zips = zip_columns(gazetteer, fips)
        return zip_matrix(
            snapshot, fips, zips, hours=world.hours, at=at, question=question, within=within
        )
    return gap_matrix(
        snapshot,
        county=lambda code: county_of(gazetteer, code),
        county_of_zip=county_of_zip(gazetteer),
        hours=world.hours,
        at=at,
        question=question,
        within=within,
    )


def _by_district(
    snapshot: DirectorySnapshot,
    world: World,
    districts: tuple[District, ...],
    question: GapQuestion,
    *,
    at: datetime,
) -> GapMatrix:
    areas = areas_of(world.gazetteer, districts)
    zips = {area.column.fips: area.all_zips for area in areas}

    def points(code: str) -> tuple[Point, ...]:
        return tuple(p for z in sorted(zips[code]) for p in points_of_zip(world.gazetteer, z))

    return district_matrix(
        snapshot,
        areas,
        county_of_zip=county_of_zip(world.gazetteer),
        hours=world.hours,
        at=at,
        question=question,
        within=AreaReach(question.minutes, points) if question.minutes else None,
    )
