"""Proposals and histories of listings as pages show them: roles and days, never a person."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from flask import g, url_for
from flask_babel import format_date

from ccr.domain.change_by_link import BY_LINK
from ccr.domain.directory_history import Act, Change, RecordKind
from ccr.domain.listing_review import ProposalKind
from ccr.domain.phrases import Phrase, phrase
from ccr.policy.identity import Role
from ccr.services.listing_history import History
from ccr.services.listing_review import Listed, OpenProposal
from ccr.services.world import World
from ccr.web.forms.joining import ROLE_LABELS
from ccr.web.language import translated
from ccr.web.presenters.listing_fields import LEFT_OUT, field_label, field_words
from ccr.web.presenters.moments import DeskTime

ACTS: dict[Act, tuple[Phrase, str]] = {
    Act.CREATED: (phrase("Added"), "plus"),
    Act.EDITED: (phrase("Changed"), "file"),
    Act.IMPORTED: (phrase("Changed by an import"), "inbox"),
    Act.VERIFIED: (phrase("Checked"), "check-circle"),
    Act.CAPACITY: (phrase("Room told"), "check"),
    Act.MERGED: (phrase("Made one with another record"), "network"),
    Act.UNDONE: (phrase("An import was undone"), "minus"),
    Act.HIDDEN: (phrase("Made confidential"), "shield"),
    Act.PUBLISHED: (phrase("Made public"), "map"),
    Act.CLAIMED: (phrase("Given to another program"), "send"),
}
ANYBODY = phrase("Somebody on the public page")
THE_MEMBER = phrase("The member itself")
MEMBER_BY_LINK = phrase("The member, by mailed link")


def who_words(by_role: str) -> str:
    """Return who did something: a role, two when a second person confirmed, or a source."""
    if not by_role:
        return translated(ANYBODY)
    proposed, _, confirmed = by_role.partition("+")
    if not confirmed:
        return _role(proposed)
    return translated(
        phrase("%(role)s; confirmed by: %(second)s", role=_role(proposed), second=_role(confirmed))
    )


def _role(code: str) -> str:
    if code == "terminal":
        return translated(phrase("The terminal"))
    if code == BY_LINK:
        return translated(MEMBER_BY_LINK)
    try:
        return translated(ROLE_LABELS[Role(code)])
    except (ValueError, KeyError):
        return code


def waiting_row(listed: Listed, at: datetime) -> dict[str, Any]:
    """Return a proposal as a row of the list."""
    proposal = listed.proposal
    what = ", ".join(field_label(name) for name in proposal.after)
    if proposal.issue is not None:
        what = translated(proposal.issue.label)
    return {
        "href": url_for("listing_review.proposal", proposal_id=proposal.id),
        "service": listed.member if proposal.member_id else listed.service,
        "member": translated(THE_MEMBER) if proposal.member_id else listed.member,
        "kind": translated(proposal.kind.label),
        "what": what or translated(proposal.kind.label),
        "by": who_words(proposal.by_role),
        "since": _day(proposal.created_at, at, proposal.kind),
        "tone": "due" if proposal.kind in {ProposalKind.EDIT, ProposalKind.CLAIM} else "neutral",
    }


def _day(moment: datetime, at: datetime, kind: ProposalKind) -> str:
    time = DeskTime(g.network.timezone, at)
    if kind is ProposalKind.SUGGESTION:
        return str(format_date(moment.date(), "medium"))
    return time.full(moment)


def proposal_page(opened: OpenProposal, world: World, at: datetime) -> dict[str, Any]:
    """Return a proposal: old, now and wanted side by side, or what was told."""
    proposal = opened.listed.proposal
    rows = [
        {
            "fact": field_label(name),
            "before": field_words(name, proposal.before.get(name), world),
            "now": field_words(name, opened.state.fields.get(name), world),
            "after": field_words(name, value, world),
            "moved": opened.state.fields.get(name) != proposal.before.get(name),
        }
        for name, value in proposal.after.items()
    ]
    return {
        **waiting_row(opened.listed, at),
        "id": proposal.id,
        "code": proposal.kind.value,
        "service_id": proposal.service_id,
        "member_id": proposal.member_id,
        "rows": rows,
        "moved": any(row["moved"] for row in rows),
        "words": opened.words,
        "sealed": proposal.words_sealed is not None and not opened.words,
        "own": opened.own,
        "may_decide": opened.may_decide,
        "claimant": opened.claimant,
        "version": opened.state.version,
    }


def history_days(history: History, world: World, at: datetime) -> list[dict[str, Any]]:
    """Return what happened by days, the newest first."""
    time = DeskTime(g.network.timezone, at)
    return [
        {
            "heading": heading,
            "entries": [_entry(change, world, time, private=history.private) for change in changes],
        }
        for heading, changes in groupby(history.page.items, lambda change: time.day(change.at))
    ]


def _entry(change: Change, world: World, time: DeskTime, *, private: bool) -> dict[str, Any]:
    label, icon = ACTS[change.act]
    before, after = change.before or {}, change.after or {}
    words = translated(label)
    if change.kind is RecordKind.LOCATION:
        words = translated(phrase("%(act)s: a place", act=words))
    return {
        "time": time.clock(change.at),
        "iso": change.at.isoformat(timespec="minutes"),
        "icon": icon,
        "what": words,
        "by": who_words(change.by_role) if change.by_role else "",
        "changes": [
            {
                "fact": field_label(name),
                "before": field_words(name, before.get(name), world, private=private),
                "after": field_words(name, after.get(name), world, private=private),
            }
            for name in dict.fromkeys([*after, *before])
            if name not in LEFT_OUT and before.get(name) != after.get(name)
        ],
    }
