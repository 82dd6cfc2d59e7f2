"""Trips measured on the road, put in place of the estimate for partners already found.

What lives here: which partners are measured, whether a measured time can be true, and the order
after it. What must not: asking anybody (an adapter does), finding partners, a confidential service
(it has no point: it is never asked about and never touched). The search itself keeps to the
estimate, so that what is found does not depend on a server. Source: ADR 0017.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from ccr.domain.directory import Place, Point, Precision
from ccr.domain.matching import is_remote_too
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.routing_request import CostPart, Partner, RouteAnswer, RouteRequest
from ccr.domain.taxonomy import Transport
from ccr.domain.weights import DEFAULT, Weights

TIMES_THE_LIMIT, MOST_MEASURED = 3, 30
"""Our choice: so many partners are found by the estimate, and the best of them are shown."""
SLACK_KM = 5.0
"""A matrix starts from the road nearest to a point; the middle of a ZIP may lie so far from one."""
_FASTEST_KMH = {Transport.CAR: 130.0, Transport.FOOT: 8.0}
_MOST_MINUTES = 24 * 60
_CENTRES = frozenset({Precision.ZIP, Precision.CITY, Precision.COUNTY})
_MEASURED: dict[Transport, Phrase] = {
    Transport.CAR: phrase("Trip by car, measured"),
    Transport.FOOT: phrase("Trip on foot, measured"),
}


@dataclass(frozen=True, slots=True)
class Goal:
    """A public place to which a trip is measured."""

    site_id: UUID
    point: Point


Ask = Callable[[Place, Sequence[Goal], Transport], Mapping[UUID, float]]
"""Returns seconds by site id; sites without an answer are absent. Never raises."""


def can_be_measured(request: RouteRequest) -> bool:
    """Return True for a trip by car or on foot from the middle of a ZIP, town or county."""
    return request.transport in _MEASURED and request.near.precision in _CENTRES


def wider(request: RouteRequest) -> RouteRequest:
    """Return the request with room for partners that a measured trip may bring forward."""
    most = min(request.limit * TIMES_THE_LIMIT, MOST_MEASURED)
    return replace(request, limit=max(request.limit, most))


def goals_of(answer: RouteAnswer) -> list[Goal]:
    """Return the nearest public place of each partner found, each once, in order.

    Area partners have none. At most MOST_MEASURED.
    """
    found: dict[UUID, Goal] = {}
    for partner in answer.partners:
        if partner.service.confidential:
            continue
        site = next(s for s in partner.service.sites if s.id == partner.site_id)
        if site.point is not None:
            found.setdefault(site.id, Goal(site.id, site.point))
    return list(found.values())[:MOST_MEASURED]


def answer_measured(
    request: RouteRequest,
    rank: Callable[[RouteRequest], RouteAnswer],
    ask: Ask | None,
    *,
    weights: Weights = DEFAULT,
) -> RouteAnswer:
    """Return the answer to a request, with trips measured where `ask` answers.

    Without an answer it is what `rank` returns for the request, to the byte.
    """
    if ask is None or not can_be_measured(request):
        return rank(request)
    found = rank(wider(request))
    goals = goals_of(found)
    seconds = ask(request.near, goals, request.transport) if goals else {}
    return with_measured(found, request, seconds, weights=weights)


def with_measured(
    found: RouteAnswer,
    request: RouteRequest,
    seconds: Mapping[UUID, float],
    *,
    weights: Weights = DEFAULT,
) -> RouteAnswer:
    """Return the answer with measured trips, in order again, cut to the limit of the request.

    Order: effective minutes, distance, id, as before. Area partners, plans and who is left out
    stay as they are: plans and the reach are judged by the estimate alone.

    Args:
        found: the answer to the wider request.
        seconds: by site id; what cannot be true is passed over.
    """
    partners = sorted(
        (_remeasured(p, request, seconds.get(p.site_id), weights) for p in found.partners),
        key=lambda p: (p.effective_minutes, p.distance_km, p.service.id),
    )
    return replace(
        found,
        request=request,
        partners=tuple(partners[: request.limit]),
        area_partners=found.area_partners[: request.limit],
    )


def measured_minutes(seconds: float | None, km: float, transport: Transport) -> int | None:
    """Return whole minutes, rounded up, or None for a time that no road can have.

    >>> measured_minutes(1201, 10, Transport.CAR), measured_minutes(60, 100, Transport.CAR)
    (21, None)
    """
    if seconds is None or transport not in _FASTEST_KMH or not 0 <= seconds <= _MOST_MINUTES * 60:
        return None
    least = max(km - SLACK_KM, 0) / _FASTEST_KMH[transport] * 3600
    return None if seconds < least else -int(-seconds // 60)


def _remeasured(
    partner: Partner, request: RouteRequest, seconds: float | None, weights: Weights
) -> Partner:
    minutes = measured_minutes(seconds, partner.distance_km, request.transport)
    if minutes is None:
        return partner
    text = _MEASURED[request.transport]
    if is_remote_too(partner.service) and minutes > weights.reach:
        # Nobody need go there: it counts up to the reach and no further, as by the estimate.
        minutes, text = weights.reach, phrase("Too far to go: by phone or online")
    trip = (CostPart("travel", minutes, text, measured=True),) if minutes else ()
    parts = (*trip, *(part for part in partner.parts if part.name != "travel"))
    return replace(partner, parts=parts, effective_minutes=sum(part.minutes for part in parts))
