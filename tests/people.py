"""People and members for tests: made straight in storage, with cheap password hashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from argon2 import PasswordHasher

from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Regime, Sector
from ccr.policy.identity import Identity, Role
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts

PASSWORD = "correct horse battery"
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD_HASH = _CHEAP.hash(PASSWORD)


@dataclass(frozen=True)
class Team:
    """A member with one program and one person in it."""

    member_id: UUID
    compartment_id: UUID
    email: str
    identity: Identity


def make_network(name: str = "Test network", *, at: datetime) -> UUID:
    """Make a network and return its id."""
    with unit_of_work():
        return accounts.add_network(
            name, state="NY", timezone="America/New_York", is_demo=False, at=at
        )


def make_team(
    network_id: UUID,
    name: str,
    role: Role = Role.WORKER,
    *,
    at: datetime,
    kind: CompartmentKind = CompartmentKind.GENERAL,
    category: MemberCategory = MemberCategory.COMMUNITY,
    regime: Regime = Regime.OTHER,
    email: str | None = None,
) -> Team:
    """Make a member with a program and one account; return them."""
    with unit_of_work():
        member_id = accounts.add_member(
            network_id, name, category=category, sector=Sector.PRIVATE, regime=regime, at=at
        )
        compartment_id = accounts.add_compartment(
            network_id, member_id, name="Program", kind=kind, at=at
        )
        address = email or f"{name.lower().replace(' ', '.')}@example.org"
        account_id = accounts.add_account(
            accounts.get_compartment(compartment_id),
            email=address,
            password_hash=PASSWORD_HASH,
            roles=frozenset({role}),
            at=at,
        )
        identity = accounts.identity_of(account_id, compartment_id, frozenset({role}))
    return Team(member_id, compartment_id, address, identity)


def add_colleague(team: Team, role: Role, email: str, *, at: datetime) -> Identity:
    """Add a second person to a team's program; return who they are."""
    with unit_of_work():
        account_id = accounts.add_account(
            accounts.get_compartment(team.compartment_id),
            email=email,
            password_hash=PASSWORD_HASH,
            roles=frozenset({role}),
            at=at,
        )
        return accounts.identity_of(account_id, team.compartment_id, frozenset({role}))
