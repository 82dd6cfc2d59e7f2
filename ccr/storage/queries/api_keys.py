"""Keys of members' machines: stored by hash alone, found by hash alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select, update

from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Regime
from ccr.storage.db import db
from ccr.storage.models.accounts import ApiKey, Compartment
from ccr.storage.models.directory import MemberRow
from ccr.storage.queries.accounts import CompartmentFacts


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A key as it may be told: never the key itself."""

    id: UUID
    network_id: UUID
    compartment_id: UUID
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def add_key(
    network_id: UUID,
    compartment_id: UUID,
    *,
    key_hash: str,
    scopes: Iterable[str],
    at: datetime,
    expires_at: datetime,
) -> UUID:
    """Add a key by its hash; return its id."""
    row = ApiKey(
        id=uuid4(),
        network_id=network_id,
        compartment_id=compartment_id,
        key_hash=key_hash,
        scopes=list(scopes),
        created_at=at,
        expires_at=expires_at,
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def find_key(key_hash: str) -> KeyFacts | None:
    """Return the key of this hash, or None."""
    row = db.session.scalar(select(ApiKey).where(ApiKey.key_hash == key_hash))
    return None if row is None else _facts(row)


def find_key_and_program(key_hash: str) -> tuple[KeyFacts, CompartmentFacts] | None:
    """Return the key of this hash with the program it speaks for, or None; in one statement."""
    row = db.session.execute(_KEY_AND_PROGRAM, {"key_hash": key_hash}).first()
    if row is None:
        return None
    key = KeyFacts(
        id=row.key_id,
        network_id=row.network_id,
        compartment_id=row.compartment_id,
        scopes=frozenset(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
    program = CompartmentFacts(
        id=row.compartment_id,
        network_id=row.network_id,
        member_id=row.member_id,
        member_name=row.member_name,
        name=row.compartment_name,
        kind=CompartmentKind(row.kind),
        regime=Regime(row.regime),
        category=MemberCategory(row.category),
    )
    return key, program


# Every call begins with this one, so it is put together once and reads columns, not objects.
_KEY_AND_PROGRAM = (
    select(
        ApiKey.id.label("key_id"),
        ApiKey.scopes,
        ApiKey.created_at,
        ApiKey.expires_at,
        ApiKey.revoked_at,
        Compartment.id.label("compartment_id"),
        Compartment.network_id,
        Compartment.name.label("compartment_name"),
        Compartment.kind,
        MemberRow.id.label("member_id"),
        MemberRow.name.label("member_name"),
        MemberRow.regime,
        MemberRow.category,
    )
    .join(Compartment, Compartment.id == ApiKey.compartment_id)
    .join(MemberRow, MemberRow.id == Compartment.member_id)
    .where(ApiKey.key_hash == bindparam("key_hash"))
)


def list_keys(network_id: UUID) -> list[KeyFacts]:
    """Return the keys of a network, newest first."""
    rows = db.session.scalars(
        select(ApiKey)
        .where(ApiKey.network_id == network_id)
        .order_by(ApiKey.created_at.desc(), ApiKey.id)
    )
    return [_facts(row) for row in rows]


def revoke_key(key_id: UUID, *, at: datetime) -> bool:
    """Make a key worthless from now on; return False when it is so already."""
    changed = db.session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=at)
        .returning(ApiKey.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


def _facts(row: ApiKey) -> KeyFacts:
    return KeyFacts(
        id=row.id,
        network_id=row.network_id,
        compartment_id=row.compartment_id,
        scopes=frozenset(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
