"""Drafts: a referral row without receiver, code or facts, and one sealed text of the sender.

Nothing of a draft is in clear but that there is one. Everything is read and changed for one sender
compartment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, and_, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ccr.domain.clocks import Side
from ccr.domain.errors import NotFoundError, StaleError
from ccr.domain.phrases import phrase
from ccr.domain.referral_states import State
from ccr.storage.db import db
from ccr.storage.models.referrals import ReferralSearchRow
from ccr.storage.queries.referrals import REFERRAL, rows_changed, visible_to

SEARCH = cast("Table", ReferralSearchRow.__table__)


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft (or, after sending, the sender's own search) with its sealed facts."""

    id: UUID
    state: State
    version: int
    facts_sealed: str
    survivor_yes: bool
    chosen_by: str | None
    previous_referral_id: UUID | None
    created_at: datetime
    updated_at: datetime


def add_draft(
    *,
    network_id: UUID,
    sender_compartment_id: UUID,
    draft_id: UUID,
    facts_sealed: str,
    previous_referral_id: UUID | None = None,
    at: datetime,
) -> bool:
    """Add a draft; return False when somebody was first under this id, and nothing was written."""
    dialect = db.session.get_bind().dialect.name
    first = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(REFERRAL)
    added = db.session.scalar(
        first.values(
            id=draft_id,
            network_id=network_id,
            sender_compartment_id=sender_compartment_id,
            state=State.DRAFT.value,
            version=1,
            needs=[],
            track="survivor",
            urgency="standard",
            access=[],
            broader=[],
            survivor_yes=False,
            created_at=at,
            updated_at=at,
        )
        .on_conflict_do_nothing(index_elements=[REFERRAL.c.id])
        .returning(REFERRAL.c.id)
    )
    if added is None:
        return False
    db.session.execute(
        insert(SEARCH).values(
            referral_id=draft_id,
            sender_compartment_id=sender_compartment_id,
            facts_sealed=facts_sealed,
            previous_referral_id=previous_referral_id,
        )
    )
    return True


def new_draft_id() -> UUID:
    """Return the id of a draft to come; its facts are sealed for it before it is added."""
    return uuid4()


def get_draft(draft_id: UUID, *, sender_compartment_id: UUID, lock: bool = False) -> StoredDraft:
    """Return a draft or the search kept beside a sent referral, of this sender alone.

    Raises:
        NotFoundError: there is none, or it is not this compartment's.
    """
    statement = (
        select(
            REFERRAL.c.id,
            REFERRAL.c.state,
            REFERRAL.c.version,
            REFERRAL.c.survivor_yes,
            REFERRAL.c.chosen_by,
            REFERRAL.c.created_at,
            REFERRAL.c.updated_at,
            SEARCH.c.facts_sealed,
            SEARCH.c.previous_referral_id,
        )
        .join(SEARCH, SEARCH.c.referral_id == REFERRAL.c.id)
        .where(
            REFERRAL.c.id == draft_id,
            REFERRAL.c.sender_compartment_id == sender_compartment_id,
            SEARCH.c.sender_compartment_id == sender_compartment_id,
        )
    )
    if lock:
        statement = statement.with_for_update(of=REFERRAL)
    row = db.session.execute(statement).first()
    if row is None:
        raise NotFoundError
    return StoredDraft(
        row.id,
        State(row.state),
        row.version,
        row.facts_sealed,
        row.survivor_yes,
        row.chosen_by,
        row.previous_referral_id,
        row.created_at,
        row.updated_at,
    )


def save_draft(
    draft: StoredDraft,
    *,
    sender_compartment_id: UUID,
    facts_sealed: str,
    survivor_yes: bool,
    chosen_by: str | None,
    at: datetime,
) -> None:
    """Store a changed draft, one version on.

    Raises:
        StaleError: it was changed, sent or thrown away in the meantime.
    """
    values: dict[str, Any] = {
        "version": draft.version + 1,
        "survivor_yes": survivor_yes,
        "chosen_by": chosen_by,
        "updated_at": at,
    }
    changed = rows_changed(
        update(REFERRAL)
        .where(
            REFERRAL.c.id == draft.id,
            REFERRAL.c.sender_compartment_id == sender_compartment_id,
            REFERRAL.c.state == State.DRAFT.value,
            REFERRAL.c.version == draft.version,
        )
        .values(**values)
    )
    if changed != 1:
        raise StaleError(phrase("Somebody else changed this draft first. Nothing was written."))
    db.session.execute(
        update(SEARCH)
        .where(
            SEARCH.c.referral_id == draft.id,
            SEARCH.c.sender_compartment_id == sender_compartment_id,
        )
        .values(facts_sealed=facts_sealed)
    )


def is_taken(referral_id: UUID) -> bool:
    """Return True when there is a draft or referral of this id, whoever's it is."""
    return db.session.scalar(select(REFERRAL.c.id).where(REFERRAL.c.id == referral_id)) is not None


