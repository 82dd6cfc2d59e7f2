"""The demo network as values, read from data/demo: invented people's agencies on real towns.

What lives here: reading those tables, with ages made into moments. What must not: storing, and any
name or phone of somebody who exists (R100).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from ccr.adapters.demo_ties import DemoGap, DemoPathway, DemoProtocol, Ties
from ccr.adapters.gazetteer import Gazetteer
from ccr.domain.directory import (
    Agreement,
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
from ccr.domain.program_policies import ProgramFacts
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

Line = dict[str, str]


@dataclass(frozen=True, slots=True)
class DemoProgram:
    """A member's program (compartment)."""

    id: UUID
    member_id: UUID
    kind: CompartmentKind


@dataclass(frozen=True, slots=True)
class DemoMember:
    """A member with what the domain value has no room for."""

    key: str
    member: Member
    phone: str
    description: str
    listed: bool


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An account to make; no member means the network's own coordination."""

    email: str
    role: str
    member: str | None
    program: CompartmentKind | None
    listed: bool


@dataclass(frozen=True, slots=True)
class DemoNetwork:
    """Everything in data/demo. `keys` maps a service's id to its key in the table."""

    members: tuple[DemoMember, ...]
    programs: tuple[DemoProgram, ...]
    services: tuple[Service, ...]
    agreements: tuple[Agreement, ...]
    pathways: tuple[DemoPathway, ...]
    protocols: tuple[DemoProtocol, ...]
    program_facts: dict[UUID, ProgramFacts]
    gaps: tuple[DemoGap, ...]
    people: tuple[DemoPerson, ...]
    keys: dict[UUID, str]


def read_demo(
    folder: Path, network_id: UUID, gazetteer: Gazetteer, *, today: date, at: datetime
) -> DemoNetwork:
    """Return the demo network with new ids; its ages are counted back from `at` and `today`.

    Raises:
        ValueError, KeyError: a table holds a word that is not in our vocabularies.
    """
    reader = _Reader(folder, network_id, gazetteer, at)
    members = reader.members()
    services = reader.services(members)
    ties = Ties(
        {m.key: m.member.id for m in members},
        {key: program.id for key, program in reader.programs.items()},
        today,
        at,
    )
    return DemoNetwork(
        members=tuple(members),
        programs=tuple(reader.programs.values()),
        services=tuple(services.values()),
        agreements=tuple(ties.agreement(line) for line in _lines(folder / "agreements.csv")),
        pathways=tuple(ties.pathway(line) for line in _lines(folder / "pathways.csv")),
        protocols=tuple(ties.protocol(line) for line in _lines(folder / "protocols.csv")),
        program_facts=ties.program_facts(_lines(folder / "program_facts.csv")),
        gaps=tuple(ties.gap(line) for line in _lines(folder / "gaps.csv")),
        people=tuple(_person(line) for line in _lines(folder / "people.csv")),
        keys={service.id: key for key, service in services.items()},
    )


def shown_addresses(folder: Path) -> tuple[str, ...]:
    """Return the addresses of the accounts that are worth showing, in the order of the table."""
    return tuple(p.email for p in map(_person, _lines(folder / "people.csv")) if p.listed)


def _lines(path: Path) -> list[Line]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _codes(text: str) -> list[str]:
    return [code for code in text.split(";") if code]


def _pairs(text: str) -> list[tuple[str, str]]:
    """Return ("es", "staff"), … of "es:staff;…"; access needs are written with "="."""
    pairs = [code.replace("=", ":").partition(":") for code in _codes(text)]
    return [(left, right) for left, _, right in pairs]


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _person(line: Line) -> DemoPerson:
    return DemoPerson(
        email=line["email"],
        role=line["role"],
        member=line["member"] or None,
        program=CompartmentKind(line["program"]) if line["program"] else None,
        listed=line["listed"] == "yes",
    )


