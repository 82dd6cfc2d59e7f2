"""Lists of referrals: the inbox of a receiver, the outbox of a sender. Counted and paged.

The sender's groups are the projection said in SQL: what it may not know decides neither place,
nor order, nor count. A test holds both against each other. Lists are ordered by what the viewer
may know: the time of sending, the urgency, its own due times.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from ccr.domain.clocks import ClockKind, Side
from ccr.domain.paging import PAGE_SIZE
from ccr.domain.projection_table import NOT_SHARED_AFTER
from ccr.domain.referral_states import TAKEN_BACK, State
from ccr.domain.referral_views import Group, InboxTab
from ccr.domain.taxonomy import Urgency
from ccr.storage.db import db
from ccr.storage.queries.clocks import CLOCK
from ccr.storage.queries.referrals import BY_PHONE, REFERRAL, visible_to
from ccr.storage.queries.releases import RELEASE
from ccr.storage.queries.shown_referrals import ShownReferral, select_shown, shown_referral

_STATE = REFERRAL.c.state
_URGENCY_ORDER = case(
    {urgency.value: order for order, urgency in enumerate(Urgency)}, value=REFERRAL.c.urgency
)
# A referral has at most one running clock. The odd form of "is not stopped" keeps SQLite from
# walking every running clock for each row by the index that is made for the worker (measured with
# 5,000 waiting referrals: 4 s a page, against less than 0.1 s).
_RUNNING = and_(
    CLOCK.c.referral_id == REFERRAL.c.id, func.coalesce(CLOCK.c.stopped_at, None).is_(None)
)
# Immediate, to an inbox that nobody read as it was sent: until it is opened the sender calls.
_WAITS_FOR_A_CALL = and_(
    REFERRAL.c.urgency == Urgency.IMMEDIATE.value,
    select(CLOCK.c.id)
    .where(
        _RUNNING,
        CLOCK.c.kind == ClockKind.ANSWER.value,
        CLOCK.c.owner_compartment_id == REFERRAL.c.sender_compartment_id,
    )
    .correlate(REFERRAL)
    .exists(),
)
_TABS: dict[InboxTab, tuple[State, ...]] = {
    InboxTab.NEEDS_ANSWER: (State.SENT, State.ASKED),
    InboxTab.IN_PROGRESS: (State.ACCEPTED, State.IN_PROGRESS, State.CONNECTED),
    InboxTab.LATER: (State.ON_HOLD, State.WAITLISTED),
    InboxTab.CLOSED: (State.DECLINED, State.CLOSED),
    InboxTab.ENDED: (State.CANCELLED, State.EXPIRED, State.FROZEN),
}


def _states(*states: State) -> ColumnElement[bool]:
    return _STATE.in_([state.value for state in states])


def count_inbox(compartment_id: UUID, *, at: datetime) -> dict[InboxTab, int]:
    """Return how many referrals each tab of this inbox holds, in one statement."""
    mine = visible_to(Side.RECEIVER, compartment_id)
    tabs = list(InboxTab)
    row = db.session.execute(
        select(*(func.count().filter(_in_tab(tab, compartment_id, at)) for tab in tabs))
        .select_from(REFERRAL.outerjoin(CLOCK, _RUNNING))
        .where(*mine)
    ).one()
    return dict(zip(tabs, row, strict=True))


def list_inbox(
    compartment_id: UUID, tab: InboxTab, number: int, *, at: datetime, size: int = PAGE_SIZE
) -> list[ShownReferral]:
    """Return a page of a tab: what is due soonest first; what is closed, newest first."""
    statement = (
        select_shown()
        .outerjoin(CLOCK, _RUNNING)
        .where(*visible_to(Side.RECEIVER, compartment_id), _in_tab(tab, compartment_id, at))
    )
    if tab is InboxTab.OVERDUE:
        # Found from the clocks' side, by the index of what an owner has running.
        statement = statement.where(CLOCK.c.stopped_at.is_(None))
    if tab in {InboxTab.CLOSED, InboxTab.ENDED}:
        statement = statement.order_by(REFERRAL.c.sent_at.desc(), REFERRAL.c.id)
    elif tab is InboxTab.NEEDS_ANSWER:
        statement = statement.order_by(_URGENCY_ORDER, CLOCK.c.due_at, REFERRAL.c.id)
    else:
        statement = statement.order_by(CLOCK.c.due_at, REFERRAL.c.id)
    statement = statement.limit(size).offset((number - 1) * size)
    return [shown_referral(row) for row in db.session.execute(statement).mappings()]


def _in_tab(tab: InboxTab, compartment_id: UUID, at: datetime) -> ColumnElement[bool]:
    if tab is InboxTab.OVERDUE:
        return and_(CLOCK.c.owner_compartment_id == compartment_id, CLOCK.c.due_at <= at)
    return _states(*_TABS[tab])


def sender_group(at: datetime) -> ColumnElement[str]:
    """Return the SQL of the group a sender sees a referral in at `at`; needs the release joined."""
    in_force = and_(
        RELEASE.c.confirmed_at <= at,
        RELEASE.c.confirmed_how.is_not(None),
        RELEASE.c.refused_at.is_(None),
        RELEASE.c.until > at,
        or_(RELEASE.c.withdrawn_at.is_(None), RELEASE.c.withdrawn_at > at),
    )
    closed_by_sender = and_(
        _states(State.CLOSED),
        or_(REFERRAL.c.declined_at.is_not(None), REFERRAL.c.expired_at.is_not(None)),
    )
    reads_accepted = or_(
        *(
            and_(REFERRAL.c.urgency == urgency.value, REFERRAL.c.accepted_at > at - delay)
            for urgency, delay in NOT_SHARED_AFTER.items()
        )
    )
    return case(
        (_states(State.DRAFT), Group.DRAFT.value),
        (and_(_states(State.SENT), or_(BY_PHONE, _WAITS_FOR_A_CALL)), Group.MY_MOVE.value),
        (_states(State.SENT), Group.WAITING.value),
        (_states(State.WAITLISTED), Group.LATER.value),
        (_states(State.ASKED, State.DECLINED, State.EXPIRED), Group.MY_MOVE.value),
        (_states(*TAKEN_BACK), Group.ENDED.value),
        (closed_by_sender, Group.DONE.value),
        (and_(in_force, _states(State.CLOSED)), Group.DONE.value),
        (and_(in_force, _states(State.ON_HOLD)), Group.LATER.value),
        (in_force, Group.TAKEN.value),
        (reads_accepted, Group.TAKEN.value),
        else_=Group.DONE.value,
    )


def count_outbox(compartment_id: UUID, *, at: datetime) -> dict[Group, int]:
    """Return how many referrals each group of this outbox holds, in one statement."""
    group = sender_group(at).label("visible_group")
    rows = db.session.execute(
        select(group, func.count())
        .select_from(REFERRAL.outerjoin(RELEASE, RELEASE.c.referral_id == REFERRAL.c.id))
        .where(*visible_to(Side.SENDER, compartment_id))
        .group_by(group)
    )
    counts: Mapping[str, int] = {row[0]: row[1] for row in rows}
    return {group: counts.get(group.value, 0) for group in Group}


def list_outbox(
    compartment_id: UUID, group: Group, number: int, *, at: datetime, size: int = PAGE_SIZE
) -> list[ShownReferral]:
    """Return a page of a group, newest first by the time of sending (drafts: of making)."""
    statement = (
        select_shown()
        .where(*visible_to(Side.SENDER, compartment_id), sender_group(at) == group.value)
        .order_by(func.coalesce(REFERRAL.c.sent_at, REFERRAL.c.created_at).desc(), REFERRAL.c.id)
        .limit(size)
        .offset((number - 1) * size)
    )
    return [shown_referral(row) for row in db.session.execute(statement).mappings()]


def list_open_to(
    compartment_id: UUID, service_id: UUID, *, but: UUID, since: datetime, at: datetime
) -> list[ShownReferral]:
    """Return what this sender sent to a service since then and may still believe open.

    By what the sender may know, as in its outbox: what the receiver did since decides nothing.
    """
    open_groups = [g.value for g in (Group.WAITING, Group.MY_MOVE, Group.LATER, Group.TAKEN)]
    statement = (
        select_shown()
        .where(
            *visible_to(Side.SENDER, compartment_id),
            REFERRAL.c.service_id == service_id,
            REFERRAL.c.id != but,
            REFERRAL.c.sent_at >= since,
            sender_group(at).in_(open_groups),
        )
        .order_by(REFERRAL.c.sent_at.desc(), REFERRAL.c.id)
        .limit(PAGE_SIZE)
    )
    return [shown_referral(row) for row in db.session.execute(statement).mappings()]
