"""A referral's view as pages show it. Everything comes from the projection; nothing from a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from babel.lists import format_list
from flask_babel import get_locale

from ccr.domain.clocks import ClockState
from ccr.domain.disclosure import Fact, PreviewRow, ReferralFacts, Shown, fact_values
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_states import EventKind
from ccr.domain.referral_views import (
    ClockShown,
    Group,
    ReceiverView,
    SenderView,
    Status,
    TimelineEntry,
    TrackerStep,
)
from ccr.domain.taxonomy import Need
from ccr.domain.time_left import time_left
from ccr.services.sealed_words import UNREADABLE
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.warm import call_words

ICONS: dict[str, str] = {
    EventKind.SEND: "send",
    EventKind.ASK: "chat",
    EventKind.ANSWER: "chat",
    EventKind.ACCEPT: "check-circle",
    EventKind.DECLINE: "cross",
    EventKind.HAND_BACK: "cross",
    EventKind.WAITLIST: "clock",
    EventKind.HOLD: "pause",
    EventKind.BEGIN: "phone",
    EventKind.CONTACT_ATTEMPT: "phone",
    EventKind.LIVE_HAND_OFF: "phone",
    EventKind.CONNECT: "person-check",
    EventKind.CLOSE: "check",
    EventKind.SEEN: "envelope-open",
    EventKind.MADE_BROADER: "shield",
    EventKind.RELEASE_ASKED: "file-check",
    EventKind.RELEASE_CONFIRMED: "file-check",
    EventKind.NOTE: "file",
    EventKind.BY_PHONE: "phone",
    EventKind.PHONE_ACCEPT: "phone",
    EventKind.PHONE_DECLINE: "cross",
    EventKind.SHARED_NOTE: "chat",
    EventKind.FIT_CHECKED: "phone",
    EventKind.JOINT_CALL_OFFERED: "phone",
    EventKind.JOINT_CALL_AGREED: "phone",
    EventKind.JOINT_CALL_NOT_THEN: "clock",
    EventKind.JOINT_CALL_MISSED: "minus",
    EventKind.SAFE_INFO: "info",
    EventKind.FOLLOW_UP_AGREED: "follow-up",
    EventKind.SCHEDULED: "clock",
    EventKind.ATTENDED: "person-check",
    EventKind.NO_SHOW: "minus",
    EventKind.BY_LINK: "send",
    EventKind.LINK_MAILED: "send",
    EventKind.CODE_MADE: "phone",
    EventKind.CODE_LOCKED: "alert-triangle",
}
SAME_MOMENT = timedelta(minutes=1)
"""A call written down sooner than this is said to be of the moment of writing."""
STRONG = {EventKind.ACCEPT, EventKind.PHONE_ACCEPT, EventKind.CONNECT, EventKind.CLOSE}
TONES: dict[Status, tuple[str, str]] = {
    Status.SENT: ("due", "hourglass"),
    Status.TO_CALL: ("due", "phone"),
    Status.NOBODY_READS: ("due", "phone"),
    Status.ACCEPTED_BY_PHONE: ("ok", "phone"),
    Status.ASKED: ("due", "chat"),
    Status.WAITLISTED: ("unknown", "clock"),
    Status.ACCEPTED: ("ok", "check-circle"),
    Status.IN_PROGRESS: ("ok", "check-circle"),
    Status.CONNECTED: ("ok", "person-check"),
    Status.ON_HOLD: ("unknown", "pause"),
    Status.NOT_SHARED: ("neutral", "check"),
    Status.CLOSED: ("neutral", "check"),
}


def inside_a_sentence(words: str) -> str:
    """Return words without their capital, unless they begin with an abbreviation."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def listed(labels: Iterable[Phrase]) -> str:
    """Return labels as one text with commas: "Advocacy, protection order"."""
    first, *others = [translated(label) for label in labels] or [""]
    return ", ".join([first, *map(inside_a_sentence, others)])


_NO_NEED = phrase("Referral")


def needs_title(needs: Iterable[Need]) -> str:
    """Return needs as a heading: "Advocacy and protection order"; one word where none is left."""
    first, *others = [translated(need.label) for need in needs] or [translated(_NO_NEED)]
    return format_list([first, *map(inside_a_sentence, others)], locale=get_locale() or "en")


def state_chip(status: Status, text: Phrase) -> dict[str, str]:
    """Return the page's state as a chip: words, shade and icon together."""
    usual = ("due", "signpost") if status.group is Group.MY_MOVE else ("neutral", "minus")
    tone, icon = TONES.get(status, usual)
    return {"text": translated(text), "tone": tone, "icon": icon}


def tracker_rows(steps: tuple[TrackerStep, ...], time: DeskTime) -> list[dict[str, Any]]:
    """Return the tracker's steps."""
    return [
        {
            "word": translated(step.label),
            "state": step.mark.value,
            "note": time.full(step.at) if step.at else None,
        }
        for step in steps
    ]


