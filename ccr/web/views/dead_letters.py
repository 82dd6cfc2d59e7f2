"""Mail that was given up: seen and tried again by whoever looks after the site."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from ccr.adapters.clock import utc_now
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import dead_letters
from ccr.services.dead_letters import DeadLetter, Kind
from ccr.web.access import current_identity, requires
from ccr.web.forms.fields import whole_number
from ccr.web.language import translated
from ccr.web.presenters.lists import page_links
from ccr.web.presenters.moments import DeskTime

blueprint = Blueprint("dead_letters", __name__, url_prefix="/admin/mail")

KINDS = {
    Kind.NOTICE: phrase("Notice to staff"),
    Kind.CHECK: phrase("Links to check listings"),
    Kind.OFFICE: phrase("Letter to an office"),
}
FAILURES = {
    "refused": phrase("The server refused the address"),
    "rejected": phrase("The server refused the mail"),
    "address": phrase("The address cannot be used"),
    "connect": phrase("The server was away"),
    "tls": phrase("No safe connection to the server"),
    "auth": phrase("The server did not let us in"),
    "template": phrase("This version does not know the text"),
    "expired": phrase("It waited for more than a week"),
    "inactive": phrase("The account is closed"),
    "over": phrase("There is nothing left to read"),
}


@blueprint.get("")
@requires(Permission.MAIL_MANAGE)
def page() -> str:
    """Show what was given up, newest first."""
    found = dead_letters.list_dead(current_identity(), page=whole_number(request.args.get("page")))
    time = DeskTime(g.network.timezone, utc_now())
    oldest = found.standing.oldest_due_at
    return render_template(
        "operations/dead_letters.html",
        rows=[_row(letter, time) for letter in found.page.items],
        total=found.page.total,
        retryable=found.retryable,
        waiting=found.standing.waiting,
        oldest=time.full(oldest) if oldest and oldest < time.now else None,
        **page_links(found.page, "dead_letters.page"),
    )


def _row(letter: DeadLetter, time: DeskTime) -> dict[str, Any]:
    return {
        "id": letter.id,
        "kind": translated(KINDS[letter.kind]),
        "program": letter.program,
        "address": letter.address,
        "written": time.day(letter.written_at),
        "failure": translated(FAILURES.get(letter.failure, phrase("Not known"))),
        "can_retry": letter.can_retry,
    }


@blueprint.post("/<uuid:letter_id>/retry")
@requires(Permission.MAIL_MANAGE)
def retry(letter_id: UUID) -> ResponseReturnValue:
    """Have one letter tried again."""
    dead_letters.retry(current_identity(), letter_id, at=utc_now())
    return _back(1)


@blueprint.post("/retry")
@requires(Permission.MAIL_MANAGE)
def retry_all() -> ResponseReturnValue:
    """Have everything that was given up tried again."""
    return _back(dead_letters.retry_all(current_identity(), at=utc_now()))


def _back(count: int) -> ResponseReturnValue:
    flash(
        ngettext(
            "%(num)s mail is tried again, within a minute or after quiet hours.",
            "%(num)s mails are tried again, within a minute or after quiet hours.",
            count,
        ),
        "ok",
    )
    return redirect(url_for("dead_letters.page"), code=303)
