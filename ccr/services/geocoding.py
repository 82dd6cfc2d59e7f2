"""Looking up the points of public addresses at a configured provider; off unless configured.

Only an address that is public is ever asked for: never a hidden place's, never a client's, never
what somebody searches for. Whatever the provider does, the place stays saved: with the middle of
its ZIP or town, and how exact that is. No import waits for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ccr.adapters.embedded_geocoder import EmbeddedGeocoder
from ccr.adapters.provider_geocoder import ProviderError, ProviderGeocoder
from ccr.domain.directory import Point
from ccr.domain.errors import NotFoundError
from ccr.domain.geocoding import (
    ProviderAnswer,
    Verdict,
    address_words,
    is_final,
    judge,
    may_look_up,
    query_key,
)
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.listing_places import open_place
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import looked_up
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.listing_places import write_place
from ccr.storage.queries.listing_records import Author
from ccr.storage.queries.listing_state import PlaceState, place_state

BY = "geocoder"
ASK_AGAIN = timedelta(days=30)
"""An address whose building was not known is asked for again after this."""
USED = (Verdict.EXACT, Verdict.STREET)
BATCH = 100
GIVE_UP = 3
"""So many calls in a row without an answer end a batch: the provider is down."""
Progress = Callable[[int], None]


def look_up(
    identity: Identity, world: World, service_id: UUID, location_id: UUID, *, at: datetime
) -> Verdict:
    """Give a public place that was just saved the point of its address; say what became of it.

    Called after the place is saved, and outside of any transaction: a slow provider holds nothing
    up but this one answer, for `CCR_GEOCODER_TIMEOUT` seconds at most.

    Raises:
        NotFoundError: the listing has no such public place, or the identity may not edit it.
    """
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_READ)
        place = open_place(identity, service_id, location_id).place
    return _look_up(identity, world, place, at=at)


def look_up_all(
    identity: Identity,
    world: World,
    *,
    at: datetime,
    most: int | None = None,
    progress: Progress | None = None,
) -> Counter[Verdict]:
    """Look up every public address whose point is only its ZIP's or town's; return the verdicts.

    Answers that are kept cost no request. It ends early when the provider does not answer.

    Args:
        most: places to look at; all of them when None.

    Raises:
        ForbiddenError: the identity may not import.
    """
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_IMPORT)
    verdicts: Counter[Verdict] = Counter()
    after: UUID | None = None
    unanswered = 0
    while world.geocoder is not None and unanswered < GIVE_UP:
        size = BATCH if most is None else min(BATCH, most - verdicts.total())
        with unit_of_work():
            ids = looked_up.places_to_look_up(identity.network_id, after, size) if size else []
        if not ids:
            break
        for location_id in ids:
            after = location_id
            verdict = _one_of_all(identity, world, location_id, at)
            verdicts[verdict] += 1
            unanswered = unanswered + 1 if verdict is Verdict.UNREACHED else 0
            if progress:
                progress(verdicts.total())
            if unanswered >= GIVE_UP:
                break
    return verdicts


def _one_of_all(identity: Identity, world: World, location_id: UUID, at: datetime) -> Verdict:
    try:
        with unit_of_work():
            place = place_state(identity.network_id, location_id)
    except NotFoundError:
        # It became hidden, or was merged away, since the list was read.
        return Verdict.OFF
    return _look_up(identity, world, place, at=at)


def _look_up(identity: Identity, world: World, place: PlaceState, *, at: datetime) -> Verdict:
    words = address_words(place.fields)
    provider = world.geocoder
    if provider is None or words is None or not may_look_up(place.fields):
        return Verdict.OFF
    key = query_key(words)
    with unit_of_work():
        held = looked_up.held_answer(place.network_id, provider.name, key)
    fresh = held is not None and (is_final(held.answer) or at - held.at < ASK_AGAIN)
    answer = held.answer if held is not None and fresh else _ask(provider, words)
    if answer is None:
        return Verdict.UNREACHED
    verdict = judge(answer, _middle(world, place.fields))
    with unit_of_work():
        # The answer is written only where the place is still public and as it was asked for.
        if verdict in USED and not _write(identity, place, answer, provider.name, at):
            return Verdict.OFF
        if not fresh and _is_public(place):
            looked_up.keep_answer(place.network_id, provider.name, key, answer, place.id, at=at)
    return verdict


def _ask(provider: ProviderGeocoder, words: str) -> ProviderAnswer | None:
    try:
        return provider.answer(words)
    except ProviderError:
        return None


def _middle(world: World, fields: dict[str, Any]) -> Point | None:
    """Return the middle of the ZIP of an address, or of its town where the ZIP is not known."""
    embedded = EmbeddedGeocoder(world.gazetteer, fields.get("state_province"))
    asked = {"postalcode": "postal_code", "city": "city", "state": "state_province"}
    found = embedded.geocode({part: fields.get(name) or "" for part, name in asked.items()})
    if found is None or isinstance(found, list):
        return None
    return Point(found.latitude, found.longitude)


def _write(
    identity: Identity, place: PlaceState, answer: ProviderAnswer, provider: str, at: datetime
) -> bool:
    if answer.point is None:
        return False
    changes = {
        "latitude": round(answer.point.lat, 6),
        "longitude": round(answer.point.lon, 6),
        "precision": answer.precision.value,
        "coordinates_from": provider,
    }
    if not write_place(place, changes, Author(at, BY, by_hand=False)):
        return False
    append_event(identity, "edited", "location", place.id, at=at, fields=sorted(changes))
    return True


def _is_public(place: PlaceState) -> bool:
    try:
        place_state(place.network_id, place.id)
    except NotFoundError:
        return False
    return True
