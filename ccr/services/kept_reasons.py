"""Why a partner was proposed, kept sealed on the sender's side of a referral until it is over.

It is kept when a referral is sent, shown on the sender's page alone while the referral is open in
the sender's eyes, and deleted when the sender ends it, or else at the fixed time from which it
reads "Outcome not shared": an earlier end would tell what the receiver did (design 2.4).
"""

from __future__ import annotations

import json
from uuid import UUID

from ccr.domain.areas import by_area_alone
from ccr.domain.kept_reason import KeptReason, reason_from, reason_of
from ccr.domain.matching import Candidate, judge
from ccr.domain.routing_request import RouteRequest
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.judging import search_in
from ccr.services.sealed_words import UNREADABLE, opened
from ccr.services.world import World
from ccr.storage.queries.drafts import get_reason, keep_reason


def keep_why(
    identity: Identity, world: World, referral_id: UUID, request: RouteRequest, service_id: UUID
) -> None:
    """Keep why a service answers a request: a step of sending it. Trips are estimates here."""
    authorise(identity, Permission.REFERRAL_SEND)
    search, directory = search_in(identity, world, request)
    service = directory.index.services.get(service_id)
    if service is None:
        return
    found = None if by_area_alone(service) else judge(service, search)
    if not isinstance(found, Candidate | None):
        return
    reason = reason_of(
        service_id, found, directory_version=directory.version, weights=directory.weights
    )
    text = json.dumps(reason.as_plain(), sort_keys=True, separators=(",", ":"))
    sealed = world.keys.seal(text, _context(referral_id, identity.compartment_id))
    keep_reason(referral_id, sealed, sender_compartment_id=identity.compartment_id)


def why_proposed(identity: Identity, world: World, referral_id: UUID) -> KeptReason | None:
    """Return why the partner of a sent referral was proposed, for its sender; None once gone."""
    authorise(identity, Permission.REFERRAL_READ)
    sealed = get_reason(referral_id, sender_compartment_id=identity.compartment_id)
    return opened_reason(identity, world, referral_id, sealed)


def opened_reason(
    identity: Identity, world: World, referral_id: UUID, sealed: str | None
) -> KeptReason | None:
    """Return a kept reason opened, None when it is gone: a step of opening the referral."""
    authorise(identity, Permission.REFERRAL_READ)
    if sealed is None:
        return None
    text = opened(world, sealed, _context(referral_id, identity.compartment_id), referral_id)
    return reason_from(json.loads(text)) if text != UNREADABLE else None


def _context(referral_id: UUID, compartment_id: UUID) -> str:
    return f"referral_search|why_sealed|{referral_id}|{compartment_id}"
