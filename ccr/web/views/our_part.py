"""What an administrator says for the own member: its training, and its answer to the survey."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.training import Subject
from ccr.policy.permissions import Permission
from ccr.services import survey, training
from ccr.web.access import current_identity, requires
from ccr.web.forms.working_together import TrainingForm, answers_typed, scale
from ccr.web.language import translated
from ccr.web.presenters.working_together import own_training, questions, round_view

blueprint = Blueprint("our_part", __name__, url_prefix="/account/our-part")


@blueprint.get("")
@requires(Permission.MEMBER_SPEAK)
def page() -> str:
    """Show one's own member's training and its answer."""
    return _page(TrainingForm(formdata=None))


@blueprint.post("/training")
@requires(Permission.MEMBER_SPEAK)
def train() -> ResponseReturnValue:
    """Say that one's own member has people trained."""
    form = TrainingForm()
    try:
        training.record_own(current_identity(), *form.wanted(), at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return _page(form), 422
    return _saved(gettext("Saved."))


@blueprint.post("/training/withdraw")
@requires(Permission.MEMBER_SPEAK)
def untrain() -> ResponseReturnValue:
    """Take that back."""
    code = request.form.get("subject", "")
    if code not in set(Subject):
        raise NotFoundError
    training.take_back(current_identity(), Subject(code), at=utc_now())
    return _saved(gettext("It is taken back."))


@blueprint.post("/survey/<uuid:round_id>")
@requires(Permission.MEMBER_SPEAK)
def answer(round_id: UUID) -> ResponseReturnValue:
    """Answer the survey for one's own member."""
    answers = answers_typed()
    try:
        survey.answer(current_identity(), round_id, answers, at=utc_now())
    except InvalidInputError as error:
        form = TrainingForm(formdata=None)
        return _page(form, refusal=translated(error.phrase), answers=answers), 422
    return _saved(gettext("Your answer is kept until the survey is counted."))


@blueprint.post("/survey/<uuid:round_id>/withdraw")
@requires(Permission.MEMBER_SPEAK)
def withdraw(round_id: UUID) -> ResponseReturnValue:
    """Take the answer back."""
    survey.take_back(current_identity(), round_id, at=utc_now())
    return _saved(gettext("Your answer is deleted."))


def _saved(words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("our_part.page"), code=303)


def _page(
    form: TrainingForm, *, refusal: str | None = None, answers: dict[str, int] | None = None
) -> str:
    mine, on = training.own(current_identity(), at=utc_now())
    asked = survey.own(current_identity())
    return render_template(
        "accounts/our_part.html",
        form=form,
        training=own_training(mine, on),
        survey=round_view(asked.open) if asked.open else None,
        answered=asked.answers is not None,
        answers=answers if answers is not None else asked.answers or {},
        questions=questions(),
        scale=scale(),
        refusal=refusal,
    )
