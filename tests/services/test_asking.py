"""Several partners for one person: in order, at once, and one for each need."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import current_app

from ccr.domain.asking import AskingWay, PartState
from ccr.domain.disclosure import Fact
from ccr.domain.errors import CcrError, InvalidInputError, NotFoundError
from ccr.domain.next_contact import ContactWay, DayPart, NextContact
from ccr.domain.outcomes import SAID_AS_ONE, DeclineReason
from ccr.domain.referral_states import ChosenBy, EventKind
from ccr.domain.referral_views import Group, InboxTab, Status
from ccr.services import (
    desk_glance,
    draft_further,
    draft_steps,
    drafts,
    expected,
    referral_desk,
    referrals,
    sending,
)
from ccr.services.asking_rules import AskingRules, set_asking_rules
from ccr.services.draft_facts import NeedAnswers
from ccr.services.draft_steps import Agreed
from ccr.services.followups import run_clocks
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import ServiceRow
from ccr.storage.models.referrals import ReferralRow, ReleaseRow
from ccr.storage.queries.asking import get_asking
from ccr.web.presenters.asking import named_card
from ccr.web.presenters.moments import DeskTime
from tests import loop as loops
from tests.loop import Loop, world

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


def in_order(loop, now, *further, release=(), way=AskingWay.ORDERED, **draft):
    """Send to the advocates; further programs are named beside them, each with a yes."""
    me = loop.hospital.worker
    draft_id = loop.draft(at=now, **draft)
    services = [program.service_id for program in further]
    draft_further.name_further(me, world(), draft_id, services, way, at=now)
    yes = {p.service_id: now + 30 * DAY if p in release else None for p in further}
    draft_further.agree_further(me, world(), draft_id, yes, at=now)
    drafts.record_yes(me, world(), draft_id, ChosenBy.SURVIVOR, at=now)
    return sending.send(me, world(), draft_id, at=now).referral_id


def asking(loop, referral_id):
    return get_asking(referral_id, sender_compartment_id=loop.hospital.compartment_id)


def states(loop, referral_id):
    return [part.state for part in asking(loop, referral_id).parts]


def row(referral_id):
    db.session.rollback()
    return db.session.get(ReferralRow, referral_id)


def inbox(loop, program, now):
    page, _ = referral_desk.inbox(program.worker, world(), InboxTab.NEEDS_ANSWER, at=now)
    return [item.view.referral_id for item in page.items]


def kinds(loop, referral_id, now):
    page = referral_desk.open_sent(loop.hospital.worker, world(), referral_id, at=now)
    return [entry.kind for entry in page.item.view.timeline]


def decline(loop, program, referral_id, at, reason=DeclineReason.SAFETY):
    return referrals.decline(program.worker, world(), referral_id, reason, at=at)


def shut(program):
    with unit_of_work():
        db.session.get(ServiceRow, program.service_id).do_not_refer = True
        db.session.execute(db.text("UPDATE network SET directory_version = directory_version + 1"))


def test_until_the_first_answers_nobody_else_is_asked(loop, now):
    first = in_order(loop, now, loop.legal_aid)
    assert states(loop, first) == [PartState.ASKED, PartState.WAITING]
    assert inbox(loop, loop.legal_aid, now) == []
    assert str(loop.legal_aid.service_id) not in repr(
        {name: rows for name, rows in loops.dump().items() if name not in loops.DIRECTORY}
    )


def test_a_decline_asks_the_next_at_once_as_a_referral_of_its_own(loop, now):
    first = in_order(loop, now, loop.legal_aid, language="es")
    decline(loop, loop.advocates, first, now + HOUR)
    (second,) = inbox(loop, loop.legal_aid, now + HOUR)
    old, new = row(first), row(second)
    assert (old.state, new.state) == ("closed", "sent")
    assert new.code != old.code
    assert new.sent_at == now + HOUR
    assert new.survivor_yes
    assert (new.language, new.area_label, new.needs) == (old.language, old.area_label, old.needs)
    assert states(loop, second) == [PartState.ASKED, PartState.ASKED]
    assert EventKind.NEXT_ASKED in kinds(loop, first, now + HOUR)
    # The one who declined reads what it read before; the other reads nothing of the first.
    view = referral_desk.open_received(loop.advocates.worker, world(), first, at=now + HOUR)
    assert view.item.view.status is Status.DECLINED
    seen = repr(referral_desk.open_received(loop.legal_aid.worker, world(), second, at=now + HOUR))
    assert str(first) not in seen
    assert old.code not in seen


def test_a_hand_back_and_an_answer_that_never_comes_ask_the_next_too(loop, now):
    first = in_order(loop, now, loop.legal_aid)
    me = loop.advocates.worker
    referrals.accept(me, world(), first, at=now)
    referrals.hand_back(me, world(), first, DeclineReason.CONFLICT, at=now + HOUR)
    assert len(inbox(loop, loop.legal_aid, now + HOUR)) == 1

    late = in_order(loop, now, loop.legal_aid)
    run_clocks(world(), at=now + DAY + HOUR)
    assert row(late).state == "sent"  # late, and not yet so late that there are new options
    at = now + 3 * DAY
    run_clocks(world(), at=at)
    run_clocks(world(), at=at)
    assert row(late).state == "recalled"
    assert len(inbox(loop, loop.legal_aid, at)) == 2
    with pytest.raises(NotFoundError):
        referrals.accept(me, world(), late, at=at)


@pytest.mark.parametrize("way", ["decline", "hand-back"])
def test_why_a_partner_gave_it_back_changes_nothing_of_what_follows(loop, now, way):
    def looks(reason):
        first = in_order(loop, now, loop.legal_aid)
        if way == "hand-back":
            referrals.accept(loop.advocates.worker, world(), first, at=now)
            referrals.hand_back(loop.advocates.worker, world(), first, reason, at=now + HOUR)
        else:
            decline(loop, loop.advocates, first, now + HOUR, reason)
        page = referral_desk.open_sent(loop.hospital.worker, world(), first, at=now + HOUR)
        timeline = [(entry.at, entry.kind, str(entry.what)) for entry in page.item.view.timeline]
        standings = [(one.state, one.service_name) for one in page.named.partners]
        return timeline, standings, page.item.view.status

    first = looks(DeclineReason.OTHER)
    assert all(looks(reason) == first for reason in sorted(SAID_AS_ONE))


def test_whom_a_limit_now_keeps_out_is_skipped_with_the_reason_on_the_senders_side(loop, now):
    first = in_order(loop, now, loop.legal_aid)
    shut(loop.legal_aid)
    decline(loop, loop.advocates, first, now + HOUR)
    assert inbox(loop, loop.legal_aid, now + HOUR) == []
    assert states(loop, first) == [PartState.ASKED, PartState.SKIPPED]
    assert asking(loop, first).parts[1].reason == "not-offered"
    # None is left: the sender has its options, as ever.
    page = referral_desk.open_sent(loop.hospital.worker, world(), first, at=now + HOUR)
    assert page.item.view.options_offered
    assert row(first).state == "declined"


def test_the_persons_word_ends_the_whole_order(loop, now):
    me = loop.hospital.worker
    recalled = in_order(loop, now, loop.legal_aid)
    referrals.recall(me, world(), recalled, at=now)
    assert states(loop, recalled) == [PartState.ASKED, PartState.LEFT]

    stopped = in_order(loop, now, loop.legal_aid)
    referrals.accept(loop.advocates.worker, world(), stopped, at=now)
    referrals.stop(me, world(), stopped, at=now + HOUR)
    assert states(loop, stopped) == [PartState.ASKED, PartState.LEFT]
    assert inbox(loop, loop.legal_aid, now + DAY) == []


def test_sealed_facts_that_are_damaged_are_said_so_and_never_close_the_page(loop, now, capsys):
    first = in_order(loop, now, loop.legal_aid, question="When can they come?")
    with unit_of_work():
        for column in ("facts_sealed", "why_sealed"):
            sealed = db.text(f"UPDATE referral_search SET {column} = :words")
            db.session.execute(sealed, {"words": "v1.gone.AAAA"})
    page = referral_desk.open_sent(loop.hospital.worker, world(), first, at=now)
    assert (page.named.readable, page.named.partners[1].member_name) == (False, "")
    assert page.why is None
    with current_app.test_request_context():
        card = named_card(page.named, DeskTime("America/New_York", now), first)
    assert "Ask the person again" in card["damaged"]
    assert card["rows"][1]["service"] == "A name that cannot be read any more"
    said = capsys.readouterr()
    assert f'"referral_id": "{first}"' in said.out + said.err
    # A decline is not held up by it: the person chooses anew.
    decline(loop, loop.advocates, first, now + HOUR)
    assert states(loop, first)[1] is PartState.LEFT


def test_taking_it_back_to_choose_anew_ends_the_order(loop, now):
    first = in_order(loop, now, loop.legal_aid)
    fresh = sending.recall_and_reroute(loop.hospital.worker, world(), first, at=now)
    assert states(loop, first) == [PartState.ASKED, PartState.LEFT]
    _, facts = drafts.load_draft(loop.hospital.worker, world(), fresh)
    assert (facts.further, facts.way) == ((), "")


def test_a_partner_without_a_yes_of_its_own_is_never_asked(loop, now):
    me = loop.hospital.worker
    draft_id = loop.draft(at=now)
    draft_further.name_further(me, world(), draft_id, [loop.legal_aid.service_id], at=now)
    with pytest.raises(InvalidInputError, match="yes"):
        sending.send(me, world(), draft_id, at=now)  # naming another takes the yes away
    draft_further.agree_further(me, world(), draft_id, {}, at=now)
    drafts.record_yes(me, world(), draft_id, ChosenBy.SURVIVOR, at=now)
    first = sending.send(me, world(), draft_id, at=now).referral_id
    assert asking(loop, first) is None
    decline(loop, loop.advocates, first, now + HOUR)
    assert inbox(loop, loop.legal_aid, now + HOUR) == []


def test_what_may_be_told_is_asked_for_each_partner_and_never_outlasts_what_was_said(loop, now):
    first = in_order(loop, now, loop.legal_aid, release=(loop.legal_aid,))
    decline(loop, loop.advocates, first, now + 20 * DAY)
    (second,) = inbox(loop, loop.legal_aid, now + 20 * DAY)
    assert db.session.get(ReleaseRow, first) is None
    assert db.session.get(ReleaseRow, second).until == now + 30 * DAY


@pytest.mark.parametrize("named", ["twice", "first", "own"])
def test_each_partner_is_named_once_and_none_is_ones_own_program(loop, now, named):
    program = {"twice": loop.legal_aid, "first": loop.advocates, "own": loop.hospital}[named]
    services = [program.service_id] * (2 if named == "twice" else 1)
    with pytest.raises(InvalidInputError) as refusal:
        draft_further.name_further(
            loop.hospital.worker, world(), loop.draft(at=now), services, at=now
        )
    assert refusal.value.field == "further"


# --- all at once ---------------------------------------------------------------------------------


def allow_at_once(loop, now):
    rules = AskingRules(at_once=True, reason="Legal help is scarce here.")
    assert set_asking_rules(loop.coordinator, rules, AskingRules(), at=now)


def second_legal_aid(loop, now):
    with unit_of_work():
        return loops.program(loop.network_id, "Law Clinic", at=now)


def test_asking_at_once_is_off_and_never_for_victim_services(loop, now):
    clinic = second_legal_aid(loop, now)
    with pytest.raises(InvalidInputError) as refusal:
        in_order(loop, now, clinic, to=loop.legal_aid, way=AskingWay.AT_ONCE)
    assert refusal.value.field == "way"
    with pytest.raises(InvalidInputError, match="why"):
        set_asking_rules(loop.coordinator, AskingRules(at_once=True), AskingRules(), at=now)
    allow_at_once(loop, now)
    in_order(loop, now, clinic, to=loop.legal_aid, way=AskingWay.AT_ONCE)
    with pytest.raises(InvalidInputError) as refusal:
        in_order(loop, now, loop.legal_aid, way=AskingWay.AT_ONCE)
    assert refusal.value.field == "way"


def test_the_first_who_takes_it_releases_the_others_in_the_same_moment(loop, now):
    clinic = second_legal_aid(loop, now)
    allow_at_once(loop, now)
    first = in_order(loop, now, clinic, to=loop.legal_aid, way=AskingWay.AT_ONCE)
    (other,) = inbox(loop, clinic, now)
    assert row(first).code != row(other).code
    referrals.accept(clinic.worker, world(), other, at=now + HOUR)
    assert (row(first).state, row(other).state) == ("recalled", "accepted")
    assert inbox(loop, loop.legal_aid, now + HOUR) == []
    assert EventKind.NO_LONGER_NEEDED in kinds(loop, first, now + HOUR)
    with pytest.raises(CcrError):
        referrals.accept(loop.legal_aid.worker, world(), first, at=now + HOUR)


def test_of_those_asked_at_once_only_the_last_decline_gives_the_sender_a_move(loop, now):
    clinic = second_legal_aid(loop, now)
    allow_at_once(loop, now)
    first = in_order(loop, now, clinic, to=loop.legal_aid, way=AskingWay.AT_ONCE)
    (other,) = inbox(loop, clinic, now)
    decline(loop, loop.legal_aid, first, now + HOUR)
    assert row(first).state == "closed"
    decline(loop, clinic, other, now + HOUR)
    assert row(other).state == "declined"
    _, counts = referral_desk.outbox(loop.hospital.worker, world(), Group.MY_MOVE, at=now + HOUR)
    assert counts[Group.MY_MOVE] == 1


# --- a plan for several needs --------------------------------------------------------------------


def test_a_plan_makes_referrals_with_codes_of_their_own_each_with_its_own_needs(loop, now):
    me = loop.hospital.worker
    with unit_of_work():
        loops.only_needs(loop.advocates.service_id, ["advocacy"])
        loops.only_needs(loop.legal_aid.service_id, ["family-law"])
    draft_id = loop.draft(at=now, needs=("advocacy", "family-law"), language="es")
    services = [loop.advocates.service_id, loop.legal_aid.service_id]
    draft_further.choose_plan(me, world(), draft_id, services, at=now)
    shown = drafts.draft_view(me, world(), draft_id, at=now)
    further = {one.partner.service_id: None for one in shown.further}
    draft_further.agree_further(me, world(), draft_id, further, at=now)
    drafts.record_yes(me, world(), draft_id, ChosenBy.SURVIVOR, at=now)
    sending.send(me, world(), draft_id, at=now)
    ((one,), (two,)) = (inbox(loop, p, now) for p in (loop.advocates, loop.legal_aid))
    a, b = row(one), row(two)
    assert a.code != b.code
    assert (a.needs, b.needs) == (["advocacy"], ["family-law"])
    assert {p.referral_id for p in asking(loop, one).parts} == {one, two}
    for program, own, others in ((loop.advocates, one, b), (loop.legal_aid, two, a)):
        referrals.accept(program.worker, world(), own, at=now)
        seen = repr(referral_desk.open_received(program.worker, world(), own, at=now))
        assert others.code not in seen
        assert str(others.id) not in seen
    # Choosing anew for one need looks for that need alone.
    _, facts = drafts.load_draft(me, world(), draft_id)
    assert len(facts.needs) == 1
    assert not facts.further


def test_the_facts_of_a_plan_are_made_broader_for_all_of_its_partners_together(loop, now):
    me = loop.hospital.worker
    draft_id = loop.draft(at=now, needs=("advocacy", "family-law"), children="1")
    assert drafts.draft_view(me, world(), draft_id, at=now).broader == ()
    with unit_of_work():
        loops.only_needs(loop.advocates.service_id, ["advocacy"])
        loops.only_needs(loop.legal_aid.service_id, ["family-law"])
    services = [loop.advocates.service_id, loop.legal_aid.service_id]
    draft_further.choose_plan(me, world(), draft_id, services, at=now)
    assert drafts.draft_view(me, world(), draft_id, at=now).broader == (Fact.AREA,)


# --- how the person hears back -------------------------------------------------------------------

FRIDAY = NextContact(ContactWay.CALLS, date(2026, 11, 13), DayPart.AFTERNOON)


def expecting(loop, now, *further, contact=FRIDAY):
    me = loop.hospital.worker
    draft_id = loop.draft(at=now)
    services = [program.service_id for program in further]
    draft_further.name_further(me, world(), draft_id, services, at=now)
    need = NeedAnswers(("advocacy",))
    agreed = Agreed(None, ChosenBy.SURVIVOR, dict.fromkeys(services), contact)
    draft_steps.agree(me, world(), draft_id, need, agreed, at=now)
    return sending.send(me, world(), draft_id, at=now)


def who_is_expected(loop, at):
    page = expected.expected_today(loop.hospital.worker, world(), at=at)
    return [(one.item.view.referral_id, one.contact) for one in page.items]


def test_the_answer_is_due_before_the_person_calls_and_the_partner_never_learns_why(loop, now):
    sent = expecting(loop, now)
    assert sent.answer_due_at == now + 20 * HOUR + timedelta(minutes=55)
    seen = repr(
        referral_desk.open_received(loop.advocates.worker, world(), sent.referral_id, at=now)
    )
    assert "afternoon" not in seen
    assert "calls" not in seen
    assert who_is_expected(loop, now) == []
    assert who_is_expected(loop, now + DAY) == [(sent.referral_id, FRIDAY)]
    counted = [
        desk_glance.counts_for(loop.hospital.worker, "America/New_York", at=at).expected
        for at in (now, now + DAY)
    ]
    assert counted == [0, 1]
    assert expected.expected_today(loop.advocates.worker, world(), at=now + DAY).total == 0


def test_who_is_expected_goes_with_the_order_and_leaves_no_trace_when_dealt_with(loop, now):
    me = loop.hospital.worker
    first = expecting(loop, now, loop.legal_aid).referral_id
    decline(loop, loop.advocates, first, now + HOUR)
    ((second, contact),) = who_is_expected(loop, now + DAY)
    assert (second, contact) == (inbox(loop, loop.legal_aid, now + HOUR)[0], FRIDAY)
    later = replace(FRIDAY, day=date(2026, 11, 16))
    expected.set_next_contact(me, second, later, at=now)
    assert who_is_expected(loop, now + DAY) == []
    with pytest.raises(NotFoundError):
        expected.settle(loop.legal_aid.worker, second, at=now)
    expected.settle(me, second, at=now + 4 * DAY)
    assert who_is_expected(loop, now + 9 * DAY) == []
    with pytest.raises(NotFoundError):
        expected.settle(me, second, at=now + 4 * DAY)


def test_a_day_that_passed_without_a_word_is_forgotten(loop, now):
    expecting(loop, now)
    run_clocks(world(), at=now + 10 * DAY)
    assert len(who_is_expected(loop, now + 10 * DAY)) == 1
    run_clocks(world(), at=now + 17 * DAY)
    assert who_is_expected(loop, now + 17 * DAY) == []
