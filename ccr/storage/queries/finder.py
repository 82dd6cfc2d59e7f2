"""What the public pages ask storage for: which network is public, and who is listed now."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.exc import DBAPIError

from ccr.domain.taxonomy import MemberCategory
from ccr.storage.db import db
from ccr.storage.models.directory import MemberRow
from ccr.storage.queries.accounts import NetworkFacts, list_networks


def networks_if_any_answer() -> list[NetworkFacts]:
    """Return the networks that people work in, or none when the database does not answer."""
    try:
        return list_networks()
    except DBAPIError:
        db.session.rollback()
        return []


def listed_members(network_id: UUID) -> frozenset[UUID]:
    """Return the ids of the members that may stand on a public page."""
    return frozenset(db.session.scalars(_listed(network_id)))


def still_listed(network_id: UUID, member_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of these members that may stand on a public page at this moment."""
    wanted = list(dict.fromkeys(member_ids))
    if not wanted:
        return frozenset()
    return frozenset(db.session.scalars(_listed(network_id).where(MemberRow.id.in_(wanted))))


def _listed(network_id: UUID) -> Select[Any]:
    return select(MemberRow.id).where(
        MemberRow.network_id == network_id,
        MemberRow.listed,
        MemberRow.active,
        MemberRow.category != MemberCategory.SURVIVOR.value,
    )
