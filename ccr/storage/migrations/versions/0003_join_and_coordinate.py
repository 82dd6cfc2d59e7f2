"""Add joining, practice, promised pathways, protocols, gaps taken on and published figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "published_figure",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("cell", sa.String(length=160), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "value IS NULL OR value > 10", name=op.f("ck_published_figure_never_small")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_published_figure_network_id")
        ),
        sa.PrimaryKeyConstraint(
            "network_id", "period", "measure", "cell", name=op.f("pk_published_figure")
        ),
    )
    op.create_table(
        "gap",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("owner_member_id", sa.Uuid(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_gap_closed_has_time")
        ),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_gap_status")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_gap_network_id")),
        sa.ForeignKeyConstraint(
            ["owner_member_id"], ["member.id"], name=op.f("fk_gap_owner_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap")),
        sa.UniqueConstraint("network_id", "key", name=op.f("uq_gap_network_id_key")),
    )
    with op.batch_alter_table("gap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gap_network_id"), ["network_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pledged_by_role", sa.String(length=60), nullable=True),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "way IN ('listed', 'phone', 'link', 'desk')", name=op.f("ck_membership_way")
        ),
        sa.CheckConstraint(
            "(pledged_at IS NULL) = (pledged_by_role IS NULL)",
            name=op.f("ck_membership_pledge_has_role"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_membership_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_membership_network_id")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_network_id"), ["network_id"], unique=False)

    op.create_table(
        "pathway",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("from_member_id", sa.Uuid(), nullable=False),
        sa.Column("to_member_id", sa.Uuid(), nullable=False),
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("from_member_id <> to_member_id", name=op.f("ck_pathway_two_members")),
        sa.ForeignKeyConstraint(
            ["from_member_id"], ["member.id"], name=op.f("fk_pathway_from_member_id")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_pathway_network_id")),
        sa.ForeignKeyConstraint(
            ["to_member_id"], ["member.id"], name=op.f("fk_pathway_to_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathway")),
        sa.UniqueConstraint(
            "network_id",
            "from_member_id",
            "to_member_id",
            "need",
            name=op.f("uq_pathway_network_id_from_member_id_to_member_id_need"),
        ),
    )
    with op.batch_alter_table("pathway", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pathway_network_id"), ["network_id"], unique=False)

    op.create_table(
        "consultation_protocol",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("program_compartment_id", sa.Uuid(), nullable=False),
        sa.Column("partner_member_id", sa.Uuid(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "expires_on IS NULL OR expires_on >= signed_on",
            name=op.f("ck_consultation_protocol_dates"),
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_consultation_protocol_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_member_id"],
            ["member.id"],
            name=op.f("fk_consultation_protocol_partner_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["program_compartment_id"],
            ["compartment.id"],
            name=op.f("fk_consultation_protocol_program_compartment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_protocol")),
    )
    with op.batch_alter_table("consultation_protocol", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consultation_protocol_network_id"), ["network_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultation_protocol_program_compartment_id"),
            ["program_compartment_id"],
            unique=False,
        )

    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_invitation_compartment_id")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_invitation_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitation_code_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invitation_compartment_id"), ["compartment_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_invitation_network_id"), ["network_id"], unique=False)

    op.create_table(
        "training",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_training_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_training_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
        sa.UniqueConstraint("account_id", "topic", name=op.f("uq_training_account_id_topic")),
    )
    with op.batch_alter_table("training", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_network_id"), ["network_id"], unique=False)

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("practice_compartment_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_account_practice_compartment_id"),
            "compartment",
            ["practice_compartment_id"],
            ["id"],
        )

    with op.batch_alter_table("network", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_practice", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("referral_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_by_role", sa.String(length=40), nullable=True))


def downgrade() -> None:
    """Go one step down."""
    with op.batch_alter_table("referral_event", schema=None) as batch_op:
        batch_op.drop_column("told_by_role")

    with op.batch_alter_table("network", schema=None) as batch_op:
        batch_op.drop_column("is_practice")

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_account_practice_compartment_id"), type_="foreignkey"
        )
        batch_op.drop_column("practice_compartment_id")

    with op.batch_alter_table("training", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_network_id"))

    op.drop_table("training")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_network_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_compartment_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("consultation_protocol", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_protocol_program_compartment_id"))
        batch_op.drop_index(batch_op.f("ix_consultation_protocol_network_id"))

    op.drop_table("consultation_protocol")
    with op.batch_alter_table("pathway", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pathway_network_id"))

    op.drop_table("pathway")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_network_id"))

    op.drop_table("membership")
    with op.batch_alter_table("gap", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gap_network_id"))

    op.drop_table("gap")
    op.drop_table("published_figure")
