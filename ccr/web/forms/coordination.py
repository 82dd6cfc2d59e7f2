"""What a coordinator writes down: a plan for a gap, a promised pathway. Members, never people.

Shape only: what is allowed is decided in the services.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField
from wtforms.widgets import DateInput

from ccr.domain.directory import Member
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Need
from ccr.services.gaps import Plan
from ccr.services.promises import Signed
from ccr.web.forms.fields import SelectChoice, choices_of
from ccr.web.language import translated

_MOST_VERSION = 2_000_000_000
_VERSION_DIGITS = 10


class PlanForm(FlaskForm):
    """Who takes a gap, what comes next, and by when."""

    key = HiddenField()
    version = HiddenField(default="0")
    owner = SelectField(validate_choice=False)
    next_step = StringField()
    due_on = StringField(widget=DateInput())

    def __init__(self, members: Iterable[Member], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.owner.label.text = translated(phrase("Who takes it on"))
        self.owner.description = translated(phrase("A member of the network, never a person."))
        self.owner.choices = member_choices(members)
        self.next_step.label.text = translated(phrase("Next step"))
        self.next_step.description = translated(
            phrase("What happens next, in one line. No name of anybody.")
        )
        self.due_on.label.text = translated(phrase("By when"))

    def to_plan(self) -> Plan:
        """Return what was written.

        Raises:
            InvalidInputError: owner or day cannot be read; `field` names it.
        """
        return Plan(
            key=self.key.data or "",
            owner_id=_member_id(self.owner.data, "owner"),
            next_step=self.next_step.data or "",
            due_on=_date(
                self.due_on.data or "",
                phrase("Give a day from today to a year from now."),
                "due_on",
            ),
            version=version_of(self.version.data),
        )


class PathwayForm(FlaskForm):
    """From whom, to whom, for which need."""

    from_member = SelectField(validate_choice=False)
    to_member = SelectField(validate_choice=False)
    need = SelectField(validate_choice=False)

    def __init__(self, members: Iterable[Member], **kwargs: object) -> None:
        super().__init__(**kwargs)
        choices = member_choices(members)
        self.from_member.label.text = translated(phrase("Who sends"))
        self.from_member.choices = choices
        self.to_member.label.text = translated(phrase("Who promised to take"))
        self.to_member.choices = choices
        self.need.label.text = translated(phrase("For which need"))
        self.need.choices = choices_of(Need, empty=phrase("Any need"))

    def wanted(self) -> tuple[UUID, UUID, Need | None]:
        """Return what was chosen; raises InvalidInputError with its field."""
        code = self.need.data or ""
        if code and code not in set(Need):
            raise InvalidInputError(phrase("Choose a need of the list."), field="need")
        return (
            _member_id(self.from_member.data, "from_member"),
            _member_id(self.to_member.data, "to_member"),
            Need(code) if code else None,
        )


class SignedForm(FlaskForm):
    """Two parties, the day they signed, and the day it ends."""

    first = SelectField(validate_choice=False)
    second = SelectField(validate_choice=False)
    signed_on = StringField(widget=DateInput())
    expires_on = StringField(widget=DateInput())

    def __init__(
        self,
        first: tuple[Phrase, list[SelectChoice]],
        second: tuple[Phrase, list[SelectChoice]],
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        self.first.label.text, self.first.choices = translated(first[0]), first[1]
        self.second.label.text, self.second.choices = translated(second[0]), second[1]
        self.signed_on.label.text = translated(phrase("Signed on"))
        self.expires_on.label.text = translated(phrase("Ends on"))
        self.expires_on.description = translated(phrase("Leave empty when it has no end."))

    def to_signed(self) -> Signed:
        """Return what was written; raises InvalidInputError with its field."""
        ends = (self.expires_on.data or "").strip()
        return Signed(
            first_id=_member_id(self.first.data, "first"),
            second_id=_member_id(self.second.data, "second"),
            signed_on=_date(
                self.signed_on.data or "",
                phrase("Give the day it was signed, today at the latest."),
                "signed_on",
            ),
            expires_on=_date(
                ends,
                phrase("Give an end after the day it was signed, or leave it empty."),
                "expires_on",
            )
            if ends
            else None,
        )


def member_choices(members: Iterable[Member]) -> list[SelectChoice]:
    """Return members as choices, with an empty first one."""
    return [
        SelectChoice("", translated(phrase("Choose a member"))),
        *(
            SelectChoice(str(m.id), m.name)
            for m in sorted(members, key=lambda m: m.name.casefold())
        ),
    ]


def version_of(text: object) -> int:
    """Return the version that a hidden field holds; -1, which nothing has, for anything else."""
    digits = str(text or "")
    known = digits.isascii() and digits.isdigit() and len(digits) <= _VERSION_DIGITS
    return min(int(digits), _MOST_VERSION) if known else -1


def _member_id(text: object, field: str) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise InvalidInputError(phrase("Choose a member of the network."), field=field) from None


def _date(text: str, words: Phrase, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(words, field=field) from None
