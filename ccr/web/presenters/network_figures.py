"""The register of unmet need and the indicators, as their pages read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ccr.domain.indicators import DEFINITIONS, Definition, Share
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.small_cells import Figure, Measured, NeedGroup
from ccr.domain.unmet_register import REASONS, Standing, UnmetLine
from ccr.services.network_figures import IndicatorValues, UnmetRegister
from ccr.web.language import translated

MEASURES: dict[Measured, Phrase] = {
    Measured.SENT: phrase("Sent"),
    Measured.UNMET: phrase("Searched, nothing found"),
    Measured.NO_ROOM: phrase("No room"),
    Measured.WAITING: phrase("Waiting"),
    Measured.OUTSIDE_AREA: phrase("Outside the area"),
    Measured.LANGUAGE: phrase("Language"),
    Measured.EXPIRED: phrase("Nobody answered"),
    Measured.CANNOT_TAKE: phrase("Cannot take"),
    Measured.ACCEPTED: phrase("Accepted"),
    Measured.ANSWER_MINUTES: phrase("Half answered within"),
}
_TONES = {
    Standing.ASKED_AND_MISSING: "late",
    Standing.ASKED_IN_VAIN: "due",
    Standing.MISSING: "unknown",
    Standing.UNUSED: "unknown",
    Standing.USED: "ok",
    Standing.UNKNOWN: "unknown",
}
_HIDDEN = phrase("Not shown")
MOST_QUARTERS = 12
BAR_HEIGHT, BAR_WIDTH, BAR_STEP = 56, 24, 44


@dataclass(frozen=True, slots=True)
class Bar:
    """One period of a trend: its words, and where the bar stands.

    No height when it is not shown, nor for a year: it would tower over the quarters beside it.
    """

    period: str
    words: str
    x: int
    y: int
    height: int


def unmet_view(register: UnmetRegister, wanted: str | None) -> dict[str, object]:
    """Return the page of unmet need: the wanted quarter or year, or the newest that there is."""
    periods = _periods(register.figures)
    period = wanted if wanted in periods else (periods[0] if periods else None)
    return {
        "periods": periods,
        "period": period,
        "columns": [translated(MEASURES[measure]) for measure in REASONS],
        "lines": standing_rows(register.lines),
        "no_county": not any(line.cells for line in register.lines),
        "rows": [
            {
                "group": translated(line.group.label),
                "cells": [line.shown.get((period or "", measure)) for measure in REASONS],
            }
            for line in sorted(register.lines, key=lambda line: list(NeedGroup).index(line.group))
        ],
    }


def standing_rows(lines: Iterable[UnmetLine]) -> list[dict[str, object]]:
    """Return the need groups with what figures and directory say together."""
    return [
        {
            "group": translated(line.group.label),
            "words": translated(line.standing.label),
            "tone": _TONES[line.standing],
            "empty": line.empty_cells,
            "cells": line.cells,
            "known": line.standing is not Standing.UNKNOWN,
        }
        for line in lines
    ]


def register_csv(register: UnmetRegister) -> list[tuple[object, ...]]:
    """Return the register as rows of codes, a heading first: every period, group and reason."""
    rows: list[tuple[object, ...]] = [("period", "group", "reason", "value")]
    for period in _periods(register.figures):
        for line in register.lines:
            for measure in REASONS:
                value = line.shown.get((period, measure))
                shown = "not shown" if value is None else value
                rows.append((period, line.group.value, measure.value, shown))
    return rows


def indicator_rows(values: IndicatorValues) -> list[dict[str, object]]:
    """Return every indicator with its definition, and its value or trend."""
    return [_indicator(definition, values) for definition in DEFINITIONS]


def _indicator(definition: Definition, values: IndicatorValues) -> dict[str, object]:
    row: dict[str, object] = {
        "code": definition.code.value,
        "name": translated(definition.name),
        "benefit": translated(definition.benefit) if definition.benefit else None,
        "numerator": translated(definition.numerator),
        "denominator": translated(definition.denominator),
        "exclusions": translated(definition.exclusions),
        "source": translated(definition.source),
        "about_people": definition.measure is not None,
        "trends": [],
        "share": None,
    }
    if definition.measure is not None:
        row["trends"] = _trends(definition, values.figures)
    else:
        share = values.facts.get(definition.code)
        row["share"] = _share_words(share) if share is not None and share.whole else None
        row["nothing_yet"] = share is not None and not share.whole
    return row


def _share_words(share: Share) -> str:
    return translated(phrase("%(part)s of %(whole)s", part=share.part, whole=share.whole))


def _trends(definition: Definition, figures: Sequence[Figure]) -> list[dict[str, object]]:
    """Return one trend for each need group of which any period is shown, the oldest first.

    A year stands behind its last quarter, and only where the gate let it out.
    """
    shown = {(f.period, f.measure, f.group): f.value for f in figures if f.value is not None}
    quarters = sorted({f.period for f in figures if "Q" in f.period})[-MOST_QUARTERS:]
    trends = []
    for group in NeedGroup:
        years = [y for y in {q[:4] for q in quarters} if (y, definition.measure, group) in shown]
        periods = sorted([*quarters, *years], key=_in_order)
        values = [shown.get((p, definition.measure, group)) for p in periods]  # type: ignore[arg-type]
        if not any(values):
            continue
        wholes = [shown.get((p, definition.of, group)) for p in periods]  # type: ignore[arg-type]
        beside = wholes if definition.measure is not Measured.ANSWER_MINUTES else []
        most = max(v for v in [*values, *beside] if v is not None)
        bars = [
            _bar(definition, number, period, (value, whole), most)
            for number, (period, value, whole) in enumerate(
                zip(periods, values, wholes, strict=True)
            )
        ]
        trends.append(
            {
                "group": translated(group.label),
                "bars": bars,
                "width": BAR_STEP * len(periods),
                "height": BAR_HEIGHT,
            }
        )
    return trends


def _bar(
    definition: Definition, number: int, period: str, pair: tuple[int | None, int | None], most: int
) -> Bar:
    value, whole = pair
    is_year = "Q" not in period
    height = 0 if value is None or is_year else max(2, round(BAR_HEIGHT * value / most))
    words = _number(value)
    if value is not None and definition.measure is Measured.ANSWER_MINUTES:
        words = _hours_words(value // 60, whole)
    elif value is not None and whole is not None:
        words = _share_words(Share(value, whole))
    label = translated(phrase("Year %(year)s", year=period)) if is_year else period
    return Bar(label, words, BAR_STEP * number + 10, BAR_HEIGHT - height, height)


def _hours_words(hours: int, sent: int | None) -> str:
    """Return a median with how many were sent; how many were answered is never published."""
    if sent is None:
        return translated(phrase("%(hours)s h", hours=hours))
    return translated(phrase("%(hours)s h; %(sent)s sent", hours=hours, sent=sent))


def _in_order(period: str) -> tuple[str, str]:
    return period[:4], period[4:] or "Q9"


def _periods(figures: Iterable[Figure]) -> list[str]:
    """Return the published periods, newest first; a year stands before its quarters."""
    return sorted({f.period for f in figures}, key=_in_order, reverse=True)


def _number(value: int | None) -> str:
    return translated(_HIDDEN) if value is None else str(value)
