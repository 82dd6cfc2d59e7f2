"""Members that are suspended or leave: nothing they had is left with nobody (complaint 20)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ccr.domain.asking import PartState
from ccr.domain.clocks import Side
from ccr.domain.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
    StaleError,
    TakesNoPartError,
)
from ccr.domain.joining import Standing
from ccr.domain.outcomes import AttemptKind, Outcome
from ccr.domain.referral_states import State
from ccr.domain.referral_views import Status
from ccr.domain.taxonomy import Known
from ccr.domain.webhooks import OffWhy
from ccr.services import (
    assigning,
    draft_typed,
    drafts,
    invitations,
    leaving,
    referral_desk,
    referrals,
    sending,
    webhooks,
)
from ccr.services.chasing import run_clocks
from ccr.services.joining import load_line
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account, ApiKey
from ccr.storage.models.doors import WebhookRow
from ccr.storage.models.joining import InvitationRow
from ccr.storage.models.referrals import ClockRow, ReferralRow
from ccr.storage.queries import verification
from ccr.storage.queries.asking import get_asking
from tests import loop as loops
from tests.loop import Loop, dump, world
from tests.services.test_asking import in_order

DAY = timedelta(days=1)


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


@pytest.fixture(autouse=True)
def every_invariant_holds(app):
    yield
    broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
    broken.pop("services_without_search_text", None)
    assert broken == {}


def key_of(program, now):
    with unit_of_work():
        db.session.add(
            ApiKey(
                network_id=program.worker.network_id,
                compartment_id=program.compartment_id,
                key_hash=str(program.compartment_id),
                scopes=["routes"],
                created_at=now,
                expires_at=now + 90 * DAY,
            )
        )


def state_of(referral_id):
    found = db.session.scalar(select(ReferralRow.state).where(ReferralRow.id == referral_id))
    db.session.rollback()
    return State(found)


def sent(loop, referral_id, at):
    return referral_desk.open_sent(loop.hospital.worker, world(), referral_id, at=at).item.view


def standing(loop, program, at):
    return load_line(loop.coordinator, program.member_id, at=at).membership.standing


def everything(loop, now):
    """Return one received referral in each open state, by name."""
    me = loop.advocates.worker
    found = {name: loop.send() for name in ("sent", "asked", "waits", "taken", "held", "reached",
                                            "connected", "closed")}  # fmt: skip
    referrals.ask(me, world(), found["asked"], "Which day?", at=now)
    referrals.waitlist(me, world(), found["waits"], now + 5 * DAY, at=now)
    for name in ("taken", "held", "reached", "connected", "closed"):
        referrals.accept(me, world(), found[name], at=now)
    referrals.hold(me, world(), found["held"], now + 5 * DAY, at=now)
    referrals.record_attempt(me, world(), found["reached"], AttemptKind.REACHED, Known.YES, at=now)
    referrals.connect(me, world(), found["connected"], at=now)
    referrals.close(me, world(), found["closed"], Outcome.NOT_REACHED_SAFELY, at=now)
    return found


def test_a_suspended_member_gives_back_what_it_had_not_begun(loop, now):
    found = everything(loop, now)
    key_of(loop.advocates, now)
    before = {name: sent(loop, found[name], now) for name in ("reached", "connected", "closed")}
    leaving.suspend(loop.coordinator, world(), loop.advocates.member_id, at=now)
    for name in ("sent", "asked", "waits", "taken", "held"):
        view = sent(loop, found[name], now)
        assert view.status is Status.CANNOT_TAKE
        assert view.options_offered
        assert view.next_move is not None
    assert {name: sent(loop, found[name], now) for name in before} == before
    assert [state_of(found[name]) for name in before] == [
        State.IN_PROGRESS,
        State.CONNECTED,
        State.CLOSED,
    ]
    assert db.session.scalar(select(ApiKey.revoked_at)) == now
    db.session.rollback()
    with pytest.raises((InvalidInputError, NotFoundError)):
        loop.send()
    assert run_clocks(world(), at=now + 5 * DAY).reminded > 0
    leaving.go_on(loop.coordinator, world(), loop.advocates.member_id, at=now + DAY)
    loop.send(at=now + DAY)


def test_a_return_reads_to_the_sender_as_any_other(loop, now):
    by_hand, by_itself = loop.send(), loop.send()
    referrals.accept(loop.advocates.worker, world(), by_hand, at=now)
    referrals.accept(loop.advocates.worker, world(), by_itself, at=now)
    referrals.hand_back(
        loop.advocates.worker, world(), by_hand, referrals.DeclineReason.SAFETY, at=now
    )
    leaving.suspend(loop.coordinator, world(), loop.advocates.member_id, at=now)

    def plain(referral_id):
        view = sent(loop, referral_id, now)
        return (view.status, view.tracker, view.timeline, view.can, view.options_offered)

    assert plain(by_hand) == plain(by_itself)


def test_a_leaving_member_takes_back_what_nobody_answered_and_its_drafts_are_gone(loop, now):
    unopened, opened, taken, draft = loop.send(), loop.send(), loop.send(), loop.draft()
    referral_desk.open_received(loop.advocates.worker, world(), opened, at=now)
    referrals.accept(loop.advocates.worker, world(), taken, at=now)
    declined = loop.send()
    referrals.decline(
        loop.advocates.worker, world(), declined, referrals.DeclineReason.OTHER, at=now
    )
    assigning.take(loop.hospital.worker, draft, at=now)
    leaving.begin_leaving(loop.coordinator, world(), loop.hospital.member_id, at=now)
    assert state_of(unopened) is State.RECALLED
    assert state_of(opened) is State.CANCELLED
    assert state_of(taken) is State.ACCEPTED
    assert state_of(declined) is State.DECLINED
    rows = dump()
    assert not any(repr(draft) in row for table in rows.values() for row in table
                   if table is not rows["audit_event"])  # fmt: skip
    leaving.leave(loop.coordinator, world(), loop.hospital.member_id, at=now + DAY)
    assert state_of(declined) is State.CLOSED
    assert state_of(taken) is State.ACCEPTED


def test_at_the_end_nothing_is_open_and_nobody_signs_in(loop, now):
    found = everything(loop, now)
    courses = {name: sent(loop, found[name], now + 30 * DAY) for name in ("reached", "connected")}
    assigning.take(loop.advocates.worker, found["reached"], at=now)
    leaving.begin_leaving(loop.coordinator, world(), loop.advocates.member_id, at=now)
    leaving.leave(loop.coordinator, world(), loop.advocates.member_id, at=now + DAY)
    for name in ("reached", "connected"):
        assert state_of(found[name]) is State.CLOSED
        assert sent(loop, found[name], now + 30 * DAY) == courses[name]
    mine = loop.advocates.compartment_id
    running = select(ClockRow.id).where(
        ClockRow.owner_compartment_id == mine, ClockRow.stopped_at.is_(None)
    )
    active = select(Account.id).where(Account.compartment_id == mine, Account.active)
    assert db.session.scalars(running).all() == db.session.scalars(active).all() == []
    db.session.rollback()
    assert standing(loop, loop.advocates, now) is Standing.LEFT
    leaving.go_on(loop.coordinator, world(), loop.advocates.member_id, at=now + 9 * DAY)
    line = load_line(loop.coordinator, loop.advocates.member_id, at=now)
    assert line.membership.standing is Standing.TAKES_PART
    assert line.membership.live_at is None
    assert line.membership.pledged_at is None


def webhook_of(program, now):
    with unit_of_work():
        found = WebhookRow(
            network_id=program.worker.network_id,
            compartment_id=program.compartment_id,
            url_sealed=world().keys.seal("https://hill.example/ccr", "x"),
            secret_sealed="x",
            created_at=now,
        )
        db.session.add(found)
        db.session.flush()
        return found.id


def why_off(webhook_id):
    row = db.session.get(WebhookRow, webhook_id, populate_existing=True)
    found = (row.off_since, row.off_why)
    db.session.rollback()
    return found


def test_webhooks_of_a_member_that_is_away_are_off_until_somebody_turns_them_on(loop, now):
    mine, others = webhook_of(loop.advocates, now), webhook_of(loop.legal_aid, now)
    leaving.suspend(loop.coordinator, world(), loop.advocates.member_id, at=now)
    assert why_off(mine) == (now, OffWhy.SUSPENDED)
    assert why_off(others) == (None, None)
    with pytest.raises(TakesNoPartError):
        webhooks.turn_on(loop.advocates.admin, mine, at=now)
    leaving.go_on(loop.coordinator, world(), loop.advocates.member_id, at=now + DAY)
    assert why_off(mine) == (now, OffWhy.SUSPENDED)
    webhooks.turn_on(loop.advocates.admin, mine, at=now + DAY)
    assert why_off(mine) == (None, None)
    leaving.begin_leaving(loop.coordinator, world(), loop.advocates.member_id, at=now + 2 * DAY)
    assert why_off(mine) == (now + 2 * DAY, OffWhy.LEAVING)


def declined(loop, referral_id, at):
    no = referrals.DeclineReason.OTHER
    referrals.decline(loop.advocates.worker, world(), referral_id, no, at=at)


WAYS_TO_START = {
    "draft": lambda me, ids, now: drafts.start(me, world(), at=now),
    "send": lambda me, ids, now: sending.send(me, world(), ids["draft"], at=now),
    "typed": lambda me, ids, now: draft_typed.begin_typed(
        me,
        world(),
        draft_typed.new_token(world()),
        {"needs": ["advocacy"]},
        today=now.date(),
        at=now,
    ),
    "reroute": lambda me, ids, now: sending.reroute(me, world(), ids["declined"], at=now),
    "recall and reroute": lambda me, ids, now: sending.recall_and_reroute(
        me, world(), ids["sent"], at=now
    ),
}


def test_a_suspended_member_sends_nothing_new_and_follows_what_it_sent(loop, now):
    ids = {"sent": loop.send(), "declined": loop.send(), "draft": loop.draft()}
    declined(loop, ids["declined"], now)
    me = loop.hospital.worker
    leaving.suspend(loop.coordinator, world(), loop.hospital.member_id, at=now)
    before = dump()
    for start in WAYS_TO_START.values():
        with pytest.raises(TakesNoPartError):
            start(me, ids, now)
    assert dump() == before
    referrals.recall(me, world(), ids["sent"], at=now)
    referrals.close_declined(me, world(), ids["declined"], Outcome.UNKNOWN, at=now)
    assert drafts.draft_view(me, world(), ids["draft"], at=now).missing == ()
    leaving.go_on(loop.coordinator, world(), loop.hospital.member_id, at=now + DAY)
    sending.send(me, world(), ids["draft"], at=now + DAY)


@pytest.mark.parametrize("late", [False, True])
def test_what_a_member_arranged_does_not_go_on_while_it_is_away(loop, now, late):
    first = in_order(loop, now, loop.legal_aid)
    leaving.suspend(loop.coordinator, world(), loop.hospital.member_id, at=now)
    if late:
        run_clocks(world(), at=now + 10 * DAY)
    else:
        declined(loop, first, now)
    assert db.session.query(ReferralRow).count() == 1
    parts = get_asking(first, sender_compartment_id=loop.hospital.compartment_id).parts
    assert [part.state for part in parts] == [PartState.ASKED, PartState.LEFT]
    db.session.rollback()


def test_a_suspended_member_takes_back_no_no(loop, now):
    referral_id = loop.send()
    leaving.suspend(loop.coordinator, world(), loop.advocates.member_id, at=now)
    with pytest.raises(TakesNoPartError):
        referrals.undo_decline(
            loop.advocates.worker, world(), referral_id, Side.RECEIVER, "We can.", at=now
        )
    assert state_of(referral_id) is State.DECLINED


def test_codes_that_nobody_used_are_withdrawn(loop, now):
    invitations.invite_colleague(loop.advocates.admin, world(), invitations.Role.WORKER, at=now)
    leaving.suspend(loop.coordinator, world(), loop.advocates.member_id, at=now)
    assert db.session.scalar(select(InvitationRow.withdrawn_at)) == now
    db.session.rollback()


def test_one_that_cannot_be_read_holds_up_neither_the_others_nor_a_suspension(loop, now, capsys):
    first, bad, last = sorted(loop.send() for _ in range(3))
    damage = db.text("UPDATE referral SET needs = :needs WHERE id = :id").bindparams(
        db.bindparam("needs", type_=ReferralRow.needs.type),
        db.bindparam("id", type_=ReferralRow.id.type),
    )
    with unit_of_work():
        db.session.execute(damage, {"needs": ["no-such-need"], "id": bad})
    who, member_id = loop.coordinator, loop.advocates.member_id
    assert leaving.suspend(who, world(), member_id, at=now) is False
    assert [state_of(one) for one in (first, bad, last)] == [
        State.DECLINED,
        State.SENT,
        State.DECLINED,
    ]
    assert "leaving.left-behind" in capsys.readouterr().err
    # A membership never ends over what nobody could read: it would be left with nobody.
    assert leaving.begin_leaving(who, world(), member_id, at=now) is False
    with pytest.raises(IllegalTransitionError, match="cannot be read"):
        leaving.leave(who, world(), member_id, at=now)
    with unit_of_work():
        db.session.execute(damage, {"needs": ["advocacy"], "id": bad})
    leaving.leave(who, world(), member_id, at=now)
    assert state_of(bad) is State.DECLINED


def test_only_the_coordinator_and_only_in_order(loop, now):
    member_id = loop.advocates.member_id
    before = dump()
    for stranger in (loop.advocates.admin, loop.hospital.worker):
        for act in (leaving.suspend, leaving.begin_leaving, leaving.leave):
            with pytest.raises(NotFoundError):
                act(stranger, world(), member_id, at=now)
    with pytest.raises(IllegalTransitionError):
        leaving.leave(loop.coordinator, world(), member_id, at=now)
    with pytest.raises(IllegalTransitionError):
        leaving.go_on(loop.coordinator, world(), member_id, at=now)
    after = dump()
    assert {k: v for k, v in after.items() if not k.startswith("audit")} == {
        k: v for k, v in before.items() if not k.startswith("audit")
    }
    leaving.suspend(loop.coordinator, world(), member_id, at=now)
    with pytest.raises(IllegalTransitionError):
        leaving.suspend(loop.coordinator, world(), member_id, at=now)


def test_of_two_at_once_one_is_told_that_it_came_late(loop, now, monkeypatch):
    stale = load_line(loop.coordinator, loop.advocates.member_id, at=now)
    referral_id = loop.send()
    leaving.suspend(loop.coordinator, world(), loop.advocates.member_id, at=now)
    leaving.go_on(loop.coordinator, world(), loop.advocates.member_id, at=now)
    second = loop.send()
    monkeypatch.setattr("ccr.services.leaving.load_line", lambda *_args, **_more: stale)
    before = dump()
    with pytest.raises(StaleError):
        leaving.suspend(loop.coordinator, world(), loop.advocates.member_id, at=now)
    assert dump() == before
    assert [state_of(referral_id), state_of(second)] == [State.DECLINED, State.SENT]
