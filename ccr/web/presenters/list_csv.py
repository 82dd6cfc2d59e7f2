"""Lists of the desk as CSV: words as the page says them, and no cell that could be a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from ccr.domain.clocks import ClockState
from ccr.domain.phrases import phrase
from ccr.domain.referral_views import ClockShown
from ccr.domain.spreadsheet_cells import text_cell
from ccr.services.referral_shown import ReceivedItem, SentItem
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.referrals import needs_title

_BYTE_ORDER_MARK = "\ufeff"  # so that spreadsheets read the accents


def received_csv(items: Iterable[ReceivedItem], time: DeskTime) -> str:
    """Return received referrals as CSV."""
    return _csv(
        (phrase("From"),),
        (
            [
                needs_title(item.view.needs),
                item.view.county,
                item.sender_name,
                translated(item.view.status_text),
                translated(item.view.urgency.label),
                time.full(item.view.sent_at),
                _due(item.view.clocks, time),
                item.view.code or "",
            ]
            for item in items
        ),
    )


def sent_csv(items: Iterable[SentItem], time: DeskTime) -> str:
    """Return sent referrals as CSV."""
    return _csv(
        (phrase("To"),),
        (
            [
                needs_title(item.facts.needs),
                item.facts.county,
                item.member_name,
                translated(item.view.status_text),
                translated(item.view.urgency.label),
                time.full(item.view.sort_at),
                _due(item.view.clocks, time),
                item.view.code or "",
            ]
            for item in items
        ),
    )


def _csv(other: tuple[object], rows: Iterable[list[str]]) -> str:
    headings = (
        phrase("Need"),
        phrase("County"),
        other[0],
        phrase("State"),
        phrase("How soon"),
        phrase("Sent"),
        phrase("Due"),
        phrase("Spoken code"),
    )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(text_cell(translated(heading)) for heading in headings)
    writer.writerows([text_cell(cell) for cell in row] for row in rows)
    return _BYTE_ORDER_MARK + text.getvalue()


def _due(clocks: tuple[ClockShown, ...], time: DeskTime) -> str:
    running = {ClockState.RUNNING, ClockState.OVERDUE}
    return next((time.full(clock.due_at) for clock in clocks if clock.state in running), "")
