"""The wizard of a new referral, step by step. Nothing leaves the sender before the person's yes.

A draft is sealed: it has no receiver, no code and no fact in clear. The yes was given to one
partner and to the facts as they were read out, so any change after it takes it away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ccr.domain import release as releases
from ccr.domain.directory import Place
from ccr.domain.disclosure import Fact, PreviewRow, preview
from ccr.domain.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
)
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_states import ChosenBy, State
from ccr.domain.route_fields import KeptOut
from ccr.domain.routing_request import RouteAnswer
from ccr.domain.taxonomy import Access, AgeBand, Gender, Need, Track, Transport, Urgency
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import routing
from ccr.services.authorise import authorise
from ccr.services.draft_facts import (
    DraftFacts,
    NeedAnswers,
    PlaceAnswers,
    checked_need,
    seal,
    shared_facts,
    unseal,
)
from ccr.services.draft_ways import check_reachable
from ccr.services.kept_out import read_kept_out
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import drafts as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.drafts import StoredDraft
from ccr.storage.queries.receivers import Receiver, get_receiver


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as its sender sees it.

    Attributes:
        place: the resolved place, or None.
        partner: the chosen partner, or None.
        rows: what the partner will see; empty before there is a need and a place.
        broader: the facts that were made broader.
        still_rare: True when even the broadest facts fit few people of the county.
        missing: what is missing before it can be sent; empty when nothing is.
        release_needs_writing: True when the partner has to get the release in writing.
    """

    draft_id: UUID
    needs: tuple[Need, ...]
    track: Track
    urgency: Urgency
    language: str
    access: frozenset[Access]
    age_band: AgeBand | None
    gender: Gender | None
    children: str
    question: str
    near: str
    place: Place | None
    transport: Transport | None
    partner: Receiver | None
    rows: tuple[PreviewRow, ...]
    broader: tuple[Fact, ...]
    still_rare: bool
    survivor_yes: bool
    chosen_by: ChosenBy | None
    release_until: datetime | None
    release_needs_writing: bool
    previous_referral_id: UUID | None
    missing: tuple[Phrase, ...]
    saved_at: datetime


def start(identity: Identity, world: World, *, at: datetime) -> UUID:
    """Begin an empty draft; return its id."""
    return start_from(identity, world, DraftFacts(), at=at)


def start_from(
    identity: Identity,
    world: World,
    facts: DraftFacts,
    *,
    previous_referral_id: UUID | None = None,
    at: datetime,
) -> UUID:
    """Begin a draft with answers known already; return its id. The yes is always asked anew."""
    with unit_of_work():
        authorise(identity, Permission.REFERRAL_SEND)
        draft_id = queries.new_draft_id()
        queries.add_draft(
            network_id=identity.network_id,
            sender_compartment_id=identity.compartment_id,
            draft_id=draft_id,
            facts_sealed=seal(world, facts, draft_id, identity.compartment_id),
            previous_referral_id=previous_referral_id,
            at=at,
        )
        append_event(identity, "drafted", "referral", draft_id, at=at)
    return draft_id


def save_need(
    identity: Identity, world: World, draft_id: UUID, answers: NeedAnswers, *, at: datetime
) -> None:
    """Keep the answers of step 1; raises InvalidInputError with `field`."""

    def change(facts: DraftFacts) -> DraftFacts:
        changed = checked_need(
            replace(
                facts,
                needs=answers.needs,
                track=answers.track,
                urgency=answers.urgency,
                language=answers.language,
                access=answers.access,
                age_band=answers.age_band,
                gender=answers.gender,
                children=answers.children,
                question=answers.question.strip(),
            )
        )
        if changed.near:
            routing.read_request(identity, world, changed.route_fields(), at=at)
        return changed

    _change(identity, world, draft_id, change, at=at)


def save_place(
    identity: Identity, world: World, draft_id: UUID, answers: PlaceAnswers, *, at: datetime
) -> None:
    """Keep the answers of step 2; raises InvalidInputError with `field`."""

    def change(facts: DraftFacts) -> DraftFacts:
        # What is kept out is added to what was said before, which no page shows. Names become
        # ids at once, so that a later change of a name does not lift an exclusion.
        anew = answers.forget or answers.exclude == ()
        before = KeptOut() if anew else facts.kept_out
        kept, refused = read_kept_out(identity, world, before, answers.kept_out)
        if refused is not None:
            raise refused
        changed = replace(
            facts,
            near=answers.near.strip(),
            transport=answers.transport,
            exclude=kept.members,
            not_near=kept.not_near,
            apart_from=(before | answers.kept_out).apart_from,
        )
        changed = checked_need(changed)
        routing.read_request(identity, world, changed.route_fields(), at=at)
        return changed

    _change(identity, world, draft_id, change, at=at)


def options(identity: Identity, world: World, draft_id: UUID, *, at: datetime) -> RouteAnswer:
    """Return the partners to read out to the person; those asked before are not among them."""
    _, facts = _load(identity, world, draft_id)
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
        )
        # Nobody at a partner by phone could ever confirm a release here.
        return replace(chosen, release_until="") if partner.by_phone else chosen

    _change(identity, world, draft_id, change, at=at)


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
        raise InvalidInputError(left_out.text, field="service_id")
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

    _change(identity, world, draft_id, change, at=at)


