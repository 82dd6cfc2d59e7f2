"""The queue that ticks the jobs: huey, in a file of its own or in PostgreSQL's own tables.

What lives here: which kind, where, and how it is signed. What must not: what a tick does
(tasks.py), and any fact: the truth stays in our own tables, which the jobs look at.
"""

from __future__ import annotations

from typing import Any

from huey import PostgresHuey, SqliteHuey
from huey.serializer import SignedSerializer

from ccr.config import Settings

NAME = "ccr"


def make_queue(settings: Settings) -> Any:  # noqa: ANN401 -- huey is published without types
    """Return the queue of this installation; nothing is connected or created yet.

    The embedded queue keeps its own file, away from the main database: huey reads it with
    Python's own SQLite, and two SQLite libraries must not hold one file open. That library has
    the WAL-reset fault, hence journal mode DELETE.
    """
    common = {
        "name": NAME,
        "results": False,
        "utc": True,
        "create_tables": False,
        # A task is a pickle: whoever could write one into the queue could run code.
        "serializer": SignedSerializer(secret=settings.secret_key, salt="ccr-jobs"),
    }
    if settings.on_sqlite:
        return SqliteHuey(
            filename=str(settings.data_dir / "queue.db"),
            journal_mode="delete",
            fsync=True,
            timeout=10,
            **common,
        )
    dsn = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    return PostgresHuey(dsn=dsn, table_prefix="huey", **common)


def prepare_queue(queue: Any) -> None:  # noqa: ANN401 -- see above
    """Create the queue's tables where they are missing."""
    queue.storage.initialize_schema()
