from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from ccr.domain.clocks import Side
from ccr.domain.errors import IllegalTransitionError, InvalidInputError, NotFoundError
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome
from ccr.domain.referral_views import Group, Status
from ccr.domain.release import ConfirmedHow
from ccr.domain.taxonomy import Known, Regime
from ccr.services import referral_desk, referral_documents, referrals, releases
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import MemberRow
from ccr.storage.models.operations import OutboxItem
from tests import loop as loops
from tests.loop import Loop, dump, world

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
WRITTEN, SPOKEN = ConfirmedHow.WRITTEN, ConfirmedHow.SPOKEN


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


@pytest.fixture
def accepted(loop, now):
    referral_id = loop.send(release_days=30)
    referrals.accept(loop.advocates.worker, world(), referral_id, at=now)
    return referral_id


def sender(loop, referral_id, at):
    return referral_desk.open_sent(loop.hospital.worker, world(), referral_id, at=at).item.view


def receiver(loop, referral_id, at):
    return referral_desk.open_received(loop.advocates.worker, world(), referral_id, at=at).item.view


def in_progress(loop, referral_id, at):
    referrals.record_attempt(
        loop.advocates.worker, world(), referral_id, AttemptKind.REACHED, Known.YES, at=at
    )


def test_victim_services_confirm_in_writing_only(loop, now, accepted):
    with pytest.raises(InvalidInputError) as refusal:
        releases.confirm(loop.advocates.worker, world(), accepted, SPOKEN, at=now)
    assert refusal.value.field == "how"
    releases.confirm(loop.advocates.worker, world(), accepted, WRITTEN, at=now)
    assert receiver(loop, accepted, now).release.in_force


def test_where_no_regime_demands_writing_a_spoken_yes_is_enough(loop, now):
    referral_id = loop.send(to=loop.legal_aid, release_days=30)
    me = loop.legal_aid.worker
    referrals.accept(me, world(), referral_id, at=now)
    assert releases.confirm(me, world(), referral_id, SPOKEN, at=now).confirmed_at == now


def test_with_it_the_sender_sees_the_loop_close_and_without_it_nothing(loop, now, accepted):
    in_progress(loop, accepted, now + HOUR)
    assert sender(loop, accepted, now + HOUR).status is Status.ACCEPTED
    releases.confirm(loop.advocates.worker, world(), accepted, WRITTEN, at=now + HOUR)
    assert sender(loop, accepted, now + HOUR).status is Status.IN_PROGRESS
    referrals.connect(loop.advocates.worker, world(), accepted, at=now + 2 * HOUR)
    referrals.close(
        loop.advocates.worker, world(), accepted, Outcome.SERVICE_STARTED, at=now + 3 * HOUR
    )
    assert sender(loop, accepted, now + 3 * HOUR).outcome is Outcome.SERVICE_STARTED


def test_it_ends_at_its_end_to_the_microsecond_on_page_and_list(loop, now, accepted):
    in_progress(loop, accepted, now)
    releases.confirm(loop.advocates.worker, world(), accepted, WRITTEN, at=now)
    end = now + timedelta(days=30)
    me = loop.hospital.worker
    for at, status, group in (
        (end - TICK, Status.IN_PROGRESS, Group.TAKEN),
        (end, Status.NOT_SHARED, Group.DONE),
        (end + TICK, Status.NOT_SHARED, Group.DONE),
    ):
        assert sender(loop, accepted, at).status is status
        page, counts = referral_desk.outbox(me, world(), group, at=at)
        assert [item.view.status for item in page.items] == [status]
        assert counts[group] == 1


@pytest.mark.parametrize("side", [Side.SENDER, Side.RECEIVER])
def test_either_side_ends_it_at_once(loop, now, accepted, side):
    in_progress(loop, accepted, now)
    releases.confirm(loop.advocates.worker, world(), accepted, WRITTEN, at=now)
    who = loop.hospital.worker if side is Side.SENDER else loop.advocates.worker
    releases.withdraw(who, world(), accepted, side, at=now + HOUR)
    assert sender(loop, accepted, now + HOUR).status is Status.ACCEPTED
    assert not receiver(loop, accepted, now + HOUR).release.in_force


def test_ending_it_twice_is_as_once_and_to_the_sender_it_is_gone(loop, now, accepted):
    releases.withdraw(loop.advocates.worker, world(), accepted, Side.RECEIVER, at=now)
    releases.withdraw(loop.advocates.worker, world(), accepted, Side.RECEIVER, at=now + HOUR)
    assert sender(loop, accepted, now + HOUR).release is None
    releases.withdraw(loop.hospital.worker, world(), accepted, Side.SENDER, at=now + HOUR)
    assert sender(loop, accepted, now + HOUR).release is None
    assert receiver(loop, accepted, now + HOUR).release.withdrawn_at == now


def test_a_refusal_looks_like_nothing_and_cannot_be_turned_round(loop, now, accepted):
    before = sender(loop, accepted, now + HOUR)
    notices = db.session.query(OutboxItem).count()
    releases.refuse(loop.advocates.worker, world(), accepted, at=now)
    assert sender(loop, accepted, now + HOUR) == before
    assert db.session.query(OutboxItem).count() == notices
    with pytest.raises(IllegalTransitionError):
        releases.confirm(loop.advocates.worker, world(), accepted, WRITTEN, at=now + HOUR)


