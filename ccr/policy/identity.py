"""Who is asking, freed from rows: network, program, roles."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from ccr.domain.change_by_link import BY_LINK
from ccr.domain.joining import LISTED_ONLY
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Regime


class Role(StrEnum):
    """What a person may be inside their compartment (design 6)."""

    WORKER = "worker"
    AGENCY_ADMIN = "agency_admin"
    ADVOCATE = "advocate"
    FACILITATOR = "facilitator"
    COORDINATOR = "coordinator"
    SYSTEM_ADMIN = "system_admin"
    AUDITOR = "auditor"


# No one person may hold both: victim services and the abusive partner program stay apart (R83).
ROLES_APART = (frozenset({Role.ADVOCATE, Role.FACILITATOR}),)

# Who may sit where. An APIP's people never sit in victim services, and the other way round.
ROLES_BY_KIND: dict[CompartmentKind, frozenset[Role]] = {
    CompartmentKind.GENERAL: frozenset({Role.WORKER, Role.ADVOCATE, Role.AGENCY_ADMIN}),
    CompartmentKind.VICTIM_SERVICES: frozenset({Role.WORKER, Role.ADVOCATE, Role.AGENCY_ADMIN}),
    CompartmentKind.APIP: frozenset({Role.FACILITATOR, Role.AGENCY_ADMIN}),
    CompartmentKind.COORDINATION: frozenset({Role.COORDINATOR, Role.SYSTEM_ADMIN, Role.AUDITOR}),
}


@dataclass(frozen=True, slots=True)
class ByLink:
    """What somebody who came by a mailed link and its code may act on: this and nothing else."""

    referral_id: UUID
    service_id: UUID


@dataclass(frozen=True, slots=True)
class Identity:
    """The person or machine asking. `user_id` is None for the terminal and for the worker.

    Attributes:
        key_scopes: what an API key may do; None when it is a person.
        from_terminal: True for the operator at the command line of the machine itself.
        from_public: True for anybody at all on a public page, who is nobody in particular.
        in_practice: True inside a practice network, where nothing is real.
        by_link: set for whoever opened a mailed link with its code, and has no account.
        member_category: what kind of member it is; None for an identity that no row stands for.
        as_arranged: True when the machine does what staff of this program arranged beforehand.
    """

    user_id: UUID | None
    network_id: UUID
    member_id: UUID
    compartment_id: UUID
    compartment_kind: CompartmentKind
    regime: Regime
    roles: frozenset[Role] = frozenset()
    member_name: str = ""
    compartment_name: str = ""
    key_scopes: frozenset[str] | None = field(default=None)
    from_terminal: bool = False
    from_public: bool = False
    in_practice: bool = False
    by_link: ByLink | None = None
    as_arranged: bool = False
    member_category: MemberCategory | None = None

    @property
    def works_with_people(self) -> bool:
        """Return False for a member that by what it is never sees a case (R5)."""
        return self.member_category not in LISTED_ONLY

    @property
    def is_a_program(self) -> bool:
        """Return True when a program asks: its staff, or the machine as they arranged."""
        return self.user_id is not None or self.as_arranged

    @property
    def role_told(self) -> str:
        """Return what histories call whoever did something: a role or "terminal", never a name."""
        if self.from_terminal:
            return "terminal"
        if self.by_link is not None:
            return BY_LINK
        return next((role.value for role in _TELLING if role in self.roles), "")


_TELLING = (Role.COORDINATOR, Role.AGENCY_ADMIN, Role.ADVOCATE, Role.FACILITATOR, Role.WORKER)
"""The role that says most about somebody's part in the directory, first."""
