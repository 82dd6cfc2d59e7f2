"""Tie together what one person agreed to: several partners, and when she comes or calls again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "asking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("sender_compartment_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("winner_referral_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("way IN ('ordered', 'at-once', 'plan')", name=op.f("ck_asking_way")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_asking_network_id")),
        sa.ForeignKeyConstraint(
            ["sender_compartment_id"],
            ["compartment.id"],
            name=op.f("fk_asking_sender_compartment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["winner_referral_id"],
            ["referral.id"],
            name=op.f("fk_asking_winner_referral_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asking")),
    )
    with op.batch_alter_table("asking", schema=None) as batch_op:
        batch_op.create_index("ix_asking_open", ["way", "ended_at"], unique=False)

    op.create_table(
        "asking_part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asking_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'asked', 'skipped', 'left')", name=op.f("ck_asking_part_state")
        ),
        sa.ForeignKeyConstraint(
            ["asking_id"],
            ["asking.id"],
            name=op.f("fk_asking_part_asking_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_asking_part_referral_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asking_part")),
        sa.UniqueConstraint(
            "asking_id", "position", name=op.f("uq_asking_part_asking_id_position")
        ),
        sa.UniqueConstraint("referral_id", name=op.f("uq_asking_part_referral_id")),
    )
    op.create_table(
        "next_contact",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("sender_compartment_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "part IN ('any', 'morning', 'afternoon', 'evening')", name=op.f("ck_next_contact_part")
        ),
        sa.CheckConstraint("way IN ('calls', 'comes')", name=op.f("ck_next_contact_way")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_next_contact_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_next_contact_referral_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sender_compartment_id"],
            ["compartment.id"],
            name=op.f("fk_next_contact_sender_compartment_id"),
        ),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_next_contact")),
    )
    with op.batch_alter_table("next_contact", schema=None) as batch_op:
        batch_op.create_index("ix_next_contact_day", ["sender_compartment_id", "day"], unique=False)


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("next_contact")
    op.drop_table("asking_part")
    op.drop_table("asking")
