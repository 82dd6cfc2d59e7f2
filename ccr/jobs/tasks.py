"""What the worker does each minute. Every job is one service call and may run twice.

A tick that is lost is made up for by the next one: services write what is due into our tables,
jobs look there. So nothing is kept in the queue, and no tick is retried.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from huey import crontab

from ccr.adapters.clock import utc_now
from ccr.adapters.logs import error_facts, get_logger
from ccr.services import (
    answer_letters,
    check_letters,
    check_links,
    consultation_chasing,
    directory_copies,
    doing_once,
    draft_typed,
    gap_returns,
    import_work,
    linkages,
    operations,
    participant_clocks,
    practice,
    protocol_warnings,
    put_aside,
    risk_information,
    sign_in,
    webhook_messages,
)
from ccr.services.delivery import deliver
from ccr.services.followups import run_clocks
from ccr.services.world import World

Context = Callable[[], AbstractContextManager[Any]]
# A tick that could not start within its minute is dropped: the next one does its work.
EXPIRES_SECONDS = 55


@dataclass(frozen=True, slots=True)
class Job:
    """A job by name and the service call it makes."""

    name: str
    run: Callable[[World, datetime], object]


def _each(*steps: Callable[[], object]) -> None:
    """Do every step in order: one that fails keeps none of the others back, and fails the job."""
    with ExitStack() as stack:
        for step in reversed(steps):
            stack.callback(step)


def _clocks(world: World, at: datetime) -> None:
    _each(
        partial(run_clocks, world, at=at),
        partial(participant_clocks.check_enrolments, world, at=at),
    )


def _consultations(world: World, at: datetime) -> object:
    return consultation_chasing.run(world, at=at)


def _outbox(world: World, at: datetime) -> object:
    return deliver(world, at=at)


def _letters(world: World, at: datetime) -> object:
    return answer_letters.deliver(world, at=at)


def _practice(world: World, at: datetime) -> object:
    return practice.run(world, at=at)


def _checks(world: World, at: datetime) -> None:
    _each(
        partial(check_links.remind, world, at=at),
        partial(check_letters.write, world, at=at),
        partial(linkages.warn, world, at=at),
        partial(protocol_warnings.warn, world, at=at),
    )


def _imports(world: World, at: datetime) -> object:
    import_work.tidy(world, at=at)
    return None


def _upkeep(world: World, at: datetime) -> None:
    _each(
        partial(put_aside.forget_expired, at=at),
        partial(sign_in.forget_old, at=at),
        directory_copies.forget_old_versions,
        partial(draft_typed.forget_abandoned, at=at),
        partial(doing_once.forget_old, at=at),
        partial(gap_returns.look_again, world, at=at),
        partial(consultation_chasing.forget_old, at=at),
        partial(participant_clocks.forget_ended, at=at),
        partial(risk_information.forget_old, at=at),
    )


def _webhooks(world: World, at: datetime) -> object:
    return webhook_messages.run(world, at=at)


def _nothing(_world: World, _at: datetime) -> object:
    return None


# The clocks come first, so that their reminders leave in the same minute.
JOBS = (
    Job(operations.WORKER, _nothing),
    Job(operations.CLOCKS, _clocks),
    Job(operations.CONSULTATIONS, _consultations),
    Job(operations.CHECKS, _checks),
    Job(operations.OUTBOX, _outbox),
    Job(operations.LETTERS, _letters),
    Job(operations.PRACTICE, _practice),
    Job(operations.IMPORTS, _imports),
    Job(operations.UPKEEP, _upkeep),
    # Last: it waits for systems of others, though never for long.
    Job(operations.WEBHOOKS, _webhooks),
)


def run_job(job: Job, context: Context, world: World, *, at: datetime) -> bool:
    """Run one job and note its beat; return False when it failed, which is logged, not raised.

    A job that fails leaves no beat: after ten minutes the staff pages say so.
    """
    try:
        with context():
            job.run(world, at)
            operations.beat(job.name, at=at)
    except Exception as error:  # the worker outlives whatever one tick met
        get_logger(__name__).error("job.failed", job=job.name, **error_facts(error))
        return False
    return True


def register(queue: Any, context: Context, world: World) -> None:  # noqa: ANN401 -- untyped huey
    """Let the queue start every job once a minute."""
    for job in JOBS:

        def tick(job: Job = job) -> None:
            run_job(job, context, world, at=utc_now())

        queue.periodic_task(crontab(minute="*"), name=job.name, expires=EXPIRES_SECONDS)(tick)
