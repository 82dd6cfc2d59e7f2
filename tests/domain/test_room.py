"""What may be said of room, and how exactly it is dated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ccr.domain.errors import InvalidInputError
from ccr.domain.room import Household, dated, is_old, read_room
from ccr.domain.taxonomy import CapacityStatus, Need

NOON = datetime(2026, 11, 28, 17, 23, 5, tzinfo=UTC)


def test_a_tap_alone_says_a_code_and_no_number() -> None:
    said = read_room("capacity", {}, "")
    assert (said.status, said.available, said.note) == (CapacityStatus.CAPACITY, None, "")


def test_numbers_by_household_add_up_and_zero_is_a_number() -> None:
    said = read_room("capacity", {"single": "2", "with-pets": "0", "many-children": ""}, "")
    assert said.households == {Household.SINGLE: 2, Household.WITH_PETS: 0}
    assert said.available == 2


@pytest.mark.parametrize(
    ("status", "numbers", "note", "field"),
    [
        ("few", {}, "", "status"),
        ("", {}, "", "status"),
        ("no-capacity", {"single": "1"}, "", "status"),
        ("capacity", {"single": "-1"}, "", "single"),
        ("capacity", {"single": "1e3"}, "", "single"),
        ("capacity", {"single": "²"}, "", "single"),
        ("capacity", {"with-pets": "1000"}, "", "with-pets"),
        ("capacity", {}, "x" * 301, "note"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(status, numbers, note, field) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_room(status, numbers, note)
    assert refused.value.field == field


def test_places_to_stay_are_dated_by_the_day_where_the_network_is() -> None:
    kept = dated(NOON, {Need.EMERGENCY_SHELTER, Need.FOOD}, "America/New_York")
    assert kept.astimezone(UTC) == datetime(2026, 11, 28, 5, tzinfo=UTC)
    assert dated(NOON + timedelta(hours=3), {Need.HOUSING}, "America/New_York") == kept
    assert dated(NOON, {Need.FOOD}, "America/New_York") == NOON


def test_a_figure_is_old_after_a_week_and_one_that_was_never_said_at_once() -> None:
    assert not is_old(NOON - timedelta(days=7), NOON)
    assert is_old(NOON - timedelta(days=7, seconds=1), NOON)
    assert is_old(None, NOON)
