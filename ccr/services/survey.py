"""The partnership survey: opened, answered once a member, taken back, and counted once (R92).

Nobody sees a single answer, and none outlives the count: closing a round freezes its averages and
deletes the answers in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.errors import DuplicateError, InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.survey import checked_answers, count_answers
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts
from ccr.storage.queries import working_together as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.working_together import SurveyRound

__all__ = ["OwnAnswer", "SurveyRound", "answer", "close", "open_round", "own", "rounds"]
LONGEST = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """The open round and what one's own member answered in it; both may be missing."""

    open: SurveyRound | None
    answers: dict[str, int] | None


def rounds(identity: Identity) -> tuple[SurveyRound, ...]:
    """Return the rounds, an open one first; results of those that were counted."""
    authorise(identity, Permission.COORDINATION_READ)
    return queries.list_rounds(identity.network_id)


def open_round(identity: Identity, until_on: date, *, at: datetime) -> UUID:
    """Ask every member until a day; return the round's id.

    Raises:
        InvalidInputError: the day is past or over a quarter away; field "until_on".
        DuplicateError: a round is open.
    """
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        on = _today(identity, at)
        if not on < until_on <= on + LONGEST:
            raise InvalidInputError(
                phrase("Give a day from tomorrow to three months from now."), field="until_on"
            )
        made = queries.open_round(identity.network_id, on, until_on)
        if made is None:
            raise DuplicateError(phrase("A survey is open already."), field="until_on")
        append_event(identity, "opened", "survey", made, at=at)
    return made


def close(identity: Identity, round_id: UUID, *, at: datetime) -> None:
    """Count a round, freeze its averages, delete the answers. Raises NotFoundError when closed."""
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        _hold(identity, round_id)
        results = count_answers(queries.answers_of(round_id))
        queries.close_round(round_id, results, at=at)
        append_event(identity, "counted", "survey", round_id, at=at)


def own(identity: Identity) -> OwnAnswer:
    """Return the open round, and what one's own member answered."""
    authorise(identity, Permission.MEMBER_SPEAK)
    now = next((r for r in queries.list_rounds(identity.network_id) if r.results is None), None)
    return OwnAnswer(now, queries.own_answer(now.id, identity.member_id) if now else None)


def answer(identity: Identity, round_id: UUID, answers: Mapping[str, int], *, at: datetime) -> None:
    """Answer for one's own member; the newest answer counts.

    The audit says that something was answered in a round, and not what.

    Raises:
        InvalidInputError: no answer, or one that is none of the four.
        NotFoundError: the round is not open.
    """
    checked = checked_answers(answers)
    with unit_of_work():
        authorise(identity, Permission.MEMBER_SPEAK)
        _hold(identity, round_id)
        queries.put_answer(round_id, identity.member_id, checked, at=at)
        append_event(identity, "answered", "survey", round_id, at=at)


def take_back(identity: Identity, round_id: UUID, *, at: datetime) -> None:
    """Take one's own answer back; raises NotFoundError when there is none, or it was counted."""
    with unit_of_work():
        authorise(identity, Permission.MEMBER_SPEAK)
        _hold(identity, round_id)
        if not queries.drop_answer(round_id, identity.member_id):
            raise NotFoundError
        append_event(identity, "taken-back", "survey", round_id, at=at)


def _hold(identity: Identity, round_id: UUID) -> None:
    here = {one.id for one in queries.list_rounds(identity.network_id)}
    if round_id not in here or not queries.lock_round(round_id):
        raise NotFoundError


def _today(identity: Identity, at: datetime) -> date:
    network = accounts.get_network(identity.network_id)
    return at.astimezone(ZoneInfo(network.timezone)).date()
