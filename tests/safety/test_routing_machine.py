"""No sequence of searches, filters, pages, files and edits breaks a rule that protects somebody.

A state machine makes a small network in a database and asks it the way people and machines do:
partners with exclusions and measured trips, listings by filter, sort and page, open data, files.
After every answer: exclusions, distances to keep and a linked other party leave no trace (R81,
R82); the other side is never named (R83), nor does
its work answer a survivor's need (R84); what hides is the same from every origin with the same
areas, without minutes, distance or place (R49). CCR_TEST_FULL asks for longer.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from ccr.domain.directory import Area, DirectorySnapshot, Place, Service
from ccr.domain.keeping_away import kept_away
from ccr.domain.listing_search import Hours, ListingQuery, Sort, Way
from ccr.domain.measured_travel import Goal
from ccr.domain.open_questions import LinkQuestion, Paging, ServiceQuestion
from ccr.domain.routing import rank_partners
from ccr.domain.taxonomy import (
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    Gender,
    Need,
    Track,
    Transport,
    Urgency,
)
from ccr.engine.partner_index import PartnerIndex
from ccr.policy.identity import Role
from ccr.services import exporting, finding, open_data
from ccr.services.finder import public_identity
from ccr.services.route_document import answer_as_dict
from ccr.services.routing import RouteFields, find_partners, ready_directory
from ccr.services.world import World
from ccr.storage.db import db, unit_of_work
from ccr.storage.queries import accounts
from ccr.storage.queries.snapshot import load_snapshot
from tests.builders import ALBANY, NOW, TROY, make_capacity, make_site
from tests.directory_rows import save_agreement, save_service
from tests.loop import world
from tests.people import Team, make_network, make_team

FULL = "CCR_TEST_FULL" in os.environ
VICTIM_SERVICES, APIP = CompartmentKind.VICTIM_SERVICES, CompartmentKind.APIP
SAME_COUNTY = (("12180", "12182", "Rensselaer County"), ("12207", "12208", "Albany County"))
NEEDS = (Need.ADVOCACY, Need.HOUSING, Need.FOOD, Need.MEDICAL)
TELLS_A_PLACE = {"distance_km", "effective_minutes", "parts", "lat", "lon", "site_id"}
KINDS = (
    "measured",
    "estimated",
    "with somebody feared",
    "with a place feared",
    "with two parties linked",
    "with something that hides",
    "listings that hide",
    "files",
    "open data",
)
_networks = count(1)
_asked: Counter[str] = Counter()
"""How often each kind of answer was looked at in full, so that none of them can idle."""

needs = st.lists(st.sampled_from(NEEDS), min_size=1, max_size=3, unique=True)


class AnyMatrix:
    """Measures every trip by the number of the site, and notes what it was asked about."""

    def __init__(self) -> None:
        self.asked: set[UUID] = set()

    def seconds(
        self, place: Place, goals: Sequence[Goal], transport: Transport
    ) -> Mapping[UUID, float]:
        assert place.label.startswith(place.county) or place.label.endswith(place.zip_code or "")
        assert transport is not Transport.TRANSIT
        self.asked |= {goal.site_id for goal in goals}
        return {goal.site_id: 1200 + goal.site_id.int % 3000 for goal in goals}


class RoutingMachine(RuleBasedStateMachine):
    """A network that grows, asked in every way; `excluded` are members a person fears."""

    @initialize(seed=st.integers(0, 2**16))
    def make(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.stored: DirectorySnapshot | None = None
        self.network_id = make_network(f"Network {next(_networks)}", at=NOW)
        self.teams = [self._team(kind) for kind in (CompartmentKind.GENERAL, VICTIM_SERVICES, APIP)]
        self.teams += [self._team(CompartmentKind.GENERAL) for _ in range(2)]
        self.teams += self._dual()
        self.excluded: set[UUID] = set()
        self.away: list[str] = []
        self.apart: list[str] = []
        self.gone: set[UUID] = set()
        self.asking = self.teams[0].identity
        self.anybody = public_identity(accounts.get_network(self.network_id))
        for team in self.teams[1:]:
            for _ in range(self.rng.choice([1, 2, 3])):
                self._add(team)
        for a, b in ((0, 1), (1, 3), (3, 4)):
            save_agreement(self.network_id, self.teams[a], self.teams[b])

    @rule(team=st.integers(1, 6))
    def add_a_service(self, team: int) -> None:
        self._add(self.teams[team])

    @rule(team=st.integers(1, 6))
    def fear_a_member(self, team: int) -> None:
        self.excluded = {self.teams[team].member_id, *list(self.excluded)[:1]}

    @rule(place=st.sampled_from(["12180=2", "12207=1", "12180=40"]))
    def fear_a_place(self, place: str) -> None:
        self.away = [place, *self.away[:1]]

    @rule(number=st.integers(0, 30))
    def link_the_other_party(self, number: int) -> None:
        services = sorted(self._services(), key=lambda service: service.id)
        self.apart = [str(services[number % len(services)].id)]

    @rule()
    def fear_nobody(self) -> None:
        self.excluded, self.away, self.apart = set(), [], []

    @rule(
        needs=needs,
        place=st.sampled_from(SAME_COUNTY),
        measured=st.booleans(),
        said=st.fixed_dictionaries(
            {
                "track": st.sampled_from([*Track]),
                "urgency": st.sampled_from([*Urgency]),
                "transport": st.sampled_from([*Transport]),
                "language": st.sampled_from(["", "es"]),
                "gender": st.sampled_from(["", "women"]),
                "limit": st.sampled_from(["", "1", "50"]),
            }
        ),
    )
    def find(
        self, needs: list[Need], place: tuple[str, str, str], measured: bool, said: dict[str, str]
    ) -> None:
        asked = RouteFields(
            needs=[*needs],
            exclude=sorted(map(str, self.excluded)),
            not_near=self.away,
            apart_from=self.apart,
            **said,
        )
        matrix = AnyMatrix()
        here = replace(world(), travel=matrix if measured else None)
        answers = [self._ask(here, replace(asked, near=near)) for near in place[:2]]
        # Asking to keep away from where nobody is reads like not asking: the same bytes.
        far = replace(asked, near=place[0], not_near=[*self.away, "Anchorage, AK=1"])
        assert json.dumps(self._ask(here, far)) == json.dumps(answers[0])
        for document in answers:
            text = json.dumps(document)
            self._leaves_no_trace(text)
            self._keeps_sides_apart(text, Track(said["track"]))
            hidden = {str(s.id) for s in self._services() if s.confidential}
            assert not hidden & {partner["service_id"] for partner in document["partners"]}
            for partner in document["area_partners"]:
                assert not TELLS_A_PLACE & set(partner)
        assert answers[0]["area_partners"] == answers[1]["area_partners"]
        assert _hidden_rows(answers[0], self._services()) == _hidden_rows(
            answers[1], self._services()
        )
        may_be_asked = {
            site.id
            for s in self._services()
            if not s.confidential and s.id not in self.gone and s.member.id not in self.excluded
            for site in s.sites
        }
        assert matrix.asked <= may_be_asked
        _asked["measured" if matrix.asked else "estimated"] += 1
        _asked["with somebody feared"] += bool(self.excluded)
        _asked["with a place feared"] += bool(self.away and self.gone)
        _asked["with two parties linked"] += bool(self.apart and self.gone)
        _asked["with something that hides"] += bool(answers[0]["area_partners"])

    @rule(
        needs=st.sets(st.sampled_from(NEEDS), max_size=2),
        pair=st.sampled_from(SAME_COUNTY),
        sort=st.sampled_from([*Sort]),
        way=st.sampled_from([None, *Way]),
        hours=st.sampled_from([None, *Hours]),
        free=st.booleans(),
    )
    def look_through(
        self,
        needs: set[Need],
        pair: tuple[str, str, str],
        sort: Sort,
        way: Way | None,
        hours: Hours | None,
        free: bool,
    ) -> None:
        query = ListingQuery(needs=frozenset(needs), sort=sort, way=way, hours=hours, free=free)
        seen = []
        for near in pair[:2]:
            place = world().gazetteer.resolve(near, default_state="NY")
            look = partial(
                finding.find_listings,
                self.asking,
                world(),
                replace(query, near=place),
                at=NOW,
                timezone="America/New_York",
            )
            first = look()
            lines = [line for n in range(1, first.pages + 1) for line in look(page=n).lines]
            assert len({line.service.id for line in lines}) == len(lines) == first.total
            hidden = [line for line in lines if line.service.confidential]
            assert all(line.km is None for line in hidden)
            seen.append([(line.service.id, line.group) for line in hidden])
        assert seen[0] == seen[1]
        _asked["listings that hide"] += bool(seen[0])

    @rule(
        per_page=st.sampled_from([1, 3, None]),
        pair=st.sampled_from(SAME_COUNTY),
        metres=st.sampled_from([10, 90_000]),
    )
    def read_open_data(self, per_page: int | None, pair: tuple[str, str, str], metres: int) -> None:
        private = {str(s.id) for s in self._services() if s.confidential}
        answer = open_data.find_services(self.anybody, world(), ServiceQuestion(full=True))
        whole = list(answer.stream())
        paged: list[dict[str, Any]] = []
        while len(paged) < answer.total:
            page = Paging(1 + len(paged) // (per_page or 50), per_page)
            paged += answer.page(page).contents
        assert paged == whole
        for found in whole:
            if found["id"] in private:
                text = json.dumps(found)
                assert not any(word in text for word in ('"latitude"', '"postal_code"'))
        by_place = []
        for postcode in pair[:2]:
            near = LinkQuestion(full=True, postcode=postcode, proximity=float(metres))
            links = open_data.find_links(self.anybody, world(), near).stream()
            hidden = [link for link in links if link["service"]["id"] in private]
            assert not any(word in json.dumps(hidden) for word in ('"latitude"', '"postal_code"'))
            by_place.append(hidden)
        assert by_place[0] == by_place[1]
        _asked["open data"] += bool(private)

    @rule(kind=st.sampled_from(["csv", "geojson", "vcard"]))
    def take_away(self, kind: str) -> None:
        taken = exporting.export(self.asking, world(), kind, at=NOW)
        text = b"".join(taken.pieces).decode()
        sites = {s.id: s.sites for s in self._services()}
        assert all(not sites[s.id] for s in self._services() if s.confidential)
        if kind == "geojson":
            private = {s.name for s in self._services() if s.confidential}
            for feature in json.loads(text)["features"]:
                if any(name in json.dumps(feature["properties"]) for name in private):
                    assert feature["geometry"] is None
        _asked["files"] += 1

    def _ask(self, here: World, fields: RouteFields) -> dict[str, Any]:
        answer = find_partners(self.asking, here, fields, at=NOW)
        self.gone = {s.id for s in self._services() if kept_away(s, answer.request, world().hours)}
        hiding = {s.id for s in self._services() if s.confidential}
        assert self.gone & hiding <= {UUID(text) for text in self.apart}
        if here.travel is None:
            self._is_as_if_they_were_not_there(answer)
        return answer_as_dict(self.asking, here, answer, ready_directory(self.asking))

    def _is_as_if_they_were_not_there(self, answer: Any) -> None:
        """R82: the answer is the one of a directory that never had the members left out."""
        whole = self._snapshot()
        others = tuple(
            s for s in whole.services if s.member.id not in self.excluded and s.id not in self.gone
        )
        nothing = {"excluded_members": frozenset(), "not_near": ()}
        request = replace(answer.request, **nothing)
        # Beside the other party a word of care stays, so that the rules themselves answer then.
        rest = replace(whole, services=others)
        rank = partial(rank_partners, rest) if self.apart else PartnerIndex(rest).rank
        without = rank(request, hours=world().hours)
        assert replace(answer, request=request) == without

    def _leaves_no_trace(self, text: str) -> None:
        for service in self._services():
            if service.id in self.gone:
                assert str(service.id) not in text
                assert service.name not in text
            if service.member.id in self.excluded:
                for trace in (service.id, service.name, service.member.id, service.member.name):
                    assert str(trace) not in text

    def _keeps_sides_apart(self, text: str, track: Track) -> None:
        other = {Track.ABUSIVE_PARTNER: VICTIM_SERVICES, Track.OTHER: None}.get(track, APIP)
        for service in self._services():
            if service.compartment_kind is other:
                assert str(service.id) not in text
                assert service.name not in text

    def _services(self) -> tuple[Service, ...]:
        return self._snapshot().services

    def _snapshot(self) -> DirectorySnapshot:
        if self.stored is None:
            self.stored = load_snapshot(self.network_id)
        return self.stored

    def _team(self, kind: CompartmentKind, role: Role = Role.WORKER) -> Team:
        word = uuid4().hex[:12]
        return make_team(
            self.network_id, f"Member {word}", role, at=NOW, kind=kind, email=f"{word}@example.org"
        )

    def _dual(self) -> list[Team]:
        """Return the two programs of one member: victim services and abusive partner work."""
        one = self._team(VICTIM_SERVICES)
        with unit_of_work():
            other = accounts.add_compartment(
                self.network_id, one.member_id, name="Groups", kind=APIP, at=NOW
            )
        return [one, replace(one, compartment_id=other)]

    def _add(self, team: Team) -> None:
        rng, self.stored = self.rng, None
        hidden = rng.random() < 0.35
        place = rng.choice([TROY, ALBANY])
        save_service(
            team,
            name=f"Service {uuid4().hex[:12]}",
            confidential=hidden,
            needs=frozenset(rng.sample(NEEDS, rng.choice([1, 2, 3]))),
            areas=rng.choice(
                [(Area(AreaExtent.STATE, "NY"),), (Area(AreaExtent.COUNTY, "36083"),)]
            ),
            sites=() if hidden else (make_site(place),),
            capacity=rng.choice([None, make_capacity(rng.choice([*CapacityStatus]))]),
            gender_served=rng.choice([Gender.ALL, Gender.MEN]),
            tracks=rng.choice([frozenset(Track), frozenset()]),
        )

    def teardown(self) -> None:
        db.session.rollback()


def _hidden_rows(document: dict[str, Any], services: Sequence[Service]) -> list[Any]:
    hidden = {str(s.id) for s in services if s.confidential}
    return [row for row in document["why_not"] if row["service_id"] in hidden]


def test_no_sequence_of_questions_breaks_a_rule_that_protects(sqlite_app) -> None:
    run_state_machine_as_test(
        RoutingMachine,
        settings=settings(
            max_examples=40 if FULL else 4,
            stateful_step_count=30 if FULL else 10,
            deadline=None,
            derandomize=not FULL,
            database=None,
            # Making a failure shorter takes minutes: with CCR_TEST_FULL alone.
            phases=[*Phase] if FULL else [Phase.generate],
            suppress_health_check=[*HealthCheck],
        ),
    )


def test_every_question_of_the_machine_looks_at_what_it_is_about(sqlite_app) -> None:
    """The machine may leave kinds of steps out of a run; here each is taken and finds something."""
    _asked.clear()
    machine = RoutingMachine()
    machine.make(seed=7)
    said = {"track": "survivor", "urgency": "standard", "transport": "car", "language": ""}
    said |= {"gender": "", "limit": "50"}
    for feared in (None, 1, 5):
        if feared is not None:
            machine.fear_a_member(team=feared)
        for measured, track in ((False, "survivor"), (True, "abusive-partner")):
            machine.find(list(NEEDS[:3]), SAME_COUNTY[0], measured, {**said, "track": track})
    for sort in Sort:
        machine.look_through(set(), SAME_COUNTY[1], sort, None, None, free=False)
    machine.fear_nobody()
    for fear in (
        partial(machine.fear_a_place, place="12180=2"),
        partial(machine.link_the_other_party, number=0),
    ):
        fear()
        machine.find(list(NEEDS[:3]), SAME_COUNTY[0], False, {**said, "track": "survivor"})
    machine.read_open_data(per_page=3, pair=SAME_COUNTY[0], metres=90_000)
    machine.take_away(kind="geojson")
    assert all(_asked[kind] for kind in KINDS), _asked
