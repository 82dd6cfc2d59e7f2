"""Who may use which page: every route says so, or the site does not start.

`@requires(Permission.X)` and `@public` mark views; pages of libraries are listed below. The
decorator is the doorbell; the service behind it is the lock.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from ccr.domain.errors import CcrError, InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.services.world import World

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
SIGNED_IN = "signed-in"
# Form libraries read JSON as well, whose values may be anything; the desk takes forms only.
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", ""})

# Routes that libraries bring, and who may use them.
LIBRARY_ROUTES: dict[str, str] = {
    "static": PUBLIC,
    "bootstrap.static": PUBLIC,
    "security.static": PUBLIC,
    "security.login": PUBLIC,
    "security.verify": SIGNED_IN,
    "security.logout": SIGNED_IN,
    "security.change_password": SIGNED_IN,
    "security.two_factor_setup": SIGNED_IN,
    "security.two_factor_setup_validate": SIGNED_IN,
    "security.two_factor_token_validation": PUBLIC,
    "security.two_factor_rescue": PUBLIC,
    "security.tf_select": PUBLIC,
    "security.mf_recovery": PUBLIC,
    "security.mf_recovery_codes": SIGNED_IN,
}


def public(view: View) -> View:
    """Mark a view that anybody may use."""
    view.ccr_access = PUBLIC  # type: ignore[attr-defined]
    return view


def cookieless(view: View) -> View:
    """Mark a public view that neither reads nor sets a cookie, whoever asks (R58).

    Whoever is signed in is anybody here: who they are is not even looked up.
    """
    view.ccr_cookieless = True  # type: ignore[attr-defined]
    return public(view)


def is_cookieless(app: Flask, endpoint: str | None) -> bool:
    """Return True for an endpoint whose view is marked so."""
    return getattr(app.view_functions.get(endpoint or ""), "ccr_cookieless", False)


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view that needs a permission; strangers go to sign-in, others see nothing there."""

    def mark(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            identity = g.get("identity")
            if identity is None:
                return to_sign_in()
            if not permits(identity, permission):
                raise NotFoundError
            if request.method == "POST" and request.mimetype not in FORMS:
                raise InvalidInputError(phrase("Send this as a form."))
            result: ResponseReturnValue = view(*args, **kwargs)
            return result

        guarded.ccr_access = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return mark


def to_sign_in() -> ResponseReturnValue:
    """Send a stranger to sign-in; the page wanted is remembered here, never in the address."""
    if request.method == "GET":
        session["wanted"] = request.path
    return redirect(url_for("security.login"), code=303)


def current_identity() -> Identity:
    """Return who is asking; raises NotFoundError for a stranger (the decorator comes first)."""
    identity = g.get("identity")
    if not isinstance(identity, Identity):
        raise NotFoundError
    return identity


def current_world() -> World:
    """Return the world that this application was made with."""
    world: World = g.world
    return world


def access_of(app: Flask, endpoint: str) -> object | None:
    """Return what a route declares: PUBLIC, SIGNED_IN, a Permission, or None."""
    declared = getattr(app.view_functions[endpoint], "ccr_access", None)
    return declared if declared is not None else LIBRARY_ROUTES.get(endpoint)


def check_every_route_declares_access(app: Flask) -> None:
    """Raise CcrError when a route does not say who may use it."""
    silent = sorted(
        {r.endpoint for r in app.url_map.iter_rules() if access_of(app, r.endpoint) is None}
    )
    if silent:
        raise CcrError(
            phrase("These routes do not say who may use them: %(routes)s", routes=", ".join(silent))
        )
