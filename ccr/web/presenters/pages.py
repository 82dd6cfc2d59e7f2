"""Whole pages of the referral desk as values: the sender's and the receiver's."""

from __future__ import annotations

from typing import Any

from ccr.domain.clocks import Side
from ccr.domain.outcomes import CONNECTED_OUTCOMES, SENDER_OUTCOMES, Outcome
from ccr.domain.phrases import phrase
from ccr.domain.referral_states import Action, EventKind
from ccr.domain.referral_views import ReceiverView, ReleaseShown, SenderView, Status
from ccr.domain.release import ConfirmedHow
from ccr.domain.taxonomy import Regime
from ccr.services.referral_desk import ReceivedPage, SentPage
from ccr.web.forms.referrals import (
    AttemptForm,
    CloseForm,
    ConfirmForm,
    DeclineForm,
    NoteForm,
    ToldForm,
    UntilForm,
)
from ccr.web.language import translated
from ccr.web.presenters.kept_reason import why_rows
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.referrals import (
    clock_rows,
    inside_a_sentence,
    listed,
    needs_title,
    next_move_words,
    shared_facts,
    state_chip,
    timeline_days,
    tracker_rows,
)

ANSWERS = {Action.DECLINE, Action.ASK, Action.WAITLIST}
WORK = {Action.HOLD, Action.CONNECT, Action.CLOSE, Action.HAND_BACK, Action.RESUME}
ATTEMPT_FIELDS = ("kind", "still_safe")
MAY_TRY = {Status.ACCEPTED, Status.IN_PROGRESS, Status.CONNECTED}
MAY_INTRODUCE = {Status.SENT, Status.ACCEPTED, Status.TO_CALL, Status.ACCEPTED_BY_PHONE}
TAKE_BACK = {"recall", "withdraw"}
WAYS_OUT = TAKE_BACK | {"stop", "close", "enter-in-error"}


def sender_forms() -> dict[str, Any]:
    """Return the forms of the sender's acts, empty or as they were sent."""
    return {"close": CloseForm(sender_outcomes()), "note": NoteForm(), "told": ToldForm()}


SENDER_FORM_OF = {"close": "close", "phone-accept": "told", "phone-decline": "told"}


def sender_page(
    page: SentPage,
    time: DeskTime,
    forms: dict[str, Any],
    *,
    just_sent: bool,
    failed_act: str | None = None,
) -> dict[str, Any]:
    """Return the sender's page; everything of it comes from the sender's view."""
    view, facts = page.item.view, page.item.facts
    agreed = _agreed_release(view, time)
    acts = _sender_acts(view)
    asked = next((e.note_id for e in view.timeline if e.kind == EventKind.ASK and e.note_id), None)
    return {
        "id": view.referral_id,
        "title": needs_title(facts.needs),
        "line": translated(
            phrase(
                "%(county)s · %(urgency)s · sent %(time)s",
                county=facts.county,
                urgency=inside_a_sentence(translated(view.urgency.label)),
                time=time.full(view.sort_at),
            )
        ),
        "other": page.item.member_name,
        "state": state_chip(view.status, view.status_text),
        "tracker": tracker_rows(view.tracker, time),
        "move": next_move_words(
            view,
            time,
            other=page.item.member_name,
            mine=view.next_move is not None and view.next_move.side is Side.SENDER,
        ),
        "can": acts,
        "ways_out": bool(acts & WAYS_OUT),
        "phone": page.partner_phone,
        "just_sent": just_sent,
        "safe_words": _safe_words(page),
        "question_asked": page.notes.get(asked) if asked else None,
        "note_form": forms["note"],
        "close_form": forms["close"],
        "told_form": forms["told"],
        "by_phone": view.by_phone,
        "cannot_take": failed_act == "phone-decline",
        "options_offered": view.options_offered,
        "days": timeline_days(view.timeline, time, page.notes),
        "code": view.code,
        "clocks": clock_rows(view.clocks, time),
        "release_words": (
            _by_phone_words(page.item.member_name)
            if view.by_phone
            else _release_for_sender(agreed, page.item.member_name, time)
        ),
        "release_ends": agreed is not None,
        "can_ask_release": view.can_ask_release and agreed is None,
        "why": why_rows(page.why),
        "can_log_hand_off": not view.warm and view.status in MAY_INTRODUCE,
    }


def _sender_acts(view: SenderView) -> set[str]:
    acts = {action.value for action in view.can}
    if view.options_offered and acts & TAKE_BACK:
        acts.add("recall-and-reroute")
    return acts


