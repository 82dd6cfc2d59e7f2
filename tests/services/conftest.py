"""A network with who sends and who helps, for use cases of finding partners."""

from __future__ import annotations

import pytest

from tests.people import make_network, make_team


@pytest.fixture
def world(app):
    return app.extensions["ccr_world"]


@pytest.fixture
def network(app, now):
    return make_network(at=now)


@pytest.fixture
def sender(network, now):
    return make_team(network, "Hill Clinic", at=now)


@pytest.fixture
def partner(network, now):
    return make_team(network, "Alder House", at=now)
