"""The steps of sending one draft to one partner: checked again, written, clocked, told.

Steps inside a use case, which is one transaction: all of it happens, or nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ccr.domain import release as releases
from ccr.domain.asking import OTHER_WAY
from ccr.domain.clocks import Clock, ClockKind, OpenCalendar, Side, answer_duty, start_clock
from ccr.domain.disclosure import Coarsened, ReferralFacts
from ccr.domain.errors import CcrError, DuplicateError, InvalidInputError, PartnerLimitError
from ccr.domain.joining import check_starts_something
from ccr.domain.next_contact import answer_by
from ccr.domain.phrases import phrase
from ccr.domain.referral import Referral, advance, taking_back
from ccr.domain.referral_states import (
    WAITING_FOR_ANSWER,
    Action,
    ChosenBy,
    EventKind,
    State,
)
from ccr.policy.identity import Identity
from ccr.services import routing
from ccr.services.draft_facts import (
    DraftFacts,
    FurtherPartner,
    first_of,
    shared_again,
    shared_facts,
)
from ccr.services.draft_keeping import load_draft, start_from
from ccr.services.draft_partner import check_partner, record_yes
from ccr.services.draft_views import missing
from ccr.services.kept_reasons import keep_why
from ccr.services.reading_hours import reading_calendar
from ccr.services.referral_acts import Entry, act, load, log, question_context, tell
from ccr.services.world import World
from ccr.storage.queries.accounts import get_network
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.clocks import save_clocks
from ccr.storage.queries.drafts import StoredDraft
from ccr.storage.queries.next_contact import delete_contacts, keep_contact
from ccr.storage.queries.referral_columns import fact_columns
from ccr.storage.queries.referrals import get_referral, try_to_send
from ccr.storage.queries.releases import save_release
from ccr.storage.queries.taking_part import standing_of_program
from ccr.storage.queries.time_rules import get_time_rules

DRAWS = 6


def send_now(
    identity: Identity,
    world: World,
    draft: StoredDraft,
    facts: DraftFacts,
    *,
    at: datetime,
    agreed: ReferralFacts | None = None,
) -> ReferralFacts:
    """Send a locked draft to its partner; return the facts as they were read out.

    Args:
        agreed: the facts that were read out with the same yes, for another partner; nothing
            finer is sent.

    Raises:
        InvalidInputError: something is missing, or a hard limit now stands in the way.
        TakesNoPartError: one's own member is suspended or leaves.
    """
    check_starts_something(standing_of_program(identity.compartment_id))
    lacks = missing(draft, facts)
    if lacks or facts.chosen_service is None:
        raise InvalidInputError(lacks[0], field="yes" if len(lacks) == 1 else None)
    own = first_of(facts)
    receiver = check_partner(identity, world, own, facts.chosen_service, at=at)
    if (receiver.by_phone, receiver.by_link) != (facts.by_phone, facts.by_link):
        # The yes was to a call, a link or an inbox; it is not turned into another.
        raise PartnerLimitError(
            phrase("This partner takes part in another way now. Choose it again."),
            limit=OTHER_WAY,
        )
    request = routing.read_request(identity, world, own.route_fields(), at=at)
    shared = (
        shared_facts(world, facts, request)
        if agreed is None
        else shared_again(world, replace(agreed, needs=request.needs))
    )
    before = get_referral(
        draft.id, side=Side.SENDER, compartment_id=identity.compartment_id
    ).referral
    ready = replace(
        before,
        urgency=shared.facts.urgency,
        receiver_compartment_id=receiver.compartment_id,
        service_id=receiver.service_id,
        by_phone=receiver.by_phone,
        by_link=receiver.by_link,
    )
    sent = advance(ready, Action.SEND, at=at, by=Side.SENDER)
    _write(identity, world, before, sent, facts, shared, at=at)
    keep_why(identity, world, sent.id, request, receiver.service_id)
    calendar = reading_calendar(world.hours, receiver, shared.facts.needs)
    # By phone the answer is the sender's to get: it calls while they are open.
    owner = Side.SENDER if sent.by_phone else answer_duty(sent.urgency, at, calendar)
    spans = get_time_rules(sent.network_id).spans(shared.facts.needs)
    clock = start_clock(ClockKind.ANSWER, sent.urgency, at, calendar, owner=owner, spans=spans)
    clock = _before_contact(identity, facts, clock, calendar, sent.id)
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
    if sent.by_link:
        log(identity, world, sent.id, Entry(EventKind.BY_LINK, Side.SENDER), at=at)
    if facts.asked_until is not None and not sent.by_phone:
        save_release(sent.id, releases.ask(at=at, until=facts.asked_until), before=None)
        log(identity, world, sent.id, Entry(EventKind.RELEASE_ASKED, Side.SENDER), at=at)
    append_event(identity, "send", "referral", sent.id, at=at, fields=_fields(shared))
    tell(sent, Action.SEND, at=at)
    if draft.previous_referral_id is not None:
        _close_previous(identity, world, draft.previous_referral_id, at=at)
    return shared.facts


def _before_contact(
    identity: Identity, facts: DraftFacts, clock: Clock, calendar: OpenCalendar, referral_id: UUID
) -> Clock:
    """Keep the next contact beside a referral; return its clock, due before that where it can be.

    The partner sees by when an answer is due, and never why.
    """
    contact = facts.next_contact
    if contact is None:
        return clock
    keep_contact(
        referral_id,
        contact,
        network_id=identity.network_id,
        sender_compartment_id=identity.compartment_id,
    )
    begins = contact.begins(get_network(identity.network_id).timezone)
    due_at = answer_by(clock.due_at, begins, at=clock.started_at, calendar=calendar)
    return replace(clock, due_at=due_at)


def send_further(
    identity: Identity,
    world: World,
    facts: DraftFacts,
    partner: FurtherPartner,
    *,
    at: datetime,
    agreed: ReferralFacts,
    previous: UUID | None = None,
    chosen_by: str | None = None,
) -> UUID:
    """Send to a further partner that the person named: a referral of its own; return its id.

    Args:
        facts: the answers of the first one.
        agreed: the facts that were sent to the first.
        previous: the referral that it takes the place of, or None.

    Raises:
        InvalidInputError: a hard limit now stands in the way; nothing was written.
        NotFoundError: there is no such service any more.
    """
    until = partner.release_until
    own = replace(
        facts,
        needs=partner.needs or facts.needs,
        service_id=partner.service_id,
        by_phone=partner.by_phone,
        by_link=partner.by_link,
        # Never longer than what the person was told.
        release_until=until if until and datetime.fromisoformat(until) > at else "",
        further=(),
        way="",
    )
    draft_id = start_from(identity, world, own, previous_referral_id=previous, at=at)
    record_yes(identity, world, draft_id, ChosenBy(chosen_by or ChosenBy.SURVIVOR.value), at=at)
    draft, own = load_draft(identity, world, draft_id, lock=True)
    send_now(identity, world, draft, own, at=at, agreed=agreed)
    return draft_id


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
    delete_contacts([previous_id])
    if previous.state in {State.DECLINED, State.EXPIRED}:
        act(identity, world, previous_id, Action.REROUTE, Side.SENDER, at=at)
    elif previous.state in WAITING_FOR_ANSWER and not previous.by_phone:
        act(identity, world, previous_id, taking_back(previous), Side.SENDER, at=at)
