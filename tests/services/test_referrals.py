from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from ccr.domain.clocks import ClockKind, Side
from ccr.domain.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
)
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome
from ccr.domain.referral_states import ChosenBy, State
from ccr.domain.referral_views import Group, InboxTab, Status
from ccr.domain.taxonomy import Known
from ccr.services import drafts, referral_desk, referrals, sending
from ccr.storage.db import db
from ccr.storage.models.audit import AuditEventRow
from ccr.storage.models.operations import OutboxItem
from ccr.storage.queries import verification
from tests import loop as loops
from tests.loop import Loop, dump, world

HOUR = timedelta(hours=1)


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


@pytest.fixture(autouse=True)
def every_invariant_holds(app):
    yield
    broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
    broken.pop("services_without_search_text", None)
    assert broken == {}


def sent_page(loop, referral_id, at):
    return referral_desk.open_sent(loop.hospital.worker, world(), referral_id, at=at)


def received_page(loop, referral_id, at):
    return referral_desk.open_received(loop.advocates.worker, world(), referral_id, at=at)


def notices(compartment_id):
    rows = db.session.query(OutboxItem).filter_by(compartment_id=compartment_id).all()
    db.session.rollback()
    return [row.template for row in rows]


# --- the receiver answers


def test_accepting_opens_the_facts_and_starts_the_contact_clock(loop, now):
    referral_id = loop.send(question="Is Friday possible?")
    referrals.accept(loop.advocates.worker, world(), referral_id, at=now + HOUR)
    page = received_page(loop, referral_id, now + HOUR)
    assert page.item.view.facts.area == "Troy"
    assert page.question == "Is Friday possible?"
    clocks = {clock.kind: clock for clock in page.item.view.clocks}
    assert clocks[ClockKind.ANSWER].met_at == now + HOUR
    # 48 h after Thursday 15:05 is Saturday: the next open morning, two hours into it.
    assert clocks[ClockKind.FIRST_CONTACT].due_at == now.replace(day=16, hour=16, minute=0)


def test_the_question_of_the_sender_is_closed_before_accepting(loop, now):
    referral_id = loop.send(question="CANARY-QUESTION")
    assert received_page(loop, referral_id, now).question is None
    assert sent_page(loop, referral_id, now).question == "CANARY-QUESTION"


def test_only_one_of_two_acceptances_counts(loop, now):
    referral_id = loop.send()
    referrals.accept(loop.advocates.worker, world(), referral_id, at=now)
    before = dump()
    with pytest.raises(IllegalTransitionError):
        referrals.accept(loop.advocates.admin, world(), referral_id, at=now)
    assert dump() == before


def test_a_question_and_its_answer_cross_and_are_sealed(loop, now):
    referral_id = loop.send()
    referrals.ask(loop.advocates.worker, world(), referral_id, "CANARY-ASKED", at=now)
    page = sent_page(loop, referral_id, now)
    assert page.item.view.status is Status.ASKED
    assert list(page.notes.values()) == ["CANARY-ASKED"]
    referrals.answer(loop.hospital.worker, world(), referral_id, "CANARY-ANSWERED", at=now + HOUR)
    seen = received_page(loop, referral_id, now + HOUR)
    assert set(seen.notes.values()) == {"CANARY-ASKED", "CANARY-ANSWERED"}
    assert seen.item.view.status is Status.SENT
    assert "CANARY" not in repr(dump())


def test_a_question_that_is_none_or_too_long_changes_nothing(loop, now):
    referral_id = loop.send()
    before = dump()
    for words in ("", "   ", "x" * 2001):
        with pytest.raises(InvalidInputError) as refusal:
            referrals.ask(loop.advocates.worker, world(), referral_id, words, at=now)
        assert refusal.value.field == "note"
    assert dump() == before


def test_the_answer_clock_goes_on_while_a_question_waits(loop, now):
    referral_id = loop.send()
    due = received_page(loop, referral_id, now).item.view.next_move.due_at
    referrals.ask(loop.advocates.worker, world(), referral_id, "When?", at=now + HOUR)
    assert sent_page(loop, referral_id, now + HOUR).item.view.next_move.due_at == due
    referrals.answer(loop.hospital.worker, world(), referral_id, "Friday.", at=now + 3 * HOUR)
    assert received_page(loop, referral_id, now + 3 * HOUR).item.view.next_move.due_at == due