def is_draft_of(draft_id: UUID, compartment_id: UUID) -> bool:
    """Return True when this is a draft of this program, not sent yet."""
    found = select(REFERRAL.c.id).where(
        REFERRAL.c.id == draft_id,
        REFERRAL.c.sender_compartment_id == compartment_id,
        REFERRAL.c.state == State.DRAFT.value,
    )
    return db.session.scalar(found) is not None


def drafts_untouched_since(moment: datetime, *, limit: int) -> list[tuple[UUID, UUID]]:
    """Return (draft, sender compartment) of drafts last saved before a moment, oldest first."""
    rows = db.session.execute(
        select(REFERRAL.c.id, REFERRAL.c.sender_compartment_id)
        .where(REFERRAL.c.state == State.DRAFT.value, REFERRAL.c.updated_at < moment)
        .order_by(REFERRAL.c.updated_at, REFERRAL.c.id)
        .limit(limit)
    )
    return [(row.id, row.sender_compartment_id) for row in rows]


def reseal(referral_id: UUID, facts_sealed: str, *, sender_compartment_id: UUID) -> None:
    """Store anew what is kept beside a sent referral of this sender."""
    db.session.execute(
        update(SEARCH)
        .where(
            SEARCH.c.referral_id == referral_id,
            SEARCH.c.sender_compartment_id == sender_compartment_id,
        )
        .values(facts_sealed=facts_sealed)
    )


def delete_draft(draft_id: UUID, *, sender_compartment_id: UUID) -> None:
    """Delete a draft with its sealed facts; raises NotFoundError when there is no such draft."""
    db.session.execute(
        delete(SEARCH).where(
            SEARCH.c.referral_id == draft_id,
            SEARCH.c.sender_compartment_id == sender_compartment_id,
            SEARCH.c.referral_id.in_(
                select(REFERRAL.c.id).where(REFERRAL.c.state == State.DRAFT.value)
            ),
        )
    )
    deleted = rows_changed(
        delete(REFERRAL).where(
            REFERRAL.c.id == draft_id,
            REFERRAL.c.sender_compartment_id == sender_compartment_id,
            REFERRAL.c.state == State.DRAFT.value,
        )
    )
    if deleted != 1:
        raise NotFoundError


def earlier_receivers(referral_id: UUID, *, sender_compartment_id: UUID) -> frozenset[UUID]:
    """Return the programs that were asked before in this chain of re-routed referrals."""
    found: set[UUID] = set()
    current: UUID | None = referral_id
    seen: set[UUID] = set()
    while current is not None and current not in seen:
        seen.add(current)
        row = db.session.execute(
            select(REFERRAL.c.receiver_compartment_id, SEARCH.c.previous_referral_id)
            .join(SEARCH, SEARCH.c.referral_id == REFERRAL.c.id)
            .where(
                REFERRAL.c.id == current,
                REFERRAL.c.sender_compartment_id == sender_compartment_id,
            )
        ).first()
        if row is None:
            break
        if row.receiver_compartment_id is not None:
            found.add(row.receiver_compartment_id)
        current = row.previous_referral_id
    return frozenset(found)


def keep_reason(referral_id: UUID, sealed: str, *, sender_compartment_id: UUID) -> None:
    """Keep, sealed, why the partner of a referral was proposed."""
    db.session.execute(
        update(SEARCH)
        .where(
            SEARCH.c.referral_id == referral_id,
            SEARCH.c.sender_compartment_id == sender_compartment_id,
        )
        .values(why_sealed=sealed)
    )


def get_reason(referral_id: UUID, *, sender_compartment_id: UUID) -> str | None:
    """Return, sealed, why the partner of a referral of this sender was proposed, or None."""
    return db.session.scalar(
        select(SEARCH.c.why_sealed).where(
            SEARCH.c.referral_id == referral_id,
            SEARCH.c.sender_compartment_id == sender_compartment_id,
        )
    )


def forget_reason(referral_id: UUID) -> None:
    """Delete why the partner of a referral was proposed."""
    db.session.execute(
        update(SEARCH).where(SEARCH.c.referral_id == referral_id).values(why_sealed=None)
    )


def forget_old_reasons(accepted_before: Mapping[str, datetime]) -> int:
    """Delete it for referrals accepted at or before a moment that depends on their urgency.

    Returns:
        How many were deleted.
    """
    over = [
        and_(REFERRAL.c.urgency == urgency, REFERRAL.c.accepted_at <= before)
        for urgency, before in accepted_before.items()
    ]
    return rows_changed(
        update(SEARCH)
        .where(
            SEARCH.c.why_sealed.is_not(None),
            SEARCH.c.referral_id.in_(select(REFERRAL.c.id).where(or_(*over))),
        )
        .values(why_sealed=None)
    )


def service_sent_to(code: str, *, sender_compartment_id: UUID, network_id: UUID) -> UUID | None:
    """Return the service to which this program sent the referral of a code, or None."""
    return db.session.scalar(
        select(REFERRAL.c.service_id).where(
            REFERRAL.c.network_id == network_id,
            REFERRAL.c.code == code,
            *visible_to(Side.SENDER, sender_compartment_id),
        )
    )
