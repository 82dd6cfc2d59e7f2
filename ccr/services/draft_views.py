"""A draft as its sender sees it, and what is missing before it can be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.asking import AskingWay
from ccr.domain.directory import Place
from ccr.domain.disclosure import Fact, PreviewRow, preview
from ccr.domain.errors import NotFoundError
from ccr.domain.next_contact import NextContact
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_states import ChosenBy, State
from ccr.domain.taxonomy import Access, AgeBand, Gender, Need, Track, Transport, Urgency
from ccr.policy.identity import Identity
from ccr.services import routing
from ccr.services.draft_facts import DraftFacts, first_of, shared_facts
from ccr.services.draft_keeping import load_draft
from ccr.services.world import World
from ccr.storage.queries.drafts import StoredDraft
from ccr.storage.queries.receivers import Receiver, get_receiver, get_receivers


@dataclass(frozen=True, slots=True)
class FurtherShown:
    """A partner named beside the first. `needs`: in a plan, those that go to it; else empty."""

    partner: Receiver
    needs: tuple[Need, ...]
    release_until: datetime | None


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as its sender sees it.

    Attributes:
        place: the resolved place, or None.
        partner: the chosen partner, or None.
        rows: what the partner will see; empty before there is a need and a place.
        broader: the facts that were made broader.
        still_rare: True when even the broadest facts fit few people of the county.
        further, way: partners named beside the first, and how they are asked.
        contact: when the person calls or comes again.
        own_needs: the needs for which the first partner is asked.
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
    version: int = 0
    further: tuple[FurtherShown, ...] = ()
    way: AskingWay | None = None
    own_needs: tuple[Need, ...] = ()
    contact: NextContact | None = None


def draft_view(identity: Identity, world: World, draft_id: UUID, *, at: datetime) -> DraftView:
    """Return a draft for its sender; raises NotFoundError when it is none (any more)."""
    draft, facts = load_draft(identity, world, draft_id)
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
        version=draft.version,
        further=_further(identity, facts),
        way=AskingWay(facts.way) if facts.way else None,
        own_needs=tuple(Need(code) for code in first_of(facts).needs),
        contact=facts.next_contact,
    )


def _further(identity: Identity, facts: DraftFacts) -> tuple[FurtherShown, ...]:
    if not facts.further:
        return ()
    known = get_receivers(identity.network_id, [one.service for one in facts.further])
    return tuple(
        FurtherShown(
            known[one.service],
            tuple(Need(code) for code in one.needs),
            datetime.fromisoformat(one.release_until) if one.release_until else None,
        )
        for one in facts.further
        if one.service in known
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
