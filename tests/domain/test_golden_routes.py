"""The cases of docs/routing-cases.md: answered by hand there, by rules and engine here."""

from __future__ import annotations

import re

import pytest

from ccr.domain.routing import rank_partners
from ccr.engine.partner_index import PartnerIndex
from tests.builders import HOURS
from tests.golden import partners, survivors  # noqa: F401 -- they add their cases
from tests.golden.county import CASES, PAGE, Case, told

_SECTION = re.compile(r"^## (?P<title>.+?)\n.+?^```text\n(?P<answer>.*?)^```$", re.M | re.S)
ON_THE_PAGE = {m["title"]: m["answer"] for m in _SECTION.finditer(PAGE.read_text("utf-8"))}


def test_the_page_and_the_cases_are_the_same_ones():
    assert sorted(ON_THE_PAGE) == sorted(case.title for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_the_answer_is_the_one_written_by_hand(case: Case):
    answer = rank_partners(case.snapshot, case.request, hours=HOURS)
    assert told(case, answer) + "\n" == ON_THE_PAGE[case.title]
    for partner in answer.partners:
        assert partner.effective_minutes == sum(part.minutes for part in partner.parts)
    assert PartnerIndex(case.snapshot).rank(case.request, hours=HOURS) == answer
