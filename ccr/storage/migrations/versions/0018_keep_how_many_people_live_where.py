"""Keep how many people live where, as a coordinator's table says."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "area_people",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("extent", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_area_people_people")),
        sa.CheckConstraint("extent IN ('county', 'zip')", name=op.f("ck_area_people_extent")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_area_people_network_id")
        ),
        sa.PrimaryKeyConstraint("network_id", "extent", "code", name=op.f("pk_area_people")),
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("area_people")
