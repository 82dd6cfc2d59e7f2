"""The page of the follow-up queue, as its own address and acts on several rows answer with it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from flask import g, render_template
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.services import assigning, followups
from ccr.services.followups import Whose
from ccr.services.snoozing import Rested
from ccr.web.access import current_identity, current_world
from ccr.web.language import translated
from ccr.web.presenters.follow_ups import queue_page, rested_rows
from ccr.web.presenters.moments import DeskTime


def show_queue(
    view: str,
    *,
    refused: InvalidInputError | None = None,
    picked: Collection[UUID] = (),
    rested: Rested | None = None,
) -> ResponseReturnValue:
    """Return the queue; 422 when something was refused as a whole.

    Args:
        picked: the rows whose boxes stay ticked.
        rested: what became of several that were put off at once, to be said above the queue.
    """
    identity, world, at = current_identity(), current_world(), utc_now()
    whose = Whose(view) if view in set(Whose) else Whose.ALL
    found = followups.follow_ups(identity, world, whose=whose, at=at)
    time = DeskTime(g.network.timezone, at)
    page = queue_page(
        found,
        assigning.colleagues_here(identity, at=at),
        time,
        whose=whose,
        me=identity.user_id,
    )
    kept = []
    if rested is not None:
        items = followups.items_in_order(identity, world, list(rested.refused), at=at)
        kept = rested_rows(items, rested, time)
    body = render_template(
        "followups/queue.html",
        refusal=translated(refused.phrase) if refused else None,
        picked=frozenset(picked),
        rested=rested.count if rested is not None else None,
        not_rested=kept,
        **page,
    )
    return body, 422 if refused else 200
