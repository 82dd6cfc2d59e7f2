"""Plans: which few partners cover all needs together, for the fewest minutes.

What lives here: the cheapest sets of partners, exact, for two to five needs. What must not: judging
a service. A plan is a set of doors that meet all needs and of which none could be left away. It
costs the effective minutes of its doors, and 20 minutes for each door after the first (our choice,
ADR 0004). Area partners cost nothing and say nothing: they are chosen by their fixed order, never
by a fact about distance (R49).

Of two plans the one of fewer minutes comes first, then the one of fewer doors, then the one whose
doors, from the best to the last, stand earlier in the order of partners.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from heapq import nsmallest
from typing import Any
from uuid import UUID

from ccr.domain.directory import Service
from ccr.domain.routing_request import DoorForNeed, Plan, PlanDoor, Together
from ccr.domain.taxonomy import Need
from ccr.domain.weights import DEFAULT, Weights

MOST_PLANS = 3
"""How many plans are proposed, and how many doors of one kind are looked at for each mask.

More doors of the same mask cannot matter: no two doors of one plan meet exactly the same needs
(either could be left away), so whoever uses the fourth door could use any of the first three, and
those three plans come before it.
"""


@dataclass(frozen=True, slots=True)
class Door:
    """One service that a plan may use.

    Attributes:
        minutes: its effective minutes; 0 for an area partner, which has none.
        place: its place in the order among all doors of its kind: smaller comes first.
        by_area: True for an area partner.
    """

    service_id: UUID
    minutes: int
    place: tuple[object, ...]
    by_area: bool = False

    @property
    def rank(self) -> tuple[Any, ...]:
        """Return its place in the order; area partners come before public ones of equal cost."""
        return (self.minutes, not self.by_area, self.place)


Doors = Mapping[int, Sequence[Door]]
"""Doors by the mask of needs they meet (bit i for needs[i]), first in order first."""


def needs_mask(service: Service, needs: tuple[Need, ...]) -> int:
    """Return which of the needs the service helps with: bit i for needs[i]."""
    return sum(1 << i for i, need in enumerate(needs) if need in service.needs)


def first_by_mask(
    doors: Iterable[tuple[int, Door]], keep: int = MOST_PLANS
) -> dict[int, tuple[Door, ...]]:
    """Return the first doors in order for each mask of needs met. Doors: (mask, door)."""
    by_mask: dict[int, list[Door]] = {}
    for mask, door in doors:
        by_mask.setdefault(mask, []).append(door)
    return {mask: tuple(nsmallest(keep, some, key=_rank)) for mask, some in by_mask.items()}


def plans_for(
    needs: tuple[Need, ...], public: Doors, by_area: Doors, weights: Weights = DEFAULT
) -> Together:
    """Return at most three different plans, and the first door for each need by itself.

    Proposed are the cheapest plan of public doors, the cheapest of a single public door, and the
    cheapest with an area partner. Where these are fewer than three, the next plans of public doors
    fill up, then the next with an area partner. Plans of public doors come first, each kind in its
    order.

    Args:
        needs: two to five needs; for fewer there is nothing to plan and the answer is empty.
        public: the first three doors with a public point for each mask, as first_by_mask has them.
        by_area: the first three area partners for each mask.
    """
    if len(needs) <= 1:
        return Together()
    both = first_by_mask(
        (mask, door) for doors in (public, by_area) for mask in doors for door in doors[mask]
    )
    further = weights.extra_door
    plain = _cheapest(len(needs), public, further, by_area=False)
    mixed = _cheapest(len(needs), both, further, by_area=True)
    single = [(door,) for door in public.get((1 << len(needs)) - 1, ())[:1]]
    wanted = dict.fromkeys([*plain[:1], *single, *mixed[:1], *plain, *mixed])
    chosen = list(wanted)[:MOST_PLANS]
    mask_of = {
        d.service_id: mask for doors in (public, by_area) for mask in doors for d in doors[mask]
    }
    return Together(
        plans=tuple(
            _plan(doors, mask_of, needs, weights)
            for doors in sorted(
                chosen, key=lambda doors: (_uses_area(doors), _cost(doors, further))
            )
        ),
        per_need=tuple(
            DoorForNeed(need, _door_for(1 << i, public), _door_for(1 << i, by_area))
            for i, need in enumerate(needs)
        ),
    )


_Doors = tuple[Door, ...]
"""The doors of one plan, in their order."""
_Way = frozenset[int]
"""Masks that together meet all needs, and of which none could be left away."""


def _rank(door: Door) -> tuple[Any, ...]:
    return door.rank


def _in_order(doors: Iterable[Door]) -> _Doors:
    return tuple(sorted(doors, key=_rank))


def _uses_area(doors: _Doors) -> bool:
    return any(door.by_area for door in doors)


def _cost(doors: _Doors, each_further: int) -> tuple[Any, ...]:
    """Return what two plans are compared by; the doors stand in order."""
    minutes = sum(door.minutes for door in doors) + each_further * (len(doors) - 1)
    return (minutes, len(doors), [door.rank for door in doors])


def _cheapest(count: int, doors: Doors, each_further: int, *, by_area: bool) -> list[_Doors]:
    """Return the three cheapest plans; with `by_area` only of those that use an area partner.

    No plan comes before the one of the first doors of its masks, so the three cheapest plans are
    among those of the three ways whose first doors are cheapest.
    """
    cost = partial(_cost, each_further=each_further)
    first = {mask: some[0] for mask, some in doors.items()}
    ways = _open_ways(count, first, each_further, by_area=by_area)
    near = nsmallest(MOST_PLANS, ways, key=lambda way: cost(_in_order(first[m] for m in way)))
    plans = (plan for way in near for plan in _first_plans(way, doors))
    return nsmallest(MOST_PLANS, (p for p in plans if _uses_area(p) or not by_area), key=cost)


def _open_ways(
    count: int, first: Mapping[int, Door], each_further: int, *, by_area: bool
) -> list[_Way]:
    """Return the ways for which there are doors, without those that three others come before."""
    minutes = {mask: door.minutes + each_further for mask, door in first.items()}
    ways = [way for way in _ways(count) if way <= minutes.keys()]
    if by_area:
        # Of one mask, area partners come first: they cost nothing.
        areas = {mask for mask, door in first.items() if door.by_area}
        ways = [way for way in ways if not areas.isdisjoint(way)]
    costs = [sum([minutes[mask] for mask in way]) for way in ways]
    most = max(nsmallest(MOST_PLANS, costs), default=0)
    return [way for way, cost in zip(ways, costs, strict=True) if cost <= most]


def _first_plans(way: _Way, doors: Doors) -> Iterator[_Doors]:
    """Yield the plan of the first doors of these masks, and those with one later door in it.

    Before one with two later doors in it, at least three others come.
    """
    first = {mask: doors[mask][0] for mask in way}
    yield _in_order(first.values())
    for mask in way:
        for later in doors[mask][1:]:
            yield _in_order((first | {mask: later}).values())


@cache
def _ways(count: int) -> tuple[_Way, ...]:
    """Return every way to meet so many needs: 2, 8, 49 and 462 for two to five."""
    ways: set[_Way] = {frozenset()}
    for bit in (1 << i for i in range(count)):
        met = {way for way in ways if _met(way) & bit}
        masks = [mask for mask in range(1, 1 << count) if mask & bit]
        more = {way | {mask} for way in ways - met for mask in masks}
        ways = met | {way for way in more if _all_needed(way)}
    return tuple(ways)


def _all_needed(way: _Way) -> bool:
    """Return True when each mask meets a need that no other meets."""
    return all(mask & ~_met(way - {mask}) for mask in way)


def _met(masks: Iterable[int]) -> int:
    met = 0
    for mask in masks:
        met |= mask
    return met


def _plan(
    doors: _Doors, mask_of: Mapping[UUID, int], needs: tuple[Need, ...], weights: Weights
) -> Plan:
    """Return the plan in full: each need goes to the first door in order that meets it."""
    taken: dict[Door, list[Need]] = {}
    for i, need in enumerate(needs):
        door = next(d for d in doors if mask_of[d.service_id] >> i & 1)
        taken.setdefault(door, []).append(need)
    return Plan(
        tuple(_shown(door, tuple(some)) for door, some in taken.items()),
        further_minutes=weights.extra_door * (len(doors) - 1),
    )


def _door_for(bit: int, doors: Doors) -> PlanDoor | None:
    able = [some[0] for mask, some in doors.items() if mask & bit]
    return _shown(min(able, key=_rank), ()) if able else None


def _shown(door: Door, needs: tuple[Need, ...]) -> PlanDoor:
    return PlanDoor(door.service_id, None if door.by_area else door.minutes, needs)
