"""What the terminal says of an import: counts, rows, and how far it is."""

from __future__ import annotations

import time

import click

from ccr.domain.directory_import import NoteLevel
from ccr.services.importing import ImportReport

QUIET_SECONDS = 2.0
"""Nothing is said of progress before this: most imports are done by then."""
MOST_ROWS_SHOWN = 20


def stopped(report: ImportReport) -> str:
    """Return why nothing was written, on one line."""
    first = next(note for note in report.notes if note.level is NoteLevel.ERROR)
    rows = "1 row has an error" if report.errors == 1 else f"{report.errors} rows have errors"
    return (
        f"Nothing was written: {rows} (first: {first.table} line {first.line}, "
        f"{first.phrase}) Mend them, or use --skip-bad-rows to leave them out."
    )


def say(report: ImportReport) -> None:
    """Print the counts and the first rows that want a look."""
    for name, count in (
        ("members", report.members),
        ("services", report.services),
        ("locations", report.sites),
    ):
        absent = f", {count.absent} not in this package (left as they are)" if count.absent else ""
        click.echo(
            f"{name:10} {count.added} added, {count.changed} changed, "
            f"{count.unchanged} unchanged{absent}"
        )
    rows = [note for note in report.notes if note.level is not NoteLevel.INFO]
    rows.sort(key=lambda note: note.level is not NoteLevel.ERROR)
    for note in rows[:MOST_ROWS_SHOWN]:
        where = f"{note.table}:{note.line}" + (f" {note.field}" if note.field else "")
        click.echo(f"{note.level.value:8} {where}: {note.phrase}")
    if len(rows) > MOST_ROWS_SHOWN:
        click.echo(f"... and {len(rows) - MOST_ROWS_SHOWN} more; --report FILE.csv has them all.")
    errors = [n for n in report.notes if n.level is NoteLevel.ERROR]
    if report.written:
        left = f" {len(errors)} rows with errors were left out." if errors else ""
        click.echo(f"Imported from {report.source}: {report.changes} changed.{left}")
        if report.run_id is not None:
            click.echo(f"To undo it: flask --app wsgi directory undo {report.run_id}")
    elif report.dry_run and not report.stopped:
        click.echo(f"Checked {report.source}: {report.changes} would change. Nothing was written.")


class Progress:
    """Rows done, of how many, and how fast, on one line of stderr once it takes a while."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._step_began = self._started
        self._step = ""
        self._said = 0.0
        self._line = ""

    def tell(self, step: str, done: int, total: int) -> None:
        """Take note of how far it is, and say so now and then."""
        now = time.monotonic()
        if step != self._step:
            self._step, self._step_began = step, now
        self._line = f"{step} ..."
        if total:
            rate = done / max(now - self._step_began, 0.001)
            self._line = f"{step}: {done:,} of {total:,} rows, {rate:,.0f} rows/s"
        if now - self._started >= QUIET_SECONDS and now - self._said >= 1:
            self._said = now
            click.echo(f"\r{self._line}   ", err=True, nl=False)

    def end(self) -> None:
        """Leave the last word standing."""
        if self._said:
            click.echo(f"\r{self._line}   ", err=True)
