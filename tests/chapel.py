"""A church with one volunteer who gives rides: nobody signs in, a mailbox, a phone, one offer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from ccr.domain.joining import Membership, PledgeRole, Way
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Need, Regime, Track
from ccr.policy.identity import Role
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account
from ccr.storage.models.directory import MemberRow, ServiceText
from ccr.storage.queries import joining as membership_rows
from tests.builders import ALBANY, CAPITAL_REGION, make_site
from tests.directory_rows import save_service
from tests.people import make_team

OFFICE = "office@chapel.example.org"
CHAPEL = "Elder Chapel (demo)"


@dataclass(frozen=True)
class Chapel:
    """The chapel's member, program and service."""

    member_id: UUID
    compartment_id: UUID
    service_id: UUID


def add_chapel(network_id: UUID, *, at: datetime) -> Chapel:
    """Add the chapel to a network: pledged, live, by link."""
    team = make_team(
        network_id,
        CHAPEL,
        Role.WORKER,
        at=at,
        kind=CompartmentKind.GENERAL,
        category=MemberCategory.FAITH,
        regime=Regime.OTHER,
        email="nobody@chapel.example.org",
    )
    service_id = save_service(
        team,
        at=at,
        name="Rides (demo)",
        needs=frozenset({Need.TRANSPORT}),
        tracks=frozenset({Track.SURVIVOR, Track.CHILD, Track.OTHER}),
        areas=CAPITAL_REGION,
        sites=(make_site(ALBANY),),
        phone="518-555-0161",
        last_verified_at=at,
    )
    with unit_of_work():
        gone = update(Account).where(Account.compartment_id == team.compartment_id)
        db.session.execute(gone.values(active=False))
        db.session.execute(
            update(MemberRow).where(MemberRow.id == team.member_id).values(email=OFFICE)
        )
        db.session.add(ServiceText(service_id=service_id, network_id=network_id, body="rides"))
        before = Membership(team.member_id)
        live = replace(
            before, way=Way.LINK, pledged_at=at, pledged_by=PledgeRole.FAITH_LEADER, live_at=at
        )
        membership_rows.save_membership(network_id, before, live, at=at)
    return Chapel(team.member_id, team.compartment_id, service_id)
