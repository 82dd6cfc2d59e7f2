"""The form of a network's time rules: numbers and reminders by scope, as many scopes as are shown.

A scope's fields are named after it: "need-housing--answer_high". A field of a narrow scope that is
left empty takes what the wider scope says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectField, StringField

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.time_rules import (
    EVERY_NEED,
    LEAST_EVERY,
    MOST_EVERY,
    OffReason,
    Reminders,
    TimeRules,
    all_scopes,
    names_in,
    read_value,
    scope_label,
    token,
)
from ccr.domain.time_values import TIME_VALUES
from ccr.web.forms.fields import choices_of
from ccr.web.language import translated

SCOPES = tuple(all_scopes())
EVERY, OFF = "every", "off"
_BY_SLUG = {scope.replace(":", "-"): scope for scope in SCOPES}


class TimesForm(FlaskForm):
    """What every form of time rules has; `times_form` adds the fields of its scopes."""

    seen = HiddenField()
    scopes = HiddenField()

    def shown_scopes(self) -> tuple[str, ...]:
        """Return the scopes that have fields, in the order of the page."""
        return _known((self.scopes.data or "").split())

    def of(self, scope: str, name: str) -> Field:
        """Return the field of a number, or of EVERY or OFF, in a scope."""
        found: Field = self._fields[field_name(scope, name)]
        return found

    def typed(self) -> TimeRules | None:
        """Return the rules as typed; None when a field cannot be read, which then says why."""
        times, reminders = {}, {}
        for scope in self.shown_scopes():
            times[scope] = self._times(scope)
            found = self._reminders(scope)
            if found is not None and (scope, found) != (EVERY_NEED, Reminders()):
                reminders[scope] = found
        return None if any(f.errors for f in self) else TimeRules(times, reminders)

    def _times(self, scope: str) -> dict[str, int]:
        values = {}
        for name in names_in(scope):
            field = self.of(scope, name)
            if scope != EVERY_NEED and not (field.data or "").strip():
                continue
            try:
                value = read_value(name, field.data or "")
                if scope != EVERY_NEED or value != TIME_VALUES[name].default:
                    values[name] = value
            except InvalidInputError as error:
                words = phrase("“%(time)s”: %(why)s", time=field.label.text, why=error.phrase)
                field.errors = [*field.errors, translated(words)]
        return values

    def _reminders(self, scope: str) -> Reminders | None:
        every, off = self.of(scope, EVERY), self.of(scope, OFF)
        text, reason = (every.data or "").strip(), off.data or ""
        if not text and not reason and scope != EVERY_NEED:
            return None
        if reason and reason not in set(OffReason):
            off.errors = [*off.errors, translated(phrase("Choose one."))]
            return None
        hours = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0  # noqa: PLR2004
        if not text and scope != EVERY_NEED:
            hours = Reminders().every // timedelta(hours=1)
        if not LEAST_EVERY <= hours <= MOST_EVERY:
            words = phrase(
                "Reminders: use a whole number of hours from %(least)s to %(most)s.",
                least=LEAST_EVERY,
                most=MOST_EVERY,
            )
            every.errors = [*every.errors, translated(words)]
            return None
        return Reminders(timedelta(hours=hours), OffReason(reason) if reason else None)


def field_name(scope: str, name: str) -> str:
    """Return the name of a field in the page."""
    return f"{scope.replace(':', '-')}--{name}"


def form_with(rules: TimeRules, *, seen: str | None = None, extra: Iterable[str] = ()) -> TimesForm:
    """Return the form as it is when opened with these rules; `extra` scopes are empty."""
    own = {EVERY_NEED, *rules.times, *rules.set_reminders, *extra}
    scopes = [scope for scope in SCOPES if scope in own]
    data: dict[str, object] = {"seen": seen or token(rules), "scopes": " ".join(scopes)}
    for scope in scopes:
        everywhere = scope == EVERY_NEED
        for name in names_in(scope):
            value = rules.value(name) if everywhere else rules.times.get(scope, {}).get(name, "")
            data[field_name(scope, name)] = str(value)
        found = rules.reminders_in(scope) if everywhere else rules.set_reminders.get(scope)
        data[field_name(scope, EVERY)] = str(found.every // timedelta(hours=1)) if found else ""
        data[field_name(scope, OFF)] = found.off.value if found and found.off else ""
    return _form_class(scopes)(formdata=None, data=data)


def form_as_sent(extra: str = "") -> TimesForm:
    """Return the form as it was sent, with the fields of one more scope, if that is one."""
    scopes = _known([*request.form.get("scopes", "").split(), _BY_SLUG.get(extra, "")])
    form = _form_class(scopes)()
    form.scopes.data = " ".join(scopes)
    return form


def _known(scopes: Iterable[str]) -> tuple[str, ...]:
    asked = {EVERY_NEED, *scopes}
    return tuple(scope for scope in SCOPES if scope in asked)


def _form_class(scopes: Iterable[str]) -> type[TimesForm]:
    fields: dict[str, object] = {}
    off_choices = choices_of(OffReason, empty=phrase("Reminders go out"))
    for scope in scopes:
        about = translated(scope_label(scope))
        for name in names_in(scope):
            label = translated(TIME_VALUES[name].text)
            if scope != EVERY_NEED:
                label = translated(phrase("%(time)s (%(need)s)", time=label, need=about))
            fields[field_name(scope, name)] = StringField(label)
        fields[field_name(scope, EVERY)] = StringField(
            translated(phrase("Reminders at most every (%(need)s)", need=about))
        )
        fields[field_name(scope, OFF)] = SelectField(
            translated(phrase("No reminders, because (%(need)s)", need=about)),
            choices=off_choices,
            validate_choice=False,
        )
    return type("TimesForm", (TimesForm,), fields)
