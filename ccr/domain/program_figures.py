"""Figures about abusive partner programs: consultations, intakes, ends of participation (R95, R96).

What lives here: which of them may leave, by the rule of the one gate (`ccr.domain.small_cells`),
for the whole network and a quarter. What must not: a program's own figures, success, recidivism
(R12). How many completed is a figure of process; that it is not safety is said wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median

from ccr.domain.phrases import phrase
from ccr.domain.small_cells import LEAST_SHOWN, MOST_HIDDEN, Count

NOT_SAFETY = phrase(
    "Completion says that sessions were attended. It does not say that anybody is safe."
)
"""Stands beside every figure of completion. Source: R10, R12 (no success figure)."""
_MINUTES_IN_AN_HOUR, _HOURS_IN_A_DAY = 60, 24


class ProgramMeasure(StrEnum):
    """What is published of programs."""

    CONSULTATIONS = "consultations"
    CONSULTATION_MINUTES = "consultation-minutes"
    INTAKES = "intakes"
    INTAKE_HOURS = "intake-hours"
    ENDED = "participation-ended"
    COMPLETED = "participation-completed"


@dataclass(frozen=True, slots=True)
class ProgramFigure:
    """One figure as the gate let it out. What may not be shown is no figure at all.

    `value`: how many; of CONSULTATION_MINUTES a median in whole hours as minutes, of INTAKE_HOURS
    a median in whole days as hours.
    """

    period: str
    measure: ProgramMeasure
    value: int

    def __post_init__(self) -> None:
        """Refuse a number that may not leave."""
        if self.value <= MOST_HIDDEN:
            msg = "a figure is above ten or absent"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class ProgramCounted:
    """Everything that is counted of a quarter, before the gate.

    Attributes:
        consultations, acknowledged: asked in the quarter, and those of them that were acknowledged;
            `minutes` of the second are minutes until then.
        intakes, timed: intakes of the quarter, and those of them of which the day of the order is
            known; `minutes` of the second are days from the order.
        ended, completed: participations that ended in the quarter, and those completed.
    """

    consultations: Count = field(default_factory=Count)
    acknowledged: Count = field(default_factory=Count)
    intakes: Count = field(default_factory=Count)
    timed: Count = field(default_factory=Count)
    ended: Count = field(default_factory=Count)
    completed: Count = field(default_factory=Count)


def gate_programs(period: str, counted: ProgramCounted) -> tuple[ProgramFigure, ...]:
    """Return what may be published of a quarter; everything else is "not shown".

    A count is shown while 11 or more are left for every member that takes its own away. A median
    says that 11 or more were timed: it needs 22 of the whole to be left, or how many were not would
    be narrowed. Completions are a part of what ended: 11 or more must be left beside them.
    """
    return tuple(ProgramFigure(period, measure, value) for measure, value in _shown(counted))


def _shown(counted: ProgramCounted) -> Iterator[tuple[ProgramMeasure, int]]:
    if counted.consultations.may_be_shown:
        yield ProgramMeasure.CONSULTATIONS, counted.consultations.total
        if _may_be_timed(counted.acknowledged, counted.consultations):
            hours = max(1, -(-int(median(counted.acknowledged.minutes)) // _MINUTES_IN_AN_HOUR))
            yield ProgramMeasure.CONSULTATION_MINUTES, hours * _MINUTES_IN_AN_HOUR
    if counted.intakes.may_be_shown:
        yield ProgramMeasure.INTAKES, counted.intakes.total
        if _may_be_timed(counted.timed, counted.intakes):
            days = max(1, -(-int(2 * median(counted.timed.minutes)) // 2))
            yield ProgramMeasure.INTAKE_HOURS, days * _HOURS_IN_A_DAY
    if counted.ended.may_be_shown:
        yield ProgramMeasure.ENDED, counted.ended.total
        left = counted.ended.least_left([counted.completed])
        if counted.completed.may_be_shown and left >= LEAST_SHOWN:
            yield ProgramMeasure.COMPLETED, counted.completed.total


def _may_be_timed(timed: Count, whole: Count) -> bool:
    return timed.may_be_shown and whole.least_left() >= 2 * LEAST_SHOWN
