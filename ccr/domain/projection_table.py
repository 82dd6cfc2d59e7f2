"""The projection: who sees what of a referral, as one table beside the state table (design 2.4).

What lives here: the table and how it is read. What must not: taking facts away, which the masks
do (`ccr.domain.projection_masks`), or describing what is left (`ccr.domain.projection`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ccr.domain.outcomes import DeclineReason
from ccr.domain.referral import Referral
from ccr.domain.referral_states import State
from ccr.domain.referral_views import Status
from ccr.domain.taxonomy import Urgency

NOT_SHARED_AFTER: dict[Urgency, timedelta] = {
    Urgency.IMMEDIATE: timedelta(days=3),
    Urgency.HIGH: timedelta(days=7),
    Urgency.STANDARD: timedelta(days=14),
}
"""How long after acceptance an unshared referral reads "Accepted" before it reads "Outcome not
shared. This is closed." It depends on the urgency alone. Our choice, ADR 0005."""


class Viewer(StrEnum):
    """From where a referral is looked at."""

    SENDER = "sender"
    RECEIVER = "receiver"
    COORDINATOR = "coordinator"


class Standing(StrEnum):
    """Where a referral stands, with the ends told apart by who ended it."""

    DRAFT = "draft"
    SENT = "sent"
    TO_CALL = "to-call"
    ASKED = "asked"
    WAITLISTED = "waitlisted"
    TAKEN_BY_PHONE = "taken-by-phone"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    CONNECTED = "connected"
    DECLINED = "declined"
    HANDED_BACK = "handed-back"
    CLOSED_BY_SENDER = "closed-by-sender"
    CLOSED_BY_RECEIVER = "closed-by-receiver"
    RECALLED = "recalled"
    STOPPED = "stopped"
    ENTERED_IN_ERROR = "entered-in-error"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CLOSED_AFTER_EXPIRY = "closed-after-expiry"
    FROZEN = "frozen"


class Facts(StrEnum):
    """How much of the facts a receiver sees: "gone" is not even need and county."""

    GONE = "gone"
    NONE = "none"
    BEFORE = "before"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row of the table shows.

    Attributes:
        status: what it is called; for a fixed course, "accepted" and later "not shared".
        progress: True when states after acceptance may be seen.
        outcome: True when the outcome code may be seen.
        fixed: True when it is a function of sent_at, accepted_at and the moment alone.
        facts: for receivers.
    """

    status: Status
    progress: bool = False
    outcome: bool = False
    fixed: bool = False
    facts: Facts = Facts.NONE


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands, which codes, who looks, with or without a release in force.

    `codes` None means any code or none; `release` None means with or without.
    """

    viewer: Viewer
    standings: frozenset[Standing]
    shows: Shown | None
    codes: frozenset[str] | None = None
    release: bool | None = None


def _row(
    viewer: Viewer,
    standings: Iterable[Standing],
    shows: Shown | None,
    codes: Iterable[str] | None = None,
    *,
    release: bool | None = None,
) -> Row:
    return Row(
        viewer, frozenset(standings), shows, None if codes is None else frozenset(codes), release
    )


SAID_TO_SENDER: dict[DeclineReason, Status] = {
    DeclineReason.NO_CAPACITY: Status.NO_ROOM,
    DeclineReason.OUTSIDE_AREA: Status.OUTSIDE_AREA,
    DeclineReason.LANGUAGE: Status.NO_LANGUAGE,
    DeclineReason.INSUFFICIENT_INFORMATION: Status.NOT_ENOUGH,
    DeclineReason.CONFLICT: Status.CANNOT_TAKE,
    DeclineReason.SAFETY: Status.CANNOT_TAKE,
    DeclineReason.INELIGIBLE: Status.CANNOT_TAKE,
    DeclineReason.ALREADY_KNOWN: Status.CANNOT_TAKE,
    DeclineReason.OTHER: Status.CANNOT_TAKE,
}
"""What a decline before acceptance says to the sender."""

_S, _R, _C = Viewer.SENDER, Viewer.RECEIVER, Viewer.COORDINATOR
_ST = Standing
AFTER_ACCEPTANCE = frozenset(
    {
        Standing.ACCEPTED,
        Standing.IN_PROGRESS,
        Standing.ON_HOLD,
        Standing.CONNECTED,
        Standing.CLOSED_BY_RECEIVER,
    }
)

