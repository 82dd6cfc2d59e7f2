"""The audit chain as values: what one event says and how it is tied to the one before it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who did what to which record, when. Ids, verbs, field names and reason codes; no value."""

    compartment_id: UUID
    position: int
    at: datetime
    actor_id: UUID | None
    verb: str
    subject_type: str
    subject_id: UUID | None
    field_names: tuple[str, ...]
    reason: str | None


def chain_hash(previous_hash: str, event: AuditEvent) -> str:
    """Return the SHA-256 (64 hex digits) that ties `event` to the hash before it."""
    body = json.dumps(
        [
            previous_hash,
            str(event.compartment_id),
            event.position,
            event.at.isoformat(timespec="microseconds"),
            str(event.actor_id),
            event.verb,
            event.subject_type,
            str(event.subject_id),
            sorted(event.field_names),
            event.reason,
        ],
        separators=(",", ":"),
    )
    return hashlib.sha256(body.encode()).hexdigest()
