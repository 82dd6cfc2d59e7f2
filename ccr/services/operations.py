"""The machine's own health: which jobs ran when, and what staff are told when they fall silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ccr.storage.db import unit_of_work
from ccr.storage.queries.operations import last_beats, save_beat

WORKER = "worker"
CLOCKS = "clocks"
CONSULTATIONS = "consultations"
OUTBOX = "outbox"
LETTERS = "letters"
PRACTICE = "practice"
CHECKS = "checks"
IMPORTS = "imports"
UPKEEP = "upkeep"
WEBHOOKS = "webhooks"
# The others can wait: when they fall silent, nobody is forgotten, and nobody is told.
JOBS = (WORKER, CLOCKS, CONSULTATIONS, OUTBOX, LETTERS)
# Reminders come by the minute; ten silent minutes are a fault that staff must hear of (design 4).
SILENT_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class JobHealth:
    """How the jobs do.

    Attributes:
        silent: jobs that did not run to their end for ten minutes, or never; sorted as in JOBS.
        last: when the job that is longest behind last ran, aware UTC; None when one never did.
    """

    silent: tuple[str, ...]
    last: datetime | None

    @property
    def is_well(self) -> bool:
        """Return True when every job ran lately: reminders can be relied on."""
        return not self.silent


def beat(name: str, *, at: datetime) -> None:
    """Note that this job has just run to its end."""
    with unit_of_work():
        save_beat(name, at=at)


def job_health(*, at: datetime) -> JobHealth:
    """Return which jobs are silent at this moment, in one query."""
    return health_of(last_beats(JOBS), at=at)


def health_of(beats: Mapping[str, datetime], *, at: datetime) -> JobHealth:
    """Return which jobs are silent, by when each last ran to its end."""
    silent = tuple(n for n in JOBS if n not in beats or at - beats[n] > SILENT_AFTER)
    return JobHealth(silent, min(beats.values()) if len(beats) == len(JOBS) else None)
