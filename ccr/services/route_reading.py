"""What was typed for a search, read against the directory: members, places and services looked up.

Steps of finding partners, which authorises. Shapes and codes are read by ccr.domain.route_fields.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from ccr.domain import route_fields as read
from ccr.domain.route_fields import RouteFields
from ccr.domain.routing_request import NotNear, RouteRequest
from ccr.engine.partner_index import PartnerIndex
from ccr.policy.identity import Identity
from ccr.services.world import World
from ccr.storage.queries import accounts


def read_typed(
    identity: Identity,
    world: World,
    fields: RouteFields,
    index: PartnerIndex,
    *,
    state: str,
    at: datetime,
) -> RouteRequest:
    """Return the request, with the sender where there is one: staff, not terminals and keys."""
    staff = identity.is_a_program
    return RouteRequest(
        needs=read.read_needs(fields.needs),
        near=world.gazetteer.resolve(fields.near, default_state=state),
        at=at,
        track=read.read_track(fields.track),
        urgency=read.read_urgency(fields.urgency),
        language=read.read_language(fields.language),
        access=read.read_access(fields.access),
        age_band=read.read_age_band(fields.age_band),
        gender=read.read_gender(fields.gender),
        transport=read.read_transport(fields.transport),
        excluded_members=read.read_excluded(
            fields.exclude, lambda text: find_member(identity, index, text)
        ),
        not_near=find_not_near(world, state, fields.not_near),
        apart_from=tuple(
            service
            for text in fields.apart_from
            if (service := index.services.get(UUID(text))) is not None
        ),
        sender_member_id=identity.member_id if staff else None,
        sender_compartment_id=identity.compartment_id if staff else None,
        limit=read.read_limit(fields.limit),
    )


def find_not_near(world: World, state: str, texts: Iterable[str]) -> tuple[NotNear, ...]:
    """Return the places to keep away from; raises InvalidInputError (field `not_near`)."""
    return read.read_not_near(texts, partial(world.gazetteer.resolve, default_state=state))


def find_member(identity: Identity, index: PartnerIndex, text: str) -> UUID | None:
    """Return the id of the network's member of this name or id, or None."""
    members = index.members
    try:
        member_id = UUID(text)
    except ValueError:
        pass
    else:
        # Answers keep ids; a member that has no services (any more) stays left out.
        known = member_id in members or accounts.has_member(identity.network_id, member_id)
        return member_id if known else None
    wanted = " ".join(text.split()).casefold()
    for member in members.values():
        if member.name.casefold() == wanted:
            return member.id
    # A member without services cannot be proposed anyway, but its name is no mistake.
    return accounts.find_member(identity.network_id, text)
