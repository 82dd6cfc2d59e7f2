"""Whom the person named, as the sender of one of the referrals sees it: names, turns, standings.

Every standing comes from the sender's own view of that referral. What is not asked yet is read from
what the sender sealed; what was skipped says why, to the sender alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.asking import AskingWay, PartState, skip_words
from ccr.domain.phrases import Phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.draft_facts import unseal
from ccr.services.referral_desk import SentItem, items_of
from ccr.services.world import World
from ccr.storage.queries.asking import Asking, get_asking, list_asked
from ccr.storage.queries.drafts import get_draft
from ccr.storage.queries.receivers import names_of


@dataclass(frozen=True, slots=True)
class NamedPartner:
    """One partner the person named.

    Attributes:
        state: whether it was its turn.
        skipped: why it was not asked when it was its turn, or None.
        item: the referral to it as its sender sees it, or None.
    """

    position: int
    service_name: str
    member_name: str
    state: PartState
    skipped: Phrase | None = None
    item: SentItem | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NamedPartners:
    """All of them, in their order. `open`: somebody may still be asked."""

    way: AskingWay
    partners: tuple[NamedPartner, ...]
    open: bool


def named_partners(
    identity: Identity, world: World, referral_id: UUID, *, at: datetime
) -> NamedPartners | None:
    """Return whom the person named beside this referral's partner; None when nobody else."""
    authorise(identity, Permission.REFERRAL_READ)
    asking = get_asking(referral_id, sender_compartment_id=identity.compartment_id)
    if asking is None:
        return None
    rows = list_asked(asking, sender_compartment_id=identity.compartment_id)
    items = items_of(identity, world, rows, at=at)
    unasked = _unasked(identity, world, asking)
    names = names_of(identity.network_id, unasked.values())
    shown = []
    for part in asking.parts:
        item = items.get(part.referral_id) if part.referral_id else None
        sent = item if isinstance(item, SentItem) else None
        service, member = names.get(unasked.get(part.position), ("", ""))
        if sent is not None:
            service, member = sent.service_name, sent.member_name
        why = skip_words(part.reason) if part.state is PartState.SKIPPED else None
        shown.append(NamedPartner(part.position, service, member, part.state, why, sent, part.at))
    return NamedPartners(asking.way, tuple(shown), open=bool(asking.waiting))


def _unasked(identity: Identity, world: World, asking: Asking) -> dict[int, UUID]:
    """Return the service by position of those that became no referral."""
    first = asking.first_referral_id
    positions = [part.position for part in asking.parts if part.referral_id is None]
    if first is None or not positions:
        return {}
    kept = get_draft(first, sender_compartment_id=identity.compartment_id)
    further = unseal(world, kept.facts_sealed, first, identity.compartment_id).further
    return {n: further[n - 2].service for n in positions if 2 <= n <= len(further) + 1}  # noqa: PLR2004
