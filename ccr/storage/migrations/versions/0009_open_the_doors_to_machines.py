"""Keep what was done once, and which systems of a member are told of a change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _of(table: str, column: str, parent: str, *, cascade: bool = True) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{parent}.id"],
        name=op.f(f"fk_{table}_{column}"),
        ondelete="CASCADE" if cascade else None,
    )


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "done_once",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("reply_sealed", sa.Text(), nullable=True),
        sa.Column("done_at", MOMENT, nullable=False),
        _of("done_once", "compartment_id", "compartment"),
        _of("done_once", "referral_id", "referral"),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_done_once")),
    )
    op.create_index("ix_done_once_done_at", "done_once", ["done_at"])
    _index("done_once", "compartment_id")
    _index("done_once", "referral_id")
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("url_sealed", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("looked_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("off_since", MOMENT, nullable=True),
        sa.Column("off_why", sa.String(10), nullable=True),
        _of("webhook", "network_id", "network", cascade=False),
        _of("webhook", "compartment_id", "compartment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    _index("webhook", "compartment_id")
    op.create_table(
        "webhook_seen",
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        _of("webhook_seen", "webhook_id", "webhook"),
        _of("webhook_seen", "referral_id", "referral"),
        sa.PrimaryKeyConstraint("webhook_id", "referral_id", name=op.f("pk_webhook_seen")),
    )
    _index("webhook_seen", "referral_id")
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error_code", sa.String(40), nullable=True),
        _of("webhook_delivery", "webhook_id", "webhook"),
        _of("webhook_delivery", "referral_id", "referral"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index("ix_webhook_delivery_waiting", "webhook_delivery", ["sent_at", "due_at"])
    _index("webhook_delivery", "webhook_id")
    _index("webhook_delivery", "referral_id")


def downgrade() -> None:
    """Go one step down."""
    for table in ("webhook_delivery", "webhook_seen", "webhook", "done_once"):
        op.drop_table(table)
