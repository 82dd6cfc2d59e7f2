"""One move of an import run by a person: whoever comes second is told."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ccr.domain.errors import StaleError
from ccr.domain.phrases import phrase
from ccr.storage.queries.import_runs import Run, move_run


def move_on(run: Run, states: Collection[str], to: str, version: int, **values: Any) -> None:  # noqa: ANN401 -- columns
    """Move a run that is in one of these states, at the version that the person saw.

    Raises:
        StaleError: it has moved on, or is in no state for it.
    """
    if not move_run(run.id, states, to, version=version, alive_at=None, step="", **values):
        raise StaleError(
            phrase("This import has moved on meanwhile. Open it again to see where it is.")
        )
