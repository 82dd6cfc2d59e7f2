"""Removing the demo: to the last row, with nothing else changed, or not at all."""

from __future__ import annotations

import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from ccr.domain.errors import CcrError, NotFoundError
from ccr.domain.taxonomy import MemberCategory, Regime
from ccr.policy.identity import Role
from ccr.services import accounts, demo_removal
from ccr.services.demo import load_demo
from ccr.services.demo_removal import remove_demo
from ccr.services.demo_story import STARTS_AT, play
from ccr.services.verification import verify_storage
from ccr.storage.db import Base, db, unit_of_work
from ccr.storage.models.accounts import Account, Compartment, Network
from ccr.storage.models.audit import AuditEventRow
from ccr.storage.models.operations import Attempt, Heartbeat
from ccr.storage.queries import accounts as account_rows

PASSWORD = "a long demo password"
KEPT = {"role", "heartbeat"}


def counts():
    db.session.rollback()
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
    }


@pytest.fixture
def lived_in(app, now):
    """Load the demo without its past, play a referral in it, and give somebody a practice space."""
    world = app.extensions["ccr_world"]
    loaded = load_demo(world, password=PASSWORD, at=STARTS_AT, history=False)
    play(world, loaded, at=STARTS_AT)
    with unit_of_work():
        db.session.add(Heartbeat(name="worker", at=now))
        db.session.add(Attempt(key_hash="0" * 64, count=1, first_at=now, last_at=now))
        practice = account_rows.add_network(
            "Practice of one", state="NY", timezone="America/New_York", is_demo=False, at=now
        )
        program = account_rows.coordination_compartment(practice)
        account = db.session.scalars(select(Account).order_by(Account.email)).unique().first()
        account.practice_compartment_id = program.id
        db.session.get_one(Network, practice).is_practice = True
    return loaded


# -- on both databases -----------------------------------------------------------------------------


def test_no_row_is_left_and_what_is_shared_stays(lived_in, now):
    before = counts()
    assert before["referral"] >= 1
    assert before["audit_event"] > 50
    done = remove_demo(at=now)
    after = counts()
    assert {table for table, count in after.items() if count} == KEPT
    assert {after[table] == before[table] for table in KEPT} == {True}
    assert set(done.left.values()) == {0}
    assert {t: done.deleted[t] for t in before} == {
        t: 0 if t in KEPT else count for t, count in before.items()
    }


def test_the_audit_trail_refuses_deletion_again(lived_in, now):
    remove_demo(at=now)
    network_id = accounts.create_network("Hill County", at=now)
    assert network_id
    for statement in ("DELETE FROM audit_event", "UPDATE audit_event SET verb = 'x'"):
        with pytest.raises(DBAPIError, match="append-only"), unit_of_work():
            db.session.execute(text(statement))
    assert db.session.scalar(select(func.count()).select_from(AuditEventRow)) == 1


def test_a_real_network_begins_where_the_demo_was(lived_in, now):
    remove_demo(at=now)
    accounts.create_network("Hill County", at=now)
    identity = accounts.terminal_identity()
    accounts.create_member(
        identity, "Clinic", category=MemberCategory.HEALTH, regime=Regime.HIPAA, at=now
    )
    accounts.create_account(
        identity, email="ana@example.org", role=Role.WORKER, member_name="Clinic",
        password=PASSWORD, at=now,
    )  # fmt: skip
    assert verify_storage(identity).findings == ()
    # No name of the rehearsal is in it.
    assert [network.name for network in accounts.list_networks()] == ["Hill County"]


def test_it_can_be_loaded_anew_and_removed_anew(app, lived_in, now):
    remove_demo(at=now)
    world = app.extensions["ccr_world"]
    assert load_demo(world, password=PASSWORD, at=now, history=False).new
    remove_demo(at=now)
    assert accounts.list_networks() == []


@pytest.mark.parametrize(
    ("name", "answer", "fault"),
    [
        ("rows_left", {"member": 1}, "rows of the demo are left"),
        ("everything", {}, "something else changed"),
        ("guards_are_up", False, "the audit trail is not guarded"),
    ],
)
def test_a_proof_that_fails_leaves_everything_as_it_was(
    lived_in, now, monkeypatch, name, answer, fault
):
    before = counts()
    monkeypatch.setattr(demo_removal.rows, name, lambda *_: answer)
    with pytest.raises(CcrError, match=fault):
        remove_demo(at=now)
    monkeypatch.undo()
    assert counts() == before
    assert demo_removal.rows.guards_are_up()
    assert verify_storage(accounts.terminal_identity(lived_in.name)).findings == ()


# -- what the proofs can see -----------------------------------------------------------------------


def test_a_row_that_names_the_demo_in_its_text_is_found(sqlite_app, now):
    load_demo(sqlite_app.extensions["ccr_world"], password=PASSWORD, at=now, history=False)
    network_id = db.session.scalar(select(Network.id))
    with unit_of_work():
        db.session.add(Heartbeat(name=str(network_id), at=now))
    with pytest.raises(CcrError, match="rows of the demo are left"):
        remove_demo(at=now)


def test_every_table_is_either_reached_from_a_network_or_shared_by_name(sqlite_app, now):
    load_demo(sqlite_app.extensions["ccr_world"], password=PASSWORD, at=now, history=False)
    mine = demo_removal.rows.rows_of([db.session.scalar(select(Network.id))])
    shared = {name for name, which in mine.items() if str(which) == "false"}
    assert shared == KEPT
    assert set(mine) == set(inspect(db.engine).get_table_names()) - {
        "alembic_version", "service_text_index", "service_text_index_config",
        "service_text_index_data", "service_text_index_docsize", "service_text_index_idx",
    }  # fmt: skip


def test_a_network_that_is_no_demo_keeps_every_row(app, lived_in, now):
    with unit_of_work():  # as an older version may have left it
        real = account_rows.add_network(
            "Hill County", state="NY", timezone="America/New_York", is_demo=False, at=now
        )
    before = counts()
    remove_demo(at=now)
    assert db.session.scalars(select(Network.id)).all() == [real]
    assert db.session.scalars(select(Compartment.network_id)).all() == [real]
    # Whose tries these are cannot be told any more, so they stay.
    assert counts()["attempt"] == before["attempt"] > 0


def test_a_database_without_a_demo_is_refused(sqlite_app, now):
    accounts.create_network("Hill County", at=now)
    with pytest.raises(NotFoundError, match="no demo network"):
        remove_demo(at=now)
