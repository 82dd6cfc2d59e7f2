"""Senders of each kind, for tests of how partners are reached."""

from __future__ import annotations

import pytest

from ccr.domain.sector_rules import SenderGroup
from ccr.domain.taxonomy import MemberCategory, Regime
from tests.builders import make_member
from tests.promised_ways import World


@pytest.fixture
def police() -> World:
    member = make_member(category=MemberCategory.LAW_ENFORCEMENT, regime=Regime.LAW_ENFORCEMENT)
    return World(member, SenderGroup.POLICE)


@pytest.fixture
def clinic() -> World:
    return World(make_member(name="Clinic"))


@pytest.fixture
def program() -> World:
    member = make_member(category=MemberCategory.APIP, regime=Regime.APIP)
    return World(member, SenderGroup.APIP)
