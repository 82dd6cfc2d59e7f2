"""Guard the audit trail with triggers, and index the service text for search."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE_UP = (
    """
    CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
    """,
    """
    CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
    """,
    """
    CREATE VIRTUAL TABLE service_text_index USING fts5(
        body, content='service_text', content_rowid='id',
        tokenize="unicode61 remove_diacritics 2", prefix='2 3'
    )
    """,
    """
    CREATE TRIGGER service_text_added AFTER INSERT ON service_text BEGIN
        INSERT INTO service_text_index(rowid, body) VALUES (new.id, new.body);
    END
    """,
    """
    CREATE TRIGGER service_text_gone AFTER DELETE ON service_text BEGIN
        INSERT INTO service_text_index(service_text_index, rowid, body)
        VALUES ('delete', old.id, old.body);
    END
    """,
    """
    CREATE TRIGGER service_text_changed AFTER UPDATE ON service_text BEGIN
        INSERT INTO service_text_index(service_text_index, rowid, body)
        VALUES ('delete', old.id, old.body);
        INSERT INTO service_text_index(rowid, body) VALUES (new.id, new.body);
    END
    """,
    "INSERT INTO service_text_index(rowid, body) SELECT id, body FROM service_text",
)
SQLITE_DOWN = (
    "DROP TRIGGER service_text_changed",
    "DROP TRIGGER service_text_gone",
    "DROP TRIGGER service_text_added",
    "DROP TABLE service_text_index",
    "DROP TRIGGER audit_event_no_delete",
    "DROP TRIGGER audit_event_no_update",
)
POSTGRES_UP = (
    """
    CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$
    """,
    """
    CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()
    """,
    """
    CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()
    """,
    """
    CREATE INDEX service_text_index ON service_text
    USING gin (to_tsvector('simple', body))
    """,
)
POSTGRES_DOWN = (
    "DROP INDEX service_text_index",
    "DROP TRIGGER audit_event_no_truncate ON audit_event",
    "DROP TRIGGER audit_event_no_change ON audit_event",
    "DROP FUNCTION audit_event_refuse()",
)


def upgrade() -> None:
    """Make the triggers and the index."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_UP if on_sqlite else POSTGRES_UP:
        op.execute(statement)


def downgrade() -> None:
    """Remove them; no row is touched."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_DOWN if on_sqlite else POSTGRES_DOWN:
        op.execute(statement)
