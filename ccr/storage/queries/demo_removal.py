"""Taking a demo network out of the database, to the last row, and looking for what is left.

Which rows are the demo's follows from the foreign keys alone: every table is reached from the
network it hangs on, so a new table is never forgotten. The audit trail refuses deletion; its guards
are lifted inside the transaction that deletes and are back before it ends, on both engines.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    String,
    Table,
    Uuid,
    delete,
    false,
    not_,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.types import TypeEngine

from ccr.storage.db import Base, db
from ccr.storage.models.accounts import Account, Compartment, Network
from ccr.storage.models.audit import AuditEventRow
from ccr.storage.queries.referrals import rows_changed
from ccr.storage.types import Codes

# Neither says whose it is; where nothing but the demo was, they are the demo's.
_OF_NOBODY = frozenset({"attempt", "used_token", "done_once"})
# The worker writes it while we look.
_RESTLESS = frozenset({"heartbeat"})
_AUDIT = AuditEventRow.__tablename__
_ID_IN_TEXT = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")

Mine = dict[str, ColumnElement[bool]]
"""By table: which of its rows are the demo's."""


def demo_networks() -> list[UUID]:
    """Return the demo networks and the practice networks that people of a demo were given."""
    demos = list(db.session.scalars(select(Network.id).where(Network.is_demo)))
    practice = db.session.scalars(
        select(Compartment.network_id)
        .join(Account, Account.practice_compartment_id == Compartment.id)
        .where(Account.network_id.in_(demos))
    )
    return sorted({*demos, *practice})


def rows_of(network_ids: Collection[UUID]) -> Mine:
    """Return, for every table, the condition under which a row hangs on one of these networks."""
    others = select(Network.id).where(Network.id.not_in(network_ids)).limit(1)
    alone = db.session.scalar(others) is None
    mine: Mine = {}
    for table in Base.metadata.sorted_tables:
        if table.name in _OF_NOBODY:
            mine[table.name] = true() if alone else false()
        elif table.name == Network.__tablename__:
            mine[table.name] = table.c.id.in_(network_ids)
        elif "network_id" in table.c:
            mine[table.name] = table.c.network_id.in_(network_ids)
        else:
            mine[table.name] = or_(false(), *_through_parents(table, mine))
    return mine


def _through_parents(table: Table, mine: Mine) -> Iterator[ColumnElement[bool]]:
    for key in table.foreign_keys:
        parent = key.column.table
        # What hangs on a table that is shared by all (a role) is nobody's for that.
        if isinstance(key.column.type, Uuid):
            yield key.parent.in_(select(key.column).where(mine[parent.name]))


def ids_of(mine: Mine) -> frozenset[UUID]:
    """Return the id of every row of the demo that has one."""
    return frozenset(
        found
        for table in Base.metadata.sorted_tables
        for column in table.primary_key
        if isinstance(column.type, Uuid)
        for found in db.session.scalars(select(column).where(mine[table.name]))
    )


def rest_of(mine: Mine) -> dict[str, tuple[int, str]]:
    """Return (how many, fingerprint) of the rows of each table that are not the demo's."""
    return {
        table.name: _fingerprint(table, not_(mine[table.name]))
        for table in Base.metadata.sorted_tables
        if table.name not in _RESTLESS
    }


def everything() -> dict[str, tuple[int, str]]:
    """Return the same of all rows."""
    return {
        table.name: _fingerprint(table, true())
        for table in Base.metadata.sorted_tables
        if table.name not in _RESTLESS
    }


def _fingerprint(table: Table, which: ColumnElement[bool]) -> tuple[int, str]:
    rows = sorted(repr(tuple(row)) for row in db.session.execute(select(table).where(which)))
    return len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()


def delete_rows(mine: Mine) -> dict[str, int]:
    """Delete every row of the demo, children first; return how many went from each table."""
    gone = {}
    with _audit_unguarded():
        for table in reversed(Base.metadata.sorted_tables):
            gone[table.name] = rows_changed(delete(table).where(mine[table.name]))
    return gone


def rows_left(ids: frozenset[UUID]) -> dict[str, int]:
    """Return how many rows of each table still name one of these ids, in any column at all."""
    return {
        table.name: sum(
            any(_names(value, ids) for value in row)
            for row in db.session.execute(select(*_columns_with_ids(table)))
        )
        for table in Base.metadata.sorted_tables
    }


def _columns_with_ids(table: Table) -> list[ColumnElement[object]]:
    return [column for column in table.c if _may_name(column.type)]


def _may_name(kind: TypeEngine[object]) -> bool:
    return isinstance(kind, Uuid | String | JSON | Codes)


def _names(value: object, ids: frozenset[UUID]) -> bool:
    if isinstance(value, UUID):
        return value in ids
    if isinstance(value, list | dict):
        value = json.dumps(value)
    if isinstance(value, str):
        return any(UUID(found) in ids for found in _ID_IN_TEXT.findall(value.lower()))
    return False


def guards_are_up() -> bool:
    """Return True when the audit trail refuses to be changed, as its migration made it."""
    return _guards() == _WANTED[_dialect()]


_WANTED = {
    "sqlite": {"audit_event_no_update", "audit_event_no_delete"},
    "postgresql": {"audit_event_no_change", "audit_event_no_truncate"},
}


def _guards() -> set[str]:
    if _dialect() == "sqlite":
        found = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
        return set(db.session.scalars(found, {"table": _AUDIT}))
    found = text(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:table) "
        "AND NOT tgisinternal AND tgenabled = 'O'"
    )
    return set(db.session.scalars(found, {"table": _AUDIT}))


@contextmanager
def _audit_unguarded() -> Iterator[None]:
    """Lift the guards of the audit trail and put the same ones back; both in one transaction.

    An error in between rolls the transaction back, and the lifting with it.
    """
    put_back = (_lift_on_sqlite if _dialect() == "sqlite" else _lift_on_postgres)()
    yield
    put_back()


def _lift_on_sqlite() -> Callable[[], None]:
    found = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
    name, made_by = db.session.execute(found, {"name": "audit_event_no_delete"}).one()
    db.session.execute(text(f"DROP TRIGGER {name}"))
    return lambda: _run(made_by)


def _lift_on_postgres() -> Callable[[], None]:
    _run("ALTER TABLE audit_event DISABLE TRIGGER audit_event_no_change")
    return lambda: _run("ALTER TABLE audit_event ENABLE TRIGGER audit_event_no_change")


def _run(statement: str) -> None:
    db.session.execute(text(statement.replace(":", r"\:")))


def _dialect() -> str:
    return db.session.get_bind().dialect.name


@contextmanager
def rehearsal() -> Iterator[None]:
    """Undo on leaving whatever is done inside, and nothing else."""
    savepoint = db.session.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()
        db.session.expire_all()