TABLE: tuple[Row, ...] = (
    # The sender before acceptance: its own acts, and what the receiver says to it.
    _row(_S, [_ST.DRAFT], Shown(Status.DRAFT)),
    _row(_S, [_ST.SENT], Shown(Status.SENT)),
    _row(_S, [_ST.TO_CALL], Shown(Status.TO_CALL)),
    _row(_S, [_ST.ASKED], Shown(Status.ASKED)),
    _row(_S, [_ST.WAITLISTED], Shown(Status.WAITLISTED)),
    # A decline. Reasons that follow from a person, and "other", are one text; so is a hand-back.
    *(
        _row(_S, [_ST.DECLINED], Shown(status), [reason])
        for reason, status in SAID_TO_SENDER.items()
    ),
    _row(_S, [_ST.HANDED_BACK], Shown(Status.CANNOT_TAKE), list(DeclineReason)),
    # After acceptance without a release: one course, whatever the receiver does.
    _row(_S, AFTER_ACCEPTANCE, Shown(Status.ACCEPTED, fixed=True), release=False),
    # The same course after a yes by phone; nobody there could ever confirm a release.
    _row(_S, [_ST.TAKEN_BY_PHONE], Shown(Status.ACCEPTED_BY_PHONE, fixed=True)),
    # After acceptance with a release in force: coded progress, coded outcome.
    _row(_S, [_ST.ACCEPTED], Shown(Status.ACCEPTED, progress=True), release=True),
    _row(_S, [_ST.IN_PROGRESS], Shown(Status.IN_PROGRESS, progress=True), release=True),
    _row(_S, [_ST.ON_HOLD], Shown(Status.ON_HOLD, progress=True), release=True),
    _row(_S, [_ST.CONNECTED], Shown(Status.CONNECTED, progress=True), release=True),
    _row(
        _S,
        [_ST.CLOSED_BY_RECEIVER],
        Shown(Status.CLOSED, progress=True, outcome=True),
        release=True,
    ),
    # The sender's own ends.
    _row(_S, [_ST.CLOSED_BY_SENDER], Shown(Status.CLOSED, outcome=True)),
    _row(_S, [_ST.RECALLED], Shown(Status.RECALLED)),
    _row(_S, [_ST.STOPPED], Shown(Status.STOPPED)),
    _row(_S, [_ST.ENTERED_IN_ERROR], Shown(Status.ENTERED_IN_ERROR)),
    _row(_S, [_ST.WITHDRAWN], Shown(Status.WITHDRAWN)),
    _row(_S, [_ST.FROZEN], Shown(Status.FROZEN)),
    # Nobody answered: the sender's again, with an end of its own.
    _row(_S, [_ST.EXPIRED], Shown(Status.EXPIRED)),
    _row(_S, [_ST.CLOSED_AFTER_EXPIRY], Shown(Status.CLOSED, outcome=True)),
    # The receiver: nothing of a draft, and nothing any more of what was recalled or sent in error.
    _row(_R, [_ST.DRAFT, _ST.RECALLED, _ST.ENTERED_IN_ERROR], None),
    # A partner by phone has no inbox: it sees nothing here, now or ever.
    _row(_R, [_ST.TO_CALL, _ST.TAKEN_BY_PHONE], None),
    _row(_R, [_ST.SENT], Shown(Status.SENT, progress=True, facts=Facts.BEFORE)),
    _row(_R, [_ST.ASKED], Shown(Status.ASKED, progress=True, facts=Facts.BEFORE)),
    _row(_R, [_ST.WAITLISTED], Shown(Status.WAITLISTED, progress=True, facts=Facts.BEFORE)),
    _row(_R, [_ST.ACCEPTED], Shown(Status.ACCEPTED, progress=True, facts=Facts.ALL)),
    _row(_R, [_ST.IN_PROGRESS], Shown(Status.IN_PROGRESS, progress=True, facts=Facts.ALL)),
    _row(_R, [_ST.ON_HOLD], Shown(Status.ON_HOLD, progress=True, facts=Facts.ALL)),
    _row(_R, [_ST.CONNECTED], Shown(Status.CONNECTED, progress=True, facts=Facts.ALL)),
    _row(
        _R,
        [_ST.CLOSED_BY_RECEIVER],
        Shown(Status.CLOSED, progress=True, outcome=True, facts=Facts.ALL),
    ),
    # It declined: what the sender does with it afterwards is the sender's own.
    _row(
        _R,
        [_ST.DECLINED, _ST.HANDED_BACK, _ST.CLOSED_BY_SENDER],
        Shown(Status.DECLINED, progress=True),
    ),
    _row(_R, [_ST.STOPPED], Shown(Status.STOPPED)),
    # It did not answer, or the sender took it back after it was opened: nothing is left to read.
    _row(_R, [_ST.EXPIRED, _ST.CLOSED_AFTER_EXPIRY], Shown(Status.EXPIRED, facts=Facts.GONE)),
    _row(_R, [_ST.WITHDRAWN], Shown(Status.WITHDRAWN, facts=Facts.GONE)),
    _row(_R, [_ST.FROZEN], Shown(Status.FROZEN, facts=Facts.GONE)),
    # The coordinator sees no code and no row (R79).
    _row(_C, list(Standing), None),
)


def look_up(viewer: Viewer, standing: Standing, code: str | None, *, release: bool) -> Shown | None:
    """Return what the table shows, or None for nothing at all.

    Raises:
        LookupError: the table has no row; a test proves that this cannot happen.
    """
    for row in TABLE:
        if (
            row.viewer is viewer
            and standing in row.standings
            and (row.codes is None or code in row.codes)
            and (row.release is None or row.release is release)
        ):
            return row.shows
    raise LookupError


def standing_of(referral: Referral) -> Standing:
    """Return where the referral stands; a stop after the receiver had closed counts as a stop."""
    match referral.state:
        case State.DECLINED if referral.handed_back:
            return Standing.HANDED_BACK
        case State.CLOSED:
            return _closed(referral)
        case State.CANCELLED:
            return _cancelled(referral)
        case State.SENT if referral.by_phone:
            return Standing.TO_CALL
        case state:
            return Standing(state.value)


def _closed(referral: Referral) -> Standing:
    if referral.declined_at is not None:
        return Standing.CLOSED_BY_SENDER
    if referral.expired_at is not None:
        return Standing.CLOSED_AFTER_EXPIRY
    return Standing.TAKEN_BY_PHONE if referral.by_phone else Standing.CLOSED_BY_RECEIVER


def _cancelled(referral: Referral) -> Standing:
    if referral.accepted_at is not None:
        return Standing.STOPPED
    # A draft that was thrown away had nobody who could have opened it.
    return Standing.RECALLED if referral.sent_at is None else Standing.WITHDRAWN


def code_of(referral: Referral, standing: Standing) -> str | None:
    """Return the code that the table looks at: why declined, or how ended."""
    if standing in {Standing.DECLINED, Standing.HANDED_BACK}:
        return referral.decline_reason
    return referral.outcome
