"""Tabs, pages and counts of the desk's lists."""

from __future__ import annotations

from typing import Any

from flask import url_for

from ccr.domain.paging import Page
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_views import Group, InboxTab
from ccr.web.language import translated

INBOX_TABS: dict[InboxTab, Phrase] = {
    InboxTab.NEEDS_ANSWER: phrase("Needs answer"),
    InboxTab.OVERDUE: phrase("Overdue"),
    InboxTab.IN_PROGRESS: phrase("In progress"),
    InboxTab.LATER: phrase("On hold or waitlist"),
    InboxTab.CLOSED: phrase("Closed"),
    InboxTab.ENDED: phrase("Taken back or run out"),
}
OUTBOX_TABS: dict[Group, Phrase] = {
    Group.MY_MOVE: phrase("Needs my action"),
    Group.WAITING: phrase("Waiting"),
    Group.TAKEN: phrase("Accepted"),
    Group.LATER: phrase("On the waitlist"),
    Group.DONE: phrase("Closed"),
    Group.ENDED: phrase("Taken back"),
    Group.DRAFT: phrase("Drafts"),
}
EMPTY_INBOX: dict[InboxTab, Phrase] = {
    InboxTab.NEEDS_ANSWER: phrase("Nothing waits for your answer"),
    InboxTab.OVERDUE: phrase("Nothing is overdue"),
    InboxTab.IN_PROGRESS: phrase("Nothing is in progress"),
    InboxTab.LATER: phrase("Nothing is on hold"),
    InboxTab.CLOSED: phrase("Nothing is closed yet"),
    InboxTab.ENDED: phrase("Nothing was taken back"),
}


def inbox_tabs(counts: dict[InboxTab, int], current: InboxTab) -> list[dict[str, Any]]:
    """Return the inbox's tabs with their counts."""
    return [
        {
            "text": translated(label),
            "href": url_for("referrals.inbox", tab=tab.value),
            "count": counts.get(tab, 0) if tab not in {InboxTab.CLOSED, InboxTab.ENDED} else None,
            "current": tab is current,
        }
        for tab, label in INBOX_TABS.items()
    ]


def outbox_tabs(counts: dict[Group, int], current: Group) -> list[dict[str, Any]]:
    """Return the outbox's tabs with their counts."""
    return [
        {
            "text": translated(label),
            "href": url_for("referrals.outbox", group=group.value),
            "count": counts.get(group, 0) if not group.is_over else None,
            "current": group is current,
        }
        for group, label in OUTBOX_TABS.items()
    ]


def page_links(page: Page[Any], endpoint: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401 -- of the address
    """Return the pager's variables; only its pages near this one are linked."""

    def href(number: int) -> str:
        return url_for(endpoint, page=number, **values)

    near = [n for n in range(page.number - 2, page.number + 3) if 1 <= n <= page.count]
    return {
        "pages": (
            [{"number": n, "href": href(n), "current": n == page.number} for n in near]
            if page.count > 1
            else []
        ),
        "previous_href": href(page.number - 1) if page.number > 1 else None,
        "next_href": href(page.number + 1) if page.has_next else None,
    }
