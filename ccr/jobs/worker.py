"""The worker process: `python -m ccr.jobs.worker`. TERM lets the running job end, INT does not."""

from __future__ import annotations

import os
import sys

from huey.consumer import Consumer

from ccr.adapters.clock import utc_now
from ccr.adapters.logs import configure_logs, error_facts, get_logger
from ccr.app import create_app
from ccr.config import Settings, SettingsError
from ccr.domain.errors import CcrError
from ccr.jobs.imports import watch_imports
from ccr.jobs.queue import make_queue, prepare_queue
from ccr.jobs.tasks import JOBS, register, run_job
from ccr.services.demo_guard import check_start

STOP_SECONDS = 20


def main() -> int:
    """Run jobs until told to stop; return the exit code."""
    os.umask(0o077)
    log = get_logger(__name__)
    try:
        settings = Settings.from_env()
        configure_logs(settings.log_level)
        app = create_app(settings)
        with app.app_context():
            check_start(settings)
        queue = make_queue(settings)
        prepare_queue(queue)
    except (SettingsError, CcrError) as error:
        sys.stderr.write(f"The worker cannot start: {error}\n")
        return 2
    except Exception as error:  # whatever the database's driver raises
        log.error("worker.cannot-start", **error_facts(error))
        return 1
    world = app.extensions["ccr_world"]
    register(queue, app.app_context, world)
    # At once, not after the first minute: pages that ask for the worker shall find it.
    for job in JOBS:
        run_job(job, app.app_context, world, at=utc_now())
    watch_imports(app.app_context, world)
    # On HUP huey starts this program anew with sys.argv.
    sys.argv = ["-m", "ccr.jobs.worker"]
    log.info("worker.started", pid=os.getpid())
    Consumer(
        queue,
        workers=1,
        scheduler_interval=5,
        max_delay=5.0,
        graceful_signal="TERM",
        shutdown_timeout=STOP_SECONDS,
    ).run()
    log.info("worker.stopped", pid=os.getpid())
    return 0


if __name__ == "__main__":
    sys.exit(main())
