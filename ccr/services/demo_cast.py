"""Who takes part in the demo's past, and the draft of one referral between two of them.

What lives here: programs, hours and towns by the keys of the tables, and facts about nobody. What
must not: when it was and how it goes (`demo_history`, `demo_courses`).
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.adapters.demo_past_tables import Flow, OpenWork
from ccr.adapters.demo_tables import DemoNetwork
from ccr.domain.clocks import OpenCalendar
from ccr.domain.directory import Service
from ccr.domain.disclosure import AgeShown, Coarsened, ReferralFacts, coarsen
from ccr.domain.referral import Referral
from ccr.domain.referral_states import ChosenBy
from ccr.domain.release import DEFAULT_DAYS
from ccr.domain.taxonomy import CoverageMode, Need, Regime, Track, Urgency
from ccr.services.demo_life import Life, Party
from ccr.services.draft_facts import DraftFacts
from ccr.services.reading_hours import reading_calendar
from ccr.services.world import World
from ccr.storage.queries.demo_history import first_accounts
from ccr.storage.queries.receivers import Receiver

_LANGUAGES = {"en": 80, "es": 13, "fr": 2, "ar": 2, "zh": 1, "": 4}
_AGES = {"25-59": 60, "18-24": 20, "60+": 8, "": 12}
_CHILDREN = {"": 40, "0": 25, "1": 15, "2": 14, "3": 6}


class Cast:
    """Who takes part, by the keys of the tables, and what they draw on."""

    def __init__(
        self, world: World, demo: DemoNetwork, network_id: UUID, zone: ZoneInfo,
        rng: random.Random, at: datetime,
    ) -> None:  # fmt: skip
        self.world = world
        self.zone = zone
        self.rng = rng
        self.at = at
        self._network_id = network_id
        self._demo = demo
        self._codes: set[str] = set()
        self._calendars: dict[tuple[UUID, tuple[Need, ...]], OpenCalendar] = {}
        self.services = {demo.keys[service.id]: service for service in demo.services}

    @cached_property
    def parties(self) -> dict[UUID, Party]:
        """Return every program that somebody signs in to."""
        accounts = first_accounts(self._network_id)
        return {
            program.id: Party(program.id, *self._account(accounts[program.id]))
            for program in self._demo.programs
            if program.id in accounts
        }

    @staticmethod
    def _account(found: tuple[UUID, str]) -> tuple[UUID, Regime]:
        return found[0], Regime(found[1])

    @cached_property
    def senders(self) -> dict[str, Party]:
        """Return the program that sends, by the member's key: its first that is staffed."""
        keys = {item.member.id: item.key for item in self._demo.members}
        found: dict[str, Party] = {}
        for program in self._demo.programs:
            if program.id in self.parties:
                found.setdefault(keys[program.member_id], self.parties[program.id])
        return found

    @cached_property
    def towns(self) -> dict[str, list[str]]:
        """Return the towns with a public site, by county."""
        found: dict[str, set[str]] = {}
        for service in self._demo.services:
            for site in service.sites:
                found.setdefault(site.county_fips or "", set()).add(site.city)
        return {county: sorted(towns) for county, towns in found.items()}

    def calendar(self, service: Service, needs: tuple[Need, ...]) -> OpenCalendar:
        """Return when somebody at the partner reads referrals of these needs."""
        key = (service.id, needs)
        if key not in self._calendars:
            receiver = Receiver(
                service.id, service.name, service.compartment_id, service.member.id,
                service.member.name, service.member.regime, service.timezone,
                service.opening_hours,
                tuple(
                    (row.need, row.opening_hours)
                    for row in service.coverage
                    if row.mode is CoverageMode.STAFFED
                ),
                service.phone, reads_ccr=True, by_phone=False,
            )  # fmt: skip
            self._calendars[key] = reading_calendar(self.world.hours, receiver, needs)
        return self._calendars[key]

    def new_id(self) -> UUID:
        """Return a new id of this past."""
        return UUID(int=self.rng.getrandbits(128), version=4)

    def new_code(self) -> str:
        """Return a spoken code that no other referral has."""
        while (code := self.world.words.draw(self.rng)) in self._codes:
            pass
        self._codes.add(code)
        return code

    def draw(self, weights: dict[str, int]) -> str:
        """Return one of the keys, by weight."""
        return self.rng.choices(list(weights), list(weights.values()))[0]


def new_life(cast: Cast, flow: Flow | OpenWork, began: datetime) -> Life:
    """Return a new draft, with the facts about nobody in it."""
    service = cast.services[flow.service]
    sender, receiver = cast.senders[flow.sender], cast.parties[service.compartment_id]
    urgency = flow.urgency if isinstance(flow, OpenWork) else _urgency(cast, flow)
    shared, near = _facts(cast, service, flow.needs, urgency)
    asked = cast.rng.random() < 0.35  # noqa: PLR2004 -- a share
    referral = Referral(
        id=cast.new_id(),
        network_id=service.network_id,
        sender_compartment_id=sender.compartment_id,
        urgency=urgency,
        created_at=began,
        receiver_compartment_id=receiver.compartment_id,
        service_id=service.id,
        code=cast.new_code(),
    )
    facts = shared.facts
    return Life(
        referral=referral,
        sender=sender,
        receiver=receiver,
        calendar=cast.calendar(service, flow.needs),
        shared=shared,
        answers=DraftFacts(
            needs=tuple(need.value for need in flow.needs),
            track=facts.track.value,
            urgency=urgency.value,
            language=facts.language if facts.language in _LANGUAGES and facts.language else "",
            age_band=facts.age.value if facts.age and facts.age.value in _AGES else "",
            children=facts.children or "",
            near=near,
            transport="car",
            service_id=str(service.id),
            release_until=(began + timedelta(days=DEFAULT_DAYS)).isoformat() if asked else "",
        ),
        chosen_by=(ChosenBy.SURVIVOR if cast.rng.random() < 0.9 else ChosenBy.WORKER).value,  # noqa: PLR2004 -- a share
        world=cast.world,
        new_id=cast.new_id,
    )


def _urgency(cast: Cast, flow: Flow) -> Urgency:
    left = 100 - sum(flow.urgency.values())
    weights = {**{u.value: w for u, w in flow.urgency.items()}, Urgency.STANDARD.value: left}
    return Urgency(cast.draw(weights))


def _facts(
    cast: Cast, service: Service, needs: tuple[Need, ...], urgency: Urgency
) -> tuple[Coarsened, str]:
    """Return the facts as the receiver gets them, and the place the sender searched from."""
    county_fips = cast.rng.choice([area.code for area in service.areas])
    county = cast.world.gazetteer.county(county_fips)
    label = county.label if county else ""
    town = cast.rng.choice(cast.towns.get(county_fips, [""]))
    language, age = cast.draw(_LANGUAGES), cast.draw(_AGES)
    to_program = Track.ABUSIVE_PARTNER in service.tracks and Track.SURVIVOR not in service.tracks
    whole = ReferralFacts(
        needs=tuple(need for need in Need if need in needs),
        county_fips=county_fips,
        county=label,
        urgency=urgency,
        track=Track.ABUSIVE_PARTNER if to_program else Track.SURVIVOR,
        area=town or None,
        language=language or None,
        age=AgeShown(age) if age else None,
        children=None if to_program else cast.draw(_CHILDREN) or None,
    )
    shared = coarsen(whole, county_zips=county.zip_count if county else 1)
    return shared, f"{town}, NY" if town else label
