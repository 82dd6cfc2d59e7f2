"""How many business hours of the partner are left of the clocks that run in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from ccr.domain.clocks import ClockState, OpenCalendar
from ccr.domain.referral_views import ClockShown
from ccr.domain.taxonomy import Need
from ccr.domain.time_left import open_time_between
from ccr.services.reading_hours import reading_calendar
from ccr.services.world import World
from ccr.storage.queries.receivers import ReadingHours, reading_hours_of


class Timed(Protocol):
    """A referral as one side sees it: `view`, and `needs` as that side knows them."""

    @property
    def view(self) -> Any:  # noqa: ANN401 -- a SenderView or a ReceiverView
        """Return what that side may know."""

    @property
    def needs(self) -> tuple[Need, ...]:
        """Return the needs."""


Item = TypeVar("Item", bound=Timed)


def with_time_left(
    world: World,
    items: Iterable[Item],
    *,
    at: datetime,
    hours: Mapping[UUID, ReadingHours] | None = None,
) -> tuple[Item, ...]:
    """Return the items with the business hours left of their clocks; their versions stay.

    They follow from the due time, the moment and the hours of a listing: from nothing that is
    hidden from the side that looks. One statement, or none where no such clock runs or the
    `hours` are known.
    """
    items = tuple(items)
    services = {
        item.view.service_id
        for item in items
        if item.view.service_id and any(map(_counts_open_time, item.view.clocks))
    }
    if hours is None:
        hours = reading_hours_of(services) if services else {}
    return tuple(_with_hours(world, item, hours, at) for item in items)


def _with_hours(world: World, item: Item, hours: Mapping[UUID, ReadingHours], at: datetime) -> Item:
    view, found = item.view, hours.get(item.view.service_id) if item.view.service_id else None
    if found is None:
        return item
    calendar = reading_calendar(world.hours, found, item.needs)
    clocks = tuple(_left(clock, calendar, at) for clock in view.clocks)
    changed: Item = replace(item, view=replace(view, clocks=clocks))  # type: ignore[type-var]
    return changed


def _left(clock: ClockShown, calendar: OpenCalendar, at: datetime) -> ClockShown:
    if not _counts_open_time(clock):
        return clock
    return replace(clock, open_left=open_time_between(at, clock.due_at, calendar))


def _counts_open_time(clock: ClockShown) -> bool:
    return clock.in_open_hours and clock.state is ClockState.RUNNING
