"""New rows laid down in a database file of their own, then taken over by SQLite itself.

Laying them down takes no lock of the real database. Taking them over is one statement a table and
some thousand rows, so that the write lock is held only while the engine works: a third of the time
that binding the same values again would take.

The file stands beside the database for as long as rows are laid down, readable by the owner alone,
and has no name any more from the moment they are taken over. `forget_staged` deletes what a process
that died has left.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Integer,
    TableClause,
    column,
    func,
    insert,
    literal_column,
    select,
    table,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from ccr.storage.db import db, sqlite_module

AT_A_TIME = 5000
"""Rows that one statement takes over; between two of them progress is told, and heeded."""
_SUFFIX = ".staged-"


class StagedFile:
    """Rows of several tables on their way into the SQLite database of the present engine."""

    def __init__(self) -> None:
        """Make the file.

        Raises:
            OperationalError: there is no room for it; so do the other methods.
        """
        self._path = Path(f"{db.engine.url.database}{_SUFFIX}{uuid4().hex}")
        self._attached = False
        with _told_as_the_engine_tells():
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL, 0o600))
            self._file = sqlite_module().connect(self._path, isolation_level=None)
            # It is thrown away after any fault, so nothing of it has to outlast one.
            self._file.execute("PRAGMA journal_mode=OFF")
            self._file.execute("PRAGMA synchronous=OFF")
            self._file.execute("BEGIN")

    def add(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Lay down rows as the driver takes them; of one table always with the same columns."""
        names = ", ".join(f'"{column}"' for column in columns)
        put = insert(_named(name, columns)).compile(dialect=db.engine.dialect)
        with _told_as_the_engine_tells():
            # Without types: each value is kept as it is, and the real table makes of it what it
            # would have made of the value itself.
            self._file.execute(f'CREATE TABLE IF NOT EXISTS "{name}" ({names})')
            self._file.executemany(str(put), rows)

    def take_over(self, connection: Connection, name: str, columns: Sequence[str]) -> Iterator[int]:
        """Store the rows of a table inside the connection's transaction; yield how many, often."""
        self._attach(connection)
        laid, real = _named(name, columns, "staged"), _named(name, columns, "main")
        number = literal_column("rowid", Integer)
        most = connection.scalar(select(func.max(number)).select_from(laid)) or 0
        for first in range(1, most + 1, AT_A_TIME):
            some = select(*laid.c).where(number.between(first, first + AT_A_TIME - 1))
            yield connection.execute(insert(real).from_select([*columns], some)).rowcount

    def close(self) -> None:
        """Let go of the rows."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _attach(self, connection: Connection) -> None:
        if self._attached:
            return
        with _told_as_the_engine_tells():
            self._file.execute("COMMIT")
            self._file.close()
        # A connection that has a second database goes to nobody else: it is closed after this.
        connection.detach()
        connection.exec_driver_sql("ATTACH DATABASE ? AS staged", (str(self._path),))
        connection.exec_driver_sql("SELECT count(*) FROM staged.sqlite_schema")
        self._path.unlink()
        self._attached = True


def forget_staged(before: datetime | None = None) -> int:
    """Delete files of staged rows; return how many.

    Args:
        before: those alone that nobody has written to since; all of them by default, for whoever
            hides a place: rows that are being laid down are then made anew, since the directory has
            changed.
    """
    address = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not address:
        return 0
    gone = 0
    here = Path(address)
    for path in here.parent.glob(f"{here.name}{_SUFFIX}*"):
        with suppress(FileNotFoundError):
            if before is None or path.stat().st_mtime < before.timestamp():
                path.unlink()
                gone += 1
    return gone


@contextmanager
def _told_as_the_engine_tells() -> Iterator[None]:
    """Turn what goes wrong with the file into the error that everybody expects of a database."""
    module = sqlite_module()
    try:
        yield
    except module.Error as error:
        raise OperationalError("staging rows", None, error) from error
    except OSError as error:
        full = module.OperationalError("the file for staged rows cannot be written")
        raise OperationalError("staging rows", None, full) from error


def _named(table_name: str, columns: Sequence[str], schema: str | None = None) -> TableClause:
    return table(table_name, *(column(name) for name in columns), schema=schema)
