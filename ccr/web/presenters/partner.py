"""The chosen partner beside a draft: who they are, what they must do, who answers there now."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ccr.domain.answering import coverage_now
from ccr.domain.clocks import Side
from ccr.domain.directory import Service
from ccr.domain.moments import weekday_time
from ccr.domain.phrases import phrase
from ccr.domain.public_listing import is_program
from ccr.domain.taxonomy import CompartmentKind, Urgency
from ccr.policy.identity import Identity
from ccr.services import routing
from ccr.services.answer_ahead import AnswerAhead, answer_ahead
from ccr.services.drafts import DraftView
from ccr.services.world import World
from ccr.storage.queries.receivers import Receiver
from ccr.web.language import translated
from ccr.web.presenters.routing import coverage_dict, facts_rows


def partner_view(
    identity: Identity, world: World, draft: DraftView, *, at: datetime
) -> dict[str, Any]:
    """Return the partner of a draft for the share and check steps."""
    partner = draft.partner
    assert partner is not None  # noqa: S101 -- the steps before lead here only with one
    service = _service(identity, partner.service_id)
    ahead = answer_ahead(identity, world, partner, draft.needs, draft.urgency, at=at)
    cover = None
    if service:
        cover = coverage_dict(coverage_now(service, draft.needs, at, world.hours), service, at)
        if cover and cover["reads"] and not ahead.is_read:
            # A day on which the program is closed: whatever the listing's hours say.
            until = _told(ahead.reads_at, partner, at)
            cover = {"reads": False, "until": until, "phone": partner.phone, "on_call": False}
    return {
        "service": partner.service_name,
        "member": partner.member_name,
        "to_program": partner.kind is CompartmentKind.APIP or (service and is_program(service)),
        "has_program_desk": partner.kind is CompartmentKind.APIP,
        "in_writing": draft.release_needs_writing,
        "facts": facts_rows(service.member) if service else [],
        "coverage": cover,
        "answer": {
            **_answer(ahead, draft, partner, at),
            # One number, not two: who answers at night may not be the office.
            "call_first": draft.urgency is Urgency.IMMEDIATE and not (cover and cover.get("phone")),
        },
        "phone": partner.phone,
        "by_phone": partner.by_phone,
        "by_link": partner.by_link,
    }


def _answer(
    ahead: AnswerAhead, draft: DraftView, partner: Receiver, at: datetime
) -> dict[str, Any]:
    """Return whose the answer is and by when; where a call comes first, that, and what if not."""
    immediate = draft.urgency is Urgency.IMMEDIATE
    due = weekday_time(ahead.due_at, partner.timezone, now=at)
    if ahead.duty is Side.SENDER and not partner.by_phone:
        words = phrase(
            "Until somebody there opens it, the clock is yours: an answer by %(due)s.", due=due
        )
    elif ahead.duty is Side.SENDER:
        words = phrase("You call them. The clock is yours: an answer by %(due)s.", due=due)
    elif immediate:
        words = phrase("They read this now. They answer by %(due)s.", due=due)
    else:
        words = phrase("They answer by %(due)s.", due=due)
    return {
        "words": translated(words),
        "phone": partner.phone,
        "yours": ahead.duty is Side.SENDER,
    }


def _told(at: datetime | None, partner: Receiver, now: datetime) -> str | None:
    return None if at is None else translated(weekday_time(at, partner.timezone, now=now))


def further_facts(identity: Identity, draft: DraftView) -> list[dict[str, Any]]:
    """Return what the person has to know of each further partner before they choose it."""
    ids = [one.partner.service_id for one in draft.further]
    known = routing.directory_services(identity, ids) if ids else {}
    return [
        {
            "member": one.partner.member_name,
            "facts": facts_rows(known[one.partner.service_id].member),
        }
        for one in draft.further
        if one.partner.service_id in known
    ]


def _service(identity: Identity, service_id: UUID) -> Service | None:
    return routing.directory_services(identity, [service_id]).get(service_id)
