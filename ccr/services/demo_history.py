"""The demo's past: about 2,500 referrals over eight quarters, from a fixed seed, and open work.

Two senders carry most of it, shelters decline for want of room, one partner is slow, courts send
to the programs for abusive partners, and the seasons show. Everybody in it is invented.

What lives here: who sent what to whom, and when. What must not: how one referral goes
(`demo_courses`), what a step does (`demo_life`), rows (`ccr.storage.queries.demo_history`).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.adapters.demo_past_tables import Flow, OpenWork, PastTables
from ccr.adapters.demo_tables import DemoNetwork
from ccr.domain.clocks import Side
from ccr.domain.outcomes import AttemptKind, DeclineReason
from ccr.domain.referral_states import Action, EventKind
from ccr.services.demo_cast import Cast, new_life
from ccr.services.demo_courses import COURSES, QUESTION, SEASONS, Walk
from ccr.services.demo_life import Life
from ccr.services.referral_acts import Given
from ccr.services.world import World
from ccr.storage.queries.demo_history import (
    add_past,
    add_unmet,
    append_past,
)

SEED = 20_241_001
REFERRALS = 2_500
QUARTERS = 8
# Networks grow: each quarter has a little more than the one before.
GROWTH = 1.06
WRITING = timedelta(minutes=7)


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of the year in the network's zone; `start` inclusive, `end` exclusive."""

    year: int
    number: int
    start: date
    end: date

    @property
    def name(self) -> str:
        """Return the name that counters are kept under, as in "2026Q3"."""
        return f"{self.year}Q{self.number}"

    @classmethod
    def of(cls, day: date) -> Quarter:
        """Return the quarter that a day lies in."""
        number = (day.month + 2) // 3
        following = date(day.year + number // 4, number % 4 * 3 + 1, 1)
        return cls(day.year, number, date(day.year, number * 3 - 2, 1), following)

    @property
    def before(self) -> Quarter:
        """Return the quarter before."""
        return Quarter.of(self.start - timedelta(days=1))


def quarters_before(day: date) -> tuple[Quarter, ...]:
    """Return the QUARTERS whole quarters before the one of `day`, oldest first."""
    found = [Quarter.of(day).before]
    while len(found) < QUARTERS:
        found.append(found[-1].before)
    return tuple(reversed(found))


def add_history(
    world: World, demo: DemoNetwork, tables: PastTables, network_id: UUID, *, zone: ZoneInfo,
    at: datetime,
) -> int:  # fmt: skip
    """Write the past of a network that was just loaded, in the present unit of work.

    Returns how many referrals were written.
    """
    # One seed makes one past; nothing secret hangs on it.
    rng = random.Random(SEED)  # noqa: S311  # nosec B311
    cast = Cast(world, demo, network_id, zone, rng, at)
    lives = [*_past(cast, tables.flows), *(_staged(cast, work) for work in tables.open_work)]
    add_past([life.whole() for life in lives])
    append_past(event for life in lives for event in life.audits)
    add_unmet(network_id, _unmet(cast, tables))
    return len(lives)


def _past(cast: Cast, flows: Sequence[Flow]) -> Iterator[Life]:
    """Yield every past referral, each followed by the one that took its place, if any."""
    for quarter, count in _counts(cast):
        weights = [flow.weight * SEASONS[flow.season][quarter.number - 1] for flow in flows]
        for flow in cast.rng.choices(flows, weights, k=count):
            walk = _one_that_is_in_time(cast, flow, quarter)
            yield walk.life
            if walk.wants_another and (second := _another(cast, flows, flow)):
                yield _again(cast, second, walk)


def _counts(cast: Cast) -> list[tuple[Quarter, int]]:
    """Return how many referrals each quarter has; the present one, its part so far."""
    today = cast.at.astimezone(cast.zone).date()
    shares = [GROWTH**number for number in range(QUARTERS)]
    found = [
        (quarter, round(REFERRALS * share / sum(shares)))
        for quarter, share in zip(quarters_before(today), shares, strict=True)
    ]
    now = Quarter.of(today)
    so_far = (today - now.start) / (now.end - now.start)
    return [*found, (now, round(found[-1][1] * so_far))]


def _one_that_is_in_time(cast: Cast, flow: Flow, quarter: Quarter) -> Walk:
    """Return a referral of this flow that is over, or open and not overdue.

    What is overdue now is staged one by one, so that an inbox never begins with a hundred.
    """
    began = _moment(cast, quarter)
    while True:
        walk = _walk(cast, flow, began)
        if not walk.life.is_late(cast.at):
            return walk
        began -= timedelta(days=cast.rng.randint(20, 60))


def _walk(cast: Cast, flow: Flow, began: datetime, previous: Life | None = None) -> Walk:
    life = new_life(cast, flow, began)
    if previous is not None:
        life.previous_referral_id = previous.referral.id
    walk = Walk(life, COURSES[flow.course], cast.rng, cast.at)
    walk.go()
    return walk


def _another(cast: Cast, flows: Sequence[Flow], flow: Flow) -> Flow | None:
    """Return another stream of the same sender for one of the same needs."""
    others = [
        other
        for other in flows
        if other.sender == flow.sender
        and other.service != flow.service
        and set(other.needs) & set(flow.needs)
    ]
    return cast.rng.choice(others) if others else None


def _again(cast: Cast, flow: Flow, walk: Walk) -> Life:
    """Return the referral that took the place of one that was declined."""
    return _walk(cast, flow, walk.at - WRITING, previous=walk.life).life


def _moment(cast: Cast, quarter: Quarter) -> datetime:
    """Return a moment of the quarter that has passed: most are in office hours."""
    last = min(quarter.end, cast.at.astimezone(cast.zone).date())
    while True:
        day = quarter.start + timedelta(
            days=cast.rng.randrange(max((last - quarter.start).days, 1))
        )
        office = cast.rng.random() < 0.8  # noqa: PLR2004 -- a share
        if office and day.weekday() > 4:  # noqa: PLR2004 -- Friday
            continue
        hour = cast.rng.uniform(8.5, 17) if office else cast.rng.uniform(0, 24)
        midnight = datetime.combine(day, time(), tzinfo=cast.zone)
        moment = (midnight + timedelta(hours=hour)).astimezone(cast.at.tzinfo)
        return min(moment, cast.at - timedelta(hours=2))


def _staged(cast: Cast, work: OpenWork) -> Life:
    """Return one open referral in the state that the table names."""
    sent_at = cast.at - timedelta(hours=work.hours_ago)
    life = new_life(cast, work, sent_at - WRITING)
    life.send(sent_at)
    span = cast.at - sent_at
    later = cast.at + timedelta(days=9)
    given = {
        Action.ASK: Given(note=QUESTION),
        Action.DECLINE: Given(reason=DeclineReason.NO_CAPACITY),
        Action.WAITLIST: Given(until=later),
        Action.HOLD: Given(until=later),
    }
    for part, act in STAGES[work.state]:
        moment = sent_at + span * part
        if act is EventKind.SEEN:
            life.look(moment)
        elif act is EventKind.CONTACT_ATTEMPT:
            life.try_contact(AttemptKind.REACHED, moment)
        else:
            action = Action(act)
            life.act(action, Side.RECEIVER, moment, given.get(action))
    life.take_steps(cast.at)
    return life


_SEEN, _CONTACT = EventKind.SEEN, EventKind.CONTACT_ATTEMPT
_TAKEN: tuple[tuple[float, Action | EventKind], ...] = ((0.1, _SEEN), (0.12, Action.ACCEPT))
STAGES: dict[str, tuple[tuple[float, Action | EventKind], ...]] = {
    "sent": (),
    "asked": ((0.3, _SEEN), (0.5, Action.ASK)),
    "waitlisted": ((0.3, _SEEN), (0.5, Action.WAITLIST)),
    "declined": ((0.3, _SEEN), (0.8, Action.DECLINE)),
    "accepted": ((0.7, _SEEN), (0.8, Action.ACCEPT)),
    # Accepted so early that the first contact is overdue by now.
    "late": _TAKEN,
    "in-progress": (*_TAKEN, (0.3, _CONTACT)),
    "on-hold": (*_TAKEN, (0.3, _CONTACT), (0.5, Action.HOLD)),
    "connected": (*_TAKEN, (0.3, _CONTACT), (0.6, Action.CONNECT)),
}
"""By the state in the table: at which part of the time since sending the receiver did what."""


def _unmet(cast: Cast, tables: PastTables) -> dict[tuple[str, str, str], int]:
    """Return how often each need found nothing, by quarter and county."""
    today = cast.at.astimezone(cast.zone).date()
    found = {}
    for quarter in (*quarters_before(today), Quarter.of(today)):
        for unmet in tables.unmet:
            mean = unmet.per_quarter * SEASONS[unmet.season][quarter.number - 1]
            count = round(mean * cast.rng.uniform(0.7, 1.4))
            if count:
                found[quarter.name, unmet.county_fips, unmet.need.value] = count
    return found
