"""The referral desk: inbox, outbox, one referral from either side, and what each side may do."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.clocks import Side
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome, ToldBy
from ccr.domain.phrases import phrase
from ccr.domain.referral_views import Group, InboxTab
from ccr.domain.release import ConfirmedHow, default_until
from ccr.domain.taxonomy import Known
from ccr.policy.identity import Role
from ccr.policy.permissions import Permission
from ccr.services import referral_desk, referrals, releases, room, sending
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.referrals import CloseForm, CodeForm, NoteForm, ToldForm
from ccr.web.language import translated
from ccr.web.presenters.lists import EMPTY_INBOX, inbox_tabs, outbox_tabs, page_links
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.pages import (
    FORM_OF,
    SENDER_FORM_OF,
    receiver_forms,
    receiver_page,
    sender_forms,
    sender_outcomes,
    sender_page,
)
from ccr.web.presenters.rows import inbox_row, outbox_row

Code = TypeVar("Code", bound=StrEnum)
blueprint = Blueprint("referrals", __name__, url_prefix="/desk")


def _time() -> DeskTime:
    return DeskTime(g.network.timezone, utc_now())


def _code(codes: type[Code], text: str, field: str) -> Code:
    try:
        return codes(text)
    except ValueError as error:
        raise InvalidInputError(phrase("Choose one."), field=field) from error


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1  # noqa: PLR2004


@blueprint.get("/inbox")
@requires(Permission.REFERRAL_LIST)
def inbox() -> str:
    """Show one tab of the inbox."""
    return _inbox(CodeForm(formdata=None))


def _inbox(code_form: CodeForm) -> str:
    try:
        tab = InboxTab(request.args.get("tab", InboxTab.NEEDS_ANSWER.value))
    except ValueError as error:
        raise NotFoundError from error
    page, counts = referral_desk.inbox(
        current_identity(), current_world(), tab, _page_number(), at=utc_now()
    )
    time = _time()
    lit = tab is InboxTab.NEEDS_ANSWER and page.number == 1
    return render_template(
        "referrals/inbox.html",
        code_form=code_form,
        tab_rows=inbox_tabs(counts, tab),
        rows=[inbox_row(item, time, lit=lit and not n) for n, item in enumerate(page.items)],
        count_text=translated(phrase("%(count)s in this list", count=page.total)),
        empty_title=translated(EMPTY_INBOX[tab]),
        empty_text=translated(phrase("What other agencies send to your program comes here.")),
        old_rooms=room.old_rooms(current_identity(), at=utc_now()),
        **page_links(page, "referrals.inbox", tab=tab.value),
    )


@blueprint.post("/inbox/code")
@requires(Permission.REFERRAL_LIST)
def find_by_code() -> ResponseReturnValue:
    """Open the referral in one's own inbox that a caller's words name."""
    form = CodeForm()
    try:
        found = referral_desk.look_up_code(
            current_identity(), current_world(), form.code.data or "", at=utc_now()
        )
    except NotFoundError as error:
        form.code.errors = [translated(error.phrase)]
        return _inbox(form), 404
    return redirect(url_for("referrals.page", referral_id=found), code=303)


@blueprint.get("/outbox")
@requires(Permission.REFERRAL_LIST)
def outbox() -> str:
    """Show one group of what one's own program sent, and drafts."""
    try:
        group = Group(request.args.get("group", Group.MY_MOVE.value))
    except ValueError as error:
        raise NotFoundError from error
    page, counts = referral_desk.outbox(
        current_identity(), current_world(), group, _page_number(), at=utc_now()
    )
    time = _time()
    return render_template(
        "referrals/outbox.html",
        tab_rows=outbox_tabs(counts, group),
        rows=[outbox_row(item, time) for item in page.items],
        count_text=translated(phrase("%(count)s in this list", count=page.total)),
        empty_title=translated(phrase("Nothing here")),
        empty_text=translated(
            phrase("What your program sends comes here, with whose move is next.")
        ),
        **page_links(page, "referrals.outbox", group=group.value),
    )


