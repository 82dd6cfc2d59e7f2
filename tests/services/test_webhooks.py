"""Webhooks: told of what its program may see, of nothing else, and once however often it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from ccr.adapters.webhook_sender import GONE, FailedError
from ccr.domain.errors import DuplicateError, InvalidInputError, NotFoundError
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome
from ccr.domain.release import ConfirmedHow
from ccr.domain.taxonomy import Known
from ccr.domain.webhooks import MOST_TRIES
from ccr.services import referral_desk, referrals, releases, webhook_messages, webhooks
from ccr.services.accounts import terminal_identity
from ccr.storage.db import db
from ccr.storage.models.doors import WebhookDeliveryRow, WebhookRow, WebhookSeenRow
from tests import loop as loops
from tests.conftest import NOW
from tests.loop import Loop, Program, world

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://hill.example/ccr"


@dataclass
class Heard:
    """A member's system: what it was sent, and how it answers."""

    messages: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    code: str | None = None

    def send(self, url: str, body: str, headers: dict[str, str]) -> None:
        self.messages.append((url, body, headers))
        if self.code:
            raise FailedError(self.code)

    def ids(self) -> list[str]:
        found = [json.loads(body)["id"] for _, body, _ in self.messages]
        self.messages.clear()
        return found


@pytest.fixture
def loop(sqlite_app: Flask) -> Loop:
    return loops.build()


@pytest.fixture
def heard() -> Heard:
    return Heard()


def add(loop: Loop, program: Program, at: datetime = NOW) -> UUID:
    me = loop.hospital.admin if program is loop.hospital else program.admin
    return webhooks.add_webhook(me, world(), program.name, URL, at=at, resolve=_public)[0]


def tick(heard: Heard, at: datetime) -> list[str]:
    """Let the worker run once; return the ids that were told."""
    webhook_messages.run(world(), at=at, send=heard.send)
    db.session.rollback()
    return heard.ids()


def test_each_side_is_told_of_what_it_may_see_and_of_nothing_else(app: Flask, heard: Heard) -> None:
    loop = loops.build()
    add(loop, loop.hospital)
    assert tick(heard, NOW) == []
    referral_id = loop.send(release_days=30, at=NOW)
    assert tick(heard, NOW + MINUTE) == [str(referral_id)]
    assert tick(heard, NOW + 2 * MINUTE) == []
    me, at = loop.advocates.worker, NOW + HOUR
    referrals.accept(me, world(), referral_id, at=at)
    assert tick(heard, at) == [str(referral_id)]
    referrals.record_attempt(me, world(), referral_id, AttemptKind.REACHED, Known.YES, at=at)
    referrals.connect(me, world(), referral_id, at=at + HOUR)
    assert tick(heard, at + HOUR) == []
    releases.confirm(me, world(), referral_id, ConfirmedHow.WRITTEN, at=at + 2 * HOUR)
    assert tick(heard, at + 2 * HOUR) == [str(referral_id)]
    referrals.close(me, world(), referral_id, Outcome.SERVICE_COMPLETED, at=at + DAY)
    assert tick(heard, at + DAY) == [str(referral_id)]


def test_a_receiver_hears_of_what_comes_and_of_what_is_taken_back(loop: Loop, heard: Heard) -> None:
    add(loop, loop.advocates)
    tick(heard, NOW)
    referral_id = loop.send(at=NOW)
    assert tick(heard, NOW + MINUTE) == [str(referral_id)]
    referrals.recall(loop.hospital.worker, world(), referral_id, at=NOW + HOUR)
    assert tick(heard, NOW + HOUR) == [str(referral_id)]
    assert tick(heard, NOW + 2 * HOUR) == []


def served(loop: Loop, referral_id: UUID) -> None:
    me, at = loop.advocates.worker, NOW + 2 * HOUR
    referral_desk.open_received(me, world(), referral_id, at=at)
    referrals.connect(me, world(), referral_id, at=at)


