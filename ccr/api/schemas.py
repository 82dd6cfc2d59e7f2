"""What goes in and comes out of the API, as pydantic models: the shape, and its OpenAPI words.

Answers are made by the services; the models of answers describe them and tests hold them to it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from ccr.domain.keeping_away import DEFAULT_KM, LEAST_KM, MOST_KM, MOST_PLACES
from ccr.domain.plans import MOST_PLANS
from ccr.domain.route_fields import MOST_PARTNERS, RouteFields
from ccr.domain.routing_request import MAX_WHY_NOT

_LONGEST = 300


def _listed(value: object) -> object:
    """Return a single text as a list of one."""
    return [value] if isinstance(value, str) else value


Text = Annotated[str, Field(max_length=_LONGEST)]
Texts = Annotated[list[Text], BeforeValidator(_listed), Field(max_length=50)]


class NotNearBody(BaseModel):
    """A place that partners keep away from. Never echoed."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    place: Text = Field(description="ZIP, town or county; never a street address.")
    km: int = Field(
        int(DEFAULT_KM), ge=int(LEAST_KM), le=int(MOST_KM), description="The least distance."
    )

    def to_text(self) -> str:
        """Return it as the service takes it."""
        return f"{self.place}={self.km}"


class RouteRequestBody(BaseModel):
    """A search for partners: the same fields as `flask route`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    need: Texts = Field(
        validation_alias=AliasChoices("need", "needs"),
        description="One to five need codes.",
        examples=[["protection-order", "advocacy"]],
    )
    near: Text = Field(
        description="ZIP, town or county; never a street address.", examples=["Troy, NY 12180"]
    )
    track: Text = Field("survivor", description="survivor, abusive-partner, child or other.")
    urgency: Text = Field("standard", description="immediate, high or standard.")
    language: Text = Field("", description="ISO 639 code; empty for no wish.")
    access: Texts = Field(default=[], description="Access codes.")
    age_band: Text = Field(
        "", validation_alias=AliasChoices("age_band", "age-band"), description="As in 18-24."
    )
    gender: Text = Field("", description="women, men or empty.")
    transport: Text = Field("car", description="car, transit or foot.")
    at: Text = Field("", description="ISO 8601; empty for now.")
    exclude: Texts = Field(
        default=[], description="Members never to be proposed, by name or id; never echoed."
    )
    not_near: list[NotNearBody] = Field(
        default=[],
        max_length=MOST_PLACES,
        description="Places that public sites of partners keep away from; never echoed.",
    )
    limit: int = Field(10, ge=1, le=MOST_PARTNERS, description="Partners at most.")

    def to_domain(self) -> RouteFields:
        """Return the fields as the service takes them."""
        return RouteFields(
            needs=self.need,
            near=self.near,
            track=self.track,
            urgency=self.urgency,
            language=self.language,
            access=self.access,
            age_band=self.age_band,
            gender=self.gender,
            transport=self.transport,
            at=self.at,
            exclude=self.exclude,
            not_near=[away.to_text() for away in self.not_near],
            limit=str(self.limit),
        )


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

    name: Literal[
        "travel", "hours", "language", "capacity", "listing", "agreement", "answer", "fit"
    ]
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


class RouteAnswerBody(_Answer):
    """The answer to a search. Order is meaning: nearest appropriate first."""

    version: Literal[1]
    origin: Origin
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
