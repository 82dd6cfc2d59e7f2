"""The form of a report that a program makes on request."""

from __future__ import annotations

from datetime import date

from wtforms import SelectField, StringField
from wtforms.widgets import DateInput

from ccr.domain.authority_reports import ReportKind
from ccr.domain.phrases import phrase
from ccr.web.forms.coordination import day_typed
from ccr.web.forms.fields import choices_of, chosen_code
from ccr.web.forms.lines import LineForm, named

_PERIOD = phrase("Give a period that ends today at the latest, its first day first.")


class ReportForm(LineForm):
    """Which report, and for attendance the period."""

    kind = SelectField(validate_choice=False)
    since = StringField(widget=DateInput())
    until = StringField(widget=DateInput())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(prefix="report", **kwargs)
        named(self.kind, phrase("Which report"))
        self.kind.choices = choices_of((ReportKind.ATTENDANCE, ReportKind.STATUS))
        named(self.since, phrase("From"), phrase("For attendance."))
        named(self.until, phrase("Until"))

    def begin(self, since: date, today: date) -> None:
        """Begin with the time since `since`."""
        self.since.data, self.until.data = since.isoformat(), today.isoformat()

    def wanted(self) -> tuple[ReportKind, tuple[date, date] | None]:
        """Return what was typed; raises InvalidInputError with its field."""
        kind = chosen_code(ReportKind, self.kind.data, "kind")
        if kind is not ReportKind.ATTENDANCE:
            return kind, None
        return kind, (
            day_typed(self.since.data, _PERIOD, "since"),
            day_typed(self.until.data, _PERIOD, "until"),
        )
