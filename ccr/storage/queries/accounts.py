"""Networks, members' programs and accounts: who there is and who is asking."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ccr.domain.errors import DuplicateError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Regime, Sector
from ccr.policy.identity import Identity, Role
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Compartment, Network, RoleRow
from ccr.storage.models.directory import MemberRow, ServiceRow
from ccr.storage.queries.directory_log import raise_directory_version


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """A network as the doors need it."""

    id: UUID
    name: str
    state: str
    timezone: str
    is_demo: bool
    is_practice: bool = False


@dataclass(frozen=True, slots=True)
class CompartmentFacts:
    """A program and the member it belongs to."""

    id: UUID
    network_id: UUID
    member_id: UUID
    member_name: str
    name: str
    kind: CompartmentKind
    regime: Regime
    category: MemberCategory


def add_network(name: str, *, state: str, timezone: str, is_demo: bool, at: datetime) -> UUID:
    """Add a network with a coordinating member and its coordination program; return its id.

    Raises:
        DuplicateError: there is a network of this name.
    """
    network = Network(
        id=uuid4(), name=name, state=state, timezone=timezone, is_demo=is_demo, created_at=at
    )
    db.session.add(network)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise DuplicateError(phrase("There is a network of this name already.")) from error
    member_id = add_member(
        network.id,
        f"{name}: coordination",
        category=MemberCategory.COMMUNITY,
        sector=Sector.UNKNOWN,
        regime=Regime.OTHER,
        listed=False,
        at=at,
    )
    add_compartment(
        network.id, member_id, name="Coordination", kind=CompartmentKind.COORDINATION, at=at
    )
    return network.id


def add_member(
    network_id: UUID,
    name: str,
    *,
    category: MemberCategory,
    sector: Sector,
    regime: Regime,
    at: datetime,
    listed: bool = True,
) -> UUID:
    """Add a member by hand; return its id."""
    member = MemberRow(
        id=uuid4(),
        network_id=network_id,
        name=name,
        category=category.value,
        sector=sector.value,
        regime=regime.value,
        listed=listed,
        updated_at=at,
    )
    db.session.add(member)
    db.session.flush()
    return member.id


def add_compartment(
    network_id: UUID, member_id: UUID, *, name: str, kind: CompartmentKind, at: datetime
) -> UUID:
    """Add a program to a member; return its id."""
    row = Compartment(
        id=uuid4(),
        network_id=network_id,
        member_id=member_id,
        name=name,
        kind=kind.value,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def list_networks() -> list[NetworkFacts]:
    """Return every network that people work in, by name; practice networks are nobody's."""
    real = select(Network).where(Network.is_practice.is_(False)).order_by(Network.name)
    return [_network(row) for row in db.session.scalars(real)]


def get_network(network_id: UUID) -> NetworkFacts:
    """Return a network; raises NotFoundError."""
    row = db.session.get(Network, network_id)
    if row is None:
        raise NotFoundError
    return _network(row)


def _network(row: Network) -> NetworkFacts:
    return NetworkFacts(row.id, row.name, row.state, row.timezone, row.is_demo, row.is_practice)


def find_member(network_id: UUID, name: str) -> UUID | None:
    """Return the id of the member of exactly this name (case does not matter), or None."""
    if "\x00" in name:
        return None  # PostgreSQL takes no text with it
    return db.session.scalar(
        select(MemberRow.id).where(
            MemberRow.network_id == network_id, func.lower(MemberRow.name) == name.strip().lower()
        )
    )


def has_member(network_id: UUID, member_id: UUID) -> bool:
    """Return True when the network has this member, with services or without."""
    found = select(MemberRow.id).where(
        MemberRow.network_id == network_id, MemberRow.id == member_id
    )
    return db.session.scalar(found) is not None


def list_compartments(member_id: UUID) -> list[CompartmentFacts]:
    """Return a member's programs, by name."""
    rows = db.session.execute(
        select(Compartment, MemberRow)
        .join(MemberRow, MemberRow.id == Compartment.member_id)
        .where(Compartment.member_id == member_id)
        .order_by(Compartment.name)
    )
    return [_compartment(compartment, member) for compartment, member in rows]


def coordination_compartment(network_id: UUID) -> CompartmentFacts:
    """Return the program that coordinates a network; raises NotFoundError."""
    found = db.session.execute(
        select(Compartment, MemberRow)
        .join(MemberRow, MemberRow.id == Compartment.member_id)
        .where(
            Compartment.network_id == network_id,
            Compartment.kind == CompartmentKind.COORDINATION.value,
        )
        .order_by(Compartment.created_at)
        .limit(1)
    ).first()
    if found is None:
        raise NotFoundError
    return _compartment(found[0], found[1])


def _compartment(row: Compartment, member: MemberRow) -> CompartmentFacts:
    return CompartmentFacts(
        id=row.id,
        network_id=row.network_id,
        member_id=row.member_id,
        member_name=member.name,
        name=row.name,
        kind=CompartmentKind(row.kind),
        regime=Regime(member.regime),
        category=MemberCategory(member.category),
    )


