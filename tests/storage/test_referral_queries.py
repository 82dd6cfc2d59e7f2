from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from ccr.domain.clocks import Clock, ClockKind, Side
from ccr.domain.errors import DuplicateError, NotFoundError, StaleError
from ccr.domain.outcomes import DeclineReason, Outcome
from ccr.domain.projection import view_for_receiver, view_for_sender
from ccr.domain.referral import advance
from ccr.domain.referral_states import Action, EventKind, State
from ccr.domain.referral_views import Group, InboxTab
from ccr.domain.release import ConfirmedHow, FeedbackRelease
from ccr.domain.taxonomy import Urgency
from ccr.storage.db import db, unit_of_work
from ccr.storage.queries import clocks, drafts, receivers, referral_lists, referrals, releases
from ccr.storage.queries.referral_columns import stored_referral
from ccr.storage.queries.referrals import REFERRAL, NewEvent
from tests import loop as loops
from tests.conftest import NOW
from tests.loop import Loop

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


def as_sender(loop, referral_id, *, lock=False):
    return referrals.get_referral(
        referral_id, side=Side.SENDER, compartment_id=loop.hospital.compartment_id, lock=lock
    )


def as_receiver(loop, referral_id):
    return referrals.get_referral(
        referral_id, side=Side.RECEIVER, compartment_id=loop.advocates.compartment_id
    )


def insert_referral(loop, **values):
    """Write a row as it is, past the table of transitions."""
    row = {
        "id": uuid4(),
        "network_id": loop.network_id,
        "sender_compartment_id": loop.hospital.compartment_id,
        "receiver_compartment_id": loop.advocates.compartment_id,
        "service_id": loop.advocates.service_id,
        "code": str(uuid4()),
        "state": "sent",
        "version": 1,
        "needs": ["advocacy"],
        "track": "survivor",
        "urgency": "standard",
        "county_fips": "36083",
        "access": [],
        "broader": [],
        "survivor_yes": True,
        "created_at": NOW,
        "updated_at": NOW,
        "sent_at": NOW,
        **values,
    }
    db.session.execute(insert(REFERRAL).values(**row))
    return row["id"]


# --- one winner


def test_a_step_from_an_old_version_writes_nothing(loop):
    referral_id = loop.send()
    old = as_receiver(loop, referral_id).referral
    accepted = advance(old, Action.ACCEPT, at=NOW, by=Side.RECEIVER)
    declined = advance(old, Action.DECLINE, at=NOW, by=Side.RECEIVER, reason=DeclineReason.OTHER)
    with unit_of_work():
        referrals.save_referral(old, accepted, at=NOW)
    with pytest.raises(StaleError), unit_of_work():
        referrals.save_referral(old, declined, at=NOW)
    assert as_receiver(loop, referral_id).referral == accepted


def test_a_step_from_what_is_not_there_writes_nothing(loop):
    referral_id = loop.send()
    stored = as_receiver(loop, referral_id).referral
    after = advance(stored, Action.ACCEPT, at=NOW, by=Side.RECEIVER)
    others = {"sender_compartment_id": loop.legal_aid.compartment_id}
    for change in ({"version": 99}, {"state": State.ASKED}, {"id": uuid4()}, others):
        with pytest.raises(StaleError), unit_of_work():
            referrals.save_referral(replace(stored, **change), after, at=NOW)
    assert as_receiver(loop, referral_id).referral == stored


def test_a_clock_is_looked_at_until_its_next_step_lies_ahead(loop):
    loop.send()
    later = NOW + 9 * DAY
    with unit_of_work():
        due = clocks.lock_due(later, limit=9)
        assert len(due) == 1
        clocks.save_steps([(due[0].stored, later + HOUR)])
        assert clocks.lock_due(later, limit=9) == []
        clocks.save_steps([(due[0].stored, None)])
        assert clocks.lock_due(later + 900 * DAY, limit=9) == []


