"""The desk's lists: inbox, outbox, a caller's words; and the one address of a referral."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.chasing import LONGEST_SNOOZE
from ccr.domain.errors import NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.referral_views import InboxTab
from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.services import announcements, authority_reports, referral_desk
from ccr.services.assigning import colleagues_here
from ccr.services.desk_glance import row_marks
from ccr.services.hand_offs import own_warm_share
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.referrals import CodeForm
from ccr.web.language import translated
from ccr.web.presenters.follow_ups import rest_choices
from ccr.web.presenters.lists import EMPTY_INBOX, inbox_tabs, outbox_tabs, page_links
from ccr.web.presenters.moments import desk_time
from ccr.web.presenters.rows import inbox_row, outbox_row
from ccr.web.presenters.working_together import announcement_rows
from ccr.web.referral_lists import inbox_asked_for, list_token, outbox_asked_for
from ccr.web.referral_pages import show_received, show_sent

blueprint = Blueprint("referrals", __name__, url_prefix="/desk")


def _colleagues() -> list[dict[str, object]]:
    """Return whom rows can be given to: oneself first, then who is here."""
    me, here = [], []
    for one in colleagues_here(current_identity(), at=utc_now()):
        key = one.person.account_id
        if key == current_identity().user_id:
            me.append({"id": key, "text": translated(phrase("You"))})
        elif one.person.here:
            here.append({"id": key, "text": one.email})
    return me + here


@blueprint.get("/inbox")
@requires(Permission.REFERRAL_LIST)
def inbox() -> str:
    """Show one tab of the inbox."""
    return _inbox(CodeForm(formdata=None))


def _inbox(code_form: CodeForm) -> str:
    tab, page, counts = inbox_asked_for()
    time = desk_time()
    marks = row_marks(current_identity(), page.items)
    lit = tab is InboxTab.NEEDS_ANSWER and page.number == 1
    told, old_rooms = announcements.above_inbox(
        current_identity(), g.network.timezone, at=utc_now()
    )
    return render_template(
        "referrals/inbox.html",
        code_form=code_form,
        tab_rows=inbox_tabs(counts, tab),
        rows=[
            inbox_row(item, time, lit=lit and not n, mark=marks[item.view.referral_id])
            for n, item in enumerate(page.items)
        ],
        part=tab.value,
        colleagues=_colleagues() if page.items else [],
        rest=rest_choices()
        if any(LONGEST_SNOOZE[item.view.urgency] for item in page.items)
        else None,
        live_url=url_for("glance.inbox", tab=tab.value, page=page.number),
        live_page=url_for("referrals.inbox", tab=tab.value, page=page.number),
        live_token=list_token(page),
        count_text=translated(phrase("%(count)s in this list", count=page.total)),
        empty_title=translated(EMPTY_INBOX[tab]),
        empty_text=translated(phrase("What other agencies send to your program comes here.")),
        old_rooms=old_rooms,
        announcements=announcement_rows(told),
        program_reports=_program_reports(),
        **page_links(page, "referrals.inbox", tab=tab.value),
    )


def _program_reports() -> dict[str, int] | None:
    """Return how many reports of programs came here, and how many are new; None without any."""
    if not permits(current_identity(), Permission.AUTHORITY_REPORT_READ):
        return None
    every, new = authority_reports.waiting(current_identity())
    return {"every": every, "new": new} if every else None


@blueprint.post("/inbox/code")
@requires(Permission.REFERRAL_LIST)
def find_by_code() -> ResponseReturnValue:
    """Open the referral in one's own inbox that a caller's words name."""
    form = CodeForm()
    try:
        found = referral_desk.look_up_code(
            current_identity(), current_world(), form.code.data or "", at=utc_now()
        )
    except NotFoundError as error:
        form.code.errors = [translated(error.phrase)]
        return _inbox(form), 404
    return redirect(url_for("referrals.page", referral_id=found), code=303)


@blueprint.get("/outbox")
@requires(Permission.REFERRAL_LIST)
def outbox() -> str:
    """Show one group of what one's own program sent, and drafts."""
    group, page, counts = outbox_asked_for()
    time = desk_time()
    marks = row_marks(current_identity(), page.items)
    return render_template(
        "referrals/outbox.html",
        tab_rows=outbox_tabs(counts, group),
        rows=[outbox_row(item, time, mark=marks[item.view.referral_id]) for item in page.items],
        part=group.value,
        warm=own_warm_share(current_identity(), at=utc_now()),
        colleagues=_colleagues() if page.items else [],
        live_url=url_for("glance.outbox", group=group.value, page=page.number),
        live_page=url_for("referrals.outbox", group=group.value, page=page.number),
        live_token=list_token(page),
        count_text=translated(phrase("%(count)s in this list", count=page.total)),
        empty_title=translated(phrase("Nothing here")),
        empty_text=translated(
            phrase("What your program sends comes here, with whose move is next.")
        ),
        **page_links(page, "referrals.outbox", group=group.value),
    )


@blueprint.get("/referrals/<uuid:referral_id>")
@requires(Permission.REFERRAL_READ)
def page(referral_id: UUID) -> ResponseReturnValue:
    """Show a referral to the side that asks."""
    try:
        return show_sent(referral_id)
    except NotFoundError:
        return show_received(referral_id)