def add_account(
    compartment: CompartmentFacts,
    *,
    email: str,
    password_hash: str,
    roles: frozenset[Role],
    at: datetime,
) -> UUID:
    """Add an account in one compartment; return its id.

    Raises:
        DuplicateError: the address has an account already.
    """
    account = Account(
        id=uuid4(),
        network_id=compartment.network_id,
        compartment_id=compartment.id,
        email=email,
        password=password_hash,
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        created_at=at,
        roles=[_role(role) for role in sorted(roles)],
    )
    db.session.add(account)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise DuplicateError(phrase("This address has an account already.")) from error
    # Whether somebody at a member reads CCR is part of what searches show.
    offered = select(ServiceRow.id).where(ServiceRow.member_id == compartment.member_id)
    raise_directory_version(compartment.network_id, db.session.scalars(offered).all())
    return account.id


def _role(role: Role) -> RoleRow:
    row = db.session.scalar(select(RoleRow).where(RoleRow.name == role.value))
    if row is None:
        row = RoleRow(name=role.value)
        db.session.add(row)
        db.session.flush()
    return row


def set_password(email: str, password_hash: str) -> UUID:
    """Set a new password, end every session and forget the second factor; return the id.

    Raises:
        NotFoundError: there is no such account.
    """
    account = db.session.scalar(select(Account).where(Account.email == email))
    if account is None:
        raise NotFoundError(phrase("There is no account with this address."))
    account.password = password_hash
    account.fs_uniquifier = secrets.token_hex(32)
    account.tf_primary_method = None
    account.tf_totp_secret = None
    account.mf_recovery_codes = None
    db.session.flush()
    return account.id


def stored_password(account_id: UUID) -> str:
    """Return the hash of an account's password; raises NotFoundError when it has none."""
    found = db.session.scalar(select(Account.password).where(Account.id == account_id))
    if found is None:
        raise NotFoundError
    return found


def end_sessions(account_id: UUID) -> UUID | None:
    """Make every cookie of the account worthless; return its program, or None if it is gone."""
    account = db.session.get(Account, account_id)
    if account is None:
        return None
    account.fs_uniquifier = secrets.token_hex(32)
    db.session.flush()
    return account.compartment_id


def set_language(account_id: UUID, language: str | None) -> None:
    """Keep the language an account reads in."""
    account = db.session.get(Account, account_id)
    if account is not None:
        account.language = language
        db.session.flush()


def identity_of(account_id: UUID, compartment_id: UUID, roles: frozenset[Role]) -> Identity:
    """Return the identity of an account; raises NotFoundError when its program is gone."""
    return _identity(account_id, get_compartment(compartment_id), roles)


def identity_in_network(
    account_id: UUID, compartment_id: UUID, roles: frozenset[Role]
) -> tuple[Identity, NetworkFacts]:
    """Return the identity of an account and its network, in one statement.

    Raises:
        NotFoundError: its program is gone.
    """
    found = db.session.execute(
        select(Compartment, MemberRow, Network)
        .join(MemberRow, MemberRow.id == Compartment.member_id)
        .join(Network, Network.id == Compartment.network_id)
        .where(Compartment.id == compartment_id)
    ).first()
    if found is None:
        raise NotFoundError
    compartment, member, network = found
    identity = _identity(account_id, _compartment(compartment, member), roles)
    return replace(identity, in_practice=network.is_practice), _network(network)


def arranged_identity(compartment_id: UUID) -> Identity:
    """Return the identity of a program, for what its staff arranged beforehand.

    Raises:
        NotFoundError: the program is gone.
    """
    identity, _ = identity_in_network(UUID(int=0), compartment_id, frozenset())
    return replace(identity, user_id=None, as_arranged=True)


def _identity(account_id: UUID, facts: CompartmentFacts, roles: frozenset[Role]) -> Identity:
    return Identity(
        user_id=account_id,
        network_id=facts.network_id,
        member_id=facts.member_id,
        compartment_id=facts.id,
        compartment_kind=facts.kind,
        regime=facts.regime,
        roles=roles,
        member_name=facts.member_name,
        compartment_name=facts.name,
        member_category=facts.category,
    )


def get_compartment(compartment_id: UUID) -> CompartmentFacts:
    """Return a program with its member; raises NotFoundError."""
    found = db.session.execute(
        select(Compartment, MemberRow)
        .join(MemberRow, MemberRow.id == Compartment.member_id)
        .where(Compartment.id == compartment_id)
    ).first()
    if found is None:
        raise NotFoundError
    return _compartment(found[0], found[1])


def staff_of(compartment_id: UUID, *, admins_only: bool = False) -> list[UUID]:
    """Return the active accounts of a program, oldest first; only its administrators if asked."""
    statement = (
        select(Account.id)
        .where(Account.compartment_id == compartment_id, Account.active)
        .order_by(Account.created_at, Account.id)
    )
    if admins_only:
        statement = statement.where(Account.roles.any(RoleRow.name == Role.AGENCY_ADMIN.value))
    return list(db.session.scalars(statement))