def test_a_clock_that_stopped_is_never_looked_at_and_one_that_moved_at_its_new_time(loop):
    referral_id = loop.send()
    referral = as_sender(loop, referral_id).referral
    before = clocks.list_clocks([referral_id])[referral_id]
    clock = before[ClockKind.ANSWER]
    for change, looked_at in (
        (clock.meet(NOW), None),
        (replace(clock, due_at=clock.due_at + HOUR), clock.due_at + HOUR),
        (clock.hand_to(Side.SENDER), clock.due_at),
    ):
        with unit_of_work():
            clocks.save_clocks(referral, before, {ClockKind.ANSWER: change})
            if looked_at is None:
                assert clocks.lock_due(NOW + 900 * DAY, limit=9) == []
            else:
                assert clocks.lock_due(looked_at - timedelta(seconds=1), limit=9) == []
                assert clocks.lock_due(looked_at, limit=9)[0].stored.clock == change
            db.session.rollback()


def test_an_answer_to_a_release_that_changed_is_stale(loop):
    referral_id = loop.send(release_days=30)
    before = releases.find_release(referral_id)
    with unit_of_work():
        releases.save_release(referral_id, replace(before, withdrawn_at=NOW), before=before)
    late = replace(before, confirmed_at=NOW, confirmed_how=ConfirmedHow.WRITTEN)
    with pytest.raises(StaleError), unit_of_work():
        releases.save_release(referral_id, late, before=before)
    assert not releases.find_release(referral_id).in_force(NOW)


def test_a_draft_saved_from_an_old_version_is_stale(loop):
    draft_id = loop.draft()
    mine = {"sender_compartment_id": loop.hospital.compartment_id}
    old = drafts.get_draft(draft_id, **mine)
    kept = {"facts_sealed": old.facts_sealed, "survivor_yes": False, "chosen_by": None, "at": NOW}
    with unit_of_work():
        drafts.save_draft(old, **mine, **kept)
    with pytest.raises(StaleError), unit_of_work():
        drafts.save_draft(old, **mine, **kept)


def test_a_taken_code_leaves_the_draft_as_it_was(loop):
    first = as_sender(loop, loop.send()).referral
    draft_id = loop.draft()
    before = as_sender(loop, draft_id).referral
    ready = replace(
        before,
        receiver_compartment_id=loop.advocates.compartment_id,
        service_id=loop.advocates.service_id,
        code=first.code,
    )
    sent = advance(ready, Action.SEND, at=NOW, by=Side.SENDER)
    with unit_of_work(), pytest.raises(DuplicateError):
        referrals.try_to_send(before, sent, at=NOW, values={})
    assert as_sender(loop, draft_id).referral == before


# --- whose


def test_every_read_names_the_side_and_its_compartment(loop):
    referral_id = loop.send()
    draft_id = loop.draft()
    outsiders = [loop.legal_aid.compartment_id, loop.apip.compartment_id, uuid4()]
    for side in (Side.SENDER, Side.RECEIVER):
        for compartment_id in outsiders:
            for wanted in (referral_id, draft_id):
                with pytest.raises(NotFoundError):
                    referrals.get_referral(wanted, side=side, compartment_id=compartment_id)
    with pytest.raises(NotFoundError):
        as_receiver(loop, draft_id)
    with pytest.raises(NotFoundError):
        drafts.get_draft(referral_id, sender_compartment_id=loop.advocates.compartment_id)


ROWS_OF_A_RECEIVER = [
    ({"state": "recalled"}, False),
    ({"state": "cancelled", "sent_at": None}, False),
    ({"state": "cancelled", "opened_at": NOW}, True),
    ({"state": "expired", "expired_at": NOW}, True),
    ({"state": "frozen", "opened_at": NOW}, True),
    ({"state": "cancelled", "accepted_at": NOW}, True),
    ({"state": "entered-in-error", "accepted_at": NOW}, False),
    ({"state": "declined", "declined_at": NOW, "decline_reason": "other"}, True),
    ({"state": "sent"}, True),
]


