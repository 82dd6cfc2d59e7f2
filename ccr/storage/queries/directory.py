"""The directory as frozen values: services with all that hangs on them, members, and search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, or_, select

from ccr.domain.directory import (
    Area,
    Capacity,
    Coverage,
    Language,
    Member,
    Point,
    Precision,
    Service,
    Site,
)
from ccr.domain.errors import NotFoundError
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    Cost,
    CoverageMode,
    Gender,
    Known,
    LanguageMode,
    MemberCategory,
    Need,
    Population,
    Regime,
    Sector,
    ServiceStatus,
    Track,
)
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment, Network
from ccr.storage.models.directory import (
    LocationRow,
    MemberRow,
    PhoneRow,
    ServiceAtLocationRow,
    ServiceRow,
)
from ccr.storage.queries.directory_parts import parts_of
from ccr.storage.queries.taking_part import (
    NOBODY,
    Answers,
    by_link,
    by_phone,
    on_ccr,
    who_answers,
)

CHUNK = 500  # ids in one statement: well below what either engine takes
Found = Row[Any]
# No more columns than are read: a large directory has a million of their cells.
_SITE_COLUMNS: tuple[Any, ...] = (
    LocationRow.id,
    LocationRow.name,
    LocationRow.city,
    LocationRow.state_province,
    LocationRow.county_fips,
    LocationRow.postal_code,
    LocationRow.latitude,
    LocationRow.longitude,
    LocationRow.precision,
    LocationRow.coordinates_from,
)
_PHONE_COLUMNS: tuple[Any, ...] = (
    PhoneRow.number,
    PhoneRow.extension,
    PhoneRow.type,
    PhoneRow.position,
    PhoneRow.service_id,
    PhoneRow.location_id,
    PhoneRow.member_id,
)


def get_service(network_id: UUID, service_id: UUID) -> Service:
    """Return one service of a network; raises NotFoundError."""
    found = services_of(network_id, [service_id])
    if not found:
        raise NotFoundError
    return found[0]


def services_of(network_id: UUID, ids: Collection[UUID] | None = None) -> list[Service]:
    """Return services of a network, by name; all of them, or those with these ids.

    The number of statements does not grow with the number of services (but for chunks of ids).
    """
    if ids is None:
        return _loaded(network_id, None)
    wanted = list(dict.fromkeys(ids))
    found: list[Service] = []
    for start in range(0, len(wanted), CHUNK):
        found += _loaded(network_id, wanted[start : start + CHUNK])
    return sorted(found, key=lambda service: (service.name.casefold(), str(service.id)))


def directory_version(network_id: UUID) -> int:
    """Return the number of the network's newest directory change."""
    return int(
        db.session.scalar(select(Network.directory_version).where(Network.id == network_id)) or 0
    )


def list_members(network_id: UUID) -> list[Member]:
    """Return the network's members that are listed, by name."""
    rows = db.session.execute(
        select(MemberRow.__table__)
        .where(MemberRow.network_id == network_id, MemberRow.listed)
        .order_by(MemberRow.name, MemberRow.id)
    )
    answers = who_answers(network_id)
    return [member_of_row(row, answers.get(row.id, NOBODY)) for row in rows]


def list_member_ids(network_id: UUID) -> frozenset[UUID]:
    """Return the ids of all members of the network, listed or not."""
    return frozenset(
        db.session.scalars(select(MemberRow.id).where(MemberRow.network_id == network_id))
    )


def get_member(network_id: UUID, member_id: UUID) -> Member:
    """Return a member of the network; raises NotFoundError."""
    row = db.session.execute(
        select(MemberRow.__table__).where(
            MemberRow.network_id == network_id, MemberRow.id == member_id
        )
    ).first()
    if row is None:
        raise NotFoundError
    return member_of_row(row, who_answers(network_id).get(member_id, NOBODY))


