"""A coordinator's hand on routing: the network's own weights, tried on made-up requests, then set.

Trying writes nothing. What is set counts from the next search on, in every process: the weights are
read in the statement that reads the directory's version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from ccr.domain.own_weights import (
    KEY,
    OwnWeights,
    as_kept,
    changed,
    check_laws,
    read_kept,
)
from ccr.domain.phrases import phrase
from ccr.domain.weight_preview import (
    EXAMPLES,
    Comparison,
    compare,
    example_places,
    example_sender,
    request_of,
)
from ccr.domain.weights import Weights
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.routing import ready_directory
from ccr.services.routing_rules import Part, keep_part
from ccr.services.world import World
from ccr.storage.queries.routing_rules import version_and_rules

_LOOKED_THROUGH = 2000
"""Services looked through for places to ask from: by name, so a fair share of the directory."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the proposed weights would do to the examples.

    Attributes:
        sender: the member in whose name they ask.
        comparisons: empty when the directory has no public place to ask from.
    """

    sender: str
    comparisons: tuple[Comparison, ...]


def get_weights(identity: Identity) -> OwnWeights:
    """Return the weights that count in the network, and what of the stored ones is not used."""
    authorise(identity, Permission.DIRECTORY_IMPORT)
    return read_kept(version_and_rules(identity.network_id)[1])


def preview_weights(
    identity: Identity, world: World, proposed: Weights, *, at: datetime
) -> Preview:
    """Return what the proposed weights would do to the examples. Nothing is written.

    Raises:
        InvalidInputError: the weights break a law; the field is one of them.
    """
    authorise(identity, Permission.DIRECTORY_IMPORT)
    check_laws(proposed)
    ready = ready_directory(identity)
    zips = example_places(islice(ready.index.services.values(), _LOOKED_THROUGH))
    places = [place for place in map(world.gazetteer.zip_place, zips) if place is not None]
    if not places:
        return Preview("", ())
    members, signed = ready.index.members, ready.index.agreements_of
    sender = example_sender({i: found for i, found in signed.items() if i in members})
    found = []
    for example in EXAMPLES:
        request = request_of(
            example, places, sender=sender or identity.member_id, at=at, timezone=ready.timezone
        )
        before, after = (
            ready.index.rank(request, hours=world.hours, weights=weights)
            for weights in (ready.weights, proposed)
        )
        found.append(compare(example, before, after))
    return Preview(members[sender].name if sender else identity.member_name, tuple(found))


def set_weights(
    identity: Identity, proposed: Weights, seen: Weights | None, *, at: datetime
) -> bool:
    """Keep the network's weights; the names of those that changed are audited, no value.

    Args:
        seen: the weights that were on the screen when these were typed; None for none of ours.

    Returns:
        False when nothing differs, and nothing was written.

    Raises:
        InvalidInputError: the weights break a law; the field is one of them.
        StaleError: they are no longer those that were seen.
    """
    authorise(identity, Permission.DIRECTORY_IMPORT)
    check_laws(proposed)
    part = Part(
        KEY,
        as_kept(proposed),
        "set-routing-weights",
        () if seen is None else changed(seen, proposed),
        phrase("The weights have changed since you opened them. Nothing was saved."),
    )
    return keep_part(identity, part, lambda rules: read_kept(rules).weights == seen, at=at)
