"""What an import did or would do, with a note for every oddity; and as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass
from uuid import UUID

from ccr.domain.directory_import import NoteLevel, RowNote, SourceKind, tally
from ccr.domain.edited_here import KeptField
from ccr.domain.spreadsheet_cells import neutral
from ccr.services.import_plan import KindCount
from ccr.services.likely import LikelySame


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do.

    Attributes:
        written: True when the directory now holds the package.
        stopped: True when rows with errors stopped it.
        notes: one for everything met, in the order met.
        edited: fields edited here that the package would change.
        likely: records here that may be new ones of the package; only where asked for.
        run_id: by which the import can be undone; None when nothing was written.
    """

    kind: SourceKind
    source: str
    written: bool
    stopped: bool
    dry_run: bool
    members: KindCount
    services: KindCount
    sites: KindCount
    notes: tuple[RowNote, ...]
    edited: tuple[KeptField, ...] = ()
    likely: tuple[LikelySame, ...] = ()
    run_id: UUID | None = None

    @property
    def changes(self) -> int:
        """Return how many members, places and services were (or would be) added or changed."""
        return sum(c.added + c.changed for c in (self.members, self.services, self.sites))

    @property
    def errors(self) -> int:
        """Return how many rows have an error."""
        return sum(1 for note in self.notes if note.level is NoteLevel.ERROR)

    def as_dict(self, *, rows: int | None = None) -> dict[str, object]:
        """Return the report for machines: a "summary", counts of each sentence, and "rows"."""
        levels = {level.value: 0 for level in NoteLevel}
        for note in self.notes:
            levels[note.level.value] += 1
        return {
            "summary": {
                "kind": self.kind.value,
                "source": self.source,
                "written": self.written,
                "stopped": self.stopped,
                "dry_run": self.dry_run,
                "run": str(self.run_id) if self.run_id else None,
                "changes": self.changes,
                "members": asdict(self.members),
                "services": asdict(self.services),
                "locations": asdict(self.sites),
                **levels,
            },
            "tally": [
                {"level": level.value, "text": text, "count": count}
                for (level, text), count in tally(self.notes).items()
            ],
            "rows": [_note_dict(note) for note in self.notes[:rows]],
        }


def _note_dict(note: RowNote) -> dict[str, object]:
    return {
        "table": note.table,
        "line": note.line,
        "level": note.level.value,
        "field": note.field,
        "id": note.source_id,
        "text": str(note.phrase),
    }


def report_csv(report: ImportReport) -> str:
    """Return the notes as CSV for a spreadsheet; no cell of it can be a formula.

    Source: security.md case 27 (OWASP, CSV injection).
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["table", "line", "level", "field", "id", "text"])
    for note in report.notes:
        cells = _note_dict(note)
        writer.writerow([neutral(str(cell)) for cell in cells.values()])
    return out.getvalue()


def counts_of(report: ImportReport) -> dict[str, object]:
    """Return the counts of a report, for the row of its run."""
    return {
        "members": asdict(report.members),
        "services": asdict(report.services),
        "locations": asdict(report.sites),
        "errors": report.errors,
        "warnings": sum(1 for note in report.notes if note.level is NoteLevel.WARNING),
        "infos": sum(1 for note in report.notes if note.level is NoteLevel.INFO),
        "stopped": report.stopped,
    }


MOST_SHOWN = 25


def first_notes(report: ImportReport) -> dict[str, object]:
    """Return what a page shows of the notes: how often each was said, and the first rows.

    As phrases in parts, so that each reader gets their own language. Notes hold no cell of a row.
    """
    kinds: dict[tuple[str, str], list[object]] = {}
    for note in report.notes:
        key = (note.level.value, note.phrase.msgid)
        if key in kinds:
            kinds[key][3] = int(str(kinds[key][3])) + 1
        else:
            kinds[key] = [*_parts(note), 1]
    order = [level.value for level in NoteLevel]
    told = sorted(kinds.values(), key=lambda row: (order.index(str(row[0])), -int(str(row[3]))))
    first = sorted(report.notes, key=lambda note: order.index(note.level.value))[:MOST_SHOWN]
    return {
        "tally": told[:MOST_SHOWN],
        "rows": [[note.table, note.line, note.field, *_parts(note)] for note in first],
        "notes": len(report.notes),
    }


def _parts(note: RowNote) -> list[object]:
    return [
        note.level.value,
        note.phrase.msgid,
        {key: str(value) for key, value in note.phrase.values.items()},
    ]
