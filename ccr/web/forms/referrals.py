"""Forms of the referral desk. Shape only: what is allowed is decided in the domain."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Length

from ccr.domain.errors import InvalidInputError
from ccr.domain.outcomes import SAID_BY_PHONE, AttemptKind, DeclineReason, Outcome, ToldBy
from ccr.domain.phrases import phrase
from ccr.domain.referral_states import ChosenBy
from ccr.domain.release import ConfirmedHow
from ccr.domain.safe_windows import PartOfDay, Wait
from ccr.domain.taxonomy import Known
from ccr.web.forms.contact import ContactForm
from ccr.web.forms.fields import SelectChoice, choices_of, chosen_code
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime

LONGEST_NOTE = 500
LONGEST_WORDS = 1_000
END_OF_WORK = time(17, 0)
NO_IDENTITY = phrase("No name, address, phone or anything else that tells who somebody is.")


class ChosenForm(FlaskForm):
    """Step 3: which service."""

    service_id = HiddenField()


class ShareForm(ContactForm):
    """Step 4: the person's yes, how it went, and an opening question."""

    question = TextAreaField(validators=[Length(max=LONGEST_NOTE)])
    agreed = BooleanField()
    chosen_by = RadioField(default=ChosenBy.SURVIVOR.value)
    feedback = RadioField(default="no")
    further = HiddenField()
    """Never shown: a refusal about the further partners stands here."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.question.label.text = translated(phrase("A question for the partner"))
        self.question.description = translated(NO_IDENTITY)
        self.chosen_by.label.text = translated(phrase("Who chose this partner"))
        self.chosen_by.choices = choices_of(ChosenBy)
        self.feedback.choices = [
            SelectChoice("no", translated(phrase("No"))),
            SelectChoice("yes", translated(phrase("Yes, coded progress only, for 30 days"))),
        ]


class DeclineForm(FlaskForm):
    """Why a referral cannot be taken."""

    reason = RadioField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.label.text = translated(phrase("Why"))
        self.reason.choices = choices_of(DeclineReason)


class NoteForm(FlaskForm):
    """A question, an answer, or a note, for one's own program or the other side."""

    note = TextAreaField(validators=[Length(max=LONGEST_WORDS)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.note.label.text = translated(phrase("Text"))
        self.note.description = translated(NO_IDENTITY)


class UntilForm(FlaskForm):
    """Until which day something waits."""

    until = DateField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.until.label.text = translated(phrase("Until when"))

    def moment(self, timezone: str) -> datetime | None:
        """Return the end of work on that day, aware UTC, or None."""
        if self.until.data is None:
            return None
        local = datetime.combine(self.until.data, END_OF_WORK, tzinfo=ZoneInfo(timezone))
        return local.astimezone(UTC)


class HoldForm(FlaskForm):
    """Who reaches whom, on which day, in which part of it."""

    wait = RadioField(default=Wait.THEY_CALL.value)
    until = DateField()
    part = RadioField(default=PartOfDay.WHOLE_DAY.value)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.wait.label.text = translated(phrase("Who calls"))
        self.wait.choices = choices_of(Wait)
        self.until.label.text = translated(phrase("On which day"))
        self.part.label.text = translated(phrase("At what time"))
        self.part.choices = choices_of(PartOfDay)
        self.part.description = translated(
            phrase("The sender is shown neither the day nor the time.")
        )

    def waits(self) -> tuple[Wait, date, PartOfDay]:
        """Return who reaches whom, the day and the part; raises InvalidInputError."""
        if self.until.data is None:
            raise InvalidInputError(phrase("Say until when."), field="until")
        wait = chosen_code(Wait, self.wait.data, "wait")
        return wait, self.until.data, chosen_code(PartOfDay, self.part.data, "part")


class AttemptForm(FlaskForm):
    """What a try to reach the person gave."""

    kind = RadioField()
    still_safe = RadioField()
    safety_reason = StringField(validators=[Length(max=LONGEST_NOTE)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.label.text = translated(phrase("What happened"))
        self.kind.choices = choices_of(AttemptKind)
        self.still_safe.label.text = translated(phrase("Is calling still safe?"))
        self.still_safe.choices = choices_of(Known)
        self.safety_reason.label.text = translated(phrase("Why one more try is safe"))
        self.safety_reason.description = translated(
            phrase("After four tries a supervisor decides, and says why.")
        )


class ToldForm(FlaskForm):
    """What a partner without an inbox said on the phone: who, by role, and why not."""

    told_by = RadioField()
    told_at = TimeField(format=["%H:%M", "%H:%M:%S"])
    reason = RadioField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.told_by.label.text = translated(phrase("Who answered, by role"))
        self.told_by.choices = choices_of(ToldBy)
        self.told_at.label.text = translated(phrase("Time of the call"))
        self.told_at.description = translated(
            phrase("Empty: just now. A time that has not come yet today means yesterday.")
        )
        self.reason.label.text = translated(phrase("Why"))
        self.reason.choices = choices_of(SAID_BY_PHONE)

    def when(self, time: DeskTime) -> datetime | None:
        """Return when the call was, aware UTC: the last time that a clock showed this; or None.

        Raises:
            InvalidInputError: field `told_at`: it is no time of day.
        """
        if self.told_at.data is None:
            if any((text or "").strip() for text in self.told_at.raw_data or ()):
                raise InvalidInputError(phrase("Write a time like 14:05."), field="told_at")
            return None
        return time.last(self.told_at.data)


class CloseForm(FlaskForm):
    """How it ended."""

    outcome = RadioField()

    def __init__(self, outcomes: list[Outcome], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.outcome.label.text = translated(phrase("How it ended"))
        self.outcome.choices = choices_of(outcomes)


class ConfirmForm(FlaskForm):
    """How the person agreed that the sender may hear how it goes."""

    how = RadioField()

    def __init__(self, ways: list[ConfirmedHow], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.how.label.text = translated(phrase("The person agreed"))
        self.how.choices = choices_of(ways)


class CodeForm(FlaskForm):
    """The words somebody says on the phone."""

    code = StringField(validators=[Length(max=100)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.code.label.text = translated(phrase("Someone is calling about a code"))
