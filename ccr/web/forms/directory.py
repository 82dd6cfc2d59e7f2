"""Forms of the directory: words to look for, and which needs a listing meets."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from ccr.domain.languages import LANGUAGE_NAMES
from ccr.domain.listing_search import Day, Hours, Sort, Way
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Access, AgeBand, MemberCategory, Need, Track
from ccr.web.forms.fields import CheckboxesField, SelectChoice, choices_of
from ccr.web.forms.needs import grouped_needs
from ccr.web.language import translated

LAST_PAGE = 10_000
MEMBERS = tuple(kind for kind in MemberCategory if kind is not MemberCategory.SURVIVOR)
"""Members who are survivors are not looked for by their kind (R5)."""


class SearchForm(FlaskForm):
    """What to look for. Sent by POST: words, needs and places stay out of addresses."""

    words = StringField(validators=[Length(max=120)])
    near = StringField(validators=[Length(max=120)])
    need = SelectField(default="")
    track = SelectField(default="")
    language = SelectField(default="")
    category = SelectField(default="")
    way = SelectField(default="")
    hours = SelectField(default="")
    day = SelectField(default="")
    age = SelectField(default="")
    access = CheckboxesField()
    free = BooleanField()
    checked = BooleanField()
    room = BooleanField()
    sort = SelectField(default=Sort.BEST.value)
    exact = BooleanField()
    page = IntegerField(default=1, validators=[Optional(), NumberRange(min=1, max=LAST_PAGE)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.words.label.text = translated(phrase("Words"))
        self.words.description = translated(phrase("Name, member, town or what they do."))
        self.near.label.text = translated(phrase("Near"))
        self.near.description = translated(
            phrase("ZIP, town or county of whoever needs it. Never a street address.")
        )
        anything = phrase("Any")
        self._choose(self.need, phrase("Need"), choices_of(Need, empty=anything))
        self._choose(self.track, phrase("For whom"), choices_of(Track, empty=anything))
        self._choose(self.category, phrase("Kind of member"), choices_of(MEMBERS, empty=anything))
        self._choose(self.way, phrase("How it is given"), choices_of(Way, empty=anything))
        self._choose(self.hours, phrase("Hours"), choices_of(Hours, empty=anything))
        self._choose(self.day, phrase("Open on"), choices_of(Day, empty=anything))
        self._choose(self.age, phrase("Age"), choices_of(AgeBand, empty=anything))
        self._choose(self.sort, phrase("Order"), choices_of(Sort))
        named = [SelectChoice(code, translated(words)) for code, words in LANGUAGE_NAMES.items()]
        self._choose(
            self.language,
            phrase("Language"),
            [SelectChoice("", translated(anything)), *sorted(named, key=lambda c: c.label)],
        )
        self.access.label.text = translated(phrase("Access"))
        self.access.choices = choices_of(Access)
        self.free.label.text = translated(phrase("Free, or cost not known"))
        self.checked.label.text = translated(phrase("Checked within a year"))
        self.room.label.text = translated(phrase("Not known to be full"))
        self.exact.label.text = translated(phrase("Exactly these words"))

    @staticmethod
    def _choose(field: SelectField, label: Phrase, choices: list[SelectChoice]) -> None:
        field.label.text = translated(label)
        field.choices = choices

    def sent(self) -> list[tuple[str, str]]:
        """Return what was asked as (name, value), for a form that asks it again."""
        pairs: list[tuple[str, str]] = []
        for field in self:
            if field.name in {"csrf_token", "page"} or not field.data:
                continue
            values = field.data if isinstance(field.data, list) else [field.data]
            pairs += [(field.name, "y" if value is True else str(value)) for value in values]
        return pairs


class DescribeForm(FlaskForm):
    """Which needs a listing meets, and for whom."""

    needs = CheckboxesField()
    tracks = CheckboxesField()
    version = HiddenField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.needs.label.text = translated(phrase("Needs they help with"))
        self.needs.description = translated(
            phrase("Without any, it is found by name and never proposed.")
        )
        self.needs.choices = choices_of(Need)
        self.tracks.label.text = translated(phrase("For whom"))
        self.tracks.choices = choices_of(Track)

    def need_groups(self) -> list[tuple[str, list[object]]]:
        """Return the needs as (heading, checkboxes), in the order of the page."""
        return grouped_needs(self.needs)
