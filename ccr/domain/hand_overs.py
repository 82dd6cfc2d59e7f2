"""Who can hand on to whom on one day, for one search: ties, help lines, and who may stand between.

What lives here: promises of members looked up for a search. What must not: ways made of them
(referral_graph); places. Sources: R3, R5, R32, R82, R90.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from ccr.domain.directory import Agreement, Member, Service
from ccr.domain.keeping_away import beside_the_other, too_near
from ccr.domain.pathways import Pathway, Protocol
from ccr.domain.referral_ties import Tie, best_tie
from ccr.domain.routing_request import RouteRequest
from ccr.domain.sector_rules import Via
from ccr.domain.taxonomy import MemberCategory, Need, Regime, Track

_SILENT = frozenset({MemberCategory.EMPLOYER, MemberCategory.MEDIA, MemberCategory.SURVIVOR})
"""They never handle referrals by category (R5)."""
_BOUND_TO_TELL = frozenset(
    {Regime.APIP, Regime.LAW_ENFORCEMENT, Regime.COURT, Regime.CHILD_PROTECTION}
)
"""Nobody who was harmed is handed on through these (R32)."""


@dataclass(frozen=True)
class Promises:
    """What members have promised one another, ready to be looked up.

    Attributes:
        members: those that have services.
        agreements_of: by either member.
        pathways_from, pathways_to: promised pathways by sender and by receiver.
        protocols_of: consultation protocols by compartment of the program.
        doors_of: public listings of a member at which a hand-over can begin.
    """

    members: Mapping[UUID, Member] = field(default_factory=dict)
    agreements_of: Mapping[UUID, Sequence[Agreement]] = field(default_factory=dict)
    pathways_from: Mapping[UUID, Sequence[Pathway]] = field(default_factory=dict)
    pathways_to: Mapping[UUID, Sequence[Pathway]] = field(default_factory=dict)
    protocols_of: Mapping[UUID, Sequence[Protocol]] = field(default_factory=dict)
    doors_of: Mapping[UUID, Sequence[Service]] = field(default_factory=dict)


class HandOvers:
    """What members have promised, as it stands for one search."""

    def __init__(self, request: RouteRequest, promises: Promises) -> None:
        """Keep what is asked; nothing is worked out yet."""
        self._request, self._promises = request, promises
        self._on = request.at.date()

    def lines(self, goal: UUID) -> list[UUID]:
        """Return the members with a help line that promised to hand on to this one."""
        pathways = self._promises.pathways_to.get(goal, ())
        senders = {p.from_member_id for p in pathways if self._stands(p)}
        return sorted(m for m in senders if self._has_line(m) and self.may_hand_on(m))

    def _has_line(self, member_id: UUID) -> bool:
        return any(Need.HOTLINE in s.needs for s in self._promises.doors_of.get(member_id, ()))

    def fits(self, member_id: UUID, via: Via) -> bool:
        """Return True when a member is the one whom a rule asks for."""
        if via is Via.CONSULTED:
            return member_id in self.consulted
        member = self._promises.members.get(member_id)
        return (
            via is Via.ADVOCATE
            and member is not None
            and member.category is MemberCategory.VICTIM_SERVICES
        )

    @cached_property
    def consulted(self) -> dict[UUID, Tie]:
        """Return the victim services with which the sender's program has a protocol (R3)."""
        program = self._request.sender_compartment_id
        protocols = self._promises.protocols_of.get(program, ()) if program else ()
        found: dict[UUID, Tie] = {}
        for protocol in protocols:
            if protocol.partner_serves_victims and protocol.signed_on <= self._on:
                holds = protocol.stands(self._on).holds
                if holds or protocol.partner_member_id not in found:
                    tie = Tie.PROTOCOL if holds else Tie.PROTOCOL_LAPSED
                    found[protocol.partner_member_id] = tie
        return found

    def may_hand_on(self, member_id: UUID) -> bool:
        """Return True when a member may stand in between; never one left out or kept away from."""
        request, member = self._request, self._promises.members.get(member_id)
        if member is None or not member.active or member.category in _SILENT:
            return False
        if member_id in request.excluded_members or member_id == request.sender_member_id:
            return False
        doors = self._promises.doors_of.get(member_id, ())
        if any(too_near(door, request) or beside_the_other(door, request) for door in doors):
            return False
        if request.track is Track.ABUSIVE_PARTNER:
            return member.category is not MemberCategory.VICTIM_SERVICES
        return member.regime not in _BOUND_TO_TELL

    def neighbours(self, member_id: UUID) -> set[UUID]:
        """Return the members to whom this one is tied, in force or lapsed."""
        promises = self._promises
        found = {
            p.to_member_id for p in promises.pathways_from.get(member_id, ()) if self._stands(p)
        }
        for agreement in promises.agreements_of.get(member_id, ()):
            if agreement.signed_on <= self._on:
                found |= agreement.member_ids
        return found - {member_id}

    def _stands(self, pathway: Pathway) -> bool:
        wanted = pathway.need is None or pathway.need in self._request.needs
        return wanted and pathway.open_on(self._on)

    def tie(self, a: UUID | None, b: UUID) -> Tie:
        """Return what ties two members, in the direction in which is handed on."""
        if a is None:
            return Tie.ANYBODY
        if a == b:
            return Tie.OWN
        promises = self._promises
        pathways = promises.pathways_from.get(a, ())
        promised = any(p.to_member_id == b and self._stands(p) for p in pathways)
        return best_tie(
            (g for g in promises.agreements_of.get(a, ()) if b in g.member_ids),
            self._on,
            promised=promised,
        )
