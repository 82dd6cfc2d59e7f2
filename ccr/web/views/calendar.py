"""Somebody's calendar feed: make it, end it, and what a calendar fetches with its secret."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.policy.permissions import Permission
from ccr.services import calendar_feeds
from ccr.web.access import cookieless, current_identity, current_world, requires
from ccr.web.presenters.calendar import feed_text
from ccr.web.presenters.moments import desk_time

blueprint = Blueprint("calendar", __name__)


@blueprint.get("/account/calendar")
@requires(Permission.REFERRAL_LIST)
def page() -> str:
    """Show whether one has a feed, and what it holds."""
    since = calendar_feeds.feed_since(current_identity())
    return render_template("accounts/calendar.html", since=since, time=desk_time(), address=None)


@blueprint.post("/account/calendar/make")
@requires(Permission.REFERRAL_LIST)
def make() -> str:
    """Make a feed and show its address, this once."""
    at = utc_now()
    token = calendar_feeds.make_feed(current_identity(), at=at)
    address = url_for("calendar.feed", token=token, _external=True)
    return render_template("accounts/calendar.html", since=at, time=desk_time(), address=address)


@blueprint.post("/account/calendar/end")
@requires(Permission.REFERRAL_LIST)
def end() -> ResponseReturnValue:
    """Make the feed worthless."""
    calendar_feeds.end_feed(current_identity(), at=utc_now())
    return redirect(url_for("calendar.page"), code=303)


@blueprint.get("/calendar/<token>.ics")
@cookieless
def feed(token: str) -> Response:
    """Answer a calendar: times, and a title that says nothing."""
    found = calendar_feeds.read_feed(current_world(), token, at=utc_now())
    return Response(feed_text(found, made_at=utc_now()), mimetype="text/calendar")
