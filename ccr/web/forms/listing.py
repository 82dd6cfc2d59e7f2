"""Forms of a listing, a section a page. Shape only: services/listing_typed reads every field."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from ccr.domain.listing_fields import Fields
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import (
    Access,
    Cost,
    Gender,
    Known,
    Need,
    Population,
    ServiceStatus,
    Track,
)
from ccr.domain.us_time_zones import TIME_ZONES
from ccr.web.forms.fields import CheckboxesField, SelectChoice, choices_of
from ccr.web.forms.listing_rows import LanguageRowForm, PhoneRowForm
from ccr.web.forms.needs import grouped_needs
from ccr.web.language import translated

BLANK_ROWS = 2
"""Empty rows under the phones and languages there are; saving gives two more."""
Labels = dict[str, tuple[Phrase, Phrase | None]]
"""A label and a hint for each field."""


class ListingForm(FlaskForm):
    """What the sections share: the version that was on the screen, and labels with hints."""

    version = HiddenField()
    LABELS: ClassVar[Labels] = {}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, hint) in self.LABELS.items():
            self[name].label.text = translated(label)
            if hint is not None:
                self[name].description = translated(hint)
        self.fill_choices()

    def fill_choices(self) -> None:
        """Give the fields their choices; a section that has some says so."""

    @property
    def names(self) -> list[str]:
        """Return the names of the listing's fields in this section."""
        return [name for name in self._fields if name not in {"version", "csrf_token"}]

    def typed(self) -> dict[str, Any]:
        """Return what was typed, by field, as services/listing_typed takes it."""
        return {name: _typed(self[name].data) for name in self.names}


def _typed(value: object) -> object:
    return "" if value is None else value


class WhatForm(ListingForm):
    """What it does."""

    name = StringField()
    alternate_name = StringField()
    needs = CheckboxesField()
    description = TextAreaField()
    application_process = TextAreaField()
    wait_time = StringField()
    cost = SelectField(validate_choice=False)
    fees_description = StringField()
    alert = StringField()
    LABELS: ClassVar[Labels] = {
        "name": (phrase("Name"), None),
        "alternate_name": (phrase("Other name"), None),
        "needs": (
            phrase("Needs they help with"),
            phrase("Without any, it is found by name and never proposed."),
        ),
        "description": (phrase("What they do, in their own words"), None),
        "application_process": (
            phrase("How to start"),
            phrase("What to do first, and which papers to bring."),
        ),
        "wait_time": (phrase("Waiting time"), None),
        "cost": (phrase("Cost"), None),
        "fees_description": (phrase("About the cost"), None),
        "alert": (
            phrase("Notice"),
            phrase("One line that everybody sees first, such as a closure. Empty for none."),
        ),
    }

    def fill_choices(self) -> None:
        """Give needs and cost their choices."""
        self.needs.choices = choices_of(Need)
        self.cost.choices = choices_of(Cost)

    def need_groups(self) -> list[tuple[str, list[object]]]:
        """Return the needs as (heading, checkboxes), in the order of the page."""
        return grouped_needs(self.needs)


