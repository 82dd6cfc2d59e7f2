"""How old a fact may be: to the second, by the lines that the weights draw."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ccr.domain.freshness import capacity_is_fresh, outdated, stale
from ccr.domain.populations import known_match
from ccr.domain.taxonomy import Access, CapacityStatus, Known, Population
from ccr.domain.weights import DEFAULT
from tests.builders import NOW, make_capacity, make_request, make_service

SECOND = timedelta(seconds=1)


def verified(age):
    return make_service(last_verified_at=NOW - age)


@pytest.mark.parametrize(("rule", "days"), [(stale, 183), (outdated, 365)])
def test_half_a_year_and_a_year_to_the_second_are_not_yet_too_old(rule, days):
    assert not rule(verified(timedelta(days=days)), NOW)
    assert rule(verified(timedelta(days=days) + SECOND), NOW)


@pytest.mark.parametrize(("rule", "name"), [(stale, "verified_days"), (outdated, "outdated_days")])
def test_a_network_that_wants_listings_checked_sooner_has_its_own_lines(rule, name):
    weights = replace(DEFAULT, **{name: 100})
    assert not rule(verified(timedelta(days=100)), NOW, weights)
    assert rule(verified(timedelta(days=100) + SECOND), NOW, weights)


def test_what_was_never_verified_has_no_age():
    never = make_service(last_verified_at=None)
    assert not stale(never, NOW)
    assert not outdated(never, NOW)


@pytest.mark.parametrize("status", [CapacityStatus.CAPACITY, CapacityStatus.NO_CAPACITY])
def test_a_room_figure_is_fresh_for_seven_days_to_the_second(status):
    def told(age, weights=DEFAULT):
        figure = make_capacity(status, updated_at=NOW - age)
        return capacity_is_fresh(make_service(capacity=figure), NOW, weights)

    week = timedelta(days=7)
    assert told(week)
    assert not told(week + SECOND)
    assert not told(week, replace(DEFAULT, capacity_fresh_days=6))


def test_a_room_figure_without_a_date_or_none_at_all_is_never_fresh():
    undated = make_capacity(updated_at=None)
    assert not capacity_is_fresh(make_service(capacity=undated), NOW)
    assert not capacity_is_fresh(make_service(capacity=None), NOW)


def test_asking_for_one_kind_of_access_says_nothing_about_another_group():
    deaf_people = make_service(populations=frozenset({Population.DEAF}))
    with_pets = make_request(access=frozenset({Access.PETS}))
    assert known_match(deaf_people, with_pets) is Known.UNKNOWN
    assert known_match(deaf_people, make_request(access=frozenset({Access.DEAF}))) is Known.YES
