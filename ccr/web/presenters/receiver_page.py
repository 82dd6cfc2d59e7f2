"""The receiver's page of a referral as values; everything of it comes from the receiver's view."""

from __future__ import annotations

from typing import Any

from ccr.domain.clocks import Side
from ccr.domain.identifying_text import Looks
from ccr.domain.outcomes import CONNECTED_OUTCOMES, Outcome
from ccr.domain.phrases import phrase
from ccr.domain.referral_states import Action
from ccr.domain.referral_views import ReceiverView, ReleaseShown, Status
from ccr.domain.release import ways_to_confirm
from ccr.domain.taxonomy import Regime
from ccr.services.desk_glance import token_of
from ccr.services.referral_shown import ReceivedItem, ReceivedPage
from ccr.web.forms.hand_offs import (
    IntroducedForm,
    JointCallForm,
    TakesPartForm,
    ToOtherSideForm,
    UndoForm,
)
from ccr.web.forms.referrals import (
    AttemptForm,
    CloseForm,
    ConfirmForm,
    DeclineForm,
    HoldForm,
    NoteForm,
    UntilForm,
)
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.referrals import (
    clock_rows,
    listed,
    needs_title,
    next_move_words,
    readable,
    shared_facts,
    state_chip,
    timeline_days,
    tracker_rows,
)
from ccr.web.presenters.warm import STEPS_OF_RECEIVER, looks_words, warm_card

ANSWERS = {Action.DECLINE, Action.ASK, Action.WAITLIST}
UNDO = {Action.UNDO_ACCEPT, Action.UNDO_DECLINE, Action.REOPEN}
WORK = {Action.HOLD, Action.CONNECT, Action.CLOSE, Action.HAND_BACK, Action.RESUME}
ATTEMPT_FIELDS = ("kind", "still_safe")
MAY_TRY = {Status.ACCEPTED, Status.IN_PROGRESS, Status.CONNECTED}


def receiver_forms(regime: Regime, view: ReceiverView | None = None) -> dict[str, Any]:
    """Return the forms of the receiver's acts, empty or as they were sent."""
    connected = view is not None and view.status is Status.CONNECTED
    outcomes = [o for o in Outcome if connected or o not in CONNECTED_OUTCOMES]
    ways = list(ways_to_confirm(regime))
    return {
        "decline": DeclineForm(),
        "note": NoteForm(),
        "until": UntilForm(),
        "hold": HoldForm(),
        "attempt": AttemptForm(),
        "close": CloseForm(outcomes),
        "confirm": ConfirmForm(ways),
        "to": ToOtherSideForm(),
        "undo": UndoForm(),
        "live": IntroducedForm(ours_first=False),
        "visit": JointCallForm(prefix="visit"),
        "part": TakesPartForm(),
    }


def _line(item: ReceivedItem, arrived: str) -> str:
    """Return for which service and when it arrived; no county any more of what was taken back."""
    county, service = item.view.county, item.service_name
    if not county:
        return translated(
            phrase("To %(service)s · arrived %(time)s", service=service, time=arrived)
        )
    return translated(
        phrase(
            "%(county)s · to %(service)s · arrived %(time)s",
            county=county,
            service=service,
            time=arrived,
        )
    )


def receiver_page(
    page: ReceivedPage,
    time: DeskTime,
    forms: dict[str, Any],
    *,
    supervisor: bool,
    failed_act: str | None = None,
    open_act: str | None = None,
    warned: tuple[Looks, ...] = (),
) -> dict[str, Any]:
    """Return the receiver's page; everything of it comes from the receiver's view."""
    view = page.item.view
    before = view.facts is None
    known = (
        shared_facts(view.facts)
        if view.facts
        else [
            {
                "term": translated(phrase("Need")),
                "value": listed(n.label for n in view.needs),
            },
            {"term": translated(phrase("County")), "value": view.county},
            {"term": translated(phrase("How soon")), "value": translated(view.urgency.label)},
        ]
    )
    acts = {action.value for action in view.can}
    return {
        "id": view.referral_id,
        "token": token_of([view]),
        "title": needs_title(view.needs),
        "frozen": view.status is Status.FROZEN,
        "gone": not view.needs,
        "line": _line(page.item, time.full(view.sent_at)),
        "other": page.item.sender_name,
        "says_limits": page.item.says_limits,
        "urgency": view.urgency.value,
        "state": state_chip(view.status, view.status_text),
        "tracker": tracker_rows(view.tracker, time),
        "move": next_move_words(
            view,
            time,
            other=page.item.sender_name,
            mine=view.next_move is not None and view.next_move.side is Side.RECEIVER,
        ),
        "can": acts,
        "may_undo": bool(view.can & UNDO),
        "may_answer": bool(view.can & ANSWERS),
        "may_work": bool(view.can & WORK) and not before,
        "can_log_attempt": view.status in MAY_TRY,
        "primary": _primary(view),
        "attempt_fields": [*ATTEMPT_FIELDS, *(["safety_reason"] if supervisor else [])],
        "before": before,
        "facts": known,
        "question": readable(page.question),
        "code": view.code,
        "clocks": clock_rows(view.clocks, time),
        "days": timeline_days(view.timeline, time, page.notes),
        "release": _release_for_receiver(view.release, page.item.sender_name, time),
        "forms": forms,
        "open_act": open_act,
        "warned": looks_words(warned),
        "warm": warm_card(view.hand_off, time, STEPS_OF_RECEIVER),
        "asks_to_take_part": _call_on_offer(view),
        "may_write": view.release is not None and view.release.in_force,
        "failed_form": forms.get(FORM_OF.get(failed_act or "", "")),
    }


def _call_on_offer(view: ReceiverView) -> bool:
    return view.hand_off.call is not None and Action.ACCEPT in view.can


def _primary(view: ReceiverView) -> str | None:
    """Return the one act that the page offers first, or None: on hold, the act is to wait."""
    if Action.ACCEPT in view.can:
        return "accept"
    first = {
        Status.ACCEPTED: "attempt",
        Status.IN_PROGRESS: "connect",
        Status.CONNECTED: "close",
    }
    return first.get(view.status)


FORM_OF = {
    "decline": "decline",
    "hand-back": "decline",
    "ask": "note",
    "note": "note",
    "waitlist": "until",
    "hold": "hold",
    "attempt": "attempt",
    "close": "close",
    "confirm-release": "confirm",
    "shared-note": "to",
    "undo-accept": "undo",
    "undo-decline": "undo",
    "reopen": "undo",
    "live-hand-off": "live",
    "schedule": "visit",
}


def _release_for_receiver(
    release: ReleaseShown | None, sender: str, time: DeskTime
) -> dict[str, Any] | None:
    if release is None or release.until is None:
        return None
    day = time.full(release.until)
    waiting = not (release.confirmed_at or release.refused_at or release.withdrawn_at)
    if release.in_force:
        words = phrase(
            "Yes, until %(day)s. %(sender)s sees coded progress and "
            "outcome, and no note but one you write to them with the person's yes.",
            day=day,
            sender=sender,
        )
    elif waiting:
        words = phrase(
            "%(sender)s asks: may you tell them, until %(day)s? Ask the person yourself.",
            day=day,
            sender=sender,
        )
    else:
        words = phrase("No. %(sender)s sees nothing of what you record.", sender=sender)
    return {
        "words": translated(words),
        "can_confirm": waiting and release.until > time.now,
        "can_end": release.in_force,
    }
