"""The gap board: what is missing where, with its evidence, and who has taken it on (R88, R98).

Nothing here reads a referral, and nothing writes: taking a gap on is `gap_register`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.adapters.gazetteer import Gazetteer
from ccr.domain.directory import Agreement, DirectorySnapshot, Member
from ccr.domain.gap_findings import Finding, Promises, find_gaps
from ccr.domain.gap_register import TakenGap, comes_back
from ccr.domain.gaps import County, GapMatrix, gap_matrix
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.routing import ready_directory
from ccr.services.world import World
from ccr.storage.queries import coordination as queries
from ccr.storage.queries.gap_register import list_gaps

__all__ = ["BoardItem", "GapBoard", "TakenGap", "board"]
MOST_KEPT = 8
"""Networks whose matrix is kept in one process."""
_kept: dict[UUID, tuple[DirectorySnapshot, date, GapMatrix]] = {}
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
        taken: every gap of the register.
        settled: open gaps whose evidence is gone: they can be closed.
        members: who can own a gap, by name.
        on: today, in the network's zone.
    """

    matrix: GapMatrix
    items: tuple[BoardItem, ...]
    taken: tuple[TakenGap, ...]
    settled: tuple[TakenGap, ...]
    members: tuple[Member, ...]
    agreements: tuple[Agreement, ...]
    on: date
    version: int


def board(identity: Identity, world: World, *, at: datetime) -> GapBoard:
    """Return the matrix, the findings in order, and who has taken what. Writes nothing."""
    authorise(identity, Permission.COORDINATION_READ)
    ready = ready_directory(identity)
    on = at.astimezone(ZoneInfo(ready.timezone)).date()
    snapshot = ready.index.snapshot
    matrix = _matrix_of(snapshot, world, on, at=at)
    members = tuple(queries.list_network_members(identity.network_id))
    programs, protocols = queries.list_programs(identity.network_id)
    names = {member.id: member.name for member in members}
    promises = Promises(snapshot.agreements, programs, protocols, names)
    taken = list_gaps(identity.network_id)
    findings = find_gaps(matrix, promises, on)
    there = {finding.key for finding in findings}
    return GapBoard(
        matrix=matrix,
        items=tuple(BoardItem(finding, taken.get(finding.key)) for finding in findings),
        taken=tuple(taken.values()),
        settled=tuple(gap for key, gap in taken.items() if gap.is_open and key not in there),
        members=members,
        on=on,
        agreements=snapshot.agreements,
        version=snapshot.version,
    )


def _matrix_of(snapshot: DirectorySnapshot, world: World, on: date, *, at: datetime) -> GapMatrix:
    """Return the matrix of this snapshot on this day, made once a day and version."""
    # A snapshot is kept by whoever made it ready; the same object is the same directory.
    with _making:
        kept = _kept.get(snapshot.network_id)
        if kept is not None and kept[0] is snapshot and kept[1] == on:
            return kept[2]
        matrix = gap_matrix(
            snapshot,
            county=lambda fips: _county(world.gazetteer, fips),
            county_of_zip=_county_of_zip(world.gazetteer),
            hours=world.hours,
            at=at,
        )
        _kept[snapshot.network_id] = (snapshot, on, matrix)
        while len(_kept) > MOST_KEPT:
            _kept.pop(next(iter(_kept)))
    return matrix


def _county(gazetteer: Gazetteer, fips: str) -> County | None:
    fact = gazetteer.county(fips)
    return County(fact.name, fips, fact.state) if fact else None


def _county_of_zip(gazetteer: Gazetteer) -> Callable[[str], str | None]:
    def of(zip_code: str) -> str | None:
        fact = gazetteer.county_of_zip(zip_code)
        return fact.fips if fact else None

    return of
