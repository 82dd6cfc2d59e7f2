"""The form of a webhook: where a program's own system listens."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField

from ccr.domain.phrases import phrase
from ccr.web.language import translated


class WebhookForm(FlaskForm):
    """An https address."""

    url = StringField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.url.label.text = translated(phrase("Address"))
        self.url.description = translated(
            phrase("Begins with https:// and can be reached from the Internet.")
        )
