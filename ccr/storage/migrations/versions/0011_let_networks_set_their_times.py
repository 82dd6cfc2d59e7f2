"""Keep each network's time rules, each program's closed days, and what a pause of a clock moved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step up."""
    with op.batch_alter_table("network", schema=None) as batch_op:
        batch_op.add_column(sa.Column("time_rules", sa.JSON(), server_default="{}", nullable=False))
    with op.batch_alter_table("compartment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("closed_days", sa.JSON(), server_default="[]", nullable=False)
        )
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("due_before_pause", sa.DateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    """Go one step down."""
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_column("due_before_pause")
    with op.batch_alter_table("compartment", schema=None) as batch_op:
        batch_op.drop_column("closed_days")
    with op.batch_alter_table("network", schema=None) as batch_op:
        batch_op.drop_column("time_rules")
