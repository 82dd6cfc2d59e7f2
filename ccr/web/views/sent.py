"""The sender's side of a referral: its page, each of its acts, the slip and the card."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.clocks import Side
from ccr.domain.errors import InvalidInputError
from ccr.domain.live_hand_off import FollowUpWay, SafeInfo
from ccr.domain.outcomes import DeclineReason, Outcome, ToldBy
from ccr.domain.release import default_until
from ccr.policy.permissions import Permission
from ccr.services import (
    asking,
    hand_offs,
    referral_desk,
    referrals,
    releases,
    sending,
    talking,
)
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import chosen_code
from ccr.web.forms.hand_offs import (
    FitForm,
    FollowUpForm,
    IntroducedForm,
    JointCallForm,
    SafeInfoForm,
    ToOtherSideForm,
    UndoForm,
    words_of,
)
from ccr.web.forms.referrals import CloseForm, NoteForm, ToldForm
from ccr.web.presenters.moments import desk_time
from ccr.web.presenters.sender_page import (
    sender_outcomes,
)
from ccr.web.referral_pages import show_sent

blueprint = Blueprint("sent", __name__, url_prefix="/desk/referrals")

# --- the acts: each takes the referral and returns the draft it leads to, if any -----------------


def _plain(verb: Callable[..., object]) -> Callable[[UUID], None]:
    """Return an act that needs nothing but the press of its button."""

    def press(referral_id: UUID) -> None:
        verb(current_identity(), current_world(), referral_id, at=utc_now())

    return press


def _answer(referral_id: UUID) -> None:
    text = words_of(NoteForm())
    referrals.answer(current_identity(), current_world(), referral_id, text, at=utc_now())


def _note(referral_id: UUID) -> None:
    text = words_of(NoteForm())
    referrals.add_note(
        current_identity(), current_world(), referral_id, Side.SENDER, text, at=utc_now()
    )


def _shared_note(referral_id: UUID) -> None:
    text = words_of(ToOtherSideForm())
    talking.write_to_receiver(current_identity(), current_world(), referral_id, text, at=utc_now())


def _close(referral_id: UUID) -> None:
    outcome = chosen_code(Outcome, CloseForm(sender_outcomes()).outcome.data, "outcome")
    referrals.close_declined(
        current_identity(), current_world(), referral_id, outcome, at=utc_now()
    )


def _phone_accept(referral_id: UUID) -> None:
    form = ToldForm()
    told_by = chosen_code(ToldBy, form.told_by.data, "told_by")
    told_at, at = form.when(desk_time()), utc_now()
    referrals.accepted_by_phone(
        current_identity(), current_world(), referral_id, told_by, at=at, told_at=told_at
    )


def _phone_decline(referral_id: UUID) -> None:
    form = ToldForm()
    told_by = chosen_code(ToldBy, form.told_by.data, "told_by")
    reason = chosen_code(DeclineReason, form.reason.data, "reason")
    told_at, at = form.when(desk_time()), utc_now()
    referrals.declined_by_phone(
        current_identity(), current_world(), referral_id, told_by, reason, at=at, told_at=told_at
    )


def _undo(verb: Callable[..., object]) -> Callable[[UUID], None]:
    """Return an act that takes back what was written down of a call, and says why."""

    def take_back(referral_id: UUID) -> None:
        why = words_of(UndoForm())
        verb(current_identity(), current_world(), referral_id, Side.SENDER, why, at=utc_now())

    return take_back


def _live_hand_off(referral_id: UUID) -> None:
    introduction = IntroducedForm().introduction()
    hand_offs.introduce(
        current_identity(), current_world(), referral_id, Side.SENDER, introduction, at=utc_now()
    )


def _joint_call(referral_id: UUID) -> None:
    form = JointCallForm()
    how, part = form.how_and_part()
    hand_offs.offer_joint_call(
        current_identity(), current_world(), referral_id, how, form.day.data, part, at=utc_now()
    )


def _fit_checked(referral_id: UUID) -> None:
    told_by = chosen_code(ToldBy, FitForm().told_by.data, "told_by")
    hand_offs.check_fit(current_identity(), current_world(), referral_id, told_by, at=utc_now())


def _safe_info(referral_id: UUID) -> None:
    info = chosen_code(SafeInfo, SafeInfoForm().info.data, "info")
    hand_offs.give_information(current_identity(), current_world(), referral_id, info, at=utc_now())


def _follow_up(referral_id: UUID) -> None:
    way = chosen_code(FollowUpWay, FollowUpForm().way.data, "way")
    hand_offs.agree_follow_up(current_identity(), current_world(), referral_id, way, at=utc_now())


def _ask_release(referral_id: UUID) -> None:
    at = utc_now()
    releases.ask(current_identity(), current_world(), referral_id, default_until(at), at=at)


def _end_release(referral_id: UUID) -> None:
    releases.withdraw(current_identity(), current_world(), referral_id, Side.SENDER, at=utc_now())


def _reroute(referral_id: UUID) -> UUID:
    return sending.reroute(current_identity(), current_world(), referral_id, at=utc_now())


def _recall_and_reroute(referral_id: UUID) -> UUID:
    return sending.recall_and_reroute(
        current_identity(), current_world(), referral_id, at=utc_now()
    )


ACTS: dict[str, Callable[[UUID], UUID | None]] = {
    "recall": _plain(referrals.recall),
    "withdraw": _plain(referrals.withdraw),
    "stop": _plain(referrals.stop),
    "enter-in-error": _plain(referrals.enter_in_error),
    "answer": _answer,
    "close": _close,
    "live-hand-off": _live_hand_off,
    "joint-call": _joint_call,
    "joint-call-missed": _plain(hand_offs.joint_call_missed),
    "fit-checked": _fit_checked,
    "safe-info": _safe_info,
    "follow-up": _follow_up,
    "note": _note,
    "shared-note": _shared_note,
    "ask-release": _ask_release,
    "end-release": _end_release,
    "reroute": _reroute,
    "recall-and-reroute": _recall_and_reroute,
    "phone-accept": _phone_accept,
    "phone-decline": _phone_decline,
    "undo-accept": _undo(referrals.undo_accept),
    "undo-decline": _undo(referrals.undo_decline),
    "stop-all": _plain(asking.stop_all),
}
"""What a sender's buttons say in their address, and what each does."""


