"""What a mailed link shows once its code was typed, and the sender's part of it, as values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ccr.domain.answer_links import LinkAct, LinkView, is_over, may_read_out, was_taken_back
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_states import EventKind
from ccr.domain.referral_views import SenderView, Status
from ccr.services.answer_links import LinkPage
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.referrals import needs_title

_NOTED: dict[LinkAct, Phrase] = {
    LinkAct.ACCEPT: phrase("It is noted: you take it."),
    LinkAct.DECLINE: phrase("It is noted: you cannot take it."),
    LinkAct.HAND_BACK: phrase("It is noted: you give it back."),
    LinkAct.ATTEMPT: phrase("Your try is noted."),
    LinkAct.CONNECT: phrase("It is noted: you are connected."),
    LinkAct.CLOSE: phrase("It is noted how it ended."),
    LinkAct.ROOM: phrase("It is noted how much room you have."),
    LinkAct.CONFIRM_RELEASE: phrase("It is noted that the person agrees."),
    LinkAct.REFUSE_RELEASE: phrase("It is noted that the person does not agree."),
}


def answer_page(page: LinkPage, *, done: LinkAct | None, at: datetime) -> dict[str, Any]:
    """Return the page of a link; it is made of the link's own view and nothing else."""
    view = page.view
    time = DeskTime(page.timezone, at)
    release = view.release
    return {
        "title": needs_title(view.needs) if view.needs else "",
        "facts": _facts(page, time),
        "can": {act.value for act in view.can},
        "primary": _primary(view),
        "turn": page.turn,
        "noted": translated(_NOTED[done]) if done else None,
        "over": is_over(view.status),
        "stopped": view.status is Status.STOPPED,
        "taken_back": was_taken_back(view.status),
        "taken": view.code is not None and not is_over(view.status),
        "code": view.code,
        "sender": page.sender_name,
        "says_limits": page.says_limits,
        "phone": page.sender_phone,
        "until": time.full(release.until) if release and release.until else None,
    }


def _facts(page: LinkPage, time: DeskTime) -> list[dict[str, str]]:
    view = page.view
    rows: list[tuple[Phrase, str]] = [
        (phrase("County"), view.county),
        (phrase("How soon"), translated(view.urgency.label)),
        (phrase("From"), page.sender_name),
        (phrase("To"), page.service_name),
    ]
    if view.answer_by is not None:
        term = phrase("Next step by") if view.code else phrase("Answer by")
        rows.append((term, time.full(view.answer_by)))
    return [{"term": translated(term), "value": value} for term, value in rows]


def _primary(view: LinkView) -> str | None:
    """Return the one act that the page offers first, or None."""
    if LinkAct.ACCEPT in view.can:
        return LinkAct.ACCEPT.value
    first = {
        Status.ACCEPTED: LinkAct.ATTEMPT,
        Status.IN_PROGRESS: LinkAct.CONNECT,
        Status.CONNECTED: LinkAct.CLOSE,
    }.get(view.status)
    return first.value if first in view.can else None


def sender_link(view: SenderView) -> dict[str, Any] | None:
    """Return the sender's card for a partner by link, or None. It reads the sender's view alone."""
    if not may_read_out(view):
        return None
    codes = (
        e.kind for e in view.timeline if e.kind in {EventKind.CODE_MADE, EventKind.CODE_LOCKED}
    )
    return {
        "waiting": view.status in {Status.SENT, Status.NOBODY_READS},
        "locked": next(codes, None) == EventKind.CODE_LOCKED,
    }