@blueprint.get("/referrals/<uuid:referral_id>")
@requires(Permission.REFERRAL_READ)
def page(referral_id: UUID) -> ResponseReturnValue:
    """Show a referral to the side that asks."""
    if referral_desk.side_of(current_identity(), referral_id) is Side.SENDER:
        return _sender(referral_id)
    return _receiver(referral_id)


def _sender(
    referral_id: UUID, failed: tuple[str, InvalidInputError] | None = None
) -> ResponseReturnValue:
    found = referral_desk.open_sent(current_identity(), current_world(), referral_id, at=utc_now())
    forms = sender_forms()
    form = forms[SENDER_FORM_OF.get(failed[0] if failed else "", "note")]
    if failed:
        add_refusal(form, failed[1])
    just_sent = session.get("just_sent") == str(referral_id)
    session.pop("just_sent", None)
    act = failed[0] if failed else None
    shown = sender_page(found, _time(), forms, just_sent=just_sent, failed_act=act)
    body = render_template("referrals/sender.html", page=shown, form=form)
    return body, 422 if failed else 200


def _receiver(
    referral_id: UUID, failed: tuple[str, InvalidInputError] | None = None
) -> ResponseReturnValue:
    identity = current_identity()
    found = referral_desk.open_received(identity, current_world(), referral_id, at=utc_now())
    forms = receiver_forms(identity.regime, found.item.view)
    if failed:
        add_refusal(forms[FORM_OF[failed[0]]], failed[1])
    shown = receiver_page(
        found,
        _time(),
        forms,
        supervisor=Role.AGENCY_ADMIN in identity.roles,
        failed_act=failed[0] if failed else None,
        open_act=failed[0] if failed else request.args.get("do"),
    )
    return render_template("referrals/receiver.html", page=shown), 422 if failed else 200


def _as_sender(act: str, referral_id: UUID) -> UUID | None:
    """Do one act of the sender; return the draft it leads to, if any."""
    identity, world, at = current_identity(), current_world(), utc_now()
    simple: dict[str, Callable[..., object]] = {
        "recall": referrals.recall,
        "withdraw": referrals.withdraw,
        "stop": referrals.stop,
        "enter-in-error": referrals.enter_in_error,
    }
    if act in simple:
        simple[act](identity, world, referral_id, at=at)
    elif act == "answer":
        referrals.answer(identity, world, referral_id, NoteForm().note.data or "", at=at)
    elif act == "close":
        outcome = _code(Outcome, CloseForm(sender_outcomes()).outcome.data or "", "outcome")
        referrals.close_declined(identity, world, referral_id, outcome, at=at)
    elif act in {"phone-accept", "phone-decline"}:
        _write_down(act, referral_id)
    elif act == "live-hand-off":
        referrals.log_live_hand_off(identity, world, referral_id, Side.SENDER, at=at)
    elif act == "ask-release":
        releases.ask(identity, world, referral_id, default_until(at), at=at)
    elif act == "end-release":
        releases.withdraw(identity, world, referral_id, Side.SENDER, at=at)
    else:
        both = act == "recall-and-reroute"
        begin = sending.recall_and_reroute if both else sending.reroute
        return begin(identity, world, referral_id, at=at)
    return None


def _write_down(act: str, referral_id: UUID) -> None:
    """Keep what a partner without an inbox said on the phone."""
    identity, world, at = current_identity(), current_world(), utc_now()
    form = ToldForm()
    told_by = _code(ToldBy, form.told_by.data or "", "told_by")
    if act == "phone-accept":
        referrals.accepted_by_phone(identity, world, referral_id, told_by, at=at)
        return
    reason = _code(DeclineReason, form.reason.data or "", "reason")
    referrals.declined_by_phone(identity, world, referral_id, told_by, reason, at=at)