def test_a_receiver_reads_and_lists_only_what_it_may(loop):
    with unit_of_work():
        rows = {insert_referral(loop, **values): seen for values, seen in ROWS_OF_A_RECEIVER}
    mine = loop.advocates.compartment_id
    listed = {
        row.referral.id
        for tab in InboxTab
        for row in referral_lists.list_inbox(mine, tab, 1, at=NOW)
    }
    assert listed == {referral_id for referral_id, seen in rows.items() if seen}
    for referral_id, seen in rows.items():
        if seen:
            assert as_receiver(loop, referral_id).referral.id == referral_id
        else:
            with pytest.raises(NotFoundError):
                as_receiver(loop, referral_id)


def test_a_code_is_found_in_its_own_inbox_and_network_alone(loop):
    referral_id = loop.send()
    code = as_sender(loop, referral_id).referral.code

    def find(compartment_id, network_id):
        return referrals.find_by_code(
            code, receiver_compartment_id=compartment_id, network_id=network_id
        )

    assert find(loop.advocates.compartment_id, loop.network_id) == referral_id
    assert find(loop.legal_aid.compartment_id, loop.network_id) is None
    assert find(loop.hospital.compartment_id, loop.network_id) is None
    assert find(loop.advocates.compartment_id, uuid4()) is None


def test_a_service_of_another_network_is_no_receiver(loop):
    other = loops.build()
    with pytest.raises(NotFoundError):
        receivers.get_receiver(loop.network_id, other.advocates.service_id)


def test_only_public_phones_are_told(loop):
    assert receivers.public_phones([loop.advocates.service_id]) == {
        loop.advocates.service_id: "518-555-0142"
    }
    assert receivers.public_phones([]) == {}


# --- round trips


def test_a_referral_comes_back_as_it_was_stored(loop):
    referral_id = loop.send(language="es", age_band="25-59", access=("wheelchair",), children="2")
    stored = as_sender(loop, referral_id)
    assert stored.referral.state is State.SENT
    assert stored.facts.county_fips == "36083"
    assert stored.survivor_yes
    again = as_receiver(loop, referral_id)
    assert again == stored


def test_clocks_come_back_as_they_were_stored(loop):
    referral_id = loop.send()
    referral = as_sender(loop, referral_id).referral
    before = clocks.list_clocks([referral_id])[referral_id]
    contact = Clock(
        ClockKind.FIRST_CONTACT, Urgency.STANDARD, Side.RECEIVER, NOW, NOW + DAY, steps_done=1
    )
    answered = before[ClockKind.ANSWER].meet(NOW + HOUR)
    after = {ClockKind.ANSWER: answered, ClockKind.FIRST_CONTACT: contact}
    with unit_of_work():
        clocks.save_clocks(referral, before, after, in_time=True)
    assert clocks.list_clocks([referral_id])[referral_id] == after


def test_events_come_back_in_the_order_they_were_written(loop):
    referral_id = loop.send()
    with unit_of_work():
        for kind in (EventKind.SEEN, EventKind.NOTE, EventKind.LIVE_HAND_OFF):
            referrals.add_event(NewEvent(referral_id, kind, Side.RECEIVER, NOW - DAY))
    kinds = [event.kind for event in referrals.list_events([referral_id])[referral_id]]
    assert kinds[-3:] == [EventKind.SEEN, EventKind.NOTE, EventKind.LIVE_HAND_OFF]
    assert kinds[0] is EventKind.SEND


def test_lists_of_nothing_ask_nothing(app):
    assert referrals.list_events([]) == {}
    assert clocks.list_clocks([]) == {}
    assert releases.list_releases([]) == {}


# --- the projection in SQL is the projection


def random_row(rng):
    state = rng.choice(list(State))
    moments = sorted(NOW - timedelta(minutes=rng.randrange(60 * 24 * 40)) for _ in range(4))
    was_accepted = state in {State.ACCEPTED, State.IN_PROGRESS, State.ON_HOLD, State.CONNECTED}
    was_accepted = was_accepted or (
        state in {State.DECLINED, State.CLOSED, State.CANCELLED, State.ENTERED_IN_ERROR}
        and rng.random() < 0.6
    )
    was_declined = state is State.DECLINED or (state is State.CLOSED and not was_accepted)
    was_declined = was_declined or (state is State.CLOSED and rng.random() < 0.3)
    draft = state is State.DRAFT
    return {
        "state": state.value,
        "urgency": rng.choice(list(Urgency)).value,
        "created_at": moments[0],
        "sent_at": None if draft else moments[0],
        "code": None if draft else str(uuid4()),
        "accepted_at": moments[1] if was_accepted else None,
        "declined_at": moments[2] if was_declined else None,
        "decline_reason": rng.choice(list(DeclineReason)).value if was_declined else None,
        "closed_at": moments[3],
        "outcome": rng.choice(list(Outcome)).value if state is State.CLOSED else None,
        "hold_until": NOW + DAY if state in {State.ON_HOLD, State.WAITLISTED} else None,
    }


