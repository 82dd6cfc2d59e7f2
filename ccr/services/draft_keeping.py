"""A draft kept sealed: begun, opened, changed and deleted for its sender alone.

Nothing leaves the sender before the person's yes. A draft has no receiver, no code and no fact in
clear. The yes was given to named partners and to the facts as they were read out, so any change
after it takes it away.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from ccr.domain.errors import DuplicateError, IllegalTransitionError
from ccr.domain.joining import check_starts_something, starts_nothing
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_states import State
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.draft_facts import DraftFacts, seal, unseal
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import drafts as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.drafts import StoredDraft
from ccr.storage.queries.taking_part import standing_of_program


def start_from(
    identity: Identity,
    world: World,
    facts: DraftFacts,
    *,
    previous_referral_id: UUID | None = None,
    draft_id: UUID | None = None,
    at: datetime,
) -> UUID:
    """Begin a draft with answers known already; return its id. The yes is always asked anew.

    Raises:
        TakesNoPartError: one's own member is suspended or leaves.
        DuplicateError: there is a draft or referral of this id; the unit of work is still good.
    """
    with unit_of_work():
        authorise(identity, Permission.REFERRAL_SEND)
        check_starts_something(standing_of_program(identity.compartment_id))
        draft_id = draft_id or queries.new_draft_id()
        added = queries.add_draft(
            network_id=identity.network_id,
            sender_compartment_id=identity.compartment_id,
            draft_id=draft_id,
            facts_sealed=seal(world, facts, draft_id, identity.compartment_id),
            previous_referral_id=previous_referral_id,
            at=at,
        )
        if not added:
            raise DuplicateError(phrase("This draft was begun already."))
        append_event(identity, "drafted", "referral", draft_id, at=at)
    return draft_id


def why_not_now(identity: Identity) -> Phrase | None:
    """Return why nothing new can be started now, or None when it can."""
    authorise(identity, Permission.REFERRAL_SEND)
    return starts_nothing(standing_of_program(identity.compartment_id))


def load_draft(
    identity: Identity, world: World, draft_id: UUID, *, lock: bool = False
) -> tuple[StoredDraft, DraftFacts]:
    """Return a draft (or the search kept beside a sent referral) with its answers opened."""
    authorise(identity, Permission.REFERRAL_SEND)
    draft = queries.get_draft(draft_id, sender_compartment_id=identity.compartment_id, lock=lock)
    return draft, unseal(world, draft.facts_sealed, draft.id, identity.compartment_id)


def change_draft(
    identity: Identity,
    world: World,
    draft_id: UUID,
    change: Callable[[DraftFacts], DraftFacts],
    *,
    at: datetime,
) -> None:
    """Keep what `change` makes of the answers; where it makes something else, the yes is gone.

    Raises:
        IllegalTransitionError: it was sent already.
        StaleError: somebody else changed it first.
    """
    with unit_of_work():
        draft, facts = load_draft(identity, world, draft_id, lock=True)
        check_is_draft(draft)
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


def check_is_draft(draft: StoredDraft) -> None:
    """Raise IllegalTransitionError when it was sent."""
    if draft.state is not State.DRAFT:
        raise IllegalTransitionError(phrase("This draft was sent already."))


def discard(identity: Identity, draft_id: UUID, *, at: datetime) -> None:
    """Delete a draft for good; raises NotFoundError."""
    with unit_of_work():
        authorise(identity, Permission.REFERRAL_SEND)
        queries.delete_draft(draft_id, sender_compartment_id=identity.compartment_id)
        append_event(identity, "discarded", "referral", draft_id, at=at)
