"""Receive without an account: doors and links, letters in the outbox, and when a call was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "answer_door",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_answer_door_referral_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_answer_door")),
    )
    op.create_table(
        "answer_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_answer_link_referral_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_link")),
    )
    with op.batch_alter_table("answer_link", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_answer_link_referral_id"), ["referral_id"], unique=False)
    with op.batch_alter_table("outbox_item", schema=None) as batch_op:
        batch_op.alter_column("account_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.add_column(sa.Column("answer_link_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_outbox_item_answer_link_id"),
            "answer_link",
            ["answer_link_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_check_constraint(
            "one_reader", "(account_id IS NULL) <> (answer_link_id IS NULL)"
        )
    with op.batch_alter_table("referral_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go one step down."""
    with op.batch_alter_table("referral_event", schema=None) as batch_op:
        batch_op.drop_column("told_at")
    op.execute("DELETE FROM outbox_item WHERE account_id IS NULL")
    with op.batch_alter_table("outbox_item", schema=None) as batch_op:
        batch_op.drop_constraint("one_reader", type_="check")
        batch_op.drop_constraint(op.f("fk_outbox_item_answer_link_id"), type_="foreignkey")
        batch_op.drop_column("answer_link_id")
        batch_op.alter_column("account_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_table("answer_link")
    op.drop_table("answer_door")
