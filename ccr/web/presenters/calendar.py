"""A calendar feed as iCalendar text (RFC 5545, RFC 7986): neutral titles, nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import force_locale
from icalendar import Calendar, Event

from ccr.domain.phrases import phrase
from ccr.services.calendar_feeds import DueFeed
from ccr.web.language import translated

ASK_AGAIN = timedelta(minutes=30)
LASTS = timedelta(minutes=15)


def feed_text(feed: DueFeed, *, made_at: datetime) -> bytes:
    """Return the feed as a calendar reads it; times are UTC."""
    with force_locale(feed.language or "en"):
        title = translated(phrase("An item is due"))
        name = translated(phrase("Due items"))
    calendar = Calendar()
    calendar.add("prodid", "-//CCR//Due items//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT30M")
    for item in feed.items:
        event = Event()
        event.add("uid", f"{item.uid}@ccr")
        event.add("dtstamp", made_at)
        event.add("dtstart", item.due_at)
        event.add("dtend", item.due_at + LASTS)
        event.add("summary", title)
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text
