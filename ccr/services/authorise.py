"""The lock behind every use case: permitted, or refused and audited."""

from __future__ import annotations

from typing import Any

from ccr.adapters.clock import utc_now
from ccr.domain.errors import ForbiddenError
from ccr.policy.identity import Identity
from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.storage.db import after_rollback
from ccr.storage.queries.audit import append_event


def authorise(identity: Identity, permission: Permission, subject: Any = None) -> None:  # noqa: ANN401
    """Do nothing when permitted.

    Raises:
        ForbiddenError: not permitted. The refusal is written to the asker's own chain once the
            unit of work has been rolled back, or the rollback would erase it.
    """
    if permits(identity, permission, subject):
        return

    def record() -> None:
        append_event(identity, "refused", "permission", None, at=utc_now(), reason=permission.value)

    after_rollback(record)
    raise ForbiddenError
