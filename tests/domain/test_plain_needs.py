"""Plain words: every need can be asked for, and no three choices ask for too much."""

from __future__ import annotations

import itertools

import pytest

from ccr.domain.errors import InvalidInputError
from ccr.domain.plain_needs import (
    ASKED_MOST,
    BY_CODE,
    MORE,
    MOST_CHOICES,
    NOT_ASKED,
    TALK,
    needs_of,
    read_choices,
)
from ccr.domain.routing_request import MAX_NEEDS
from ccr.domain.taxonomy import Need


def test_every_need_but_those_kept_apart_has_a_choice() -> None:
    assert set(needs_of(BY_CODE.values())) == set(Need) - NOT_ASKED


def test_a_program_for_abusive_partners_is_never_an_answer_to_a_survivor() -> None:
    assert {Need.ABUSIVE_PARTNER_INTERVENTION, Need.SUPERVISION} <= NOT_ASKED


def test_no_choice_stands_twice() -> None:
    all_choices = [*ASKED_MOST, *(choice for _, group in MORE for choice in group)]
    assert len(all_choices) == len(BY_CODE)
    assert len({str(choice.label) for choice in all_choices}) == len(all_choices)


def test_any_choices_that_may_be_made_together_make_a_search_that_may_be_asked() -> None:
    for chosen in itertools.combinations(BY_CODE.values(), MOST_CHOICES):
        assert 1 <= len(needs_of(chosen)) <= MAX_NEEDS


def test_choices_are_read_in_order_and_once() -> None:
    found = read_choices(["court-order", " talk ", "court-order", ""])
    assert [choice.code for choice in found] == ["court-order", "talk"]


def test_nothing_chosen_is_somebody_to_talk_to() -> None:
    assert read_choices([]) == (TALK,)
    assert read_choices(["", " "]) == (TALK,)


@pytest.mark.parametrize(
    "codes", [["shelter"], ["talk", "x"], ["talk", "food", "ride", "pet"], ["\x00"]]
)
def test_a_choice_that_is_not_offered_or_one_too_many_is_refused_at_its_field(
    codes: list[str],
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_choices(codes)
    assert refused.value.field == "help"
