"""Blocks of neighbours give the same as looking at every service."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from ccr.domain.directory import Point
from ccr.engine.geodesic_bounds import place_of
from ccr.engine.growing import Growing
from ccr.engine.public_left_out import nearest_first
from ccr.engine.sites import Blocks, Sites, morton_order
from tests.builders import make_service, make_site


def scattered(count: int, seed: int = 3):
    rng = random.Random(seed)
    return [
        make_service(
            sites=tuple(
                make_site(point=Point(lat + rng.gauss(0, apart), lon + rng.gauss(0, apart)))
                for _ in range(rng.choice([1, 1, 1, 3]))
            )
        )
        for lat, lon, apart in (
            (rng.uniform(25, 49), rng.uniform(-124, -67), rng.choice([0.01] * 20 + [5]))
            for _ in range(count)
        )
    ]


@pytest.fixture(scope="module")
def sites():
    services = scattered(6000)
    return Sites([services[i] for i in morton_order(services)])


HERE = place_of(Point(40.0, -90.0))


@pytest.mark.parametrize("km", [0, 40, 400, 4000])
def test_no_site_within_the_distance_is_missed(sites, km):
    rows = np.arange(len(sites))
    near = set(Blocks(rows, sites).within(HERE, km).tolist())
    chords = sites.chords(rows, HERE)
    assert set(np.flatnonzero(chords <= km).tolist()) <= near
    assert km > 100 or len(near) < len(rows) // 2


@pytest.mark.parametrize("shown", [1, 30, 6000])
def test_rows_come_nearest_first_and_none_is_left_out(sites, shown):
    rows = np.arange(len(sites))
    found = nearest_first([Blocks(rows, sites)], sites, HERE, lambda some: some)
    first = [row for row, _ in zip((row for row, _, _ in found), range(shown), strict=False)]
    expected = np.argsort(sites.chords(rows, HERE), kind="stable")[:shown].tolist()
    assert first == expected


def test_only_a_part_is_looked_at_for_the_nearest_few(sites):
    looked_at = []

    def all_of(rows):
        looked_at.extend(rows.tolist())
        return rows

    found = nearest_first([Blocks(np.arange(len(sites)), sites)], sites, HERE, all_of)
    next(found)
    assert len(looked_at) < len(sites) // 2


def test_neighbours_in_the_order_lie_near_one_another():
    services = scattered(800)
    at = [place_of(s.sites[0].point) for s in services]
    ordered = [at[i] for i in morton_order(services)]
    steps = [np.linalg.norm(a - b) for a, b in pairwise(ordered)]
    before = [np.linalg.norm(a - b) for a, b in pairwise(at)]
    assert np.mean(steps) < np.mean(before) / 5


def test_an_array_that_grew_leaves_the_shorter_one_as_it_was():
    short = Growing(np.arange(3))
    longer = short.extended(np.array([7, 8]))
    longest = longer.extended(np.array([9]))
    assert short.rows.tolist() == [0, 1, 2]
    assert longer.rows.tolist() == [0, 1, 2, 7, 8]
    assert longest.rows.tolist() == [0, 1, 2, 7, 8, 9]
    assert np.shares_memory(longer.rows, longest.rows)
