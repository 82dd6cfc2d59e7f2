"""Whether the site can do its work: the database, its schema, and the jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ccr.domain.errors import UnsafeStorageError
from ccr.domain.phrases import phrase
from ccr.services.operations import job_health
from ccr.storage.queries.schema import NEWEST_REVISION, current_revision, database_answers


@dataclass(frozen=True, slots=True)
class Readiness:
    """Each part, True when it is well."""

    database: bool
    migrated: bool
    jobs: bool

    @property
    def ready(self) -> bool:
        """Return True when referrals can be sent and their clocks will be watched."""
        return self.database and self.migrated and self.jobs


def check_schema() -> None:
    """Do nothing when the database has the newest schema.

    Raises:
        UnsafeStorageError: it has none, an older or a newer one.
    """
    if current_revision() != NEWEST_REVISION:
        raise UnsafeStorageError(
            phrase("The database is not at this version's schema. Run: flask --app wsgi db upgrade")
        )


def readiness(*, at: datetime) -> Readiness:
    """Return the state of every part at this moment."""
    database = database_answers()
    migrated = database and current_revision() == NEWEST_REVISION
    jobs = migrated and job_health(at=at).is_well
    return Readiness(database=database, migrated=migrated, jobs=jobs)
