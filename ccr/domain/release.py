"""The feedback release: this receiver may tell this sender how this one code went, until a date.

What lives here: asking, confirming, refusing, withdrawing, and whether it is in force at a moment.
What must not: what is shown because of it (`ccr.domain.projection`). There is no override.
Source: design 2.4; 34 USC 12291(b)(2); R20-R22, R25.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ccr.domain.clocks import Side
from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled, Regime

DEFAULT_DAYS = 30
MAX_DAYS = 90
"""R21; a law of one state falls back to 90 days. Our choice, ADR 0005."""


class ConfirmedHow(Labelled):
    """How the person said yes to the receiver."""

    WRITTEN = "written"
    SPOKEN = "spoken"
    PART_2 = "part-2"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _HOW[self]


_HOW = {
    ConfirmedHow.WRITTEN: phrase("In writing"),
    ConfirmedHow.SPOKEN: phrase("Spoken"),
    ConfirmedHow.PART_2: phrase("In writing, naming substance use treatment"),
}
PART_2_NOTICE = phrase(
    "42 CFR part 2 prohibits unauthorized use or disclosure of these records. Do not pass on what "
    "this partner tells you here."
)
"""Goes with whatever a substance use program lets out. Source: 42 CFR 2.32(a), short form."""


def ways_to_confirm(regime: Regime) -> tuple[ConfirmedHow, ...]:
    """Return how a receiver of this regime may confirm; a general yes never suffices for Part 2."""
    if regime is Regime.PART_2:
        return (ConfirmedHow.PART_2,)
    if regime.asks_for_writing:
        return (ConfirmedHow.WRITTEN,)
    return ConfirmedHow.WRITTEN, ConfirmedHow.SPOKEN


@dataclass(frozen=True, slots=True)
class FeedbackRelease:
    """One release for one code, one receiver, one sender. Renewal is a new one.

    Attributes:
        asked_at: when the sender recorded that the person agrees to be asked.
        until: the end, exclusive; None is no consent at all.
        confirmed_at, confirmed_how: the receiver's own record of the person's yes.
        refused_at: when the receiver recorded a no; the sender never learns of it.
        withdrawn_at: when either side recorded that the person took it back.
    """

    asked_at: datetime
    until: datetime | None
    confirmed_at: datetime | None = None
    confirmed_how: ConfirmedHow | None = None
    refused_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def of_part_2(self) -> bool:
        """Return True when what it lets out carries the notice of 42 CFR 2.32 (R31)."""
        return self.confirmed_how is ConfirmedHow.PART_2

    def in_force(self, at: datetime) -> bool:
        """Return True from the moment it is confirmed until just before it ends.

        Half-open: at `until` and at `withdrawn_at` it is over. A missing end is no consent.
        """
        if self.until is None or self.confirmed_at is None or self.confirmed_how is None:
            return False
        ends = self.until if self.withdrawn_at is None else min(self.until, self.withdrawn_at)
        return self.refused_at is None and self.confirmed_at <= at < ends


def ask(*, at: datetime, until: datetime | None) -> FeedbackRelease:
    """Return a release that was asked for and not yet confirmed.

    Raises:
        InvalidInputError: field `until`: blank, past, or more than MAX_DAYS ahead.
    """
    if until is None:
        raise InvalidInputError(
            phrase("Say until when. There is no release without an end."), field="until"
        )
    if until <= at:
        raise InvalidInputError(phrase("The end lies in the past."), field="until")
    if until > at + timedelta(days=MAX_DAYS):
        raise InvalidInputError(
            phrase("A release lasts at most %(days)s days.", days=MAX_DAYS), field="until"
        )
    return FeedbackRelease(asked_at=at, until=until)


def default_until(at: datetime) -> datetime:
    """Return the end proposed on the form: DEFAULT_DAYS after `at`."""
    return at + timedelta(days=DEFAULT_DAYS)


def confirm(
    release: FeedbackRelease, *, at: datetime, how: ConfirmedHow, regime: Regime
) -> FeedbackRelease:
    """Return the release as confirmed by the receiver with the person.

    Raises:
        InvalidInputError: field `how`: not as the receiver's regime demands it (R31).
        IllegalTransitionError: it is over, or already answered.
    """
    if how not in ways_to_confirm(regime):
        raise InvalidInputError(
            phrase(
                "Your program needs a written consent that names substance use treatment. "
                "A general one does not suffice."
            )
            if regime is Regime.PART_2
            else phrase("Your program needs this in writing, signed by the person."),
            field="how",
        )
    _check_open(release, at)
    return replace(release, confirmed_at=at, confirmed_how=how)


def refuse(release: FeedbackRelease, *, at: datetime) -> FeedbackRelease:
    """Return the release as refused by the person; it costs nothing and looks like nothing.

    Raises:
        IllegalTransitionError: it is over, or already answered.
    """
    _check_open(release, at)
    return replace(release, refused_at=at)


def withdraw(release: FeedbackRelease, *, at: datetime, by: Side) -> FeedbackRelease:
    """Return the release as taken back at once; the first withdrawal stands (R22).

    Raises:
        IllegalTransitionError: `by` is not a side of this referral.
    """
    if by not in {Side.SENDER, Side.RECEIVER}:
        raise IllegalTransitionError(phrase("Only the two partners can record this."))
    return release if release.withdrawn_at is not None else replace(release, withdrawn_at=at)


def _check_open(release: FeedbackRelease, at: datetime) -> None:
    if release.until is None or at >= release.until or release.withdrawn_at is not None:
        raise IllegalTransitionError(phrase("This release is over. Ask for a new one."))
    if release.confirmed_at is not None or release.refused_at is not None:
        raise IllegalTransitionError(phrase("This release has its answer. Ask for a new one."))
