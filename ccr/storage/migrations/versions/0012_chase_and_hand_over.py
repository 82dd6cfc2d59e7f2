"""Keep who works on a referral, who stands in and who is away; when a clock has its next step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0006"
branch_labels = None
depends_on = None

_AWAY = "live_at IS NULL OR (suspended_at IS NULL AND leaving_at IS NULL AND left_at IS NULL)"


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "follow_up",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("assigned_account_id", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snooze_reason", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(assigned_account_id IS NULL) = (assigned_at IS NULL)",
            name=op.f("ck_follow_up_assigned"),
        ),
        sa.CheckConstraint(
            "(snoozed_until IS NULL) = (snooze_reason IS NULL)", name=op.f("ck_follow_up_snoozed")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_follow_up_referral_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_follow_up_compartment_id")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_account_id"], ["account.id"], name=op.f("fk_follow_up_assigned_account_id")
        ),
        sa.PrimaryKeyConstraint("referral_id", "compartment_id", name=op.f("pk_follow_up")),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index("ix_follow_up_assigned", ["assigned_account_id"], unique=False)
    op.create_table(
        "program_duty",
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.CheckConstraint("duty IN ('back-up', 'supervisor')", name=op.f("ck_program_duty_duty")),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_program_duty_compartment_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_program_duty_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "compartment_id", "account_id", "duty", name=op.f("pk_program_duty")
        ),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_absence_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_absence_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index("ix_absence_account", ["account_id", "ends_at"], unique=False)
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.add_column(sa.Column("next_step_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_clock_next_step", ["next_step_at"], unique=False)
    # The back-up contact stands between the reminder and the supervisor, so that a clock that had
    # come further has come one step further still. The worker looks once at each that runs.
    op.execute("UPDATE clock SET step = step + 1 WHERE step > 1")
    op.execute("UPDATE clock SET next_step_at = due_at WHERE stopped_at IS NULL")
    op.execute(
        "UPDATE clock SET next_step_at = COALESCE((SELECT hold_until FROM referral "
        "WHERE referral.id = clock.referral_id), due_at) "
        "WHERE stopped_at IS NULL AND paused_at IS NOT NULL"
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("leaving_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(op.f("ck_membership_away_is_not_live"), _AWAY)


def downgrade() -> None:
    """Go one step down."""
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_membership_away_is_not_live"), type_="check")
        batch_op.drop_column("left_at")
        batch_op.drop_column("leaving_at")
        batch_op.drop_column("suspended_at")
    op.execute("UPDATE clock SET step = step - 1 WHERE step > 1")
    op.execute("UPDATE clock SET step = 3 WHERE step > 3")
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_index("ix_clock_next_step")
        batch_op.drop_column("next_step_at")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index("ix_absence_account")
    op.drop_table("absence")
    op.drop_table("program_duty")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_index("ix_follow_up_assigned")
    op.drop_table("follow_up")
