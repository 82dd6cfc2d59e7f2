"""Add what keeps the directory true: imports, history, proposals, checks, vocabularies, lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "import_mapping",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_import_mapping_network_id")
        ),
        sa.PrimaryKeyConstraint("network_id", "source", name=op.f("pk_import_mapping")),
    )
    op.create_table(
        "record_alias",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("record_kind", sa.String(length=8), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=True),
        sa.Column("source_id", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "record_kind IN ('member', 'service', 'location')",
            name=op.f("ck_record_alias_record_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_record_alias_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_alias")),
        sa.UniqueConstraint(
            "network_id",
            "record_kind",
            "source",
            "source_id",
            name=op.f("uq_record_alias_network_id_record_kind_source_source_id"),
        ),
    )
    with op.batch_alter_table("record_alias", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_record_alias_network_id"), ["network_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_record_alias_record_id"), ["record_id"], unique=False)

    op.create_table(
        "taxonomy_term",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("taxonomy", sa.String(length=100), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("parent_code", sa.String(length=100), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_taxonomy_term_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_term")),
        sa.UniqueConstraint(
            "network_id", "taxonomy", "code", name=op.f("uq_taxonomy_term_network_id_taxonomy_code")
        ),
    )
    op.create_table(
        "looked_up_place",
        sa.Column("query_hash", sa.String(length=64), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("precision", sa.String(length=16), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("looked_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.id"],
            name=op.f("fk_looked_up_place_location_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_looked_up_place_network_id")
        ),
        sa.PrimaryKeyConstraint(
            "query_hash", "network_id", "provider", name=op.f("pk_looked_up_place")
        ),
    )
    with op.batch_alter_table("looked_up_place", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_looked_up_place_location_id"), ["location_id"], unique=False
        )

    op.create_table(
        "import_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("dialect", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("failure", sa.String(length=300), nullable=True),
        sa.Column("report", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alive_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('uploaded', 'mapped', 'checking', 'checked', 'waiting', 'running', 'done', 'failed', 'cancelled', 'undoing', 'undone')",
            name=op.f("ck_import_run_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_import_run_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_import_run_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index(
            "ix_import_run_network_created", ["network_id", "created_at"], unique=False
        )

    op.create_table(
        "listing_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("words_sealed", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('suggestion', 'edit', 'claim', 'report')",
            name=op.f("ck_listing_proposal_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'refused', 'withdrawn')",
            name=op.f("ck_listing_proposal_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_listing_proposal_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_listing_proposal_compartment_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["account.id"],
            name=op.f("fk_listing_proposal_decided_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_listing_proposal_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_listing_proposal_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_proposal")),
    )
    with op.batch_alter_table("listing_proposal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_listing_proposal_service_id"), ["service_id"], unique=False
        )
        batch_op.create_index(
            "ix_listing_proposal_waiting", ["network_id", "state", "created_at"], unique=False
        )

    op.create_table(
        "publication_authorization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("operator_name", sa.String(length=200), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_publication_authorization_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_publication_authorization_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_publication_authorization_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_authorization")),
    )
    with op.batch_alter_table("publication_authorization", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_publication_authorization_network_id"), ["network_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_publication_authorization_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "saved_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_saved_search_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_saved_search_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
    )
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.create_index("ix_saved_search_account", ["account_id", "created_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_saved_search_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_saved_search_network_id"), ["network_id"], unique=False
        )

    op.create_table(
        "short_list_entry",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_short_list_entry_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_short_list_entry_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_short_list_entry_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "service_id", name=op.f("pk_short_list_entry")),
    )
    with op.batch_alter_table("short_list_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_short_list_entry_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_short_list_entry_network_id"), ["network_id"], unique=False
        )

    op.create_table(
        "term_mapping",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("taxonomy", sa.String(length=100), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_term_mapping_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_term_mapping_network_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_mapping")),
        sa.UniqueConstraint(
            "network_id",
            "taxonomy",
            "code",
            "name",
            name=op.f("uq_term_mapping_network_id_taxonomy_code_name"),
        ),
    )
    op.create_table(
        "verification_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_verification_link_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_verification_link_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_verification_link_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_verification_link_token_hash")),
    )
    with op.batch_alter_table("verification_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_verification_link_network_id"), ["network_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_verification_link_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "directory_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("record_kind", sa.String(length=8), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("by_role", sa.String(length=60), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "record_kind IN ('member', 'service', 'location')",
            name=op.f("ck_directory_change_record_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_directory_change_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_directory_change_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["import_run.id"],
            name=op.f("fk_directory_change_run_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_change")),
    )
    with op.batch_alter_table("directory_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_directory_change_network_id"), ["network_id"], unique=False
        )
        batch_op.create_index("ix_directory_change_record", ["record_id", "at"], unique=False)
        batch_op.create_index("ix_directory_change_run", ["run_id"], unique=False)

    with op.batch_alter_table("compartment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("capacity_reminder", sa.Boolean(), server_default=sa.true(), nullable=False)
        )

    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("edited_fields", sa.JSON(), server_default="{}", nullable=False)
        )
        batch_op.add_column(sa.Column("created_run_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_location_created_run_id"), ["created_run_id"], unique=False
        )

    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("edited_fields", sa.JSON(), server_default="{}", nullable=False)
        )
        batch_op.add_column(sa.Column("created_run_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_member_created_run_id"), ["created_run_id"], unique=False
        )

    with op.batch_alter_table("network", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("directory_rules", sa.JSON(), server_default="{}", nullable=False)
        )

    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("verified_by", sa.String(length=200), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("edited_fields", sa.JSON(), server_default="{}", nullable=False)
        )
        batch_op.add_column(sa.Column("created_run_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("public_modified_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.create_index(
            batch_op.f("ix_service_created_run_id"), ["created_run_id"], unique=False
        )
    op.execute("UPDATE service SET public_modified_at = updated_at")

    with op.batch_alter_table("service_capacity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("households", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(
            sa.Column("note", sa.String(length=300), server_default="", nullable=False)
        )


def downgrade() -> None:
    """Go one step down."""
    with op.batch_alter_table("service_capacity", schema=None) as batch_op:
        batch_op.drop_column("note")
        batch_op.drop_column("households")

    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_created_run_id"))
        batch_op.drop_column("public_modified_at")
        batch_op.drop_column("created_run_id")
        batch_op.drop_column("edited_fields")
        batch_op.drop_column("verified_by")

    with op.batch_alter_table("network", schema=None) as batch_op:
        batch_op.drop_column("directory_rules")

    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_created_run_id"))
        batch_op.drop_column("created_run_id")
        batch_op.drop_column("edited_fields")

    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_location_created_run_id"))
        batch_op.drop_column("created_run_id")
        batch_op.drop_column("edited_fields")

    with op.batch_alter_table("compartment", schema=None) as batch_op:
        batch_op.drop_column("capacity_reminder")

    with op.batch_alter_table("directory_change", schema=None) as batch_op:
        batch_op.drop_index("ix_directory_change_run")
        batch_op.drop_index("ix_directory_change_record")
        batch_op.drop_index(batch_op.f("ix_directory_change_network_id"))

    op.drop_table("directory_change")
    with op.batch_alter_table("verification_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verification_link_service_id"))
        batch_op.drop_index(batch_op.f("ix_verification_link_network_id"))

    op.drop_table("verification_link")
    op.drop_table("term_mapping")
    with op.batch_alter_table("short_list_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_short_list_entry_network_id"))
        batch_op.drop_index(batch_op.f("ix_short_list_entry_expires_at"))

    op.drop_table("short_list_entry")
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_search_network_id"))
        batch_op.drop_index(batch_op.f("ix_saved_search_expires_at"))
        batch_op.drop_index("ix_saved_search_account")

    op.drop_table("saved_search")
    with op.batch_alter_table("publication_authorization", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publication_authorization_service_id"))
        batch_op.drop_index(batch_op.f("ix_publication_authorization_network_id"))

    op.drop_table("publication_authorization")
    with op.batch_alter_table("listing_proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_listing_proposal_waiting")
        batch_op.drop_index(batch_op.f("ix_listing_proposal_service_id"))

    op.drop_table("listing_proposal")
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_index("ix_import_run_network_created")

    op.drop_table("import_run")
    with op.batch_alter_table("looked_up_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_looked_up_place_location_id"))

    op.drop_table("looked_up_place")
    op.drop_table("taxonomy_term")
    with op.batch_alter_table("record_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_alias_record_id"))
        batch_op.drop_index(batch_op.f("ix_record_alias_network_id"))

    op.drop_table("record_alias")
    op.drop_table("import_mapping")
