"""The promises of a network kept beside its directory, and the ways to partners made of them.

What lives here: reading and following promises, and ways in words. What must not: rules
(ccr.domain.referral_graph). Nothing of a search is kept, logged or audited (design 6b).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar
from uuid import UUID

from ccr.domain.answering import HoursOnce, HoursReader
from ccr.domain.directory import DirectorySnapshot, Service
from ccr.domain.hand_overs import Promises
from ccr.domain.matching import Search, hours_part
from ccr.domain.path_words import ToldReach, told_reach
from ccr.domain.pathways import Pathway, Protocol
from ccr.domain.referral_graph import ReferralGraph
from ccr.domain.routing_request import RouteAnswer, RouteRequest
from ccr.domain.sector_rules import SectorRules, SenderGroup, sender_group
from ccr.domain.taxonomy import Need
from ccr.domain.ways import target_of
from ccr.domain.weights import Weights
from ccr.engine.partner_index import PartnerIndex
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise

T = TypeVar("T", Pathway, Protocol)


def promises_in(snapshot: DirectorySnapshot, index: PartnerIndex) -> Promises:
    """Return what the members of a network promised one another, with the doors of those bound.

    A step of making a directory ready, which finding authorises.
    """
    promises = Promises(
        index.members,
        index.agreements_of,
        _by(snapshot.pathways, lambda p: p.from_member_id),
        _by(snapshot.pathways, lambda p: p.to_member_id),
        _by(snapshot.protocols, lambda p: p.program_id),
    )
    bound = _bound(promises)
    doors: dict[UUID, tuple[Service, ...]] = {}
    for service in snapshot.services:
        if service.member.id in bound and _is_door(service):
            doors[service.member.id] = (*doors.get(service.member.id, ()), service)
    return replace(promises, doors_of=doors)


def follow_promises(
    promises: Promises, before: PartnerIndex, after: PartnerIndex, ids: Collection[UUID]
) -> Promises:
    """Return the promises with the doors of a later directory, in which these services changed."""
    doors, bound = dict(promises.doors_of), _bound(promises)
    for service_id in ids:
        was, now = before.services.get(service_id), after.services.get(service_id)
        for member_id in {s.member.id for s in (was, now) if s} & bound:
            doors[member_id] = tuple(s for s in doors.get(member_id, ()) if s.id != service_id)
        if now is not None and now.member.id in bound and _is_door(now):
            doors[now.member.id] = (*doors[now.member.id], now)
    return replace(promises, members=after.members, doors_of=doors)


@dataclass(frozen=True, slots=True)
class SenderWays:
    """The ways of one sender in one search."""

    graph: ReferralGraph
    group: SenderGroup | None
    promises: Promises
    search: Search

    def told(self, service: Service) -> ToldReach:
        """Return how this sender reaches a service, in words."""
        return told_reach(
            self.graph.reach(service),
            target_of(service),
            self.group,
            self.promises.members,
            lambda member_id: _first_phone(self.promises.doors_of.get(member_id, ()), self.search),
        )

    def told_all(self, answer: RouteAnswer) -> dict[UUID, ToldReach]:
        """Return the same for every partner of an answer, by service."""
        services = [p.service for p in answer.partners]
        services += [p.service for p in answer.area_partners]
        return {service.id: self.told(service) for service in services}


def sender_ways(
    identity: Identity,
    promises: Promises,
    rules: SectorRules,
    request: RouteRequest,
    *,
    hours: HoursReader,
    weights: Weights,
) -> SenderWays:
    """Return the ways of whoever asks. A terminal or a key is nobody in particular."""
    authorise(identity, Permission.ROUTE_FIND)
    named = identity.is_a_program
    group = sender_group(identity.regime, identity.compartment_kind) if named else None
    search = Search(request, HoursOnce(hours), weights)

    @cache
    def wait(member_id: UUID) -> int:
        return _least_wait(promises.doors_of.get(member_id, ()), search)

    graph = ReferralGraph(request, group, promises, rules=rules, weights=weights, wait=wait)
    return SenderWays(graph, group, promises, search)


def _least_wait(doors: Iterable[Service], search: Search) -> int:
    """Return the minutes until the first of these doors opens, as routing counts being closed."""
    parts = [hours_part(service, search) for service in doors]
    waits = [part.minutes if part else 0 for part in parts]
    return min(waits, default=search.weights.hours_unknown)


def _first_phone(doors: Iterable[Service], search: Search) -> str | None:
    """Return the number to call: of a help line, else of whoever opens first; None without any."""

    def place(service: Service) -> tuple[int, bool, UUID]:
        return _least_wait([service], search), Need.HOTLINE not in service.needs, service.id

    door = min((s for s in doors if s.phone), key=place, default=None)
    return door.phone if door else None


def _is_door(service: Service) -> bool:
    """Return True for a listing at which a hand-over can begin; never one that hides (R48)."""
    return service.routable and not service.confidential


def _bound(promises: Promises) -> set[UUID]:
    """Return the members that promised anything."""
    partners = {p.partner_member_id for all_of in promises.protocols_of.values() for p in all_of}
    return {*promises.agreements_of, *promises.pathways_from, *promises.pathways_to} | partners


def _by(items: Iterable[T], key: Callable[[T], UUID]) -> dict[UUID, list[T]]:
    found: dict[UUID, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found
