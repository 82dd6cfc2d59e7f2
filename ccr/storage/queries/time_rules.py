"""The time rules of a network: read where a clock starts, and replaced as a whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, cast, select, update

from ccr.domain.time_rules import TimeRules, read_kept
from ccr.storage.db import db
from ccr.storage.models.accounts import Network
from ccr.storage.queries.referrals import rows_changed

_RULES = select(Network.time_rules).where(Network.id == bindparam("network_id"))


def get_time_rules(network_id: UUID) -> TimeRules:
    """Return the rules of a network in one statement; the defaults for one that does not exist."""
    stored = db.session.scalar(_RULES, {"network_id": network_id})
    return read_kept(stored or {})


def rules_and_text(network_id: UUID) -> tuple[Mapping[str, Any], str]:
    """Return the rules as stored, and the text in which they are, for `replace_time_rules`."""
    text = (
        db.session.scalar(select(cast(Network.time_rules, Text)).where(Network.id == network_id))
        or "{}"
    )
    return json.loads(text), text


def replace_time_rules(network_id: UUID, seen: str, kept: Mapping[str, Any]) -> bool:
    """Set the rules; return False when they are no longer those whose text was seen."""
    return (
        rows_changed(
            update(Network)
            .where(Network.id == network_id, cast(Network.time_rules, Text) == seen)
            .values(time_rules=dict(kept))
            .execution_options(synchronize_session=False)
        )
        == 1
    )
