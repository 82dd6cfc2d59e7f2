"""What a coordinator sees of abusive partner programs: protocols, counties, published figures.

Facts about members, and figures that the gate let out. No participant, no consultation, no code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ccr.domain.gap_findings import FindingKind
from ccr.domain.pathways import Program, Protocol
from ccr.domain.program_figures import ProgramFigure
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import coordination, gaps
from ccr.services.authorise import authorise
from ccr.services.gaps import BoardItem
from ccr.services.world import World
from ccr.storage.queries import program_figures


@dataclass(frozen=True, slots=True)
class ProgramOverview:
    """Every program with its protocols, and what is unsafe by itself.

    Attributes:
        alone: findings of counties with a program and no victim services (R15).
        protocol_gaps: findings of programs without a protocol in force (R3).
        quarters: those published of programs, newest first; `figures` what may be shown of them.
        on: today, in the network's zone.
    """

    programs: tuple[Program, ...]
    protocols: tuple[Protocol, ...]
    alone: tuple[BoardItem, ...]
    protocol_gaps: tuple[BoardItem, ...]
    quarters: tuple[str, ...]
    figures: tuple[ProgramFigure, ...]
    on: date


def program_overview(identity: Identity, world: World, *, at: datetime) -> ProgramOverview:
    """Return what the coordination sees of programs. Writes nothing."""
    authorise(identity, Permission.COORDINATION_READ)
    board = gaps.board(identity, world, at=at)
    programs, protocols = coordination.list_programs(identity)
    quarters, figures = program_figures.list_program_figures(identity.network_id)
    without = {FindingKind.PROTOCOL_MISSING, FindingKind.PROTOCOL_LAPSED}
    return ProgramOverview(
        programs,
        protocols,
        tuple(item for item in board.items if item.finding.kind is FindingKind.PROGRAM_ALONE),
        tuple(item for item in board.items if item.finding.kind in without),
        quarters,
        figures,
        board.on,
    )
