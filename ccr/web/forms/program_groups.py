"""Forms of a program's groups, and of one session of a group for many at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

from flask import request
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.widgets import DateInput, NumberInput, TimeInput

from ccr.domain.errors import InvalidInputError
from ccr.domain.group_sessions import Mark
from ccr.domain.languages import ENGLISH, LANGUAGE_NAMES
from ccr.domain.opening import DAYS
from ccr.domain.phrases import phrase
from ccr.domain.program_groups import Group, Level
from ccr.web.forms.coordination import day_typed, version_of
from ccr.web.forms.fields import SelectChoice, choices_of, chosen_code, id_or_none
from ccr.web.forms.lines import LineForm, named
from ccr.web.language import translated

_DAY = phrase("Give the day of the session as in 2026-11-12.")
_PLACES = phrase("Give how many fit in as a number, or leave it empty.")
_DIGITS = 3


class GroupForm(LineForm):
    """A weekly group: when, where, in which language, how many fit in."""

    version = HiddenField(default="1")
    name = StringField()
    weekday = SelectField(validate_choice=False)
    starts_at = StringField(widget=TimeInput())
    ends_at = StringField(widget=TimeInput())
    location = SelectField(validate_choice=False)
    language = SelectField(validate_choice=False)
    level = SelectField(validate_choice=False)
    places = StringField(widget=NumberInput(min=1))
    active = BooleanField()

    def __init__(self, places: Mapping[UUID, str], **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(self.name, phrase("Name of the group"), phrase("Never the name of a person."))
        named(self.weekday, phrase("Day of the week"))
        self.weekday.choices = [
            SelectChoice(str(number), translated(day)) for number, day in enumerate(DAYS)
        ]
        named(self.starts_at, phrase("Starts at"))
        named(self.ends_at, phrase("Ends at"))
        named(
            self.location,
            phrase("Where"),
            phrase("A public place of your services. It keeps groups apart from other parties."),
        )
        self.location.choices = [
            SelectChoice("", translated(phrase("Not said"))),
            *(SelectChoice(str(key), words) for key, words in places.items()),
        ]
        named(self.language, phrase("Language"))
        self.language.choices = [
            SelectChoice(code, translated(words)) for code, words in LANGUAGE_NAMES.items()
        ]
        named(self.level, phrase("Level of content and contact"))
        self.level.choices = choices_of(Level)
        named(self.places, phrase("How many fit in"))
        named(self.active, phrase("It meets at present"))

    def begin(self) -> None:
        """Begin a new group: in English, at the standard level, meeting at present."""
        self.language.data, self.level.data, self.active.data = ENGLISH, Level.STANDARD.value, True

    def fill(self, group: Group) -> None:
        """Begin with the group as it is."""
        self.version.data = str(group.version)
        self.name.data, self.weekday.data = group.name, str(group.weekday)
        self.starts_at.data, self.ends_at.data = group.starts_at, group.ends_at
        self.location.data = str(group.location_id or "")
        self.language.data, self.level.data = group.language, group.level.value
        self.places.data = str(group.places or "")
        self.active.data = group.active

    def to_group(self, group_id: UUID | None = None) -> Group:
        """Return what was typed; raises InvalidInputError with its field."""
        number = self.weekday.data or ""
        if number not in {str(day) for day in range(len(DAYS))}:
            raise InvalidInputError(phrase("Choose a day of the week."), field="weekday")
        return Group(
            id=group_id or uuid4(),
            name=self.name.data or "",
            weekday=int(number),
            starts_at=(self.starts_at.data or "").strip()[:5],
            ends_at=(self.ends_at.data or "").strip()[:5],
            language=self.language.data or "",
            level=chosen_code(Level, self.level.data, "level"),
            places=self._places(),
            location_id=id_or_none(self.location.data or ""),
            active=bool(self.active.data),
            version=version_of(self.version.data),
        )

    def _places(self) -> int | None:
        text = (self.places.data or "").strip()
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
            raise InvalidInputError(_PLACES, field="places")
        return int(text)


class SessionForm(LineForm):
    """A session of a group: the day, and a mark for each who is in it."""

    on = StringField(widget=DateInput())
    marks = HiddenField()

    def __init__(self, **kwargs: object) -> None:
        super().__init__(prefix="session", **kwargs)
        named(self.on, phrase("Day of the session"))

    def day(self) -> date:
        """Return the day; raises InvalidInputError."""
        return day_typed(self.on.data, _DAY, "on")


def marks_typed() -> dict[UUID, Mark]:
    """Return who was marked how; whoever is not marked is left out.

    Raises:
        InvalidInputError: a mark is none of the list.
    """
    found: dict[UUID, Mark] = {}
    for name, value in request.form.items():
        who = id_or_none(name.removeprefix("mark-")) if name.startswith("mark-") else None
        if who is not None and value:
            found[who] = chosen_code(Mark, value, "marks")
    return found
