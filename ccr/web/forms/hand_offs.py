"""Forms of live hand-offs, joint calls and appointments, and of words that go to the other side."""

from __future__ import annotations

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField, TextAreaField
from wtforms.validators import Length

from ccr.adapters.clock import utc_now
from ccr.domain.identifying_text import check_words
from ccr.domain.live_hand_off import (
    DayPart,
    FollowUpWay,
    IntroducedBy,
    IntroducedHow,
    Introduction,
    SafeInfo,
)
from ccr.domain.outcomes import ToldBy
from ccr.domain.phrases import phrase
from ccr.web.forms.fields import choices_of, chosen_code
from ccr.web.forms.referrals import LONGEST_WORDS, NO_IDENTITY
from ccr.web.language import translated

AS_IT_IS = "as_it_is"
"""The name of the second button: its writer has looked again, and sends the words as they are."""


def words_of(form: FlaskForm, field: str = "note") -> str:
    """Return what was typed into a field of words, looked at on the way.

    Raises:
        LooksIdentifyingError: it looks as if it told who somebody is, and nobody said "as it is".
    """
    text: str = form[field].data or ""
    check_words(text, sure=AS_IT_IS in request.form, field=field, this_year=utc_now().year)
    return text


class ToOtherSideForm(FlaskForm):
    """A note to the other side; to the sender with the person's yes to this very note."""

    note = TextAreaField(validators=[Length(max=LONGEST_WORDS)])
    agreed = BooleanField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, prefix="to", **kwargs)
        self.note.label.text = translated(phrase("Text"))
        self.note.description = translated(NO_IDENTITY)
        self.agreed.label.text = translated(phrase("The person agreed to this note"))


class UndoForm(FlaskForm):
    """Why an answer is taken back, or what was closed is opened again."""

    note = TextAreaField(validators=[Length(max=LONGEST_WORDS)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, prefix="undo", **kwargs)
        self.note.label.text = translated(phrase("Why"))
        self.note.description = translated(NO_IDENTITY)


class IntroducedForm(FlaskForm):
    """Who introduced the person to whom, by role, and how."""

    how = RadioField()
    by = RadioField()
    to = RadioField()

    def __init__(self, *args: object, ours_first: bool = True, **kwargs: object) -> None:
        super().__init__(*args, prefix="live", **kwargs)
        self.how.label.text = translated(phrase("How"))
        self.how.choices = choices_of(IntroducedHow)
        ours, theirs = phrase("Who introduced them, of yours"), phrase("Who took over, of theirs")
        if not ours_first:
            ours, theirs = phrase("Who introduced them, of theirs"), phrase("Who took over")
        self.by.label.text = translated(ours)
        self.by.choices = choices_of(IntroducedBy)
        self.to.label.text = translated(theirs)
        self.to.choices = choices_of(ToldBy)

    def introduction(self) -> Introduction:
        """Return what was said; raises InvalidInputError on the field that is empty."""
        return Introduction(
            chosen_code(IntroducedHow, self.how.data, "how"),
            chosen_code(IntroducedBy, self.by.data, "by"),
            chosen_code(ToldBy, self.to.data, "to"),
        )


class JointCallForm(FlaskForm):
    """How, on which day, in which part of it; no hour."""

    how = RadioField()
    day = DateField()
    part = RadioField()

    def __init__(self, *args: object, prefix: str = "call", **kwargs: object) -> None:
        super().__init__(*args, prefix=prefix, **kwargs)
        self.how.label.text = translated(phrase("How"))
        self.how.choices = choices_of(IntroducedHow)
        self.day.label.text = translated(phrase("Day"))
        self.part.label.text = translated(phrase("Part of the day"))
        self.part.choices = choices_of(DayPart)

    def how_and_part(self) -> tuple[IntroducedHow, DayPart]:
        """Return how, and in which part of the day; raises InvalidInputError where one is empty."""
        return (
            chosen_code(IntroducedHow, self.how.data, "how"),
            chosen_code(DayPart, self.part.data, "part"),
        )


class FitForm(FlaskForm):
    """Who said by phone that it fits and that there is room."""

    told_by = RadioField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, prefix="fit", **kwargs)
        self.told_by.label.text = translated(phrase("Who answered, by role"))
        self.told_by.choices = choices_of(ToldBy)


class SafeInfoForm(FlaskForm):
    """What the person took along."""

    info = RadioField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.info.label.text = translated(phrase("What they took along"))
        self.info.choices = choices_of(SafeInfo)


class FollowUpForm(FlaskForm):
    """How sender and person stay in touch."""

    way = RadioField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.way.label.text = translated(phrase("How you stay in touch"))
        self.way.choices = choices_of(FollowUpWay)


class TakesPartForm(FlaskForm):
    """Whether one takes part in the joint call that is on offer."""

    takes_part = RadioField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.takes_part.label.text = translated(phrase("The joint call"))
        self.takes_part.choices = [
            ("yes", translated(phrase("We take part"))),
            ("no", translated(phrase("Not then; we agree on another time by phone"))),
        ]
