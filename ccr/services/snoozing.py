"""Letting reminders of one's own rest until a time, with a reason.

It holds what goes to one's own program and nothing else: the due time stays, and what a missed
answer brings about beyond this program comes when it comes (R79).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.chasing import SnoozeReason, check_snooze
from ccr.domain.clocks import Clock
from ccr.domain.errors import IllegalTransitionError, InvalidInputError, NotFoundError
from ccr.domain.phrases import Phrase, phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import follow_ups as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.clocks import list_clocks, look_again
from ccr.storage.queries.referrals import get_referral
from ccr.storage.queries.shown_referrals import find_side


@dataclass(frozen=True, slots=True)
class Rested:
    """What became of several that were put off at once.

    Attributes:
        count: how many rest now.
        refused: why each of the others does not.
    """

    count: int
    refused: dict[UUID, Phrase]


def snooze(
    identity: Identity,
    referral_id: UUID,
    until: datetime,
    reason: SnoozeReason | None,
    *,
    at: datetime,
) -> None:
    """Let reminders to one's own program rest until then.

    Raises:
        NotFoundError: not of one's own program.
        IllegalTransitionError: nothing of it is one's own program's to do now.
        InvalidInputError: field `until` or `reason`; see `check_snooze`.
    """
    with unit_of_work():
        _rest(identity, referral_id, until, reason, at=at)


def snooze_all(
    identity: Identity,
    referral_ids: Sequence[UUID],
    until: datetime,
    reason: SnoozeReason,
    *,
    at: datetime,
) -> Rested:
    """Let reminders of several rest until then, for one reason; what cannot rest is left as it is.

    They are locked in one order, so that two of these at once do not wait for each other.

    Raises:
        NotFoundError: one of them is not of one's own program; then none rests.
    """
    refused: dict[UUID, Phrase] = {}
    chosen = sorted(set(referral_ids))
    with unit_of_work():
        for referral_id in chosen:
            try:
                _rest(identity, referral_id, until, reason, at=at)
            except (IllegalTransitionError, InvalidInputError) as error:
                refused[referral_id] = error.phrase
    return Rested(len(chosen) - len(refused), refused)


def wake(identity: Identity, referral_id: UUID, *, at: datetime) -> None:
    """Let reminders go on before the time; raises NotFoundError."""
    with unit_of_work():
        _own_duty(identity, referral_id)
        queries.snooze(referral_id, identity.compartment_id, None, None)
        look_again(referral_id, identity.compartment_id, at=at)
        append_event(identity, "woken", "referral", referral_id, at=at)


def _rest(
    identity: Identity,
    referral_id: UUID,
    until: datetime,
    reason: SnoozeReason | None,
    *,
    at: datetime,
) -> None:
    """Do what `snooze` does, in a transaction that is open; refuse before anything is written."""
    clock = _own_duty(identity, referral_id)
    if clock is None:
        raise IllegalTransitionError(phrase("Nothing of this is yours to do now."))
    check_snooze(clock, until, at=at, reason=reason)
    code = reason.value if reason else None
    queries.snooze(referral_id, identity.compartment_id, until, code)
    look_again(referral_id, identity.compartment_id, at=at)
    append_event(identity, "snoozed", "referral", referral_id, at=at, reason=code)


def _own_duty(identity: Identity, referral_id: UUID) -> Clock | None:
    """Return the running clock of one's own program, the referral locked; None for none."""
    authorise(identity, Permission.REFERRAL_LIST)
    side = find_side(referral_id, identity.compartment_id)
    if side is None:
        raise NotFoundError
    get_referral(referral_id, side=side, compartment_id=identity.compartment_id, lock=True)
    clocks = list_clocks([referral_id])[referral_id].values()
    return next((c for c in clocks if c.owner is side and c.met_at is None), None)