def record_yes(
    identity: Identity, world: World, draft_id: UUID, chosen_by: ChosenBy, *, at: datetime
) -> None:
    """Record that the person agrees to send exactly this to exactly this partner, and who chose.

    Raises:
        InvalidInputError: there is no partner to agree to yet.
    """
    with unit_of_work():
        draft, facts = _load(identity, world, draft_id, lock=True)
        _check_is_draft(draft)
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


def discard(identity: Identity, draft_id: UUID, *, at: datetime) -> None:
    """Delete a draft for good; raises NotFoundError."""
    with unit_of_work():
        authorise(identity, Permission.REFERRAL_SEND)
        queries.delete_draft(draft_id, sender_compartment_id=identity.compartment_id)
        append_event(identity, "discarded", "referral", draft_id, at=at)


def draft_view(identity: Identity, world: World, draft_id: UUID, *, at: datetime) -> DraftView:
    """Return a draft for its sender; raises NotFoundError when it is none (any more)."""
    draft, facts = _load(identity, world, draft_id)
    if draft.state is not State.DRAFT:
        raise NotFoundError
    place = None
    rows: tuple[PreviewRow, ...] = ()
    broader: tuple[Fact, ...] = ()
    still_rare = False
    if facts.needs and facts.near:
        request = routing.read_request(identity, world, facts.route_fields(), at=at)
        place = request.near
        shared = shared_facts(world, facts, request)
        rows = preview(shared, has_question=bool(facts.question))
        broader, still_rare = shared.broader, shared.still_rare
    partner = None
    if facts.chosen_service is not None:
        partner = get_receiver(identity.network_id, facts.chosen_service)
    return DraftView(
        draft_id=draft.id,
        needs=tuple(Need(code) for code in facts.needs),
        track=Track(facts.track),
        urgency=Urgency(facts.urgency),
        language=facts.language,
        access=frozenset(Access(code) for code in facts.access),
        age_band=AgeBand(facts.age_band) if facts.age_band else None,
        gender=Gender(facts.gender) if facts.gender else None,
        children=facts.children,
        question=facts.question,
        near=facts.near,
        place=place,
        transport=Transport(facts.transport) if facts.transport else None,
        partner=partner,
        rows=rows,
        broader=broader,
        still_rare=still_rare,
        survivor_yes=draft.survivor_yes,
        chosen_by=ChosenBy(draft.chosen_by) if draft.chosen_by else None,
        release_until=facts.asked_until,
        release_needs_writing=partner is not None and partner.regime.asks_for_writing,
        previous_referral_id=draft.previous_referral_id,
        missing=missing(draft, facts),
        saved_at=draft.updated_at,
    )


def missing(draft: StoredDraft, facts: DraftFacts) -> tuple[Phrase, ...]:
    """Return what is missing before a draft can be sent, in the order of the steps."""
    lacks = (
        (facts.needs, phrase("Choose at least one need.")),
        (facts.near, phrase("Give a ZIP, a town or a county.")),
        (facts.service_id, phrase("Choose a partner first.")),
        (draft.survivor_yes, phrase("Record the person's yes. Nothing is sent without it.")),
    )
    return tuple(sentence for there, sentence in lacks if not there)


def load_draft(
    identity: Identity, world: World, draft_id: UUID, *, lock: bool = False
) -> tuple[StoredDraft, DraftFacts]:
    """Return a draft (or the search kept beside a sent referral) with its answers opened."""
    return _load(identity, world, draft_id, lock=lock)


def _load(
    identity: Identity, world: World, draft_id: UUID, *, lock: bool = False
) -> tuple[StoredDraft, DraftFacts]:
    authorise(identity, Permission.REFERRAL_SEND)
    draft = queries.get_draft(draft_id, sender_compartment_id=identity.compartment_id, lock=lock)
    return draft, unseal(world, draft.facts_sealed, draft.id, identity.compartment_id)


def _change(
    identity: Identity,
    world: World,
    draft_id: UUID,
    change: Callable[[DraftFacts], DraftFacts],
    *,
    at: datetime,
) -> None:
    with unit_of_work():
        draft, facts = _load(identity, world, draft_id, lock=True)
        _check_is_draft(draft)
        changed = change(facts)
        same = changed == facts
        queries.save_draft(
            draft,
            sender_compartment_id=identity.compartment_id,
            facts_sealed=seal(world, changed, draft.id, identity.compartment_id),
            survivor_yes=draft.survivor_yes and same,
            chosen_by=draft.chosen_by if same else None,
            at=at,
        )


def _check_is_draft(draft: StoredDraft) -> None:
    if draft.state is not State.DRAFT:
        raise IllegalTransitionError(phrase("This draft was sent already."))


def start_with(
    identity: Identity,
    world: World,
    need: NeedAnswers,
    place: PlaceAnswers | None = None,
    service_id: UUID | None = None,
    *,
    at: datetime,
) -> UUID:
    """Begin a draft with what is known already, in one transaction; return its id.

    Raises:
        InvalidInputError: as the steps do; then there is no draft.
    """
    with unit_of_work():
        draft_id = start(identity, world, at=at)
        save_need(identity, world, draft_id, need, at=at)
        if place is not None:
            save_place(identity, world, draft_id, place, at=at)
        if service_id is not None:
            choose_partner(identity, world, draft_id, service_id, at=at)
    return draft_id
