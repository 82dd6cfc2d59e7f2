"""The directory as anybody may see it, kept ready per network and version: a step of the finder.

Built by taking away (ccr.domain.public_listing) before anything is searched, so that no search,
page or list can hold what is not public. Nothing of a search is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from ccr.domain.directory import Service
from ccr.domain.own_weights import read_kept
from ccr.domain.pathways import Protocol
from ccr.domain.protocols import programs_without
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
    """The public part of a network's directory, ready for searching, its version and weights.

    `protocols_of`: consultation protocols by compartment of the program.
    """

    index: PartnerIndex
    version: int
    weights: Weights = DEFAULT
    protocols_of: Mapping[UUID, Sequence[Protocol]] = field(default_factory=dict)

    def without_protocol(self, services: Iterable[Service], on: date) -> frozenset[UUID]:
        """Return which of these services are programs without a protocol in force on a day."""
        return programs_without(services, self.protocols_of, on)


def public_directory(network_id: UUID) -> PublicDirectory:
    """Return the public directory of a network at its present version, built if need be."""
    version, rules = version_and_rules(network_id)
    copy = _copies.get(network_id, version)
    return replace(copy, weights=public_weights(read_kept(rules).weights))


def _built(network_id: UUID) -> PublicDirectory:
    snapshot = load_snapshot(network_id)
    listed = finder.listed_members(network_id)
    protocols: dict[UUID, list[Protocol]] = {}
    for protocol in snapshot.protocols:
        protocols.setdefault(protocol.program_id, []).append(protocol)
    index = PartnerIndex(public_part(snapshot, listed))
    return PublicDirectory(index, snapshot.version, protocols_of=protocols)


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
    index = public.index.followed(version, changed)
    # A protocol that changes has everything built anew.
    return replace(public, index=index, version=version)


_copies = Copies(MOST_KEPT, _built, _followed)
