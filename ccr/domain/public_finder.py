"""What the public finder adds to routing: wishes that thin a list, and where else to look.

A wish never removes what is not known: such a place stays in the list and says "ask". What is
farther away is listed by name alone, without distance, so that nothing about it moves with the
place that somebody searches from (R49).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from ccr.domain.answering import HoursReader, calendar_or_none
from ccr.domain.areas import touches_state
from ccr.domain.directory import Service
from ccr.domain.listing_search import Hours, moments_of, surely_closed, surely_paid
from ccr.domain.opening import Opening, opening_at
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.public_listing import is_program
from ccr.domain.routing_request import RouteRequest
from ccr.domain.taxonomy import Need, Track
from ccr.domain.weights import Weights
from ccr.domain.why_not import fixed_place

T = TypeVar("T")
MOST_SHOWN = 10
MOST_JUDGED = 50
CLOSEST_HELP = (Need.HOTLINE, Need.ADVOCACY, Need.IMMEDIATE_SAFETY)
"""Whom to try when nobody fits: people whose work is to know who else helps."""
CLOSED = {
    Hours.TONIGHT: phrase("Closed tonight"),
    Hours.WEEKEND: phrase("Closed this weekend"),
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is thinned after ranking: open now, tonight or this weekend; free."""

    hours: Hours | None = None
    free: bool = False

    def __bool__(self) -> bool:
        """Return True when there is any wish."""
        return self.hours is not None or self.free

    def moments(self, at: datetime, timezone: str) -> tuple[datetime, ...]:
        """Return the moments at one of which a place is to be open; none without such a wish.

        Args:
            timezone: of the network; what tonight is, is the same for every place of it.
        """
        return moments_of(self.hours, at, timezone) if self.hours else ()


def public_weights(weights: Weights) -> Weights:
    """Return a network's weights as they count on its public pages.

    Who reads CCR is nothing to somebody who calls; room is not public, so it costs nothing.
    """
    return replace(weights, not_on_ccr=0, capacity_unknown=0)


def opening_of(service: Service, at: datetime, hours: HoursReader) -> Opening:
    """Return whether the service is open at `at`, in words."""
    calendar = calendar_or_none(service.opening_hours, service.timezone, hours)
    return opening_at(calendar, at, service.timezone)


def grants(
    service: Service, wishes: Wishes, moments: tuple[datetime, ...], hours: HoursReader
) -> bool:
    """Return False when the service surely does not grant a wish; unknown is never taken as no.

    Args:
        moments: those of the wishes (Wishes.moments).
    """
    if wishes.free and surely_paid(service.cost):
        return False
    if wishes.hours is None:
        return True
    calendar = calendar_or_none(service.opening_hours, service.timezone, hours)
    return not surely_closed(calendar, moments)


def hours_fact(
    service: Service, wishes: Wishes, moments: tuple[datetime, ...], hours: HoursReader
) -> Phrase | None:
    """Return whether it is open tonight or this weekend, when that was wished and is known.

    What it is now, and that its hours are not known, is said of every service anyway.
    """
    closed = CLOSED.get(wishes.hours) if wishes.hours else None
    calendar = calendar_or_none(service.opening_hours, service.timezone, hours)
    if wishes.hours is None or closed is None or calendar is None:
        return None
    return closed if surely_closed(calendar, moments) else wishes.hours.label


def last_of(
    found: Iterable[T], flagged: Collection[UUID], id_of: Callable[[T], UUID]
) -> tuple[T, ...]:
    """Return what was found with the flagged ones last, each part in its order, and the first few.

    For programs without a consultation protocol in force: the first name of a list is the one that
    is called (R3). It depends on nothing but the protocol, so it ranks no program (R12).
    """
    ordered = sorted(found, key=lambda one: id_of(one) in flagged)
    return tuple(ordered[:MOST_SHOWN])


def farther_away(services: Iterable[Service], request: RouteRequest) -> tuple[Service, ...]:
    """Return services of the same state that help with a need of the request, by name.

    Whom they serve and where is theirs to say: they are offered to be called and asked.
    """
    found = [
        service
        for service in services
        if service.needs.intersection(request.needs)
        and _for_this_track(service, request.track)
        and _in_state(service, request)
    ]
    return tuple(sorted(found, key=fixed_place)[:MOST_SHOWN])


def _for_this_track(service: Service, track: Track) -> bool:
    if is_program(service) is not (track is Track.ABUSIVE_PARTNER):
        return False
    return not service.tracks or track in service.tracks


def _in_state(service: Service, request: RouteRequest) -> bool:
    if touches_state(service, request.near):
        return True
    return any(site.state == request.near.state for site in service.sites)