def _loaded(network_id: UUID, ids: Sequence[UUID] | None) -> list[Service]:
    statement = (
        select(ServiceRow.__table__, Compartment.kind)
        .join(Compartment, Compartment.id == ServiceRow.compartment_id)
        .where(ServiceRow.network_id == network_id)
        .order_by(ServiceRow.name, ServiceRow.id)
    )
    if ids is not None:
        statement = statement.where(ServiceRow.id.in_(ids))
    rows = db.session.execute(statement).all()
    if not rows:
        return []
    members = None if ids is None else {row.member_id for row in rows}
    hanging = Hanging(network_id, ids, members)
    return [service_of_row(row, hanging) for row in rows]


class Hanging:
    """Everything that hangs on the wanted services, one statement a table."""

    def __init__(
        self, network_id: UUID, ids: Sequence[UUID] | None, members: Collection[UUID] | None
    ) -> None:
        self._network_id = network_id
        self._ids = ids
        wanted = select(
            MemberRow.__table__,
            on_ccr(MemberRow.id, MemberRow.network_id).label("on_ccr"),
            by_phone(MemberRow.id).label("by_phone"),
            by_link(MemberRow.id).label("by_link"),
        ).where(MemberRow.network_id == network_id)
        if members is not None:
            wanted = wanted.where(MemberRow.id.in_(members))
        self.members = {
            row.id: member_of_row(row, answers_of(row)) for row in db.session.execute(wanted)
        }
        parts = parts_of(network_id, ids)
        self.needs = parts["need"]
        self.areas = parts["area"]
        self.languages = parts["language"]
        self.coverage = parts["coverage"]
        self.capacity = parts["capacity"]
        self.sites = self._sites()
        self.phones = self._phones()

    def _sites(self) -> dict[UUID, list[Found]]:
        statement = (
            select(ServiceAtLocationRow.service_id, *_SITE_COLUMNS)
            .join(LocationRow, LocationRow.id == ServiceAtLocationRow.location_id)
            .where(
                ServiceAtLocationRow.network_id == self._network_id,
                LocationRow.confidential.is_(False),
                LocationRow.location_type != "virtual",
            )
            .order_by(LocationRow.name, LocationRow.id)
        )
        return _grouped(
            db.session.execute(self._wanted(statement, ServiceAtLocationRow.service_id))
        )

    def _phones(self) -> dict[UUID, str]:
        """Return the number shown for each service: its own, else its place's, else its member's.

        A private phone is never one of them. A hidden service has no place to take one from.
        """
        rank = {"hotline": 0, "voice": 1}
        best: dict[tuple[str, UUID], tuple[int, int, str]] = {}
        statement = select(*_PHONE_COLUMNS).where(
            PhoneRow.network_id == self._network_id,
            PhoneRow.is_private.is_(False),
            PhoneRow.type.not_in(("fax", "pager")),
        )
        if self._ids is not None:
            places = [site.id for sites in self.sites.values() for site in sites]
            statement = statement.where(
                or_(
                    PhoneRow.service_id.in_(self._ids),
                    PhoneRow.location_id.in_(places),
                    PhoneRow.member_id.in_(self.members),
                )
            )
        for row in db.session.execute(statement):
            number = f"{row.number} x{row.extension}" if row.extension else row.number
            held = (rank.get(row.type, 2), row.position, number)
            for kind, owner in (
                ("service", row.service_id),
                ("site", row.location_id),
                ("member", row.member_id),
            ):
                if owner and held < best.get((kind, owner), (9, 0, "")):
                    best[kind, owner] = held
        self._best_phones = best
        return {owner: held[2] for (kind, owner), held in best.items() if kind == "service"}

    def phone_of(self, row: Found) -> str | None:
        """Return the number shown for a service row, or None."""
        if own := self.phones.get(row.id):
            return own
        owners = [("site", site.id) for site in self.sites.get(row.id, ())]
        for key in (*owners, ("member", row.member_id)):
            if key in self._best_phones:
                return self._best_phones[key][2]
        return None

    def _wanted(self, statement: Select[Any], column: Any) -> Select[Any]:  # noqa: ANN401
        return statement if self._ids is None else statement.where(column.in_(self._ids))


def answers_of(row: Found) -> Answers:
    """Return how the member of a row is reached."""
    return Answers(bool(row.on_ccr), bool(row.by_phone), bool(row.by_link))


