"""Forms about one's mail. Shape only: what is allowed is decided in the domain."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField, TimeField

from ccr.domain.phrases import phrase
from ccr.web.forms.fields import SelectChoice
from ccr.web.language import translated

DAILY, EACH = "daily", "each"


class HowOftenForm(FlaskForm):
    """One mail a day, or each notice by itself."""

    how = RadioField(choices=())

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.how.label.text = translated(phrase("How often"))
        self.how.choices = [
            SelectChoice(DAILY, translated(phrase("One mail a day, in the morning"))),
            SelectChoice(EACH, translated(phrase("A mail for each, outside of quiet hours"))),
        ]


class QuietHoursForm(FlaskForm):
    """From when until when nobody of a program is mailed."""

    quiet_from = TimeField(format=["%H:%M", "%H:%M:%S"])
    quiet_until = TimeField(format=["%H:%M", "%H:%M:%S"])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.quiet_from.label.text = translated(phrase("Quiet from"))
        self.quiet_until.label.text = translated(phrase("Quiet until"))