def test_the_waitlist_has_a_date(loop, now):
    referral_id = loop.send()
    until = now + timedelta(days=5)
    referrals.waitlist(loop.advocates.worker, world(), referral_id, until, at=now)
    view = sent_page(loop, referral_id, now).item.view
    assert (view.status, view.next_move.due_at) == (Status.WAITLISTED, until)
    referrals.accept(loop.advocates.worker, world(), referral_id, at=now + HOUR)


def test_a_decline_comes_back_at_once_with_new_options(loop, now):
    referral_id = loop.send()
    referrals.decline(
        loop.advocates.worker, world(), referral_id, DeclineReason.SAFETY, at=now + HOUR
    )
    page, counts = referral_desk.outbox(loop.hospital.worker, world(), Group.MY_MOVE, at=now + HOUR)
    assert [item.view.referral_id for item in page.items] == [referral_id]
    assert counts[Group.MY_MOVE] == 1
    assert page.items[0].view.options_offered
    assert notices(loop.hospital.compartment_id) == ["item-to-review"] * 2
    answer = sending.options_after_decline(
        loop.hospital.worker, world(), referral_id, at=now + HOUR
    )
    proposed = {p.service.id for p in (*answer.partners, *answer.area_partners)}
    assert loop.legal_aid.service_id in proposed
    assert loop.advocates.service_id not in proposed


def test_rerouting_keeps_the_answers_and_closes_the_old_one_when_the_new_one_is_sent(loop, now):
    me = loop.hospital.worker
    old = loop.send(language="es")
    referrals.decline(loop.advocates.worker, world(), old, DeclineReason.OTHER, at=now)
    draft_id = sending.reroute(me, world(), old, at=now)
    view = drafts.draft_view(me, world(), draft_id, at=now)
    assert (view.language, view.survivor_yes, view.partner) == ("es", False, None)
    assert view.previous_referral_id == old
    assert sent_page(loop, old, now).item.view.status is Status.CANNOT_TAKE
    with pytest.raises(InvalidInputError):
        drafts.choose_partner(me, world(), draft_id, loop.advocates.service_id, at=now)
    drafts.choose_partner(me, world(), draft_id, loop.legal_aid.service_id, at=now)
    drafts.record_yes(me, world(), draft_id, ChosenBy.SURVIVOR, at=now)
    sending.send(me, world(), draft_id, at=now)
    closed = sent_page(loop, old, now).item.view
    assert (closed.status, closed.outcome) == (Status.CLOSED, Outcome.REDIRECTED)
    new = referral_desk.open_received(loop.legal_aid.worker, world(), draft_id, at=now)
    assert str(old) not in repr(new)


def test_a_third_partner_is_asked_without_the_first_two(loop, now):
    me = loop.hospital.worker
    first = loop.send()
    referrals.decline(loop.advocates.worker, world(), first, DeclineReason.OTHER, at=now)
    second = sending.reroute(me, world(), first, at=now)
    drafts.choose_partner(me, world(), second, loop.legal_aid.service_id, at=now)
    drafts.record_yes(me, world(), second, ChosenBy.SURVIVOR, at=now)
    sending.send(me, world(), second, at=now)
    referrals.decline(loop.legal_aid.worker, world(), second, DeclineReason.OTHER, at=now)
    answer = sending.options_after_decline(me, world(), second, at=now)
    proposed = {p.service.id for p in (*answer.partners, *answer.area_partners)}
    assert not proposed & {loop.advocates.service_id, loop.legal_aid.service_id}


def test_the_sender_closes_what_came_back(loop, now):
    referral_id = loop.send()
    referrals.decline(loop.advocates.worker, world(), referral_id, DeclineReason.OTHER, at=now)
    referrals.close_declined(
        loop.hospital.worker, world(), referral_id, Outcome.SURVIVOR_CHOSE_OTHERWISE, at=now
    )
    assert sent_page(loop, referral_id, now).item.view.status is Status.CLOSED
    assert received_page(loop, referral_id, now).item.view.status is Status.DECLINED


# --- the receiver works on it


@pytest.fixture
def accepted(loop, now):
    referral_id = loop.send()
    referrals.accept(loop.advocates.worker, world(), referral_id, at=now)
    return referral_id


