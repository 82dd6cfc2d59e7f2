"""Whoever renews a consultation protocol is told once at each step before it ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ccr.policy.identity import Role
from ccr.services import protocol_warnings
from ccr.storage.db import db
from ccr.storage.models.operations import OutboxItem
from tests.coordination import sign_protocol
from tests.loop import world
from tests.people import add_colleague
from tests.small_directory import SmallDirectory, make_small_directory

TODAY = date(2026, 11, 12)


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    made = make_small_directory(at=now)
    add_colleague(made.dune, Role.AGENCY_ADMIN, "dune.admin@example.org", at=now)
    return made


def told(at: datetime) -> dict[object, int]:
    """Return how many notices wait for each program, after another process looked."""
    protocol_warnings._told.clear()
    protocol_warnings.warn(world(), at=at)
    rows = db.session.scalars(select(OutboxItem.compartment_id)).all()
    return {program: rows.count(program) for program in set(rows)}


def test_r3_coordinators_and_the_programs_administrator_are_told_once_at_each_step(
    small: SmallDirectory, now: datetime
) -> None:
    sign_protocol(
        small, small.birch, signed_on=date(2026, 1, 1), expires_on=TODAY + timedelta(days=89)
    )
    first = told(now)
    program = small.dune.compartment_id
    # One administrator of the program; its facilitator is not who renews it.
    assert first[program] == 1
    assert len(first) == 2
    assert told(now + timedelta(days=1)) == first
    for days, times in ((60, 2), (89, 3), (95, 3)):
        found = told(now + timedelta(days=days))
        assert found == {who: times * count for who, count in first.items()}, days


def test_nobody_is_told_of_one_that_was_followed(small: SmallDirectory, now: datetime) -> None:
    for ends in (TODAY + timedelta(days=20), TODAY + timedelta(days=500)):
        sign_protocol(small, small.birch, signed_on=date(2026, 1, 1), expires_on=ends)
    assert told(now) == {}
