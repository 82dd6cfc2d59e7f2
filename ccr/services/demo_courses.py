"""How an invented referral may go: the chances of each course, and one referral taken along it.

What lives here: chance, always from the generator that is handed in. What must not: who sends what
(`demo_history`), and any step outside the domain's tables (`demo_life`).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from ccr.domain.clocks import ClockKind, Side, after_open_time, new_options_at
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome
from ccr.domain.referral_states import Action
from ccr.services.demo_life import Life
from ccr.services.referral_acts import Given

Hours = tuple[float, float]
Code = TypeVar("Code")
LONGEST_WAIT = timedelta(days=14)
QUESTION = "Does the person need a morning or an evening time?"
REPLY = "A morning time, and not on Fridays."


@dataclass(frozen=True, slots=True)
class Course:
    """Chances (0 to 1) and spans of one way in which a partner works.

    Attributes:
        answers: open hours until it answers.
        silent: it never answers, and the sender takes the referral back.
        lost: the person is not reached in four tries.
    """

    answers: Hours
    silent: float
    asked: float
    waitlisted: float
    declined: float
    reasons: Mapping[DeclineReason, int]
    lost: float
    held: float
    connected: float


_MIXED = {
    DeclineReason.NO_CAPACITY: 4,
    DeclineReason.INELIGIBLE: 3,
    DeclineReason.OUTSIDE_AREA: 2,
    DeclineReason.CONFLICT: 1,
    DeclineReason.ALREADY_KNOWN: 2,
    DeclineReason.LANGUAGE: 1,
    DeclineReason.INSUFFICIENT_INFORMATION: 1,
    DeclineReason.OTHER: 1,
}
_NO_ROOM = {DeclineReason.NO_CAPACITY: 12, DeclineReason.SAFETY: 1, DeclineReason.INELIGIBLE: 1}
COURSES = {
    "steady": Course((0.3, 3), 0.02, 0.06, 0.01, 0.08, _MIXED, 0.12, 0.05, 0.75),
    "full": Course((0.3, 3), 0.03, 0.03, 0.12, 0.46, _NO_ROOM, 0.10, 0.03, 0.70),
    "waiting": Course((1, 6), 0.04, 0.05, 0.32, 0.12, _MIXED, 0.14, 0.04, 0.68),
    "slow": Course((7, 26), 0.16, 0.10, 0.05, 0.10, _MIXED, 0.12, 0.04, 0.66),
    "group": Course((1, 7), 0.03, 0.08, 0.12, 0.09, _MIXED, 0.22, 0.08, 0.70),
}
SEASONS: dict[str, tuple[float, float, float, float]] = {
    # By quarter of the year: January to March first.
    "level": (1.0, 1.0, 1.0, 1.0),
    "summer": (0.8, 1.05, 1.35, 0.85),
    "winter": (1.3, 0.85, 0.75, 1.15),
    "school": (1.2, 1.1, 0.5, 1.3),
}
_ENDS_WITH_CONNECTION = {
    Outcome.SERVICE_STARTED: 6,
    Outcome.SERVICE_COMPLETED: 3,
    Outcome.CONNECTED_OUTCOME_NOT_SHARED: 2,
}
_ENDS_WITHOUT = {
    Outcome.SURVIVOR_CHOSE_OTHERWISE: 6,
    Outcome.NOT_ELIGIBLE: 1,
    Outcome.WITHDRAWN_CONSENT: 1,
    Outcome.UNKNOWN: 1,
}
_SENDER_GIVES_UP = {
    Outcome.SURVIVOR_CHOSE_OTHERWISE: 4,
    Outcome.NO_CAPACITY: 3,
    Outcome.NOT_REACHED_SAFELY: 1,
    Outcome.UNKNOWN: 1,
}
_NOT_REACHED = (
    AttemptKind.NO_ANSWER,
    AttemptKind.SAFE_MESSAGE_LEFT,
    AttemptKind.ASKED_TO_TRY_LATER,
    AttemptKind.WAITING_FOR_THEIR_CALL,
)


class NotYetError(Exception):
    """The next act lies after the moment of loading: the referral is open."""


class Walk:
    """Takes one referral along a course, up to the moment of loading."""

    def __init__(self, life: Life, course: Course, rng: random.Random, now: datetime) -> None:
        self.life = life
        self._course = course
        self._rng = rng
        self._now = now
        self._at = life.referral.created_at
        self.wants_another = False
        """True when the sender chose another partner after a decline."""

    @property
    def at(self) -> datetime:
        """Return when the last act was."""
        return self._at

    def go(self) -> None:
        """Play it to its end, or as far as it has come by now."""
        try:
            self._wait(0.05, 0.3, at_desk=False)
            self.life.send(self._at)
            self._before_acceptance()
        except NotYetError:
            self.life.take_steps(self._now)

    def _before_acceptance(self) -> None:
        course = self._course
        if self._happens(course.silent):
            self._take_back()
            return
        self._wait(*course.answers)
        self.life.look(self._at)
        if self._happens(course.asked):
            self._act(Action.ASK, Side.RECEIVER, Given(note=QUESTION))
            self._wait(0.5, 4)
            self._act(Action.ANSWER, Side.SENDER, Given(note=REPLY))
            self._wait(0.3, 3)
        if self._happens(course.waitlisted):
            self._wait_for_room()
        if self._happens(course.declined):
            self._decline()
            return
        self._wait(0.02, 0.2, at_desk=False)
        self._act(Action.ACCEPT, Side.RECEIVER)
        self._after_acceptance()

    def _take_back(self) -> None:
        """Let the answer become so late that the sender chooses anew, and takes it back."""
        life = self.life
        offered = new_options_at(life.clocks[ClockKind.ANSWER])
        self._at = max(self._at, offered)
        self._wait(1, 8, at_desk=False)
        self._act(Action.RECALL, Side.SENDER)

    def _wait_for_room(self) -> None:
        until = self._at + timedelta(days=self._rng.randint(7, 30))
        self._act(Action.WAITLIST, Side.RECEIVER, Given(until=until))
        self._at = until - timedelta(hours=self._rng.randint(2, 48))
        self._wait(0.1, 1, at_desk=False)

    def _decline(self) -> None:
        reason = self._pick(self._course.reasons)
        self._act(Action.DECLINE, Side.RECEIVER, Given(reason=reason))
        self._after_refusal()

    def _after_refusal(self) -> None:
        self._wait(0.5, 5)
        if self._happens(0.6):
            self._act(Action.REROUTE, Side.SENDER)
            self.wants_another = True
        else:
            self._act(Action.CLOSE, Side.SENDER, Given(outcome=self._pick(_SENDER_GIVES_UP)))

    def _after_acceptance(self) -> None:
        life = self.life
        if self._happens(0.35):
            life.introduce(self._at)
        tries = 4 if self._happens(self._course.lost) else self._rng.choice((0, 0, 0, 1, 1, 2))
        for _ in range(tries):
            self._wait(2, 20, at_desk=False)
            life.try_contact(self._rng.choice(_NOT_REACHED), self._at)
        if tries >= len(_NOT_REACHED):
            self._end_without_contact()
            return
        self._wait(1, 22, at_desk=False)
        life.try_contact(AttemptKind.REACHED, self._at)
        release = life.release
        if release is not None and release.until and self._at < release.until:
            life.answer_release(agreed=self._happens(0.7), at=self._at)
        self._work_on_it()

    def _end_without_contact(self) -> None:
        self._wait(2, 24, at_desk=False)
        if self._happens(0.2):
            self._act(
                Action.HAND_BACK, Side.RECEIVER, Given(reason=self._pick(self._course.reasons))
            )
            self._after_refusal()
            return
        ending = Given(outcome=Outcome.NOT_REACHED_SAFELY)
        self._act(Action.CLOSE, Side.RECEIVER, ending)

    def _work_on_it(self) -> None:
        if self._happens(0.02):
            self._wait(4, 60, at_desk=False)
            self._act(Action.STOP, Side.SENDER)
            return
        if self._happens(self._course.held):
            until = self._at + timedelta(days=self._rng.randint(4, 20))
            self._act(Action.HOLD, Side.RECEIVER, Given(until=until))
            self._at = until
            self._wait(0.001, 0.01, at_desk=False)
            self._act(Action.RESUME, Side.SYSTEM)
        if not self._happens(self._course.connected):
            self._wait(24, 240, at_desk=False)
            self._act(Action.CLOSE, Side.RECEIVER, Given(outcome=self._pick(_ENDS_WITHOUT)))
            return
        self._wait(20, 200, at_desk=False)
        self._act(Action.CONNECT, Side.RECEIVER)
        self._wait(30, 340, at_desk=False)
        self._act(Action.CLOSE, Side.RECEIVER, Given(outcome=self._pick(_ENDS_WITH_CONNECTION)))

    def _act(self, action: Action, by: Side, given: Given | None = None) -> None:
        self.life.act(action, by, self._at, given)

    def _wait(self, least: float, most: float, *, at_desk: bool = True) -> None:
        """Let hours pass: open hours of the partner when somebody there has to be at a desk.

        Raises:
            NotYetError: that would be after the moment of loading.
        """
        span = timedelta(hours=self._rng.uniform(least, most))
        if at_desk:
            latest = self._at + LONGEST_WAIT
            self._at = after_open_time(self._at, span, self.life.calendar, latest)
        else:
            self._at += span
        if self._at > self._now:
            raise NotYetError

    def _happens(self, chance: float) -> bool:
        return self._rng.random() < chance

    def _pick(self, weights: Mapping[Code, int]) -> Code:
        return self._rng.choices(list(weights), list(weights.values()))[0]
