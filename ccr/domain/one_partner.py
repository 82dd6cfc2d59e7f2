"""Why one partner stands where it does in an answer, or is not in it: the worker asks by name.

What lives here: the verdict on one service. What must not: limits and costs (eligibility,
matching). Of what is never named there is no verdict: excluded members (R82), what takes no
referrals, the other side of R83; it reads as if there were no such partner. A service known by area
alone has no minutes and no distance here either (R49).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ccr.domain.areas import by_area_alone
from ccr.domain.directory import Service
from ccr.domain.eligibility import left_out_as_outdated
from ccr.domain.freshness import outdated
from ccr.domain.matching import Candidate, Search, judge, judge_by_area
from ccr.domain.routing_request import CostPart, LeftOut, RouteAnswer
from ccr.domain.why_not import may_be_named


class Standing(StrEnum):
    """Where a service stands in an answer."""

    LISTED = "listed"
    FURTHER = "further"
    BY_AREA = "by-area"
    BY_AREA_FURTHER = "by-area-further"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where one service stands and why.

    Attributes:
        number: its number in the list, for LISTED.
        effective_minutes, parts: what it costs, for LISTED and FURTHER; None and () by area.
        stopped: the limit that stops it, for LEFT_OUT.
    """

    service: Service
    standing: Standing
    number: int | None = None
    effective_minutes: int | None = None
    parts: tuple[CostPart, ...] = ()
    stopped: LeftOut | None = None


def verdict_on(service: Service, search: Search, answer: RouteAnswer) -> Verdict | None:
    """Return where a service stands in the answer to a search; None when it is never named.

    The answer holds at least as many partners as `least_options`, so that an outdated listing that
    makes up for missing ones is in its list.
    """
    for number, partner in enumerate(answer.partners, start=1):
        if partner.service.id == service.id:
            minutes = partner.effective_minutes
            return Verdict(service, Standing.LISTED, number, minutes, partner.parts)
    if any(partner.service.id == service.id for partner in answer.area_partners):
        return Verdict(service, Standing.BY_AREA)
    hidden = by_area_alone(service)
    found = judge_by_area(service, search) if hidden else judge(service, search)
    if not isinstance(found, LeftOut) and outdated(service, search.request.at, search.weights):
        found = left_out_as_outdated(service)
    if isinstance(found, LeftOut):
        named = may_be_named(found, search.request)
        return Verdict(service, Standing.LEFT_OUT, stopped=found) if named else None
    if isinstance(found, Candidate):
        minutes = found.effective_minutes
        return Verdict(service, Standing.FURTHER, None, minutes, found.parts)
    return Verdict(service, Standing.BY_AREA_FURTHER)
