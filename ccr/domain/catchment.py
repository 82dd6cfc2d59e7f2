"""Two-step floating catchment: how much room there is for the people who can reach it.

What lives here: the two sums. What must not: a confidential service, which has no catchment and is
left out; anybody served. Source: Luo and Wang (2003), "Measures of spatial accessibility to health
care in a GIS environment", Environment and Planning B 30(6), 865-884.

Step 1: for each service, its room divided by all people who can reach it within the catchment.
Step 2: for each area, the sum of these ratios over the services that it can reach.
The mean of the areas, weighted by their people, is all reachable room by all people in reach of it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

Area = TypeVar("Area", bound=Hashable)
Supply = TypeVar("Supply", bound=Hashable)


def accessibility(
    people: Mapping[Area, int],
    room: Mapping[Supply, int],
    reaches: Callable[[Area, Supply], bool],
) -> dict[Area, float]:
    """Return places for each person, by area; 0.0 where no room can be reached.

    people: inhabitants of each area. room: places of each service. reaches: whether a service is in
    the catchment of an area. A service that nobody can reach adds nothing.
    """
    within = {service: [area for area in people if reaches(area, service)] for service in room}
    found = dict.fromkeys(people, 0.0)
    for service, areas in within.items():
        demand = sum(people[area] for area in areas)
        if not demand:
            continue
        ratio = room[service] / demand
        for area in areas:
            found[area] += ratio
    return found
