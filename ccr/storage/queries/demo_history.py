"""The demo's past in bulk: thousands of whole referrals, their record and their audit chains.

Everything is written as lists of rows, a few statements for all; the values are those of the
domain, made by the same tables as real ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, insert, select

from ccr.domain.audit import GENESIS, AuditEvent, chain_hash
from ccr.domain.chasing import SOONEST, next_look
from ccr.domain.clocks import Clock
from ccr.domain.disclosure import ReferralFacts
from ccr.domain.referral import Referral
from ccr.domain.release import FeedbackRelease
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Compartment
from ccr.storage.models.directory import MemberRow, UnmetNeed
from ccr.storage.queries.audit import EVENT as AUDIT
from ccr.storage.queries.audit import HEAD
from ccr.storage.queries.clocks import CLOCK
from ccr.storage.queries.drafts import SEARCH
from ccr.storage.queries.referral_columns import fact_columns, life_columns
from ccr.storage.queries.referrals import EVENT, REFERRAL, NewEvent
from ccr.storage.queries.releases import RELEASE, release_columns

UNMET = cast("Table", UnmetNeed.__table__)
ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class PastClock:
    """A clock as it stood at the end, whose it was, and whether it was met in time."""

    id: UUID
    clock: Clock
    owner_compartment_id: UUID
    met: bool | None
    step_at: datetime | None


@dataclass(frozen=True, slots=True)
class PastAudit:
    """One event to tie to a compartment's chain; no actor means the system."""

    compartment_id: UUID
    actor_id: UUID | None
    verb: str
    referral_id: UUID
    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class PastReferral:
    """A sent referral with all that hangs on it; events are in the order they happened."""

    referral: Referral
    facts: ReferralFacts
    broader: tuple[str, ...]
    chosen_by: str
    facts_sealed: str
    previous_referral_id: UUID | None
    events: tuple[NewEvent, ...]
    clocks: tuple[PastClock, ...]
    release: FeedbackRelease | None
    changed_at: datetime


def first_accounts(network_id: UUID) -> dict[UUID, tuple[UUID, str]]:
    """Return (account, regime of the member) of the first account of every program with one."""
    rows = db.session.execute(
        select(Account.compartment_id, Account.id, MemberRow.regime)
        .join(Compartment, Compartment.id == Account.compartment_id)
        .join(MemberRow, MemberRow.id == Compartment.member_id)
        .where(Account.network_id == network_id, Account.active)
        .order_by(Account.email.desc())
    )
    return {row.compartment_id: (row.id, row.regime) for row in rows}


def add_past(referrals: Sequence[PastReferral]) -> None:
    """Write the referrals, each after the one that it takes the place of."""
    _insert(REFERRAL, (_referral(past) for past in referrals))
    _insert(
        SEARCH,
        (
            {
                "referral_id": past.referral.id,
                "sender_compartment_id": past.referral.sender_compartment_id,
                "facts_sealed": past.facts_sealed,
                "previous_referral_id": past.previous_referral_id,
            }
            for past in referrals
        ),
    )
    _insert(
        EVENT,
        (
            _event(event, position)
            for past in referrals
            for position, event in enumerate(past.events, start=1)
        ),
    )
    _insert(CLOCK, (_clock(past.referral, clock) for past in referrals for clock in past.clocks))
    _insert(
        RELEASE,
        (
            {"referral_id": past.referral.id, **release_columns(past.release)}
            for past in referrals
            if past.release is not None
        ),
    )


def append_past(events: Iterable[PastAudit]) -> None:
    """Tie the events to the chains of their compartments, in the order of their moments."""
    chains: dict[UUID, list[PastAudit]] = defaultdict(list)
    for event in events:
        chains[event.compartment_id].append(event)
    heads = {
        row.compartment_id: (row.position, row.hash)
        for row in db.session.execute(select(HEAD).where(HEAD.c.compartment_id.in_(chains)))
    }
    rows: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    for compartment_id, chain in chains.items():
        position, tied = heads.get(compartment_id, (0, GENESIS))
        for past in sorted(chain, key=lambda event: event.at):
            position += 1
            row = _audit(past, position, tied)
            tied = row["hash"]
            rows.append(row)
        ends.append({"compartment_id": compartment_id, "position": position, "hash": tied})
    _insert(AUDIT, rows)
    if heads:
        db.session.execute(HEAD.delete().where(HEAD.c.compartment_id.in_(heads)))
    _insert(HEAD, ends)


def add_unmet(network_id: UUID, counts: Mapping[tuple[str, str, str], int]) -> None:
    """Write counters of needs that found nothing, by (quarter, county, need)."""
    _insert(
        UNMET,
        (
            {
                "network_id": network_id,
                "quarter": quarter,
                "county_fips": county_fips,
                "need": need,
                "count": count,
            }
            for (quarter, county_fips, need), count in counts.items()
        ),
    )


def _insert(table: Table, rows: Iterable[dict[str, Any]]) -> None:
    waiting = iter(rows)
    while some := list(islice(waiting, ROWS_AT_ONCE)):
        db.session.execute(insert(table), some)


def _referral(past: PastReferral) -> dict[str, Any]:
    referral = past.referral
    return {
        "id": referral.id,
        "network_id": referral.network_id,
        "sender_compartment_id": referral.sender_compartment_id,
        **fact_columns(past.facts),
        **life_columns(referral),
        "broader": list(past.broader),
        "question_sealed": None,
        "survivor_yes": True,
        "chosen_by": past.chosen_by,
        "created_at": referral.created_at,
        "updated_at": past.changed_at,
    }


def _event(event: NewEvent, position: int) -> dict[str, Any]:
    return {
        "id": event.id,
        "referral_id": event.referral_id,
        "position": position,
        "compartment_id": event.compartment_id,
        "side": event.by.value,
        "action": event.kind.value,
        "from_state": event.from_state.value if event.from_state else None,
        "to_state": event.to_state.value if event.to_state else None,
        "reason": event.reason,
        "note_sealed": event.note_sealed,
        "at": event.at,
    }


def _clock(referral: Referral, past: PastClock) -> dict[str, Any]:
    clock = past.clock
    return {
        "id": past.id,
        "network_id": referral.network_id,
        "referral_id": referral.id,
        "owner_compartment_id": past.owner_compartment_id,
        "kind": clock.kind.value,
        "urgency": clock.urgency.value,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "paused_at": clock.paused_at,
        "stopped_at": clock.met_at,
        "met": past.met,
        "step": clock.steps_done,
        "step_at": past.step_at,
        "next_step_at": next_look(clock, SOONEST),
    }


def _audit(past: PastAudit, position: int, previous: str) -> dict[str, Any]:
    event = AuditEvent(
        compartment_id=past.compartment_id,
        position=position,
        at=past.at.astimezone(UTC),
        actor_id=past.actor_id,
        verb=past.verb,
        subject_type="referral",
        subject_id=past.referral_id,
        field_names=(),
        reason=past.reason,
    )
    return {
        "id": uuid4(),
        "compartment_id": event.compartment_id,
        "position": position,
        "at": event.at,
        "actor_id": event.actor_id,
        "verb": event.verb,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "field_names": [],
        "reason": event.reason,
        "previous_hash": previous,
        "hash": chain_hash(previous, event),
    }
