"""Questions of "what if" under a name: kept, opened by whoever sees the desk, removed.

What is kept is the question alone. Whoever opens it gets the answer of that day's directory, and is
told when a member or a service that it names is gone or was joined with another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.directory_history import RecordKind
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.what_if_questions import (
    MOST_KEPT,
    KeptQuestion,
    Scenario,
    checked_name,
    checked_whole,
)
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.what_if import Outcome, what_if
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import kept_questions as queries
from ccr.storage.queries.audit import append_event

__all__ = ["KeptQuestion", "Opened", "every_one", "forget", "keep", "reopen"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A kept question and its answer today.

    Attributes:
        gone: the name of the member or service that is not in the network any more, or None.
        joined: whether what it names was joined with another record, which is asked about instead.
    """

    kept: KeptQuestion
    outcome: Outcome
    gone: str | None = None
    joined: bool = False


def every_one(identity: Identity) -> tuple[KeptQuestion, ...]:
    """Return the questions that the network keeps, the newest first."""
    authorise(identity, Permission.COORDINATION_READ)
    return queries.list_kept(identity.network_id)


def reopen(identity: Identity, world: World, question_id: UUID, *, at: datetime) -> Opened:
    """Return a kept question with its answer of today; raises NotFoundError."""
    authorise(identity, Permission.COORDINATION_READ)
    kept = queries.find_kept(identity.network_id, question_id)
    if kept is None:
        raise NotFoundError
    asked = kept.scenario
    kind = RecordKind.SERVICE if asked.question.of_service else RecordKind.MEMBER
    found = asked.record_id and queries.stands_for(identity.network_id, kind, asked.record_id)
    now, name = found or (asked.record_id, None)
    outcome = what_if(identity, world, asked.about(now), at=at)
    answered = outcome.refused is None
    return Opened(
        kept, outcome, None if answered else name, joined=answered and now != asked.record_id
    )


def keep(identity: Identity, name: str, scenario: Scenario | None, *, at: datetime) -> UUID:
    """Keep a question under a name; return its id.

    Raises:
        InvalidInputError: no name, one that is too long or taken, no whole question, or as many
            kept as a network may keep; field "name".
    """
    authorise(identity, Permission.COORDINATION_MANAGE)
    line, whole = checked_name(name), checked_whole(scenario)
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        if queries.count_kept(identity.network_id) >= MOST_KEPT:
            raise InvalidInputError(
                phrase("%(most)s questions are kept already. Remove one first.", most=MOST_KEPT),
                field="name",
            )
        made = queries.keep_question(identity.network_id, line, whole, identity.member_id, at=at)
        if made is None:
            raise InvalidInputError(
                phrase("A question has this name already. Give it another one."), field="name"
            )
        append_event(identity, "made", "question", made, at=at)
    return made


def forget(identity: Identity, question_id: UUID, *, at: datetime) -> None:
    """Remove a kept question; raises NotFoundError when it is not there."""
    authorise(identity, Permission.COORDINATION_MANAGE)
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        if not queries.drop_question(identity.network_id, question_id):
            raise NotFoundError
        append_event(identity, "removed", "question", question_id, at=at)
