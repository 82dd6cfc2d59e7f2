"""What the worker does for the import desk: check, write, undo, and tidy up after runs.

A run is claimed by a conditional update, so that two workers never do one. Its end is written in
the very transaction that writes the directory: a worker that dies has changed nothing.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ccr.adapters.clock import utc_now
from ccr.adapters.heartbeat import Heartbeat
from ccr.adapters.logs import error_facts, get_logger
from ccr.adapters.upload_store import UploadStore
from ccr.domain.column_mapping import mapping_from_json
from ccr.domain.edited_here import Choices
from ccr.domain.errors import CcrError, InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.policy.identity import Identity
from ccr.services import accounts, import_undo, importing
from ccr.services.import_desk import WITH_FILE, store_of
from ccr.services.import_report import ImportReport, counts_of, first_notes, report_csv
from ccr.services.importing import ImportOptions
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import import_runs
from ccr.storage.queries.accounts import get_network
from ccr.storage.queries.import_runs import Run, move_run
from ccr.storage.queries.staged_rows import forget_staged

DEAD_AFTER = timedelta(seconds=60)
UPLOAD_KEPT = timedelta(days=1)
REPORT_KEPT = timedelta(days=7)
STAGED_KEPT = timedelta(hours=1)
"""Rows laid down by a process that died; a living one writes to its file all the time."""
MOST_STARTS = 2
MOST_EDITED = 300
CLAIMED_AS = {"checking": "checking", "waiting": "running", "undoing": "undoing"}
ASKED_AS = {"checking": "checking", "running": "waiting", "undoing": "undoing"}
_LOG = get_logger(__name__)


class StoppedError(CcrError):
    """Somebody asked for this run to stop."""

    def __init__(self) -> None:
        super().__init__(phrase("Cancelled. Nothing was changed."))


def work_once(world: World, *, at: datetime) -> bool:
    """Take the run that has waited longest and do its next piece; return False when there is none.

    Whatever goes wrong ends in the row of the run, in words for the person who waits.
    """
    run = _claim(at)
    if run is None:
        return False
    store = store_of(world)
    store.begin_anew(run.id)
    try:
        identity = accounts.terminal_identity(get_network(run.network_id).name)
        with _watched(run, store) as tell:
            _DO[run.state](identity, world, run, at, tell)
    except StoppedError:
        _end(run, "done" if run.state == "undoing" else "cancelled", at, None)
    except CcrError as error:
        _end(run, "done" if run.state == "undoing" else "failed", at, error.phrase)
    except Exception as error:  # the worker outlives whatever one run met
        _LOG.error("import.failed", subject_id=str(run.id), **error_facts(error))
        _end(run, "done" if run.state == "undoing" else "failed", at, MACHINE)
    if run.state != "checking" or import_runs.get_run(run.network_id, run.id).state != "checked":
        store.drop(run.id)
    return True


MACHINE = phrase(
    "The import stopped for a reason of this machine. Nothing was changed; the log says more."
)
DIED = phrase("The worker stopped twice while it was at this import. Nothing was changed.")


def _claim(at: datetime) -> Run | None:
    for run in import_runs.runs_in(tuple(CLAIMED_AS)):
        if run.alive_at is not None:
            continue
        to = CLAIMED_AS[run.state]
        with unit_of_work():
            if move_run(run.id, (run.state,), to, unclaimed=True, alive_at=at, started_at=at):
                return import_runs.get_run(run.network_id, run.id)
    return None


@contextmanager
def _watched(run: Run, store: UploadStore) -> Iterator[Callable[[str, int, int], None]]:
    """Keep the run's progress on disk, and stop it when somebody has asked for that."""
    with Heartbeat("reading", lambda progress: store.tell(run.id, progress)) as beat:

        def tell(step: str, done: int, total: int) -> None:
            beat.tell(step, done, total)
            _stop_if_asked(store, run.id)

        yield tell


def _stop_if_asked(store: UploadStore, run_id: UUID) -> None:
    if store.is_asked_to_stop(run_id):
        raise StoppedError


Tell = Callable[[str, int, int], None]


def _check(identity: Identity, world: World, run: Run, at: datetime, tell: Tell) -> None:
    store = store_of(world)
    report = _bring(identity, world, run, at, tell, None)
    tell("comparing", 0, 0)
    store.keep(run.id, "details", _details(report))
    summary = {**counts_of(report), **first_notes(report)}
    with unit_of_work():
        _stop_if_asked(store, run.id)
        moved = move_run(
            run.id,
            ("checking",),
            "checked",
            unless_stopped=True,
            alive_at=None,
            step="",
            dialect=report.kind.value,
            errors=report.errors,
            summary=summary,
            report=packed(report),
            source=report.source,
        )
    if not moved:
        raise StoppedError


