"""Plans are the exact minimum over sets of doors, each plan once."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain import plans as plans_module
from ccr.domain.plans import MOST_PLANS, Door, first_by_mask, needs_mask, plans_for
from ccr.domain.taxonomy import Need
from ccr.domain.weights import DEFAULT
from tests.builders import make_id, make_service


@pytest.fixture(autouse=True)
def ways_counted_anew():
    """Ways are counted once in a process: each test is about the code as it stands."""
    plans_module._ways.cache_clear()


NEEDS = (Need.ADVOCACY, Need.HOUSING, Need.FOOD, Need.PETS, Need.ELDER)


def door(minutes, place=0, *, by_area=False):
    return Door(make_id(), minutes, (place,), by_area)


def plans(count, public, by_area=()):
    return together(count, public, by_area).plans


def together(count, public, by_area=()):
    return plans_for(NEEDS[:count], first_by_mask(public), first_by_mask(by_area))


def test_a_single_need_has_no_plan():
    assert plans(1, [(1, door(5))]) == ()


def test_needs_that_nobody_covers_together_have_no_plan():
    assert plans(2, [(0b01, door(5))]) == ()


def test_one_door_wins_when_two_save_less_than_the_extra_door_costs():
    both, a, b = door(50), door(10), door(25)
    found = plans(2, [(0b11, both), (0b01, a), (0b10, b)])
    assert [(p.service_ids, p.effective_minutes, p.doors) for p in found] == [
        ((both.service_id,), 50, 1),
        ((a.service_id, b.service_id), 55, 2),
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
    assert [p.service_ids for p in found] == [(first.service_id,), (second.service_id,)]


def test_the_same_door_is_never_counted_twice():
    both = door(5)
    assert [(p.doors, p.effective_minutes) for p in plans(2, [(0b11, both)])] == [(1, 5)]


def test_the_mask_says_which_needs_are_met():
    service = make_service(needs=frozenset({Need.HOUSING, Need.PETS}))
    assert needs_mask(service, NEEDS[:3]) == 0b010


def test_three_plans_are_proposed_where_the_first_of_each_kind_are_the_same():
    """One door does all: the next nearest that do it, or share it, make up for the rest."""
    one, other, third, fourth = door(10), door(40), door(45), door(50)
    found = plans(2, [(0b11, one), (0b11, other), (0b01, third), (0b10, fourth)])
    assert [(p.service_ids, p.effective_minutes) for p in found] == [
        ((one.service_id,), 10),
        ((other.service_id,), 40),
        ((third.service_id, fourth.service_id), 115),
    ]


def test_area_partners_make_up_for_missing_plans_of_public_doors():
    one, houses = door(10), [door(0, i, by_area=True) for i in range(3)]
    found = plans(2, [(0b11, one)], [(0b11, house) for house in houses])
    assert [p.service_ids for p in found] == [
        (one.service_id,),
        (houses[0].service_id,),
        (houses[1].service_id,),
    ]


def test_no_plan_has_a_door_that_could_be_left_away():
    both, spare = door(10), door(0)
    assert [p.service_ids for p in plans(2, [(0b11, both), (0b01, spare)])] == [(both.service_id,)]


def test_each_need_goes_to_one_door_and_no_door_stands_idle():
    a, b = door(30), door(10)
    (plan,) = plans(3, [(0b011, a), (0b110, b)])
    assert [(part.service_id, part.needs, part.minutes) for part in plan.parts] == [
        (a.service_id, NEEDS[:1], 30),
        (b.service_id, NEEDS[1:3], 10),
    ]
    assert (plan.further_minutes, plan.effective_minutes) == (20, 60)


def test_an_area_partner_has_no_minutes_in_a_plan():
    house = door(0, by_area=True)
    (plan,) = plans(2, [], [(0b11, house)])
    assert [part.minutes for part in plan.parts] == [None]


def test_beside_the_plans_stands_the_first_partner_for_each_need():
    far, near, house = door(30), door(10, 1), door(0, by_area=True)
    found = together(2, [(0b11, far), (0b01, near)], [(0b10, house)]).per_need
    assert [
        (
            row.need,
            row.public and (row.public.service_id, row.public.minutes),
            row.by_area and row.by_area.service_id,
        )
        for row in found
    ] == [
        (NEEDS[0], (near.service_id, 10), None),
        (NEEDS[1], (far.service_id, 30), house.service_id),
    ]


def ids(found):
    return [plan.service_ids for plan in found]


def test_a_plan_with_an_area_partner_is_proposed_even_if_three_without_are_cheaper():
    one, two, three, four = door(5), door(6), door(7), door(100)
    house, other = door(0, 1, by_area=True), door(0, 2, by_area=True)
    public = [(0b111, one), (0b111, two), (0b111, three), (0b011, four)]
    assert ids(plans(3, public, [(0b100, house), (0b100, other)])) == [
        (one.service_id,),
        (two.service_id,),
        (four.service_id, house.service_id),
    ]


def test_no_plan_of_three_doors_has_one_to_spare():
    a, b, c, two = door(1), door(2), door(3), door(4)
    public = [(0b001, a), (0b010, b), (0b100, c), (0b011, two)]
    assert ids(plans(3, public)) == [
        (two.service_id, c.service_id),
        (a.service_id, b.service_id, c.service_id),
    ]


def test_an_area_partner_is_found_behind_three_ways_of_public_doors_that_are_cheaper():
    all_, a, rest, b, others, house = *(door(m) for m in (5, 1, 1, 1, 1)), door(0, by_area=True)
    public = [(0b111, all_), (0b001, a), (0b110, rest), (0b010, b), (0b101, others)]
    found = plans(3, public, [(0b100, house)])
    assert ids(found)[0] == (all_.service_id,)
    assert ids(found)[2] == (a.service_id, b.service_id, house.service_id)
    assert [plan.effective_minutes for plan in found] == [5, 22, 42]


def test_one_door_for_everything_is_proposed_even_if_many_plans_are_cheaper():
    a, a2, b, b2, all_, all2 = (door(minutes) for minutes in (1, 2, 1, 2, 200, 201))
    public = [(0b01, a), (0b01, a2), (0b10, b), (0b10, b2), (0b11, all_), (0b11, all2)]
    assert ids(plans(2, public)) == [
        (a.service_id, b.service_id),
        *ids(plans(2, public))[1:2],
        (all_.service_id,),
    ]
    house = door(0, by_area=True)
    assert ids(plans(2, public, [(0b10, house)])) == [
        (a.service_id, b.service_id),
        (all_.service_id,),
        (a.service_id, house.service_id),
    ]


def test_a_door_for_a_need_by_itself_takes_no_need_from_anybody():
    row = together(2, [(0b11, door(5))]).per_need[0]
    assert row.public is not None
    assert row.public.needs == ()


def test_in_crowded_networks_the_plans_are_the_first_of_all_that_could_be():
    rng = random.Random(7)
    for count in (2, 3, 4) * 8:
        full = (1 << count) - 1
        made = [
            (rng.randint(1, full), door(rng.choice((0, 5, 10, 40, 90)), place, by_area=False))
            for place in range(9)
        ]
        made += [(rng.randint(1, full), door(0, place, by_area=True)) for place in range(3)]
        public = [m for m in made if not m[1].by_area]
        by_area = [m for m in made if m[1].by_area]
        found = [frozenset(plan.service_ids) for plan in plans(count, public, by_area)]
        assert found == expected(full, made)


def all_plans(full, made, *, with_area):
    """Return every set of doors that covers all needs and has none to spare, cheapest first."""
    found = []
    for size in range(1, full.bit_count() + 1):
        for chosen in combinations(made, size):
            masks = [mask for mask, _ in chosen]
            spare = any(union(masks[:i] + masks[i + 1 :]) == full for i in range(size))
            if union(masks) != full or spare or with_area != any(d.by_area for _, d in chosen):
                continue
            ranks = sorted(d.rank for _, d in chosen)
            minutes = sum(d.minutes for _, d in chosen) + DEFAULT.extra_door * (size - 1)
            found.append(((minutes, size, ranks), frozenset(d.service_id for _, d in chosen)))
    return [ids for _, ids in sorted(found, key=lambda item: item[0])]


def union(masks):
    met = 0
    for mask in masks:
        met |= mask
    return met


def expected(full, made) -> list[Any]:
    """Say again what is proposed, from the list of everything that could be."""
    public = all_plans(full, [m for m in made if not m[1].by_area], with_area=False)
    mixed = all_plans(full, made, with_area=True)
    single = [ids for ids in public if len(ids) == 1]
    order = list(dict.fromkeys([*public[:1], *single[:1], *mixed[:1], *public, *mixed]))
    return sorted(order[:MOST_PLANS], key=[*public, *mixed].index)


@settings(max_examples=250, deadline=None)
@given(
    count=st.integers(2, 5),
    doors=st.lists(
        st.tuples(st.integers(1, 31), st.sampled_from([0, 5, 20, 25, 60]), st.booleans()),
        max_size=9,
    ),
)
def test_the_plans_are_the_cheapest_of_all_sets_of_doors(count, doors):
    """Exact, with ties: held to every set of doors there is, not to the first of each mask."""
    full = (1 << count) - 1
    made = [
        (mask & full, door(0 if by_area else minutes, i, by_area=by_area))
        for i, (mask, minutes, by_area) in enumerate(doors)
        if mask & full
    ]
    public = [m for m in made if not m[1].by_area]
    found = plans(count, public, [m for m in made if m[1].by_area])
    assert [frozenset(plan.service_ids) for plan in found] == expected(full, made)
    for plan in found:
        assert sorted(need for part in plan.parts for need in part.needs) == sorted(NEEDS[:count])
        assert all(part.needs for part in plan.parts)


@given(minutes=st.lists(st.integers(0, 90), min_size=4, max_size=4))
def test_the_area_partners_of_a_plan_do_not_depend_on_how_far_others_are(minutes):
    """R49: which house comes first is told by the fixed order alone, wherever one asks from."""
    public = [(0b01, door(m, i)) for i, m in enumerate(minutes)]
    houses = [door(0, i, by_area=True) for i in range(2)]
    found = plans(2, public, [(0b10, house) for house in houses])
    assert found[0].service_ids[-1] == houses[0].service_id
