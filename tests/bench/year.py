"""A year of a network whose partners forget and whose staff leave, from event to event.

Run from the repository:

    .venv/bin/python -m tests.bench.year [--full] [--seed 6]

60 members send 2,000 referrals (20,000 with --full) through the real services. Time jumps to
whatever is next: somebody sends, somebody reads a mail and opens the queue, somebody leaves or is
away, a member is suspended or leaves, the worker has a step. After every event: every open referral
has one clock that runs and an owner, and every late one has climbed as far as its ladder says. The
same year is then played with the worker switched off, which says what the chasing achieved.
"""

from __future__ import annotations

import argparse
import heapq
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import case, delete, exists, func, select

from ccr.app import create_app
from ccr.domain.clocks import STEP_OFFSETS, STEPS, ClockKind, Side, Step
from ccr.domain.errors import CcrError
from ccr.domain.referral_states import ChosenBy, State
from ccr.domain.taxonomy import MemberCategory, Regime, Urgency
from ccr.policy.identity import Identity, Role
from ccr.services import colleagues, drafts, leaving, program_people, sending
from ccr.services.chasing import ClockRun, run_clocks
from ccr.services.draft_facts import NeedAnswers, PlaceAnswers
from ccr.services.world import World
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.operations import OutboxItem
from ccr.storage.queries import accounts
from ccr.storage.queries.clocks import CLOCK
from ccr.storage.queries.referrals import REFERRAL
from ccr.storage.queries.verification import CHECKS, WATCHED
from tests import loop as loops
from tests.bench.year_people import Team, look, reads_after
from tests.conftest import NOW, migrated, settings_for

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GRACE = timedelta(minutes=2)
"""The worker looks each minute; a step is on time within two."""
_CATEGORIES = (
    (MemberCategory.HEALTH, Regime.HIPAA),
    (MemberCategory.VICTIM_SERVICES, Regime.VICTIM_SERVICES),
    (MemberCategory.LEGAL, Regime.OTHER),
)


@dataclass(frozen=True)
class Size:
    """How large a year is: members, referrals, days, and what happens to staff and members."""

    members: int = 60
    referrals: int = 2_000
    days: int = 365
    leavers: int = 60
    absences: int = 120
    pauses: int = 4
    urgencies: tuple[tuple[Urgency, float], ...] = (
        (Urgency.STANDARD, 0.8),
        (Urgency.HIGH, 0.15),
        (Urgency.IMMEDIATE, 0.05),
    )


@dataclass
class Told:
    """What a year came to.

    Attributes:
        answers: hours from sending to the first yes or no, for those that had one.
        broken: what the checks after each event found; empty when nothing was forgotten.
    """

    sent: int = 0
    events: int = 0
    ticks: int = 0
    run: Counter[str] = field(default_factory=Counter)
    answers: list[float] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    waiting_for_long: int = 0
    broken: list[str] = field(default_factory=list)