def test_reaching_the_person_is_first_contact(loop, now, accepted):
    after = referrals.record_attempt(
        loop.advocates.worker, world(), accepted, AttemptKind.REACHED, Known.YES, at=now + HOUR
    )
    assert (after.state, after.contacted_at) == (State.IN_PROGRESS, now + HOUR)
    clocks = {c.kind: c for c in received_page(loop, accepted, now + HOUR).item.view.clocks}
    assert clocks[ClockKind.OUTCOME].due_at == now + HOUR + timedelta(days=14)
    with pytest.raises(IllegalTransitionError):
        referrals.hand_back(
            loop.advocates.worker, world(), accepted, DeclineReason.OTHER, at=now + HOUR
        )


def test_a_try_that_reached_nobody_starts_the_next_ones_clock(loop, now, accepted):
    monday = now + timedelta(days=4)
    referrals.record_attempt(
        loop.advocates.worker, world(), accepted, AttemptKind.NO_ANSWER, Known.UNKNOWN, at=monday
    )
    view = received_page(loop, accepted, monday).item.view
    assert view.attempts == 1
    assert str(view.timeline[1].line) == "No answer"
    due = next(c.due_at for c in view.clocks if c.kind is ClockKind.FIRST_CONTACT)
    assert due == monday + 48 * HOUR
    assert view.status is Status.ACCEPTED


def test_the_fifth_try_is_a_supervisors_with_a_reason(loop, now, accepted):
    worker, admin = loop.advocates.worker, loop.advocates.admin
    tried = (world(), accepted, AttemptKind.NO_ANSWER, Known.YES)
    for hours in range(4):
        referrals.record_attempt(worker, *tried, at=now + hours * HOUR)
    with pytest.raises(InvalidInputError) as refusal:
        referrals.record_attempt(worker, *tried, at=now + 5 * HOUR)
    assert refusal.value.field == "kind"
    with pytest.raises(InvalidInputError) as refusal:
        referrals.record_attempt(admin, *tried, at=now + 5 * HOUR)
    assert refusal.value.field == "safety_reason"
    referrals.record_attempt(admin, *tried, at=now + 5 * HOUR, safety_reason="They asked us to.")
    assert received_page(loop, accepted, now + 5 * HOUR).item.view.attempts == 5


def test_while_on_hold_nobody_tries(loop, now, accepted):
    me = loop.advocates.worker
    referrals.hold(me, world(), accepted, now + timedelta(days=3), at=now)
    with pytest.raises(IllegalTransitionError):
        referrals.record_attempt(
            me, world(), accepted, AttemptKind.NO_ANSWER, Known.YES, at=now + HOUR
        )
    referrals.resume(me, world(), accepted, at=now + HOUR)
    view = received_page(loop, accepted, now + HOUR).item.view
    assert view.status is Status.ACCEPTED
    due = next(c.due_at for c in view.clocks if c.kind is ClockKind.FIRST_CONTACT)
    assert due == now.replace(day=16, hour=17, minute=0)


def test_handing_back_before_contact_reads_as_a_decline(loop, now, accepted):
    referrals.hand_back(
        loop.advocates.worker, world(), accepted, DeclineReason.NO_CAPACITY, at=now + HOUR
    )
    view = sent_page(loop, accepted, now + HOUR).item.view
    assert str(view.status_text) == "Cannot take this referral"
    assert received_page(loop, accepted, now + HOUR).item.view.facts is None


def test_the_loop_closes_with_an_outcome(loop, now, accepted):
    me = loop.advocates.worker
    referrals.connect(me, world(), accepted, at=now + HOUR)
    referrals.close(me, world(), accepted, Outcome.SERVICE_STARTED, at=now + 2 * HOUR)
    view = received_page(loop, accepted, now + 2 * HOUR).item.view
    assert (view.status, view.outcome) == (Status.CLOSED, Outcome.SERVICE_STARTED)


# --- the sender's own acts


def test_what_was_opened_is_taken_back_and_the_partner_reads_that_alone(loop, now):
    referral_id = loop.send()
    received_page(loop, referral_id, now)
    with pytest.raises(IllegalTransitionError):
        referrals.recall(loop.hospital.worker, world(), referral_id, at=now + 5 * HOUR)
    referrals.take_back(loop.hospital.worker, world(), referral_id, at=now + 5 * HOUR)
    view = received_page(loop, referral_id, now + 5 * HOUR).item.view
    assert (view.status, view.needs, view.facts) == (Status.WITHDRAWN, (), None)
    page, counts = referral_desk.inbox(
        loop.advocates.worker, world(), InboxTab.ENDED, at=now + 5 * HOUR
    )
    assert (len(page.items), counts[InboxTab.NEEDS_ANSWER]) == (1, 0)
    with pytest.raises(NotFoundError):
        referrals.accept(loop.advocates.worker, world(), uuid4(), at=now + 5 * HOUR)
    with pytest.raises(IllegalTransitionError):
        referrals.accept(loop.advocates.worker, world(), referral_id, at=now + 5 * HOUR)


