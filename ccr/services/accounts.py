"""Networks, members, programs and accounts: made, and asked who they are."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from email_validator import EmailNotValidError, validate_email

from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Regime, Sector
from ccr.policy.identity import ROLES_APART, ROLES_BY_KIND, Identity, Role
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.demo_guard import check_nothing_invented
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts as queries
from ccr.storage.queries.accounts import CompartmentFacts, NetworkFacts
from ccr.storage.queries.audit import append_event, append_event_to

LEAST_PASSWORD = 12
MOST_PASSWORD = 128
# OWASP's advice for argon2id, as Flask-Security's own default has it.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
_NAMES_BY_KIND = {
    CompartmentKind.GENERAL: "General",
    CompartmentKind.VICTIM_SERVICES: "Victim services",
    CompartmentKind.APIP: "Abusive partner intervention",
    CompartmentKind.COORDINATION: "Coordination",
}


def create_network(
    name: str,
    *,
    state: str = "NY",
    timezone: str = "America/New_York",
    is_demo: bool = False,
    at: datetime,
) -> UUID:
    """Make a network with its coordination program; return its id.

    Called from the terminal of the machine only: before there is a network nobody can be asked.

    Raises:
        InvalidInputError: the name is empty or the state is not two letters.
        DuplicateError: there is one of this name, or the database holds a demo network.
    """
    name = _clean(name)
    if not name:
        raise InvalidInputError(phrase("Give the network a name."), field="name")
    if len(state) != 2 or not state.isalpha():  # noqa: PLR2004 -- postal abbreviation
        raise InvalidInputError(phrase("Give the state as two letters, as in NY."), field="state")
    with unit_of_work():
        if not is_demo:
            check_nothing_invented()
        network_id = queries.add_network(
            name, state=state.upper(), timezone=timezone, is_demo=is_demo, at=at
        )
        compartment = queries.coordination_compartment(network_id)
        append_event_to(compartment.id, None, "created", "network", network_id, at=at)
    return network_id


def terminal_identity(network_name: str | None = None) -> Identity:
    """Return the identity of the operator at this machine for the named (or the only) network.

    Raises:
        NotFoundError: there is no such network, or there are several and none was named.
    """
    network = _one_network(network_name)
    compartment = queries.coordination_compartment(network.id)
    return Identity(
        user_id=None,
        network_id=network.id,
        member_id=compartment.member_id,
        compartment_id=compartment.id,
        compartment_kind=compartment.kind,
        regime=compartment.regime,
        member_name=compartment.member_name,
        compartment_name=compartment.name,
        from_terminal=True,
    )


def _one_network(name: str | None) -> NetworkFacts:
    networks = queries.list_networks()
    if name:
        for network in networks:
            if network.name.casefold() == _clean(name).casefold():
                return network
        raise NotFoundError(phrase("There is no network of this name."))
    if not networks:
        raise NotFoundError(
            phrase("There is no network yet. Make one: flask network create --name NAME")
        )
    if len(networks) > 1:
        raise NotFoundError(phrase("There are several networks; say which: --network NAME"))
    return networks[0]


def list_networks() -> list[NetworkFacts]:
    """Return every network; for the terminal and the sign-in bridge."""
    return queries.list_networks()


def get_network(identity: Identity) -> NetworkFacts:
    """Return the identity's own network."""
    return queries.get_network(identity.network_id)


def create_member(
    identity: Identity,
    name: str,
    *,
    category: MemberCategory,
    regime: Regime,
    sector: Sector = Sector.UNKNOWN,
    at: datetime,
) -> UUID:
    """Make a member with one program of the kind that fits its category; return its id.

    Raises:
        InvalidInputError: the name is empty or taken.
    """
    name = _clean(name)
    with unit_of_work():
        authorise(identity, Permission.NETWORK_MANAGE)
        if not name:
            raise InvalidInputError(phrase("Give the member a name."), field="name")
        if queries.find_member(identity.network_id, name):
            raise InvalidInputError(phrase("There is a member of this name."), field="name")
        member_id = queries.add_member(
            identity.network_id, name, category=category, sector=sector, regime=regime, at=at
        )
        kind = kind_for(category)
        queries.add_compartment(
            identity.network_id, member_id, name=_NAMES_BY_KIND[kind], kind=kind, at=at
        )
        append_event(identity, "created", "member", member_id, at=at)
    return member_id


def kind_for(category: MemberCategory) -> CompartmentKind:
    """Return the kind of program a member of this category runs unless more is known."""
    return {
        MemberCategory.VICTIM_SERVICES: CompartmentKind.VICTIM_SERVICES,
        MemberCategory.APIP: CompartmentKind.APIP,
    }.get(category, CompartmentKind.GENERAL)


def create_account(
    identity: Identity,
    *,
    email: str,
    role: Role,
    member_name: str,
    password: str,
    compartment_name: str | None = None,
    at: datetime,
) -> UUID:
    """Make an account in the one program of the member where the role belongs; return its id.

    Raises:
        InvalidInputError: address or password cannot be used, or the role does not fit.
        NotFoundError: there is no such member or program.
        DuplicateError: the address has an account.
    """
    address = checked_email(email)
    check_password(password)
    with unit_of_work():
        member_id = queries.find_member(identity.network_id, member_name)
        if member_id is None:
            raise NotFoundError(phrase("There is no member of this name in the network."))
        compartment = _compartment_for(identity, member_id, role, compartment_name, at=at)
        authorise(identity, Permission.ACCOUNT_MANAGE, compartment)
        account_id = queries.add_account(
            compartment,
            email=address,
            password_hash=hash_password(password),
            roles=_checked_roles(frozenset({role}), compartment),
            at=at,
        )
        append_event(identity, "created", "account", account_id, at=at, fields=("email", "roles"))
    return account_id


