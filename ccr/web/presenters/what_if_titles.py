"""What was asked, as a heading with the names of today, and what kinds of questions there are."""

from __future__ import annotations

from collections.abc import Callable

from ccr.domain.gaps import LINES, line_label
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.what_if_questions import Question, Scenario
from ccr.services.what_if import Outcome

KINDS: dict[Question, Phrase] = {
    Question.LEAVES: phrase("A member leaves"),
    Question.CLOSES: phrase("A service closes"),
    Question.FULL: phrase("A service has no room"),
    Question.OPENS: phrase("One more service"),
    Question.PLACE: phrase("One more at a place"),
    Question.NIGHT: phrase("A member answers at night"),
    Question.MOST: phrase("Where one more would help most"),
}


def title_of(found: Outcome) -> Phrase:
    """Return what was asked; KeyError or StopIteration for what has no answer."""
    asked = found.scenario
    assert asked is not None  # noqa: S101 -- asked of answered questions alone
    return _TITLES[asked.question](found, asked)


def _of_member(found: Outcome, asked: Scenario) -> Phrase:
    assert asked.member_id is not None  # noqa: S101 -- whole
    member = found.network.members[asked.member_id].name
    if asked.question is Question.NIGHT:
        return phrase("%(member)s answers at night too", member=member)
    return phrase("%(member)s leaves the network", member=member)


def _of_service(found: Outcome, asked: Scenario) -> Phrase:
    service = next(s for s in found.services if s.id == asked.service_id)
    if asked.question is Question.CLOSES:
        return phrase(
            "%(service)s of %(member)s closes", service=service.name, member=service.member.name
        )
    return phrase(
        "%(service)s of %(member)s has no room", service=service.name, member=service.member.name
    )


def _opens(found: Outcome, asked: Scenario) -> Phrase:
    counties = {county.fips: county.name for county in found.board.matrix.counties}
    return phrase(
        "One more service in %(county)s for: %(need)s",
        county=counties[asked.area or ""],
        need=_need(asked),
    )


def _at_a_place(found: Outcome, asked: Scenario) -> Phrase:
    reached = found.answer.reached
    place = reached.zips.labels[asked.area or ""] if reached else ""
    return phrase("One more service at %(place)s for: %(need)s", place=place, need=_need(asked))


def _most(_: Outcome, asked: Scenario) -> Phrase:
    if asked.places == 1:
        return phrase("Where one more service would help most: %(need)s", need=_need(asked))
    return phrase(
        "Where %(places)s more services would help most: %(need)s",
        places=asked.places,
        need=_need(asked),
    )


def _need(asked: Scenario) -> Phrase:
    return line_label(asked.line or LINES[0])


_TITLES: dict[Question, Callable[[Outcome, Scenario], Phrase]] = {
    Question.LEAVES: _of_member,
    Question.CLOSES: _of_service,
    Question.FULL: _of_service,
    Question.OPENS: _opens,
    Question.PLACE: _at_a_place,
    Question.NIGHT: _of_member,
    Question.MOST: _most,
}
