"""How long the graph of a large network takes, and what it would change if each member left.

Run from the repository:

    .venv/bin/python -m tests.bench.network_graph [--members 1000] [--links 10000]

The peer, in the same run: networkx, which is the specification. Bars: what the graph page shows of
1,000 members and 10,000 links within a second the first time and 30 ms again; the removal of each
of 500 members within 5 s.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from datetime import date

from ccr.domain.directory import Member
from ccr.domain.introductions import introductions
from ccr.domain.network import MemberNetwork, member_network
from ccr.domain.network_measures import centralization, places
from ccr.domain.pathways import Pathway
from ccr.domain.taxonomy import MemberCategory, Need
from ccr.domain.used_pathways import UsedYear
from ccr.domain.what_if import cells_without_each, remove_member
from ccr.engine.network_places import fast_places, holders
from ccr.services.network_analysis import _places
from ccr.web.presenters.graph_asked import Asked
from ccr.web.presenters.graph_picture import picture_of
from tests.builders import make_id, make_member
from tests.domain.test_gaps import COUNTIES, county, matrix, serving

TODAY = date(2026, 11, 12)
BAR_FIRST, BAR_AGAIN, BAR_REMOVALS, REMOVED = 1.0, 0.030, 5.0, 500
PEER_MEMBERS = 200
KINDS = (*MemberCategory, *[MemberCategory.VICTIM_SERVICES] * 2)


def random_network(members: int, links: int, seed: int = 7) -> tuple[list[Member], MemberNetwork]:
    """Return a network with as many promised pathways between pairs, one member in ten without."""
    rng = random.Random(seed)
    made = [make_member(category=rng.choice(KINDS)) for _ in range(members)]
    tied = made[: members - members // 10]
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < links:
        a, b = sorted(rng.sample(range(len(tied)), 2))
        pairs.add((a, b))
    pathways = [
        Pathway(make_id(), tied[a].id, tied[b].id, None, date(2026, 1, 1)) for a, b in pairs
    ]
    return made, member_network(made, [], pathways, TODAY)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds it took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def page(network: MemberNetwork, used: UsedYear) -> None:
    """Reckon what the graph page shows: measures, places, who is cut off, the picture, a way."""
    edges = tuple((link.a, link.b) for link in network.links if link.kind.links)
    found = _places(tuple(network.members), edges)
    centralization(found)
    network.measures()
    chosen = next(iter(network.members))
    asked = Asked(year=used)
    picture_of(network, asked, chosen, network.cut_off.get(chosen, ()))
    introductions(network, chosen, network.links[-1].b)


def main() -> int:
    """Run the bench; return 0 when every bar is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000)
    parser.add_argument("--links", type=int, default=10_000)
    wanted = parser.parse_args()
    _, network = random_network(wanted.members, wanted.links)
    used = UsedYear("2025", frozenset((link.a, link.b) for link in network.links[::3]))
    first, again = timed(lambda: page(network, used)), timed(lambda: page(network, used))
    print(f"graph page, {wanted.members:,} members, {wanted.links:,} links:")
    print(f"  first {first:.2f} s (bar {BAR_FIRST}), again {again * 1000:.0f} ms (bar 30)")

    _, small = random_network(PEER_MEMBERS, PEER_MEMBERS * 10)
    ours = timed(lambda: fast_places(list(small.graph), list(small.graph.edges)))
    peer = timed(lambda: places(small.graph))
    print(f"places of {PEER_MEMBERS} members: {ours * 1000:.0f} ms, networkx {peer * 1000:.0f} ms, "
          f"{peer / ours:.0f} times")  # fmt: skip

    members, large = random_network(REMOVED, REMOVED * 10)
    rng = random.Random(7)
    services = [
        serving(member, *rng.sample(list(Need), 3), areas=county(*rng.sample(sorted(COUNTIES), 2)))
        for member in members
    ]
    found = matrix(*services)

    def remove_all() -> None:
        each = cells_without_each(found)
        edges = [(link.a, link.b) for link in large.links if link.kind.links]
        holding = holders(tuple(large.members), edges)
        for member in members:
            remove_member(found, large, member.id, each, holding)

    removals = timed(remove_all)
    print(f"removal of each of {REMOVED} members: {removals:.2f} s (bar {BAR_REMOVALS})")
    return 0 if first <= BAR_FIRST and again <= BAR_AGAIN and removals <= BAR_REMOVALS else 1


if __name__ == "__main__":
    sys.exit(main())
