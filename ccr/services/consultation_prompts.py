"""Prompts for safety consultations: raised by an event at a program's desk, settled by its staff.

A prompt is kept apart from the participant's record and is in no copy of it (R45).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ccr.domain.consultation_triggers import SettledHow, Trigger
from ccr.domain.errors import NotFoundError
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import consultation_prompts as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.consultation_prompts import Prompt

__all__ = ["Prompt", "open_prompts", "raise_prompt", "settle"]


def raise_prompt(
    identity: Identity, trigger: Trigger, participant_id: UUID | None = None, *, at: datetime
) -> UUID:
    """Raise a prompt in the unit of work at hand; return its id. An open one is not raised twice.

    `participant_id` is one of the identity's own program: whoever calls has looked.
    """
    with unit_of_work():
        authorise(identity, Permission.CONSULTATION_ASK)
        made = queries.add_prompt(
            identity.network_id, identity.compartment_id, trigger, participant_id, at=at
        )
        append_event(identity, "prompted", "consultation", made, at=at, reason=trigger.value)
    return made


def open_prompts(identity: Identity, *, participant_id: UUID | None = None) -> list[Prompt]:
    """Return the open prompts of one's own program, or of one of its participants."""
    authorise(identity, Permission.CONSULTATION_ASK)
    return queries.open_prompts(identity.compartment_id, participant_id=participant_id)


def settle(identity: Identity, prompt_id: UUID, how: SettledHow, *, at: datetime) -> None:
    """Settle an open prompt of one's own program; raises NotFoundError when it is not open."""
    with unit_of_work():
        authorise(identity, Permission.CONSULTATION_ASK)
        if not queries.settle_prompt(identity.compartment_id, prompt_id, how, at=at):
            raise NotFoundError
        append_event(identity, "settled", "consultation", prompt_id, at=at, reason=how.value)
