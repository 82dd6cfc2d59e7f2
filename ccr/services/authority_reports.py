"""Reports to the one authority that mandated a participant: made, sent, and read there (R32, R55).

A report holds codes, days and counts. It goes to the desk of the authority where it has one, or
on paper; nobody else ever finds it. The fixed notice by mail says that something waits, no more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from ccr.domain.authority_reports import (
    Report,
    ReportFacts,
    ReportKind,
    SentHow,
    count_sessions,
    status_of,
)
from ccr.domain.errors import InvalidInputError, NotFoundError, StaleError
from ccr.domain.paging import Page, page_number
from ccr.domain.participants import Participant
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import CompartmentKind
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.outbox import Notice, notify_compartment
from ccr.services.participant_steps import report_on, today_in
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts, participants
from ccr.storage.queries import authority_reports as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.invitations import programs_with_people
from ccr.storage.queries.program_groups import Letterhead, letterhead

__all__ = ["Letter", "Letterhead"]


@dataclass(frozen=True, slots=True)
class Letter:
    """A report on the program's side: what it says, on which letterhead, and how it can go out."""

    report: Report
    head: Letterhead
    has_desk: bool


def make(
    identity: Identity,
    participant_id: UUID,
    kind: ReportKind,
    period: tuple[date, date] | None = None,
    *,
    at: datetime,
) -> UUID:
    """Make an attendance or status report, to be looked at and sent; return its id.

    Raises:
        NotFoundError: one's own program has no such participant.
        InvalidInputError: nobody mandated it, so there is no one to report to; a notice of
            noncompliance is made by what happened alone; or the period cannot be.
    """
    with unit_of_work():
        authorise(identity, Permission.PROGRAM_RUN)
        own = identity.compartment_id
        found = participants.get_participant(participant_id, compartment_id=own)
        today = today_in(identity.network_id, at)
        if not found.order.mandated:
            raise InvalidInputError(
                phrase("Nobody mandated it: attendance is told to nobody."), field="kind"
            )
        if kind is ReportKind.ATTENDANCE:
            facts = _attendance(found, period, today)
        elif kind is ReportKind.STATUS:
            facts = status_of(found, today)
        else:
            raise InvalidInputError(phrase("Choose one."), field="kind")
        report = report_on(found, kind, facts, due_on=today, at=at)
        queries.add_report(report)
        append_event(identity, "made", "authority-report", report.id, at=at, reason=kind.value)
    return report.id


def _attendance(found: Participant, period: tuple[date, date] | None, today: date) -> ReportFacts:
    if period is None or not period[0] <= period[1] <= today:
        raise InvalidInputError(
            phrase("Give a period that ends today at the latest, its first day first."),
            field="since",
        )
    events = participants.events_of([found.id])[found.id]
    return ReportFacts(
        since=period[0],
        until=period[1],
        counts=count_sessions(events, *period),
        state=found.state,
    )


def open_letter(identity: Identity, report_id: UUID) -> Letter:
    """Return a report of one's own program; raises NotFoundError. Writes nothing."""
    authorise(identity, Permission.PROGRAM_RUN)
    report = queries.get_of_program(report_id, compartment_id=identity.compartment_id)
    authorise(identity, Permission.PROGRAM_RUN, report)
    return Letter(report, letterhead(identity.compartment_id), bool(_desks(report)))


def own_letterhead(identity: Identity) -> Letterhead:
    """Return the letterhead of one's own program."""
    authorise(identity, Permission.PROGRAM_RUN)
    return letterhead(identity.compartment_id)


def send(identity: Identity, report_id: UUID, version: int, how: SentHow, *, at: datetime) -> None:
    """Send a report to the authority's desk here, or record that it went out on paper.

    Raises:
        NotFoundError: one's own program has no such report, or the authority has no desk here.
        StaleError: it was sent or taken back by somebody else.
    """
    with unit_of_work():
        authorise(identity, Permission.PROGRAM_RUN)
        report = queries.get_of_program(report_id, compartment_id=identity.compartment_id)
        desks = _desks(report) if how is SentHow.HERE else []
        if how is SentHow.HERE and not desks:
            raise NotFoundError
        if not queries.mark_sent(replace(report, version=version), how, at=at):
            raise StaleError(phrase("Somebody else changed this first. Nothing was written."))
        for compartment_id in desks:
            notify_compartment(
                report.network_id, compartment_id, Notice.ITEM_TO_REVIEW,
                about=f"authority-report/{report.id}", at=at,
            )  # fmt: skip
        append_event(identity, "sent", "authority-report", report.id, at=at, reason=how.value)


def take_back(identity: Identity, report_id: UUID, *, at: datetime) -> None:
    """Delete a report that was entered in error and not sent.

    Raises:
        NotFoundError: one's own program has no such report that waits.
    """
    with unit_of_work():
        authorise(identity, Permission.PROGRAM_RUN)
        report = queries.get_of_program(report_id, compartment_id=identity.compartment_id)
        if not queries.drop_task(report):
            raise NotFoundError
        append_event(identity, "took-back", "authority-report", report.id, at=at)


def _desks(report: Report) -> list[UUID]:
    """Return the authority's programs at which somebody reads reports here."""
    if report.authority_member_id is None:
        return []
    with_people = programs_with_people(report.authority_member_id)
    return [
        program.id
        for program in accounts.list_compartments(report.authority_member_id)
        if program.kind is CompartmentKind.GENERAL and program.id in with_people
    ]


def received(identity: Identity, page: int = 1) -> Page[Report]:
    """Return a page of what programs reported here to one's own member. Writes nothing."""
    authorise(identity, Permission.AUTHORITY_REPORT_READ)
    number = page_number(page)
    total, _ = queries.count_received(identity.member_id)
    return Page(tuple(queries.list_received(identity.member_id, number)), total, number)


def waiting(identity: Identity) -> tuple[int, int]:
    """Return how many reports one's own member got here, and how many nobody has read."""
    authorise(identity, Permission.AUTHORITY_REPORT_READ)
    return queries.count_received(identity.member_id)


def open_received(identity: Identity, report_id: UUID, *, at: datetime) -> Report:
    """Return a report that was sent to one's own member, and note the first time it was read.

    Raises:
        NotFoundError: none, another member's, on paper, or not sent yet.
    """
    with unit_of_work():
        authorise(identity, Permission.AUTHORITY_REPORT_READ)
        report = queries.get_for_authority(report_id, member_id=identity.member_id)
        authorise(identity, Permission.AUTHORITY_REPORT_READ, report)
        queries.mark_read(report_id, member_id=identity.member_id, at=at)
        append_event(identity, "read", "authority-report", report_id, at=at)
    return report
