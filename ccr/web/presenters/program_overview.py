"""Programs for the coordination, as their page reads them."""

from __future__ import annotations

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.program_figures import NOT_SAFETY, ProgramMeasure
from ccr.services.program_overview import ProgramOverview
from ccr.web.language import translated
from ccr.web.presenters.coordination import protocol_rows
from ccr.web.presenters.gaps import item_view

MOST_QUARTERS = 8
_LABELS: dict[ProgramMeasure, Phrase] = {
    ProgramMeasure.CONSULTATIONS: phrase("Consultations asked"),
    ProgramMeasure.CONSULTATION_MINUTES: phrase("Half acknowledged within"),
    ProgramMeasure.INTAKES: phrase("Intakes"),
    ProgramMeasure.INTAKE_HOURS: phrase("Half from order to intake within"),
    ProgramMeasure.ENDED: phrase("Participation ended"),
    ProgramMeasure.COMPLETED: phrase("Of these, completed"),
}
_HIDDEN = phrase("Not shown")


def overview_view(found: ProgramOverview) -> dict[str, object]:
    """Return the page: findings first, then protocols, then published figures by quarter."""
    return {
        "alone": [item_view(item, found.on) for item in found.alone],
        "without": [item_view(item, found.on) for item in found.protocol_gaps],
        "protocols": protocol_rows(found.programs, found.protocols, found.on),
        "columns": [translated(_LABELS[measure]) for measure in ProgramMeasure],
        "quarters": figure_rows(found)[:MOST_QUARTERS],
        "published": bool(found.quarters),
        "not_safety": translated(NOT_SAFETY),
    }


def figure_rows(found: ProgramOverview) -> list[dict[str, object]]:
    """Return one row a published quarter of which anything is shown, newest first."""
    shown = {(f.period, f.measure): f.value for f in found.figures}
    return [
        {
            "period": period,
            "cells": [_words(measure, shown.get((period, measure))) for measure in ProgramMeasure],
        }
        for period in found.quarters
        if any(figure.period == period for figure in found.figures)
    ]


def _words(measure: ProgramMeasure, value: int | None) -> str:
    if value is None:
        return translated(_HIDDEN)
    if measure is ProgramMeasure.CONSULTATION_MINUTES:
        return translated(phrase("%(hours)s h", hours=value // 60))
    if measure is ProgramMeasure.INTAKE_HOURS:
        return translated(phrase("%(days)s days", days=value // 24))
    return str(value)