class WhoForm(ListingForm):
    """For whom."""

    tracks = CheckboxesField()
    minimum_age = StringField()
    maximum_age = StringField()
    gender_served = SelectField(validate_choice=False)
    populations = CheckboxesField()
    populations_only = BooleanField()
    eligibility_description = TextAreaField()
    languages = FieldList(FormField(LanguageRowForm))
    interpretation_services = StringField()
    accessibility = FieldList(RadioField(validate_choice=False))
    LABELS: ClassVar[Labels] = {
        "tracks": (phrase("For whom"), None),
        "minimum_age": (phrase("From age"), phrase("In years. Empty for no limit.")),
        "maximum_age": (phrase("Up to age"), phrase("In years. Empty for no limit.")),
        "gender_served": (
            phrase("Gender served"),
            phrase("Unknown is never taken for a no."),
        ),
        "populations": (phrase("Made for"), None),
        "populations_only": (
            phrase("For these people alone"),
            phrase("Leave it out unless they turn everybody else away."),
        ),
        "eligibility_description": (phrase("Who they help, in their own words"), None),
        "languages": (phrase("Languages"), None),
        "interpretation_services": (phrase("About interpreters"), None),
        "accessibility": (phrase("Access"), phrase("Unknown shows as “call to check”.")),
    }

    def fill_choices(self) -> None:
        """Give every choice its words, and the lists their empty rows."""
        self.tracks.choices = choices_of(Track)
        self.gender_served.choices = choices_of(Gender)
        self.populations.choices = choices_of(Population)
        if not self.is_submitted():
            for _ in range(BLANK_ROWS):
                self.languages.append_entry()
        while len(self.accessibility) < len(Access):
            self.accessibility.append_entry(Known.UNKNOWN.value)
        for access, row in zip(Access, self.accessibility, strict=False):
            row.label.text = translated(access.label)
            row.choices = choices_of(Known)

    def typed(self) -> dict[str, Any]:
        """Return what was typed: languages as pairs, access by its codes."""
        rows = [(row.form.code.data or "", row.form.mode.data or "") for row in self.languages]
        known = [row.data or Known.UNKNOWN.value for row in self.accessibility]
        return super().typed() | {
            "languages": [(code, mode) for code, mode in rows if code],
            "accessibility": dict(zip([access.value for access in Access], known, strict=False)),
        }


class WhereForm(ListingForm):
    """How it can be had, where, and for which area."""

    in_person = BooleanField()
    by_phone = BooleanField()
    virtual = BooleanField()
    areas = TextAreaField()
    sites = CheckboxesField(validate_choice=False)
    LABELS: ClassVar[Labels] = {
        "in_person": (phrase("In person"), None),
        "by_phone": (phrase("By phone"), None),
        "virtual": (phrase("Online"), None),
        "areas": (
            phrase("Area they serve"),
            phrase(
                "One a line: a county (Albany County, NY), a ZIP code, a state (NY), or "
                "United States. Empty means not known."
            ),
        ),
        "sites": (phrase("Public places where it is given"), None),
    }

    def offer(self, places: list[tuple[str, str]]) -> None:
        """Give the places their choices; where there are none, the field goes."""
        if places:
            self.sites.choices = [SelectChoice(key, words) for key, words in places]
        else:
            del self.sites


class HoursForm(ListingForm):
    """When."""

    opening_hours = StringField()
    hours_text = TextAreaField()
    timezone = SelectField(validate_choice=False)
    LABELS: ClassVar[Labels] = {
        "opening_hours": (
            phrase("Opening hours"),
            phrase("As in Mo-Fr 09:00-17:00; Sa 10:00-12:00; PH off, or 24/7. Empty: not known."),
        ),
        "hours_text": (phrase("About the hours, in words"), None),
        "timezone": (phrase("Time zone"), None),
    }

    def fill_choices(self) -> None:
        """Offer the zones of the states, and the one that is set."""
        zones = dict.fromkeys([*sorted(set(TIME_ZONES.values())), self.timezone.data or ""])
        self.timezone.choices = [SelectChoice(zone, zone) for zone in zones if zone]


class ContactForm(ListingForm):
    """How to reach them."""

    phones = FieldList(FormField(PhoneRowForm))
    url = StringField()
    email = StringField()
    LABELS: ClassVar[Labels] = {
        "phones": (
            phrase("Phones"),
            phrase("The first public one is the number that people are told to call."),
        ),
        "url": (phrase("Website"), None),
        "email": (phrase("E-mail"), phrase("For staff of the network. Never on public pages.")),
    }

    def fill_choices(self) -> None:
        """Give empty rows to type into."""
        if not self.is_submitted():
            for _ in range(BLANK_ROWS):
                self.phones.append_entry()

    def typed(self) -> dict[str, Any]:
        """Return what was typed; rows without a number are left out."""
        rows = [row.form for row in self.phones if not row.form.blank]
        phones = [{name: _typed(f.data) for name, f in row._fields.items()} for row in rows]
        return super().typed() | {"phones": phones}


