"""One invented referral, played through the same tables as a real one.

What lives here: acts, clocks, reminders and the record of a referral of the demo's past, kept as
values until they are written in bulk. What must not: chance (`demo_courses`), states of its own:
every step is `advance` and `clocks_after` of the domain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from ccr.domain import release as releases
from ccr.domain.clocks import (
    STEP_OFFSETS,
    Clock,
    ClockKind,
    ClockState,
    OpenCalendar,
    Side,
    Step,
    due_steps,
    next_try,
)
from ccr.domain.disclosure import Coarsened
from ccr.domain.outcomes import AttemptKind
from ccr.domain.referral import Referral, advance, transition_for
from ccr.domain.referral_clocks import clocks_after, opened_by_receiver
from ccr.domain.referral_states import Action, EventKind, State
from ccr.domain.referral_transitions import Requirement
from ccr.domain.release import FeedbackRelease, ways_to_confirm
from ccr.domain.taxonomy import Known, Regime
from ccr.services.draft_facts import DraftFacts, seal
from ccr.services.referral_acts import WAIT_ENDS, Given, note_context
from ccr.services.world import World
from ccr.storage.queries.demo_history import PastAudit, PastClock, PastReferral
from ccr.storage.queries.referrals import NewEvent

KIND_OF_STEP = {
    Step.REMIND: EventKind.REMINDED,
    Step.ESCALATE: EventKind.ESCALATED,
    Step.NEW_OPTIONS: EventKind.OPTIONS_OFFERED,
    Step.COORDINATOR: EventKind.COORDINATOR_TOLD,
}
"""Without the back-up contact: the demo's programs name none, and everybody was reminded."""


@dataclass(frozen=True, slots=True)
class Party:
    """A program on one side of a referral, and its account that acts."""

    compartment_id: UUID
    account_id: UUID
    regime: Regime


