"""Making the engine let go of what was deleted, after the transaction that deleted it.

SQLite overwrites deleted rows at once (secure_delete), but its write-ahead log keeps the old pages
until it is truncated. PostgreSQL keeps dead rows until vacuum, and its own log and backups beyond
that. Both are asked here; neither may wait long, and nothing fails when they cannot.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ccr.storage.db import BUSY_MILLISECONDS, db

PATIENCE_MILLISECONDS = 2000


def let_go_of_deleted(tables: Sequence[str]) -> bool:
    """Return True when what was deleted from these tables has left the engine's own files.

    To be called outside of any unit of work.
    """
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        return _truncate_log()
    return _vacuum(tables)


def _truncate_log() -> bool:
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE_MILLISECONDS}")
        try:
            busy, _log, _done = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            # The connection goes back to the pool, and the next one may wait longer.
            cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
            cursor.close()
    except db.engine.dialect.dbapi.Error:  # type: ignore[union-attr]  # set once connected
        return False
    finally:
        connection.close()
    return bool(busy == 0)


def _vacuum(tables: Sequence[str]) -> bool:
    quote = db.engine.dialect.identifier_preparer.quote
    try:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"SET lock_timeout = {PATIENCE_MILLISECONDS}"))
            try:
                for table in tables:
                    connection.execute(text(f"VACUUM {quote(table)}"))
            finally:
                # The connection goes back to the pool, and the next one may wait longer.
                connection.execute(text("RESET lock_timeout"))
    except DBAPIError:
        return False
    return True
