"""Steps of the wizard that keep several answers: each is kept whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ccr.domain.next_contact import NextContact
from ccr.domain.referral_states import ChosenBy
from ccr.policy.identity import Identity
from ccr.services import drafts
from ccr.services.draft_facts import NeedAnswers, PlaceAnswers
from ccr.services.draft_further import agree_further
from ccr.services.draft_keeping import change_draft
from ccr.services.world import World
from ccr.storage.db import unit_of_work


def save_place_and_need(
    identity: Identity,
    world: World,
    draft_id: UUID,
    place: PlaceAnswers,
    need: NeedAnswers,
    *,
    at: datetime,
) -> None:
    """Keep the answers of step 2; raises as drafts.save_place and drafts.save_need do."""
    with unit_of_work():
        drafts.save_place(identity, world, draft_id, place, at=at)
        drafts.save_need(identity, world, draft_id, need, at=at)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the person said yes to.

    Attributes:
        until: until when the first partner may tell how it goes, or None.
        further: each further partner with a yes, by service: until when it may tell, or None.
        contact: when the person calls or comes again; no partner ever knows.
    """

    until: datetime | None
    chosen_by: ChosenBy
    further: Mapping[UUID, datetime | None] = field(default_factory=dict)
    contact: NextContact | None = None


def agree(
    identity: Identity,
    world: World,
    draft_id: UUID,
    need: NeedAnswers,
    agreed: Agreed,
    *,
    at: datetime,
) -> None:
    """Keep the question, what may be told and, last, the yes: any later change takes it away.

    Raises:
        InvalidInputError: as drafts.save_need, drafts.ask_release, draft_further.agree_further
            and drafts.record_yes do.
    """
    with unit_of_work():
        drafts.save_need(identity, world, draft_id, need, at=at)
        drafts.ask_release(identity, world, draft_id, agreed.until, at=at)
        agree_further(identity, world, draft_id, agreed.further, at=at)
        change_draft(
            identity, world, draft_id, lambda facts: facts.expecting(agreed.contact), at=at
        )
        drafts.record_yes(identity, world, draft_id, agreed.chosen_by, at=at)
