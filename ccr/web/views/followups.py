"""Follow-ups: what one's own program has to do, soonest first."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from ccr.adapters.clock import utc_now
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import followups
from ccr.services.referral_desk import ReceivedItem
from ccr.web.access import current_identity, current_world, requires
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.rows import inbox_row, outbox_row

blueprint = Blueprint("followups", __name__, url_prefix="/desk/follow-ups")


@blueprint.get("")
@requires(Permission.REFERRAL_LIST)
def queue() -> str:
    """Show what is overdue, due today and due this week."""
    found = followups.follow_ups(current_identity(), current_world(), at=utc_now())
    time = DeskTime(g.network.timezone, utc_now())
    groups = (
        ("overdue", phrase("Overdue"), found.overdue),
        ("today", phrase("Today"), found.today),
        ("this-week", phrase("This week"), found.this_week),
        ("unanswered", phrase("Late answers: choose again, or wait"), found.unanswered),
    )
    return render_template(
        "followups/queue.html",
        groups=[
            {
                "id": name,
                "heading": translated(heading),
                "total": page.total,
                "rows": [
                    inbox_row(item, time, lit=False)
                    if isinstance(item, ReceivedItem)
                    else outbox_row(item, time)
                    for item in page.items
                ],
            }
            for name, heading, page in groups
        ],
    )
