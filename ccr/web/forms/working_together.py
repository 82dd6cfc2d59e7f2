"""Forms of training, announcements and the survey."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import request
from wtforms import SelectField, StringField, TextAreaField
from wtforms.widgets import DateInput

from ccr.domain.directory import Member
from ccr.domain.phrases import phrase
from ccr.domain.survey import HIGHEST, LOWEST, SCALE, codes
from ccr.domain.training import Subject
from ccr.services.announcements import LONGEST_TEXT
from ccr.web.forms.coordination import day_typed, member_choices, member_typed
from ccr.web.forms.fields import choices_of, chosen_code
from ccr.web.forms.lines import LineForm, named
from ccr.web.language import translated


class TrainingForm(LineForm):
    """In what, since when, until when; for coordinators also who."""

    member = SelectField(validate_choice=False)
    subject = SelectField(validate_choice=False)
    trained_on = StringField(widget=DateInput())
    expires_on = StringField(widget=DateInput())

    def __init__(self, members: Iterable[Member] = (), **kwargs: object) -> None:
        super().__init__(prefix="training", **kwargs)
        named(self.member, phrase("Member"))
        self.member.choices = member_choices(members)
        named(self.subject, phrase("Topic"))
        self.subject.choices = choices_of(Subject)
        named(self.trained_on, phrase("Trained on"))
        named(self.expires_on, phrase("Valid until"), phrase("Leave empty when it has no end."))

    def who(self) -> UUID:
        """Return the member that was chosen; raises InvalidInputError."""
        return member_typed(self.member.data, "member")

    def wanted(self) -> tuple[Subject, date, date | None]:
        """Return what was written; raises InvalidInputError with its field."""
        ends = (self.expires_on.data or "").strip()
        return (
            chosen_code(Subject, self.subject.data, "subject"),
            day_typed(
                self.trained_on.data,
                phrase("Give the day of the training, today at the latest."),
                "trained_on",
            ),
            day_typed(
                ends, phrase("Give a day after the training, or leave it empty."), "expires_on"
            )
            if ends
            else None,
        )


class AnnouncementForm(LineForm):
    """A title, a text, and until when."""

    title = StringField()
    text = TextAreaField()
    until_on = StringField(widget=DateInput())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(self.title, phrase("Title"))
        named(
            self.text,
            phrase("Text"),
            phrase(
                "At most %(most)s characters. No name of anybody, and nothing about a case.",
                most=LONGEST_TEXT,
            ),
        )
        named(self.until_on, phrase("Shown until"))

    def day(self) -> date:
        """Return the day; raises InvalidInputError."""
        words = phrase("Give a day from today to a year from now.")
        return day_typed(self.until_on.data, words, "until_on")


class RoundForm(LineForm):
    """Until when members may answer."""

    until_on = StringField(widget=DateInput())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(self.until_on, phrase("Members may answer until"))

    def day(self) -> date:
        """Return the day; raises InvalidInputError."""
        words = phrase("Give a day from tomorrow to three months from now.")
        return day_typed(self.until_on.data, words, "until_on")


def answers_typed() -> dict[str, int]:
    """Return the answers that were sent; a value that is none of the scale stays what it is."""
    found = {}
    for code in codes():
        text = request.form.get(f"answer-{code}", "")
        if text:
            found[code] = int(text) if text in {str(n) for n in range(LOWEST, HIGHEST + 1)} else 0
    return found


def scale() -> list[tuple[int, str]]:
    """Return the four answers with their words."""
    return [(number, translated(words)) for number, words in SCALE.items()]
