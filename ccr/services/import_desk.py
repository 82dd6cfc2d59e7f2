"""The import desk: upload, map, check, start, stop, undo. Each is one conditional move of a run.

The long work is done by the worker (import_work.py); here a run is only asked to go on. Two clicks,
or two people, have one effect: whoever comes second is told that the run has moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID, uuid4

from ccr.adapters.upload_store import Progress, UploadStore, clean_name
from ccr.domain.directory_history import RecordKind
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import accounts
from ccr.services.authorise import authorise
from ccr.services.demo_guard import check_takes_real_rows
from ccr.services.import_columns import look_into
from ccr.services.import_moves import move_on
from ccr.services.import_source import source_name
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import import_runs
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.comparing import Shown, shown_records
from ccr.storage.queries.import_runs import Run, move_run

__all__ = [
    "Decisions",
    "OpenRun",
    "Run",
    "Shown",
    "Upload",
    "ask_to_undo",
    "cancel",
    "list_runs",
    "open_run",
    "report",
    "start",
    "store_of",
    "take_in",
]

MOST_OPEN = 5
WITH_FILE = ("uploaded", "mapped", "checking", "checked", "waiting", "running")
"""States of runs whose package is still needed."""
AT_WORK = ("checking", "waiting", "running", "undoing")


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run with what lies beside its package.

    Attributes:
        progress: how far the worker is; None when it has not begun.
        details: what was found by the check: "edited" and "likely", as lists of JSON objects.
        here: the records here that the details speak of, by id.
    """

    run: Run
    progress: Progress | None
    details: dict[str, Any]
    here: dict[UUID, Shown]

    @property
    def at_work(self) -> bool:
        """Return True while the worker has it, or is to take it."""
        return self.run.state in AT_WORK


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, with what was said about it."""

    name: str | None
    stream: IO[bytes]
    source: str
    skip_bad_rows: bool = False


def store_of(world: World) -> UploadStore:
    """Return where the packages of this installation lie."""
    return UploadStore(world.settings.data_dir)


def list_runs(identity: Identity) -> tuple[list[Run], list[str]]:
    """Return the network's newest runs, and the sources that were imported before."""
    authorise(identity, Permission.DIRECTORY_IMPORT)
    return (
        import_runs.list_runs(identity.network_id),
        import_runs.known_sources(identity.network_id),
    )


def open_run(identity: Identity, world: World, run_id: UUID) -> OpenRun:
    """Return a run of the network; raises NotFoundError."""
    authorise(identity, Permission.DIRECTORY_IMPORT)
    run = import_runs.get_run(identity.network_id, run_id)
    store = store_of(world)
    working = run.state in AT_WORK and run.alive_at is not None
    details = store.kept(run_id, "details") if run.state == "checked" else None
    here: dict[UUID, Shown] = {}
    for kind in (RecordKind.MEMBER, RecordKind.SERVICE):
        ids = {
            UUID(item["record_id"])
            for name in ("edited", "likely")
            for item in (details or {}).get(name, ())
            if item["kind"] == kind.value
        }
        here |= shown_records(identity.network_id, kind, ids)
    return OpenRun(run, store.progress(run_id) if working else None, details or {}, here)


