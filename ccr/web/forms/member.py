"""The form of a member's own facts. Shape only: services/listing_typed reads every field."""

from __future__ import annotations

from typing import ClassVar

from wtforms import FieldList, FormField, StringField, TextAreaField

from ccr.domain.phrases import phrase
from ccr.web.forms.listing import ContactForm, Labels, WhatForm
from ccr.web.forms.listing_rows import PhoneRowForm


class MemberForm(ContactForm):
    """Name, words and contact of a member, as against those of its listings."""

    name = StringField()
    alternate_name = StringField()
    description = TextAreaField()
    phones = FieldList(FormField(PhoneRowForm))
    website = StringField()
    email = StringField()
    LABELS: ClassVar[Labels] = {
        "name": WhatForm.LABELS["name"],
        "alternate_name": WhatForm.LABELS["alternate_name"],
        "description": (phrase("What they are, in their own words"), None),
        "phones": (
            ContactForm.LABELS["phones"][0],
            phrase("Told where a listing has no number of its own; the first public one counts."),
        ),
        "website": ContactForm.LABELS["url"],
        "email": (
            ContactForm.LABELS["email"][0],
            phrase(
                "Of the office, for staff of the network; never on public pages. Where nobody "
                "signs in, it is asked there whether the listings are true."
            ),
        ),
    }

    def fill_choices(self) -> None:
        """Leave out the one field that a listing has and a member has not; then empty rows."""
        del self.url
        super().fill_choices()
