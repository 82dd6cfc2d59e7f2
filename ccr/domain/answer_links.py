"""Answering by a mailed link and a spoken code: the limits, the acts, and what a link may show.

What lives here: which of a receiver's acts go by link, and the part of the receiver's view that
does. What must not: tokens, codes, rows. Whoever holds the mail may be anybody to whom it was
forwarded, so a link shows needs, county, urgency and times, and never another fact (R61, 6b).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from ccr.domain.clocks import Side
from ccr.domain.outcomes import CONNECTED_OUTCOMES, Outcome
from ccr.domain.projection_table import Standing, standing_of
from ccr.domain.referral import Referral
from ccr.domain.referral_states import Action
from ccr.domain.referral_views import ReceiverView, ReleaseShown, SenderView, Status
from ccr.domain.taxonomy import Need, Urgency

LINK_LASTS = timedelta(hours=72)
"""From when its mail leaves. Source: security.md 48."""
MOST_WRONG = 5
"""Wrong codes that a referral's links take before they are dead. Our choice: with six digits, one
guess in two hundred thousand."""
MAILED_AGAIN_AFTER = timedelta(minutes=15)
"""A sender has the link mailed again no sooner than this."""


class LinkAct(StrEnum):
    """What can be done by link."""

    ACCEPT = "accept"
    DECLINE = "decline"
    HAND_BACK = "hand-back"
    ATTEMPT = "attempt"
    CONNECT = "connect"
    CLOSE = "close"
    ROOM = "room"
    CONFIRM_RELEASE = "confirm-release"
    REFUSE_RELEASE = "refuse-release"


_BY_ACTION = {
    Action.ACCEPT: LinkAct.ACCEPT,
    Action.DECLINE: LinkAct.DECLINE,
    Action.HAND_BACK: LinkAct.HAND_BACK,
    Action.CONNECT: LinkAct.CONNECT,
    Action.CLOSE: LinkAct.CLOSE,
}
"""Questions, waitlists, holds and notes are for a desk: they want text, dates and somebody who
looks again. By link there is the phone for that."""
_MAY_TRY = {Status.ACCEPTED, Status.IN_PROGRESS, Status.CONNECTED}


def is_over(status: Status) -> bool:
    """Return True when the receiver itself has ended it: nothing is left by link."""
    return status in {Status.CLOSED, Status.DECLINED}


def was_taken_back(status: Status) -> bool:
    """Return True when nothing of it is the receiver's any more, without its own act.

    Whoever has seen something of it has to learn so.
    """
    return status in {Status.STOPPED, Status.WITHDRAWN, Status.FROZEN, Status.EXPIRED}


_NEWS = {Standing.STOPPED, Standing.WITHDRAWN, Standing.FROZEN}


def has_news(referral: Referral) -> bool:
    """Return True when a link mailed now would lead the receiver to a move, or to an end of it."""
    return referral.next_mover is Side.RECEIVER or standing_of(referral) in _NEWS


@dataclass(frozen=True, slots=True)
class LinkView:
    """All that a link shows of a referral.

    Attributes:
        answer_by: by when the move is due that is the receiver's now, or None.
        code: the four words, shown after accepting; before that the caller says them.
        release: whether the sender asked to hear how it goes.
        can: what may be done by link now.
    """

    referral_id: UUID
    service_id: UUID
    needs: tuple[Need, ...]
    county: str
    urgency: Urgency
    status: Status
    answer_by: datetime | None
    code: str | None
    release: ReleaseShown | None
    can: frozenset[LinkAct]


FINISHES = frozenset({LinkAct.CONNECT, LinkAct.CLOSE})
"""What an office can do whose member is away: end what it took, and say that it helped."""


def seen_by_link(view: ReceiverView, *, takes_part: bool = True) -> LinkView | None:
    """Return the part of the receiver's view that a link may show; None without a service.

    Args:
        takes_part: False while the receiver's member is suspended or leaves.
    """
    if view.service_id is None:
        return None
    move = view.next_move
    mine = move is not None and move.side is Side.RECEIVER
    return LinkView(
        referral_id=view.referral_id,
        service_id=view.service_id,
        needs=view.needs,
        county=view.county,
        urgency=view.urgency,
        status=view.status,
        answer_by=move.due_at if move is not None and mine else None,
        code=view.code,
        release=view.release,
        can=_possible(view) if takes_part else _possible(view) & FINISHES,
    )


def _possible(view: ReceiverView) -> frozenset[LinkAct]:
    acts = {link for action, link in _BY_ACTION.items() if action in view.can}
    if view.status in _MAY_TRY:
        acts.add(LinkAct.ATTEMPT)
    if acts:
        acts.add(LinkAct.ROOM)
    asked = view.release
    if asked and not (asked.confirmed_at or asked.refused_at or asked.withdrawn_at):
        acts |= {LinkAct.CONFIRM_RELEASE, LinkAct.REFUSE_RELEASE}
    return frozenset(acts)


def outcomes_by_link(status: Status) -> tuple[Outcome, ...]:
    """Return how a referral can be closed by link from here (R73)."""
    connected = status is Status.CONNECTED
    return tuple(o for o in Outcome if connected or o not in CONNECTED_OUTCOMES)


_WITH_THE_PARTNER = frozenset(
    {
        Status.SENT,
        Status.NOBODY_READS,
        Status.ACCEPTED,
        Status.IN_PROGRESS,
        Status.ON_HOLD,
        Status.CONNECTED,
    }
)


def may_read_out(view: SenderView) -> bool:
    """Return True while the sender may make a code to read out, or have the link mailed again.

    It reads what the sender sees and nothing else: after acceptance it is the same whatever the
    receiver does (design 2.4).
    """
    return view.by_link and view.status in _WITH_THE_PARTNER
