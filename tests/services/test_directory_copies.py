"""Copies follow the directory by its log, load what changed alone, and outlive nothing hidden."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from ccr.domain.listing_search import ListingQuery
from ccr.domain.taxonomy import CapacityStatus
from ccr.services import directory_copies, finding, routing
from ccr.services.directory_copies import Copies
from ccr.services.public_directory import public_directory
from ccr.services.routing import RouteFields, find_partners
from ccr.storage.db import unit_of_work
from ccr.storage.queries import directory_log
from ccr.storage.queries.directory import directory_version, services_of
from ccr.storage.queries.directory_log import News, news_since, raise_directory_version
from tests.builders import make_capacity
from tests.directory_rows import Statements, save_service

FIELDS = RouteFields(needs=["advocacy"], near="12180")


@pytest.fixture
def built(monkeypatch):
    """Tell how often a whole directory was read."""
    read = []
    for module in ("routing", "public_directory"):
        whole = __import__(f"ccr.services.{module}", fromlist=["load_snapshot"]).load_snapshot
        monkeypatch.setattr(
            f"ccr.services.{module}.load_snapshot", lambda i, w=whole: read.append(i) or w(i)
        )
    return read


def touch(network_id, *ids):
    with unit_of_work():
        raise_directory_version(network_id, ids or None)


def test_the_log_names_what_each_version_touched_and_says_when_it_cannot(network):
    first, second = uuid4(), uuid4()
    start = directory_version(network)
    assert news_since(network, start) == News(start, frozenset())
    touch(network, first)
    assert news_since(network, start) == News(start + 1, frozenset({first}))
    touch(network, first, second)
    assert news_since(network, start) == News(start + 2, frozenset({first, second}))
    assert news_since(network, start + 2) == News(start + 2, frozenset())
    assert news_since(network, start - 1).services is None  # nothing is known of that one
    with unit_of_work():
        raise_directory_version(network, ())
    assert len(news_since(network, start + 2).services) == 1  # a service that there is not
    touch(network)
    assert news_since(network, start) == News(start + 4, None)
    assert news_since(network, start + 6).services is None  # a copy of what was undone
    assert news_since(uuid4(), 0) == News(0, frozenset())


def test_a_change_too_large_to_name_touches_everything(network, monkeypatch):
    monkeypatch.setattr(directory_log, "MOST_TOUCHED", 2)
    start = directory_version(network)
    touch(network, *(uuid4() for _ in range(3)))
    assert news_since(network, start).services is None


def test_the_log_is_cut_where_no_copy_reads_any_more(network, monkeypatch):
    monkeypatch.setattr(directory_log, "MOST_VERSIONS", 2)
    start = directory_version(network)
    service = uuid4()
    for _ in range(4):
        touch(network, service)
    assert directory_copies.forget_old_versions() == 2
    assert news_since(network, start + 2).services == {service}
    assert news_since(network, start + 1).services is None
    assert directory_copies.forget_old_versions() == 0


def test_a_search_after_a_change_loads_what_changed_alone(sender, partner, world, now, built):
    save_service(partner, name="Oak Advocacy")
    find_partners(sender.identity, world, FIELDS, at=now)
    assert len(built) == 1
    added = save_service(partner, name="Birch Advocacy")
    full = save_service(
        partner, name="Elm Advocacy", capacity=make_capacity(CapacityStatus.NO_CAPACITY)
    )
    with Statements() as counted:
        answer = find_partners(sender.identity, world, FIELDS, at=now)
    assert len(built) == 1
    assert len(counted.texts) <= 12
    assert added in {p.service.id for p in answer.partners}
    assert [(i.service.id, i.limit) for i in answer.why_not] == [(full, "capacity")]


def test_looking_through_and_the_public_pages_follow_too(sender, partner, world, now, built):
    def names():
        asked = ListingQuery()
        found = finding.find_listings(sender.identity, world, asked, at=now, timezone="UTC")
        return [line.service.name for line in found.lines]

    network_id = sender.identity.network_id
    save_service(partner, name="Oak Advocacy")
    assert names() == ["Oak Advocacy"]
    before = public_directory(network_id)
    save_service(partner, name="Birch Advocacy")
    hidden = save_service(partner, name="Elm Advocacy", confidential=True)
    assert names() == ["Birch Advocacy", "Elm Advocacy", "Oak Advocacy"]
    after = public_directory(network_id)
    assert len(after.index.services) == len(before.index.services) + 2
    assert after.index.services[hidden].sites == ()
    assert len(built) == 2  # each kind once, at first


def test_after_everything_was_touched_nothing_of_before_is_kept(sender, partner, world, now, built):
    save_service(partner)
    find_partners(sender.identity, world, FIELDS, at=now)
    old = routing.directory_copy(sender.identity.network_id).index
    touch(sender.identity.network_id)
    find_partners(sender.identity, world, FIELDS, at=now)
    new = routing.directory_copy(sender.identity.network_id).index
    assert len(built) == 2
    assert not {id(s) for s in old.services.values()} & {id(s) for s in new.services.values()}


def test_a_copy_that_followed_equals_one_built_anew(sender, partner, world, now):
    ids = [save_service(partner, name=f"Oak {n}") for n in range(3)]
    find_partners(sender.identity, world, FIELDS, at=now)
    save_service(partner, name="Birch")
    touch(sender.identity.network_id, *ids)
    followed = find_partners(sender.identity, world, FIELDS, at=now)
    network_id = sender.identity.network_id
    assert routing._built(network_id).index.services == (
        routing.directory_copy(network_id).index.services
    )
    request = routing.read_request(sender.identity, world, FIELDS, at=now)
    assert routing._built(network_id).index.rank(request, hours=world.hours) == followed


def test_copies_of_two_processes_each_follow_from_where_they_are(sender, partner, world, now):
    network_id = sender.identity.network_id
    save_service(partner)
    one, other = (Copies(1, routing._built, routing._followed) for _ in range(2))
    one.get(network_id)
    save_service(partner)
    other.get(network_id)
    save_service(partner)
    assert one.get(network_id).index.services == other.get(network_id).index.services
    assert len(one.get(network_id).index.services) == 3


def test_a_worn_copy_is_built_anew(sender, partner, world, now, built, monkeypatch):
    monkeypatch.setattr("ccr.engine.partner_index.MOST_GONE", 1)
    ids = [save_service(partner) for _ in range(2)]
    for _ in range(4):
        find_partners(sender.identity, world, FIELDS, at=now)
        touch(sender.identity.network_id, *ids)
    find_partners(sender.identity, world, FIELDS, at=now)
    assert 1 < len(built) < 5


def test_services_read_one_by_one_are_those_of_the_whole_directory(sender, partner):
    ids = [save_service(partner, name=f"Oak {n}") for n in range(3)]
    network_id = sender.identity.network_id
    whole = routing._built(network_id).index.services
    assert {s.id: replace(s) for s in services_of(network_id, ids)} == whole