def test_before_accepting_there_is_no_release_to_confirm(loop, now):
    referral_id = loop.send(release_days=30)
    with pytest.raises(NotFoundError):
        releases.confirm(loop.advocates.worker, world(), referral_id, WRITTEN, at=now)
    with pytest.raises(NotFoundError):
        releases.withdraw(loop.advocates.worker, world(), referral_id, Side.RECEIVER, at=now)


def test_it_can_be_asked_for_later_and_anew(loop, now):
    referral_id = loop.send()
    me, they = loop.hospital.worker, loop.advocates.worker
    referrals.accept(they, world(), referral_id, at=now)
    releases.ask(me, world(), referral_id, now + timedelta(days=5), at=now)
    releases.confirm(they, world(), referral_id, WRITTEN, at=now)
    again = now + timedelta(days=6)
    releases.ask(me, world(), referral_id, again + timedelta(days=90), at=again)
    view = receiver(loop, referral_id, again)
    assert (view.release.confirmed_at, view.release.in_force) == (None, False)
    releases.confirm(they, world(), referral_id, WRITTEN, at=again)
    assert receiver(loop, referral_id, again).release.in_force


def test_blank_past_and_too_long_ends_are_refused(loop, now, accepted):
    before = dump()
    for days in (None, 0, -1, 91):
        until = None if days is None else now + timedelta(days=days)
        with pytest.raises(InvalidInputError) as refusal:
            releases.ask(loop.hospital.worker, world(), accepted, until, at=now)
        assert refusal.value.field == "until"
    assert dump() == before


def test_asking_works_the_same_whatever_the_receiver_did(loop, now, accepted):
    until = now + timedelta(days=9)
    releases.ask(loop.hospital.worker, world(), accepted, until, at=now)
    referrals.close(loop.advocates.worker, world(), accepted, Outcome.UNKNOWN, at=now)
    releases.ask(loop.hospital.worker, world(), accepted, until, at=now + HOUR)


def test_what_came_back_has_no_release(loop, now):
    referral_id = loop.send()
    referrals.decline(loop.advocates.worker, world(), referral_id, DeclineReason.OTHER, at=now)
    with pytest.raises(IllegalTransitionError):
        releases.ask(loop.hospital.worker, world(), referral_id, now + HOUR, at=now)


def test_the_persons_stop_ends_it(loop, now, accepted):
    releases.confirm(loop.advocates.worker, world(), accepted, WRITTEN, at=now)
    referrals.stop(loop.hospital.worker, world(), accepted, at=now + HOUR)
    assert sender(loop, accepted, now + HOUR).status is Status.STOPPED
    with pytest.raises(NotFoundError):
        releases.confirm(loop.advocates.worker, world(), accepted, WRITTEN, at=now + HOUR)


def test_others_have_nothing_of_it(loop, now, accepted):
    kept = frozenset({"audit_event", "audit_head"})
    before = dump(without=kept)
    for who in (loop.legal_aid.worker, loop.coordinator, loop.apip.worker):
        for referral_id in (accepted, uuid4()):
            for act in (
                lambda: releases.ask(who, world(), referral_id, now + HOUR, at=now),  # noqa: B023
                lambda: releases.confirm(who, world(), referral_id, WRITTEN, at=now),  # noqa: B023
                lambda: releases.refuse(who, world(), referral_id, at=now),  # noqa: B023
                lambda: releases.withdraw(who, world(), referral_id, Side.SENDER, at=now),  # noqa: B023
            ):
                with pytest.raises(NotFoundError, match="nothing at this address"):
                    act()
    with pytest.raises(NotFoundError):
        releases.confirm(loop.hospital.worker, world(), accepted, WRITTEN, at=now)
    assert dump(without=kept) == before


def test_nothing_in_the_house_overrides_it():
    from ccr.policy.permissions import Permission

    assert not [p for p in Permission if "override" in p.value or "break" in p.value]


def test_r31_what_a_substance_use_program_tells_carries_the_notice_and_needs_its_own_consent(
    loop, now
):
    with unit_of_work():
        clinic = loops.program(loop.network_id, "Clinic")
        member = db.session.get(MemberRow, clinic.member_id)
        member.regime = Regime.PART_2.value
    worker = replace(clinic.worker, regime=Regime.PART_2)
    referral_id = loop.send(to=clinic, release_days=30)
    referrals.accept(worker, world(), referral_id, at=now)
    with pytest.raises(InvalidInputError):
        releases.confirm(worker, world(), referral_id, WRITTEN, at=now)
    assert sender(loop, referral_id, now).release is None
    releases.confirm(worker, world(), referral_id, ConfirmedHow.PART_2, at=now)
    seen = sender(loop, referral_id, now)
    assert seen.release.of_part_2
    document = referral_documents.referral_document(
        loop.hospital.worker, world(), referral_id, at=now
    )
    assert "42 CFR part 2" in document["release"]["redisclosure"]
    releases.withdraw(worker, world(), referral_id, Side.RECEIVER, at=now)
    assert sender(loop, referral_id, now).release is None
