"""The chosen partner beside a draft: who they are, what they must do, who answers there now."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ccr.domain.answering import coverage_now
from ccr.domain.directory import Service
from ccr.policy.identity import Identity
from ccr.services import routing
from ccr.services.drafts import DraftView
from ccr.services.world import World
from ccr.web.presenters.routing import coverage_dict, facts_rows


def partner_view(
    identity: Identity, world: World, draft: DraftView, *, at: datetime
) -> dict[str, Any]:
    """Return the partner of a draft for the share and check steps."""
    partner = draft.partner
    assert partner is not None  # noqa: S101 -- the steps before lead here only with one
    service = _service(identity, partner.service_id)
    return {
        "service": partner.service_name,
        "member": partner.member_name,
        "in_writing": draft.release_needs_writing,
        "facts": facts_rows(service.member) if service else [],
        "coverage": (
            coverage_dict(coverage_now(service, draft.needs, at, world.hours), service, at)
            if service
            else None
        ),
        "phone": partner.phone,
        "by_phone": partner.by_phone,
        "by_link": partner.by_link,
    }


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
