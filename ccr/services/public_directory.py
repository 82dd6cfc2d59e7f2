"""The directory as anybody may see it, kept ready per network and version: a step of the finder.

Built by taking away (ccr.domain.public_listing) before anything is searched, so that no search,
page or list can hold what is not public. Nothing of a search is kept.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from uuid import UUID

from ccr.domain.own_weights import read_kept
from ccr.domain.public_finder import public_weights
from ccr.domain.public_listing import public_part
from ccr.domain.weights import Weights
from ccr.engine.partner_index import PartnerIndex
from ccr.storage.queries import finder
from ccr.storage.queries.routing_rules import version_and_rules
from ccr.storage.queries.snapshot import database_address, load_snapshot

MOST_KEPT = 2
"""Public directories kept in one process: there is one public network, and tests have two."""


@dataclass(frozen=True, slots=True)
class PublicDirectory:
    """The public part of a network's directory, ready for searching, its version and weights."""

    index: PartnerIndex
    version: int
    weights: Weights


_kept: dict[tuple[str, UUID], PublicDirectory] = {}
_lock = threading.Lock()


def public_directory(network_id: UUID) -> PublicDirectory:
    """Return the public directory of a network at its present version, built if need be."""
    key = (database_address(), network_id)
    version, rules = version_and_rules(network_id)
    weights = public_weights(read_kept(rules).weights)
    found = _kept.get(key)
    if found is not None and found.version == version:
        return replace(found, weights=weights)
    with _lock:
        found = _kept.get(key)
        if found is None or found.version != version:
            snapshot = load_snapshot(network_id)
            listed = finder.listed_members(network_id)
            index = PartnerIndex(public_part(snapshot, listed))
            found = PublicDirectory(index, snapshot.version, weights)
            while len(_kept) >= MOST_KEPT and key not in _kept:
                del _kept[next(iter(_kept))]
            _kept[key] = found
    return replace(found, weights=weights)
