"""Who among the partners of an answer can be called live now: before any list, when danger is high.

What lives here: which partners answer at this moment, and their number. What must not: the lines
that anybody may call (services.hotlines), and any order but that of the answer.
Source: R70 (a live introduction before paper), R76 (immediate: a live call now).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ccr.domain.answering import HoursReader, coverage_now
from ccr.domain.directory import Service
from ccr.domain.phrases import Phrase
from ccr.domain.routing_request import RouteAnswer
from ccr.domain.taxonomy import CoverageMode, Urgency

MOST_CALLS = 5
_CALL_FIRST = {Urgency.IMMEDIATE, Urgency.HIGH}
_ANSWERING = {CoverageMode.STAFFED, CoverageMode.ON_CALL_PHONE}


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A partner that answers now, the number to call, and a sentence on who answers."""

    service: Service
    phone: str
    text: Phrase


def live_calls(answer: RouteAnswer, hours: HoursReader) -> tuple[LiveCall, ...]:
    """Return at most MOST_CALLS partners that answer now; none when it is not urgent.

    Confidential and area-wide ones come first, in their fixed order, then the others as listed.
    """
    request = answer.request
    if request.urgency not in _CALL_FIRST:
        return ()
    found: list[LiveCall] = []
    for service in _services(answer):
        now = coverage_now(service, request.needs, request.at, hours)
        if now.mode in _ANSWERING and now.phone:
            found.append(LiveCall(service, now.phone, now.text))
    return tuple(found[:MOST_CALLS])


def _services(answer: RouteAnswer) -> Iterator[Service]:
    yield from (partner.service for partner in answer.area_partners)
    yield from (partner.service for partner in answer.partners)
