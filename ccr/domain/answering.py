"""Who answers at a moment: somebody reads, a phone on call, or nobody before a given time.

What lives here: coverage read at one moment. What must not: travel, cost, the clock itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ccr.domain.clocks import OpenCalendar
from ccr.domain.directory import Coverage, Service
from ccr.domain.errors import InvalidInputError
from ccr.domain.moments import weekday_time
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import CoverageMode, Need


class HoursReader(Protocol):
    """Whoever can read OSM opening-hours text."""

    def calendar(self, text: str, timezone: str) -> OpenCalendar:
        """Return the open hours; raises InvalidInputError for text that cannot be read."""


class HoursOnce:
    """An hours reader that reads each text once; for the length of one search."""

    def __init__(self, hours: HoursReader) -> None:
        self._hours = hours
        self._calendars: dict[tuple[str, str], OpenCalendar] = {}

    def calendar(self, text: str, timezone: str) -> OpenCalendar:
        """Return the open hours of this text, read now or before."""
        key = (text, timezone)
        if key not in self._calendars:
            self._calendars[key] = self._hours.calendar(text, timezone)
        return self._calendars[key]


@dataclass(frozen=True, slots=True)
class CoverageNow:
    """Who answers at one moment.

    Attributes:
        mode: staffed, on-call phone or nobody; None when it is not known.
        until: when that changes (aware UTC), or None for not known or never. For the phone on
            call and for nobody it is when staff read next.
        phone: the number to call now, or None.
        text: one sentence for the page.
    """

    mode: CoverageMode | None
    until: datetime | None
    phone: str | None
    text: Phrase


def calendar_or_none(
    osm_text: str | None, timezone: str, hours: HoursReader
) -> OpenCalendar | None:
    """Return the open hours, or None when they are not stated or cannot be read."""
    if not osm_text:
        return None
    try:
        return hours.calendar(osm_text, timezone)
    except InvalidInputError:
        return None


def coverage_now(
    service: Service, needs: Iterable[Need], at: datetime, hours: HoursReader
) -> CoverageNow:
    """Return who answers at `at` (aware UTC) for these needs.

    Rows for one of the needs count before rows for all needs. Staff reading wins over a phone on
    call, and that over nobody. Source: R76 and our choice, ADR 0004.
    """
    rows = _rows_for(service.coverage, frozenset(needs))
    staffed = _calendars(service, rows, CoverageMode.STAFFED, hours)
    open_now = [calendar for _, calendar in staffed if calendar.is_open(at)]
    if open_now:
        changes = [change for c in open_now if (change := c.next_change(at)) is not None]
        until = max(changes) if len(changes) == len(open_now) else None
        return CoverageNow(
            CoverageMode.STAFFED, until, service.phone, phrase("Someone reads this now.")
        )
    opens = min((c for _, cal in staffed if (c := cal.next_change(at)) is not None), default=None)
    when = None if opens is None else weekday_time(opens, service.timezone, now=at)
    on_call = _calendars(service, rows, CoverageMode.ON_CALL_PHONE, hours)
    answering = [row for row, calendar in on_call if calendar.is_open(at)]
    if answering:
        phone = answering[0].phone or service.phone
        return CoverageNow(CoverageMode.ON_CALL_PHONE, opens, phone, _call_now(when, phone))
    if staffed or on_call or any(row.mode is CoverageMode.NOBODY for row in rows):
        return CoverageNow(CoverageMode.NOBODY, opens, None, _nobody(when, service.phone))
    return CoverageNow(
        None, None, service.phone, phrase("Who reads this is not known: call first.")
    )


def _rows_for(coverage: tuple[Coverage, ...], needs: frozenset[Need]) -> list[Coverage]:
    """Return the rows for these needs, or else the rows for all needs."""
    exact = [row for row in coverage if row.need is not None and row.need in needs]
    return exact or [row for row in coverage if row.need is None]


def _calendars(
    service: Service, rows: list[Coverage], mode: CoverageMode, hours: HoursReader
) -> list[tuple[Coverage, OpenCalendar]]:
    """Return the rows of one mode with their hours; hours that cannot be read are left out."""
    pairs = [
        (row, calendar_or_none(row.opening_hours, service.timezone, hours))
        for row in rows
        if row.mode is mode
    ]
    return [(row, calendar) for row, calendar in pairs if calendar is not None]


def _call_now(when: Phrase | None, phone: str | None) -> Phrase:
    if phone is None:
        return phrase("A phone is on call now, but its number is not listed.")
    if when is None:
        return phrase("Nobody reads this. Call now: %(phone)s", phone=phone)
    return phrase("Nobody reads this before %(when)s. Call now: %(phone)s", when=when, phone=phone)


def _nobody(when: Phrase | None, phone: str | None) -> Phrase:
    if when is None:
        return (
            phrase("Nobody reads this.")
            if phone is None
            else phrase("Nobody reads this. Their phone: %(phone)s", phone=phone)
        )
    if phone is None:
        return phrase("Nobody reads this before %(when)s.", when=when)
    return phrase(
        "Nobody reads this before %(when)s. Their phone: %(phone)s", when=when, phone=phone
    )
