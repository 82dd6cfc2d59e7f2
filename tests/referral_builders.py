"""Referrals, events, calendars and receiver behaviours for tests of the loop."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.clocks import Clock, ClockKind, Side
from ccr.domain.disclosure import AgeShown, ReferralFacts
from ccr.domain.outcomes import DeclineReason, Outcome, ToldBy
from ccr.domain.projection_masks import Event
from ccr.domain.referral import Referral, advance, transition_for
from ccr.domain.referral_clocks import clocks_after
from ccr.domain.referral_states import TOLD_BY_PHONE, Action, EventKind, State
from ccr.domain.taxonomy import Need, Urgency
from tests.builders import NETWORK_ID, NOW, make_id

NEW_YORK = ZoneInfo("America/New_York")
UNTIL = timedelta(days=2)


@dataclass(frozen=True)
class Week:
    """A calendar of local open hours by weekday (0 Monday), with whole closed days."""

    hours: dict[int, tuple[int, int]] = field(
        default_factory=lambda: dict.fromkeys(range(5), (9, 17))
    )
    closed: frozenset[str] = frozenset()

    def _span(self, local: datetime) -> tuple[datetime, datetime] | None:
        hours = self.hours.get(local.weekday())
        if hours is None or f"{local:%Y-%m-%d}" in self.closed:
            return None
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight.replace(hour=hours[0]), midnight.replace(hour=hours[1])

    def is_open(self, at: datetime) -> bool:
        local = at.astimezone(NEW_YORK)
        span = self._span(local)
        return span is not None and span[0] <= local < span[1]

    def next_change(self, at: datetime) -> datetime | None:
        local = at.astimezone(NEW_YORK)
        for days in range(400):
            day = (local + timedelta(days=days)).replace(hour=12)
            for moment in self._span(day) or ():
                if moment > local:
                    return moment.astimezone(UTC)
        return None


@dataclass(frozen=True)
class Always:
    """A calendar that never closes, or never opens."""

    open: bool = True

    def is_open(self, at: datetime) -> bool:
        return self.open

    def next_change(self, at: datetime) -> datetime | None:
        return None


def make_referral(**changes: object) -> Referral:
    """Return a draft of standard urgency."""
    draft = Referral(
        id=make_id(),
        network_id=NETWORK_ID,
        sender_compartment_id=make_id(),
        urgency=Urgency.STANDARD,
        created_at=NOW - timedelta(minutes=20),
        receiver_compartment_id=make_id(),
        service_id=make_id(),
        code="maple river quiet stone",
    )
    return replace(draft, **changes)  # type: ignore[arg-type]


def make_facts(**changes: object) -> ReferralFacts:
    facts = ReferralFacts(
        needs=(Need.ADVOCACY, Need.PROTECTION_ORDER),
        county_fips="36083",
        county="Rensselaer County, NY",
        area="Troy, NY",
        language="es",
        age=AgeShown.MID_ADULT,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


@dataclass
class Story:
    """A referral with everything that happened to it, told act by act."""

    referral: Referral
    events: list[Event] = field(default_factory=list)
    clocks: dict[ClockKind, Clock] = field(default_factory=dict)
    calendar: Week | Always = field(default_factory=Always)

    def act(
        self,
        action: Action,
        by: Side,
        at: datetime,
        *,
        reason: DeclineReason = DeclineReason.OTHER,
        outcome: Outcome = Outcome.UNKNOWN,
        until: datetime | None = None,
        told_by: ToldBy = ToldBy.FRONT_DESK,
    ) -> Story:
        """Advance, log the event and move the clocks as the table says."""
        row = transition_for(self.referral, action)
        until = until or at + UNTIL
        was = self.referral
        self.referral = advance(
            was, action, at=at, by=by, reason=reason, outcome=outcome, until=until, told_by=told_by
        )
        assert row is not None
        given = {"reason": reason.value, "outcome": outcome.value}.get(row.needs or "")
        told = told_by.value if action in TOLD_BY_PHONE else None
        self.events.append(Event(EventKind(action.value), at, by, given, told_by=told))
        self.clocks = clocks_after(
            self.clocks, row, at=at, until=until, urgency=was.urgency, calendar=self.calendar
        )
        return self

    def log(
        self,
        kind: EventKind,
        by: Side,
        at: datetime,
        reason: str | None = None,
        note_id: UUID | None = None,
    ) -> Story:
        self.events.append(Event(kind, at, by, reason, note_id))
        return self

    def copy(self) -> Story:
        return Story(self.referral, list(self.events), dict(self.clocks), self.calendar)


def sent(urgency: Urgency = Urgency.STANDARD, at: datetime = NOW) -> Story:
    return Story(make_referral(urgency=urgency)).act(Action.SEND, Side.SENDER, at)


def accepted(urgency: Urgency = Urgency.STANDARD, at: datetime = NOW) -> Story:
    accepted_at = at + timedelta(minutes=67)
    return sent(urgency, at).act(Action.ACCEPT, Side.RECEIVER, accepted_at)


def sent_by_phone(urgency: Urgency = Urgency.STANDARD, at: datetime = NOW) -> Story:
    """Return a referral to a partner without an inbox: the call is the sender's to make."""
    story = Story(make_referral(urgency=urgency, by_phone=True))
    story.log(EventKind.BY_PHONE, Side.SENDER, at).act(Action.SEND, Side.SENDER, at)
    story.clocks[ClockKind.ANSWER] = story.clocks[ClockKind.ANSWER].hand_to(Side.SENDER)
    return story


