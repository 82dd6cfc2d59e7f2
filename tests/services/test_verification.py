"""`flask verify`: sound data has no finding; each kind of damage has exactly its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from ccr.domain.clocks import ClockKind, Side
from ccr.domain.errors import ForbiddenError
from ccr.domain.referral import TRANSITIONS, possible_actions
from ccr.domain.referral_states import State
from ccr.policy.identity import Role
from ccr.services import followups, referrals
from ccr.services.accounts import terminal_identity
from ccr.services.verification import verify_storage
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import MemberRow
from ccr.storage.queries.referrals import rows_changed
from ccr.storage.queries.verification import CHECKS, WATCHED
from tests.loop import world
from tests.people import make_network
from tests.referral_builders import Always, sent
from tests.small_directory import SmallDirectory, make_referrals, make_small_directory

Records = dict[str, UUID]


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


@pytest.fixture
def made(small: SmallDirectory, now: datetime) -> Records:
    return make_referrals(small, now)


def findings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in verify_storage(terminal_identity("Test network")).findings:
        found.setdefault(finding.invariant, []).append(finding.where)
    db.session.rollback()
    return found


def plain(record_id: UUID) -> str:
    """Return an id as the engine keeps it in raw SQL."""
    return record_id.hex if is_sqlite() else str(record_id)


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def change(statement: str, *, guards: tuple[str, ...] = (), **values: object) -> None:
    """Change rows as nobody may: with triggers, checks and references out of the way.

    `guards` are what PostgreSQL has to drop first: "table.constraint" or "trigger:table".
    """
    bound = {k: plain(v) if isinstance(v, UUID) else v for k, v in values.items()}
    db.session.remove()
    if is_sqlite():
        _change_sqlite(statement, bound)
        return
    with unit_of_work():
        for guard in guards:
            table, _, name = guard.partition(".")
            if table.startswith("trigger:"):
                db.session.execute(text(f"ALTER TABLE {table[8:]} DISABLE TRIGGER USER"))
            else:
                db.session.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
        assert rows_changed(text(statement).bindparams(**bound)) >= 1, statement


def _change_sqlite(statement: str, bound: dict[str, object]) -> None:
    # References are switched outside of a transaction, which the engine would begin at once.
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    for line in (
        "PRAGMA foreign_keys=OFF", "PRAGMA ignore_check_constraints=ON",
        "DROP TRIGGER IF EXISTS audit_event_no_update",
        "DROP TRIGGER IF EXISTS audit_event_no_delete",
    ):
        cursor.execute(line)
    cursor.execute(statement, bound)
    assert cursor.rowcount >= 1, statement
    cursor.close()
    connection.close()
    db.engine.dispose()


# --- sound data ----------------------------------------------------------------------------------


def test_referrals_in_every_state_give_no_finding(
    small: SmallDirectory, made: Records, now: datetime
) -> None:
    states = set(db.session.scalars(text("SELECT DISTINCT state FROM referral")))
    assert states == {state.value for state in State}
    assert findings() == {}
    followups.run_clocks(world(), at=now + timedelta(days=5))  # reminders, and holds that end
    assert findings() == {}


def test_every_check_is_named_in_the_verdict(small: SmallDirectory) -> None:
    verdict = verify_storage(terminal_identity("Test network"))
    assert len(verdict.checked) == len(CHECKS) == len(set(verdict.checked))


@given(st.data())
def test_what_is_watched_in_each_state_is_what_the_table_of_acts_leads_to(
    data: st.DataObject,
) -> None:
    story = replace(sent(), calendar=Always())
    at = story.referral.sent_at
    assert at is not None
    for _ in range(data.draw(st.integers(0, 8))):
        acts = [
            (action, side)
            for side in (Side.SENDER, Side.RECEIVER)
            for action in sorted(possible_actions(story.referral, side))
            if (story.referral.state, action) in TRANSITIONS
        ]
        if not acts:
            break
        at += timedelta(hours=1)
        story.act(*data.draw(st.sampled_from(acts)), at)
    running = {kind: clock for kind, clock in story.clocks.items() if clock.met_at is None}
    if story.referral.state not in WATCHED:
        assert running == {}
        return
    kinds, owner = WATCHED[story.referral.state]
    assert len(running) == 1
    ((kind, clock),) = running.items()
    assert kind in kinds
    assert clock.owner is owner


def test_only_those_who_run_the_machine_may_verify(small: SmallDirectory) -> None:
    auditor = replace(terminal_identity("Test network"), from_terminal=False, user_id=uuid4())
    assert verify_storage(replace(auditor, roles=frozenset({Role.AUDITOR}))).findings == ()
    for role in (Role.COORDINATOR, Role.WORKER, Role.AGENCY_ADMIN):
        with pytest.raises(ForbiddenError):
            verify_storage(replace(auditor, roles=frozenset({role})))


# --- the directory -------------------------------------------------------------------------------


def test_a_reference_to_nothing_is_found_in_the_file(sqlite_app: Flask, now: datetime) -> None:
    make_small_directory(at=now)
    change("UPDATE phone SET service_id = :gone WHERE is_private", gone=uuid4())
    assert findings().keys() == {"broken database file"}


def test_a_damaged_index_is_found_in_the_file(sqlite_app: Flask, now: datetime) -> None:
    make_small_directory(at=now)
    with db.engine.connect() as connection:
        root = connection.exec_driver_sql(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'ix_service_network_name'"
        ).scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    db.session.remove()
    raw = db.engine.raw_connection()
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    db.engine.dispose()
    with (world().settings.data_dir / "ccr.db").open("r+b") as file:
        file.seek(root * size - 40)  # the end of its page: where its first entries are
        file.write(b"x" * 40)
    assert findings().keys() == {"broken database file"}


def test_a_confidential_place_that_has_a_place_is_found(small: SmallDirectory) -> None:
    where = small.cedar_location_id
    change(
        "UPDATE location SET city = 'Troy' WHERE id = :id",
        id=where,
        guards=("location.ck_location_confidential_has_no_place",),
    )
    assert without_file(findings()) == {"hidden places with a place": [str(where)]}


def test_a_confidential_service_at_a_public_place_is_found(small: SmallDirectory) -> None:
    change(
        "UPDATE location SET confidential = false WHERE id = :id",
        id=small.cedar_location_id,
        guards=("service_at_location.fk_service_at_location_location_id_confidential",),
    )
    found = without_file(findings())
    assert found.keys() == {"hidden services at public places"}
    assert len(found["hidden services at public places"]) == 1


def test_an_area_of_a_confidential_service_that_is_too_fine_is_found(
    small: SmallDirectory,
) -> None:
    change(
        "UPDATE service_area SET extent = 'zip', code = '12180' "
        "WHERE service_id = :id AND code = '36083'",
        id=small.cedar_service_id,
        guards=("service_area.ck_service_area_confidential_is_coarse",),
    )
    assert without_file(findings()).keys() == {"hidden services with fine areas"}


def without_file(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the findings but the engine's own: SQLite names broken constraints a second time."""
    if is_sqlite():
        found.pop("broken database file", None)
    return found


