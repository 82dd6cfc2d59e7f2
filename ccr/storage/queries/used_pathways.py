"""Which pathways were used: counted for the gate, and what the gate let out of each year.

Rows about people are read, never returned. A way that was told is kept with the value eleven, which
stands for "eleven or more"; how many it was is kept nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ccr.domain.small_cells import LEAST_SHOWN, group_of
from ccr.domain.taxonomy import Need
from ccr.domain.used_pathways import Groups, UsedYear, Way
from ccr.storage.db import db
from ccr.storage.models.coordination import PublishedFigure
from ccr.storage.queries.figures import add_once, sent_rows

USED = "used-pathway"
_BETWEEN = ">"


def count_ways(network_id: UUID, start: datetime, end: datetime) -> Counter[tuple[Way, Groups]]:
    """Return how many referrals were sent one way in [start, end), by all need groups of each.

    What was entered in error, and what a member sent to itself, is not counted.
    """
    found: Counter[tuple[Way, Groups]] = Counter()
    for row in sent_rows(network_id, start, end):
        if row.sender != row.receiver:
            groups = frozenset(group_of(Need(code)) for code in row.needs)
            found[(row.sender, row.receiver), groups] += 1
    return found


def freeze_used(network_id: UUID, year: str, ways: Iterable[Way], *, at: datetime) -> bool:
    """Keep the ways that are told of a year, and that the year was looked at, for good.

    False, and nothing written, when somebody else looked at it first.
    """
    mark = {"network_id": network_id, "period": year, "published_at": at, "value": None}
    if not add_once(measure=USED, cell="", **mark):
        return False
    db.session.add_all(
        PublishedFigure(
            network_id=network_id,
            period=year,
            measure=USED,
            cell=f"{a}{_BETWEEN}{b}",
            value=LEAST_SHOWN,
            published_at=at,
        )
        for a, b in ways
    )
    db.session.flush()
    return True


def list_used(network_id: UUID) -> tuple[UsedYear, ...]:
    """Return every year that was looked at with the ways told of it, newest first."""
    rows = db.session.execute(
        select(PublishedFigure.period, PublishedFigure.cell)
        .where(PublishedFigure.network_id == network_id, PublishedFigure.measure == USED)
        .order_by(PublishedFigure.period.desc(), PublishedFigure.cell)
    )
    years: dict[str, set[Way]] = {}
    for period, cell in rows:
        ways = years.setdefault(period, set())
        if cell:
            sender, _, receiver = cell.partition(_BETWEEN)
            ways.add((UUID(sender), UUID(receiver)))
    return tuple(UsedYear(year, frozenset(ways)) for year, ways in years.items())
