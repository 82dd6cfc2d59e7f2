"""What follows from an act at a program's desk: a report that is due, a consultation to ask for.

Steps of use cases: the caller has authorised, and holds the participant in its unit of work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from ccr.domain.authority_reports import Missing, Report, ReportFacts, ReportKind, status_of
from ccr.domain.directory import Member
from ccr.domain.participant_states import Follows
from ccr.domain.participants import Participant, may_mandate
from ccr.storage.queries import accounts, authority_reports, consultation_prompts
from ccr.storage.queries.audit import append_event_to
from ccr.storage.queries.coordination import list_network_members
from ccr.storage.queries.program_orders import declared_authorities


@dataclass(frozen=True, slots=True)
class Cause:
    """What brought it about: who did it (None: the worker), on which day, and what was missed."""

    actor_id: UUID | None
    on: date
    missing: Missing | None = None


def bring(participant: Participant, follows: Follows, cause: Cause, *, at: datetime) -> int:
    """Write what follows; return how many reports are newly due.

    A notice that waits already is not written twice: it goes out as it is, today.
    """
    due = 0
    if follows.noncompliance:
        facts = ReportFacts(missing=cause.missing or Missing.ENROLMENT, on=cause.on)
        due += _due(participant, ReportKind.NONCOMPLIANCE, facts, cause, at=at)
    if follows.status:
        facts = status_of(participant, cause.on)
        due += _due(participant, ReportKind.STATUS, facts, cause, at=at)
    if follows.trigger is not None:
        prompt_id = consultation_prompts.add_prompt(
            participant.network_id,
            participant.compartment_id,
            follows.trigger,
            participant.id,
            at=at,
        )
        append_event_to(
            participant.compartment_id,
            cause.actor_id,
            "prompted",
            "consultation",
            prompt_id,
            at=at,
            reason=follows.trigger.value,
        )
    return due


def _due(
    participant: Participant, kind: ReportKind, facts: ReportFacts, cause: Cause, *, at: datetime
) -> int:
    own = participant.compartment_id
    waiting = authority_reports.list_of(participant.id, compartment_id=own)
    if any(_same(task, kind, facts) for task in waiting):
        return 0
    report = report_on(participant, kind, facts, due_on=today_in(participant.network_id, at), at=at)
    authority_reports.add_report(report)
    append_event_to(
        participant.compartment_id,
        cause.actor_id,
        "made-due",
        "authority-report",
        report.id,
        at=at,
        reason=kind.value,
    )
    return 1


def _same(task: Report, kind: ReportKind, facts: ReportFacts) -> bool:
    """Return True when a report that waits says the same already."""
    return task.sent_at is None and task.kind is kind and task.facts.missing is facts.missing


def take_back(participant: Participant, cause: Cause, *, at: datetime) -> None:
    """Take back the notice that a slip of the pen made due, as long as it was not sent."""
    for task in authority_reports.list_of(
        participant.id, compartment_id=participant.compartment_id
    ):
        same = (task.facts.missing, task.facts.on) == (cause.missing, cause.on)
        if same and authority_reports.drop_task(task):
            append_event_to(
                participant.compartment_id,
                cause.actor_id,
                "took-back",
                "authority-report",
                task.id,
                at=at,
            )


def report_on(
    participant: Participant,
    kind: ReportKind,
    facts: ReportFacts,
    *,
    due_on: date | None,
    at: datetime,
) -> Report:
    """Return a report of a participant to the one authority of the order (R32)."""
    return Report(
        id=uuid4(),
        network_id=participant.network_id,
        compartment_id=participant.compartment_id,
        code=participant.code,
        kind=kind,
        made_at=at,
        facts=facts,
        participant_id=participant.id,
        authority_member_id=participant.order.authority_id,
        outside=participant.order.outside,
        due_on=due_on,
    )


def authorities_for(network_id: UUID, compartment_id: UUID) -> tuple[Member, ...]:
    """Return the members that may mandate: public authorities, and those the program declared."""
    declared = declared_authorities(compartment_id)
    return tuple(
        member
        for member in list_network_members(network_id)
        if may_mandate(member.category, member.regime) or member.id in declared
    )


def zone_of(network_id: UUID) -> ZoneInfo:
    """Return the network's time zone."""
    return ZoneInfo(accounts.get_network(network_id).timezone)


def today_in(network_id: UUID, at: datetime) -> date:
    """Return the day that it is in the network."""
    return at.astimezone(zone_of(network_id)).date()
