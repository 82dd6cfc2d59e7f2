"""Alembic's environment, on the database of the app that runs it.

SQLite: foreign keys are off while tables are rebuilt (with them on, rebuilding a parent table
deletes its children), everything is one transaction, and a broken reference stops it.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

import ccr.storage.models  # noqa: F401 -- makes the metadata whole
from ccr.storage.db import Base, db, declare_writing

LEFT_ALONE = ("huey_", "service_text_index")


def include_name(name: str | None, kind: str, _parents: Any) -> bool:  # noqa: ANN401
    """Leave the queue's tables and the text index's shadow tables out of comparisons."""
    return not (kind in {"table", "index"} and name is not None and name.startswith(LEFT_ALONE))


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:  # noqa: ANN401
    """Write our own column types as the plain types they are kept in."""
    if kind == "type" and type(item).__module__.startswith(("ccr.", "flask_security")):
        return {"UtcDateTime": "sa.DateTime(timezone=True)", "Codes": "sa.JSON()"}.get(
            type(item).__name__, "sa.UnicodeText()"
        )
    return False


def run() -> None:
    """Run the migrations in one transaction."""
    declare_writing(writing=True)
    try:
        _run()
    finally:
        declare_writing(writing=False)


def _run() -> None:
    engine = db.engine
    with engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        raw: Any = connection.connection.dbapi_connection
        if on_sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_name=include_name,
            render_item=render_item,
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if on_sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    msg = f"a migration broke {len(broken)} references; nothing was changed"
                    raise RuntimeError(msg)
        if connection.in_transaction():
            connection.commit()
        if on_sqlite:
            raw.execute("PRAGMA foreign_keys=ON")


run()
