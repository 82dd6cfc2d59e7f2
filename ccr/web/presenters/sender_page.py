"""The sender's page of a referral as values; everything of it comes from the sender's view."""

from __future__ import annotations

from typing import Any

from ccr.domain.clocks import Side
from ccr.domain.identifying_text import Looks
from ccr.domain.outcomes import SENDER_OUTCOMES, Outcome
from ccr.domain.phrases import phrase
from ccr.domain.referral_states import EventKind
from ccr.domain.referral_views import ReleaseShown, SenderView, Status
from ccr.domain.release import PART_2_NOTICE
from ccr.services.desk_glance import token_of
from ccr.services.referral_shown import SentPage
from ccr.web.forms.hand_offs import (
    FitForm,
    FollowUpForm,
    IntroducedForm,
    JointCallForm,
    SafeInfoForm,
    ToOtherSideForm,
    UndoForm,
)
from ccr.web.forms.referrals import CloseForm, NoteForm, ToldForm
from ccr.web.language import translated
from ccr.web.presenters.answer_links import sender_link
from ccr.web.presenters.kept_reason import why_rows
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.referrals import (
    clock_rows,
    inside_a_sentence,
    needs_title,
    next_move_words,
    readable,
    state_chip,
    timeline_days,
    tracker_rows,
)
from ccr.web.presenters.warm import looks_words, warm_card

MAY_OFFER = {Status.SENT, Status.NOBODY_READS, Status.ASKED, Status.WAITLISTED}
MAY_WRITE = {Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD, Status.CONNECTED}
MAY_INTRODUCE = MAY_OFFER | MAY_WRITE | {Status.TO_CALL, Status.ACCEPTED_BY_PHONE}
TAKE_BACK = {"recall", "withdraw"}
UNDO = {"undo-accept", "undo-decline"}
WAYS_OUT = TAKE_BACK | UNDO | {"stop", "close", "enter-in-error", "freeze"}


def sender_forms() -> dict[str, Any]:
    """Return the forms of the sender's acts, empty or as they were sent."""
    return {
        "close": CloseForm(sender_outcomes()),
        "note": NoteForm(),
        "told": ToldForm(),
        "to": ToOtherSideForm(),
        "undo": UndoForm(),
        "live": IntroducedForm(),
        "call": JointCallForm(),
        "fit": FitForm(),
        "info": SafeInfoForm(),
        "way": FollowUpForm(),
    }


SENDER_FORM_OF = {
    "close": "close",
    "phone-accept": "told",
    "phone-decline": "told",
    "shared-note": "to",
    "undo-accept": "undo",
    "undo-decline": "undo",
    "reopen": "undo",
    "live-hand-off": "live",
    "joint-call": "call",
    "fit-checked": "fit",
    "safe-info": "info",
    "follow-up": "way",
}


def sender_page(
    page: SentPage,
    time: DeskTime,
    forms: dict[str, Any],
    *,
    just_sent: bool,
    failed_act: str | None = None,
    open_act: str | None = None,
    warned: tuple[Looks, ...] = (),
) -> dict[str, Any]:
    """Return the sender's page; everything of it comes from the sender's view."""
    view, facts = page.item.view, page.item.facts
    acts = _sender_acts(view)
    asked = next((e.note_id for e in view.timeline if e.kind == EventKind.ASK and e.note_id), None)
    return {
        "id": view.referral_id,
        "token": token_of([view]),
        "title": needs_title(facts.needs),
        "frozen": view.status is Status.FROZEN,
        "line": translated(
            phrase(
                "%(county)s · %(urgency)s · sent %(time)s",
                county=facts.county,
                urgency=inside_a_sentence(translated(view.urgency.label)),
                time=time.full(view.sort_at),
            )
        ),
        "other": page.item.member_name,
        "to_a_program": page.item.to_a_program,
        "says_limits": page.item.says_limits,
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
        "question_asked": readable(page.notes.get(asked)) if asked else None,
        "note_form": forms["note"],
        "close_form": forms["close"],
        "told_form": forms["told"],
        "by_phone": view.by_phone,
        "link": sender_link(view),
        "cannot_take": failed_act == "phone-decline",
        "options_offered": view.options_offered,
        "days": timeline_days(view.timeline, time, page.notes),
        "code": view.code,
        "clocks": clock_rows(view.clocks, time),
        "release_words": (
            _by_phone_words(page.item.member_name)
            if view.by_phone
            else _release_for_sender(view.release, page.item.member_name, time)
        ),
        "redisclosure": (
            translated(PART_2_NOTICE) if view.release is not None and view.release.of_part_2 else ""
        ),
        "release_ends": view.can_ask_release,
        "can_ask_release": view.can_ask_release and view.release is None,
        "why": why_rows(page.why),
        "forms": forms,
        "open_act": failed_act or open_act,
        "warned": looks_words(warned),
        "warm": warm_card(view.hand_off, time),
        "may_introduce": view.status in MAY_INTRODUCE,
        "may_offer_call": view.status in MAY_OFFER and not (view.by_phone or view.by_link),
        "may_write": view.status in MAY_WRITE and not (view.by_phone or view.by_link),
        "may_note": view.status is not Status.ENTERED_IN_ERROR,
    }


def _sender_acts(view: SenderView) -> set[str]:
    acts = {action.value for action in view.can}
    if view.options_offered and acts & TAKE_BACK:
        acts.add("recall-and-reroute")
    return acts


def _safe_words(page: SentPage) -> str:
    view = page.item.view
    if view.by_phone or view.by_link:
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


def _by_phone_words(member: str) -> str:
    return translated(
        phrase(
            "%(member)s answers by phone and reads nothing here. This page shows what they said on "
            "the phone, and then “outcome not shared”, whatever happens.",
            member=member,
        )
    )


def _release_for_sender(release: ReleaseShown | None, member: str, time: DeskTime) -> str:
    """Return what the page says: one text whatever was asked, refused, ended or never asked."""
    if release is None or release.until is None:
        return translated(
            phrase(
                "No feedback release is in force. This page shows whether %(member)s takes it, and "
                "then “outcome not shared”, whatever happens.",
                member=member,
            )
        )
    return translated(
        phrase(
            "A feedback release is in force until %(day)s. %(member)s may tell you how it goes.",
            day=time.full(release.until),
            member=member,
        )
    )


def sender_outcomes() -> list[Outcome]:
    """Return the outcomes a sender may record for a referral that came back."""
    return [outcome for outcome in Outcome if outcome in SENDER_OUTCOMES]
