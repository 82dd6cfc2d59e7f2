"""How far the ZIPs of a county are from somebody who takes them in person (R88). Facts alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.directory import Point
from ccr.domain.gap_questions import EVERYBODY, GapQuestion
from ccr.domain.nearest_services import AreaAccess, Near, access_of, public_in
from ccr.engine.nearest_two import nearest_among
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import gaps
from ccr.services.authorise import authorise
from ccr.services.gaps import GapBoard
from ccr.services.world import World


@dataclass(frozen=True, slots=True)
class CountyAccess:
    """One need in one county, ZIP by ZIP; `areas` is empty while no county is known."""

    board: GapBoard
    line: str
    areas: tuple[AreaAccess, ...]


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

    row: number of the line; fips: county of the matrix. What is none of them is the first one.
    """
    authorise(identity, Permission.COORDINATION_READ)
    board = gaps.board(identity, world, at=at, question=question, zips_of=fips)
    if board.zips_of is None and board.matrix.counties:
        first = board.matrix.counties[0].fips
        board = gaps.board(identity, world, at=at, question=question, zips_of=first)
    lines = board.matrix.lines
    line = lines[row] if row is not None and 0 <= row < len(lines) else lines[0]
    if board.zips_of is None:
        return CountyAccess(board, line, ())
    # Most ZIPs of a county have the same services to go to, which are made ready once.
    ready: dict[frozenset[UUID], Callable[[Point], tuple[Near, ...]]] = {}
    areas = []
    for cell in board.shown.line(line):
        public = public_in(cell)
        ids = frozenset(service.id for service in public)
        if ids not in ready:
            ready[ids] = nearest_among(public)
        areas.append(access_of(cell, ready[ids](board.zip_points[cell.county.fips])))
    return CountyAccess(board, line, tuple(areas))
