"""Public places of a listing: added and changed, with a point from the embedded gazetteer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ccr.domain.directory import Place, Precision
from ccr.domain.errors import InvalidInputError, NotFoundError, StaleError
from ccr.domain.hidden_places import address_says_hidden
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.services.listing_edit import open_edit
from ccr.services.listing_typed import FieldsRefusedError, Typed
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.accounts import get_network
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.listing_places import add_place, write_place
from ccr.storage.queries.listing_state import ListingState, PlaceState
from ccr.storage.queries.listing_write import Author, write_service

LONGEST = {"postal_code": 20, "city": 120, "state_province": 40, "transportation": 5000}
LONGEST_LINE = 300
_STATE = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """A place of a listing to edit, and the listing."""

    service: ListingState
    place: PlaceState

    @property
    def name(self) -> str:
        """Return the listing's name."""
        return str(self.service.fields["name"])


@dataclass(frozen=True, slots=True)
class NewPlace:
    """The listing that gets a place."""

    service: ListingState

    @property
    def name(self) -> str:
        """Return the listing's name."""
        return str(self.service.fields["name"])


def open_new(identity: Identity, service_id: UUID) -> NewPlace:
    """Return the listing that is to get a place; one that is hidden is not there."""
    state = open_edit(identity, service_id).state
    if state.confidential:
        raise NotFoundError
    return NewPlace(state)


def open_place(identity: Identity, service_id: UUID, place_id: UUID) -> OpenPlace:
    """Return a place where the listing is given, of its own member.

    Raises:
        NotFoundError: the listing has no such place, it is another member's, or it is hidden.
    """
    desk = open_edit(identity, service_id)
    found = next((p for p in desk.places if p.id == place_id), None)
    if found is None or found.member_id != desk.state.member_id:
        raise NotFoundError
    return OpenPlace(desk.state, found)


def add(identity: Identity, world: World, service_id: UUID, typed: Typed, *, at: datetime) -> UUID:
    """Add a public place, and let the listing be given there; return its id.

    Raises:
        FieldsRefusedError: with a sentence for every field that cannot be used.
    """
    with unit_of_work():
        state = open_new(identity, service_id).service
        fields = _read(identity, world, typed)
        author = Author(at, identity.role_told, identity.user_id)
        place_id = add_place(state.network_id, state.member_id, fields, author)
        sites = sorted([*state.fields["sites"], str(place_id)])
        try:
            written = write_service(state, {"sites": sites}, author)
        except InvalidInputError as error:
            raise InvalidInputError(error.phrase, field="address_1") from error
        if not written:
            raise _changed()
        append_event(identity, "edited", "service", service_id, at=at, fields=("sites",))
        return place_id


def save(
    identity: Identity,
    world: World,
    opened: OpenPlace,
    typed: Typed,
    *,
    stamp: str,
    at: datetime,
) -> None:
    """Keep a place as typed; what stands at the place moves with it.

    Raises:
        FieldsRefusedError: with a sentence for every field that cannot be used.
        StaleError: somebody else changed the place since; nothing was written.
    """
    with unit_of_work():
        found = open_place(identity, opened.service.id, opened.place.id)
        if found.place.stamp != stamp:
            raise _changed()
        fields = _read(identity, world, typed, held=found.place)
        author = Author(at, identity.role_told, identity.user_id)
        if not write_place(found.place, fields, author):
            raise _changed()
        append_event(identity, "edited", "location", found.place.id, at=at, fields=fields)


def _changed() -> StaleError:
    return StaleError(
        phrase("Somebody else changed this place meanwhile. What you typed is kept below.")
    )


def _read(
    identity: Identity, world: World, typed: Typed, held: PlaceState | None = None
) -> dict[str, Any]:
    """Return the fields of a place, with the county and the point that its ZIP or town has."""
    errors: list[InvalidInputError] = []
    fields: dict[str, Any] = {}
    for name, value in typed.items():
        text = str(value).replace("\r\n", "\n").replace("\x00", "").strip()
        most = LONGEST.get(name, LONGEST_LINE)
        if len(text) > most:
            errors.append(
                InvalidInputError(phrase("At most %(most)s characters.", most=most), field=name)
            )
        fields[name] = text or (None if name != "name" else "")
    state = (fields["state_province"] or "").upper()
    if state and not _STATE.fullmatch(state):
        errors.append(InvalidInputError(phrase("Two letters, as in NY."), field="state_province"))
    if not fields["city"] and not fields["postal_code"]:
        errors.append(InvalidInputError(phrase("Give a town or a ZIP code."), field="city"))
    if address_says_hidden(fields["address_1"]):
        errors.append(
            InvalidInputError(
                phrase("Is the address private? Make the listing confidential instead."),
                field="address_1",
            )
        )
    if errors:
        raise FieldsRefusedError(errors)
    fields["state_province"] = state or None
    moved = held is None or any(
        held.fields[name] != fields[name]
        for name in ("address_1", "city", "state_province", "postal_code")
    )
    return fields | _point(identity, world, fields) if moved else fields


def _point(identity: Identity, world: World, fields: dict[str, Any]) -> dict[str, Any]:
    """Return county, point and how exact it is, as the embedded gazetteer knows them.

    Raises:
        FieldsRefusedError: it knows neither the ZIP nor the town.
    """
    place = _found(identity, world, fields)
    exact = place.precision if place.precision is not Precision.COUNTY else Precision.CITY
    return {
        "county_fips": place.county_fips,
        "latitude": place.point.lat,
        "longitude": place.point.lon,
        "precision": exact.value,
        "coordinates_from": "gazetteer",
    }


def _found(identity: Identity, world: World, fields: dict[str, Any]) -> Place:
    code = (fields["postal_code"] or "")[:5]
    if code and (place := world.gazetteer.zip_place(code)):
        return place
    state = fields["state_province"] or get_network(identity.network_id).state
    try:
        return world.gazetteer.resolve(f"{fields['city'] or code}, {state}", default_state=state)
    except InvalidInputError as error:
        field = "postal_code" if code else "city"
        raise FieldsRefusedError([InvalidInputError(error.phrase, field=field)]) from error