def test_after_a_recall_the_receiver_has_nothing(loop, now):
    referral_id = loop.send()
    referrals.recall(loop.hospital.worker, world(), referral_id, at=now + 5 * HOUR)
    with pytest.raises(NotFoundError):
        received_page(loop, referral_id, now + 5 * HOUR)
    page, counts = referral_desk.inbox(
        loop.advocates.worker, world(), InboxTab.CLOSED, at=now + 5 * HOUR
    )
    assert (page.items, set(counts.values())) == ((), {0})
    with pytest.raises(IllegalTransitionError):
        sending.send(loop.hospital.worker, world(), referral_id, at=now)


def test_accepting_what_was_recalled_finds_nothing(loop, now):
    referral_id = loop.send()
    referrals.recall(loop.hospital.worker, world(), referral_id, at=now)
    with pytest.raises(NotFoundError):
        referrals.accept(loop.advocates.worker, world(), referral_id, at=now)


def test_a_recall_after_acceptance_is_refused_the_same_whatever_happened(loop, now, accepted):
    def refusal():
        with pytest.raises(IllegalTransitionError) as error:
            referrals.recall(loop.hospital.worker, world(), accepted, at=now + 9 * HOUR)
        return str(error.value)

    first = refusal()
    referrals.close(loop.advocates.worker, world(), accepted, Outcome.UNKNOWN, at=now + HOUR)
    assert refusal() == first


@pytest.mark.parametrize("closed", [False, True])
def test_the_persons_stop_works_whether_or_not_the_receiver_has_closed(loop, now, accepted, closed):
    if closed:
        referrals.close(loop.advocates.worker, world(), accepted, Outcome.UNKNOWN, at=now)
    referrals.stop(loop.hospital.worker, world(), accepted, at=now + HOUR)
    assert sent_page(loop, accepted, now + HOUR).item.view.status is Status.STOPPED
    seen = received_page(loop, accepted, now + HOUR)
    assert (seen.item.view.status, seen.item.view.facts) == (Status.STOPPED, None)


def test_an_error_takes_an_accepted_referral_from_the_receiver(loop, now, accepted):
    referrals.enter_in_error(loop.hospital.worker, world(), accepted, at=now)
    with pytest.raises(NotFoundError):
        received_page(loop, accepted, now)


def test_notes_stay_in_ones_own_program(loop, now, accepted):
    me, they = loop.hospital.worker, loop.advocates.worker
    referrals.add_note(me, world(), accepted, Side.SENDER, "CANARY-MINE", at=now)
    referrals.add_note(they, world(), accepted, Side.RECEIVER, "CANARY-THEIRS", at=now)
    assert list(sent_page(loop, accepted, now).notes.values()) == ["CANARY-MINE"]
    assert list(received_page(loop, accepted, now).notes.values()) == ["CANARY-THEIRS"]
    assert "CANARY" not in repr(dump())


def test_a_live_hand_off_makes_it_warm(loop, now, accepted):
    referrals.log_live_hand_off(loop.hospital.worker, world(), accepted, Side.SENDER, at=now)
    assert sent_page(loop, accepted, now).item.view.warm
    assert received_page(loop, accepted, now).item.view.warm


def test_there_is_no_hand_off_of_what_came_back(loop, now):
    referral_id = loop.send()
    referrals.decline(loop.advocates.worker, world(), referral_id, DeclineReason.OTHER, at=now)
    with pytest.raises(IllegalTransitionError):
        referrals.log_live_hand_off(loop.hospital.worker, world(), referral_id, Side.SENDER, at=now)


# --- who may


