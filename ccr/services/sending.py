"""Sending a draft, and starting again with another partner.

Sending is one transaction: the draft becomes a sent referral with a code, the facts that were
agreed to, an answer clock, an event, an audit row and a notice; or nothing happens at all. A second
press of the button has no second effect and gets the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ccr.domain import release as releases
from ccr.domain.clocks import ClockKind, Side, start_clock
from ccr.domain.disclosure import Coarsened
from ccr.domain.errors import (
    CcrError,
    DuplicateError,
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
)
from ccr.domain.phrases import phrase
from ccr.domain.referral import Referral, advance
from ccr.domain.referral_states import (
    TAKEN_BACK,
    WAITING_FOR_ANSWER,
    Action,
    EventKind,
    State,
)
from ccr.domain.routing_request import RouteAnswer
from ccr.policy.identity import Identity
from ccr.services import routing
from ccr.services.draft_facts import DraftFacts, shared_facts
from ccr.services.drafts import check_partner, load_draft, missing, start_from
from ccr.services.kept_reasons import keep_why
from ccr.services.reading_hours import reading_calendar
from ccr.services.referral_acts import Entry, act, load, log, question_context, tell
from ccr.services.referrals import take_back
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.clocks import list_clocks, save_clocks
from ccr.storage.queries.drafts import StoredDraft, earlier_receivers
from ccr.storage.queries.receivers import Receiver, get_receiver, members_of
from ccr.storage.queries.referrals import fact_columns, get_referral, try_to_send
from ccr.storage.queries.releases import save_release

DRAWS = 6


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
        IllegalTransitionError: it was recalled, or marked as an error.
    """
    with unit_of_work():
        draft, facts = load_draft(identity, world, draft_id, lock=True)
        if draft.state is State.DRAFT:
            _send_now(identity, world, draft, facts, at=at)
        elif draft.state in TAKEN_BACK:
            raise IllegalTransitionError(phrase("This referral was taken back."))
        return _answer(identity, draft_id)


def _send_now(
    identity: Identity, world: World, draft: StoredDraft, facts: DraftFacts, *, at: datetime
) -> None:
    lacks = missing(draft, facts)
    if lacks or facts.chosen_service is None:
        raise InvalidInputError(lacks[0], field="yes" if len(lacks) == 1 else None)
    receiver = check_partner(identity, world, facts, facts.chosen_service, at=at)
    if receiver.by_phone is not facts.by_phone:
        # The yes was to a call, or to an inbox; it is not turned into the other.
        raise InvalidInputError(
            phrase("This partner takes part in another way now. Choose it again."),
            field="service_id",
        )
    request = routing.read_request(identity, world, facts.route_fields(), at=at)
    shared = shared_facts(world, facts, request)
    before = get_referral(
        draft.id, side=Side.SENDER, compartment_id=identity.compartment_id
    ).referral
    ready = replace(
        before,
        urgency=shared.facts.urgency,
        receiver_compartment_id=receiver.compartment_id,
        service_id=receiver.service_id,
        by_phone=receiver.by_phone,
    )
    sent = advance(ready, Action.SEND, at=at, by=Side.SENDER)
    _write(identity, world, before, sent, facts, shared, at=at)
    keep_why(identity, world, sent.id, request, receiver.service_id)
    calendar = reading_calendar(world.hours, receiver, shared.facts.needs)
    # By phone the answer is the sender's to get: it calls while they are open.
    owner = Side.SENDER if sent.by_phone else Side.RECEIVER
    clock = start_clock(ClockKind.ANSWER, sent.urgency, at, calendar, owner=owner)
    save_clocks(sent, {}, {ClockKind.ANSWER: clock})
    if shared.broader:
        log(identity, world, sent.id, Entry(EventKind.MADE_BROADER, Side.SENDER), at=at)
    log(
        identity,
        world,
        sent.id,
        Entry(EventKind.SEND, Side.SENDER, from_state=State.DRAFT, to_state=State.SENT),
        at=at,
    )
    if sent.by_phone:
        log(identity, world, sent.id, Entry(EventKind.BY_PHONE, Side.SENDER), at=at)
    if facts.asked_until is not None and not sent.by_phone:
        save_release(sent.id, releases.ask(at=at, until=facts.asked_until), before=None)
        log(identity, world, sent.id, Entry(EventKind.RELEASE_ASKED, Side.SENDER), at=at)
    append_event(identity, "send", "referral", sent.id, at=at, fields=_fields(shared))
    tell(sent, Action.SEND, at=at)
    if draft.previous_referral_id is not None:
        _close_previous(identity, world, draft.previous_referral_id, at=at)


def _write(
    identity: Identity,
    world: World,
    before: Referral,
    sent: Referral,
    facts: DraftFacts,
    shared: Coarsened,
    *,
    at: datetime,
) -> None:
    """Store the sent referral under a code that no other referral of the network has."""
    question = None
    if facts.question:
        context = question_context(sent.id, identity.compartment_id)
        question = world.keys.seal(facts.question, context)
    values = {
        **fact_columns(shared.facts),
        "broader": [fact.value for fact in shared.broader],
        "question_sealed": question,
    }
    for _ in range(DRAWS):
        try:
            code = world.words.draw(world.rng)
            try_to_send(before, replace(sent, code=code), at=at, values=values)
        except DuplicateError:
            continue
        return
    raise CcrError(phrase("No free code was found. Nothing was sent. Try again."))


def _fields(shared: Coarsened) -> list[str]:
    """Return the names of the facts that were sent; never a value."""
    return [name for name, value in fact_columns(shared.facts).items() if value]


def _close_previous(identity: Identity, world: World, previous_id: UUID, *, at: datetime) -> None:
    """Close the referral that this one takes the place of, when it still waits.

    A decline may have been taken back meanwhile: then it is taken from that partner again, or one
    person's need would be open at two doors.
    """
    previous = load(identity, previous_id, Side.SENDER, lock=True).referral
    if previous.state in {State.DECLINED, State.EXPIRED}:
        act(identity, world, previous_id, Action.REROUTE, Side.SENDER, at=at)
    elif previous.state in WAITING_FOR_ANSWER and not previous.by_phone:
        take_back(identity, world, previous_id, at=at)


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
        fresh = replace(
            _without_those_asked(identity, facts, referral_id),
            service_id="",
            release_until="",
            by_phone=False,
        )
        return start_from(identity, world, fresh, previous_referral_id=referral_id, at=at)


def recall_and_reroute(
    identity: Identity, world: World, referral_id: UUID, *, at: datetime
) -> UUID:
    """Take a referral back and begin a new draft from it, both or neither; return its id."""
    with unit_of_work():
        take_back(identity, world, referral_id, at=at)
        return reroute(identity, world, referral_id, at=at)


def _without_those_asked(identity: Identity, facts: DraftFacts, referral_id: UUID) -> DraftFacts:
    asked = members_of(
        earlier_receivers(referral_id, sender_compartment_id=identity.compartment_id)
    )
    return replace(
        facts, exclude=tuple(sorted({*facts.exclude, *(str(member) for member in asked)}))
    )
