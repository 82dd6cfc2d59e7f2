"""Who calls: a key in the Authorization header, and nowhere else."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from flask import request

from ccr.adapters.clock import utc_now
from ccr.api.problems import ProblemError
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.api_keys import PREFIX, identity_for_key, revoke_leaked_key

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
_NAMES = frozenset({"key", "api_key", "apikey", "access_token", "token"})


def open_to_all(view: View) -> View:
    """Mark a view that needs no key."""
    view.ccr_access = PUBLIC  # type: ignore[attr-defined]
    return view


def keyed(permission: Permission) -> Callable[[View], View]:
    """Mark a view that needs a key; the view gets the key's identity as its first argument.

    The service behind it decides whether the key may; this only says who it is.
    """

    def mark(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: object, **kwargs: object) -> object:
            return view(_caller(), *args, **kwargs)

        guarded.ccr_access = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return mark


def _caller() -> Identity:
    """Return whom the key of this request speaks for; raises ProblemError."""
    _refuse_keys_in_address()
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise ProblemError(401, "Send a key: Authorization: Bearer ccr_...")
    identity = identity_for_key(key.strip(), at=utc_now())
    if identity is None:
        raise ProblemError(401, "This key does not work. Keys are good for 90 days.")
    return identity


def _refuse_keys_in_address() -> None:
    """Refuse a key in the address, and end it: addresses are logged and remembered."""
    for name, value in request.args.items(multi=True):
        if value.startswith(PREFIX):
            revoke_leaked_key(value, at=utc_now())
        if value.startswith(PREFIX) or name.lower() in _NAMES:
            raise ProblemError(
                400, "A key never goes in an address. A key sent so no longer works: make another."
            )
