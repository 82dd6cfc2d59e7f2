"""Recalled, expired and frozen are states of their own; when a referral was first opened is kept.

Referrals that were recalled before this revision were stored as cancelled: they, and the events
that led there, read "recalled" from now on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BEFORE = (
    "'draft', 'sent', 'asked', 'waitlisted', 'accepted', 'in-progress', "
    "'on-hold', 'connected', 'declined', 'closed', 'cancelled', 'entered-in-error'"
)
AFTER = f"{BEFORE}, 'recalled', 'expired', 'frozen'"
EVENT = sa.table("referral_event", sa.column("from_state"), sa.column("to_state"))


def upgrade() -> None:
    """Go one step up."""
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(op.f("ck_referral_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_referral_state"), f"state IN ({AFTER})")
    op.execute(
        sa.text(
            "UPDATE referral SET opened_at = (SELECT min(e.at) FROM referral_event e "
            "WHERE e.referral_id = referral.id AND e.side = 'receiver')"
        )
    )
    op.execute(
        sa.text(
            "UPDATE referral SET state = 'recalled' WHERE state = 'cancelled' AND EXISTS "
            "(SELECT 1 FROM referral_event e WHERE e.referral_id = referral.id "
            "AND e.action = 'recall')"
        )
    )
    op.execute(sa.text("UPDATE referral_event SET to_state = 'recalled' WHERE action = 'recall'"))
    op.execute(
        sa.text(
            "UPDATE referral_event SET from_state = 'recalled' WHERE from_state = 'cancelled' "
            "AND EXISTS (SELECT 1 FROM referral_event e WHERE "
            "e.referral_id = referral_event.referral_id AND e.action = 'recall')"
        )
    )


def downgrade() -> None:
    """Go one step down; what expired reads as a decline, what was frozen as an error."""
    for new, old in (("recalled", "cancelled"), ("frozen", "entered-in-error")):
        op.execute(
            sa.text("UPDATE referral SET state = :old WHERE state = :new").bindparams(
                old=old, new=new
            )
        )
        for column in (EVENT.c.from_state, EVENT.c.to_state):
            op.execute(sa.update(EVENT).where(column == new).values({column: old}))
    op.execute(
        sa.text(
            "UPDATE referral SET declined_at = expired_at, decline_reason = 'other' "
            "WHERE expired_at IS NOT NULL AND declined_at IS NULL"
        )
    )
    op.execute(sa.text("UPDATE referral SET state = 'declined' WHERE state = 'expired'"))
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_referral_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_referral_state"), f"state IN ({BEFORE})")
        batch_op.drop_column("expired_at")
        batch_op.drop_column("opened_at")
