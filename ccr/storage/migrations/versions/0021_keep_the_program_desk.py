"""Keep the program desk: participants by code, reports to authorities, risk, consultations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "placement_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(length=24), nullable=False),
        sa.Column("band", sa.String(length=24), nullable=False),
        sa.Column("judgement", sa.Boolean(), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("contact", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_placement_rule_compartment_id")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_placement_rule_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_rule")),
        sa.UniqueConstraint(
            "compartment_id",
            "instrument",
            "band",
            "judgement",
            name=op.f("uq_placement_rule_compartment_id_instrument_band_judgement"),
        ),
    )
    with op.batch_alter_table("placement_rule", schema=None) as batch_op:
        batch_op.create_index(
            op.f("ix_placement_rule_compartment_id"), ["compartment_id"], unique=False
        )
        batch_op.create_index(op.f("ix_placement_rule_network_id"), ["network_id"], unique=False)

    op.create_table(
        "program_authority",
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_program_authority_compartment_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_program_authority_member_id")
        ),
        sa.PrimaryKeyConstraint("compartment_id", "member_id", name=op.f("pk_program_authority")),
    )
    op.create_table(
        "program_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.String(length=5), nullable=False),
        sa.Column("ends_at", sa.String(length=5), nullable=False),
        sa.Column("language", sa.String(length=24), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_program_group_times")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_program_group_weekday")),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_program_group_compartment_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.id"],
            name=op.f("fk_program_group_location_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_program_group_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_group")),
        sa.UniqueConstraint(
            "compartment_id", "name", name=op.f("uq_program_group_compartment_id_name")
        ),
    )
    with op.batch_alter_table("program_group", schema=None) as batch_op:
        batch_op.create_index(
            op.f("ix_program_group_compartment_id"), ["compartment_id"], unique=False
        )
        batch_op.create_index(op.f("ix_program_group_network_id"), ["network_id"], unique=False)

    op.create_table(
        "program_profile",
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("policies", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_program_profile_compartment_id")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_program_profile_network_id")
        ),
        sa.PrimaryKeyConstraint("compartment_id", name=op.f("pk_program_profile")),
    )
    with op.batch_alter_table("program_profile", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_program_profile_network_id"), ["network_id"], unique=False)

    op.create_table(
        "safety_consultation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("program_compartment_id", sa.Uuid(), nullable=False),
        sa.Column("partner_member_id", sa.Uuid(), nullable=False),
        sa.Column("partner_compartment_id", sa.Uuid(), nullable=False),
        sa.Column("concern", sa.String(length=32), nullable=False),
        sa.Column("urgency", sa.String(length=16), nullable=False),
        sa.Column("called", sa.String(length=20), nullable=False),
        sa.Column("consulted_role", sa.String(length=20), nullable=True),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("advice", sa.JSON(), nullable=False),
        sa.Column("advised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("step_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_step_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "urgency IN ('immediate', 'high', 'standard')",
            name=op.f("ck_safety_consultation_urgency"),
        ),
        sa.CheckConstraint(
            "advised_at IS NULL OR acknowledged_at IS NOT NULL",
            name=op.f("ck_safety_consultation_read_before_advice"),
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_safety_consultation_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_compartment_id"],
            ["compartment.id"],
            name=op.f("fk_safety_consultation_partner_compartment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_member_id"],
            ["member.id"],
            name=op.f("fk_safety_consultation_partner_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["program_compartment_id"],
            ["compartment.id"],
            name=op.f("fk_safety_consultation_program_compartment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_consultation")),
        sa.UniqueConstraint(
            "network_id", "code", name=op.f("uq_safety_consultation_network_id_code")
        ),
    )
    with op.batch_alter_table("safety_consultation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_safety_consultation_desk", ["partner_compartment_id", "raised_at"], unique=False
        )
        batch_op.create_index("ix_safety_consultation_next_step", ["next_step_at"], unique=False)
        batch_op.create_index(
            op.f("ix_safety_consultation_program_compartment_id"),
            ["program_compartment_id"],
            unique=False,
        )

    op.create_table(
        "participant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("mandated", sa.Boolean(), nullable=False),
        sa.Column("authority_member_id", sa.Uuid(), nullable=True),
        sa.Column("outside_authority", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("screening", sa.String(length=32), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("ordered_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("intake_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("intake_offered_on", sa.Date(), nullable=True),
        sa.Column("intake_on", sa.Date(), nullable=True),
        sa.Column("enrol_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=32), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "NOT mandated OR authority_member_id IS NOT NULL OR outside_authority <> ''",
            name=op.f("ck_participant_authority"),
        ),
        sa.CheckConstraint(
            "state IN ('awaiting-intake', 'intake-done', 'enrolled', 'not-enrolled', 'completed', 'terminated', 'withdrawn')",
            name=op.f("ck_participant_state"),
        ),
        sa.ForeignKeyConstraint(
            ["authority_member_id"], ["member.id"], name=op.f("fk_participant_authority_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_participant_compartment_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["program_group.id"],
            name=op.f("fk_participant_group_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_participant_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_participant_referral_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint("network_id", "code", name=op.f("uq_participant_network_id_code")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_participant_referral_id")),
    )
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.create_index(
            "ix_participant_list", ["compartment_id", "state", "opened_at"], unique=False
        )

    op.create_table(
        "program_order",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("mandated", sa.Boolean(), nullable=False),
        sa.Column("authority_member_id", sa.Uuid(), nullable=True),
        sa.Column("outside_authority", sa.String(length=120), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "NOT mandated OR authority_member_id IS NOT NULL OR outside_authority <> ''",
            name=op.f("ck_program_order_authority"),
        ),
        sa.ForeignKeyConstraint(
            ["authority_member_id"],
            ["member.id"],
            name=op.f("fk_program_order_authority_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["program_group.id"],
            name=op.f("fk_program_order_group_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_program_order_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_program_order_referral_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_program_order")),
    )
    op.create_table(
        "authority_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("authority_member_id", sa.Uuid(), nullable=True),
        sa.Column("outside_authority", sa.String(length=120), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_how", sa.String(length=8), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "authority_member_id IS NOT NULL OR outside_authority <> ''",
            name=op.f("ck_authority_report_authority"),
        ),
        sa.CheckConstraint(
            "kind IN ('noncompliance', 'attendance', 'status')",
            name=op.f("ck_authority_report_kind"),
        ),
        sa.CheckConstraint(
            "(sent_at IS NULL) = (sent_how IS NULL)", name=op.f("ck_authority_report_sent")
        ),
        sa.ForeignKeyConstraint(
            ["authority_member_id"],
            ["member.id"],
            name=op.f("fk_authority_report_authority_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_authority_report_compartment_id")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_authority_report_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_authority_report_participant_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_report")),
    )
    with op.batch_alter_table("authority_report", schema=None) as batch_op:
        batch_op.create_index(
            op.f("ix_authority_report_compartment_id"), ["compartment_id"], unique=False
        )
        batch_op.create_index(
            "ix_authority_report_desk", ["authority_member_id", "sent_at"], unique=False
        )
        batch_op.create_index(
            op.f("ix_authority_report_participant_id"), ["participant_id"], unique=False
        )

    op.create_table(
        "consultation_prompt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("trigger", sa.String(length=32), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_how", sa.String(length=24), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_how IS NULL)",
            name=op.f("ck_consultation_prompt_settled"),
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_consultation_prompt_compartment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_consultation_prompt_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_consultation_prompt_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_prompt")),
    )
    with op.batch_alter_table("consultation_prompt", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consultation_prompt_open", ["compartment_id", "settled_at"], unique=False
        )
        batch_op.create_index(
            op.f("ix_consultation_prompt_participant_id"), ["participant_id"], unique=False
        )

    op.create_table(
        "participant_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_participant_event_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant_event")),
        sa.UniqueConstraint(
            "participant_id", "position", name=op.f("uq_participant_event_participant_id_position")
        ),
    )
    with op.batch_alter_table("participant_event", schema=None) as batch_op:
        batch_op.create_index(
            op.f("ix_participant_event_participant_id"), ["participant_id"], unique=False
        )

    op.create_table(
        "placement",
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("decided_sealed", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_placement_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_placement_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_placement")),
    )
    op.create_table(
        "risk_information",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("program_compartment_id", sa.Uuid(), nullable=False),
        sa.Column("from_compartment_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("result_sealed", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ask_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_compartment_id"],
            ["compartment.id"],
            name=op.f("fk_risk_information_from_compartment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_risk_information_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_risk_information_participant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["program_compartment_id"],
            ["compartment.id"],
            name=op.f("fk_risk_information_program_compartment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_risk_information_referral_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_information")),
    )
    with op.batch_alter_table("risk_information", schema=None) as batch_op:
        batch_op.create_index(
            op.f("ix_risk_information_participant_id"), ["participant_id"], unique=False
        )
        batch_op.create_index(
            op.f("ix_risk_information_program_compartment_id"),
            ["program_compartment_id"],
            unique=False,
        )
        batch_op.create_index(
            op.f("ix_risk_information_referral_id"), ["referral_id"], unique=False
        )


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("risk_information")
    op.drop_table("placement")
    op.drop_table("participant_event")
    op.drop_table("consultation_prompt")
    op.drop_table("authority_report")
    op.drop_table("program_order")
    op.drop_table("participant")
    op.drop_table("safety_consultation")
    op.drop_table("program_profile")
    op.drop_table("program_group")
    op.drop_table("program_authority")
    op.drop_table("placement_rule")
