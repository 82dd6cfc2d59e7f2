"""What a worker asks routing for, and what routing answers: values only (contract design 6a)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.directory import Place, Precision, Service
from ccr.domain.phrases import Phrase
from ccr.domain.taxonomy import Access, AgeBand, Gender, Need, Track, Transport, Urgency

MAX_NEEDS = 5
MAX_WHY_NOT = 20
DEFAULT_LIMIT = 10


@dataclass(frozen=True, slots=True)
class RouteRequest:
    """One request for partners. Holds no fact that names a person.

    Attributes:
        needs: one to five needs, in the order given.
        near: the resolved place the search starts from.
        at: the moment the request is for, aware UTC.
        language: ISO 639-1 code of the language wanted; None for English or no wish.
        access: what the person needs to be able to use a service.
        excluded_members: members never to be proposed (R82); never echoed, printed or logged.
        sender_member_id: the member asking; None from a terminal or an open key.
        sender_compartment_id: the compartment asking; its own services are never partners.
        limit: how many partners at most.
    """

    needs: tuple[Need, ...]
    near: Place
    at: datetime
    track: Track = Track.SURVIVOR
    urgency: Urgency = Urgency.STANDARD
    language: str | None = None
    access: frozenset[Access] = frozenset()
    age_band: AgeBand | None = None
    gender: Gender | None = None
    transport: Transport = Transport.CAR
    excluded_members: frozenset[UUID] = frozenset()
    sender_member_id: UUID | None = None
    sender_compartment_id: UUID | None = None
    limit: int = DEFAULT_LIMIT


@dataclass(frozen=True, slots=True)
class CostPart:
    """One named part of the effective minutes: whole minutes >= 0 and a sentence.

    `measured`: a trip that was measured on the road, where it is otherwise an estimate.
    """

    name: str
    minutes: int
    text: Phrase
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Partner:
    """A proposed partner with a public point: everything about its place in the list is here.

    `effective_minutes` is the sum of `parts`. `site_id` is the nearest public site.
    """

    service: Service
    needs: tuple[Need, ...]
    site_id: UUID
    distance_km: float
    precision: Precision
    effective_minutes: int
    parts: tuple[CostPart, ...]
    reasons: tuple[Phrase, ...]
    unknown: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class AreaPartner:
    """A proposed partner known by area alone. It never carries distance, minutes or parts."""

    service: Service
    needs: tuple[Need, ...]
    reasons: tuple[Phrase, ...]
    unknown: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A service left out: the first limit that stopped it and what would have to change."""

    service: Service
    limit: str
    text: Phrase
    would_change: Phrase


@dataclass(frozen=True, slots=True)
class Plan:
    """Services that cover all needs together: minutes in all, and how many doors to knock on."""

    service_ids: tuple[UUID, ...]
    effective_minutes: int
    doors: int


@dataclass(frozen=True, slots=True)
class RouteAnswer:
    """The answer to a request. Order is meaning: nearest appropriate first."""

    request: RouteRequest
    partners: tuple[Partner, ...]
    area_partners: tuple[AreaPartner, ...]
    why_not: tuple[LeftOut, ...]
    plans: tuple[Plan, ...]