@blueprint.post(f"/<uuid:referral_id>/as-sender/<any({', '.join(map(repr, ACTS))}):act>")
@requires(Permission.REFERRAL_SEND)
def act(referral_id: UUID, act: str) -> ResponseReturnValue:
    """Do one act of the sender, and show what came of it."""
    try:
        draft_id = ACTS[act](referral_id)
    except InvalidInputError as error:
        return show_sent(referral_id, (act, error))
    if draft_id is not None:
        return redirect(url_for("drafts.partners", draft_id=draft_id), code=303)
    return redirect(url_for("referrals.page", referral_id=referral_id), code=303)


@blueprint.get("/<uuid:referral_id>/slip")
@requires(Permission.REFERRAL_SEND)
def slip(referral_id: UUID) -> str:
    """Show a slip for the agency's own file, with a blank that CCR never stores."""
    found = referral_desk.open_sent(current_identity(), current_world(), referral_id, at=utc_now())
    return render_template("referrals/slip.html", found=found, time=desk_time())


@blueprint.get("/<uuid:referral_id>/card")
@requires(Permission.REFERRAL_SEND)
def card(referral_id: UUID) -> str:
    """Show the take-away card: the words to say and a number, and no name of a service."""
    found = referral_desk.open_sent(current_identity(), current_world(), referral_id, at=utc_now())
    return render_template("referrals/card.html", found=found)
