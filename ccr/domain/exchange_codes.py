"""What a referral is called in other systems: FHIR Task and BSeR codes, as data.

What lives here: the map from what a viewer reads, never from the stored state: an export tells no
more than the page of whoever asks for it. What must not: building documents.

Sources: hl7.org/fhir/R4/valueset-task-status (Task.status; "received" and "ready" are left out,
as in SDOH Clinical Care 3.0.0); HL7 BSeR 2.0.0-ballot, CodeSystem TaskBusinessStatusCS.
"""

from __future__ import annotations

from dataclasses import dataclass

from ccr.domain.referral_views import Status

BSER_SYSTEM = "http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS"

TASK_STATUSES = frozenset(
    {
        "draft",
        "requested",
        "accepted",
        "rejected",
        "in-progress",
        "on-hold",
        "completed",
        "cancelled",
        "failed",
        "entered-in-error",
    }
)

CREATED, ACCEPTED, DECLINED, EVENT_SCHEDULED, EVENT_UNATTENDED = (
    "2.0",
    "3.0",
    "4.0",
    "5.1.1",
    "5.1.2",
)
EVENT_COMPLETED, ENDED_EARLY, COMPLETED = "5.1.4", "6.0", "7.0"
BUSINESS_STATUSES: dict[str, str] = {
    CREATED: "Service Request Created",
    ACCEPTED: "Service Request Accepted",
    DECLINED: "Service Request Declined",
    EVENT_SCHEDULED: "Service Request Event Scheduled",
    EVENT_UNATTENDED: "Scheduled Service Request Event Unattended",
    "5.1.3": "Scheduled Service Request Event Cancelled",
    EVENT_COMPLETED: "Service Request Event Completed",
    "5.2": "Service Request Cancellation Requested",
    ENDED_EARLY: "Service Request Fulfillment Cancelled",
    COMPLETED: "Service Request Fulfillment Completed",
}


@dataclass(frozen=True, slots=True)
class ExchangeCodes:
    """A Task's status and its business status; the latter is None where BSeR has no word."""

    task_status: str
    business_status: str | None


_DECLINED = ExchangeCodes("rejected", DECLINED)
_TAKEN_BACK = ExchangeCodes("cancelled", ENDED_EARLY)

CODES: dict[Status, ExchangeCodes] = {
    Status.DRAFT: ExchangeCodes("draft", None),
    Status.SENT: ExchangeCodes("requested", CREATED),
    Status.TO_CALL: ExchangeCodes("requested", CREATED),
    Status.NOBODY_READS: ExchangeCodes("requested", CREATED),
    Status.ASKED: ExchangeCodes("requested", CREATED),
    Status.WAITLISTED: ExchangeCodes("requested", CREATED),
    Status.ACCEPTED: ExchangeCodes("accepted", ACCEPTED),
    Status.ACCEPTED_BY_PHONE: ExchangeCodes("accepted", ACCEPTED),
    Status.IN_PROGRESS: ExchangeCodes("in-progress", ACCEPTED),
    Status.ON_HOLD: ExchangeCodes("on-hold", ACCEPTED),
    Status.CONNECTED: ExchangeCodes("in-progress", EVENT_COMPLETED),
    Status.CANNOT_TAKE: _DECLINED,
    Status.NO_ROOM: _DECLINED,
    Status.OUTSIDE_AREA: _DECLINED,
    Status.NO_LANGUAGE: _DECLINED,
    Status.NOT_ENOUGH: _DECLINED,
    Status.DECLINED: _DECLINED,
    # "Outcome not shared" counts as a closed loop (design 2.4); it says nothing about success.
    Status.NOT_SHARED: ExchangeCodes("completed", COMPLETED),
    Status.CLOSED: ExchangeCodes("completed", COMPLETED),
    Status.RECALLED: _TAKEN_BACK,
    Status.WITHDRAWN: _TAKEN_BACK,
    Status.STOPPED: _TAKEN_BACK,
    Status.FROZEN: ExchangeCodes("entered-in-error", ENDED_EARLY),
    Status.ENTERED_IN_ERROR: ExchangeCodes("entered-in-error", None),
    # It was asked for and nobody did it: Task.status "failed".
    Status.EXPIRED: ExchangeCodes("failed", ENDED_EARLY),
}
"""By what the viewer reads; a test holds it complete."""


def codes_of(status: Status) -> ExchangeCodes:
    """Return the codes of what a viewer reads."""
    return CODES[status]