def _run(identity: Identity, world: World, run: Run, at: datetime, tell: Tell) -> None:
    store = store_of(world)

    def finish(report: ImportReport) -> None:
        if report.stopped:
            raise InvalidInputError(
                phrase("Rows have errors. Leave them out, or mend the file and upload it again.")
            )
        moved = move_run(
            run.id,
            ("running",),
            "done",
            unless_stopped=True,
            finished_at=utc_now(),
            step="",
            dialect=report.kind.value,
            errors=report.errors,
            summary={**counts_of(report), **first_notes(report)},
            report=packed(report),
        )
        if not moved:
            raise StoppedError
        _stop_if_asked(store, run.id)

    _bring(identity, world, run, at, tell, finish)


def _bring(
    identity: Identity,
    world: World,
    run: Run,
    at: datetime,
    tell: Tell,
    finish: Callable[[ImportReport], None] | None,
) -> ImportReport:
    path = store_of(world).package(run.id)
    if path is None:
        raise InvalidInputError(phrase("The uploaded file is gone. Upload it again."))
    options = run.options
    return importing.import_package(
        identity,
        world,
        path,
        ImportOptions(
            source=run.source,
            dry_run=finish is None,
            compare=finish is None,
            skip_bad_rows=bool(options.get("skip_bad_rows")),
            mapping=mapping_from_json(options["mapping"]) if "mapping" in options else None,
            sheet=options.get("sheet"),
            choices=Choices(bool(options.get("take_all")), frozenset(options.get("take", ()))),
            same_as={key: UUID(value) for key, value in options.get("same_as", {}).items()},
            run_id=run.id,
            account_id=run.account_id,
        ),
        at=at,
        progress=tell,
        finish=finish,
    )


def _undo(identity: Identity, world: World, run: Run, at: datetime, tell: Tell) -> None:
    del world
    import_undo.undo(identity, run.id, at=at, progress=tell)


_DO = {"checking": _check, "running": _run, "undoing": _undo}


def packed(report: ImportReport) -> bytes:
    """Return the whole report as gzipped CSV; the mark lets spreadsheets see that it is UTF-8."""
    return gzip.compress(("\ufeff" + report_csv(report)).encode(), mtime=0)


def _details(report: ImportReport) -> dict[str, Any]:
    """Return what a person decides on before the run; it lies beside the package, and goes with it.

    It holds words of the package, which must not outlive it.
    """
    return {
        "edited": [
            {
                "key": item.key,
                "kind": item.kind.value,
                "record_id": str(item.record_id),
                "field": item.field,
                "ours": _shown(item.ours),
                "theirs": _shown(item.theirs),
            }
            for item in report.edited[:MOST_EDITED]
        ],
        "edited_count": len(report.edited),
        "likely": [
            {**asdict(item), "key": item.key, "record_id": str(item.record_id)}
            for item in report.likely
        ],
    }


def _shown(value: object) -> str:
    """Return a field's value as short text; a list says how long it is and no more."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {item}" for name, item in sorted(value.items()))[:300]
    if isinstance(value, (list, tuple, set, frozenset)):
        return f"({len(value)})"
    return str(value)[:300]


def _end(run: Run, state: str, at: datetime, words: Phrase | None) -> None:
    """Write how a run ended without changing anything."""
    summary = run.summary
    if words is not None:
        values = {key: str(value) for key, value in words.values.items()}
        summary = {**summary, "failure": {"words": words.msgid, "values": values}}
    with unit_of_work():
        move_run(
            run.id,
            (run.state,),
            state,
            alive_at=None,
            finished_at=run.finished_at if run.state == "undoing" else at,
            step="",
            summary=summary,
            failure=str(words)[:300] if words is not None else None,
        )


def tidy(world: World, *, at: datetime) -> None:
    """End or restart runs whose worker died, and delete what has been kept long enough."""
    store = store_of(world)
    for run in import_runs.runs_in(tuple(ASKED_AS)):
        if run.alive_at is not None and at - _last_beat(run, store) > DEAD_AFTER:
            _revive(run, store, at)
    needed = set()
    for run in import_runs.runs_in((*WITH_FILE, "undoing")):
        if run.state in {"uploaded", "mapped", "checked"} and at - run.created_at > UPLOAD_KEPT:
            with unit_of_work():
                move_run(run.id, (run.state,), "cancelled", version=run.version, finished_at=at)
        else:
            needed.add(run.id)
    for run_id in set(store.runs()) - needed:
        store.drop(run_id)
    forget_staged(at - STAGED_KEPT)
    with unit_of_work():
        import_runs.drop_reports(at - REPORT_KEPT)


def _last_beat(run: Run, store: UploadStore) -> datetime:
    progress = store.progress(run.id)
    told = [progress.alive] if progress else []
    return max([*told, *([run.alive_at] if run.alive_at else [])])


def _revive(run: Run, store: UploadStore, at: datetime) -> None:
    """Let a run begin anew whose worker died; end it the second time. Nothing was changed."""
    starts = int(run.options.get("starts", 0)) + 1
    if starts >= MOST_STARTS:
        _end(run, "done" if run.state == "undoing" else "failed", at, DIED)
        store.drop(run.id)
        return
    with unit_of_work():
        move_run(
            run.id,
            (run.state,),
            ASKED_AS[run.state],
            version=run.version,
            alive_at=None,
            options={**run.options, "starts": starts},
        )
