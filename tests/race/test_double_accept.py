"""Many at once: whoever is first wins, alone. On both engines, from threads of two apps.

The plain run takes 200 referrals and four at once; CCR_TEST_FULL=1 takes 10,000 and eight, and
10,000 moves by sixteen.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from ccr.domain.answer_links import LinkAct
from ccr.domain.asking import AskingWay, PartState
from ccr.domain.clocks import ClockKind, Side, start_clock
from ccr.domain.errors import CcrError, GoneError, IllegalTransitionError, NotFoundError, StaleError
from ccr.domain.outcomes import DeclineReason, Outcome
from ccr.domain.referral_states import Action, EventKind, State
from ccr.domain.taxonomy import Urgency
from ccr.services import answer_links, misdirected, referrals, sending, system_acts
from ccr.services.answer_links import Told
from ccr.services.followups import run_clocks
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.referrals import ReferralEventRow, ReferralRow
from ccr.storage.queries import verification
from ccr.storage.queries.asking import add_asking, save_part
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.clocks import save_clocks
from ccr.storage.queries.referrals import REFERRAL, NewEvent, add_event, lock_referral
from tests import loop as loops
from tests.by_link import HERE, answers_by_link, deliver, read_out
from tests.conftest import NOW
from tests.loop import Loop, Program, world
from tests.referral_builders import Always

FULL = os.environ.get("CCR_TEST_FULL") == "1"
REFERRALS = 10_000 if FULL else 200
ACCEPTORS = 8 if FULL else 4
MOVED, MOVERS = (625, 16) if FULL else (50, 4)


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


def sent_quickly(
    loop: Loop, count: int, at: datetime = NOW, to: Program | None = None
) -> list[UUID]:
    """Write sent referrals as sending leaves them, without the wizard, which is not raced here."""
    receiver = to or loop.advocates
    ids = [uuid4() for _ in range(count)]
    with unit_of_work():
        for referral_id in ids:
            db.session.execute(
                insert(REFERRAL).values(
                    id=referral_id,
                    network_id=loop.network_id,
                    state="sent",
                    version=2,
                    sender_compartment_id=loop.hospital.compartment_id,
                    receiver_compartment_id=receiver.compartment_id,
                    service_id=receiver.service_id,
                    code=str(referral_id),
                    needs=["advocacy"],
                    track="survivor",
                    urgency="standard",
                    county_fips="36083",
                    access=[],
                    broader=[],
                    survivor_yes=True,
                    created_at=at,
                    updated_at=at,
                    sent_at=at,
                )
            )
            add_event(
                NewEvent(
                    referral_id,
                    EventKind.SEND,
                    Side.SENDER,
                    at,
                    from_state=State.DRAFT,
                    to_state=State.SENT,
                )
            )
            append_event(loop.hospital.worker, EventKind.SEND.value, "referral", referral_id, at=at)
            clock = start_clock(ClockKind.ANSWER, Urgency.STANDARD, at, Always())
            save_clocks(lock_referral(referral_id), {}, {ClockKind.ANSWER: clock})
    return ids


def at_once(apps: list, jobs: list[Callable[[], object]]) -> list[object]:
    """Run each job in its own thread, spread over the apps, all let go together."""
    gate = threading.Barrier(len(jobs))

    def run(number: int) -> object:
        with apps[number % len(apps)].app_context():
            gate.wait(timeout=60)
            try:
                return jobs[number]()
            except CcrError as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(jobs)) as pool:
        results = list(pool.map(run, range(len(jobs))))
    for app in apps:
        with app.app_context():
            db.engine.dispose()
    return results


def nothing_is_broken() -> None:
    broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
    broken.pop("services_without_search_text", None)
    assert broken == {}


def test_of_many_acceptors_of_every_referral_one_wins(loop, app, second_app):
    ids = sent_quickly(loop, REFERRALS)
    apps = [app, second_app()]
    people = [loop.advocates.worker, loop.advocates.admin] * (ACCEPTORS // 2)
    here = world()
    orders = [random.Random(seed).sample(ids, len(ids)) for seed in range(ACCEPTORS)]
    # All go through in nearly the same order, so that they meet at the same referrals.
    orders = [ids] * (ACCEPTORS - 1) + [orders[0]]
    won: list[Counter] = [Counter() for _ in range(ACCEPTORS)]
    lost: list[Counter] = [Counter() for _ in range(ACCEPTORS)]

    def acceptor(number: int) -> Callable[[], object]:
        def accept_all() -> None:
            for referral_id in orders[number]:
                try:
                    referrals.accept(people[number], here, referral_id, at=NOW)
                    won[number][referral_id] += 1
                except (IllegalTransitionError, StaleError) as error:
                    lost[number][type(error).__name__] += 1

        return accept_all

    results = at_once(apps, [acceptor(number) for number in range(ACCEPTORS)])
    assert results == [None] * ACCEPTORS
    wins = sum(won, Counter())
    assert set(wins) == set(ids)
    assert set(wins.values()) == {1}
    assert sum(sum(c.values()) for c in lost) == REFERRALS * (ACCEPTORS - 1)
    assert sum(1 for c in won if c) >= 2  # it was a race
    accepted = db.session.query(ReferralEventRow.referral_id).filter_by(action="accept").count()
    assert accepted == REFERRALS
    nothing_is_broken()


def moves_of(loop: Loop) -> dict[str, Callable[[UUID], object]]:
    """Return every act that somebody may try, by the name it has in the record."""
    here, they, me = world(), loop.advocates.worker, loop.hospital.worker
    receiver, sender, why = Side.RECEIVER, Side.SENDER, "A wrong press."
    soon = NOW + timedelta(days=3)
    return {
        "accept": lambda i: referrals.accept(they, here, i, at=NOW),
        "decline": lambda i: referrals.decline(they, here, i, DeclineReason.SAFETY, at=NOW),
        "waitlist": lambda i: referrals.waitlist(they, here, i, soon, at=NOW),
        "ask": lambda i: referrals.ask(they, here, i, "Which day?", at=NOW),
        "hold": lambda i: referrals.hold(they, here, i, soon, at=NOW),
        "resume": lambda i: referrals.resume(they, here, i, at=NOW),
        "connect": lambda i: referrals.connect(they, here, i, at=NOW),
        "close": lambda i: referrals.close(they, here, i, Outcome.UNKNOWN, at=NOW),
        "reopen": lambda i: referrals.reopen(they, here, i, why, at=NOW),
        "hand-back": lambda i: referrals.hand_back(they, here, i, DeclineReason.OTHER, at=NOW),
        "undo-accept": lambda i: referrals.undo_accept(they, here, i, receiver, why, at=NOW),
        "undo-decline": lambda i: referrals.undo_decline(they, here, i, receiver, why, at=NOW),
        "recall": lambda i: referrals.recall(me, here, i, at=NOW),
        "withdraw": lambda i: referrals.withdraw(me, here, i, at=NOW),
        "stop": lambda i: referrals.stop(me, here, i, at=NOW),
        "freeze": lambda i: misdirected.freeze(me, here, i, at=NOW),
        "answer": lambda i: referrals.answer(me, here, i, "Friday.", at=NOW),
        "note": lambda i: referrals.add_note(me, here, i, sender, "Note", at=NOW),
        "expire": lambda i: system_acts.act_alone(here, i, Action.EXPIRE, at=NOW),
    }


# Ends are tried less often, or every referral would be over after a few moves.
ENDS = {"recall", "withdraw", "stop", "freeze", "expire"}


def test_any_moves_at_once_lose_nothing_and_break_no_rule(loop, app, second_app):
    """Whatever was answered with yes is in the record, once, and the record is a legal way."""
    ids = sent_quickly(loop, MOVED)
    moves = moves_of(loop)
    names = [name for name in moves for _ in range(1 if name in ENDS else 6)]

    def party(number: int) -> Callable[[], object]:
        rng = random.Random(number)

        def move_all() -> Counter:
            done: Counter = Counter()
            for referral_id in ids:
                name = rng.choice(names)
                try:
                    answer = moves[name](referral_id)
                    if name != "expire" or answer is not None:  # the worker is told by nothing
                        done[referral_id, name] += 1
                except (IllegalTransitionError, NotFoundError, StaleError):
                    continue
            return done

        return move_all

    results = at_once([app, second_app()], [party(number) for number in range(MOVERS)])
    assert all(isinstance(result, Counter) for result in results), results
    acknowledged = sum(results, Counter())
    recorded = Counter(
        (row.referral_id, row.action)
        for row in db.session.query(ReferralEventRow).filter(ReferralEventRow.action.in_(moves))
    )
    assert recorded == acknowledged
    moved = Counter(referral_id for referral_id, name in acknowledged.elements() if name != "note")
    for row in db.session.query(ReferralRow):
        assert row.version == 2 + moved[row.id]
    nothing_is_broken()


def test_a_senders_act_never_meets_a_stale_version(loop, app, second_app):
    """A refusal at that moment would tell the sender that the receiver is at work."""
    ids = sent_quickly(loop, 40)
    here, they, me = world(), loop.advocates.worker, loop.hospital.worker
    for referral_id in ids:
        referrals.accept(they, here, referral_id, at=NOW)

    def receiver() -> None:
        for referral_id in ids:
            for act in (
                lambda i: referrals.hold(they, here, i, NOW + timedelta(days=3), at=NOW),
                lambda i: referrals.resume(they, here, i, at=NOW),
                lambda i: referrals.connect(they, here, i, at=NOW),
            ):
                try:
                    act(referral_id)
                except (IllegalTransitionError, StaleError):
                    continue

    def sender() -> str:
        for referral_id in ids:
            referrals.stop(me, here, referral_id, at=NOW)
        return "all stopped"

    results = at_once([app, second_app()], [receiver, sender])
    assert results == [None, "all stopped"]
    assert {row.state for row in db.session.query(ReferralRow)} == {"cancelled"}


def test_a_button_pressed_by_eight_fingers_sends_once(loop, app, second_app):
    draft_id = loop.draft(release_days=30)
    here, me = world(), loop.hospital.worker
    apps = [app, second_app()]
    answers = at_once(apps, [lambda: sending.send(me, here, draft_id, at=NOW)] * 8)
    assert len(set(answers)) == 1
    assert answers[0].referral_id == draft_id
    events = db.session.query(ReferralEventRow).filter_by(action="send").count()
    notices = db.session.query(OutboxItem).count()
    assert (events, notices) == (1, 2)
    nothing_is_broken()


def test_a_page_by_link_pressed_by_eight_fingers_counts_once(loop, app, second_app):
    answers_by_link(loop, loop.advocates)
    referral_id = loop.send()
    token, code = deliver(), read_out(loop, referral_id)
    here = world()

    def press() -> object:
        return answer_links.act(
            here, token, code, HERE, LinkAct.ACCEPT, Told(), turn=0, at=NOW
        ).turn

    results = at_once([app, second_app()], [press] * 8)
    assert sorted(map(str, results)) == ["1", *[str(GoneError())] * 7]
    nothing_is_broken()


def test_two_workers_that_run_the_clocks_at_once_have_one_effect(loop, app, second_app):
    sent_quickly(loop, 30)
    here = world()
    late = NOW + timedelta(days=9)
    runs = at_once([app, second_app()], [lambda: run_clocks(here, at=late)] * 4)
    totals = [
        sum(run.reminded for run in runs),
        sum(run.escalated for run in runs),
        sum(run.options_offered for run in runs),
    ]
    assert totals == [30, 30, 30]
    counted = Counter(
        row.action for row in db.session.query(ReferralEventRow).filter_by(side="system")
    )
    assert counted == dict.fromkeys(
        ("reminded", "escalated", "options-offered", "coordinator-told"), 30
    )
    nothing_is_broken()


OFFERS, ASKED = (10_000, 8) if FULL else (40, 4)


def test_of_partners_asked_at_once_one_has_it_and_the_others_are_released(loop, app, second_app):
    with unit_of_work():
        programs = [
            loops.program(loop.network_id, f"Clinic {number}", at=NOW) for number in range(ASKED)
        ]
    columns = [sent_quickly(loop, OFFERS, to=program) for program in programs]
    offers = list(zip(*columns, strict=True))
    with unit_of_work():
        for first, *others in offers:
            asking_id = add_asking(
                network_id=loop.network_id,
                sender_compartment_id=loop.hospital.compartment_id,
                way=AskingWay.AT_ONCE,
                first_referral_id=first,
                further=ASKED - 1,
                at=NOW,
            )
            for position, other in enumerate(others, start=2):
                save_part(asking_id, position, PartState.ASKED, at=NOW, referral_id=other)
    here = world()

    def acceptor(number: int) -> Callable[[], object]:
        def accept_all() -> int:
            won = 0
            for offer in offers:
                try:
                    referrals.accept(programs[number].worker, here, offer[number], at=NOW)
                    won += 1
                except (IllegalTransitionError, NotFoundError, StaleError):
                    continue
            return won

        return accept_all

    wins = at_once([app, second_app()], [acceptor(number) for number in range(ASKED)])
    assert all(isinstance(won, int) for won in wins), wins
    assert sum(wins) == OFFERS
    states = {row.id: row.state for row in db.session.query(ReferralRow)}
    for offer in offers:
        assert sorted(states[one] for one in offer) == ["accepted"] + ["recalled"] * (ASKED - 1)
    nothing_is_broken()
