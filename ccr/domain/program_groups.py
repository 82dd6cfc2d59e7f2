"""The weekly groups of an abusive partner program: when and where they meet, and how many fit in.

What lives here: the value, what must hold, and the levels of content. What must not: who is in a
group; where the other party goes (`ccr.domain.groups_apart`).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from ccr.domain.errors import InvalidInputError
from ccr.domain.languages import LANGUAGE_NAMES
from ccr.domain.opening import DAYS
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.safety_question import one_line
from ccr.domain.taxonomy import Labelled

MOST_PLACES = 60
MOST_IN_A_NAME = 80
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


class Level(Labelled):
    """How much content and contact a group gives (S12)."""

    BASIC = "basic"
    STANDARD = "standard"
    INTENSIVE = "intensive"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _LEVELS[self]


_LEVELS = {
    Level.BASIC: phrase("Basic"),
    Level.STANDARD: phrase("Standard"),
    Level.INTENSIVE: phrase("Intensive"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """A group as its program describes it.

    Attributes:
        name: of the group, never of a person.
        weekday: 0 is Monday.
        starts_at, ends_at: wall-clock times "HH:MM" in the network's zone.
        location_id: a public place of the program's own services, or None.
        places: how many fit in; None where the program does not say.
        taken: how many are enrolled in it now.
    """

    id: UUID
    name: str
    weekday: int
    starts_at: str
    ends_at: str
    language: str = "en"
    level: Level = Level.STANDARD
    places: int | None = None
    location_id: UUID | None = None
    active: bool = True
    version: int = 1
    taken: int = 0

    @property
    def is_full(self) -> bool:
        """Return True when it says how many fit in, and so many are."""
        return self.places is not None and self.taken >= self.places

    @property
    def takes_more(self) -> bool:
        """Return True when somebody can be enrolled in it."""
        return self.active and not self.is_full

    @property
    def day(self) -> Phrase:
        """Return its day of the week."""
        return DAYS[self.weekday]

    @property
    def span(self) -> tuple[timedelta, timedelta]:
        """Return when it meets, as the time since the week began on Monday at midnight."""
        day = timedelta(days=self.weekday)
        return day + _since_midnight(self.starts_at), day + _since_midnight(self.ends_at)


def _since_midnight(clock: str) -> timedelta:
    hours, minutes = clock.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def checked_group(group: Group, places: Collection[UUID]) -> Group:
    """Return the group with its name trimmed.

    `places`: the public places of the program's services.

    Raises:
        InvalidInputError: something cannot be; `field` names it.
    """
    name = one_line(group.name, field="name", most=MOST_IN_A_NAME)
    if not 0 <= group.weekday < len(DAYS):
        raise InvalidInputError(phrase("Choose a day of the week."), field="weekday")
    for field, clock in (("starts_at", group.starts_at), ("ends_at", group.ends_at)):
        if not _CLOCK.fullmatch(clock):
            raise InvalidInputError(phrase("Give a time as in 18:30."), field=field)
    if group.starts_at >= group.ends_at:
        raise InvalidInputError(
            phrase("A group ends after it starts, on the same day."), field="ends_at"
        )
    if group.places is not None and not 1 <= group.places <= MOST_PLACES:
        raise InvalidInputError(
            phrase("Give how many fit in, 1 to %(most)s, or leave it empty.", most=MOST_PLACES),
            field="places",
        )
    if group.location_id is not None and group.location_id not in places:
        raise InvalidInputError(
            phrase("Choose a public place of your own services."), field="location"
        )
    if group.language not in LANGUAGE_NAMES:
        raise InvalidInputError(phrase("Choose a language of the list."), field="language")
    return replace(group, name=name)
