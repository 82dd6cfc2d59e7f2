"""Which revision the database is at, and whether it answers at all."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ccr.storage.db import db

NEWEST_REVISION = "0021"


def current_revision() -> str | None:
    """Return the revision the database is at; None when it does not answer or is empty."""
    try:
        found = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError:
        db.session.rollback()
        return None
    return str(found) if found else None


def database_answers() -> bool:
    """Return True when the database answers."""
    try:
        return bool(db.session.execute(text("SELECT 1")).scalar() == 1)
    except DBAPIError:
        db.session.rollback()
        return False
