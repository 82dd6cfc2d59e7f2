"""Two records that are one become one: nothing is lost, nothing is led astray."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from ccr.domain.directory_history import RecordKind
from ccr.domain.errors import ForbiddenError, InvalidInputError, NotFoundError, StaleError
from ccr.domain.linkages import paper_of_two
from ccr.policy.identity import Identity, Role
from ccr.services import accounts, duplicates, import_undo, importing, merging
from ccr.services.importing import ImportOptions
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import AgreementRow, MemberRow, PhoneRow, ServiceRow
from ccr.storage.models.keeping import RecordAlias
from ccr.storage.models.linkages import LinkagePartyRow
from ccr.storage.queries import verification
from ccr.storage.queries.directory import services_of
from ccr.storage.queries.linkages import add_linkage
from tests.finding import total
from tests.package_builders import ADDRESS, ORGANIZATION, PHONE, SERVICE, hsds
from tests.people import make_team

DAY = timedelta(days=1)


@pytest.fixture
def operator(app: Flask, now: datetime) -> Identity:
    accounts.create_network("Test network", at=now)
    return accounts.terminal_identity()


@pytest.fixture
def bring(operator: Identity, app: Flask, now: datetime, tmp_path: Path):
    def import_it(source: str, at: datetime = now, **changes):
        world = app.extensions["ccr_world"]
        path = hsds(tmp_path / source, **changes)
        report = importing.import_package(
            operator, world, path, ImportOptions(source=source), at=at
        )
        db.session.rollback()
        return report

    yield import_it
    broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
    assert broken == {}


def row(model, source: str):
    found = db.session.execute(select(model.__table__).where(model.source == source)).one()
    db.session.rollback()
    return found


def join(operator, model, kind, now, *, kept="one", gone="two", take=()) -> tuple[UUID, UUID]:
    ours, theirs = row(model, kept), row(model, gone)
    merging.merge(
        operator,
        kind,
        ours.id,
        theirs.id,
        take,
        versions=(ours.version, theirs.version),
        at=now + DAY,
    )
    return ours.id, theirs.id


TWO = {
    "organizations": [{**ORGANIZATION, "id": "z1", "name": "Alder House, Inc."}],
    "services": [{**SERVICE, "id": "z2", "organization_id": "z1", "description": "Told by two"}],
    "phones": [{**PHONE, "service_id": "z2", "number": "518-555-0177"}],
    "locations": [],
    "addresses": [],
    "service_at_location": [],
}


def test_members_then_services_become_one_and_every_import_finds_it(bring, operator, now) -> None:
    bring("one")
    bring("two", **TWO)
    found = row(ServiceRow, "one"), row(ServiceRow, "two")
    with pytest.raises(InvalidInputError, match="two programs"):
        join(operator, ServiceRow, RecordKind.SERVICE, now)
    _, old_member = join(operator, MemberRow, RecordKind.MEMBER, now, take=("name",))
    kept, gone = join(operator, ServiceRow, RecordKind.SERVICE, now, take=("description",))
    assert (kept, gone) == (found[0].id, found[1].id)
    (service,) = services_of(operator.network_id)
    assert service.member.name == "Alder House, Inc."
    assert service.description == "Told by two"
    assert len(service.sites) == 1
    assert {p.number for p in db.session.scalars(select(PhoneRow)).all()} == {
        "(518) 555-0142",
        "(518) 555-0177",
    }
    assert merging.moved_to(operator, RecordKind.SERVICE, gone) == kept
    assert total(operator, "told two") == 1
    # Both sources know the one record again, and neither changes what was chosen.
    for source, changes in (("one", {}), ("two", TWO)):
        report = bring(source, at=now + 2 * DAY, **changes)
        assert (report.services.added, report.members.added) == (0, 0)
    (service,) = services_of(operator.network_id)
    assert (service.member.name, service.description, len(service.sites)) == (
        "Alder House, Inc.",
        "Told by two",
        1,
    )
    assert merging.moved_to(operator, RecordKind.MEMBER, old_member) == service.member.id


def test_of_two_people_who_merge_the_other_way_round_one_wins(bring, operator, now) -> None:
    bring("one")
    bring("two", **TWO)
    ours, theirs = row(MemberRow, "one"), row(MemberRow, "two")
    join(operator, MemberRow, RecordKind.MEMBER, now)
    with pytest.raises((NotFoundError, StaleError)):
        merging.merge(
            operator,
            RecordKind.MEMBER,
            theirs.id,
            ours.id,
            (),
            versions=(theirs.version, ours.version),
            at=now,
        )
    assert db.session.scalars(select(RecordAlias.id)).all() == [theirs.id]


def test_what_changed_meanwhile_is_looked_at_again(bring, operator, now) -> None:
    bring("one")
    bring("two", **TWO)
    ours, theirs = row(MemberRow, "one"), row(MemberRow, "two")
    with unit_of_work():
        db.session.execute(update(MemberRow).values(version=MemberRow.version + 1))
    with pytest.raises(StaleError):
        merging.merge(
            operator,
            RecordKind.MEMBER,
            ours.id,
            theirs.id,
            (),
            versions=(ours.version, theirs.version),
            at=now,
        )
    worker = make_team(operator.network_id, "Birch", Role.WORKER, at=now).identity
    with pytest.raises(ForbiddenError):
        merging.side_by_side(worker, RecordKind.MEMBER, ours.id, theirs.id)


def test_a_member_that_people_work_in_is_not_the_one_that_goes(bring, operator, now) -> None:
    bring("one")
    team = make_team(operator.network_id, "Alder House", Role.WORKER, at=now)
    ours = row(MemberRow, "one")
    both = merging.side_by_side(operator, RecordKind.MEMBER, ours.id, team.member_id)
    assert "People work" in str(both.refusal)
    with unit_of_work():
        other = make_other(operator, now)
        add_linkage(operator.network_id, paper_of_two(ours.id, other, now.date(), None))
    merging.merge(operator, RecordKind.MEMBER, team.member_id, ours.id, (), versions=(1, 1), at=now)
    pair = db.session.execute(select(AgreementRow.member_a_id, AgreementRow.member_b_id)).one()
    signed = set(db.session.scalars(select(LinkagePartyRow.member_id)))
    db.session.rollback()
    assert set(pair) == signed == {team.member_id, other}
    (service,) = services_of(operator.network_id)
    assert service.compartment_id == team.compartment_id


def make_other(operator, now) -> UUID:
    return make_team(operator.network_id, "Cedar", Role.WORKER, at=now).member_id


def test_a_hidden_place_and_a_public_one_stay_two(bring, operator, now) -> None:
    bring("one")
    bring("two", **{**TWO, "services": [{**TWO["services"][0], "confidential": "yes"}]})
    join(operator, MemberRow, RecordKind.MEMBER, now)
    ours, theirs = row(ServiceRow, "one"), row(ServiceRow, "two")
    both = merging.side_by_side(operator, RecordKind.SERVICE, ours.id, theirs.id)
    assert "hides its place" in str(both.refusal)


def test_an_import_whose_record_was_merged_away_can_still_be_undone(bring, operator, now) -> None:
    bring("one")
    report = bring("two", **TWO)
    join(operator, MemberRow, RecordKind.MEMBER, now)
    done = import_undo.undo(operator, report.run_id, at=now + DAY)
    assert done.removed == {"service": 1, "location": 0, "member": 0}
    assert [s.name for s in services_of(operator.network_id)] == ["Food pantry"]


def test_duplicates_are_found_by_the_worker_and_once_told_apart_not_shown(
    bring, operator, app, now
) -> None:
    world = app.extensions["ccr_world"]
    bring("one")
    bring("two", **{**TWO, "addresses": [ADDRESS]})
    assert duplicates.list_pairs(operator, world, 1).looked_at is None
    assert duplicates.search_when_due(world, at=now) == 1
    assert duplicates.search_when_due(world, at=now) == 0
    found = duplicates.list_pairs(operator, world, 1)
    assert {pair.kind for pair in found.pairs} == {RecordKind.MEMBER, RecordKind.SERVICE}
    pair = found.pairs[0]
    duplicates.keep_apart(operator, world, pair.kind, pair.second.id, pair.first.id, at=now)
    assert duplicates.list_pairs(operator, world, 1).total == found.total - 1
    duplicates.look_again(operator, world)
    assert duplicates.search_when_due(world, at=now) == 1
