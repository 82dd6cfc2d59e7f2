"""The rows that repeat in a listing's forms: a phone, a language."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, Form, SelectField, StringField

from ccr.domain.languages import LANGUAGE_NAMES, language_name
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import LanguageMode
from ccr.services.listing_typed import PHONE_KINDS
from ccr.web.forms.fields import SelectChoice, choices_of
from ccr.web.language import translated

KIND_LABELS: dict[str, Phrase] = {
    "voice": phrase("Phone"),
    "hotline": phrase("Hotline"),
    "tty": phrase("TTY"),
    "text": phrase("Text messages"),
    "fax": phrase("Fax"),
}


class LanguageRowForm(Form):
    """One language and how it is spoken."""

    code = SelectField(validate_choice=False)
    mode = SelectField(validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- of the library
        super().__init__(*args, **kwargs)
        self.code.label.text = translated(phrase("Language"))
        named = [SelectChoice(code, translated(words)) for code, words in LANGUAGE_NAMES.items()]
        held = self.code.data
        if held and held not in LANGUAGE_NAMES:
            named.append(SelectChoice(held, translated(language_name(held))))
        self.code.choices = [
            SelectChoice("", "–"),
            *sorted(named, key=lambda choice: choice.label),
        ]
        self.mode.label.text = translated(phrase("Spoken by"))
        self.mode.choices = choices_of(LanguageMode)


class PublicPhoneForm(Form):
    """One phone that anybody may see."""

    number = StringField()
    extension = StringField()
    type = SelectField(validate_choice=False)
    description = StringField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- of the library
        super().__init__(*args, **kwargs)
        self.number.label.text = translated(phrase("Number"))
        self.extension.label.text = translated(phrase("Extension"))
        self.type.label.text = translated(phrase("Kind"))
        self.type.choices = [SelectChoice(k, translated(KIND_LABELS[k])) for k in PHONE_KINDS]
        if self.type.data and self.type.data not in PHONE_KINDS:
            self.type.choices.append(SelectChoice(self.type.data, self.type.data))
        self.description.label.text = translated(phrase("For what"))

    @property
    def blank(self) -> bool:
        """Return True when nothing was typed into the row."""
        return not any((f.data or "").strip() for f in (self.number, self.extension))


class PhoneRowForm(PublicPhoneForm):
    """One phone, and whether it is for staff alone."""

    is_private = BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- of the library
        super().__init__(*args, **kwargs)
        self.is_private.label.text = translated(phrase("For staff alone"))
