"""A small, crowded, made-up country in which every rule of routing happens often, for tests.

For directories of real sizes see `large_directory`.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from ccr.domain.answer_times import AnswerTimes
from ccr.domain.directory import (
    Agreement,
    Area,
    Capacity,
    Coverage,
    DirectorySnapshot,
    Language,
    Place,
    Point,
    Precision,
    Service,
    Site,
)
from ccr.domain.routing_request import NotNear, RouteRequest
from ccr.domain.taxonomy import (
    Access,
    AgeBand,
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    Cost,
    CoverageMode,
    Gender,
    Known,
    LanguageMode,
    Need,
    Population,
    ServiceStatus,
    Track,
    Transport,
    Urgency,
)
from tests.builders import NETWORK_ID, NOW, make_id, make_member

CENTRES = 60
WEEKS = ("24/7", "Mo-Fr 09:00-17:00", "Mo-Fr 09:00-17:00", "Mo-Sa 08:00-20:00", None)


class RandomDirectory:
    """A made-up country: towns in counties, services near towns, some of them hidden."""

    def __init__(self, seed: int, services: int, centres: int = CENTRES) -> None:
        self.rng = random.Random(seed)
        self.towns = [self._town(number) for number in range(centres)]
        members = max(services // 4, 3)
        self.members = [
            make_member(active=self.rng.random() > 0.02, on_ccr=self.rng.random() < 0.6)
            for _ in range(members)
        ]
        self.compartments = [make_id() for _ in range(members)]
        self.snapshot = DirectorySnapshot(
            NETWORK_ID,
            1,
            tuple(self._service() for _ in range(services)),
            tuple(self._agreement() for _ in range(members // 2)),
            AnswerTimes(8 * 60, {m.id: 60 * self.rng.randrange(1, 60) for m in self.members[::3]}),
        )

    def _town(self, number: int) -> Place:
        state = number % 12
        return Place(
            label=f"Town {number}",
            point=Point(self.rng.uniform(30, 46), self.rng.uniform(-120, -72)),
            precision=Precision.ZIP,
            zip_code=f"{10000 + number}",
            county_fips=f"{state + 10}{number:03}",
            county=f"County {number}",
            state=f"{chr(65 + state)}Y",
        )

    def request(self, **changes: Any) -> RouteRequest:
        rng = self.rng
        sender = rng.randrange(len(self.members))
        return RouteRequest(
            **{
                "needs": tuple(rng.sample(list(Need)[:16], rng.choice([1, 1, 1, 2, 2, 3, 5]))),
                "near": rng.choice(self.towns),
                "at": NOW + timedelta(hours=rng.choice([0, 0, 0, 13, 40])),
                "track": rng.choice([Track.SURVIVOR] * 4 + list(Track)),
                "urgency": rng.choice([Urgency.STANDARD] * 3 + list(Urgency)),
                "language": rng.choice([None, None, "es", "so"]),
                "access": rng.choice([frozenset()] * 4 + [frozenset({Access.WHEELCHAIR})]),
                "age_band": rng.choice([None, None, *AgeBand]),
                "gender": rng.choice([None, None, Gender.WOMEN, Gender.MEN]),
                "transport": rng.choice([Transport.CAR] * 3 + list(Transport)),
                "not_near": rng.choice([(), (), (), (NotNear(rng.choice(self.towns), 12.0),)]),
                "apart_from": rng.choice([(), (), (), (rng.choice(self.snapshot.services),)]),
                "excluded_members": frozenset(m.id for m in rng.sample(self.members, 2)),
                "sender_member_id": self.members[sender].id,
                "sender_compartment_id": self.compartments[sender],
                "limit": 10,
                **changes,
            }
        )

    def _service(self) -> Service:
        rng, town = self.rng, self.rng.choice(self.towns)
        confidential = rng.random() < 0.06
        number = rng.randrange(len(self.members))
        sites = (
            ()
            if confidential
            else tuple(self._site(town) for _ in range(rng.choice([1, 1, 1, 1, 2])))
        )
        return Service(
            id=make_id(),
            network_id=NETWORK_ID,
            member=self.members[number],
            compartment_id=self.compartments[number],
            compartment_kind=rng.choice([CompartmentKind.GENERAL] * 9 + list(CompartmentKind)),
            name=f"Service {rng.randrange(1000)}",
            status=ServiceStatus.ACTIVE if rng.random() < 0.96 else rng.choice([*ServiceStatus]),
            needs=frozenset(rng.sample(list(Need)[:18], rng.choice([1, 1, 2, 3, 4]))),
            tracks=rng.choice([frozenset(Track)] * 3 + [frozenset(), frozenset({Track.CHILD})]),
            areas=self._areas(town, confidential=confidential),
            sites=sites,
            languages=rng.choice(
                [
                    (),
                    (Language("en", LanguageMode.STAFF),),
                    (Language("en", LanguageMode.STAFF), Language("es", LanguageMode.STAFF)),
                    (Language("en", LanguageMode.STAFF), Language("es", LanguageMode.INTERPRETER)),
                ]
            ),
            coverage=(Coverage(None, CoverageMode.STAFFED, rng.choice(WEEKS) or "24/7"),),
            capacity=rng.choice([None, self._capacity()]),
            confidential=confidential,
            do_not_refer=rng.random() < 0.02,
            opening_hours=rng.choice(WEEKS),
            minimum_age=rng.choice([None, None, 13, 18]),
            maximum_age=rng.choice([None, None, None, 59]),
            gender_served=rng.choice([Gender.ALL] * 4 + list(Gender)),
            populations=rng.choice([frozenset()] * 5 + [frozenset({Population.TEEN})]),
            populations_only=rng.random() < 0.5,
            accessibility={Access.WHEELCHAIR: rng.choice(list(Known))},
            cost=rng.choice(list(Cost)),
            in_person=rng.random() < 0.95,
            by_phone=rng.random() < 0.2,
            virtual=rng.random() < 0.05,
            phone="518-555-0118",
            last_verified_at=rng.choice(
                [None, *(NOW - timedelta(days=rng.randrange(500)) for _ in range(4))]
            ),
        )

    def _site(self, town: Place) -> Site:
        point = Point(
            town.point.lat + self.rng.gauss(0, 0.2), town.point.lon + self.rng.gauss(0, 0.25)
        )
        return Site(
            make_id(),
            "Site",
            town.label,
            town.state,
            town.county_fips,
            town.zip_code,
            point,
            self.rng.choice([Precision.ROOFTOP, Precision.ZIP, Precision.CITY]),
        )

    def _areas(self, town: Place, *, confidential: bool) -> tuple[Area, ...]:
        chance = self.rng.random()
        if chance < 0.05:
            return (Area(AreaExtent.NATION, "US"),)
        if chance < 0.15:
            return (Area(AreaExtent.STATE, town.state),)
        if chance < 0.2 and not confidential:
            return ()
        if chance < 0.25 and not confidential:
            return (Area(AreaExtent.ZIP, town.zip_code or ""),)
        return (Area(AreaExtent.COUNTY, town.county_fips),)

    def _capacity(self) -> Capacity:
        days = self.rng.randrange(14)
        status = self.rng.choice([CapacityStatus.CAPACITY, *CapacityStatus])
        return Capacity(status, self.rng.randrange(5), "places", NOW - timedelta(days=days))

    def _agreement(self) -> Agreement:
        pair = self.rng.sample(self.members, 2)
        signed = NOW.date() - timedelta(days=self.rng.randrange(900))
        return Agreement(frozenset(m.id for m in pair), signed, signed + timedelta(days=730))
