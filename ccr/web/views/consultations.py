"""Safety consultations: a program asks in one step, its victim services partner reads and advises.

One address for both sides; each gets its own page, and whoever is neither finds nothing there.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.consultation_triggers import SettledHow
from ccr.domain.errors import InvalidInputError
from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.services import consultation_prompts, consultations
from ccr.services.hotlines import list_hotlines
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.consultations import AdviceForm, AskForm, CallForm, PromptForm
from ccr.web.forms.fields import chosen_code, page_asked_for
from ccr.web.presenters import consultations as shown
from ccr.web.presenters.moments import desk_time

blueprint = Blueprint("consultations", __name__, url_prefix="/programs/consultations")


def _is_partner() -> bool:
    return permits(current_identity(), Permission.CONSULTATION_ANSWER)


@blueprint.get("")
@requires(Permission.CONSULTATION_READ)
def page() -> ResponseReturnValue:
    """Show what was asked of one's own program; or, to a program, what it asked and should ask."""
    if not _is_partner():
        return _own(PromptForm(formdata=None))
    found = consultations.received(current_identity(), number=page_asked_for())
    view = shown.received_rows(found, desk_time())
    return render_template("consultations/received.html", **view)


def _own(form: PromptForm) -> str:
    identity, at, time = current_identity(), utc_now(), desk_time()
    prompts = tuple(consultation_prompts.open_prompts(identity))
    found = consultations.own(identity, number=page_asked_for(), at=at)
    return render_template(
        "programs/consultations.html",
        form=form,
        prompts=shown.prompt_rows(prompts, time),
        ways=shown.settled_choices(),
        **shown.asked_rows(found, time),
    )


@blueprint.get("/new")
@requires(Permission.CONSULTATION_ASK)
def new() -> str:
    """Show the numbers to call, and the one form below them."""
    ready = consultations.ready_to_ask(current_identity(), current_world(), at=utc_now())
    form = AskForm(ready.prompts, formdata=None)
    form.about.data = request.args.getlist("about")
    return _ask_page(ready, form)


@blueprint.post("/new")
@requires(Permission.CONSULTATION_ASK)
def ask() -> ResponseReturnValue:
    """Ask for a consultation; the receipt is the page that follows."""
    identity, world = current_identity(), current_world()
    ready = consultations.ready_to_ask(identity, world, at=utc_now())
    form = AskForm(ready.prompts)
    try:
        made = consultations.ask(
            identity, world, form.to_question(), about=form.prompt_ids(), at=utc_now()
        )
    except InvalidInputError as error:
        form.refuse(error)
        return _ask_page(ready, form), 422
    return redirect(url_for("consultations.one", consultation_id=made), code=303)


def _ask_page(ready: consultations.Ready, form: AskForm) -> str:
    return render_template(
        "programs/consultation_new.html",
        form=form,
        partner=shown.partner_view(ready.partner, ready.numbers),
        hotlines=list_hotlines(),
    )


@blueprint.get("/<uuid:consultation_id>")
@requires(Permission.CONSULTATION_READ)
def one(consultation_id: UUID) -> ResponseReturnValue:
    """Show a consultation to the side that asks."""
    if _is_partner():
        return _received(consultation_id, AdviceForm(formdata=None))
    return _asked(consultation_id, CallForm(formdata=None))


def _received(consultation_id: UUID, form: AdviceForm) -> str:
    identity = current_identity()
    found = consultations.open_received(identity, consultation_id)
    return render_template(
        "consultations/answer.html",
        form=form,
        reach=consultations.reach(identity, consultation_id),
        one=shown.received_page(found, desk_time()),
    )


def _asked(consultation_id: UUID, form: CallForm) -> str:
    identity = current_identity()
    found = consultations.open_asked(identity, consultation_id, at=utc_now())
    return render_template(
        "programs/consultation.html",
        form=form,
        reach=consultations.reach(identity, consultation_id),
        hotlines=list_hotlines(),
        one=shown.asked_page(found, desk_time()),
    )


@blueprint.post("/<uuid:consultation_id>/call")
@requires(Permission.CONSULTATION_ASK)
def complete_call(consultation_id: UUID) -> ResponseReturnValue:
    """Keep with whom one spoke after all."""
    form = CallForm()
    form.called.data = "spoke"
    try:
        consultations.complete_call(
            current_identity(), consultation_id, form.to_call(), at=utc_now()
        )
    except InvalidInputError as error:
        form.refuse(error)
        return _asked(consultation_id, form), 422
    return _back_to(consultation_id, gettext("The call is recorded."))


@blueprint.post("/<uuid:consultation_id>/acknowledge")
@requires(Permission.CONSULTATION_ANSWER)
def acknowledge(consultation_id: UUID) -> ResponseReturnValue:
    """Acknowledge what was asked."""
    consultations.acknowledge(current_identity(), consultation_id, at=utc_now())
    return _back_to(consultation_id, gettext("Acknowledged. Call the program now if you can."))


@blueprint.post("/<uuid:consultation_id>/advise")
@requires(Permission.CONSULTATION_ANSWER)
def advise(consultation_id: UUID) -> ResponseReturnValue:
    """Advise, once."""
    form = AdviceForm()
    try:
        consultations.advise(current_identity(), consultation_id, form.to_advice(), at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return _received(consultation_id, form), 422
    return _back_to(consultation_id, gettext("Your advice is recorded."))


@blueprint.post("/prompts")
@requires(Permission.CONSULTATION_ASK)
def raise_prompt() -> ResponseReturnValue:
    """Put down that something happened about which the protocol asks to consult."""
    form = PromptForm()
    try:
        consultation_prompts.raise_prompt(current_identity(), form.to_trigger(), at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return _own(form), 422
    flash(gettext("It is on your list. Consult now, before you do anything else."), "success")
    return redirect(url_for("consultations.page"), code=303)


@blueprint.post("/prompts/<uuid:prompt_id>/settle")
@requires(Permission.CONSULTATION_ASK)
def settle(prompt_id: UUID) -> ResponseReturnValue:
    """Settle a prompt without asking here."""
    how = chosen_code(SettledHow, request.form.get("how"), "how")
    consultation_prompts.settle(current_identity(), prompt_id, how, at=utc_now())
    return redirect(url_for("consultations.page"), code=303)


def _back_to(consultation_id: UUID, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("consultations.one", consultation_id=consultation_id), code=303)
