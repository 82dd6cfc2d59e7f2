"""The register of unmet need and the indicators: directory facts, and figures that were published.

Nothing here counts people: every number about them was frozen by coordination.publish_quarter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ccr.domain.indicators import Indicator, Share, access, agreement_coverage, freshness
from ccr.domain.small_cells import Figure
from ccr.domain.unmet_register import UnmetLine, last_quarters, unmet_lines
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import gaps
from ccr.services.authorise import authorise
from ccr.services.gaps import GapBoard
from ccr.services.network_records import recorded_shares
from ccr.services.routing import ready_directory
from ccr.services.world import World
from ccr.storage.queries import figures


@dataclass(frozen=True, slots=True)
class UnmetRegister:
    """What was asked for and not found, by need group.

    Attributes:
        quarters: the last four that were published, newest first.
        figures: everything that was ever published.
    """

    lines: tuple[UnmetLine, ...]
    quarters: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class IndicatorValues:
    """Values of all indicators: facts about the network now, and published figures.

    Attributes:
        facts: None where nobody has recorded it yet.
    """

    facts: Mapping[Indicator, Share | None]
    figures: tuple[Figure, ...]


def unmet_register(identity: Identity, world: World, *, at: datetime) -> UnmetRegister:
    """Return the register of unmet need: published figures beside the gap matrix of today."""
    authorise(identity, Permission.COORDINATION_READ)
    return register_of(identity, gaps.board(identity, world, at=at))


def register_of(identity: Identity, board: GapBoard) -> UnmetRegister:
    """Return the register beside a gap board that was read already."""
    authorise(identity, Permission.COORDINATION_READ)
    published = figures.list_figures(identity.network_id)
    quarters = last_quarters(figure.period for figure in published)
    return UnmetRegister(unmet_lines(board.matrix, published, quarters), quarters, published)


def indicators(identity: Identity, world: World, *, at: datetime) -> IndicatorValues:
    """Return the values of all indicators. Writes nothing."""
    authorise(identity, Permission.COORDINATION_READ)
    board = gaps.board(identity, world, at=at)
    snapshot = ready_directory(identity).index.snapshot
    members = [member.id for member in board.members]
    facts: dict[Indicator, Share | None] = {
        Indicator.ACCESS: access(board.matrix),
        Indicator.GAPS_TAKEN: Share(sum(i.is_open for i in board.items), len(board.items)),
        Indicator.FRESH: freshness(snapshot.services, at),
        Indicator.AGREEMENTS: agreement_coverage(members, board.agreements, board.on),
    }
    facts |= recorded_shares(identity, members, board.on)
    return IndicatorValues(facts, figures.list_figures(identity.network_id))