def _safe_words(page: SentPage) -> str:
    view = page.item.view
    if view.by_phone:
        return translated(
            phrase(
                "We call %(member)s first and tell you what they say. Four words stand for this: "
                "%(code)s. You can change your mind at any time, and tell us or them.",
                member=page.item.member_name,
                code=view.code or "",
            )
        )
    if page.partner_phone:
        return translated(
            phrase(
                "Call %(phone)s and say these four words: %(code)s. You do not have to give your "
                "name. You can change your mind at any time, and tell us or them.",
                phone=page.partner_phone,
                code=view.code or "",
            )
        )
    return translated(
        phrase(
            "Say these four words when you talk to them: %(code)s. You do not have to give your "
            "name. You can change your mind at any time, and tell us or them.",
            code=view.code or "",
        )
    )


def _agreed_release(view: SenderView, time: DeskTime) -> ReleaseShown | None:
    """Return the release that the sender recorded and that has neither ended nor run out.

    It reads the sender's own acts and the calendar alone: a refusal looks like waiting (R73).
    """
    release = view.release
    if release is None or release.until is None or release.ended_by_viewer_at is not None:
        return None
    return release if release.until > time.now else None


def _by_phone_words(member: str) -> str:
    return translated(
        phrase(
            "%(member)s answers by phone and reads nothing here. This page shows what they said on "
            "the phone, and then “outcome not shared”, whatever happens.",
            member=member,
        )
    )


def _release_for_sender(release: ReleaseShown | None, member: str, time: DeskTime) -> str:
    if release is None or release.until is None:
        return translated(
            phrase(
                "There is no feedback release. This page shows whether %(member)s takes it, and "
                "then “outcome not shared”, whatever happens.",
                member=member,
            )
        )
    if release.in_force:
        return translated(
            phrase(
                "A feedback release is in force until %(day)s. %(member)s may tell you how it "
                "goes.",
                day=time.full(release.until),
                member=member,
            )
        )
    return translated(
        phrase(
            "You recorded that %(member)s may tell you, until %(day)s, if the person confirms it "
            "to them. Without that, this page stops at “accepted”, whatever happens.",
            member=member,
            day=time.full(release.until),
        )
    )


def receiver_forms(regime: Regime, view: ReceiverView | None = None) -> dict[str, Any]:
    """Return the forms of the receiver's acts, empty or as they were sent."""
    connected = view is not None and view.status is Status.CONNECTED
    outcomes = [o for o in Outcome if connected or o not in CONNECTED_OUTCOMES]
    ways = [ConfirmedHow.WRITTEN] if regime.asks_for_writing else list(ConfirmedHow)
    return {
        "decline": DeclineForm(),
        "note": NoteForm(),
        "until": UntilForm(),
        "attempt": AttemptForm(),
        "close": CloseForm(outcomes),
        "confirm": ConfirmForm(ways),
    }


def sender_outcomes() -> list[Outcome]:
    """Return the outcomes a sender may record for a referral that came back."""
    return [outcome for outcome in Outcome if outcome in SENDER_OUTCOMES]


def receiver_page(
    page: ReceivedPage,
    time: DeskTime,
    forms: dict[str, Any],
    *,
    supervisor: bool,
    failed_act: str | None = None,
    open_act: str | None = None,
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
        "title": needs_title(view.needs),
        "line": translated(
            phrase(
                "%(county)s · to %(service)s · arrived %(time)s",
                county=view.county,
                service=page.item.service_name,
                time=time.full(view.sent_at),
            )
        ),
        "other": page.item.sender_name,
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
        "may_answer": bool(view.can & ANSWERS),
        "may_work": bool(view.can & WORK) and not before,
        "can_log_attempt": view.status in MAY_TRY,
        "primary": _primary(view),
        "attempt_fields": [*ATTEMPT_FIELDS, *(["safety_reason"] if supervisor else [])],
        "before": before,
        "facts": known,
        "question": page.question,
        "code": view.code,
        "clocks": clock_rows(view.clocks, time),
        "days": timeline_days(view.timeline, time, page.notes),
        "release": _release_for_receiver(view.release, page.item.sender_name, time),
        "forms": forms,
        "open_act": open_act,
        "failed_form": forms.get(FORM_OF.get(failed_act or "", "")),
    }


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
    "hold": "until",
    "attempt": "attempt",
    "close": "close",
    "confirm-release": "confirm",
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
            "Yes, until %(day)s. %(sender)s sees coded progress and outcome, never a note.",
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
