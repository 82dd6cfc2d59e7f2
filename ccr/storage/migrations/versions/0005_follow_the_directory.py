"""Add the log by which copies of the directory follow it, and each network's weights of routing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "touched_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_touched_service_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touched_service")),
    )
    with op.batch_alter_table("touched_service", schema=None) as batch_op:
        batch_op.create_index("ix_touched_service_version", ["network_id", "version"], unique=False)
    with op.batch_alter_table("network", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("routing_rules", sa.JSON(), server_default="{}", nullable=False)
        )


def downgrade() -> None:
    """Go one step down."""
    with op.batch_alter_table("network", schema=None) as batch_op:
        batch_op.drop_column("routing_rules")
    with op.batch_alter_table("touched_service", schema=None) as batch_op:
        batch_op.drop_index("ix_touched_service_version")
    op.drop_table("touched_service")
