"""Every public page can be read by somebody with eight years of school, in both languages (R59)."""

from __future__ import annotations

import doctest

import pytest

from ccr.domain.plain_needs import BY_CODE
from ccr.services.hotlines import list_hotlines
from tests import reading_level
from tests.reading_level import (
    flesch_kincaid_grade,
    sentences_of,
    spanish_syllables,
    szigriszt_pazos,
)
from tests.web.public_pages import Shown

MOST_GRADE = 8.0
LEAST_EASE = 65.0
"""INFLESZ: "fairly easy" begins here; the news stand below it."""
NAMES = tuple(
    sorted({name for line in list_hotlines() for name in (line.name_en, line.name_es)}, key=len)
)


def test_the_measures_count_as_their_makers_do() -> None:
    assert doctest.testmod(reading_level).failed == 0
    # Grades of well-known openings, as published calculators give them within one grade.
    plain = ["The cat sat on the mat. The dog ran to the man. We had a red hat."]
    assert flesch_kincaid_grade(plain) < 1
    hard = (
        "Notwithstanding the aforementioned confidentiality obligations, participating "
        "organizations may disclose personally identifying information pursuant to statutory or "
        "court mandates, provided that reasonable attempts to provide notification are undertaken."
    )
    assert flesch_kincaid_grade([hard]) > 20
    assert szigriszt_pazos(["El gato come pan. La casa es roja. Hoy voy a la escuela."]) > 80
    law = (
        "Sin perjuicio de las obligaciones de confidencialidad anteriormente establecidas, las "
        "organizaciones participantes podrán comunicar información de identificación personal."
    )
    assert szigriszt_pazos([law]) < 30
    assert [spanish_syllables(word) for word in ("quien", "cuidado", "vigilar", "aquí")] == [
        1,
        3,
        3,
        2,
    ]


def test_every_public_page_is_at_grade_eight_or_below(pages: list[Shown]) -> None:
    measured = {
        page.name: round(flesch_kincaid_grade(sentences_of(page.text, without=NAMES)), 1)
        for page in pages
        if page.language == "en"
    }
    assert len(measured) >= 20
    assert {name: grade for name, grade in measured.items() if grade > MOST_GRADE} == {}


def test_every_public_page_is_easy_to_read_in_spanish(pages: list[Shown]) -> None:
    measured = {
        page.name: round(szigriszt_pazos(sentences_of(page.text, without=NAMES)), 1)
        for page in pages
        if page.language == "es"
    }
    assert len(measured) >= 10
    assert {name: ease for name, ease in measured.items() if ease < LEAST_EASE} == {}


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_every_choice_is_a_few_short_words(code: str) -> None:
    label = str(BY_CODE[code].label)
    assert len(label.split()) <= 8
    assert flesch_kincaid_grade([label]) <= 11, label  # one long word weighs much in a short label
