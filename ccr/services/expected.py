"""Next contacts: when the person calls or comes again, and what is read out to them then.

The sender's program alone knows of them. What was dealt with is deleted; that somebody did not come
is kept nowhere and told to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.clocks import Side
from ccr.domain.errors import NotFoundError
from ccr.domain.next_contact import FORGET_AFTER, NextContact
from ccr.domain.paging import Page, page_number
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.referral_acts import load
from ccr.services.referral_desk import items_of
from ccr.services.referral_shown import SentItem
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import next_contact as queries
from ccr.storage.queries.accounts import get_network
from ccr.storage.queries.audit import append_event


@dataclass(frozen=True, slots=True)
class Expected:
    """One referral whose person is expected, as its sender sees it."""

    contact: NextContact
    item: SentItem


def today_of(identity: Identity, at: datetime) -> date:
    """Return the day that it is in the identity's network."""
    authorise(identity, Permission.REFERRAL_LIST)
    return at.astimezone(ZoneInfo(get_network(identity.network_id).timezone)).date()


def expected_today(
    identity: Identity, world: World, *, at: datetime, page: int = 1
) -> Page[Expected]:
    """Return who is expected today, and earlier without a word since, soonest first."""
    authorise(identity, Permission.REFERRAL_LIST)
    found, contacts = queries.list_expected(
        identity.compartment_id, until=today_of(identity, at), number=page_number(page)
    )
    items = items_of(identity, world, found.items, at=at)
    shown = tuple(
        Expected(contacts[row.referral.id], item)
        for row in found.items
        if isinstance(item := items.get(row.referral.id), SentItem)
    )
    return Page(shown, found.total, found.number)


def set_next_contact(
    identity: Identity,
    referral_id: UUID,
    contact: NextContact | None,
    *,
    at: datetime,
) -> None:
    """Keep when the person calls or comes again; None for no such time.

    A clock that runs already stays as it is: its partner would see it move.

    Raises:
        NotFoundError: no such referral of one's own program.
    """
    with unit_of_work():
        load(identity, referral_id, Side.SENDER, lock=True)
        queries.keep_contact(
            referral_id,
            contact,
            network_id=identity.network_id,
            sender_compartment_id=identity.compartment_id,
        )
        append_event(identity, "next-contact", "referral", referral_id, at=at)


def settle(identity: Identity, referral_id: UUID, *, at: datetime) -> None:
    """Take an expected contact off the list, whether or not the person came; nothing is kept of it.

    Raises:
        NotFoundError: there is none (any more).
    """
    with unit_of_work():
        load(identity, referral_id, Side.SENDER, lock=True)
        if not queries.settle_contact(referral_id, sender_compartment_id=identity.compartment_id):
            raise NotFoundError
        append_event(identity, "next-contact", "referral", referral_id, at=at)


def forget_passed(*, at: datetime) -> int:
    """Delete next contacts that passed without a word; return how many."""
    with unit_of_work():
        return queries.forget_contacts((at - FORGET_AFTER).date())
