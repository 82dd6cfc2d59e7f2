"""The memory of the directory: what it keeps, finds and forgets, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from ccr.domain.directory_history import Act, Change, RecordKind, difference
from ccr.domain.taxonomy import Need
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Network
from ccr.storage.models.keeping import ImportRun
from ccr.storage.queries.directory_changes import (
    changes_of_run,
    forget_changes,
    history_of,
    record_changes,
)

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def network() -> UUID:
    made = Network(id=uuid4(), name=f"Network {uuid4()}", created_at=NOON)
    db.session.add(made)
    db.session.flush()
    return made.id


def change(record: UUID, minutes: int = 0, **facts) -> Change:
    return Change(
        kind=RecordKind.SERVICE,
        record_id=record,
        act=Act.EDITED,
        at=NOON + timedelta(minutes=minutes),
        before=facts.pop("before", {"name": "Old"}),
        after=facts.pop("after", {"name": "New"}),
        **facts,
    )


def test_the_history_of_a_record_is_its_own_newest_first(app) -> None:
    mine, other = uuid4(), uuid4()
    with unit_of_work():
        here, elsewhere = network(), network()
        record_changes(here, [change(mine), change(mine, 5, version=2), change(other)])
        record_changes(elsewhere, [change(mine)])
    found = history_of(here, [mine])
    assert [(c.at, c.version) for c in found] == [(NOON + timedelta(minutes=5), 2), (NOON, 0)]
    assert history_of(here, []) == []


def test_values_of_every_kind_come_back_as_json_holds_them(app) -> None:
    record, linked = uuid4(), uuid4()
    after = {
        "needs": frozenset({Need.FOOD, Need.HOUSING}),
        "sites": (linked,),
        "last_verified_at": NOON,
        "signed_on": date(2026, 1, 2),
        "accessibility": {"deaf": "yes"},
    }
    with unit_of_work():
        here = network()
        record_changes(here, [change(record, before=None, after=after)])
    (found,) = history_of(here, [record])
    assert found.before is None
    assert found.after == {
        "needs": ["food", "housing"],
        "sites": [str(linked)],
        "last_verified_at": NOON.isoformat(),
        "signed_on": "2026-01-02",
        "accessibility": {"deaf": "yes"},
    }


def test_an_import_finds_what_it_changed_and_a_hidden_place_is_forgotten(app) -> None:
    hidden, open_one, run = uuid4(), uuid4(), uuid4()
    with unit_of_work():
        here = network()
        db.session.add(ImportRun(id=run, network_id=here, created_at=NOON))
        db.session.flush()
        record_changes(here, [change(hidden, run_id=run), change(open_one, run_id=run)])
        record_changes(here, [change(hidden, 1)])
    assert {c.record_id for c in changes_of_run(here, run)} == {hidden, open_one}
    with unit_of_work():
        forget_changes(here, [hidden])
    assert history_of(here, [hidden]) == []
    assert [c.record_id for c in changes_of_run(here, run)] == [open_one]


def test_only_fields_that_differ_are_remembered() -> None:
    before, after = difference({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None})
    assert (before, after) == ({"b": 2}, {"b": 3})
