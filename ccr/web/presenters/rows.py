"""Rows of the desk's lists: inbox, outbox, follow-ups. Everything comes from a side's view."""

from __future__ import annotations

from typing import Any

from flask import url_for

from ccr.domain.clocks import ClockState
from ccr.domain.phrases import phrase
from ccr.domain.referral_states import Action
from ccr.domain.referral_views import ClockShown, ReceiverView, Status
from ccr.domain.taxonomy import Urgency
from ccr.services.desk_glance import RowMark, Whose
from ccr.services.referral_shown import ReceivedItem, SentItem
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.referrals import clock_words, needs_title, state_chip

NO_MARK = RowMark()
_WHOSE = {
    Whose.MINE: phrase("With you"),
    Whose.COLLEAGUES: phrase("With a colleague"),
}


def _whose_words(mark: RowMark) -> str | None:
    return translated(_WHOSE[mark.whose]) if mark.whose else None


def _running(clocks: tuple[ClockShown, ...]) -> ClockShown | None:
    open_states = {ClockState.RUNNING, ClockState.OVERDUE}
    return next((clock for clock in clocks if clock.state in open_states), None)


def _received_state(view: ReceiverView) -> dict[str, str]:
    """Return the state as the receiver calls it: what arrived is new until somebody opens it."""
    if view.status is not Status.SENT:
        return state_chip(view.status, view.status_text)
    if view.seen:
        return {"text": translated(phrase("Opened")), "tone": "due", "icon": "envelope-open"}
    return {"text": translated(phrase("New")), "tone": "due", "icon": "envelope"}


def inbox_row(
    item: ReceivedItem, time: DeskTime, *, lit: bool, mark: RowMark = NO_MARK
) -> dict[str, Any]:
    """Return one row of the inbox; `lit` asks for the lamp, which only immediate need gets."""
    view = item.view
    clock = _running(view.clocks)
    return {
        "id": view.referral_id,
        "href": url_for("referrals.page", referral_id=view.referral_id),
        "title": needs_title(view.needs),
        "line": _received_line(item, time.short(view.sent_at)),
        "urgency": view.urgency.value,
        "state": _received_state(view),
        "unread": mark.unread or not view.seen,
        "whose": _whose_words(mark),
        "lit": lit and view.urgency is Urgency.IMMEDIATE,
        "clock": {"state": clock.state.value, "text": clock_words(clock, time)} if clock else None,
        "left": time.left(clock.due_at) if clock else None,
        "left_note": _left_note(clock, time) if clock else None,
        "act": translated(phrase("Answer") if Action.ACCEPT in view.can else phrase("Open")),
        "asks": Action.ACCEPT in view.can,
    }


def _received_line(item: ReceivedItem, sent: str) -> str:
    """Return from where and when; no county any more of what was taken back."""
    county, member = item.view.county, item.sender_name
    if not county:
        return translated(phrase("From %(member)s · sent %(time)s", member=member, time=sent))
    return translated(
        phrase(
            "%(county)s · from %(member)s · sent %(time)s", county=county, member=member, time=sent
        )
    )


def _left_note(clock: ClockShown, time: DeskTime) -> str:
    if clock.state is ClockState.OVERDUE:
        return translated(phrase("late, was due %(time)s", time=time.short(clock.due_at)))
    return translated(phrase("to answer, by %(time)s", time=time.short(clock.due_at)))


def outbox_row(item: SentItem, time: DeskTime, *, mark: RowMark = NO_MARK) -> dict[str, Any]:
    """Return one row of the outbox; a draft leads back to its wizard."""
    view = item.view
    draft = view.status is Status.DRAFT
    clock = _running(view.clocks)
    begun = phrase("Begun %(time)s. Nothing of it is sent.", time=time.short(view.sort_at))
    sent = phrase(
        "%(county)s · to %(member)s · sent %(time)s",
        county=item.facts.county,
        member=item.member_name,
        time=time.short(view.sort_at),
    )
    step, referral = "drafts.need", "referrals.page"
    return {
        "id": view.referral_id,
        "href": (
            url_for(step, draft_id=view.referral_id)
            if draft
            else url_for(referral, referral_id=view.referral_id)
        ),
        "title": needs_title(item.facts.needs) if item.facts.needs else translated(phrase("Draft")),
        "line": translated(begun if draft else sent),
        "code": view.code,
        "urgency": view.urgency.value,
        "state": state_chip(view.status, view.status_text),
        "unread": mark.unread,
        "whose": _whose_words(mark),
        "clock": {"state": clock.state.value, "text": clock_words(clock, time)} if clock else None,
        "act": translated(phrase("Go on") if draft else phrase("Open")),
        "asks": draft,
    }
