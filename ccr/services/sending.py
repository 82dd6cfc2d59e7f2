"""Sending a draft, and starting again with another partner.

Sending is one transaction: the draft becomes a sent referral with a code, the facts that were
agreed to, an answer clock, an event, an audit row and a notice; or nothing happens at all. A second
press of the button has no second effect and gets the same answer. The steps are `sending_steps`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ccr.domain.asking import AskingWay, PartState
from ccr.domain.clocks import ClockKind, Side
from ccr.domain.errors import IllegalTransitionError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.referral import taking_back
from ccr.domain.referral_states import TAKEN_BACK, State
from ccr.domain.routing_request import RouteAnswer
from ccr.policy.identity import Identity
from ccr.services import routing
from ccr.services.asking import act
from ccr.services.draft_facts import DraftFacts, first_of, seal
from ccr.services.draft_keeping import load_draft, start_from
from ccr.services.referral_acts import load
from ccr.services.sending_steps import send_further, send_now
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.asking import add_asking, hold_asking, save_part
from ccr.storage.queries.clocks import list_clocks
from ccr.storage.queries.drafts import StoredDraft, earlier_receivers, reseal
from ccr.storage.queries.next_contact import get_contact
from ccr.storage.queries.receivers import Receiver, get_receiver, members_of
from ccr.storage.queries.referrals import get_referral


@dataclass(frozen=True, slots=True)
class Sent:
    """What the sender is told after sending, the first time and every time after it."""

    referral_id: UUID
    code: str
    service_name: str
    member_name: str
    phone: str | None
    sent_at: datetime
    answer_due_at: datetime


def send(identity: Identity, world: World, draft_id: UUID, *, at: datetime) -> Sent:
    """Send a draft to its partner; return the code to say.

    Raises:
        NotFoundError: no such draft of this program.
        InvalidInputError: something is missing (the person's yes above all), or a hard limit now
            stands in the way; `field` names it.
        TakesNoPartError: one's own member is suspended or leaves; the draft stays.
        IllegalTransitionError: it was recalled, or marked as an error.
    """
    with unit_of_work():
        draft, facts = load_draft(identity, world, draft_id, lock=True)
        if draft.state is State.DRAFT:
            _send_all(identity, world, draft, facts, at=at)
        elif draft.state in TAKEN_BACK:
            raise IllegalTransitionError(phrase("This referral was taken back."))
        return _answer(identity, draft_id)


def _send_all(
    identity: Identity, world: World, draft: StoredDraft, facts: DraftFacts, *, at: datetime
) -> None:
    """Send to the first partner; keep whom to ask next, or send to the others too."""
    agreed = send_now(identity, world, draft, facts, at=at)
    if not facts.further:
        return
    way = AskingWay(facts.way)
    asking_id = add_asking(
        network_id=identity.network_id,
        sender_compartment_id=identity.compartment_id,
        way=way,
        first_referral_id=draft.id,
        further=len(facts.further),
        at=at,
    )
    if way is AskingWay.ORDERED:
        return
    for position, partner in enumerate(facts.further, start=2):
        sent_id = send_further(
            identity, world, facts, partner, at=at, agreed=agreed, chosen_by=draft.chosen_by
        )
        save_part(asking_id, position, PartState.ASKED, at=at, referral_id=sent_id)
    # What goes on from here is each referral's own: its needs, and no partner of the others.
    own = replace(first_of(facts), further=(), way="")
    reseal(
        draft.id,
        seal(world, own, draft.id, identity.compartment_id),
        sender_compartment_id=identity.compartment_id,
    )


def _answer(identity: Identity, referral_id: UUID) -> Sent:
    referral = get_referral(
        referral_id, side=Side.SENDER, compartment_id=identity.compartment_id
    ).referral
    if referral.service_id is None or referral.code is None or referral.sent_at is None:
        raise NotFoundError
    receiver: Receiver = get_receiver(identity.network_id, referral.service_id)
    clock = list_clocks([referral.id])[referral.id][ClockKind.ANSWER]
    return Sent(
        referral.id,
        referral.code,
        receiver.service_name,
        receiver.member_name,
        receiver.phone,
        referral.sent_at,
        clock.due_at,
    )


def options_after_decline(
    identity: Identity, world: World, referral_id: UUID, *, at: datetime
) -> RouteAnswer:
    """Return other partners for a referral of one's own: the same search, less those asked before.

    It may be asked for at any time: it neither depends on nor shows what a receiver does.
    """
    _, facts = load_draft(identity, world, referral_id)
    return routing.find_partners(
        identity, world, _without_those_asked(identity, facts, referral_id).route_fields(), at=at
    )


def reroute(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> UUID:
    """Begin a new draft with the same answers and without those asked before; return its id.

    The link to the old one is kept in the sender's own program alone. The old one stays the
    sender's move until the new one is sent.
    """
    with unit_of_work():
        _, facts = load_draft(identity, world, referral_id)
        contact = get_contact(referral_id, sender_compartment_id=identity.compartment_id)
        fresh = replace(
            _without_those_asked(identity, facts, referral_id).expecting(contact),
            service_id="",
            release_until="",
            by_phone=False,
            by_link=False,
            further=(),
            way="",
        )
        return start_from(identity, world, fresh, previous_referral_id=referral_id, at=at)


def recall_and_reroute(
    identity: Identity, world: World, referral_id: UUID, *, at: datetime
) -> UUID:
    """Take a referral back and begin a new draft from it, both or neither; return its id."""
    with unit_of_work():
        hold_asking(referral_id)  # always before the referral itself
        referral = load(identity, referral_id, Side.SENDER, lock=True).referral
        act(identity, world, referral_id, taking_back(referral), Side.SENDER, at=at)
        return reroute(identity, world, referral_id, at=at)


def _without_those_asked(identity: Identity, facts: DraftFacts, referral_id: UUID) -> DraftFacts:
    asked = members_of(
        earlier_receivers(referral_id, sender_compartment_id=identity.compartment_id)
    )
    return replace(
        facts, exclude=tuple(sorted({*facts.exclude, *(str(member) for member in asked)}))
    )
