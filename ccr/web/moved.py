"""Old addresses of merged listings lead to the one that was kept, for staff and for anybody."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ccr.domain.directory_history import RecordKind
from ccr.domain.errors import CcrError, ForbiddenError
from ccr.policy.identity import Identity
from ccr.services import finder, merging
from ccr.web.access import current_world

LED_ON = {"service_id": RecordKind.SERVICE, "member_id": RecordKind.MEMBER}
PUBLIC_ROOMS = frozenset({"finder"})


def moved_page(error: CcrError) -> ResponseReturnValue | None:
    """Return the way to the record that this page's id stands for now, or None.

    Only where nothing was found: what is forbidden stays absent.
    """
    arguments: dict[str, Any] = request.view_args or {}
    name = next((n for n in LED_ON if n in arguments), None)
    if name is None or request.method != "GET" or isinstance(error, ForbiddenError):
        return None
    identity = _asker()
    if identity is None or request.endpoint is None:
        return None
    kept = merging.moved_to(identity, LED_ON[name], arguments[name])
    if kept is None:
        return None
    return redirect(url_for(request.endpoint, **{**arguments, name: kept}), code=303)


def _asker() -> Identity | None:
    if request.blueprint in PUBLIC_ROOMS:
        network = finder.public_network(current_world())
        return finder.public_identity(network) if network else None
    identity = g.get("identity")
    return identity if isinstance(identity, Identity) else None
