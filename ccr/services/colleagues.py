"""An administrator and the people of their own program: who there is, and who is no longer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.policy.identity import ROLES_BY_KIND, Identity, Role
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.letting_go import let_go
from ccr.storage.db import unit_of_work
from ccr.storage.queries import invitations as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.invitations import Colleague, Invitation


@dataclass(frozen=True, slots=True)
class Colleagues:
    """The people of one's own program, and the codes that could add to them."""

    people: tuple[Colleague, ...]
    invitations: tuple[Invitation, ...]
    roles: tuple[Role, ...]


def list_colleagues(identity: Identity, *, at: datetime) -> Colleagues:
    """Return who has an account in one's own program, and which codes can still be used."""
    authorise(identity, Permission.COLLEAGUE_MANAGE)
    return Colleagues(
        tuple(queries.list_colleagues(identity.compartment_id)),
        tuple(queries.list_usable_of_program(identity.compartment_id, at=at)),
        tuple(role for role in Role if role in ROLES_BY_KIND[identity.compartment_kind]),
    )


def disable(identity: Identity, account_id: UUID, *, at: datetime) -> None:
    """Let a colleague sign in no more; their sessions end at once.

    What they worked on is everybody's again, their links are worthless and their duties and
    absences are gone, all in the same transaction.

    Raises:
        NotFoundError: one's own program has no such active account.
        InvalidInputError: it is one's own; so a program never loses its last administrator.
    """
    with unit_of_work():
        authorise(identity, Permission.COLLEAGUE_MANAGE)
        if account_id == identity.user_id:
            raise InvalidInputError(phrase("Somebody else has to end your own account."))
        ended = queries.disable_account(
            account_id,
            compartment_id=identity.compartment_id,
            uniquifier=secrets.token_hex(32),
        )
        if not ended:
            raise NotFoundError
        let_go(account_id, at=at)
        raise_directory_version(identity.network_id)
        append_event(identity, "disabled", "account", account_id, at=at)
