"""Many at once: whoever is first wins, alone. On both engines, from threads of two apps.

The plain run takes 200 referrals; CCR_TEST_FULL=1 takes 2,000.
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
from ccr.domain.clocks import ClockKind, Side, start_clock
from ccr.domain.errors import CcrError, GoneError, IllegalTransitionError, NotFoundError, StaleError
from ccr.domain.outcomes import DeclineReason, Outcome
from ccr.domain.referral_states import EventKind, State
from ccr.domain.taxonomy import Urgency
from ccr.services import answer_links, referrals, sending
from ccr.services.answer_links import Told
from ccr.services.followups import run_clocks
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.referrals import ReferralEventRow, ReferralRow
from ccr.storage.queries import verification
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.clocks import save_clocks
from ccr.storage.queries.referrals import REFERRAL, NewEvent, add_event, lock_referral
from tests import loop as loops
from tests.by_link import HERE, answers_by_link, deliver, read_out
from tests.conftest import NOW
from tests.loop import Loop, world
from tests.referral_builders import Always

FULL = os.environ.get("CCR_TEST_FULL") == "1"
REFERRALS = 2_000 if FULL else 200
ACCEPTORS = 4


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


def sent_quickly(loop: Loop, count: int, at: datetime = NOW) -> list[UUID]:
    """Write sent referrals as sending leaves them, without the wizard, which is not raced here."""
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
                    receiver_compartment_id=loop.advocates.compartment_id,
                    service_id=loop.advocates.service_id,
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


def test_of_four_acceptors_of_every_referral_one_wins(loop, app, second_app):
    ids = sent_quickly(loop, REFERRALS)
    apps = [app, second_app()]
    people = [loop.advocates.worker, loop.advocates.admin] * 2
    here = world()
    orders = [random.Random(seed).sample(ids, len(ids)) for seed in range(ACCEPTORS)]
    # All four go through in nearly the same order, so that they meet at the same referrals.
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


def test_any_acts_at_once_leave_every_referral_in_one_true_state(loop, app, second_app):
    ids = sent_quickly(loop, 60 if not FULL else 600)
    apps = [app, second_app()]
    here, they, me = world(), loop.advocates.worker, loop.hospital.worker

    def party(number: int) -> Callable[[], object]:
        rng = random.Random(number)

        def act() -> int:
            done = 0
            for referral_id in ids:
                choice = rng.choice(
                    [
                        lambda i: referrals.accept(they, here, i, at=NOW),
                        lambda i: referrals.decline(they, here, i, DeclineReason.SAFETY, at=NOW),
                        lambda i: referrals.waitlist(
                            they, here, i, NOW + timedelta(days=3), at=NOW
                        ),
                        lambda i: referrals.ask(they, here, i, "Which day?", at=NOW),
                        lambda i: referrals.connect(they, here, i, at=NOW),
                        lambda i: referrals.close(they, here, i, Outcome.UNKNOWN, at=NOW),
                        lambda i: referrals.recall(me, here, i, at=NOW),
                        lambda i: referrals.stop(me, here, i, at=NOW),
                        lambda i: referrals.answer(me, here, i, "Friday.", at=NOW),
                        lambda i: referrals.add_note(me, here, i, Side.SENDER, "Note", at=NOW),
                        lambda i: referrals.hand_back(they, here, i, DeclineReason.OTHER, at=NOW),
                    ]
                )
                try:
                    choice(referral_id)
                    done += 1
                except (IllegalTransitionError, NotFoundError, StaleError):
                    continue
            return done

        return act

    results = at_once(apps, [party(number) for number in range(ACCEPTORS)])
    assert all(isinstance(result, int) for result in results), results
    changed = db.session.query(ReferralEventRow).filter(
        ReferralEventRow.to_state.is_not(None), ReferralEventRow.action != "send"
    )
    moves = Counter(row.referral_id for row in changed)
    for row in db.session.query(ReferralRow):
        assert row.version == 2 + moves[row.id]
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
    assert counted == {"reminded": 30, "escalated": 30, "options-offered": 30}
    nothing_is_broken()
