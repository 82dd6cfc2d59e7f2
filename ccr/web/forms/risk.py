"""The form of one result of a risk assessment: closed lists, a day, and at most one number."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.widgets import DateInput

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.risk_information import AssessorRole, Basis, ObtainedBy, RiskResult
from ccr.domain.risk_instruments import Band, Catalogue
from ccr.web.forms.coordination import day_typed
from ccr.web.forms.fields import SelectChoice, add_refusal, choices_of, chosen_code
from ccr.web.forms.lines import named
from ccr.web.language import translated
from ccr.web.presenters.risk import BY_JUDGEMENT, band_groups, instrument_words

_DAY = phrase("Give the day of the assessment, today at the latest and within a year.")
_DIGITS = 3
_NOT_OF_A_PROGRAM = (AssessorRole.FACILITATOR,)
ROLES_OF_A_PROGRAM = (AssessorRole.FACILITATOR, AssessorRole.CLINICIAN, AssessorRole.OTHER)


class RiskForm(FlaskForm):
    """A result as a sender gives it."""

    instrument = SelectField(validate_choice=False)
    assessed_on = StringField(widget=DateInput())
    role = SelectField(validate_choice=False)
    obtained_by = RadioField(validate_choice=False)
    basis = RadioField(validate_choice=False)
    trained = BooleanField()
    band = SelectField(validate_choice=False)
    score = StringField()
    high_danger = BooleanField()

    def __init__(self, catalogue: Catalogue, **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(
            self.instrument,
            phrase("Instrument"),
            phrase("Its result alone, never a question or an answer."),
        )
        self.instrument.choices = [
            SelectChoice("", translated(phrase("No instrument: professional judgement alone"))),
            *(
                SelectChoice(f"{one.code}/{version}", instrument_words(one, version))
                for one in catalogue
                for version in one.versions
            ),
        ]
        named(self.assessed_on, phrase("Day of the assessment"), phrase("Within a year."))
        named(self.role, phrase("Who assessed"), phrase("A role, never a name."))
        self.offer_roles(role for role in AssessorRole if role not in _NOT_OF_A_PROGRAM)
        named(self.obtained_by, phrase("Who obtained it"))
        self.obtained_by.choices = choices_of((ObtainedBy.REFERRAL_SOURCE, ObtainedBy.ADVOCATE))
        named(self.basis, phrase("What it rests on"))
        self.basis.choices = choices_of(Basis)
        named(
            self.trained,
            phrase("Whoever assessed is trained in this instrument"),
            phrase("Needed for a band and for a score. Judgement needs no training here."),
        )
        named(
            self.band,
            phrase("Risk band"),
            phrase("As the instrument, or your own office’s table, says."),
        )
        self.band.choices = {
            "": [SelectChoice("", translated(phrase("No band")))],
            **band_groups(catalogue),
        }
        named(
            self.score,
            phrase("Score"),
            phrase("A whole number, where the instrument gives one. It must fit the band."),
        )
        named(
            self.high_danger,
            BY_JUDGEMENT,
            phrase("With or without a score, and whatever the band says."),
        )

    def offer_roles(self, roles: Iterable[AssessorRole]) -> None:
        """Offer these roles of whoever assessed."""
        self.role.choices = choices_of(roles, empty=phrase("Choose a role"))

    def to_result(self) -> RiskResult:
        """Return what was written; raises InvalidInputError with its field."""
        code, _, version = (self.instrument.data or "").partition("/")
        return RiskResult(
            instrument=code or None,
            version=version,
            assessed_on=day_typed(self.assessed_on.data, _DAY, "assessed_on"),
            role=chosen_code(AssessorRole, self.role.data, "role"),
            trained=bool(self.trained.data),
            obtained_by=self.obtained(),
            basis=chosen_code(Basis, self.basis.data, "basis"),
            band=chosen_code(Band, self.band.data, "band") if self.band.data else None,
            score=self._score(),
            high_danger=bool(self.high_danger.data),
        )

    def obtained(self) -> ObtainedBy:
        """Return who obtained it; raises InvalidInputError with its field."""
        return chosen_code(ObtainedBy, self.obtained_by.data, "obtained_by")

    def refuse(self, error: InvalidInputError) -> None:
        """Put a refusal where it belongs."""
        add_refusal(self, error)

    def _score(self) -> int | None:
        text = (self.score.data or "").strip()
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
            raise InvalidInputError(
                phrase("Write the score as a whole number, or leave it empty."), field="score"
            )
        return int(text)


class OwnRiskForm(RiskForm):
    """A result of the program's own assessment."""

    def __init__(self, catalogue: Catalogue, **kwargs: object) -> None:
        super().__init__(catalogue, **kwargs)
        self.offer_roles(ROLES_OF_A_PROGRAM)
        del self.obtained_by

    def obtained(self) -> ObtainedBy:
        """Return that the program obtained it."""
        return ObtainedBy.PROGRAM
