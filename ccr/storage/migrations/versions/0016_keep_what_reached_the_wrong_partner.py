"""Keep a record of referrals that reached the wrong partner: names of facts, never a value."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step up."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "misdirected_referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("sender_compartment_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_compartment_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", moment, nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("accepted_at", moment, nullable=True),
        sa.Column("frozen_at", moment, nullable=False),
        sa.Column("facts_read", sa.JSON(), nullable=False),
        sa.Column("sender_done_at", moment, nullable=True),
        sa.Column("receiver_done_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_misdirected_referral_network_id_network")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_misdirected_referral_referral_id_referral"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["sender_compartment_id"],
            ["compartment.id"],
            name=op.f("fk_misdirected_referral_sender_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["receiver_compartment_id"],
            ["compartment.id"],
            name=op.f("fk_misdirected_referral_receiver_compartment_id_compartment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_misdirected_referral")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_misdirected_referral_referral_id")),
    )
    with op.batch_alter_table("misdirected_referral", schema=None) as batch_op:
        for column in ("sender_compartment_id", "receiver_compartment_id"):
            batch_op.create_index(
                batch_op.f(f"ix_misdirected_referral_{column}"), [column], unique=False
            )


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("misdirected_referral")
