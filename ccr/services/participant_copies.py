"""What a participant may have on paper: services given to that person, and nothing else (R33, R45).

Read from the participant and its events alone. Reports, prompts, consultations, risk information
and placement are not loaded here, so that no template can show them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ccr.domain.authority_reports import Counts, count_sessions
from ccr.domain.errors import NotFoundError
from ccr.domain.participants import Event, Participant, ParticipantState
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.participant_steps import today_in
from ccr.storage.queries import participants
from ccr.storage.queries.program_groups import Letterhead, get_group, letterhead


@dataclass(frozen=True, slots=True)
class Copy:
    """One person's copy: days, attendance, group and state."""

    participant: Participant
    events: tuple[Event, ...]
    counts: Counts
    group_name: str
    head: Letterhead
    today: date


def open_copy(identity: Identity, participant_id: UUID, *, at: datetime) -> Copy:
    """Return a participant's copy; raises NotFoundError. Writes nothing."""
    authorise(identity, Permission.PROGRAM_RUN)
    own = identity.compartment_id
    found = participants.get_participant(participant_id, compartment_id=own)
    authorise(identity, Permission.PROGRAM_RUN, found)
    events = tuple(participants.events_of([found.id])[found.id])
    today = today_in(identity.network_id, at)
    group = get_group(found.group_id, compartment_id=own) if found.group_id else None
    counts = count_sessions(events, found.enrolled_on or today, today)
    return Copy(found, events, counts, group.name if group else "", letterhead(own), today)


def open_certificate(identity: Identity, participant_id: UUID, *, at: datetime) -> Copy:
    """Return the same for a certificate; raises NotFoundError unless the program is completed."""
    found = open_copy(identity, participant_id, at=at)
    if found.participant.state is not ParticipantState.COMPLETED:
        raise NotFoundError
    return found
