"""The receiver's side of a referral: its page and each of its acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.clocks import Side
from ccr.domain.errors import InvalidInputError
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome
from ccr.domain.release import ConfirmedHow
from ccr.domain.taxonomy import Known
from ccr.policy.permissions import Permission
from ccr.services import hand_offs, referrals, releases, talking
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import chosen_code
from ccr.web.forms.hand_offs import (
    IntroducedForm,
    JointCallForm,
    ToOtherSideForm,
    UndoForm,
    words_of,
)
from ccr.web.presenters.receiver_page import receiver_forms
from ccr.web.referral_pages import show_received

blueprint = Blueprint("received", __name__, url_prefix="/desk/referrals")

# --- the acts ------------------------------------------------------------------------------------


def _forms() -> dict[str, Any]:
    return receiver_forms(current_identity().regime)


def _plain(verb: Callable[..., object]) -> Callable[[UUID], None]:
    """Return an act that needs nothing but the press of its button."""

    def press(referral_id: UUID) -> None:
        verb(current_identity(), current_world(), referral_id, at=utc_now())

    return press


def _with_reason(verb: Callable[..., object]) -> Callable[[UUID], None]:
    """Return an act that says why."""

    def say_why(referral_id: UUID) -> None:
        reason = chosen_code(DeclineReason, _forms()["decline"].reason.data, "reason")
        verb(current_identity(), current_world(), referral_id, reason, at=utc_now())

    return say_why


def _with_date(verb: Callable[..., object]) -> Callable[[UUID], None]:
    """Return an act that says until when."""

    def say_until(referral_id: UUID) -> None:
        until = _forms()["until"].moment(g.network.timezone)
        verb(current_identity(), current_world(), referral_id, until, at=utc_now())

    return say_until


def _hold(referral_id: UUID) -> None:
    wait, day, part = _forms()["hold"].waits()
    referrals.wait_for_person(
        current_identity(), current_world(), referral_id, wait, day, part, at=utc_now()
    )


def _accept(referral_id: UUID) -> None:
    said = request.form.get("takes_part")
    takes_part = None if said is None else said == "yes"
    hand_offs.accept(
        current_identity(), current_world(), referral_id, takes_part=takes_part, at=utc_now()
    )


def _ask(referral_id: UUID) -> None:
    text = words_of(_forms()["note"])
    referrals.ask(current_identity(), current_world(), referral_id, text, at=utc_now())


def _note(referral_id: UUID) -> None:
    text = words_of(_forms()["note"])
    referrals.add_note(
        current_identity(), current_world(), referral_id, Side.RECEIVER, text, at=utc_now()
    )


def _shared_note(referral_id: UUID) -> None:
    form = ToOtherSideForm()
    talking.write_to_sender(
        current_identity(),
        current_world(),
        referral_id,
        words_of(form),
        agreed=bool(form.agreed.data),
        at=utc_now(),
    )


def _undo(verb: Callable[..., object]) -> Callable[[UUID], None]:
    """Return an act that takes back one's own answer, and says why."""

    def take_back(referral_id: UUID) -> None:
        why = words_of(UndoForm())
        verb(current_identity(), current_world(), referral_id, Side.RECEIVER, why, at=utc_now())

    return take_back


def _reopen(referral_id: UUID) -> None:
    why = words_of(UndoForm())
    referrals.reopen(current_identity(), current_world(), referral_id, why, at=utc_now())


def _live_hand_off(referral_id: UUID) -> None:
    introduction = IntroducedForm(ours_first=False).introduction()
    hand_offs.introduce(
        current_identity(), current_world(), referral_id, Side.RECEIVER, introduction, at=utc_now()
    )


def _schedule(referral_id: UUID) -> None:
    form = JointCallForm(prefix="visit")
    how, part = form.how_and_part()
    hand_offs.schedule(
        current_identity(), current_world(), referral_id, how, form.day.data, part, at=utc_now()
    )


def _close(referral_id: UUID) -> None:
    outcome = chosen_code(Outcome, request.form.get("outcome"), "outcome")
    referrals.close(current_identity(), current_world(), referral_id, outcome, at=utc_now())


def _attempt(referral_id: UUID) -> None:
    form = _forms()["attempt"]
    referrals.record_attempt(
        current_identity(),
        current_world(),
        referral_id,
        chosen_code(AttemptKind, form.kind.data, "kind"),
        chosen_code(Known, form.still_safe.data, "still_safe"),
        at=utc_now(),
        safety_reason=form.safety_reason.data,
    )


def _confirm_release(referral_id: UUID) -> None:
    how = chosen_code(ConfirmedHow, _forms()["confirm"].how.data, "how")
    releases.confirm(current_identity(), current_world(), referral_id, how, at=utc_now())


def _end_release(referral_id: UUID) -> None:
    releases.withdraw(current_identity(), current_world(), referral_id, Side.RECEIVER, at=utc_now())


ACTS: dict[str, Callable[[UUID], None]] = {
    "accept": _accept,
    "connect": _plain(referrals.connect),
    "resume": _plain(referrals.resume),
    "decline": _with_reason(referrals.decline),
    "hand-back": _with_reason(referrals.hand_back),
    "waitlist": _with_date(referrals.waitlist),
    "hold": _hold,
    "ask": _ask,
    "note": _note,
    "shared-note": _shared_note,
    "live-hand-off": _live_hand_off,
    "schedule": _schedule,
    "attended": _plain(hand_offs.attended),
    "no-show": _plain(hand_offs.no_show),
    "undo-accept": _undo(referrals.undo_accept),
    "undo-decline": _undo(referrals.undo_decline),
    "reopen": _reopen,
    "close": _close,
    "attempt": _attempt,
    "confirm-release": _confirm_release,
    "refuse-release": _plain(releases.refuse),
    "end-release": _end_release,
}
"""What a receiver's buttons say in their address, and what each does."""


@blueprint.post(f"/<uuid:referral_id>/as-receiver/<any({', '.join(map(repr, ACTS))}):act>")
@requires(Permission.REFERRAL_ANSWER)
def act(referral_id: UUID, act: str) -> ResponseReturnValue:
    """Do one act of the receiver, and show what came of it."""
    try:
        ACTS[act](referral_id)
    except InvalidInputError as error:
        return show_received(referral_id, (act, error))
    return redirect(url_for("referrals.page", referral_id=referral_id), code=303)
