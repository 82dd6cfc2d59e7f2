"""The form that brings the people of areas: a file, and where its counts come from."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField

from ccr.domain.phrases import phrase
from ccr.services.population import LONGEST_SOURCE
from ccr.web.language import translated

__all__ = ["LONGEST_SOURCE", "PopulationForm"]


class PopulationForm(FlaskForm):
    """A CSV, and its source in words."""

    file = FileField()
    source = StringField()

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.file.label.text = translated(phrase("CSV file"))
        self.file.description = translated(
            phrase("At most 1 MB. One line an area, with the heading described below.")
        )
        self.file.validators = [FileRequired(translated(phrase("Choose a file.")))]
        self.source.label.text = translated(phrase("Where the counts come from"))
        self.source.description = translated(
            phrase("It stands beside every figure. For example: ACS 2020–2024, table C16001.")
        )
