"""The form of how often listings are checked."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField

from ccr.domain.phrases import phrase
from ccr.web.language import translated


class RulesForm(FlaskForm):
    """Days between two checks, and who is asked. What cannot be a number is refused in words."""

    usual_days = StringField()
    often_days = StringField()
    letters = BooleanField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.usual_days.label.text = translated(phrase("Days between two checks of a listing"))
        self.often_days.label.text = translated(
            phrase("Days between two checks of a place to stay or a crisis line")
        )
        self.letters.label.text = translated(
            phrase("Ask offices of members without accounts by mail")
        )
        self.letters.description = translated(
            phrase(
                "At the e-mail address that the directory holds: two mails at most about one "
                "check, with nothing in them but links. A confidential service’s own address is "
                "never used."
            )
        )
