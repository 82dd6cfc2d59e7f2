"""Undoing an import: what it made goes, what it changed goes back, what has moved on stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from ccr.domain.directory_history import Act
from ccr.domain.edited_here import Choices
from ccr.domain.errors import ForbiddenError, IllegalTransitionError, NotFoundError
from ccr.policy.identity import Identity, Role
from ccr.services import accounts, import_undo, importing
from ccr.services.importing import ImportOptions, ImportReport
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import (
    LocationRow,
    MemberRow,
    PhoneRow,
    ServiceRow,
    ServiceText,
)
from ccr.storage.models.keeping import DirectoryChange
from ccr.storage.queries import verification
from ccr.storage.queries.directory import services_of
from ccr.storage.queries.directory_changes import history_of
from tests.finding import total
from tests.package_builders import ADDRESS, ORGANIZATION, PHONE, SERVICE, hsds
from tests.people import make_team

HOUR = timedelta(hours=1)
CHANGED = {
    "organizations": [{**ORGANIZATION, "name": "Alder House Inc"}],
    "services": [
        {
            **SERVICE,
            "name": "Food and diapers",
            "description": "New words",
            "url": "https://a.example",
        }
    ],
    "addresses": [{**ADDRESS, "address_1": "99 Oak Avenue"}],
    "phones": [{**PHONE, "number": "518-555-0199"}],
}


@pytest.fixture
def operator(app: Flask, now: datetime) -> Identity:
    accounts.create_network("Test network", at=now)
    return accounts.terminal_identity()


@pytest.fixture
def bring(operator: Identity, app: Flask, now: datetime, tmp_path: Path):
    def import_it(at: datetime = now, choices: Choices | None = None, **changes) -> ImportReport:
        options = ImportOptions(source="test", choices=choices or Choices())
        world = app.extensions["ccr_world"]
        path = hsds(tmp_path / "package", **changes)
        return importing.import_package(operator, world, path, options, at=at)

    yield import_it
    broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
    assert broken == {}


def counts() -> dict[str, int]:
    models = (MemberRow, ServiceRow, LocationRow, PhoneRow, ServiceText, Compartment)
    found = {
        m.__tablename__: db.session.scalar(select(func.count()).select_from(m)) for m in models
    }
    db.session.rollback()
    return found


def only(operator: Identity):
    service = services_of(operator.network_id)[0]
    db.session.rollback()
    return service


def set_by_hand(**values) -> None:
    with unit_of_work():
        db.session.execute(
            update(ServiceRow).values(
                **values,
                version=ServiceRow.version + 1,
                edited_fields=dict.fromkeys(values, "2026-11-12T20:00:00+00:00"),
            )
        )


def test_a_new_package_goes_as_if_it_had_never_come(bring, operator, now) -> None:
    before = counts()
    report = bring()
    assert counts() != before
    done = import_undo.undo(operator, report.run_id, at=now + HOUR)
    assert counts() == before
    assert done.removed == {"service": 1, "location": 1, "member": 1}
    assert (done.put_back, done.left_count) == (0, 0)
    assert bring(at=now + 2 * HOUR).services.added == 1


def test_what_was_changed_goes_back_with_all_that_hangs_on_it(bring, operator, now) -> None:
    bring()
    before, words = only(operator), total(operator, "pantry")
    report = bring(at=now + HOUR, **CHANGED)
    changed = only(operator)
    assert (changed.name, changed.phone) == ("Food and diapers", "(518) 555-0199")
    done = import_undo.undo(operator, report.run_id, at=now + 2 * HOUR)
    after = only(operator)
    assert done.put_back == 3
    assert (after.name, after.website, after.phone, after.member.name, after.sites) == (
        before.name,
        before.website,
        before.phone,
        before.member.name,
        before.sites,
    )
    assert total(operator, "pantry") == words == 1
    assert total(operator, "diapers") == 0
    acts = [change.act for change in history_of(operator.network_id, [after.id])]
    assert acts == [Act.UNDONE, Act.IMPORTED]
    assert not bring(at=now + 3 * HOUR).changes


def test_imports_are_undone_one_after_the_other_back_to_nothing(bring, operator, now) -> None:
    before = counts()
    runs = [bring().run_id]
    runs.append(bring(at=now + HOUR, **CHANGED).run_id)
    runs.append(bring(at=now + 2 * HOUR, services=[{**SERVICE, "name": "Third name"}]).run_id)
    for hours, run_id in enumerate(reversed(runs), start=3):
        assert import_undo.undo(operator, run_id, at=now + hours * HOUR).left_count == 0
    assert counts() == before


def test_two_undos_have_one_effect_and_nobody_else_may(bring, operator, now) -> None:
    report = bring()
    worker = make_team(operator.network_id, "Birch", Role.WORKER, at=now).identity
    with pytest.raises(ForbiddenError):
        import_undo.undo(worker, report.run_id, at=now)
    import_undo.undo(operator, report.run_id, at=now)
    with pytest.raises(IllegalTransitionError):
        import_undo.undo(operator, report.run_id, at=now)
    with pytest.raises(NotFoundError):
        import_undo.undo(operator, operator.network_id, at=now)


def test_what_was_edited_since_stays_and_is_named(bring, operator, now) -> None:
    report = bring()
    set_by_hand(name="Our own name")
    done = import_undo.undo(operator, report.run_id, at=now + HOUR)
    assert [(left.name, left.why) for left in done.left if left.name] == [
        ("Our own name", "changed"),
        ("Alder House", "used"),
    ]
    assert done.left_count == 3  # the place it is given at, too
    assert only(operator).name == "Our own name"


def test_a_change_that_somebody_changed_again_is_left_alone(bring, operator, now) -> None:
    bring()
    report = bring(at=now + HOUR, services=[{**SERVICE, "name": "Other name"}])
    set_by_hand(alert="Closed on Monday")
    done = import_undo.undo(operator, report.run_id, at=now + 2 * HOUR)
    assert [(left.name, left.why) for left in done.left] == [("Other name", "changed")]
    assert only(operator).name == "Other name"


def test_an_import_keeps_what_was_edited_here_and_takes_it_when_told(bring, operator, now) -> None:
    bring()
    set_by_hand(name="Our own name")
    report = bring(at=now + HOUR, services=[{**SERVICE, "name": "Theirs", "alert": "Bring a bag"}])
    (kept,) = report.edited
    assert (kept.field, kept.ours, kept.theirs, kept.taken) == (
        "name",
        "Our own name",
        "Theirs",
        False,
    )
    service = only(operator)
    assert (service.name, service.alert) == ("Our own name", "Bring a bag")
    assert total(operator, "own") == 1
    taken = Choices(take=frozenset({kept.key}))
    bring(at=now + 2 * HOUR, choices=taken, services=[{**SERVICE, "name": "Theirs"}])
    assert only(operator).name == "Theirs"
    # It is theirs from now on: nobody is asked again.
    report = bring(at=now + 3 * HOUR, services=[{**SERVICE, "name": "Theirs anew"}])
    assert (report.edited, only(operator).name) == ((), "Theirs anew")


def test_a_place_that_became_hidden_is_remembered_nowhere_and_never_comes_back(
    bring, operator, now
) -> None:
    bring()
    first = bring(at=now + HOUR, addresses=[{**ADDRESS, "address_1": "99 Oak Avenue"}])
    hiding = bring(at=now + 2 * HOUR, services=[{**SERVICE, "confidential": "yes"}])
    assert only(operator).confidential
    remembered = db.session.scalars(select(DirectoryChange.before)).all()
    assert "Oak" not in str(remembered)
    assert "Elm" not in str(remembered)
    for report in (hiding, first):
        import_undo.undo(operator, report.run_id, at=now + 3 * HOUR)
    assert only(operator).confidential
    assert counts()["location"] == 0
