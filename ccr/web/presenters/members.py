"""Members on their way into the network, as the coordinator's pages show them."""

from __future__ import annotations

from typing import Any

from flask import url_for

from ccr.domain.joining import Standing, Step, Way, before_live, next_act
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import CompartmentKind
from ccr.services.invitations import Invited
from ccr.services.joining import MemberPage
from ccr.storage.queries.invitations import Invitation
from ccr.storage.queries.joining import MemberLine
from ccr.web.forms.joining import ROLE_LABELS
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime

TONES = {
    Step.LIVE: ("ok", "check-circle"),
    Step.TRAINED: ("told", "person-check"),
    Step.PLEDGED: ("told", "file-check"),
    Step.INVITED: ("due", "envelope"),
    Step.NOT_BEGUN: ("unknown", "minus"),
}


def step_chip(line: MemberLine) -> dict[str, str]:
    """Return how far a member has come: words, shade and icon together."""
    step, standing = line.membership.step, line.membership.standing
    if standing is not Standing.TAKES_PART:
        return {"text": translated(standing.label), "tone": "unknown", "icon": "pause"}
    if step is Step.NOT_BEGUN and line.membership.way is Way.LISTED:
        return {"text": translated(phrase("In the list")), "tone": "neutral", "icon": "table"}
    tone, icon = TONES[step]
    return {"text": translated(step.label), "tone": tone, "icon": icon}


def member_row(line: MemberLine) -> dict[str, Any]:
    """Return one row of the list of members."""
    act = next_act(line.membership, people=line.people, has_mailbox=line.has_mailbox)
    return {
        "href": url_for("members.page", member_id=line.member_id),
        "name": line.name,
        "kind": translated(line.category.label),
        "way": translated(line.membership.way.label),
        "step": step_chip(line),
        "next": translated(act) if act else translated(phrase("Nothing to do")),
        "waits": act is not None,
    }


def member_page(page: MemberPage, time: DeskTime) -> dict[str, Any]:
    """Return the page of one member."""
    line = page.line
    membership = line.membership
    lacks = before_live(membership, people=line.people, has_mailbox=line.has_mailbox)
    act = next_act(membership, people=line.people, has_mailbox=line.has_mailbox)
    live = membership.live_at is not None
    return {
        "id": line.member_id,
        "name": line.name,
        "kind": translated(line.category.label),
        "way": membership.way,
        "way_text": translated(membership.way.label),
        "step": step_chip(line),
        "next": translated(act) if act else None,
        "live": live,
        "standing": membership.standing.value,
        "can_go_live": not lacks
        and not live
        and membership.way is not Way.LISTED
        and membership.standing is Standing.TAKES_PART,
        "steps": _steps(page, time),
        "programs": [
            {
                "id": program.compartment.id,
                "name": program.compartment.name,
                "has_people": program.has_people,
            }
            for program in page.programs
        ],
        "has_program": any(p.compartment.kind is CompartmentKind.APIP for p in page.programs),
        "invitations": [invitation_row(found, time) for found in page.invitations],
    }


def _steps(page: MemberPage, time: DeskTime) -> list[dict[str, str]]:
    membership = page.line.membership
    pledged = membership.pledged_by
    not_yet = phrase("Not yet")
    rows: tuple[tuple[Phrase, object], ...] = (
        (phrase("Confidentiality rules"), page.line.regime.label),
        (
            phrase("Invited"),
            time.full(membership.invited_at) if membership.invited_at else not_yet,
        ),
        (
            phrase("Pledge"),
            phrase(
                "%(role)s, %(time)s",
                role=pledged.label,
                time=time.full(membership.pledged_at),
            )
            if pledged and membership.pledged_at
            else not_yet,
        ),
        (
            phrase("People with accounts"),
            str(page.line.people),
        ),
        (
            phrase("Trained"),
            phrase(
                "%(count)s of %(all)s have practised", count=page.line.trained, all=page.line.people
            )
            if page.line.people
            else not_yet,
        ),
        (
            phrase("Live"),
            phrase("since %(time)s", time=time.full(membership.live_at))
            if membership.live_at
            else not_yet,
        ),
    )
    return [{"term": translated(term), "value": translated(value)} for term, value in rows]


def invitation_row(found: Invitation, time: DeskTime) -> dict[str, Any]:
    """Return a code that can still be used, without the code."""
    return {
        "id": found.id,
        "role": translated(ROLE_LABELS[found.role]),
        "made": time.full(found.created_at),
        "until": time.full(found.expires_at),
    }


def new_code(invited: Invited, time: DeskTime) -> dict[str, Any]:
    """Return a code that was just made; it is shown on this one page and never again."""
    return {
        "groups": invited.code.split("-"),
        "role": translated(ROLE_LABELS[invited.role]),
        "program": invited.program,
        "until": time.full(invited.expires_at),
    }
