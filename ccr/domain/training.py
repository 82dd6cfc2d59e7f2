"""The training matrix: in what a member has people trained, and until when (R94).

"Trained" is said of a member, never of a person, and how many is not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from ccr.domain.errors import InvalidInputError
from ccr.domain.pathways import LAST_WARNING_DAYS
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled

LONGEST = timedelta(days=366 * 10)


class Subject(Labelled):
    """What people are trained in (R94)."""

    BASICS = "basics"
    CONFIDENTIALITY = "confidentiality"
    RISK_INSTRUMENT = "risk-instrument"
    LANGUAGE_ACCESS = "language-access"
    TECHNOLOGY = "technology-safety"
    CULTURAL = "cultural"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _SUBJECTS[self]


_SUBJECTS = {
    Subject.BASICS: phrase("Basics of a coordinated response"),
    Subject.CONFIDENTIALITY: phrase("Confidentiality"),
    Subject.RISK_INSTRUMENT: phrase("Risk instrument"),
    Subject.LANGUAGE_ACCESS: phrase("Language access"),
    Subject.TECHNOLOGY: phrase("Technology safety"),
    Subject.CULTURAL: phrase("Working across cultures"),
}


class TrainingState(StrEnum):
    """How the training of a member in a topic stands on a day."""

    NONE = "none"
    LAPSED = "lapsed"
    ENDS_SOON = "ends-soon"
    VALID = "valid"


@dataclass(frozen=True, slots=True)
class Trained:
    """A member has people trained in a topic since a day, until a day or for good."""

    member_id: UUID
    subject: Subject
    trained_on: date
    expires_on: date | None

    def stands(self, on: date) -> TrainingState:
        """Return how it stands on a day; it is valid until the day before it expires."""
        if self.expires_on is None:
            return TrainingState.VALID
        days = (self.expires_on - on).days
        if days <= 0:
            return TrainingState.LAPSED
        return TrainingState.ENDS_SOON if days <= LAST_WARNING_DAYS else TrainingState.VALID


def checked_training(trained: Trained, today: date) -> Trained:
    """Return it; raises InvalidInputError with its field when the days cannot be."""
    if not today - LONGEST <= trained.trained_on <= today:
        raise InvalidInputError(
            phrase("Give the day of the training, today at the latest."), field="trained_on"
        )
    ends = trained.expires_on
    if ends is not None and not trained.trained_on < ends <= today + LONGEST:
        raise InvalidInputError(
            phrase("Give a day after the training, or leave it empty."), field="expires_on"
        )
    return trained
