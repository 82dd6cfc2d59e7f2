"""Keep beside a referral, for its sender and sealed, why its partner was proposed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step up."""
    with op.batch_alter_table("referral_search", schema=None) as batch_op:
        batch_op.add_column(sa.Column("why_sealed", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go one step down."""
    with op.batch_alter_table("referral_search", schema=None) as batch_op:
        batch_op.drop_column("why_sealed")
