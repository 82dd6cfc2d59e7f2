"""What a sender is told before sending: who reads it now, whose the answer is, and by when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ccr.domain.clocks import ClockKind, Side, answer_duty, due_at
from ccr.domain.taxonomy import Need, Urgency
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.reading_hours import reading_calendar
from ccr.services.world import World
from ccr.storage.queries.receivers import Receiver
from ccr.storage.queries.time_rules import get_time_rules


@dataclass(frozen=True, slots=True)
class AnswerAhead:
    """The answer clock as it would start now.

    Attributes:
        duty: whose it would be.
        due_at: aware UTC.
        is_read: True when somebody there reads referrals of these needs now.
        reads_at: when somebody there reads next, while nobody does; None when that is not known.
    """

    duty: Side
    due_at: datetime
    is_read: bool
    reads_at: datetime | None


def answer_ahead(
    identity: Identity,
    world: World,
    receiver: Receiver,
    needs: Collection[Need],
    urgency: Urgency,
    *,
    at: datetime,
) -> AnswerAhead:
    """Return the answer clock that sending now would start; the same rules as sending's."""
    authorise(identity, Permission.REFERRAL_SEND)
    calendar = reading_calendar(world.hours, receiver, needs)
    spans = get_time_rules(identity.network_id).spans(needs)
    is_read = calendar.is_open(at)
    return AnswerAhead(
        Side.SENDER if receiver.by_phone else answer_duty(urgency, at, calendar),
        due_at(ClockKind.ANSWER, urgency, at, calendar, spans=spans),
        is_read,
        None if is_read else calendar.next_change(at),
    )
