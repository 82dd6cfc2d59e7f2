"""Looking for a term, and saying what it means."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField

from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import Need
from ccr.domain.term_mappings import Decision
from ccr.services.term_mapping import Saying
from ccr.web.forms.fields import CheckboxesField, SelectChoice, choices_of
from ccr.web.forms.needs import grouped_needs
from ccr.web.language import translated


class TermWordsForm(FlaskForm):
    """Words of a vocabulary, code or name. They never stand in an address."""

    words = StringField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.words.label.text = translated(phrase("Vocabulary, code or name"))


class TermForm(FlaskForm):
    """What a term means."""

    decision = RadioField(default=Decision.NEEDS.value)
    needs = CheckboxesField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.decision.label.text = translated(phrase("What it means"))
        self.decision.choices = [
            SelectChoice(code.value, translated(words)) for code, words in DECISIONS.items()
        ]
        self.needs.label.text = translated(phrase("Needs it stands for"))
        self.needs.choices = choices_of(Need)

    def need_groups(self) -> list[tuple[str, list[object]]]:
        """Return the needs as (heading, checkboxes), in the order of the page."""
        return grouped_needs(self.needs)

    def said(self) -> Saying:
        """Return what the form says; raises InvalidInputError."""
        return Saying.read(self.decision.data or "", self.needs.data or ())


DECISIONS = {
    Decision.NEEDS: phrase("It stands for the needs ticked below"),
    Decision.NONE: phrase("None of ours: it adds no need"),
    Decision.OPEN: phrase("Not decided: read by its words, as it comes"),
}
