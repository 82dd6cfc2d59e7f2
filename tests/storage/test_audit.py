"""The audit trail: append-only, chained, one chain per program, on both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ccr.domain.errors import ForbiddenError
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import db, unit_of_work
from ccr.storage.queries.audit import append_event, iterate_chain
from ccr.storage.queries.verification import broken_audit_chains
from tests.people import make_network, make_team


def test_events_are_chained_in_order(app: Flask, now: datetime) -> None:
    team = make_team(make_network(at=now), "Alder House", at=now)
    with unit_of_work():
        for verb in ("opened", "sent", "closed"):
            append_event(team.identity, verb, "referral", None, at=now)
    chain = list(iterate_chain(team.compartment_id))
    assert [event.verb for event, _, _ in chain] == ["opened", "sent", "closed"]
    assert [event.position for event, _, _ in chain] == [1, 2, 3]
    assert chain[1][1] == chain[0][2]
    assert broken_audit_chains() == []


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET verb = 'x'", "DELETE FROM audit_event"]
)
def test_the_database_itself_refuses_to_change_the_trail(
    app: Flask, now: datetime, statement: str
) -> None:
    team = make_team(make_network(at=now), "Alder House", at=now)
    with unit_of_work():
        append_event(team.identity, "opened", "referral", None, at=now)
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work():
        db.session.execute(text(statement))


def test_a_forged_event_is_found_at_its_place(sqlite_app: Flask, now: datetime) -> None:
    team = make_team(make_network(at=now), "Alder House", at=now)
    with unit_of_work():
        for verb in ("opened", "sent", "closed"):
            append_event(team.identity, verb, "referral", None, at=now)
    with unit_of_work():
        db.session.execute(text("DROP TRIGGER audit_event_no_update"))
        db.session.execute(text("UPDATE audit_event SET verb = 'saw' WHERE position = 2"))
    assert broken_audit_chains() == [f"{team.compartment_id}:2"]


def test_a_refusal_is_kept_although_the_work_is_undone(app: Flask, now: datetime) -> None:
    team = make_team(make_network(at=now), "Alder House", at=now)
    with pytest.raises(ForbiddenError), unit_of_work():
        append_event(team.identity, "half-done", "referral", None, at=now)
        authorise(team.identity, Permission.NETWORK_MANAGE)
    events = [event for event, _, _ in iterate_chain(team.compartment_id)]
    assert [(e.verb, e.reason) for e in events] == [("refused", "network:manage")]


def test_two_writers_never_fork_a_chain(
    app: Flask, second_app: Callable[[], Flask], now: datetime
) -> None:
    team = make_team(make_network(at=now), "Alder House", at=now)
    apps = [second_app() for _ in range(4)]
    errors: list[Exception] = []

    def write(other: Flask) -> None:
        try:
            with other.app_context():
                for _ in range(10):
                    with unit_of_work():
                        append_event(team.identity, "opened", "referral", None, at=now)
                db.session.remove()
                db.engine.dispose()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(other,)) for other in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(list(iterate_chain(team.compartment_id))) == 40
    assert broken_audit_chains() == []
