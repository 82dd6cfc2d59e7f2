"""The cases of docs/routing-cases.md, answered by the engine as by hand."""

from __future__ import annotations

import pytest

from ccr.engine.partner_index import PartnerIndex
from tests.builders import HOURS
from tests.golden.cases import CASES
from tests.golden.county import Case, answers_on_the_page, told

ON_THE_PAGE = answers_on_the_page()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_the_engine_gives_the_answer_written_by_hand(case: Case):
    answer = PartnerIndex(case.snapshot).rank(case.request, hours=HOURS)
    assert told(case, answer) == ON_THE_PAGE[case.title]
