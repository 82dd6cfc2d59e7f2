"""Editing a listing, a section a page; a new listing; its public places."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.adapters.typed_facts import area_lines
from ccr.domain.directory import Precision
from ccr.domain.errors import InvalidInputError, StaleError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import geocoding, listing_edit, listing_places
from ccr.services.listing_edit import EditDesk, FieldsRefusedError
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import add_refusal, whole_number
from ccr.web.forms.listing import (
    SECTION_TITLES,
    SECTIONS,
    ListingForm,
    NewListingForm,
    PlaceForm,
    WhereForm,
    held_data,
)
from ccr.web.language import translated
from ccr.web.presenters.exactness import LOOK_UP_WARNINGS, exactness
from ccr.web.presenters.listing_edit import (
    both_versions,
    place_choices,
    saved_words,
    section_rows,
    waiting_names,
)

blueprint = Blueprint("listing_edit", __name__, url_prefix="/directory/services")
SECTION = "any('what', 'who', 'where', 'hours', 'contact', 'taking')"


@blueprint.get("/<uuid:service_id>/edit")
@requires(Permission.LISTING_EDIT)
def index(service_id: UUID) -> str:
    """Show the sections of a listing, and what of them waits."""
    desk = listing_edit.open_edit(current_identity(), service_id)
    return render_template(
        "directory/edit/index.html",
        service_id=service_id,
        name=desk.state.fields["name"],
        sections=section_rows(desk, current_world()),
        confidential=desk.state.confidential,
        member_id=desk.state.member_id,
    )


@blueprint.get(f"/<uuid:service_id>/edit/<{SECTION}:section>")
@requires(Permission.LISTING_EDIT)
def section(service_id: UUID, section: str) -> ResponseReturnValue:
    """Show a section to edit."""
    desk = listing_edit.open_edit(current_identity(), service_id)
    lines = area_lines(desk.state.fields["areas"], current_world().gazetteer)
    kind = SECTIONS[section]
    form = kind(formdata=None, data=held_data(kind, desk.state.fields, "\n".join(lines)))
    form.version.data = str(desk.state.version)
    return _section(desk, section, form)


@blueprint.post(f"/<uuid:service_id>/edit/<{SECTION}:section>")
@requires(Permission.LISTING_EDIT)
def save(service_id: UUID, section: str) -> ResponseReturnValue:
    """Keep a section: what is plain at once, what is risky for a second person."""
    identity, form = current_identity(), SECTIONS[section]()
    version = whole_number(form.version.data)
    desk = listing_edit.open_edit(identity, service_id)
    _offer(desk, form)
    try:
        saved = listing_edit.save(
            identity, current_world(), service_id, form.typed(), version=version, at=utc_now()
        )
    except FieldsRefusedError as error:
        for each in error.errors:
            add_refusal(form, each)
        return _section(desk, section, form, status=422)
    except StaleError:
        return _stale(service_id, section, form, version)
    flash(saved_words(saved), "success")
    return redirect(url_for("listing_edit.index", service_id=service_id), code=303)


def _stale(service_id: UUID, section: str, form: ListingForm, version: int) -> ResponseReturnValue:
    identity, world = current_identity(), current_world()
    desk = listing_edit.open_edit(identity, service_id)
    since = listing_edit.changes_since(identity, service_id, version)
    form.version.data = str(desk.state.version)
    rows = both_versions(form, desk.state.fields, since, world)
    return _section(desk, section, form, status=409, stale=rows)


def _offer(desk: EditDesk, form: ListingForm) -> None:
    if isinstance(form, WhereForm):
        form.offer(place_choices(desk.places))


def _section(
    desk: EditDesk,
    section: str,
    form: ListingForm,
    *,
    status: int = 200,
    stale: list[dict[str, str]] | None = None,
) -> ResponseReturnValue:
    if status == 200:  # noqa: PLR2004 -- OK
        _offer(desk, form)
    body = render_template(
        "directory/edit/section.html",
        service_id=desk.state.id,
        name=desk.state.fields["name"],
        section=section,
        title=translated(SECTION_TITLES[section]),
        form=form,
        stale_rows=stale,
        waiting=waiting_names(desk.waiting, form.names),
        places=desk.places,
        confidential=desk.state.confidential,
    )
    return body, status


@blueprint.get("/new")
@requires(Permission.LISTING_EDIT)
def new() -> ResponseReturnValue:
    """Ask for the least that a new listing needs."""
    return _new(NewListingForm(formdata=None))


@blueprint.post("/new")
@requires(Permission.LISTING_EDIT)
def make() -> ResponseReturnValue:
    """Add a listing; a second person confirms it before it is proposed."""
    form = NewListingForm()
    try:
        service_id = listing_edit.add(
            current_identity(), current_world(), form.member.data or "", form.typed(), at=utc_now()
        )
    except InvalidInputError as error:
        for each in getattr(error, "errors", [error]):
            add_refusal(form, each)
        return _new(form, 422)
    flash(
        translated(phrase("Added. A second person confirms it before it is proposed.")), "success"
    )
    return redirect(url_for("listing_edit.index", service_id=service_id), code=303)


def _new(form: NewListingForm, status: int = 200) -> ResponseReturnValue:
    any_member = listing_edit.adds_for_any_member(current_identity())
    return render_template("directory/edit/new.html", form=form, any_member=any_member), status


@blueprint.get("/<uuid:service_id>/places/new")
@requires(Permission.LISTING_EDIT)
def new_place(service_id: UUID) -> ResponseReturnValue:
    """Ask for a public place."""
    found = listing_places.open_new(current_identity(), service_id)
    return _place(service_id, found.name, PlaceForm(formdata=None))


@blueprint.post("/<uuid:service_id>/places/new")
@requires(Permission.LISTING_EDIT)
def make_place(service_id: UUID) -> ResponseReturnValue:
    """Add a public place to the listing."""
    identity, form = current_identity(), PlaceForm()
    found = listing_places.open_new(identity, service_id)
    try:
        made = listing_places.add(identity, current_world(), service_id, form.typed(), at=utc_now())
    except InvalidInputError as error:
        return _refused_place(service_id, found.name, form, error)
    flash(translated(phrase("The place was added.")), "success")
    _look_up(service_id, made)
    return redirect(url_for("listing_edit.section", service_id=service_id, section="where"), 303)


@blueprint.get("/<uuid:service_id>/places/<uuid:place_id>")
@requires(Permission.LISTING_EDIT)
def place(service_id: UUID, place_id: UUID) -> ResponseReturnValue:
    """Show a public place of the listing to edit."""
    found = listing_places.open_place(current_identity(), service_id, place_id)
    form = PlaceForm(formdata=None, data=found.place.fields)
    form.version.data = found.place.stamp
    fields = found.place.fields
    exact = exactness(Precision(fields["precision"]), fields["coordinates_from"])
    return _place(service_id, found.name, form, exact=translated(exact))


@blueprint.post("/<uuid:service_id>/places/<uuid:place_id>")
@requires(Permission.LISTING_EDIT)
def save_place(service_id: UUID, place_id: UUID) -> ResponseReturnValue:
    """Keep a public place."""
    identity, form = current_identity(), PlaceForm()
    stamp = form.version.data or ""
    found = listing_places.open_place(identity, service_id, place_id)
    try:
        listing_places.save(
            identity,
            current_world(),
            found,
            form.typed(),
            stamp=stamp,
            at=utc_now(),
        )
    except InvalidInputError as error:
        return _refused_place(service_id, found.name, form, error)
    except StaleError as error:
        form.version.data = found.place.stamp
        add_refusal(form, error)
        return _place(service_id, found.name, form, status=409)
    flash(translated(phrase("The place was saved.")), "success")
    _look_up(service_id, place_id)
    return redirect(url_for("listing_edit.section", service_id=service_id, section="where"), 303)


def _look_up(service_id: UUID, place_id: UUID) -> None:
    """Look up the point of a place that is saved; say so where that did not work."""
    verdict = geocoding.look_up(
        current_identity(), current_world(), service_id, place_id, at=utc_now()
    )
    if words := LOOK_UP_WARNINGS.get(verdict):
        flash(translated(words), "warning")


def _refused_place(
    service_id: UUID, name: str, form: PlaceForm, error: InvalidInputError
) -> ResponseReturnValue:
    for each in getattr(error, "errors", [error]):
        add_refusal(form, each)
    return _place(service_id, name, form, status=422)


def _place(
    service_id: UUID, name: str, form: PlaceForm, *, exact: str = "", status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "directory/edit/place.html",
        service_id=service_id,
        name=name,
        form=form,
        exact=exact,
        geocoder=getattr(current_world().geocoder, "host", ""),
    ), status