def _grouped(rows: Iterable[Found]) -> dict[UUID, list[Found]]:
    grouped: dict[UUID, list[Found]] = defaultdict(list)
    for row in rows:
        grouped[row.service_id].append(row)
    return grouped


def member_of_row(row: Found, answers: Answers) -> Member:
    """Return the member that a row describes, and how it can be sent a referral."""
    return Member(
        id=row.id,
        name=row.name,
        category=MemberCategory(row.category),
        sector=Sector(row.sector),
        regime=Regime(row.regime),
        active=row.active,
        mandated_reporter=Known(row.mandated_reporter),
        law_enforcement_run=Known(row.law_enforcement_run),
        public_records=Known(row.public_records),
        asks_for_id=Known(row.asks_for_id),
        on_ccr=answers.on_ccr,
        by_phone=answers.by_phone,
        by_link=answers.by_link,
    )


def service_of_row(row: Found, hanging: Hanging) -> Service:
    """Return the service that a row and what hangs on it describe."""
    capacity = hanging.capacity.get(row.id)
    return Service(
        id=row.id,
        network_id=row.network_id,
        member=hanging.members[row.member_id],
        compartment_id=row.compartment_id,
        compartment_kind=CompartmentKind(row.kind),
        name=row.name,
        status=ServiceStatus(row.status),
        needs=frozenset(Need(n.need) for n in hanging.needs.get(row.id, ())),
        tracks=frozenset(Track(code) for code in row.tracks),
        areas=tuple(Area(AreaExtent(a.extent), a.code) for a in hanging.areas.get(row.id, ())),
        sites=()
        if row.confidential
        else tuple(_site(site) for site in hanging.sites.get(row.id, ())),
        languages=tuple(
            Language(entry.code, LanguageMode(entry.mode))
            for entry in hanging.languages.get(row.id, ())
        ),
        coverage=tuple(
            Coverage(
                Need(c.need) if c.need else None, CoverageMode(c.mode), c.opening_hours, c.phone
            )
            for c in hanging.coverage.get(row.id, ())
        ),
        capacity=_capacity(capacity[0]) if capacity else None,
        confidential=row.confidential,
        do_not_refer=row.do_not_refer,
        description=row.description,
        opening_hours=row.opening_hours,
        hours_text=row.hours_text,
        minimum_age=row.minimum_age,
        maximum_age=row.maximum_age,
        gender_served=Gender(row.gender_served),
        populations=frozenset(Population(code) for code in row.populations),
        populations_only=row.populations_only,
        accessibility={Access(k): Known(v) for k, v in row.accessibility.items()},
        cost=Cost(row.cost),
        in_person=row.in_person,
        by_phone=row.by_phone,
        virtual=row.virtual,
        phone=hanging.phone_of(row),
        website=row.url,
        email=row.email,
        how_to_apply=row.application_process,
        eligibility_text=row.eligibility_description,
        fees_text=row.fees_description,
        alert=row.alert,
        last_verified_at=row.last_verified_at,
        timezone=row.timezone,
        version=row.version,
    )


def _site(row: Found) -> Site:
    known = row.latitude is not None
    return Site(
        id=row.id,
        name=row.name,
        city=row.city or "",
        state=row.state_province or "",
        county_fips=row.county_fips,
        zip_code=_zip(row.postal_code),
        point=Point(row.latitude, row.longitude) if known else None,
        precision=Precision(row.precision),
        coordinates_from=row.coordinates_from,
    )


def _zip(postal_code: str | None) -> str | None:
    """Return the five digits of a US ZIP, or the code as it is elsewhere."""
    if postal_code and postal_code[:5].isdigit() and postal_code[5:6] in {"", "-"}:
        return postal_code[:5]
    return postal_code


def _capacity(row: Found) -> Capacity:
    status = CapacityStatus(row.status)
    return Capacity(
        status,
        row.available,
        row.unit,
        row.updated_at,
        row.updated_by,
        # The snapshot for routing leaves out what does not weigh there.
        getattr(row, "households", None) or {},
        getattr(row, "note", None) or "",
    )
