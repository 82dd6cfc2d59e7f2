"""Form pieces that several forms share: choices from vocabularies, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from flask import request
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.widgets import CheckboxInput, ListWidget

from ccr.domain.errors import CcrError, InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled
from ccr.web.language import translated

__all__ = [
    "CheckboxesField",
    "SelectChoice",
    "add_refusal",
    "choices_of",
    "chosen_code",
    "id_or_none",
    "page_asked_for",
    "whole_number",
]

Code = TypeVar("Code", bound=StrEnum)


class CheckboxesField(SelectMultipleField):
    """Several choices as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def choices_of(codes: Iterable[Labelled], *, empty: Phrase | None = None) -> list[SelectChoice]:
    """Return choices for a vocabulary, with an empty first one when it is optional."""
    first = [SelectChoice("", translated(empty))] if empty is not None else []
    return first + [SelectChoice(code.value, translated(code.label)) for code in codes]


def add_refusal(form: FlaskForm, error: CcrError) -> None:
    """Put a refusal of the domain on the field it belongs to, or on the form."""
    words = translated(error.phrase)
    field = form._fields.get(error.field or "")
    if field is None:
        form.form_errors = [*form.form_errors, words]
    else:
        field.errors = [*field.errors, words]


def whole_number(text: str | None) -> int:
    """Return the number that a hidden field brought, or 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004


def chosen_code(codes: type[Code], text: str | None, field: str) -> Code:
    """Return the code that was chosen; raises InvalidInputError on `field` when it is none."""
    try:
        return codes(text or "")
    except ValueError as error:
        raise InvalidInputError(phrase("Choose one."), field=field) from error


def page_asked_for() -> int:
    """Return the page number in the address; 1 when it is none."""
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1  # noqa: PLR2004


def id_or_none(text: str) -> UUID | None:
    """Return the id that a form brought, or None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