def held(loop: Loop, referral_id: UUID) -> None:
    me, at = loop.advocates.worker, NOW + 2 * HOUR
    referrals.hold(me, world(), referral_id, at + 30 * DAY, at=at)


def refused(loop: Loop, referral_id: UUID) -> None:
    releases.refuse(loop.advocates.worker, world(), referral_id, at=NOW + 2 * HOUR)


def nothing(loop: Loop, referral_id: UUID) -> None:
    del loop, referral_id


def ends(loop: Loop, referral_id: UUID) -> None:
    me = loop.advocates.worker
    referrals.close(me, world(), referral_id, Outcome.UNKNOWN, at=NOW + 200 * DAY)


def no_end(loop: Loop, referral_id: UUID) -> None:
    del loop, referral_id


@pytest.mark.parametrize("course", [served, held, refused, nothing])
@pytest.mark.parametrize("late", [ends, no_end])
def test_twins_are_told_at_the_same_moments(
    loop: Loop,
    heard: Heard,
    course: Callable[[Loop, UUID], None],
    late: Callable[[Loop, UUID], None],
) -> None:
    """Also when the other side acts long after something has changed by time alone."""
    add(loop, loop.hospital)
    tick(heard, NOW)
    referral_id = loop.send(at=NOW, release_days=60)
    referrals.accept(loop.advocates.worker, world(), referral_id, at=NOW + HOUR)
    told = []
    for days in (0.05, 0.1, 1, 5, 13, 14.5, 15, 31, 61, 100, 199, 200.1, 201):
        at = NOW + days * DAY
        if days == 0.1:
            course(loop, referral_id)
        if days == 200.1:
            late(loop, referral_id)
        told += [days for _ in tick(heard, at)]
    assert told == [0.05, 14.5]


def test_a_webhook_that_comes_later_is_told_nothing_of_what_was(loop: Loop, heard: Heard) -> None:
    old = loop.send(at=NOW)
    referrals.accept(loop.advocates.worker, world(), old, at=NOW + HOUR)
    later = NOW + 300 * DAY
    webhook_id = add(loop, loop.hospital, at=later)
    assert tick(heard, later) == []
    referrals.connect(loop.advocates.worker, world(), old, at=later + HOUR)
    assert tick(heard, later + HOUR) == []
    me = loop.hospital.admin
    webhooks.turn_off(me, webhook_id, at=later + 2 * HOUR)
    new = loop.send(at=later + 2 * HOUR)
    assert tick(heard, later + 3 * HOUR) == []
    webhooks.turn_on(me, webhook_id, at=later + 4 * HOUR)
    assert tick(heard, later + 4 * HOUR) == []
    referrals.recall(loop.hospital.worker, world(), new, at=later + 5 * HOUR)
    assert tick(heard, later + 5 * HOUR) == [str(new)]


def test_a_hand_back_is_told_as_a_decline_is(loop: Loop, heard: Heard) -> None:
    add(loop, loop.hospital)
    tick(heard, NOW)
    referral_id = loop.send(at=NOW)
    me = loop.advocates.worker
    referrals.accept(me, world(), referral_id, at=NOW + HOUR)
    tick(heard, NOW + HOUR)
    referrals.hand_back(me, world(), referral_id, DeclineReason.NO_CAPACITY, at=NOW + 2 * HOUR)
    assert tick(heard, NOW + 2 * HOUR) == [str(referral_id)]


def test_what_fails_is_sent_again_as_the_same_message_until_it_is_taken(
    loop: Loop, heard: Heard
) -> None:
    add(loop, loop.hospital)
    tick(heard, NOW)
    loop.send(at=NOW)
    loop.send(at=NOW)
    heard.code = "status-500"
    seen = []
    for minutes in (1, 3, 10, 60):
        webhook_messages.run(world(), at=NOW + minutes * MINUTE, send=heard.send)
        # After one failure the others wait for the next run.
        assert len(heard.messages) == 1
        seen += [headers["webhook-id"] for _, _, headers in heard.messages]
        heard.messages.clear()
    heard.code = None
    webhook_messages.run(world(), at=NOW + DAY, send=heard.send)
    taken = {headers["webhook-id"] for _, _, headers in heard.messages}
    assert len(taken) == 2
    assert set(seen) <= taken
    heard.messages.clear()
    assert tick(heard, NOW + 2 * DAY) == []


