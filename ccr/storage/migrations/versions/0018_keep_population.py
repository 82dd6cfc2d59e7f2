"""Keep how many people live in counties and ZIPs, and which languages they speak."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_EXTENT = "extent IN ('county', 'zip')"


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "population_table",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("extent", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_EXTENT, name=op.f("ck_population_table_extent")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_population_table_network_id")
        ),
        sa.PrimaryKeyConstraint("network_id", "extent", name=op.f("pk_population_table")),
    )
    op.create_table(
        "area_people",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("extent", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint(_EXTENT, name=op.f("ck_area_people_extent")),
        sa.CheckConstraint("people >= 0", name=op.f("ck_area_people_people")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_area_people_network_id")
        ),
        sa.PrimaryKeyConstraint(
            "network_id", "extent", "code", "language", name=op.f("pk_area_people")
        ),
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("area_people")
    op.drop_table("population_table")
