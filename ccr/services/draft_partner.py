"""The partner of a draft and the person's yes: who is asked, and what was agreed to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ccr.domain import release as releases
from ccr.domain.errors import InvalidInputError, PartnerLimitError
from ccr.domain.phrases import phrase
from ccr.domain.referral_states import ChosenBy
from ccr.domain.routing_request import RouteAnswer
from ccr.policy.identity import Identity
from ccr.services import routing
from ccr.services.draft_facts import DraftFacts
from ccr.services.draft_keeping import change_draft, check_is_draft, load_draft
from ccr.services.draft_ways import check_reachable
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import drafts as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.receivers import Receiver, get_receiver


def options(identity: Identity, world: World, draft_id: UUID, *, at: datetime) -> RouteAnswer:
    """Return the partners to read out to the person; those asked before are not among them."""
    _, facts = load_draft(identity, world, draft_id)
    return routing.find_partners(identity, world, facts.route_fields(), at=at)


def choose_partner(
    identity: Identity, world: World, draft_id: UUID, service_id: UUID, *, at: datetime
) -> None:
    """Keep the chosen partner.

    Raises:
        NotFoundError: there is no such service in this network.
        InvalidInputError: nobody there reads CCR, or a hard limit stands in the way.
    """

    def change(facts: DraftFacts) -> DraftFacts:
        partner = check_partner(identity, world, facts, service_id, at=at)
        chosen = replace(
            facts,
            service_id=str(service_id),
            by_phone=partner.by_phone,
            by_link=partner.by_link,
            further=(),
            way="",
        )
        # Nobody at a partner by phone could ever confirm a release here.
        return replace(chosen, release_until="") if partner.by_phone else chosen

    change_draft(identity, world, draft_id, change, at=at)


def check_partner(
    identity: Identity, world: World, facts: DraftFacts, service_id: UUID, *, at: datetime
) -> Receiver:
    """Return the partner; raises as choose_partner does."""
    receiver = get_receiver(identity.network_id, service_id)
    if receiver.compartment_id == identity.compartment_id:
        raise InvalidInputError(
            phrase("This is your own program. No referral is needed."), field="service_id"
        )
    check_reachable(receiver)
    request = routing.read_request(identity, world, facts.route_fields(), at=at)
    left_out = routing.still_possible(identity, world, request, service_id, at=at)
    if left_out is not None:
        raise PartnerLimitError(left_out.text, limit=left_out.limit)
    return receiver


def ask_release(
    identity: Identity, world: World, draft_id: UUID, until: datetime | None, *, at: datetime
) -> None:
    """Keep until when the partner may tell how it goes; None: the person does not want that."""

    def change(facts: DraftFacts) -> DraftFacts:
        if until is not None and facts.by_phone:
            raise InvalidInputError(
                phrase("A partner by phone cannot confirm this here."), field="feedback"
            )
        if until is not None:
            releases.ask(at=at, until=until)
        return replace(facts, release_until=until.isoformat() if until else "")

    change_draft(identity, world, draft_id, change, at=at)


def record_yes(
    identity: Identity, world: World, draft_id: UUID, chosen_by: ChosenBy, *, at: datetime
) -> None:
    """Record that the person agrees to send exactly this to exactly this partner, and who chose.

    Raises:
        InvalidInputError: there is no partner to agree to yet.
    """
    with unit_of_work():
        draft, facts = load_draft(identity, world, draft_id, lock=True)
        check_is_draft(draft)
        if facts.chosen_service is None:
            raise InvalidInputError(phrase("Choose a partner first."), field="service_id")
        queries.save_draft(
            draft,
            sender_compartment_id=identity.compartment_id,
            facts_sealed=draft.facts_sealed,
            survivor_yes=True,
            chosen_by=chosen_by.value,
            at=at,
        )
        append_event(identity, "agreed", "referral", draft_id, at=at, reason=chosen_by.value)
