"""What would change if: asked of the directory and the promises as they are. Writes nothing.

A question is a few codes and ids, so that its address can be shared inside the network. It says
nothing about a person, and no figure of referrals is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ccr.domain.gaps import LINES, GapMatrix
from ccr.domain.network import MemberNetwork
from ccr.domain.what_if import (
    CellChange,
    Loss,
    Removal,
    cells_open_at_night,
    cells_with,
    remove_member,
    worst_losses,
)
from ccr.engine.network_places import holders
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import coordination, gaps
from ccr.services.authorise import authorise
from ccr.services.gaps import GapBoard
from ccr.services.world import World

MOST_SHOWN = 12


MOST_KEPT = 8


_kept: dict[UUID, tuple[int, date, tuple[Loss, ...]]] = {}


class Question(StrEnum):
    """What is asked."""

    LEAVES = "leaves"
    OPENS = "opens"
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One question, complete or not.

    Attributes:
        member_id: who leaves, or would answer at night.
        row: the line of the matrix for one more service, as the number of its row.
        county: FIPS of where that would be.
    """

    question: Question
    member_id: UUID | None = None
    row: int | None = None
    county: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question.

    Attributes:
        board: the matrix as it is, with members and counties to ask about.
        scenario: what was asked, without what there is not; None for nothing asked.
        changes: cells that would be in another state, the worst first.
        removal: of somebody leaving.
        worst: who would be missed most, most first: by cells that would be empty, then cut off.
    """

    board: GapBoard
    network: MemberNetwork
    scenario: Scenario | None
    changes: tuple[CellChange, ...]
    removal: Removal | None
    worst: tuple[Loss, ...]


def what_if(
    identity: Identity, world: World, scenario: Scenario | None, *, at: datetime
) -> Outcome:
    """Return what would change. What a scenario names and there is not counts as not asked."""
    authorise(identity, Permission.COORDINATION_READ)
    board = gaps.board(identity, world, at=at)
    view = coordination.network_of(identity, board.members, board.agreements, board.on)
    asked = _known(scenario, board.matrix, view.network) if scenario else None
    removal = None
    changes: tuple[CellChange, ...] = ()
    if asked and asked.question is Question.LEAVES and asked.member_id:
        edges = [(link.a, link.b) for link in view.network.links if link.kind.links]
        holding = holders(tuple(view.network.members), edges)
        removal = remove_member(board.matrix, view.network, asked.member_id, holding=holding)
        changes = removal.cells
    elif asked:
        changes = _CHANGES[asked.question](board.matrix, asked)
    worst = _worst(identity.network_id, board, view.network)
    return Outcome(board, view.network, asked, changes, removal, worst)


def _known(scenario: Scenario, matrix: GapMatrix, network: MemberNetwork) -> Scenario | None:
    if scenario.question is Question.OPENS:
        here = scenario.county in {county.fips for county in matrix.counties}
        return scenario if here and scenario.row in range(len(LINES)) else None
    return scenario if scenario.member_id in network.members else None


def _worst(network_id: UUID, board: GapBoard, network: MemberNetwork) -> tuple[Loss, ...]:
    """Return whom most would miss; the same directory on the same day is looked at once."""
    kept = _kept.get(network_id)
    if kept is not None and kept[:2] == (board.version, board.on):
        return kept[2]
    found = worst_losses(board.matrix, network, MOST_SHOWN)
    _kept[network_id] = (board.version, board.on, found)
    while len(_kept) > MOST_KEPT:
        _kept.pop(next(iter(_kept)))
    return found


def _opens(matrix: GapMatrix, asked: Scenario) -> tuple[CellChange, ...]:
    if asked.row is None or asked.county is None:
        return ()
    return cells_with(matrix, LINES[asked.row], asked.county)


def _at_night(matrix: GapMatrix, asked: Scenario) -> tuple[CellChange, ...]:
    return cells_open_at_night(matrix, asked.member_id) if asked.member_id else ()


_CHANGES: dict[Question, Callable[[GapMatrix, Scenario], tuple[CellChange, ...]]] = {
    Question.OPENS: _opens,
    Question.NIGHT: _at_night,
}