def make_invited_account(
    compartment: CompartmentFacts, *, address: str, password_hash: str, role: Role, at: datetime
) -> UUID:
    """Make the account of somebody whose code was just used up; return its id.

    A step of `invitations.redeem`: who asks is nobody yet, and the code is the permission.

    Raises:
        InvalidInputError: the role does not fit the program.
        DuplicateError: the address has an account.
    """
    with unit_of_work():
        roles = _checked_roles(frozenset({role}), compartment)
        account_id = queries.add_account(
            compartment, email=address, password_hash=password_hash, roles=roles, at=at
        )
        append_event_to(
            compartment.id, account_id, "created", "account", account_id,
            at=at, fields=("email", "roles"),
        )  # fmt: skip
    return account_id


def _compartment_for(
    identity: Identity, member_id: UUID, role: Role, name: str | None, *, at: datetime
) -> CompartmentFacts:
    there = queries.list_compartments(member_id)
    if name:
        for compartment in there:
            if compartment.name.casefold() == _clean(name).casefold():
                return compartment
        raise NotFoundError(phrase("The member has no program of this name."))
    fitting = [c for c in there if role in ROLES_BY_KIND[c.kind]]
    # An advocate belongs with victim services where the member has such a program.
    fitting.sort(key=lambda c: (c.kind is not CompartmentKind.VICTIM_SERVICES, c.name))
    if role is not Role.ADVOCATE and len(fitting) > 1:
        raise InvalidInputError(
            phrase("The member has several programs; say which: --compartment NAME")
        )
    if fitting:
        return fitting[0]
    kind = next(k for k, roles in ROLES_BY_KIND.items() if role in roles)
    queries.add_compartment(
        identity.network_id, member_id, name=_NAMES_BY_KIND[kind], kind=kind, at=at
    )
    return next(c for c in queries.list_compartments(member_id) if c.kind is kind)


def _checked_roles(roles: frozenset[Role], compartment: CompartmentFacts) -> frozenset[Role]:
    if not roles <= ROLES_BY_KIND[compartment.kind] or any(pair <= roles for pair in ROLES_APART):
        raise InvalidInputError(
            phrase("This role does not belong in this kind of program."), field="role"
        )
    return roles


def reset_password(identity: Identity, *, email: str, password: str, at: datetime) -> None:
    """Set a new password, end every session and ask for a new second factor.

    Raises:
        InvalidInputError, NotFoundError: as for create_account.
    """
    check_password(password)
    with unit_of_work():
        authorise(identity, Permission.NETWORK_MANAGE)
        account_id = queries.set_password(checked_email(email), hash_password(password))
        append_event(identity, "reset-password", "account", account_id, at=at)


def set_language(identity: Identity, language: str, *, at: datetime) -> None:
    """Keep the language the person reads in: en or es."""
    if language not in {"en", "es"}:
        raise InvalidInputError(phrase("Choose English or Spanish."), field="language")
    with unit_of_work():
        authorise(identity, Permission.ACCOUNT_SELF)
        if identity.user_id is not None:
            queries.set_language(identity.user_id, language)
            append_event(
                identity, "changed", "account", identity.user_id, at=at, fields=("language",)
            )


def identity_of(
    account_id: UUID, compartment_id: UUID, roles: frozenset[Role]
) -> tuple[Identity, NetworkFacts]:
    """Return who an account is and their network; for the sign-in bridge, at every request."""
    return queries.identity_in_network(account_id, compartment_id, roles)


def end_sessions(account_id: UUID, *, at: datetime) -> None:
    """Make every cookie of an account worthless; for the sign-in bridge, at sign-out."""
    with unit_of_work():
        compartment_id = queries.end_sessions(account_id)
        if compartment_id is not None:
            append_event_to(compartment_id, account_id, "signed-out", "account", account_id, at=at)


def checked_email(email: str) -> str:
    """Return the address in its one normal form; raises InvalidInputError."""
    try:
        found = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidInputError(
            phrase("This is not a whole e-mail address."), field="email"
        ) from error
    return found.normalized.lower()


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password in the one Unicode form that sign-in also uses."""
    return _HASHER.hash(unicodedata.normalize("NFKD", password))


def password_fits(hashed: str, password: str) -> bool:
    """Return True when the password is the one that was hashed."""
    try:
        return _HASHER.verify(hashed, unicodedata.normalize("NFKD", password))
    except VerifyMismatchError:
        return False


def check_password(password: str) -> None:
    """Raise InvalidInputError unless the password is 12 to 128 characters long."""
    if not LEAST_PASSWORD <= len(unicodedata.normalize("NFKD", password)) <= MOST_PASSWORD:
        raise InvalidInputError(
            phrase(
                "A password has %(least)s to %(most)s characters.",
                least=LEAST_PASSWORD,
                most=MOST_PASSWORD,
            ),
            field="password",
        )


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
