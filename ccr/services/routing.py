"""Finding partners: the directory kept ready per network, searched, and counted when it fails.

One index per network is kept in each process and follows the directory, so that a warm search costs
a single statement (the version, with the network's weights). Nothing of a search is kept, logged or
audited (design 6b).
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain import route_fields as read
from ccr.domain import sector_rules
from ccr.domain.answering import HoursReader
from ccr.domain.areas import by_area_alone
from ccr.domain.directory import Place, Point, Precision, Service
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.hand_overs import Promises
from ccr.domain.matching import Candidate, Search, judge, judge_by_area
from ccr.domain.measured_travel import answer_measured
from ccr.domain.own_weights import read_kept
from ccr.domain.path_words import ToldReach
from ccr.domain.phrases import phrase
from ccr.domain.route_fields import RouteFields
from ccr.domain.routing_request import LeftOut, RouteAnswer, RouteRequest
from ccr.domain.sector_rules import DEFAULT_RULES, SectorRules
from ccr.domain.taxonomy import Need
from ccr.domain.weights import DEFAULT, Weights
from ccr.engine.partner_index import PartnerIndex
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.directory_copies import Copies, present_services
from ccr.services.referral_ways import SenderWays, follow_promises, promises_in, sender_ways
from ccr.services.route_reading import find_member, find_not_near, read_typed
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts, unmet_needs
from ccr.storage.queries.routing_rules import version_and_rules
from ccr.storage.queries.snapshot import load_snapshot

__all__ = [
    "ReadyDirectory",
    "RouteFields",
    "count_unmet_need",
    "directory_copy",
    "directory_services",
    "find_in_directory",
    "find_partners",
    "read_left_out",
    "read_not_near",
    "read_request",
    "ready_directory",
    "services_and_ways",
    "still_possible",
]

MOST_KEPT = 8
"""Networks whose index is kept in one process."""
_LARGE = 2000
"""Services from which on the collector is told to leave the index alone."""


@dataclass(frozen=True, slots=True)
class ReadyDirectory:
    """The directory of a network ready for searching, and what the network set and promised."""

    index: PartnerIndex
    state: str
    timezone: str
    promises: Promises
    weights: Weights = DEFAULT
    rules: SectorRules = DEFAULT_RULES

    @property
    def version(self) -> int:
        """Return the version of the directory."""
        return self.index.version

    def ways(self, identity: Identity, request: RouteRequest, hours: HoursReader) -> SenderWays:
        """Return how whoever asks reaches partners."""
        return sender_ways(
            identity, self.promises, self.rules, request, hours=hours, weights=self.weights
        )

    def search(self, identity: Identity, request: RouteRequest, hours: HoursReader) -> Search:
        """Return the search that find_partners makes for a request, to judge services by."""
        ways = self.ways(identity, request, hours).graph.ways()
        return self.index.search(request, hours=hours, weights=self.weights, ways=ways)


def find_partners(
    identity: Identity, world: World, fields: RouteFields, *, at: datetime
) -> RouteAnswer:
    """Return the partners for what was typed. Nothing is written.

    Raises:
        ForbiddenError: the identity may not ask.
        InvalidInputError: a field cannot be used; `field` is the name of the RouteFields field.
    """
    authorise(identity, Permission.ROUTE_FIND)
    return find_in_directory(identity, world, fields, at=at)[0]


def find_in_directory(
    identity: Identity, world: World, fields: RouteFields, *, at: datetime
) -> tuple[RouteAnswer, ReadyDirectory]:
    """Return what find_partners returns, and the directory that it was found in."""
    authorise(identity, Permission.ROUTE_FIND)
    directory = _ready(identity)
    request = _read(identity, world, fields, directory, at=at)
    weights, ask = directory.weights, world.travel.seconds if world.travel else None
    between = directory.ways(identity, request, world.hours).graph.ways()
    rank = partial(directory.index.rank, hours=world.hours, weights=weights, ways=between)
    return answer_measured(request, rank, ask, weights=weights), directory


def read_request(
    identity: Identity, world: World, fields: RouteFields, *, at: datetime
) -> RouteRequest:
    """Return the request that find_partners would answer; raises as it does."""
    authorise(identity, Permission.ROUTE_FIND)
    return _read(identity, world, fields, _ready(identity), at=at)


def read_left_out(identity: Identity, texts: Iterable[str]) -> list[str]:
    """Return the members of these names or ids, never to be proposed, as ids.

    Raises:
        InvalidInputError: field `exclude`: the network has no such member, or they are too many.
    """
    authorise(identity, Permission.ROUTE_FIND)
    texts = list(texts)
    if not texts:
        return []
    directory = ready_directory(identity)
    found = read.read_excluded(texts, lambda text: find_member(identity, directory.index, text))
    return sorted(str(member_id) for member_id in found)


def read_not_near(identity: Identity, world: World, texts: Iterable[str]) -> list[str]:
    """Return the places to keep away from by their full names, each with its km.

    Raises:
        InvalidInputError: field `not_near`: a place is not known, or they are too many.
    """
    authorise(identity, Permission.ROUTE_FIND)
    texts = list(texts)
    if not texts:
        return []
    directory = ready_directory(identity)
    return [read.not_near_text(away) for away in find_not_near(world, directory.state, texts)]


def still_possible(
    identity: Identity, world: World, request: RouteRequest, service_id: UUID, *, at: datetime
) -> LeftOut | None:
    """Return the limit that now stops a service for a request, or None: asked before sending.

    An outdated listing is no limit here: the person has chosen it.

    Raises:
        NotFoundError: there is no such service in the network.
    """
    authorise(identity, Permission.ROUTE_FIND)
    directory = _ready(identity)
    service = directory.index.services.get(service_id)
    if service is None:
        raise NotFoundError
    search = directory.search(identity, replace(request, at=at), world.hours)
    if by_area_alone(service):
        return judge_by_area(service, search)
    verdict = judge(service, search)
    return None if isinstance(verdict, Candidate) else verdict


def directory_services(identity: Identity, ids: Iterable[UUID]) -> dict[UUID, Service]:
    """Return the services of these ids as the present directory has them; others are absent."""
    authorise(identity, Permission.ROUTE_FIND)
    services = _ready(identity).index.services
    return {service_id: services[service_id] for service_id in ids if service_id in services}


def services_and_ways(
    identity: Identity, world: World, answer: RouteAnswer, directory: ReadyDirectory | None = None
) -> tuple[dict[UUID, Service], dict[UUID, ToldReach]]:
    """Return the services of the plans of an answer, and how each of its partners is reached.

    Services below the end of its list are among them; both are by the id of a service.

    Args:
        directory: in which the answer was found; the present one by default.
    """
    authorise(identity, Permission.ROUTE_FIND)
    ready = directory or _ready(identity)
    known = ready.index.services
    services = {i: known[i] for i in answer.planned_ids if i in known}
    return services, ready.ways(identity, answer.request, world.hours).told_all(answer)


def count_unmet_need(
    identity: Identity,
    world: World,
    needs: Sequence[str],
    county_fips: str,
    *,
    at: datetime,
    token: UUID,
) -> bool:
    """Add one to the counter of each need that found nothing in a county, in this quarter.

    Nothing about anybody is kept. `token` comes from the form: the same one counts once.

    Returns:
        False when the token was used before and nothing was counted.

    Raises:
        ForbiddenError: the identity does not handle referrals.
        InvalidInputError: a need or the county is not known.
    """
    wanted = read.read_needs(needs)
    if world.gazetteer.county(county_fips) is None:
        raise InvalidInputError(phrase("There is no such county."), field="county_fips")
    with unit_of_work():
        authorise(identity, Permission.UNMET_NEED_COUNT)
        if not unmet_needs.use_token(token, at=at):
            return False
        local = at.astimezone(ZoneInfo(accounts.get_network(identity.network_id).timezone))
        quarter = f"{local.year}Q{(local.month + 2) // 3}"
        unmet_needs.count(identity.network_id, quarter, county_fips, wanted)
    return True


def ready_directory(identity: Identity) -> ReadyDirectory:
    """Return the identity's network's directory at its present version, built if need be."""
    authorise(identity, Permission.ROUTE_FIND)
    return _ready(identity)


def directory_copy(network_id: UUID) -> ReadyDirectory:
    """Return a network's directory at its present version: a step of finding, which authorises."""
    return _copies.get(network_id)


