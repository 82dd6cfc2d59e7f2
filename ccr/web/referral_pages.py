"""One referral as a page, from the side that asks: at its address, and after a refused act."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request, session
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.identifying_text import Looks, LooksIdentifyingError
from ccr.policy.identity import Role
from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.services import program_orders, referral_desk
from ccr.web.access import current_identity, current_world
from ccr.web.forms.contact import ContactForm, contact_data
from ccr.web.forms.fields import add_refusal
from ccr.web.presenters.asking import named_card
from ccr.web.presenters.expected import contact_words
from ccr.web.presenters.moments import desk_time
from ccr.web.presenters.program_orders import order_card
from ccr.web.presenters.receiver_page import FORM_OF, receiver_forms, receiver_page
from ccr.web.presenters.sender_page import SENDER_FORM_OF, sender_forms, sender_page


def show_sent(
    referral_id: UUID, failed: tuple[str, InvalidInputError] | None = None
) -> ResponseReturnValue:
    """Show a referral to its sender; `failed` names the act that was refused, and why."""
    found = referral_desk.open_sent(current_identity(), current_world(), referral_id, at=utc_now())
    forms = sender_forms()
    form = forms[SENDER_FORM_OF.get(failed[0] if failed else "", "note")]
    if failed:
        add_refusal(form, failed[1])
    just_sent = session.get("just_sent") == str(referral_id)
    session.pop("just_sent", None)
    act = failed[0] if failed else None
    shown = sender_page(
        found,
        desk_time(),
        forms,
        just_sent=just_sent,
        failed_act=act,
        open_act=request.args.get("do"),
        warned=_warned(failed),
    )
    body = render_template(
        "referrals/sender.html",
        page=shown,
        form=form,
        named_card=named_card(found.named, desk_time(), referral_id),
        contact_form=ContactForm(formdata=None, data=contact_data(found.contact)),
        contact_words=contact_words(found.contact),
    )
    return body, 422 if failed else 200


def show_received(
    referral_id: UUID, failed: tuple[str, InvalidInputError] | None = None
) -> ResponseReturnValue:
    """Show a referral to its receiver; `failed` names the act that was refused, and why."""
    identity = current_identity()
    found = referral_desk.open_received(identity, current_world(), referral_id, at=utc_now())
    forms = receiver_forms(identity.regime, found.item.view)
    if failed:
        add_refusal(forms[FORM_OF[failed[0]]], failed[1])
    shown = receiver_page(
        found,
        desk_time(),
        forms,
        supervisor=Role.AGENCY_ADMIN in identity.roles,
        failed_act=failed[0] if failed else None,
        open_act=failed[0] if failed else request.args.get("do"),
        warned=_warned(failed),
    )
    body = render_template(
        "referrals/receiver.html", page=shown, program_order=_program_order(referral_id)
    )
    return body, 422 if failed else 200


def _program_order(referral_id: UUID) -> dict[str, object] | None:
    """Return what the sender said of a referral to a program, for that program's people alone."""
    if not permits(current_identity(), Permission.PROGRAM_RUN):
        return None
    return order_card(program_orders.received(current_identity(), referral_id))


def _warned(failed: tuple[str, InvalidInputError] | None) -> tuple[Looks, ...]:
    return looks_of(failed[1] if failed else None)


def looks_of(error: InvalidInputError | None) -> tuple[Looks, ...]:
    """Return what the refused words look to hold, when that is why they came back."""
    return error.looks if isinstance(error, LooksIdentifyingError) else ()
