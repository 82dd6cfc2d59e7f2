"""What a network has set for routing, read with the version of its directory, and replaced."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, cast, select, update

from ccr.storage.db import db
from ccr.storage.models.accounts import Network
from ccr.storage.queries.referrals import rows_changed

# Every search begins with this one, so it is put together once.
_VERSION_AND_RULES = select(Network.directory_version, Network.routing_rules).where(
    Network.id == bindparam("network_id")
)


def version_and_rules(network_id: UUID) -> tuple[int, Mapping[str, Any]]:
    """Return the number of the newest directory change and the routing rules, in one statement.

    A network that does not exist has version 0 and no rules.
    """
    row = db.session.execute(_VERSION_AND_RULES, {"network_id": network_id}).first()
    return (0, {}) if row is None else (int(row.directory_version), row.routing_rules or {})


def rules_and_text(network_id: UUID) -> tuple[Mapping[str, Any], str]:
    """Return the routing rules, and the text in which they are stored, for `replace_rules`."""
    text = (
        db.session.scalar(select(cast(Network.routing_rules, Text)).where(Network.id == network_id))
        or "{}"
    )
    return json.loads(text), text


def replace_rules(network_id: UUID, seen: str, **parts: object) -> bool:
    """Set parts of the routing rules, the others staying; return False when they are not as seen.

    Args:
        seen: the text of `rules_and_text`.
        parts: by the name of the part; an empty one is taken away.
    """
    rules = {**json.loads(seen), **parts}
    return (
        rows_changed(
            update(Network)
            .where(Network.id == network_id, cast(Network.routing_rules, Text) == seen)
            .values(routing_rules={name: part for name, part in rules.items() if part})
            .execution_options(synchronize_session=False)
        )
        == 1
    )