def make_ready(world: World) -> int:
    """Build the directories before anybody asks, to be shared by processes; return how many.

    A step of the server's start. Nobody asks, and nothing is told.
    """
    networks = [network.id for network in accounts.list_networks()][:MOST_KEPT]
    for network_id in networks:
        # One search reads what is read once, and has compiled what can be compiled.
        directory_copy(network_id).index.nearest(_TRIAL, hours=world.hours)
    return len(networks)


_TRIAL = RouteRequest(
    needs=(Need.ADVOCACY,),
    near=Place("", Point(42.7, -73.7), Precision.COUNTY, None, "36001", "Albany", "NY"),
    at=datetime(2026, 1, 1, tzinfo=UTC),
)


def _ready(identity: Identity) -> ReadyDirectory:
    version, rules = version_and_rules(identity.network_id)
    copy = _copies.get(identity.network_id, version)
    own = read_kept(rules).weights
    return replace(copy, weights=own, rules=sector_rules.read_kept(rules).rules)


def _built(network_id: UUID) -> ReadyDirectory:
    network = accounts.get_network(network_id)
    snapshot = load_snapshot(network_id)
    index = PartnerIndex(snapshot)
    promises = promises_in(snapshot, index)
    ready = ReadyDirectory(index, network.state, network.timezone, promises)
    if len(ready.index.services) > _LARGE:
        # Hundreds of thousands of lasting values: a full collection over them takes longer than
        # any search (measured 0.2 s at 10,000 services).
        gc.collect()
        gc.freeze()
    return ready


def _followed(ready: ReadyDirectory, version: int, ids: frozenset[UUID]) -> ReadyDirectory | None:
    if ready.index.worn:
        return None
    network_id = ready.index.network_id
    index = ready.index.followed(version, present_services(network_id, ids))
    promises = follow_promises(ready.promises, ready.index, index, ids)
    return replace(ready, index=index, promises=promises)


_copies = Copies(MOST_KEPT, _built, _followed)


def _read(
    identity: Identity,
    world: World,
    fields: RouteFields,
    directory: ReadyDirectory,
    *,
    at: datetime,
) -> RouteRequest:
    index, state = directory.index, directory.state
    at = read.read_moment(fields.at, at, directory.timezone)
    return read_typed(identity, world, fields, index, state=state, at=at)
