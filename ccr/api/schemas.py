"""What comes out of the API, as pydantic models: the shape, and its OpenAPI words.

Answers are made by the services; the models of answers describe them and tests hold them to it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ccr.domain.live_calls import MOST_CALLS
from ccr.domain.matching import PartName
from ccr.domain.plans import MOST_PLANS
from ccr.domain.routing_request import MAX_WHY_NOT


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Origin(_Answer):
    """Where the search started, and how exactly that is known."""

    label: str
    precision: str
    lat: float
    lon: float


class Part(_Answer):
    """One named part of the effective minutes."""

    name: PartName
    minutes: int = Field(gt=0)
    text: str
    measured: bool = Field(description="A trip measured on the road; false for an estimate.")


class Step(_Answer):
    """One member on the way to a partner; the last is the partner, with who answers there.

    `text` says why it comes first and what ties it to the one before; `phone` is for those between.
    """

    member: str
    text: str
    phone: str | None


class AreaPartnerBody(_Answer):
    """A partner known by area alone: confidential or area-wide. No distance, no minutes."""

    service_id: str
    service: str
    member_id: str
    member: str
    needs: list[str]
    precision: str
    reasons: list[str]
    unknown: list[str]
    notes: list[str] = Field(
        description="Of a program for abusive partners: what it cannot do, and whether no safety "
        "consultation protocol is in force. Show them with it."
    )
    pathway: list[Step]
    other_pathways: list[list[Step]]


class PartnerBody(AreaPartnerBody):
    """A partner with a public address; `effective_minutes` is the sum of `parts`."""

    distance_km: float
    effective_minutes: int
    parts: list[Part]


class LeftOutBody(_Answer):
    """A service left out: the first limit that stopped it, and what would change that."""

    service_id: str
    service: str
    member: str
    limit: str
    text: str
    would_change: str


class DoorBody(_Answer):
    """One service of a plan. `effective_minutes` is absent for an area partner, which has none."""

    service_id: str
    service: str
    member_id: str
    member: str
    effective_minutes: int = Field(default=0, ge=0)


class PlanPart(DoorBody):
    """One service of a plan, the needs that go to it, and what it costs in words."""

    needs: list[str]
    text: str


class FurtherDoors(_Answer):
    """What the doors after the first cost by themselves; 0 and no words for a single door."""

    minutes: int = Field(ge=0)
    text: str


class PlanBody(_Answer):
    """Services that cover all needs together; each need goes to one of them.

    `effective_minutes` is the sum of the parts and of `further_doors`.
    """

    services: list[str]
    effective_minutes: int
    doors: int
    parts: list[PlanPart]
    further_doors: FurtherDoors


class NearestForNeed(_Answer):
    """The first partner for one need by itself, with a public address and known by area alone."""

    need: str
    partner: DoorBody | None
    area_partner: DoorBody | None


class LiveCallBody(_Answer):
    """A partner that answers now: to be called before anything is sent."""

    service_id: str
    service: str
    member_id: str
    member: str
    phone: str
    text: str


class RouteAnswerBody(_Answer):
    """The answer to a search. Order is meaning: nearest appropriate first."""

    version: Literal[1]
    origin: Origin
    call_now: list[LiveCallBody] = Field(
        max_length=MOST_CALLS, description="Who answers now; empty unless immediate or high."
    )
    partners: list[PartnerBody]
    area_partners: list[AreaPartnerBody]
    why_not: list[LeftOutBody] = Field(max_length=MAX_WHY_NOT)
    plans: list[PlanBody] = Field(max_length=MOST_PLANS)
    nearest_per_need: list[NearestForNeed]


class FieldProblem(_Answer):
    """What is wrong with one field."""

    field: str
    detail: str


class ProblemBody(_Answer):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[FieldProblem] = []
