"""A list of the desk as its viewer sees it, to be taken along; the taking is noted.

What is exported is what the page shows: every value comes from a view, and nothing from a row.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from ccr.domain.paging import Page
from ccr.domain.referral_views import Group, InboxTab
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import referral_desk
from ccr.services.authorise import authorise
from ccr.services.referral_shown import ReceivedItem, SentItem
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.audit import append_event

Item = TypeVar("Item", ReceivedItem, SentItem)
MOST = 1_000
"""Rows of one file; a longer list is taken in parts, by choosing rows."""


def export_inbox(
    identity: Identity,
    world: World,
    tab: InboxTab,
    chosen: Collection[UUID] = (),
    *,
    at: datetime,
) -> tuple[ReceivedItem, ...]:
    """Return a tab of one's own inbox, or those of it that were chosen, and note the taking."""
    authorise(identity, Permission.REFERRAL_LIST)
    page, _ = referral_desk.inbox(identity, world, tab, at=at, size=MOST)
    return _taken(identity, page, chosen, at=at)


def export_outbox(
    identity: Identity,
    world: World,
    group: Group,
    chosen: Collection[UUID] = (),
    *,
    at: datetime,
) -> tuple[SentItem, ...]:
    """Return a group of what one's own program sent, or those that were chosen, and note it."""
    authorise(identity, Permission.REFERRAL_LIST)
    page, _ = referral_desk.outbox(identity, world, group, at=at, size=MOST)
    return _taken(identity, page, chosen, at=at)


def _taken(
    identity: Identity, page: Page[Item], chosen: Collection[UUID], *, at: datetime
) -> tuple[Item, ...]:
    items = tuple(item for item in page.items if not chosen or item.view.referral_id in chosen)
    with unit_of_work():
        append_event(identity, "exported", "compartment", identity.compartment_id, at=at)
    return items
