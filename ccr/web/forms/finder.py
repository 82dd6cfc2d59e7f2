"""The public forms: what helps, where, and wishes. No token and no cookie; see same_site."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from ccr.domain.languages import ENGLISH, LANGUAGE_NAMES
from ccr.domain.listing_search import Hours
from ccr.domain.phrases import phrase
from ccr.domain.plain_needs import ASKED_MOST, BY_CODE, MORE, MOST_CHOICES
from ccr.domain.public_finder import Wishes
from ccr.domain.taxonomy import Access
from ccr.services.finder import FinderFields
from ccr.web.forms.fields import CheckboxesField, SelectChoice, choices_of
from ccr.web.language import translated

LONGEST_PLACE = 120
ACCESS = (Access.WHEELCHAIR, Access.DEAF, Access.BLIND, Access.COGNITIVE, Access.SERVICE_ANIMAL)


class NearForm(FlaskForm):
    """A place alone."""

    class Meta:
        """No token: it would need a cookie."""

        csrf = False

    near = StringField()
    meant = StringField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if self.meant.data:
            self.near.data = self.meant.data
        self.near.label.text = translated(phrase("Where?"))
        self.near.description = translated(
            phrase("A ZIP code, a town or a county. Never a street address.")
        )
        self.near.validators = [
            DataRequired(translated(phrase("Type a ZIP code, a town or a county."))),
            Length(max=LONGEST_PLACE, message=translated(phrase("Type a ZIP code or a town."))),
        ]


class FinderForm(NearForm):
    """The whole question."""

    help = CheckboxesField()
    hours = SelectField(default="")
    free = BooleanField()
    pets = BooleanField()
    language = SelectField(default="")
    access = CheckboxesField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.help.label.text = translated(phrase("What would help?"))
        self.help.description = translated(
            phrase("Choose up to %(most)s. Not sure? Leave this empty.", most=MOST_CHOICES)
        )
        self.help.choices = [SelectChoice(c.code, translated(c.label)) for c in BY_CODE.values()]
        self.hours.label.text = translated(phrase("When they are open"))
        self.hours.choices = choices_of(Hours, empty=phrase("Any time"))
        self.free.label.text = translated(phrase("Free"))
        self.pets.label.text = translated(phrase("Pets welcome"))
        self.language.label.text = translated(phrase("Language they speak"))
        named = [(c, translated(w)) for c, w in LANGUAGE_NAMES.items() if c != ENGLISH]
        self.language.choices = [
            SelectChoice("", translated(phrase("Any language"))),
            *(SelectChoice(code, name) for code, name in sorted(named, key=lambda pair: pair[1])),
        ]
        self.access.label.text = translated(phrase("To get in and take part"))
        self.access.choices = choices_of(ACCESS)

    def asked_most(self) -> list[object]:
        """Return the boxes that are in view at once."""
        boxes = self._boxes()
        return [boxes[choice.code] for choice in ASKED_MOST]

    def more(self) -> list[tuple[str, list[object]]]:
        """Return the other boxes by heading."""
        boxes = self._boxes()
        return [(translated(head), [boxes[c.code] for c in group]) for head, group in MORE]

    def more_chosen(self) -> bool:
        """Return True when one of the other boxes is ticked, so that the fold stays open."""
        first = {choice.code for choice in ASKED_MOST}
        return any(code not in first for code in self.help.data or ())

    def wishes_chosen(self) -> bool:
        """Return True when there is any wish beside what helps and where."""
        one = self.hours.data or self.free.data or self.pets.data
        return bool(one or self.language.data or self.access.data)

    def to_domain(self) -> FinderFields:
        """Return what was typed, for the service."""
        pets = [Access.PETS.value] if self.pets.data else []
        return FinderFields(
            help=list(self.help.data or ()),
            near=self.near.data or "",
            language=self.language.data or "",
            access=[*(self.access.data or ()), *pets],
            wishes=Wishes(
                hours=Hours(self.hours.data) if self.hours.data else None,
                free=bool(self.free.data),
            ),
        )

    def sent(self) -> list[tuple[str, str]]:
        """Return the question as hidden fields, to ask it again in another language."""
        pairs = [("near", self.near.data or ""), ("language", self.language.data or "")]
        pairs += [("help", code) for code in self.help.data or ()]
        pairs += [("access", code) for code in self.access.data or ()]
        pairs += [("hours", self.hours.data)] if self.hours.data else []
        flags = {"free": self.free, "pets": self.pets}
        return pairs + [(name, "y") for name, flag in flags.items() if flag.data]

    def _boxes(self) -> dict[str, object]:
        return {box.data: box for box in self.help}
