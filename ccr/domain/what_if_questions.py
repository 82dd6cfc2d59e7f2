"""The questions of "what if", as codes and ids: short enough for an address, and to be kept.

What lives here: which questions there are and what each needs. What must not: answers, words of
anybody, a person. A question says what would be asked of whatever directory there is on the day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ccr.domain.errors import InvalidInputError
from ccr.domain.gap_questions import MINUTES
from ccr.domain.gaps import LINES, PHONE_LINES
from ccr.domain.phrases import phrase
from ccr.domain.safety_question import one_line

MOST_PLACES = 5
"""Further services that can be placed at once. Our choice."""
USUAL_MINUTES = 30
LONGEST_NAME = 80
MOST_KEPT = 60
"""Questions that one network keeps. Our choice."""
_CODE = re.compile(r"\d{5}", re.ASCII)
PLACE_LINES: tuple[str, ...] = tuple(line for line in LINES if line not in PHONE_LINES)
"""Lines of which something can be near or far: a phone is neither."""


class Question(StrEnum):
    """What is asked."""

    LEAVES = "leaves"
    CLOSES = "closes"
    FULL = "full"
    OPENS = "opens"
    PLACE = "place"
    NIGHT = "night"
    MOST = "most"

    @property
    def by_distance(self) -> bool:
        """Return True when minutes by car are asked about."""
        return self in {Question.PLACE, Question.MOST}

    @property
    def of_member(self) -> bool:
        """Return True when it is about a member."""
        return self in {Question.LEAVES, Question.NIGHT}

    @property
    def of_service(self) -> bool:
        """Return True when it is about one service."""
        return self in {Question.CLOSES, Question.FULL}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One question, complete or not.

    Attributes:
        member_id: who leaves, or would answer at night.
        service_id: which service closes, or is full.
        line: the line of the matrix for one more service.
        area: FIPS of the county, or the ZIP, where that would be.
        minutes: by car, of MINUTES.
        places: how many more services, 1 to MOST_PLACES.
    """

    question: Question
    member_id: UUID | None = None
    service_id: UUID | None = None
    line: str | None = None
    area: str | None = None
    minutes: int = USUAL_MINUTES
    places: int = 1

    @property
    def is_whole(self) -> bool:
        """Return True when it holds what its question needs, whether that is there or not."""
        if self.question.of_member:
            return self.member_id is not None
        if self.question.of_service:
            return self.service_id is not None
        if self.question is Question.OPENS:
            return self.line in LINES and bool(self.area)
        near = self.line in PLACE_LINES and self.minutes in MINUTES
        if self.question is Question.PLACE:
            return near and bool(self.area)
        return near and 1 <= self.places <= MOST_PLACES

    @property
    def record_id(self) -> UUID | None:
        """Return the id of the member or service that it is about, or None."""
        return self.service_id if self.question.of_service else self.member_id

    def about(self, record_id: UUID | None) -> Scenario:
        """Return the same question about another member or service."""
        if self.question.of_service:
            return replace(self, service_id=record_id)
        return replace(self, member_id=record_id)


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question that a network kept.

    Attributes:
        by: the member whose coordination kept it.
    """

    id: UUID
    name: str
    scenario: Scenario
    by: str
    kept_at: datetime


def checked_name(text: str) -> str:
    """Return the name of a question as one line; raises InvalidInputError on "name"."""
    return one_line(text, field="name", most=LONGEST_NAME)


def checked_whole(scenario: Scenario | None) -> Scenario:
    """Return a question that is whole; raises InvalidInputError on "name" for any other."""
    area = scenario.area if scenario is not None else None
    code = area is None or _CODE.fullmatch(area)
    if scenario is None or not scenario.is_whole or not code:
        raise InvalidInputError(phrase("Ask a question first, then give it a name."), field="name")
    return scenario
