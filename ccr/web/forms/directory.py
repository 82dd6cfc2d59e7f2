"""Forms of the directory: words to look for, and which needs a listing meets."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import Length, NumberRange, Optional

from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import Need, Track
from ccr.web.forms.fields import CheckboxesField, choices_of
from ccr.web.forms.needs import grouped_needs
from ccr.web.language import translated

LAST_PAGE = 10_000


class WordsForm(FlaskForm):
    """What to look for in names and descriptions. Sent by POST: words stay out of addresses."""

    words = StringField(validators=[Length(max=120)])
    page = IntegerField(default=1, validators=[Optional(), NumberRange(min=1, max=LAST_PAGE)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.words.label.text = translated(phrase("Words"))
        self.words.description = translated(phrase("Name, member, town or what they do."))


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
