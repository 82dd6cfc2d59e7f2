"""The public pages: find help, one service, a sheet of paper, and what anybody should know.

Everything works without account, cookie and script. Searches come by POST, so that no need and no
place stands in an address; nothing of them is kept. Each page has a twin under /en/ and /es/.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.services import finder
from ccr.services.finder import NetworkFacts
from ccr.services.hotlines import list_hotlines
from ccr.web.access import cookieless, current_world
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.finder import FinderForm, NearForm
from ccr.web.presenters.finder import listing_view, paper_rows, results_view
from ccr.web.same_site import check_same_site

blueprint = Blueprint("finder", __name__)
View = Callable[..., ResponseReturnValue]


@blueprint.url_value_preprocessor
def _language_is_read_elsewhere(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    (values or {}).pop("language", None)


@blueprint.before_request
def _forms_come_from_here() -> None:
    if request.method == "POST":
        check_same_site(request)


def page(path: str, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Put a view at a path and at its twins in both languages."""

    def add(view: View) -> View:
        marked = cookieless(view)
        for rule in (path, f"/<any(en, es):language>{path}"):
            blueprint.add_url_rule(rule, view_func=marked, methods=list(methods))
        return marked

    return add


def public_page(template: str, **values: Any) -> str:  # noqa: ANN401 -- of the template
    """Return a public page: with the lines to call, and the network when there is one."""
    return render_template(template, hotlines=list_hotlines(), network=_network(), **values)


def _network() -> NetworkFacts | None:
    if "public_network" not in g:
        g.public_network = finder.public_network(current_world())
    found: NetworkFacts | None = g.public_network
    return found


def _open_network() -> NetworkFacts:
    network = _network()
    if network is None:
        raise NotFoundError
    return network


@page("/find", methods=("POST",))
def results() -> ResponseReturnValue:
    """Answer a question; nothing of it is kept, and nothing of it is in the address."""
    network, world, at = _open_network(), current_world(), utc_now()
    form = FinderForm(request.form)
    anybody = finder.public_identity(network)
    if not form.validate():
        return asked_again(form)
    try:
        answer = finder.find_help(anybody, world, form.to_domain(), network=network, at=at)
    except InvalidInputError as error:
        add_refusal(form, error)
        return asked_again(form)
    view = results_view(answer, world)
    return public_page("public/results.html", form=form, results=view, sent=form.sent())


def asked_again(form: FinderForm) -> ResponseReturnValue:
    """Return the question as it was typed, with what is wrong with it."""
    page_again = public_page("home/index.html", form=form, sent=form.sent(), meant=meant(form))
    return page_again, 422


def meant(form: NearForm) -> tuple[str, ...]:
    """Return the places that may have been meant, where the place is what is wrong."""
    network, typed = _open_network(), form.near.data or ""
    if not form.near.errors or not typed.strip():
        return ()
    anybody = finder.public_identity(network)
    return finder.places_meant(anybody, current_world(), typed, state=network.state)


@page("/services/<uuid:service_id>")
def listing(service_id: UUID) -> ResponseReturnValue:
    """Show one service; what is hidden is not there."""
    network, world = _open_network(), current_world()
    anybody, at = finder.public_identity(network), utc_now()
    service, lacks = finder.open_listing(anybody, service_id, network=network, at=at)
    view = listing_view(service, world, at)
    return public_page("public/listing.html", item=view, lacks_protocol=lacks)


@page("/short-list", methods=("POST",))
def short_list() -> ResponseReturnValue:
    """Show short names, phones and hours as a sheet of paper, after a word of care."""
    network, world = _open_network(), current_world()
    ids = request.form.getlist("service_id")
    services = finder.short_list(finder.public_identity(network), ids)
    rows = paper_rows(services, world, utc_now())
    return public_page("public/short_list.html", rows=rows, sent=[("service_id", i) for i in ids])


@page("/about-programs")
def about_programs() -> ResponseReturnValue:
    """Say what a program for abusive partners cannot do, and offer a way to one."""
    return public_page("public/about_programs.html", form=NearForm(None))


@page("/about-programs", methods=("POST",))
def programs_near() -> ResponseReturnValue:
    """Show the programs near a place, with their limits, apart from help for survivors."""
    network, form, view = _open_network(), NearForm(request.form), None
    if form.validate():
        try:
            view = programs_view(network, form.near.data or "")
        except InvalidInputError as error:
            add_refusal(form, error)
    more = {"sent": [("near", form.near.data or "")], "meant": meant(form), "results": view}
    body = public_page("public/about_programs.html", form=form, **more)
    return body, 200 if view else 422


def programs_view(network: NetworkFacts, near: str) -> dict[str, Any]:
    """Return the programs near a place as the page takes them; raises InvalidInputError."""
    anybody, world = finder.public_identity(network), current_world()
    answer = finder.find_programs(anybody, world, near, network=network, at=utc_now())
    return results_view(answer, world)


@page("/safety")
def safety() -> ResponseReturnValue:
    """Say what a device keeps, what is safer, and how leaving works."""
    return public_page("public/safety.html")


@page("/your-information")
def your_information() -> ResponseReturnValue:
    """Say what a person may ask of those who know something about them."""
    return public_page("public/your_information.html")


@page("/just-numbers")
def just_numbers() -> ResponseReturnValue:
    """Show numbers to call and nothing else: no question, no referral."""
    return public_page("public/just_numbers.html")
