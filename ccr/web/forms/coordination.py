"""What a coordinator writes down: promised pathways and what was signed. Members, never people.

Shape only: what is allowed is decided in the services.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.widgets import DateInput

from ccr.domain.directory import Member
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Need
from ccr.services.promises import Signed
from ccr.web.forms.fields import SelectChoice, choices_of
from ccr.web.language import translated

_MOST_VERSION = 2_000_000_000
_VERSION_DIGITS = 10


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
            member_typed(self.from_member.data, "from_member"),
            member_typed(self.to_member.data, "to_member"),
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
        self.expires_on.description = translated(
            phrase("At most three years after it was signed. Then both look at it again.")
        )

    def to_signed(self) -> Signed:
        """Return what was written; raises InvalidInputError with its field."""
        return Signed(
            first_id=member_typed(self.first.data, "first"),
            second_id=member_typed(self.second.data, "second"),
            signed_on=day_typed(
                self.signed_on.data,
                phrase("Give the day it was signed, today at the latest."),
                "signed_on",
            ),
            expires_on=day_typed(
                self.expires_on.data,
                phrase("Give an end after the day it was signed, at most three years later."),
                "expires_on",
            ),
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


def member_typed(text: object, field: str) -> UUID:
    """Return the member that was chosen; raises InvalidInputError on `field`."""
    try:
        return UUID(str(text))
    except ValueError:
        raise InvalidInputError(phrase("Choose a member of the network."), field=field) from None


def day_typed(text: str | None, words: Phrase, field: str) -> date:
    """Return the day that was typed; raises InvalidInputError with `words` on `field`."""
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        raise InvalidInputError(words, field=field) from None
