"""Mail once a day: how soon a notice leaves, which mail speaks for it, and when nobody is mailed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step up."""
    with op.batch_alter_table("outbox_item", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("pace", sa.String(length=8), server_default="each", nullable=False)
        )
        batch_op.add_column(sa.Column("mail_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("retried_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_outbox_item_pace"), "pace IN ('now', 'each', 'soon', 'morning')"
        )
        batch_op.create_index("ix_outbox_item_reader", ["account_id", "sent_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_item_mail_id"), ["mail_id"], unique=False)
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("mail_each", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("gathered_on", sa.Date(), nullable=True))
    with op.batch_alter_table("compartment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quiet_from", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("quiet_until", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_compartment_quiet_hours"), "(quiet_from IS NULL) = (quiet_until IS NULL)"
        )


def downgrade() -> None:
    """Go one step down."""
    with op.batch_alter_table("compartment", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_compartment_quiet_hours"), type_="check")
        batch_op.drop_column("quiet_until")
        batch_op.drop_column("quiet_from")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("gathered_on")
        batch_op.drop_column("mail_each")
    with op.batch_alter_table("outbox_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_item_mail_id"))
        batch_op.drop_index("ix_outbox_item_reader")
        batch_op.drop_constraint(op.f("ck_outbox_item_pace"), type_="check")
        batch_op.drop_column("retried_at")
        batch_op.drop_column("mail_id")
        batch_op.drop_column("pace")
