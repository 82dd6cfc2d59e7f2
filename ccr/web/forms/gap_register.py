"""What a coordinator writes into the gap register: the plan, the next status, one more step."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import HiddenField, SelectField, StringField
from wtforms.widgets import DateInput

from ccr.domain.directory import Member
from ccr.domain.gap_register import REASONS_TO_CLOSE, REASONS_TO_WAIT, GapReason, GapStatus
from ccr.domain.phrases import phrase
from ccr.services.gap_register import NewStep, Plan
from ccr.web.forms.coordination import day_typed, member_choices, member_typed, version_of
from ccr.web.forms.fields import choices_of, chosen_code
from ccr.web.forms.lines import NO_CASES, SafetyForm, named

BY_A_YEAR = phrase("Give a day from today to a year from now.")


class PlanForm(SafetyForm):
    """Who takes a gap, what comes next, and by when."""

    key = HiddenField()
    version = HiddenField(default="0")
    owner = SelectField(validate_choice=False)
    next_step = StringField()
    due_on = StringField(widget=DateInput())

    def __init__(self, members: Iterable[Member], **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(
            self.owner,
            phrase("Who takes it on"),
            phrase("A member of the network, never a person."),
        )
        self.owner.choices = member_choices(members)
        named(
            self.next_step,
            phrase("Next step"),
            phrase("What happens next, in one line. No name of anybody."),
        )
        named(self.due_on, phrase("By when"))

    def to_plan(self) -> Plan:
        """Return what was written; raises InvalidInputError with its field."""
        return Plan(
            key=self.key.data or "",
            owner_id=member_typed(self.owner.data, "owner"),
            next_step=self.next_step.data or "",
            due_on=day_typed(self.due_on.data, BY_A_YEAR, "due_on"),
            safety=self.to_safety(),
            version=version_of(self.version.data),
        )


class StatusForm(SafetyForm):
    """Where the gap stands from now on, and why."""

    version = HiddenField()
    status = SelectField(validate_choice=False)
    reason = SelectField(validate_choice=False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(prefix="status", **kwargs)
        named(self.status, phrase("Where it stands"))
        self.status.choices = choices_of(GapStatus)
        named(self.reason, phrase("Why"), phrase("Needed for “Waiting” and “Closed”."))
        self.reason.choices = choices_of(
            [*REASONS_TO_WAIT, *REASONS_TO_CLOSE], empty=phrase("No reason needed")
        )

    def wanted(self) -> tuple[GapStatus, GapReason | None]:
        """Return what was chosen; raises InvalidInputError with its field."""
        text = self.reason.data
        return (
            chosen_code(GapStatus, self.status.data, "status"),
            chosen_code(GapReason, text, "reason") if text else None,
        )


class StepForm(SafetyForm):
    """One more step of the plan."""

    version = HiddenField()
    text = StringField()
    due_on = StringField(widget=DateInput())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(prefix="step", **kwargs)
        named(self.text, phrase("One more step"), NO_CASES)
        named(self.due_on, phrase("By when"))

    def to_step(self) -> NewStep:
        """Return what was written; raises InvalidInputError with its field."""
        return NewStep(self.text.data or "", day_typed(self.due_on.data, BY_A_YEAR, "due_on"))
