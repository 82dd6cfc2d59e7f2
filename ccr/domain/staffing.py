"""Who of a program is here, who stands in for whom, and who is told: rules about staff alone.

What lives here: duties, absences, and the choice of whom to tell. What must not: steps and their
times (`ccr.domain.chasing`), a reason for an absence, anything about a referral.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled

LONGEST_ABSENCE = timedelta(days=365)
"""Nobody is away for longer in one entry: whoever is should have no account. Our choice."""


class Duty(Labelled):
    """What somebody of a program is named for, beside their work."""

    BACK_UP = "back-up"
    SUPERVISOR = "supervisor"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return phrase("Back-up contact") if self is Duty.BACK_UP else phrase("Supervisor")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in to a program.

    Attributes:
        away_until: when they are back, while they are away; else None.
    """

    account_id: UUID
    is_admin: bool = False
    duties: frozenset[Duty] = frozenset()
    away_until: datetime | None = None

    @property
    def here(self) -> bool:
        """Return True while they are not away."""
        return self.away_until is None


class Absence(NamedTuple):
    """From when until when somebody is away (aware UTC)."""

    starts_at: datetime
    ends_at: datetime


def absence_of(first: date, last: date, timezone: str, *, at: datetime) -> Absence:
    """Return an absence of whole days, the last one included, on the wall of this zone.

    Raises:
        InvalidInputError: it ends before it begins, is over already, or is too long; field `last`.
    """
    zone = ZoneInfo(timezone)
    if last < first:
        raise InvalidInputError(phrase("The last day comes after the first."), field="last")
    if last - first > LONGEST_ABSENCE:
        raise InvalidInputError(
            phrase("An absence has at most %(days)s days.", days=LONGEST_ABSENCE.days),
            field="last",
        )
    starts = datetime.combine(first, time(), tzinfo=zone)
    ends = datetime.combine(last + timedelta(days=1), time(), tzinfo=zone)
    if ends <= at:
        raise InvalidInputError(phrase("This absence is over already."), field="last")
    return Absence(starts, ends)


def workers_to_tell(people: Sequence[Person], assigned: UUID | None) -> frozenset[UUID]:
    """Return who is told of a duty of their program: whoever works on it, if they are here.

    With nobody assigned, or they are away, everybody who is here. With nobody here at all, whoever
    stands in and the administrators, away or not: a program is never told through nobody.
    """
    here = [person for person in people if person.here]
    if any(person.account_id == assigned for person in here):
        return frozenset({assigned}) if assigned else frozenset()
    return _ids(here) or _standing_in(people)


def back_ups_to_tell(people: Sequence[Person], told: Iterable[UUID]) -> frozenset[UUID]:
    """Return the back-up contacts who are here and were not among those told before.

    A program without one has its people who are here; often all of them were told already.
    """
    here = [person for person in people if person.here]
    named = _ids(person for person in here if Duty.BACK_UP in person.duties)
    return (named or _ids(here)) - frozenset(told)


def supervisors_to_tell(people: Sequence[Person]) -> frozenset[UUID]:
    """Return the supervisors who are here, else the administrators, else everybody."""
    here = [person for person in people if person.here]
    named = _ids(person for person in here if Duty.SUPERVISOR in person.duties)
    admins = _ids(person for person in here if person.is_admin)
    return named or admins or _ids(here) or _standing_in(people)


def _standing_in(people: Iterable[Person]) -> frozenset[UUID]:
    people = list(people)
    stand_in = (p for p in people if p.is_admin or Duty.BACK_UP in p.duties)
    return _ids(stand_in) or _ids(people)


def _ids(people: Iterable[Person]) -> frozenset[UUID]:
    return frozenset(person.account_id for person in people)
