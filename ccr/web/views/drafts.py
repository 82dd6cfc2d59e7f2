"""A new referral, step by step: need, place, partner, what they see, check, send."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.live_calls import live_calls
from ccr.domain.phrases import phrase
from ccr.domain.referral_states import ChosenBy
from ccr.domain.release import default_until
from ccr.policy.permissions import Permission
from ccr.services import draft_steps as steps
from ccr.services import draft_typed, drafts, protocol_flags, routing, same_partner, sending
from ccr.services.draft_steps import Agreed
from ccr.services.drafts import DraftView
from ccr.services.hotlines import list_hotlines
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.contact import contact_data
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.hand_offs import words_of
from ccr.web.forms.needs import FindForm, NeedForm, PlaceForm
from ccr.web.forms.referrals import ChosenForm, ShareForm
from ccr.web.forms.typed import typed_fields
from ccr.web.language import translated
from ccr.web.presenters.asking import further_rows, own_yes
from ccr.web.presenters.drafts import (
    draft_steps,
    find_form_of,
    need_answers,
    need_form_of,
    place_answers,
    place_form_of,
    same_partner_rows,
    summary_rows,
)
from ccr.web.presenters.left_out import open_kept_out, take_kept_out
from ccr.web.presenters.moments import desk_time
from ccr.web.presenters.partner import further_facts, partner_view
from ccr.web.presenters.referrals import preview_rows
from ccr.web.presenters.routing import results_view
from ccr.web.presenters.warm import looks_words
from ccr.web.referral_pages import looks_of

blueprint = Blueprint("drafts", __name__, url_prefix="/desk/referrals")


@blueprint.get("/new")
@requires(Permission.REFERRAL_SEND)
def new() -> str:
    """Show step 1; nothing is kept before it is answered."""
    return _new_page(NeedForm())


def _new_page(form: NeedForm) -> str:
    """Return step 1 without a draft; the name of the draft to be goes with what is typed."""
    token = request.form.get("new_draft") or draft_typed.new_token(current_world())
    return render_template(
        "referrals/need.html",
        form=form,
        step=1,
        hotlines=list_hotlines(),
        new_draft=token,
        keep_url=url_for("draft_keep.begin", token=token),
        why_not=drafts.why_not_now(current_identity()),
    )


@blueprint.post("/new")
@requires(Permission.REFERRAL_SEND)
def start() -> ResponseReturnValue:
    """Begin a draft: from step 1, or from a search with the partner chosen there."""
    identity, world = current_identity(), current_world()
    chosen = request.form.get("service_id", "")
    form = FindForm() if chosen else NeedForm()
    try:
        if not chosen:
            draft_id = drafts.start_with(
                identity,
                world,
                need_answers(form),
                token=request.form.get("new_draft", ""),
                at=utc_now(),
            )
            return redirect(url_for("drafts.place", draft_id=draft_id), code=303)
        kept = open_kept_out(identity, world, request.form.get("carried", ""))
        draft_id = drafts.start_with(
            identity,
            world,
            need_answers(form, form),
            place_answers(form, kept),
            _uuid(chosen),
            at=utc_now(),
        )
    except InvalidInputError as error:
        add_refusal(form, error)
        page = NeedForm() if chosen else form
        page.form_errors = [*form.form_errors, *(e for f in form for e in f.errors)]
        return _new_page(page), 422
    return redirect(url_for("drafts.share", draft_id=draft_id), code=303)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInputError(phrase("Choose a partner first."), field="service_id") from error


@blueprint.get("/<uuid:draft_id>/need")
@requires(Permission.REFERRAL_SEND)
def need(draft_id: UUID) -> str:
    """Show step 1 of a draft."""
    draft = drafts.draft_view(current_identity(), current_world(), draft_id, at=utc_now())
    return render_template(
        "referrals/need.html",
        form=need_form_of(draft),
        hotlines=list_hotlines(),
        **draft_steps(draft, 1),
    )


@blueprint.post("/<uuid:draft_id>/need")
@requires(Permission.REFERRAL_SEND)
def save_need(draft_id: UUID) -> ResponseReturnValue:
    """Keep step 1."""
    identity, world = current_identity(), current_world()
    draft = drafts.draft_view(identity, world, draft_id, at=utc_now())
    form = NeedForm()
    try:
        answers = need_answers(form, draft=draft)
        drafts.save_need(identity, world, draft_id, answers, at=utc_now())
    except InvalidInputError as error:
        add_refusal(form, error)
        return render_template(
            "referrals/need.html", form=form, hotlines=list_hotlines(), **draft_steps(draft, 1)
        ), 422
    return redirect(url_for("drafts.place", draft_id=draft_id), code=303)


@blueprint.get("/<uuid:draft_id>/place")
@requires(Permission.REFERRAL_SEND)
def place(draft_id: UUID) -> str:
    """Show step 2."""
    draft = drafts.draft_view(current_identity(), current_world(), draft_id, at=utc_now())
    return render_template(
        "referrals/place.html",
        form=place_form_of(draft),
        left_out=bool(draft.near),
        **draft_steps(draft, 2),
    )


@blueprint.post("/<uuid:draft_id>/place")
@requires(Permission.REFERRAL_SEND)
def save_place(draft_id: UUID) -> ResponseReturnValue:
    """Keep step 2."""
    identity, world = current_identity(), current_world()
    draft = drafts.draft_view(identity, world, draft_id, at=utc_now())
    form = PlaceForm()
    forget = bool(request.form.get("forget"))
    kept, refused = take_kept_out(identity, world, form, forget=forget)
    try:
        if refused is not None:
            raise refused
        where = place_answers(form, kept, forget=forget)
        answers = need_answers(None, form, draft=draft)
        steps.save_place_and_need(identity, world, draft_id, where, answers, at=utc_now())
    except InvalidInputError as error:
        if _goes_back():
            return _keep_and_go(draft_id, "drafts.need")
        add_refusal(form, error)
        return render_template(
            "referrals/place.html", form=form, left_out=True, **draft_steps(draft, 2)
        ), 422
    where_to = "drafts.need" if _goes_back() else "drafts.partners"
    return redirect(url_for(where_to, draft_id=draft_id), code=303)


def _goes_back() -> bool:
    return request.form.get("go") == "back"


def _keep_and_go(draft_id: UUID, endpoint: str) -> ResponseReturnValue:
    """Keep what can be used of the step, and go to another: a Back loses nothing."""
    today = desk_time().today()
    draft_typed.keep_typed(
        current_identity(), current_world(), draft_id, typed_fields(), today=today, at=utc_now()
    )
    return redirect(url_for(endpoint, draft_id=draft_id), code=303)


@blueprint.get("/<uuid:draft_id>/partners")
@requires(Permission.REFERRAL_SEND)
def partners(draft_id: UUID) -> ResponseReturnValue:
    """Show step 3: the partners for what was said."""
    return _partners_page(draft_id, None)


def _partners_page(draft_id: UUID, error: InvalidInputError | None) -> ResponseReturnValue:
    identity, world = current_identity(), current_world()
    draft = drafts.draft_view(identity, world, draft_id, at=utc_now())
    if draft.place is None:
        return redirect(url_for("drafts.place", draft_id=draft_id), code=303)
    answer = drafts.options(identity, world, draft_id, at=utc_now())
    form = find_form_of(draft)
    planned, ways = routing.services_and_ways(identity, world, answer)
    flagged = protocol_flags.without_protocol(identity, answer.services, at=utc_now())
    page = render_template(
        "referrals/partners.html",
        results=results_view(answer, world, planned, ways, flagged),
        form=form,
        refusal=translated(error.phrase) if error else None,
        token=uuid4(),
        urgent=draft.urgency.value in {"immediate", "high"},
        live=live_calls(answer, world.hours),
        hotlines=list_hotlines(),
        came_back=draft.previous_referral_id is not None,
        **draft_steps(draft, 3),
    )
    return page, 422 if error else 200


@blueprint.post("/<uuid:draft_id>/partners")
@requires(Permission.REFERRAL_SEND)
def choose(draft_id: UUID) -> ResponseReturnValue:
    """Keep the partner that was chosen."""
    try:
        service_id = _uuid(ChosenForm().service_id.data or "")
        drafts.choose_partner(
            current_identity(), current_world(), draft_id, service_id, at=utc_now()
        )
    except InvalidInputError as error:
        return _partners_page(draft_id, error)
    return redirect(url_for("drafts.share", draft_id=draft_id), code=303)


@blueprint.get("/<uuid:draft_id>/share")
@requires(Permission.REFERRAL_SEND)
def share(draft_id: UUID) -> ResponseReturnValue:
    """Show step 4: what the partner will see, and ask for the yes."""
    return _share_page(draft_id, None)


def _share_page(
    draft_id: UUID, form: ShareForm | None, refused: InvalidInputError | None = None
) -> ResponseReturnValue:
    identity, world = current_identity(), current_world()
    draft = drafts.draft_view(identity, world, draft_id, at=utc_now())
    if draft.partner is None:
        return redirect(url_for("drafts.partners", draft_id=draft_id), code=303)
    shown = form or ShareForm(
        data={
            "question": draft.question,
            "agreed": draft.survivor_yes,
            "chosen_by": (draft.chosen_by or ChosenBy.SURVIVOR).value,
            "feedback": "yes" if draft.release_until else "no",
            **contact_data(draft.contact),
        }
    )
    page = render_template(
        "referrals/share.html",
        form=shown,
        rows=preview_rows(draft.rows, draft.question),
        broader=[translated(fact.label) for fact in draft.broader],
        still_rare=draft.still_rare,
        partner=partner_view(identity, world, draft, at=utc_now()),
        further=further_rows(draft, _ticked("further_yes"), _ticked("further_tells")),
        own_yes=own_yes(draft),
        warned=looks_words(looks_of(refused)),
        further_facts=further_facts(identity, draft),
        way=draft.way or "",
        **draft_steps(draft, 4),
    )
    return page, 422 if form else 200


def _ticked(name: str) -> list[str] | None:
    """Return what was ticked under this name, or None when nothing was sent."""
    return request.form.getlist(name) if request.method == "POST" else None


@blueprint.post("/<uuid:draft_id>/share")
@requires(Permission.REFERRAL_SEND)
def save_share(draft_id: UUID) -> ResponseReturnValue:
    """Keep the question, the release and, last, the yes: any later change takes it away."""
    identity, world, at = current_identity(), current_world(), utc_now()
    form = ShareForm()
    draft = drafts.draft_view(identity, world, draft_id, at=at)
    go = request.form.get("go")
    try:
        if go:
            return _keep_and_go(draft_id, "further.page" if go == "further" else "drafts.partners")
        answers = need_answers(None, None, draft=draft, question=words_of(form, "question"))
        _check_agreed(form)
        until = default_until(at) if form.feedback.data == "yes" else None
        contact = form.contact(desk_time().today())
        agreed = Agreed(until, _chosen_by(form), _further_yes(draft, at), contact)
        steps.agree(identity, world, draft_id, answers, agreed, at=at)
    except InvalidInputError as error:
        add_refusal(form, error)
        return _share_page(draft_id, form, error)
    return redirect(url_for("drafts.check", draft_id=draft_id), code=303)


def _further_yes(draft: DraftView, at: datetime) -> dict[UUID, datetime | None]:
    """Return until when each further partner with a yes may tell how it goes."""
    yes, tells = request.form.getlist("further_yes"), request.form.getlist("further_tells")
    named = [one.partner.service_id for one in draft.further if str(one.partner.service_id) in yes]
    return {service: default_until(at) if str(service) in tells else None for service in named}


def _chosen_by(form: ShareForm) -> ChosenBy:
    try:
        return ChosenBy(form.chosen_by.data or ChosenBy.SURVIVOR.value)
    except ValueError as error:
        raise InvalidInputError(phrase("Choose one."), field="chosen_by") from error


def _check_agreed(form: ShareForm) -> None:
    if not form.agreed.data:
        raise InvalidInputError(
            phrase("Record the person's yes. Nothing is sent without it."), field="agreed"
        )


@blueprint.get("/<uuid:draft_id>/check")
@requires(Permission.REFERRAL_SEND)
def check(draft_id: UUID) -> ResponseReturnValue:
    """Show step 5: everything once more."""
    identity, world = current_identity(), current_world()
    draft = drafts.draft_view(identity, world, draft_id, at=utc_now())
    if draft.missing:
        return redirect(url_for("drafts.share", draft_id=draft_id), code=303)
    return render_template(
        "referrals/check.html",
        rows=preview_rows(draft.rows, draft.question),
        partner=partner_view(identity, world, draft, at=utc_now()),
        why_not=drafts.why_not_now(identity),
        summary=summary_rows(draft),
        same=same_partner_rows(same_partner.open_with_partner(identity, draft, at=utc_now())),
        **draft_steps(draft, 5),
    )


@blueprint.post("/<uuid:draft_id>/check")
@requires(Permission.REFERRAL_SEND)
def send(draft_id: UUID) -> ResponseReturnValue:
    """Send; a second press has no second effect."""
    sent = sending.send(current_identity(), current_world(), draft_id, at=utc_now())
    session["just_sent"] = str(sent.referral_id)
    return redirect(url_for("referrals.page", referral_id=sent.referral_id), code=303)


@blueprint.post("/<uuid:draft_id>/throw-away")
@requires(Permission.REFERRAL_SEND)
def throw_away(draft_id: UUID) -> ResponseReturnValue:
    """Delete a draft for good."""
    drafts.discard(current_identity(), draft_id, at=utc_now())
    return redirect(url_for("referrals.outbox", group="draft"), code=303)
