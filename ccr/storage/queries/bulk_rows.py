"""Very many new rows at once: written out ready for the engine first, then stored in one go.

Making rows out of values costs several times what storing them costs. It is done before the
transaction begins: for SQLite into a database file of its own (`staged_rows`), so that the write
lock is held only while the engine itself works; for PostgreSQL into a temporary file that has no
name, from which the rows go through COPY.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

import psycopg
from psycopg.types.json import Json
from sqlalchemy import Dialect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ccr.storage.db import db
from ccr.storage.queries.staged_rows import StagedFile

CHUNK = 1000
IN_MEMORY_BYTES = 4 * 1024 * 1024
CACHE_KIB = 64 * 1024
"""Page cache of SQLite while it stores: keys are random, so every index page is met again."""
_USUAL_CACHE_KIB = 2000
Stored = Callable[[int], None]
_COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(slots=True)
class _Part:
    """Rows of one table in the file: where each chunk begins, how long it is, how many rows."""

    columns: tuple[str, ...]
    chunks: list[tuple[int, int, int]] = field(default_factory=list)


class BulkRows:
    """New rows of several tables, kept outside of memory until they are stored."""

    def __init__(self) -> None:
        self._dialect: Dialect = db.engine.dialect
        self._staged = StagedFile() if self._dialect.name == "sqlite" else None
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115
        self._parts: dict[str, _Part] = {}

    def add(self, table: Any, rows: Iterable[dict[str, Any]]) -> None:  # noqa: ANN401 -- any table
        """Take rows of a table, each with the same columns; defaults of the model are filled in."""
        encoder: _Encoder | None = None
        part: _Part | None = None
        for chunk in chunks_of(rows):
            if encoder is None or part is None:
                encoder = _Encoder.of(table, chunk[0], self._dialect)
                part = self._parts.setdefault(table.name, _Part(encoder.columns))
            made = [encoder.encode(row) for row in chunk]
            if self._staged is not None:
                self._staged.add(table.name, part.columns, made)
                continue
            data = _as_copy(made)
            part.chunks.append((self._file.tell(), len(data), len(chunk)))
            self._file.write(data)

    def store(self, connection: Connection, table: Any, stored: Stored | None = None) -> None:  # noqa: ANN401
        """Store all rows of a table inside the present transaction, and let them go."""
        part = self._parts.pop(table.name, None)
        if part is None:
            return
        if self._staged is not None:
            counts = self._staged.take_over(connection, table.name, part.columns)
        else:
            counts = self._put_postgres(connection, table, part)
        for count in counts:
            if stored:
                stored(count)

    def close(self) -> None:
        """Let go of the files."""
        self._file.close()
        if self._staged is not None:
            self._staged.close()

    def _put_postgres(self, connection: Connection, table: Any, part: _Part) -> Iterator[int]:  # noqa: ANN401
        columns = ", ".join(part.columns)
        statement = f"COPY {table.name} ({columns}) FROM STDIN"
        try:
            with connection.connection.cursor().copy(statement) as copy:
                for start, length, count in part.chunks:
                    self._file.seek(start)
                    copy.write(self._file.read(length))
                    yield count
        except psycopg.Error as error:
            # The driver is met directly here, and everybody expects SQLAlchemy's errors.
            raise DBAPIError.instance(
                statement, None, error, psycopg.Error, dialect=connection.dialect
            ) from error


def widen_cache(connection: Connection, *, wide: bool) -> None:
    """Give SQLite more room for its pages while it stores much, and take it back afterwards."""
    if connection.dialect.name == "sqlite":
        size = CACHE_KIB if wide else _USUAL_CACHE_KIB
        connection.exec_driver_sql(f"PRAGMA cache_size=-{size}")


@dataclass(frozen=True, slots=True)
class _Encoder:
    """Turns the values of one row into what the engine's driver takes."""

    columns: tuple[str, ...]
    takes: tuple[tuple[str, Callable[[Any], Any] | None, Callable[[], Any]], ...]

    @classmethod
    def of(cls, table: Any, example: dict[str, Any], dialect: Dialect) -> _Encoder:  # noqa: ANN401
        wanted = [c for c in table.c if c.name in example or c.default is not None]
        takes = tuple(
            (
                column.name,
                column.type.dialect_impl(dialect).bind_processor(dialect),
                _default_of(column),
            )
            for column in wanted
        )
        return cls(tuple(column.name for column in wanted), takes)

    def encode(self, row: dict[str, Any]) -> list[Any]:
        made = []
        for name, process, default in self.takes:
            value = row[name] if name in row else default()
            made.append(process(value) if process is not None and value is not None else value)
        return made


def _default_of(column: Any) -> Callable[[], Any]:  # noqa: ANN401 -- any column
    default = column.default
    if default is None:
        return lambda: None
    if default.is_callable:
        return lambda: default.arg(None)
    return lambda: default.arg


def _as_copy(rows: list[list[Any]]) -> bytes:
    """Return rows as PostgreSQL's text format of COPY (its manual, "File Formats")."""
    return "".join("\t".join(map(_copy_text, row)) + "\n" for row in rows).encode()


def _copy_text(value: Any) -> str:  # noqa: ANN401 -- whatever a column holds
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_COPY_ESCAPES).replace("\x00", "")
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Json):
        return json.dumps(value.obj).translate(_COPY_ESCAPES)
    return str(value)


def chunks_of(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the rows in lists of a thousand."""
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
