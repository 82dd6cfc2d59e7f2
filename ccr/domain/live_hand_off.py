"""A warm referral, step by step: who introduced whom by role, how, when, and did it happen (R71).

What lives here: the steps, a joint call that both agreed to, and when a referral may be called
warm. What must not: who sees which of it; that is the projection's (`ccr.domain.projection_masks`).

A day and a part of the day are all that is kept of a joint call: enough to be there, and no hour
at which somebody could be waited for. It is agreed before or at acceptance and fixed from then on;
what is agreed later is agreed by phone, because an answer in CCR would tell (design 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ccr.domain.errors import InvalidInputError
from ccr.domain.outcomes import ToldBy
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_states import EventKind
from ccr.domain.taxonomy import Labelled

FURTHEST_CALL = timedelta(days=30)
"""How far ahead a joint call may lie. Our choice: the time a release lasts by default."""


class IntroducedHow(Labelled):
    """How somebody was introduced live."""

    THREE_WAY_CALL = "three-way-call"
    IN_PERSON = "in-person"
    VIDEO = "video"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _HOW_LABELS[self]


class IntroducedBy(Labelled):
    """Who introduced the person, by role; never a name."""

    ADVOCATE = "advocate"
    SOCIAL_WORKER = "social-worker"
    HEALTH_STAFF = "health-staff"
    OFFICER = "officer"
    COURT_STAFF = "court-staff"
    HOTLINE = "hotline"
    VOLUNTEER = "volunteer"
    OTHER_STAFF = "other-staff"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _BY_LABELS[self]


class DayPart(Labelled):
    """A part of a day: coarse on purpose."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _PART_LABELS[self]


class SafeInfo(Labelled):
    """What the person took along about the partner."""

    PAPER = "paper"
    SPOKEN = "spoken"
    NOT_WANTED = "not-wanted"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _INFO_LABELS[self]


class FollowUpWay(Labelled):
    """How sender and person stay in touch, as they agreed."""

    THEY_CALL = "they-call"
    THEY_COME = "they-come"
    NONE = "none"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _FOLLOW_UP_LABELS[self]


class HandOffKind(Labelled):
    """What a referral may be called: warm alone when somebody was introduced live (R71)."""

    WARM = "warm"
    DIRECT = "direct"
    INFORMATION = "information"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _KIND_LABELS[self]


class WarmStep(Labelled):
    """The steps of R71, in their order."""

    CONSENT = "consent"
    FIT = "fit"
    SHARING = "sharing"
    INTRODUCTION = "introduction"
    SAFE_INFO = "safe-info"
    ACCEPTANCE = "acceptance"
    FOLLOW_UP = "follow-up"
    END = "end"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _STEP_LABELS[self]


@dataclass(frozen=True, slots=True)
class JointCall:
    """A joint call or meeting: how, on which day of the network's zone, in which part of it."""

    how: IntroducedHow
    day: date
    part: DayPart

    @property
    def code(self) -> str:
        """Return it as the record keeps it: "2026-12-02/afternoon/three-way-call"."""
        return f"{self.day.isoformat()}/{self.part.value}/{self.how.value}"


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who introduced the person to whom, by role, and how."""

    how: IntroducedHow
    by: IntroducedBy
    to: ToldBy

    @property
    def code(self) -> str:
        """Return what the record keeps beside the role it went to: "in-person/advocate"."""
        return f"{self.how.value}/{self.by.value}"


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step of R71: when it was done, as this side may know, or None."""

    step: WarmStep
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandOff:
    """How warm a referral is, as one side may know it.

    Attributes:
        call: the joint call that was offered last, or None.
        agreed: True or False as the receiver answered it, None while it has not.
        happened: True once an introduction is logged, False when the agreed call is logged as
            missed and no introduction is.
        steps: the eight steps of R71.
    """

    kind: HandOffKind = HandOffKind.DIRECT
    call: JointCall | None = None
    agreed: bool | None = None
    happened: bool | None = None
    steps: tuple[StepShown, ...] = ()


NO_HAND_OFF = HandOff()


