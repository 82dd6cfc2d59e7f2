"""The database: declarative base, engine set-up for both engines, and the unit of work.

Everything that commits goes through `unit_of_work`. SQLite runs on pysqlite3 with WAL and
synchronous=FULL where the library is free of the WAL-reset fault (>= 3.51.3, or 3.50.7 / 3.44.6
on their lines), else with journal_mode=DELETE and FULL; anything less is refused (design 6b).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase

from ccr.domain.errors import UnsafeStorageError
from ccr.domain.phrases import phrase

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_MILLISECONDS = 10_000
DatabaseAwayError = OperationalError
"""The database itself is away, full, or held by others: no fault of the row at hand."""
LOOK_SECONDS = 0.002


class Base(DeclarativeBase):
    """The base of every row."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)

_writing: ContextVar[bool] = ContextVar("ccr_writing", default=False)
_depth: ContextVar[int] = ContextVar("ccr_unit_of_work_depth", default=0)
_afterwards: ContextVar[tuple[Callable[[], None], ...]] = ContextVar("ccr_afterwards", default=())


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What is written with the next thing that is: `begin` within its transaction, before it.

    When `begin` raises, nothing is written; `kept` is called once both are.
    """

    begin: Callable[[], None]
    kept: Callable[[], None]


_first_step: ContextVar[FirstStep | None] = ContextVar("ccr_first_step", default=None)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit on leaving, roll back on any error. A unit inside another joins it.

    On SQLite the transaction begins as a writer: a reader that becomes a writer half way can
    be refused under load (measured: 358 of 400 lost with a deferred begin).
    """
    depth = _depth.get()
    if depth:
        yield
        return
    session = db.session
    # A read transaction left open on this session would turn into a deferred writer.
    session.rollback()
    depth_token, writing_token = _depth.set(1), _writing.set(True)
    first = _first_step.get()
    try:
        if first is not None:
            first.begin()
        yield
        session.commit()
        if first is not None:
            _first_step.set(None)
            first.kept()
    except BaseException:
        session.rollback()
        _run_afterwards()
        raise
    finally:
        _depth.reset(depth_token)
        _writing.reset(writing_token)
        _afterwards.set(())


def write_first(step: FirstStep | None) -> None:
    """Have `step` written with the next unit of work of this context that is committed."""
    _first_step.set(step)


@contextmanager
def savepoint() -> Iterator[None]:
    """Undo what happens inside when it raises, and nothing else of the present unit of work."""
    with db.session.begin_nested():
        yield


def after_rollback(record: Callable[[], None]) -> None:
    """Write `record` in a transaction of its own, after the present unit of work is undone.

    Outside of a unit of work it is written at once.
    """
    if _depth.get():
        _afterwards.set((*_afterwards.get(), record))
        return
    with unit_of_work():
        record()


def _run_afterwards() -> None:
    waiting = _afterwards.get()
    _afterwards.set(())
    for record in waiting:
        record()
    if waiting:
        db.session.commit()


def engine_options(database_url: str) -> dict[str, Any]:
    """Return Flask-SQLAlchemy's engine options for this address."""
    if database_url.startswith("sqlite:"):
        return {
            "module": sqlite_module(),
            "connect_args": {"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False},
        }
    return {"pool_pre_ping": True, "connect_args": {"options": "-c timezone=UTC"}}


def sqlite_module() -> Any:  # noqa: ANN401 -- a DB-API module has no type
    """Return the newest SQLite at hand: pysqlite3 where it is installed, else Python's own."""
    try:
        from pysqlite3 import dbapi2  # noqa: PLC0415 -- absent on platforms without a wheel
    except ImportError:
        import sqlite3 as dbapi2  # noqa: PLC0415
    return dbapi2


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Return True when this SQLite is free of the WAL-reset fault.

    Source: sqlite.org/wal.html#walresetbug; fixed in 3.51.3, 3.50.7 and 3.44.6.
    """
    if version >= (3, 51, 3):
        return True
    return (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def prepare_engine(engine: Engine) -> None:
    """Attach the pragmas and transaction rules of SQLite; does nothing on PostgreSQL.

    Raises (at the first connection):
        UnsafeStorageError: the file cannot be kept as safely as design 6b demands.
    """
    if engine.dialect.name != "sqlite":
        return
    safe = wal_is_safe(sqlite_module().sqlite_version_info)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        wanted = "wal" if safe else "delete"
        mode = cursor.execute(f"PRAGMA journal_mode={wanted}").fetchone()[0]
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA trusted_schema=OFF")
        cursor.execute("PRAGMA secure_delete=ON")
        level = cursor.execute("PRAGMA synchronous").fetchone()[0]
        cursor.close()
        if mode not in {wanted, "memory"} or level != 2:  # noqa: PLR2004 -- 2 is FULL
            raise UnsafeStorageError(
                phrase("SQLite cannot keep this file safely: use a local disk, or PostgreSQL.")
            )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not _writing.get():
            connection.exec_driver_sql("BEGIN")
            return
        if not _began(connection):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises that somebody else writes


def _began(connection: Connection) -> bool:
    """Begin as the only writer; return False when somebody else was all the time.

    SQLite's own wait looks ever more seldom, so that whoever has waited longest is served last
    (measured: 7.7 s among four). Looking again every few milliseconds, all wait alike.
    """
    own: Any = connection.connection.dbapi_connection
    ends = monotonic() + BUSY_MILLISECONDS / 1000
    own.execute("PRAGMA busy_timeout=0")
    try:
        while monotonic() < ends:
            try:
                own.execute("BEGIN IMMEDIATE")
            except sqlite_module().OperationalError as error:
                if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
                    raise
                sleep(LOOK_SECONDS)
            else:
                return True
        return False
    finally:
        own.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")


def declare_writing(*, writing: bool) -> None:
    """Make the transactions of this context begin as writers; for doors that commit themselves.

    Only the sign-in bridge needs it: its library commits on its own.
    """
    _writing.set(writing)


def on_conflict_insert() -> type[postgresql.Insert] | type[sqlite.Insert]:
    """Return the INSERT of the session's engine, which knows ON CONFLICT; call it with a model."""
    on_postgres = db.session.get_bind().dialect.name == "postgresql"
    return postgresql.Insert if on_postgres else sqlite.Insert
