"""What is kept out of a search, carried from page to page sealed, so that no page shows it."""

from __future__ import annotations

import json
from dataclasses import asdict

from ccr.adapters.keys import SealError
from ccr.domain.errors import InvalidInputError
from ccr.domain.route_fields import KeptOut
from ccr.policy.identity import Identity
from ccr.services.kept_out import read_kept_out
from ccr.services.world import World
from ccr.web.forms.needs import PlaceForm


def take_kept_out(
    identity: Identity, world: World, form: PlaceForm, *, forget: bool
) -> tuple[KeptOut, InvalidInputError | None]:
    """Return what is kept out: carried by the form and typed into it now, and the first refusal.

    The form is left without what was typed, and carries all of it sealed, so that it stays kept
    out when something else has to be put right.

    Raises:
        SealError: as open_kept_out does.
    """
    before = KeptOut() if forget else open_kept_out(identity, world, form.carried.data or "")
    typed, code = form.take_kept_out()
    kept, refused = read_kept_out(identity, world, before, typed, code)
    form.carried.data = seal_kept_out(identity, world, kept)
    return kept, refused


def seal_kept_out(identity: Identity, world: World, kept: KeptOut) -> str:
    """Return a token for a hidden field; empty when nothing is kept out."""
    return world.keys.seal(json.dumps(asdict(kept)), _context(identity)) if kept else ""


def open_kept_out(identity: Identity, world: World, token: str) -> KeptOut:
    """Return what is kept out.

    Raises:
        SealError: the token was changed or is somebody else's; a search must not go on without
            what it was to keep out.
    """
    if not token:
        return KeptOut()
    found = json.loads(world.keys.open(token, _context(identity)))
    if not isinstance(found, dict):
        raise SealError
    return KeptOut(**{name: tuple(texts) for name, texts in found.items()})


def _context(identity: Identity) -> str:
    return f"search|kept-out|{identity.user_id}|{identity.compartment_id}"
