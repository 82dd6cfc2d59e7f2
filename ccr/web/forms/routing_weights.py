"""The form of a network's weights: one text a weight, and the weights that were on the screen."""

from __future__ import annotations

from collections.abc import Iterator

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField

from ccr.domain.errors import InvalidInputError
from ccr.domain.own_weights import KEY, as_kept, read_kept, read_value
from ccr.domain.phrases import phrase
from ccr.domain.weights import DEFAULT, WEIGHT_FACTS, Weights
from ccr.web.language import translated


class WeightsForm(FlaskForm):
    """Every weight as it was typed. `seen` carries what differed from the defaults when opened."""

    seen = HiddenField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for field in self.weights():
            field.label.text = translated(WEIGHT_FACTS[field.name].text)

    @classmethod
    def of(cls, weights: Weights) -> WeightsForm:
        """Return the form as it is when opened with these weights."""
        typed = {name: str(getattr(weights, name)) for name in WEIGHT_FACTS}
        form = cls(formdata=None, data=typed)
        form.note_seen(weights)
        return form

    def note_seen(self, weights: Weights) -> None:
        """Say that these weights are on the screen now."""
        self.seen.data = " ".join(f"{name}={value}" for name, value in as_kept(weights).items())

    def weights(self) -> Iterator[Field]:
        """Return the fields of the weights, in their order."""
        return (self._fields[name] for name in WEIGHT_FACTS)

    def weights_seen(self) -> Weights | None:
        """Return the weights that were on the screen; None for what no page of ours said."""
        pairs = [pair.partition("=") for pair in (self.seen.data or "").split()]
        try:
            said = {name: read_value(name, value) for name, _, value in pairs}
        except (InvalidInputError, KeyError):
            return None
        return read_kept({KEY: said}).weights

    def typed(self) -> Weights | None:
        """Return the weights as typed; None when a field cannot be read, which then says why."""
        values: dict[str, int] = {}
        for field in self.weights():
            try:
                values[field.name] = read_value(field.name, field.data or "")
            except InvalidInputError as error:
                words = phrase("“%(weight)s”: %(why)s", weight=field.label.text, why=error.phrase)
                field.errors = [*field.errors, translated(words)]
        return Weights(**values) if len(values) == len(WEIGHT_FACTS) else None


for _name in WEIGHT_FACTS:
    setattr(WeightsForm, _name, StringField(default=str(getattr(DEFAULT, _name))))
