"""Members left out of a search, carried from page to page sealed, so that no page shows them."""

from __future__ import annotations

import json

from ccr.adapters.keys import SealError
from ccr.policy.identity import Identity
from ccr.services.world import World


def seal_left_out(identity: Identity, world: World, names: list[str]) -> str:
    """Return a token for a hidden field; empty when nobody is left out."""
    return world.keys.seal(json.dumps(names), _context(identity)) if names else ""


def open_left_out(identity: Identity, world: World, token: str) -> list[str]:
    """Return who is left out.

    Raises:
        SealError: the token was changed or is somebody else's; a search must not go on without
            the members it was to leave out.
    """
    if not token:
        return []
    found = json.loads(world.keys.open(token, _context(identity)))
    if not isinstance(found, list):
        raise SealError
    return [str(name) for name in found]


def _context(identity: Identity) -> str:
    return f"search|left-out|{identity.user_id}|{identity.compartment_id}"
