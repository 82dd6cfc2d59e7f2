from __future__ import annotations

from datetime import timedelta

import pytest

from ccr.domain.outcomes import DeclineReason, Outcome
from ccr.services import drafts, referrals
from ccr.services.same_partner import LOOKS_BACK, open_with_partner
from tests import loop as loops
from tests.loop import Loop, world

DAY = timedelta(days=1)


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


def named(loop, at, **draft):
    me = loop.hospital.worker
    view = drafts.draft_view(me, world(), loop.draft(at=at, **draft), at=at)
    return [one.referral_id for one in open_with_partner(me, view, at=at)]


def test_what_ones_program_sent_this_partner_for_this_need_is_named_while_it_may_be_open(loop, now):
    first = loop.send(at=now)
    assert named(loop, now + DAY) == [first]
    assert named(loop, now + DAY, to=loop.legal_aid) == []
    assert named(loop, now + LOOKS_BACK + DAY) == []


@pytest.mark.parametrize("course", ["nothing", "closed"])
def test_what_the_partner_did_since_decides_nothing(loop, now, course):
    first = loop.send(at=now)
    referrals.accept(loop.advocates.worker, world(), first, at=now)
    if course == "closed":
        referrals.close(loop.advocates.worker, world(), first, Outcome.UNKNOWN, at=now)
    assert named(loop, now + DAY) == [first]


def test_what_came_back_and_was_closed_is_not_named(loop, now):
    first = loop.send(at=now)
    referrals.decline(loop.advocates.worker, world(), first, DeclineReason.OTHER, at=now)
    referrals.close_declined(loop.hospital.worker, world(), first, Outcome.UNKNOWN, at=now)
    assert named(loop, now + DAY) == []
