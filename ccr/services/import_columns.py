"""What the columns of an uploaded table mean: guessed, remembered of its source, and explained.

What was found out about the file is kept beside it, so that no page reads it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from ccr.adapters.packages.flat import FlatFile, looks_flat, open_flat
from ccr.adapters.upload_store import UploadStore
from ccr.domain.column_mapping import ColumnMapping, advise, check, mapping_from_json
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import Phrase, phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.import_moves import move_on
from ccr.services.importing import guess_columns
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import import_runs
from ccr.storage.queries.audit import append_event

MOST_SHOWN = 150
"""Columns beyond these are not read: a table that wide is a report, not a list."""
SAMPLES = 3
BEFORE_CHECK = ("uploaded", "mapped", "checked")


@dataclass(frozen=True, slots=True)
class Columns:
    """A table as the mapping page shows it.

    Attributes:
        header: its columns as written; `samples` has a few cells of each.
        facts: encoding, line ends, delimiter, sheet, sheets, rows.
        mapping: what the columns seem to mean, or were said to mean.
        kinds: the different cells of the column that says what a row is.
        advice: what would make the import better.
    """

    header: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    facts: Mapping[str, Any]
    mapping: ColumnMapping
    kinds: tuple[str, ...]
    advice: tuple[Phrase, ...]
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """What a person said of a table: a field for each column by its place, and the rest by name."""

    targets: tuple[str, ...]
    constants: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    sheet: str | None = None


def look_into(
    store: UploadStore, run_id: UUID, remembered: dict[str, Any] | None, sheet: str | None = None
) -> bool:
    """Find out whether an upload is one flat table, and if so, all that its page shows.

    Raises:
        InvalidInputError: field `file`: it cannot be read.
    """
    path = store.package(run_id)
    if path is None:
        raise NotFoundError
    try:
        if not looks_flat(path):
            return False
        table, mapping = guess_columns(path, sheet=sheet)
        _keep(store, run_id, table, _with_remembered(table, mapping, remembered), remembered)
    except InvalidInputError as error:
        raise InvalidInputError(error.phrase, field="file") from error
    return True


def _with_remembered(
    table: FlatFile, guess: ColumnMapping, remembered: dict[str, Any] | None
) -> ColumnMapping:
    """Return the guess, with what was said of columns of these names last time before it."""
    if remembered is None:
        return guess
    try:
        told = mapping_from_json(remembered)
    except InvalidInputError:
        return guess
    same = {name: target for name, target in told.columns.items() if name in table.header}
    if not same:
        return guess
    return ColumnMapping(same, told.constants, {**guess.kinds, **told.kinds})


def _keep(
    store: UploadStore,
    run_id: UUID,
    table: FlatFile,
    mapping: ColumnMapping,
    remembered: dict[str, Any] | None,
) -> None:
    facts = asdict(table.facts)
    kind_column = mapping.column_for("row_kind")
    store.keep(
        run_id,
        "columns",
        {
            "header": list(table.header[:MOST_SHOWN]),
            "sample": [list(row[:MOST_SHOWN]) for row in table.sample[:SAMPLES]],
            "facts": {**facts, "kind": table.facts.kind.value, "sheets": list(facts["sheets"])},
            "mapping": mapping.as_json(),
            "kinds": list(table.values_of(kind_column)) if kind_column else [],
            "remembered": remembered is not None,
        },
    )


def columns_of(identity: Identity, world: World, run_id: UUID) -> Columns | None:
    """Return the table of a run that waits to be explained; None for one that is no such table."""
    authorise(identity, Permission.DIRECTORY_IMPORT)
    run = import_runs.get_run(identity.network_id, run_id)
    kept = UploadStore(world.settings.data_dir).kept(run_id, "columns")
    if kept is None or run.state not in BEFORE_CHECK:
        return None
    mapping = mapping_from_json(kept["mapping"])
    return Columns(
        tuple(kept["header"]),
        tuple(
            tuple(row[at] for row in kept["sample"] if at < len(row) and row[at])
            for at in range(len(kept["header"]))
        ),
        kept["facts"],
        mapping,
        tuple(kept["kinds"]),
        advise(mapping),
        bool(kept["remembered"]),
    )


def choose_sheet(identity: Identity, world: World, run_id: UUID, sheet: str) -> None:
    """Look at another sheet of the workbook instead.

    Raises:
        NotFoundError: there is no such run or sheet, or it is no longer asked about.
        InvalidInputError: field `file`: the sheet cannot be read.
    """
    columns = columns_of(identity, world, run_id)
    if columns is None or sheet not in columns.facts["sheets"]:
        raise NotFoundError
    run = import_runs.get_run(identity.network_id, run_id)
    remembered = import_runs.mapping_of(identity.network_id, run.source)
    look_into(UploadStore(world.settings.data_dir), run_id, remembered, sheet)


def explain(
    identity: Identity,
    world: World,
    run_id: UUID,
    told: Explained,
    *,
    version: int,
    at: datetime,
) -> tuple[Phrase, ...]:
    """Keep what the columns mean, for this run and its source, and ask for the check.

    Return what is still missing; then nothing has moved, and what was said is kept for the page.

    Raises:
        NotFoundError: there is no such run, or it is no longer asked about.
        InvalidInputError: it names a field that there is not.
        StaleError: somebody else was faster.
    """
    columns = columns_of(identity, world, run_id)
    if columns is None:
        raise NotFoundError
    mapping = _mapping_of(columns, told)
    store = UploadStore(world.settings.data_dir)
    path = store.package(run_id)
    if path is None:
        raise InvalidInputError(phrase("The uploaded file is gone. Upload it again."))
    sheet = columns.facts["sheet"] or None
    kinds = columns.kinds
    if mapping.by_kind and mapping.column_for("row_kind") != columns.mapping.column_for("row_kind"):
        kinds = open_flat(path, sheet=sheet).values_of(mapping.column_for("row_kind") or "")
    missing = check(mapping, kinds if mapping.by_kind else ())
    kept = store.kept(run_id, "columns") or {}
    store.keep(
        run_id,
        "columns",
        {**kept, "mapping": mapping.as_json(), "kinds": list(kinds) if mapping.by_kind else []},
    )
    if missing:
        return missing
    with unit_of_work():
        run = import_runs.get_run(identity.network_id, run_id)
        options = {**run.options, "mapping": mapping.as_json(), "sheet": sheet, "starts": 0}
        move_on(run, BEFORE_CHECK, "checking", version, options=options)
        import_runs.keep_mapping(identity.network_id, run.source, mapping.as_json(), at=at)
        append_event(identity, "mapped", "import", run_id, at=at)
    return ()


def _mapping_of(columns: Columns, told: Explained) -> ColumnMapping:
    pairs = zip(columns.header, told.targets, strict=False)
    return mapping_from_json(
        {
            "columns": {name: target for name, target in pairs if name and target},
            "constants": {name: text for name, text in told.constants.items() if text.strip()},
            "kinds": {
                value: kind
                for value, kind in zip(columns.kinds, told.kinds, strict=False)
                if kind and "row_kind" in told.targets
            },
        }
    )
