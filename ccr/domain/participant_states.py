"""The table of a participant's states and acts, and what each act brings with it.

What lives here: `advance`, the only way to another state, and `follows`: which notice is due and
which consultation is prompted (R55, S4). What must not: sending or storing either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from ccr.domain.consultation_triggers import Trigger
from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.participant_words import EndReason, EventKind, Screening
from ccr.domain.participants import OPEN, Participant, ParticipantState
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled

LONGEST_BACK = timedelta(days=366)
"""Nothing is recorded about a day longer ago than this. Our choice."""


class Act(Labelled):
    """What staff of the program record."""

    OFFER_INTAKE = "offer-intake"
    ATTEND_INTAKE = "attend-intake"
    MISS_INTAKE = "miss-intake"
    ENROL = "enrol"
    CHANGE_GROUP = "change-group"
    TURN_AWAY = "turn-away"
    COMPLETE = "complete"
    TERMINATE = "terminate"
    WITHDRAW = "withdraw"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _LABELS[self]


@dataclass(frozen=True, slots=True)
class Step:
    """An act with its day and what it needs."""

    act: Act
    on: date
    screening: Screening | None = None
    group_id: UUID | None = None
    reason: EndReason | None = None


@dataclass(frozen=True, slots=True)
class Follows:
    """What an act brings with it: a report that is due today, and a consultation to ask for."""

    noncompliance: bool = False
    status: bool = False
    trigger: Trigger | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """From which states an act leads where (None: it stays), and as which event it is kept."""

    starts: frozenset[ParticipantState]
    to: ParticipantState | None
    event: EventKind
    reasons: frozenset[EndReason] = frozenset()


_WAITING = frozenset({ParticipantState.AWAITING_INTAKE})
_BEFORE = frozenset({ParticipantState.AWAITING_INTAKE, ParticipantState.INTAKE_DONE})
_IN = frozenset({ParticipantState.ENROLLED})
TABLE: dict[Act, _Row] = {
    Act.OFFER_INTAKE: _Row(_WAITING, None, EventKind.INTAKE_OFFERED),
    Act.ATTEND_INTAKE: _Row(_WAITING, ParticipantState.INTAKE_DONE, EventKind.INTAKE_ATTENDED),
    Act.MISS_INTAKE: _Row(_WAITING, None, EventKind.INTAKE_MISSED),
    Act.ENROL: _Row(
        frozenset({ParticipantState.INTAKE_DONE}), ParticipantState.ENROLLED, EventKind.ENROLLED
    ),
    Act.CHANGE_GROUP: _Row(_IN, None, EventKind.GROUP_CHANGED),
    Act.TURN_AWAY: _Row(
        _BEFORE,
        ParticipantState.NOT_ENROLLED,
        EventKind.ENDED,
        frozenset(
            {
                EndReason.NEVER_CAME,
                EndReason.NOT_SUITABLE,
                EndReason.RULES,
                EndReason.FEES,
                EndReason.OTHER_HELP,
                EndReason.OTHER_PROGRAM,
            }
        ),
    ),
    Act.COMPLETE: _Row(_IN, ParticipantState.COMPLETED, EventKind.ENDED),
    Act.TERMINATE: _Row(
        _IN,
        ParticipantState.TERMINATED,
        EventKind.ENDED,
        frozenset({EndReason.ATTENDANCE, EndReason.RULES, EndReason.FEES, EndReason.OTHER_HELP}),
    ),
    Act.WITHDRAW: _Row(
        OPEN,
        ParticipantState.WITHDRAWN,
        EventKind.ENDED,
        frozenset({EndReason.OWN_DECISION, EndReason.OTHER_PROGRAM, EndReason.ORDER_ENDED}),
    ),
}
_LABELS = {
    Act.OFFER_INTAKE: phrase("An intake was offered"),
    Act.ATTEND_INTAKE: phrase("Came to the intake"),
    Act.MISS_INTAKE: phrase("Missed the intake"),
    Act.ENROL: phrase("Enrol in a group"),
    Act.CHANGE_GROUP: phrase("Move to another group"),
    Act.TURN_AWAY: phrase("Does not enrol"),
    Act.COMPLETE: phrase("Completed the program"),
    Act.TERMINATE: phrase("The program ends the place"),
    Act.WITHDRAW: phrase("Leaves the program"),
}


def acts_of(participant: Participant) -> tuple[Act, ...]:
    """Return what may be recorded now, in the order of the list."""
    return tuple(act for act, row in TABLE.items() if participant.state in row.starts)


def reasons_of(act: Act) -> tuple[EndReason, ...]:
    """Return the reasons that an act asks for; none when it needs no reason."""
    return tuple(reason for reason in EndReason if reason in TABLE[act].reasons)


def advance(participant: Participant, step: Step, today: date) -> Participant:
    """Return the participant after a step, one version on.

    Raises:
        IllegalTransitionError: not from this state.
        InvalidInputError: the day cannot be, or what the act needs is missing; `field` names it.
    """
    row = TABLE[step.act]
    if participant.state not in row.starts:
        raise IllegalTransitionError(
            phrase("This cannot be recorded now: somebody may have recorded another step.")
        )
    check_day(participant, step.on, today)
    if row.reasons and step.reason not in row.reasons:
        raise InvalidInputError(phrase("Choose one."), field="reason")
    after = _SET[step.act](participant, step)
    state = row.to or participant.state
    if state.is_over:
        after = replace(after, ended_on=step.on, end_reason=step.reason)
    return replace(after, state=state, version=participant.version + 1)


def check_day(participant: Participant, on: date, today: date) -> None:
    """Refuse a day to come, one too long ago, or one before what it follows.

    Raises:
        InvalidInputError: on the field `on`.
    """
    days = (participant.intake_on, participant.enrolled_on)
    after = max((day for day in days if day), default=today - LONGEST_BACK)
    if not max(after, today - LONGEST_BACK) <= on <= today:
        raise InvalidInputError(
            phrase("Give a day that is not to come, and not before what happened last."),
            field="on",
        )


def _offered(before: Participant, step: Step) -> Participant:
    return replace(before, intake_offered_on=before.intake_offered_on or step.on)


def _attended(before: Participant, step: Step) -> Participant:
    if step.screening is None:
        raise InvalidInputError(phrase("Choose what the intake found."), field="screening")
    return replace(_offered(before, step), intake_on=step.on, screening=step.screening)


def _enrolled(before: Participant, step: Step) -> Participant:
    if before.screening is Screening.NOT_SUITABLE:
        raise InvalidInputError(
            phrase("The intake found the program not suitable. Record that they do not enrol."),
            field="group",
        )
    return replace(_in_group(before, step), enrolled_on=step.on)


def _in_group(before: Participant, step: Step) -> Participant:
    if step.group_id is None:
        raise InvalidInputError(phrase("Choose a group."), field="group")
    if step.group_id == before.group_id:
        raise InvalidInputError(phrase("This is the group they are in."), field="group")
    return replace(before, group_id=step.group_id)


def _as_before(before: Participant, _step: Step) -> Participant:
    return before


_SET: dict[Act, Callable[[Participant, Step], Participant]] = {
    Act.OFFER_INTAKE: _offered,
    Act.ATTEND_INTAKE: _attended,
    Act.MISS_INTAKE: _offered,
    Act.ENROL: _enrolled,
    Act.CHANGE_GROUP: _in_group,
    Act.TURN_AWAY: _as_before,
    Act.COMPLETE: _as_before,
    Act.TERMINATE: _as_before,
    Act.WITHDRAW: _as_before,
}


def follows(participant: Participant, act: Act) -> Follows:
    """Return what an act brings with it. Source: R55 (respond at the first failure), S4."""
    mandated = participant.order.mandated
    if act is Act.MISS_INTAKE:
        return follows_missing(participant)
    if act is Act.TURN_AWAY:
        return Follows(noncompliance=mandated, trigger=Trigger.TERMINATION)
    if act in {Act.TERMINATE, Act.WITHDRAW}:
        return Follows(status=mandated, trigger=Trigger.TERMINATION)
    return Follows(status=mandated and act is Act.COMPLETE)


def follows_missing(participant: Participant) -> Follows:
    """Return what follows when a first session is missed, or nobody is enrolled by day 28."""
    return Follows(noncompliance=participant.order.mandated, trigger=Trigger.MISSED_FIRST_SESSION)
