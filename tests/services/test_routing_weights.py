"""A network's own weights as a use case: searches follow them, trying writes nothing, one wins."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select, text

from ccr.domain.directory import Area
from ccr.domain.errors import InvalidInputError, NotFoundError, StaleError
from ccr.domain.taxonomy import AreaExtent, CapacityStatus, Need
from ccr.domain.weight_preview import EXAMPLES
from ccr.domain.weights import DEFAULT
from ccr.policy.identity import Role
from ccr.services.public_directory import public_directory
from ccr.services.routing import (
    RouteFields,
    directory_services,
    find_partners,
    read_request,
    still_possible,
)
from ccr.services.routing_weights import get_weights, preview_weights, set_weights
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Network
from ccr.storage.models.audit import AuditEventRow
from ccr.storage.queries import routing_rules
from tests.builders import ALBANY, make_capacity, make_site
from tests.directory_rows import Statements, save_service

FIELDS = RouteFields(needs=["advocacy"], near="12180")
DEARER = replace(DEFAULT, capacity_unknown=44, reach=60)

ONE_ENGINE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
"""For what no statement of a database decides."""


@pytest.fixture
def coordinator(sender):
    return replace(sender.identity, roles=frozenset({Role.COORDINATOR}))


def found(sender, world, now, **changes):
    return find_partners(sender.identity, world, replace(FIELDS, **changes), at=now)


def stored(network_id):
    return routing_rules.version_and_rules(network_id)[1]


def test_searches_follow_the_network_s_own_weights_in_the_same_single_statement(
    sender, partner, coordinator, world, now
):
    everywhere = (Area(AreaExtent.STATE, "NY"),)
    service_id = save_service(
        partner, capacity=make_capacity(CapacityStatus.UNKNOWN), areas=everywhere
    )
    usual = found(sender, world, now).partners[0]
    assert set_weights(coordinator, DEARER, DEFAULT, at=now)
    with Statements() as run:
        own = found(sender, world, now).partners[0]
    assert len(run.texts) == 1
    assert own.effective_minutes - usual.effective_minutes == 44 - DEFAULT.capacity_unknown
    far = read_request(sender.identity, world, replace(FIELDS, near="14604"), at=now)
    too_far = still_possible(sender.identity, world, far, service_id, at=now)
    assert too_far is not None
    assert str(too_far.text) == "More than 60 minutes away"


@ONE_ENGINE
def test_setting_weights_leaves_the_copies_of_the_directory_as_they_are(
    sender, partner, coordinator, world, now
):
    service_id = save_service(partner)
    (before,) = directory_services(sender.identity, [service_id]).values()
    set_weights(coordinator, DEARER, DEFAULT, at=now)
    assert directory_services(sender.identity, [service_id])[service_id] is before


@ONE_ENGINE
def test_the_public_pages_follow_too(network, coordinator, now):
    set_weights(coordinator, DEARER, DEFAULT, at=now)
    weights = public_directory(coordinator.network_id).weights
    assert (weights.reach, weights.capacity_unknown, weights.not_on_ccr) == (60, 0, 0)


def test_of_two_coordinators_one_wins(coordinator, now):
    assert set_weights(coordinator, DEARER, DEFAULT, at=now)
    with pytest.raises(StaleError):
        set_weights(coordinator, replace(DEFAULT, reach=90), DEFAULT, at=now)
    with pytest.raises(StaleError):
        set_weights(coordinator, replace(DEFAULT, reach=90), None, at=now)
    assert get_weights(coordinator).weights == DEARER


def test_what_is_set_is_audited_by_name_and_only_what_differs_is_kept(coordinator, now):
    set_weights(coordinator, DEARER, DEFAULT, at=now)
    assert stored(coordinator.network_id) == {"weights": {"capacity_unknown": 44, "reach": 60}}
    assert not set_weights(coordinator, DEARER, DEARER, at=now)
    assert set_weights(coordinator, DEFAULT, DEARER, at=now)
    assert stored(coordinator.network_id) == {}
    rows = db.session.execute(
        select(AuditEventRow.verb, AuditEventRow.field_names).where(
            AuditEventRow.verb == "set-routing-weights"
        )
    ).all()
    assert rows == [("set-routing-weights", ["capacity_unknown", "reach"])] * 2


def test_other_rules_of_routing_stay_and_a_change_meanwhile_is_not_overwritten(coordinator, now):
    network_id = coordinator.network_id
    with unit_of_work():
        _, seen = routing_rules.rules_and_text(network_id)
        assert routing_rules.replace_rules(network_id, seen, other=["kept"])
        assert not routing_rules.replace_rules(network_id, seen, weights={"reach": 90})
    set_weights(coordinator, DEARER, DEFAULT, at=now)
    set_weights(coordinator, DEFAULT, DEARER, at=now)
    assert stored(network_id) == {"other": ["kept"]}


def test_stored_weights_that_cannot_be_used_stop_no_search_and_go_with_the_next_save(
    sender, partner, coordinator, world, now
):
    save_service(partner)
    with unit_of_work():
        db.session.get(Network, coordinator.network_id).routing_rules = {
            "weights": {"moon": 1, "reach": 5}
        }
    assert len(found(sender, world, now).partners) == 1
    assert len(get_weights(coordinator).notes) == 2
    assert set_weights(coordinator, DEFAULT, DEFAULT, at=now)
    assert get_weights(coordinator).notes == ()


def test_trying_weights_writes_nothing_and_shows_every_example(
    sender, partner, coordinator, world, now
):
    unsure = make_capacity(CapacityStatus.UNKNOWN)
    save_service(partner, sites=(make_site(ALBANY),), capacity=unsure)
    save_service(partner)
    save_service(partner, confidential=True, needs=frozenset(Need))
    before = everything()
    preview = preview_weights(coordinator, world, replace(DEFAULT, capacity_unknown=40), at=now)
    assert [found.example for found in preview.comparisons] == list(EXAMPLES)
    moved = preview.comparisons[0]
    assert [move.after.place for move in moved.moves] == [1, 2]
    assert [move.before.place for move in moved.moves] == [2, 1]
    assert everything() == before


def everything():
    tables = db.metadata.sorted_tables
    counts = {t.name: db.session.scalar(select(func.count()).select_from(t)) for t in tables}
    kept = db.session.execute(text("SELECT routing_rules, directory_version FROM network")).all()
    db.session.rollback()
    return counts, str(kept)


@ONE_ENGINE
def test_trying_costs_three_statements_at_most_however_large_the_directory(
    partner, coordinator, world, now
):
    taken = []
    for _ in range(2):
        for _ in range(3):
            save_service(partner)
        preview_weights(coordinator, world, DEARER, at=now)
        with Statements() as run:
            preview_weights(coordinator, world, DEARER, at=now)
        taken.append(len(run.texts))
    assert taken[0] == taken[1] <= 3


@ONE_ENGINE
def test_without_a_public_place_there_is_nothing_to_try(partner, coordinator, world, now):
    save_service(partner, confidential=True)
    assert preview_weights(coordinator, world, DEARER, at=now).comparisons == ()


@ONE_ENGINE
def test_weights_that_break_a_law_are_neither_tried_nor_kept(coordinator, world, now):
    wrong = replace(DEFAULT, listing_stale=60)
    for act in (
        lambda: preview_weights(coordinator, world, wrong, at=now),
        lambda: set_weights(coordinator, wrong, DEFAULT, at=now),
    ):
        with pytest.raises(InvalidInputError) as refused:
            act()
        assert refused.value.field == "listing_stale"
    assert stored(coordinator.network_id) == {}


@ONE_ENGINE
def test_only_a_coordinator_reads_tries_or_sets_them(sender, world, now):
    for role in set(Role) - {Role.COORDINATOR}:
        somebody = replace(sender.identity, roles=frozenset({role}))
        for act in (
            get_weights,
            lambda who: preview_weights(who, world, DEFAULT, at=now),
            lambda who: set_weights(who, DEARER, DEFAULT, at=now),
        ):
            with pytest.raises(NotFoundError):
                act(somebody)
