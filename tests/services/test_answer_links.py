"""Receiving without an account: a mailed link, a code read out, each act once, nothing told."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from ccr.adapters.link_tokens import signed_token
from ccr.domain.answer_links import MOST_WRONG, LinkAct
from ccr.domain.errors import (
    ForbiddenError,
    GoneError,
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
    TooManyAttemptsError,
)
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome, ToldBy
from ccr.domain.referral_states import State
from ccr.domain.referral_views import Status
from ccr.domain.taxonomy import CapacityStatus
from ccr.policy.identity import ByLink, Identity
from ccr.services import answer_codes, leaving, referral_desk, referrals, room, sending
from ccr.services.accounts import terminal_identity
from ccr.services.answer_links import RanOutError
from ccr.services.followups import run_clocks
from ccr.services.verification import verify_storage
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Network
from ccr.storage.models.directory import CapacityRow, MemberRow
from ccr.storage.models.joining import MembershipRow
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.referrals import ReferralEventRow, ReferralRow
from ccr.storage.queries.accounts import get_compartment
from tests import loop as loops
from tests.by_link import (
    OFFICE,
    act,
    answers_by_link,
    deliver,
    look,
    mailed_tokens,
    mails,
    read_out,
)
from tests.conftest import NOW
from tests.loop import Loop, dump, world
from tests.services.test_twins import everything_the_sender_gets, forget, versions_out

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CANARY = "canary-words-of-the-sender"


def built() -> Loop:
    made = loops.build()
    answers_by_link(made, made.advocates)
    return made


@pytest.fixture
def both(app) -> Loop:
    """Return a network on each engine in turn, for what SQL decides."""
    return built()


@pytest.fixture
def loop(sqlite_app) -> Loop:
    return built()


@pytest.fixture
def verified(both):
    yield
    name = db.session.scalar(select(Network.name).where(Network.id == both.network_id))
    findings = verify_storage(terminal_identity(name)).findings
    assert {f.invariant for f in findings} <= {"services without search text"}


def state(referral_id: UUID) -> str:
    found = db.session.scalar(select(ReferralRow.state).where(ReferralRow.id == referral_id))
    db.session.rollback()
    return str(found)


def sender_view(loop: Loop, referral_id: UUID, at=NOW):
    return referral_desk.open_sent(loop.hospital.worker, world(), referral_id, at=at).item.view


def opened(loop: Loop, **draft: object) -> tuple[UUID, str, str]:
    """Return a referral by link with its token and its code."""
    referral_id = loop.send(**draft)
    return referral_id, deliver(), read_out(loop, referral_id)


def test_from_the_mail_to_the_outcome_without_an_account(both, verified):
    referral_id, token, code = opened(both)
    page = look(token, code)
    assert page.view.code is None
    assert LinkAct.ACCEPT in page.view.can
    assert page.sender_phone == "518-555-0142"
    page = act(token, code, LinkAct.ACCEPT, turn=page.turn)
    assert page.view.code == sender_view(both, referral_id).code
    assert str(sender_view(both, referral_id).timeline[0].what) == "They accepted, by link."
    page = act(
        token, code, LinkAct.ROOM, turn=page.turn, room=CapacityStatus.NO_CAPACITY, at=NOW + HOUR
    )
    page = act(token, code, LinkAct.ATTEMPT, turn=page.turn, attempt=AttemptKind.REACHED)
    page = act(token, code, LinkAct.CONNECT, turn=page.turn)
    act(token, code, LinkAct.CLOSE, turn=page.turn, outcome=Outcome.SERVICE_COMPLETED)
    assert state(referral_id) == "closed"
    said = db.session.get(CapacityRow, both.advocates.service_id)
    assert (said.status, said.updated_by) == ("no-capacity", "mailed-link")
    db.session.rollback()
    assert sender_view(both, referral_id, NOW + DAY).status is Status.ACCEPTED
    with pytest.raises(GoneError):
        look(token, code)


def test_a_decline_brings_new_options_and_a_hand_back_does_too(loop):
    referral_id, token, code = opened(loop)
    with pytest.raises(InvalidInputError):
        act(token, code, LinkAct.DECLINE, turn=0)
    act(token, code, LinkAct.DECLINE, turn=0, reason=DeclineReason.CONFLICT)
    assert sender_view(loop, referral_id).status is Status.CANNOT_TAKE
    other_id, token, code = opened(loop)
    act(token, code, LinkAct.ACCEPT, turn=0)
    act(token, code, LinkAct.HAND_BACK, turn=1, reason=DeclineReason.NO_CAPACITY)
    assert sender_view(loop, other_id).status is Status.CANNOT_TAKE


def test_each_page_has_one_effect_and_the_second_press_is_told_so(both, verified):
    referral_id, token, code = opened(both)
    act(token, code, LinkAct.ACCEPT, turn=0)
    with pytest.raises(GoneError):
        act(token, code, LinkAct.ACCEPT, turn=0)
    act(token, code, LinkAct.ATTEMPT, turn=1, attempt=AttemptKind.NO_ANSWER)
    with pytest.raises(GoneError):
        act(token, code, LinkAct.ATTEMPT, turn=1, attempt=AttemptKind.NO_ANSWER)
    tries = select(ReferralEventRow.id).filter_by(referral_id=referral_id, action="contact-attempt")
    assert len(db.session.scalars(tries).all()) == 1
    db.session.rollback()
    with pytest.raises(GoneError):  # a page that was shown before, of an act that is over
        act(token, code, LinkAct.DECLINE, turn=2, reason=DeclineReason.OTHER)


def test_wrong_codes_lock_the_link_and_the_sender_is_told_while_it_waits(both, verified):
    referral_id, token, code = opened(both)
    db.session.query(OutboxItem).delete()
    db.session.commit()
    for n in range(MOST_WRONG):
        with pytest.raises(NotFoundError):
            look(token, "000 000", came_from=f"198.51.{n}.1")
    for n in range(3):
        with pytest.raises(NotFoundError):  # the right one does not open it any more
            look(token, code, came_from=f"192.0.{n}.1")
    assert str(sender_view(both, referral_id).timeline[0].what).startswith("Wrong codes")
    told = set(db.session.scalars(select(OutboxItem.compartment_id)))
    db.session.rollback()
    assert told == {both.hospital.compartment_id}
    fresh = read_out(both, referral_id, at=NOW + HOUR)
    act(token, fresh, LinkAct.ACCEPT, turn=0, at=NOW + HOUR)
    # After acceptance wrong codes are the receiver's own trouble.
    before = sender_view(both, referral_id, NOW + DAY)
    for n in range(MOST_WRONG + 1):
        with pytest.raises(NotFoundError):
            look(token, "000000", came_from=f"198.52.{n}.1", at=NOW + HOUR)
    assert sender_view(both, referral_id, NOW + DAY) == before


def test_whoever_guesses_has_to_wait_whatever_they_guess_at(loop):
    referral_id, token, code = opened(loop)
    for n in range(5):
        with pytest.raises(NotFoundError):
            look(f"{n}" * 64, "000000")
    with pytest.raises(TooManyAttemptsError):
        look(token, code)
    assert look(token, code, came_from="192.0.2.9").view.can
    assert state(referral_id) == "sent"


def test_a_right_code_forgets_the_wrong_ones_before_it(loop):
    _, token, code = opened(loop)
    for n in range(2 * MOST_WRONG):
        if n % 3 < 2:
            with pytest.raises(NotFoundError):
                look(token, "111111", came_from=f"198.51.{n}.1")
        else:
            look(token, code, came_from=f"198.51.{n}.1")


def test_without_a_code_nothing_opens_and_nothing_is_locked(loop):
    referral_id = loop.send()
    token = deliver()
    for n in range(2 * MOST_WRONG):
        with pytest.raises(NotFoundError):
            look(token, "", came_from=f"198.51.{n}.1")
    assert look(token, read_out(loop, referral_id), came_from="192.0.2.9").view.can


def test_a_new_code_ends_the_old_one(loop):
    referral_id, token, code = opened(loop)
    fresh = read_out(loop, referral_id)
    if fresh != code:
        with pytest.raises(NotFoundError):
            look(token, code)
    assert look(token, fresh).view.can


def test_a_link_that_ran_out_is_mailed_anew_to_the_office_alone(both, verified):
    referral_id, token, code = opened(both)
    later = NOW + timedelta(hours=72)
    for _ in range(2):
        with pytest.raises(RanOutError):
            look(token, code, at=later)
    assert state(referral_id) == "sent"
    fresh = deliver(later)
    assert fresh != token
    assert mails()[-1].count(f"To: {OFFICE}") == 1
    assert look(fresh, code, at=later + HOUR).view.can
    assert len(mailed_tokens()) == 2


def take_back(loop: Loop, referral_id: UUID) -> None:
    referrals.recall(loop.hospital.worker, world(), referral_id, at=NOW)


def send_in_error(loop: Loop, referral_id: UUID) -> None:
    referrals.enter_in_error(loop.hospital.worker, world(), referral_id, at=NOW)


def answer_on_the_phone(loop: Loop, referral_id: UUID) -> None:
    referrals.accepted_by_phone(
        loop.hospital.worker, world(), referral_id, ToldBy.VOLUNTEER, at=NOW
    )


def _set(row: type, which: object, **values: object) -> None:
    with unit_of_work():
        db.session.execute(update(row).where(which).values(**values))  # type: ignore[arg-type]


_networks = itertools.count()


def nothing_opens(token: str, code: str) -> None:
    """Check that a link reads like a wrong one, and that no letter that still waited is mailed."""
    with pytest.raises(NotFoundError):
        look(token, code, came_from=f"10.0.{next(_networks)}.1")
    before = len(mails())
    deliver()
    assert len(mails()) == before


def test_a_link_dies_with_its_referral(both):
    for end in (take_back, send_in_error, answer_on_the_phone):
        referral_id, token, code = opened(both)
        waiting = both.send()
        end(both, referral_id)
        end(both, waiting)
        nothing_opens(token, code)


def test_a_link_dies_with_its_members_part_at_once_and_comes_back_with_it(both):
    referral_id, token, code = opened(both)
    member = both.advocates.member_id
    theirs = MembershipRow.member_id == member
    for row, which, gone, back in (
        (MemberRow, MemberRow.id == member, {"active": False}, {"active": True}),
        (MembershipRow, theirs, {"live_at": None}, {"live_at": NOW}),
        (MembershipRow, theirs, {"way": "desk"}, {"way": "link"}),
    ):
        _set(row, which, **gone)
        meanwhile = state(referral_id)
        nothing_opens(token, code)
        _set(row, which, **back)
        assert look(token, code).view.can
        assert meanwhile == "sent"


def test_the_person_stops_and_the_office_sees_so_and_no_fact(loop):
    referral_id, token, code = opened(loop)
    act(token, code, LinkAct.ACCEPT, turn=0)
    referrals.stop(loop.hospital.worker, world(), referral_id, at=NOW + HOUR)
    page = look(deliver(NOW + HOUR), code, at=NOW + HOUR)
    assert (page.view.status, page.view.can, page.view.code) == (
        Status.STOPPED,
        frozenset(),
        page.view.code,
    )


def test_an_answer_on_the_phone_wins_once_and_makes_it_one_by_phone(both, verified):
    referral_id, token, code = opened(both)
    act(token, code, LinkAct.ACCEPT, turn=0)
    with pytest.raises(IllegalTransitionError):
        answer_on_the_phone(both, referral_id)
    other_id = both.send()
    answer_on_the_phone(both, other_id)
    assert sender_view(both, other_id).status is Status.ACCEPTED_BY_PHONE
    assert sender_view(both, other_id, NOW + 15 * DAY).status is Status.NOT_SHARED
    declined = both.send()
    referrals.declined_by_phone(
        both.hospital.worker, world(), declined, ToldBy.VOLUNTEER, DeclineReason.OTHER, at=NOW
    )
    assert sender_view(both, declined).status is Status.CANNOT_TAKE


def test_the_office_is_reminded_by_mail_and_the_sender_gets_options(both, verified):
    referral_id = both.send(urgency="immediate")
    deliver()
    for hours in (2, 3):
        run_clocks(world(), at=NOW + hours * HOUR)
        deliver(NOW + hours * HOUR)
    assert len(mailed_tokens()) == 3  # at first, and one letter for all the steps of each run
    assert sender_view(both, referral_id, NOW + 3 * HOUR).options_offered
    kinds = {row.template for row in db.session.scalars(select(OutboxItem))}
    db.session.rollback()
    assert kinds == {"answer-link", "item-to-review"}


def test_a_partner_by_link_needs_a_mailbox_and_a_number(loop):
    with unit_of_work():
        db.session.execute(update(MemberRow).values(email=None))
    with pytest.raises(InvalidInputError) as refusal:
        loop.send()
    assert refusal.value.field == "service_id"


def test_a_partner_that_changed_its_way_after_the_yes_is_chosen_again(loop):
    draft_id = loop.draft()
    _set(MembershipRow, MembershipRow.member_id == loop.advocates.member_id, way="desk")
    with pytest.raises(InvalidInputError):
        sending.send(loop.hospital.worker, world(), draft_id, at=NOW)


def test_no_fact_beyond_need_county_and_urgency_is_in_the_mail_or_on_the_page(loop):
    referral_id, token, code = opened(loop, question=CANARY, language="es", children="2")
    page = act(token, code, LinkAct.ACCEPT, turn=0)
    shown = repr(page)
    for fact in (CANARY, "Troy", "language", "children", "'es'"):
        assert fact not in shown
    words = db.session.scalar(select(ReferralRow.code).filter_by(id=referral_id))
    db.session.rollback()
    digits = re.compile(r"\b" + r"\W?".join(code.split()) + r"\b")
    for mail in mails():
        for told in (CANARY, "Troy", "Rensselaer", "dvocacy", "Hospital", str(words)):
            assert told not in mail.partition("/answer/")[0]
        assert not digits.search(mail)
    rows = repr(dump())
    assert token not in rows
    assert code.replace(" ", "") not in rows


def test_whoever_holds_a_link_may_do_nothing_else(loop):
    referral_id, other_id = loop.send(), loop.send()
    program = get_compartment(loop.advocates.compartment_id)
    me = Identity(
        user_id=None,
        network_id=program.network_id,
        member_id=program.member_id,
        compartment_id=program.id,
        compartment_kind=program.kind,
        regime=program.regime,
        by_link=ByLink(referral_id, loop.advocates.service_id),
    )
    for forbidden in (
        lambda: referrals.accept(me, world(), other_id, at=NOW),
        lambda: referral_desk.open_received(me, world(), other_id, at=NOW),
        lambda: referral_desk.inbox(me, world(), referral_desk.InboxTab.NEEDS_ANSWER, at=NOW),
        lambda: referral_desk.look_up_code(me, world(), "a b c d", at=NOW),
        lambda: referrals.recall(me, world(), referral_id, at=NOW),
        lambda: room.room_desk(me),
    ):
        with pytest.raises((ForbiddenError, NotFoundError)):
            forbidden()
    assert state(other_id) == "sent"
    for program_of in (loop.legal_aid.worker, loop.coordinator):
        with pytest.raises(NotFoundError):
            answer_codes.make_code(program_of, world(), referral_id, at=NOW)


def worked_on(token: str, code: str) -> None:
    act(token, code, LinkAct.ATTEMPT, turn=1, attempt=AttemptKind.REACHED, at=NOW + HOUR)
    act(token, code, LinkAct.CONNECT, turn=2, at=NOW + HOUR)
    act(token, code, LinkAct.CLOSE, turn=3, outcome=Outcome.SERVICE_STARTED, at=NOW + HOUR)


def closed(token: str, code: str) -> None:
    act(token, code, LinkAct.CLOSE, turn=1, outcome=Outcome.NOT_REACHED_SAFELY, at=NOW + HOUR)


def troubled(token: str, code: str) -> None:
    with pytest.raises(RanOutError):
        look(token, code, at=NOW + 4 * DAY)
    for n in range(MOST_WRONG + 1):
        with pytest.raises(NotFoundError):
            look(token, "000000", came_from=f"198.51.{n}.1", at=NOW + HOUR)


def nothing(_token: str, _code: str) -> None: ...


def test_twins_by_link_whatever_the_receiver_does_the_sender_gets_the_same(loop):
    looks = set()
    for course in (nothing, worked_on, closed, troubled):
        with unit_of_work():
            db.session.query(OutboxItem).delete()
        referral_id, token, code = opened(loop)
        words = sender_view(loop, referral_id).code
        act(token, code, LinkAct.ACCEPT, turn=0)
        course(token, code)
        seen = []
        for days in (1, 20):
            at = NOW + days * DAY
            run_clocks(world(), at=at)
            if days < 20:  # until then it is open in the sender's eyes
                answer_codes.mail_again(loop.hospital.worker, world(), referral_id, at=at)
                with pytest.raises(IllegalTransitionError):
                    answer_codes.mail_again(loop.hospital.worker, world(), referral_id, at=at)
                read_out(loop, referral_id, at=at)
            seen.append(everything_the_sender_gets(loop, at))
        text = "".join(seen).replace(str(referral_id), "ID").replace(str(words), "CODE")
        looks.add(versions_out(text))
        forget(referral_id)
    assert len(looks) == 1


def test_a_closed_referral_leaves_no_mail_unseen(loop):
    referral_id, token, code = opened(loop)
    act(token, code, LinkAct.ACCEPT, turn=0)
    closed(token, code)
    before = len(mails())
    answer_codes.mail_again(loop.hospital.worker, world(), referral_id, at=NOW + HOUR)
    deliver(NOW + HOUR)
    assert len(mails()) == before


def test_a_token_signed_for_another_purpose_or_by_another_opens_nothing(loop):
    referral_id, token, code = opened(loop)
    link_id = db.session.scalar(
        select(OutboxItem.answer_link_id).where(OutboxItem.answer_link_id.is_not(None))
    )
    db.session.rollback()
    secret = world().settings.secret_key
    assert token == signed_token(link_id, "answer", secret)
    for wrong in (
        signed_token(link_id, "check", secret),
        signed_token(link_id, "answer", "another"),
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "",
    ):
        with pytest.raises(NotFoundError):
            look(wrong, code, came_from=f"198.51.{len(wrong)}.{ord(wrong[-1:] or 'x')}")
    assert state(referral_id) == State.SENT


@pytest.mark.parametrize("away", [leaving.suspend, leaving.begin_leaving])
def test_an_office_whose_member_is_away_ends_what_it_took_and_does_nothing_else(both, away):
    loop = both
    reached, token, code = opened(loop)
    begun, waits = loop.send(), loop.send()
    referrals.accept(loop.advocates.worker, world(), begun, at=NOW)
    for turn, what in enumerate((LinkAct.ACCEPT, LinkAct.ATTEMPT)):
        act(token, code, what, turn=turn, attempt=AttemptKind.REACHED)
    before = sender_view(loop, reached)
    away(loop.coordinator, world(), loop.advocates.member_id, at=NOW + 5 * DAY)
    assert state(waits) == state(begun) == State.DECLINED.value
    assert sender_view(loop, reached) == before
    fresh, later = deliver(NOW + 5 * DAY), NOW + 5 * DAY
    page = look(fresh, code, at=later)
    assert page.view.can == {LinkAct.CONNECT, LinkAct.CLOSE}
    for what in LinkAct:
        if what not in page.view.can:
            with pytest.raises(GoneError):
                act(
                    fresh, code, what, turn=page.turn, at=later, room=CapacityStatus.WAITLIST,
                    attempt=AttemptKind.REACHED, reason=DeclineReason.OTHER,
                )  # fmt: skip
    page = act(fresh, code, LinkAct.CONNECT, turn=page.turn, at=later)
    act(fresh, code, LinkAct.CLOSE, turn=page.turn, at=later, outcome=Outcome.SERVICE_COMPLETED)
    assert state(reached) == State.CLOSED.value
    with pytest.raises(GoneError):
        look(fresh, code, at=later)
