"""`flask verify`: sound data has no finding; each kind of damage has exactly its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from ccr.domain.clocks import Side
from ccr.domain.errors import ForbiddenError
from ccr.domain.referral import possible_actions
from ccr.domain.referral_states import State
from ccr.policy.identity import Role
from ccr.services import followups, referrals
from ccr.services.accounts import terminal_identity
from ccr.services.verification import verify_storage
from ccr.storage.db import db
from ccr.storage.queries.referrals import rows_changed
from ccr.storage.queries.verification import CHECKS, WATCHED
from tests.loop import world
from tests.people import make_network
from tests.referral_builders import Always, sent
from tests.small_directory import SmallDirectory, make_referrals, make_small_directory

FILE = "broken database file"


@dataclass(frozen=True)
class Damage:
    """One change that nobody may make, and what it is found as.

    Attributes:
        also: a second finding that cannot be kept away, such as SQLite's own about a broken key.
        guards: what PostgreSQL has to drop first, as "table.constraint".
    """

    statement: str
    finds: str
    also: str = ""
    guards: tuple[str, ...] = ()


UNHIDE = "service_at_location.fk_service_at_location_location_id_confidential"
DIRECTORY = {
    "hidden-place": Damage(
        "UPDATE location SET city = 'Troy' WHERE id = :hidden_location",
        "hidden places with a place",
        FILE,
        ("location.ck_location_confidential_has_no_place",),
    ),
    "hidden-at-public": Damage(
        "UPDATE location SET confidential = false WHERE id = :hidden_location",
        "hidden services at public places",
        FILE,
        (UNHIDE,),
    ),
    "fine-area": Damage(
        "UPDATE service_area SET extent = 'zip', code = '12180' "
        "WHERE service_id = :hidden_service AND code = '36083'",
        "hidden services with fine areas",
        FILE,
        ("service_area.ck_service_area_confidential_is_coarse",),
    ),
    "anothers-program": Damage(
        "UPDATE service SET compartment_id = :cedar WHERE id = :service",
        "services of another members program",
    ),
    "abusive-partners-beside": Damage(
        "INSERT INTO service_need (service_id, need) "
        "VALUES (:service, 'abusive-partner-intervention')",
        "abusive partner programs beside victim services",
    ),
    "no-search-text": Damage(
        "DELETE FROM service_text WHERE service_id = :service", "services without search text"
    ),
    "no-program": Damage(
        "UPDATE compartment SET member_id = :alder_member, name = 'Moved' WHERE id = :dune",
        "members without a program",
        "services of another members program",
    ),
    "practice-in-earnest": Damage(
        "UPDATE account SET practice_compartment_id = :cedar WHERE id = :advocate",
        "accounts that practise in earnest",
    ),
    "wrong-role": Damage(
        "INSERT INTO account_role (account_id, role_id) "
        "SELECT :advocate, id FROM role WHERE name = 'facilitator'",
        "accounts in the wrong program",
    ),
}
TRAIL = {
    "forged": Damage(
        "UPDATE audit_event SET reason = 'forged' WHERE compartment_id = :birch AND position = 2",
        "broken audit chains",
    ),
    "first-gone": Damage(
        "DELETE FROM audit_event WHERE compartment_id = :birch AND position = 1",
        "broken audit chains",
        "moves that no audit chain knows",
    ),
    "last-gone": Damage(
        "DELETE FROM audit_event WHERE compartment_id = :birch AND verb = 'note'",
        "broken audit chains",
    ),
    "end-moved": Damage(
        "UPDATE audit_head SET position = position + 1 WHERE compartment_id = :birch",
        "broken audit chains",
    ),
    "end-gone": Damage(
        "DELETE FROM audit_head WHERE compartment_id = :birch", "broken audit chains"
    ),
    "not-audited": Damage(
        "UPDATE referral_event SET at = :later WHERE referral_id = :accepted AND action = 'accept'",
        "moves that no audit chain knows",
    ),
}
REFERRALS = {
    "told-by-nobody": Damage(
        "INSERT INTO referral_event (id, referral_id, position, side, action, told_by_role, at) "
        "SELECT :new, referral_id, 98, 'sender', 'phone-decline', 'volunteer', at "
        "FROM referral_event WHERE referral_id = :accepted AND action = 'accept'",
        "answers by phone that nobody gave",
    ),
    # A waitlisted referral has the same clock as a sent one.
    "state": Damage(
        "UPDATE referral SET state = 'waitlisted' WHERE id = :sent",
        "referrals whose state disagrees with their events",
    ),
    "twice": Damage(
        "INSERT INTO referral_event (id, referral_id, position, side, action, at) "
        "SELECT :new, referral_id, 99, side, action, at FROM referral_event "
        "WHERE referral_id = :accepted AND action = 'accept'",
        "referrals accepted twice",
    ),
    "from-draft": Damage(
        "UPDATE referral_event SET from_state = 'draft' "
        "WHERE referral_id = :accepted AND action = 'accept'",
        "moves outside the table",
    ),
    "no-such-row": Damage(
        "UPDATE referral_event SET action = 'ask' "
        "WHERE referral_id = :accepted AND action = 'accept'",
        "moves outside the table",
        "moves that no audit chain knows",
    ),
    "wrong-side": Damage(
        "UPDATE clock SET owner_compartment_id = :alder WHERE referral_id = :accepted",
        "open referrals that nobody watches",
    ),
    **{
        f"unwatched-{name}": Damage(
            f"UPDATE clock SET stopped_at = due_at WHERE referral_id = :{name}",
            "open referrals that nobody watches",
        )
        for name in (
            "sent",
            "asking",
            "waitlisted",
            "declined",
            "accepted",
            "reached",
            "held",
            "connected",
        )
    },
    **{
        f"running-{name}": Damage(
            f"UPDATE clock SET stopped_at = NULL WHERE referral_id = :{name} AND kind = 'answer'",
            "clocks running for nothing",
        )
        for name in ("closed", "recalled", "error", "stopped", "rerouted", "accepted", "connected")
    },
    "other-network": Damage(
        "UPDATE referral SET network_id = :other_network WHERE id = :sent",
        "referrals across networks",
    ),
    "question-in-clear": Damage(
        "UPDATE referral SET question_sealed = 'Call her' WHERE id = :noted",
        "free text left in clear",
    ),
    "search-in-clear": Damage(
        "UPDATE referral_search SET facts_sealed = '12180' WHERE referral_id = :noted",
        "free text left in clear",
    ),
    "note-in-clear": Damage(
        "UPDATE referral_event SET note_sealed = 'Her' WHERE referral_id = :noted "
        "AND action = 'note'",
        "free text left in clear",
    ),
    "long-release": Damage(
        "UPDATE feedback_release SET until = :next_year WHERE referral_id = :noted",
        "releases that last too long",
    ),
}
NETWORK = {
    "gap-elsewhere": Damage(
        "INSERT INTO gap (id, network_id, key, owner_member_id, next_step, due_on, status, "
        "reason, evidence_there, times_back, opened_at, updated_at, version) "
        "SELECT :new, :other_network, 'none', id, 'Ask', DATE('2026-12-01'), 'open', '', active, "
        "0, updated_at, updated_at, 1 FROM member "
        "WHERE id = :alder_member",
        "gaps owned from another network",
    ),
    "small-figure": Damage(
        "INSERT INTO published_figure (network_id, period, measure, cell, value, published_at) "
        "SELECT network_id, '2026Q3', 'sent', 'law', 5, updated_at FROM member "
        "WHERE id = :alder_member",
        "published figures of ten or fewer",
        FILE,
        ("published_figure.ck_published_figure_never_small",),
    ),
    "how-often-a-pathway": Damage(
        "INSERT INTO published_figure (network_id, period, measure, cell, value, published_at) "
        "SELECT network_id, '2025', 'used-pathway', 'a>b', 40, updated_at FROM member "
        "WHERE id = :alder_member",
        "used pathways that say how often",
    ),
    "protocol-of-others": Damage(
        "INSERT INTO consultation_protocol (id, network_id, program_compartment_id, "
        "partner_member_id, signed_on) SELECT :new, network_id, :birch, id, DATE('2026-01-01') "
        "FROM member WHERE id = :alder_member",
        "protocols of other than abusive partner programs",
    ),
    "couples-counseling": Damage(
        "UPDATE service SET name = 'Couples counseling' WHERE id = :service",
        "couples counseling that answers abuse",
    ),
    "pathway-elsewhere": Damage(
        "INSERT INTO pathway (id, network_id, from_member_id, to_member_id, need, promised_on) "
        "SELECT :new, :other_network, :alder_member, member_id, '', DATE('2026-01-01') "
        "FROM compartment WHERE id = :birch",
        "pathways across networks",
    ),
    "agreement-of-one": Damage(
        "INSERT INTO linkage (id, network_id, series_id, version, needs, terms, terms_line, "
        "signed_on) SELECT :new, network_id, :new, 1, '[]', '[]', '', DATE('2026-01-01') "
        "FROM member WHERE id = :alder_member",
        "agreements of fewer than two parties",
    ),
    "action-elsewhere": Damage(
        "INSERT INTO action (id, network_id, source, text, owner_member_id, due_on, status, "
        "opened_at, version) SELECT :new, :other_network, 'audit', 'Ask', id, "
        "DATE('2026-12-01'), 'open', updated_at, 1 FROM member WHERE id = :alder_member",
        "actions owned from another network",
    ),
}
_CONSULTATION = (
    "INSERT INTO safety_consultation (id, network_id, code, program_compartment_id, "
    "partner_member_id, partner_compartment_id, concern, urgency, called, steps, raised_at, "
    "due_at, told_at, advice, step, next_step_at, version) SELECT :new, network_id, 'a', {program},"
    " id, :birch, 'threat', 'immediate', 'spoke', '[]', updated_at, updated_at, updated_at, '[]', "
    "0, {next_step}, 1 FROM member WHERE id = :alder_member"
)
_RESULT = (
    "INSERT INTO risk_information (id, network_id, program_compartment_id, from_compartment_id, "
    "referral_id, result_sealed, given_at) SELECT :new, network_id, receiver_compartment_id, "
    "sender_compartment_id, id, '{sealed}', sent_at FROM referral WHERE id = :accepted"
)
PROGRAMS = {
    "consultation-of-others": Damage(
        _CONSULTATION.format(program=":alder", next_step="updated_at"),
        "consultations of the wrong two",
    ),
    "consultation-left-alone": Damage(
        _CONSULTATION.format(program=":dune", next_step="NULL"), "consultations that nobody chases"
    ),
    "result-to-victim-services": Damage(
        _RESULT.format(sealed="v1.a.b"), "risk information in the wrong hands"
    ),
    "result-in-clear": Damage(
        _RESULT.format(sealed="high"),
        "risk information left in clear",
        "risk information in the wrong hands",
    ),
}
DAMAGES = NETWORK | DIRECTORY | TRAIL | REFERRALS | PROGRAMS


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


def findings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in verify_storage(terminal_identity("Test network")).findings:
        found.setdefault(finding.invariant, []).append(finding.where)
    return found


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


@contextmanager
def defenceless(damage: Damage) -> Iterator[None]:
    """Be in a transaction without the guards of the database, and take all of it back."""
    db.session.rollback()
    if is_sqlite():
        # Outside of a transaction, or the switch has no effect; the pool hands the same
        # connection out again.
        raw = db.engine.raw_connection()
        for switch in ("foreign_keys=OFF", "ignore_check_constraints=ON"):
            raw.cursor().execute(f"PRAGMA {switch}")
        raw.close()
        for trigger in ("audit_event_no_update", "audit_event_no_delete"):
            db.session.execute(text(f"DROP TRIGGER {trigger}"))
    else:
        db.session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
        for guard in damage.guards:
            table, _, name = guard.partition(".")
            db.session.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
    try:
        yield
    finally:
        db.session.rollback()


def bound(statement: str, values: dict[str, object]) -> dict[str, object]:
    """Return the values that a statement names, as raw SQL of this engine takes them."""
    named = {k: v for k, v in values.items() if k in text(statement)._bindparams}
    if not is_sqlite():
        return named
    return {
        k: v.hex if isinstance(v, UUID) else str(v.replace(tzinfo=None))
        for k, v in named.items()
        if isinstance(v, UUID | datetime)
    }


def test_referrals_in_every_state_give_no_finding(small: SmallDirectory, now: datetime) -> None:
    make_referrals(small, now)
    states = set(db.session.scalars(text("SELECT DISTINCT state FROM referral")))
    assert states == {state.value for state in State}
    assert findings() == {}
    followups.run_clocks(world(), at=now + timedelta(days=5))  # reminders, and holds that end
    assert findings() == {}


def test_each_kind_of_damage_is_found_as_what_it_is(small: SmallDirectory, now: datetime) -> None:
    made = make_referrals(small, now)
    referrals.add_note(
        small.birch.identity, world(), made["accepted"], Side.RECEIVER, "Note.", at=now
    )
    values: dict[str, object] = {
        **made,
        **small.compartments,
        "new": uuid4(),
        "service": small.birch_service_id,
        "hidden_service": small.cedar_service_id,
        "hidden_location": small.cedar_location_id,
        "advocate": small.birch.identity.user_id,
        "alder_member": small.alder.member_id,
        "other_network": make_network("Other network", at=now),
        "later": now + timedelta(seconds=1),
        "next_year": now + timedelta(days=365),
    }
    assert findings() == {}
    expected, found = {}, {}
    for name, damage in DAMAGES.items():
        with defenceless(damage):
            statement = text(damage.statement).bindparams(**bound(damage.statement, values))
            assert rows_changed(statement) >= 1, name
            kinds = set(findings())
        expected[name] = {damage.finds}
        found[name] = kinds - ({damage.also} - {damage.finds})
    assert found == expected
    assert findings() == {}


def test_a_finding_names_the_record_and_nothing_of_its_content(
    small: SmallDirectory, now: datetime
) -> None:
    made = make_referrals(small, now)
    damage = DAMAGES["question-in-clear"]
    with defenceless(damage):
        rows_changed(
            text(damage.statement).bindparams(**bound(damage.statement, {"noted": made["noted"]}))
        )
        assert findings() == {"free text left in clear": [str(made["noted"])]}


def test_a_reference_to_nothing_is_found_in_the_file(sqlite_app: Flask, now: datetime) -> None:
    make_small_directory(at=now)
    with defenceless(Damage("", FILE)):
        rows_changed(text("UPDATE phone SET service_id = 'gone' WHERE is_private"))
        assert findings().keys() == {FILE}


def test_a_damaged_index_is_found_in_the_file(sqlite_app: Flask, now: datetime) -> None:
    make_small_directory(at=now)
    root = db.session.scalar(
        text("SELECT rootpage FROM sqlite_schema WHERE name = 'ix_service_network_name'")
    )
    size = db.session.scalar(text("PRAGMA page_size"))
    db.session.remove()
    raw = db.engine.raw_connection()
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    db.engine.dispose()
    with (world().settings.data_dir / "ccr.db").open("r+b") as file:
        file.seek(root * size - 40)  # the end of its page: where its first entries are
        file.write(b"x" * 40)
    assert findings().keys() == {FILE}


def test_every_invariant_has_a_damage_that_breaks_it() -> None:
    broken = {damage.finds for damage in DAMAGES.values()} | {FILE}
    assert broken == {check.__name__.replace("_", " ") for check in CHECKS}


@given(st.data())
def test_what_is_watched_in_each_state_is_what_the_table_of_acts_leads_to(
    data: st.DataObject,
) -> None:
    story = replace(sent(), calendar=Always())
    at = story.referral.sent_at
    assert at is not None
    for _ in range(data.draw(st.integers(0, 8))):
        at += timedelta(minutes=20)
        acts = [
            (action, side)
            for side in Side
            for action in sorted(possible_actions(story.referral, side, at))
        ]
        if not acts:
            break
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
