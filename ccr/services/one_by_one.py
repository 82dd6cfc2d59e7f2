"""Doing the same for many referrals so that one that cannot be read holds up none of the others.

What failed is logged by its id and left as it was. The run that met it goes on and fails at its
end, so that it leaves no beat and the staff pages say that reminders cannot be relied on.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from ccr.adapters.logs import error_facts, get_logger
from ccr.storage.db import DatabaseAwayError


class LeftBehindError(RuntimeError):
    """Something of a run was left behind; the rest of it is done."""


class OneByOne:
    """What a run tries, one after the other, and what of it is left behind.

    event: the line of the log for each that is.
    """

    def __init__(self, event: str = "clocks.left-behind") -> None:
        self.left: set[UUID] = set()
        self._event = event

    def try_one(self, subject_id: UUID, work: Callable[[], object]) -> bool:
        """Do the work; return True when it did something, False when nothing, or when it failed.

        `work` is one transaction, about `subject_id` alone; what it returns is taken as true or
        false. A database that is away is raised: it is away for all.
        """
        try:
            return bool(work())
        except DatabaseAwayError:
            raise
        except Exception as error:  # whatever one row holds: the others are people too
            self.left.add(subject_id)
            get_logger(__name__).error(self._event, subject_id=subject_id, **error_facts(error))
            return False

    def end(self) -> None:
        """End the run; raises LeftBehindError when something was left behind."""
        if self.left:
            raise LeftBehindError