class TakingForm(ListingForm):
    """Whether it is offered, and takes referrals."""

    status = SelectField(validate_choice=False)
    do_not_refer = BooleanField()
    LABELS: ClassVar[Labels] = {
        "status": (phrase("State"), phrase("Only active listings are proposed or public.")),
        "do_not_refer": (
            phrase("Takes no referrals"),
            phrase("It stays in the directory and is proposed to nobody."),
        ),
    }

    def fill_choices(self) -> None:
        """Give the states their words."""
        self.status.choices = choices_of(ServiceStatus)


class NewListingForm(ListingForm):
    """The least that a new listing needs; the rest is edited afterwards."""

    member = StringField()
    name = StringField()
    needs = CheckboxesField()
    tracks = CheckboxesField()
    description = TextAreaField()
    areas = TextAreaField()
    phones = FieldList(FormField(PhoneRowForm), min_entries=1)
    LABELS: ClassVar[Labels] = {
        "member": (phrase("Member"), phrase("The name of the agency, as the directory has it.")),
        "name": WhatForm.LABELS["name"],
        "needs": WhatForm.LABELS["needs"],
        "tracks": WhoForm.LABELS["tracks"],
        "description": WhatForm.LABELS["description"],
        "areas": WhereForm.LABELS["areas"],
        "phones": (phrase("Phone"), None),
    }

    def fill_choices(self) -> None:
        """Give needs and people their choices."""
        self.needs.choices = choices_of(Need)
        self.tracks.choices = choices_of(Track)

    def need_groups(self) -> list[tuple[str, list[object]]]:
        """Return the needs as (heading, checkboxes), in the order of the page."""
        return grouped_needs(self.needs)

    def typed(self) -> dict[str, Any]:
        """Return what was typed; rows without a number are left out."""
        rows = [row.form for row in self.phones if not row.form.blank]
        phones = [{name: _typed(f.data) for name, f in row._fields.items()} for row in rows]
        typed = super().typed() | {"phones": phones}
        typed.pop("member", None)
        return typed


class PlaceForm(ListingForm):
    """A public place."""

    name = StringField()
    address_1 = StringField()
    address_2 = StringField()
    city = StringField()
    state_province = StringField()
    postal_code = StringField()
    transportation = TextAreaField()
    LABELS: ClassVar[Labels] = {
        "name": (phrase("Name of the place"), None),
        "address_1": (phrase("Street and number"), None),
        "address_2": (phrase("Floor, suite"), None),
        "city": (phrase("Town"), None),
        "state_province": (phrase("State"), phrase("Two letters, as in NY.")),
        "postal_code": (phrase("ZIP code"), None),
        "transportation": (phrase("Getting there"), None),
    }


SECTIONS: dict[str, type[ListingForm]] = {
    "what": WhatForm,
    "who": WhoForm,
    "where": WhereForm,
    "hours": HoursForm,
    "contact": ContactForm,
    "taking": TakingForm,
}
SECTION_TITLES: dict[str, Phrase] = {
    "what": phrase("What they do"),
    "who": phrase("For whom"),
    "where": phrase("Where"),
    "hours": phrase("Hours"),
    "contact": phrase("Contact"),
    "taking": phrase("Offered or not"),
}


def held_data(form: type[ListingForm], fields: Fields, area_text: str) -> dict[str, Any]:
    """Return the listing's fields as the form takes them."""
    wanted = {name for name in vars(form) if not name.startswith("_")}
    data = {name: value for name, value in fields.items() if name in wanted}
    for age in ("minimum_age", "maximum_age"):
        if data.get(age) is not None:
            data[age] = str(data[age])
    if "areas" in data:
        data["areas"] = area_text
    if "languages" in data:
        data["languages"] = [{"code": code, "mode": mode} for code, mode in fields["languages"]]
    if "accessibility" in data:
        held = fields["accessibility"]
        data["accessibility"] = [held.get(access.value, Known.UNKNOWN.value) for access in Access]
    return data
