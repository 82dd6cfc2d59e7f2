"""A link from a mail, for a partner without an account: it asks for the code that was read out.

GET is the same page for every token and changes nothing, so that a mail scanner learns nothing.
Whatever is wrong, a link, its age or its code, is answered by one and the same page. There is no
cookie: each form brings the code again, and each page can have one effect.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.answer_links import LinkAct
from ccr.domain.errors import GoneError, InvalidInputError, NotFoundError
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome
from ccr.domain.release import ConfirmedHow
from ccr.domain.taxonomy import CapacityStatus, Known
from ccr.services import answer_links
from ccr.services.answer_links import LinkPage, RanOutError, Told
from ccr.web.access import cookieless, current_world
from ccr.web.forms.answer_link import AnswerForm
from ccr.web.forms.fields import add_refusal, whole_number
from ccr.web.presenters.answer_links import answer_page
from ccr.web.same_site import check_same_site

blueprint = Blueprint("answer_links", __name__)
PREFIX = "/<any(en, es):language>"
Code = TypeVar("Code", bound=StrEnum)


@blueprint.before_request
def _forms_come_from_here() -> None:
    if request.method == "POST":
        check_same_site(request)


@blueprint.get("/answer/<token>")
@blueprint.get(f"{PREFIX}/answer/<token>")
@cookieless
def ask(token: str, language: str | None = None) -> str:
    """Ask for the code, whatever the token is."""
    del language
    return render_template("answer/ask.html", token=token)


@blueprint.post("/answer/<token>")
@blueprint.post(f"{PREFIX}/answer/<token>")
@cookieless
def act(token: str, language: str | None = None) -> ResponseReturnValue:
    """Show what the code opens, or do one act."""
    del language
    code = request.form.get("code", "")
    try:
        return _do(token, code)
    except RanOutError:
        return render_template("answer/ran_out.html"), 410
    except GoneError:
        # Where looking led here, looking once more leads here again.
        again = code if "step" in request.form else ""
        return render_template("answer/used.html", code=again), 410
    except NotFoundError:
        return render_template("answer/none.html"), 404


def _do(token: str, code: str) -> ResponseReturnValue:
    world, came_from, at = current_world(), request.remote_addr or "", utc_now()
    act = _chosen(LinkAct, "step")
    if act is None:
        return _page(answer_links.look(world, token, code, came_from, at=at), code)
    turn = whole_number(request.form.get("turn"))
    try:
        page = answer_links.act(world, token, code, came_from, act, _told(), turn=turn, at=at)
    except InvalidInputError as error:
        page = answer_links.look(world, token, code, came_from, at=at)
        return _page(page, code, failed=(act, error)), 422
    return _page(page, code, done=act)


def _page(
    page: LinkPage,
    code: str,
    *,
    done: LinkAct | None = None,
    failed: tuple[LinkAct, InvalidInputError] | None = None,
) -> str:
    form = AnswerForm(request.form if failed else None)
    form.fit(page.view.status, page.regime, page.room)
    if failed:
        add_refusal(form, failed[1])
    return render_template(
        "answer/over.html" if not page.view.can else "answer/page.html",
        page=answer_page(page, done=done, at=utc_now()),
        form=form,
        code=code,
        open_act=failed[0].value if failed else None,
    )


def _told() -> Told:
    return Told(
        reason=_chosen(DeclineReason, "reason"),
        outcome=_chosen(Outcome, "outcome"),
        attempt=_chosen(AttemptKind, "attempt"),
        still_safe=_chosen(Known, "still_safe") or Known.UNKNOWN,
        room=_chosen(CapacityStatus, "room"),
        how=_chosen(ConfirmedHow, "how"),
    )


def _chosen(codes: type[Code], name: str) -> Code | None:
    """Return the code that a field holds, or None for anything else."""
    try:
        return codes(request.form.get(name, ""))
    except ValueError:
        return None
