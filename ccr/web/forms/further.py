"""The form of further partners: who is asked second, third and so on, and in which way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from ccr.domain.asking import AskingWay
from ccr.domain.phrases import phrase
from ccr.services.asking_rules import MOST_CHARACTERS
from ccr.storage.queries.receivers import Receiver
from ccr.web.forms.fields import choices_of
from ccr.web.language import translated

PLACES = ("second", "third", "fourth", "fifth", "sixth")


class FurtherForm(FlaskForm):
    """Whom to ask after the first, place by place; an empty place is passed over."""

    second = SelectField(validate_choice=False, default="")
    third = SelectField(validate_choice=False, default="")
    fourth = SelectField(validate_choice=False, default="")
    fifth = SelectField(validate_choice=False, default="")
    sixth = SelectField(validate_choice=False, default="")
    way = RadioField(default=AskingWay.ORDERED.value, validate_choice=False)
    further = HiddenField()
    """Not shown: refusals about all places together stand here."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        labels = (
            phrase("Second"),
            phrase("Third"),
            phrase("Fourth"),
            phrase("Fifth"),
            phrase("Sixth"),
        )
        for name, label in zip(PLACES, labels, strict=True):
            self._fields[name].label.text = translated(label)
        self.way.label.text = translated(phrase("How they are asked"))
        self.way.choices = choices_of([AskingWay.ORDERED, AskingWay.AT_ONCE])

    def offer(self, partners: Iterable[Receiver]) -> None:
        """Let each place be one of these partners, or nobody."""
        nobody = [("", translated(phrase("Nobody")))]
        names = [(str(p.service_id), f"{p.service_name} · {p.member_name}") for p in partners]
        for name in PLACES:
            self._fields[name].choices = nobody + names

    def fill(self, services: Sequence[UUID]) -> None:
        """Show who was named before."""
        for name, service_id in zip(PLACES, services, strict=False):
            self._fields[name].data = str(service_id)

    def named(self) -> list[str]:
        """Return the services that were chosen, in order, as they were sent."""
        return [text for name in PLACES if (text := self._fields[name].data or "")]


class AskingRulesForm(FlaskForm):
    """Whether several partners may be asked at once in this network, and why."""

    at_once = BooleanField()
    reason = TextAreaField(validators=[Length(max=MOST_CHARACTERS)])
    seen = HiddenField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.at_once.label.text = translated(
            phrase("Several partners may be asked at once; the first who takes it has it")
        )
        self.at_once.description = translated(
            phrase("Never where a victim service provider sends or is asked.")
        )
        self.reason.label.text = translated(phrase("Why"))
        self.reason.description = translated(
            phrase("One sentence about services, never about a person.")
        )
