"""For whom a command about gaps asks: the options, and what they mean together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict, TypeVar

import click

from ccr.domain.gap_questions import GapQuestion, Way, When
from ccr.domain.languages import ENGLISH, LANGUAGE_NAMES
from ccr.domain.taxonomy import Access, Population, Track

Command = TypeVar("Command", bound=Callable[..., Any])


class Asked(TypedDict):
    """For whom, as the options say it."""

    party: str | None
    group: str | None
    language: str | None
    access: str | None
    when: str | None
    way: str | None
    minutes: int | None


_OPTIONS = (
    click.option("--party", type=click.Choice(list(Track)), help="For whom."),
    click.option("--group", type=click.Choice(list(Population)), help="A group it must take."),
    click.option("--language", help="Code of a language other than English, such as es."),
    click.option("--access", type=click.Choice(list(Access)), help="An access need."),
    click.option("--hours", "when", type=click.Choice(list(When)), help="When somebody is there."),
    click.option("--how", "way", type=click.Choice(list(Way)), help="How it can be had."),
    click.option("--minutes", type=click.IntRange(1, 240), help="In person, by car, at most."),
)


def asked_options(command: Command) -> Command:
    """Give a command the options that say for whom it asks."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def question_of(asked: Asked) -> GapQuestion:
    """Return what the options ask; raises click.BadParameter."""
    language, way, minutes = asked["language"], asked["way"], asked["minutes"]
    if language and language not in LANGUAGE_NAMES:
        raise click.BadParameter("No language has this code.", param_hint="--language")
    if minutes and way not in {None, Way.IN_PERSON.value}:
        raise click.BadParameter("Minutes are of services in person.", param_hint="--minutes")
    return GapQuestion(
        track=Track(asked["party"]) if asked["party"] else None,
        group=Population(asked["group"]) if asked["group"] else None,
        language=language if language != ENGLISH else None,
        access=Access(asked["access"]) if asked["access"] else None,
        when=When(asked["when"]) if asked["when"] else None,
        way=Way.IN_PERSON if minutes else Way(way) if way else None,
        minutes=minutes,
    )
