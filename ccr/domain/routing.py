"""Routing, to be read aloud: keep what may be proposed, cost it, put it in order, say why not.

This is the specification. `ccr.engine.partner_index` gives the same answers faster and is held
to this file by tests. What must not live here: the rules on one service (eligibility, matching).

Public partners stand in order of effective minutes, then distance, then id. Area partners
(confidential, without a point, or never visited) stand in their own list, in an order that depends
on needs and covering areas alone (R49). Sources: R68, R69, R82, R97; orders and numbers ADR 0004.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ccr.domain.answering import HoursReader
from ccr.domain.areas import (
    NARROW_TO_WIDE,
    by_area_alone,
    covering_extent,
    is_placeless,
)
from ccr.domain.directory import DirectorySnapshot, Place, Service
from ccr.domain.eligibility import left_out_as_outdated
from ccr.domain.freshness import outdated
from ccr.domain.matching import (
    Candidate,
    Search,
    as_area_partner,
    as_partner,
    judge,
    judge_by_area,
    search_for,
)
from ccr.domain.plans import Door, first_by_mask, needs_mask, plans_for
from ccr.domain.routing_request import MAX_WHY_NOT, LeftOut, RouteAnswer, RouteRequest, Together
from ccr.domain.taxonomy import AreaExtent
from ccr.domain.ways import DIRECT, Ways
from ccr.domain.weights import DEFAULT, Weights
from ccr.domain.why_not import by_area_to_name, fixed_place, to_name


def rank_partners(
    snapshot: DirectorySnapshot,
    request: RouteRequest,
    *,
    hours: HoursReader,
    weights: Weights = DEFAULT,
    ways: Ways = DIRECT,
) -> RouteAnswer:
    """Return the partners for a request, with reasons, plans, and why not the others.

    For an empty directory every part of the answer is empty.
    """
    search = search_for(
        request,
        snapshot.agreements,
        hours=hours,
        weights=weights,
        ways=ways,
        answer_times=snapshot.answer_times,
    )
    public = [s for s in snapshot.services if not by_area_alone(s)]
    by_area = [s for s in snapshot.services if by_area_alone(s)]

    verdicts = [judge(service, search) for service in public]
    candidates = [v for v in verdicts if isinstance(v, Candidate)]
    current = sorted((c for c in candidates if not _old(c.service, search)), key=_rank)
    old = sorted((c for c in candidates if _old(c.service, search)), key=_rank)
    room = room_for_outdated(len(current), weights)
    proposable = sorted(current + old[:room], key=_rank)
    stopped = [v for v in verdicts if isinstance(v, LeftOut)]
    stopped += [left_out_as_outdated(c.service) for c in old[room:]]

    area_verdicts = [(service, judge_by_area(service, search)) for service in by_area]
    area_stopped = [verdict for _, verdict in area_verdicts if verdict is not None]
    able = sorted(
        (service for service, verdict in area_verdicts if verdict is None),
        key=lambda service: area_order(service, request),
    )
    area_partners, area_old = choose_by_area(able, search)

    area_named = by_area_to_name(area_stopped + area_old, request)
    return finished(
        search,
        partners=proposable[: request.limit],
        area_partners=area_partners[: request.limit],
        why_not=[
            *to_name(stopped, request, weights, places=MAX_WHY_NOT - len(area_named)),
            *area_named,
        ],
        together=plans_for(
            request.needs,
            first_by_mask(map_doors(proposable, request)),
            first_by_mask(map_area_doors(area_partners, request)),
            weights,
        ),
    )


def finished(
    search: Search,
    *,
    partners: Sequence[Candidate],
    area_partners: Sequence[Service],
    why_not: Sequence[LeftOut],
    together: Together,
) -> RouteAnswer:
    """Return the answer in full, with reasons for those that are in it."""
    return RouteAnswer(
        request=search.request,
        partners=tuple(as_partner(candidate, search) for candidate in partners),
        area_partners=tuple(as_area_partner(service, search) for service in area_partners),
        why_not=tuple(why_not),
        plans=together.plans,
        per_need=together.per_need,
    )


def room_for_outdated(current: int, weights: Weights) -> int:
    """Return how many outdated listings may be proposed beside `current` others.

    Three options are offered when they exist (R69); outdated ones only make up for what is
    missing (R97), and are labelled.
    """
    return max(0, weights.least_options - current)


def area_order(service: Service, request: RouteRequest) -> tuple[int, int, tuple[str, str, str]]:
    """Return the place of an area partner: most needs met, narrowest area, then by name."""
    missing = sum(need not in service.needs for need in request.needs)
    return (missing, width(service, request.near), fixed_place(service))


def width(service: Service, place: Place) -> int:
    """Return how wide the area is that covers the place: 0 for a ZIP, 3 for the nation.

    A service in its place by a site in the same county counts as serving that county. One that
    may be anywhere comes after all others.
    """
    if is_placeless(service):
        return len(NARROW_TO_WIDE)
    extent = covering_extent(service, place) or AreaExtent.COUNTY
    return NARROW_TO_WIDE.index(extent)


def choose_by_area(able: Sequence[Service], search: Search) -> tuple[list[Service], list[LeftOut]]:
    """Return the area partners in order, and the outdated ones left out (R97).

    Args:
        able: those that no limit stops, in fixed order.
    """
    old = [service for service in able if _old(service, search)]
    room = room_for_outdated(len(able) - len(old), search.weights)
    dropped = {service.id for service in old[room:]}
    kept = [service for service in able if service.id not in dropped]
    return kept, [left_out_as_outdated(service) for service in old[room:]]


def map_doors(candidates: Iterable[Candidate], request: RouteRequest) -> Iterable[tuple[int, Door]]:
    """Return the doors that candidates are, with the mask of needs each meets."""
    for c in candidates:
        place = (c.distance_km, c.service.id)
        yield needs_mask(c.service, request.needs), Door(c.service.id, c.effective_minutes, place)


def map_area_doors(
    services: Iterable[Service], request: RouteRequest
) -> Iterable[tuple[int, Door]]:
    """Return the doors that area partners are: no minutes, in the order given."""
    for i, service in enumerate(services):
        yield needs_mask(service, request.needs), Door(service.id, 0, (i,), by_area=True)


def _old(service: Service, search: Search) -> bool:
    return outdated(service, search.request.at, search.weights)


def _rank(candidate: Candidate) -> tuple[object, ...]:
    return candidate.rank
