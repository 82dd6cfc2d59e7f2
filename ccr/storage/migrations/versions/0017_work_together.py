"""Keep the gap register, linkage agreements, meetings and actions, training, news and surveys."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_OPEN_ROUND = sa.text("closed_at IS NULL")


def _id(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=null)


def _words(name: str, most: int | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=most) if most else sa.Text(), nullable=False)


def _day(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _table(
    name: str,
    *parts: sa.Column[Any],
    key: tuple[str, ...] = ("id",),
    to: dict[str, str] | None = None,
    cascade: bool = False,
    checks: dict[str, str] | None = None,
    unique: tuple[str, ...] = (),
) -> None:
    """Make a table; `to` maps a column to the table whose id it holds."""
    rules: list[Any] = [
        sa.ForeignKeyConstraint(
            [column],
            [f"{table}.id"],
            name=op.f(f"fk_{name}_{column}"),
            ondelete="CASCADE" if cascade and table == "linkage" else None,
        )
        for column, table in (to or {}).items()
    ]
    rules += [
        sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{called}"))
        for called, rule in (checks or {}).items()
    ]
    rules.append(sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")))
    if unique:
        rules.append(sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}")))
    op.create_table(name, *parts, *rules)
    if "network_id" in (to or {}) and key != ("network_id",):
        op.create_index(op.f(f"ix_{name}_network_id"), name, ["network_id"], unique=False)


def upgrade() -> None:
    """Go one step up."""
    _keep_the_register()
    _keep_agreements()
    _keep_the_council()
    _keep_training_and_words()


def _keep_the_register() -> None:
    with op.batch_alter_table("gap", schema=None) as gap:
        gap.add_column(sa.Column("reason", sa.String(length=20), nullable=False, server_default=""))
        gap.add_column(
            sa.Column("evidence_there", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        gap.add_column(sa.Column("times_back", sa.Integer(), nullable=False, server_default="0"))
        gap.add_column(_moment("back_at", null=True))
        gap.alter_column("status", existing_type=sa.String(length=10), type_=sa.String(length=12))
        gap.drop_constraint(op.f("ck_gap_status"), type_="check")
        gap.create_check_constraint(
            op.f("ck_gap_status"), "status IN ('open', 'in-progress', 'waiting', 'closed')"
        )
    with op.batch_alter_table("gap", schema=None) as gap:
        for column in ("reason", "evidence_there", "times_back"):
            gap.alter_column(column, server_default=None)
    _table(
        "gap_step",
        *(_id("id"), _id("network_id"), _id("gap_id"), _number("position"), _words("text")),
        *(_day("due_on"), _words("status", 10), _moment("ended_at", null=True)),
        to={"network_id": "network", "gap_id": "gap"},
        checks={
            "status": "status IN ('open', 'done', 'dropped')",
            "ended_has_time": "(status = 'open') = (ended_at IS NULL)",
        },
        unique=("gap_id", "position"),
    )
    _table(
        "gap_change",
        *(_id("id"), _id("network_id"), _id("gap_id"), _number("position"), _moment("at")),
        *(_words("verb", 20), _id("member_id", null=True), _words("status", 12)),
        *(_words("reason", 20), _id("owner_member_id"), _words("step"), _words("effect", 12)),
        *(_words("whom", 20), _words("line")),
        to={"network_id": "network", "gap_id": "gap", "member_id": "member",
            "owner_member_id": "member"},
        unique=("gap_id", "position"),
    )  # fmt: skip
    # The next step of every gap that is owned already is the first step of its plan. Its id is
    # the gap's own: a step is only ever looked for among the steps of its gap.
    op.execute(
        "INSERT INTO gap_step (id, network_id, gap_id, position, text, due_on, status, ended_at) "
        "SELECT id, network_id, id, 1, next_step, due_on, "
        "CASE WHEN status = 'closed' THEN 'dropped' ELSE 'open' END, closed_at FROM gap"
    )


def _keep_agreements() -> None:
    _table(
        "linkage",
        *(_id("id"), _id("network_id"), _id("series_id"), _number("version"), _json("needs")),
        *(_json("terms"), _words("terms_line"), _day("signed_on"), _day("review_on", null=True)),
        *(_day("expires_on", null=True), _day("ended_on", null=True)),
        _moment("recorded_at", null=True),
        to={"network_id": "network"},
        checks={
            "dates": "expires_on IS NULL OR expires_on > signed_on",
            "review": "review_on IS NULL OR review_on > signed_on",
        },
        unique=("series_id", "version"),
    )
    _table(
        "linkage_party",
        *(_id("linkage_id"), _id("member_id"), _words("contact", 20)),
        key=("linkage_id", "member_id"),
        to={"linkage_id": "linkage", "member_id": "member"},
        cascade=True,
    )
    # Each pair that was recorded becomes an agreement of two, of the pair's own id. One that ended
    # on the day it was signed never held: it keeps no end and says that it was ended that day.
    op.execute(
        "INSERT INTO linkage (id, network_id, series_id, version, needs, terms, terms_line, "
        "signed_on, expires_on, ended_on) SELECT id, network_id, id, 1, '[]', '[]', '', signed_on, "
        "CASE WHEN expires_on > signed_on THEN expires_on END, "
        "CASE WHEN expires_on <= signed_on THEN expires_on END FROM agreement"
    )
    op.execute(
        "INSERT INTO linkage_party (linkage_id, member_id, contact) "
        "SELECT id, member_a_id, '' FROM agreement"
    )
    op.execute(
        "INSERT INTO linkage_party (linkage_id, member_id, contact) "
        "SELECT id, member_b_id, '' FROM agreement"
    )
    with op.batch_alter_table("agreement", schema=None) as agreement:
        agreement.add_column(_id("linkage_id", null=True))
    op.execute("UPDATE agreement SET linkage_id = id")
    with op.batch_alter_table("agreement", schema=None) as agreement:
        agreement.alter_column("linkage_id", existing_type=sa.Uuid(), nullable=False)
        agreement.create_index(op.f("ix_agreement_linkage_id"), ["linkage_id"], unique=False)
        agreement.create_foreign_key(
            op.f("fk_agreement_linkage_id"), "linkage", ["linkage_id"], ["id"], ondelete="CASCADE"
        )


def _keep_the_council() -> None:
    _table(
        "network_profile",
        *(_id("network_id"), _json("types"), _json("models"), _number("seats_planned")),
        *(_number("seats_filled"), _words("seats_paid", 20), _id("seats_payer_id", null=True)),
        *(_number("version"), _moment("updated_at")),
        key=("network_id",),
        to={"network_id": "network", "seats_payer_id": "member"},
        checks={"seats": "seats_filled >= 0 AND seats_planned >= 0"},
    )
    _table(
        "committee",
        *(_id("id"), _id("network_id"), _words("name", 80), _words("topic", 20)),
        *(_day("ended_on", null=True), _number("version")),
        to={"network_id": "network"},
    )
    for name, of in (("committee_seat", "committee"), ("attendance", "meeting")):
        if of == "meeting":
            _table(
                "meeting",
                *(_id("id"), _id("network_id"), _id("committee_id"), _day("held_on")),
                _number("version"),
                to={"network_id": "network", "committee_id": "committee"},
            )
        _table(
            name,
            *(_id(f"{of}_id"), _id("member_id")),
            key=(f"{of}_id", "member_id"),
            to={f"{of}_id": of, "member_id": "member"},
        )
    _table(
        "meeting_item",
        *(_id("meeting_id"), _number("position"), _words("title"), _id("gap_id", null=True)),
        *(_words("effect", 12), _words("whom", 20), _words("outcome", 12), _words("decision")),
        key=("meeting_id", "position"),
        to={"meeting_id": "meeting", "gap_id": "gap"},
    )
    _table(
        "action",
        *(_id("id"), _id("network_id"), _words("source", 20), _id("meeting_id", null=True)),
        *(_id("gap_id", null=True), _words("text"), _id("owner_member_id"), _day("due_on")),
        *(_words("status", 10), _day("ended_on", null=True), _moment("opened_at")),
        _number("version"),
        to={"network_id": "network", "meeting_id": "meeting", "gap_id": "gap",
            "owner_member_id": "member"},
        checks={
            "status": "status IN ('open', 'done', 'dropped')",
            "ended_has_day": "(status = 'open') = (ended_on IS NULL)",
        },
    )  # fmt: skip


def _keep_training_and_words() -> None:
    _table(
        "member_training",
        *(_id("member_id"), _words("topic", 20), _id("network_id"), _day("trained_on")),
        *(_day("expires_on", null=True), _moment("updated_at")),
        key=("member_id", "topic"),
        to={"member_id": "member", "network_id": "network"},
        checks={"dates": "expires_on IS NULL OR expires_on > trained_on"},
    )
    _table(
        "announcement",
        *(_id("id"), _id("network_id"), _words("title", 80), _words("text"), _day("until_on")),
        *(_moment("made_at"), _moment("withdrawn_at", null=True)),
        to={"network_id": "network"},
    )
    _table(
        "survey_round",
        *(_id("id"), _id("network_id"), _day("opened_on"), _day("until_on")),
        _moment("closed_at", null=True),
        sa.Column("results", sa.JSON(none_as_null=True), nullable=True),
        to={"network_id": "network"},
        checks={"closed_is_counted": "(closed_at IS NULL) = (results IS NULL)"},
    )
    op.create_index(
        "uq_survey_round_open",
        "survey_round",
        ["network_id"],
        unique=True,
        sqlite_where=_OPEN_ROUND,
        postgresql_where=_OPEN_ROUND,
    )
    _table(
        "survey_answer",
        *(_id("round_id"), _id("member_id"), _json("answers"), _moment("answered_at")),
        key=("round_id", "member_id"),
        to={"round_id": "survey_round", "member_id": "member"},
    )


def downgrade() -> None:
    """Go one step down."""
    for table in (
        "survey_answer", "survey_round", "announcement", "member_training", "action",
        "meeting_item", "attendance", "meeting", "committee_seat", "committee", "network_profile",
        "gap_change", "gap_step",
    ):  # fmt: skip
        op.drop_table(table)
    with op.batch_alter_table("agreement", schema=None) as agreement:
        agreement.drop_constraint(op.f("fk_agreement_linkage_id"), type_="foreignkey")
        agreement.drop_index(op.f("ix_agreement_linkage_id"))
        agreement.drop_column("linkage_id")
    op.drop_table("linkage_party")
    op.drop_table("linkage")
    op.execute("UPDATE gap SET status = 'open' WHERE status IN ('in-progress', 'waiting')")
    with op.batch_alter_table("gap", schema=None) as gap:
        gap.drop_constraint(op.f("ck_gap_status"), type_="check")
        gap.alter_column("status", existing_type=sa.String(length=12), type_=sa.String(length=10))
        for column in ("reason", "evidence_there", "times_back", "back_at"):
            gap.drop_column(column)
        gap.create_check_constraint(op.f("ck_gap_status"), "status IN ('open', 'closed')")
