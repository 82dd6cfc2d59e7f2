"""Promised and used pathways, and how many were in force over time, as their page reads them.

What lives here: words, rows, and the bars of a chart that the server draws. What must not: counting
people; every "used" was frozen by coordination.publish_quarter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ccr.domain.pathway_use import InForce, Paper, Unagreed, compare, in_force_over_time
from ccr.domain.pathways import Pathway
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.used_pathways import UsedYear
from ccr.services.coordination import NetworkView
from ccr.web.language import translated
from ccr.web.presenters.gaps import day_text

BAR_HEIGHT, BAR_STEP, BAR_WIDE = 110, 62, 22
_PAPERS: dict[Paper, tuple[Phrase, str, Phrase]] = {
    Paper.NOTHING: (
        phrase("Nothing agreed or promised"),
        "late",
        phrase("Ask both whether they want it in writing: who sends whom, and until when."),
    ),
    Paper.LAPSED: (
        phrase("Lapsed"),
        "late",
        phrase("Renew it, or record that it ends."),
    ),
    Paper.OTHER_WAY: (
        phrase("Promised only the other way"),
        "due",
        phrase("Ask the one who takes whether it promises this direction too."),
    ),
    Paper.PROMISED: (
        phrase("Promised, not signed"),
        "due",
        phrase("Offer both a signed agreement, so that it outlasts those who made it."),
    ),
}


@dataclass(frozen=True)
class Bar:
    """One day of the chart: two bars, agreements and promised pathways, from the base line up."""

    label: str
    agreements: int
    pathways: int
    x: int
    high: int
    high_promised: int


def pathways_view(
    view: NetworkView, years: Sequence[UsedYear], wanted: str | None
) -> dict[str, object]:
    """Return everything the page shows; `wanted` is the year asked for, as text."""
    used = next((one for one in years if one.year == wanted), years[0] if years else None)
    found = compare(used, view.network, view.pathways, view.on) if used and used.ways else None
    over_time = in_force_over_time(view.agreements, view.pathways, view.network.members, view.on)
    return {
        "years": [one.year for one in years],
        "year": used.year if used else "",
        "told": found is not None,
        "agreed": found.agreed if found else 0,
        "unagreed": [_unagreed_row(view, one) for one in found.unagreed] if found else [],
        "silent": [_silent_row(view, one) for one in found.silent] if found else [],
        "lapsed": _lapsed_rows(view),
        "bars": _bars(over_time),
        "chart": {
            "width": BAR_STEP * len(over_time),
            "height": BAR_HEIGHT,
            "bar": BAR_WIDE,
        },
        "members": len(view.network.members),
    }


def _unagreed_row(view: NetworkView, one: Unagreed) -> dict[str, object]:
    words, tone, act = _PAPERS[one.paper]
    sender, receiver = (view.network.members[m] for m in one.way)
    return {
        "sender": sender.name,
        "sender_id": sender.id,
        "receiver": receiver.name,
        "receiver_id": receiver.id,
        "words": translated(words),
        "day": day_text(one.ended) if one.ended else "",
        "tone": tone,
        "next": translated(act),
    }


def _silent_row(view: NetworkView, one: Pathway) -> dict[str, object]:
    members = view.network.members
    return {
        "sender": members[one.from_member_id].name,
        "sender_id": one.from_member_id,
        "receiver": members[one.to_member_id].name,
        "receiver_id": one.to_member_id,
        "since": day_text(one.promised_on),
    }


def _lapsed_rows(view: NetworkView) -> list[dict[str, str]]:
    members = view.network.members
    return [
        {
            "first": members[link.a].name,
            "second": members[link.b].name,
            "day": day_text(link.agreement_ends) if link.agreement_ends else "",
        }
        for link in view.network.links
        if link.agreement_lapsed
    ]


def _bars(over_time: Sequence[InForce]) -> list[Bar]:
    most = max((max(one.agreements, one.pathways) for one in over_time), default=0) or 1
    return [
        Bar(
            one.label or translated(phrase("Today")),
            one.agreements,
            one.pathways,
            BAR_STEP * number + 6,
            round(BAR_HEIGHT * one.agreements / most),
            round(BAR_HEIGHT * one.pathways / most),
        )
        for number, one in enumerate(over_time)
    ]