@dataclass
class Life:
    """A referral and everything written about it so far.

    Attributes:
        new_id: gives new ids, so that one seed makes one past.
        answers: what the sender had answered in the wizard, sealed at the end.
    """

    referral: Referral
    sender: Party
    receiver: Party
    calendar: OpenCalendar
    shared: Coarsened
    answers: DraftFacts
    chosen_by: str
    world: World
    new_id: Callable[[], UUID]
    previous_referral_id: UUID | None = None
    clocks: dict[ClockKind, Clock] = field(default_factory=dict)
    met: dict[ClockKind, bool | None] = field(default_factory=dict)
    stepped_at: dict[ClockKind, datetime] = field(default_factory=dict)
    events: list[NewEvent] = field(default_factory=list)
    audits: list[PastAudit] = field(default_factory=list)
    release: FeedbackRelease | None = None
    changed_at: datetime | None = None

    def send(self, at: datetime) -> None:
        """Send the draft, with the release that was asked for in it."""
        if self.shared.broader:
            self._write(EventKind.MADE_BROADER, Side.SENDER, at)
        self.act(Action.SEND, Side.SENDER, at)
        until = self.answers.asked_until
        if until is not None:
            self.release = releases.ask(at=at, until=until)
            self._write(EventKind.RELEASE_ASKED, Side.SENDER, at)

    def act(self, action: Action, by: Side, at: datetime, given: Given | None = None) -> None:
        """Do one act at a moment, after every step of the clocks that was due before it.

        Raises:
            IllegalTransitionError, InvalidInputError: the table refuses it.
        """
        given = given or Given()
        self.take_steps(at)
        before = self.referral
        transition = transition_for(before, action)
        self.referral = advance(
            before, action, at=at, by=by, reason=given.reason, outcome=given.outcome,
            until=given.until,
        )  # fmt: skip
        after = clocks_after(
            self.clocks, transition, at=at, until=given.until, urgency=before.urgency,
            calendar=self.calendar,
        )  # fmt: skip
        self._keep_clocks(after, in_time=None if action in WAIT_ENDS else True)
        reason = {Requirement.REASON: given.reason, Requirement.OUTCOME: given.outcome}.get(
            (transition.needs if transition else None) or Requirement.NOTE
        )
        self._write(
            EventKind(action.value), by, at, reason=reason, note=given.note,
            moved=(before.state, self.referral.state),
        )  # fmt: skip
        self._audit(action.value, by, at, reason)
        if action in {Action.STOP, Action.ENTER_IN_ERROR} and self.release is not None:
            self.release = replace(self.release, withdrawn_at=at)

    def look(self, at: datetime) -> None:
        """Let the receiver open it for the first time."""
        self._keep_clocks(opened_by_receiver(self.referral, self.clocks), in_time=None)
        self._write(EventKind.SEEN, Side.RECEIVER, at)
        self._audit("seen", Side.RECEIVER, at, None)

    def try_contact(self, kind: AttemptKind, at: datetime) -> None:
        """Record one try to reach the person; reaching them is the first contact."""
        self.take_steps(at)
        self._write(
            EventKind.CONTACT_ATTEMPT, Side.RECEIVER, at, reason=f"{kind.value}/{Known.YES.value}"
        )
        self._audit("contact-attempt", Side.RECEIVER, at, kind.value)
        if kind is AttemptKind.REACHED:
            self.act(Action.BEGIN, Side.RECEIVER, at)
            return
        fresh = next_try(self.clocks[ClockKind.FIRST_CONTACT], at, self.calendar)
        self._keep_clocks({**self.clocks, ClockKind.FIRST_CONTACT: fresh}, in_time=True)

    def introduce(self, at: datetime) -> None:
        """Record that the person was introduced live."""
        self._write(EventKind.LIVE_HAND_OFF, Side.SENDER, at)
        self._audit(EventKind.LIVE_HAND_OFF.value, Side.SENDER, at, None)

    def answer_release(self, *, agreed: bool, at: datetime) -> None:
        """Record, as the receiver, what the person said about feedback."""
        if self.release is None:
            return
        if agreed:
            how = ways_to_confirm(self.receiver.regime)[-1]
            self.release = releases.confirm(
                self.release, at=at, how=how, regime=self.receiver.regime
            )
        else:
            self.release = releases.refuse(self.release, at=at)
        kind = EventKind.RELEASE_CONFIRMED if agreed else EventKind.RELEASE_REFUSED
        self._write(kind, Side.RECEIVER, at)
        self._audit(kind.value, Side.RECEIVER, at, None)

    def take_steps(self, until: datetime) -> None:
        """Take every reminder and escalation that was due before a moment."""
        for kind, clock in list(self.clocks.items()):
            moved = clock
            for step in due_steps(clock, until):
                if step is Step.EXPIRE:
                    break  # the worker ends the wait, at its first tick
                at = clock.due_at + STEP_OFFSETS[clock.urgency][step]
                moved = replace(moved, steps_done=moved.steps_done + 1, stepped_at=at)
                self.stepped_at[kind] = at
                if step not in KIND_OF_STEP:
                    continue
                self._write(KIND_OF_STEP[step], Side.SYSTEM, at, reason=clock.owner.value)
                told = Side.SENDER if step is Step.NEW_OPTIONS else clock.owner
                self._audit_system(KIND_OF_STEP[step].value, told, at)
            self.clocks[kind] = moved

    def is_late(self, at: datetime) -> bool:
        """Return True when somebody's duty is overdue at a moment."""
        return any(clock.state(at) is ClockState.OVERDUE for clock in self.clocks.values())

    def whole(self) -> PastReferral:
        """Return the referral with everything that hangs on it, ready to be written."""
        return PastReferral(
            referral=self.referral,
            facts=self.shared.facts,
            broader=tuple(fact.value for fact in self.shared.broader),
            chosen_by=self.chosen_by,
            facts_sealed=seal(
                self.world, self.answers, self.referral.id, self.sender.compartment_id
            ),
            previous_referral_id=self.previous_referral_id,
            events=tuple(self.events),
            clocks=tuple(
                PastClock(
                    self.new_id(), clock, self._of(clock.owner).compartment_id,
                    self.met.get(kind), self.stepped_at.get(kind),
                )
                for kind, clock in self.clocks.items()
            ),
            release=self.release,
            changed_at=self.changed_at or self.referral.created_at,
        )  # fmt: skip

    def _keep_clocks(self, after: dict[ClockKind, Clock], *, in_time: bool | None) -> None:
        for kind, clock in after.items():
            old = self.clocks.get(kind)
            if clock == old:
                continue
            stopped_now = clock.met_at is not None and in_time is not None
            self.met[kind] = clock.met_at <= clock.due_at if stopped_now and clock.met_at else None
            if old is None or clock.started_at != old.started_at:
                self.stepped_at.pop(kind, None)
        self.clocks = dict(after)

    def _of(self, side: Side) -> Party:
        return self.sender if side is Side.SENDER else self.receiver

    def _write(
        self,
        kind: EventKind,
        by: Side,
        at: datetime,
        *,
        reason: str | None = None,
        note: str | None = None,
        moved: tuple[State, State] | None = None,
    ) -> None:
        event_id = self.new_id()
        compartment_id = None if by is Side.SYSTEM else self._of(by).compartment_id
        sealed = None
        if note and compartment_id:
            sealed = self.world.keys.seal(note, note_context(event_id, compartment_id))
        self.events.append(
            NewEvent(
                self.referral.id, kind, by, at, compartment_id=compartment_id,
                from_state=moved[0] if moved else None, to_state=moved[1] if moved else None,
                reason=reason, note_sealed=sealed, id=event_id,
            )
        )  # fmt: skip
        self.changed_at = at

    def _audit(self, verb: str, by: Side, at: datetime, reason: str | None) -> None:
        if by is Side.SYSTEM:
            self._audit_system(verb, Side.RECEIVER, at)
            return
        party = self._of(by)
        self.audits.append(
            PastAudit(party.compartment_id, party.account_id, verb, self.referral.id, at, reason)
        )

    def _audit_system(self, verb: str, told: Side, at: datetime) -> None:
        compartment_id = self._of(told).compartment_id
        self.audits.append(PastAudit(compartment_id, None, verb, self.referral.id, at, None))