def random_release(rng):
    def some(chance):
        offset = timedelta(minutes=rng.randrange(-60 * 24 * 10, 60 * 24 * 10))
        return NOW + offset if rng.random() < chance else None

    confirmed = some(0.8)
    return FeedbackRelease(
        asked_at=NOW - 20 * DAY,
        until=NOW + timedelta(minutes=rng.randrange(-9000, 9000)),
        confirmed_at=confirmed,
        confirmed_how=ConfirmedHow.WRITTEN if confirmed else None,
        refused_at=some(0.1),
        withdrawn_at=some(0.3),
    )


def test_the_senders_groups_in_sql_are_those_of_its_views(loop):
    rng = random.Random(1)
    known = {}
    with unit_of_work():
        for _ in range(200):
            referral_id = insert_referral(loop, **random_row(rng))
            known[referral_id] = random_release(rng) if rng.random() < 0.7 else None
            if known[referral_id]:
                releases.save_release(referral_id, known[referral_id], before=None)
    rows = db.session.execute(select(*referrals.SELECTED)).mappings()
    stored = [stored_referral(row).referral for row in rows]
    mine = loop.hospital.compartment_id
    edges = [NOW, NOW + 3 * DAY, *(r.until for r in list(known.values())[:8] if r)]
    for at in edges:
        expected: dict[Group, set] = {group: set() for group in Group}
        for referral in stored:
            view = view_for_sender(referral, [], known[referral.id], at)
            expected[view.status.group].add(referral.id)
        assert referral_lists.count_outbox(mine, at=at) == {
            group: len(ids) for group, ids in expected.items()
        }
        for group, ids in expected.items():
            listed = [
                row.referral.id
                for page in range(1, -(-len(ids) // 25) + 1)
                for row in referral_lists.list_outbox(mine, group, page, at=at)
            ]
            assert Counter(listed) == Counter(ids)


def test_the_inbox_in_sql_is_what_its_views_show(loop):
    rng = random.Random(7)
    with unit_of_work():
        ids = [insert_referral(loop, **random_row(rng)) for _ in range(100)]
    mine = loop.advocates.compartment_id
    counted = referral_lists.count_inbox(mine, at=NOW)
    shown = 0
    for referral_id in ids:
        stored = as_sender(loop, referral_id)
        view = view_for_receiver(stored.referral, stored.facts, [], None, NOW)
        shown += view is not None
    assert sum(counted.values()) - counted[InboxTab.OVERDUE] == shown


def test_no_list_of_the_sender_is_ordered_by_what_the_receiver_did(loop):
    first, second = loop.send(at=NOW), loop.send(at=NOW + HOUR)
    mine = loop.hospital.compartment_id

    def order():
        rows = referral_lists.list_outbox(mine, Group.TAKEN, 1, at=NOW + 2 * DAY)
        return [row.referral.id for row in rows]

    for referral_id in (first, second):
        stored = as_receiver(loop, referral_id).referral
        with unit_of_work():
            referrals.save_referral(
                stored, advance(stored, Action.ACCEPT, at=NOW + DAY, by=Side.RECEIVER), at=NOW
            )
    before = order()
    stored = as_receiver(loop, first).referral
    begun = advance(stored, Action.BEGIN, at=NOW + DAY, by=Side.RECEIVER)
    with unit_of_work():
        referrals.save_referral(stored, begun, at=NOW + 2 * DAY)
    assert order() == before == [second, first]
