"""The form of closed days: from a day to a day."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField

from ccr.domain.phrases import phrase
from ccr.web.language import translated


class ClosedForm(FlaskForm):
    """From which day to which; the last may be left empty."""

    first = DateField()
    last = DateField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.first.label.text = translated(phrase("Closed on, or from"))
        self.last.label.text = translated(phrase("To (empty: that day alone)"))