def acts(referral_id, at):
    until = at + timedelta(days=2)
    receiver = [
        lambda who: referrals.accept(who, world(), referral_id, at=at),
        lambda who: referrals.decline(who, world(), referral_id, DeclineReason.OTHER, at=at),
        lambda who: referrals.hand_back(who, world(), referral_id, DeclineReason.OTHER, at=at),
        lambda who: referrals.ask(who, world(), referral_id, "?", at=at),
        lambda who: referrals.waitlist(who, world(), referral_id, until, at=at),
        lambda who: referrals.hold(who, world(), referral_id, until, at=at),
        lambda who: referrals.resume(who, world(), referral_id, at=at),
        lambda who: referrals.connect(who, world(), referral_id, at=at),
        lambda who: referrals.close(who, world(), referral_id, Outcome.UNKNOWN, at=at),
        lambda who: referrals.record_attempt(
            who, world(), referral_id, AttemptKind.REACHED, Known.YES, at=at
        ),
        lambda who: referrals.add_note(who, world(), referral_id, Side.RECEIVER, "x", at=at),
        lambda who: referral_desk.open_received(who, world(), referral_id, at=at),
    ]
    sender = [
        lambda who: referrals.answer(who, world(), referral_id, "x", at=at),
        lambda who: referrals.recall(who, world(), referral_id, at=at),
        lambda who: referrals.stop(who, world(), referral_id, at=at),
        lambda who: referrals.close_declined(who, world(), referral_id, Outcome.UNKNOWN, at=at),
        lambda who: referrals.enter_in_error(who, world(), referral_id, at=at),
        lambda who: referrals.add_note(who, world(), referral_id, Side.SENDER, "x", at=at),
        lambda who: referral_desk.open_sent(who, world(), referral_id, at=at),
        lambda who: sending.reroute(who, world(), referral_id, at=at),
        lambda who: sending.options_after_decline(who, world(), referral_id, at=at),
    ]
    return receiver, sender


@pytest.mark.parametrize("was_accepted", [False, True])
def test_a_referral_of_others_answers_as_one_that_is_not_there(loop, now, was_accepted):
    referral_id = loop.send(release_days=30)
    if was_accepted:
        referrals.accept(loop.advocates.worker, world(), referral_id, at=now)
    kept = frozenset({"audit_event", "audit_head"})
    before = dump(without=kept)
    (receiver, sender), (absent_r, absent_s) = acts(referral_id, now), acts(uuid4(), now)
    strangers = [loop.legal_aid.worker, loop.apip.worker, loop.coordinator]
    attacks = [
        (who, a, b)
        for who in strangers
        for a, b in zip([*receiver, *sender], [*absent_r, *absent_s], strict=True)
    ]
    attacks += [(loop.hospital.worker, a, b) for a, b in zip(receiver, absent_r, strict=True)]
    attacks += [(loop.advocates.worker, a, b) for a, b in zip(sender, absent_s, strict=True)]
    for who, foreign, absent in attacks:
        answers = []
        for act in (foreign, absent):
            with pytest.raises(NotFoundError) as error:
                act(who)
            answers.append((type(error.value), str(error.value)))
        assert answers[0] == answers[1]
    assert dump(without=kept) == before


def test_a_draft_is_nothing_to_the_partner_it_is_for(loop, now):
    draft_id = loop.draft()
    with pytest.raises(NotFoundError):
        referral_desk.open_received(loop.advocates.worker, world(), draft_id, at=now)
    with pytest.raises(NotFoundError):
        referrals.accept(loop.advocates.worker, world(), draft_id, at=now)
    with pytest.raises(NotFoundError):
        referral_desk.open_sent(loop.hospital.worker, world(), draft_id, at=now)


def test_one_address_knows_on_which_side_one_is(loop, now):
    referral_id = loop.send()
    assert referral_desk.side_of(loop.hospital.worker, referral_id) is Side.SENDER
    assert referral_desk.side_of(loop.advocates.worker, referral_id) is Side.RECEIVER
    for stranger in (loop.legal_aid.worker, loop.coordinator):
        with pytest.raises(NotFoundError):
            referral_desk.side_of(stranger, referral_id)


def test_a_refused_act_leaves_everything_as_it_was(loop, now, accepted):
    before = dump()
    with pytest.raises(InvalidInputError):
        referrals.close(loop.advocates.worker, world(), accepted, Outcome.SERVICE_STARTED, at=now)
    with pytest.raises(InvalidInputError):
        referrals.hold(loop.advocates.worker, world(), accepted, now, at=now)
    assert dump() == before


def test_every_act_is_in_the_chain_of_the_program_that_did_it(loop, now, accepted):
    received_page(loop, accepted, now)
    chains = {loop.hospital.compartment_id: set(), loop.advocates.compartment_id: set()}
    for row in db.session.query(AuditEventRow).filter_by(subject_id=accepted):
        chains[row.compartment_id].add(row.verb)
    assert chains[loop.hospital.compartment_id] == {"drafted", "agreed", "send"}
    assert chains[loop.advocates.compartment_id] == {"accept", "read"}
