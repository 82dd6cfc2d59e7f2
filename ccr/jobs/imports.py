"""A thread of the worker that does imports, so that reminders go out meanwhile.

It looks each second for a run that waits: a person stands before the page. A thread that ends with
the process leaves nothing half done: a run is written in one transaction, or not at all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from ccr.adapters.clock import utc_now
from ccr.adapters.logs import error_facts, get_logger
from ccr.services import duplicates, import_work
from ccr.services.world import World

LOOK_SECONDS = 1.0
REST_SECONDS = 15.0
"""After a look that failed, as when the database is away."""
Context = Callable[[], AbstractContextManager[Any]]


def watch_imports(
    context: Context, world: World, over: threading.Event | None = None
) -> threading.Thread:
    """Start the thread and return it; it ends with the process, or when `over` is set."""
    ended = over or threading.Event()

    def run() -> None:
        wait = LOOK_SECONDS
        while not ended.wait(wait):
            wait = LOOK_SECONDS if look(context, world) else REST_SECONDS

    thread = threading.Thread(target=run, name="imports", daemon=True)
    thread.start()
    return thread


def look(context: Context, world: World) -> bool:
    """Do every run that waits, one after the other; return False when looking failed."""
    try:
        with context():
            while import_work.work_once(world, at=utc_now()):
                pass
            duplicates.search_when_due(world, at=utc_now())
    except Exception as error:  # the thread outlives whatever one look met
        get_logger(__name__).error("job.failed", job="imports", **error_facts(error))
        return False
    return True
