"""The directories that routing is measured on are the same each time, and answered rightly."""

from __future__ import annotations

import numpy as np
import pytest

from ccr.adapters.opening_hours import HoursBook
from ccr.engine.partner_index import PartnerIndex
from tests.bench.engine_memory import array_bytes
from tests.bench.large_directory import LargeDirectory
from tests.bench.large_requests import requests_to
from tests.bench.routing_oracle import Oracle


@pytest.fixture(scope="module")
def directory() -> LargeDirectory:
    return LargeDirectory(5, 800)


def test_a_seed_and_a_size_give_the_same_directory_and_the_same_requests(directory):
    again = LargeDirectory(5, 800)
    assert again.snapshot == directory.snapshot
    assert requests_to(again, 20, 1) == requests_to(directory, 20, 1)
    assert requests_to(directory, 20, 2) != requests_to(directory, 20, 1)


def test_the_engine_gives_the_answers_that_the_bench_expects(directory):
    hours = HoursBook()
    index, oracle = PartnerIndex(directory.snapshot), Oracle(directory.snapshot, hours)
    listed = 0
    for request in requests_to(directory, 12, 1):
        right = oracle.expected(request, whole=True)
        assert not right.differs(index.rank(request, hours=hours))
        found = index.nearest(request, hours=hours)
        assert [(f.service_id, f.effective_minutes) for f in found] == right.listed
        listed += len(right.listed)
    assert listed > 12  # so that the comparison is one of partners


def test_the_oracle_finds_the_same_partners_without_reading_every_service(directory):
    oracle = Oracle(directory.snapshot, HoursBook())
    for request in requests_to(directory, 4, 3):
        whole = oracle.expected(request, whole=True)
        quick = oracle.expected(request, whole=False)
        assert not quick.differs(whole.answer)


def test_a_wrong_answer_is_told_from_the_right_one(directory):
    oracle = Oracle(directory.snapshot, HoursBook())
    first, second = (
        oracle.expected(request, whole=True) for request in requests_to(directory, 2, 1)
    )
    assert first.differs(second.answer)


def test_the_arrays_of_an_index_are_counted_once(directory):
    counted = array_bytes(PartnerIndex(directory.snapshot))
    assert 800 * 20 < counted < 800 * 2000
    assert array_bytes([np.zeros(10), [np.zeros(10)]]) == 160
    one = np.zeros(10)
    assert array_bytes([one, (one, one[:5])]) == 80
