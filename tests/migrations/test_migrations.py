"""The schema goes up, comes down, and is what the models say, on both engines."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate, check, downgrade, upgrade
from sqlalchemy import DateTime, Uuid, bindparam, inspect, text

from ccr.storage.db import db, unit_of_work
from ccr.storage.queries.schema import NEWEST_REVISION, current_revision
from tests.people import make_network, make_team

VERSIONS = Path(__file__).parents[2] / "ccr/storage/migrations/versions"


def test_the_models_and_the_newest_revision_agree(app: Flask) -> None:
    db.session.remove()
    check()


def test_the_newest_revision_is_the_one_the_site_expects(sqlite_app: Flask) -> None:
    script = ScriptDirectory(str(VERSIONS.parent))
    assert script.get_heads() == [NEWEST_REVISION]
    assert current_revision() == NEWEST_REVISION


def test_every_step_goes_down_and_up_again(app: Flask) -> None:
    db.session.remove()
    for _ in list(VERSIONS.glob("0*.py")):
        downgrade(revision="-1")
    left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    upgrade()
    check()


def test_a_rebuilt_table_keeps_the_rows_of_its_children(sqlite_app: Flask, now: datetime) -> None:
    """Foreign keys are off while SQLite rebuilds tables, or the children would be deleted."""
    make_team(make_network(at=now), "Alder House", at=now)
    before = db.session.execute(text("SELECT count(*) FROM account")).scalar()
    db.session.remove()
    downgrade(revision="0001")
    upgrade()
    assert db.session.execute(text("SELECT count(*) FROM account")).scalar() == before == 1


def test_file_names_are_numbered_by_their_revision() -> None:
    for path in VERSIONS.glob("*.py"):
        number, revision = path.name[:4], re.search(r'^revision = "(.*)"$', path.read_text(), re.M)
        assert re.fullmatch(r"[0-9]{4}_[a-z_]+\.py", path.name)
        assert revision
        assert revision[1] == number


def test_migrations_import_no_models() -> None:
    for path in VERSIONS.glob("*.py"):
        assert "ccr" not in path.read_text()


def test_work_outside_a_migration_is_not_disturbed(app: Flask, now: datetime) -> None:
    assert isinstance(app.extensions["migrate"].migrate, Migrate)
    with unit_of_work():
        db.session.execute(text("SELECT 1"))
    make_network(at=now)


def test_agreements_and_gaps_of_old_are_kept_by_the_register(app: Flask, now: datetime) -> None:
    """Each old pair becomes an agreement of two parties, each old next step the first of a plan."""
    network_id = make_network(at=now)
    one, other = make_team(network_id, "Alder", at=now), make_team(network_id, "Birch", at=now)
    db.session.remove()
    downgrade(revision="0016")
    ids = {"n": network_id, "a": one.member_id, "b": other.member_id, "id": uuid4(), "at": now}
    with unit_of_work():
        for statement in (
            (
                "INSERT INTO agreement (id, network_id, member_a_id, member_b_id, signed_on) "
                "VALUES (:id, :n, :a, :b, '2026-01-05')"
            ),
            (
                "INSERT INTO gap (id, network_id, key, owner_member_id, next_step, due_on, status, "
                "opened_at, updated_at, version) "
                "VALUES (:id, :n, 'night|36001', :a, 'Ask.', '2027-01-05', 'open', :at, :at, 3)"
            ),
        ):
            db.session.execute(
                text(statement).bindparams(
                    *(
                        bindparam(name, type_=DateTime(timezone=True) if name == "at" else Uuid())
                        for name in ids
                        if f":{name}" in statement
                    )
                ),
                {k: v for k, v in ids.items() if f":{k}" in statement},
            )
    db.session.remove()
    upgrade()
    parties = db.session.scalars(text("SELECT count(*) FROM linkage_party")).one()
    pairs = db.session.execute(
        text("SELECT l.version FROM agreement a JOIN linkage l ON l.id = a.linkage_id")
    ).all()
    steps = db.session.execute(text("SELECT text, status FROM gap_step")).all()
    assert (parties, len(pairs)) == (2, 1)
    assert steps == [("Ask.", "open")]