@blueprint.post(
    "/referrals/<uuid:referral_id>/as-sender/<any('recall', 'withdraw', 'stop', 'enter-in-error', "
    "'answer', 'close', 'live-hand-off', 'ask-release', 'end-release', 'reroute', "
    "'recall-and-reroute', 'phone-accept', 'phone-decline'):act>"
)
@requires(Permission.REFERRAL_SEND)
def act_as_sender(referral_id: UUID, act: str) -> ResponseReturnValue:
    """Do one act of the sender, and show what came of it."""
    try:
        draft_id = _as_sender(act, referral_id)
    except InvalidInputError as error:
        return _sender(referral_id, (act, error))
    if draft_id is not None:
        return redirect(url_for("drafts.partners", draft_id=draft_id), code=303)
    return redirect(url_for("referrals.page", referral_id=referral_id), code=303)


def _as_receiver(act: str, referral_id: UUID) -> None:
    identity, world, at = current_identity(), current_world(), utc_now()
    forms: Any = receiver_forms(identity.regime)
    simple: dict[str, Callable[..., object]] = {
        "accept": referrals.accept,
        "connect": referrals.connect,
        "resume": referrals.resume,
        "refuse-release": releases.refuse,
    }
    with_reason = {"decline": referrals.decline, "hand-back": referrals.hand_back}
    with_date = {"waitlist": referrals.waitlist, "hold": referrals.hold}
    if act in simple:
        simple[act](identity, world, referral_id, at=at)
    elif act in with_reason:
        reason = _code(DeclineReason, forms["decline"].reason.data or "", "reason")
        with_reason[act](identity, world, referral_id, reason, at=at)
    elif act in with_date:
        until = forms["until"].moment(g.network.timezone)
        with_date[act](identity, world, referral_id, until, at=at)
    elif act == "ask":
        referrals.ask(identity, world, referral_id, forms["note"].note.data or "", at=at)
    elif act == "note":
        text = forms["note"].note.data or ""
        referrals.add_note(identity, world, referral_id, Side.RECEIVER, text, at=at)
    elif act == "close":
        outcome = _code(Outcome, request.form.get("outcome", ""), "outcome")
        referrals.close(identity, world, referral_id, outcome, at=at)
    elif act == "attempt":
        kind = _code(AttemptKind, forms["attempt"].kind.data or "", "kind")
        safe = _code(Known, forms["attempt"].still_safe.data or "", "still_safe")
        why = forms["attempt"].safety_reason.data
        referrals.record_attempt(identity, world, referral_id, kind, safe, at=at, safety_reason=why)
    elif act == "confirm-release":
        how = _code(ConfirmedHow, forms["confirm"].how.data or "", "how")
        releases.confirm(identity, world, referral_id, how, at=at)
    else:
        releases.withdraw(identity, world, referral_id, Side.RECEIVER, at=at)


@blueprint.post(
    "/referrals/<uuid:referral_id>/as-receiver/<any('accept', 'connect', 'resume', 'decline', "
    "'hand-back', 'waitlist', 'hold', 'ask', 'note', 'close', 'attempt', 'confirm-release', "
    "'refuse-release', 'end-release'):act>"
)
@requires(Permission.REFERRAL_ANSWER)
def act_as_receiver(referral_id: UUID, act: str) -> ResponseReturnValue:
    """Do one act of the receiver, and show what came of it."""
    try:
        _as_receiver(act, referral_id)
    except InvalidInputError as error:
        return _receiver(referral_id, (act, error))
    return redirect(url_for("referrals.page", referral_id=referral_id), code=303)


@blueprint.get("/referrals/<uuid:referral_id>/slip")
@requires(Permission.REFERRAL_SEND)
def slip(referral_id: UUID) -> str:
    """Show a slip for the agency's own file, with a blank that CCR never stores."""
    found = referral_desk.open_sent(current_identity(), current_world(), referral_id, at=utc_now())
    return render_template("referrals/slip.html", found=found, time=_time())


@blueprint.get("/referrals/<uuid:referral_id>/card")
@requires(Permission.REFERRAL_SEND)
def card(referral_id: UUID) -> str:
    """Show the take-away card: the words to say and a number, and no name of a service."""
    found = referral_desk.open_sent(current_identity(), current_world(), referral_id, at=utc_now())
    return render_template("referrals/card.html", found=found)
