"""What the worker does at programs' desks: the check of day 28, and forgetting after two years.

Both may run twice, and beside another worker: one of them wins each participant (R55, R76).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from ccr.domain.authority_reports import Missing
from ccr.domain.participant_states import follows_missing
from ccr.domain.participant_words import EventKind
from ccr.domain.participants import Participant, last_day
from ccr.services.one_by_one import OneByOne
from ccr.services.outbox import Notice, notify_compartment
from ccr.services.participant_steps import Cause, bring, zone_of
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import participant_clocks as queries
from ccr.storage.queries import participants
from ccr.storage.queries.audit import append_event_to

BATCH = 200
FORGET_AFTER = timedelta(days=730)
"""Two years after the end a participant is deleted, with everything that hangs on the code."""


def check_enrolments(_world: World, *, at: datetime) -> int:
    """Raise what follows for each who is not enrolled when day 28 is over; return how many.

    A mandated one makes a notice due today; for everybody a consultation is prompted, and the
    program is told once that something waits. One that cannot be read holds up none of the others.

    Raises:
        LeftBehindError: at its end, when somebody's check could not be made; all the rest is.
    """
    one_by_one = OneByOne("enrolment.left-behind")
    raised = sum(
        one_by_one.try_one(one.id, partial(_raised, one, at=at))
        for one in queries.list_overdue(at, most=BATCH)
    )
    one_by_one.end()
    return raised


def _raised(found: Participant, *, at: datetime) -> bool:
    with unit_of_work():
        if not queries.hold_overdue(found, at=at):
            return False
        on = last_day(found.enrol_due_at, zone_of(found.network_id))
        participants.add_events([(found.id, EventKind.ENROL_OVERDUE, on, None)], at=at)
        bring(found, follows_missing(found), Cause(None, on, Missing.ENROLMENT), at=at)
        notify_compartment(
            found.network_id, found.compartment_id, Notice.ITEM_OVERDUE,
            about=f"participant/{found.id}/enrolment", at=at,
        )  # fmt: skip
        append_event_to(
            found.compartment_id, None, "checked", "participant", found.id, at=at,
            reason=EventKind.ENROL_OVERDUE.value,
        )  # fmt: skip
    return True


def forget_ended(*, at: datetime) -> int:
    """Delete participants who ended two years ago, and every report about them; return how many."""
    with unit_of_work():
        return queries.forget_ended(at - FORGET_AFTER, most=BATCH)
