from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from ccr.domain.errors import InvalidInputError, NotFoundError, StaleError
from ccr.domain.outcomes import DeclineReason
from ccr.domain.staffing import Duty
from ccr.policy.identity import Role
from ccr.services import assigning, colleagues, program_people, referral_desk, referrals, sending
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.following import AbsenceRow, DutyRow, FollowUpRow
from ccr.storage.models.operations import OutboxItem
from ccr.storage.queries import accounts, staff
from tests import loop as loops
from tests.loop import Loop, dump, world

DAY = timedelta(days=1)


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


def colleague(program, role=Role.WORKER, at=None):
    """Return one more person of a program."""
    with unit_of_work():
        facts = accounts.get_compartment(program.compartment_id)
        return loops._person(facts, role, at or loops.NOW)


def holder(who, referral_id):
    return assigning.kept_for(who, [referral_id]).get(referral_id)


def holds(who, referral_id):
    kept = holder(who, referral_id)
    return kept.assigned_to if kept else None


def told(who):
    found = db.session.query(OutboxItem).filter_by(account_id=who.user_id).count()
    db.session.rollback()
    return found


def test_of_two_who_take_one_gets_it_and_the_other_hears_so(loop, now):
    referral_id = loop.send()
    first, second = loop.advocates.worker, loop.advocates.admin
    assigning.take(first, referral_id, at=now)
    with pytest.raises(StaleError):
        assigning.take(second, referral_id, at=now)
    assert holds(first, referral_id) == first.user_id
    assigning.take(second, referral_id, held_by=first.user_id, at=now)
    assert holds(first, referral_id) == second.user_id
    assigning.release(second, referral_id, at=now)
    assert holds(first, referral_id) is None


def test_only_its_holder_or_an_administrator_lets_go_of_it(loop, now):
    referral_id, other = loop.send(), colleague(loop.advocates)
    assigning.assign(loop.advocates.worker, referral_id, other.user_id, at=now)
    with pytest.raises(StaleError):
        assigning.release(loop.advocates.worker, referral_id, at=now)
    assigning.release(loop.advocates.admin, referral_id, at=now)
    assert holds(other, referral_id) is None


def test_each_side_keeps_its_own_and_never_sees_the_others(loop, now):
    referral_id = loop.send()
    referral_desk.open_received(loop.advocates.worker, world(), referral_id, at=now)
    views = [
        referral_desk.open_sent(loop.hospital.worker, world(), referral_id, at=now),
        referral_desk.open_received(loop.advocates.worker, world(), referral_id, at=now),
    ]
    assigning.take(loop.hospital.worker, referral_id, at=now)
    assigning.take(loop.advocates.worker, referral_id, at=now)
    assert holds(loop.hospital.admin, referral_id) == loop.hospital.worker.user_id
    assert holds(loop.advocates.admin, referral_id) == loop.advocates.worker.user_id
    assert [
        referral_desk.open_sent(loop.hospital.worker, world(), referral_id, at=now),
        referral_desk.open_received(loop.advocates.worker, world(), referral_id, at=now),
    ] == views
    for stranger in (loop.legal_aid.worker, loop.coordinator):
        with pytest.raises(NotFoundError):
            assigning.take(stranger, referral_id, at=now)


def test_nobody_is_assigned_who_cannot_be_there(loop, now):
    referral_id, gone = loop.send(), colleague(loop.advocates)
    colleagues.disable(loop.advocates.admin, gone.user_id, at=now)
    for account_id in (gone.user_id, loop.hospital.worker.user_id, uuid4()):
        with pytest.raises(InvalidInputError) as refused:
            assigning.assign(loop.advocates.worker, referral_id, account_id, at=now)
        assert refused.value.field == "account_id"
    program_people.add_absence(
        loop.advocates.admin, date(2026, 11, 1), date(2027, 2, 1),
        of=loop.advocates.worker.user_id, at=now,
    )  # fmt: skip
    before = dump()
    with pytest.raises(InvalidInputError):
        assigning.assign_all(
            loop.advocates.admin, [referral_id], loop.advocates.worker.user_id, at=now
        )
    assert dump() == before


def test_a_referral_of_somebody_whose_account_ended_can_be_acted_on_recalled_and_seen(loop, now):
    """peers.md complaint 20: Primero R2-3526, R2-3960, R2-2428; ServiceNet 1544."""
    received, sent, at_advocates = loop.send(), loop.send(), colleague(loop.advocates)
    at_hospital = colleague(loop.hospital)
    for who, what in ((at_advocates, received), (at_hospital, sent)):
        assigning.take(who, what, at=now)
    with unit_of_work():
        staff.save_duties(loop.advocates.compartment_id, Duty.BACK_UP, [at_advocates.user_id])
    program_people.add_absence(at_advocates, date(2027, 1, 1), date(2027, 1, 2), at=now)
    colleagues.disable(loop.advocates.admin, at_advocates.user_id, at=now)
    colleagues.disable(loop.hospital.admin, at_hospital.user_id, at=now)
    assert db.session.query(DutyRow).count() == db.session.query(AbsenceRow).count() == 0
    assert set(db.session.scalars(select(FollowUpRow.assigned_account_id))) == {None}
    db.session.rollback()
    seen = referral_desk.open_received(loop.advocates.admin, world(), received, at=now)
    assert seen.item.view.referral_id == received
    assigning.take(loop.advocates.admin, received, at=now)
    referrals.accept(loop.advocates.admin, world(), received, at=now)
    referrals.recall(loop.hospital.worker, world(), sent, at=now)


