"""Databases that many tests begin with: made once a process, and laid down again for each test.

The ids of what is laid down are the same in every test; the version of its directory never is, so
that no copy of a directory of another test is taken for this one's.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import pysqlite3
from sqlalchemy import Connection, exists, select, update

from ccr.storage.db import Base, db, unit_of_work
from ccr.storage.models.accounts import Network
from ccr.storage.queries.directory_log import MOST_VERSIONS, raise_directory_version

T = TypeVar("T")
_VERSIONS_APART = 10 * MOST_VERSIONS
_versions = itertools.count(_VERSIONS_APART, _VERSIONS_APART)


@dataclass(frozen=True)
class _Kept:
    """What was made, and the database that held it: a file's pages, or the rows by table."""

    made: Any
    content: Any


_kept: dict[tuple[str, Hashable], _Kept] = {}


def built_once(what: Hashable, build: Callable[[], T]) -> T:
    """Return what `build` makes in an empty database; the second time, without building it.

    A database that has a network already gets a second one built as if this were not here.

    Args:
        what: names the content; equal names give equal content.
    """
    engine = db.engine
    with engine.connect() as connection:
        empty = not connection.scalar(select(exists(select(Network.id))))
    if not empty:
        return build()
    on_sqlite = engine.dialect.name == "sqlite"
    key = (engine.dialect.name, what)
    if key not in _kept:
        made = build()
        db.session.remove()
        with engine.connect() as connection:
            content = _pages(connection) if on_sqlite else _rows(connection)
        _kept[key] = _Kept(copy.deepcopy(made), content)
        return made
    kept = _kept[key]
    with engine.connect() as connection:
        (_lay_pages if on_sqlite else _lay_rows)(connection, kept.content)
    _be_of_another_version()
    return cast(T, copy.deepcopy(kept.made))


def _be_of_another_version() -> None:
    with unit_of_work():
        for network_id in db.session.scalars(select(Network.id)).all():
            db.session.execute(
                update(Network)
                .where(Network.id == network_id)
                .values(directory_version=next(_versions))
                .execution_options(synchronize_session=False)
            )
            raise_directory_version(network_id)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _pages(connection: Connection) -> Any:
    pages = pysqlite3.connect(":memory:", check_same_thread=False)
    _driver(connection).backup(pages)
    return pages


def _lay_pages(connection: Connection, pages: Any) -> None:
    pages.backup(_driver(connection))


def _rows(connection: Connection) -> Any:
    driver = _driver(connection)
    tables = {}
    for table in Base.metadata.sorted_tables:
        names = ", ".join(f'"{c.name}"' for c in table.columns if c.computed is None)
        columns = f'"{table.name}" ({names})'
        with driver.cursor().copy(f"COPY {columns} TO STDOUT (FORMAT binary)") as out:
            content = b"".join(bytes(piece) for piece in out)
        if len(content) > _EMPTY:
            tables[columns] = content
    numbers = driver.execute(
        "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences"
        " WHERE last_value IS NOT NULL"
    ).fetchall()
    driver.rollback()
    return tables, numbers


_EMPTY = 21
"""Bytes that a table without rows takes: eleven of signature, two numbers, and the end."""


def _lay_rows(connection: Connection, content: Any) -> None:
    tables, numbers = content
    driver = _driver(connection)
    # References and the audit trail were looked at when the rows were made.
    driver.execute("SET LOCAL session_replication_role = replica")
    for columns, rows in tables.items():
        with driver.cursor().copy(f"COPY {columns} FROM STDIN (FORMAT binary)") as into:
            into.write(rows)
    for name, last in numbers:
        driver.execute("SELECT setval(%s, %s)", (name, last))
    driver.commit()
