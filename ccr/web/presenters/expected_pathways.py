"""What is expected of the kinds of members, in words for the page."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from ccr.domain.expected_pathways import DEFAULTS, OUR_CHOICE, Expectation, Found, Kept
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import MemberCategory
from ccr.services.network_analysis import Expected
from ccr.web.language import translated

_WORDS: dict[Kept, Phrase] = {
    Kept.MISSING: phrase("Missing"),
    Kept.NOBODY: phrase("No member of one of the kinds"),
    Kept.LAPSED: phrase("Lapsed"),
    Kept.SOME: phrase("Some"),
    Kept.ALL: phrase("All"),
}
_TONES = {
    Kept.MISSING: ("late", "cross"),
    Kept.NOBODY: ("due", "person-off"),
    Kept.LAPSED: ("late", "alert-triangle"),
    Kept.SOME: ("due", "circle"),
    Kept.ALL: ("told", "check"),
}
MOST_NAMES = 6


def expected_view(
    found: Expected, chosen: Collection[Expectation] | None = None
) -> dict[str, object]:
    """Return everything the page shows; `chosen` is what somebody ticked whose save was refused."""
    now = [one.expectation for one in found.found]
    ticked = set(now if chosen is None else chosen)
    names = {m: member.name for m, member in found.view.network.members.items()}
    worst_first = sorted(
        enumerate(found.found), key=lambda item: (list(Kept).index(item[1].kept), item[0])
    )
    every = [*DEFAULTS, *sorted((set(now) | ticked) - set(DEFAULTS))]
    return {
        "rows": [_row(one, names) for _, one in worst_first],
        "missing": sum(one.kept in {Kept.MISSING, Kept.LAPSED} for one in found.found),
        "seen": [one.name for one in now],
        "choices": [
            {
                "name": one.name,
                "words": _pair(one),
                "ticked": one in ticked,
                "own": one not in DEFAULTS,
            }
            for one in every
        ],
        "kinds": [(kind.value, translated(kind.label)) for kind in MemberCategory],
    }


def _row(one: Found, names: dict[UUID, str]) -> dict[str, object]:
    reason = DEFAULTS.get(one.expectation)
    tone, icon = _TONES[one.kept]
    linked = sorted(names[m] for m in one.linked)
    return {
        "sender": translated(one.expectation.sender.label),
        "receiver": translated(one.expectation.receiver.label),
        "words": translated(_WORDS[one.kept]),
        "tone": tone,
        "icon": icon,
        "linked": len(one.linked),
        "senders": one.senders,
        "receivers": one.receivers,
        "names": linked[:MOST_NAMES],
        "more": max(0, len(linked) - MOST_NAMES),
        "why": translated(reason.words) if reason else "",
        "source": _source(reason.source) if reason else "",
    }


def _source(source: str) -> str:
    return translated(phrase("our choice")) if source == OUR_CHOICE else source


def _pair(one: Expectation) -> str:
    return translated(
        phrase("%(sender)s to %(receiver)s", sender=one.sender.label, receiver=one.receiver.label)
    )
