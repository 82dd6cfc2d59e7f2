"""Questions of "what if" that a network keeps, on both databases."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from ccr.domain.directory_history import RecordKind
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.what_if_questions import Question, Scenario
from ccr.services import kept_questions
from ccr.storage.db import unit_of_work
from ccr.storage.queries.record_aliases import add_alias
from tests.builders import make_id
from tests.coordination import coordinator
from tests.loop import world
from tests.small_directory import make_small_directory


def test_a_question_is_kept_once_by_its_network_alone_and_found_as_it_was_asked(
    app: Flask, now: datetime
) -> None:
    small = make_small_directory(at=now)
    who = coordinator(small)
    stranger = coordinator(make_small_directory(at=now, name="Other network"))
    asked = Scenario(Question.MOST, line="counseling", minutes=45, places=3)
    made = kept_questions.keep(who, "Where", asked, at=now)
    with pytest.raises(InvalidInputError, match="has this name already"):
        kept_questions.keep(who, "Where", asked, at=now)
    kept_questions.keep(stranger, "Where", asked, at=now)
    (kept,) = kept_questions.every_one(who)
    assert (kept.id, kept.name, kept.scenario, kept.kept_at) == (made, "Where", asked, now)
    for act in (
        lambda: kept_questions.reopen(stranger, world(), made, at=now),
        lambda: kept_questions.forget(stranger, made, at=now),
    ):
        with pytest.raises(NotFoundError):
            act()
    kept_questions.forget(who, made, at=now)
    assert kept_questions.every_one(who) == ()


def test_a_question_follows_a_record_into_the_one_it_was_joined_with(
    app: Flask, now: datetime
) -> None:
    small = make_small_directory(at=now)
    who, gone = coordinator(small), make_id()
    made = kept_questions.keep(
        who, "If it closes", Scenario(Question.CLOSES, service_id=gone), at=now
    )
    opened = kept_questions.reopen(who, world(), made, at=now)
    assert (opened.gone, opened.joined, opened.outcome.is_answered) == (None, False, False)
    with unit_of_work():
        add_alias(
            small.network_id, RecordKind.SERVICE, gone, small.birch_service_id, (None, None), at=now
        )
    opened = kept_questions.reopen(who, world(), made, at=now)
    assert (opened.gone, opened.joined, opened.outcome.is_answered) == (None, True, True)
    assert opened.outcome.scenario == Scenario(Question.CLOSES, service_id=small.birch_service_id)