def joint_call(how: IntroducedHow, day: date | None, part: DayPart, *, today: date) -> JointCall:
    """Return a joint call that can still be held.

    Raises:
        InvalidInputError: field `day`: missing, past, or more than FURTHEST_CALL ahead.
    """
    if day is None:
        raise InvalidInputError(phrase("Say on which day."), field="day")
    if not today <= day <= today + FURTHEST_CALL:
        raise InvalidInputError(
            phrase("The day lies in the next %(days)s days.", days=FURTHEST_CALL.days), field="day"
        )
    return JointCall(how, day, part)


def read_joint_call(code: str | None) -> JointCall | None:
    """Return the joint call that a record holds, or None when it holds none."""
    try:
        day, part, how = (code or "").split("/")
        return JointCall(IntroducedHow(how), date.fromisoformat(day), DayPart(part))
    except ValueError:
        return None


def introduction_line(reason: str | None, to: str | None) -> Phrase | None:
    """Return who introduced whom, by role; None where the record says that it was, and no more."""
    try:
        how, by = (reason or "").split("/")
        return phrase(
            "%(how)s: %(by)s, with %(to)s",
            how=IntroducedHow(how).label,
            by=IntroducedBy(by).label,
            to=ToldBy(to or "").label,
        )
    except ValueError:
        return None


def line_of(kind: EventKind, reason: str | None, to: str | None) -> Phrase | None:
    """Return the quiet line under an event of this module, or None."""
    if kind is EventKind.LIVE_HAND_OFF:
        return introduction_line(reason, to)
    codes: dict[EventKind, type[SafeInfo | FollowUpWay]] = {
        EventKind.SAFE_INFO: SafeInfo,
        EventKind.FOLLOW_UP_AGREED: FollowUpWay,
    }
    if kind in codes and reason in set(codes[kind]):
        return codes[kind](reason).label
    return None


_HOW_LABELS = {
    IntroducedHow.THREE_WAY_CALL: phrase("Three-way call"),
    IntroducedHow.IN_PERSON: phrase("In person"),
    IntroducedHow.VIDEO: phrase("Video call"),
}
_BY_LABELS = {
    IntroducedBy.ADVOCATE: phrase("Advocate"),
    IntroducedBy.SOCIAL_WORKER: phrase("Social worker"),
    IntroducedBy.HEALTH_STAFF: phrase("Health staff"),
    IntroducedBy.OFFICER: phrase("Officer"),
    IntroducedBy.COURT_STAFF: phrase("Court staff"),
    IntroducedBy.HOTLINE: phrase("Hotline"),
    IntroducedBy.VOLUNTEER: phrase("Volunteer"),
    IntroducedBy.OTHER_STAFF: phrase("Other staff"),
}
_PART_LABELS = {
    DayPart.MORNING: phrase("Morning"),
    DayPart.AFTERNOON: phrase("Afternoon"),
    DayPart.EVENING: phrase("Evening"),
}
_INFO_LABELS = {
    SafeInfo.PAPER: phrase("On paper: it is safe to carry"),
    SafeInfo.SPOKEN: phrase("Spoken only"),
    SafeInfo.NOT_WANTED: phrase("Not wanted"),
}
_FOLLOW_UP_LABELS = {
    FollowUpWay.THEY_CALL: phrase("The person calls us"),
    FollowUpWay.THEY_COME: phrase("The person comes to us"),
    FollowUpWay.NONE: phrase("None wanted"),
}
_KIND_LABELS = {
    HandOffKind.WARM: phrase("Warm: introduced live"),
    HandOffKind.DIRECT: phrase("Direct: sent, not introduced live"),
    HandOffKind.INFORMATION: phrase("Information: words and a number were given"),
}
_STEP_LABELS = {
    WarmStep.CONSENT: phrase("Asked, and the person said yes"),
    WarmStep.FIT: phrase("Fit and room checked by phone"),
    WarmStep.SHARING: phrase("Agreed what is shared"),
    WarmStep.INTRODUCTION: phrase("Introduced live"),
    WarmStep.SAFE_INFO: phrase("Safe information to take along"),
    WarmStep.ACCEPTANCE: phrase("Acceptance confirmed"),
    WarmStep.FOLLOW_UP: phrase("Agreed how we follow up"),
    WarmStep.END: phrase("Closed"),
}
