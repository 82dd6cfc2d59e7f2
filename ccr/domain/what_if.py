"""What would change if: a member left, a service closed, were full, opened, or opened at night.

What lives here: the difference between the gap matrix as it is and as it would be, and between the
links of members, from directory and agreement facts alone. What must not: referrals, counts of
people served, blame. Nothing is written. A confidential service has an area and no place, so no
distance is reckoned from it; distances are domain/best_places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from ccr.domain.directory import Member, Service
from ccr.domain.gaps import ANSWERING_NEEDS, NIGHT, Cell, CellState, County, GapMatrix
from ccr.domain.network import MemberNetwork
from ccr.domain.taxonomy import (
    CompartmentKind,
    MemberCategory,
    Need,
    Regime,
    Sector,
    ServiceStatus,
)

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell of the matrix that would be in another state.

    Attributes:
        only: who would then be the only one, and is not now; None for anything that gets better.
    """

    line: str
    county: County
    before: CellState
    after: CellState
    only: UUID | None = None

    @property
    def is_worse(self) -> bool:
        """Return True when it would be worse than it is."""
        return self.after.rank < self.before.rank


@dataclass(frozen=True, slots=True)
class Removal:
    """What would change if a member left.

    Attributes:
        cells: what would be in another state, worst loss first.
        links: how many links would end.
        cut_off: members that would have no way to victim services any more.
        newly_holding: members that would then hold others together alone, and do not now.
    """

    member_id: UUID
    cells: tuple[CellChange, ...]
    links: int
    cut_off: tuple[UUID, ...]
    newly_holding: tuple[UUID, ...]


def remove_member(
    matrix: GapMatrix,
    network: MemberNetwork,
    member_id: UUID,
    each: Mapping[UUID, tuple[CellChange, ...]] | None = None,
    holding: Callable[[UUID], Collection[UUID]] | None = None,
) -> Removal:
    """Return what would change if this member left; KeyError when it is no member.

    Args:
        each: of `cells_without_each`, when many are asked about.
        holding: who would hold others together without a member; networkx says so by default.
    """
    cells = (cells_without_each(matrix) if each is None else each).get(member_id, ())
    network.members[member_id]
    then = holding(member_id) if holding else network.without(member_id).articulation
    return Removal(
        member_id,
        cells,
        len([link for link in network.links_of(member_id) if link.kind.links]),
        network.cut_off.get(member_id, ()),
        tuple(sorted(set(then) - set(network.articulation))),
    )


def cells_without_each(matrix: GapMatrix) -> Mapping[UUID, tuple[CellChange, ...]]:
    """Return what would change without each member; those without whom nothing would are not in."""
    found: dict[UUID, list[CellChange]] = defaultdict(list)
    for cell in matrix.cells.values():
        for member_id in {s.member.id for s in (*cell.checked, *cell.unchecked)}:
            then = replace(
                cell,
                checked=tuple(s for s in cell.checked if s.member.id != member_id),
                unchecked=tuple(s for s in cell.unchecked if s.member.id != member_id),
            )
            found[member_id] += _change(cell, then)
    return {member: _worst_first(changed) for member, changed in found.items() if changed}


@dataclass(frozen=True, slots=True)
class Loss:
    """What leaving would cost, in numbers: cells emptied, cells changed, members cut off."""

    member_id: UUID
    emptied: int
    changed: int
    cut_off: int


def worst_losses(matrix: GapMatrix, network: MemberNetwork, most: int) -> tuple[Loss, ...]:
    """Return those whose leaving would cost most, most first: cells emptied, then cut off."""
    each = cells_without_each(matrix)
    losses = [
        Loss(
            member_id,
            sum(change.after is CellState.NONE for change in each.get(member_id, ())),
            len(each.get(member_id, ())),
            len(network.cut_off.get(member_id, ())),
        )
        for member_id in network.members
    ]
    worth = [one for one in losses if one.changed or one.cut_off]
    worth.sort(key=lambda one: (-one.emptied, -one.cut_off, -one.changed, one.member_id))
    return tuple(worth[:most])


def cells_with(matrix: GapMatrix, line: str, fips: str) -> tuple[CellChange, ...]:
    """Return what would change with one more service, of a member of its own, for one county.

    KeyError for no such cell.
    """
    cell = matrix.cell(line, fips)
    return _worst_first(_change(cell, replace(cell, checked=(*cell.checked, _newcomer(line)))))


def _newcomer(line: str) -> Service:
    """Return a service that stands for one that is not there yet, of nobody in the network."""
    member = Member(
        _NOBODY, "", MemberCategory.COMMUNITY, Sector.UNKNOWN, Regime.OTHER, active=True
    )
    needs = ANSWERING_NEEDS if line == NIGHT else frozenset({Need(line)})
    return Service(
        id=_NOBODY,
        network_id=_NOBODY,
        member=member,
        compartment_id=_NOBODY,
        compartment_kind=CompartmentKind.GENERAL,
        name="",
        status=ServiceStatus.ACTIVE,
        needs=needs,
        tracks=frozenset(),
    )


def cells_open_at_night(matrix: GapMatrix, member_id: UUID) -> tuple[CellChange, ...]:
    """Return what would change if this member answered at night wherever it answers now."""
    changed = []
    for cell in matrix.line(NIGHT):
        answering = [matrix.cell(need.value, cell.county.fips) for need in sorted(ANSWERING_NEEDS)]
        then = replace(
            cell,
            checked=_with(cell.checked, member_id, (c.checked for c in answering)),
            unchecked=_with(cell.unchecked, member_id, (c.unchecked for c in answering)),
        )
        changed += _change(cell, then)
    return _worst_first(changed)


def _with(
    here: tuple[Service, ...], member_id: UUID, others: Iterable[tuple[Service, ...]]
) -> tuple[Service, ...]:
    """Return these services and those of one member among the others, each once."""
    more = [s for services in others for s in services if s.member.id == member_id]
    return tuple({s.id: s for s in (*here, *more)}.values())


def changed_cells(matrix: GapMatrix, then: Callable[[Cell], Cell]) -> tuple[CellChange, ...]:
    """Return the cells that would be in another state, worst first; `then`: what becomes of one."""
    return _worst_first(c for cell in matrix.cells.values() for c in _change(cell, then(cell)))


def _change(before: Cell, after: Cell) -> list[CellChange]:
    if before.state is after.state:
        return []
    only = None
    if before.state is CellState.ADEQUATE and after.state is CellState.SINGLE:
        (only,) = after.open_members
    return [CellChange(before.line, before.county, before.state, after.state, only)]


def _worst_first(changed: Iterable[CellChange]) -> tuple[CellChange, ...]:
    return tuple(
        sorted(changed, key=lambda c: (c.after.rank, -c.before.rank, c.line, c.county.name))
    )
