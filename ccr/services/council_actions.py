"""What members do by a day: decided in a meeting, or recommended by an audit or a review (R93).

One line, an owner that is a member, a day. A recommendation of a fatality review comes without the
facts of any case: there is no field for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from ccr.domain.council import Source
from ccr.domain.errors import InvalidInputError, NotFoundError, StaleError
from ccr.domain.phrases import phrase
from ccr.domain.safety_question import one_line
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.council import today
from ccr.storage.db import unit_of_work
from ccr.storage.queries import council as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.coordination import list_network_members
from ccr.storage.queries.gap_register import list_gaps

FURTHEST = timedelta(days=366)
ENDS = ("done", "dropped")


@dataclass(frozen=True, slots=True)
class NewAction:
    """An action as it is written down."""

    source: Source
    text: str
    owner_id: UUID
    due_on: date
    meeting_id: UUID | None = None
    gap_id: UUID | None = None


def add(identity: Identity, action: NewAction, *, at: datetime) -> UUID:
    """Add an action; return its id.

    Raises:
        InvalidInputError: no words, no member as its owner, a day that is past or over a year away,
            a gap that is none of the register, or a meeting where none belongs; `field` names it.
        NotFoundError: there is no such meeting.
    """
    text = one_line(action.text, field="text")
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        on = today(identity, at=at)
        if not on <= action.due_on <= on + FURTHEST:
            raise InvalidInputError(
                phrase("Give a day from today to a year from now."), field="due_on"
            )
        if action.owner_id not in {m.id for m in list_network_members(identity.network_id)}:
            raise InvalidInputError(phrase("Choose a member of the network."), field="owner")
        gaps = {gap.id for gap in list_gaps(identity.network_id).values()}
        if action.gap_id is not None and action.gap_id not in gaps:
            raise InvalidInputError(phrase("Choose a gap of the register."), field="gap")
        if action.meeting_id is not None and not queries.get_meeting(
            identity.network_id, action.meeting_id
        ):
            raise NotFoundError
        values = {
            "source": action.source.value, "meeting_id": action.meeting_id,
            "gap_id": action.gap_id, "text": text, "owner_member_id": action.owner_id,
            "due_on": action.due_on,
        }  # fmt: skip
        made = queries.add_action(identity.network_id, values, at=at)
        append_event(identity, "made", "action", made, at=at)
    return made


def end(identity: Identity, action_id: UUID, version: int, how: str, *, at: datetime) -> None:
    """Say that an action is done, or dropped.

    Raises:
        NotFoundError: this is no way to end it.
        StaleError: it is not there, or somebody else changed it first; nothing was written.
    """
    if how not in ENDS:
        raise NotFoundError
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        values = {"status": how, "ended_on": today(identity, at=at)}
        if not queries.change_action(identity.network_id, action_id, version, values):
            raise StaleError(phrase("Somebody else changed this action. Look at it again."))
        append_event(identity, how, "action", action_id, at=at)
