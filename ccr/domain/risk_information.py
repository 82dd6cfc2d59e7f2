"""Results of risk assessments for a program's placement: what may be kept, and what it may do.

What lives here: one result as a value, the checks before it is kept, its age, and what it may do
to urgency, which is to raise it. What must not: who may share which result
(`ccr.domain.risk_sharing`), questions or answers of an instrument (R40), and any number that is
made of several results: results stand side by side, each as its assessor gave it (R42).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ccr.domain.consultation_triggers import Trigger
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.risk_instruments import Band, Catalogue, Instrument
from ccr.domain.taxonomy import Labelled, Urgency

OLDEST = timedelta(days=366)
"""Nothing older than a year is kept as a new result: danger changes. Our choice."""
GOOD_FOR = timedelta(days=90)
"""How long a result is read without asking for a new one. Source: R46 (our choice there)."""
KEPT_FOR = timedelta(days=730)
"""How long after it was given a result is kept at all, whoever gave it: 24 months, as for all that
a program has of somebody who left. The same moment for everybody, so that it tells nothing."""
CHANGES = frozenset(
    {
        Trigger.MISSED_FIRST_SESSION,
        Trigger.TERMINATION,
        Trigger.THREAT_DISCLOSED,
        Trigger.WEAPON,
        Trigger.ORDER_VIOLATED,
    }
)
"""What happens in a program and makes every result from before it old at once (R46)."""


class AssessorRole(Labelled):
    """The role of whoever made the assessment; never a name."""

    PROBATION_OFFICER = "probation-officer"
    POLICE_OFFICER = "police-officer"
    COURT_STAFF = "court-staff"
    CHILD_PROTECTION = "child-protection"
    CLINICIAN = "clinician"
    ADVOCATE = "advocate"
    FACILITATOR = "facilitator"
    OTHER = "other"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _ROLES[self]


class ObtainedBy(Labelled):
    """Who obtained the assessment. Source: S11, S12, R40."""

    REFERRAL_SOURCE = "referral-source"
    ADVOCATE = "advocate"
    PROGRAM = "program"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _OBTAINED[self]


class Basis(Labelled):
    """What this one assessment rests on. What a survivor said is hers, whoever wrote it down."""

    RECORDS = "records"
    PARTNER = "partner"
    SURVIVOR = "survivor"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _BASES[self]


_ROLES = {
    AssessorRole.PROBATION_OFFICER: phrase("Probation or parole officer"),
    AssessorRole.POLICE_OFFICER: phrase("Police officer or deputy"),
    AssessorRole.COURT_STAFF: phrase("Court staff"),
    AssessorRole.CHILD_PROTECTION: phrase("Child protection worker"),
    AssessorRole.CLINICIAN: phrase("Clinician"),
    AssessorRole.ADVOCATE: phrase("Advocate"),
    AssessorRole.FACILITATOR: phrase("Facilitator"),
    AssessorRole.OTHER: phrase("Another role"),
}
_OBTAINED = {
    ObtainedBy.REFERRAL_SOURCE: phrase("By the office that refers"),
    ObtainedBy.ADVOCATE: phrase("By an advocate"),
    ObtainedBy.PROGRAM: phrase("By the program"),
}
_BASES = {
    Basis.RECORDS: phrase("Records of a court, police or supervision alone"),
    Basis.PARTNER: phrase("Records and a talk with the abusive partner"),
    Basis.SURVIVOR: phrase("What the survivor said, in whole or in part"),
}


@dataclass(frozen=True, slots=True)
class RiskResult:
    """One result as somebody gave it (R40).

    Attributes:
        instrument: the code of the instrument; None for professional judgement alone.
        trained: whether whoever assessed is trained in the instrument, and the member says so.
        high_danger: True for "high danger" by professional judgement, with or without a score.
    """

    instrument: str | None
    version: str
    assessed_on: date
    role: AssessorRole
    trained: bool
    obtained_by: ObtainedBy
    basis: Basis
    band: Band | None = None
    score: int | None = None
    high_danger: bool = False


def checked_result(result: RiskResult, catalogue: Catalogue, today: date) -> RiskResult:
    """Return the result when it can be kept.

    Raises:
        InvalidInputError: the day cannot be; there is no such instrument, version or band; the
            score is none of the instrument's or lies in another band (R41); a score or a band of
            somebody without training (R94); or it says nothing. `field` names it.
    """
    if not today - OLDEST <= result.assessed_on <= today:
        raise InvalidInputError(
            phrase("Give the day of the assessment, today at the latest and within a year."),
            field="assessed_on",
        )
    if result.instrument is None:
        _check_judgement_alone(result)
        return result
    instrument = catalogue.find(result.instrument)
    if instrument is None or result.version not in instrument.versions:
        raise InvalidInputError(phrase("Choose an instrument of the list."), field="instrument")
    if not result.trained and (result.band is not None or result.score is not None):
        raise InvalidInputError(
            phrase(
                "A band or a score needs training in the instrument that is valid today. Without "
                "it you can say what you judge: high danger by judgement."
            ),
            field="band" if result.band is not None else "score",
        )
    _check_band(result, instrument)
    return result


def _check_judgement_alone(result: RiskResult) -> None:
    for value, field in ((result.band, "band"), (result.score, "score")):
        if value is not None:
            raise InvalidInputError(
                phrase("A band and a score belong to an instrument. Choose it, or leave them out."),
                field=field,
            )
    if not result.high_danger:
        raise InvalidInputError(
            phrase("Choose an instrument with its band, or say high danger by judgement."),
            field="instrument",
        )


def _check_band(result: RiskResult, instrument: Instrument) -> None:
    if result.band is None:
        if result.score is not None or not result.high_danger:
            raise InvalidInputError(
                phrase("Choose the band of the instrument, or say high danger by judgement."),
                field="band",
            )
        return
    known = instrument.range_of(result.band)
    if known is None:
        raise InvalidInputError(
            phrase("%(instrument)s has no such band.", instrument=instrument.name), field="band"
        )
    if result.score is None:
        return
    if not instrument.can_give(result.score):
        raise InvalidInputError(
            phrase("%(instrument)s cannot give this score.", instrument=instrument.name),
            field="score",
        )
    if not known.holds(result.score):
        raise InvalidInputError(
            phrase(
                "This score lies in another band of %(instrument)s. Look at both again.",
                instrument=instrument.name,
            ),
            field="score",
        )


def ask_again_on(assessed_on: date) -> date:
    """Return the first day on which a new assessment is asked for: day 91. Source: R46."""
    return assessed_on + GOOD_FOR + timedelta(days=1)


_RAISES_TO = {
    Band.HIGH_DANGER: Urgency.IMMEDIATE,
    Band.EXTREME: Urgency.IMMEDIATE,
    Band.SEVERE: Urgency.IMMEDIATE,
    Band.HIGH: Urgency.HIGH,
    Band.INCREASED: Urgency.HIGH,
}
_SOONEST_FIRST = tuple(Urgency)


def urgency_with(current: Urgency, results: Iterable[RiskResult]) -> Urgency:
    """Return how soon, after results are known: never later than before, whatever they say.

    A low band, a low score, a missing or refused assessment change nothing. Each result is read
    by itself; none makes another one count less. Source: R43.
    """
    wished = [current]
    for result in results:
        if result.high_danger:
            wished.append(Urgency.IMMEDIATE)
        if result.band in _RAISES_TO:
            wished.append(_RAISES_TO[result.band])
    return min(wished, key=_SOONEST_FIRST.index)
