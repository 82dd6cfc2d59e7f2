"""Keep questions of "what if" under a name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "kept_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("question", sa.String(length=10), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "question IN ('leaves', 'closes', 'full', 'opens', 'place', 'night', 'most')",
            name=op.f("ck_kept_question_question"),
        ),
        sa.ForeignKeyConstraint(["kept_by"], ["member.id"], name=op.f("fk_kept_question_kept_by")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_kept_question_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_question")),
        sa.UniqueConstraint("network_id", "name", name=op.f("uq_kept_question_network_id_name")),
    )
    with op.batch_alter_table("kept_question") as batch_op:
        batch_op.create_index(op.f("ix_kept_question_network_id"), ["network_id"], unique=False)


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("kept_question")
