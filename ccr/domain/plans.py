"""Plans: which few partners cover all needs together, for the fewest minutes.

What lives here: the exact minimum over sets of partners, for two to five needs. What must not:
judging a service. A plan costs the effective minutes of its doors, and 20 minutes for each door
after the first (our choice, ADR 0004). Area partners cost nothing and say nothing: they are chosen
by their fixed order, never by a fact about distance (R49).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from ccr.domain.directory import Service
from ccr.domain.routing_request import Plan
from ccr.domain.taxonomy import Need
from ccr.domain.weights import DEFAULT, Weights


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
    def rank(self) -> tuple[object, ...]:
        """Return its place in the order; area partners come after public ones of equal cost."""
        return (self.minutes, self.by_area, self.place)


def needs_mask(service: Service, needs: tuple[Need, ...]) -> int:
    """Return which of the needs the service helps with: bit i for needs[i]."""
    return sum(1 << i for i, need in enumerate(needs) if need in service.needs)


def best_by_mask(doors: Iterable[tuple[int, Door]]) -> dict[int, Door]:
    """Return the first door in order for each mask of needs met. Doors: (mask, door)."""
    best: dict[int, Door] = {}
    for mask, door in doors:
        if mask not in best or door.rank < best[mask].rank:
            best[mask] = door
    return best


def plans_for(
    needs: tuple[Need, ...],
    public: Mapping[int, Door],
    by_area: Mapping[int, Door],
    weights: Weights = DEFAULT,
) -> tuple[Plan, ...]:
    """Return the plans, each once: fewest minutes, one door, and with area partners as doors.

    Args:
        needs: two to five needs; for fewer there is nothing to plan and the answer is empty.
        public: the best door with a public point for each mask of needs met.
        by_area: the first area partner for each mask.

    A plan is left out when no set of doors covers all needs.
    """
    if len(needs) <= 1:
        return ()
    everything = (1 << len(needs)) - 1
    both = best_by_mask([*public.items(), *by_area.items()])
    found = (
        _cheapest(len(needs), public, weights),
        _plan_of([public[everything]], weights) if everything in public else None,
        _cheapest(len(needs), both, weights),
    )
    return tuple(dict.fromkeys(plan for plan in found if plan is not None))


def _cheapest(count: int, doors: Mapping[int, Door], weights: Weights) -> Plan | None:
    """Return the exact minimum: each need goes through one door, so try every way to share them."""
    best: tuple[tuple[int, int, tuple[UUID, ...]], Plan] | None = None
    door_for = {mask: _door_for(mask, doors) for mask in range(1, 1 << count)}
    for shares in _partitions(tuple(range(count))):
        chosen = [door_for[sum(1 << need for need in share)] for share in shares]
        used = [door for door in chosen if door is not None]
        if len(used) < len(chosen) or len({door.service_id for door in used}) < len(used):
            continue
        plan = _plan_of(used, weights)
        key = (plan.effective_minutes, plan.doors, plan.service_ids)
        if best is None or key < best[0]:
            best = (key, plan)
    return None if best is None else best[1]


def _door_for(mask: int, doors: Mapping[int, Door]) -> Door | None:
    """Return the cheapest door that meets at least these needs."""
    able = [door for met, door in doors.items() if met & mask == mask]
    return min(able, key=lambda door: door.rank, default=None)


def _plan_of(doors: list[Door], weights: Weights) -> Plan:
    minutes = sum(door.minutes for door in doors) + weights.extra_door * (len(doors) - 1)
    return Plan(tuple(door.service_id for door in doors), minutes, len(doors))


def _partitions(items: tuple[int, ...]) -> Iterator[list[tuple[int, ...]]]:
    """Yield every way to split the items into groups, groups in the order of their first item."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for split in _partitions(rest):
        yield [(first,), *split]
        for i, group in enumerate(split):
            yield [(first, *group), *split[:i], *split[i + 1 :]]