def clock_rows(clocks: tuple[ClockShown, ...], time: DeskTime) -> list[dict[str, object]]:
    """Return the clocks: the state as a word, and the exact time it is about."""
    return [
        {
            "state": clock.state.value,
            "name": translated(clock.kind.label),
            "text": translated(clock.state.label),
            "note": translated(_clock_note(clock, time)),
        }
        for clock in clocks
    ]


def _clock_note(clock: ClockShown, time: DeskTime) -> Phrase:
    if clock.met_at is not None:
        return phrase("met %(time)s", time=time.full(clock.met_at))
    if clock.state is ClockState.PAUSED and clock.paused_until:
        return phrase("until %(time)s", time=time.full(clock.paused_until))
    left = time_left(clock, time.now)
    return phrase("due %(time)s, %(left)s", time=time.full(clock.due_at), left=left)


def clock_words(clock: ClockShown, time: DeskTime) -> str:
    """Return a clock in a few words: "Due in 52 min", "3 business hours left", "Overdue 2 h"."""
    if clock.state is ClockState.RUNNING and clock.open_left:
        return translated(time_left(clock, time.now)).capitalize()
    if clock.state is ClockState.RUNNING:
        return translated(phrase("Due in %(left)s", left=time.left(clock.due_at)))
    if clock.state is ClockState.OVERDUE:
        return translated(phrase("Overdue %(left)s", left=time.left(clock.due_at)))
    if clock.state is ClockState.PAUSED and clock.paused_until:
        return translated(phrase("Paused until %(time)s", time=time.full(clock.paused_until)))
    return translated(clock.state.label)


def readable(words: str | None) -> str | None:
    """Return words as they were opened, or that they cannot be read; None for none."""
    if words != UNREADABLE:
        return words
    return translated(phrase("These words cannot be read any more."))


def timeline_days(
    entries: tuple[TimelineEntry, ...], time: DeskTime, notes: Mapping[UUID, str] | None = None
) -> list[dict[str, Any]]:
    """Return the timeline by days, newest first; `notes` are opened texts by note id."""
    opened = notes or {}
    days = []
    for heading, group in groupby(entries, key=lambda entry: time.day(entry.at)):
        rows = [
            {
                "time": time.clock(entry.at),
                "iso": entry.at.isoformat(timespec="minutes"),
                "icon": ICONS.get(entry.kind, "circle"),
                "what": translated(entry.what),
                "note": _line(entry, opened, time),
                "strong": entry.kind in STRONG,
            }
            for entry in group
        ]
        days.append({"heading": heading, "entries": rows})
    return days


def _line(entry: TimelineEntry, opened: Mapping[UUID, str], time: DeskTime) -> str | None:
    """Return the quiet line of an entry: the note, the joint call, or what was said, if any.

    With the time of a call that was written down later.
    """
    if entry.note_id is not None and entry.note_id in opened:
        return readable(opened[entry.note_id])
    if entry.call is not None:
        return call_words(entry.call)
    if entry.line is None or entry.told_at is None or entry.at - entry.told_at < SAME_MOMENT:
        return translated(entry.line) or None
    return translated(
        phrase("%(who)s, call at %(time)s", who=entry.line, time=time.full(entry.told_at))
    )


def next_move_words(
    view: SenderView | ReceiverView, time: DeskTime, *, other: str, mine: bool
) -> dict[str, Any] | None:
    """Return the lamp card: whose move, what, by when, and what happens if not."""
    move = view.next_move
    if move is None:
        return None
    return {
        "who": other,
        "what": translated(move.what),
        "if_missed": translated(move.otherwise) if move.otherwise else None,
        "left": time.left(move.due_at) if move.due_at else None,
        "left_note": (
            translated(
                phrase("left, due %(time)s", time=time.full(move.due_at))
                if move.due_at >= time.now
                else phrase("late, was due %(time)s", time=time.full(move.due_at))
            )
            if move.due_at
            else None
        ),
        "yours": mine,
    }


def preview_rows(rows: tuple[PreviewRow, ...], question: str) -> list[dict[str, Any]]:
    """Return the rows of "what they will see"."""
    shown = []
    for row in rows:
        after = _cell(row.after_shown, row.after)
        if row.fact is Fact.QUESTION and row.after_shown is Shown.VALUE:
            after = question
        shown.append(
            {
                "fact": translated(row.fact.label),
                "before": _cell(row.before_shown, row.before),
                "after": after,
                "broader": row.broader,
                "no_field": row.after_shown is Shown.NO_SUCH_FIELD,
            }
        )
    return shown


def _cell(shown: Shown, values: tuple[Phrase, ...]) -> str | None:
    if shown is Shown.VALUE:
        return listed(values)
    return translated(phrase("Not asked")) if shown is Shown.NOT_ASKED else None


def shared_facts(facts: ReferralFacts) -> list[dict[str, str]]:
    """Return the facts that were agreed to be shared, those that were said."""
    rows = []
    for fact in Fact:
        values = fact_values(facts, fact)
        if values:
            rows.append(
                {
                    "term": translated(fact.label),
                    "value": listed(values),
                }
            )
    return rows
