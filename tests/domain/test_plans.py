"""Plans are the exact minimum over sets of doors, each plan once."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.plans import Door, best_by_mask, needs_mask, plans_for
from ccr.domain.taxonomy import Need
from ccr.domain.weights import DEFAULT
from tests.builders import make_id, make_service

NEEDS = (Need.ADVOCACY, Need.HOUSING, Need.FOOD, Need.PETS, Need.ELDER)


def door(minutes, place=0, *, by_area=False):
    return Door(make_id(), minutes, (place,), by_area)


def plans(count, public, by_area=()):
    return plans_for(NEEDS[:count], best_by_mask(public), best_by_mask(by_area))


def test_a_single_need_has_no_plan():
    assert plans(1, [(1, door(5))]) == ()


def test_needs_that_nobody_covers_together_have_no_plan():
    assert plans(2, [(0b01, door(5))]) == ()


def test_one_door_wins_when_two_save_less_than_the_extra_door_costs():
    both, a, b = door(50), door(10), door(25)
    found = plans(2, [(0b11, both), (0b01, a), (0b10, b)])
    assert [(p.service_ids, p.effective_minutes, p.doors) for p in found] == [
        ((both.service_id,), 50, 1)
    ]


def test_two_doors_win_when_they_save_more_and_one_door_is_still_shown():
    both, a, b = door(80), door(10), door(25)
    found = plans(2, [(0b11, both), (0b01, a), (0b10, b)])
    assert [(p.effective_minutes, p.doors) for p in found] == [(55, 2), (80, 1)]
    assert found[0].service_ids == (a.service_id, b.service_id)


def test_an_area_partner_is_a_door_without_minutes_and_comes_in_a_plan_of_its_own():
    a, b, house = door(10), door(25), door(0, by_area=True)
    found = plans(2, [(0b01, a), (0b10, b)], [(0b10, house)])
    assert [(p.service_ids, p.effective_minutes) for p in found] == [
        ((a.service_id, b.service_id), 55),
        ((a.service_id, house.service_id), 30),
    ]


def test_area_partners_can_make_the_only_plan():
    a, house = door(10), door(0, by_area=True)
    found = plans(2, [(0b01, a)], [(0b10, house)])
    assert [p.service_ids for p in found] == [(a.service_id, house.service_id)]


def test_the_first_area_partner_in_order_is_the_door():
    first, second = door(0, 1, by_area=True), door(0, 2, by_area=True)
    found = plans(2, [], [(0b11, second), (0b11, first)])
    assert [p.service_ids for p in found] == [(first.service_id,)]


def test_the_same_door_is_never_counted_twice():
    both = door(5)
    assert [(p.doors, p.effective_minutes) for p in plans(2, [(0b11, both)])] == [(1, 5)]


def test_the_mask_says_which_needs_are_met():
    service = make_service(needs=frozenset({Need.HOUSING, Need.PETS}))
    assert needs_mask(service, NEEDS[:3]) == 0b010


@settings(max_examples=300, deadline=None)
@given(
    count=st.integers(2, 5),
    doors=st.lists(st.tuples(st.integers(1, 31), st.integers(0, 120)), max_size=8),
)
def test_the_plan_is_the_minimum_over_all_sets_of_doors(count, doors):
    full = (1 << count) - 1
    made = [(mask & full, door(minutes, i)) for i, (mask, minutes) in enumerate(doors)]
    made = [(mask, d) for mask, d in made if mask]
    least = None
    for size in range(1, count + 1):
        for chosen in combinations(made, size):
            met = 0
            for mask, _ in chosen:
                met |= mask
            if met == full:
                cost = sum(d.minutes for _, d in chosen) + DEFAULT.extra_door * (size - 1)
                least = cost if least is None else min(least, cost)
    found = plans(count, made)
    assert (found[0].effective_minutes if found else None) == least
    assert len(set(found)) == len(found)
