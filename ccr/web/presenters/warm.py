"""How warm a referral is, as both sides' pages show it: kind, steps, joint call."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from babel.lists import format_list
from flask_babel import format_date, get_locale

from ccr.domain.identifying_text import Looks
from ccr.domain.live_hand_off import HandOff, HandOffKind, JointCall, WarmStep
from ccr.domain.phrases import phrase
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime

STEPS_OF_SENDER = frozenset(WarmStep) - {WarmStep.END}
STEPS_OF_RECEIVER = frozenset(
    {WarmStep.CONSENT, WarmStep.SHARING, WarmStep.INTRODUCTION, WarmStep.ACCEPTANCE}
)
_TONES = {
    HandOffKind.WARM: ("ok", "person-check"),
    HandOffKind.DIRECT: ("neutral", "send"),
    HandOffKind.INFORMATION: ("unknown", "info"),
}


def call_words(call: JointCall) -> str:
    """Return "Wed 2 Dec, afternoon · three-way call"."""
    part, how = translated(call.part.label), translated(call.how.label)
    day = format_date(call.day, "EEE d MMM", rebase=False)
    return f"{day}, {part[:1].lower()}{part[1:]} · {how[:1].lower()}{how[1:]}"


def warm_card(
    hand_off: HandOff, time: DeskTime, steps: Collection[WarmStep] = STEPS_OF_SENDER
) -> dict[str, Any]:
    """Return the card: what it may be called, its steps, and what came of the joint call.

    `steps`: those of which this side knows whether they were done.
    """
    tone, icon = _TONES[hand_off.kind]
    return {
        "kind": {
            "text": translated(hand_off.kind.label),
            "tone": tone,
            "icon": icon,
            "warm": hand_off.kind is HandOffKind.WARM,
        },
        "steps": [
            {
                "word": translated(step.step.label),
                "done": step.done_at is not None,
                "note": time.full(step.done_at) if step.done_at else None,
            }
            for step in hand_off.steps
            if step.step in steps
        ],
        "call": _call(hand_off, time),
    }


def _call(hand_off: HandOff, time: DeskTime) -> dict[str, Any] | None:
    if hand_off.call is None:
        return None
    if hand_off.happened is not None:
        said = phrase("It happened.") if hand_off.happened else phrase("It did not happen.")
    elif hand_off.agreed is None:
        said = phrase("Offered. They answer when they accept.")
    elif hand_off.agreed:
        said = phrase("Both take part.")
    else:
        said = phrase("Not then. Agree on another time by phone.")
    return {
        "words": call_words(hand_off.call),
        "said": translated(said),
        "over": hand_off.call.day <= time.today() and bool(hand_off.agreed),
        "open": hand_off.happened is None,
    }


def looks_words(looks: tuple[Looks, ...]) -> str | None:
    """Return what a text looks to hold, as "a name and a phone number", or None for nothing."""
    if not looks:
        return None
    return format_list([translated(kind.label) for kind in looks], locale=get_locale() or "en")
