"""The cases of docs/routing-cases.md: answered by hand there, and by the rules here."""

from __future__ import annotations

import pytest

from ccr.domain.routing import rank_partners
from tests.builders import HOURS
from tests.golden.cases import CASES
from tests.golden.county import Case, answers_on_the_page, told

ON_THE_PAGE = answers_on_the_page()


def test_the_page_and_the_cases_are_the_same_ones():
    assert sorted(ON_THE_PAGE) == sorted(case.title for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_the_answer_is_the_one_written_by_hand(case: Case):
    answer = rank_partners(case.snapshot, case.request, hours=HOURS)
    assert told(case, answer) == ON_THE_PAGE[case.title]
    for partner in answer.partners:
        assert partner.effective_minutes == sum(part.minutes for part in partner.parts)
