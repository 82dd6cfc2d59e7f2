"""Forms of joining. Shape only: what is allowed is decided in the domain."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import Length

from ccr.domain.joining import PledgeRole, Way
from ccr.domain.phrases import phrase
from ccr.policy.identity import Role
from ccr.web.forms.fields import SelectChoice, choices_of
from ccr.web.language import translated

LONGEST = 200
ROLE_LABELS = {
    Role.WORKER: phrase("Worker"),
    Role.ADVOCATE: phrase("Advocate"),
    Role.FACILITATOR: phrase("Facilitator"),
    Role.AGENCY_ADMIN: phrase("Agency admin"),
    Role.COORDINATOR: phrase("Coordinator"),
    Role.SYSTEM_ADMIN: phrase("System admin"),
    Role.AUDITOR: phrase("Auditor"),
}


class WayForm(FlaskForm):
    """How a member takes part."""

    way = RadioField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.way.label.text = translated(phrase("How they take part"))
        self.way.choices = choices_of(Way)


class PledgeForm(FlaskForm):
    """Who spoke for a member, by role."""

    role = SelectField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.role.label.text = translated(phrase("Who said yes, by role"))
        self.role.choices = choices_of(PledgeRole, empty=phrase("Choose a role"))


class ColleagueForm(FlaskForm):
    """As what a colleague is invited."""

    role = SelectField()

    def __init__(self, roles: Iterable[Role], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.role.label.text = translated(phrase("As what"))
        self.role.choices = [
            SelectChoice(role.value, translated(ROLE_LABELS[role])) for role in roles
        ]


class CodeForm(FlaskForm):
    """The code of an invitation, as it was said or written down."""

    code = StringField(validators=[Length(max=LONGEST)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.code.label.text = translated(phrase("Your code"))
        self.code.description = translated(
            phrase("Sixteen letters and digits. Spaces and dashes do not matter.")
        )


class NewAccountForm(FlaskForm):
    """The account that a code is good for."""

    code = HiddenField()
    email = StringField(validators=[Length(max=LONGEST)])
    password = PasswordField()
    again = PasswordField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.email.label.text = translated(phrase("Work e-mail"))
        self.password.label.text = translated(phrase("Password"))
        self.password.description = translated(
            phrase("12 characters or more. Three or four words together are easy to keep.")
        )
        self.again.label.text = translated(phrase("The same password again"))