WAYS: dict[State, tuple[tuple[Action, Side], ...]] = {
    State.DRAFT: (),
    State.SENT: ((Action.SEND, Side.SENDER),),
    State.ASKED: ((Action.SEND, Side.SENDER), (Action.ASK, Side.RECEIVER)),
    State.WAITLISTED: ((Action.SEND, Side.SENDER), (Action.WAITLIST, Side.RECEIVER)),
    State.ACCEPTED: ((Action.SEND, Side.SENDER), (Action.ACCEPT, Side.RECEIVER)),
    State.IN_PROGRESS: (
        (Action.SEND, Side.SENDER),
        (Action.ACCEPT, Side.RECEIVER),
        (Action.BEGIN, Side.RECEIVER),
    ),
    State.ON_HOLD: (
        (Action.SEND, Side.SENDER),
        (Action.ACCEPT, Side.RECEIVER),
        (Action.HOLD, Side.RECEIVER),
    ),
    State.CONNECTED: (
        (Action.SEND, Side.SENDER),
        (Action.ACCEPT, Side.RECEIVER),
        (Action.CONNECT, Side.RECEIVER),
    ),
    State.DECLINED: ((Action.SEND, Side.SENDER), (Action.DECLINE, Side.RECEIVER)),
    State.CLOSED: (
        (Action.SEND, Side.SENDER),
        (Action.ACCEPT, Side.RECEIVER),
        (Action.CLOSE, Side.RECEIVER),
    ),
    State.CANCELLED: (
        (Action.SEND, Side.SENDER),
        (Action.ASK, Side.RECEIVER),
        (Action.WITHDRAW, Side.SENDER),
    ),
    State.RECALLED: ((Action.SEND, Side.SENDER), (Action.RECALL, Side.SENDER)),
    State.EXPIRED: ((Action.SEND, Side.SENDER), (Action.EXPIRE, Side.SYSTEM)),
    State.FROZEN: (
        (Action.SEND, Side.SENDER),
        (Action.ACCEPT, Side.RECEIVER),
        (Action.FREEZE, Side.SENDER),
    ),
    State.ENTERED_IN_ERROR: ((Action.SEND, Side.SENDER), (Action.ENTER_IN_ERROR, Side.SENDER)),
}
"""A shortest way to every state."""


def story_in(state: State, at: datetime = NOW) -> Story:
    story = Story(make_referral())
    for step, (action, by) in enumerate(WAYS[state]):
        story.act(action, by, at + timedelta(minutes=step))
    return story
