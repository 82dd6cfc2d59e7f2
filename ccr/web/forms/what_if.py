"""The name under which a question of "what if" is kept."""

from __future__ import annotations

from wtforms import StringField

from ccr.domain.phrases import phrase
from ccr.web.forms.lines import NO_CASES, LineForm, named


class KeepForm(LineForm):
    """One line; the question itself stands beside it as codes."""

    name = StringField()

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(self.name, phrase("Name of the question"), NO_CASES)
