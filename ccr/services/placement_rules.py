"""A program's own rules of placement, stated by its administrator (S12). They decide nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.adapters.risk_instruments import risk_instruments
from ccr.domain.errors import NotFoundError
from ccr.domain.placement import PlacementRule, checked_rule
from ccr.domain.risk_instruments import Catalogue
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import placement as queries
from ccr.storage.queries.audit import append_event


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one's own program, and the instruments that they are about."""

    rules: tuple[PlacementRule, ...]
    catalogue: Catalogue


def rules(identity: Identity) -> Rules:
    """Return the rules of one's own program, which everybody who works there may read."""
    authorise(identity, Permission.PROGRAM_RUN)
    return Rules(queries.list_rules(identity.compartment_id), risk_instruments())


def state(identity: Identity, rule: PlacementRule, *, at: datetime) -> None:
    """State a rule; what was stated for the same case before is replaced.

    Raises:
        InvalidInputError: it is about nothing that can reach a program; field `when`.
    """
    with unit_of_work():
        authorise(identity, Permission.PROGRAM_SET)
        checked = checked_rule(rule, risk_instruments())
        queries.put_rule(identity.network_id, identity.compartment_id, checked)
        append_event(identity, "stated", "placement-rule", identity.compartment_id, at=at)


def drop(identity: Identity, rule_id: UUID, *, at: datetime) -> None:
    """Take a rule back; raises NotFoundError when it is none of one's own program's."""
    with unit_of_work():
        authorise(identity, Permission.PROGRAM_SET)
        if not queries.drop_rule(rule_id, identity.compartment_id):
            raise NotFoundError
        append_event(identity, "taken-back", "placement-rule", rule_id, at=at)