def test_a_service_of_anothers_program_is_found(small: SmallDirectory) -> None:
    change(
        "UPDATE service SET compartment_id = :other WHERE id = :id",
        id=small.birch_service_id,
        other=small.cedar.compartment_id,
    )
    assert findings() == {"services of another members program": [str(small.birch_service_id)]}


def test_a_program_for_abusive_partners_beside_victim_services_is_found(
    small: SmallDirectory,
) -> None:
    change(
        "INSERT INTO service_need (service_id, need) VALUES (:id, 'abusive-partner-intervention')",
        id=small.birch_service_id,
    )
    name = "abusive partner programs beside victim services"
    assert findings() == {name: [str(small.birch_service_id)]}


def test_a_service_that_search_cannot_find_is_found(small: SmallDirectory) -> None:
    change("DELETE FROM service_text WHERE service_id = :id", id=small.dune_service_id)
    assert findings() == {"services without search text": [str(small.dune_service_id)]}


def test_a_member_without_a_program_is_found(small: SmallDirectory, now: datetime) -> None:
    member_id = uuid4()
    with unit_of_work():
        db.session.add(
            MemberRow(id=member_id, network_id=small.network_id, name="Elm", updated_at=now)
        )
    assert findings() == {"members without a program": [str(member_id)]}


def test_a_role_in_the_wrong_kind_of_program_is_found(small: SmallDirectory) -> None:
    account_id = small.birch.identity.user_id
    change(
        "INSERT INTO account_role (account_id, role_id) "
        "SELECT :id, id FROM role WHERE name = 'facilitator'",
        id=account_id,
    )
    assert findings() == {"accounts in the wrong program": [str(account_id)]}


# --- the trail -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET reason = 'forged' WHERE compartment_id = :id AND position = 2",
        "DELETE FROM audit_event WHERE compartment_id = :id AND position = 1",
        "DELETE FROM audit_event WHERE compartment_id = :id AND verb = 'note'",
        "UPDATE audit_head SET position = position + 1 WHERE compartment_id = :id",
        "DELETE FROM audit_head WHERE compartment_id = :id",
    ],
    ids=["forged", "first-gone", "one-gone", "end-moved", "end-gone"],
)
def test_a_chain_that_was_touched_is_found_in_its_program(
    small: SmallDirectory, made: Records, now: datetime, statement: str
) -> None:
    referrals.add_note(
        small.birch.identity, world(), made["accepted"], Side.RECEIVER, "Note.", at=now
    )
    chain = small.birch.compartment_id
    # What is deleted from the middle is no act that changed a state.
    change(
        statement,
        id=chain,
        guards=("trigger:audit_event",),
    )
    found = findings()
    if "position = 1" in statement:
        found.pop("moves that no audit chain knows", None)
    assert found.keys() == {"broken audit chains"}
    assert [where.partition(":")[0] for where in found["broken audit chains"]] == [str(chain)]


