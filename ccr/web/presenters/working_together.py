"""Training, announcements and the survey as their pages read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.survey import Question
from ccr.domain.taxonomy import MemberCategory
from ccr.domain.training import Subject, Trained, TrainingState
from ccr.services.announcements import Announcement
from ccr.services.survey import SurveyRound
from ccr.services.training import Matrix
from ccr.web.language import translated
from ccr.web.presenters.gaps import day_text

_TONES = {
    TrainingState.VALID: "ok",
    TrainingState.ENDS_SOON: "due",
    TrainingState.LAPSED: "late",
    TrainingState.NONE: "unknown",
}
ANSWERED: dict[str, Phrase] = {
    "0-4": phrase("Fewer than five members answered: nothing is shown."),
    "5-9": phrase("Five to nine members answered."),
    "10+": phrase("Ten members or more answered."),
}


def training_cell(trained: Trained | None, on: date) -> dict[str, str]:
    """Return "Yes", "Until 3 May 2027", "Lapsed 3 May 2026" or "–", with its tone."""
    state = trained.stands(on) if trained else TrainingState.NONE
    ends = day_text(trained.expires_on) if trained and trained.expires_on else ""
    words: Phrase | str = "–"
    if state is TrainingState.LAPSED:
        words = phrase("Lapsed %(day)s", day=ends)
    elif ends:
        words = phrase("Until %(day)s", day=ends)
    elif trained:
        words = phrase("Yes")
    text = translated(words) if isinstance(words, Phrase) else words
    return {"words": text, "tone": _TONES[state]}


def training_table(found: Matrix) -> dict[str, object]:
    """Return the matrix: topics as headings, a row a member that said anything; who did not."""
    said = {member_id for member_id, _ in found.trained}
    return {
        "subjects": [translated(subject.label) for subject in Subject],
        "rows": [
            {
                "member": member.name,
                "cells": [
                    {
                        **training_cell(found.trained.get((member.id, subject)), found.on),
                        "subject": translated(subject.label),
                    }
                    for subject in Subject
                ],
            }
            for member in found.members
            if member.id in said
        ],
        "silent": ", ".join(m.name for m in found.members if m.id not in said),
    }


def own_training(mine: Mapping[Subject, Trained], on: date) -> list[dict[str, object]]:
    """Return one's own member's topics."""
    return [
        {
            "code": subject.value,
            "subject": translated(subject.label),
            "said": subject in mine,
            **training_cell(mine.get(subject), on),
        }
        for subject in Subject
    ]


def announcement_rows(found: Iterable[Announcement]) -> list[dict[str, object]]:
    """Return announcements, each with its lines."""
    return [
        {
            "id": one.id,
            "title": one.title,
            "lines": [line for line in one.text.splitlines() if line],
            "until": day_text(one.until_on),
        }
        for one in found
    ]


def questions() -> list[dict[str, str]]:
    """Return every question with its code; the network first, then each kind of member."""
    of_kinds = [
        (f"kind-{c.value}", translated(phrase("Trust and value of: %(kind)s", kind=c.label)))
        for c in MemberCategory
    ]
    whole = [(q.value, translated(q.label)) for q in Question]
    return [{"code": code, "words": words} for code, words in (*whole, *of_kinds)]


def round_view(one: SurveyRound) -> dict[str, Any]:
    """Return a round; of one that was counted, its averages in halves."""
    results: dict[str, Any] = one.results or {}
    halves = results.get("halves", {})
    return {
        "id": one.id,
        "opened": day_text(one.opened_on),
        "until": day_text(one.until_on),
        "counted": one.results is not None,
        "answered": translated(ANSWERED[results["answers"]]) if results else None,
        "rows": [
            {"words": q["words"], "half": f"{halves[q['code']] / 2:.1f}"}
            for q in questions()
            if q["code"] in halves
        ],
    }