def test_a_shift_hands_everything_open_to_the_next_in_one_act(loop, now):
    me, a, b = loop.advocates.worker, colleague(loop.advocates), colleague(loop.advocates)
    mine = [loop.send(at=now - hours * timedelta(hours=1)) for hours in (3, 2, 1)]
    done, others = loop.send(), loop.send()
    for referral_id in (*mine, done):
        assigning.take(me, referral_id, at=now)
    assigning.take(a, others, at=now)
    referrals.decline(me, world(), done, DeclineReason.NO_CAPACITY, at=now)
    before = told(a)
    given = assigning.hand_over(me, [a.user_id, b.user_id], at=now)
    assert given == tuple(mine)
    assert [holds(me, key) for key in mine] == [a.user_id, b.user_id, a.user_id]
    assert holds(me, done) == me.user_id
    assert holds(me, others) == a.user_id
    assert told(a) <= before + 1
    assert assigning.open_of(me, me.user_id, at=now) == ()
    assert holder(a, mine[0]).handed_over_at == now
    assert assigning.take_over(b, mine, at=now) == 1
    assert assigning.take_over(a, mine, at=now) == 2
    assert assigning.take_over(a, mine, at=now) == 0
    assert holder(a, mine[0]).handed_over_at is None


def test_a_hand_over_that_cannot_be_whole_changes_nothing(loop, now):
    me, away = loop.advocates.worker, colleague(loop.advocates)
    assigning.take(me, loop.send(), at=now)
    program_people.add_absence(away, date(2026, 11, 1), date(2027, 2, 1), at=now)
    before = dump()
    for chosen in ([], [away.user_id], [me.user_id], [loop.advocates.admin.user_id, uuid4()]):
        with pytest.raises(InvalidInputError):
            assigning.hand_over(me, chosen, at=now)
    with pytest.raises(NotFoundError):
        assigning.hand_over(away, [loop.advocates.admin.user_id], of=me.user_id, at=now)
    assert dump() == before
    assert len(assigning.hand_over(loop.advocates.admin, [loop.advocates.admin.user_id],
                                   of=me.user_id, at=now)) == 1  # fmt: skip


def test_what_a_sender_hands_over_does_not_tell_what_the_receiver_did(loop, now):
    me, next_shift = loop.hospital.worker, colleague(loop.hospital)
    served, held, plain = loop.send(), loop.send(), loop.send()
    for referral_id in (served, held, plain):
        assigning.take(me, referral_id, at=now)
        referrals.accept(loop.advocates.worker, world(), referral_id, at=now)
    referrals.connect(loop.advocates.worker, world(), served, at=now)
    referrals.close(
        loop.advocates.worker, world(), served, referrals.Outcome.SERVICE_STARTED, at=now
    )
    referrals.hold(loop.advocates.worker, world(), held, now + 30 * DAY, at=now)
    given = assigning.hand_over(me, [next_shift.user_id], at=now + DAY)
    assert set(given) == {served, held, plain}
    assert list(given) == sorted(given)  # they were sent at one moment
    assert assigning.open_of(me, next_shift.user_id, at=now + 90 * DAY) == ()


def test_drafts_are_handed_over_too(loop, now):
    me, next_shift = loop.hospital.worker, colleague(loop.hospital)
    draft_id = loop.draft()
    assigning.take(me, draft_id, at=now)
    assert assigning.hand_over(me, [next_shift.user_id], at=now) == (draft_id,)
    sending.send(next_shift, world(), draft_id, at=now)
    assert holds(me, draft_id) == next_shift.user_id


def test_an_absence_is_ones_own_or_set_by_an_administrator(loop, now):
    first, last = date(2026, 12, 24), date(2027, 1, 1)
    me, admin = loop.advocates.worker, loop.advocates.admin
    program_people.add_absence(me, first, last, at=now)
    program_people.add_absence(admin, first, last, of=me.user_id, at=now)
    with pytest.raises(NotFoundError):
        program_people.add_absence(me, first, last, of=admin.user_id, at=now)
    with pytest.raises(NotFoundError):
        program_people.add_absence(admin, first, last, of=loop.hospital.worker.user_id, at=now)
    found = program_people.program_people(admin, at=now).absences
    assert len(found) == 2
    with pytest.raises(NotFoundError):
        program_people.end_absence(loop.hospital.admin, found[0].stored.id, at=now)
    program_people.end_absence(admin, found[0].stored.id, at=now)
    program_people.end_absence(me, found[1].stored.id, at=now)
    assert program_people.program_people(admin, at=now).absences == ()


def test_duties_are_named_by_the_administrator_and_of_the_program_alone(loop, now):
    admin, worker = loop.advocates.admin, loop.advocates.worker
    program_people.name_duties(admin, Duty.SUPERVISOR, [worker.user_id], at=now)
    people = program_people.program_people(worker, at=now).people
    assert {p.account_id: p.duties for p in people}[worker.user_id] == {Duty.SUPERVISOR}
    with pytest.raises(InvalidInputError):
        program_people.name_duties(admin, Duty.BACK_UP, [loop.hospital.worker.user_id], at=now)
    program_people.name_duties(admin, Duty.SUPERVISOR, [], at=now)
    assert db.session.query(DutyRow).count() == 0
    db.session.rollback()
