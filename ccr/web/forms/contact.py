"""The fields of the next contact: who makes it, on which day, in which part of the day."""

from __future__ import annotations

from datetime import date

from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField
from wtforms.validators import Optional

from ccr.domain.next_contact import ContactWay, DayPart, NextContact, checked_contact
from ccr.domain.phrases import phrase
from ccr.web.forms.fields import SelectChoice, choices_of, chosen_code
from ccr.web.language import translated

NONE = "none"


class ContactForm(FlaskForm):
    """When the person calls or comes again, or no such time."""

    next_way = RadioField(default=NONE, validate_choice=False)
    next_day = DateField(validators=[Optional()])
    next_part = SelectField(default=DayPart.ANY.value, validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.next_way.label.text = translated(phrase("When do they hear back?"))
        self.next_way.choices = [
            SelectChoice(NONE, translated(phrase("Not agreed"))),
            *choices_of(ContactWay),
        ]
        self.next_day.label.text = translated(phrase("Which day"))
        self.next_part.label.text = translated(phrase("Which part of the day"))
        self.next_part.choices = choices_of(DayPart)

    def contact(self, today: date) -> NextContact | None:
        """Return the next contact as typed, or None; raises InvalidInputError on its field."""
        if (self.next_way.data or NONE) == NONE:
            return None
        way = chosen_code(ContactWay, self.next_way.data, "next_way")
        part = chosen_code(DayPart, self.next_part.data or DayPart.ANY.value, "next_part")
        return checked_contact(way, self.next_day.data, part, today=today)


def contact_data(contact: NextContact | None) -> dict[str, object]:
    """Return what the fields show for a next contact."""
    if contact is None:
        return {"next_way": NONE, "next_part": DayPart.ANY.value}
    return {
        "next_way": contact.way.value,
        "next_day": contact.day,
        "next_part": contact.part.value,
    }