def test_an_act_that_no_chain_knows_is_found(made: Records) -> None:
    later = "datetime(at, '+1 second')" if is_sqlite() else "at + interval '1 second'"
    change(
        "UPDATE referral_event SET at = LATER WHERE referral_id = :id AND action = 'accept'".replace(
            "LATER", later
        ),
        id=made["accepted"],
    )
    assert findings().keys() == {"moves that no audit chain knows"}


# --- referrals -----------------------------------------------------------------------------------


def test_a_state_that_its_events_do_not_lead_to_is_found(made: Records) -> None:
    # A waitlisted referral has the same clock as a sent one.
    change("UPDATE referral SET state = 'waitlisted' WHERE id = :id", id=made["sent"])
    name = "referrals whose state disagrees with their events"
    assert findings() == {name: [str(made["sent"])]}


def test_a_second_acceptance_is_found(made: Records) -> None:
    change(
        "INSERT INTO referral_event (id, referral_id, position, side, action, at) "
        "SELECT :new, referral_id, 99, side, action, at FROM referral_event "
        "WHERE referral_id = :id AND action = 'accept'",
        id=made["accepted"],
        new=uuid4(),
    )
    assert findings() == {"referrals accepted twice": [str(made["accepted"])]}


@pytest.mark.parametrize(
    ("column", "state"), [("from_state", "draft"), ("from_state", "declined"), ("action", "ask")]
)
def test_a_move_that_no_row_of_the_table_allows_is_found(
    made: Records, column: str, state: str
) -> None:
    change(
        f"UPDATE referral_event SET {column} = :state "
        "WHERE referral_id = :id AND action = 'accept'",
        id=made["accepted"],
        state=state,
    )
    found = findings()
    assert len(found.pop("moves outside the table")) == 1
    assert found.keys() <= ({"moves that no audit chain knows"} if column == "action" else set())


@pytest.mark.parametrize("state", sorted(WATCHED))
def test_an_open_referral_without_its_clock_is_found_in_every_state(
    made: Records, state: State
) -> None:
    referral_id = db.session.scalar(
        text("SELECT id FROM referral WHERE state = :state LIMIT 1"), {"state": state.value}
    )
    db.session.rollback()
    referral_id = UUID(str(referral_id))
    change(
        "UPDATE clock SET stopped_at = due_at WHERE referral_id = :id AND stopped_at IS NULL",
        id=referral_id,
    )
    assert findings() == {"open referrals that nobody watches": [str(referral_id)]}


def test_a_clock_that_is_the_wrong_sides_watches_nothing(
    small: SmallDirectory, made: Records
) -> None:
    change(
        "UPDATE clock SET owner_compartment_id = :sender WHERE referral_id = :id",
        id=made["accepted"],
        sender=small.alder.compartment_id,
    )
    # The answer clock, which has stopped, is moved as well: it watches nothing any more.
    assert findings() == {"open referrals that nobody watches": [str(made["accepted"])]}


@pytest.mark.parametrize(
    "name", ["closed", "recalled", "error", "stopped", "rerouted", "accepted", "connected"]
)
def test_a_clock_that_runs_for_nothing_is_found(made: Records, name: str) -> None:
    change(
        "UPDATE clock SET stopped_at = NULL WHERE referral_id = :id AND kind = :kind",
        id=made[name],
        kind=ClockKind.ANSWER.value,
    )
    found = findings()
    assert found.keys() == {"clocks running for nothing"}
    assert len(found["clocks running for nothing"]) == 1


def test_a_referral_across_networks_is_found(made: Records, now: datetime) -> None:
    other = make_network("Other network", at=now)
    change("UPDATE referral SET network_id = :other WHERE id = :id", id=made["sent"], other=other)
    assert findings() == {"referrals across networks": [str(made["sent"])]}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE referral SET question_sealed = 'Call her sister' WHERE id = :id",
        'UPDATE referral_search SET facts_sealed = \'{"near": "12180"}\' WHERE referral_id = :id',
        "UPDATE referral_event SET note_sealed = 'Her' WHERE referral_id = :id AND action = 'note'",
    ],
    ids=["question", "search", "note"],
)
def test_free_text_in_clear_is_found(made: Records, statement: str) -> None:
    change(statement, id=made["noted"])
    found = findings()
    assert found.keys() == {"free text left in clear"}
    assert len(found["free text left in clear"]) == 1


def test_a_release_that_lasts_too_long_is_found(made: Records) -> None:
    later = "datetime(until, '+61 days')" if is_sqlite() else "until + interval '61 days'"
    longer = "UPDATE feedback_release SET until = LATER WHERE referral_id = :id"
    change(longer.replace("LATER", later), id=made["noted"])
    assert findings() == {"releases that last too long": [str(made["noted"])]}


def test_every_invariant_has_a_test_that_breaks_it() -> None:
    said = Path(__file__).read_text()
    silent = [c.__name__ for c in CHECKS if f'"{c.__name__.replace("_", " ")}"' not in said]
    assert silent == []