def test_a_worker_that_dies_after_sending_sends_the_same_message_once_more(
    loop: Loop, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(loop, loop.hospital)
    tick(heard, NOW)
    loop.send(at=NOW)

    def dies(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(webhook_messages.queries, "mark_sent", dies)
        with pytest.raises(KeyboardInterrupt):
            webhook_messages.run(world(), at=NOW + MINUTE, send=heard.send)
    webhook_messages.run(world(), at=NOW + 5 * MINUTE, send=heard.send)
    first, again = (headers["webhook-id"] for _, _, headers in heard.messages)
    assert first == again


@pytest.mark.parametrize("code", ["silent", GONE])
def test_a_system_that_never_answers_or_is_gone_is_turned_off(
    loop: Loop, heard: Heard, code: str
) -> None:
    add(loop, loop.hospital)
    tick(heard, NOW)
    loop.send(at=NOW)
    heard.code, tries = code, 0
    for hours in range(24 * 5):
        tries += len(tick(heard, NOW + hours * HOUR + MINUTE))
    assert tries == (1 if code == GONE else MOST_TRIES)
    (found,) = webhooks.list_webhooks(loop.hospital.admin, world())
    assert (found.off_why, found.waiting) == ("dead", 0)


def test_nothing_of_a_webhook_can_be_read_from_the_database(loop: Loop, heard: Heard) -> None:
    add(loop, loop.hospital)
    tick(heard, NOW)
    loop.send(at=NOW)
    tick(heard, NOW + MINUTE)
    kept = "".join(repr(vars(row)) for row in db.session.query(WebhookRow))
    db.session.rollback()
    assert "hill.example" not in kept
    assert "whsec_" not in kept


def test_only_the_programs_own_administrator_manages_it(loop: Loop) -> None:
    webhook_id = add(loop, loop.hospital)
    for stranger in (loop.advocates.admin, loop.hospital.worker, loop.coordinator):
        with pytest.raises(NotFoundError):
            webhooks.turn_off(stranger, webhook_id, at=NOW)
    assert webhooks.list_webhooks(loop.advocates.admin, world()) == []
    with pytest.raises(NotFoundError):
        webhooks.add_webhook(
            loop.advocates.admin, world(), loop.hospital.name, URL, at=NOW, resolve=_public
        )
    for _ in range(webhooks.MOST_WEBHOOKS - 1):
        add(loop, loop.hospital)
    with pytest.raises(DuplicateError):
        add(loop, loop.hospital)
    webhooks.remove_webhook(loop.hospital.admin, webhook_id, at=NOW)
    left = webhooks.list_webhooks(terminal_identity(), world())
    assert len(left) == webhooks.MOST_WEBHOOKS - 1


def test_an_address_inside_is_refused_when_it_is_given(loop: Loop) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        webhooks.add_webhook(
            loop.hospital.admin,
            world(),
            loop.hospital.name,
            URL,
            at=NOW,
            resolve=lambda _host, _port: ["127.0.0.1"],
        )
    assert refusal.value.field == "url"


def test_what_a_webhook_knows_goes_with_the_referral_and_with_the_webhook(
    loop: Loop, heard: Heard
) -> None:
    webhook_id = add(loop, loop.hospital)
    tick(heard, NOW)
    loop.send(at=NOW)
    tick(heard, NOW + MINUTE)
    assert db.session.query(WebhookSeenRow).count() == 1
    db.session.rollback()
    webhooks.remove_webhook(loop.hospital.admin, webhook_id, at=NOW)
    for row in (WebhookSeenRow, WebhookDeliveryRow, WebhookRow):
        assert db.session.query(row).count() == 0
    db.session.rollback()


def _public(_host: str, _port: int) -> list[str]:
    return ["93.184.216.34"]
