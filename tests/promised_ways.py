"""A sender and what members promised one another, for tests of how partners are reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from ccr.domain.directory import Member, Service
from ccr.domain.hand_overs import Promises
from ccr.domain.path_words import ToldReach, told_reach
from ccr.domain.pathways import Pathway, Protocol
from ccr.domain.referral_graph import Reach, ReferralGraph
from ccr.domain.sector_rules import (
    DEFAULT_RULES,
    SectorRules,
    SenderGroup,
)
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Need, Regime
from ccr.domain.ways import target_of
from tests.builders import (
    NOW,
    make_id,
    make_request,
    make_service,
)

TODAY = NOW.date()
VICTIM = {"category": MemberCategory.VICTIM_SERVICES, "regime": Regime.VICTIM_SERVICES}
OF_PROGRAM = make_id()


def hidden_of(member: Member) -> Service:
    return make_service(
        member=member, confidential=True, compartment_kind=CompartmentKind.VICTIM_SERVICES
    )


def promised(a: Member, b: Member, need: Need | None = None, **changes: object) -> Pathway:
    return replace(Pathway(make_id(), a.id, b.id, need, date(2026, 1, 5)), **changes)


@dataclass
class World:
    """One sender and what members promised one another."""

    sender: Member
    group: SenderGroup = SenderGroup.OTHERS
    agreements: list = field(default_factory=list)
    pathways: list[Pathway] = field(default_factory=list)
    protocols: list[Protocol] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    lines: list[Member] = field(default_factory=list)
    rules: SectorRules = DEFAULT_RULES
    waits: dict = field(default_factory=dict)

    def graph(self, **changes: object) -> ReferralGraph:
        request = make_request(
            sender_member_id=self.sender.id, sender_compartment_id=OF_PROGRAM, **changes
        )
        return ReferralGraph(
            request,
            self.group,
            self.promises(),
            rules=self.rules,
            wait=lambda member_id: self.waits.get(member_id, 0),
        )

    def promises(self) -> Promises:
        agreements_of: dict = {}
        for agreement in self.agreements:
            for member_id in agreement.member_ids:
                agreements_of.setdefault(member_id, []).append(agreement)
        return Promises(
            {m.id: m for m in [self.sender, *self.members, *self.lines]},
            agreements_of,
            by(self.pathways, "from_member_id"),
            by(self.pathways, "to_member_id"),
            {OF_PROGRAM: self.protocols},
            {m.id: [make_service(member=m, needs=frozenset({Need.HOTLINE}))] for m in self.lines},
        )

    def reach(self, service: Service, **changes: object) -> Reach:
        if service.member not in [self.sender, *self.members, *self.lines]:
            self.members.append(service.member)
        return self.graph(**changes).reach(service)

    def between(self, service: Service, **changes: object) -> list:
        return [step.member_id for step in self.reach(service, **changes).path.between]

    def told(self, service: Service, **changes: object) -> ToldReach:
        reach = self.reach(service, **changes)
        members = self.promises().members
        return told_reach(reach, target_of(service), self.group, members, lambda _: "518-555-0100")


def by(pathways: Iterable[Pathway], name: str) -> dict:
    found: dict = {}
    for pathway in pathways:
        found.setdefault(getattr(pathway, name), []).append(pathway)
    return found


def protocol(partner: Member, **changes: object) -> Protocol:
    made = Protocol(OF_PROGRAM, partner.id, partner.name, True, date(2026, 1, 5), None)
    return replace(made, **changes)


def house_of(member: Member) -> Service:
    return make_service(member=member, compartment_kind=CompartmentKind.VICTIM_SERVICES)
