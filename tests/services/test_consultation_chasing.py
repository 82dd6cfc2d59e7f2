"""Chasing a consultation over a database: whom each step tells, once, and never the program."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from ccr.domain.clocks import STEP_OFFSETS, Step
from ccr.domain.consultation_advice import Advice, Concern
from ccr.domain.directory_history import RecordKind
from ccr.domain.errors import InvalidInputError
from ccr.domain.safety_consultation import Call, Called, Question, Receipt
from ccr.domain.staffing import Duty
from ccr.domain.taxonomy import Urgency
from ccr.jobs.tasks import JOBS
from ccr.policy.identity import Identity, Role
from ccr.services import (
    accounts,
    consultation_chasing,
    consultations,
    coordination,
    leaving,
    merging,
    program_people,
)
from ccr.services.consultation_chasing import ConsultationRun, run
from ccr.services.one_by_one import LeftBehindError
from ccr.storage.db import db
from ccr.storage.models.audit import AuditEventRow
from ccr.storage.models.consultations import ConsultationRow
from ccr.storage.models.operations import OutboxItem
from ccr.storage.queries import verification
from tests.coordination import coordinator, sign_protocol
from tests.loop import dump, world
from tests.people import add_colleague
from tests.services.test_practice import inside
from tests.small_directory import SmallDirectory, make_small_directory

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OFFSETS = STEP_OFFSETS[Urgency.IMMEDIATE]
Told = set[tuple[UUID, str]]


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    small = make_small_directory(at=now)
    sign_protocol(small, small.birch, signed_on=date(2026, 1, 1), expires_on=None)
    return small


@pytest.fixture(autouse=True)
def every_invariant_holds(app: Flask):
    yield
    broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
    broken.pop("services_without_search_text", None)
    assert broken == {}


def ask(small: SmallDirectory, at: datetime, urgency: Urgency = Urgency.STANDARD) -> UUID:
    question = Question(Concern.ESCALATION, urgency, Call(Called.MESSAGE))
    return consultations.ask(small.dune.identity, world(), question, at=at)


def told_at(at: datetime) -> Told:
    """Run the worker at a moment; return whom it tells what."""
    db.session.query(OutboxItem).delete()
    db.session.commit()
    run(world(), at=at)
    return {(row.account_id, row.template) for row in db.session.query(OutboxItem)}


def account_of(who: Identity) -> UUID:
    assert who.user_id is not None
    return who.user_id


def test_r79_worker_then_back_up_then_supervisor_then_coordinator_and_again_until_it_is_read(
    small: SmallDirectory, now: datetime
) -> None:
    admin = add_colleague(small.birch, Role.AGENCY_ADMIN, "boss@example.org", at=now)
    stands_in = add_colleague(small.birch, Role.ADVOCATE, "second@example.org", at=now)
    program_people.name_duties(admin, Duty.BACK_UP, [account_of(stands_in)], at=now)
    program_people.name_duties(admin, Duty.SUPERVISOR, [account_of(admin)], at=now)
    absent = account_of(stands_in)
    program_people.add_absence(stands_in, date(2026, 11, 1), date(2026, 11, 30), at=now)
    made, due, mine = ask(small, now), now + HOUR, account_of(small.birch.identity)
    program = account_of(small.dune.identity)
    assert told_at(due - MINUTE) == set()
    first = told_at(due)
    assert {who for who, what in first if what == "item-overdue"} >= {mine, account_of(admin)}
    assert (program, "act-now") in first
    assert absent not in {who for who, _ in first}
    assert told_at(due + OFFSETS[Step.ESCALATE]) == {(account_of(admin), "item-overdue")}
    again = told_at(due + OFFSETS[Step.ESCALATE] + 15 * MINUTE)
    assert {what for _, what in again} == {"item-overdue"}
    late = told_at(due + OFFSETS[Step.COORDINATOR])
    network_desk = db.session.scalars(
        select(OutboxItem.compartment_id).where(OutboxItem.template == "item-to-review")
    ).all()
    assert set(network_desk) == {coordinator(small).compartment_id}
    assert program not in {who for who, _ in late}
    consultations.acknowledge(small.birch.identity, made, at=due + 3 * HOUR)
    assert told_at(due + 4 * HOUR) == set()
    assert told_at(now + DAY) == {(program, "item-to-review")}
    assert told_at(now + 9 * DAY) == set()


def test_one_that_was_read_in_time_is_never_chased(small: SmallDirectory, now: datetime) -> None:
    made = ask(small, now, Urgency.IMMEDIATE)
    consultations.acknowledge(small.birch.identity, made, at=now + MINUTE)
    program = account_of(small.dune.identity)
    assert told_at(now + HOUR) == {(program, "item-to-review")}
    assert told_at(now + DAY) == set()
    assert db.session.scalar(select(ConsultationRow.next_step_at)) is None


def test_coordinators_see_that_somebody_is_late_and_never_which_or_how_many(
    small: SmallDirectory, now: datetime
) -> None:
    for _ in range(3):
        ask(small, now)
    late = now + HOUR + OFFSETS[Step.COORDINATOR]
    told = told_at(late)
    desk = coordinator(small)
    notices = db.session.scalar(
        select(func.count()).where(OutboxItem.compartment_id == desk.compartment_id)
    )
    assert notices == 1
    assert told
    (row,) = coordination.late_answers(desk, "America/New_York", at=late)
    assert row.member_id == small.birch.member_id
    chain = select(AuditEventRow.subject_type).where(
        AuditEventRow.compartment_id == desk.compartment_id
    )
    assert "consultation" not in db.session.scalars(chain).all()


def test_running_twice_and_two_workers_at_once_have_one_effect(
    app: Flask, small: SmallDirectory, now: datetime
) -> None:
    for _ in range(12):
        ask(small, now)
    ready, runs = threading.Barrier(2), []

    def work() -> None:
        with app.app_context():
            ready.wait()
            runs.append(run(world(), at=now + HOUR))
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one.looked_at for one in runs) == 12
    reminded = select(func.count()).where(AuditEventRow.verb == "reminded")
    assert db.session.scalar(reminded) == 12
    db.session.rollback()
    before = dump()
    assert run(world(), at=now + HOUR) == ConsultationRun()
    assert dump() == before


def test_one_that_cannot_be_taken_holds_up_none_of_the_others(
    small: SmallDirectory, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = ask(small, now), ask(small, now)
    real = consultation_chasing.due_now

    def due_now(moments, answered, chased, at):
        if broken and moments.raised_at == now - DAY:
            raise RuntimeError
        return real(moments, answered, chased, at)

    db.session.query(ConsultationRow).filter_by(id=bad).update({"raised_at": now - DAY})
    db.session.commit()
    broken = True
    monkeypatch.setattr(consultation_chasing, "due_now", due_now)
    with pytest.raises(LeftBehindError):
        run(world(), at=now + HOUR)
    steps = dict(db.session.execute(select(ConsultationRow.id, ConsultationRow.step)).all())
    db.session.rollback()
    assert steps == {bad: 0, good: 1}
    broken = False
    assert run(world(), at=now + HOUR).looked_at == 1


def test_a_tick_that_breaks_half_way_has_done_nothing(
    small: SmallDirectory, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(small, now)
    before = dump()

    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(consultation_chasing, "notify_all", fail)
        with pytest.raises(LeftBehindError):
            run(world(), at=now + HOUR)
    assert dump() == before


def test_the_worker_runs_it_each_minute_and_forgets_what_is_old(
    small: SmallDirectory, now: datetime
) -> None:
    ask(small, now)
    jobs = {job.name: job for job in JOBS}
    jobs["consultations"].run(world(), now + HOUR)
    assert db.session.scalar(select(ConsultationRow.step)) == 1
    db.session.rollback()
    jobs["upkeep"].run(world(), now + 731 * DAY)
    assert db.session.scalar(select(func.count()).select_from(ConsultationRow)) == 0


def test_a_partner_that_is_suspended_or_leaves_breaks_nothing(
    small: SmallDirectory, now: datetime
) -> None:
    who, me = coordinator(small), small.dune.identity
    made = ask(small, now)
    assert leaving.suspend(who, world(), small.birch.member_id, at=now + MINUTE)
    consultations.acknowledge(small.birch.identity, made, at=now + 2 * MINUTE)
    assert leaving.begin_leaving(who, world(), small.birch.member_id, at=now + 3 * MINUTE)
    waits = ask(small, now + 4 * MINUTE)  # Cedar takes part
    assert consultations.open_asked(me, waits, at=now + HOUR).partner_name == "Cedar House (demo)"
    leaving.leave(who, world(), small.birch.member_id, at=now + 5 * MINUTE)
    shown = consultations.open_asked(me, made, at=now + HOUR).shown
    assert shown.receipt is Receipt.READ_IN_TIME
    for after in (HOUR, 5 * HOUR, 3 * DAY):
        run(world(), at=now + after)


def test_a_program_that_leaves_keeps_nothing_open_that_could_be_forgotten(
    small: SmallDirectory, now: datetime
) -> None:
    made, who = ask(small, now), coordinator(small)
    leaving.begin_leaving(who, world(), small.dune.member_id, at=now + MINUTE)
    leaving.leave(who, world(), small.dune.member_id, at=now + 2 * MINUTE)
    assert told_at(now + HOUR)
    consultations.advise(small.birch.identity, made, [Advice.TALK_FIRST], at=now + 2 * HOUR)
    assert told_at(now + DAY) == set()


def test_a_member_that_was_consulted_is_not_the_one_that_goes_in_a_merge(
    small: SmallDirectory, now: datetime
) -> None:
    ask(small, now)
    operator, kind = accounts.terminal_identity(), RecordKind.MEMBER
    pair = small.cedar.member_id, small.birch.member_id
    with pytest.raises(InvalidInputError, match="Keep that one"):
        merging.merge(operator, kind, *pair, (), versions=(1, 1), at=now)
    assert consultations.received(small.birch.identity).total == 1


def test_in_a_practice_space_nobody_real_is_asked_or_told(
    small: SmallDirectory, now: datetime
) -> None:
    me = inside(small.dune.identity, now)
    # Invented partners are none of victim services: the page leads to the hotlines.
    assert consultations.ready_to_ask(me, world(), at=now).partner is None
    question = Question(Concern.WEAPON, Urgency.IMMEDIATE, Call(Called.CALLING))
    with pytest.raises(InvalidInputError, match="hotline"):
        consultations.ask(me, world(), question, at=now)
    assert consultations.own(small.dune.identity, at=now).total == 0
    assert consultations.received(small.birch.identity).total == 0
    assert told_at(now + DAY) == set()
