"""What a worker asks routing for, and what routing answers: values only (contract design 6a)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ccr.domain.directory import Place, Precision, Service
from ccr.domain.phrases import Phrase
from ccr.domain.taxonomy import Access, AgeBand, Gender, Need, Track, Transport, Urgency

MAX_NEEDS = 5
MAX_WHY_NOT = 20
DEFAULT_LIMIT = 10


@dataclass(frozen=True, slots=True)
class NotNear:
    """A place that partners must keep away from, and by how many km at least."""

    place: Place
    km: float


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
        not_near: places that public sites must keep away from; handled like excluded_members.
        apart_from: services to which the sender itself sent the other party of this situation
            (R81); handled like excluded_members.
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
    excluded_members: frozenset[UUID] = field(default=frozenset(), repr=False)
    not_near: tuple[NotNear, ...] = field(default=(), repr=False)
    apart_from: tuple[Service, ...] = field(default=(), repr=False)
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
class PlanDoor:
    """One service of a plan: its effective minutes (None for an area partner) and its needs."""

    service_id: UUID
    minutes: int | None
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Services that cover all needs together; each need goes to one of them.

    Attributes:
        parts: the services, in the order of the first need each takes.
        further_minutes: what the doors after the first cost by themselves.
    """

    parts: tuple[PlanDoor, ...]
    further_minutes: int

    @property
    def service_ids(self) -> tuple[UUID, ...]:
        """Return the services, in the order of the first need each takes."""
        return tuple(part.service_id for part in self.parts)

    @property
    def doors(self) -> int:
        """Return how many doors there are to knock on."""
        return len(self.parts)

    @property
    def effective_minutes(self) -> int:
        """Return the sum: the minutes of its doors and of further doors. Area partners add none."""
        return self.further_minutes + sum(part.minutes or 0 for part in self.parts)


@dataclass(frozen=True, slots=True)
class DoorForNeed:
    """The first partner that meets one need: with a public point, and known by area alone."""

    need: Need
    public: PlanDoor | None
    by_area: PlanDoor | None


@dataclass(frozen=True, slots=True)
class Together:
    """What covers several needs: the plans in order, and the first partner for each need."""

    plans: tuple[Plan, ...] = ()
    per_need: tuple[DoorForNeed, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteAnswer:
    """The answer to a request. Order is meaning: nearest appropriate first.

    `per_need` is the first partner for each need by itself, for requests of several needs.
    """

    request: RouteRequest
    partners: tuple[Partner, ...]
    area_partners: tuple[AreaPartner, ...]
    why_not: tuple[LeftOut, ...]
    plans: tuple[Plan, ...]
    per_need: tuple[DoorForNeed, ...] = ()

    @property
    def services(self) -> tuple[Service, ...]:
        """Return the services of all partners, those with a public address first."""
        public = tuple(partner.service for partner in self.partners)
        return public + tuple(partner.service for partner in self.area_partners)

    @property
    def planned_ids(self) -> frozenset[UUID]:
        """Return the services of all plans; some may stand below the end of the list."""
        doors = [part for plan in self.plans for part in plan.parts]
        doors += [door for row in self.per_need for door in (row.public, row.by_area) if door]
        return frozenset(door.service_id for door in doors)
