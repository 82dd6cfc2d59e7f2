"""What is typed in a draft is kept while it is typed, and goes by itself when nobody comes back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from ccr.domain.errors import NotFoundError, StaleError
from ccr.services import draft_typed, drafts, sending
from ccr.services.draft_facts import NeedAnswers
from ccr.storage.db import db
from ccr.storage.models.referrals import ReferralRow, ReferralSearchRow
from tests import loop as loops
from tests.loop import Loop, world

DAY = timedelta(days=1)


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


def keep(loop, draft_id, now, seen=None, who=None, **typed):
    return draft_typed.keep_typed(
        who or loop.hospital.worker,
        world(),
        draft_id,
        {name: [value] if isinstance(value, str) else value for name, value in typed.items()},
        seen=seen,
        today=now.date(),
        at=now,
    )


def begin(loop, token, now, seen=None, **typed):
    return draft_typed.begin_typed(
        loop.hospital.worker,
        world(),
        token,
        {name: [value] if isinstance(value, str) else value for name, value in typed.items()},
        seen=seen,
        today=now.date(),
        at=now,
    )


def go_on(loop, token, now, *needs):
    """Press Continue on the first step."""
    answers = NeedAnswers(needs)
    return drafts.start_with(loop.hospital.worker, world(), answers, token=token, at=now)


@pytest.mark.parametrize("order", ["kkc", "kck", "ckk", "kc", "ck"])
def test_keeping_and_continue_make_one_draft_in_any_order_and_what_was_pressed_stays(
    loop, now, order
):
    token, seen, ids = draft_typed.new_token(world()), None, set()
    for step in order:
        if step == "c":
            ids.add(go_on(loop, token, now, "advocacy", "family-law"))
            continue
        try:
            draft_id, kept = begin(loop, token, now, seen=seen, needs=["advocacy"])
        except StaleError:
            continue
        ids.add(draft_id)
        seen = kept.version
    assert [row.id for row in db.session.query(ReferralRow)] == [*ids]
    (draft_id,) = ids
    shown = drafts.draft_view(loop.hospital.worker, world(), draft_id, at=now)
    assert {need.value for need in shown.needs} == {"advocacy", "family-law"}


def test_whoever_comes_second_in_the_same_moment_finds_the_draft_of_the_first(
    loop, now, monkeypatch
):
    token = draft_typed.new_token(world())
    draft_id = go_on(loop, token, now, "advocacy")
    monkeypatch.setattr("ccr.services.draft_typed.is_taken", lambda _id: False)
    with pytest.raises(StaleError):
        begin(loop, token, now, needs=["family-law"])
    assert [row.id for row in db.session.query(ReferralRow)] == [draft_id]


def test_a_page_whose_draft_was_sent_or_is_anothers_begins_a_new_one(loop, now):
    token = draft_typed.new_token(world())
    first = go_on(loop, token, now, "advocacy")
    db.session.execute(update(ReferralRow).values(sender_compartment_id=loop.apip.compartment_id))
    db.session.commit()
    assert go_on(loop, token, now, "advocacy") != first
    assert go_on(loop, "not-ours", now, "advocacy") != first


def test_a_draft_begins_with_the_first_thing_typed_and_once(loop, now):
    token = draft_typed.new_token(world())
    assert not begin(loop, token, now, needs=[], urgency="standard")[1].is_there
    assert db.session.query(ReferralRow).count() == 0
    db.session.rollback()
    draft_id, first = begin(loop, token, now, needs=["advocacy"])
    same_id, again = begin(loop, token, now, needs=["advocacy"])
    assert (draft_id, first.version, again.version) == (same_id, 1, 1)
    assert db.session.query(ReferralRow).count() == 1


@pytest.mark.parametrize("token", ["", "x" * 64, "é" * 64])
def test_only_a_draft_that_we_named_is_begun(loop, now, token):
    with pytest.raises(NotFoundError):
        begin(loop, token, now, needs=["advocacy"])
    with pytest.raises(NotFoundError):
        keep(loop, uuid4(), now, needs=["advocacy"])


def test_what_cannot_be_used_yet_is_named_and_the_rest_is_kept(loop, now):
    token = draft_typed.new_token(world())
    draft_id, kept = begin(loop, token, now, near="1218", language="es", children="many")
    assert set(kept.left) == {"near", "children"}
    shown = drafts.draft_view(loop.hospital.worker, world(), draft_id, at=now)
    assert (shown.language, shown.near, shown.needs) == ("es", "", ())
    assert keep(loop, draft_id, now, near="12180").left == ()


def test_a_page_that_is_behind_changes_nothing_and_the_yes_falls_with_a_change_alone(loop, now):
    draft_id = loop.draft(at=now)
    version = drafts.draft_view(loop.hospital.worker, world(), draft_id, at=now).version
    assert keep(loop, draft_id, now, seen=version, needs=["advocacy"]).version == version
    assert drafts.draft_view(loop.hospital.worker, world(), draft_id, at=now).survivor_yes
    keep(loop, draft_id, now, seen=version, question="Is Friday possible?")
    assert not drafts.draft_view(loop.hospital.worker, world(), draft_id, at=now).survivor_yes
    with pytest.raises(StaleError):
        keep(loop, draft_id, now, seen=version, question="Is Monday possible?")


def test_another_programs_draft_is_not_there(loop, now):
    draft_id = loop.draft(at=now)
    with pytest.raises(NotFoundError):
        keep(loop, draft_id, now, who=loop.legal_aid.worker, needs=["advocacy"])


def test_a_draft_nobody_touched_for_two_weeks_is_gone_and_a_referral_is_not(loop, now):
    sent = loop.send(at=now)
    old = loop.draft(at=now)
    fresh = loop.draft(at=now + 2 * DAY)
    assert draft_typed.forget_abandoned(at=now + 15 * DAY) == 1
    assert draft_typed.forget_abandoned(at=now + 15 * DAY) == 0
    left = {row.id for row in db.session.query(ReferralRow)}
    assert left == {sent, fresh}
    assert db.session.get(ReferralSearchRow, old) is None
    with pytest.raises(NotFoundError):
        sending.send(loop.hospital.worker, world(), old, at=now + 15 * DAY)
