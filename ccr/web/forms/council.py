"""What a coordinator writes down for the council: one line each, members and days, never people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from wtforms import HiddenField, IntegerField, SelectField, StringField
from wtforms.widgets import DateInput

from ccr.domain.council import (
    TYPE_HINTS,
    Committee,
    Model,
    NetworkType,
    Outcome,
    Paid,
    Profile,
    Source,
    Topic,
)
from ccr.domain.directory import Member
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.services.council import Decision
from ccr.services.council_actions import NewAction
from ccr.web.forms.coordination import day_typed, member_choices, member_typed, version_of
from ccr.web.forms.fields import CheckboxesField, SelectChoice, choices_of, chosen_code, id_or_none
from ccr.web.forms.lines import NO_CASES, LineForm, SafetyForm, named
from ccr.web.language import translated

_A_YEAR = phrase("Give a day from today to a year from now.")
_A_YEAR_AROUND = phrase("Give a day within a year of today.")


def boxes_of(members: Iterable[Member]) -> list[SelectChoice]:
    """Return members as checkboxes, by name."""
    ordered = sorted(members, key=lambda m: m.name.casefold())
    return [SelectChoice(str(m.id), m.name) for m in ordered]


def members_typed(texts: Iterable[str] | None, field: str) -> set[UUID]:
    """Return the members that were ticked; raises InvalidInputError on `field`."""
    found = [id_or_none(text) for text in texts or []]
    if None in found:
        raise InvalidInputError(phrase("Choose a member of the network."), field=field)
    return {member_id for member_id in found if member_id is not None}


class CommitteeForm(LineForm):
    """A committee: its name, what it is about, who sits on it."""

    name = StringField()
    topic = SelectField(validate_choice=False)
    members = CheckboxesField(validate_choice=False)

    def __init__(self, members: Iterable[Member], **kwargs: object) -> None:
        super().__init__(prefix="committee", **kwargs)
        named(self.name, phrase("Name of the committee"))
        named(self.topic, phrase("What it is about"))
        self.topic.choices = choices_of(Topic)
        named(self.members, phrase("Who sits on it"), phrase("Members, never people."))
        self.members.choices = boxes_of(members)

    def wanted(self) -> tuple[str, Topic, set[UUID]]:
        """Return what was written; raises InvalidInputError with its field."""
        return (
            self.name.data or "",
            chosen_code(Topic, self.topic.data, "topic"),
            members_typed(self.members.data, "members"),
        )


class MeetingForm(LineForm):
    """A meeting to come, or one that was held."""

    committee = SelectField(validate_choice=False)
    held_on = StringField(widget=DateInput())

    def __init__(self, committees: Iterable[Committee], **kwargs: object) -> None:
        super().__init__(prefix="meeting", **kwargs)
        named(self.committee, phrase("Who meets"))
        self.committee.choices = [SelectChoice(str(c.id), c.name) for c in committees]
        named(self.held_on, phrase("On which day"))

    def wanted(self) -> tuple[UUID, date]:
        """Return what was chosen; raises InvalidInputError with its field."""
        committee = id_or_none(self.committee.data or "")
        if committee is None:
            raise InvalidInputError(phrase("Choose a committee of the list."), field="committee")
        return committee, day_typed(self.held_on.data, _A_YEAR_AROUND, "held_on")


class ItemForm(LineForm):
    """One more point of the agenda."""

    version = HiddenField()
    title = StringField()
    gap = SelectField(validate_choice=False)

    def __init__(self, gaps: Mapping[UUID, str], **kwargs: object) -> None:
        super().__init__(prefix="item", **kwargs)
        named(self.title, phrase("One more point"), NO_CASES)
        named(self.gap, phrase("About which gap"))
        self.gap.choices = gap_choices(gaps)

    def wanted(self) -> tuple[str, UUID | None]:
        """Return what was written; raises InvalidInputError with its field."""
        return self.title.data or "", gap_typed(self.gap.data)


class DecisionForm(SafetyForm):
    """What became of a point, and what that does to safety."""

    version = HiddenField()
    outcome = SelectField(validate_choice=False)
    decision = StringField()

    def __init__(self, position: int, **kwargs: object) -> None:
        super().__init__(prefix=f"point{position}", **kwargs)
        self.position = position
        named(self.outcome, phrase("What became of it"))
        self.outcome.choices = choices_of(Outcome, empty=phrase("Not yet decided"))
        named(self.decision, phrase("The decision"), NO_CASES)

    def to_decision(self) -> Decision:
        """Return what was written; raises InvalidInputError with its field."""
        text = self.outcome.data
        asked = self.effect.data or self.whom.data
        return Decision(
            position=self.position,
            outcome=chosen_code(Outcome, text, "outcome") if text else None,
            words=self.decision.data or "",
            safety=self.to_safety() if asked else None,
        )


class AttendanceForm(LineForm):
    """Which members were there."""

    version = HiddenField()
    attended = CheckboxesField(validate_choice=False)

    def __init__(self, members: Iterable[Member], **kwargs: object) -> None:
        super().__init__(prefix="there", **kwargs)
        named(
            self.attended,
            phrase("Which members were there"),
            phrase("The organization counts; who came for it is not kept."),
        )
        self.attended.choices = boxes_of(members)


class ActionForm(LineForm):
    """Something a member does by a day."""

    source = SelectField(validate_choice=False)
    text = StringField()
    owner = SelectField(validate_choice=False)
    due_on = StringField(widget=DateInput())
    gap = SelectField(validate_choice=False)

    def __init__(
        self, members: Iterable[Member], gaps: Mapping[UUID, str], **kwargs: object
    ) -> None:
        super().__init__(prefix="action", **kwargs)
        named(self.source, phrase("Where it comes from"))
        self.source.choices = choices_of(source for source in Source if source != Source.MEETING)
        named(self.text, phrase("What is to be done"), NO_CASES)
        named(self.owner, phrase("Who does it"), phrase("A member of the network, never a person."))
        self.owner.choices = member_choices(members)
        named(self.due_on, phrase("By when"))
        named(self.gap, phrase("For which gap"))
        self.gap.choices = gap_choices(gaps)

    def to_action(self, meeting_id: UUID | None) -> NewAction:
        """Return what was written; raises InvalidInputError with its field."""
        source = (
            Source.MEETING
            if meeting_id is not None
            else chosen_code(Source, self.source.data, "source")
        )
        return NewAction(
            source=source,
            text=self.text.data or "",
            owner_id=member_typed(self.owner.data, "owner"),
            due_on=day_typed(self.due_on.data, _A_YEAR, "due_on"),
            meeting_id=meeting_id,
            gap_id=gap_typed(self.gap.data),
        )


class ProfileForm(LineForm):
    """What the network says of itself."""

    version = HiddenField(default="0")
    types = CheckboxesField(validate_choice=False)
    models = CheckboxesField(validate_choice=False)
    seats_planned = IntegerField()
    seats_filled = IntegerField()
    paid = SelectField(validate_choice=False)
    payer = SelectField(validate_choice=False)

    def __init__(self, members: Iterable[Member], **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(self.types, phrase("What kind of coordinated response it is"))
        self.types.choices = choices_of(NetworkType)
        named(self.models, phrase("Which models it runs"))
        self.models.choices = choices_of(Model)
        named(self.seats_planned, phrase("Survivor seats planned"))
        named(self.seats_filled, phrase("Survivor seats filled"), phrase("A number, never names."))
        named(self.paid, phrase("How the work on them is paid"))
        self.paid.choices = choices_of(Paid, empty=phrase("Not said"))
        named(self.payer, phrase("Who pays"))
        self.payer.choices = member_choices(members)

    def fill(self, profile: Profile) -> None:
        """Begin with what is kept."""
        self.version.data = str(profile.version)
        self.types.data = [t.value for t in profile.types]
        self.models.data = [m.value for m in profile.models]
        self.seats_planned.data, self.seats_filled.data = (
            profile.seats_planned,
            profile.seats_filled,
        )
        self.paid.data = profile.paid.value if profile.paid else ""
        self.payer.data = str(profile.payer_id) if profile.payer_id else ""

    def to_profile(self) -> Profile:
        """Return what was written; raises InvalidInputError with its field."""
        return Profile(
            types=tuple(chosen_code(NetworkType, t, "types") for t in self.types.data or []),
            models=tuple(chosen_code(Model, m, "models") for m in self.models.data or []),
            seats_planned=_seats(self.seats_planned.data),
            seats_filled=_seats(self.seats_filled.data),
            paid=chosen_code(Paid, self.paid.data, "paid") if self.paid.data else None,
            payer_id=member_typed(self.payer.data, "payer") if self.payer.data else None,
            version=version_of(self.version.data),
        )


def _seats(number: int | None) -> int:
    return -1 if number is None else number


def type_hints() -> dict[str, str]:
    """Return what each type means, by its code."""
    return {code.value: translated(hint) for code, hint in TYPE_HINTS.items()}


def gap_choices(gaps: Mapping[UUID, str]) -> list[SelectChoice]:
    """Return gaps as choices, with an empty first one."""
    return [
        SelectChoice("", translated(phrase("None of the register"))),
        *(SelectChoice(str(gap_id), title) for gap_id, title in gaps.items()),
    ]


def gap_typed(text: str | None) -> UUID | None:
    """Return the gap that was chosen, or None; raises InvalidInputError on "gap"."""
    if not text:
        return None
    gap_id = id_or_none(text)
    if gap_id is None:
        raise InvalidInputError(phrase("Choose a gap of the register."), field="gap")
    return gap_id
