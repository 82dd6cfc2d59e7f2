"""The coordinator says what other vocabularies' terms mean; listings and imports follow."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import insert, select

from ccr.policy.identity import Role
from ccr.services import accounts, importing, term_mapping
from ccr.services.importing import ImportOptions
from ccr.services.term_mapping import Saying
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import ServiceRow, ServiceTermRow
from ccr.storage.queries.directory import directory_version, get_service
from ccr.storage.queries.directory_changes import history_of
from ccr.storage.queries.directory_log import raise_directory_version
from tests.directory_rows import Statements, save_service
from tests.loop import world
from tests.package_builders import SERVICE, hsds
from tests.small_directory import SmallDirectory, make_small_directory

CODE = "BH-1800.1500-100"


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    del app
    return make_small_directory(at=now)


def carrying(small: SmallDirectory, now: datetime, count: int, name: str = "Plain") -> list:
    ids = [
        save_service(small.alder, name=f"{name} {n}", needs=frozenset(), tracks=frozenset(), at=now)
        for n in range(count)
    ]
    with unit_of_work():
        rows = [
            {"id": uuid4(), "service_id": i, "taxonomy": "211", "code": CODE, "name": "Opaque 1"}
            for i in ids
        ]
        db.session.execute(insert(ServiceTermRow), rows)
    return ids


def needs_of(small: SmallDirectory, ids) -> list[set[str]]:
    db.session.expire_all()
    return [{n.value for n in get_service(small.network_id, i).needs} for i in ids]


def test_a_mapping_is_applied_remembered_and_taken_back(small, now) -> None:
    ids = carrying(small, now, 3)
    with unit_of_work():
        db.session.get(ServiceRow, ids[2]).edited_fields = {"needs": now.isoformat()}
    me = accounts.terminal_identity()
    (term,) = term_mapping.list_terms(me, "bh-1800").items
    assert (term.code, term.listings, term.mapped) == (CODE, 3, None)
    assert term_mapping.list_terms(me, "100%").total == 0
    version = directory_version(small.network_id)
    food = Saying.read("needs", ["food"])
    seen = term_mapping.preview(me, term.id, food)
    assert (len(seen.changes), seen.described) == (2, 1)
    assert needs_of(small, ids) == [set(), set(), set()]
    term_mapping.apply(me, term.id, food, at=now)
    assert needs_of(small, ids) == [{"food"}, {"food"}, set()]
    assert directory_version(small.network_id) > version
    (change,) = history_of(small.network_id, [ids[0]])
    assert (change.by_role, change.after["needs"]) == ("vocabulary", ["food"])
    assert get_service(small.network_id, ids[0]).tracks
    assert term_mapping.list_terms(me).items[-1].mapped == food.needs
    term_mapping.apply(me, term.id, Saying.read("open", []), at=now)
    assert needs_of(small, ids) == [set(), set(), set()]


def test_a_later_import_reads_the_term_as_it_was_mapped(small, now, tmp_path: Path) -> None:
    carrying(small, now, 1)
    me = accounts.terminal_identity()
    (term,) = term_mapping.list_terms(me, CODE).items
    term_mapping.apply(me, term.id, Saying.read("needs", ["pets"]), at=now)
    path = hsds(
        tmp_path / "package",
        services=[{**SERVICE, "name": "Nothing telling", "description": "Words."}],
        taxonomy_terms=[{"id": "t1", "code": CODE, "name": "Opaque 2", "taxonomy": "211"}],
        attributes=[
            {"id": "x", "link_id": "s1", "link_entity": "service", "taxonomy_term_id": "t1"}
        ],
    )
    importing.import_package(me, world(), path, ImportOptions("s"), at=now)
    found = db.session.scalars(
        select(ServiceRow.id).where(ServiceRow.name == "Nothing telling")
    ).one()
    assert needs_of(small, [found]) == [{"pets"}]


def test_the_screen_shows_what_would_change_before_it_does(visitor, another_visitor, now) -> None:
    small = make_small_directory(at=now)
    ids = carrying(small, now, 14)
    visitor.sign_in(small.emails[f"coordination.{Role.COORDINATOR}"])
    assert "Opaque 1" in visitor.open("/directory/terms").text
    (term,) = term_mapping.list_terms(accounts.terminal_identity()).items
    address = f"/directory/terms/{term.id}"
    for path in (address, "/directory/terms"):
        with Statements() as counted:
            visitor.open(path)
        assert len(counted.texts) <= 12
    visitor.open(address)
    body = {"decision": "needs", "needs": ["food"]}
    assert "14 listings get: Food" in visitor.send(address, body).text
    assert needs_of(small, ids[:1]) == [set()]
    assert visitor.send(address, {**body, "needs": []}).status_code == 422
    assert "14 listings follow" in visitor.send(f"{address}/apply", body).text
    assert needs_of(small, ids[:1]) == [{"food"}]
    assert "Opaque 1" in visitor.send("/directory/terms", {"words": "opaque"}).text
    assert "Opaque 1" not in visitor.send("/directory/terms", {"words": "zzz"}).text
    another_visitor.sign_in(small.emails[f"alder.{Role.WORKER}"])
    assert another_visitor.open(address).status_code == 404
    assert another_visitor.open("/directory/terms").status_code == 404


def test_terms_are_counted_once_for_each_version_of_the_directory(small, now) -> None:
    carrying(small, now, 2)
    me = accounts.terminal_identity()
    assert term_mapping.list_terms(me).total == 1
    with Statements() as run:
        (term,) = term_mapping.list_terms(me, "OPAQUE").items
    assert not [text for text in run.texts if "service_term" in text]
    assert term_mapping.open_term(me, term.id).term == term
    carrying(small, now, 1, "Later")
    with unit_of_work():
        raise_directory_version(small.network_id)
    assert [term.listings for term in term_mapping.list_terms(me).items] == [3]