class _Reader:
    """Holds what the tables share while they are read."""

    def __init__(self, folder: Path, network_id: UUID, gazetteer: Gazetteer, at: datetime) -> None:
        self._folder = folder
        self._network_id = network_id
        self._gazetteer = gazetteer
        self._at = at
        self.programs: dict[tuple[str, str], DemoProgram] = {}

    def members(self) -> list[DemoMember]:
        found = []
        staffed = {line["member"] for line in _lines(self._folder / "people.csv")}
        for line in _lines(self._folder / "members.csv"):
            member = Member(
                id=uuid4(),
                name=line["name"],
                category=MemberCategory(line["category"]),
                sector=Sector(line["sector"]),
                regime=Regime(line["regime"]),
                active=True,
                mandated_reporter=Known(line["mandated_reporter"]),
                law_enforcement_run=Known(line["law_enforcement_run"]),
                public_records=Known(line["public_records"]),
                asks_for_id=Known(line["asks_for_id"]),
                on_ccr=line["key"] in staffed,
            )
            for kind in _codes(line["programs"]):
                self.programs[line["key"], kind] = DemoProgram(
                    uuid4(), member.id, CompartmentKind(kind)
                )
            listed = line["listed"] == "yes"
            found.append(
                DemoMember(line["key"], member, line["phone"], line["description"], listed)
            )
        return found

    def services(self, members: list[DemoMember]) -> dict[str, Service]:
        by_key = {m.key: m.member for m in members}
        sites = {line["key"]: self._site(line) for line in _lines(self._folder / "sites.csv")}
        coverage: dict[str, list[Coverage]] = {}
        for line in _lines(self._folder / "coverage.csv"):
            coverage.setdefault(line["service"], []).append(_coverage(line))
        return {
            line["key"]: self._service(line, by_key, sites, tuple(coverage.get(line["key"], ())))
            for line in _lines(self._folder / "services.csv")
        }

    def _site(self, line: Line) -> Site:
        """Return a site in the middle of its ZIP, or at a point given to a hundredth of a degree.

        No address is invented, and no point is so fine that a house could be meant.
        """
        place = self._gazetteer.resolve(line["zip"])
        own = Point(float(line["lat"]), float(line["lon"])) if line["lat"] else None
        return Site(
            id=uuid4(),
            name=line["name"],
            city=place.label.partition(",")[0],
            state=place.state,
            county_fips=place.county_fips,
            zip_code=place.zip_code,
            point=own or place.point,
            precision=Precision.ZIP,
        )

    def _service(
        self,
        line: Line,
        members: dict[str, Member],
        sites: dict[str, Site],
        coverage: tuple[Coverage, ...],
    ) -> Service:
        program = self.programs[line["member"], line["program"]]
        modes = _codes(line["modes"])
        return Service(
            id=uuid4(),
            network_id=self._network_id,
            member=members[line["member"]],
            compartment_id=program.id,
            compartment_kind=program.kind,
            name=line["name"],
            status=ServiceStatus(line["status"]),
            needs=frozenset(Need(code) for code in _codes(line["needs"])),
            tracks=frozenset(Track(code) for code in _codes(line["tracks"])),
            areas=tuple(Area(AreaExtent(e), code) for e, code in _pairs(line["areas"])),
            sites=tuple(sites[key] for key in _codes(line["sites"])),
            languages=tuple(Language(c, LanguageMode(m)) for c, m in _pairs(line["languages"])),
            coverage=coverage,
            capacity=self._capacity(line),
            confidential=line["confidential"] == "yes",
            do_not_refer=line["do_not_refer"] == "yes",
            description=line["description"],
            opening_hours=line["opening_hours"] or None,
            hours_text=line["hours_text"],
            minimum_age=_whole(line["minimum_age"]),
            maximum_age=_whole(line["maximum_age"]),
            gender_served=Gender(line["gender"]),
            populations=frozenset(Population(code) for code in _codes(line["populations"])),
            populations_only=line["populations_only"] == "yes",
            accessibility={Access(a): Known(k) for a, k in _pairs(line["access"])},
            cost=Cost(line["cost"]),
            in_person="in-person" in modes,
            by_phone="phone" in modes,
            virtual="virtual" in modes,
            phone=line["phone"] or None,
            how_to_apply=line["how_to_apply"],
            alert=line["alert"],
            last_verified_at=self._at - timedelta(days=int(line["verified_days_ago"])),
        )

    def _capacity(self, line: Line) -> Capacity:
        hours_ago = _whole(line["capacity_hours_ago"])
        return Capacity(
            status=CapacityStatus(line["capacity"]),
            available=_whole(line["available"]),
            unit=line["unit"] or None,
            updated_at=None if hours_ago is None else self._at - timedelta(hours=hours_ago),
        )


def _coverage(line: Line) -> Coverage:
    return Coverage(
        need=Need(line["need"]) if line["need"] else None,
        mode=CoverageMode(line["mode"]),
        opening_hours=line["opening_hours"],
        phone=line["phone"] or None,
    )