def take_in(identity: Identity, world: World, upload: Upload, *, at: datetime) -> UUID:
    """Keep an upload and ask for its check; return the new run's id.

    One flat table waits until somebody has said what its columns mean.

    Raises:
        DuplicateError: the network is a demo.
        InvalidInputError: field `file` or `source`; or there are too many open imports.
    """
    authorise(identity, Permission.DIRECTORY_IMPORT)
    check_takes_real_rows(accounts.get_network(identity))
    name = clean_name(upload.name)
    source = source_name(upload.source or name.rpartition(".")[0])
    if len([r for r in import_runs.list_runs(identity.network_id) if r.state in WITH_FILE]) >= (
        MOST_OPEN
    ):
        raise InvalidInputError(
            phrase("%(most)s imports are open. Finish or cancel one of them first.", most=MOST_OPEN)
        )
    run_id, store = uuid4(), store_of(world)
    store.save(run_id, name, upload.stream)
    try:
        remembered = import_runs.mapping_of(identity.network_id, source)
        flat = look_into(store, run_id, remembered)
        with unit_of_work():
            import_runs.add_run(
                identity.network_id,
                run_id,
                at=at,
                account_id=identity.user_id,
                state="uploaded" if flat else "checking",
                source=source,
                file_name=name,
                options={"skip_bad_rows": upload.skip_bad_rows},
            )
            append_event(identity, "uploaded", "import", run_id, at=at)
    except BaseException:
        store.drop(run_id)
        raise
    return run_id


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person chose after the check; all of it may be left as it is.

    Attributes:
        take: keys of fields edited here that give way to the package; `take_all` for all of them.
        same: keys of rows that are the record here that they look like.
    """

    skip_bad_rows: bool = False
    take_all: bool = False
    take: tuple[str, ...] = ()
    same: tuple[str, ...] = ()


def start(
    identity: Identity,
    world: World,
    run_id: UUID,
    chosen: Decisions,
    *,
    version: int,
    at: datetime,
) -> None:
    """Ask for a checked run to be carried out, as decided.

    Raises:
        NotFoundError: there is no such run.
        InvalidInputError: field `skip_bad_rows`: rows have errors, and they are not left out.
        StaleError: somebody else was faster, or the run is in no state for it.
    """
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_IMPORT)
        check_takes_real_rows(accounts.get_network(identity))
        run = import_runs.get_run(identity.network_id, run_id)
        if run.summary.get("errors") and not chosen.skip_bad_rows:
            raise InvalidInputError(
                phrase("Rows have errors. Leave them out, or mend the file and upload it again."),
                field="skip_bad_rows",
            )
        details = store_of(world).kept(run_id, "details") or {}
        known = {item["key"]: item["record_id"] for item in details.get("likely", ())}
        options = {
            **run.options,
            "skip_bad_rows": chosen.skip_bad_rows,
            "take_all": chosen.take_all,
            "take": sorted(set(chosen.take) & {i["key"] for i in details.get("edited", ())}),
            "same_as": {key: known[key] for key in chosen.same if key in known},
            "starts": 0,
        }
        move_on(run, ("checked",), "waiting", version, options=options)
        append_event(identity, "started", "import", run_id, at=at)


def cancel(identity: Identity, world: World, run_id: UUID, *, at: datetime) -> bool:
    """Stop a run; nothing is written then. Return False when it is too late for that.

    A run that the worker has at hand stops at its next look; all others at once.
    """
    authorise(identity, Permission.DIRECTORY_IMPORT)
    run, store = import_runs.get_run(identity.network_id, run_id), store_of(world)
    if run.state in AT_WORK and run.alive_at is not None:
        # The database may be locked by the very import: the wish is told by a file.
        store.ask_to_stop(run_id)
        return True
    back = "done" if run.state == "undoing" else "cancelled"
    with unit_of_work():
        moved = move_run(
            run_id, (*WITH_FILE, "undoing"), back, unclaimed=True, finished_at=at, step=""
        )
        if moved:
            append_event(identity, "cancelled", "import", run_id, at=at)
    if moved:
        store.drop(run_id)
    return moved


def ask_to_undo(identity: Identity, run_id: UUID, *, version: int, at: datetime) -> None:
    """Ask for a finished import to be taken back.

    Raises:
        NotFoundError: there is no such run.
        StaleError: somebody else was faster, or it was undone before.
    """
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_IMPORT)
        run = import_runs.get_run(identity.network_id, run_id)
        options = {**run.options, "starts": 0}
        move_on(run, ("done",), "undoing", version, options=options, failure=None)
        append_event(identity, "asked-undo", "import", run_id, at=at)


def report(identity: Identity, run_id: UUID) -> tuple[bytes, str]:
    """Return the gzipped CSV report of a run and its source; raises NotFoundError when gone."""
    authorise(identity, Permission.DIRECTORY_IMPORT)
    run = import_runs.get_run(identity.network_id, run_id)
    found = import_runs.report_of(identity.network_id, run_id)
    if found is None:
        raise NotFoundError
    return found, run.source
