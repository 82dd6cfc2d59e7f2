"""One referral that cannot be read or moved holds up none of the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from ccr.domain.asking import AskingWay
from ccr.domain.outcomes import DeclineReason
from ccr.domain.referral_states import Action, ChosenBy
from ccr.services import chasing, draft_further, drafts, referrals, sending
from ccr.services.one_by_one import LeftBehindError
from ccr.storage.db import db
from ccr.storage.models.referrals import ReferralEventRow, ReferralRow, ReferralSearchRow
from ccr.storage.queries.asking import get_asking
from tests import loop as loops
from tests.loop import Loop, world

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def loop(sqlite_app) -> Loop:
    return loops.build()


def change(row, referral_id, **values):
    db.session.execute(update(row).where(row.__mapper__.primary_key[0] == referral_id), values)
    db.session.commit()


def told_of():
    found = {row.referral_id for row in db.session.query(ReferralEventRow).filter_by(side="system")}
    db.session.rollback()
    return found


def run(at):
    return chasing.run_clocks(world(), at=at)


def test_a_row_that_cannot_be_read_is_left_and_all_others_are_chased(loop, now, capsys):
    bad, *others = [loop.send() for _ in range(3)]
    change(ReferralRow, bad, needs=["no-such-need"])
    with pytest.raises(LeftBehindError):
        run(now + DAY)
    assert told_of() == set(others)
    assert "clocks.left-behind" in capsys.readouterr().err
    # It stays due: put right, it is chased at the next look.
    change(ReferralRow, bad, needs=["advocacy"])
    assert run(now + DAY).reminded == 1


@pytest.mark.parametrize("action", [Action.EXPIRE, Action.RESUME])
def test_an_act_that_fails_for_one_is_done_for_the_others(loop, now, monkeypatch, action):
    both = sorted(loop.send() for _ in range(2))
    at = now + 30 * DAY
    if action is Action.RESUME:
        for referral_id in both:
            referrals.accept(loop.advocates.worker, world(), referral_id, at=now)
            referrals.hold(loop.advocates.worker, world(), referral_id, now + DAY, at=now)
        at = now + DAY
    usual = chasing.act_alone

    def fails_for_the_first(world, referral_id, *args, **more):
        if referral_id == both[0]:
            raise ValueError
        return usual(world, referral_id, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(chasing, "act_alone", fails_for_the_first)
        with pytest.raises(LeftBehindError):
            run(at)
    events = db.session.query(ReferralEventRow).filter_by(action=action.value)
    assert [row.referral_id for row in events] == [both[1]]
    db.session.rollback()
    done = run(at + timedelta(minutes=2))
    assert done.expired + done.resumed == 1


def test_what_was_agreed_cannot_be_read_and_a_decline_is_a_decline_all_the_same(loop, now):
    me = loop.hospital.worker
    draft_id = loop.draft(at=now)
    further = loop.legal_aid.service_id
    draft_further.name_further(me, world(), draft_id, [further], AskingWay.ORDERED, at=now)
    draft_further.agree_further(me, world(), draft_id, {further: None}, at=now)
    drafts.record_yes(me, world(), draft_id, ChosenBy.SURVIVOR, at=now)
    first = sending.send(me, world(), draft_id, at=now).referral_id
    change(ReferralSearchRow, first, facts_sealed="damaged")
    reason = DeclineReason.SAFETY
    referrals.decline(loop.advocates.worker, world(), first, reason, at=now + HOUR)
    assert db.session.get(ReferralRow, first).state == "declined"
    # Nobody else is asked by itself: its staff choose anew.
    assert get_asking(first, sender_compartment_id=me.compartment_id).ended_at == now + HOUR
    db.session.rollback()
    run(now + 2 * HOUR)
