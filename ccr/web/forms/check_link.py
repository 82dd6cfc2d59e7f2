"""What has changed of one listing, as the holder of its mailed link fills it in.

No token: see `same_site`. Shape only: services/listing_typed reads every field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, FormField, SelectField, StringField, TextAreaField

from ccr.domain.change_by_link import CLOSED, PHONE_COLUMNS, fields_by_link
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import Cost
from ccr.web.forms.fields import choices_of
from ccr.web.forms.listing import ContactForm, HoursForm, Labels, ListingForm
from ccr.web.forms.listing import WhatForm as What
from ccr.web.forms.listing import WhoForm as Who
from ccr.web.forms.listing_rows import LanguageRowForm, PublicPhoneForm


class LinkForm(ListingForm):
    """The public fields of one listing; of a hidden one its name and numbers."""

    class Meta:
        """No token: it would need a cookie."""

        csrf = False

    name = StringField()
    phones = FieldList(FormField(PublicPhoneForm))
    description = TextAreaField()
    application_process = TextAreaField()
    eligibility_description = TextAreaField()
    opening_hours = StringField()
    hours_text = TextAreaField()
    languages = FieldList(FormField(LanguageRowForm))
    cost = SelectField(validate_choice=False)
    fees_description = StringField()
    url = StringField()
    alert = StringField()
    closed = BooleanField()
    LABELS: ClassVar[Labels] = {
        "name": What.LABELS["name"],
        "phones": (
            ContactForm.LABELS["phones"][0],
            phrase("Only numbers that anybody may see. The first is the one people are told."),
        ),
        "description": What.LABELS["description"],
        "application_process": What.LABELS["application_process"],
        "eligibility_description": Who.LABELS["eligibility_description"],
        "opening_hours": HoursForm.LABELS["opening_hours"],
        "hours_text": HoursForm.LABELS["hours_text"],
        "languages": Who.LABELS["languages"],
        "cost": What.LABELS["cost"],
        "fees_description": What.LABELS["fees_description"],
        "url": ContactForm.LABELS["url"],
        "alert": What.LABELS["alert"],
        "closed": (
            phrase("This is not offered any more"),
            phrase("When somebody has confirmed it, people are not told of it any more."),
        ),
    }

    def __init__(
        self, typed: MultiDict[str, str] | None, *, shown: Mapping[str, Any], hidden: bool
    ) -> None:
        super().__init__(formdata=typed, data=None if typed is not None else _started(shown))
        kept = {*fields_by_link(confidential=hidden), "version", "closed"}
        for name in [name for name in self._fields if name not in kept]:
            del self[name]
        self._status = shown["status"]
        if typed is None:
            for rows in self._fields.values():
                if isinstance(rows, FieldList):
                    rows.append_entry()

    def fill_choices(self) -> None:
        """Give the cost its choices."""
        self.cost.choices = choices_of(Cost)

    def typed(self) -> dict[str, Any]:
        """Return what was typed; rows without a number or a language are left out."""
        typed = super().typed()
        typed["status"] = CLOSED if typed.pop("closed") else self._status
        rows = [row.form for row in self.phones if not row.form.blank]
        typed["phones"] = [
            {name: row[name].data or "" for name in PHONE_COLUMNS} | {"is_private": False}
            for row in rows
        ]
        if "languages" in typed:
            pairs = [(row.form.code.data, row.form.mode.data or "") for row in self.languages]
            typed["languages"] = [(code, mode) for code, mode in pairs if code]
        return typed


def _started(shown: Mapping[str, Any]) -> dict[str, Any]:
    languages = [{"code": code, "mode": mode} for code, mode in shown.get("languages", ())]
    return {**shown, "languages": languages}
