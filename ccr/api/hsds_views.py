"""The HSDS 3.2.3 API of the public directory. Source: docs.openreferral.org, HSDS API 3.2.3."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.exceptions import NotFound

from ccr import __version__
from ccr.api import hsds_parameters as parameters
from ccr.api.hsds_answers import as_json, as_lines, init_answers, open_data
from ccr.api.hsds_openapi import openapi_document
from ccr.api.hsds_parameters import Asked, asked
from ccr.api.hsds_patches import PATCHES, profile_document
from ccr.api.problems import init_problems
from ccr.domain.errors import NotFoundError
from ccr.domain.hsds_tables import VERSION
from ccr.policy.identity import Identity
from ccr.services import finder
from ccr.services import open_data as service
from ccr.services.open_data import Answer
from ccr.services.world import World

blueprint = Blueprint("hsds", __name__, url_prefix="/hsds")
init_problems(blueprint)
init_answers(blueprint, lambda: g.world.open_data_pace)


@blueprint.get("/")
@open_data
def about() -> Response:
    """Return what this API is, and whose directory it tells."""
    network = finder.public_network(_world())
    return as_json(
        {
            "version": VERSION,
            "profile": _address("hsds.profile"),
            "openapi_url": _address("hsds.describe"),
            "data_guide": _address("hsds.profile"),
            "description": "The public part of a directory of services that help people who are "
            "not safe where they live. Confidential services are told by area alone.",
            "publisher": {"name": network.name if network else "", "website": _base() + "/"},
        }
    )


@blueprint.route("/services", methods=["GET", "POST"])
@open_data
def services() -> Response:
    """Return services."""
    said = asked(request, parameters.SERVICES)
    return _answered(said, service.find_services(_anybody(), _world(), said.services()))


@blueprint.get("/services/<uuid:record_id>")
@open_data
def one_service(record_id: UUID) -> Response:
    """Return a service fully nested; an id that was merged away leads to the one that was kept."""
    asked(request, ())
    try:
        return as_json(service.get_service(_anybody(), _world(), record_id))
    except NotFoundError:
        return _moved("service", record_id, "hsds.one_service")


@blueprint.route("/organizations", methods=["GET", "POST"])
@open_data
def organizations() -> Response:
    """Return organizations."""
    said = asked(request, parameters.ORGANIZATIONS)
    return _answered(said, service.find_organizations(_anybody(), _world(), said.organizations()))


@blueprint.get("/organizations/<uuid:record_id>")
@open_data
def one_organization(record_id: UUID) -> Response:
    """Return an organization fully nested; an id that was merged away leads to the kept one."""
    full = asked(request, parameters.ORGANIZATION).yes("full_service")
    try:
        found = service.get_organization(_anybody(), _world(), record_id, full_service=full)
    except NotFoundError:
        return _moved("member", record_id, "hsds.one_organization")
    return as_json(found)


@blueprint.route("/service_at_locations", methods=["GET", "POST"])
@open_data
def links() -> Response:
    """Return service-at-locations."""
    said = asked(request, parameters.LINKS)
    return _answered(said, service.find_links(_anybody(), _world(), said.links()))


@blueprint.get("/service_at_locations/<uuid:record_id>")
@open_data
def one_link(record_id: UUID) -> Response:
    """Return a service-at-location fully nested."""
    asked(request, ())
    return as_json(service.get_link(_anybody(), _world(), record_id))


@blueprint.route("/taxonomies", methods=["GET", "POST"])
@open_data
def taxonomies() -> Response:
    """Return taxonomies."""
    said = asked(request, parameters.TAXONOMIES)
    return _answered(said, service.find_taxonomies(_anybody(), said.terms()))


@blueprint.get("/taxonomies/<uuid:record_id>")
@open_data
def one_taxonomy(record_id: UUID) -> Response:
    """Return a taxonomy."""
    asked(request, ())
    return as_json(service.get_taxonomy(_anybody(), record_id))


@blueprint.route("/taxonomy_terms", methods=["GET", "POST"])
@open_data
def terms() -> Response:
    """Return taxonomy terms."""
    said = asked(request, parameters.TERMS)
    return _answered(said, service.find_terms(_anybody(), said.terms()))


@blueprint.get("/taxonomy_terms/<uuid:record_id>")
@open_data
def one_term(record_id: UUID) -> Response:
    """Return a taxonomy term."""
    asked(request, ())
    return as_json(service.get_term(_anybody(), record_id))


@blueprint.get("/openapi.json")
@open_data
def describe() -> Response:
    """Return the OpenAPI document of this API."""
    return as_json(openapi_document(__version__, _base() + "/hsds"))


@blueprint.get("/profile")
@open_data
def profile() -> Response:
    """Return what our profile of HSDS adds, and where its merge patches are."""
    return as_json(profile_document(_base() + "/hsds"))


@blueprint.get("/profile/<path:name>")
@open_data
def profile_patch(name: str) -> Response:
    """Return one merge patch (RFC 7386), named like the schema that it changes."""
    if name not in PATCHES:
        raise NotFound
    return as_json(PATCHES[name])


@blueprint.route("/<path:_rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@open_data
def nothing_here(_rest: str) -> Response:
    """Answer a path that does not exist as the API answers, not as a page."""
    raise NotFound


def _answered(said: Asked, answer: Answer) -> Response:
    if said.as_stream:
        return as_lines(answer, service.stamp(_anybody()))
    return as_json(answer.page(said.paging()).envelope())


def _moved(kind: str, record_id: UUID, endpoint: str) -> Response:
    kept = service.moved_to(_anybody(), kind, record_id)
    if kept is None:
        raise NotFound
    return redirect(url_for(endpoint, record_id=kept), code=301, Response=Response)  # type: ignore[return-value]


def _anybody() -> Identity:
    """Return who asks: nobody in particular; raises NotFound where no network is public."""
    network = finder.public_network(_world())
    if network is None:
        raise NotFound
    return finder.public_identity(network)


def _world() -> World:
    world: World = g.world
    return world


def _address(endpoint: str) -> str:
    return _base() + url_for(endpoint)


def _base() -> str:
    """Return where callers reach this site: as the settings say it, or as they did."""
    told = _world().settings.base_url
    return told if urlsplit(told).netloc == request.host else request.host_url.rstrip("/")
