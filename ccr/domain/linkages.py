"""Chains of agreements from one member to another: who could introduce whom (R90).

What lives here: the shortest chain of agreements in force. What must not: people, referrals.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from ccr.domain.directory import Agreement

MOST_LINKS = 3
"""Longer chains introduce nobody. Our choice, ADR 0004."""


def linkage_chain(
    agreements_of: Mapping[UUID, Sequence[Agreement]],
    start: UUID,
    goal: UUID,
    on: date,
    *,
    avoiding: Collection[UUID] = (),
) -> tuple[UUID, ...]:
    """Return the members of the shortest chain from start to goal, both left in.

    Ties go to the lower ids. Empty when there is no chain of at most MOST_LINKS agreements in
    force, or when start is goal. Members in `avoiding` are never a link.
    """
    if start == goal:
        return ()
    chains: deque[tuple[UUID, ...]] = deque([(start,)])
    seen = {start, *avoiding}
    while chains:
        chain = chains.popleft()
        others: set[UUID] = set()
        for agreement in agreements_of.get(chain[-1], ()):
            if agreement.in_force(on):
                others |= agreement.member_ids
        if goal in others:
            return (*chain, goal)
        if len(chain) < MOST_LINKS:
            for other in sorted(others - seen):
                seen.add(other)
                chains.append((*chain, other))
    return ()
