"""Keys for members' machines: made once, shown once, kept as a hash, good for 90 days."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts, api_keys
from ccr.storage.queries.accounts import CompartmentFacts
from ccr.storage.queries.api_keys import KeyFacts
from ccr.storage.queries.audit import append_event, append_event_to

SCOPES = ("routes", "referrals")
PREFIX = "ccr_"
"""Every key begins so, so that one that leaked is recognised."""
GOOD_FOR = timedelta(days=90)
"""Source: security.md, abuse 41."""


def create_key(
    identity: Identity,
    member_name: str,
    scopes: Collection[str],
    *,
    compartment_name: str | None = None,
    at: datetime,
) -> str:
    """Make a key for a program of a member and return it: it is never shown again.

    Raises:
        InvalidInputError: a scope is unknown or none is given, or the member has several programs.
        NotFoundError: there is no such member or program.
    """
    wanted = frozenset(scope.strip() for scope in scopes if scope.strip())
    if not wanted or not wanted <= set(SCOPES):
        raise InvalidInputError(
            phrase("Choose scopes from: %(scopes)s.", scopes=", ".join(SCOPES)), field="scope"
        )
    key = PREFIX + secrets.token_urlsafe(32)
    with unit_of_work():
        compartment = program_named(identity, member_name, compartment_name)
        authorise(identity, Permission.API_KEY_MANAGE, compartment)
        key_id = api_keys.add_key(
            identity.network_id,
            compartment.id,
            key_hash=_hash(key),
            scopes=wanted,
            at=at,
            expires_at=at + GOOD_FOR,
        )
        append_event(identity, "created", "api-key", key_id, at=at, fields=("scopes",))
    return key


def list_keys(identity: Identity) -> list[KeyFacts]:
    """Return the keys of the network, newest first; never the keys themselves."""
    authorise(identity, Permission.API_KEY_MANAGE)
    return [
        key
        for key in api_keys.list_keys(identity.network_id)
        if identity.from_terminal or key.compartment_id == identity.compartment_id
    ]


def revoke_key(identity: Identity, key_id: UUID, *, at: datetime) -> None:
    """Make a key worthless from now on.

    Raises:
        NotFoundError: there is no such key, or it is revoked already.
    """
    with unit_of_work():
        found = next((k for k in api_keys.list_keys(identity.network_id) if k.id == key_id), None)
        if found is None:
            raise NotFoundError
        authorise(identity, Permission.API_KEY_MANAGE, found)
        if not api_keys.revoke_key(key_id, at=at):
            raise NotFoundError
        append_event(identity, "revoked", "api-key", key_id, at=at)


def identity_for_key(key: str, *, at: datetime) -> Identity | None:
    """Return who a key speaks for, or None: unknown, expired or revoked are all the same."""
    both = api_keys.find_key_and_program(_hash(key)) if key.startswith(PREFIX) else None
    if both is None:
        return None
    found, program = both
    if found.revoked_at is not None or found.expires_at <= at:
        return None
    return Identity(
        user_id=None,
        network_id=program.network_id,
        member_id=program.member_id,
        compartment_id=program.id,
        compartment_kind=program.kind,
        regime=program.regime,
        member_name=program.member_name,
        compartment_name=program.name,
        member_category=program.category,
        key_scopes=found.scopes,
    )


def revoke_leaked_key(key: str, *, at: datetime) -> None:
    """Make a key worthless that came where keys never go, such as an address.

    Called by the API door, which cannot know who asks: whoever holds a key may end it.
    """
    with unit_of_work():
        found = api_keys.find_key(_hash(key))
        if found is not None and api_keys.revoke_key(found.id, at=at):
            append_event_to(
                found.compartment_id, None, "revoked", "api-key", found.id, at=at, reason="leaked"
            )


def program_named(
    identity: Identity, member_name: str, compartment_name: str | None
) -> CompartmentFacts:
    """Return a program of a member of the network; a step of use cases that authorise for it.

    Raises:
        NotFoundError: there is no such member or program.
        InvalidInputError: the member has several programs.
    """
    member_id = accounts.find_member(identity.network_id, member_name)
    if member_id is None:
        raise NotFoundError(phrase("There is no member of this name in the network."))
    programs = accounts.list_compartments(member_id)
    if compartment_name:
        wanted = " ".join(compartment_name.split()).casefold()
        programs = [c for c in programs if c.name.casefold() == wanted]
    if not programs:
        raise NotFoundError(phrase("The member has no program of this name."))
    if len(programs) > 1:
        raise InvalidInputError(
            phrase("The member has several programs; say which: --compartment NAME")
        )
    return programs[0]


def _hash(key: str) -> str:
    """Return the hash a key is kept under; it is random enough to need no salt."""
    return hashlib.sha256(key.encode()).hexdigest()
