"""A pathway is told to be used from eleven on, for need groups shown all year, or none is told."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from uuid import UUID

import pytest

from ccr.domain.small_cells import LEAST_SHOWN, Count, Figure, Measured, NeedGroup
from ccr.domain.used_pathways import YearSent, gate_used, groups_told

YEAR = "2026"
LAW, HEALTH = NeedGroup.LAW, NeedGroup.HEALTH
MEMBERS = A, B, C, D, E, F = tuple(UUID(int=n + 1) for n in range(6))
BUSY = dict.fromkeys(permutations((C, D, E, F), 2), 40)


def year(ways, *, group=LAW, timed=(), shown=True, members=MEMBERS):
    """Return what the gate is given for these ways: all of one group, a quarter in each quarter."""
    sent = Counter({(way, frozenset({group})): number for way, number in ways.items()})
    quarters, figures = [], []
    for n in range(4):
        count = Count()
        for way, number in ways.items():
            count.add(way, number // 4 + (n < number % 4))
        quarters.append({group: count})
        told = count.total if count.total >= LEAST_SHOWN else None
        figures.append(Figure(f"{YEAR}Q{n + 1}", Measured.SENT, group, told))
    receives = {m: {group} for m in members}
    kept = figures if shown else figures[:3]
    return kept, YearSent(sent, quarters, receives, timed, len(members))


def told(*args, **kwargs):
    return gate_used(YEAR, *year(*args, **kwargs))


@pytest.mark.parametrize(("number", "used"), [(0, False), (1, False), (10, False), (11, True)])
def test_zero_to_ten_is_one_class_and_eleven_is_used(number, used):
    assert ((A, B) in told({**BUSY, (A, B): number})) is used


def test_how_much_more_than_eleven_changes_nothing():
    assert told({**BUSY, (A, B): 11}) == told({**BUSY, (A, B): 300})


def test_needs_of_a_group_with_a_quarter_that_is_not_shown_count_for_no_pathway():
    assert told(BUSY, shown=False) == frozenset()
    figures, sent = year(BUSY)
    mixed = {**sent.sent, ((A, B), frozenset({LAW, HEALTH})): 50}
    made = YearSent(mixed, sent.quarters, sent.receives, (), len(MEMBERS))
    assert groups_told(YEAR, figures) == {LAW}
    assert (A, B) not in gate_used(YEAR, figures, made)


def test_what_a_member_sends_to_itself_is_no_pathway():
    assert (A, A) not in told({**BUSY, (A, A): 90})


def test_ways_that_fill_the_shown_sums_are_not_told():
    # 52 in all, four ways of eleven or more: whoever adds up knows that the rest has eight at most.
    ways = {(A, B): 12, (B, C): 12, (C, D): 12, (D, A): 12, (A, C): 4}
    assert told(ways, members=(A, B, C, D)) == frozenset()


def test_nothing_is_told_where_a_member_would_know_what_the_few_others_share():
    # A knows that 19 went the only two ways between B and C, and that neither is eleven.
    few = {(A, B): 60, (A, C): 60, (B, C): 10, (C, B): 9}
    assert told(few, members=(A, B, C)) == frozenset()
    # A way that is told takes up the difference.
    room = {**few, (B, C): 22}
    assert told(room, members=(A, B, C)) == {(A, B), (A, C), (B, C)}


def mixed_year(ways, receives, members):
    """Return what the gate is given for ways of one group each: way to (group, number)."""
    sent = Counter({(way, frozenset({group})): n for way, (group, n) in ways.items()})
    quarters, figures = [], []
    for n in range(4):
        counts = {LAW: Count(), HEALTH: Count()}
        for way, (group, number) in ways.items():
            counts[group].add(way, number // 4 + (n < number % 4))
        quarters.append(counts)
        figures += [Figure(f"{YEAR}Q{n + 1}", Measured.SENT, g, c.total) for g, c in counts.items()]
    return figures, YearSent(sent, quarters, receives, (), members)


def test_a_member_that_sent_and_was_sent_nothing_is_reckoned_with_too():
    # Ten each way into five members. F was asked by nobody and asked nobody, which F alone knows:
    # were the ways into G told, F would know every way of the five to the unit.
    five, f, g = MEMBERS[:5], MEMBERS[5], UUID(int=7)
    ways = {(a, b): (LAW, 10) for a in (*five, g) for b in five if a != b}
    ways |= {(a, g): (HEALTH, 40) for a in five}
    receives = {**{key: {LAW} for key in (*five, f)}, g: {HEALTH}}
    assert gate_used(YEAR, *mixed_year(ways, receives, 7)) == frozenset()
    # With two more like F, nobody can tell who of them was asked nothing.
    more = {**receives, UUID(int=8): {LAW}, UUID(int=9): {LAW}}
    assert gate_used(YEAR, *mixed_year(ways, more, 9)) == {(a, g) for a in five}


def test_what_was_taken_back_since_a_quarter_was_shown_makes_no_room():
    # A sent 60 to B, and called them entered in error after the quarters were shown: the sums hold
    # them still, and A knows that.
    ways = {(A, B): 60, (B, C): 11, (C, D): 11, (D, B): 11, (C, B): 11, (B, D): 4}
    figures, sent = year(ways, members=(A, B, C, D))
    left = {way: number for way, number in ways.items() if way != (A, B)}
    _, later = year(left, members=(A, B, C, D))
    assert gate_used(YEAR, figures, later) == frozenset()
    assert not gate_used(YEAR, figures, sent)
