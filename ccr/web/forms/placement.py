"""Forms of placement: a decision on level and contact, and a rule of the program."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.placement import Contact, Placement, PlacementRule
from ccr.domain.program_groups import Level
from ccr.domain.risk_instruments import Catalogue
from ccr.web.forms.coordination import version_of
from ccr.web.forms.fields import SelectChoice, add_refusal, choices_of, chosen_code
from ccr.web.forms.lines import named
from ccr.web.language import translated
from ccr.web.presenters.risk import BY_JUDGEMENT, WHEN_NONE_SPEAKS, case_groups

DEFAULT, JUDGEMENT = "default", "judgement"


class PlacementForm(FlaskForm):
    """What the facilitator decides."""

    version = HiddenField(default="0")
    level = RadioField(validate_choice=False)
    contact = RadioField(validate_choice=False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(self.level, phrase("Level of content"))
        self.level.choices = choices_of(Level)
        named(self.contact, phrase("Contact beside the group"))
        self.contact.choices = choices_of(Contact)

    def fill(self, version: int, placement: Placement | None) -> None:
        """Begin with what was decided; before that nothing is chosen, so that somebody decides."""
        self.version.data = str(version)
        if placement is not None:
            self.level.data, self.contact.data = placement.level.value, placement.contact.value

    def wanted(self) -> tuple[Level, Contact, int]:
        """Return what was decided, and on which version; raises InvalidInputError."""
        return (
            chosen_code(Level, self.level.data, "level"),
            chosen_code(Contact, self.contact.data, "contact"),
            version_of(self.version.data),
        )

    def refuse(self, error: InvalidInputError) -> None:
        """Put a refusal where it belongs."""
        add_refusal(self, error)


class RuleForm(FlaskForm):
    """A rule that a program states: in which case, which level and contact."""

    when = SelectField(validate_choice=False)
    level = SelectField(validate_choice=False)
    contact = SelectField(validate_choice=False)

    def __init__(self, catalogue: Catalogue, **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(
            self.when,
            phrase("In which case"),
            phrase("A rule for the same case replaces the one before."),
        )
        self.when.choices = {
            "": [
                SelectChoice("", translated(phrase("Choose a case"))),
                SelectChoice(DEFAULT, translated(WHEN_NONE_SPEAKS)),
                SelectChoice(JUDGEMENT, translated(BY_JUDGEMENT)),
            ],
            **case_groups(catalogue),
        }
        named(self.level, phrase("Level of content"))
        self.level.choices = choices_of(Level, empty=phrase("Choose a level"))
        named(self.contact, phrase("Contact beside the group"))
        self.contact.choices = choices_of(Contact, empty=phrase("Choose how often"))

    def to_rule(self) -> PlacementRule:
        """Return the rule; raises InvalidInputError with its field."""
        when = self.when.data or ""
        code, _, band = ("", "", "") if when in {DEFAULT, JUDGEMENT} else when.partition("/")
        if not code and when not in {DEFAULT, JUDGEMENT}:
            raise InvalidInputError(phrase("Choose one."), field="when")
        return PlacementRule(
            instrument=code,
            band=band,
            judgement=when == JUDGEMENT,
            level=chosen_code(Level, self.level.data, "level"),
            contact=chosen_code(Contact, self.contact.data, "contact"),
        )

    def refuse(self, error: InvalidInputError) -> None:
        """Put a refusal where it belongs."""
        add_refusal(self, error)
