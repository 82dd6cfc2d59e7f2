"""What the network records of itself, as shares for the indicators: training, seats, council.

What lives here: reading those records. Nobody is named in them: members and seats alone (R93, R94).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from ccr.domain.indicators import Indicator, Share
from ccr.domain.training import Subject, Trained, TrainingState
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.queries.network_records import record_counts
from ccr.storage.queries.working_together import list_training

_HOLDS = {TrainingState.VALID, TrainingState.ENDS_SOON}


def recorded_shares(
    identity: Identity, members: Collection[UUID], on: date
) -> dict[Indicator, Share | None]:
    """Return the shares of what the network records; None where nothing is recorded yet.

    Attendance is of the last meeting that is over, once anybody wrote down who came. Dropped
    actions count in neither.
    """
    authorise(identity, Permission.COORDINATION_READ)
    found = record_counts(identity.network_id, on)
    seats = Share(min(found.seats_filled, found.seats_planned), found.seats_planned)
    return {
        Indicator.TRAINING: training_share(list_training(identity.network_id), members, on),
        Indicator.SEATS: seats if found.seats_planned else None,
        Indicator.ATTENDANCE: Share(found.there, found.seated) if found.there else None,
        Indicator.ACTIONS: Share(found.done, found.actions) if found.actions else None,
    }


def training_share(
    trained: Collection[Trained], members: Collection[UUID], on: date
) -> Share | None:
    """Return how many pairs of member and topic hold on a day; None when nobody said anything."""
    if not trained:
        return None
    there = set(members)
    holding = [one for one in trained if one.member_id in there and one.stands(on) in _HOLDS]
    return Share(len(holding), len(there) * len(Subject))