class Year:
    """A network and what is still to happen in it."""

    def __init__(self, world: World, size: Size, *, seed: int, chasing: bool) -> None:
        self.world, self.size, self.chasing = world, size, chasing
        self.rng = random.Random(seed)
        self.start, self.end = NOW, NOW + size.days * DAY
        self.told = Told()
        self._now = self.start
        self._queue: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._numbers = count()
        self.coordinator, self.teams = self._build()
        self._plan()

    def later(self, at: datetime, act: Callable[[datetime], None]) -> None:
        """Let something happen at a moment, if the year is not over by then."""
        if at < self.end:
            heapq.heappush(self._queue, (at, next(self._numbers), act))

    def play(self) -> Told:
        """Play everything to the end of the year, checking after every event."""
        while self._queue or (self.chasing and self._next_look() is not None):
            at = self._queue[0][0] if self._queue else self.end
            look_at = self._next_look() if self.chasing else None
            if look_at is not None and look_at <= at:
                # What was late already as it became somebody's duty is seen at the next minute.
                self._now = max(look_at, self._now) + timedelta(seconds=self.rng.randrange(60))
                self._tick(self._now)
            elif not self._queue:
                break
            else:
                _, _, act = heapq.heappop(self._queue)
                self._now = max(at, self._now)
                act(self._now)
                self.told.events += 1
                if self.chasing:
                    self.told.broken += forgotten_at(self._now)
            self._read_mail(self._now)
            if len(self.told.broken) > 20:
                break
        return self._sum_up()

    # --- what happens ----------------------------------------------------------------------------

    def _tick(self, at: datetime) -> None:
        run: ClockRun = run_clocks(self.world, at=at)
        self.told.ticks += 1
        for name in ClockRun.__slots__:
            self.told.run[name] += getattr(run, name)
        self.told.broken += forgotten_at(at) + late_at(at)

    def _next_look(self) -> datetime | None:
        found = db.session.scalar(select(func.min(CLOCK.c.next_step_at)))
        db.session.rollback()
        return found if found is not None and found < self.end else None

    def _send(self, at: datetime) -> None:
        sender, partner = self.rng.sample(self.teams, 2)
        people = [who for key in sender.people if (who := sender.here(key, at))]
        if not people:
            return
        urgency = self.rng.choices(
            [urgency for urgency, _ in self.size.urgencies],
            [weight for _, weight in self.size.urgencies],
        )[0]
        try:
            send(self.world, self.rng.choice(people), partner.program.service_id, urgency, at)
        except CcrError:
            return  # the partner takes no part now
        self.told.sent += 1

    def _read_mail(self, at: datetime) -> None:
        with unit_of_work():
            mails = db.session.execute(select(OutboxItem.account_id, OutboxItem.template)).all()
            db.session.execute(delete(OutboxItem))
        told = set(mails)
        # In the order of teams and people, not of random ids: one seed plays one year.
        for team in self.teams:
            for account_id in team.people:
                for template in sorted(t for key, t in told if key == account_id):
                    after = reads_after(self.rng, team, overdue=template == "item-overdue")
                    if after is not None:
                        self.later(at + after, self._looks(team, account_id))

    def _looks(self, team: Team, account_id: UUID) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            who = team.here(account_id, at)
            if who is not None:
                look(self.rng, self.world, who, at)

        return act

    def _somebody_leaves(self, at: datetime) -> None:
        team = self.rng.choice(self.teams)
        admin = team.program.admin
        workers = [key for key in team.people if key != admin.user_id]
        if not workers or admin.user_id not in team.people:
            return
        gone = self.rng.choice(workers)
        colleagues.disable(admin, gone, at=at)
        del team.people[gone]
        if self.rng.random() < 0.8:
            self.later(at + 10 * DAY, lambda then: self._hire(team, then))

    def _hire(self, team: Team, at: datetime) -> None:
        with unit_of_work():
            facts = accounts.get_compartment(team.program.compartment_id)
            new = loops._person(facts, Role.WORKER, at)
        team.people[_key(new)] = new

    def _somebody_is_away(self, at: datetime) -> None:
        team = self.rng.choice(self.teams)
        if not team.people:
            return
        who = self.rng.choice(list(team.people.values()))
        last = at + self.rng.randrange(1, 15) * DAY
        program_people.add_absence(who, at.date(), last.date(), at=at)
        team.away[_key(who)] = last + DAY

    def _a_member_pauses(self, at: datetime) -> None:
        team = self.rng.choice(self.teams)
        leaves = self.rng.random() < 0.5
        try:
            if leaves:
                leaving.begin_leaving(self.coordinator, self.world, team.program.member_id, at=at)
                self.later(at + 20 * DAY, lambda then: self._a_member_left(team, then))
            else:
                leaving.suspend(self.coordinator, self.world, team.program.member_id, at=at)
        except CcrError:
            return  # it takes no part already

    def _a_member_left(self, team: Team, at: datetime) -> None:
        leaving.leave(self.coordinator, self.world, team.program.member_id, at=at)
        team.people.clear()

    # --- before and after ------------------------------------------------------------------------

    def _build(self) -> tuple[Identity, list[Team]]:
        with unit_of_work():
            network_id = accounts.add_network(
                f"Year {self.chasing} (demo)",
                state="NY",
                timezone="America/New_York",
                is_demo=True,
                at=NOW,
            )
            coordination = accounts.coordination_compartment(network_id)
            coordinator = loops._person(coordination, Role.COORDINATOR, NOW)
            teams = []
            for number in range(self.size.members):
                category, regime = _CATEGORIES[number % len(_CATEGORIES)]
                program = loops._program(network_id, f"Member {number}", category, regime, NOW)
                facts = accounts.get_compartment(program.compartment_id)
                people = [program.worker, program.admin, loops._person(facts, Role.WORKER, NOW)]
                forgets = self.rng.choice((0.3, 0.5, 0.6, 0.75, 0.9))
                teams.append(Team(program, forgets, {_key(who): who for who in people}))
        return coordinator, teams

    def _plan(self) -> None:
        size, span = self.size, (self.end - self.start) / timedelta(minutes=1)
        for number, act in (
            (size.referrals, self._send),
            (size.leavers, self._somebody_leaves),
            (size.absences, self._somebody_is_away),
            (size.pauses, self._a_member_pauses),
        ):
            for _ in range(number):
                # The last tenth of the year is left for what is under way.
                at = self.start + timedelta(minutes=self.rng.random() * span * 0.9)
                self.later(at, act)

    def _sum_up(self) -> Told:
        rows = db.session.execute(
            select(
                REFERRAL.c.state,
                REFERRAL.c.sent_at,
                case(
                    (
                        REFERRAL.c.accepted_at.is_not(None),
                        REFERRAL.c.accepted_at,
                    ),
                    else_=REFERRAL.c.declined_at,
                ).label("answered_at"),
            ).where(REFERRAL.c.sent_at.is_not(None))
        ).all()
        for row in rows:
            self.told.ended[row.state] += 1
            if row.answered_at is not None:
                self.told.answers.append((row.answered_at - row.sent_at) / HOUR)
            elif State(row.state).is_open and row.sent_at < self.end - 30 * DAY:
                self.told.waiting_for_long += row.state in {"sent", "waitlisted", "asked"}
        self.told.broken += [f"{c.__name__}: {found}" for c in CHECKS if (found := c())]
        self.told.broken = [b for b in self.told.broken if "services_without_search" not in b]
        db.session.rollback()
        return self.told


