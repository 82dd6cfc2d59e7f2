"""The follow-up queue and the hand-over of a shift, as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import url_for

from ccr.domain.chasing import LONGEST_SNOOZE, SnoozeReason
from ccr.domain.paging import Page
from ccr.domain.phrases import Phrase, phrase
from ccr.services.assigning import Colleague
from ccr.services.followups import FollowUps, Shift, Whose
from ccr.services.referral_shown import ReceivedItem, SentItem
from ccr.services.snoozing import Rested
from ccr.storage.queries.follow_ups import NOT_KEPT, Kept
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.rows import inbox_row, outbox_row

SNOOZES: dict[str, tuple[timedelta, Phrase]] = {
    "2h": (timedelta(hours=2), phrase("2 hours")),
    "8h": (timedelta(hours=8), phrase("8 hours")),
    "1d": (timedelta(days=1), phrase("1 day")),
    "3d": (timedelta(days=3), phrase("3 days")),
    "7d": (timedelta(days=7), phrase("7 days")),
}
"""For how long reminders may be put off from the queue; each as far as the urgency allows it."""
_WHOSE = {
    Whose.ALL: phrase("The whole program"),
    Whose.MINE: phrase("Mine"),
    Whose.NOBODYS: phrase("Nobody’s yet"),
}


def row_of(item: ReceivedItem | SentItem, time: DeskTime) -> dict[str, Any]:
    """Return one referral as a row of the desk's lists, whichever side it is."""
    if isinstance(item, ReceivedItem):
        row = inbox_row(item, time, lit=False)
    else:
        row = outbox_row(item, time)
    return {**row, "id": item.view.referral_id}


def queue_page(
    found: FollowUps,
    colleagues: tuple[Colleague, ...],
    time: DeskTime,
    *,
    whose: Whose,
    me: UUID | None,
) -> dict[str, Any]:
    """Return the queue: its parts with their rows, whose it shows, and what was handed over."""
    emails = {one.person.account_id: one.email for one in colleagues}

    def rows(items: tuple[ReceivedItem | SentItem, ...]) -> list[dict[str, Any]]:
        return [_queued(item, found.kept, emails, time, me) for item in items]

    parts: tuple[tuple[str, Phrase, Page[ReceivedItem | SentItem]], ...] = (
        ("overdue", phrase("Overdue"), found.overdue),
        ("today", phrase("Today"), found.today),
        ("this-week", phrase("This week"), found.this_week),
        ("unanswered", phrase("Late answers: choose again, or wait"), found.unanswered),
        ("snoozed", phrase("Put off"), found.snoozed),
    )
    return {
        "groups": [
            {
                "id": name,
                "heading": translated(heading),
                "total": page.total,
                "rows": rows(page.items),
                "rests": name == "snoozed",
                "waits": name == "unanswered",
            }
            for name, heading, page in parts
        ],
        "handed": rows(found.handed_over),
        "views": [
            {
                "text": translated(_WHOSE[view]),
                "href": url_for("followups.queue", whose=None if view is Whose.ALL else view.value),
                "current": view is whose,
            }
            for view in Whose
        ],
        "whose": whose.value,
        "colleagues": here(colleagues),
        "rest": rest_choices(),
        "some_can_rest": any(
            LONGEST_SNOOZE[item.view.urgency] for _, _, page in parts for item in page.items
        ),
        "givable": [
            {"id": key, "text": translated(phrase("You")) if key == me else email}
            for key, email in sorted(
                ((one["id"], one["email"]) for one in here(colleagues)),
                key=lambda pair: (pair[0] != me, pair[1]),
            )
        ],
        "has_others": len(colleagues) > 1,
    }


def _queued(
    item: ReceivedItem | SentItem,
    kept: Mapping[UUID, Kept],
    emails: Mapping[UUID, str],
    time: DeskTime,
    me: UUID | None,
) -> dict[str, Any]:
    row = row_of(item, time)
    note = kept.get(item.view.referral_id, NOT_KEPT)
    longest = LONGEST_SNOOZE[item.view.urgency]
    return {
        **row,
        "mine": note.assigned_to is not None and note.assigned_to == me,
        "held_by": note.assigned_to or "",
        "who": emails.get(note.assigned_to) if note.assigned_to else None,
        "rests_until": time.full(note.snoozed_until)
        if note.snoozed_until and note.snoozed_until > time.now
        else None,
        "why": translated(SnoozeReason(note.snooze_reason).label) if note.snooze_reason else None,
        "snoozes": [
            (name, translated(words)) for name, (span, words) in SNOOZES.items() if span <= longest
        ],
    }


def rest_choices() -> dict[str, list[tuple[str, str]]]:
    """Return for how long and why reminders can be put off, as codes with their words."""
    return {
        "spans": [(name, translated(words)) for name, (_, words) in SNOOZES.items()],
        "reasons": [(reason.value, translated(reason.label)) for reason in SnoozeReason],
    }


def rested_rows(
    items: tuple[ReceivedItem | SentItem, ...], rested: Rested, time: DeskTime
) -> list[dict[str, Any]]:
    """Return what could not be put off with others: the row, its code where it is shown, why."""
    return [
        {
            **row_of(item, time),
            "code": item.view.code,
            "why": translated(rested.refused[item.view.referral_id]),
        }
        for item in items
    ]


def here(colleagues: tuple[Colleague, ...]) -> list[dict[str, Any]]:
    """Return those who can be given something now."""
    return [
        {"id": one.person.account_id, "email": one.email} for one in colleagues if one.person.here
    ]


def shift_page(shift: Shift, time: DeskTime, *, me: UUID | None) -> dict[str, Any]:
    """Return the page on which a shift is handed over."""
    return {
        "of": shift.of,
        "mine": shift.of == me,
        "rows": [row_of(item, time) for item in shift.items],
        "colleagues": here(shift.colleagues),
        "away": [
            {"email": one.email, "until": time.full(one.person.away_until)}
            for one in shift.colleagues
            if one.person.away_until is not None
        ],
        "others": [
            {
                "email": one.email,
                "href": url_for("hand_overs.page", of=one.person.account_id),
            }
            for one in shift.colleagues
        ]
        if shift.may_choose and shift.of == me
        else [],
    }
