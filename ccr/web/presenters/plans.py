"""Plans as pages show them: which need goes to which door, and what that costs, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ccr.domain.directory import Service
from ccr.domain.plan_words import further_words
from ccr.domain.routing_request import Plan, PlanDoor, RouteAnswer
from ccr.web.language import translated


def plan_rows(answer: RouteAnswer, services: Mapping[UUID, Service]) -> list[dict[str, Any]]:
    """Return the plans: doors, minutes, parts and what further doors cost.

    Args:
        services: those of `answer.planned_ids`; some stand below the end of the list.
    """
    teller = _Doors(answer, services)
    return [teller.plan(plan) for plan in answer.plans]


def nearest_rows(answer: RouteAnswer, services: Mapping[UUID, Service]) -> list[dict[str, Any]]:
    """Return each need with its first partner by itself: with an address, and by area alone."""
    teller = _Doors(answer, services)
    return [
        {
            "needs": translated(row.need.label),
            "doors": [teller.door(door) for door in (row.public, row.by_area) if door],
        }
        for row in answer.per_need
    ]


class _Doors:
    """Tells the doors of one answer, with their number in its list where they have one."""

    def __init__(self, answer: RouteAnswer, services: Mapping[UUID, Service]) -> None:
        self._services = services
        self._number = {p.service.id: i for i, p in enumerate(answer.partners, start=1)}

    def plan(self, plan: Plan) -> dict[str, Any]:
        further = further_words(plan)
        return {
            "doors": plan.doors,
            "minutes": plan.effective_minutes,
            "service_ids": [str(service_id) for service_id in plan.service_ids],
            "parts": [self.door(part) for part in plan.parts],
            "further": translated(further) if further else "",
            "further_minutes": plan.further_minutes,
            "by_area": any(part.minutes is None for part in plan.parts),
        }

    def door(self, door: PlanDoor) -> dict[str, Any]:
        service = self._services[door.service_id]
        return {
            "needs": ", ".join(translated(need.label) for need in door.needs),
            "service": service.name,
            "member": service.member.name,
            "number": self._number.get(door.service_id),
            "minutes": door.minutes,
        }
