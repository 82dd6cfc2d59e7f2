"""The weights and what they would do, as the page shows them: words translated, nothing decided."""

from __future__ import annotations

from typing import Any

from ccr.domain.languages import language_name
from ccr.domain.own_weights import changed
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.weight_preview import FIRST, LOOKED_AT, Comparison, Example, Move, Standing
from ccr.domain.weights import OUR_CHOICE, WEIGHT_FACTS, Unit, Weights
from ccr.services.routing_weights import Preview
from ccr.web.forms.routing_weights import WeightsForm
from ccr.web.language import translated

GROUPS: tuple[tuple[Phrase, tuple[str, ...]], ...] = (
    (
        phrase("Room"),
        (
            "capacity_unknown",
            "capacity_assessment",
            "capacity_waitlist",
            "capacity_old",
            "capacity_full_old",
            "capacity_fresh_days",
        ),
    ),
    (
        phrase("The listing"),
        (
            "listing_never_verified",
            "listing_stale",
            "listing_outdated",
            "verified_days",
            "outdated_days",
        ),
    ),
    (
        phrase("Agreement and answer"),
        (
            "not_on_ccr",
            "slow_hour",
            "slow_at_most",
            "agreement_missing",
            "agreement_lapsed",
            "pathway_step",
        ),
    ),
    (phrase("Language"), ("language_interpreter", "language_unknown")),
    (
        phrase("Hours"),
        (
            "hours_unknown",
            "closed_at_most_standard",
            "closed_at_most_high",
            "closed_at_most_immediate",
        ),
    ),
    (phrase("Fit"), ("need_not_covered", "made_for_others")),
    (phrase("The list as a whole"), ("extra_door", "reach", "least_options")),
)
"""Every weight once, by what it is about (tests hold it to that)."""

_UNITS: dict[Unit, Phrase] = {
    Unit.MINUTES: phrase("minutes"),
    Unit.DAYS: phrase("days"),
    Unit.NUMBER: phrase("options"),
}


def weight_groups(form: WeightsForm, held: Weights) -> list[dict[str, Any]]:
    """Return the groups of fields, each with its unit, default, source, bounds and own value."""
    return [
        {"title": translated(title), "rows": [_row(form, name, held) for name in names]}
        for title, names in GROUPS
    ]


def _row(form: WeightsForm, name: str, held: Weights) -> dict[str, Any]:
    fact = WEIGHT_FACTS[name]
    now = getattr(held, name)
    return {
        "field": form[name],
        "unit": translated(_UNITS[fact.unit]),
        "default": fact.default,
        "own": None if now == fact.default else now,
        "source": translated(phrase("our choice")) if fact.source == OUR_CHOICE else fact.source,
        "least": fact.least,
        "most": fact.most,
    }


def both_versions(wanted: Weights, now: Weights) -> list[dict[str, str]]:
    """Return the weights in which what was typed differs from what a colleague saved."""
    return [
        {
            "fact": translated(WEIGHT_FACTS[name].text),
            "yours": str(getattr(wanted, name)),
            "theirs": str(getattr(now, name)),
        }
        for name in changed(now, wanted)
    ]


def preview_view(preview: Preview) -> dict[str, Any]:
    """Return the comparisons as the page shows them: those in which something moves first."""
    rows = [_comparison(number, found) for number, found in enumerate(preview.comparisons, start=1)]
    return {
        "examples": sorted(rows, key=lambda row: (not row["changed"], row["number"])),
        "changed": sum(row["changed"] for row in rows),
        "total": len(rows),
        "sender": preview.sender,
        "first": FIRST,
    }


def _comparison(number: int, found: Comparison) -> dict[str, Any]:
    before, after = found.plan
    return {
        "number": number,
        "title": ", ".join(translated(need.label) for need in found.example.needs),
        "facts": [found.near.label, *_facts(found.example)],
        "changed": found.changed,
        "moves": [_move(move) for move in found.moves],
        "plan": None if before == after else (_minutes(before), _minutes(after)),
    }


def _facts(example: Example) -> list[str]:
    return [
        translated(language_name(example.language or "en")),
        translated(example.transport.label),
        translated(example.urgency.label),
        translated(phrase("asked at %(time)s", time=f"{example.hour:02}:00")),
    ]


def _minutes(minutes: int | None) -> str:
    if minutes is None:
        return translated(phrase("none"))
    return translated(phrase("%(minutes)s min", minutes=minutes))


def _move(move: Move) -> dict[str, Any]:
    return {
        "service": move.service.name,
        "member": move.service.member.name,
        "before": _standing(move.before),
        "after": _standing(move.after),
        "moved": (move.before and move.before.place) != (move.after and move.after.place),
        "parts": [
            {"name": part.name, "before": part.before, "after": part.after} for part in move.parts
        ],
        "words": _words(move),
    }


def _standing(standing: Standing | None) -> dict[str, str] | None:
    if standing is None:
        return None
    return {"place": str(standing.place), "minutes": _minutes(standing.minutes)}


def _words(move: Move) -> str:
    """Return what happened to a partner, where its parts do not say it."""
    if move.after is None:
        reason = move.stopped or phrase("Not among the first %(count)s", count=LOOKED_AT)
        return translated(reason)
    if move.before is None:
        return translated(phrase("Comes in from behind, or was left out before"))
    if move.before == move.after or move.parts:
        return ""
    return translated(phrase("Only others moved"))
