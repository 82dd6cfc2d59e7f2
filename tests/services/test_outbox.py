from __future__ import annotations

import email
import email.policy
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select, update

from ccr.adapters.mailer import Mail, MailError, Post
from ccr.adapters.opening_hours import HoursBook
from ccr.config import Settings
from ccr.domain.taxonomy import Urgency
from ccr.services import delivery, outbox, posting
from ccr.services.delivery import Delivery, deliver
from ccr.services.outbox import MAX_ATTEMPTS, Notice, notify, notify_compartment, text_of, words_of
from ccr.services.world import World
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account, Compartment
from ccr.storage.models.operations import OutboxItem
from ccr.storage.queries.delivery import mark_failed, mark_sent
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
    monkeypatch.setattr(delivery, "mailer_for", lambda _settings: fake)
    return fake


@pytest.fixture
def world(settings: Settings) -> World:
    # Delivery reads no more; the rest of the world is slow to load.
    return cast("World", SimpleNamespace(settings=settings, hours=HoursBook()))


@pytest.fixture
def team(app: Flask, now: datetime) -> Team:
    return make_team(make_network(at=now), "Harbor House", at=now)


def tell(
    team: Team,
    about: str,
    now: datetime,
    notice: Notice = Notice.ITEM_TO_REVIEW,
    urgency: Urgency = Urgency.IMMEDIATE,
) -> int:
    assert team.identity.network_id is not None
    return notify_compartment(
        team.identity.network_id,
        team.compartment_id,
        notice,
        about=about,
        at=now,
        urgency=urgency,
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


LATE = "An item that waits for you is overdue."
THE_DAY = "Something waits for you. At most one mail a day says so."
LINKS = "Some facts of your program are due to be checked. Each link works once, for 14 days."
REVIEW, OVERDUE, CHECK = Notice.ITEM_TO_REVIEW, Notice.ITEM_OVERDUE, Notice.LISTINGS_TO_CHECK


@pytest.mark.parametrize(
    ("notices", "of_the_day", "subject", "sentences"),
    [
        ({REVIEW}, False, "You have an item to review", ["You have an item to review."]),
        ({OVERDUE}, False, "An item is overdue", [LATE]),
        (
            {REVIEW, OVERDUE},
            False,
            "An item is overdue",
            ["An item that waits for you is overdue."],
        ),
        ({REVIEW}, True, "Something waits for you", [THE_DAY]),
        ({OVERDUE}, True, "Something waits for you", [THE_DAY]),
        ({REVIEW, OVERDUE}, True, "Something waits for you", [THE_DAY]),
        ({CHECK}, True, "Some facts are due to be checked", [LINKS]),
        ({CHECK}, False, "Some facts are due to be checked", [LINKS]),
        ({CHECK, OVERDUE}, True, "Something waits for you", [THE_DAY, LINKS]),
    ],
)
def test_the_words_of_a_mail_are_exactly_these(
    notices: set[Notice], of_the_day: bool, subject: str, sentences: list[str]
) -> None:
    told, words = words_of(frozenset(notices), of_the_day=of_the_day)
    assert (str(told), [str(word) for word in words]) == (subject, sentences)


def test_a_mail_ends_with_the_way_to_sign_in(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    tell(team, "referral/1/sent", now, urgency=Urgency.HIGH)
    deliver(world, at=now)
    assert [(m.to, m.subject, m.body) for m in mailer.taken] == [
        (
            team.email,
            "Something waits for you",
            f"{THE_DAY}\n\nhttp://127.0.0.1:8000/sign-in\n",
        )
    ]


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


def test_one_mail_speaks_for_all_that_waits(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    assert tell(team, "referral/1/sent", now) == 1
    assert tell(team, "referral/2/sent", now) == 1
    assert deliver(world, at=now) == Delivery(sent=1)
    assert len(mailer.taken) == 1
    assert {row.sent_at for row in rows()} == {now}


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
        patch.setattr(delivery, "mark_sent", lambda *_args, **_rest: False)
        deliver(world, at=now)
    deliver(world, at=now + timedelta(hours=1))
    first, second = mailer.taken
    assert first.key == second.key
    assert rows()[0].sent_at is not None


def test_a_failure_that_comes_too_late_changes_nothing_and_a_late_success_counts(
    team: Team, world: World, now: datetime
) -> None:
    tell(team, "referral/1/sent", now)
    later = now + timedelta(minutes=16)
    (slow,), _ = delivery._take_batch(world, set(), now)
    assert delivery._take_batch(world, set(), now) == ([], set())
    (quick,), _ = delivery._take_batch(world, set(), later)
    assert (quick.id, quick.attempts) == (slow.id, 2)
    with unit_of_work():
        assert mark_failed(slow, code="connect", due_at=later) == 0
        assert mark_sent(slow, at=later) == 1  # it did leave
        assert mark_sent(quick, at=later) == 0


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
    assert team.identity.network_id is not None
    other = make_team(team.identity.network_id, "Other House", at=now)
    tell(team, "referral/1/sent", now)
    with unit_of_work():
        db.session.execute(update(OutboxItem).values(template="from-the-future"))
    tell(other, "referral/2/sent", now)
    result = deliver(world, at=now)
    assert (result.sent, result.failed) == (1, 1)


def test_mail_that_is_off_sends_nothing_and_fails_nothing(
    team: Team, world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "mailer_for", lambda _settings: None)
    tell(team, "referral/1/sent", now)
    assert deliver(world, at=now) == Delivery()
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
        urgency=Urgency.IMMEDIATE,
    )
    deliver(world, at=now)
    assert [m.to for m in mailer.taken] == [other.email]


def test_a_server_that_is_away_costs_no_tries(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    tell(team, "referral/1/sent", now)
    mailer.down = "connect"
    for minutes in range(20):
        assert deliver(world, at=now + timedelta(minutes=minutes)).failed == 1
    (row,) = rows()
    assert (row.attempts, row.last_error_code) == (0, "connect")
    mailer.down = None
    assert deliver(world, at=now + timedelta(minutes=20)).sent == 1


def test_a_run_that_takes_too_long_ends_and_gives_back_what_it_did_not_try(
    team: Team,
    world: World,
    mailer: FakeMailer,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert team.identity.network_id is not None
    for number in range(3):
        other = make_team(team.identity.network_id, f"House {number}", at=now)
        tell(other, "referral/1/sent", now)
    seconds = iter([0.0, 1.0, 41.0])
    with monkeypatch.context() as patch:
        patch.setattr(posting, "monotonic", lambda: next(seconds))
        assert deliver(world, at=now) == Delivery(sent=1)
    assert sorted(row.attempts for row in rows()) == [0, 0, 1]
    assert deliver(world, at=now) == Delivery(sent=2)


def test_ordinary_notices_are_one_mail_a_day_in_the_working_morning(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    standard = {"urgency": Urgency.STANDARD}
    tell(team, "referral/1/sent", now, **standard)
    tell(team, "referral/1/late", now + timedelta(hours=1), Notice.ITEM_OVERDUE, **standard)
    # Thursday 14:05. The program says no hours: the business week from nine to five.
    friday_nine = now + timedelta(hours=18, minutes=55)
    for at in (now, friday_nine - timedelta(hours=1), friday_nine - timedelta(minutes=1)):
        assert deliver(world, at=at) == Delivery()
    assert deliver(world, at=friday_nine) == Delivery(sent=1)
    tell(team, "referral/2/sent", friday_nine, urgency=Urgency.HIGH)
    tell(team, "referral/3/sent", friday_nine)
    assert deliver(world, at=friday_nine) == Delivery(sent=1)  # immediate danger alone
    saturday = friday_nine + timedelta(hours=23)
    assert deliver(world, at=saturday) == Delivery(sent=1)  # what is high waits for no Monday
    subjects = [mail.subject for mail in mailer.taken]
    assert subjects == [
        "Something waits for you",
        "You have an item to review",
        "Something waits for you",
    ]
    assert all(row.sent_at for row in rows())


def test_quiet_hours_hold_a_retry_and_a_mail_for_each_but_not_immediate_danger(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    with unit_of_work():
        db.session.execute(update(Account).values(mail_each=True))
    evening = now + timedelta(hours=5, minutes=50)  # 19:55
    tell(team, "referral/1/sent", evening, urgency=Urgency.STANDARD)
    mailer.refused.add(team.email)
    deliver(world, at=evening)
    deliver(world, at=evening + timedelta(minutes=1))
    mailer.refused.clear()
    night = evening + timedelta(minutes=30)
    tell(team, "referral/2/sent", night, urgency=Urgency.STANDARD)
    tell(team, "referral/3/sent", night)
    assert deliver(world, at=night) == Delivery(sent=1)
    seven = now + timedelta(hours=16, minutes=55)
    assert deliver(world, at=seven - timedelta(minutes=1)) == Delivery()
    assert deliver(world, at=seven) == Delivery(sent=2)
    assert len({mail.key for mail in mailer.taken}) == 3


def test_a_program_has_quiet_hours_of_its_own(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    with unit_of_work():  # from 13:00 to 15:00
        db.session.execute(update(Compartment).values(quiet_from=780, quiet_until=900))
    tell(team, "referral/1/sent", now, urgency=Urgency.HIGH)
    assert deliver(world, at=now) == Delivery()
    assert deliver(world, at=now + timedelta(minutes=55)) == Delivery(sent=1)


def test_a_clock_put_back_neither_repeats_nor_loses(
    team: Team, world: World, mailer: FakeMailer, now: datetime
) -> None:
    ahead = now + timedelta(days=40)
    tell(team, "referral/1/sent", ahead)
    assert deliver(world, at=ahead) == Delivery(sent=1)
    tell(team, "referral/2/sent", ahead, urgency=Urgency.STANDARD)
    tell(team, "referral/3/sent", now)
    assert deliver(world, at=now).sent == 2
    assert deliver(world, at=now) == Delivery()
    assert deliver(world, at=ahead) == Delivery()


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
