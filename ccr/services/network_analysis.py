"""How the network hangs together, and which kinds of members should have a way to which.

From members, agreements and promised pathways alone: facts that need no gate, and no person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from ccr.domain.expected_pathways import (
    KEY,
    Expectation,
    Found,
    as_kept,
    check_expectations,
    expected_in,
)
from ccr.domain.network import MemberNetwork
from ccr.domain.network_measures import Place
from ccr.domain.phrases import phrase
from ccr.engine.network_places import fast_places
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.coordination import NetworkView, network_view
from ccr.services.routing_rules import Part, keep_part
from ccr.storage.queries.routing_rules import version_and_rules

MOST_KEPT = 8


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected in the network, and what became of each."""

    view: NetworkView
    found: tuple[Found, ...]


def places_in(identity: Identity, network: MemberNetwork) -> Mapping[UUID, Place]:
    """Return where every member stands; reckoned once for the same members and links."""
    authorise(identity, Permission.COORDINATION_READ)
    edges = tuple((link.a, link.b) for link in network.links if link.kind.links)
    return _places(tuple(network.members), edges)


@lru_cache(maxsize=MOST_KEPT)
def _places(nodes: tuple[UUID, ...], edges: tuple[tuple[UUID, UUID], ...]) -> Mapping[UUID, Place]:
    return fast_places(nodes, edges)


def expected_pathways(identity: Identity, *, at: datetime) -> Expected:
    """Return what is expected and what became of it. Writes nothing."""
    authorise(identity, Permission.COORDINATION_READ)
    view = network_view(identity, at=at)
    expected = expected_in(version_and_rules(identity.network_id)[1])
    return Expected(view, check_expectations(view.network, expected))


def set_expected(
    identity: Identity,
    wanted: Collection[Expectation],
    seen: Collection[Expectation],
    *,
    at: datetime,
) -> bool:
    """Keep what the network expects; the names of what changed are audited.

    Args:
        seen: what was expected when the page was opened.

    Returns:
        False when nothing differs, and nothing was written.

    Raises:
        StaleError: it is no longer what was seen.
    """
    authorise(identity, Permission.DIRECTORY_IMPORT)
    part = Part(
        KEY,
        as_kept(wanted),
        "set-expected-pathways",
        sorted(e.name for e in set(wanted) ^ set(seen)),
        phrase("What is expected has changed since you opened the page. Nothing was saved."),
    )
    return keep_part(identity, part, lambda rules: set(expected_in(rules)) == set(seen), at=at)
