from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from ccr.domain.errors import ForbiddenError, StaleError
from ccr.domain.taxonomy import CompartmentKind
from ccr.policy.identity import Identity, Role
from ccr.services import dead_letters
from ccr.services.dead_letters import Kind
from ccr.services.outbox import MAX_ATTEMPTS, Notice, notify_compartment
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account
from ccr.storage.models.audit import AuditEventRow
from ccr.storage.models.operations import OutboxItem
from ccr.storage.queries.delivery import give_up_notices
from tests.people import Team, make_network, make_team


@pytest.fixture
def team(app: Flask, now: datetime) -> Team:
    return make_team(make_network(at=now), "Harbor House", at=now)


@pytest.fixture
def keeper(team: Team, now: datetime) -> Identity:
    kind = CompartmentKind.COORDINATION
    network_id = team.identity.network_id
    return make_team(network_id, "Desk", Role.SYSTEM_ADMIN, at=now, kind=kind).identity


def given_up(team: Team, now: datetime, code: str = "refused", about: str = "1") -> OutboxItem:
    notify_compartment(
        team.identity.network_id, team.compartment_id, Notice.ITEM_OVERDUE, about=about, at=now
    )
    with unit_of_work():
        row = db.session.scalars(select(OutboxItem).where(OutboxItem.attempts == 0)).one()
        row.attempts, row.last_error_code = MAX_ATTEMPTS, code
        db.session.flush()
        db.session.expunge(row)
    return row


def row(item: OutboxItem) -> OutboxItem:
    db.session.rollback()
    found = db.session.get(OutboxItem, item.id)
    assert found is not None
    db.session.refresh(found)
    return found


def test_a_letter_is_shown_without_what_it_said_and_without_whom_it_was_for(
    team: Team, keeper: Identity, now: datetime
) -> None:
    item = given_up(team, now)
    found = dead_letters.list_dead(keeper)
    (letter,) = found.page.items
    assert (letter.id, letter.kind, letter.failure) == (item.id, Kind.NOTICE, "refused")
    assert (letter.program, letter.address) == ("Harbor House · Program", "…@example.org")
    assert found.retryable == 1
    assert "overdue" not in repr(found)
    assert team.email not in repr(found)


def test_trying_again_starts_from_the_beginning_once_and_is_recorded(
    team: Team, keeper: Identity, now: datetime
) -> None:
    item = given_up(team, now)
    later = now + timedelta(days=8)
    dead_letters.retry(keeper, item.id, at=later)
    after = row(item)
    assert (after.attempts, after.due_at, after.last_error_code) == (0, later, None)
    with pytest.raises(StaleError):
        dead_letters.retry(keeper, item.id, at=later)
    # It is older than a week, but was asked for a moment ago.
    assert give_up_notices(created_before=later - timedelta(days=7), max_attempts=8) == 0
    events = db.session.scalars(select(AuditEventRow).filter_by(verb="mail-retried")).all()
    assert [(e.subject_id, e.actor_id) for e in events] == [(item.id, keeper.user_id)]
    db.session.rollback()


def test_all_are_tried_again_but_for_those_that_nobody_would_read(
    team: Team, keeper: Identity, now: datetime
) -> None:
    kept = given_up(team, now, "inactive", about="1")
    tried = [given_up(team, now, code, about=code) for code in ("refused", "expired")]
    assert dead_letters.retry_all(keeper, at=now) == 2
    assert [row(item).attempts for item in (kept, *tried)] == [MAX_ATTEMPTS, 0, 0]
    assert dead_letters.retry_all(keeper, at=now) == 0
    with pytest.raises(StaleError):
        dead_letters.retry(keeper, kept.id, at=now)


def test_a_mail_that_spoke_for_several_is_one_line_and_tried_as_one(
    team: Team, keeper: Identity, now: datetime
) -> None:
    items, mail_id = [given_up(team, now, about=str(n)) for n in range(3)], uuid4()
    with unit_of_work():
        db.session.execute(
            update(OutboxItem)
            .where(OutboxItem.id.in_([item.id for item in items[:2]]))
            .values(mail_id=mail_id)
        )
    found = dead_letters.list_dead(keeper)
    assert (found.page.total, found.retryable) == (2, 2)
    shown = next(letter.id for letter in found.page.items if letter.id != items[2].id)
    dead_letters.retry(keeper, shown, at=now)
    assert [row(item).attempts for item in items] == [0, 0, MAX_ATTEMPTS]
    assert dead_letters.retry_all(keeper, at=now) == 1


def test_another_networks_letters_are_not_seen_and_not_tried(
    team: Team, keeper: Identity, now: datetime
) -> None:
    other = make_team(make_network("Other", at=now), "Other House", at=now)
    with unit_of_work():
        db.session.execute(update(Account).values(active=True))
    item = given_up(other, now)
    assert dead_letters.list_dead(keeper).page.items == ()
    assert dead_letters.retry_all(keeper, at=now) == 0
    with pytest.raises(StaleError):
        dead_letters.retry(keeper, item.id, at=now)
    assert row(item).attempts == MAX_ATTEMPTS


def test_only_a_system_administrator_sees_them(team: Team, now: datetime) -> None:
    with pytest.raises(ForbiddenError):
        dead_letters.list_dead(team.identity)
    with pytest.raises(ForbiddenError):
        dead_letters.retry_all(team.identity, at=now)
