"""The form of how often listings are checked."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField

from ccr.domain.phrases import phrase
from ccr.web.language import translated


class RulesForm(FlaskForm):
    """Days between two checks. Texts: what cannot be a number is refused in words."""

    usual_days = StringField()
    often_days = StringField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.usual_days.label.text = translated(phrase("Days between two checks of a listing"))
        self.often_days.label.text = translated(
            phrase("Days between two checks of a place to stay or a crisis line")
        )
