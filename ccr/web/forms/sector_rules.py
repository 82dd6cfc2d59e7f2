"""The form of a network's rules of sectors: one choice a rule, and the rules on the screen."""

from __future__ import annotations

from collections.abc import Iterator

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField

from ccr.domain.phrases import phrase
from ccr.domain.sector_rules import (
    RULES,
    SENDER_WORDS,
    TARGET_WORDS,
    VIA_WORDS,
    SectorRules,
    Via,
    as_kept,
    read_via,
    rules_of,
)
from ccr.web.language import translated


class RulesForm(FlaskForm):
    """Every rule with more than one way. `seen` carries what differed when opened."""

    seen = HiddenField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for field in self.rules():
            rule = RULES[field.name]
            words = phrase(
                "%(sender)s, to reach %(partner)s",
                sender=SENDER_WORDS[rule.sender],
                partner=TARGET_WORDS[rule.target],
            )
            field.label.text = translated(words)
            field.choices = [(via.value, translated(VIA_WORDS[via])) for via in rule.options]

    @classmethod
    def of(cls, rules: SectorRules) -> RulesForm:
        """Return the form as it is when opened with these rules."""
        form = cls(formdata=None, data={name: rules.value(name).value for name in _CHOICES})
        form.note_seen(rules)
        return form

    def note_seen(self, rules: SectorRules) -> None:
        """Say that these rules are on the screen now."""
        self.seen.data = " ".join(f"{name}={value}" for name, value in as_kept(rules).items())

    def rules(self) -> Iterator[SelectField]:
        """Return the fields of the rules, in their order."""
        return (self._fields[name] for name in _CHOICES)

    def choice(self, name: str) -> SelectField | None:
        """Return the field of a rule, or None where there is nothing to choose."""
        found: SelectField | None = self._fields.get(name)
        return found

    def rules_seen(self) -> SectorRules | None:
        """Return the rules that were on the screen; None for what no page of ours said."""
        return _read(pair.partition("=")[::2] for pair in (self.seen.data or "").split())

    def typed(self) -> SectorRules | None:
        """Return the rules as chosen; None when one is no choice, which then says why."""
        for field in self.rules():
            if read_via(field.name, field.data) is None:
                field.errors = [*field.errors, translated(phrase("Choose one of the list."))]
        return _read((field.name, field.data) for field in self.rules())


def _read(pairs: Iterator[tuple[str, str]]) -> SectorRules | None:
    values: dict[str, Via] = {}
    for name, value in pairs:
        via = read_via(name, value)
        if via is None:
            return None
        values[name] = via
    return rules_of(values)


_CHOICES = tuple(name for name, rule in RULES.items() if len(rule.options) > 1)
for _name in _CHOICES:
    setattr(
        RulesForm,
        _name,
        SelectField(default=RULES[_name].default.value, validate_choice=False),
    )
