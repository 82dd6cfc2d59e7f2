"""Forms of a program's desk: who referred somebody, and each step. No field takes a name.

Shape only: what is allowed is decided in the domain.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.widgets import DateInput

from ccr.domain.directory import Member
from ccr.domain.errors import InvalidInputError
from ccr.domain.participant_states import Act, Step, reasons_of
from ccr.domain.participant_words import EndReason, ReferralSource, Screening
from ccr.domain.participants import Order
from ccr.domain.phrases import phrase
from ccr.domain.program_groups import Group
from ccr.services.program_orders import Said
from ccr.web.forms.coordination import day_typed, member_typed
from ccr.web.forms.fields import SelectChoice, choices_of, chosen_code, id_or_none
from ccr.web.forms.lines import LineForm, named
from ccr.web.language import translated

FIELDS: dict[Act, tuple[str, ...]] = {
    Act.OFFER_INTAKE: ("on",),
    Act.ATTEND_INTAKE: ("on", "screening"),
    Act.MISS_INTAKE: ("on",),
    Act.ENROL: ("on", "group"),
    Act.CHANGE_GROUP: ("on", "group"),
    Act.TURN_AWAY: ("on", "reason"),
    Act.COMPLETE: ("on",),
    Act.TERMINATE: ("on", "reason"),
    Act.WITHDRAW: ("on", "reason"),
}
"""Which fields the form of each act has."""
_DAY = phrase("Give a day as in 2026-11-12.")
_ORDERED = phrase("Give the day of the order, today at the latest, or leave it empty.")


class OrderForm(LineForm):
    """Who referred, and whether an authority mandated it (R14)."""

    source = SelectField(validate_choice=False)
    mandated = RadioField(validate_choice=False)
    authority = SelectField(validate_choice=False)
    outside = StringField()
    ordered_on = StringField(widget=DateInput())

    def __init__(self, authorities: Iterable[Member], **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(self.source, phrase("Who referred"))
        self.source.choices = choices_of(ReferralSource, empty=phrase("Choose who referred"))
        named(self.mandated, phrase("Did an authority mandate it?"))
        self.mandated.choices = [
            SelectChoice("yes", translated(phrase("Yes"))),
            SelectChoice("no", translated(phrase("No"))),
        ]
        named(
            self.authority,
            phrase("Which authority"),
            phrase("Only this one is ever told about attendance."),
        )
        self.authority.choices = [
            SelectChoice("", translated(phrase("None, or one outside the network"))),
            *(
                SelectChoice(str(m.id), m.name)
                for m in sorted(authorities, key=lambda m: m.name.casefold())
            ),
        ]
        named(
            self.outside,
            phrase("An authority outside the network"),
            phrase("The court or office, in one line. Never a person, never a case number."),
        )
        named(self.ordered_on, phrase("Day of the order"))

    def fill(self, order: Order) -> None:
        """Begin with what was said before."""
        self.source.data = order.source.value
        self.mandated.data = "yes" if order.mandated else "no"
        self.authority.data = str(order.authority_id or "")
        self.outside.data = order.outside
        self.ordered_on.data = order.ordered_on.isoformat() if order.ordered_on else ""

    def to_order(self) -> Order:
        """Return what was typed; raises InvalidInputError with its field."""
        if self.mandated.data not in {"yes", "no"}:
            raise InvalidInputError(phrase("Choose one."), field="mandated")
        ordered = (self.ordered_on.data or "").strip()
        return Order(
            source=chosen_code(ReferralSource, self.source.data, "source"),
            mandated=self.mandated.data == "yes",
            authority_id=member_typed(self.authority.data, "authority")
            if self.authority.data
            else None,
            outside=self.outside.data or "",
            ordered_on=day_typed(ordered, _ORDERED, "ordered_on") if ordered else None,
        )


class SaidForm(OrderForm):
    """The same as its sender says it, with a group that is wished."""

    group = SelectField(validate_choice=False)

    def __init__(
        self, authorities: Iterable[Member], groups: Iterable[Group], **kwargs: object
    ) -> None:
        super().__init__(authorities, **kwargs)
        named(
            self.group,
            phrase("A group that would suit"),
            phrase("A wish. The program decides after the intake."),
        )
        self.group.choices = [
            SelectChoice("", translated(phrase("No wish"))),
            *(SelectChoice(str(group.id), group_words(group)) for group in groups),
        ]

    def to_said(self) -> Said:
        """Return what was typed; raises InvalidInputError with its field."""
        group_id = id_or_none(self.group.data or "")
        if self.group.data and group_id is None:
            raise InvalidInputError(phrase("Choose a group of the list."), field="group")
        return Said(self.to_order(), group_id)


class StepForm(LineForm):
    """One step of a participant; its act says which fields it has."""

    version = HiddenField(default="0")
    on = StringField(widget=DateInput())
    screening = SelectField(validate_choice=False)
    group = SelectField(validate_choice=False)
    reason = SelectField(validate_choice=False)

    def __init__(self, act: Act, groups: Iterable[Group], **kwargs: object) -> None:
        super().__init__(prefix=act.value, **kwargs)
        self.act = act
        named(self.on, phrase("On which day"))
        named(
            self.screening,
            phrase("What the intake found"),
            phrase("Other help beside the group never excuses abuse."),
        )
        self.screening.choices = choices_of(Screening, empty=phrase("Choose what was found"))
        named(self.group, phrase("Group"))
        self.group.choices = [
            SelectChoice("", translated(phrase("Choose a group"))),
            *(SelectChoice(str(group.id), group_words(group)) for group in groups),
        ]
        named(
            self.reason,
            phrase("Why"),
            phrase("Only what the program itself saw. Nothing that a victim said belongs here."),
        )
        self.reason.choices = choices_of(reasons_of(act), empty=phrase("Choose a reason"))

    def begin(self, version: int, today: date) -> None:
        """Begin with today and the version that is on the screen."""
        self.version.data, self.on.data = str(version), today.isoformat()

    def to_step(self) -> Step:
        """Return what was typed; raises InvalidInputError with its field."""
        asks = FIELDS[self.act]
        return Step(
            act=self.act,
            on=day_typed(self.on.data, _DAY, "on"),
            screening=chosen_code(Screening, self.screening.data, "screening")
            if "screening" in asks
            else None,
            group_id=id_or_none(self.group.data or "") if "group" in asks else None,
            reason=chosen_code(EndReason, self.reason.data, "reason") if "reason" in asks else None,
        )


def group_words(group: Group) -> str:
    """Return a group as a choice: its name, when it meets, and that it is full."""
    words = phrase(
        "%(name)s: %(day)s %(from)s to %(until)s",
        name=group.name,
        day=group.day,
        **{"from": group.starts_at, "until": group.ends_at},
    )
    if group.is_full:
        words = phrase("%(group)s (full)", group=words)
    return translated(words)
