"""The answer to a search as plain data: the contract of the terminal and the API (design 6a).

Version 1: extend, never rename. Exclusions are never echoed. Area partners have no distance,
minutes or parts, and there is no field to put them in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from ccr.domain.answering import coverage_now
from ccr.domain.directory import Precision, Service
from ccr.domain.live_calls import LiveCall, live_calls
from ccr.domain.path_words import ToldPath, ToldReach
from ccr.domain.phrases import Phrase
from ccr.domain.plan_words import door_words, further_words
from ccr.domain.program_limits import notes_of
from ccr.domain.routing_request import (
    AreaPartner,
    DoorForNeed,
    LeftOut,
    Partner,
    Plan,
    PlanDoor,
    RouteAnswer,
)
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.protocol_flags import flagged_in
from ccr.services.routing import ReadyDirectory, RouteFields, find_in_directory
from ccr.services.world import World

VERSION = 1
Document = dict[str, Any]


def route_document(
    identity: Identity, world: World, fields: RouteFields, *, at: datetime
) -> Document:
    """Return the partners for what was typed, as the contract has it; raises as find_partners."""
    authorise(identity, Permission.ROUTE_FIND)
    answer, directory = find_in_directory(identity, world, fields, at=at)
    return answer_as_dict(identity, world, answer, directory)


def answer_as_dict(
    identity: Identity, world: World, answer: RouteAnswer, directory: ReadyDirectory
) -> Document:
    """Return an answer as the contract has it: texts in English, minutes whole, km to 10 m."""
    authorise(identity, Permission.ROUTE_FIND)
    ways = directory.ways(identity, answer.request, world.hours).told_all(answer)
    flagged = flagged_in(identity, directory, answer.services, at=answer.request.at)
    teller = _Teller(directory, world, answer, ways, flagged)
    origin = answer.request.near
    return {
        "version": VERSION,
        "origin": {
            "label": origin.label,
            "precision": origin.precision.value,
            "lat": origin.point.lat,
            "lon": origin.point.lon,
        },
        "call_now": [teller.call(call) for call in live_calls(answer, world.hours)],
        "partners": [teller.partner(partner) for partner in answer.partners],
        "area_partners": [teller.area_partner(partner) for partner in answer.area_partners],
        "why_not": [_left_out(item) for item in answer.why_not],
        "plans": [teller.plan(plan) for plan in answer.plans],
        "nearest_per_need": [teller.nearest(row) for row in answer.per_need],
    }


class _Teller:
    """Tells partners of one answer."""

    def __init__(
        self,
        directory: ReadyDirectory,
        world: World,
        answer: RouteAnswer,
        ways: Mapping[UUID, ToldReach],
        flagged: frozenset[UUID],
    ) -> None:
        self._flagged = flagged
        self._ways = ways
        self._index = directory.index
        self._hours = world.hours
        self._request = answer.request

    def call(self, call: LiveCall) -> Document:
        return {**self._named(call.service), "phone": call.phone, "text": str(call.text)}

    def partner(self, partner: Partner) -> Document:
        return {
            **self._named(partner.service),
            "needs": [need.value for need in partner.needs],
            "distance_km": round(partner.distance_km, 2),
            "precision": partner.precision.value,
            "effective_minutes": partner.effective_minutes,
            "parts": [
                {
                    "name": part.name,
                    "minutes": part.minutes,
                    "text": str(part.text),
                    "measured": part.measured,
                }
                for part in partner.parts
            ],
            "reasons": _texts(partner.reasons),
            "unknown": _texts(partner.unknown),
            "notes": _texts(notes_of(partner.service, self._flagged)),
            **self._reached(partner.service),
        }

    def area_partner(self, partner: AreaPartner) -> Document:
        return {
            **self._named(partner.service),
            "needs": [need.value for need in partner.needs],
            "precision": Precision.NONE.value,
            "reasons": _texts(partner.reasons),
            "unknown": _texts(partner.unknown),
            "notes": _texts(notes_of(partner.service, self._flagged)),
            **self._reached(partner.service),
        }

    def plan(self, plan: Plan) -> Document:
        further = further_words(plan)
        return {
            "services": [str(service_id) for service_id in plan.service_ids],
            "effective_minutes": plan.effective_minutes,
            "doors": plan.doors,
            "parts": [
                {
                    **self._door(part),
                    "needs": [need.value for need in part.needs],
                    "text": str(door_words(part)),
                }
                for part in plan.parts
            ],
            "further_doors": {"minutes": plan.further_minutes, "text": str(further or "")},
        }

    def nearest(self, row: DoorForNeed) -> Document:
        return {
            "need": row.need.value,
            "partner": self._door(row.public) if row.public else None,
            "area_partner": self._door(row.by_area) if row.by_area else None,
        }

    def _door(self, door: PlanDoor) -> Document:
        """Return a door; for an area partner there is no field for minutes."""
        counted = {} if door.minutes is None else {"effective_minutes": door.minutes}
        return {**self._named(self._index.services[door.service_id]), **counted}

    def _named(self, service: Service) -> Document:
        return {
            "service_id": str(service.id),
            "service": service.name,
            "member_id": str(service.member.id),
            "member": service.member.name,
        }

    def _reached(self, service: Service) -> Document:
        """Return the way to a partner: who comes first, then who answers there; and other ways."""
        reach = self._ways[service.id]
        now = coverage_now(service, self._request.needs, self._request.at, self._hours)
        return {
            "pathway": _steps(reach.path, now.text),
            "other_pathways": [_steps(path, now.text) for path in reach.others],
        }


def _steps(path: ToldPath, at_the_end: Phrase) -> list[Document]:
    """Return the steps of a way; the last says as well who answers now."""
    last = path.steps[-1]
    return [
        {
            "member": str(step.member),
            "text": " ".join(_texts((*step.texts, at_the_end) if step is last else step.texts)),
            "phone": step.phone,
        }
        for step in path.steps
    ]


def _left_out(item: LeftOut) -> Document:
    return {
        "service_id": str(item.service.id),
        "service": item.service.name,
        "member": item.service.member.name,
        "limit": item.limit,
        "text": str(item.text),
        "would_change": str(item.would_change),
    }


def _texts(phrases: tuple[Phrase, ...]) -> list[str]:
    return [str(words) for words in phrases]