def send(world: World, me: Identity, service_id: UUID, urgency: Urgency, at: datetime) -> UUID:
    """Let somebody send a referral, through every step of the wizard."""
    draft_id = drafts.start(me, world, at=at)
    need = NeedAnswers(needs=("advocacy",), urgency=urgency.value)
    drafts.save_need(me, world, draft_id, need, at=at)
    drafts.save_place(me, world, draft_id, PlaceAnswers("Troy, NY", "transit", None), at=at)
    drafts.choose_partner(me, world, draft_id, service_id, at=at)
    drafts.record_yes(me, world, draft_id, ChosenBy.SURVIVOR, at=at)
    return sending.send(me, world, draft_id, at=at).referral_id


def forgotten_at(at: datetime) -> list[str]:
    """Return the open referrals that have no owner with a clock that runs."""
    sides = {
        Side.SENDER: REFERRAL.c.sender_compartment_id,
        Side.RECEIVER: REFERRAL.c.receiver_compartment_id,
    }
    watched = exists(select(CLOCK.c.id).where(
        CLOCK.c.referral_id == REFERRAL.c.id,
        CLOCK.c.stopped_at.is_(None),
        CLOCK.c.next_step_at.is_not(None),
        CLOCK.c.owner_compartment_id.in_(list(sides.values())),
    ))  # fmt: skip
    open_states = [state.value for state in WATCHED]
    forgotten = db.session.scalars(
        select(REFERRAL.c.id).where(REFERRAL.c.state.in_(open_states), ~watched).limit(3)
    )
    found = [f"{at}: {key} has no owner and clock" for key in forgotten]
    db.session.rollback()
    return found


def late_at(at: datetime) -> list[str]:
    """Return the clocks whose steps did not come in time, just after the worker's tick."""
    found = []
    late = db.session.execute(
        select(CLOCK, REFERRAL.c.sender_compartment_id).join(
            REFERRAL, REFERRAL.c.id == CLOCK.c.referral_id
        ).where(
            CLOCK.c.stopped_at.is_(None),
            CLOCK.c.due_at <= at,
        )
    )  # fmt: skip
    for row in late:
        owner = Side.SENDER if row.owner_compartment_id == row.sender_compartment_id else None
        ladder = STEPS[ClockKind(row.kind), owner or Side.RECEIVER]
        offsets = STEP_OFFSETS[Urgency(row.urgency)]
        climbed = sum(row.due_at + offsets[step] <= at - GRACE for step in ladder)
        if row.step < climbed and ladder[row.step] is not Step.EXPIRE:
            found.append(f"{at}: {row.id} is at step {row.step} of {climbed}")
        elif row.step < climbed and row.due_at + offsets[Step.EXPIRE] < at - GRACE:
            found.append(f"{at}: {row.id} has not expired")
    db.session.rollback()
    return found


def _key(who: Identity) -> UUID:
    assert who.user_id is not None
    return who.user_id


def report(name: str, told: Told, seconds: float) -> None:
    """Print what a year came to."""
    answered = len(told.answers)
    median = statistics.median(told.answers) if told.answers else float("nan")
    print(f"{name}: {told.sent} sent, {told.events} events, {told.ticks} ticks, {seconds:.0f} s")
    print(f"  answered {answered} ({answered / max(told.sent, 1):.0%}), median {median:.0f} h")
    print(f"  waiting for an answer for more than 30 days: {told.waiting_for_long}")
    print(f"  at the end: {dict(told.ended.most_common())}")
    print(f"  the worker: {dict(told.run)}")
    for line in told.broken:
        print(f"  BROKEN {line}")


def play(app: Flask, size: Size, *, seed: int, chasing: bool) -> Told:
    """Play one year in an app with an empty database."""
    return Year(app.extensions["ccr_world"], size, seed=seed, chasing=chasing).play()


def main() -> int:
    """Play the year with and without the worker; return 1 when anything was forgotten."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--referrals", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=6)
    asked = parser.parse_args()
    size = Size(referrals=20_000 if asked.full else asked.referrals)
    forgotten = False
    for chasing in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            settings = settings_for(Path(folder))
            migrated(settings)
            app = create_app(settings)
            with app.app_context():
                start = time.perf_counter()
                told = play(app, size, seed=asked.seed, chasing=chasing)
                name = "with chasing" if chasing else "without chasing"
                report(name, told, time.perf_counter() - start)
                forgotten = forgotten or bool(told.broken)
                db.session.remove()
                db.engine.dispose()
    return int(forgotten)


if __name__ == "__main__":
    sys.exit(main())
