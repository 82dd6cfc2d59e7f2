"""Taking the directory away: which kind of file, and of which county."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField

from ccr.adapters.gazetteer import CountyFact
from ccr.domain.phrases import phrase
from ccr.services.exporting import FORMATS
from ccr.web.forms.fields import SelectChoice
from ccr.web.language import translated


class ExportForm(FlaskForm):
    """The kind of file and the county."""

    format = RadioField(validate_choice=False)
    county = SelectField(validate_choice=False)

    def __init__(self, counties: Iterable[CountyFact], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.format.label.text = translated(phrase("Kind of file"))
        self.format.choices = [
            SelectChoice(name, translated(kind.label)) for name, kind in FORMATS.items()
        ]
        self.county.label.text = translated(phrase("County"))
        self.county.description = translated(
            phrase("What serves it or is in it, with what serves the whole state.")
        )
        whole = SelectChoice("", translated(phrase("The whole network")))
        self.county.choices = [whole, *(SelectChoice(c.fips, c.label) for c in counties)]


class SheetForm(FlaskForm):
    """The county of a sheet; it stands in the address, as a place may."""

    county = SelectField(validate_choice=False)

    def __init__(self, counties: Iterable[CountyFact], **kwargs: object) -> None:
        super().__init__(meta={"csrf": False}, **kwargs)
        self.county.id = "sheet-county"  # it may stand beside the other form
        self.county.label.text = translated(phrase("County"))
        self.county.choices = [SelectChoice(c.fips, c.label) for c in counties]
