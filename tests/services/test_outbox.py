from __future__ import annotations

import email
import email.policy
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import select, update

from ccr.adapters.mailer import Mail, MailError, Post
from ccr.config import Settings
from ccr.services import outbox
from ccr.services.outbox import MAX_ATTEMPTS, Notice, deliver, notify, notify_compartment, text_of
from ccr.services.world import World
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account
from ccr.storage.models.operations import OutboxItem
from ccr.storage.queries.operations import claim_due_notices, mark_sent
from tests.people import Team, make_network, make_team


class FakeMailer:
    """Keeps what it is given; fails as told, for one address or as a whole."""

    def __init__(self) -> None:
        self.taken: list[Mail] = []
        self.refused: set[str] = set()
        self.down: str | None = None

    @contextmanager
    def connected(self) -> Iterator[Post]:
        if self.down:
            raise MailError(self.down)
        yield self.post

    def post(self, mail: Mail) -> None:
        if mail.to in self.refused:
            raise MailError("refused")
        self.taken.append(mail)


@pytest.fixture
def mailer(monkeypatch: pytest.MonkeyPatch) -> FakeMailer:
    fake = FakeMailer()
    monkeypatch.setattr(outbox, "mailer_for", lambda _settings: fake)
    return fake


@pytest.fixture
def world(settings: Settings) -> World:
    # Delivery reads the settings alone; the rest of the world is slow to load.
    return cast("World", SimpleNamespace(settings=settings))


@pytest.fixture
def team(app: Flask, now: datetime) -> Team:
    return make_team(make_network(at=now), "Harbor House", at=now)


def tell(team: Team, about: str, now: datetime, notice: Notice = Notice.ITEM_TO_REVIEW) -> int:
    assert team.identity.network_id is not None
    return notify_compartment(
        team.identity.network_id, team.compartment_id, notice, about=about, at=now
    )


def rows() -> list[OutboxItem]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxItem).order_by(OutboxItem.created_at)))


@pytest.mark.parametrize("notice", list(Notice))
def test_no_text_has_anything_filled_in(notice: Notice) -> None:
    subject, sentence = text_of(notice)
    assert not subject.values
    assert not sentence.values
    assert "%" not in subject.msgid + sentence.msgid


def test_the_mails_are_exactly_these(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    tell(team, "referral/1/sent", now)
    tell(team, "referral/1/late", now, Notice.ITEM_OVERDUE)
    deliver(world, at=now)
    assert {(m.to, m.subject, m.body) for m in mailer.taken} == {
        (
            team.email,
            "You have an item to review",
            "You have an item to review.\n\nhttp://127.0.0.1:8000/sign-in\n",
        ),
        (
            team.email,
            "An item is overdue",
            "An item that waits for you is overdue.\n\nhttp://127.0.0.1:8000/sign-in\n",
        ),
    }


def test_a_delivered_mail_holds_no_id_and_no_name(team: Team, world: World, now: datetime) -> None:
    tell(team, "referral/1/sent", now)
    deliver(world, at=now)
    (file,) = (world.settings.data_dir / "outbox").glob("*.eml")
    built = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    text = file.read_text(encoding="ascii").replace(team.email, "")
    assert "Harbor" not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text)
    assert built["To"] == team.email


