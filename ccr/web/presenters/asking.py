"""Whom the person named, as pages of the sender show it: before sending and after."""

from __future__ import annotations

from typing import Any

from flask import url_for

from ccr.domain.asking import AskingWay, PartState
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Need
from ccr.services.asking_shown import NamedPartner, NamedPartners
from ccr.services.drafts import DraftView
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.referrals import inside_a_sentence, listed, state_chip

_TITLES = {
    AskingWay.ORDERED: phrase("Whom the person named, in order"),
    AskingWay.AT_ONCE: phrase("Asked at once"),
    AskingWay.PLAN: phrase("One plan, a partner for each need"),
}
_NOTES = {
    AskingWay.ORDERED: phrase(
        "The next is asked by itself when the one before cannot take it. Nobody else is ever asked."
    ),
    AskingWay.AT_ONCE: phrase(
        "When one takes it, it is taken back from the others. They read nothing of why."
    ),
    AskingWay.PLAN: phrase("Each has a code of its own and reads nothing of the others."),
}
_LEFT = phrase("Not asked")
_WAITS = phrase("Not asked yet")
_GONE = phrase("A listing that is gone")
_UNREADABLE = phrase("A name that cannot be read any more")
_DAMAGED = phrase(
    "Whom the person named after that cannot be read any more, so nobody else is asked by itself. "
    "Ask the person again before you choose anybody."
)


def further_rows(
    draft: DraftView, yes: list[str] | None = None, tells: list[str] | None = None
) -> list[dict[str, Any]]:
    """Return the further partners of a draft, each with what the yes is about.

    Args:
        yes, tells: what was ticked on the page that was sent; None when it is opened.
    """
    return [
        {
            "service_id": str(one.partner.service_id),
            "service": one.partner.service_name,
            "member": one.partner.member_name,
            "by_phone": one.partner.by_phone,
            "in_writing": one.partner.regime.asks_for_writing,
            "needs": _needs(one.needs),
            "ticked": draft.survivor_yes if yes is None else str(one.partner.service_id) in yes,
            "tells": (
                one.release_until is not None
                if tells is None
                else str(one.partner.service_id) in tells
            ),
            "yes": translated(_yes(draft.way, one.partner.member_name, one.needs)),
        }
        for one in draft.further
    ]


def own_yes(draft: DraftView) -> str | None:
    """Return what the yes to the first partner is about; None when it is the only one."""
    if draft.partner is None or not draft.further:
        return None
    if draft.way is AskingWay.PLAN:
        return translated(_yes(draft.way, draft.partner.member_name, draft.own_needs))
    words = phrase("They agree to send this to %(member)s.", member=draft.partner.member_name)
    if draft.partner.by_phone:
        words = phrase(
            "They agree that you call %(member)s about this.", member=draft.partner.member_name
        )
    return translated(words)


def _yes(way: AskingWay | None, member: str, needs: tuple[Need, ...]) -> Phrase:
    if way is AskingWay.PLAN:
        return phrase(
            "They agree to send this to %(member)s: %(needs)s.", member=member, needs=_needs(needs)
        )
    if way is AskingWay.AT_ONCE:
        return phrase("They agree that %(member)s is asked at the same time.", member=member)
    return phrase(
        "They agree that %(member)s is asked if nobody before can take it.", member=member
    )


def _needs(needs: tuple[Need, ...]) -> str:
    return inside_a_sentence(listed(need.label for need in needs)) if needs else ""


def named_card(found: NamedPartners | None, time: DeskTime, here: object) -> dict[str, Any] | None:
    """Return the card of whom the person named, on the page of the referral `here`."""
    if found is None:
        return None
    return {
        "title": translated(_TITLES[found.way]),
        "note": translated(_NOTES[found.way]),
        "damaged": translated(_DAMAGED) if not found.readable else None,
        "rows": [_named_row(one, time, here, readable=found.readable) for one in found.partners],
        "stops_all": found.way is not AskingWay.ORDERED,
    }


def _named_row(
    one: NamedPartner, time: DeskTime, here: object, *, readable: bool
) -> dict[str, Any]:
    view, nameless = one.view, _GONE if readable else _UNREADABLE
    words: Phrase | None = one.skipped
    if one.state is PartState.WAITING:
        words = _WAITS
    elif one.state is PartState.LEFT:
        words = _LEFT
    elsewhere = view is not None and view.referral_id != here
    return {
        "service": one.service_name or translated(nameless),
        "member": one.member_name,
        "words": translated(words) if words else "",
        "state": state_chip(view.status, view.status_text) if view else None,
        "at": time.full(view.sort_at) if view else "",
        "href": (
            url_for("referrals.page", referral_id=view.referral_id) if view and elsewhere else None
        ),
        "here": view is not None and not elsewhere,
    }
