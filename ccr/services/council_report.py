"""The report of a quarter for the council: what is told, safety first. Reads, writes nothing.

Figures about people stand in it as the gate let them out and in no other way: what is published of
the quarter, frozen (design 2.7). All else are facts about members and what they agreed to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ccr.domain.council import Action, Item, Meeting
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.linkages import Linkage, newest_of
from ccr.domain.pathways import Standing
from ccr.domain.safety_question import Effect
from ccr.domain.small_cells import Figure, quarter_bounds
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.gap_register import GapRecord, records_of
from ccr.services.gaps import GapBoard, board
from ccr.services.world import World
from ccr.storage.queries import council as council_rows
from ccr.storage.queries import figures
from ccr.storage.queries import linkages as linkage_rows

MOST_QUARTERS = 9
_WARNED = {Effect.LOWERS.value, Effect.UNKNOWN.value}


@dataclass(frozen=True, slots=True)
class SafetyPoint:
    """A decision about safety: the meeting, and the point of its agenda."""

    met_on: date
    item: Item


@dataclass(frozen=True, slots=True)
class CouncilReport:
    """Everything the report shows.

    Attributes:
        first: survivor safety as each meeting of the quarter took it up, and decisions that lower
            it or of which nobody knows.
        register: gaps that are open, or were closed in the quarter.
        ending: newest versions of agreements that have lapsed, end within 90 days, or are to be
            looked at again.
        overdue: open actions past their day; `done` those that were done in the quarter.
        figures: what is published of the quarter; empty when nothing is.
    """

    quarter: str
    first_day: date
    last_day: date
    over: bool
    board: GapBoard
    meetings: tuple[Meeting, ...]
    first: tuple[SafetyPoint, ...]
    register: tuple[GapRecord, ...]
    ending: tuple[Linkage, ...]
    overdue: tuple[Action, ...]
    to_do: tuple[Action, ...]
    done: tuple[Action, ...]
    figures: tuple[Figure, ...]


def quarters(timezone: str, *, at: datetime) -> list[str]:
    """Return the quarters a report can be asked of, the present one first."""
    today = at.astimezone(ZoneInfo(timezone)).date()
    year, number = today.year, (today.month - 1) // 3 + 1
    found = []
    for _ in range(MOST_QUARTERS):
        found.append(f"{year}Q{number}")
        year, number = (year, number - 1) if number > 1 else (year - 1, 4)
    return found


def report(
    identity: Identity, world: World, quarter: str, timezone: str, *, at: datetime
) -> CouncilReport:
    """Return the report of a quarter; raises NotFoundError when it is none, or to come."""
    authorise(identity, Permission.COORDINATION_READ)
    try:
        start, end = quarter_bounds(quarter, timezone)
    except InvalidInputError as error:
        raise NotFoundError from error
    if start > at:
        raise NotFoundError
    zone = ZoneInfo(timezone)
    first_day, after = start.astimezone(zone).date(), end.astimezone(zone).date()
    shown = board(identity, world, at=at)
    meetings = council_rows.list_meetings_between(identity.network_id, first_day, after)
    actions = council_rows.list_actions(identity.network_id)
    register = records_of(shown, world)
    every = linkage_rows.list_linkages(identity.network_id)
    return CouncilReport(
        quarter=quarter,
        first_day=first_day,
        last_day=date.fromordinal(after.toordinal() - 1),
        over=at >= end,
        board=shown,
        meetings=meetings,
        first=_safety(meetings),
        register=tuple(r for r in register if r.gap.is_open or _within(r, start, end)),
        ending=tuple(one for one in newest_of(every) if _pressing(one, shown.on)),
        overdue=tuple(a for a in actions if a.days_late(shown.on)),
        to_do=tuple(a for a in actions if a.status == "open" and not a.days_late(shown.on)),
        done=tuple(
            a
            for a in actions
            if a.status == "done" and a.ended_on and first_day <= a.ended_on < after
        ),
        figures=tuple(f for f in figures.list_figures(identity.network_id) if f.period == quarter),
    )


def _within(found: GapRecord, start: datetime, end: datetime) -> bool:
    return found.gap.closed_at is not None and start <= found.gap.closed_at < end


def _pressing(one: Linkage, on: date) -> bool:
    soon = {Standing.LAPSED, Standing.ENDS_IN_30, Standing.ENDS_IN_90}
    return (one.stands(on) in soon and one.ended_on is None) or one.review_due(on)


def _safety(meetings: tuple[Meeting, ...]) -> tuple[SafetyPoint, ...]:
    return tuple(
        SafetyPoint(meeting.held_on, item)
        for meeting in meetings
        for item in meeting.items
        if (item.position == 0 and item.outcome) or item.effect in _WARNED
    )
