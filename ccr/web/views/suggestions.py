"""Anybody tells that a public listing is wrong: no account, no cookie, always the same answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.directory import Service
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.services import finder, suggesting
from ccr.services.finder import NetworkFacts
from ccr.services.hotlines import list_hotlines
from ccr.web.access import cookieless, current_world
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.listing_told import SuggestForm
from ccr.web.same_site import check_same_site

blueprint = Blueprint("suggestions", __name__)
View = Callable[..., ResponseReturnValue]


@blueprint.url_value_preprocessor
def _language_is_read_elsewhere(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    (values or {}).pop("language", None)


@blueprint.before_request
def _forms_come_from_here() -> None:
    if request.method == "POST":
        check_same_site(request)


def page(path: str, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Put a view under the address of a public listing, and at its twins in both languages."""

    def add(view: View) -> View:
        marked = cookieless(view)
        for start in ("", "/<any(en, es):language>"):
            rule = f"{start}/services/<uuid:service_id>/{path}"
            blueprint.add_url_rule(rule, view_func=marked, methods=list(methods))
        return marked

    return add


def _network() -> NetworkFacts:
    if "public_network" not in g:
        g.public_network = finder.public_network(current_world())
    found: NetworkFacts | None = g.public_network
    if found is None:
        raise NotFoundError
    return found


def _listing(service_id: UUID) -> Service:
    return finder.get_listing(finder.public_identity(_network()), service_id)


def _ask(service: Service, form: SuggestForm) -> str:
    return _page("public/suggest.html", form=form, service=service)


def _page(template: str, **values: Any) -> str:  # noqa: ANN401 -- of the template
    return render_template(template, hotlines=list_hotlines(), network=_network(), **values)


@page("suggest")
def ask(service_id: UUID) -> ResponseReturnValue:
    """Ask what is wrong."""
    service = _listing(service_id)
    return _ask(service, SuggestForm(None, confidential=service.confidential))


@page("suggest", methods=("POST",))
def tell(service_id: UUID) -> ResponseReturnValue:
    """Take what is told; what came of it is not said."""
    service = _listing(service_id)
    form = SuggestForm(request.form, confidential=service.confidential)
    anybody = finder.public_identity(_network())
    try:
        suggesting.suggest(
            anybody,
            current_world(),
            service_id,
            form.told(),
            came_from=request.remote_addr or "",
            at=utc_now(),
        )
    except InvalidInputError as error:
        add_refusal(form, error)
        return _ask(service, form), 422
    return redirect(url_for("suggestions.thanks", service_id=service_id), code=303)


@page("suggest/thanks")
def thanks(service_id: UUID) -> ResponseReturnValue:
    """Say what happens with it, the same to everybody."""
    return _page("public/suggest_thanks.html", service=_listing(service_id))
