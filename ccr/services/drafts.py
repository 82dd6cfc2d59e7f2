"""The wizard of a new referral: need and place. Nothing leaves the sender before the yes.

The steps that follow are in `draft_partner`, what the sender sees in `draft_views`, keeping in
`draft_keeping`; their names are here as well, for the doors.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ccr.domain.route_fields import KeptOut
from ccr.policy.identity import Identity
from ccr.services import routing
from ccr.services.draft_facts import (
    DraftFacts,
    NeedAnswers,
    PlaceAnswers,
    checked_need,
    without_old_plan,
)
from ccr.services.draft_keeping import (
    change_draft,
    discard,
    load_draft,
    start_from,
    why_not_now,
)
from ccr.services.draft_partner import (
    ask_release,
    check_partner,
    choose_partner,
    options,
    record_yes,
)
from ccr.services.draft_typed import start_named
from ccr.services.draft_views import DraftView, draft_view, missing
from ccr.services.kept_out import read_kept_out
from ccr.services.world import World
from ccr.storage.db import unit_of_work

__all__ = [
    "DraftView",
    "ask_release",
    "check_partner",
    "choose_partner",
    "discard",
    "draft_view",
    "load_draft",
    "missing",
    "options",
    "record_yes",
    "save_need",
    "save_place",
    "start",
    "start_from",
    "start_with",
    "why_not_now",
]


def start(identity: Identity, world: World, *, at: datetime) -> UUID:
    """Begin an empty draft; return its id."""
    return start_from(identity, world, DraftFacts(), at=at)


def start_with(
    identity: Identity,
    world: World,
    need: NeedAnswers,
    place: PlaceAnswers | None = None,
    service_id: UUID | None = None,
    *,
    token: str = "",
    at: datetime,
) -> UUID:
    """Begin a draft with what is known already, in one transaction; return its id.

    Args:
        token: the name under which the page keeps what is typed: it is one draft in the end.

    Raises:
        InvalidInputError: as the steps do; then nothing is begun.
        TakesNoPartError: one's own member is suspended or leaves.
    """
    with unit_of_work():
        draft_id = start_named(identity, world, token, at=at)
        save_need(identity, world, draft_id, need, at=at)
        if place is not None:
            save_place(identity, world, draft_id, place, at=at)
        if service_id is not None:
            choose_partner(identity, world, draft_id, service_id, at=at)
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
        return without_old_plan(changed, facts)

    change_draft(identity, world, draft_id, change, at=at)


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

    change_draft(identity, world, draft_id, change, at=at)
