"""Somebody in an abusive partner program, by a code: who sent them, and by when what is due.

What lives here: the values, the rule that a mandate names its authority (R14), and the two clocks
of R76. What must not: a name or contact; anything of a victim, a risk or a consultation; the steps
from one state to the next (`ccr.domain.participant_states`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.errors import InvalidInputError
from ccr.domain.participant_words import EndReason, EventKind, ReferralSource, Screening
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.safety_question import one_line
from ccr.domain.taxonomy import Labelled, MemberCategory, Regime

INTAKE_DAYS = 14
"""Within so many days an intake is offered. Source: R76 (our choice)."""
ENROL_DAYS = 28
"""By this day somebody is enrolled. Source: R76 (first court check within four weeks, OJP)."""
SOON = timedelta(days=3)
"""So long before its day an enrolment check stands on the desk. Our choice."""
MOST_IN_AN_AUTHORITY = 120
LONGEST_AGO = timedelta(days=366 * 5)
"""No order is older than this. Our choice: supervision rarely lasts longer."""
_PUBLIC_POWER = frozenset({MemberCategory.GOVERNMENT, MemberCategory.LAW_ENFORCEMENT})
_ITS_REGIMES = frozenset({Regime.COURT, Regime.LAW_ENFORCEMENT, Regime.CHILD_PROTECTION})


class ParticipantState(Labelled):
    """How far somebody is in a program."""

    AWAITING_INTAKE = "awaiting-intake"
    INTAKE_DONE = "intake-done"
    ENROLLED = "enrolled"
    NOT_ENROLLED = "not-enrolled"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _STATES[self]

    @property
    def is_over(self) -> bool:
        """Return True when nothing can follow any more."""
        return self not in OPEN

    @property
    def waits_for_enrolment(self) -> bool:
        """Return True before anybody is enrolled, or was turned away."""
        return self in {ParticipantState.AWAITING_INTAKE, ParticipantState.INTAKE_DONE}


OPEN = frozenset(
    {
        ParticipantState.AWAITING_INTAKE,
        ParticipantState.INTAKE_DONE,
        ParticipantState.ENROLLED,
    }
)
_STATES = {
    ParticipantState.AWAITING_INTAKE: phrase("Waits for the intake"),
    ParticipantState.INTAKE_DONE: phrase("Intake done"),
    ParticipantState.ENROLLED: phrase("Enrolled"),
    ParticipantState.NOT_ENROLLED: phrase("Not enrolled"),
    ParticipantState.COMPLETED: phrase("Completed"),
    ParticipantState.TERMINATED: phrase("Terminated"),
    ParticipantState.WITHDRAWN: phrase("Withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Order:
    """Who referred, and whether an authority mandated it: a member, or one outside by its name.

    Attributes:
        outside: an institution that is no member, in one line; never a person.
    """

    source: ReferralSource
    mandated: bool
    authority_id: UUID | None = None
    outside: str = ""
    ordered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """One participant of a program. Days are days in the network's zone."""

    id: UUID
    network_id: UUID
    compartment_id: UUID
    code: str
    order: Order
    opened_at: datetime
    intake_due_at: datetime
    enrol_due_at: datetime
    state: ParticipantState = ParticipantState.AWAITING_INTAKE
    referral_id: UUID | None = None
    screening: Screening | None = None
    group_id: UUID | None = None
    intake_offered_on: date | None = None
    intake_on: date | None = None
    enrolled_on: date | None = None
    ended_on: date | None = None
    end_reason: EndReason | None = None
    version: int = 1

    def intake_is_late(self, at: datetime) -> bool:
        """Return True when no intake was offered in time (R76)."""
        return (
            self.state is ParticipantState.AWAITING_INTAKE
            and self.intake_offered_on is None
            and self.intake_due_at <= at
        )

    def check_is_due(self, at: datetime) -> bool:
        """Return True when the enrolment check is near, or was due (R76)."""
        return self.state.waits_for_enrolment and self.enrol_due_at - SOON <= at

    def enrolment_is_late(self, at: datetime) -> bool:
        """Return True when day 28 is over and nobody enrolled them or turned them away (R55)."""
        return self.state.waits_for_enrolment and self.enrol_due_at <= at


@dataclass(frozen=True, slots=True)
class Event:
    """What happened on a day; `reason` is a code of its kind, or None."""

    position: int
    kind: EventKind
    on: date
    at: datetime
    reason: str | None = None


def may_mandate(category: MemberCategory, regime: Regime) -> bool:
    """Return True where a supervising authority can be: a court, probation, parole, an agency.

    Lawyers of either party are of the legal system too, and are none (R32).
    """
    return category in _PUBLIC_POWER or regime in _ITS_REGIMES


def checked_order(order: Order, authorities: Collection[UUID], today: date) -> Order:
    """Return the order with its line trimmed.

    `authorities`: the members that may mandate. R14: mandated implies that one is named.

    Raises:
        InvalidInputError: an authority is missing, named twice or unknown, or the day cannot be;
            `field` names it.
    """
    outside = one_line(order.outside, field="outside", needed=False, most=MOST_IN_AN_AUTHORITY)
    named = order.authority_id is not None or bool(outside)
    if order.mandated and not named:
        raise InvalidInputError(phrase("Name the authority that mandated it."), field="authority")
    if order.mandated and order.source is ReferralSource.SELF:
        raise InvalidInputError(
            phrase("Who comes by themselves is not mandated. Choose who referred them."),
            field="source",
        )
    if named and not order.mandated:
        raise InvalidInputError(
            phrase("An authority is named only where it mandated. Say so, or take it out."),
            field="mandated",
        )
    if order.authority_id is not None and outside:
        raise InvalidInputError(
            phrase("Name one authority: a member, or one outside the network."), field="outside"
        )
    if order.authority_id is not None and order.authority_id not in authorities:
        raise InvalidInputError(phrase("Choose an authority of the list."), field="authority")
    _check_ordered_on(order.ordered_on, today)
    return replace(order, outside=outside)


def _check_ordered_on(day: date | None, today: date) -> None:
    if day is not None and not today - LONGEST_AGO <= day <= today:
        raise InvalidInputError(
            phrase("Give the day of the order, today at the latest, or leave it empty."),
            field="ordered_on",
        )


def end_of_day(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return when the day that is `days` calendar days after `start` is over, in that zone.

    Weekends and holidays count: a limit that somebody's safety hangs on is never put off. Where
    the clocks change in between, a day is as long as it is there.
    """
    day = start.astimezone(zone).date() + timedelta(days=days + 1)
    return datetime.combine(day, time(), tzinfo=zone)


def last_day(due_at: datetime, zone: ZoneInfo) -> date:
    """Return the last day on which something due at the end of a day is in time."""
    return (due_at - timedelta(microseconds=1)).astimezone(zone).date()
