"""Forms of the council: one line each, looked at for names, and the question about safety.

A line that looks as if it told who somebody is comes back with a warning and a second button; its
writer decides (design 2.1, R10). Names of members tell nothing about a person.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import request
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields.core import Field

from ccr.adapters.clock import utc_now
from ccr.domain.directory import Member
from ccr.domain.errors import InvalidInputError
from ccr.domain.identifying_text import LooksIdentifyingError, check_words
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.safety_question import Effect, SafetyAnswer, Whom
from ccr.web.forms.fields import add_refusal, choices_of, chosen_code
from ccr.web.forms.hand_offs import AS_IT_IS
from ccr.web.language import translated

NO_CASES = phrase("In one line. No name of anybody, and nothing about a case.")


def named(field: Field, label: Phrase, hint: Phrase | None = None) -> None:
    """Give a field its words in the reader's language."""
    field.label.text = translated(label)
    if hint is not None:
        field.description = translated(hint)


class LineForm(FlaskForm):
    """A form with lines that are looked at before they are kept.

    Attributes:
        warned: what a line looks to hold, in words; empty when it was not warned of.
    """

    warned = ""

    def look_at(self, *names: str, members: Iterable[Member] = ()) -> None:
        """Look at the lines of these fields.

        Raises:
            LooksIdentifyingError: one looks as if it told who somebody is; `field` names it.
        """
        known = [member.name for member in members]
        for name in names:
            check_words(
                self[name].data or "",
                sure=AS_IT_IS in request.form,
                field=name,
                this_year=utc_now().year,
                known=known,
            )

    def refuse(self, error: InvalidInputError) -> None:
        """Put a refusal where it belongs, and note what a line looked to hold."""
        add_refusal(self, error)
        if isinstance(error, LooksIdentifyingError):
            self.warned = ", ".join(translated(looks.label) for looks in error.looks)


class SafetyForm(LineForm):
    """The question asked of every change (R99)."""

    effect = SelectField(validate_choice=False)
    whom = SelectField(validate_choice=False)
    safety_line = StringField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        named(self.effect, phrase("Does it raise or lower safety?"))
        self.effect.choices = choices_of(Effect, empty=phrase("Choose an answer"))
        named(self.whom, phrase("Whose safety?"))
        self.whom.choices = choices_of(Whom, empty=phrase("Choose whose"))
        named(
            self.safety_line,
            phrase("What you do about it"),
            phrase("Needed when it lowers safety or nobody knows. No name of anybody."),
        )

    def to_safety(self) -> SafetyAnswer:
        """Return the answer; raises InvalidInputError with its field."""
        return SafetyAnswer(
            chosen_code(Effect, self.effect.data, "effect"),
            chosen_code(Whom, self.whom.data, "whom"),
            self.safety_line.data or "",
        )
