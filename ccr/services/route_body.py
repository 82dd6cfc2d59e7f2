"""A search for partners as machines send it: the body of the API, and a line of a batch."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from ccr.domain.keeping_away import DEFAULT_KM, LEAST_KM, MOST_KM, MOST_PLACES
from ccr.domain.route_fields import MOST_PARTNERS, RouteFields

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
