"""The PostGIS peer answers the same question; otherwise its time would mean nothing."""

from __future__ import annotations

import pytest

from ccr.adapters.opening_hours import HoursBook
from tests.bench.large_directory import LargeDirectory
from tests.bench.large_requests import requests_to
from tests.bench.routing_oracle import Oracle
from tests.bench.routing_postgis import WAYS, PostGIS


@pytest.mark.full
def test_postgis_gives_the_list_of_the_specification_in_every_way_it_is_asked(monkeypatch):
    monkeypatch.setattr("tests.bench.routing_postgis.FEW", 20)  # so that circles are asked for
    postgis = PostGIS.start()
    if isinstance(postgis, str):
        pytest.skip(postgis)
    hours, directory = HoursBook(), LargeDirectory(6, 3000)
    try:
        asks = postgis.load(directory, hours)
        oracle = Oracle(directory.snapshot, hours)
        for request in requests_to(directory, 30, 1):
            right = oracle.expected(request, whole=False).listed
            for way in WAYS:
                assert asks[way](request)() == right
    finally:
        postgis.stop()