def test_the_same_cause_is_told_once(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    assert tell(team, "referral/1/sent", now) == 1
    deliver(world, at=now)
    assert tell(team, "referral/1/sent", now) == 0
    deliver(world, at=now)
    assert len(mailer.taken) == 1


def test_a_notice_that_still_waits_speaks_for_the_next_one(team: Team, now: datetime) -> None:
    assert tell(team, "referral/1/sent", now) == 1
    assert tell(team, "referral/2/sent", now) == 0


def test_a_new_cause_after_delivery_is_told(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    tell(team, "referral/1/sent", now)
    deliver(world, at=now)
    assert tell(team, "referral/2/sent", now) == 1
    deliver(world, at=now)
    assert len(mailer.taken) == 2


def test_a_notice_is_undone_with_the_change_that_caused_it(team: Team, now: datetime) -> None:
    with pytest.raises(RuntimeError), unit_of_work():
        tell(team, "referral/1/sent", now)
        raise RuntimeError
    assert rows() == []


def test_the_cause_is_kept_as_a_hash(team: Team, now: datetime) -> None:
    tell(team, "referral/1/sent", now)
    assert re.fullmatch("[0-9a-f]{64}", rows()[0].dedupe_key)


def test_a_sent_notice_is_not_sent_again(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    tell(team, "referral/1/sent", now)
    assert deliver(world, at=now).sent == 1
    assert deliver(world, at=now + timedelta(days=1)).sent == 0


def test_each_failure_waits_longer_and_the_eighth_is_the_last(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    mailer.refused.add(team.email)
    tell(team, "referral/1/sent", now)
    at, waits = now, []
    for _ in range(MAX_ATTEMPTS):
        assert deliver(world, at=at).failed == 1
        assert deliver(world, at=at).failed == 0
        (row,) = rows()
        waits.append(row.due_at - at)
        at = row.due_at
    assert waits[:-1] == sorted(waits[:-1])
    assert waits[0] == timedelta(minutes=1)
    mailer.refused.clear()
    assert deliver(world, at=at + timedelta(days=2)).sent == 0
    assert rows()[0].last_error_code == "refused"
    assert outbox.standing().dead == 1


def test_a_refused_address_does_not_hold_up_the_others(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    assert team.identity.network_id is not None
    other = make_team(team.identity.network_id, "Other House", at=now)
    mailer.refused.add(team.email)
    tell(team, "referral/1/sent", now)
    tell(other, "referral/1/sent", now)
    result = deliver(world, at=now)
    assert (result.sent, result.failed) == (1, 1)
    assert [m.to for m in mailer.taken] == [other.email]


def test_an_outage_is_survived_and_loses_nothing(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    mailer.down = "connect"
    tell(team, "referral/1/sent", now)
    assert deliver(world, at=now).failed == 1
    assert outbox.standing().waiting == 1
    mailer.down = None
    assert deliver(world, at=now + timedelta(minutes=2)).sent == 1


def test_a_second_try_carries_the_same_key(
    team: Team, world: World, mailer: FakeMailer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(team, "referral/1/sent", now)
    # The worker dies after the server took the mail and before that was noted.
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "mark_sent", lambda *_args, **_rest: False)
        deliver(world, at=now)
    deliver(world, at=now + timedelta(hours=1))
    first, second = mailer.taken
    assert first.key == second.key
    assert rows()[0].sent_at is not None


def test_an_outcome_that_comes_too_late_changes_nothing(team: Team, now: datetime) -> None:
    tell(team, "referral/1/sent", now)
    later = now + timedelta(minutes=16)

    def claim(at: datetime) -> Any:
        with unit_of_work():
            return claim_due_notices(
                at=at, held_until=at + timedelta(minutes=15), max_attempts=8, limit=5
            )

    (slow,) = claim(now)
    assert claim(now) == []
    (quick,) = claim(later)
    with unit_of_work():
        assert mark_sent(slow, at=later) is False
        assert mark_sent(quick, at=later) is True


def test_nobody_is_told_who_can_no_longer_sign_in(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    tell(team, "referral/1/sent", now)
    with unit_of_work():
        db.session.execute(update(Account).values(active=False))
    assert deliver(world, at=now).given_up == 1
    assert mailer.taken == []
    assert tell(team, "referral/2/sent", now) == 0


def test_a_stale_notice_is_given_up_and_an_old_one_forgotten(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    tell(team, "referral/1/sent", now)
    deliver(world, at=now + timedelta(days=8))
    assert (rows()[0].last_error_code, mailer.taken) == ("expired", [])
    deliver(world, at=now + timedelta(days=91))
    assert rows() == []


def test_an_unknown_text_fails_without_stopping_the_rest(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    tell(team, "referral/1/sent", now)
    with unit_of_work():
        db.session.execute(update(OutboxItem).values(template="from-the-future"))
    tell(team, "referral/2/sent", now)
    result = deliver(world, at=now)
    assert (result.sent, result.failed) == (1, 1)


def test_mail_that_is_off_sends_nothing_and_fails_nothing(
    team: Team, world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "mailer_for", lambda _settings: None)
    tell(team, "referral/1/sent", now)
    assert deliver(world, at=now) == outbox.Delivery()
    assert rows()[0].attempts == 0


def test_only_the_accounts_named_are_told(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    assert team.identity.network_id is not None
    other = make_team(team.identity.network_id, "Other House", at=now)
    assert other.identity.user_id is not None
    notify(
        team.identity.network_id,
        other.compartment_id,
        [other.identity.user_id, other.identity.user_id],
        Notice.ITEM_OVERDUE,
        about="referral/1/late",
        at=now,
    )
    deliver(world, at=now)
    assert [m.to for m in mailer.taken] == [other.email]


@pytest.mark.race
def test_two_workers_at_once_send_each_notice_once(
    team: Team,
    world: World,
    mailer: FakeMailer,
    now: datetime,
    second_app: Callable[[], Flask],
) -> None:
    assert team.identity.network_id is not None
    teams = [make_team(team.identity.network_id, f"House {n}", at=now) for n in range(60)]
    for each in teams:
        tell(each, "referral/1/sent", now)
    failures: list[BaseException] = []

    def work(app: Flask) -> None:
        try:
            with app.app_context():
                deliver(world, at=now)
                db.session.remove()
                db.engine.dispose()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(second_app(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(m.to for m in mailer.taken) == sorted(t.email for t in teams)
