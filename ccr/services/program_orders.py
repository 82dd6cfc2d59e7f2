"""What the sender of a referral to a program says: who ordered it, and a group that is wished.

The program reads it after accepting. Groups where the other party goes are left out without a
word: what is offered is made for this sender's own situation alone (R14, R81, R82).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ccr.domain.directory import Member, Service
from ccr.domain.errors import IllegalTransitionError, InvalidInputError, NotFoundError
from ccr.domain.groups_apart import offered_groups
from ccr.domain.participants import checked_order
from ccr.domain.phrases import phrase
from ccr.domain.program_groups import Group
from ccr.domain.referral_states import State
from ccr.domain.taxonomy import CompartmentKind
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import routing
from ccr.services.authorise import authorise
from ccr.services.draft_facts import DraftFacts
from ccr.services.draft_keeping import load_draft
from ccr.services.participant_steps import authorities_for, today_in
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import program_groups
from ccr.storage.queries import program_orders as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.program_orders import Received, Said

__all__ = ["OrderPage", "Received", "Said"]

MAY_BE_SAID = frozenset({State.DRAFT, State.SENT, State.ASKED, State.WAITLISTED})
"""Until the program accepts; after that its own record counts."""


@dataclass(frozen=True, slots=True)
class OrderPage:
    """What a sender said of one referral to a program, and what it may choose from.

    Attributes:
        open: False once it was accepted, came back or ended.
        reads_here: False where the program answers by phone or link: tell it then.
    """

    referral_id: UUID
    is_draft: bool
    program_name: str
    said: Said | None
    groups: tuple[Group, ...]
    authorities: tuple[Member, ...]
    open: bool
    reads_here: bool


def order_page(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> OrderPage:
    """Return what was said of a referral of one's own to a program. Writes nothing.

    Raises:
        NotFoundError: no such draft or referral of one's own, or it goes elsewhere.
    """
    state, facts, program = _to_a_program(identity, world, referral_id)
    return OrderPage(
        referral_id=referral_id,
        is_draft=state is State.DRAFT,
        program_name=program.member.name,
        said=queries.order_of(referral_id),
        groups=_offered(identity, world, facts, program, at=at),
        authorities=authorities_for(identity.network_id, program.compartment_id),
        open=state in MAY_BE_SAID,
        reads_here=not (facts.by_phone or facts.by_link),
    )


def say(identity: Identity, world: World, referral_id: UUID, said: Said, *, at: datetime) -> None:
    """Keep what the sender says of a referral, over what it said before.

    Raises:
        NotFoundError: no such draft or referral of one's own, or it goes elsewhere.
        IllegalTransitionError: it was accepted, came back or ended.
        InvalidInputError: the order cannot be, or the group is none of the list; `field`.
    """
    with unit_of_work():
        state, facts, program = _to_a_program(identity, world, referral_id, lock=True)
        if state not in MAY_BE_SAID:
            raise IllegalTransitionError(
                phrase("The program has answered. Tell it by phone what changed.")
            )
        authorities = authorities_for(identity.network_id, program.compartment_id)
        order = checked_order(
            said.order, {m.id for m in authorities}, today_in(identity.network_id, at)
        )
        offered = {group.id for group in _offered(identity, world, facts, program, at=at)}
        if said.group_id is not None and said.group_id not in offered:
            raise InvalidInputError(phrase("Choose a group of the list."), field="group")
        queries.save_order(identity.network_id, referral_id, replace(said, order=order), at=at)
        append_event(identity, "said", "program-order", referral_id, at=at)


def _to_a_program(
    identity: Identity, world: World, referral_id: UUID, *, lock: bool = False
) -> tuple[State, DraftFacts, Service]:
    """Return how a draft or referral of one's own stands, its search, and the program's service."""
    draft, facts = load_draft(identity, world, referral_id, lock=lock)
    service_id = facts.chosen_service
    if service_id is None:
        raise NotFoundError
    service = routing.directory_services(identity, [service_id]).get(service_id)
    if service is None or service.compartment_kind is not CompartmentKind.APIP:
        raise NotFoundError
    return draft.state, facts, service


def _offered(
    identity: Identity, world: World, facts: DraftFacts, service: Service, *, at: datetime
) -> tuple[Group, ...]:
    """Return the groups that may be offered; the directory is asked only where it matters."""
    groups = program_groups.list_groups(service.compartment_id)
    if not (facts.apart_from or facts.not_near):
        return tuple(group for group in groups if group.active)
    request = routing.read_request(identity, world, facts.route_fields(), at=at)
    places = program_groups.sites_of({g.location_id for g in groups if g.location_id})
    return offered_groups(groups, service, places, request, world.hours)


def received(identity: Identity, referral_id: UUID) -> Received | None:
    """Return what the sender said of a referral that one's own program accepted, or None.

    None as well before accepting, for other tracks, and for what is another program's.
    """
    authorise(identity, Permission.PROGRAM_RUN)
    return queries.get_received(referral_id, identity.compartment_id)
