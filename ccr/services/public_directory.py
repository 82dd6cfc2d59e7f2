"""The directory as anybody may see it, kept ready per network and version: a step of the finder.

Built by taking away (ccr.domain.public_listing) before anything is searched, so that no search,
page or list can hold what is not public. Nothing of a search is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from ccr.domain.own_weights import read_kept
from ccr.domain.public_finder import public_weights
from ccr.domain.public_listing import as_public, may_be_shown, public_part
from ccr.domain.weights import DEFAULT, Weights
from ccr.engine.partner_index import PartnerIndex
from ccr.services.directory_copies import Copies, present_services
from ccr.storage.queries import finder
from ccr.storage.queries.routing_rules import version_and_rules
from ccr.storage.queries.snapshot import load_snapshot

MOST_KEPT = 2
"""Public directories kept in one process: there is one public network, and tests have two."""


@dataclass(frozen=True, slots=True)
class PublicDirectory:
    """The public part of a network's directory, ready for searching, its version and weights."""

    index: PartnerIndex
    version: int
    weights: Weights = DEFAULT


def public_directory(network_id: UUID) -> PublicDirectory:
    """Return the public directory of a network at its present version, built if need be."""
    version, rules = version_and_rules(network_id)
    copy = _copies.get(network_id, version)
    return replace(copy, weights=public_weights(read_kept(rules).weights))


def _built(network_id: UUID) -> PublicDirectory:
    snapshot = load_snapshot(network_id)
    listed = finder.listed_members(network_id)
    return PublicDirectory(PartnerIndex(public_part(snapshot, listed)), snapshot.version)


def _followed(
    public: PublicDirectory, version: int, ids: frozenset[UUID]
) -> PublicDirectory | None:
    if public.index.worn:
        return None
    network_id = public.index.network_id
    listed = finder.listed_members(network_id)
    changed = {
        service_id: as_public(service)
        if service and service.member.id in listed and may_be_shown(service)
        else None
        for service_id, service in present_services(network_id, ids).items()
    }
    return PublicDirectory(public.index.followed(version, changed), version)


_copies = Copies(MOST_KEPT, _built, _followed)
