"""Making a listing confidential and public again: what was seen, and who signed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.widgets import DateInput

from ccr.domain.phrases import phrase
from ccr.services.hiding import Authorization, Line
from ccr.web.language import translated

_MOST_DIGITS = 9


class HideForm(FlaskForm):
    """One tick: the list was read. The listings that were seen travel with it."""

    seen = BooleanField()

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.seen.label.text = translated(
            phrase("I have read the list. The place may be erased here for good.")
        )

    def agreed(self) -> bool:
        """Return True when the tick is set; otherwise say what is missing."""
        if not self.seen.data:
            self.seen.errors = [translated(phrase("Read the list, and set this tick."))]
        return bool(self.seen.data)


class PublishForm(FlaskForm):
    """The operator's written authorization, and the name of the listing once more."""

    version = HiddenField()
    operator_name = StringField()
    signed_on = StringField(widget=DateInput())
    note = TextAreaField()
    confirmed_name = StringField()

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.operator_name.label.text = translated(phrase("Who signed"))
        self.operator_name.description = translated(
            phrase("Name and role of the person who signed for the agency that runs the place.")
        )
        self.signed_on.label.text = translated(phrase("Signed on"))
        self.note.label.text = translated(phrase("Where the paper is kept"))
        self.confirmed_name.label.text = translated(phrase("Name of the listing, once more"))
        self.confirmed_name.description = translated(
            phrase("Write it as it stands above, so that no other listing is meant.")
        )

    def to_authorization(self) -> Authorization:
        """Return what was written; what cannot be read as a day is no day."""
        return Authorization(
            operator_name=self.operator_name.data or "",
            signed_on=_day(self.signed_on.data or ""),
            confirmed_name=self.confirmed_name.data or "",
            note=self.note.data or "",
        )


def seen_lines(texts: Iterable[str]) -> dict[UUID, int]:
    """Return the listings that the person saw, from "id:version"; whatever else is none."""
    seen = {}
    for text in texts:
        key, _, version = text.partition(":")
        try:
            seen[UUID(key)] = read_version(version)
        except ValueError:
            continue
    return seen


def seen_text(line: Line) -> str:
    """Return a listing as it travels with the form."""
    return f"{line.id}:{line.version}"


def read_version(text: str | None) -> int:
    """Return a version as sent, or 0, which no listing has."""
    text = text or ""
    fits = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if fits else 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
