"""What would change if one service closed, or had no room any more.

What lives here: the cells it leaves, the promised pathways that then lead to nobody who helps, and
the links of the network that hang on those. What must not: blame; a figure of referrals. A service
that is full still stands in its pathways, so that no link of the network ends with it.

A pathway breaks when the member it leads to has nobody left for what was promised: for its need, or
for anything at all where no need was named. An agreement between two members is not of one service
and stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from ccr.domain.directory import Service
from ccr.domain.gap_counting import counts_for
from ccr.domain.gaps import PHONE_LINES, Cell, GapMatrix
from ccr.domain.network import MemberNetwork
from ccr.domain.pathways import Pathway
from ccr.domain.taxonomy import Need
from ccr.domain.what_if import CellChange, changed_cells


@dataclass(frozen=True, slots=True)
class Broken:
    """What would end in the network with some of its pathways.

    Attributes:
        links: pairs of members that would be linked no more.
        cut_off: members that would have no way to victim services any more.
        newly_holding: members that would then hold others together alone, and do not now.
    """

    links: int = 0
    cut_off: tuple[UUID, ...] = ()
    newly_holding: tuple[UUID, ...] = ()


def cells_without_service(matrix: GapMatrix, service_id: UUID) -> tuple[CellChange, ...]:
    """Return what would be in another state if this service closed, worst first."""
    gone = frozenset({service_id})
    return changed_cells(matrix, lambda cell: without_services(cell, gone))


def without_services(cell: Cell, gone: Collection[UUID]) -> Cell:
    """Return a cell as it would be without some services."""
    return replace(
        cell,
        checked=_but(cell.checked, gone),
        unchecked=_but(cell.unchecked, gone),
        full=_but(cell.full, gone),
    )


def cells_if_full(matrix: GapMatrix, service_id: UUID) -> tuple[CellChange, ...]:
    """Return what would be in another state if this service had no room, worst first.

    A phone is never full, and what nobody checked counts for nothing as it is.
    """

    def filled(cell: Cell) -> Cell:
        here = [s for s in cell.checked if s.id == service_id and s not in cell.full]
        return cell if cell.line in PHONE_LINES else replace(cell, full=(*cell.full, *here))

    return changed_cells(matrix, filled)


def broken_pathways(
    pathways: Iterable[Pathway],
    services: Iterable[Service],
    service_id: UUID,
    *,
    full: Callable[[Service], bool] | None = None,
) -> tuple[Pathway, ...]:
    """Return the pathways that would lead to nobody who helps without this service.

    Args:
        pathways: those that are open.
        services: routable ones of the network, with this one; of no such service, none breaks.
        full: given when the service is not closed but full: which others are full already.
    """
    every = list(services)
    gone = next((s for s in every if s.id == service_id), None)
    if gone is None:
        return ()
    left = [s for s in every if s.member.id == gone.member.id and s.id != service_id]
    if full is not None:
        left = [s for s in left if not full(s)]
    only_phone = full is not None and {need.value for need in gone.needs} <= PHONE_LINES

    def breaks(pathway: Pathway) -> bool:
        if pathway.to_member_id != gone.member.id:
            return False
        need = pathway.need
        if (only_phone and need is None) or (full is not None and _is_phone(need)):
            return False
        return _helps(gone, need) and not any(_helps(s, need) for s in left)

    return tuple(pathway for pathway in pathways if breaks(pathway))


def broken_network(now: MemberNetwork, then: MemberNetwork) -> Broken:
    """Return what of the network as it is would be gone in the network as it would be."""
    before, after = (
        {(link.a, link.b) for link in network.links if link.kind.links} for network in (now, then)
    )
    return Broken(
        links=len(before - after),
        cut_off=tuple(sorted(set(then.without_a_way) - set(now.without_a_way))),
        newly_holding=tuple(sorted(set(then.articulation) - set(now.articulation))),
    )


def _but(services: tuple[Service, ...], gone: Collection[UUID]) -> tuple[Service, ...]:
    return tuple(service for service in services if service.id not in gone)


def _helps(service: Service, need: Need | None) -> bool:
    return need is None or counts_for(service, need)


def _is_phone(need: Need | None) -> bool:
    return need is not None and need.value in PHONE_LINES
