"""Which list of the desk is asked for by an address: its tab or group, and the page of it.

The page and the look whether it has changed read the same address in the same way.
"""

from __future__ import annotations

from flask import request

from ccr.adapters.clock import utc_now
from ccr.domain.errors import NotFoundError
from ccr.domain.paging import Page
from ccr.domain.referral_views import Group, InboxTab
from ccr.services import referral_desk
from ccr.services.desk_glance import token_of
from ccr.services.referral_shown import ReceivedItem, SentItem
from ccr.web.access import current_identity, current_world
from ccr.web.forms.fields import page_asked_for


def inbox_asked_for() -> tuple[InboxTab, Page[ReceivedItem], dict[InboxTab, int]]:
    """Return the tab of the inbox, its page, and how many each tab holds.

    Raises:
        NotFoundError: there is no such tab.
    """
    try:
        tab = InboxTab(request.args.get("tab", InboxTab.NEEDS_ANSWER.value))
    except ValueError as error:
        raise NotFoundError from error
    page, counts = referral_desk.inbox(
        current_identity(), current_world(), tab, page_asked_for(), at=utc_now()
    )
    return tab, page, counts


def outbox_asked_for() -> tuple[Group, Page[SentItem], dict[Group, int]]:
    """Return the group of the outbox, its page, and how many each group holds.

    Raises:
        NotFoundError: there is no such group.
    """
    try:
        group = Group(request.args.get("group", Group.MY_MOVE.value))
    except ValueError as error:
        raise NotFoundError from error
    page, counts = referral_desk.outbox(
        current_identity(), current_world(), group, page_asked_for(), at=utc_now()
    )
    return group, page, counts


def list_token(page: Page[ReceivedItem] | Page[SentItem]) -> str:
    """Return a token of what a page of a list shows, and of how many there are."""
    return token_of([item.view for item in page.items], page.total)
