"""What was promised beside what was used, and how many of both were in force over time (R90, R92).

What lives here: which used pathways nobody agreed on, which promised ones have no published figure,
and counts of agreements and promises at each quarter's end. What must not: counts of people, the
gate (used_pathways.py). "No published figure" is zero to ten: it never says that nobody went.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from ccr.domain.directory import Agreement
from ccr.domain.network import LinkKind, MemberNetwork
from ccr.domain.pathways import Pathway
from ccr.domain.used_pathways import UsedYear, Way

MOST_QUARTERS = 12


class Paper(StrEnum):
    """What there is of a pathway that was used, worst first."""

    NOTHING = "nothing"
    LAPSED = "lapsed"
    OTHER_WAY = "other-way"
    PROMISED = "promised"


@dataclass(frozen=True, slots=True)
class Unagreed:
    """A pathway that was used without an agreement in force today.

    Attributes:
        ended: the day the last agreement ended, where one lapsed.
    """

    way: Way
    paper: Paper
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """One published year beside the promises of today.

    Attributes:
        unagreed: used, and no agreement in force, worst first.
        silent: promised within the year or before and not ended, without a published figure.
        agreed: how many used pathways have an agreement in force.
    """

    unagreed: tuple[Unagreed, ...]
    silent: tuple[Pathway, ...]
    agreed: int


@dataclass(frozen=True, slots=True)
class InForce:
    """How many pairs had an agreement in force, and how many pathways were promised, on a day."""

    label: str
    on: date
    agreements: int
    pathways: int


def compare(
    used: UsedYear, network: MemberNetwork, pathways: Iterable[Pathway], on: date
) -> Compared:
    """Return what the figures of a year say about the promises of today. Members that left are out.

    Where nothing is told of a year, nothing is said of its promises either.
    """
    found, agreed = [], 0
    for way in sorted(used.ways):
        if way[0] not in network.members or way[1] not in network.members:
            continue
        link = network.link_between.get((min(way), max(way)))
        if link is None:
            found.append(Unagreed(way, Paper.NOTHING))
        elif link.kind in {LinkKind.AGREEMENT, LinkKind.ENDING}:
            agreed += 1
        elif link.kind is LinkKind.LAPSED:
            found.append(Unagreed(way, Paper.LAPSED, link.agreement_ends))
        else:
            onward = link.forward if way[0] == link.a else link.back
            found.append(Unagreed(way, Paper.PROMISED if onward else Paper.OTHER_WAY))
    order = list(Paper)
    found.sort(key=lambda one: order.index(one.paper))
    return Compared(tuple(found), _silent(used, network.members, pathways, on), agreed)


def _silent(
    used: UsedYear, members: Collection[UUID], pathways: Iterable[Pathway], on: date
) -> tuple[Pathway, ...]:
    if not used.ways:
        return ()
    over = date(int(used.year) + 1, 1, 1)
    first: dict[Way, Pathway] = {}
    for one in pathways:
        way = (one.from_member_id, one.to_member_id)
        there = way[0] in members and way[1] in members
        if there and one.open_on(on) and one.promised_on < over and way not in used.ways:
            first.setdefault(way, one)
    return tuple(first.values())


def in_force_over_time(
    agreements: Collection[Agreement],
    pathways: Collection[Pathway],
    members: Collection[UUID],
    on: date,
) -> tuple[InForce, ...]:
    """Return what was in force at the end of each quarter, oldest first, and last what is today.

    Of the members given: both ends have to be among them. It begins with the quarter in which the
    first was signed or promised, twelve quarters ago at the earliest.
    """
    there = set(members)
    signed = [a for a in agreements if a.member_ids <= there]
    promised = [p for p in pathways if {p.from_member_id, p.to_member_id} <= there]
    begun = [a.signed_on for a in signed] + [p.promised_on for p in promised]
    if not begun:
        return ()
    ends = [(label, day) for label, day in quarter_ends(on, MOST_QUARTERS) if day >= min(begun)]
    return tuple(
        InForce(
            label,
            day,
            len({a.member_ids for a in signed if a.in_force(day)}),
            len({(p.from_member_id, p.to_member_id) for p in promised if p.open_on(day)}),
        )
        for label, day in [*ends, ("", on)]
    )


def quarter_ends(on: date, most: int) -> list[tuple[str, date]]:
    """Return the quarters that are over on a day with their last days, oldest first.

    >>> quarter_ends(date(2026, 5, 1), 2)
    [('2025Q4', datetime.date(2025, 12, 31)), ('2026Q1', datetime.date(2026, 3, 31))]
    """
    found = []
    first = date(on.year, 3 * ((on.month - 1) // 3) + 1, 1)
    for _ in range(most):
        last = first - timedelta(days=1)
        found.append((f"{last.year}Q{(last.month + 2) // 3}", last))
        first = date(last.year, 3 * ((last.month - 1) // 3) + 1, 1)
    return found[::-1]
